//! Memory for mail that is being taken in: so much for all clients together. Who would need more waits
//! a moment for others to finish, and is told to come again. It does not know mails.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// It is counted in pieces of this size.
const PIECE_BYTES: usize = 1 << 10;
/// Somebody who holds a part of a mail may be who all others wait for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The memory of all clients.
#[derive(Clone)]
pub(super) struct Memory {
    free: Arc<Semaphore>,
    pieces: usize,
    patience: Duration,
}

/// There is no room.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoRoom;

impl Memory {
    pub(super) fn of(bytes: usize) -> Self {
        let pieces = (bytes / PIECE_BYTES).min(Semaphore::MAX_PERMITS);
        Self { free: Arc::new(Semaphore::new(pieces)), pieces, patience: PATIENCE }
    }

    /// What one client has of it: nothing yet.
    pub(super) fn share(&self) -> Share {
        Share { memory: self.clone(), held: None }
    }
}

/// What one client has, given back when it is dropped.
pub(super) struct Share {
    memory: Memory,
    held: Option<OwnedSemaphorePermit>,
}

impl Share {
    /// Has so many bytes from now on, or as many as before.
    pub(super) async fn resize(&mut self, bytes: usize) -> Result<(), NoRoom> {
        let wanted = bytes.div_ceil(PIECE_BYTES);
        let has = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        if wanted > self.memory.pieces {
            return Err(NoRoom);
        } else if wanted == 0 {
            self.held = None;
        } else if wanted < has {
            drop(self.held.as_mut().and_then(|held| held.split(has - wanted)));
        } else if wanted > has {
            let more = u32::try_from(wanted - has).map_err(|_| NoRoom)?;
            let more = Arc::clone(&self.memory.free).acquire_many_owned(more);
            let more = timeout(self.memory.patience, more)
                .await
                .map_err(|_| NoRoom)?
                .map_err(|_| NoRoom)?;
            match &mut self.held {
                Some(held) => held.merge(more),
                none => *none = Some(more),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_one_client_has_another_waits_for() {
        let memory = Memory { patience: Duration::ZERO, ..Memory::of(10 << 10) };
        let (mut first, mut second) = (memory.share(), memory.share());
        first.resize(8 << 10).await.unwrap();
        assert_eq!(second.resize(3 << 10).await, Err(NoRoom));
        first.resize(6 << 10).await.unwrap();
        second.resize((3 << 10) + 1).await.unwrap();
        drop(first);
        second.resize(10 << 10).await.unwrap();
        second.resize(0).await.unwrap();
        assert_eq!(second.resize(11 << 10).await, Err(NoRoom));
    }
}
