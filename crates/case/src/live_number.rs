//! The number of a live case. It is of another kind than the number of a case in the book, so that
//! neither can stand for the other: what is confidential takes no number of what is public, not even
//! as a gap. It does not know which live cases there are.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::CaseNumber;

/// The number of a live case, `LYYYY-NNN`.
///
/// ```
/// use case::LiveNumber;
/// let number: LiveNumber = "L2031-001".parse().unwrap();
/// assert_eq!(number.to_string(), "L2031-001");
/// assert!("2031-001".parse::<LiveNumber>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LiveNumber(CaseNumber);

impl LiveNumber {
    /// How many digits the running number has at least.
    const DIGITS: u8 = 3;

    /// The number of that running number in that year.
    pub const fn new(year: u16, serial: u32) -> Self {
        let digits = match serial {
            0..=999 => Self::DIGITS,
            1_000..=9_999 => 4,
            10_000..=99_999 => 5,
            _ => 9,
        };
        Self(CaseNumber { year, serial, width: digits })
    }

    /// The year in which it was opened.
    pub const fn year(self) -> u16 {
        self.0.year
    }

    /// The running number in that year.
    pub const fn serial(self) -> u32 {
        self.0.serial
    }
}

impl fmt::Display for LiveNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "L{}", self.0)
    }
}

/// What is not the number of a live case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotALiveNumber(String);

impl fmt::Display for NotALiveNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not the number of a live case, LYYYY-NNN", self.0)
    }
}

impl std::error::Error for NotALiveNumber {}

impl FromStr for LiveNumber {
    type Err = NotALiveNumber;

    fn from_str(s: &str) -> Result<Self, NotALiveNumber> {
        let number = s.strip_prefix(['L', 'l']).and_then(|rest| rest.parse::<CaseNumber>().ok());
        // One way of writing a number, however many zeros a person types.
        number
            .map(|number| Self::new(number.year, number.serial))
            .ok_or_else(|| NotALiveNumber(s.to_owned()))
    }
}

impl Serialize for LiveNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LiveNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_is_written_one_way() {
        for (typed, written) in
            [("L2031-1", "L2031-001"), ("l2031-0012", "L2031-012"), ("L2031-1234", "L2031-1234")]
        {
            assert_eq!(typed.parse::<LiveNumber>().unwrap().to_string(), written);
        }
        for wrong in ["2031-001", "L2031", "LL2031-001", "L31-001", ""] {
            assert!(wrong.parse::<LiveNumber>().is_err(), "{wrong}");
        }
        assert_eq!(LiveNumber::new(2031, 100_000).to_string(), "L2031-000100000");
    }
}
