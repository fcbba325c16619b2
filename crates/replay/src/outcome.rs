//! What became of a replay: what was counted with the control, without it, and with it weakened, and the
//! one word that it comes to. It does not know how anything was run.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use case::{Category, Lang, Measure};
use guard::Sentence;
use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::scenario::{About, Expectation, Must, Probe, Scenario};

/// The one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// With the control it does not happen; without it, it does.
    Prevented,
    /// With the control less of it happens.
    Limited,
    /// It happens, and somebody is told.
    Detected,
    /// It happens again.
    Recurred,
    /// The replay proves nothing, or the control does harm of its own.
    Invalid,
    /// Something is missing to run it: the control, or what the case does not say.
    Inconclusive,
}

impl Outcome {
    /// Every outcome, the best first.
    pub const ALL: &[Self] = &[
        Self::Prevented,
        Self::Limited,
        Self::Detected,
        Self::Recurred,
        Self::Invalid,
        Self::Inconclusive,
    ];

    /// As JSON has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Prevented => "prevented",
            Self::Limited => "limited",
            Self::Detected => "detected",
            Self::Recurred => "recurred",
            Self::Invalid => "invalid",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// For people.
    pub const fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Prevented => lang.of("防止", "prevented"),
            Self::Limited => lang.of("縮小", "limited"),
            Self::Detected => lang.of("検知のみ", "detected"),
            Self::Recurred => lang.of("再発", "recurred"),
            Self::Invalid => lang.of("無効", "invalid"),
            Self::Inconclusive => lang.of("判定不能", "inconclusive"),
        }
    }

    /// Whether it happened, in whole or in part, and a stricter policy might have stopped it.
    pub const fn could_be_stopped(self) -> bool {
        matches!(self, Self::Limited | Self::Detected | Self::Recurred)
    }

    /// How badly it ends, the worst first.
    const fn badness(self) -> u8 {
        match self {
            Self::Recurred => 0,
            Self::Detected => 1,
            Self::Limited => 2,
            Self::Invalid => 3,
            Self::Prevented => 4,
            Self::Inconclusive => 5,
        }
    }

    /// Whether somebody has to do something about it before the replay counts as passed.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Detected | Self::Recurred | Self::Invalid)
    }
}

/// A finding that a control opened during a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Of which step.
    pub step: String,
    /// Which check.
    pub check: String,
    /// What it says.
    pub says: Sentence,
    /// Whether it counted for what was decided.
    pub binds: bool,
}

/// Somebody was asked, and said something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// About which step.
    pub step: String,
    /// Who: the address.
    pub who: String,
    /// What they said, as the relay's record has it; `silent` where they said nothing.
    pub said: String,
    /// In a drill: how long after the mail came they opened it, in milliseconds; none where they did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_after_ms: Option<u64>,
    /// In a drill: how long after the mail came they said it, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_after_ms: Option<u64>,
}

/// What was seen in one run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// What was counted.
    pub counts: BTreeMap<Probe, u64>,
    /// What the controls found in the mails of the steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Opened>,
    /// Who was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Asked>,
    /// From the last byte of the first mail until the control had judged it, in milliseconds of
    /// this machine; none without a control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_after_ms: Option<u64>,
    /// How long the run took, in milliseconds of this machine.
    pub took_ms: u64,
}

impl Observed {
    /// How often.
    pub fn count(&self, probe: Probe) -> u64 {
        self.counts.get(&probe).copied().unwrap_or_default()
    }
}

/// An expectation and what was counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// What was asked for.
    #[serde(flatten)]
    pub expected: Expectation,
    /// With the controls as they are.
    pub counted: u64,
    /// Without them.
    pub without: u64,
    /// Whether what was counted is within the bounds.
    pub holds: bool,
}

/// A mutant and whether it was noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mutated {
    /// Its name.
    pub id: String,
    /// Whether the accident happened again, as it must.
    pub recurred: bool,
    /// What was counted of each expectation that had to fail.
    pub counted: BTreeMap<String, u64>,
    /// What did not fail though it had to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub survived: Vec<String>,
}

/// A scenario that was run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replayed {
    /// The kind of accident; none where no kind fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The case.
    pub case: About,
    /// The one word.
    pub outcome: Outcome,
    /// Why that word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Sentence>,
    /// What was asked for and what was counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checked: Vec<Checked>,
    /// With the controls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<Observed>,
    /// Without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<Observed>,
    /// With the controls weakened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mutants: Vec<Mutated>,
    /// The smallest changes of the policy under which it would be prevented; empty where none of those that
    /// were tried stops it, none where nothing was looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<Change>>,
}

impl Replayed {
    /// A case that cannot be run, and what is missing.
    pub fn inconclusive(case: About, because: Sentence) -> Self {
        Self {
            kind: None,
            case,
            outcome: Outcome::Inconclusive,
            because: vec![because],
            checked: Vec::new(),
            with: None,
            without: None,
            mutants: Vec::new(),
            changes: None,
        }
    }

    /// By what replays are put in order, those that end worst first: the word, then how many it hits.
    pub fn worst_first(&self) -> (u8, Reverse<u64>) {
        let hits = self.accident().map_or(0, |accident| accident.counted);
        (self.outcome.badness(), Reverse(hits))
    }

    /// What the case is about: the expectation that counts the accident itself.
    pub fn accident(&self) -> Option<&Checked> {
        self.checked.iter().find(|checked| checked.expected.was.is_some())
    }
}

/// That no control is there for a kind of case, and what the case itself announced.
pub fn no_control(category: Category, measures: &[Measure]) -> Sentence {
    let listed = |lang: Lang| {
        let mut labels: Vec<&str> = measures.iter().map(|measure| measure.label(lang)).collect();
        labels.dedup();
        labels.join(lang.of("、", ", "))
    };
    let announced = if measures.is_empty() {
        Sentence::new("事件の文書に再発防止策の記載なし", "the case announces no measure")
    } else {
        Sentence::new(
            format!("事件の文書が挙げる対策: {}", listed(Lang::Ja)),
            format!("the case announces: {}", listed(Lang::En)),
        )
    };
    Sentence::new(
        format!("{}に対する統制がまだない({})", category.label(Lang::Ja), announced.ja),
        format!("no control for {} ({})", category.label(Lang::En), announced.en),
    )
}

/// What the runs of a scenario come to. Under a policy of somebody's own, a mutant that does not fail shows a
/// further layer, no fault of the scenario.
pub(crate) fn judge(
    scenario: &Scenario,
    is_own_policy: bool,
    with: Observed,
    without: Observed,
    mutants: Vec<Mutated>,
    leftovers: Option<Sentence>,
) -> Replayed {
    let check = |expected: &Expectation| Checked {
        expected: expected.clone(),
        counted: with.count(expected.probe),
        without: without.count(expected.probe),
        holds: expected.holds(with.count(expected.probe)),
    };
    let checked: Vec<Checked> = scenario.expect.iter().map(check).collect();
    let mut wrong: Vec<Sentence> = leftovers.into_iter().collect();
    for (name, observed) in [("with", &with), ("without", &without)] {
        wrong.extend(scenario.baseline.iter().filter_map(|expected| {
            let counted = observed.count(expected.probe);
            (!expected.holds(counted)).then(|| unmet(name, expected, counted))
        }));
    }
    for checked in checked.iter().filter(|checked| checked.expected.must.is_of_the_accident()) {
        let happened = match checked.expected.was {
            Some(was) => checked.without == was,
            None => checked.without > 0,
        };
        if !happened {
            let was = checked.expected.was.unwrap_or(1);
            wrong.push(no_accident(&checked.expected, checked.without, was));
        }
    }
    wrong.extend(scenario.forbid.iter().filter_map(|expected| {
        let counted = with.count(expected.probe);
        (!expected.holds(counted)).then(|| harm(expected, counted))
    }));
    wrong.extend(mutants.iter().filter(|mutant| !mutant.recurred && !is_own_policy).map(
        |mutant| {
            let what = mutant.survived.join(", ");
            Sentence::new(
                format!("変異体 {} でも事故が再現しない: {what}", mutant.id),
                format!("mutant {} did not fail: {what}", mutant.id),
            )
        },
    ));
    let outcome = if wrong.is_empty() { word(&checked) } else { Outcome::Invalid };
    Replayed {
        kind: Some(scenario.kind.clone()),
        case: scenario.case.clone(),
        outcome,
        because: wrong,
        checked,
        with: Some(with),
        without: Some(without),
        mutants,
        changes: None,
    }
}

/// The word for counts that prove something: what the expectations about the accident come to, from the most
/// that can be asked for to the least.
fn word(checked: &[Checked]) -> Outcome {
    let of = |must: Must| checked.iter().filter(move |it| it.expected.must == must);
    let all_hold = |must: Must| of(must).all(|it| it.holds);
    let stops = || of(Must::Prevent).chain(of(Must::Limit));
    let is_told = of(Must::Detect).any(|it| it.holds);
    if stops().next().is_some() && stops().all(|it| it.holds) {
        // It did not happen, but where not all that was asked for was done, or so much was let happen, it is less.
        let is_whole =
            of(Must::Limit).next().is_none() && all_hold(Must::Detect) && all_hold(Must::Record);
        return if is_whole { Outcome::Prevented } else { Outcome::Limited };
    }
    if of(Must::Prevent).any(|it| it.counted < it.without) {
        return Outcome::Limited;
    }
    // Nobody asked for more than that somebody is told, or that it can be seen.
    let told_is_all = stops().next().is_none() && all_hold(Must::Detect) && all_hold(Must::Record);
    if is_told || told_is_all { Outcome::Detected } else { Outcome::Recurred }
}

fn unmet(run: &str, expected: &Expectation, counted: u64) -> Sentence {
    let probe = expected.probe;
    let run_ja = if run == "with" { "統制あり" } else { "統制なし" };
    Sentence::new(
        format!(
            "前提 {} が成り立たない({run_ja}): {} {counted}",
            expected.id,
            probe.label(Lang::Ja)
        ),
        format!(
            "the baseline {} does not hold {run} the control: {counted} {}",
            expected.id,
            probe.label(Lang::En)
        ),
    )
}

fn no_accident(expected: &Expectation, counted: u64, was: u64) -> Sentence {
    let probe = expected.probe;
    Sentence::new(
        format!(
            "統制を外しても当時の事故にならない: {} {counted}(当時 {was})",
            probe.label(Lang::Ja)
        ),
        format!(
            "without the control it does not happen as it did: {counted} {} (then {was})",
            probe.label(Lang::En)
        ),
    )
}

fn harm(expected: &Expectation, counted: u64) -> Sentence {
    let probe = expected.probe;
    Sentence::new(
        format!("統制が害をなす({}): {} {counted}", expected.id, probe.label(Lang::Ja)),
        format!("the control does harm ({}): {counted} {}", expected.id, probe.label(Lang::En)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the word for what was asked, what is counted with the control, and what without.
    #[track_caller]
    fn check(asked: &[(Must, u64, u64)], expected: Outcome) {
        let checked: Vec<Checked> = asked
            .iter()
            .map(|(must, counted, without)| {
                let mut asked = Expectation::prevented("it", "relay", Probe::AddressesExposed, 40);
                asked.must = *must;
                (asked.at_most, asked.at_least) = match must {
                    Must::Detect | Must::Record => (None, Some(1)),
                    Must::Limit => (Some(5), None),
                    Must::Prevent | Must::Hold => (Some(0), None),
                };
                let holds = asked.holds(*counted);
                Checked { expected: asked, counted: *counted, without: *without, holds }
            })
            .collect();
        assert_eq!(word(&checked), expected, "{asked:?}");
    }

    #[test]
    fn the_word_says_no_more_than_was_asked_for_and_done() {
        check(&[(Must::Prevent, 0, 40), (Must::Detect, 1, 0)], Outcome::Prevented);
        check(&[(Must::Prevent, 0, 40), (Must::Detect, 0, 0)], Outcome::Limited);
        check(&[(Must::Prevent, 9, 40)], Outcome::Limited);
        check(&[(Must::Prevent, 40, 40), (Must::Detect, 1, 0)], Outcome::Detected);
        check(&[(Must::Prevent, 40, 40), (Must::Detect, 0, 0)], Outcome::Recurred);
        check(&[(Must::Limit, 3, 40)], Outcome::Limited);
        check(&[(Must::Limit, 40, 40)], Outcome::Recurred);
        check(&[(Must::Detect, 1, 0)], Outcome::Detected);
        check(&[(Must::Detect, 0, 0)], Outcome::Recurred);
        check(&[(Must::Record, 0, 0)], Outcome::Recurred);
    }
}
