//! The processor's time of this thread, as Linux counts it: what runs beside us does not change it.
//! It does not know what is measured.

use std::time::Duration;
use std::{fs, io};

/// A moment from which time is counted.
#[derive(Debug)]
pub(crate) struct Clock(Duration);

impl Clock {
    /// Counts from now.
    pub(crate) fn start() -> io::Result<Self> {
        now().map(Self)
    }

    /// The time spent since.
    pub(crate) fn elapsed(&self) -> io::Result<Duration> {
        now().map(|now| now.saturating_sub(self.0))
    }
}

/// The first figure of schedstat is the time spent on a processor, in nanoseconds.
fn now() -> io::Result<Duration> {
    let figures = fs::read_to_string("/proc/thread-self/schedstat")?;
    let spent = figures.split_whitespace().next().and_then(|figure| figure.parse().ok());
    let spent = spent.ok_or_else(|| io::Error::other("no time in /proc/thread-self/schedstat"))?;
    Ok(Duration::from_nanos(spent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_does_not_run_backwards() {
        let clock = Clock::start().unwrap();
        let first = clock.elapsed().unwrap();
        assert!(clock.elapsed().unwrap() >= first);
    }
}
