//! Passwords checked, and guesses slowed down: whoever was wrong too often waits. It does not know
//! accounts beyond their hashes. Unknown names take as long as known ones.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};

/// Wrong passwords of one address or for one name before it waits.
const WRONG_FREE: u32 = 10;
/// How long it waits then, counted from the last one.
const WAIT: Duration = Duration::from_mins(10);
/// More who guess are not remembered; the oldest are forgotten first.
const REMEMBERED: usize = 10_000;

/// Who guessed wrong lately.
#[derive(Default)]
pub(super) struct Guesses(Mutex<HashMap<Guesser, (u32, Instant)>>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Guesser {
    From(IpAddr),
    For(String),
}

impl Guesses {
    fn lock(&self) -> MutexGuard<'_, HashMap<Guesser, (u32, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether one of them has to wait.
    pub(super) fn must_wait(&self, guessers: &[Guesser], now: Instant) -> bool {
        let wrong = self.lock();
        guessers.iter().any(|guesser| {
            wrong.get(guesser).is_some_and(|(count, last)| {
                *count >= WRONG_FREE && now.duration_since(*last) < WAIT
            })
        })
    }

    /// Remembers a wrong one.
    pub(super) fn was_wrong(&self, guessers: Vec<Guesser>, now: Instant) {
        let mut wrong = self.lock();
        wrong.retain(|_, (_, last)| now.duration_since(*last) < WAIT);
        while wrong.len() + guessers.len() > REMEMBERED
            && let Some((oldest, _)) = wrong.iter().min_by_key(|(_, (_, last))| *last)
        {
            let oldest = oldest.clone();
            wrong.remove(&oldest);
        }
        for guesser in guessers {
            let (count, last) = wrong.entry(guesser).or_insert((0, now));
            *count += 1;
            *last = now;
        }
    }

    /// Forgets the wrong ones after a right one.
    pub(super) fn was_right(&self, guessers: &[Guesser]) {
        let mut wrong = self.lock();
        for guesser in guessers {
            wrong.remove(guesser);
        }
    }
}

/// The hash of a password, argon2id in PHC form, with a new salt.
pub fn hash(password: &[u8]) -> Option<String> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).ok()?;
    let salt = SaltString::encode_b64(&salt).ok()?;
    Some(Argon2::default().hash_password(password, &salt).ok()?.to_string())
}

/// Whether the password has the hash. Without one, the time of a check passes all the same.
pub(super) fn is_right(password: &[u8], hash: Option<&str>) -> bool {
    /// Of a password that nobody has.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$\
                          jgwYI0DZNnJlbqZyTwT6Yh0cQyb6fNU7g5nWk0Vt0xs";
    let parsed = PasswordHash::new(hash.unwrap_or(NOBODY));
    let fits =
        parsed.is_ok_and(|parsed| Argon2::default().verify_password(password, &parsed).is_ok());
    fits && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_told_from_another() {
        let hash = hash(b"correct").unwrap();
        assert!(is_right(b"correct", Some(&hash)));
        assert!(!is_right(b"wrong", Some(&hash)));
        assert!(!is_right(b"correct", None));
        assert!(PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$jgwYI0DZNnJlbqZyTwT6Yh0cQyb6fNU7g5nWk0Vt0xs").is_ok());
    }

    #[test]
    fn whoever_guesses_waits() {
        let guesses = Guesses::default();
        let from =
            || vec![Guesser::From(IpAddr::from([192, 0, 2, 1])), Guesser::For("mori".to_owned())];
        let start = Instant::now();
        for _ in 0..WRONG_FREE {
            assert!(!guesses.must_wait(&from(), start));
            guesses.was_wrong(from(), start);
        }
        assert!(guesses.must_wait(&from(), start));
        assert!(guesses.must_wait(&[Guesser::For("mori".to_owned())], start), "from elsewhere too");
        assert!(!guesses.must_wait(&[Guesser::For("sato".to_owned())], start));
        assert!(!guesses.must_wait(&from(), start + WAIT));
        guesses.was_right(&from());
        assert!(!guesses.must_wait(&from(), start));
    }
}
