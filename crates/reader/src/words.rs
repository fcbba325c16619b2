//! Short lists of words and letters that a rule asks a text for. One look at a character tells most
//! texts apart from them; they do not know what words mean.

use crate::grammar::character_length;

/// Words of which one is looked for. None is empty.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnyOf {
    words: &'static [&'static str],
    /// A bit for the first character of each word.
    first: u64,
    /// A bit for the last byte of each word.
    last: u64,
}

/// A constant [`AnyOf`]: `any_of!["調査", "解析"].stands_in(words)`.
macro_rules! any_of {
    ($($word:expr),+ $(,)?) => { const { &$crate::words::AnyOf::new(&[$($word),+]) } };
}
pub(crate) use any_of;

impl AnyOf {
    pub(crate) const fn new(words: &'static [&'static str]) -> Self {
        let (mut first, mut last, mut at) = (0, 0, 0);
        while at < words.len() {
            let bytes = words[at].as_bytes();
            first |= bit(bytes[character_length(bytes[0]) - 1]);
            last |= bit(bytes[bytes.len() - 1]);
            at += 1;
        }
        Self { words, first, last }
    }

    /// Whether one of the words stands anywhere in `text`.
    pub(crate) fn stands_in(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&lead) = bytes.get(at) {
            let next = at + character_length(lead);
            let rest = &bytes[at..];
            if self.first & bit(bytes[next - 1]) != 0
                && self.words.iter().any(|word| begins(rest, word.as_bytes()))
            {
                return true;
            }
            at = next;
        }
        false
    }

    /// Whether `text` begins with one of the words.
    pub(crate) fn opens(&self, text: &str) -> bool {
        self.opening(text).is_some()
    }

    /// The first of the words that `text` begins with.
    pub(crate) fn opening(&self, text: &str) -> Option<&'static str> {
        self.openings(text).next()
    }

    /// All of the words that `text` begins with.
    pub(crate) fn openings<'t>(&self, text: &'t str) -> impl Iterator<Item = &'static str> + 't {
        let bytes = text.as_bytes();
        let may = bytes
            .first()
            .is_some_and(|&lead| self.first & bit(bytes[character_length(lead) - 1]) != 0);
        let words = if may { self.words } else { &[] };
        words.iter().copied().filter(move |word| begins(bytes, word.as_bytes()))
    }

    /// Whether `text` ends with one of the words.
    pub(crate) fn closes(&self, text: &str) -> bool {
        text.as_bytes().last().is_some_and(|&last| self.last & bit(last) != 0)
            && self.words.iter().any(|word| text.ends_with(word))
    }
}

/// Characters of which one is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Letters {
    letters: &'static str,
    bits: u64,
}

/// A constant [`Letters`]: `letters!("年月日").has(c)`.
macro_rules! letters {
    ($letters:expr) => {
        const { &$crate::words::Letters::new($letters) }
    };
}
pub(crate) use letters;

impl Letters {
    pub(crate) const fn new(letters: &'static str) -> Self {
        let (mut bits, mut at) = (0, 0);
        let bytes = letters.as_bytes();
        while at < bytes.len() {
            at += character_length(bytes[at]);
            bits |= bit(bytes[at - 1]);
        }
        Self { letters, bits }
    }

    /// Whether one of them stands anywhere in `text`.
    pub(crate) fn stand_in(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&lead) = bytes.get(at) {
            let next = at + character_length(lead);
            if self.bits & bit(bytes[next - 1]) != 0
                && self.letters.as_bytes().windows(next - at).any(|of| of == &bytes[at..next])
            {
                return true;
            }
            at = next;
        }
        false
    }

    /// Whether `c` is one of them.
    pub(crate) fn has(&self, c: char) -> bool {
        // The last byte of a character holds the lowest six bits of its code.
        self.bits >> (u32::from(c) & 63) & 1 == 1 && self.letters.chars().any(|of| of == c)
    }
}

const fn bit(byte: u8) -> u64 {
    1 << (byte & 63)
}

/// Whether `text` begins with `word`. The third byte tells most Japanese characters apart; only
/// then is all compared.
fn begins(text: &[u8], word: &[u8]) -> bool {
    match (text.get(2), word.get(2)) {
        (Some(a), Some(b)) if a != b => false,
        _ => text.starts_with(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_they_stand() {
        let any = any_of!["調査", "id", "ース", "é"];
        for (text, inside, opens, closes) in [
            ("調査した", true, true, false),
            ("詳細な調査", true, false, true),
            ("idと", true, true, false),
            ("ケースid", true, false, true),
            ("調", false, false, false),
            ("查調", false, false, false),
            ("", false, false, false),
            ("caféé", true, false, true),
        ] {
            assert_eq!(any.stands_in(text), inside, "{text}");
            assert_eq!(any.opens(text), opens, "{text}");
            assert_eq!(any.closes(text), closes, "{text}");
        }
    }

    #[test]
    fn letters_are_told_apart() {
        let letters = letters!("年月日a:");
        assert!("年月日a:".chars().all(|c| letters.has(c)));
        assert!("生b;元z".chars().all(|c| !letters.has(c)));
    }
}
