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

/// Checks a proof of [`inclusion`]: the algorithm of RFC 9162 section 2.1.3.2. A root does not fix
/// the size of its tree: take both from one checkpoint.
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

/// Checks a proof of [`consistency`]: the algorithm of RFC 9162 section 2.1.4.2. Takes size and root
/// of the older tree, then of the newer; each pair from one checkpoint.
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

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::hash::leaf;

    /// The root by the definition of RFC 6962 section 2.1, word for word and slow.
    fn defined(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            _ => {
                let mut k = 1;
                while k * 2 < leaves.len() {
                    k *= 2;
                }
                node(&defined(&leaves[..k]), &defined(&leaves[k..]))
            }
        }
    }

    fn numbered(count: u64) -> Vec<Hash> {
        (0..count).map(|number| leaf(number.to_string().as_bytes())).collect()
    }

    fn at(leaves: &[Hash]) -> impl Fn(u64) -> Result<Hash, Infallible> {
        move |index| Ok(leaves[usize::try_from(index).unwrap()])
    }

    fn hashes<const N: usize>(hex: [&str; N]) -> Vec<Hash> {
        hex.iter().map(|hex| hex.parse().unwrap()).collect()
    }

    /// The leaves of Certificate Transparency's reference trees.
    fn reference() -> Vec<Hash> {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\0",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        leaves.iter().map(|bytes| leaf(bytes)).collect()
    }

    #[test]
    fn the_reference_trees_have_their_roots() {
        // Well known, and computed again in Python from the definition.
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let leaves = reference();
        for (size, root) in roots.iter().enumerate() {
            let frontier: Frontier = leaves[..size].iter().copied().collect();
            assert_eq!(frontier.root().to_string(), *root, "{size} leaves");
        }
        let thousand: Frontier = numbered(1000).into_iter().collect();
        let root = "638afa98022925bacfddadb15ef22fd0199c1ac99c2973b6158243d13fce05c2";
        assert_eq!(thousand.root().to_string(), root);
    }

    #[test]
    fn the_reference_trees_have_their_proofs() {
        let leaves = reference();
        let tree = at(&leaves);
        let first = hashes([
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]);
        assert_eq!(inclusion(0, 8, &tree), Ok(first));
        let sixth = hashes([
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]);
        assert_eq!(inclusion(5, 8, &tree), Ok(sixth));
        let six_to_eight = hashes([
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]);
        assert_eq!(consistency(6, 8, &tree), Ok(six_to_eight));
        let two_to_five = hashes([
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ]);
        assert_eq!(consistency(2, 5, &tree), Ok(two_to_five));
    }

    /// The tree of seven leaves that RFC 6962 section 2.1.3 draws.
    #[test]
    #[expect(clippy::many_single_char_names, reason = "the nodes are called so in the RFC")]
    fn the_example_of_the_rfc() {
        let leaves = numbered(7);
        let tree = at(&leaves);
        let &[a, b, c, d, e, f, j] = leaves.as_slice() else { panic!("seven leaves") };
        let (g, h, i) = (node(&a, &b), node(&c, &d), node(&e, &f));
        let (k, l) = (node(&g, &h), node(&i, &j));

        assert_eq!(inclusion(0, 7, &tree), Ok(vec![b, h, l]));
        assert_eq!(inclusion(3, 7, &tree), Ok(vec![c, g, l]));
        assert_eq!(inclusion(4, 7, &tree), Ok(vec![f, j, k]));
        assert_eq!(inclusion(6, 7, &tree), Ok(vec![i, k]));
        assert_eq!(consistency(3, 7, &tree), Ok(vec![c, d, g, l]));
        assert_eq!(consistency(4, 7, &tree), Ok(vec![l]));
        assert_eq!(consistency(6, 7, &tree), Ok(vec![i, j, k]));
    }

    #[test]
    fn what_lies_outside_is_said() {
        let leaves = numbered(3);
        let tree = at(&leaves);
        assert_eq!(inclusion(3, 3, &tree), Err(ProofError::Outside { asked: 3, size: 3 }));
        assert_eq!(consistency(4, 3, &tree), Err(ProofError::Outside { asked: 4, size: 3 }));
        let torn = |index| if index == 2 { Err("torn") } else { Ok(Hash::ZERO) };
        assert_eq!(inclusion(0, 3, &torn), Err(ProofError::Leaf("torn")));
        assert_eq!(consistency(1, 3, &torn), Err(ProofError::Leaf("torn")));
        assert_eq!(inclusion(0, 2, &torn), Ok(vec![Hash::ZERO]));

        let root = defined(&leaves);
        assert_eq!(verify_inclusion(&[], 3, leaves[2], 3, root), Err(Unproved::Outside));
        assert_eq!(verify_consistency(&[], (4, root), (3, root)), Err(Unproved::Outside));
        assert_eq!(verify_consistency(&[], (0, root), (3, root)), Err(Unproved::Root));
        assert_eq!(verify_consistency(&[], (0, empty_root()), (3, root)), Ok(()));
        assert_eq!(verify_consistency(&[root], (3, root), (3, root)), Err(Unproved::Length));
    }

    /// A stored frontier of version 1: it must be read for ever.
    #[test]
    fn a_frontier_is_kept_as_its_size_and_hashes() {
        let leaves = reference();
        let frontier: Frontier = leaves[..3].iter().copied().collect();
        let bytes = frontier.to_bytes();
        let parts = [&3_u64.to_be_bytes()[..], frontier.peaks[0].as_bytes(), leaves[2].as_bytes()];
        assert_eq!(bytes, parts.concat());
        assert_eq!(Frontier::from_bytes(&bytes), Some(frontier));
        assert_eq!(Frontier::from_bytes(&bytes[..bytes.len() - 1]), None);
        assert_eq!(Frontier::from_bytes(&bytes[..8 + 32]), None);
        assert_eq!(Frontier::from_bytes(&[]), None);
        let endless = [&[0xff; 8][..], &[0; 64 * 32]].concat();
        assert_eq!(Frontier::from_bytes(&endless), None);
    }

    /// A proof with one thing wrong, each of them in turn.
    fn spoilt(proof: &[Hash], bit: usize) -> Vec<Vec<Hash>> {
        let flipped = (0..proof.len()).map(|place| {
            let mut spoilt = proof.to_vec();
            let mut bytes = *spoilt[place].as_bytes();
            bytes[bit / 8 % 32] ^= 1 << (bit % 8);
            spoilt[place] = Hash::from_bytes(bytes);
            spoilt
        });
        let dropped = (0..proof.len()).map(|place| {
            let mut spoilt = proof.to_vec();
            spoilt.remove(place);
            spoilt
        });
        let doubled = (0..=proof.len()).map(|place| {
            let mut spoilt = proof.to_vec();
            spoilt.insert(place, proof.get(place).copied().unwrap_or(Hash::ZERO));
            spoilt
        });
        flipped.chain(dropped).chain(doubled).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn a_frontier_has_the_defined_root(size in 0_u64..200) {
            let leaves = numbered(size);
            let frontier: Frontier = leaves.iter().copied().collect();
            prop_assert_eq!(frontier.size(), size);
            prop_assert_eq!(frontier.root(), defined(&leaves));
            prop_assert_eq!(Frontier::from_bytes(&frontier.to_bytes()), Some(frontier));
        }

        #[test]
        fn inclusion_proves_one_leaf_in_one_place(
            (size, index, other) in (1_u64..200).prop_flat_map(|size| (Just(size), 0..size, 0..size)),
            bit in 0_usize..256,
        ) {
            let leaves = numbered(size);
            let (root, tree) = (defined(&leaves), at(&leaves));
            let found = tree(index).unwrap();
            let proof = inclusion(index, size, &tree).unwrap();
            prop_assert_eq!(verify_inclusion(&proof, index, found, size, root), Ok(()));
            for spoilt in spoilt(&proof, bit) {
                prop_assert!(verify_inclusion(&spoilt, index, found, size, root).is_err());
            }
            let wrong = verify_inclusion(&proof, index, found, size, Hash::ZERO);
            prop_assert_eq!(wrong, Err(Unproved::Root));
            if other != index {
                prop_assert!(verify_inclusion(&proof, other, found, size, root).is_err());
                let wrong = verify_inclusion(&proof, index, tree(other).unwrap(), size, root);
                prop_assert_eq!(wrong, Err(Unproved::Root));
            }
        }

        #[test]
        fn consistency_proves_one_beginning(
            (new, old) in (0_u64..200).prop_flat_map(|new| (Just(new), 0..=new)),
            bit in 0_usize..256,
        ) {
            let leaves = numbered(new);
            let shorter = &leaves[..usize::try_from(old).unwrap()];
            let (was, is) = ((old, defined(shorter)), (new, defined(&leaves)));
            let proof = consistency(old, new, &at(&leaves)).unwrap();
            prop_assert_eq!(verify_consistency(&proof, was, is), Ok(()));
            for spoilt in spoilt(&proof, bit) {
                prop_assert!(verify_consistency(&spoilt, was, is).is_err());
            }
            prop_assert!(verify_consistency(&proof, (old, Hash::ZERO), is).is_err());
            // Any tree has the empty one as a beginning; then the proof says nothing of the new.
            prop_assert!(old == 0 || verify_consistency(&proof, was, (new, Hash::ZERO)).is_err());
        }

        #[test]
        fn proofs_of_any_shape_are_answered(
            proof in prop::collection::vec(any::<[u8; 32]>().prop_map(Hash::from_bytes), 0..70),
            index: u64, size: u64, root: [u8; 32],
        ) {
            let root = Hash::from_bytes(root);
            prop_assert!(verify_inclusion(&proof, index, Hash::ZERO, size, root).is_err());
            // Only equal sizes and the empty beginning are proved without hashes.
            let answer = verify_consistency(&proof, (index, Hash::ZERO), (size, root));
            prop_assert!(answer.is_err());
        }

        #[test]
        fn frontiers_from_any_bytes_grow(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(mut frontier) = Frontier::from_bytes(&bytes) {
                prop_assert_eq!(frontier.to_bytes(), bytes);
                frontier.append(Hash::ZERO);
                frontier.root();
            }
        }
    }
}
