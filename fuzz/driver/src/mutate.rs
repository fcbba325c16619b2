//! Making inputs out of inputs: flips, cuts, splices, repeats, and words that the formats and
//! releases are made of. It does not know the targets, and it draws from a seeded generator, so a
//! run can be repeated.

/// What releases are made of, one a line.
pub const PHRASES: &str = include_str!("phrases.txt");
/// What the formats are made of, one a line.
pub const MARKS: &str = include_str!("marks.txt");

/// No input grows beyond this many bytes.
pub const MOST_BYTES: usize = 256 << 10;

/// A small generator (splitmix64): the same seed gives the same run on every machine.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// A generator that starts at `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.roll() % end.max(1)).unwrap_or(0)
    }

    /// One of `choices`, which is not empty.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// The words that are put into inputs.
#[derive(Debug)]
pub struct Mutator {
    words: Vec<&'static [u8]>,
}

impl Default for Mutator {
    fn default() -> Self {
        let lines = PHRASES.lines().chain(MARKS.lines());
        Self { words: lines.filter(|line| !line.is_empty()).map(str::as_bytes).collect() }
    }
}

impl Mutator {
    /// `input` changed in one to six ways; `other` is what splices are taken from.
    pub fn mutate(&self, input: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
        let mut bytes = input.to_vec();
        for _ in 0..=dice.below(6) {
            self.change(&mut bytes, other, dice);
        }
        bytes.truncate(MOST_BYTES);
        bytes
    }

    fn change(&self, bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(12) {
            0 | 1 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << dice.below(8);
                }
            }
            2 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = *dice
                        .pick(&[0, b'\n', b'\r', 0x1b, b'<', b'(', b'[', 0x7f, 0x80, 0xe3, 0xff]);
                }
            }
            3..=6 => {
                let word = *dice.pick(&self.words);
                bytes.splice(at..at, word.iter().copied());
            }
            7 => {
                let (from, to) = stretch(bytes.len(), 64, dice);
                bytes.drain(from..to);
            }
            8 => bytes.truncate(at),
            9 => {
                let (from, to) = stretch(other.len(), 4096, dice);
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            10 => {
                let (from, to) = stretch(bytes.len(), 32, dice);
                let repeated = bytes[from..to].repeat(1 + dice.below(200));
                bytes.splice(at..at, repeated);
            }
            _ => {
                let digits = digits(dice);
                bytes.splice(at..at, digits.bytes());
            }
        }
    }
}

/// A stretch of at most `most` bytes.
fn stretch(length: usize, most: usize, dice: &mut Dice) -> (usize, usize) {
    let from = dice.below(length + 1);
    (from, (from + dice.below(most)).min(length))
}

/// A number as a hostile input writes it.
fn digits(dice: &mut Dice) -> String {
    match dice.below(4) {
        0 => "9".repeat(dice.below(400)),
        1 => dice
            .pick(&["0", "-1", "255", "256", "65535", "4294967296", "18446744073709551616"])
            .to_string(),
        2 => "１".repeat(dice.below(40)),
        _ => dice.below(100_000).to_string(),
    }
}

/// A smaller input for which `fails` still holds, found in at most `tries` tries.
pub fn minimise(input: &[u8], tries: usize, mut fails: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut smallest = input.to_vec();
    let mut step = smallest.len() / 2;
    let mut runs = 0;
    while step > 0 {
        let mut from = 0;
        while from < smallest.len() && runs < tries {
            let mut shorter = smallest.clone();
            shorter.drain(from..(from + step).min(smallest.len()));
            runs += 1;
            if fails(&shorter) {
                smallest = shorter;
            } else {
                from += step;
            }
        }
        step /= 2;
    }
    smallest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_inputs() {
        let made = |seed| {
            let mut dice = Dice::new(seed);
            let mutator = Mutator::default();
            (0..200).map(|_| mutator.mutate(b"2023", b"other", &mut dice)).collect::<Vec<_>>()
        };
        assert_eq!(made(7), made(7));
        assert_ne!(made(7), made(8));
    }

    #[test]
    fn inputs_stay_below_the_limit() {
        let mut dice = Dice::new(1);
        let mutator = Mutator::default();
        let mut input = vec![b'x'; MOST_BYTES];
        for _ in 0..100 {
            input = mutator.mutate(&input, &[0; 100], &mut dice);
            assert!(input.len() <= MOST_BYTES);
        }
    }

    #[test]
    fn the_part_that_fails_is_what_remains() {
        let input = [&b"a".repeat(500)[..], b"!?", &b"b".repeat(300)].concat();
        let smallest = minimise(&input, 10_000, |bytes| bytes.windows(2).any(|pair| pair == b"!?"));
        assert_eq!(smallest, b"!?");
    }
}
