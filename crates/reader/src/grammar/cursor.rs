//! A place in a folded text that grammars move forward. It knows characters and small numbers, not
//! what they mean. Everything it does looks at a bounded number of bytes.

use crate::words::{AnyOf, Letters};

/// A position in a text. Copies are cheap: a rule that fails drops its copy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    /// The next byte, always on a character boundary.
    pub(super) at: usize,
}

/// A small number of a date or time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Small {
    /// Its value, at most 9999.
    pub(super) value: u16,
    /// How many digits it is written with.
    pub(super) digits: u8,
    /// Whether it is written in kanji.
    pub(super) kanji: bool,
}

impl Small {
    /// Its value, where it fits a byte; 255, which is no part of a date, where it does not.
    pub(super) fn byte(self) -> u8 {
        u8::try_from(self.value).unwrap_or(u8::MAX)
    }
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    /// The text that it is in.
    pub(super) const fn whole(&self) -> &'a str {
        self.text
    }

    /// What follows.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next byte; 0 at the end.
    pub(super) fn byte(&self) -> u8 {
        self.byte_at(0)
    }

    /// The byte `ahead` of the next one; 0 after the end.
    pub(super) fn byte_at(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    /// The next character.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The character before.
    pub(super) fn before(&self) -> Option<char> {
        self.text.get(..self.at).unwrap_or_default().chars().next_back()
    }

    /// Whether `word` comes next.
    pub(super) fn sees(&self, word: &str) -> bool {
        let (rest, word) = (&self.text.as_bytes()[self.at..], word.as_bytes());
        // The third byte tells most Japanese characters apart; only then is all compared.
        match (rest.get(2), word.get(2)) {
            (Some(a), Some(b)) if a != b => false,
            _ => rest.starts_with(word),
        }
    }

    /// Whether one of `words` comes next.
    pub(super) fn sees_any(&self, words: &AnyOf) -> bool {
        words.opening(self.rest()).is_some()
    }

    /// Whether one of the characters of `set` comes next.
    pub(super) fn sees_in(&self, set: &Letters) -> bool {
        set.open(self.rest())
    }

    /// Passes `word` if it comes next.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let seen = self.sees(word);
        if seen {
            self.at += word.len();
        }
        seen
    }

    /// Passes the first of `words` that comes next.
    pub(super) fn eat_any(&mut self, words: &AnyOf) -> bool {
        let seen = words.opening(self.rest());
        self.at += seen.map_or(0, str::len);
        seen.is_some()
    }

    /// Passes the next character if `test` holds for it.
    pub(super) fn eat_if(&mut self, test: impl Fn(char) -> bool) -> Option<char> {
        let c = self.peek().filter(|&c| test(c))?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Passes one space.
    pub(super) fn space(&mut self) {
        if self.byte() == b' ' {
            self.at += 1;
        }
    }

    /// Reads a number of at most four digits, in ASCII or kanji.
    pub(super) fn number(&mut self) -> Option<Small> {
        self.spaced().or_else(|| self.digits()).or_else(|| self.kanji())
    }

    /// Reads one to four ASCII digits that no further digit follows.
    pub(super) fn digits(&mut self) -> Option<Small> {
        let (mut value, mut digits) = (0, 0);
        for digit in &self.text.as_bytes()[self.at..] {
            if !digit.is_ascii_digit() {
                break;
            }
            if digits == 4 {
                return None;
            }
            value = value * 10 + u16::from(digit - b'0');
            digits += 1;
        }
        if digits == 0 {
            return None;
        }
        self.at += usize::from(digits);
        Some(Small { value, digits, kanji: false })
    }

    /// Reads digits set apart (`1 2月`), as justified lines leave them. A lone number at the
    /// beginning of a line is its own (`1 2月`: item 1), so there it takes more than two.
    fn spaced(&mut self) -> Option<Small> {
        let mut end = self.at;
        let mut value = 0;
        let mut digits = 0;
        let bytes = self.text.as_bytes();
        loop {
            let digit = bytes.get(end).copied().filter(u8::is_ascii_digit)?;
            value = value * 10 + u16::from(digit - b'0');
            digits += 1;
            end += 1;
            match bytes.get(end) {
                Some(b' ') if digits < 4 => end += 1,
                Some(0x80..) if digits > 1 => break,
                _ => return None,
            }
        }
        if digits == 2 && self.before().is_none_or(|c| c == '\n') {
            return None;
        }
        self.at = end;
        Some(Small { value, digits, kanji: false })
    }

    /// Reads a kanji numeral of at most four figures: 二〇二三, 二十三, 十二.
    fn kanji(&mut self) -> Option<Small> {
        if self.byte() < 0x80 {
            return None;
        }
        let mut ahead = *self;
        let mut value = 0_u16;
        let mut current = 0_u16;
        let mut figures = 0_u8;
        while let Some(c) = ahead.peek() {
            match (kanji_digit(c), c) {
                (Some(digit), _) => current = current.checked_mul(10)?.checked_add(digit)?,
                (None, '十') if current < 10 => {
                    value += current.max(1) * 10;
                    current = 0;
                }
                _ => break,
            }
            figures += 1;
            if figures > 5 {
                return None;
            }
            ahead.at += c.len_utf8();
        }
        if figures == 0 {
            return None;
        }
        *self = ahead;
        value = value.checked_add(current).filter(|&value| value < 10_000)?;
        Some(Small { value, digits: figures, kanji: true })
    }
}

/// A set of characters of three bytes, one bit for each of the basic plane: most characters of a
/// text are in no such set, and one look must tell.
pub(crate) struct CharSet([u64; 1024]);

impl CharSet {
    /// The set of the characters in `of`, each of three bytes.
    pub(crate) const fn new(of: &str) -> Self {
        let mut bits = [0; 1024];
        let bytes = of.as_bytes();
        let mut at = 0;
        while at + 2 < bytes.len() {
            bits[block(bytes[at], bytes[at + 1])] |= 1 << (bytes[at + 2] & 63);
            at += 3;
        }
        Self(bits)
    }

    /// Whether a character of three bytes stands at `at` that is in the set.
    pub(crate) fn has(&self, bytes: &[u8], at: usize) -> bool {
        bytes[at..].first_chunk().is_some_and(|&[first, second, third]| {
            (0xe0..=0xef).contains(&first) && self.bit(first, second, third)
        })
    }

    /// From `at` on the first character that is in the set or not of three bytes.
    pub(crate) fn next(&self, bytes: &[u8], mut at: usize) -> usize {
        for &[first, second, third] in bytes[at..].as_chunks().0 {
            if !(0xe0..=0xef).contains(&first) || self.bit(first, second, third) {
                break;
            }
            at += 3;
        }
        at
    }

    fn bit(&self, first: u8, second: u8, third: u8) -> bool {
        self.0[block(first, second)] >> (third & 63) & 1 == 1
    }
}

/// Which 64 characters a character of three bytes is one of.
const fn block(first: u8, second: u8) -> usize {
    ((first & 0xf) as usize) << 6 | (second & 0x3f) as usize
}

/// One past the run of ASCII digits at `at`.
pub(super) fn digits_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count()
}

/// How many bytes the character has that begins with `lead`.
pub(crate) const fn character_length(lead: u8) -> usize {
    match lead {
        0..=0x7f => 1,
        0xe0..=0xef => 3,
        0xf0..=0xff => 4,
        _ => 2,
    }
}

/// Whether figures at `at` belong to something longer: behind a letter, or behind a mark that a
/// letter or figure comes before.
pub(super) fn is_glued(bytes: &[u8], at: usize) -> bool {
    let back = |by: usize| at.checked_sub(by).map_or(b'\n', |at| bytes[at]);
    match back(1) {
        b'#' | b'$' | b'\\' | b'=' | b'_' | b'%' => true,
        b'.' | b'-' | b':' | b'/' | b',' | b'+' | b'@' | b'&' | b'?' => {
            back(2).is_ascii_alphanumeric() || back(2) == b'/'
        }
        before => before.is_ascii_alphanumeric(),
    }
}

/// The digit that a kanji stands for, 0 to 9.
pub(super) const fn kanji_digit(c: char) -> Option<u16> {
    Some(match c {
        '〇' => 0,
        '一' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_ascii_kanji_and_set_apart() {
        let number = |text| Cursor::new(text, 0).number().map(|n| n.value);
        assert_eq!(number("2023年"), Some(2023));
        assert_eq!(number("20230"), None);
        assert_eq!(number("二〇二三年"), Some(2023));
        assert_eq!(number("三十一日"), Some(31));
        assert_eq!(number("2 0 2 3年"), Some(2023));
        assert_eq!(number("1 2月"), Some(1));
        assert_eq!(Cursor::new("計1 2社", 3).number().map(|n| n.value), Some(12));
        assert_eq!(number("十"), Some(10));
        assert_eq!(number("年"), None);
    }
}
