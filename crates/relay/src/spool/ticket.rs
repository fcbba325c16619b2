//! The word that something is stored, given later: by a thread that waits for it, or by a future,
//! whatever runs it. It does not know what is stored.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::SpoolError;

/// Whether events are on stable storage. Ask it by [`Ticket::wait`], or `.await` it.
#[derive(Debug)]
#[must_use = "nothing is stored before the ticket says so"]
pub struct Ticket(Arc<Slot>);

/// The other end of a [`Ticket`]. Dropped without a word, it says that the spool is closed.
#[derive(Debug)]
pub(super) struct Promise(Arc<Slot>);

#[derive(Debug, Default)]
struct Slot {
    word: Mutex<Word>,
    told: Condvar,
}

#[derive(Debug, Default)]
struct Word {
    said: Option<Result<(), SpoolError>>,
    waker: Option<Waker>,
}

impl Slot {
    fn word(&self) -> MutexGuard<'_, Word> {
        self.word.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, result: Result<(), SpoolError>) {
        let mut word = self.word();
        word.said.get_or_insert(result);
        let waker = word.waker.take();
        drop(word);
        self.told.notify_one();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Both ends.
pub(super) fn ticket() -> (Promise, Ticket) {
    let slot = Arc::new(Slot::default());
    (Promise(Arc::clone(&slot)), Ticket(slot))
}

impl Promise {
    pub(super) fn keep(self, result: Result<(), SpoolError>) {
        self.0.tell(result);
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        self.0.tell(Err(SpoolError::Closed));
    }
}

impl Ticket {
    /// Waits until it is known.
    pub fn wait(self) -> Result<(), SpoolError> {
        let mut word = self.0.word();
        loop {
            if let Some(said) = &word.said {
                return said.clone();
            }
            word = self.0.told.wait(word).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Future for Ticket {
    type Output = Result<(), SpoolError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut word = self.0.word();
        if let Some(said) = &word.said {
            return Poll::Ready(said.clone());
        }
        word.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Bell(AtomicU32);

    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_future_is_woken_once_it_is_known() {
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(Arc::clone(&bell));
        let mut context = Context::from_waker(&waker);
        let (promise, mut ticket) = ticket();
        assert!(Pin::new(&mut ticket).poll(&mut context).is_pending());
        assert_eq!(bell.0.load(Ordering::SeqCst), 0);
        promise.keep(Ok(()));
        assert_eq!(bell.0.load(Ordering::SeqCst), 1);
        assert!(matches!(Pin::new(&mut ticket).poll(&mut context), Poll::Ready(Ok(()))));
    }

    #[test]
    fn a_promise_that_is_dropped_is_not_waited_for() {
        let (promise, ticket) = ticket();
        drop(promise);
        assert!(matches!(ticket.wait(), Err(SpoolError::Closed)));
    }
}
