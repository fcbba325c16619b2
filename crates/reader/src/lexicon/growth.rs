//! How the table of the lexicon is made of its phrases, which the build script does. It does not know how
//! it is walked.

use std::cmp::Reverse;

use super::table::{OPENINGS, STEPS, Step, bit, code, opening, sum};

/// A trie as a table.
#[derive(Debug)]
pub(crate) struct Table {
    /// At the low bits of the first character of a phrase, a bit for the low bits of the second.
    pub(crate) openings: Vec<u64>,
    /// The place before the first character.
    pub(crate) root: u16,
    /// From each place by each character, at the sum of both.
    pub(crate) steps: Vec<Step>,
}

/// A phrase by the codes of its characters, and its number.
type Coded = (Vec<u16>, u16);

impl Table {
    /// Of `phrases` in ascending order, each with a number that is not 0.
    pub(crate) fn build<'p>(
        phrases: impl IntoIterator<Item = (&'p str, u16)>,
    ) -> Result<Self, String> {
        let phrases = phrases.into_iter();
        let coded: Vec<Coded> =
            phrases.map(|(phrase, number)| (phrase.chars().map(code).collect(), number)).collect();
        let mut openings = vec![0; OPENINGS];
        for (codes, _) in &coded {
            let bits = codes.get(1).map_or(u64::MAX, |&second| bit(second));
            openings[opening(*codes.first().ok_or("an empty phrase")?)] |= bits;
        }
        let mut nodes = Vec::new();
        grow(&mut nodes, &coded, 0, 0);
        let places = places(&nodes).ok_or("too many phrases")?;
        let mut steps = vec![Step::default(); STEPS];
        for (branches, &from) in nodes.iter().zip(&places) {
            for branch in branches {
                let to = branch.node.map_or(0, |node| places[node]);
                steps[sum(from, branch.code)] = Step { from, to, phrase: branch.phrase };
            }
        }
        Ok(Self { openings, root: places.first().copied().unwrap_or(0), steps })
    }
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
