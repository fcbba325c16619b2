//! The kinds of accident that can be run again: one file each, and one line in [`all`]. A kind says which
//! cases are its own and makes a scenario of the facts of one. It does no I/O.

mod exposed_recipients;
mod misdirected_mail;
mod office;
mod ransomware;

use case::{Category, Moment};
use guard::Sentence;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, offset};
use jiff::{SignedDuration, Zoned};
use toml::Table;

use crate::cite::Cite;
use crate::outcome::no_control;
use crate::scenario::{About, After, Scenario};
use crate::{Replayed, RunError, Sandbox, Source, WrittenPolicy};

pub use exposed_recipients::{Exposure, Field};
pub use misdirected_mail::{Misdirection, Slip};
pub use ransomware::Encryption;

/// A kind of accident.
pub struct Kind {
    /// Its name: that of its file, with hyphens.
    pub id: &'static str,
    /// The control that stops it.
    pub control: &'static str,
    /// The categories whose cases are of this kind.
    pub categories: &'static [Category],
    /// Makes a scenario of a case.
    pub derive: fn(&Source<'_>) -> Scenario,
}

/// Every kind.
pub fn all() -> [Kind; 3] {
    [exposed_recipients::KIND, misdirected_mail::KIND, ransomware::KIND]
}

/// What comes of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Derived {
    /// It can be run.
    Scenario(Box<Scenario>),
    /// It cannot, and why.
    Missing(Box<About>, Sentence),
}

impl Derived {
    /// Runs what can be run; what cannot is inconclusive.
    pub async fn run(
        self,
        policy: &WrittenPolicy,
        sandbox: &Sandbox,
    ) -> Result<Replayed, RunError> {
        match self {
            Self::Scenario(scenario) => crate::run(&scenario, policy, sandbox).await,
            Self::Missing(about, why) => Ok(Replayed::inconclusive(*about, why)),
        }
    }
}

/// Derives a scenario from a case.
pub fn derive(source: &Source<'_>) -> Derived {
    let facts = &source.facts;
    let category = facts.category.value;
    if facts.kind == case::Kind::Column {
        let said = Sentence::new(
            "事故の記録として読み取れない(コラムなど)",
            "no accident was read in it (it is a column, say)",
        );
        return Derived::Missing(Box::new(about(source)), said);
    }
    if let Some(kind) = all().iter().find(|kind| kind.categories.contains(&category)) {
        return Derived::Scenario(Box::new((kind.derive)(source)));
    }
    let about = about(source);
    let said = no_control(category, &about.measures);
    Derived::Missing(Box::new(about), said)
}

/// What every scenario says of its case.
fn about(source: &Source<'_>) -> About {
    let facts = &source.facts;
    let mut measures: Vec<_> = facts.prevention.iter().map(|measure| measure.value).collect();
    measures.sort_unstable();
    measures.dedup();
    About {
        number: source.number.clone(),
        title: facts.title.as_ref().map(|title| title.value.clone()),
        organisation: facts.organisation.as_ref().map(|it| it.value.clone()),
        category: Some(facts.category.value),
        measures,
        ..About::default()
    }
}

/// The hour that is taken where a case gives only the day.
const OFFICE_HOUR: i8 = 10;
/// The day that is taken where a case gives none.
const SOME_DAY: &str = "2025-04-15T10:00";

/// When the scenario begins: when the accident happened, as far as the case says so. Cases are told in the
/// time of Japan, which has had no other offset since 1952.
fn begins(source: &Source<'_>, about: &mut About) -> Zoned {
    let facts = &source.facts;
    let occurred = facts.occurred.as_ref().map(|it| (it.value.from, &it.cite));
    let disclosed = facts.disclosed_on.as_ref().map(|it| (it.value, &it.cite));
    let told = [occurred, disclosed].into_iter().flatten();
    let mut told =
        told.filter_map(|(moment, cite)| Some((civil(moment)?, moment.get_time().is_some(), cite)));
    let at = match told.next() {
        Some((at, has_hour, cite)) if has_hour => {
            about.settle("world.begins", at.to_string(), Some(cite));
            at
        }
        Some((at, _, cite)) => {
            about.settle("world.begins", at.date().to_string(), Some(cite));
            about.settle("world.begins.hour", at.time().to_string(), None);
            at
        }
        None => {
            let at: DateTime = SOME_DAY.parse().unwrap_or_default();
            about.settle("world.begins", at.to_string(), None);
            at
        }
    };
    // A moment outside the calendar's range of instants has no place in a casebook.
    at.to_zoned(TimeZone::fixed(offset(9))).unwrap_or_default()
}

/// A moment of which the day is known.
fn civil(moment: Moment) -> Option<DateTime> {
    let small = |n: u8| i8::try_from(n).ok();
    let (month, day) = (small(moment.get_month()?)?, small(moment.get_day()?)?);
    let (hour, minute) = match moment.get_time() {
        Some((hour, minute)) => (small(hour)?, small(minute)?),
        None => (OFFICE_HOUR, 0),
    };
    DateTime::new(moment.get_year(), month, day, hour, minute, 0, 0).ok()
}

/// How long it took until somebody noticed: where the case gives both hours, or the hour of the first thing
/// that was done.
fn noticed_after(source: &Source<'_>, about: &mut About) {
    let facts = &source.facts;
    let to_the_minute =
        |moment: Moment| moment.get_time().is_some().then(|| civil(moment)).flatten();
    let Some(began) = facts.occurred.as_ref().and_then(|it| to_the_minute(it.value.from)) else {
        return;
    };
    let discovered = facts.discovered.as_ref().map(|it| (it.value.from, &it.cite));
    // Without the hour of the discovery, the first thing that was done about it tells; where only its day is
    // known, nothing does.
    let done = facts.timeline.iter().filter(|event| discovered.is_none() && is_done(event));
    let done = done.map(|event| (event.at.from, &event.cite));
    let later = discovered.into_iter().chain(done).filter_map(|(moment, cite)| {
        let after = to_the_minute(moment)?.duration_since(began);
        (after > SignedDuration::ZERO).then_some((after, cite))
    });
    if let Some((after, cite)) = later.min_by_key(|(after, _)| *after) {
        about.noticed_after = Some(After(after));
        about.settle("case.noticed_after", After(after).to_string(), Some(cite));
    }
}

/// Whether somebody did something about the accident, and so had noticed it.
const fn is_done(event: &case::Event<Cite>) -> bool {
    use case::EventType as E;
    matches!(
        event.event_type,
        E::Discovered
            | E::Contained
            | E::Isolated
            | E::Investigation
            | E::ReportedPolice
            | E::ReportedRegulator
            | E::NotifiedSubjects
            | E::Apology
            | E::DeleteRequest
    )
}

/// How many people it was, and the words that say so.
fn people(source: &Source<'_>, is_about: &[&str]) -> Option<(u64, Cite)> {
    let is_people = |unit: &str| PEOPLE.iter().any(|people| unit.contains(people));
    let counts = source.facts.affected_count.iter().filter(|count| count.value > 0);
    let best = counts.max_by_key(|count| {
        let of = count.what.as_deref().unwrap_or_default();
        let says_so = is_about.iter().any(|word| of.contains(word));
        (says_so, is_people(&count.unit), count.value)
    })?;
    Some((best.value, best.cite.clone()))
}

/// A table at a place of a policy.
fn within(path: &[&str], table: Table) -> Table {
    path.iter().rev().fold(table, |inner, name| {
        let mut outer = Table::new();
        outer.insert((*name).to_owned(), inner.into());
        outer
    })
}

/// Units in which people and their addresses are counted.
const PEOPLE: &[&str] =
    &["名", "人", "件", "者", "アドレス", "世帯", "組", "社", "団体", "先", "people", "address"];
