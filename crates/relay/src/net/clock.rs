//! What time it is for a relay: the system's, or one that is put forward by hand, so that a window of
//! minutes or a deadline of days is over at once. It does not know what waits for what.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

/// A relay's clock. Copies of it are the same clock.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<ByHand>>);

/// It begins at a moment of choice, goes on as time does, and can be put forward.
#[derive(Debug)]
struct ByHand {
    began: Timestamp,
    since: Instant,
    ahead_ms: AtomicI64,
    moved: Notify,
}

impl Clock {
    /// The system's.
    pub const fn system() -> Self {
        Self(None)
    }

    /// One that begins at `began` and can be put forward.
    pub fn beginning_at(began: Timestamp) -> Self {
        let (since, ahead_ms, moved) = (Instant::now(), AtomicI64::new(0), Notify::new());
        Self(Some(Arc::new(ByHand { began, since, ahead_ms, moved })))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        let Some(by_hand) = &self.0 else { return Timestamp::now() };
        let ahead = SignedDuration::from_millis(by_hand.ahead_ms.load(Ordering::SeqCst));
        let gone = SignedDuration::try_from(by_hand.since.elapsed()).unwrap_or_default();
        by_hand.began.checked_add(gone + ahead).unwrap_or(Timestamp::MAX)
    }

    /// Puts it forward; the system's stays as it is.
    pub fn put_forward(&self, by: SignedDuration) {
        if let Some(by_hand) = &self.0 {
            let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX).max(0);
            by_hand.ahead_ms.fetch_add(by_ms, Ordering::SeqCst);
            by_hand.moved.notify_one();
        }
    }

    /// Waits until it is put forward.
    pub(super) async fn moved(&self) {
        match &self.0 {
            Some(by_hand) => by_hand.moved.notified().await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_put_forward_and_never_back() {
        let began: Timestamp = "2026-01-05T09:00:00+09:00".parse().unwrap();
        let clock = Clock::beginning_at(began);
        clock.put_forward(SignedDuration::from_hours(72));
        let three_days_on = began + SignedDuration::from_hours(72);
        assert!(clock.now() >= three_days_on);
        clock.clone().put_forward(SignedDuration::from_hours(-72));
        assert!(clock.now() >= three_days_on, "a copy is the same clock, and does not go back");
        assert!(clock.now() < three_days_on + SignedDuration::from_hours(1));
    }
}
