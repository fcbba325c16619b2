//! One live case on one page, for whoever is in charge: what is due next, what runs, who does what, how
//! far services are, what happened. It does not know how any of it is counted.

use case::Lang;
use maud::{Markup, html};
use response::live::Live;
use response::{Clock, Stamp, State, clocks as clocks_of, notice};
use serde_json::{Value, json};

use super::{EntryPage, clocks, form, forms, lists, recovery, written};
use crate::lang::live::LiveWord as L;
use crate::shelf::LiveShown;
use crate::views::layout::{Frame, Place};
use crate::views::value;

/// What the page shows.
pub(crate) struct View<'a> {
    pub(crate) shown: &'a LiveShown,
    /// The time at which clocks and tasks are read.
    pub(crate) at: Stamp,
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View<'_>) -> Markup {
    let View { shown, at } = *view;
    let lang = frame.lang;
    let all = clocks_of(&shown.known.clocks.facts);
    let content = html! {
        article.live {
            (head(frame, shown, lang))
            (next(&all, &shown.live, at, lang))
            nav.tools aria-label=(L::Record.of(lang)) {
                @for kind in forms::KINDS.iter().filter(|kind| OFFERED.contains(&kind.name)) {
                    a.button.quiet href={ "#add-" (kind.name) } { (kind.title.of(lang)) }
                }
            }
            (clocks::section(frame, shown, &all, at))
            div.columns {
                div {
                    (lists::tasks(frame, shown, at))
                    (recovery::section(frame, shown, at))
                }
                div {
                    (lists::timeline(shown, lang))
                }
            }
            (lists::decisions(shown, lang))
            (lists::evidence(shown, lang))
            (lists::costs(shown, lang))
            (facts(shown, lang))
            (clocks::changes(shown, &all, lang))
            (lists::rest(shown, lang))
            (record(frame, shown, at))
            (going_out(frame, shown))
            p.about { (notice().of(lang)) }
        }
    };
    frame.page(Place::Live, &shown.live.opened().title, &[], &content)
}

/// What is offered on the page itself; the rest is reached from what it belongs to.
const OFFERED: &[&str] = &["noted", "task", "service", "counted", "decided", "evidence", "cost"];

fn head(frame: &Frame, shown: &LiveShown, lang: Lang) -> Markup {
    let opened = shown.live.opened();
    let first = shown.live.log().first();
    html! {
        (super::crumbs(None, lang))
        h1 { span.number { (shown.number) } " " (opened.title) }
        p.origin {
            span.badge { (opened.category.label(lang)) } " "
            @match shown.disclosed {
                Some(number) => { span.badge { (L::Disclosed.of(lang)) } " " a href={ "/case/" (number) } { (number) } }
                None => span.badge.warn { (L::Confidential.of(lang)) },
            }
            @if let Some((_, why)) = shown.live.closed() { " " span.badge { (L::Closed.of(lang)) } " " (why) }
            @if !opened.organisation.is_empty() { " · " (opened.organisation) }
            @if let Some(first) = first { " · " (L::Opened.of(lang)) " " (written(&first.at, lang)) " " (first.who) }
            " · " a href={ "/live/" (shown.number) "/contacts" } { (L::ShowContacts.of(lang)) " (" (shown.contacts) ")" }
            @if let Some(first) = first.filter(|_| frame.may_edit()) {
                " · " a href={ "/live/" (shown.number) "/add/opened?entry=" (first.seq) } { (L::Correct.of(lang)) }
            }
        }
    }
}

/// What is due first: of the clocks, and of the tasks.
fn next(all: &[Clock], live: &Live, at: Stamp, lang: Lang) -> Markup {
    let mut running: Vec<&Clock> = all.iter().filter(|clock| clocks::is_shown(clock)).collect();
    running.retain(|clock| matches!(clock.state(at), State::Running { .. } | State::Over { .. }));
    running.sort_by_key(|clock| clock.due.map(|due| due.by));
    let tasks = live.tasks();
    let task = tasks.iter().find(|doing| doing.done.is_none());
    html! {
        section.next aria-labelledby="next" {
            h2 #next { (L::NextDue.of(lang)) }
            @if running.is_empty() && task.is_none() { p.none { (L::NothingDue.of(lang)) } }
            ul.tiles {
                @for clock in running.iter().take(2) {
                    li.tile.{ (clocks::class(clock, at)) } {
                        a href={ "#clock-" (clock.obligation) } { (clock.name.of(lang)) }
                        @if let Some(due) = clock.due { strong { (due.by.says().of(lang)) } }
                        span.state { (clock.state(at).says().of(lang)) }
                    }
                }
                @if let Some(doing) = task {
                    li.tile.over[doing.is_late(at)] {
                        a href="#tasks" { (doing.task.what) }
                        @if let Some(due) = doing.task.due { strong { (due.says().of(lang)) } }
                        span.state { @if doing.task.owner.is_empty() { (L::Nobody.of(lang)) } @else { (doing.task.owner) } }
                    }
                }
            }
        }
    }
}

/// The facts of the case as they would go out.
fn facts(shown: &LiveShown, lang: Lang) -> Markup {
    let known = &shown.known.case;
    html! {
        section aria-labelledby="facts" {
            h2 #facts { (L::Facts.of(lang)) }
            dl.live-facts {
                @for (field, bare) in book::fields::all_bare(known) {
                    @if TOLD.contains(&field) {
                        div.silent[bare.is_null() || bare.as_array().is_some_and(Vec::is_empty)] {
                            dt { (field.label(lang)) }
                            dd {
                                @for words in value::words(field, &bare, lang) { span.said { (words) } " " }
                                a.edit href={ "/live/" (shown.number) "/fact/" (field.name()) } { (L::Save.of(lang)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The fields that are told here; the others come from what is recorded, or are nothing to tell of a case
/// of one's own.
const TOLD: &[case::Field] = &[
    case::Field::Title,
    case::Field::Sector,
    case::Field::DisclosedOn,
    case::Field::Occurred,
    case::Field::Discovered,
    case::Field::AffectedCount,
    case::Field::DataKinds,
    case::Field::DataDisclosure,
    case::Field::ReportedTo,
    case::Field::SecondaryDamage,
    case::Field::Prevention,
    case::Field::Report,
];

/// The forms.
fn record(frame: &Frame, shown: &LiveShown, at: Stamp) -> Markup {
    let lang = frame.lang;
    // Times that an entry must have begin as now.
    let said = |kind: &str| -> Value {
        match kind {
            "counted" => json!({ "at": at }),
            "evidence" => json!({ "taken": at }),
            _ => Value::Null,
        }
    };
    html! {
        section.record aria-labelledby="record" {
            h2 #record { (L::Record.of(lang)) }
            @for kind in forms::KINDS.iter().filter(|kind| OFFERED.contains(&kind.name)) {
                details id={ "add-" (kind.name) } open[kind.name == "noted"] {
                    summary { (kind.title.of(lang)) }
                    @let said = said(kind.name);
                    (form(frame, &EntryPage { number: shown.number, kind, said: &said, instead: None, wrong: None }, kind.name))
                }
            }
        }
    }
}

/// What goes out, and the end of the case.
fn going_out(frame: &Frame, shown: &LiveShown) -> Markup {
    let lang = frame.lang;
    let number = shown.number;
    let reason = |act: &'static str, title: L, help: Option<L>| {
        html! {
            details {
                summary { (title.of(lang)) }
                form.entry-form method="post" action={ "/live/" (number) "/" (act) } {
                    (frame.token())
                    @if let Some(help) = help { p.about { (help.of(lang)) } }
                    div.field {
                        label for={ (act) "-why" } { (L::Why.of(lang)) }
                        input id={ (act) "-why" } type="text" name="why" required maxlength="2000";
                    }
                    p { button type="submit" { (title.of(lang)) } }
                }
            }
        }
    };
    html! {
        section.tools aria-label=(L::Published.of(lang)) {
            p {
                a.button.quiet href={ "/live/" (number) "/status" } { (L::StatusPage.of(lang)) } " "
                a.button.quiet href={ "/live/" (number) "/draft" } { (L::Draft.of(lang)) }
            }
            @if shown.disclosed.is_none() { (reason("disclose", L::Disclose, Some(L::DiscloseHelp))) }
            @if shown.live.closed().is_none() { (reason("close", L::CloseCase, None)) }
            @else { (reason("reopen", L::Reopen, None)) }
        }
    }
}
