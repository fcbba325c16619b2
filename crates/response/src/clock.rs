//! Every obligation held against the facts: whether it applies, since when its clock runs and why,
//! how the days were counted, what is missing. It does not know what time it is.

use case::Lang;
use serde::Serialize;

use crate::condition::{Condition, View, Weighed, and, any};
use crate::count::{Counted, Due, Special, Step, count};
use crate::facts::{Facts, RECEIPT};
use crate::rule::{Edition, Obligation, Pace, SHIPPED, Start};
use crate::{Missing, Sentence, Stamp};

/// Whether an obligation applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It does.
    Applies,
    /// It does not.
    DoesNotApply,
    /// That turns on facts that are missing; the clock shows what is due if it does.
    CannotTell,
}

impl Verdict {
    /// What people call it.
    pub const fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Applies => lang.of("義務あり", "applies"),
            Self::DoesNotApply => lang.of("義務なし", "does not apply"),
            Self::CannotTell => lang.of("まだ判断できない", "cannot be told yet"),
        }
    }
}

/// When a clock started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Started {
    /// When.
    pub at: Stamp,
    /// Why then.
    pub because: Sentence,
}

/// An obligation that was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Met {
    /// When.
    pub at: Stamp,
    /// Whether in time, `None` where no day is set.
    pub in_time: Option<bool>,
}

/// One obligation held against the facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// The obligation's name in files.
    pub obligation: &'static str,
    /// The body of law.
    pub regime: &'static str,
    /// What is done.
    pub name: Sentence,
    /// Whom it goes to.
    pub to: Sentence,
    /// Where it is written.
    pub source: Sentence,
    /// Why the rule is not confirmed; none where it is.
    pub doubt: Option<Sentence>,
    /// Whether it applies.
    pub verdict: Verdict,
    /// Why.
    pub because: Vec<Sentence>,
    /// What decides and is not known.
    pub missing: Vec<Missing>,
    /// Answers that nobody gave and that were taken as usual.
    pub assumed: Vec<Sentence>,
    /// When the clock started.
    pub started: Option<Started>,
    /// How urgent it is beside any day.
    pub pace: Option<Pace>,
    /// How the days were counted.
    pub steps: Vec<Step>,
    /// When it is due; if the verdict is open, when it would be.
    pub due: Option<Due>,
    /// When it was met.
    pub met: Option<Met>,
    /// What else to know.
    pub notes: Vec<Sentence>,
}

/// Holds every obligation against the facts.
///
/// ```
/// use response::{Facts, Verdict, clocks};
/// let facts: Facts = toml::from_str(r#"
///     people = 1500
///     known = [{ at = 2025-12-01 }]
///     answers.leaked = true
///     answers.wrongful = false
/// "#).unwrap();
/// let clocks = clocks(&facts);
/// let full = clocks.iter().find(|clock| clock.obligation == "appi-full").unwrap();
/// assert_eq!(full.verdict, Verdict::Applies);
/// assert_eq!(full.due.unwrap().by.to_string(), "2026-01-05");
/// ```
pub fn clocks(facts: &Facts) -> Vec<Clock> {
    let view = View { facts, instead: None };
    SHIPPED.iter().map(|obligation| clock(obligation, view)).collect()
}

/// The ids of the obligations, by which facts say that one was met.
pub fn obligations() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|obligation| obligation.id.as_str())
}

/// One obligation held against the facts.
pub(crate) fn clock(obligation: &'static Obligation, view: View<'_>) -> Clock {
    let (edition, in_force) = edition(obligation, view.facts);
    let mut clock = Clock {
        obligation: &obligation.id,
        regime: &obligation.regime,
        name: obligation.name.clone(),
        to: obligation.to.clone(),
        source: edition.source.clone(),
        doubt: edition.doubt.clone(),
        verdict: Verdict::DoesNotApply,
        because: Vec::new(),
        missing: Vec::new(),
        assumed: Vec::new(),
        started: started(&edition.start, view.facts),
        pace: edition.pace,
        steps: Vec::new(),
        due: None,
        met: None,
        notes: Vec::new(),
    };
    if !in_force {
        let (from, until) = (edition.from, edition.until);
        let until = until.map_or_else(String::new, |day| day.to_string());
        clock.because.push(Sentence::new(
            format!("この定めは{from}〜{until}のもので、起算日に施行されていない"),
            format!("this rule is of {from} to {until} and was not in force on that day"),
        ));
        clock.started = None;
        return clock;
    }
    let special = weigh(edition, view, &mut clock);
    if clock.verdict == Verdict::DoesNotApply {
        clock.started = None;
        return clock;
    }
    run(edition, view, special, &mut clock);
    if let Some(at) = met(obligation, view.facts) {
        let in_time = clock.due.map(|due| !due.by.is_over_at(at));
        clock.met = Some(Met { at, in_time });
    }
    clock
}

/// The edition of the day on which the clock starts, and whether one was in force then. Without a
/// day, today's.
pub(crate) fn edition<'o>(obligation: &'o Obligation, facts: &Facts) -> (&'o Edition, bool) {
    let day = obligation
        .edition
        .last()
        .and_then(|edition| started(&edition.start, facts))
        .map(|started| started.at)
        .or_else(|| facts.first_known().map(|(at, _)| at))
        .map(|at| if obligation.abroad { at.date() } else { at.in_japan() });
    let editions = &obligation.edition;
    let Some(day) = day else { return (&editions[editions.len() - 1], true) };
    let of_day = editions
        .iter()
        .find(|edition| edition.from <= day && edition.until.is_none_or(|last| day <= last));
    match of_day {
        Some(edition) => (edition, true),
        None if day < editions[0].from => (&editions[0], false),
        None => (&editions[editions.len() - 1], false),
    }
}

/// Weighs the conditions; gives what a trigger that holds puts in place of the usual time.
fn weigh(edition: &'static Edition, view: View<'_>, clock: &mut Clock) -> Option<Special<'static>> {
    let exempt = edition.unless.iter().map(|condition| condition.weigh(view));
    let exempt: Vec<Weighed> = exempt.collect();
    let scope = all(&edition.when, view);
    let triggers: Vec<Weighed> =
        edition.trigger.iter().map(|trigger| all(&trigger.when, view)).collect();
    let triggered = if edition.trigger.is_empty() {
        Some(true)
    } else {
        any(triggers.iter().map(|trigger| trigger.holds))
    };
    let mut holds = and(scope.holds, triggered);
    clock.assumed = [&scope].into_iter().chain(&exempt).flat_map(|w| w.assumed.clone()).collect();
    if let Some(found) = exempt.iter().find(|weighed| weighed.holds == Some(true)) {
        holds = Some(false);
        clock.because.clone_from(&found.says);
    } else {
        explain(edition, &scope, &triggers, holds, clock);
    }
    clock.verdict = match holds {
        Some(true) => Verdict::Applies,
        Some(false) => Verdict::DoesNotApply,
        None => Verdict::CannotTell,
    };
    clock.missing.dedup();
    let met = edition.trigger.iter().zip(&triggers).filter(|(_, w)| w.holds == Some(true));
    met.filter(|(trigger, _)| trigger.days.is_some() || trigger.hours.is_some())
        .map(|(trigger, _)| Special {
            days: trigger.days,
            hours: trigger.hours,
            because: &trigger.name,
        })
        .next()
}

/// Why the verdict is what it is: of several reasons against, the first is enough; of triggers,
/// those that hold, or why none does.
fn explain(
    edition: &Edition,
    scope: &Weighed,
    triggers: &[Weighed],
    holds: Option<bool>,
    clock: &mut Clock,
) {
    if scope.holds == Some(false) {
        clock.because.clone_from(&scope.says);
        return;
    }
    clock.because.extend(scope.says.clone());
    clock.missing.extend(scope.missing.clone());
    let named = edition.trigger.iter().zip(triggers);
    for (trigger, weighed) in named {
        let show = match holds {
            Some(true) => weighed.holds == Some(true),
            Some(false) => true,
            None => weighed.holds != Some(false),
        };
        if !show {
            continue;
        }
        let (ja, en) = joined(&weighed.says);
        clock.because.push(Sentence::new(
            format!("{} — {ja}", trigger.name.ja),
            format!("{} — {en}", trigger.name.en),
        ));
        if holds.is_none() {
            clock.missing.extend(weighed.missing.clone());
        }
    }
}

fn joined(says: &[Sentence]) -> (String, String) {
    let ja: Vec<&str> = says.iter().map(|says| says.ja.as_str()).collect();
    let en: Vec<&str> = says.iter().map(|says| says.en.as_str()).collect();
    (ja.join("、"), en.join(", "))
}

/// All of some conditions. What decides against comes first, and alone.
pub(crate) fn all(conditions: &[Condition], view: View<'_>) -> Weighed {
    let mut whole = Weighed { holds: Some(true), ..Weighed::default() };
    for condition in conditions {
        let weighed = condition.weigh(view);
        if weighed.holds == Some(false) {
            return weighed;
        }
        whole.holds = and(whole.holds, weighed.holds);
        whole.says.extend(weighed.says);
        whole.missing.extend(weighed.missing);
        whole.assumed.extend(weighed.assumed);
    }
    whole
}

/// Starts the clock and counts.
fn run(edition: &Edition, view: View<'_>, special: Option<Special<'_>>, clock: &mut Clock) {
    let Some(started) = &clock.started else {
        clock.missing.push(unstarted(&edition.start));
        return;
    };
    let at = started.at;
    let Counted { due, steps } = match &edition.count {
        Some(rule) => count(rule, at, special),
        None => Counted::default(),
    };
    clock.due = due;
    clock.steps = steps;
    let notes = edition.note.iter().filter(|note| {
        note.from.is_none_or(|from| from <= at.in_japan())
            && all(&note.when, view).holds == Some(true)
    });
    clock.notes = notes.map(|note| note.says.clone()).collect();
}

/// When an obligation was met.
pub(crate) fn met(obligation: &Obligation, facts: &Facts) -> Option<Stamp> {
    let told = facts.told_principal.filter(|_| obligation.tells_principal);
    facts.reported_at(&obligation.id).into_iter().chain(told).min()
}

/// When a clock started, and why then.
fn started(start: &Start, facts: &Facts) -> Option<Started> {
    match start {
        Start::Knowing => {
            let (at, by) = facts.first_known()?;
            let because = if by == RECEIPT {
                Sentence::new(
                    "委託先からの通知を受けた（遅くともこの時に知った）",
                    "the processor's notice arrived (known at the latest then)",
                )
            } else if by.is_empty() {
                Sentence::new("最初に知った", "first known")
            } else {
                Sentence::new(format!("最初に知った部署：{by}"), format!("first known to: {by}"))
            };
            Some(Started { at, because })
        }
        Start::Materiality => {
            let because = Sentence::new("重要（material）と判断した", "determined to be material");
            facts.material_on.map(|at| Started { at, because })
        }
        Start::Met(other) => {
            let because =
                Sentence::new(format!("{other}を提出した"), format!("{other} was submitted"));
            facts.reported_at(other).map(|at| Started { at, because })
        }
    }
}

/// What is missing where a clock has not started.
fn unstarted(start: &Start) -> Missing {
    match start {
        Start::Knowing => Missing {
            name: "known",
            says: Sentence::new("いつ、どの部署が知ったか", "who knew, and when"),
        },
        Start::Materiality => Missing {
            name: "material_on",
            says: Sentence::new("重要と判断した日", "the day of the determination of materiality"),
        },
        Start::Met(other) => Missing {
            name: "reported",
            says: Sentence::new(
                format!("{other}を提出した日時"),
                format!("when {other} was submitted"),
            ),
        },
    }
}
