//! Obligations as their data files write them: editions with the dates between which they were law,
//! what they turn on, what starts their clock and how days are counted. It does not know any facts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

use crate::calendar::Calendar;
use crate::condition::Condition;
use crate::stamp::day_of_toml;
use crate::{Number, Question, Sentence};

/// The data files, in the order in which clocks are shown.
const FILES: &[&str] = &[
    include_str!("../data/obligations/appi.toml"),
    include_str!("../data/obligations/my-number.toml"),
    include_str!("../data/obligations/public-bodies.toml"),
    include_str!("../data/obligations/japan.toml"),
    include_str!("../data/obligations/gdpr.toml"),
    include_str!("../data/obligations/nis2.toml"),
    include_str!("../data/obligations/us.toml"),
];

/// Every obligation that the program knows.
pub(crate) static SHIPPED: LazyLock<Vec<Obligation>> = LazyLock::new(|| {
    FILES
        .iter()
        .flat_map(|file| {
            let mut file: File = toml::from_str(file)
                .expect("the files are part of the program, and read in its tests");
            let sets = file.triggers;
            for edition in file.obligation.iter_mut().flat_map(|rule| &mut rule.edition) {
                if let Some(name) = &edition.triggers {
                    edition.trigger.clone_from(
                        sets.get(name).expect("the set is in the same file; tests read all"),
                    );
                }
            }
            file.obligation
        })
        .collect()
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Sets of triggers that several obligations share.
    #[serde(default)]
    triggers: BTreeMap<String, Vec<Trigger>>,
    obligation: Vec<Obligation>,
}

/// Words in both languages, as `{ ja = "…", en = "…" }`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    ja: String,
    en: String,
}

fn sentence<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Sentence, D::Error> {
    let words = Words::deserialize(deserializer)?;
    Ok(Sentence { ja: words.ja, en: words.en })
}

fn perhaps_sentence<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Sentence>, D::Error> {
    sentence(deserializer).map(Some)
}

fn perhaps_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    day_of_toml(deserializer).map(Some)
}

/// Something that must be done.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Obligation {
    /// Its name in facts files and records; never changed.
    pub(crate) id: String,
    /// The body of law: `appi`, `gdpr` and so on.
    pub(crate) regime: String,
    /// What is done.
    #[serde(deserialize_with = "sentence")]
    pub(crate) name: Sentence,
    /// Whom it goes to.
    #[serde(deserialize_with = "sentence")]
    pub(crate) to: Sentence,
    /// Whether days are those of the place where a time was written down, not Japan's.
    #[serde(default)]
    pub(crate) abroad: bool,
    /// Whether telling the principal meets it.
    #[serde(default)]
    pub(crate) tells_principal: bool,
    /// Its editions, the oldest first.
    pub(crate) edition: Vec<Edition>,
}

/// An obligation as it was between two days.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edition {
    /// The first day on which it was in force.
    #[serde(deserialize_with = "day_of_toml")]
    pub(crate) from: Date,
    /// The last one; none while it is in force.
    #[serde(default, deserialize_with = "perhaps_day")]
    pub(crate) until: Option<Date>,
    /// Where it is written.
    #[serde(deserialize_with = "sentence")]
    pub(crate) source: Sentence,
    /// Why it is not confirmed; where there is nothing, it is.
    #[serde(default, deserialize_with = "perhaps_sentence")]
    pub(crate) doubt: Option<Sentence>,
    /// All must hold.
    #[serde(default)]
    pub(crate) when: Vec<Condition>,
    /// The set of triggers, where it is shared.
    #[serde(default)]
    triggers: Option<String>,
    /// One must hold, where there are any.
    #[serde(default)]
    pub(crate) trigger: Vec<Trigger>,
    /// None may hold. What is not known does not hold here.
    #[serde(default)]
    pub(crate) unless: Vec<Condition>,
    /// What starts its clock.
    pub(crate) start: Start,
    /// How urgent it is beside any day.
    #[serde(default)]
    pub(crate) pace: Option<Pace>,
    /// How its days are counted; none where the law names no number.
    #[serde(default)]
    pub(crate) count: Option<Count>,
    /// What else to know, where it fits.
    #[serde(default)]
    pub(crate) note: Vec<Note>,
}

/// One of the situations that an obligation names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trigger {
    /// The paragraph that names it.
    #[serde(deserialize_with = "sentence")]
    pub(crate) name: Sentence,
    /// All must hold.
    pub(crate) when: Vec<Condition>,
    /// The days that it gives instead of the usual ones.
    #[serde(default)]
    pub(crate) days: Option<u16>,
    /// The hours that it gives instead of the usual ones.
    #[serde(default)]
    pub(crate) hours: Option<u16>,
}

/// Something to know where its conditions hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    /// All must hold.
    #[serde(default)]
    pub(crate) when: Vec<Condition>,
    /// The first day on which it is so.
    #[serde(default, deserialize_with = "perhaps_day")]
    pub(crate) from: Option<Date>,
    #[serde(deserialize_with = "sentence")]
    pub(crate) says: Sentence,
}

/// What starts a clock.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Start {
    /// That any department knows.
    Knowing,
    /// That the incident was determined to be material.
    Materiality,
    /// That another obligation was met.
    Met(String),
}

/// How urgent it is beside any day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// 直ちに
    AtOnce,
    /// 速やかに
    Promptly,
    /// 遅滞なく, without undue delay
    WithoutDelay,
    /// No law asks for it; it is wise.
    Advised,
}

impl Pace {
    /// In words.
    pub fn says(self) -> Sentence {
        match self {
            Self::AtOnce => Sentence::new("直ちに", "at once"),
            Self::Promptly => Sentence::new("速やかに", "promptly"),
            Self::WithoutDelay => Sentence::new("遅滞なく", "without undue delay"),
            Self::Advised => {
                Sentence::new("法律上の期限なし（早めに）", "no legal deadline (early)")
            }
        }
    }
}

/// How the days are counted.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Count {
    /// Calendar days.
    Days {
        /// The first of them that is meant, where it is a span (3 to 5 days).
        #[serde(default)]
        at_least: Option<u16>,
        days: u16,
        /// Whether a trigger may give other days.
        #[serde(default)]
        longer: bool,
        /// Whether the day on which the clock starts is day 1.
        first_day_counts: bool,
        /// A last day on which these are closed moves to the next one on which they are not.
        #[serde(default)]
        moves: Option<Calendar>,
    },
    /// Hours of the clock.
    Hours { hours: u32 },
    /// Months by their dates.
    Months { months: u16 },
    /// Days on which offices are open.
    BusinessDays {
        days: u16,
        calendar: Calendar,
        /// The zone whose days these are, as a POSIX time zone.
        zone: String,
    },
    /// Calendar days after the end of the year in which the clock starts.
    AfterYear { days: u16 },
}

impl Edition {
    /// Every condition that the outcome may turn on.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let triggers = self.trigger.iter().flat_map(|trigger| &trigger.when);
        self.when.iter().chain(triggers).chain(&self.unless)
    }

    pub(crate) fn questions(&self) -> Vec<Question> {
        let mut all: Vec<Question> = self.conditions().flat_map(Condition::questions).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    pub(crate) fn numbers(&self) -> Vec<Number> {
        let mut all: Vec<Number> = self.conditions().flat_map(Condition::numbers).collect();
        // What is not said of a part follows from the whole.
        if !all.is_empty() {
            all.push(Number::People);
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_files_are_whole() {
        let mut ids = BTreeSet::new();
        for obligation in SHIPPED.iter() {
            let id = &obligation.id;
            assert!(ids.insert(id.clone()), "{id} is there twice");
            let mut before: Option<Date> = None;
            for (at, edition) in obligation.edition.iter().enumerate() {
                let follows = before.is_none_or(|last| last.tomorrow().unwrap() == edition.from);
                assert!(follows, "{id}: edition {at} does not follow the one before");
                let last = at + 1 == obligation.edition.len();
                assert!(last || edition.until.is_some(), "{id}: edition {at} has no end");
                before = edition.until;
                assert!(edition.pace.is_some() || edition.count.is_some(), "{id}: no time at all");
                if let Start::Met(other) = &edition.start {
                    assert!(ids.contains(other), "{id} starts with {other}, which is not there");
                }
            }
        }
        assert!(ids.len() >= 25, "{ids:?}");
    }

    #[test]
    fn every_question_is_asked_by_some_obligation() {
        let asked: BTreeSet<Question> = SHIPPED
            .iter()
            .flat_map(|obligation| &obligation.edition)
            .flat_map(|edition| {
                let notes = edition.note.iter().flat_map(|note| &note.when);
                edition.conditions().chain(notes).flat_map(Condition::questions)
            })
            .collect();
        let silent: Vec<&Question> =
            Question::ALL.iter().filter(|question| !asked.contains(question)).collect();
        assert!(silent.is_empty(), "{silent:?}");
    }
}
