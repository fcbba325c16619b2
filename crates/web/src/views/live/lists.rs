//! What was recorded, kind by kind: tasks, the timeline with its three times, decisions, evidence with its
//! custody, costs; and what was taken back. It does not know what makes an entry stand.

use case::Lang;
use maud::{Markup, html};
use response::Stamp;
use response::live::{Doing, Event, Note, Standing};

use super::{time, written};
use crate::lang::live::LiveWord as L;
use crate::shelf::LiveShown;
use crate::views::fact;
use crate::views::layout::Frame;

/// Which entry it is, and the way to correct it.
fn entry(shown: &LiveShown, entry: &Standing, lang: Lang) -> Markup {
    let kind = entry.event.name();
    html! {
        small.said-in {
            (L::Entry.of(lang)) " " (entry.seq) " " (entry.who) " "
            a.edit href={ "/live/" (shown.number) "/add/" (kind) "?entry=" (entry.seq) } { (L::Correct.of(lang)) }
        }
    }
}

/// Who does what.
pub(super) fn tasks(frame: &Frame, shown: &LiveShown, at: Stamp) -> Markup {
    let lang = frame.lang;
    let tasks = shown.live.tasks();
    html! {
        section aria-labelledby="tasks" {
            h2 #tasks { (L::Tasks.of(lang)) }
            @if tasks.is_empty() { p.none { (L::NoTasks.of(lang)) } }
            ul.tasks { @for doing in &tasks { (task(frame, shown, doing, at)) } }
        }
    }
}

fn task(frame: &Frame, shown: &LiveShown, doing: &Doing<'_>, at: Stamp) -> Markup {
    let lang = frame.lang;
    let task = doing.task;
    html! {
        li.done[doing.done.is_some()].over[doing.is_late(at)] {
            @if !task.plan.is_empty() { span.badge { (task.plan) } " " }
            strong { (task.what) } " "
            span { @if task.owner.is_empty() { span.none { (L::Nobody.of(lang)) } } @else { (task.owner) } }
            @if let Some(due) = task.due { " " small { (L::Due.of(lang)) " " (due.says().of(lang)) } }
            @if doing.is_late(at) { " " span.badge.warn { (L::Late.of(lang)) } }
            @if let (Some((_, done)), Some(by)) = (doing.done, doing.done_by()) {
                " " small { (L::Done.of(lang)) " " (time(Some(done.at), lang)) " " (by) }
            } @else {
                " "
                form.answer method="post" action={ "/live/" (shown.number) "/add/task_done" } {
                    (frame.token())
                    input type="hidden" name="task" value=(doing.seq);
                    input type="hidden" name="at" value=(at);
                    button.quiet type="submit" { (L::DoneNow.of(lang)) }
                }
            }
            " " (entry(shown, doing.entry, lang))
        }
    }
}

/// What happened: when it did, when it was known, when it was written down.
pub(super) fn timeline(shown: &LiveShown, lang: Lang) -> Markup {
    let lines = shown.live.timeline();
    html! {
        section aria-labelledby="timeline" {
            h2 #timeline { (L::Timeline.of(lang)) }
            @if lines.is_empty() { p.none { (L::NoTimeline.of(lang)) } }
            ol.happenings { @for (standing, note) in &lines { (line(shown, standing, note, lang)) } }
        }
    }
}

fn line(shown: &LiveShown, standing: &Standing, note: &Note, lang: Lang) -> Markup {
    html! {
        li id={ "entry-" (standing.seq) } {
            p.what {
                @if let Some(event) = note.event { span.badge { (event.label(lang)) } " " }
                (note.what)
                @if note.public { " " span.badge { (L::Public.of(lang)) } }
            }
            p.times {
                (L::Happened.of(lang)) " " (time(note.happened, lang)) " · "
                (L::Known.of(lang)) " " (time(note.known, lang)) @if !note.known_by.is_empty() { " " (note.known_by) } " · "
                (L::Written.of(lang)) " " (written(&standing.written, lang))
                @if !note.source_name.is_empty() { " · " (note.source.says().of(lang)) ": " (note.source_name) }
                @for piece in &note.evidence { " · " a href={ "#entry-" (piece) } { (L::Evidence.of(lang)) " " (piece) } }
            }
            (entry(shown, standing, lang))
            (earlier(standing, lang))
        }
    }
}

/// What an entry said before it was corrected.
fn earlier(standing: &Standing, lang: Lang) -> Markup {
    html! {
        @if !standing.earlier.is_empty() {
            details.earlier {
                summary { (L::CorrectedBefore.of(lang)) " (" (standing.earlier.len()) ")" }
                ul { @for before in &standing.earlier {
                    li {
                        del { (said(&before.event, lang)) } " "
                        small { (written(&before.at, lang)) " " (before.who) ": " (before.why) }
                    }
                } }
            }
        }
    }
}

/// An entry in a line.
fn said(event: &Event, lang: Lang) -> String {
    let dated = |at: Option<response::live::Time>, what: &str| match at {
        Some(at) => format!("{} {what}", at.says().of(lang)),
        None => what.to_owned(),
    };
    match event {
        Event::Noted(note) => dated(note.happened.or(note.known), &note.what),
        Event::Task(task) => format!("{} {}", task.what, task.owner),
        Event::Decided(decision) => format!("{} — {}", decision.what, decision.because),
        Event::Service(service) => format!("{} {}", service.name, service.status.label(lang)),
        Event::Counted(counted) => {
            format!("{} {} / {}", counted.service, counted.done, counted.total)
        }
        Event::Cost(cost) => format!("{} {} {}", cost.what, cost.amount, cost.currency),
        Event::Evidence(evidence) => dated(Some(evidence.taken), &evidence.what),
        Event::HandedOver(handed) => {
            dated(Some(handed.at), &format!("{} → {}", handed.from, handed.to))
        }
        Event::Opened(opened) => opened.title.clone(),
        other => other.says().of(lang).to_owned(),
    }
}

/// What was decided, and why.
pub(super) fn decisions(shown: &LiveShown, lang: Lang) -> Markup {
    let decisions = shown.live.decisions();
    html! {
        @if !decisions.is_empty() {
            section aria-labelledby="decisions" {
                h2 #decisions { (L::Decisions.of(lang)) }
                ul.plain { @for (standing, decision) in &decisions {
                    li {
                        strong { (decision.what) } " — " (decision.because) " "
                        small { (time(decision.at, lang)) " " (decision.by) } " "
                        (entry(shown, standing, lang)) (earlier(standing, lang))
                    }
                } }
            }
        }
    }
}

/// Evidence, and who had it when.
pub(super) fn evidence(shown: &LiveShown, lang: Lang) -> Markup {
    let all = shown.live.evidence();
    html! {
        @if !all.is_empty() {
            section aria-labelledby="evidence" {
                h2 #evidence { (L::Evidence.of(lang)) }
                ul.plain { @for held in &all {
                    li id={ "entry-" (held.seq) } {
                        strong { (held.evidence.what) } " " code { (held.evidence.sha256) }
                        @if let Some(bytes) = held.evidence.bytes { " " small { (fact::size(bytes)) } }
                        ol.custody aria-label=(L::Custody.of(lang)) {
                            li {
                                (time(Some(held.evidence.taken), lang)) " " (held.evidence.taken_from) " → " (held.evidence.holder)
                                " " (entry(shown, held.entry, lang))
                            }
                            @for (standing, handed) in &held.handed {
                                li {
                                    (time(Some(handed.at), lang)) " " (handed.from) " → " strong { (handed.to) } " " (handed.why)
                                    " " (entry(shown, standing, lang))
                                }
                            }
                        }
                        a.edit href={ "/live/" (shown.number) "/add/handed_over?of=" (held.seq) } { (L::AddHandedOver.of(lang)) }
                    }
                } }
            }
        }
    }
}

/// What it costs.
pub(super) fn costs(shown: &LiveShown, lang: Lang) -> Markup {
    let costs = shown.live.costs();
    html! {
        @if !costs.is_empty() {
            section aria-labelledby="costs" {
                h2 #costs { (L::Costs.of(lang)) }
                table {
                    tbody { @for (standing, cost) in &costs { tr {
                        td { (cost.what) } td { (time(cost.at, lang)) }
                        td.right { (fact::thousands(cost.amount)) " " (cost.currency) }
                        td { (entry(shown, standing, lang)) }
                    } } }
                    tfoot { @for (currency, sum) in shown.live.cost_in_all() {
                        tr { th scope="row" { (L::InAll.of(lang)) } td {} td.right { (fact::thousands(sum)) " " (currency) } td {} }
                    } }
                }
            }
        }
    }
}

/// What went out, and what was taken back.
pub(super) fn rest(shown: &LiveShown, lang: Lang) -> Markup {
    let (published, taken) = (shown.live.published(), shown.live.taken_back());
    html! {
        @if !published.is_empty() {
            section aria-labelledby="published" {
                h2 #published { (L::Published.of(lang)) }
                ul.plain { @for (standing, published) in &published {
                    li { (written(&standing.written, lang)) " " (published.what) " " code { (published.sha256) } " " small { (standing.who) } }
                } }
            }
        }
        @if !taken.is_empty() {
            section aria-labelledby="taken" {
                h2 #taken { (L::TakenBack.of(lang)) }
                ul.plain { @for taken in taken {
                    li { del { (said(&taken.entry.event, lang)) } " " small { (written(&taken.at, lang)) " " (taken.who) ": " (taken.why) } }
                } }
            }
        }
    }
}
