//! Our reading through the library, in this one thread. It does not know the command.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;
use std::{fs, io};

use case::SourceId;
use formats::Hints;
use reader::Input;
use text::{Folded, Limits};

use crate::clock::Clock;
use crate::table::Measured;

/// Decodes and reads the file to the last case.
pub(crate) fn speed(ending: &str, path: &Path) -> io::Result<Measured> {
    let bytes = fs::read(path)?;
    let name = format!("input.{}", if ending == "html" { "html" } else { "txt" });
    steady(bytes.len(), || {
        let bytes = bytes.clone();
        let started = Clock::start()?;
        let hints = Hints { name: &name, charset: None };
        let document =
            formats::decode(bytes, hints, &Limits::default()).map_err(io::Error::other)?;
        let input = Input { source: SourceId(1), text: &document.text, parts: &document.parts };
        for case in reader::read(input, &Limits::default()) {
            black_box(case);
        }
        started.elapsed()
    })
}

/// Folds the file, which every reading begins with.
pub(crate) fn folding(path: &Path) -> io::Result<Measured> {
    let text = fs::read_to_string(path)?;
    steady(text.len(), || {
        let started = Clock::start()?;
        black_box(Folded::new(&text));
        started.elapsed()
    })
}

/// The time of one run: the better of two long ones, or the mean of as many short ones as fill half a
/// second, since the clock ticks in milliseconds.
pub(crate) fn steady(
    bytes: usize,
    mut run: impl FnMut() -> io::Result<Duration>,
) -> io::Result<Measured> {
    const LONG: Duration = Duration::from_millis(500);
    let first = run()?;
    if first >= LONG {
        return Ok(Measured { bytes, time: first.min(run()?) });
    }
    let (mut total, mut runs) = (Duration::ZERO, 0);
    while total < LONG && runs < 500 {
        total += run()?;
        runs += 1;
    }
    Ok(Measured { bytes, time: total / runs })
}
