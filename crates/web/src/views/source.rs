//! The source text of a case with its cited words marked: each leads back to the facts that it
//! carries. It does not know what the facts are, only their places and the ids of their mark-up.
//!
//! Without script the server marks the words of one citation (`?cite=START-END`); with script
//! `case.js` does, from the same attributes.

use maud::{Markup, html};
use text::Span;

/// A cited place and the fact that cites it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The bytes of the text.
    pub(crate) span: Span,
    /// The id of the fact's element.
    pub(crate) fact: String,
}

/// The id of a cited place, also what follows `?cite=`: `10-25`, in the second report `10-25-2`.
pub(crate) fn place(report: usize, span: Span) -> String {
    match report {
        0 => format!("{}-{}", span.start(), span.end()),
        n => format!("{}-{}-{}", span.start(), span.end(), n + 1),
    }
}

/// The report and the span of [`place`].
pub(crate) fn parse(cite: &str) -> Option<(usize, Span)> {
    let mut parts = cite.split('-').map(str::parse::<usize>);
    let (start, end) = (parts.next()?.ok()?, parts.next()?.ok()?);
    let report = match parts.next() {
        None => 0,
        Some(n) => n.ok().filter(|&n| n >= 2)? - 1,
    };
    Some((report, Span::new(start, end)?)).filter(|_| parts.next().is_none())
}

/// The words of `entry` in `text`, with the marks of the facts.
pub(crate) fn marked(
    text: &str,
    entry: Span,
    report: usize,
    marks: &[Mark],
    lit: Option<Span>,
) -> Markup {
    let (pieces, cuts) = pieces(text, entry, marks, lit);
    html! {
        @for (at, words, lit, piece) in &pieces {
            // An empty anchor for each citation that begins here; its words may go on over pieces.
            @for span in cuts.iter().filter(|span| span.start() == *at) {
                a.at id={ "c-" (place(report, *span)) } {}
            }
            @match piece {
                None => @if *lit { mark.lit { (words) } } @else { (words) },
                Some(facts) => {
                    a.words.lit[*lit] href={ "#" (facts[0]) }
                        data-from=(at) data-to=(at + words.len()) data-facts=(facts.join(" "))
                        { (words) }
                }
            }
        }
    }
}

type Piece<'a> = (usize, &'a str, bool, Option<Vec<&'a str>>);

/// The text cut at every beginning and end of a mark, and the distinct cited spans.
fn pieces<'a>(
    text: &'a str,
    entry: Span,
    marks: &'a [Mark],
    lit: Option<Span>,
) -> (Vec<Piece<'a>>, Vec<Span>) {
    let mut spans: Vec<Span> = marks.iter().map(|mark| mark.span).chain(lit).collect();
    spans.retain(|span| entry.contains(*span) && span.of(text).is_some());
    spans.sort_unstable();
    spans.dedup();
    let mut cuts: Vec<usize> = spans.iter().flat_map(|span| [span.start(), span.end()]).collect();
    cuts.extend([entry.start(), entry.end().min(text.len())]);
    cuts.sort_unstable();
    cuts.dedup();
    // Marks by their beginning, so that each piece looks only at those that can cover it.
    let mut ordered: Vec<&Mark> = marks.iter().collect();
    ordered.sort_by_key(|mark| mark.span);
    let mut open: Vec<&Mark> = Vec::new();
    let mut next = ordered.into_iter().peekable();
    let pieces = cuts
        .windows(2)
        .filter_map(|cut| {
            let (from, to) = (cut[0], cut[1]);
            while let Some(mark) = next.next_if(|mark| mark.span.start() <= from) {
                open.push(mark);
            }
            open.retain(|mark| mark.span.end() > from);
            let words = text.get(from..to)?;
            let mut covering = open.clone();
            // The narrowest citation first: it is what these very words say.
            covering.sort_by_key(|mark| mark.span.len());
            let mut facts: Vec<&str> = Vec::new();
            for mark in covering {
                if !facts.contains(&mark.fact.as_str()) {
                    facts.push(&mark.fact);
                }
            }
            let lit = lit.is_some_and(|lit| lit.start() <= from && to <= lit.end());
            Some((from, words, lit, (!facts.is_empty()).then_some(facts)))
        })
        .collect();
    (pieces, spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: usize, end: usize) -> Span {
        Span::new(start, end).unwrap()
    }

    fn mark(start: usize, end: usize, fact: &str) -> Mark {
        Mark { span: span(start, end), fact: fact.to_owned() }
    }

    #[test]
    fn overlapping_citations_each_keep_their_words() {
        let text = "0123456789";
        let marks = [mark(1, 6, "f-1"), mark(4, 8, "f-2"), mark(4, 6, "f-3")];
        let (pieces, spans) = pieces(text, span(0, 10), &marks, None);
        let told: Vec<String> = pieces
            .iter()
            .map(|(_, words, _, facts)| {
                format!("{words}:{}", facts.clone().unwrap_or_default().join(","))
            })
            .collect();
        assert_eq!(told, ["0:", "123:f-1", "45:f-3,f-2,f-1", "67:f-2", "89:"]);
        assert_eq!(spans.len(), 3);
    }

    #[test]
    fn a_script_in_the_text_stays_text() {
        let text = "<script>alert(1)</script>";
        let shown = marked(text, span(0, text.len()), 0, &[mark(8, 13, "f-1")], None).into_string();
        assert!(!shown.contains("<script"), "{shown}");
        assert!(shown.contains("&lt;script&gt;"), "{shown}");
        assert!(shown.contains(r#"id="c-8-13""#), "{shown}");
    }

    #[test]
    fn a_citation_that_does_not_fit_the_text_marks_nothing() {
        let text = "漢字";
        let marks = [mark(1, 4, "f-1"), mark(3, 9, "f-2")];
        let (pieces, spans) = pieces(text, span(0, 6), &marks, None);
        assert!(spans.is_empty());
        assert_eq!(pieces.iter().map(|piece| piece.1).collect::<String>(), text);
    }

    #[test]
    fn places_round_trip() {
        for (report, from, to) in [(0, 3, 9), (1, 0, 4)] {
            assert_eq!(parse(&place(report, span(from, to))), Some((report, span(from, to))));
        }
        for wrong in ["", "3", "9-3", "3-9-1", "3-9-2-2", "a-b"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
