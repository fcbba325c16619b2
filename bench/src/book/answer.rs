//! What everybody has to answer, and how long the answers took. It does not know who answers.

use std::time::Duration;

/// Hits that a page shows.
pub(crate) const PAGE: usize = 20;

/// The first hits and the number of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) first: Vec<String>,
    pub(crate) count: u64,
}

/// How one of those who answer did at one class of queries.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    /// Of each query in turn; none where it cannot look for it.
    times: Vec<Option<Duration>>,
    /// Answers that are not what a plain scan finds.
    pub(crate) wrong: usize,
}

impl Times {
    /// Notes an answer.
    pub(crate) fn push(&mut self, time: Duration) {
        self.times.push(Some(time));
    }

    /// Notes that there was none.
    pub(crate) fn push_none(&mut self) {
        self.times.push(None);
    }

    /// The times of those queries alone that the other answered too.
    pub(crate) fn where_answered(&self, other: &Self) -> Self {
        let both = self.times.iter().zip(&other.times);
        let times = both.map(|(own, other)| other.and(*own)).collect();
        Self { times, wrong: self.wrong }
    }

    /// The time in milliseconds within which so many in a hundred were answered.
    pub(crate) fn within(&self, percent: usize) -> Option<f64> {
        let mut times: Vec<Duration> = self.times.iter().flatten().copied().collect();
        times.sort();
        let at = (times.len() * percent).div_ceil(100).checked_sub(1)?;
        times.get(at).map(|time| time.as_secs_f64() * 1e3)
    }

    /// How many were asked, and how many of them were not answered.
    pub(crate) fn asked(&self) -> (usize, usize) {
        (self.times.len(), self.times.iter().filter(|time| time.is_none()).count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_answers() {
        let mut times = Times::default();
        assert_eq!(times.within(50), None);
        for ms in (1..=100).rev() {
            times.push(Duration::from_millis(ms));
        }
        let mut other = Times::default();
        other.push_none();
        other.push(Duration::from_millis(7));
        assert_eq!(other.asked(), (2, 1));
        assert_eq!(times.where_answered(&other).within(50), Some(99.0));
        assert_eq!([50, 99, 100].map(|p| times.within(p)), [Some(50.0), Some(99.0), Some(100.0)]);
    }
}
