//! Answers that take a pass over many cases, kept as long as the book stays what it is. It does not
//! know what is asked.

use std::sync::{Arc, Mutex, PoisonError};

/// So many answers are kept; the one that was not asked for the longest goes first.
const MOST: usize = 16;

/// Answers under the words of their questions.
#[derive(Debug)]
pub(crate) struct Remembered<T> {
    held: Mutex<Held<T>>,
}

#[derive(Debug)]
struct Held<T> {
    /// How many entries the ledger had: another number is another book.
    entries: u64,
    /// The one asked for last stands last.
    answers: Vec<(String, Arc<T>)>,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self { held: Mutex::new(Held { entries: 0, answers: Vec::new() }) }
    }
}

impl<T> Remembered<T> {
    /// The answer of a book of so many entries: the one that is kept, or the one that `make` makes.
    /// `entries` were counted before `make` looks, so that an answer is never older than it says.
    pub(crate) fn of<E>(
        &self,
        entries: u64,
        question: &str,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        if let Some(known) = self.known(entries, question) {
            return Ok(known);
        }
        // Not under the lock: nobody waits for an answer to another question.
        let answer = Arc::new(make()?);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.entries == entries {
            held.answers.retain(|(of, _)| of != question);
            if held.answers.len() == MOST {
                held.answers.remove(0);
            }
            held.answers.push((question.to_owned(), Arc::clone(&answer)));
        }
        Ok(answer)
    }

    fn known(&self, entries: u64, question: &str) -> Option<Arc<T>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.entries != entries {
            held.answers.clear();
            held.entries = entries;
            return None;
        }
        let at = held.answers.iter().position(|(of, _)| of == question)?;
        let found = held.answers.remove(at);
        let answer = Arc::clone(&found.1);
        held.answers.push(found);
        Some(answer)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// Asks, and tells whether the answer had to be made.
    fn ask(held: &Remembered<u64>, entries: u64, question: &str) -> bool {
        let mut made = false;
        let answer = held.of(entries, question, || {
            made = true;
            Ok::<_, Infallible>(entries)
        });
        assert_eq!(*answer.unwrap(), entries);
        made
    }

    #[test]
    fn an_answer_is_made_once_for_each_state_of_the_book() {
        let held = Remembered::default();
        assert!(ask(&held, 7, "a"));
        assert!(!ask(&held, 7, "a"));
        assert!(ask(&held, 7, "b"));
        assert!(ask(&held, 8, "a"));
        assert!(!ask(&held, 8, "a"));
    }

    #[test]
    fn few_are_kept_and_those_asked_for_last() {
        let held = Remembered::default();
        assert!(ask(&held, 1, "first"));
        for at in 0..MOST {
            assert!(!ask(&held, 1, "first"), "{at} others are fewer than {MOST}");
            assert!(ask(&held, 1, &format!("other {at}")));
        }
        assert!(ask(&held, 1, "other 0"), "the oldest is forgotten");
        assert_eq!(held.held.lock().unwrap().answers.len(), MOST);
    }

    #[test]
    fn a_failure_is_not_kept() {
        let held = Remembered::<u64>::default();
        assert_eq!(held.of(1, "a", || Err("busy")), Err("busy"));
        assert!(ask(&held, 1, "a"));
    }
}
