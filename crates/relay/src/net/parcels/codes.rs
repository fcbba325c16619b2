//! Codes that prove an address: eight digits, mailed to it, good for ten minutes, five tries and one use.
//! They live in memory: a restart forgets them, and whoever waits asks again. It does not know how a code
//! is mailed, nor who may have one.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use unicode_normalization::UnicodeNormalization as _;

use super::ParcelId;
use crate::Address;

/// How long a code is good, as the mail with it and the page say.
pub(in crate::net) const MINUTES: i64 = 10;
/// So many wrong ones end it.
const TRIES: u32 = 5;
/// So many wait at a time; nobody gets another until some are over.
const MOST: usize = 10_000;
const RANGE: u32 = 100_000_000;

/// The codes that were sent and not yet used.
#[derive(Default)]
pub(super) struct Codes(Mutex<HashMap<(ParcelId, String), Code>>);

struct Code {
    digits: String,
    until: Timestamp,
    wrong: u32,
}

impl Codes {
    fn lock(&self) -> MutexGuard<'_, HashMap<(ParcelId, String), Code>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new code, in place of one that was sent before; `None` where too many wait, or the system gives
    /// no randomness.
    pub(super) fn make(&self, parcel: ParcelId, who: &Address, now: Timestamp) -> Option<String> {
        let digits = random_digits()?;
        let until = now.checked_add(SignedDuration::from_mins(MINUTES)).ok()?;
        let mut codes = self.lock();
        codes.retain(|_, code| code.until >= now);
        let of = (parcel, who.key());
        if codes.len() >= MOST && !codes.contains_key(&of) {
            return None;
        }
        codes.insert(of, Code { digits: digits.clone(), until, wrong: 0 });
        Some(digits)
    }

    /// Whether that is the code; it is then used up.
    pub(super) fn take(
        &self,
        parcel: ParcelId,
        who: &Address,
        typed: &str,
        now: Timestamp,
    ) -> bool {
        // People type wide digits, and gaps where they read some.
        let typed: String = typed.nfkc().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let of = (parcel, who.key());
        let mut codes = self.lock();
        let Some(code) = codes.get_mut(&of) else { return false };
        let is_right = code.until >= now && code.wrong < TRIES && is_same(&code.digits, &typed);
        if is_right {
            codes.remove(&of);
        } else {
            code.wrong += 1;
        }
        is_right
    }
}

/// In a time that does not depend on how much of it is right.
fn is_same(ours: &str, theirs: &str) -> bool {
    let differs = ours.bytes().zip(theirs.bytes()).fold(0, |bits, (a, b)| bits | (a ^ b));
    ours.len() == theirs.len() && differs == 0
}

/// Every code is as likely as any other.
fn random_digits() -> Option<String> {
    loop {
        let number = getrandom::u32().ok()?;
        if number < u32::MAX / RANGE * RANGE {
            return Some(format!("{:08}", number % RANGE));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting() -> (Codes, ParcelId, Address, Timestamp) {
        let now = Timestamp::from_second(1_900_000_000).unwrap();
        (Codes::default(), ParcelId(1), "a@client.example".parse().unwrap(), now)
    }

    #[test]
    fn a_code_is_good_once_for_its_files_and_address() {
        let (codes, parcel, who, now) = setting();
        let other: Address = "b@client.example".parse().unwrap();
        let code = codes.make(parcel, &who, now).unwrap();
        assert!(code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        assert!(!codes.take(parcel, &other, &code, now));
        assert!(!codes.take(ParcelId(2), &who, &code, now));
        let wide: String = code.chars().filter_map(|c| char::from_u32(c as u32 + 0xfee0)).collect();
        assert!(codes.take(parcel, &who, &format!(" {wide}"), now), "{wide}");
        assert!(!codes.take(parcel, &who, &code, now), "used up");
    }

    #[test]
    fn a_code_ends_by_time_and_by_wrong_ones() {
        let (codes, parcel, who, now) = setting();
        let later = now.checked_add(SignedDuration::from_secs(MINUTES * 60 + 1)).unwrap();
        let code = codes.make(parcel, &who, now).unwrap();
        assert!(!codes.take(parcel, &who, &code, later));
        let code = codes.make(parcel, &who, now).unwrap();
        let wrong = if code.starts_with('1') { "20000000" } else { "10000000" };
        for _ in 0..TRIES {
            assert!(!codes.take(parcel, &who, wrong, now));
        }
        assert!(!codes.take(parcel, &who, &code, now), "five wrong ones end it");
        let (first, second) = (codes.make(parcel, &who, now), codes.make(parcel, &who, now));
        assert!(first == second || !codes.take(parcel, &who, &first.unwrap(), now));
        assert!(codes.take(parcel, &who, &second.unwrap(), now), "the newest one counts");
    }

    #[test]
    fn memory_is_bounded() {
        let (codes, _, who, now) = setting();
        for parcel in 0..MOST {
            assert!(codes.make(ParcelId(parcel as u128), &who, now).is_some());
        }
        assert!(codes.make(ParcelId(MOST as u128), &who, now).is_none());
        assert!(codes.make(ParcelId(1), &who, now).is_some(), "in place of another");
        let later = now.checked_add(SignedDuration::from_mins(MINUTES + 1)).unwrap();
        assert!(codes.make(ParcelId(MOST as u128), &who, later).is_some());
    }
}
