//! The Merkle tree over leaf hashes (RFC 6962 section 2.1, RFC 9162 section 2.1): [`Frontier`],
//! which appends without the older leaves, and proofs of inclusion and consistency with their
//! verification. It does not know what a leaf is the hash of, nor where leaves are kept: they are
//! asked for by number.

use std::ops::Range;

use crate::hash::{Hash, empty_root, node};

/// What is needed of a tree to append to it and to know its root: the roots of its largest whole
/// subtrees, one for each set bit of its size. At most 64 hashes, whatever the size.
///
/// ```
/// use ledger::{Frontier, leaf};
/// let mut frontier = Frontier::new();
/// frontier.append(leaf(b"one"));
/// frontier.append(leaf(b"two"));
/// assert_eq!(frontier.root(), ledger::node(&leaf(b"one"), &leaf(b"two")));
/// assert_eq!(Frontier::from_bytes(&frontier.to_bytes()), Some(frontier));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Roots of whole subtrees, the largest (leftmost) first.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The frontier of the tree without leaves.
    pub const fn new() -> Self {
        Self { size: 0, peaks: Vec::new() }
    }

    /// How many leaves the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf, in O(log n) at worst and O(1) on average.
    pub fn append(&mut self, leaf: Hash) {
        let mut root = leaf;
        // Each trailing one of the size is a whole subtree that the new one completes a pair with.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                root = node(&left, &root);
            }
        }
        self.peaks.push(root);
        self.size += 1;
    }

    /// The root of the tree: `MTH` of RFC 6962 section 2.1.
    pub fn root(&self) -> Hash {
        let whole = self.peaks.iter().rev().copied();
        whole.reduce(|right, left| node(&left, &right)).unwrap_or_else(empty_root)
    }

    /// The frontier as bytes to keep: the size (8 bytes, big-endian), then the hashes, largest
    /// subtree first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let hashes = self.peaks.iter().flat_map(|peak| peak.as_bytes().iter().copied());
        self.size.to_be_bytes().into_iter().chain(hashes).collect()
    }

    /// The frontier that [`Frontier::to_bytes`] wrote; nothing if the number of hashes is not that
    /// of the size, or the size none that a log reaches. Whether they are the hashes of any tree
    /// cannot be told from them.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (size, hashes) = bytes.split_first_chunk::<8>()?;
        let size = u64::from_be_bytes(*size);
        let (hashes, rest) = hashes.as_chunks::<32>();
        let whole =
            rest.is_empty() && hashes.len() == size.count_ones() as usize && size <= u64::MAX / 2;
        whole.then(|| Self { size, peaks: hashes.iter().copied().map(Hash::from_bytes).collect() })
    }
}

impl Extend<Hash> for Frontier {
    fn extend<T: IntoIterator<Item = Hash>>(&mut self, leaves: T) {
        leaves.into_iter().for_each(|leaf| self.append(leaf));
    }
}

impl FromIterator<Hash> for Frontier {
    fn from_iter<T: IntoIterator<Item = Hash>>(leaves: T) -> Self {
        let mut frontier = Self::new();
        frontier.extend(leaves);
        frontier
    }
}

/// Why a proof could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError<E> {
    /// It was asked for something that the tree does not reach.
    #[error("{asked} lies outside a tree of {size} leaves")]
    Outside {
        /// The leaf, or the size of the older tree.
        asked: u64,
        /// How many leaves there are.
        size: u64,
    },
    /// A leaf could not be had.
    #[error("a leaf of the tree could not be read")]
    Leaf(#[source] E),
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unproved {
    /// It is about something that the tree does not reach.
    #[error("the proof is about something outside the tree")]
    Outside,
    /// It has more or fewer hashes than a proof of this shape.
    #[error("the proof has a wrong number of hashes")]
    Length,
    /// It leads to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// Gives the hash of a leaf by its number. Leaves may live in a file or a table, so it may fail.
pub type LeafAt<'a, E> = &'a dyn Fn(u64) -> Result<Hash, E>;

/// The proof that leaf `index` is in the tree of the first `size` leaves: `PATH` of RFC 9162
/// section 2.1.3.1. Reads every other leaf once.
pub fn inclusion<E>(
    index: u64,
    size: u64,
    leaf: LeafAt<'_, E>,
) -> Result<Vec<Hash>, ProofError<E>> {
    if index >= size {
        return Err(ProofError::Outside { asked: index, size });
    }
    let mut proof = Vec::new();
    // From the root down to the leaf, remembering the sibling at each step; a proof goes upwards.
    let mut tree = 0..size;
    while tree.end - tree.start > 1 {
        let middle = split(&tree);
        let (inside, sibling) = halves(&tree, middle, index < middle);
        proof.push(subtree(sibling, leaf).map_err(ProofError::Leaf)?);
        tree = inside;
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of the first `old` leaves is a beginning of the tree of the first `new`:
/// `PROOF` of RFC 9162 section 2.1.4.1. Reads at most every leaf once. Empty for equal sizes and
/// for `old` 0, where there is nothing to prove.
pub fn consistency<E>(old: u64, new: u64, leaf: LeafAt<'_, E>) -> Result<Vec<Hash>, ProofError<E>> {
    if old > new {
        return Err(ProofError::Outside { asked: old, size: new });
    }
    let mut proof = Vec::new();
    if old == 0 {
        return Ok(proof);
    }
    let mut tree = 0..new;
    while tree.end != old {
        let middle = split(&tree);
        let (inside, sibling) = halves(&tree, middle, old <= middle);
        proof.push(subtree(sibling, leaf).map_err(ProofError::Leaf)?);
        tree = inside;
    }
    // The old tree itself needs no hash: who verifies knows its root.
    if tree.start > 0 {
        proof.push(subtree(tree, leaf).map_err(ProofError::Leaf)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks a proof of [`inclusion`]: the algorithm of RFC 9162 section 2.1.3.2.
pub fn verify_inclusion(
    proof: &[Hash],
    index: u64,
    leaf: Hash,
    size: u64,
    root: Hash,
) -> Result<(), Unproved> {
    if index >= size {
        return Err(Unproved::Outside);
    }
    let (mut place, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(Unproved::Length);
        }
        if place & 1 == 1 || place == last {
            hash = node(sibling, &hash);
            rise_while_left(&mut place, &mut last);
        } else {
            hash = node(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(Unproved::Length);
    }
    if hash == root { Ok(()) } else { Err(Unproved::Root) }
}

/// Checks a proof of [`consistency`]: the algorithm of RFC 9162 section 2.1.4.2.
pub fn verify_consistency(
    proof: &[Hash],
    (old, old_root): (u64, Hash),
    (new, new_root): (u64, Hash),
) -> Result<(), Unproved> {
    if old > new {
        return Err(Unproved::Outside);
    }
    if old == 0 || old == new {
        let expected = if old == 0 { empty_root() } else { new_root };
        return match (proof, old_root == expected) {
            ([], true) => Ok(()),
            ([], false) => Err(Unproved::Root),
            _ => Err(Unproved::Length),
        };
    }
    // The root of an old tree that is one whole subtree stands for the proof's first hash.
    let whole = old.is_power_of_two().then_some(old_root);
    let mut hashes = whole.into_iter().chain(proof.iter().copied());
    let first = hashes.next().ok_or(Unproved::Length)?;
    let (mut place, mut last) = (old - 1, new - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in hashes {
        if last == 0 {
            return Err(Unproved::Length);
        }
        if place & 1 == 1 || place == last {
            old_hash = node(&sibling, &old_hash);
            new_hash = node(&sibling, &new_hash);
            rise_while_left(&mut place, &mut last);
        } else {
            new_hash = node(&new_hash, &sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(Unproved::Length);
    }
    if old_hash == old_root && new_hash == new_root { Ok(()) } else { Err(Unproved::Root) }
}

/// At the right edge, a node without a right sibling is its own parent: such levels have no hash in
/// a proof and are passed over.
fn rise_while_left(place: &mut u64, last: &mut u64) {
    while *place & 1 == 0 && *place != 0 {
        *place >>= 1;
        *last >>= 1;
    }
}

/// Where a tree of two leaves or more is split: after the largest power of two that is less than
/// its size (RFC 6962 section 2.1).
fn split(tree: &Range<u64>) -> u64 {
    tree.start + (1 << (tree.end - tree.start - 1).ilog2())
}

/// The half to go on in, and the other.
fn halves(tree: &Range<u64>, middle: u64, go_left: bool) -> (Range<u64>, Range<u64>) {
    let (left, right) = (tree.start..middle, middle..tree.end);
    if go_left { (left, right) } else { (right, left) }
}

/// The root over some leaves.
fn subtree<E>(leaves: Range<u64>, leaf: LeafAt<'_, E>) -> Result<Hash, E> {
    let frontier: Frontier = leaves.map(leaf).collect::<Result<_, E>>()?;
    Ok(frontier.root())
}
