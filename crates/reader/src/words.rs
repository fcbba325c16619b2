//! Short lists of words and letters that a rule asks a text for. One look at a character tells most
//! texts apart from them; they do not know what words mean.

use crate::grammar::character_length;

use memchr::memchr;

/// Words of which one is looked for. None is empty.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnyOf {
    pub(crate) words: &'static [&'static str],
    /// The last byte of the first character of each word: those that a text may begin with.
    opening: &'static [u8],
    /// The last byte of each word: those that a text may end with.
    closing: &'static [u8],
    /// The first characters of the words.
    first: Characters,
    /// A bit for the last byte of each word.
    last: u64,
}

/// A constant [`AnyOf`]: `any_of!["調査", "解析"].stands_in(words)`.
macro_rules! any_of {
    ($($word:expr),+ $(,)?) => {
        const {
            const WORDS: &[&str] = &[$($word),+];
            const OPENING: &[u8] = &$crate::words::opening::<{ WORDS.len() }>(WORDS);
            const CLOSING: &[u8] = &$crate::words::closing::<{ WORDS.len() }>(WORDS);
            &$crate::words::AnyOf::new(WORDS, OPENING, CLOSING)
        }
    };
}
pub(crate) use any_of;

impl AnyOf {
    /// Of `words`, with what [`opening`] and [`closing`] make of them.
    pub(crate) const fn new(
        words: &'static [&'static str],
        opening: &'static [u8],
        closing: &'static [u8],
    ) -> Self {
        let (mut first, mut last, mut at) = (Characters::NONE, 0, 0);
        while at < words.len() {
            let bytes = words[at].as_bytes();
            first = first.with(bytes, 0);
            last |= bit(bytes[bytes.len() - 1]);
            at += 1;
        }
        Self { words, opening, closing, first, last }
    }

    /// Whether one of the words stands anywhere in `text`.
    pub(crate) fn stands_in(&self, text: &str) -> bool {
        /// Of a few words each is looked for by itself, many bytes at a time.
        const FEW: usize = 3;
        const LONG_BYTES: usize = 64;
        if self.words.len() <= FEW && text.len() >= LONG_BYTES {
            return self.words.iter().any(|word| text.contains(word));
        }
        self.find(text).is_some()
    }

    /// Where the first of them stands in `text`.
    pub(crate) fn find(&self, text: &str) -> Option<usize> {
        self.first.find(text.as_bytes(), |at| self.beginning(&text.as_bytes()[at..], 0).is_some())
    }

    /// Each place where one or more of them begin in `text`.
    pub(crate) fn places(&self, text: &str) -> impl Iterator<Item = usize> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let at = from + self.find(&text[from..])?;
            from = at + character_length(text.as_bytes()[at]);
            Some(at)
        })
    }

    /// Whether `text` begins with one of the words.
    pub(crate) fn opens(&self, text: &str) -> bool {
        self.opening(text).is_some()
    }

    /// The first of the words that `text` begins with.
    pub(crate) fn opening(&self, text: &str) -> Option<&'static str> {
        let bytes = text.as_bytes();
        if !self.first.may_begin(bytes) {
            return None;
        }
        self.beginning(bytes, 0).map(|at| self.words[at])
    }

    /// All of the words that `text` begins with.
    pub(crate) fn openings(&self, text: &str) -> impl Iterator<Item = &'static str> {
        let bytes = text.as_bytes();
        let mut from = if self.first.may_begin(bytes) { 0 } else { self.words.len() };
        std::iter::from_fn(move || {
            let at = self.beginning(bytes, from)?;
            from = at + 1;
            Some(self.words[at])
        })
    }

    /// The first word from the one at `from` on that `text` begins with.
    #[inline]
    fn beginning(&self, text: &[u8], mut from: usize) -> Option<usize> {
        let key = text[character_length(*text.first()?) - 1];
        while let Some(at) = next(key, &self.opening[from..]) {
            from += at + 1;
            if begins(text, self.words[from - 1].as_bytes()) {
                return Some(from - 1);
            }
        }
        None
    }

    /// Whether `text` ends with one of the words.
    pub(crate) fn closes(&self, text: &str) -> bool {
        let Some(&last) = text.as_bytes().last().filter(|&&last| self.last & bit(last) != 0) else {
            return false;
        };
        let mut from = 0;
        while let Some(at) = next(last, &self.closing[from..]) {
            from += at + 1;
            if ends(text.as_bytes(), self.words[from - 1].as_bytes()) {
                return true;
            }
        }
        false
    }
}

/// Characters of which one is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Letters {
    letters: &'static str,
    all: Characters,
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
        let (mut all, mut at) = (Characters::NONE, 0);
        let bytes = letters.as_bytes();
        while at < bytes.len() {
            all = all.with(bytes, at);
            at += character_length(bytes[at]);
        }
        Self { letters, all }
    }

    /// Whether one of them stands anywhere in `text`.
    pub(crate) fn stand_in(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    /// Where the first of them stands in `text`.
    pub(crate) fn find(&self, text: &str) -> Option<usize> {
        let is_one = |at: usize| text[at..].chars().next().is_some_and(|c| self.has(c));
        self.all.find(text.as_bytes(), is_one)
    }

    /// Whether `text` begins with one of them.
    #[inline]
    pub(crate) fn open(&self, text: &str) -> bool {
        self.all.may_begin(text.as_bytes()) && text.chars().next().is_some_and(|c| self.has(c))
    }

    /// Whether `c` is one of them.
    pub(crate) fn has(&self, c: char) -> bool {
        // The last byte of a character holds the lowest six bits of its code, that before the next.
        let code = u32::from(c);
        let last = if matches!(code, 0x800..=0xffff) {
            self.all.three[(code >> 6) as usize % BLOCKS]
        } else {
            self.all.other
        };
        last >> (code & 63) & 1 == 1 && self.letters.chars().any(|of| of == c)
    }
}

/// What tells most other characters from those of a set.
#[derive(Clone, Copy, Debug)]
struct Characters {
    /// Of those of three bytes, by the low bits of the middle one, a bit for the last.
    three: [u64; BLOCKS],
    /// Of the others, a bit for the last byte.
    other: u64,
}

/// So many sorts of middle bytes are told apart: all of it then fits a line of the cache.
const BLOCKS: usize = 8;

impl Characters {
    const NONE: Self = Self { three: [0; BLOCKS], other: 0 };

    /// This and the character at `at`.
    const fn with(mut self, text: &[u8], at: usize) -> Self {
        let length = character_length(text[at]);
        let last = bit(text[at + length - 1]);
        if length == 3 {
            self.three[text[at + 1] as usize % BLOCKS] |= last;
        } else {
            self.other |= last;
        }
        self
    }

    /// Where the first character stands in `text` that may be of the set and passes.
    #[inline]
    fn find(&self, text: &[u8], passes: impl Fn(usize) -> bool) -> Option<usize> {
        let mut at = 0;
        loop {
            for &[lead, middle, last] in text[at..].as_chunks().0 {
                if !(0xe0..=0xef).contains(&lead) || self.may_hold(middle, last) {
                    break;
                }
                at += 3;
            }
            let &lead = text.get(at)?;
            if self.may_begin(&text[at..]) && passes(at) {
                return Some(at);
            }
            at += character_length(lead);
        }
    }

    /// Whether the set may hold a character of three bytes that ends so.
    #[inline]
    fn may_hold(&self, middle: u8, last: u8) -> bool {
        self.three[usize::from(middle) % BLOCKS] >> (last & 63) & 1 == 1
    }

    /// Whether `text` may begin with a character of the set.
    #[inline]
    fn may_begin(&self, text: &[u8]) -> bool {
        match *text {
            [0xe0..=0xef, middle, last, ..] => self.may_hold(middle, last),
            [lead, ..] => self.other & bit(text[character_length(lead) - 1]) != 0,
            [] => false,
        }
    }
}

const fn bit(byte: u8) -> u64 {
    1 << (byte & 63)
}

/// The last byte of the first character of each word, which tells most of them apart.
pub(crate) const fn opening<const N: usize>(words: &[&str]) -> [u8; N] {
    let (mut keys, mut at) = ([0; N], 0);
    while at < N {
        let word = words[at].as_bytes();
        keys[at] = word[character_length(word[0]) - 1];
        at += 1;
    }
    keys
}

/// The last byte of each word.
pub(crate) const fn closing<const N: usize>(words: &[&str]) -> [u8; N] {
    let (mut keys, mut at) = ([0; N], 0);
    while at < N {
        let word = words[at].as_bytes();
        keys[at] = word[word.len() - 1];
        at += 1;
    }
    keys
}

/// Where the first of `keys` stands that is `key`.
#[inline]
fn next(key: u8, keys: &[u8]) -> Option<usize> {
    /// To look through fewer of them takes less than to call for help.
    const FEW: usize = 16;
    if keys.len() < FEW { keys.iter().position(|&of| of == key) } else { memchr(key, keys) }
}

/// Whether `text` begins with `word`. Of words whose first characters are alike, the second tells
/// most apart; only then is all compared.
#[inline]
fn begins(text: &[u8], word: &[u8]) -> bool {
    let second = |of: &[u8]| of.get(5).copied();
    match (second(text), second(word)) {
        (Some(a), Some(b)) if a != b => false,
        _ => text.starts_with(word),
    }
}

/// Whether `text` ends with `word`. Of words whose last characters are alike, the one before tells
/// most apart; only then is all compared.
#[inline]
fn ends(text: &[u8], word: &[u8]) -> bool {
    let before = |of: &[u8]| of.len().checked_sub(4).map(|at| of[at]);
    match (before(text), before(word)) {
        (Some(a), Some(b)) if a != b => false,
        _ => text.ends_with(word),
    }
}

#[cfg(test)]
mod tests {
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
