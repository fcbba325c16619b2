//! The timeline of the book: a canvas that `timeline.js` draws from `/api/timeline`, and for those
//! without script a table of the same cases. It does not know how cases are put into lanes.

use case::{Field, Lang};
use maud::{Markup, html};

use super::book::Row;
use super::layout::{Frame, Place};
use crate::lang::Word as W;

/// The page; `rows` are the cases disclosed last.
pub(crate) fn page(frame: &Frame, rows: &[Row]) -> Markup {
    let lang = frame.lang;
    let content = html! {
        h1 { (W::Timeline.of(lang)) }
        div #timeline.timeline hidden
            data-lane-data=(W::LaneData.of(lang)) data-lane-service=(W::LaneService.of(lang))
            data-lane-intrusion=(W::LaneIntrusion.of(lang)) data-cases=(W::CasesFound.of(lang)) data-case=(W::CasesFound.after(1, lang))
            data-occurred=(Field::Occurred.label(lang)) data-discovered=(Field::Discovered.label(lang))
            data-disclosed=(Field::DisclosedOn.label(lang)) {
            div.bar role="toolbar" aria-label=(W::Timeline.of(lang)) aria-controls="axis" {
                button type="button" data-do="back" aria-label=(W::Earlier.of(lang)) { "←" }
                button type="button" data-do="forward" aria-label=(W::Later.of(lang)) { "→" }
                button type="button" data-do="in" aria-label=(W::ZoomIn.of(lang)) { "＋" }
                button type="button" data-do="out" aria-label=(W::ZoomOut.of(lang)) { "−" }
                button type="button" data-do="all" { (W::ShowAll.of(lang)) }
                span #shown.shown role="status" aria-live="polite" {}
            }
            canvas #axis tabindex="0" role="application" aria-label=(W::TimelineHelp.of(lang)) aria-describedby="axis-help" {}
            p #axis-help.about { (W::TimelineHelp.of(lang)) }
            (legend(lang))
            div #near.near role="region" aria-live="polite" aria-label=(W::CasesHere.of(lang)) {}
        }
        section aria-labelledby="latest" {
            h2 #latest { (W::Latest.of(lang)) }
            div.scroll tabindex="0" role="group" aria-labelledby="latest" { (table(rows, lang)) }
        }
    };
    frame.page(Place::Timeline, W::Timeline.of(lang), &["timeline.js"], &content)
}

fn legend(lang: Lang) -> Markup {
    let states = [
        ("confirmed", W::StateConfirmed),
        ("possible", W::StatePossible),
        ("investigating", W::StateInvestigating),
        ("denied", W::StateDenied),
    ];
    html! {
        ul.legend aria-label=(W::Legend.of(lang)) {
            @for (name, word) in states {
                li { span.swatch.{ "c-" (name) } data-state=(name) aria-hidden="true" {} (word.of(lang)) }
            }
            li { span.shape aria-hidden="true" { "┃" } (Field::Occurred.label(lang)) }
            li { span.shape aria-hidden="true" { "◇" } (Field::Discovered.label(lang)) }
            li { span.shape aria-hidden="true" { "●" } (Field::DisclosedOn.label(lang)) }
        }
    }
}

fn table(rows: &[Row], lang: Lang) -> Markup {
    html! {
        table.book {
            thead { tr {
                th scope="col" { (W::Number.of(lang)) }
                th scope="col" { (Field::DisclosedOn.label(lang)) }
                th scope="col" { (Field::Organisation.label(lang)) }
                th scope="col" { (Field::Category.label(lang)) }
                th scope="col" { (Field::DataDisclosure.label(lang)) }
            } }
            tbody {
                @for row in rows {
                    tr {
                        td.number { a href={ "/case/" (row.number) } { (row.number) } }
                        td.date { (row.disclosed.as_deref().unwrap_or("—")) }
                        td.name { (row.organisation.as_deref().or(row.title.as_deref()).unwrap_or(W::Unnamed.of(lang))) }
                        td.category { @if let Some(category) = row.category { (category.label(lang)) } }
                        td.disclosure { @if let Some(d) = row.disclosure { (d.label(lang)) } @else { "—" } }
                    }
                }
            }
        }
    }
}
