//! What is done now and then for as long as the relay runs: old mails are taken out of the record, as the
//! policy says. It does not know what the record says of them.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Hub;
use super::record::Note;

/// It is looked so often for what is too old.
const LOOKED_EVERY: Duration = Duration::from_hours(1);

/// Runs until the relay stops.
pub(super) async fn run(hub: Arc<Hub>) {
    loop {
        let now = Timestamp::now();
        let days = i64::from(hub.policy().record_days);
        if let Ok(before) = now.checked_sub(SignedDuration::from_hours(24 * days)) {
            let (here, note) = (Arc::clone(&hub), Note::Forget { before, at: now });
            // Where thousands of changes wait, this one does too.
            let _handed_in = tokio::task::spawn_blocking(move || here.record.note(note)).await;
        }
        tokio::select! {
            () = hub.stopping() => return,
            () = tokio::time::sleep(LOOKED_EVERY) => {}
        }
    }
}
