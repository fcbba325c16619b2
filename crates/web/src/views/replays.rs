//! Cases run again: the scoreboard of all, and what a case's own page says of its replay. It does not
//! know how they were run.

use case::{CaseNumber, Lang};
use maud::{Markup, html};
use replay::outcome::{Checked, Outcome};
use replay::{KeptReplay, Replayed};

use super::fact;
use super::layout::{Frame, Place};
use super::mail::sentence;
use crate::lang::Word as W;
use crate::rounds::Round;

/// What the page shows.
pub(crate) struct View {
    /// The last replay of each case that has one, what ends worst first.
    pub(crate) kept: Vec<KeptReplay>,
    /// The policy that the next is run under; none for the default.
    pub(crate) policy: Option<String>,
    /// The round that runs.
    pub(crate) round: Option<Round>,
}

/// The scoreboard.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let lang = frame.lang;
    let content = html! {
        h1 { (W::Replays.of(lang)) }
        p.about { (W::ReplaysHelp.of(lang)) }
        p { (W::ReplayNext.of(lang)) ": " (view.policy.as_deref().unwrap_or(W::ReplayDefault.of(lang))) }
        @match view.round {
            Some(round) => {
                p role="status" {
                    (W::ReplayRuns.of(lang)) " " (round.done) " / " (round.all) " "
                    progress value=(round.done) max=(round.all) aria-label=(W::ReplayRuns.of(lang)) {}
                    " " a href="/replays" { (W::ReplayReload.of(lang)) }
                }
            }
            None => @if frame.may_edit() {
                form method="post" action="/replays" {
                    (frame.token())
                    button type="submit" { (W::ReplayAll.of(lang)) }
                }
            }
        }
        @if view.kept.is_empty() { p.none { (W::ReplayNone.of(lang)) } }
        @else {
            (sum(&view.kept, lang))
            (board(&view.kept, lang))
        }
    };
    frame.page(Place::Replays, W::Replays.of(lang), &["replays.js"], &content)
}

/// How many came to which word.
fn sum(kept: &[KeptReplay], lang: Lang) -> Markup {
    let count = |outcome| kept.iter().filter(|kept| kept.replayed.outcome == outcome).count();
    html! {
        ul.badges {
            @for outcome in Outcome::ALL.iter().copied().filter(|outcome| count(*outcome) > 0) {
                li { (badge(outcome, lang)) " " (count(outcome)) }
            }
        }
    }
}

fn badge(outcome: Outcome, lang: Lang) -> Markup {
    html! { span.badge.{ "o-" (outcome.name()) } { (outcome.label(lang)) } }
}

fn board(kept: &[KeptReplay], lang: Lang) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label=(W::Replays.of(lang)) {
            table.replays {
                thead { tr {
                    @for word in [W::ReplayCase, W::ReplayOutcome, W::ReplayThen, W::ReplayNow, W::ReplayNoticed, W::ReplayControl, W::ReplayMutants, W::ReplayMeasures] {
                        th scope="col" { (word.of(lang)) }
                    }
                } }
                tbody { @for one in kept { (row(one, lang)) } }
            }
        }
    }
}

fn row(kept: &KeptReplay, lang: Lang) -> Markup {
    let replayed = &kept.replayed;
    let about = &replayed.case;
    let name = about.organisation.as_deref().or(about.title.as_deref());
    html! {
        tr {
            th scope="row" {
                a href={ "/case/" (kept.number) "#replay" } { (kept.number) }
                span.sub { (name.unwrap_or_default()) }
                @if let Some(policy) = &kept.policy { span.sub { (W::ReplayPolicy.of(lang)) ": " (policy) } }
            }
            td { (badge(replayed.outcome, lang)) }
            @match replayed.accident() {
                Some(accident) => {
                    td { (counted(accident, accident.without, lang)) }
                    td { (counted(accident, accident.counted, lang)) (smallest(replayed, lang)) }
                }
                None => td colspan="2" { (because(replayed, lang)) }
            }
            td { (noticed(replayed, lang)) }
            td { (control(replayed)) }
            td.number { (mutants(replayed)) }
            td { (measures(replayed, lang)) }
        }
    }
}

fn counted(accident: &Checked, count: u64, lang: Lang) -> Markup {
    html! { strong { (fact::thousands(count)) } " " small { (accident.expected.probe.label(lang)) } }
}

/// The smallest change that would stop it.
fn smallest(replayed: &Replayed, lang: Lang) -> Markup {
    html! {
        @match replayed.changes.as_deref() {
            Some([change, ..]) => span.sub { (W::ReplayStopsIt.of(lang)) " " code { (change.told()) } },
            Some([]) => span.sub { (W::ReplayNoChange.of(lang)) },
            None => {}
        }
    }
}

/// All changes that would stop it, each with what is put over the policy.
fn changes(replayed: &Replayed, lang: Lang) -> Markup {
    html! {
        @if let Some(changes) = &replayed.changes {
            dt { (W::ReplayStopsIt.of(lang)) }
            @if changes.is_empty() { dd { (W::ReplayNoChange.of(lang)) } }
            @for change in changes {
                dd {
                    code { (change.told()) }
                    @if let Some(price) = change.price { " " (sentence(&price.told(), lang)) }
                }
            }
        }
    }
}

fn because(replayed: &Replayed, lang: Lang) -> Markup {
    html! { @for said in &replayed.because { (sentence(said, lang)) " " } }
}

/// The control that the case was run against.
fn control(replayed: &Replayed) -> Markup {
    let control = replayed.accident().and_then(|accident| accident.expected.control.as_deref());
    html! { @if let Some(control) = control { code { (control) } } }
}

/// Then and now, as far as either is known.
fn noticed(replayed: &Replayed, lang: Lang) -> String {
    let then = replayed.case.noticed_after.map(|after| span(after.as_secs(), lang));
    let now = replayed.with.as_ref().and_then(|with| with.judged_after_ms);
    let now = now.map(|ms| format!("{ms} ms"));
    match (then, now) {
        (Some(then), Some(now)) => format!("{then} → {now}"),
        (then, now) => then.or(now).unwrap_or_default(),
    }
}

fn span(seconds: i64, lang: Lang) -> String {
    let (number, ja, en) = match seconds {
        ..7_200 => (seconds / 60, "分", "min"),
        7_200..172_800 => (seconds / 3_600, "時間", "h"),
        _ => (seconds / 86_400, "日", "d"),
    };
    format!("{number} {}", lang.of(ja, en))
}

fn mutants(replayed: &Replayed) -> String {
    let failed = replayed.mutants.iter().filter(|mutant| mutant.recurred).count();
    match replayed.mutants.len() {
        0 => String::new(),
        all => format!("{failed}/{all}"),
    }
}

fn measures(replayed: &Replayed, lang: Lang) -> String {
    let labels: Vec<&str> =
        replayed.case.measures.iter().map(|measure| measure.label(lang)).collect();
    labels.join(lang.of("、", ", "))
}

/// What a case's page says of its replay.
pub(crate) fn of_case(
    frame: &Frame,
    number: CaseNumber,
    kept: Option<&KeptReplay>,
    drills: &[KeptReplay],
) -> Markup {
    let lang = frame.lang;
    html! {
        section aria-labelledby="replay" {
            h2 #replay { (W::Replays.of(lang)) }
            @if let Some(kept) = kept { (told(kept, lang)) }
            @if frame.may_edit() {
                form method="post" action={ "/case/" (number) "/replay" } {
                    (frame.token())
                    button.quiet type="submit" {
                        (if kept.is_some() { W::ReplayAgain } else { W::ReplayOne }.of(lang))
                    }
                }
            } @else if kept.is_none() { p.none { (W::ReplayNone.of(lang)) } }
            @if !drills.is_empty() {
                h3 { (W::ReplayDrills.of(lang)) }
                @for drill in drills { (drilled(drill, lang)) }
            }
        }
    }
}

/// A drill: what came of it, who answered what, and after how long.
fn drilled(drill: &KeptReplay, lang: Lang) -> Markup {
    let asked = drill.replayed.with.iter().flat_map(|with| &with.asked);
    html! {
        p { (time_of(drill)) " " (badge(drill.replayed.outcome, lang)) " " (because(&drill.replayed, lang)) }
        ul.drill { @for asked in asked {
            li {
                code { (asked.step) } " " (asked.who) ": " (asked.said)
                @if let Some(opened) = asked.opened_after_ms {
                    " · " (W::ReplayOpenedAfter.of(lang)) " " (seconds(opened))
                }
                @if let Some(said) = asked.said_after_ms {
                    " · " (W::ReplayAnsweredAfter.of(lang)) " " (seconds(said))
                }
            }
        } }
    }
}

fn time_of(kept: &KeptReplay) -> Markup {
    let at = kept.at.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    html! { time datetime=(kept.at) { (at) } }
}

/// Seconds with one place.
fn seconds(ms: u64) -> String {
    format!("{}.{} s", ms / 1_000, ms % 1_000 / 100)
}

fn told(kept: &KeptReplay, lang: Lang) -> Markup {
    let replayed = &kept.replayed;
    let with = replayed.with.as_ref();
    html! {
        p { (badge(replayed.outcome, lang)) " " (because(replayed, lang)) }
        @if !replayed.checked.is_empty() {
            table {
                thead { tr {
                    th scope="col" { (W::ReplayCounted.of(lang)) }
                    th scope="col" { (W::ReplayThen.of(lang)) }
                    th scope="col" { (W::ReplayNow.of(lang)) }
                } }
                tbody { @for checked in &replayed.checked {
                    tr {
                        th scope="row" { (checked.expected.probe.label(lang)) }
                        td.number { (fact::thousands(checked.without)) }
                        td.number { (fact::thousands(checked.counted)) " " (if checked.holds { "○" } else { "×" }) }
                    }
                } }
            }
        }
        dl.replay {
            (changes(replayed, lang))
            @if !noticed(replayed, lang).is_empty() {
                dt { (W::ReplayNoticed.of(lang)) } dd { (noticed(replayed, lang)) }
            }
            @if let Some(with) = with.filter(|with| !with.findings.is_empty()) {
                dt { (W::ReplayFound.of(lang)) }
                @for finding in &with.findings {
                    dd { (sentence(&finding.says, lang)) " " code { (finding.check) } }
                }
            }
            @if let Some(with) = with.filter(|with| !with.asked.is_empty()) {
                dt { (W::ReplayAsked.of(lang)) }
                @for asked in &with.asked { dd { (asked.who) ": " (asked.said) } }
            }
            @if !replayed.mutants.is_empty() {
                dt { (W::ReplayMutants.of(lang)) }
                @for mutant in &replayed.mutants {
                    dd {
                        code { (mutant.id) } " "
                        (if mutant.recurred { W::ReplayRecurred } else { W::ReplaySurvived }.of(lang))
                    }
                }
            }
            @if !replayed.case.facts.is_empty() {
                dt { (W::ReplayKnown.of(lang)) }
                @for fact in &replayed.case.facts {
                    dd { code { (fact.what) } " = " (fact.value) " " q { (fact.words) } }
                }
            }
            @if !replayed.case.assumed.is_empty() {
                dt { (W::ReplayAssumed.of(lang)) }
                @for assumed in &replayed.case.assumed {
                    dd { code { (assumed.what) } " = " (assumed.value) }
                }
            }
            dt { (W::ReplayAt.of(lang)) } dd { (time_of(kept)) }
            dt { (W::ReplayPolicy.of(lang)) }
            dd { (kept.policy.as_deref().unwrap_or(W::ReplayDefault.of(lang))) }
        }
    }
}
