//! The name of a mail in the spool: sortable by the time it came in, and never given twice, also not
//! after a restart. It is no secret, and it does not know what time it is.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Crockford's base 32: no letter looks like a digit. Sorted, so that texts sort as ids do.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 128 bits in digits of 5.
const DIGIT_COUNT: usize = 26;
/// The bits below the time.
const RANDOM_BITS: u32 = 80;

/// The name of a mail: 48 bits of time in milliseconds, 80 bits that differ.
///
/// ```
/// use relay::spool::MailId;
///
/// let id: MailId = "01hf5z4q5t0000000000000001".parse().unwrap();
/// assert_eq!(id.to_string(), "01hf5z4q5t0000000000000001");
/// assert!("01HF5Z4Q5T0000000000000001".parse::<MailId>().is_err(), "one spelling only");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MailId(u128);

/// Something is no [`MailId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a mail's id has {DIGIT_COUNT} digits and small letters, without i, l, o and u")]
pub struct MailIdError;

impl MailId {
    /// When the mail came in, to the millisecond.
    pub fn time(self) -> Timestamp {
        // 48 bits of time are always in an i64; past what a calendar has, it is its end.
        let ms = i64::try_from(self.0 >> RANDOM_BITS).unwrap_or(i64::MAX);
        Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
    }

    /// How many bytes it takes in a record.
    pub(crate) const BYTES: usize = 16;

    pub(crate) const fn to_bytes(self) -> [u8; Self::BYTES] {
        self.0.to_be_bytes()
    }

    pub(crate) const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }
}

impl fmt::Display for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..DIGIT_COUNT).rev().try_for_each(|place| {
            let digit = (self.0 >> (5 * place)) & 31;
            // Five bits are always inside the table.
            write!(f, "{}", char::from(DIGITS[usize::try_from(digit).unwrap_or_default()]))
        })
    }
}

impl FromStr for MailId {
    type Err = MailIdError;

    fn from_str(text: &str) -> Result<Self, MailIdError> {
        // The first of 26 digits of 5 bits has only 3 of the 128.
        if text.len() != DIGIT_COUNT || text.as_bytes()[0] > b'7' {
            return Err(MailIdError);
        }
        text.bytes()
            .try_fold(0_u128, |sum, byte| {
                let digit = DIGITS.iter().position(|digit| *digit == byte)?;
                Some((sum << 5) | u128::try_from(digit).ok()?)
            })
            .map(Self)
            .ok_or(MailIdError)
    }
}

impl TryFrom<String> for MailId {
    type Error = MailIdError;

    fn try_from(text: String) -> Result<Self, MailIdError> {
        text.parse()
    }
}

impl From<MailId> for String {
    fn from(id: MailId) -> Self {
        id.to_string()
    }
}

/// Gives ids, each greater than all before it, whatever the clock does.
#[derive(Debug)]
pub(super) struct MailIds {
    newest: u128,
    random: u128,
}

impl MailIds {
    /// Starts after `newest`, which the spool has seen; `random` tells this start from others.
    pub(super) fn after(newest: Option<MailId>, random: u64) -> Self {
        // 64 random bits at the top of the 80; what is below counts.
        Self { newest: newest.map_or(0, |id| id.0), random: u128::from(random) << 16 }
    }

    /// The next one.
    pub(super) fn next(&mut self, now: Timestamp) -> MailId {
        let millis = u128::try_from(now.as_millisecond().max(0)).unwrap_or_default();
        let fresh = ((millis & 0xffff_ffff_ffff) << RANDOM_BITS) | self.random;
        self.newest = fresh.max(self.newest.saturating_add(1));
        MailId(self.newest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_though_the_clock_goes_back_and_the_process_starts_anew() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut ids = MailIds::after(None, 7);
        let mut given = vec![ids.next(at(100)), ids.next(at(100)), ids.next(at(50))];
        let mut ids = MailIds::after(given.last().copied(), 3);
        given.extend([ids.next(at(10)), ids.next(at(100)), ids.next(at(101))]);
        assert!(given.is_sorted() && given.windows(2).all(|pair| pair[0] != pair[1]), "{given:?}");
        assert_eq!((given[0].time(), given[5].time()), (at(100), at(101)));
        let texts: Vec<String> = given.iter().map(ToString::to_string).collect();
        assert!(texts.is_sorted(), "{texts:?}");
    }

    #[test]
    fn two_starts_in_one_millisecond_differ() {
        let now = Timestamp::from_second(1).unwrap();
        assert_ne!(MailIds::after(None, 1).next(now), MailIds::after(None, 2).next(now));
    }

    #[test]
    fn every_id_is_read_as_it_is_written() {
        for number in [0, 1, 31, 32, u128::MAX, u128::MAX / 3] {
            assert_eq!(MailId(number).to_string().parse(), Ok(MailId(number)));
        }
        for wrong in ["", "8zzzzzzzzzzzzzzzzzzzzzzzzz", "0000000000000000000000000i", "あ"] {
            assert_eq!(wrong.parse::<MailId>(), Err(MailIdError), "{wrong}");
        }
    }
}
