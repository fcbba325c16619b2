//! A set of the documents of one segment, as plain bits: a segment is small enough that eight
//! kilobytes hold any. It does not know what the documents are.

/// A set of numbers below a fixed size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bits {
    words: Vec<u64>,
    size: usize,
}

impl Bits {
    pub(super) fn none(size: usize) -> Self {
        Self { words: vec![0; size.div_ceil(64)], size }
    }

    pub(super) fn all(size: usize) -> Self {
        let mut bits = Self { words: vec![u64::MAX; size.div_ceil(64)], size };
        bits.trim();
        bits
    }

    fn trim(&mut self) {
        let used = self.size % 64;
        if used > 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << used) - 1;
        }
    }

    pub(super) fn insert(&mut self, at: usize) {
        debug_assert!(at < self.size);
        self.words[at / 64] |= 1 << (at % 64);
    }

    pub(super) fn remove(&mut self, at: usize) {
        debug_assert!(at < self.size);
        self.words[at / 64] &= !(1 << (at % 64));
    }

    pub(super) fn contains(&self, at: usize) -> bool {
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    pub(super) fn insert_range(&mut self, range: std::ops::Range<usize>) {
        let mut at = range.start;
        while at < range.end.min(self.size) {
            let to = (at / 64 * 64 + 64).min(range.end.min(self.size));
            let ones = if to - at == 64 { u64::MAX } else { ((1 << (to - at)) - 1) << (at % 64) };
            self.words[at / 64] |= ones;
            at = to;
        }
    }

    pub(super) fn and(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    pub(super) fn or(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// Takes out what `other` has.
    pub(super) fn minus(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    pub(super) fn complement(&mut self) {
        for word in &mut self.words {
            *word = !*word;
        }
        self.trim();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    pub(super) fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// How many are in both.
    pub(super) fn count_both(&self, other: &Self) -> u64 {
        let both = self.words.iter().zip(&other.words);
        both.map(|(a, b)| u64::from((a & b).count_ones())).sum()
    }

    /// How many are in a range.
    pub(super) fn count_in(&self, range: std::ops::Range<usize>) -> u64 {
        let (mut at, end) = (range.start, range.end.min(self.size));
        let mut count = 0;
        while at < end {
            let to = (at / 64 * 64 + 64).min(end);
            let word = self.words[at / 64] >> (at % 64);
            count += u64::from((word << (64 - (to - at))).count_ones());
            at = to;
        }
        count
    }

    /// The first member not below `from`.
    pub(super) fn next(&self, from: usize) -> Option<usize> {
        let mut index = from / 64;
        let mut word = self.words.get(index)? & (u64::MAX << (from % 64));
        while word == 0 {
            index += 1;
            word = *self.words.get(index)?;
        }
        Some(index * 64 + word.trailing_zeros() as usize)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, &word)| {
            std::iter::successors((word != 0).then_some(word), |&left| {
                let left = left & (left - 1);
                (left != 0).then_some(left)
            })
            .map(move |left| index * 64 + left.trailing_zeros() as usize)
        })
    }

    /// Little-endian, without the bytes past the size.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.words.iter().flat_map(|word| word.to_le_bytes()).collect();
        bytes.truncate(self.size.div_ceil(8));
        bytes
    }

    /// What [`Bits::to_bytes`] gave; missing bytes are zero.
    pub(super) fn from_bytes(bytes: &[u8], size: usize) -> Self {
        let mut bits = Self::none(size);
        for (word, chunk) in bits.words.iter_mut().zip(bytes.chunks(8)) {
            let mut whole = [0; 8];
            whole[..chunk.len()].copy_from_slice(chunk);
            *word = u64::from_le_bytes(whole);
        }
        bits.trim();
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_keep_to_their_size() {
        let mut bits = Bits::all(70);
        assert_eq!(bits.count(), 70);
        bits.complement();
        assert!(bits.is_empty());
        bits.insert_range(3..68);
        assert_eq!((bits.count(), bits.next(0), bits.next(68)), (65, Some(3), None));
        let counts = [0..70, 0..3, 0..4, 60..66, 67..70, 64..128].map(|range| bits.count_in(range));
        assert_eq!(counts, [65, 0, 1, 6, 1, 4]);
        assert_eq!(bits.iter().collect::<Vec<_>>(), (3..68).collect::<Vec<_>>());
        assert_eq!(Bits::from_bytes(&bits.to_bytes(), 70), bits);
    }
}
