//! How cost grows with size: a hundred times the text, ten times each hostile one. It knows only
//! times and sizes.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::generate::Inputs;
use crate::library;
use crate::table::{Measured, Table, significant};

/// Small and large, the ratio of sizes and the ratio of times.
pub(crate) fn table(inputs: &Inputs) -> Table {
    let mut table = Table::new(&[
        "growth of", "MB small", "s", "MB large", "s", "size ×", "time ×", "time × / size ×",
    ]);
    row(&mut table, "plain text", &inputs.small_text, &inputs.large_text);
    row(&mut table, "HTML", &inputs.small_html, &inputs.large_html);
    for (name, small, large) in &inputs.hostile {
        row(&mut table, name, small, large);
    }
    table
}

/// What takes this long for the small text is not tried on the large one.
const TOO_LONG: Duration = Duration::from_secs(3);

fn both(ending: &str, small: &Path, large: &Path) -> io::Result<(Measured, Measured)> {
    let first = library::speed(ending, small)?;
    if first.time > TOO_LONG {
        let seconds = first.time.as_secs();
        return Err(io::Error::other(format!("the small one took more than {seconds} s")));
    }
    Ok((first, library::speed(ending, large)?))
}

fn row(table: &mut Table, name: &str, small: &Path, large: &Path) {
    let ending = small.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let (first, second) = match both(ending, small, large) {
        Ok(both) => both,
        Err(error) => {
            table.row(&[name, "not measured:", &error.to_string(), "", "", "", "", ""]);
            return;
        }
    };
    let sizes = second.mb() / first.mb();
    let times = second.time.as_secs_f64() / first.time.as_secs_f64();
    table.row(&[
        name,
        &format!("{:.2}", first.mb()),
        &format!("{:.4}", first.time.as_secs_f64()),
        &format!("{:.2}", second.mb()),
        &format!("{:.3}", second.time.as_secs_f64()),
        &significant(sizes),
        &significant(times),
        &format!("{:.2}", times / sizes),
    ]);
}
