//! What a plan finds in one segment or in the tail: which documents have it for certain, which may
//! have it, and whether in their heads. It does not know in what order hits are shown.

use memchr::memmem::Finder;
use rusqlite::Connection;

use super::IndexError;
use super::bits::Bits;
use super::column::{self, Days};
use super::document::{self, UNKNOWN_DAY};
use super::fold::{PARAGRAPH, fold};
use super::gram::{Area, LONGEST, term_key};
use super::plan::Plan;
use super::segment::Segment;
use super::store::Stored;

/// A plan made ready: its leaves in a row, and how they are put together.
pub(super) struct Wanted {
    tree: Tree,
    leaves: Vec<Leaf>,
}

enum Tree {
    Leaf(usize),
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
}

enum Leaf {
    Words(Box<Words>),
    Term(Vec<u8>),
    Days(std::ops::RangeInclusive<i32>),
    Number { field: String, range: Option<std::ops::RangeInclusive<i64>> },
}

struct Words {
    area: Area,
    text: String,
    finder: Finder<'static>,
    /// Whether grams alone cannot tell.
    long: bool,
    /// Whether the words in the head of a document bring it forward.
    ranked: bool,
}

impl Wanted {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut leaves = Vec::new();
        let tree = ready(plan, true, &mut leaves);
        Self { tree, leaves }
    }

    /// Where each set comes from the leaves that `of` gives.
    fn bounds(&self, size: usize, of: &impl Fn(usize) -> Bounds) -> Bounds {
        bounds(&self.tree, size, of)
    }

    fn ranked(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.leaves.len())
            .filter(|&leaf| matches!(&self.leaves[leaf], Leaf::Words(words) if words.ranked))
    }
}

fn ready(plan: &Plan, wanted: bool, leaves: &mut Vec<Leaf>) -> Tree {
    let mut leaf = |leaf| {
        leaves.push(leaf);
        Tree::Leaf(leaves.len() - 1)
    };
    match plan {
        Plan::All => Tree::All(Vec::new()),
        Plan::Words { area, text } => {
            // No phrase reaches across the end of a paragraph: each part must be there.
            let text = fold(text);
            let parts = text.split(PARAGRAPH).filter(|part| !part.is_empty());
            Tree::All(
                parts.map(|part| leaf(Leaf::Words(Box::new(words(*area, part, wanted))))).collect(),
            )
        }
        Plan::Term { field, value } => leaf(Leaf::Term(term_key(field, value))),
        Plan::Days(range) => leaf(Leaf::Days((*range.start()).max(UNKNOWN_DAY + 1)..=*range.end())),
        Plan::DayUnknown => leaf(Leaf::Days(UNKNOWN_DAY..=UNKNOWN_DAY)),
        Plan::Number { field, range } => {
            leaf(Leaf::Number { field: field.clone(), range: Some(range.clone()) })
        }
        Plan::NumberUnknown(field) => leaf(Leaf::Number { field: field.clone(), range: None }),
        Plan::And(parts) => Tree::All(parts.iter().map(|p| ready(p, wanted, leaves)).collect()),
        Plan::Or(parts) => Tree::Any(parts.iter().map(|p| ready(p, wanted, leaves)).collect()),
        Plan::Not(part) => Tree::Not(Box::new(ready(part, false, leaves))),
    }
}

fn words(area: Area, text: &str, wanted: bool) -> Words {
    Words {
        area,
        text: text.to_owned(),
        finder: Finder::new(text.as_bytes()).into_owned(),
        long: text.chars().nth(LONGEST).is_some(),
        ranked: wanted && area == Area::Everything,
    }
}

/// What is certain, and what is possible.
#[derive(Clone)]
struct Bounds {
    lower: Bits,
    upper: Bits,
}

fn bounds(tree: &Tree, size: usize, of: &impl Fn(usize) -> Bounds) -> Bounds {
    match tree {
        Tree::Leaf(leaf) => of(*leaf),
        Tree::All(parts) => {
            let mut all = Bounds { lower: Bits::all(size), upper: Bits::all(size) };
            for part in parts {
                let part = bounds(part, size, of);
                all.lower.and(&part.lower);
                all.upper.and(&part.upper);
            }
            all
        }
        Tree::Any(parts) => {
            let mut any = Bounds { lower: Bits::none(size), upper: Bits::none(size) };
            for part in parts {
                let part = bounds(part, size, of);
                any.lower.or(&part.lower);
                any.upper.or(&part.upper);
            }
            any
        }
        Tree::Not(part) => {
            let Bounds { mut lower, mut upper } = bounds(part, size, of);
            lower.complement();
            upper.complement();
            Bounds { lower: upper, upper: lower }
        }
    }
}

fn truth(tree: &Tree, of: &impl Fn(usize) -> bool) -> bool {
    match tree {
        Tree::Leaf(leaf) => of(*leaf),
        Tree::All(parts) => parts.iter().all(|part| truth(part, of)),
        Tree::Any(parts) => parts.iter().any(|part| truth(part, of)),
        Tree::Not(part) => !truth(part, of),
    }
}

/// Where the words of a query stand in a document that has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The head alone has what the query wants.
    Head,
    /// Some of the words are in the head.
    Partly,
    /// None is.
    Body,
}

impl Standing {
    pub(super) const ALL: [Self; 3] = [Self::Head, Self::Partly, Self::Body];

    const fn of(all: bool, some: bool) -> Self {
        match (all, some) {
            (true, true) => Self::Head,
            (false, true) => Self::Partly,
            (_, false) => Self::Body,
        }
    }
}

/// Where hits come from.
pub(super) enum Source {
    Segment(Segment),
    /// The documents of the tail, in the order of a segment.
    Tail(Vec<Stored>),
}

/// The hits in a segment or in the tail.
pub(super) struct Hits {
    pub(super) source: Source,
    pub(super) days: Days,
    leaves: Vec<Bits>,
    heads: Vec<Option<Bits>>,
    /// Hits for certain.
    pub(super) lower: Bits,
    /// These, and those of which the text must be asked.
    pub(super) upper: Bits,
    /// Those of which the text must be asked whether they are hits, or where the words stand.
    open: Bits,
    /// A part of the list of documents, and where it starts.
    listed: (usize, Vec<i64>),
    /// The hits by standing; one that is not sure may stand too far forward.
    standing: [Bits; 3],
}

impl Hits {
    pub(super) fn find(
        conn: &Connection,
        source: Source,
        wanted: &Wanted,
    ) -> Result<Self, IndexError> {
        let days = source.days(conn)?;
        let size = days.len();
        let mut leaves = Vec::with_capacity(wanted.leaves.len());
        let mut heads = Vec::with_capacity(wanted.leaves.len());
        for leaf in &wanted.leaves {
            let bits = source.leaf(conn, leaf, &days)?;
            heads.push(match leaf {
                Leaf::Words(words) if words.ranked && bits.is_empty() => Some(Bits::none(size)),
                Leaf::Words(words) if words.ranked => {
                    Some(source.words(conn, Area::Head, words)?)
                }
                _ => None,
            });
            leaves.push(bits);
        }
        let exact = matches!(source, Source::Tail(_));
        let long = |leaf: usize| {
            !exact && matches!(&wanted.leaves[leaf], Leaf::Words(words) if words.long)
        };
        let either = |bits: &Bits, leaf: usize| Bounds {
            lower: if long(leaf) { Bits::none(size) } else { bits.clone() },
            upper: bits.clone(),
        };
        let mut hits = wanted.bounds(size, &|leaf| either(&leaves[leaf], leaf));
        if let Source::Segment(segment) = &source {
            hits.lower.minus(&segment.deleted);
            hits.upper.minus(&segment.deleted);
        }
        let mut some = Bounds { lower: Bits::none(size), upper: Bits::none(size) };
        for (leaf, head) in heads.iter().enumerate() {
            if let Some(head) = head.as_ref().map(|head| either(head, leaf)) {
                some.lower.or(&head.lower);
                some.upper.or(&head.upper);
            }
        }
        let mut all = if some.upper.is_empty() {
            some.clone()
        } else {
            wanted.bounds(size, &|leaf| either(heads[leaf].as_ref().unwrap_or(&leaves[leaf]), leaf))
        };
        all.lower.and(&some.lower);
        all.upper.and(&some.upper);
        let (open, standing) = stand(&hits, &all, &some);
        let Bounds { lower, upper } = hits;
        let listed = (0, Vec::new());
        Ok(Self { source, days, leaves, heads, lower, upper, open, listed, standing })
    }

    pub(super) fn at(&self, standing: Standing) -> &Bits {
        &self.standing[standing as usize]
    }

    pub(super) fn is_sure(&self, at: usize) -> bool {
        !self.open.contains(at)
    }

    /// The number of a document.
    pub(super) fn doc(&mut self, conn: &Connection, at: usize) -> Result<i64, IndexError> {
        match &self.source {
            Source::Tail(tail) => Ok(tail[at].doc),
            Source::Segment(segment) => {
                let (start, docs) = &mut self.listed;
                if !(*start..*start + docs.len()).contains(&at) {
                    (*start, *docs) = (at, segment.docs_from(conn, at)?);
                }
                Ok(docs[at - *start])
            }
        }
    }

    /// The hits of a standing among the documents from one to the last of its day, and where that
    /// day ends; `None` where some are not certain.
    pub(super) fn rest_of_day(&self, standing: Standing, at: usize) -> Option<(u64, usize)> {
        let day = self.days.day(at);
        let range = at..self.days.of(&(day..=day)).end;
        let bits = self.at(standing);
        let sure = range.len() as u64 - self.open.count_in(range.clone());
        (sure == range.len() as u64).then(|| (bits.count_in(range.clone()), range.end))
    }

    /// Settles by its text whether a document is a hit, and where the words stand.
    pub(super) fn settle(&mut self, wanted: &Wanted, at: usize, text: &[u8]) -> Option<Standing> {
        let has = |leaf: usize, area: Area| match &wanted.leaves[leaf] {
            Leaf::Words(words) if words.long => document::has(text, area, &words.finder),
            _ => true,
        };
        let whole = |leaf: usize| {
            let area = match &wanted.leaves[leaf] {
                Leaf::Words(words) => words.area,
                _ => Area::Everything,
            };
            self.leaves[leaf].contains(at) && has(leaf, area)
        };
        let head = |leaf: usize| match &self.heads[leaf] {
            Some(bits) => bits.contains(at) && has(leaf, Area::Head),
            None => whole(leaf),
        };
        let found = truth(&wanted.tree, &whole)
            .then(|| Standing::of(truth(&wanted.tree, &head), wanted.ranked().any(head)));
        self.open.remove(at);
        for bits in &mut self.standing {
            bits.remove(at);
        }
        match found {
            Some(standing) => {
                self.lower.insert(at);
                self.standing[standing as usize].insert(at);
            }
            None => self.upper.remove(at),
        }
        found
    }
}

/// Of which hits the text must be asked, and the hits by standing.
fn stand(hits: &Bounds, all: &Bounds, some: &Bounds) -> (Bits, [Bits; 3]) {
    let mut head = hits.upper.clone();
    head.and(&all.upper);
    let mut partly = hits.upper.clone();
    partly.and(&some.upper);
    let mut body = hits.upper.clone();
    body.minus(&partly);
    partly.minus(&head);
    let sure_in = |bits: &Bits, sure: &Bits| {
        let mut bits = bits.clone();
        bits.and(sure);
        bits
    };
    let mut sure = sure_in(&head, &all.lower);
    sure.or(&sure_in(&partly, &some.lower));
    sure.or(&body);
    sure.and(&hits.lower);
    let mut open = hits.upper.clone();
    open.minus(&sure);
    (open, [head, partly, body])
}

impl Source {
    pub(super) fn days(&self, conn: &Connection) -> Result<Days, IndexError> {
        match self {
            Self::Segment(segment) => segment.days(conn),
            Self::Tail(tail) => {
                let mut days = Days::default();
                for stored in tail {
                    days.push(stored.meta.day);
                }
                Ok(days)
            }
        }
    }

    fn words(&self, conn: &Connection, area: Area, words: &Words) -> Result<Bits, IndexError> {
        match self {
            Self::Segment(segment) => segment.phrase(conn, area, &words.text),
            Self::Tail(tail) => Ok(those(tail, |stored| stored.text.has(area, &words.finder))),
        }
    }

    fn leaf(&self, conn: &Connection, leaf: &Leaf, days: &Days) -> Result<Bits, IndexError> {
        let size = days.len();
        match (leaf, self) {
            (Leaf::Words(words), _) => self.words(conn, words.area, words),
            (Leaf::Days(range), _) => {
                let mut bits = Bits::none(size);
                bits.insert_range(days.of(range));
                Ok(bits)
            }
            (Leaf::Term(key), Self::Segment(segment)) => {
                Ok(segment.posting(conn, key)?.unwrap_or_else(|| Bits::none(size)))
            }
            (Leaf::Term(key), Self::Tail(tail)) => {
                Ok(those(tail, |stored| stored.meta.terms.binary_search(key).is_ok()))
            }
            (Leaf::Number { field, range }, _) => {
                let values = match self {
                    Self::Segment(segment) => segment.column(conn, field)?,
                    Self::Tail(tail) => tail.iter().map(|s| s.meta.number(field)).collect(),
                };
                Ok(match range {
                    Some(range) => column::touching(&values, range),
                    None => column::unknown(&values),
                })
            }
        }
    }
}

fn those(tail: &[Stored], wanted: impl Fn(&Stored) -> bool) -> Bits {
    let mut bits = Bits::none(tail.len());
    for (at, stored) in tail.iter().enumerate() {
        if wanted(stored) {
            bits.insert(at);
        }
    }
    bits
}
