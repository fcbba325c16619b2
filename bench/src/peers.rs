//! Other people's tools on the same text, through `bench/peers.py` in the environment that
//! `bench/setup-peers` makes. It does not know what they find.

use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::table::Measured;

/// What is measured beside us, by the name that the script knows.
pub(crate) const PEERS: &[&str] =
    &["fugashi-ipadic", "fugashi-unidic-lite", "sudachipy", "ja-timex", "ginza"];

const PYTHON: &str = "bench/.venv/bin/python";

/// The peer's speed over the text, or over as much of it as it reads in `seconds`.
pub(crate) fn speed(peer: &str, text: &Path, seconds: u32) -> io::Result<Measured> {
    let output = Command::new(PYTHON)
        .args(["-W", "ignore", "bench/peers.py", peer])
        .arg(text)
        .arg(seconds.to_string())
        .output()
        .map_err(|error| io::Error::other(format!("{PYTHON}: {error}; run bench/setup-peers")))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    measured(&printed).ok_or_else(|| {
        let errors = String::from_utf8_lossy(&output.stderr);
        io::Error::other(errors.lines().last().unwrap_or("printed nothing").to_owned())
    })
}

/// Reads "BYTES SECONDS".
fn measured(printed: &str) -> Option<Measured> {
    let (bytes, seconds) = printed.trim().rsplit('\n').next()?.split_once(' ')?;
    let time = Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?;
    Some(Measured { bytes: bytes.parse().ok()?, time })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_measurement() {
        let read = measured("loading\n1000 0.5\n").unwrap();
        assert_eq!((read.bytes, read.time), (1000, Duration::from_millis(500)));
        assert!(measured("Traceback").is_none());
    }
}
