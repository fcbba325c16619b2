//! Cases side by side: a column a case, a row a field, rows that differ marked. It does not know
//! how the cases were chosen.

use book::KeptCase;
use case::{Field, Lang};
use maud::{Markup, html};

use super::layout::{Frame, Place, problem};
use super::{case::name, value};
use crate::lang::Word as W;

/// The page.
pub(crate) fn page(frame: &Frame, cases: &[KeptCase], wrong: Option<&str>) -> Markup {
    let lang = frame.lang;
    let content = html! {
        h1 { (W::Compare.of(lang)) }
        @if let Some(wrong) = wrong { (problem(wrong)) }
        form.search method="get" action="/compare" {
            @for case in cases { input type="hidden" name="case" value=(case.number); }
            label for="another" { (W::AddToComparison.of(lang)) }
            input #another name="case" placeholder="2023-001" pattern=r"\d{4}-\d{1,9}" required;
            button type="submit" { (W::Add.of(lang)) }
        }
        @if cases.is_empty() { p.none { (W::CompareHelp.of(lang)) } } @else { (table(cases, lang)) }
    };
    frame.page(Place::Elsewhere, W::Compare.of(lang), &[], &content)
}

fn table(cases: &[KeptCase], lang: Lang) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label=(W::Compare.of(lang)) {
            table.compare {
                thead { tr {
                    th scope="col" { (W::Field.of(lang)) }
                    @for case in cases {
                        th scope="col" {
                            a href={ "/case/" (case.number) } { (case.number) }
                            " " (name(&case.facts, lang)) " "
                            @if cases.len() > 1 {
                                a.quiet href=(without(cases, case)) aria-label={ (W::TakeAway.of(lang)) " " (case.number) } { "×" }
                            }
                        }
                    }
                } }
                tbody {
                    @for &field in Field::ALL.iter().filter(|field| **field != Field::Kind) {
                        (row(cases, field, lang))
                    }
                }
            }
        }
    }
}

fn row(cases: &[KeptCase], field: Field, lang: Lang) -> Markup {
    let bare: Vec<serde_json::Value> =
        cases.iter().map(|case| book::fields::bare(&case.facts, field)).collect();
    let silent =
        |value: &serde_json::Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    if bare.iter().all(silent) {
        return html! {};
    }
    let written: Vec<Vec<String>> =
        bare.iter().map(|value| value::words(field, value, lang)).collect();
    let same = written.windows(2).all(|pair| pair[0] == pair[1]);
    html! {
        tr.differs[!same] {
            th scope="row" { (field.label(lang)) }
            @for (pieces, value) in written.iter().zip(&bare) {
                td.silent[silent(value)] {
                    ul.plain {
                        @for piece in pieces {
                            @let common = cases.len() > 1 && written.iter().all(|other| other.contains(piece));
                            li { @if common { strong { (piece) } } @else { (piece) } }
                        }
                    }
                }
            }
        }
    }
}

fn without(cases: &[KeptCase], gone: &KeptCase) -> String {
    let rest: Vec<String> = cases
        .iter()
        .filter(|case| case.number != gone.number)
        .map(|case| case.number.to_string())
        .collect();
    format!("/compare{}", crate::link::query(rest.iter().map(|number| ("case", number.as_str()))))
}
