//! How a card is set: labels, values, places and words in columns. It does not know what a case is.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Paint};

use super::Style;
use super::cells::{cut, cut_left, pad, plain, width, wrap};

const HEADING: Paint = Paint::new().bold();
const LABEL: Paint = Paint::new().bold();
const PLACE: Paint = AnsiColor::Cyan.on_default();
const QUOTE: Paint = Paint::new().dimmed();

/// Columns left of a label, and between columns.
pub(crate) const GAP: usize = 2;
/// Narrower than this a quotation says nothing beside its value: it goes below.
const LEAST_QUOTE: usize = 12;
/// The value's least share of a line.
const LEAST_VALUE: usize = 26;

/// A fact as it stands on a card.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    /// What it is.
    pub(crate) label: &'static str,
    /// What is said.
    pub(crate) value: String,
    /// The value set in columns of its own, for where there is room; else empty.
    pub(crate) set: String,
    /// Where it is said, or by whom; a fact decided by nothing in the text has no place.
    pub(crate) place: String,
    /// The words that say it.
    pub(crate) words: String,
    /// How the value is coloured.
    pub(crate) paint: Paint,
}

impl Row {
    /// How many columns it takes to set the value on one line.
    fn widest(&self) -> usize {
        width(&self.value).max(width(&self.set))
    }
}

/// What is needed to set a card.
pub(crate) struct Card<'a> {
    /// Its width, language and colour.
    pub(crate) style: &'a Style,
}

impl Card<'_> {
    /// The line above a card, with what it is and where.
    pub(crate) fn heading(
        &self,
        out: &mut impl Write,
        what: &str,
        place: &str,
        title: Option<&str>,
    ) -> io::Result<()> {
        let head = format!("━━ {what} ");
        let columns = self.style.width;
        let whole = cut_left(place, columns.saturating_sub(width(&head) + GAP)).into_owned();
        let rule = columns.saturating_sub(width(&head) + width(&whole) + 1);
        self.paint(out, HEADING, &format!("{head}{} ", "━".repeat(rule)))?;
        self.paint(out, PLACE, &whole)?;
        writeln!(out)?;
        for line in title.map_or_else(Vec::new, |title| wrap(&plain(title), columns - GAP)) {
            write!(out, "{}", " ".repeat(GAP))?;
            self.paint(out, HEADING, &line)?;
            writeln!(out)?;
        }
        Ok(())
    }

    fn paint(&self, out: &mut impl Write, paint: Paint, words: &str) -> io::Result<()> {
        if self.style.color && !words.is_empty() {
            write!(out, "{}{words}{}", paint.render(), paint.render_reset())
        } else {
            write!(out, "{words}")
        }
    }

    /// Sets the rows in columns: label, value, place and words; where the line is too narrow for
    /// all, place and words below the value.
    pub(crate) fn rows(&self, out: &mut impl Write, rows: &[Row]) -> io::Result<()> {
        let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
        let label_width = widest(&mut rows.iter().map(|row| width(row.label)));
        let value_width = widest(&mut rows.iter().map(Row::widest));
        let place_width = widest(&mut rows.iter().map(|row| width(&row.place)));
        let left = self.style.width.saturating_sub(GAP + label_width + GAP);
        let beside = left.saturating_sub(GAP + place_width + 1);
        let stacked = beside < LEAST_VALUE + LEAST_QUOTE;
        let value_width = if stacked {
            left.max(LEAST_VALUE)
        } else {
            value_width.clamp(LEAST_VALUE, (beside * 3 / 5).max(LEAST_VALUE))
        };
        let mut label_before = "";
        for row in rows {
            let place = row.place.as_str();
            let label = if row.label == label_before { "" } else { row.label };
            label_before = row.label;
            write!(out, "{}", " ".repeat(GAP))?;
            self.paint(out, LABEL, label)?;
            write!(out, "{}", " ".repeat(label_width + GAP - width(label)))?;
            let indent = " ".repeat(GAP + label_width + GAP);
            let fits = !row.set.is_empty() && width(&row.set) <= value_width;
            let value = if fits { &row.set } else { &row.value };
            let mut lines = wrap(value, value_width).into_iter();
            let first = lines.next().unwrap_or_default();
            self.paint(out, row.paint, &first)?;
            if !stacked && !place.is_empty() {
                write!(out, "{}", " ".repeat(value_width + GAP - width(&first).min(value_width)))?;
                self.paint(out, PLACE, place)?;
                let quote_width = beside - value_width;
                let gap = pad("", place_width - width(place) + 1);
                self.quote(out, row, &gap, quote_width)?;
            }
            writeln!(out)?;
            for line in lines {
                write!(out, "{indent}")?;
                self.paint(out, row.paint, &line)?;
                writeln!(out)?;
            }
            if stacked && !place.is_empty() {
                write!(out, "{indent}")?;
                self.paint(out, PLACE, place)?;
                self.quote(out, row, " ", left.saturating_sub(width(place) + 1))?;
                writeln!(out)?;
            }
        }
        Ok(())
    }

    /// The words that say a fact, unless the value repeats them.
    fn quote(&self, out: &mut impl Write, row: &Row, gap: &str, most: usize) -> io::Result<()> {
        // Long words are not made plain as a whole: what is shown is short.
        let words: String = row.words.chars().take(4 * most + 16).collect();
        let words = plain(&words);
        if words.is_empty() || words == row.value.as_str() || most < LEAST_QUOTE / 2 {
            return Ok(());
        }
        write!(out, "{gap}")?;
        self.paint(out, QUOTE, &format!("「{}」", cut(&words, most - width("「」"))))
    }
}
