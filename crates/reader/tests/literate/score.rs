//! How facts that were read are compared with those expected: precision, recall and F1 a field, and
//! their mean. The comparison is that of the acceptance check: a scalar is right when it equals the
//! expected value, a list is a set, a time counts at the precision expected.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use case::{Case, Cited, Role, ServiceStatus, WarningCode};
use unicode_normalization::UnicodeNormalization as _;

use crate::expected::{Event, Facts, LiterateCase, Name, Time};

/// Hits, false alarms and misses of each field.
#[derive(Default)]
pub(crate) struct Tally {
    fields: BTreeMap<&'static str, (u32, u32, u32)>,
}

type Outcome = (u32, u32, u32);

impl Tally {
    /// Adds a file and returns what was wrong, a line each.
    pub(crate) fn add(
        &mut self,
        name: &str,
        literate: &LiterateCase,
        cases: &[Case],
    ) -> Vec<String> {
        let mut misses = Vec::new();
        if literate.facts.len() != cases.len() {
            misses.push(format!(
                "{name}: {} entries read, {} expected",
                cases.len(),
                literate.facts.len()
            ));
        }
        for (nth, facts) in literate.facts.iter().enumerate() {
            let case = pick(facts, nth, cases);
            for (field, outcome, expected, read) in compare(facts, case) {
                let sum = self.fields.entry(field).or_default();
                sum.0 += outcome.0;
                sum.1 += outcome.1;
                sum.2 += outcome.2;
                if outcome.1 + outcome.2 > 0 {
                    misses.push(format!("{} {field}: expected {expected}, read {read}", facts.id));
                }
            }
        }
        misses
    }

    /// The mean of the fields' F1.
    pub(crate) fn macro_f1(&self) -> f64 {
        let scores: Vec<f64> = self.fields.values().filter_map(|&outcome| f1(outcome)).collect();
        scores.iter().sum::<f64>()
            / f64::from(u32::try_from(scores.len()).unwrap_or(u32::MAX)).max(1.0)
    }
}

/// The case that an expected entry is about: the one of its number, else the nth.
fn pick<'a>(facts: &Facts, nth: usize, cases: &'a [Case]) -> Option<&'a Case> {
    cases
        .iter()
        .find(|case| {
            facts.case_number.is_some()
                && said(case.facts.case_number.as_ref()) == facts.case_number
        })
        .or_else(|| cases.get(nth))
}

fn f1((hits, alarms, misses): Outcome) -> Option<f64> {
    let weight = 2 * hits + alarms + misses;
    (weight > 0).then(|| f64::from(2 * hits) / f64::from(weight))
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<22}{:>7}{:>7}{:>7}{:>6}", "field", "P", "R", "F1", "n")?;
        for (field, &(hits, alarms, misses)) in &self.fields {
            let share = |of: u32| if of == 0 { f64::NAN } else { f64::from(hits) / f64::from(of) };
            let score = f1((hits, alarms, misses)).unwrap_or(f64::NAN);
            writeln!(
                f,
                "{field:<22}{:>7.3}{:>7.3}{score:>7.3}{:>6}",
                share(hits + alarms),
                share(hits + misses),
                hits + misses
            )?;
        }
        write!(f, "macro F1 {:.3} over {} fields", self.macro_f1(), self.fields.len())
    }
}

/// One spelling for comparison: NFKC, lower case, no spaces or quotes.
pub(crate) fn norm(words: &str) -> String {
    words
        .nfkc()
        .filter(|c| !c.is_whitespace() && !"「」『』・".contains(*c))
        .collect::<String>()
        .to_lowercase()
}

/// A name without its legal form.
fn bare(name: &str) -> String {
    const FORMS: &[&str] = &[
        "株式会社", "有限会社", "合同会社", "一般社団法人", "公益社団法人", "一般財団法人",
        "公益財団法人", "特定非営利活動法人", "独立行政法人", "国立大学法人", "学校法人",
        "医療法人", "社会福祉法人", "(株)",
    ];
    let whole = norm(name);
    let mut rest = whole.clone();
    for form in FORMS {
        rest = rest.replace(form, "");
    }
    if rest.is_empty() { whole } else { rest }
}

type Compared = (&'static str, Outcome, String, String);

fn compare(facts: &Facts, case: Option<&Case>) -> Vec<Compared> {
    let mut all = names_and_values(facts, case);
    all.extend(times(facts, case));
    all.extend(lists(facts, case));
    all
}

fn names_and_values(facts: &Facts, case: Option<&Case>) -> Vec<Compared> {
    type Read = fn(&Case) -> Option<String>;
    type Row<'a> = (&'static str, &'a Option<String>, &'a [String], Read, fn(&str) -> String);
    let rows: [Row<'_>; 9] = [
        ("case_number", &facts.case_number, &[], |c| said(c.facts.case_number.as_ref()), norm),
        ("kind", &facts.kind, &[], |c| Some(c.facts.kind.to_string()), norm),
        ("title", &facts.title, &facts.title_also, |c| said(c.facts.title.as_ref()), norm),
        (
            "organisation",
            &facts.organisation,
            &facts.organisation_also,
            |c| said(c.facts.organisation.as_ref()),
            bare,
        ),
        ("disclosed_on", &facts.disclosed_on, &[], |c| said(c.facts.disclosed_on.as_ref()), norm),
        (
            "category",
            &facts.category,
            &facts.category_also,
            |c| Some(c.facts.category.value.to_string()),
            norm,
        ),
        (
            "data_disclosure",
            &facts.data_disclosure,
            &facts.data_disclosure_also,
            |c| said(c.facts.data_disclosure.as_ref()),
            near,
        ),
        (
            "secondary_damage",
            &facts.secondary_damage,
            &facts.secondary_damage_also,
            |c| said(c.facts.secondary_damage.as_ref()),
            norm,
        ),
        ("sector", &facts.sector, &facts.sector_also, |c| said(c.facts.sector.as_ref()), norm),
    ];
    rows.into_iter()
        .map(|(field, expected, also, read, key)| {
            let expected = expected.as_deref().map(key);
            let read = case.and_then(read).map(|read| key(&read));
            let also: Vec<String> = also.iter().map(|also| key(also)).collect();
            let words = (format!("{expected:?}"), format!("{read:?}"));
            (field, scalar(expected, read, &also), words.0, words.1)
        })
        .collect()
}

fn said<T: ToString>(cited: Option<&Cited<T>>) -> Option<String> {
    cited.map(|cited| cited.value.to_string())
}

/// Near values that two careful readers of one text would both defend.
fn near(disclosure: &str) -> String {
    match disclosure {
        "under_investigation" => "possible",
        "none" => "not_confirmed",
        other => other,
    }
    .to_owned()
}

fn scalar(expected: Option<String>, read: Option<String>, also: &[String]) -> Outcome {
    match (expected, read) {
        (None, None) => (0, 0, 0),
        (expected, Some(read)) if also.contains(&read) => (u32::from(expected.is_some()), 0, 0),
        (None, Some(_)) => (0, 1, 0),
        (Some(_), None) => (0, 0, 1),
        (Some(expected), Some(read)) => {
            if expected == read {
                (1, 0, 0)
            } else {
                (0, 1, 1)
            }
        }
    }
}

fn times(facts: &Facts, case: Option<&Case>) -> Vec<Compared> {
    let mut all = Vec::new();
    let mut put = |field, expected: Option<&Time>, read: Option<String>, also: &[Time]| {
        let agrees =
            |gold: &Time| read.as_deref().is_some_and(|read| read.starts_with(gold.from()));
        let outcome = match (expected, &read) {
            (None, None) => (0, 0, 0),
            (expected, Some(_)) if also.iter().any(agrees) => (u32::from(expected.is_some()), 0, 0),
            (None, Some(_)) => (0, 1, 0),
            (Some(_), None) => (0, 0, 1),
            (Some(expected), Some(_)) => {
                if agrees(expected) {
                    (1, 0, 0)
                } else {
                    (0, 1, 1)
                }
            }
        };
        all.push((field, outcome, format!("{:?}", expected.map(Time::from)), format!("{read:?}")));
    };
    put(
        "occurred",
        facts.occurred.as_ref(),
        case.and_then(|c| Some(c.facts.occurred.as_ref()?.value.from.to_string())),
        &facts.occurred_also,
    );
    put(
        "discovered",
        facts.discovered.as_ref(),
        case.and_then(|c| Some(c.facts.discovered.as_ref()?.value.from.to_string())),
        &facts.discovered_also,
    );
    all.extend(timeline(facts, case));
    all
}

/// An event is found when its time agrees. A further event at an expected time is no error, nor is
/// one that is optional.
fn timeline(facts: &Facts, case: Option<&Case>) -> Vec<Compared> {
    let read: Vec<(String, String)> = case
        .map(|case| {
            case.facts
                .timeline
                .iter()
                .map(|event| (event.at.from.to_string(), event.event_type.to_string()))
                .collect()
        })
        .unwrap_or_default();
    let agrees = |expected: &Event, read: &(String, String)| read.0.starts_with(&expected.from);
    let mut left = read.clone();
    let (mut found, mut typed) = (0, 0);
    let required: Vec<&Event> = facts.timeline.iter().filter(|event| !event.optional).collect();
    for expected in &required {
        let candidates: Vec<usize> =
            (0..left.len()).filter(|&at| agrees(expected, &left[at])).collect();
        let best = candidates
            .iter()
            .copied()
            .find(|&at| left[at].1 == expected.is)
            .or(candidates.first().copied());
        if let Some(at) = best {
            typed += u32::from(left[at].1 == expected.is);
            found += 1;
            left.remove(at);
        }
    }
    let wrong = left
        .iter()
        .filter(|read| !facts.timeline.iter().any(|expected| agrees(expected, read)))
        .count();
    let missed = u32::try_from(required.len()).unwrap_or(u32::MAX) - found;
    let expected =
        format!("{:?}", required.iter().map(|event| (&event.from, &event.is)).collect::<Vec<_>>());
    let read = format!("{read:?}");
    vec![
        (
            "timeline",
            (found, u32::try_from(wrong).unwrap_or(u32::MAX), missed),
            expected.clone(),
            read.clone(),
        ),
        ("timeline_type", (typed, found - typed, found - typed), expected, read),
    ]
}

/// A list field: its name, what is expected, what was read, what is free either way.
type ListRow = (&'static str, Vec<String>, Vec<String>, Vec<String>);

fn lists(facts: &Facts, case: Option<&Case>) -> Vec<Compared> {
    let plain = |values: &[String]| {
        values.iter().filter(|value| !value.starts_with("other")).cloned().collect::<Vec<_>>()
    };
    let normed = |values: &[String]| values.iter().map(|value| norm(value)).collect::<Vec<_>>();
    let names = |names: &[Name]| names.iter().map(|name| bare(name.name())).collect::<Vec<_>>();
    let counts =
        |facts: &Facts| facts.affected_count.iter().map(|count| count.value.to_string()).collect();
    let counts_also = facts.affected_count_also.iter().map(ToString::to_string).collect();
    let read = Lists::of(case);
    let rows: [ListRow; 7] = [
        ("affected_count", counts(facts), read.counts, counts_also),
        ("data_kinds", plain(&facts.data_kinds), plain(&read.data), plain(&facts.data_kinds_also)),
        (
            "reported_to",
            plain(&facts.reported_to),
            plain(&read.reports),
            plain(&facts.reported_to_also),
        ),
        (
            "prevention",
            plain(&facts.prevention),
            plain(&read.measures),
            plain(&facts.prevention_also),
        ),
        (
            "services_affected",
            normed(&facts.services_affected),
            read.affected,
            normed(&facts.services_affected_also),
        ),
        (
            "services_unaffected",
            normed(&facts.services_unaffected),
            read.unaffected,
            normed(&facts.services_unaffected_also),
        ),
        (
            "other_organisations",
            names(&facts.other_organisations),
            read.others,
            names(&facts.other_organisations_also),
        ),
    ];
    let mut all: Vec<Compared> = rows
        .into_iter()
        .map(|(field, expected, read, also)| {
            let expected = BTreeSet::from_iter(expected);
            let read = BTreeSet::from_iter(read);
            let words = (format!("{expected:?}"), format!("{read:?}"));
            (field, set(&expected, &read, &BTreeSet::from_iter(also)), words.0, words.1)
        })
        .collect();
    let (expected, read) = (size(facts.weekday_conflicts.len()), size(read.conflicts));
    let hits = expected.min(read);
    let outcome = (hits, read - hits, expected - hits);
    all.push(("weekday_conflicts", outcome, expected.to_string(), read.to_string()));
    all
}

/// Compares sets; a value of `also` is free either way.
fn set(expected: &BTreeSet<String>, read: &BTreeSet<String>, also: &BTreeSet<String>) -> Outcome {
    let read: BTreeSet<&String> =
        read.iter().filter(|value| expected.contains(*value) || !also.contains(*value)).collect();
    let hits = size(read.iter().filter(|value| expected.contains(**value)).count());
    (hits, size(read.len()) - hits, size(expected.len()) - hits)
}

fn size(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// The list fields of a case as they are compared.
#[derive(Default)]
struct Lists {
    counts: Vec<String>,
    data: Vec<String>,
    reports: Vec<String>,
    measures: Vec<String>,
    affected: Vec<String>,
    unaffected: Vec<String>,
    others: Vec<String>,
    conflicts: usize,
}

impl Lists {
    fn of(case: Option<&Case>) -> Self {
        let Some(case) = case else { return Self::default() };
        let services = |unaffected: bool| {
            let state = |status| (status == ServiceStatus::Unaffected) == unaffected;
            let here = case.facts.services.iter().filter(|service| state(service.status));
            here.map(|service| norm(&service.name)).collect()
        };
        let others =
            case.facts.other_organisations.iter().filter(|other| other.role != Role::Authority);
        Self {
            counts: case.facts.affected_count.iter().map(|count| count.value.to_string()).collect(),
            data: case.facts.data_kinds.iter().map(|kind| kind.value.to_string()).collect(),
            reports: case.facts.reported_to.iter().map(|to| to.value.to_string()).collect(),
            measures: case
                .facts
                .prevention
                .iter()
                .map(|measure| measure.value.to_string())
                .collect(),
            affected: services(false),
            unaffected: services(true),
            others: others.map(|other| bare(&other.value)).collect(),
            conflicts: case
                .facts
                .warnings
                .iter()
                .filter(|warning| warning.code == WarningCode::WeekdayConflict)
                .count(),
        }
    }
}
