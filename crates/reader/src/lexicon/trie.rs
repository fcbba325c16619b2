//! The longest phrase that begins at each place of a text. It knows characters and numbers of
//! phrases, not what a phrase means.
//!
//! Most characters begin no phrase, and one look at them and the next tells. From there on each
//! character is one look into a table, a double array (Aoe, IEEE Transactions on Software
//! Engineering 15(9), 1989): the place that a phrase has come to, plus the code of the next
//! character, is where the table says what comes of it.

use std::cmp::Reverse;
use std::hint::select_unpredictable;

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

const OPENINGS: usize = 1 << 10;
/// As many as sums that wrap around.
const STEPS: usize = 1 << 16;

/// What comes of a character at a place.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    /// The place that it is a step from; 0 for none.
    from: u16,
    /// The place that it leads to; 0 where no phrase goes on.
    to: u16,
    /// The number of the longest phrase up to here; 0 for none.
    phrase: u16,
}

/// A phrase by the codes of its characters, and its number.
type Coded = (Vec<u16>, u16);

impl Trie {
    /// Of `phrases` in ascending order, each with a number that is not 0.
    pub(super) fn build<'p>(
        phrases: impl IntoIterator<Item = (&'p str, u16)>,
    ) -> Result<Self, String> {
        let phrases = phrases.into_iter();
        let coded: Vec<Coded> =
            phrases.map(|(phrase, number)| (phrase.chars().map(code).collect(), number)).collect();
        let mut openings = Box::new([0; OPENINGS]);
        for (codes, _) in &coded {
            let bits = codes.get(1).map_or(u64::MAX, |&second| bit(second));
            openings[opening(*codes.first().ok_or("an empty phrase")?)] |= bits;
        }
        let mut nodes = Vec::new();
        grow(&mut nodes, &coded, 0, 0);
        let places = places(&nodes).ok_or("too many phrases")?;
        let steps = vec![Step::default(); STEPS].try_into();
        let mut steps: Box<[Step; STEPS]> = steps.map_err(|_| "a table of another size")?;
        for (branches, &from) in nodes.iter().zip(&places) {
            for branch in branches {
                let to = branch.node.map_or(0, |node| places[node]);
                steps[sum(from, branch.code)] = Step { from, to, phrase: branch.phrase };
            }
        }
        Ok(Self { openings, root: places.first().copied().unwrap_or(0), steps })
    }

    /// Tells, for each character where a phrase begins, where it is and the number of the longest.
    /// `codes` is room for the characters.
    pub(super) fn find(&self, text: &str, codes: &mut Vec<u16>, mut found: impl FnMut(usize, u16)) {
        codes.clear();
        codes.extend(text.chars().map(code));
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

/// What may come next, of a trie that is not a table yet.
struct Branch {
    code: u16,
    /// The number of the longest phrase up to here; 0 for none.
    phrase: u16,
    /// Where phrases go on.
    node: Option<usize>,
}

/// Adds what follows the first `depth` characters of `phrases`, which begin alike and all have more
/// of them, with `phrase` for the longest so far. Tells where; nowhere without phrases.
fn grow(
    nodes: &mut Vec<Vec<Branch>>,
    phrases: &[Coded],
    depth: usize,
    phrase: u16,
) -> Option<usize> {
    phrases.first()?;
    let at = nodes.len();
    nodes.push(Vec::new());
    for same in phrases.chunk_by(|(a, _), (b, _)| a[depth] == b[depth]) {
        let (codes, number) = &same[0];
        let ends = codes.len() == depth + 1;
        let phrase = if ends { *number } else { phrase };
        let node = grow(nodes, &same[usize::from(ends)..], depth + 1, phrase);
        nodes[at].push(Branch { code: codes[depth], phrase, node });
    }
    Some(at)
}

/// A place for each node so that no two branches have one sum: the larger nodes first, each at the
/// next place where it fits.
fn places(nodes: &[Vec<Branch>]) -> Option<Vec<u16>> {
    let mut places = vec![0; nodes.len()];
    let (mut is_place, mut is_step) = (vec![false; STEPS], vec![false; STEPS]);
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_key(|&node| Reverse(nodes[node].len()));
    let mut last: u16 = 0;
    for node in order {
        let fits = |place: &u16| {
            !is_place[usize::from(*place)]
                && nodes[node].iter().all(|branch| !is_step[sum(*place, branch.code)])
        };
        let mut candidates = (1..=u16::MAX).map(|by| last.wrapping_add(by));
        let place = candidates.find(|place| *place != 0 && fits(place))?;
        is_place[usize::from(place)] = true;
        for branch in &nodes[node] {
            is_step[sum(place, branch.code)] = true;
        }
        (places[node], last) = (place, place);
    }
    Some(places)
}

fn sum(place: u16, code: u16) -> usize {
    usize::from(place.wrapping_add(code))
}

/// 0 for the few beyond the basic plane, of which no phrase is made.
fn code(c: char) -> u16 {
    u16::try_from(u32::from(c)).unwrap_or(0)
}

fn opening(code: u16) -> usize {
    usize::from(code) % OPENINGS
}

fn bit(code: u16) -> u64 {
    1 << (code % 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_phrase_is_found_where_each_begins() {
        let phrases = ["a", "ab", "abcd", "個", "個人情報", "情報"].map(str::to_owned);
        let trie = Trie::build(phrases.iter().map(String::as_str).zip(1..)).unwrap();
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
