//! How cost grows with size: a hundred times the text, ten times each hostile one. It knows only
//! times and sizes.

use std::path::Path;

use crate::generate::Inputs;
use crate::library;
use crate::table::{Table, significant};

/// Small and large, the ratio of sizes and the ratio of times.
pub(crate) fn table(inputs: &Inputs) -> Table {
    let mut table = Table::new(&[
        "growth of",
        "MB small",
        "s",
        "MB large",
        "s",
        "size ×",
        "time ×",
        "time × / size ×",
    ]);
    row(&mut table, "plain text", &inputs.small_text, &inputs.large_text);
    row(&mut table, "HTML", &inputs.small_html, &inputs.large_html);
    for (name, small, large) in &inputs.hostile {
        row(&mut table, name, small, large);
    }
    table
}

fn row(table: &mut Table, name: &str, small: &Path, large: &Path) {
    let ending = small.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let (first, second) = match (library::speed(ending, small), library::speed(ending, large)) {
        (Ok(first), Ok(second)) => (first, second),
        (Err(error), _) | (_, Err(error)) => {
            table.row(&[name, "refused:", &error.to_string(), "", "", "", "", ""]);
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
