//! The longest phrase that begins at each place of a text. It knows characters and numbers of
//! phrases, not what a phrase means.
//!
//! Most characters begin no phrase, and one look at them and the next tells. From there on each
//! character is one look into a table, a double array (Aoe, IEEE Transactions on Software
//! Engineering 15(9), 1989), which the build script makes.

use std::hint::select_unpredictable;

use super::bytes::Bytes;
use super::table::{OPENINGS, STEPS, Step, bit, code, opening, sum};
use crate::grammar::character_length;

/// Phrases by their characters, each with a number.
pub(super) struct Trie {
    /// At the low bits of the first character of a phrase, a bit for the low bits of the second.
    openings: Box<[u64; OPENINGS]>,
    /// The place before the first character.
    root: u16,
    /// From each place by each character, at the sum of both.
    steps: Box<[Step; STEPS]>,
}

impl Trie {
    /// As the build script wrote it.
    pub(super) fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let root = bytes.number()?;
        let mut openings = Box::new([0; OPENINGS]);
        for opening in openings.iter_mut() {
            *opening = u64::from_le_bytes(bytes.take()?);
        }
        let steps = vec![Step::default(); STEPS].try_into();
        let mut steps: Box<[Step; STEPS]> = steps.ok()?;
        let count = bytes.number()?;
        for _ in 0..count {
            let at = usize::from(bytes.number()?);
            let (from, to, phrase) = (bytes.number()?, bytes.number()?, bytes.number()?);
            steps[at] = Step { from, to, phrase };
        }
        Some(Self { openings, root, steps })
    }

    /// Tells, for each character where a phrase begins, where it is and the number of the longest.
    /// `codes` is room for the characters.
    pub(super) fn find(&self, text: &str, codes: &mut Vec<u16>, mut found: impl FnMut(usize, u16)) {
        codes.clear();
        encode(text, codes);
        // No phrase goes on behind the end.
        codes.push(0);
        let mut walks = [Walk::default(); BESIDE];
        let mut count = 0;
        let mut start = 0;
        for (first, &[code, next]) in codes.array_windows().enumerate() {
            walks[count] = Walk { start, first, place: self.root, phrase: 0 };
            count += usize::from(self.openings[opening(code)] & bit(next) != 0);
            start += character_length(text.as_bytes()[start]);
            if count == BESIDE {
                self.walk(codes, &mut walks, count, &mut found);
                count = 0;
            }
        }
        self.walk(codes, &mut walks, count, &mut found);
    }

    /// Walks the first `count` each to its longest phrase, and tells it. All go a character at a time:
    /// a look into the table takes long, but many that do not wait for each other take hardly longer.
    fn walk(
        &self,
        codes: &[u16],
        walks: &mut [Walk; BESIDE],
        count: usize,
        found: &mut impl FnMut(usize, u16),
    ) {
        let mut going: [u8; BESIDE] = std::array::from_fn(|nth| nth.to_le_bytes()[0]);
        let (mut left, mut depth) = (count, 0);
        while left > 0 {
            let before = left;
            left = 0;
            for at in 0..before {
                let nth = going[at];
                let walk = &mut walks[usize::from(nth)];
                let step = self.steps[sum(walk.place, codes[walk.first + depth])];
                let fits = step.from == walk.place;
                walk.place = select_unpredictable(fits, step.to, 0);
                walk.phrase = select_unpredictable(fits, step.phrase, walk.phrase);
                going[left] = nth;
                left += usize::from(walk.place != 0);
            }
            depth += 1;
        }
        for walk in walks[..count].iter().filter(|walk| walk.phrase != 0) {
            found(walk.start, walk.phrase);
        }
    }
}

/// Adds the codes of all characters of a text. Most have three bytes, which are told by hand in half
/// the time.
fn encode(text: &str, codes: &mut Vec<u16>) {
    let mut rest = text;
    while !rest.is_empty() {
        let (threes, _) = rest.as_bytes().as_chunks::<3>();
        let known = |&&[lead, ..]: &&[u8; 3]| (0xe0..=0xef).contains(&lead);
        let count = threes.iter().take_while(known).count();
        codes.extend(threes[..count].iter().map(|&[lead, middle, last]| {
            u16::from(lead & 0x0f) << 12 | u16::from(middle & 0x3f) << 6 | u16::from(last & 0x3f)
        }));
        rest = &rest[3 * count..];
        let others = rest.bytes().position(|byte| (0xe0..=0xef).contains(&byte));
        let (before, after) = rest.split_at(others.unwrap_or(rest.len()));
        codes.extend(before.chars().map(code));
        rest = after;
    }
}

/// So many phrases are looked for side by side.
const BESIDE: usize = 256;

/// The way of a phrase through the trie.
#[derive(Clone, Copy, Default)]
struct Walk {
    /// Where it begins in the text.
    start: usize,
    /// Its first character.
    first: usize,
    /// What its characters so far have led to.
    place: u16,
    /// The longest phrase so far.
    phrase: u16,
}

#[cfg(test)]
mod tests {
    use super::super::growth::Table;
    use super::*;

    #[test]
    fn the_longest_phrase_is_found_where_each_begins() {
        let phrases = ["a", "ab", "abcd", "個", "個人情報", "情報"].map(str::to_owned);
        let table = Table::build(phrases.iter().map(String::as_str).zip(1..)).unwrap();
        let trie = Trie {
            openings: table.openings.try_into().unwrap(),
            root: table.root,
            steps: table.steps.try_into().unwrap(),
        };
        let found = |text| {
            let mut found = Vec::new();
            trie.find(text, &mut Vec::new(), |at, phrase| {
                found.push((at, &*phrases[usize::from(phrase) - 1]));
            });
            found
        };
        assert_eq!(found("個人情報"), [(0, "個人情報"), (6, "情報")]);
        assert_eq!(found("個人の個"), [(0, "個"), (9, "個")]);
        assert_eq!(found("xabcabcda"), [(1, "ab"), (4, "abcd"), (8, "a")]);
        assert_eq!(found("個𠮷a"), [(0, "個"), (7, "a")]);
        assert_eq!(found(""), []);
    }
}
