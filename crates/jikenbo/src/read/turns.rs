//! Source ids in input order, though inputs are decoded in any order. It does not know what an
//! input is.

use std::sync::{Condvar, Mutex, PoisonError};

use case::SourceId;

/// Gives out `s1`, `s2`, … to the inputs that could be read, in their order.
///
/// Workers take inputs in order and each claims exactly once, so the worker with the lowest
/// unclaimed input never waits and no wait is for ever.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    next_index: usize,
    sources: u32,
}

impl Turns {
    /// Waits until all inputs before `index` have claimed; an id if this one is `readable`.
    pub(crate) fn claim(&self, index: usize, readable: bool) -> Option<SourceId> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self
            .changed
            .wait_while(state, |state| state.next_index < index)
            .unwrap_or_else(PoisonError::into_inner);
        state.next_index = index + 1;
        state.sources += u32::from(readable);
        self.changed.notify_all();
        readable.then_some(SourceId(state.sources))
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn ids_follow_the_inputs_whoever_comes_first() {
        let turns = Turns::default();
        let claimed: Vec<Option<SourceId>> = thread::scope(|scope| {
            // The last input claims first and must wait for the others.
            let claim = |index| turns.claim(index, index != 2);
            let claims: Vec<_> =
                (0..8).rev().map(|index| scope.spawn(move || claim(index))).collect();
            claims.into_iter().rev().map(|claim| claim.join().unwrap()).collect()
        });
        let ids: Vec<_> = claimed.iter().map(|id| id.map_or(0, |id| id.0)).collect();
        assert_eq!(ids, [1, 2, 0, 3, 4, 5, 6, 7]);
    }
}
