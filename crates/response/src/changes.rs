//! What a change of facts does to the clocks: which changed, and which facts did it. It does not
//! know who changed a fact.

use case::Lang;
use serde::Serialize;

use crate::clock::{Clock, clocks, met};
use crate::condition::{View, answered, says_people};
use crate::facts::Facts;
use crate::foresee::outcome;
use crate::rule::{Edition, Obligation, SHIPPED, Start};
use crate::{Number, Question, Sentence, Stamp};

/// A clock that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The obligation's name in files.
    pub obligation: &'static str,
    /// What is done.
    pub name: Sentence,
    /// What it came to before.
    pub before: Sentence,
    /// What it comes to now.
    pub after: Sentence,
    /// The facts that did it.
    pub why: Vec<Sentence>,
}

/// Which clocks change when the facts do, and why.
///
/// ```
/// use response::{Facts, changes};
/// let mut before = Facts::default();
/// before.known = toml::from_str::<Facts>("known = [{ at = 2025-11-04 }]").unwrap().known;
/// before.people = response::People::exactly(1500);
/// before.answers = [(response::Question::Unrestorable, true), (response::Question::Wrongful, false)].into();
/// let mut after = before.clone();
/// after.answers.insert(response::Question::Wrongful, true);
/// let changes = changes(&before, &after);
/// let full = changes.iter().find(|change| change.obligation == "appi-full").unwrap();
/// assert_eq!(full.before.ja, "義務あり、期限2025-12-03（水）");
/// assert_eq!(full.after.ja, "義務あり、期限2026-01-05（月）");
/// assert_eq!(full.why[0].ja, "不正の目的による行為のおそれがある：いいえ → はい");
/// ```
pub fn changes(before: &Facts, after: &Facts) -> Vec<Change> {
    let (then, now) = (clocks(before), clocks(after));
    then.iter()
        .zip(&now)
        .filter(|(then, now)| differs(then, now))
        .map(|(then, now)| Change {
            obligation: now.obligation,
            name: now.name.clone(),
            before: outcome(then),
            after: outcome(now),
            why: why(now.obligation, before, after),
        })
        .collect()
}

fn differs(then: &Clock, now: &Clock) -> bool {
    then.verdict != now.verdict
        || then.due != now.due
        || then.started.as_ref().map(|started| started.at)
            != now.started.as_ref().map(|started| started.at)
        || then.met != now.met
}

/// The facts that an obligation turns on and that differ.
fn why(obligation: &str, before: &Facts, after: &Facts) -> Vec<Sentence> {
    let Some(rule) = SHIPPED.iter().find(|rule| rule.id == obligation) else { return Vec::new() };
    let mut questions: Vec<Question> = rule.edition.iter().flat_map(Edition::questions).collect();
    questions.sort_unstable();
    questions.dedup();
    let mut numbers: Vec<Number> = rule.edition.iter().flat_map(Edition::numbers).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let answers = questions.into_iter().filter_map(|question| {
        let of = |facts| View { facts, instead: None }.answer(question);
        let ((was, was_given), (is, is_given)) = (of(before), of(after));
        let said = |answer, given| answered(question, answer, given);
        (was != is).then(|| from_to(question, &said(was, was_given), &said(is, is_given)))
    });
    let counts = numbers.into_iter().filter_map(|number| {
        let (was, is) = (before.number(number), after.number(number));
        let what = Sentence::new(number.label(Lang::Ja), number.label(Lang::En));
        (was != is).then(|| moved(&what, &says_people(was), &says_people(is)))
    });
    let at = |at: Option<Stamp>| at.map_or_else(|| Sentence::new("不明", "not known"), Stamp::says);
    let times = times(rule, before).into_iter().zip(times(rule, after));
    let times = times.filter(|((_, was), (_, is))| was != is);
    let times = times.map(|((what, was), (_, is))| moved(&what, &at(was), &at(is)));
    answers.chain(counts).chain(times).collect()
}

/// The times that an obligation turns on.
fn times(rule: &Obligation, facts: &Facts) -> Vec<(Sentence, Option<Stamp>)> {
    let mut times = vec![(Sentence::new("提出した時", "met"), met(rule, facts))];
    for edition in &rule.edition {
        times.push(match &edition.start {
            Start::Knowing => {
                let known = facts.first_known().map(|(at, _)| at);
                (Sentence::new("最初に知った時", "first known"), known)
            }
            Start::Materiality => {
                (Sentence::new("重要と判断した時", "determined to be material"), facts.material_on)
            }
            Start::Met(other) => {
                let what = Sentence::new(format!("{other}を提出した時"), format!("{other} met"));
                (what, facts.reported_at(other))
            }
        });
    }
    times.dedup();
    times
}

/// Something that was one thing and is another.
fn moved(what: &Sentence, was: &Sentence, is: &Sentence) -> Sentence {
    Sentence::new(
        format!("{}：{} → {}", what.ja, was.ja, is.ja),
        format!("{}: {} → {}", what.en, was.en, is.en),
    )
}

/// Two answers to one question, the question said once.
fn from_to(question: Question, was: &Sentence, is: &Sentence) -> Sentence {
    let (ja, en) = (question.label(Lang::Ja), question.label(Lang::En));
    let is = Sentence::new(
        is.ja.strip_prefix(ja).unwrap_or(&is.ja).trim_start_matches('：'),
        is.en.strip_prefix(en).unwrap_or(&is.en).trim_start_matches(": "),
    );
    Sentence::new(format!("{} → {}", was.ja, is.ja), format!("{} → {}", was.en, is.en))
}
