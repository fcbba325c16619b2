//! A case: its facts on one side, the text of its reports on the other; then what later reports
//! changed, what people corrected, and the entries of the ledger that made it.

use book::{Correction, KeptCase, KeptReport, Proposal};
use case::{Field, Lang, Origin};
use maud::{Markup, html};
use replay::KeptReplay;

use super::layout::{Frame, Place as Nav};
use super::record::{self, Facts, Place, day};
use super::{fact, layout, source, value};
use crate::lang::Word as W;

/// What the page shows.
#[derive(Debug)]
pub(crate) struct View<'a> {
    /// The case.
    pub(crate) case: &'a KeptCase,
    /// The text of each report's source, in the order of the reports.
    pub(crate) texts: &'a [String],
    /// The citation to mark: `?cite=`.
    pub(crate) cite: Option<&'a str>,
    /// What to say at the head of the page.
    pub(crate) notice: Option<String>,
    /// Its last replay.
    pub(crate) replay: Option<KeptReplay>,
    /// Its drills, the last first.
    pub(crate) drills: Vec<KeptReplay>,
}

/// The page of a case.
pub(crate) fn page(frame: &Frame, view: &View<'_>) -> Markup {
    let (lang, case) = (frame.lang, view.case);
    let number = case.number.to_string();
    let edit = frame.may_edit().then(|| format!("/case/{number}/correct/"));
    let places: Vec<Place> = case
        .reports
        .iter()
        .map(|report| Place { sha256: report.source.sha256.clone(), span: report.span })
        .collect();
    let mut facts = Facts::new(lang, &places, edit);
    let head = head(case, &mut facts);
    let contradictions = record::contradictions(&case.facts, &mut facts);
    let list = record::list(&case.facts, &mut facts);
    let course = record::course(&case.facts, &mut facts);
    let content = html! {
        @if let Some(notice) = &view.notice { (layout::notice(notice)) }
        @if let Some(into) = case.merged_into {
            (layout::notice(&W::MergedInto.of(lang).replace("{}", &into.to_string())))
            p { a href={ "/case/" (into) } { (into) } }
        }
        article.case data-number=(number) {
            (head)
            (proposals(frame, case))
            div.columns {
                div.known {
                    (contradictions)
                    section aria-labelledby="facts" {
                        h2 #facts { (W::Facts.of(lang)) }
                        (list)
                    }
                    (course)
                    (reports(case, lang))
                    (corrections(frame, case))
                    (super::replays::of_case(frame, case.number, view.replay.as_ref(), &view.drills))
                    (super::alike::place(case.number, lang))
                    (history(case, lang))
                }
                (texts(view, &facts))
            }
        }
        p.sr-only #heard role="status" aria-live="polite" {}
    };
    let title = format!("{number} {}", name(&case.facts, lang));
    frame.page(Nav::Elsewhere, &title, &["case.js"], &content)
}

/// What a case is called: its organisation, else its title.
pub(crate) fn name(facts: &case::Facts<Origin>, lang: Lang) -> String {
    facts
        .organisation
        .as_ref()
        .or(facts.title.as_ref())
        .map_or_else(|| W::Unnamed.of(lang).to_owned(), |name| name.value.clone())
}

fn head(case: &KeptCase, facts: &mut Facts<'_>) -> Markup {
    let lang = facts.lang;
    let said = &case.facts;
    let number = case.number.to_string();
    html! {
        header.head {
            p.crumbs {
                a href="/" { (W::Book.of(lang)) } " / " span.number { (number) }
            }
            h1 {
                @match &said.organisation {
                    Some(name) => (facts.cited(&html! { (name.value) }, &name.cite)),
                    None => span.none { (W::Unnamed.of(lang)) },
                }
            }
            @if let Some(title) = &said.title {
                p.title { (facts.cited(&html! { (title.value) }, &title.cite)) }
            }
            ul.badges {
                li.badge.category { (said.category.value.label(lang)) }
                @if let Some(disclosure) = &said.data_disclosure {
                    li.badge.{ "d-" (disclosure.value.name()) } { (disclosure.value.label(lang)) }
                }
                @if let Some(count) = book::headline(&said.affected_count) {
                    li.badge.count { (fact::bounded(count.value, count.approx, count.bound, lang, &count.unit)) }
                }
                @if !said.warnings.is_empty() {
                    li.badge.warn { (W::Contradictions.of(lang)) " " (said.warnings.len()) }
                }
            }
            p.tools {
                a href={ "/compare?case=" (number) } { (W::CompareWith.of(lang)) } " "
                a href={ "/api/v1/cases/" (number) } { "JSON" } " "
                a href={ "/case/" (number) "/export/veris" } { "VERIS" } " "
                a href={ "/case/" (number) "/export/stix" } { "STIX" }
                @if facts.editable() {
                    " " a href={ "/case/" (number) "/correct/title" } { (W::Correct.of(lang)) " (" (Field::Title.label(lang)) ")" }
                    " " a href={ "/case/" (number) "/correct/organisation" } { (W::Correct.of(lang)) " (" (Field::Organisation.label(lang)) ")" }
                }
            }
        }
    }
}

fn proposals(frame: &Frame, case: &KeptCase) -> Markup {
    let lang = frame.lang;
    let open: Vec<&Proposal> = case.proposals.iter().filter(|p| p.accepted.is_none()).collect();
    html! {
        @for proposal in open {
            section.proposal aria-label=(W::Proposal.of(lang)) {
                p {
                    strong { (W::Proposal.of(lang)) } ": "
                    a href={ "/case/" (proposal.number) } { (proposal.number) }
                    " → "
                    a href={ "/case/" (proposal.into) } { (proposal.into) }
                    " ("
                    (proposal.because.iter().map(|e| e.label(lang)).collect::<Vec<_>>().join(", "))
                    ")"
                }
                p { a href={ "/compare?case=" (proposal.into) "&case=" (proposal.number) } { (W::Compare.of(lang)) } }
                @if frame.may_edit() {
                    form method="post" action={ "/case/" (proposal.number) "/decide" } {
                        (frame.token())
                        label { (W::Why.of(lang)) " " input name="why" required maxlength="500"; }
                        " "
                        button type="submit" name="accept" value="yes" { (W::SameCase.of(lang)) }
                        " "
                        button.quiet type="submit" name="accept" value="no" { (W::OtherCase.of(lang)) }
                    }
                }
            }
        }
    }
}

fn texts(view: &View<'_>, facts: &Facts<'_>) -> Markup {
    let lang = facts.lang;
    let cite = view.cite.and_then(source::parse);
    html! {
        section.texts aria-labelledby="texts" {
            h2 #texts { (W::SourceText.of(lang)) }
            @if view.case.reports.is_empty() { p.none { (W::NoSource.of(lang)) } }
            @for (at, (report, text)) in view.case.reports.iter().zip(view.texts).enumerate() {
                @let lit = cite.filter(|(of, _)| *of == at).map(|(_, span)| span);
                div.report #{ "report-" (at + 1) } {
                    p.origin {
                        strong { (report_name(report, at, lang)) } " "
                        (report.source.name) " · " (report.source.media_type.label(lang)) " · "
                        a href={ "/source/" (report.source.sha256) } { (W::Original.of(lang)) " (" (fact::size(report.source.bytes)) ")" }
                        " · "
                        code title=(report.source.sha256) { (report.source.sha256.get(..12).unwrap_or_default()) "…" }
                    }
                    div.text lang="ja" data-report=(at + 1) {
                        (source::marked(text, report.span, at, &facts.marks[at], lit))
                    }
                }
            }
        }
    }
}

fn report_name(report: &KeptReport, at: usize, lang: Lang) -> String {
    match &report.facts.report {
        Some(said) => value::report_words(said.number.map(u64::from), said.is_final, lang),
        None => value::report_words(u64::try_from(at + 1).ok(), false, lang),
    }
}

fn reports(case: &KeptCase, lang: Lang) -> Markup {
    if case.reports.len() < 2 {
        return html! {};
    }
    html! {
        section.revisions aria-labelledby="revisions" {
            h2 #revisions { (W::Revisions.of(lang)) }
            @for (at, report) in case.reports.iter().enumerate() {
                h3 {
                    a href={ "#report-" (at + 1) } { (report_name(report, at, lang)) }
                    @if let Some(on) = &report.facts.disclosed_on { " " small { (fact::moment(on.value)) } }
                }
                @if at > 0 && report.changes.is_empty() { p.none { (W::NothingChanged.of(lang)) } }
                @if !report.changes.is_empty() { (changes(&report.changes, lang)) }
            }
        }
    }
}

fn changes(changes: &[book::FieldChange], lang: Lang) -> Markup {
    html! {
        table.changes {
            thead { tr {
                th scope="col" { (W::Field.of(lang)) }
                th scope="col" { (W::Before.of(lang)) }
                th scope="col" { (W::After.of(lang)) }
            } }
            tbody {
                @for change in changes {
                    tr {
                        th scope="row" { (change.field.label(lang)) }
                        (difference(change.field, &change.before, &change.after, lang))
                    }
                }
            }
        }
    }
}

/// Before and after: what both have is written plainly, what went is struck, what came is marked.
fn difference(
    field: Field,
    before: &serde_json::Value,
    after: &serde_json::Value,
    lang: Lang,
) -> Markup {
    let (old, new) = (value::words(field, before, lang), value::words(field, after, lang));
    html! {
        td { ul.plain { @for word in &old { li { @if new.contains(word) { (word) } @else { del { (word) } } } } } }
        td { ul.plain { @for word in &new { li { @if old.contains(word) { (word) } @else { ins { (word) } } } } } }
    }
}

fn corrections(frame: &Frame, case: &KeptCase) -> Markup {
    let lang = frame.lang;
    if case.corrections.is_empty() {
        return html! {};
    }
    html! {
        section.corrections aria-labelledby="corrections" {
            h2 #corrections { (W::Corrections.of(lang)) }
            ol.plain {
                @for correction in &case.corrections {
                    li.withdrawn[correction.withdrawn.is_some()] { (one_correction(frame, case, correction)) }
                }
            }
        }
    }
}

fn one_correction(frame: &Frame, case: &KeptCase, correction: &Correction) -> Markup {
    let lang = frame.lang;
    html! {
        p {
            strong { (correction.field.label(lang)) } " · "
            (correction.who) " · " time datetime=(correction.at) { (day(&correction.at)) }
            " · " q { (correction.why) }
            " · " a href={ "#entry-" (correction.seq) } { "#" (correction.seq) }
            @if let Some(by) = correction.withdrawn { " · " (W::Withdrawn.of(lang)) " #" (by) }
        }
        table.changes { tbody { tr { (difference(correction.field, &correction.before, &correction.value, lang)) } } }
        @if frame.may_edit() && correction.withdrawn.is_none() {
            details {
                summary { (W::Withdraw.of(lang)) }
                form method="post" action={ "/case/" (case.number) "/withdraw" } {
                    (frame.token())
                    input type="hidden" name="correction" value=(correction.seq);
                    label { (W::Why.of(lang)) " " input name="why" required maxlength="500"; }
                    " "
                    button type="submit" { (W::Withdraw.of(lang)) }
                }
            }
        }
    }
}

fn history(case: &KeptCase, lang: Lang) -> Markup {
    html! {
        section.ledger aria-labelledby="ledger" {
            h2 #ledger { (W::Ledger.of(lang)) }
            div.scroll tabindex="0" role="group" aria-labelledby="ledger" {
                table {
                    thead { tr {
                        th scope="col" { "#" }
                        th scope="col" { (W::At.of(lang)) }
                        th scope="col" { (W::Who.of(lang)) }
                        th scope="col" { (W::What.of(lang)) }
                        th scope="col" { (W::LeafHash.of(lang)) }
                    } }
                    tbody {
                        @for entry in &case.history {
                            tr #{ "entry-" (entry.seq) } {
                                td.number { (entry.seq) }
                                td { time datetime=(entry.at) { (entry.at.replace('T', " ").replace('Z', "")) } }
                                td { (entry.who) }
                                td { (W::entry(&entry.what).map_or(entry.what.as_str(), |word| word.of(lang))) }
                                td { code title=(entry.leaf) { (entry.leaf.get(..16).unwrap_or_default()) "…" } }
                            }
                        }
                    }
                }
            }
        }
    }
}
