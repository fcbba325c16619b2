//! The table of a trie, a double array: the place that a phrase has come to plus the code of the next
//! character is where the table says what comes of it. It knows how that is laid out; the build
//! script fills it, see `growth`.

/// As many as first characters are told apart.
pub(crate) const OPENINGS: usize = 1 << 10;
/// As many as sums that wrap around.
pub(crate) const STEPS: usize = 1 << 16;

/// What comes of a character at a place.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Step {
    /// The place that it is a step from; 0 for none.
    pub(crate) from: u16,
    /// The place that it leads to; 0 where no phrase goes on.
    pub(crate) to: u16,
    /// The number of the longest phrase up to here; 0 for none.
    pub(crate) phrase: u16,
}

/// Where the table tells what comes of a character at a place.
pub(crate) fn sum(place: u16, code: u16) -> usize {
    usize::from(place.wrapping_add(code))
}

/// 0 for the few beyond the basic plane, of which no phrase is made.
pub(crate) fn code(c: char) -> u16 {
    u16::try_from(u32::from(c)).unwrap_or(0)
}

pub(crate) fn opening(code: u16) -> usize {
    usize::from(code) % OPENINGS
}

pub(crate) fn bit(code: u16) -> u64 {
    1 << (code % 64)
}
