//! A posting: which documents of a segment have a gram, in the smallest of three encodings. It
//! does not know the gram.

use super::bits::Bits;
use super::varint;

/// Differences of the members, as numbers of varying length.
const MEMBERS: u8 = 0;
/// One bit for each document.
const BITS: u8 = 1;
/// Differences of those that are not members.
const OTHERS: u8 = 2;

/// Appends the posting of `members` (ascending, of a segment of `docs` documents).
pub(super) fn encode(members: &[u16], docs: usize, out: &mut Vec<u8>) {
    let listed = differences_length(members);
    let bits = docs.div_ceil(8);
    let others = docs - members.len();
    // A listed document takes a byte at least, so that a long list needs no measuring.
    if others < listed && others < bits {
        let absent = absent(members, docs);
        if differences_length(&absent) < listed.min(bits) {
            return put_differences(OTHERS, &absent, out);
        }
    }
    if listed <= bits {
        return put_differences(MEMBERS, members, out);
    }
    out.push(BITS);
    let start = out.len();
    out.resize(start + bits, 0);
    for &member in members {
        out[start + usize::from(member) / 8] |= 1 << (member % 8);
    }
}

fn absent(members: &[u16], docs: usize) -> Vec<u16> {
    let mut absent = Vec::with_capacity(docs - members.len());
    let mut next = 0;
    let last = u32::try_from(docs).unwrap_or(u32::MAX);
    for member in members.iter().map(|&member| u32::from(member)).chain([last]) {
        absent.extend((next..member).filter_map(|doc| u16::try_from(doc).ok()));
        next = member + 1;
    }
    absent
}

fn differences(members: &[u16]) -> impl Iterator<Item = u64> + '_ {
    let before = std::iter::once(None).chain(members.iter().map(|&member| Some(member)));
    members.iter().zip(before).map(|(&member, before)| match before {
        Some(before) => u64::from(member - before) - 1,
        None => u64::from(member),
    })
}

fn differences_length(members: &[u16]) -> usize {
    differences(members).map(varint::length).sum()
}

fn put_differences(kind: u8, members: &[u16], out: &mut Vec<u8>) {
    out.push(kind);
    for difference in differences(members) {
        varint::put(difference, out);
    }
}

/// An encoded posting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting<'a> {
    kind: u8,
    body: &'a [u8],
}

impl<'a> Posting<'a> {
    /// What [`encode`] wrote; `None` where it cannot be that.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let (&kind, body) = bytes.split_first()?;
        (kind <= OTHERS).then_some(Self { kind, body })
    }

    /// Its members; `None` where the bytes make no sense.
    pub(super) fn bits(self, docs: usize) -> Option<Bits> {
        if self.kind == BITS {
            return Some(Bits::from_bytes(self.body, docs));
        }
        let mut bits = Bits::none(docs);
        self.each_listed(docs, |member| bits.insert(member))?;
        if self.kind == OTHERS {
            bits.complement();
        }
        Some(bits)
    }

    /// Calls `found` with each member, ascending.
    pub(super) fn each(self, docs: usize, mut found: impl FnMut(usize)) -> Option<()> {
        if self.kind == MEMBERS {
            return self.each_listed(docs, found);
        }
        self.bits(docs)?.iter().for_each(&mut found);
        Some(())
    }

    fn each_listed(self, docs: usize, mut found: impl FnMut(usize)) -> Option<()> {
        let mut bytes = self.body;
        let mut next = 0usize;
        while !bytes.is_empty() {
            let member = next.checked_add(varint::take_size(&mut bytes)?)?;
            if member >= docs {
                return None;
            }
            found(member);
            next = member + 1;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(members: &[u16], docs: usize) -> usize {
        let mut bytes = Vec::new();
        encode(members, docs, &mut bytes);
        let posting = Posting::new(&bytes).unwrap();
        let mut each = Vec::new();
        posting.each(docs, |member| each.push(u16::try_from(member).unwrap())).unwrap();
        assert_eq!(each, members);
        assert_eq!(posting.bits(docs).unwrap().count(), members.len() as u64);
        bytes.len()
    }

    #[test]
    fn the_smallest_encoding_is_taken() {
        let all: Vec<u16> = (0..=u16::MAX).collect();
        let even: Vec<u16> = (0..8192).step_by(2).collect();
        assert_eq!(check(&all, 65_536), 1);
        assert_eq!(check(&all[1..], 65_536), 2);
        assert_eq!(check(&all[..65_535], 65_536), 4);
        assert_eq!(check(&even, 8192), 1025);
        assert_eq!(check(&[8191], 8192), 3);
        assert_eq!(check(&[], 8192), 1);
    }

    proptest! {
        #[test]
        fn postings_come_back(members in proptest::collection::btree_set(0..200u16, 0..200), more in 0..100usize) {
            let members: Vec<u16> = members.into_iter().collect();
            let docs = members.last().map_or(0, |&last| usize::from(last) + 1) + more;
            check(&members, docs);
        }

        #[test]
        fn foreign_bytes_are_refused_or_read(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some(posting) = Posting::new(&bytes) {
                let _ = posting.bits(100);
            }
        }
    }
}
