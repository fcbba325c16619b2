//! The longest phrase that begins at each place of a text. It knows characters and numbers of
//! phrases, not what a phrase means.
//!
//! Most characters begin no phrase, and one look at them and the next tells. From two characters on
//! phrases share the nodes that they have in common, which lie close to each other: a table over all
//! of them would not stay in the processor's cache.

use crate::grammar::character_length;

/// Phrases by their characters.
pub(super) struct Trie {
    /// At the low bits of the first character of a phrase, a bit for the low bits of the second.
    openings: Box<[u64; OPENINGS]>,
    /// Where the first character and the second lead; the second is 0 for a phrase of one.
    pairs: Pairs,
    /// Those that may follow one another stand side by side in ascending order. The first is none.
    nodes: Vec<Node>,
}

const OPENINGS: usize = 1 << 10;

/// A character behind others.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    code: u16,
    /// The number of the longest phrase up to here; 0 for none.
    phrase: u16,
    /// Where the first of the nodes stands that may come next, and how many there are.
    next: u16,
    count: u16,
}

/// The codes of a phrase and its number.
type Coded = (Vec<u16>, u16);

impl Trie {
    /// Of `phrases` in ascending order, which are numbered from 1.
    pub(super) fn build(phrases: &[String]) -> Result<Self, String> {
        let coded: Vec<Coded> =
            phrases.iter().map(|phrase| phrase.chars().map(code).collect()).zip(1..).collect();
        let mut trie = Self {
            openings: Box::new([0; OPENINGS]),
            pairs: Pairs(Vec::new()),
            nodes: vec![Node::default()],
        };
        let mut pairs = Vec::new();
        for same in coded.chunk_by(|(a, _), (b, _)| a.first() == b.first()) {
            let Some(&first) = same[0].0.first() else { return Err("an empty phrase".to_owned()) };
            let (mut alone, mut longer) = (0, same);
            if let [(codes, number), rest @ ..] = same
                && codes.len() == 1
            {
                (alone, longer) = (*number, rest);
                trie.openings[opening(first)] = u64::MAX;
                pairs.push(Pair { first, second: 0, node: trie.end()? });
                trie.nodes.push(Node { phrase: alone, ..Node::default() });
            }
            let Node { next, count, .. } = trie.follow(longer, 1, alone)?;
            for node in next..next + count {
                let second = trie.nodes[usize::from(node)].code;
                trie.openings[opening(first)] |= bit(second);
                pairs.push(Pair { first, second, node });
            }
        }
        trie.pairs = Pairs::of(&pairs);
        Ok(trie)
    }

    /// Adds what follows the first `depth` characters of `phrases`, which all have more of them
    /// and begin alike, with `phrase` for the longest so far. Tells in a node where it stands.
    fn follow(&mut self, phrases: &[Coded], depth: usize, phrase: u16) -> Result<Node, String> {
        let groups = || phrases.chunk_by(|(a, _), (b, _)| a[depth] == b[depth]);
        let next = self.end()?;
        for group in groups() {
            let (codes, number) = &group[0];
            let ends = codes.len() == depth + 1;
            let phrase = if ends { *number } else { phrase };
            self.nodes.push(Node { code: codes[depth], phrase, ..Node::default() });
        }
        let count = self.end()? - next;
        for (group, at) in groups().zip(usize::from(next)..) {
            let longer = &group[usize::from(group[0].0.len() == depth + 1)..];
            let node = self.nodes[at];
            let Node { next, count, .. } = self.follow(longer, depth + 1, node.phrase)?;
            self.nodes[at] = Node { next, count, ..node };
        }
        Ok(Node { next, count, ..Node::default() })
    }

    /// Where the next node will stand.
    fn end(&self) -> Result<u16, String> {
        u16::try_from(self.nodes.len()).map_err(|_| "too many phrases".to_owned())
    }

    /// Tells, for each character where a phrase begins, where it is and the longest phrase.
    pub(super) fn find(&self, text: &Characters, mut found: impl FnMut(usize, u16)) {
        for (at, &[first, second]) in text.0.array_windows().enumerate() {
            if self.openings[opening(first.code)] & bit(second.code) != 0 {
                let phrase = self.longest(first.code, second.code, &text.0[at + 2..]);
                if phrase != 0 {
                    found(first.start as usize, phrase);
                }
            }
        }
    }

    fn longest(&self, first: u16, second: u16, rest: &[Character]) -> u16 {
        let mut node = &self.nodes[self.pairs.get(first, second)];
        if node.code == 0 {
            return self.nodes[self.pairs.get(first, 0)].phrase;
        }
        for character in rest {
            let next = &self.nodes[usize::from(node.next)..][..usize::from(node.count)];
            let Some(found) = next.iter().find(|next| next.code == character.code) else { break };
            node = found;
        }
        node.phrase
    }
}

/// The characters of a text, and one of code 0 at its end.
#[derive(Clone, Debug, Default)]
pub(super) struct Characters(Vec<Character>);

#[derive(Clone, Copy, Debug)]
struct Character {
    start: u32,
    /// 0 for the few beyond the basic plane, of which no phrase is made.
    code: u16,
}

impl Characters {
    /// Those of `text` in the place of those before.
    #[expect(clippy::cast_possible_truncation, reason = "Limits keeps a text below 4 GiB")]
    pub(super) fn set(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        self.0.clear();
        self.0.reserve(text.len() + 1);
        loop {
            for &[lead, middle, last] in bytes[at..].as_chunks().0 {
                if !(0xe0..=0xef).contains(&lead) {
                    break;
                }
                let code =
                    u16::from(lead) << 12 | u16::from(middle & 63) << 6 | u16::from(last & 63);
                self.0.push(Character { start: at as u32, code });
                at += 3;
            }
            let Some(&lead) = bytes.get(at) else { break };
            self.0.push(Character { start: at as u32, code: code_at(&text[at..]) });
            at += character_length(lead);
        }
        self.0.push(Character { start: at as u32, code: 0 });
    }
}

fn code_at(text: &str) -> u16 {
    text.chars().next().map_or(0, code)
}

fn code(c: char) -> u16 {
    u16::try_from(u32::from(c)).unwrap_or(0)
}

fn opening(code: u16) -> usize {
    usize::from(code) % OPENINGS
}

fn bit(code: u16) -> u64 {
    1 << (code % 64)
}

/// A table of first and second characters: as many places as a power of two, each pair at the
/// place that its hash says or the next free one.
struct Pairs(Vec<Pair>);

#[derive(Clone, Copy, Debug, Default)]
struct Pair {
    first: u16,
    second: u16,
    /// 0 for none.
    node: u16,
}

impl Pairs {
    fn of(pairs: &[Pair]) -> Self {
        let mut table = Self(vec![Pair::default(); (2 * pairs.len()).next_power_of_two()]);
        for &pair in pairs {
            let at = table.place(pair.first, pair.second);
            table.0[at] = pair;
        }
        table
    }

    fn get(&self, first: u16, second: u16) -> usize {
        usize::from(self.0[self.place(first, second)].node)
    }

    /// Where a pair stands or would.
    fn place(&self, first: u16, second: u16) -> usize {
        let hash = (u32::from(first) << 16 | u32::from(second)).wrapping_mul(0x9e37_79b1);
        let mut at = (hash >> 12) as usize;
        loop {
            at &= self.0.len() - 1;
            let pair = self.0[at];
            if (pair.first, pair.second) == (first, second) || pair.node == 0 {
                return at;
            }
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_phrase_is_found_where_each_begins() {
        let phrases = ["a", "ab", "abcd", "個", "個人情報", "情報"].map(str::to_owned);
        let trie = Trie::build(&phrases).unwrap();
        let found = |text| {
            let mut found = Vec::new();
            let mut characters = Characters::default();
            characters.set(text);
            trie.find(&characters, |at, phrase| {
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
