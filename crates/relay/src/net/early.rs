//! A long mail goes to the disk while it still comes in: when its last byte is there, little is left to
//! be written before its client is told. A mail that is not finished, or not taken, leaves nothing. It
//! does not know what the mail says, and decides nothing about it.

use std::sync::Arc;

use tokio::task::{JoinHandle, spawn_blocking};

use super::Hub;
use crate::spool::{Apart, SpoolError};

/// A mail from this length on lies apart: shorter ones share a write with others.
const LONG_BYTES: usize = 1 << 20;
/// So many bytes are written and synced at a time, so that little is left at the end.
const STEP_BYTES: usize = 2 << 20;

/// What of a mail that is coming in was handed to the disk.
#[derive(Default)]
pub(super) struct Early {
    handed_bytes: usize,
    work: Option<JoinHandle<Option<Apart>>>,
    has_failed: bool,
}

impl Early {
    /// Takes note of what has come so far; writes where that is worth it and nothing is being written.
    pub(super) async fn follow(&mut self, hub: &Arc<Hub>, mail: &[u8]) {
        if mail.len() < self.handed_bytes {
            // It was given up, or is another one.
            *self = Self::default();
        }
        let is_worth_it = mail.len() - self.handed_bytes >= STEP_BYTES && !self.has_failed;
        let is_free = self.work.as_ref().is_none_or(JoinHandle::is_finished);
        if !is_worth_it || !is_free {
            return;
        }
        let begun = self.take_back().await;
        if self.has_failed {
            return;
        }
        let end = mail.len().min(self.handed_bytes + 2 * STEP_BYTES);
        let chunk = mail[self.handed_bytes..end].to_vec();
        self.handed_bytes = end;
        let hub = Arc::clone(hub);
        self.work = Some(spawn_blocking(move || written(&hub, begun, &chunk).ok()));
    }

    /// What was written, once nothing is being written any more.
    async fn take_back(&mut self) -> Option<Apart> {
        let apart = self.work.take()?.await.ok().flatten();
        // The log will say what is wrong with the disk, when the mail is handed in.
        self.has_failed = apart.is_none();
        apart
    }

    /// Writes what is left of a long mail, which is all that stands in `bytes` from `from` on, and syncs it.
    /// It gives nothing where that fails; and there is nothing to wait for where the mail is short.
    pub(super) fn finish(
        mut self,
        hub: &Arc<Hub>,
        bytes: &Arc<Vec<u8>>,
        from: usize,
    ) -> Option<JoinHandle<Option<Apart>>> {
        let (hub, bytes) = (Arc::clone(hub), Arc::clone(bytes));
        let is_long = bytes.len() - from >= LONG_BYTES;
        let finish = async move {
            let begun = self.take_back().await;
            let rest = move || {
                let mail = &bytes[from..];
                let begun = begun.filter(|apart| apart.begins(mail));
                let written_bytes = begun.as_ref().map_or(0, Apart::len);
                written(&hub, begun, &mail[written_bytes..]).ok()
            };
            spawn_blocking(rest).await.ok().flatten()
        };
        is_long.then(|| tokio::spawn(finish))
    }
}

fn written(hub: &Hub, begun: Option<Apart>, bytes: &[u8]) -> Result<Apart, SpoolError> {
    let mut apart = begun.map_or_else(|| hub.spool.begin_apart(), Ok)?;
    apart.write(bytes)?;
    apart.sync()?;
    Ok(apart)
}
