//! Grams: what of a text is looked up. One, two and three characters of a folded text, by the area
//! they stand in. It does not know where postings are kept.

/// Where in a document words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Area {
    /// Anywhere.
    Everything,
    /// Its head: title, organisation, numbers.
    Head,
    /// Names of organisations.
    Organisation,
    /// Names of services.
    Service,
}

impl Area {
    pub(super) const fn prefix(self) -> u8 {
        match self {
            Self::Everything => 1,
            Self::Head => 2,
            Self::Organisation => 3,
            Self::Service => 4,
        }
    }
}

/// The prefix of the keys of filter terms, after those of the areas.
pub(super) const TERM: u8 = 16;
/// The prefix of columns and lists that are kept beside the postings, after all of these.
pub(super) const COLUMN: u8 = 0xf0;
/// The prefix of the chunks of the list of documents.
pub(super) const ORDER: u8 = 0xf1;
/// The key of the list of days.
pub(super) const DAYS: u8 = 0xf2;

/// Longest phrase that grams answer alone, in characters.
pub(super) const LONGEST: usize = 3;

/// Up to three characters, ordered as their UTF-8 bytes are; no text has U+0000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Gram(u64);

impl Gram {
    const fn of(chars: [char; 3]) -> Self {
        Self((chars[0] as u64) << 42 | (chars[1] as u64) << 21 | chars[2] as u64)
    }

    /// The key of its posting in an area.
    pub(super) fn key(self, area: Area) -> Vec<u8> {
        let mut key = Vec::new();
        self.write_key(area, &mut key);
        key
    }

    /// The same, in the place of what `key` was.
    pub(super) fn write_key(self, area: Area, key: &mut Vec<u8>) {
        key.clear();
        key.push(area.prefix());
        let mut buffer = [0; 4];
        for shift in [42, 21, 0] {
            let code = u32::try_from(self.0 >> shift & 0x1f_ffff).unwrap_or(0);
            if let Some(c) = char::from_u32(code).filter(|&c| c != '\0') {
                key.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
            }
        }
    }
}

/// Every gram of a text, as often as it stands there. What stands below the space (paragraph
/// ends, the marks between sections) is a boundary.
pub(super) fn each(text: &str, mut found: impl FnMut(Gram)) {
    let mut last = ['\0'; 2];
    for c in text.chars() {
        if c < ' ' {
            last = ['\0'; 2];
            continue;
        }
        found(Gram::of([c, '\0', '\0']));
        if last[1] != '\0' {
            found(Gram::of([last[1], c, '\0']));
            if last[0] != '\0' {
                found(Gram::of([last[0], last[1], c]));
            }
        }
        last = [last[1], c];
    }
}

/// The grams that a document with this phrase has: the phrase itself where it is short.
pub(super) fn of_phrase(phrase: &str) -> Vec<Gram> {
    let chars: Vec<char> = phrase.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    if chars.len() <= LONGEST {
        return vec![Gram::of([at(0), at(1), at(2)])];
    }
    let mut grams: Vec<Gram> =
        chars.windows(LONGEST).map(|w| Gram::of([w[0], w[1], w[2]])).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// The key of a filter term.
pub(super) fn term_key(field: &str, value: &str) -> Vec<u8> {
    let mut key = term_prefix(field);
    key.extend_from_slice(value.as_bytes());
    key
}

/// What the keys of all terms of a field start with.
pub(super) fn term_prefix(field: &str) -> Vec<u8> {
    let mut key = vec![TERM];
    key.extend_from_slice(field.as_bytes());
    key.push(0);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grams_stop_at_boundaries_and_sort_as_their_keys() {
        let mut grams = Vec::new();
        each("氏名\n住A", |gram| grams.push(gram));
        let keys = |grams: &[Gram]| -> Vec<String> {
            let key = |gram: &Gram| String::from_utf8(gram.key(Area::Head)[1..].to_vec()).unwrap();
            grams.iter().map(key).collect()
        };
        assert_eq!(keys(&grams), ["氏", "名", "氏名", "住", "A", "住A"]);
        grams.sort_unstable();
        let mut sorted = keys(&grams);
        sorted.sort_unstable();
        assert_eq!(keys(&grams), sorted);
        assert_eq!(keys(&of_phrase("個人情報")), ["人情報", "個人情"]);
        assert_eq!(keys(&of_phrase("個人")), ["個人"]);
    }
}
