//! What an obligation turns on, as its data file writes it: `leaked or unrestorable`,
//! `not public_body`, `people possibly > 1000`. Answers are yes, no or unknown; unknown stays unknown
//! until it is decided (Kleene). It does not know any obligation.

use case::Lang;
use serde::Deserialize;

use crate::facts::{Facts, People};
use crate::{Missing, Number, Question, Sentence};

/// One condition: any of its parts.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Condition {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Ask { question: Question, wanted: bool },
    Count { number: Number, more_than: u64, possibly: bool, wanted: bool },
}

/// What a condition comes to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weighed {
    /// Whether it holds, `None` where that cannot be told.
    pub(crate) holds: Option<bool>,
    /// The answers behind it.
    pub(crate) says: Vec<Sentence>,
    /// What would decide it.
    pub(crate) missing: Vec<Missing>,
    /// The answers that nobody gave.
    pub(crate) assumed: Vec<Sentence>,
}

/// Facts, perhaps with one of them changed for the sake of argument.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) instead: Option<Instead>,
}

/// One fact, for the sake of argument.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Instead {
    Answer(Question, bool),
    People(Number, u64),
}

impl View<'_> {
    /// The answer to a question, and whether somebody gave it.
    pub(crate) fn answer(self, question: Question) -> (Option<bool>, bool) {
        if let Some(Instead::Answer(asked, answer)) = self.instead
            && asked == question
        {
            return (Some(answer), true);
        }
        if let Some(answer) = self.facts.answers.get(&question) {
            return (Some(*answer), true);
        }
        let derived = match question {
            Question::PrincipalTold => self.facts.told_principal.is_some(),
            Question::Material => self.facts.material_on.is_some(),
            _ => false,
        };
        if derived { (Some(true), true) } else { (question.usual(), false) }
    }

    /// The least and the most that a number can be, and what is known of it.
    pub(crate) fn bounds(self, number: Number) -> (u64, Option<u64>) {
        if let Some(Instead::People(asked, people)) = self.instead
            && asked == number
        {
            return (people, Some(people));
        }
        let known = self.facts.number(number);
        match number {
            // No more of them than of all.
            Number::MyNumberPeople | Number::StateResidents if known.is_unknown() => {
                (0, self.bounds(Number::People).1)
            }
            _ => known.bounds(),
        }
    }

    fn known(self, number: Number) -> People {
        match self.instead {
            Some(Instead::People(asked, people)) if asked == number => People::exactly(people),
            _ => self.facts.number(number).clone(),
        }
    }

    /// Whether it is more; `possibly` where the most that it can be counts as long as the number is
    /// not known.
    fn more_than(self, number: Number, limit: u64, possibly: bool) -> Option<bool> {
        let (least, most) = self.bounds(number);
        if least > limit {
            return Some(true);
        }
        if most.is_some_and(|most| most <= limit) {
            return Some(false);
        }
        let maximum_told = self.known(number).at_most.is_some();
        (possibly && maximum_told).then_some(true)
    }
}

impl Condition {
    pub(crate) fn weigh(&self, view: View<'_>) -> Weighed {
        let mut weighed = Weighed::default();
        let parts = self.parts.iter().map(|part| part.weigh(view, &mut weighed));
        let parts: Vec<Option<bool>> = parts.collect();
        weighed.holds = any(parts);
        if weighed.holds.is_some() {
            weighed.missing.clear();
        }
        weighed
    }

    /// The facts that would change what it comes to: every answer turned round, every number put on
    /// the other side of its limit.
    pub(crate) fn turns(&self, view: View<'_>) -> Vec<Instead> {
        let mut turns = Vec::new();
        for part in &self.parts {
            match *part {
                Part::Ask { question, .. } => {
                    let now = view.answer(question).0;
                    let others = [true, false].into_iter().filter(|other| Some(*other) != now);
                    turns.extend(others.map(|other| Instead::Answer(question, other)));
                }
                Part::Count { number, more_than, possibly, .. } => {
                    let now = view.more_than(number, more_than, possibly);
                    let sides = [(true, more_than + 1), (false, more_than)];
                    let others = sides.into_iter().filter(|(side, _)| Some(*side) != now);
                    turns.extend(others.map(|(_, people)| Instead::People(number, people)));
                }
            }
        }
        turns
    }

    pub(crate) fn questions(&self) -> impl Iterator<Item = Question> {
        self.parts.iter().filter_map(|part| match part {
            Part::Ask { question, .. } => Some(*question),
            Part::Count { .. } => None,
        })
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = Number> {
        self.parts.iter().filter_map(|part| match part {
            Part::Ask { .. } => None,
            Part::Count { number, .. } => Some(*number),
        })
    }
}

impl Part {
    fn weigh(&self, view: View<'_>, weighed: &mut Weighed) -> Option<bool> {
        match *self {
            Self::Ask { question, wanted } => {
                let (answer, given) = view.answer(question);
                let says = answered(question, answer, given);
                match (answer, given) {
                    (None, _) => weighed.missing.push(question.into()),
                    (Some(_), false) => weighed.assumed.push(says.clone()),
                    (Some(_), true) => {}
                }
                weighed.says.push(says);
                answer.map(|answer| answer == wanted)
            }
            Self::Count { number, more_than, possibly, wanted } => {
                let more = view.more_than(number, more_than, possibly);
                if more.is_none() {
                    weighed.missing.push(number.into());
                }
                weighed.says.push(counted(number, &view.known(number), more_than, more));
                more.map(|more| more == wanted)
            }
        }
    }
}

/// A question and its answer.
pub(crate) fn answered(question: Question, answer: Option<bool>, given: bool) -> Sentence {
    let (ja, en) = match (answer, given) {
        (Some(true), true) => ("はい", "yes"),
        (Some(false), true) => ("いいえ", "no"),
        (Some(true), false) => ("はい（記載がないため）", "yes (nothing said)"),
        (Some(false), false) => ("いいえ（記載がないため）", "no (nothing said)"),
        (None, _) => ("不明", "not known"),
    };
    Sentence::new(
        format!("{}：{ja}", question.label(Lang::Ja)),
        format!("{}: {en}", question.label(Lang::En)),
    )
}

/// A number against its limit.
fn counted(number: Number, people: &People, limit: u64, more: Option<bool>) -> Sentence {
    let limit = grouped(limit);
    let (ja, en) = match more {
        Some(true) => (format!("{limit}人を超える"), format!("more than {limit}")),
        Some(false) => (format!("{limit}人を超えない"), format!("no more than {limit}")),
        None => {
            (format!("{limit}人を超えるか不明"), format!("whether more than {limit} is not known"))
        }
    };
    let told = says_people(people);
    Sentence::new(
        format!("{}：{}（{ja}）", number.label(Lang::Ja), told.ja),
        format!("{}: {} ({en})", number.label(Lang::En), told.en),
    )
}

/// A number of people in words.
pub(crate) fn says_people(people: &People) -> Sentence {
    let mut ja = Vec::new();
    let mut en = Vec::new();
    if let Some(number) = people.number {
        let number = grouped(number);
        ja.push(format!("{}{number}人", if people.about { "約" } else { "" }));
        en.push(format!("{}{number}", if people.about { "about " } else { "" }));
    }
    if let Some(least) = people.at_least {
        ja.push(format!("{}人以上", grouped(least)));
        en.push(format!("at least {}", grouped(least)));
    }
    if let Some(most) = people.at_most {
        ja.push(format!("最大{}人", grouped(most)));
        en.push(format!("at most {}", grouped(most)));
    }
    if ja.is_empty() {
        return Sentence::new("不明", "not known");
    }
    Sentence::new(ja.join("、"), en.join(", "))
}

/// Digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Whether all hold.
pub(crate) fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Whether any holds.
pub(crate) fn any(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut unknown = false;
    for answer in answers {
        if answer == Some(true) {
            return Some(true);
        }
        unknown |= answer.is_none();
    }
    if unknown { None } else { Some(false) }
}

impl TryFrom<String> for Condition {
    type Error = String;

    fn try_from(words: String) -> Result<Self, String> {
        let parts = words.split(" or ").map(part).collect::<Option<Vec<_>>>();
        parts.map(|parts| Self { parts }).ok_or_else(|| format!("{words:?} is no condition"))
    }
}

fn part(words: &str) -> Option<Part> {
    let (words, wanted) = match words.strip_prefix("not ") {
        Some(rest) => (rest, false),
        None => (words, true),
    };
    if let Some((count, limit)) = words.split_once(" > ") {
        let (name, possibly) = match count.strip_suffix(" possibly") {
            Some(name) => (name, true),
            None => (count, false),
        };
        let number = Number::ALL.iter().copied().find(|number| number.name() == name)?;
        let more_than = limit.parse().ok()?;
        return Some(Part::Count { number, more_than, possibly, wanted });
    }
    let question = Question::ALL.iter().copied().find(|question| question.name() == words)?;
    Some(Part::Ask { question, wanted })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(condition: &str, facts: &str) -> Option<bool> {
        let facts: Facts = toml::from_str(facts).unwrap();
        let condition = Condition::try_from(condition.to_owned()).unwrap();
        condition.weigh(View { facts: &facts, instead: None }).holds
    }

    #[test]
    fn unknown_stays_unknown_until_it_is_decided() {
        assert_eq!(holds("leaked or unrestorable", ""), None);
        assert_eq!(holds("leaked or unrestorable", "answers.leaked = false"), None);
        assert_eq!(holds("leaked or unrestorable", "answers.unrestorable = true"), Some(true));
        assert_eq!(holds("not public_body", ""), Some(true));
        assert_eq!(holds("not listed", "answers.listed = true"), Some(false));
    }

    #[test]
    fn numbers_at_the_limit() {
        let limit = "people possibly > 1000";
        assert_eq!(holds(limit, "people = 1000"), Some(false));
        assert_eq!(holds(limit, "people = 1001"), Some(true));
        assert_eq!(holds(limit, "people = { at_most = 1000 }"), Some(false));
        assert_eq!(holds(limit, "people = { at_most = 1001 }"), Some(true));
        assert_eq!(holds("people > 1000", "people = { at_most = 1001 }"), None);
        assert_eq!(holds(limit, "people = { number = 1000, about = true }"), None);
        assert_eq!(holds(limit, "people = { number = 1200, about = true }"), Some(true));
        assert_eq!(holds(limit, "people = { at_least = 300 }"), None);
        assert_eq!(holds("my_number_people possibly > 100", "people = 100"), Some(false));
        assert_eq!(holds("my_number_people possibly > 100", "people = 101"), None);
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for wrong in ["", "leaks", "people > many", "not not leaked", "people < 3"] {
            assert!(Condition::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
