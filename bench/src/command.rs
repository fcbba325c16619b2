//! Our command as people run it: its speed, its peak memory, its time to the first output. It does
//! not know what is printed.

use std::io::{self, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::MB;
use crate::generate::Inputs;
use crate::library::steady;
use crate::table::{Measured, Table};

/// The command, printing a case a line.
fn read(jikenbo: &Path, input: &Path) -> Command {
    let mut command = Command::new(jikenbo);
    command.args(["read", "--jobs", "1", "--format", "ndjson"]).arg(input);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// The whole command, its output thrown away.
pub(crate) fn speed(jikenbo: &Path, input: &Path) -> io::Result<Measured> {
    let bytes = usize::try_from(input.metadata()?.len()).map_err(io::Error::other)?;
    steady(bytes, || {
        let [user, system, _] = spent(jikenbo, "ndjson", input)?;
        Duration::try_from_secs_f64(user + system).map_err(io::Error::other)
    })
}

/// Peak memory of each format, beside three times the input plus 30 MB.
pub(crate) fn memory(jikenbo: &Path, inputs: &Inputs) -> io::Result<Table> {
    let mut table = Table::new(&["peak memory", "input MB", "peak MB", "3 × input + 30 MB"]);
    for (name, format, path) in [
        ("plain text, ndjson", "ndjson", &inputs.large_text),
        ("plain text, json", "json", &inputs.large_text),
        ("HTML, ndjson", "ndjson", &inputs.large_html),
        ("plain text, ndjson, small", "ndjson", &inputs.small_text),
    ] {
        let bytes = usize::try_from(path.metadata()?.len()).map_err(io::Error::other)?;
        let peak = match spent(jikenbo, format, path) {
            Ok([_, _, kib]) => format!("{:.0}", kib * 1024.0 / 1e6),
            Err(error) => format!("not measured: {error}"),
        };
        table.row(&[name, &(bytes / MB).to_string(), &peak, &(3 * bytes / MB + 30).to_string()]);
    }
    Ok(table)
}

/// What GNU time says of a run: seconds in the program, seconds in the system, peak memory in KiB.
fn spent(jikenbo: &Path, format: &str, input: &Path) -> io::Result<[f64; 3]> {
    let output = Command::new("/usr/bin/time")
        .args(["-f", "%U %S %M"])
        .arg(jikenbo)
        .args(["read", "--jobs", "1", "--format", format])
        .arg(input)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .output()
        .map_err(|error| io::Error::other(format!("/usr/bin/time (package time): {error}")))?;
    let printed = String::from_utf8_lossy(&output.stderr);
    let said = printed.trim_end().lines().last().unwrap_or_default();
    let figures: Vec<f64> = said.split(' ').filter_map(|figure| figure.parse().ok()).collect();
    <[f64; 3]>::try_from(figures)
        .ok()
        .filter(|_| output.status.success())
        .ok_or_else(|| io::Error::other(format!("jikenbo: {}", printed.trim_end())))
}

/// From start to the first byte of output, for one release: the median of 31 runs.
pub(crate) fn start_up(jikenbo: &Path, release: &Path) -> io::Result<Table> {
    let mut times = Vec::new();
    for _ in 0..31 {
        times.push(first_byte(jikenbo, release)?);
    }
    times.sort();
    let shown = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e3);
    let mut table =
        Table::new(&["start to first output, one release", "median ms", "best ms", "worst ms"]);
    table.row(&[
        "jikenbo read --format ndjson",
        &shown(times[15]),
        &shown(times[0]),
        &shown(times[30]),
    ]);
    Ok(table)
}

fn first_byte(jikenbo: &Path, release: &Path) -> io::Result<Duration> {
    let started = Instant::now();
    let mut child = read(jikenbo, release).stdout(Stdio::piped()).spawn()?;
    let mut first = [0];
    let mut output = child.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
    output.read_exact(&mut first)?;
    let time = started.elapsed();
    io::copy(&mut output, &mut io::sink())?;
    child.wait()?;
    Ok(time)
}
