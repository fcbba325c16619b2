//! `--format cards`: for people, a card a case, each fact with its place and the words that say it.
//! It does not know how places are found or how a terminal counts columns.

use std::io::{self, Write};

use case::Case;
use text::Span;

use super::card::{Card, Row};
use super::rows::rows;
use super::words::of;
use super::{Page, Style};

/// More characters of a cite than fit on the widest line.
const MOST_WORDS: usize = 800;

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
    let number = case.facts.case_number.as_ref().map(|number| number.value.to_string());
    let kind = case.facts.kind.label(style.lang);
    let title = case.facts.title.as_ref();
    let card = Card { style };
    card.heading(
        out,
        number.as_deref().unwrap_or(kind),
        &place(title.map_or(case.span, |title| title.cite)),
        title.map(|title| title.value.as_str()),
    )?;
    let rows: Vec<Row> = rows(&case.facts, style.lang)
        .into_iter()
        .map(|(row, cite)| match cite {
            Some(cite) => {
                let words = cite.of(page.text).unwrap_or_default();
                let words = words.chars().take(MOST_WORDS).collect();
                Row { place: place(cite), words, ..row }
            }
            None => row,
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

#[cfg(test)]
mod tests {
    use case::Lang;

    use super::*;
    use crate::output::cells::width;
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
