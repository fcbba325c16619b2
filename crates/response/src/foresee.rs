//! What would change a clock: each fact that its obligation turns on is taken to be another, and the
//! clock is read again. It knows no obligation by name.

use case::Lang;
use serde::Serialize;

use crate::Sentence;
use crate::clock::{Clock, Verdict, clock, edition};
use crate::condition::{Instead, View, answered, grouped};
use crate::facts::Facts;
use crate::rule::SHIPPED;

/// What would change a clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turn {
    /// The fact that would be another.
    pub fact: Sentence,
    /// What the clock would come to then.
    pub then: Sentence,
}

/// The facts that alone would change the verdict or the day of a clock of these facts.
///
/// ```
/// let facts: response::Facts = toml::from_str(r#"
///     people = 395
///     known = [{ at = 2023-05-08 }]
///     answers = { leaked = true, wrongful = false, special_care = false, financial = false }
/// "#).unwrap();
/// let clocks = response::clocks(&facts);
/// let prompt = clocks.iter().find(|clock| clock.obligation == "appi-prompt").unwrap();
/// let turns = response::turns(&facts, prompt);
/// let number = turns.iter().find(|turn| turn.fact.ja == "本人の数：1,001人").unwrap();
/// assert_eq!(number.then.ja, "義務あり、期限2023-05-12（金）");
/// ```
pub fn turns(facts: &Facts, now: &Clock) -> Vec<Turn> {
    let view = View { facts, instead: None };
    let Some(obligation) = SHIPPED.iter().find(|rule| rule.id == now.obligation) else {
        return Vec::new();
    };
    let (edition, in_force) = edition(obligation, facts);
    if !in_force {
        return Vec::new();
    }
    let mut turns: Vec<Turn> = Vec::new();
    for instead in edition.conditions().flat_map(|condition| condition.turns(view)) {
        let then = clock(obligation, View { instead: Some(instead), ..view });
        let same = then.verdict == now.verdict && then.due == now.due;
        let fact = fact(instead);
        if same || turns.iter().any(|turn| turn.fact == fact) {
            continue;
        }
        turns.push(Turn { fact, then: outcome(&then) });
    }
    turns
}

fn fact(instead: Instead) -> Sentence {
    match instead {
        Instead::Answer(question, answer) => answered(question, Some(answer), true),
        Instead::People(number, people) => Sentence::new(
            format!("{}：{}人", number.label(Lang::Ja), grouped(people)),
            format!("{}: {}", number.label(Lang::En), grouped(people)),
        ),
    }
}

/// What a clock comes to in a few words.
pub(crate) fn outcome(clock: &Clock) -> Sentence {
    let verdict = Sentence::new(clock.verdict.label(Lang::Ja), clock.verdict.label(Lang::En));
    match clock.due {
        Some(due) if clock.verdict != Verdict::DoesNotApply => {
            let by = due.by.says();
            Sentence::new(
                format!("{}、期限{}", verdict.ja, by.ja),
                format!("{}, due {}", verdict.en, by.en),
            )
        }
        _ => verdict,
    }
}
