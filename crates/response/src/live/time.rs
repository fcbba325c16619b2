//! Times as people tell them of a live case: a day or a minute with its zone, exactly or about then. It
//! does not know which of a case's times one is.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::stamp::NotAStamp;
use crate::{Sentence, Stamp};

/// A day or a minute, with its offset from UTC, and whether it is only about right. Written as
/// `2031-06-05T06:00+09:00`, with `~` before it where it is about then.
///
/// ```
/// use response::live::Time;
/// let told: Time = "2031-06-05 06:00頃".parse().unwrap();
/// assert_eq!(told.to_string(), "~2031-06-05T06:00+09:00");
/// assert_eq!(told.says().en, "about 2031-06-05 (Thu) 06:00");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    /// When.
    pub at: Stamp,
    /// Whether it is about then.
    pub about: bool,
}

impl Time {
    /// Exactly then.
    pub const fn exactly(at: Stamp) -> Self {
        Self { at, about: false }
    }

    /// In words, with the weekday.
    pub fn says(self) -> Sentence {
        let at = self.at.says();
        if self.about {
            Sentence::new(format!("{}頃", at.ja), format!("about {}", at.en))
        } else {
            at
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.about { "~" } else { "" }, self.at)
    }
}

impl FromStr for Time {
    type Err = NotAStamp;

    fn from_str(s: &str) -> Result<Self, NotAStamp> {
        let words = s.trim();
        let bare = words.trim_start_matches(['~', '約']).trim_end_matches(['頃', 'ご', 'ろ']);
        Ok(Self { at: bare.trim().parse()?, about: bare != words })
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_zone_and_precision() {
        for (told, kept) in [
            ("2031-06-05", "2031-06-05"),
            ("~2031-06-05", "~2031-06-05"),
            ("約2031-06-05", "~2031-06-05"),
            ("2031-06-05T06:00Z", "2031-06-05T06:00+00:00"),
            ("2031-06-05T06:00 ごろ", "~2031-06-05T06:00+09:00"),
        ] {
            let time: Time = told.parse().unwrap();
            assert_eq!(time.to_string(), kept, "{told}");
            assert_eq!(kept.parse::<Time>().unwrap(), time, "{told}");
        }
        assert!("頃".parse::<Time>().is_err());
    }
}
