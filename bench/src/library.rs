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

/// Decodes and reads the file to the last case; small files several times, the best counts.
pub(crate) fn speed(ending: &str, path: &Path) -> io::Result<Measured> {
    let bytes = fs::read(path)?;
    let name = format!("input.{}", if ending == "html" { "html" } else { "txt" });
    best(bytes.len(), || {
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
    best(text.len(), || {
        let started = Clock::start()?;
        black_box(Folded::new(&text));
        started.elapsed()
    })
}

/// The best of several runs: five for small inputs, two for large ones.
pub(crate) fn best(
    bytes: usize,
    mut run: impl FnMut() -> io::Result<Duration>,
) -> io::Result<Measured> {
    let mut time = run()?;
    let runs = if bytes > 20 * crate::MB || time > Duration::from_secs(2) { 2 } else { 5 };
    for _ in 1..runs {
        time = time.min(run()?);
    }
    Ok(Measured { bytes, time })
}
