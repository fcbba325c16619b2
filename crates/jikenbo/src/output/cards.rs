//! `--format cards`: for people, a card a case, each fact with its place and the words that say it.
//! It does not know how places are found or how a terminal counts columns.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Paint};
use case::{Case, Lang, Report, SecondaryDamage};
use text::Span;

use super::cells::{cut, cut_left, pad, plain, width, wrap};
use super::words::{self, of};
use super::{Page, Style};

const HEADING: Paint = Paint::new().bold();
const WARNING: Paint = AnsiColor::Yellow.on_default().bold();
const CATEGORY: Paint = AnsiColor::Red.on_default().bold();
const LABEL: Paint = Paint::new().bold();
const PLACE: Paint = AnsiColor::Cyan.on_default();
const QUOTE: Paint = Paint::new().dimmed();

/// Columns left of a label, and between columns.
const GAP: usize = 2;
/// Narrower than this a quotation says nothing beside its value: it goes below.
const LEAST_QUOTE: usize = 12;
/// The width up to which times of a timeline are set in a column: a day with a time, and about.
const WIDEST_TIME: usize = 22;
/// The value's least share of a line.
const LEAST_VALUE: usize = 26;

/// A fact as it stands on a card.
struct Row {
    label: &'static str,
    value: String,
    /// The value set in columns of its own, for where there is room; else empty.
    set: String,
    /// Where it is said; a fact decided by nothing in the text has no place.
    cite: Option<Span>,
    paint: Paint,
}

impl Row {
    /// How many columns it takes to set the value on one line.
    fn widest(&self) -> usize {
        width(&self.value).max(width(&self.set))
    }
}

/// Renders a card.
pub(crate) fn case(
    style: &Style,
    page: &mut Page<'_>,
    case: &Case,
    out: &mut impl Write,
) -> io::Result<()> {
    let lines = page.lines.of(case);
    let name = page.name();
    let place = |cite: Span| format!("{name}:{}", lines.line(cite));
    let card = Card { style, text: page.text };

    let number = case.facts.case_number.as_ref().map(|number| number.value.to_string());
    let kind = case.facts.kind.label(style.lang);
    let head = format!("━━ {} ", number.as_deref().unwrap_or(kind));
    let whole = place(case.facts.title.as_ref().map_or(case.span, |title| title.cite));
    let whole = cut_left(&whole, style.width.saturating_sub(width(&head) + GAP)).into_owned();
    let rule = style.width.saturating_sub(width(&head) + width(&whole) + 1);
    card.paint(out, HEADING, &format!("{head}{} ", "━".repeat(rule)))?;
    card.paint(out, PLACE, &whole)?;
    writeln!(out)?;
    if let Some(title) = &case.facts.title {
        for line in wrap(&plain(&title.value), style.width - GAP) {
            write!(out, "{}", " ".repeat(GAP))?;
            card.paint(out, HEADING, &line)?;
            writeln!(out)?;
        }
    }
    let rows: Vec<(Row, String)> = rows(case, style.lang)
        .into_iter()
        .map(|row| {
            let place = row.cite.map_or_else(String::new, place);
            (row, place)
        })
        .collect();
    card.rows(out, &rows)?;
    writeln!(out)
}

/// Says that a source has no case.
pub(crate) fn no_case(style: &Style, page: &Page<'_>, out: &mut impl Write) -> io::Result<()> {
    let words = of(style.lang, "事件の記載は見つかりませんでした", "no incident found");
    writeln!(out, "{}: {words}\n", page.name())
}

/// What is needed to set a card.
struct Card<'a> {
    style: &'a Style,
    text: &'a str,
}

impl Card<'_> {
    fn paint(&self, out: &mut impl Write, paint: Paint, words: &str) -> io::Result<()> {
        if self.style.color && !words.is_empty() {
            write!(out, "{}{words}{}", paint.render(), paint.render_reset())
        } else {
            write!(out, "{words}")
        }
    }

    /// Sets the rows in columns: label, value, place and words; where the line is too narrow for
    /// all, place and words below the value.
    fn rows(&self, out: &mut impl Write, rows: &[(Row, String)]) -> io::Result<()> {
        let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
        let label_width = widest(&mut rows.iter().map(|(row, _)| width(row.label)));
        let value_width = widest(&mut rows.iter().map(|(row, _)| row.widest()));
        let place_width = widest(&mut rows.iter().map(|(_, place)| width(place)));
        let left = self.style.width.saturating_sub(GAP + label_width + GAP);
        let beside = left.saturating_sub(GAP + place_width + 1);
        let stacked = beside < LEAST_VALUE + LEAST_QUOTE;
        let value_width = if stacked {
            left.max(LEAST_VALUE)
        } else {
            value_width.clamp(LEAST_VALUE, (beside * 3 / 5).max(LEAST_VALUE))
        };
        let mut label_before = "";
        for (row, place) in rows {
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
        // A long cite is not made plain as a whole: what is shown is short.
        let words: String = row
            .cite
            .and_then(|cite| cite.of(self.text))
            .map_or_else(String::new, |words| words.chars().take(4 * most + 16).collect());
        let words = plain(&words);
        if words.is_empty() || words == row.value.as_str() || most < LEAST_QUOTE / 2 {
            return Ok(());
        }
        write!(out, "{gap}")?;
        self.paint(out, QUOTE, &format!("「{}」", cut(&words, most - width("「」"))))
    }
}

/// The facts of a case, in the order of a card.
fn rows(case: &Case, lang: Lang) -> Vec<Row> {
    let mut rows = Rows { lang, rows: Vec::new() };
    for warning in &case.facts.warnings {
        let value = format!("⚠ {}: {}", warning.code.label(lang), warning.message);
        rows.add("注意", "warning", &value, Some(warning.cite));
    }
    for row in &mut rows.rows {
        row.paint = WARNING;
    }
    rows.who(case);
    rows.what(case);
    rows.then(case);
    rows.rows
}

struct Rows {
    lang: Lang,
    rows: Vec<Row>,
}

impl Rows {
    fn add(&mut self, ja: &'static str, en: &'static str, value: &str, cite: Option<Span>) {
        let label = of(self.lang, ja, en);
        let value = plain(value).into_owned();
        self.rows.push(Row { label, value, set: String::new(), cite, paint: Paint::new() });
    }

    /// Who tells of what kind of incident, and when.
    fn who(&mut self, case: &Case) {
        let lang = self.lang;
        if let Some(x) = &case.facts.organisation {
            self.add("組織", "organisation", &x.value, Some(x.cite));
        }
        if let Some(x) = &case.facts.sector {
            self.add("業種", "sector", x.value.label(lang), Some(x.cite));
        }
        for x in &case.facts.other_organisations {
            let value = format!("{}({})", x.value, x.role.label(lang));
            self.add("関係組織", "also named", &value, Some(x.cite));
        }
        if let Some(x) = &case.facts.disclosed_on {
            self.add("公表日", "disclosed", &words::moment(x.value), Some(x.cite));
        }
        if let Some(x @ Report { cite, .. }) = &case.facts.report {
            self.add("報", "report", &words::report(x, lang), Some(*cite));
        }
        let first = case.facts.category.cites.first().copied();
        self.add("分類", "category", case.facts.category.value.label(lang), first);
        if let Some(row) = self.rows.last_mut() {
            row.paint = CATEGORY;
        }
    }

    /// What happened to what data.
    fn what(&mut self, case: &Case) {
        let lang = self.lang;
        if let Some(x) = &case.facts.occurred {
            self.add("発生", "occurred", &words::when(&x.value, lang), Some(x.cite));
        }
        if let Some(x) = &case.facts.discovered {
            self.add("発覚", "discovered", &words::when(&x.value, lang), Some(x.cite));
        }
        for x in &case.facts.affected_count {
            let number = words::count(x, lang);
            let value = match &x.what {
                Some(what) => format!("{number} {what}"),
                None => number,
            };
            self.add("件数", "affected", &value, Some(x.cite));
        }
        for x in &case.facts.data_kinds {
            self.add("情報", "data", x.value.label(lang), Some(x.cite));
        }
        if let Some(x) = &case.facts.data_disclosure {
            self.add("漏えい", "disclosure", x.value.label(lang), Some(x.cite));
        }
        if let Some(x) = &case.facts.secondary_damage {
            let value: SecondaryDamage = x.value;
            self.add("二次被害", "misuse", value.label(lang), Some(x.cite));
        }
        for x in &case.facts.technical {
            let value = format!("{}: {}", x.kind.label(lang), x.value);
            self.add("技術情報", "technical", &value, Some(x.cite));
        }
    }

    /// What was done since.
    fn then(&mut self, case: &Case) {
        let lang = self.lang;
        let times: Vec<String> =
            case.facts.timeline.iter().map(|x| words::when(&x.at, lang)).collect();
        let widest = times.iter().map(|time| width(time)).max().unwrap_or(0).min(WIDEST_TIME);
        for (x, time) in case.facts.timeline.iter().zip(&times) {
            self.add("経過", "timeline", "", Some(x.cite));
            if let Some(row) = self.rows.last_mut() {
                let gap = " ".repeat(GAP);
                row.value = format!("{time} {}", x.event_type.label(lang));
                row.set = format!("{}{gap}{}", pad(time, widest), x.event_type.label(lang));
            }
        }
        for x in &case.facts.reported_to {
            self.add("届出先", "reported to", x.value.label(lang), Some(x.cite));
        }
        for x in &case.facts.services {
            let value = format!("{}({})", x.name, x.status.label(lang));
            self.add("サービス", "services", &value, Some(x.cite));
        }
        for x in &case.facts.progress {
            self.add("復旧状況", "progress", &words::progress(x, lang), Some(x.cite));
        }
        for x in &case.facts.prevention {
            self.add("再発防止", "prevention", x.value.label(lang), Some(x.cite));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::sample;

    fn check(lang: Lang, columns: usize, color: bool) -> String {
        let style = Style { lang, width: columns, color, ..sample::style() };
        let source = sample::source(1);
        let mut page = Page::new(&source, sample::TEXT);
        let mut out = Vec::new();
        style.render_case(&mut page, &sample::case(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_card_in_japanese() {
        insta::assert_snapshot!(check(Lang::Ja, 100, false));
    }

    #[test]
    fn a_card_in_english() {
        insta::assert_snapshot!(check(Lang::En, 100, false));
    }

    #[test]
    fn a_narrow_card_has_places_below() {
        insta::assert_snapshot!(check(Lang::Ja, 50, false));
    }

    #[test]
    fn no_line_is_wider_than_the_page() {
        for columns in 50..160 {
            for line in check(Lang::Ja, columns, false).lines() {
                assert!(width(line) <= columns, "{columns}: {line}");
            }
        }
    }

    #[test]
    fn colour_adds_nothing_but_colour() {
        let mut shown = String::new();
        let mut rest = &*check(Lang::Ja, 100, true);
        while let Some((before, after)) = rest.split_once("\u{1b}[") {
            shown.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        shown.push_str(rest);
        assert_eq!(shown, check(Lang::Ja, 100, false));
        assert!(check(Lang::Ja, 100, true).contains("\u{1b}[33m"), "warnings are yellow");
    }
}
