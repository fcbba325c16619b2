//! The clocks of a live case: each that applies or may, how it was counted, what is missing, and forms to
//! say it. It does not know any obligation.

use case::Lang;
use maud::{Markup, html};
use response::{Clock, Question, Stamp, State, Verdict, turns};

use super::written;
use crate::lang::live::LiveWord as L;
use crate::shelf::LiveShown;
use crate::views::layout::Frame;

/// The questions on which it turns whether a regime concerns the organisation at all.
const SCOPE: &[&str] = &[
    "my_number", "listed", "telecom", "infrastructure", "eu_persons", "nis2", "sec_registrant",
    "hipaa_entity", "hipaa_associate",
];

/// Whether a clock is shown in full: those that apply, and those of Japan's law on personal data that may.
/// Whether another regime concerns the organisation is asked below until it is said.
pub(super) fn is_shown(clock: &Clock) -> bool {
    let outside = clock.missing.iter().any(|fact| SCOPE.contains(&fact.name));
    clock.verdict == Verdict::Applies || (clock.verdict == Verdict::CannotTell && !outside)
}

/// How a clock stands, for its colour.
pub(super) fn class(clock: &Clock, at: Stamp) -> &'static str {
    const DAY_MINUTES: i64 = 24 * 60;
    match clock.state(at) {
        State::Over { .. } => "over",
        State::Running { minutes_left, .. } if minutes_left <= 2 * DAY_MINUTES => "soon",
        State::Running { .. } => "runs",
        State::Met { .. } => "met",
        State::Idle => "idle",
    }
}

/// The section of the page.
pub(super) fn section(frame: &Frame, shown: &LiveShown, all: &[Clock], at: Stamp) -> Markup {
    let lang = frame.lang;
    let mut full: Vec<&Clock> = all.iter().filter(|clock| is_shown(clock)).collect();
    full.sort_by_key(|clock| {
        let by = clock.due.map(|due| due.by);
        (clock.met.is_some(), by.is_none(), by)
    });
    let others = all.iter().filter(|clock| !is_shown(clock));
    let (open, settled): (Vec<&Clock>, Vec<&Clock>) =
        others.partition(|clock| clock.verdict == Verdict::CannotTell);
    html! {
        section aria-labelledby="clocks" {
            h2 #clocks { (L::Clocks.of(lang)) }
            div.clocks { @for clock in &full { (card(frame, shown, clock, at)) } }
            @let asked = scope(&open);
            @if !asked.is_empty() {
                ul.asked { @for (question, clocks) in &asked {
                    li { (answer(frame, shown, *question)) " " small { (clocks) } }
                } }
            }
            details {
                summary { (L::NotApplying.of(lang)) " (" (settled.len()) ")" }
                ul { @for clock in &settled {
                    li { (clock.name.of(lang)) " — " @for why in &clock.because { (why.of(lang)) " " } }
                } }
            }
        }
    }
}

/// Each question that would settle whether a regime concerns the organisation, and what hangs on it.
fn scope(open: &[&Clock]) -> Vec<(Question, String)> {
    let mut asked: Vec<(Question, String)> = Vec::new();
    for clock in open {
        let question = clock.missing.iter().find(|fact| SCOPE.contains(&fact.name));
        let question = question.and_then(|fact| question_named(fact.name));
        let Some(question) = question else { continue };
        match asked.iter_mut().find(|(known, _)| *known == question) {
            Some((_, clocks)) => {
                clocks.push_str(", ");
                clocks.push_str(clock.obligation);
            }
            None => asked.push((question, clock.obligation.to_owned())),
        }
    }
    asked
}

fn question_named(name: &str) -> Option<Question> {
    Question::ALL.iter().copied().find(|question| question.name() == name)
}

/// A question with its two answers to press.
fn answer(frame: &Frame, shown: &LiveShown, question: Question) -> Markup {
    let lang = frame.lang;
    html! {
        form.answer method="post" action={ "/live/" (shown.number) "/answer" } {
            (frame.token())
            input type="hidden" name="question" value=(question.name());
            span { (question.label(lang)) } " "
            button.quiet type="submit" name="answer" value="yes" { (L::Yes.of(lang)) } " "
            button.quiet type="submit" name="answer" value="no" { (L::No.of(lang)) }
        }
    }
}

fn card(frame: &Frame, shown: &LiveShown, clock: &Clock, at: Stamp) -> Markup {
    let lang = frame.lang;
    html! {
        section.clock.{ (class(clock, at)) } id={ "clock-" (clock.obligation) } {
            h3 { (clock.name.of(lang)) " " small { (clock.to.of(lang)) } }
            p.due {
                span.badge { (clock.verdict.label(lang)) } " "
                @if let Some(due) = clock.due {
                    strong {
                        @if let Some(from) = due.from { (from.says().of(lang)) "〜" }
                        (due.by.says().of(lang))
                    } " "
                }
                @if let Some(pace) = clock.pace { (pace.says().of(lang)) " " }
                span.state { (clock.state(at).says().of(lang)) }
            }
            @for missing in &clock.missing { (missing_form(frame, shown, missing.name, missing.says.of(lang))) }
            details {
                summary { (L::Counted.of(lang)) }
                dl.steps {
                    @if !clock.because.is_empty() {
                        dt { (L::Because.of(lang)) }
                        @for why in &clock.because { dd { (why.of(lang)) } }
                    }
                    @if let Some(started) = &clock.started {
                        dt { (L::Starts.of(lang)) }
                        dd { (started.at.says().of(lang)) " " (started.because.of(lang)) }
                    }
                    @if !clock.steps.is_empty() {
                        dt { (L::Counted.of(lang)) }
                        @for step in &clock.steps { dd { (step.says.of(lang)) } }
                    }
                    @for note in &clock.notes { dd { (note.of(lang)) } }
                    dt { (L::SourceOfLaw.of(lang)) } dd { (clock.source.of(lang)) }
                    @if let Some(doubt) = &clock.doubt { dt { (L::Unconfirmed.of(lang)) } dd { (doubt.of(lang)) } }
                    @for turn in turns(&shown.known.clocks.facts, clock) {
                        dd { (turn.fact.of(lang)) " → " (turn.then.of(lang)) }
                    }
                }
            }
            @if clock.verdict != Verdict::DoesNotApply && clock.met.is_none() && clock.started.is_some() {
                (met_form(frame, shown, clock, at))
            }
            @if let Some(met) = clock.met { p.about { (L::ClockMet.of(lang)) ": " (met.at.says().of(lang)) } }
        }
    }
}

/// What is missing, with a way to say it.
fn missing_form(frame: &Frame, shown: &LiveShown, name: &'static str, says: &str) -> Markup {
    let lang = frame.lang;
    let number = shown.number;
    html! {
        @match question_named(name) {
            Some(question) => (answer(frame, shown, question)),
            None if name == "people" => {
                form.answer method="post" action={ "/live/" (number) "/answer" } {
                    (frame.token())
                    label for="people" { (L::PeopleCount.of(lang)) } " "
                    input #people type="text" name="people" size="10" maxlength="20" placeholder="395 / <=1200" required; " "
                    button.quiet type="submit" { (L::Save.of(lang)) }
                }
            }
            None => p.missing { (L::Missing.of(lang)) ": " (says) " " a href="#add-noted" { (L::AddNoted.of(lang)) } },
        }
    }
}

fn met_form(frame: &Frame, shown: &LiveShown, clock: &Clock, at: Stamp) -> Markup {
    let lang = frame.lang;
    let id = format!("met-{}", clock.obligation);
    html! {
        form.answer method="post" action={ "/live/" (shown.number) "/answer" } {
            (frame.token())
            input type="hidden" name="obligation" value=(clock.obligation);
            label for=(id) { (L::ClockMetAt.of(lang)) } " "
            input id=(id) type="text" name="at" value=(at) size="22" maxlength="40" required; " "
            button.quiet type="submit" { (L::ClockMet.of(lang)) }
        }
    }
}

/// What entries did to the clocks that are shown.
pub(super) fn changes(shown: &LiveShown, all: &[Clock], lang: Lang) -> Markup {
    let is_there = |id: &str| all.iter().any(|clock| clock.obligation == id && is_shown(clock));
    let rows: Vec<_> = shown
        .changed
        .iter()
        .flat_map(|change| change.changes.iter().map(move |clock| (change, clock)))
        .filter(|(_, clock)| is_there(clock.obligation) && clock.before != clock.after)
        .collect();
    html! {
        @if !rows.is_empty() {
            section aria-labelledby="changes" {
                h2 #changes { (L::ClockChanges.of(lang)) }
                div.scroll { table {
                    thead { tr { @for word in [L::At, L::By, L::ClockDue, L::Because] { th scope="col" { (word.of(lang)) } } } }
                    tbody { @for (change, clock) in &rows { tr {
                        td { (written(&change.at, lang)) " " small { (L::Entry.of(lang)) " " (change.entry) } }
                        td { (change.who) }
                        td { (clock.name.of(lang)) ": " del { (clock.before.of(lang)) } " " ins { (clock.after.of(lang)) } }
                        td { @for why in &clock.why { (why.of(lang)) " " } }
                    } } }
                } }
            }
        }
    }
}
