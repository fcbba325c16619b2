//! What a case says today: its reports one after the other, then what people corrected. It does
//! not know where reports and corrections are kept.

use case::{Facts, Field, Origin};
use serde_json::Value;

use crate::{BookError, fields};

/// A correction that holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Override {
    pub(crate) field: Field,
    pub(crate) value: Value,
    pub(crate) origin: Origin,
}

/// The facts after all of them, in their order: a later report replaces what it says again and
/// leaves what it is silent about; a correction stands above every report.
pub(crate) fn facts(
    said: impl IntoIterator<Item = Facts<Origin>>,
    corrections: &[Override],
) -> Result<Facts<Origin>, BookError> {
    let mut facts =
        said.into_iter().reduce(merge).unwrap_or_else(|| Facts::silent(case::Kind::Incident));
    for correction in corrections {
        facts = fields::with(&facts, correction.field, &correction.value, &correction.origin)?;
    }
    Ok(facts)
}

/// What is known after a later report.
pub(crate) fn merge(before: Facts<Origin>, later: Facts<Origin>) -> Facts<Origin> {
    let decided = later.category.value != case::Category::Other;
    let mut merged = Facts {
        kind: before.kind,
        // What names the case stays as it was first named; the day of a case is its first.
        case_number: before.case_number.or(later.case_number),
        title: before.title.or(later.title),
        organisation: before.organisation.or(later.organisation),
        disclosed_on: before.disclosed_on.or(later.disclosed_on),
        sector: before.sector.or(later.sector),
        other_organisations: union(before.other_organisations, later.other_organisations, |x| {
            (x.value.clone(), x.role)
        }),
        report: later.report.or(before.report),
        category: if decided { later.category } else { before.category },
        occurred: later.occurred.or(before.occurred),
        discovered: later.discovered.or(before.discovered),
        affected_count: last_said(before.affected_count, later.affected_count),
        data_kinds: union(before.data_kinds, later.data_kinds, |x| x.value),
        timeline: union(before.timeline, later.timeline, |x| (x.at, x.event_type)),
        reported_to: union(before.reported_to, later.reported_to, |x| x.value),
        data_disclosure: later.data_disclosure.or(before.data_disclosure),
        secondary_damage: later.secondary_damage.or(before.secondary_damage),
        services: union(before.services, later.services, |x| x.name.clone()),
        progress: last_said(before.progress, later.progress),
        prevention: union(before.prevention, later.prevention, |x| x.value),
        technical: union(before.technical, later.technical, |x| (x.kind, x.value.clone())),
        warnings: union(before.warnings, later.warnings, |x| x.cite.clone()),
    };
    merged.timeline.sort_by_key(|event| event.at.from);
    merged
}

fn last_said<T>(before: Vec<T>, later: Vec<T>) -> Vec<T> {
    if later.is_empty() { before } else { later }
}

/// All of both; what both say is said by the later one, in the place of the earlier.
fn union<T, K: PartialEq>(before: Vec<T>, later: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let known: Vec<K> = before.iter().map(&key).collect();
    let mut all: Vec<T> = before;
    for item in later {
        match known.iter().position(|known| *known == key(&item)) {
            Some(at) => all[at] = item,
            None => all.push(item),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use case::{Bound, Cited, Count, DataDisclosure, DataKind, Kind};
    use text::Span;

    use super::*;

    fn words(source: &str) -> Origin {
        Origin::Words { source: source.to_owned(), span: Span::new(0, 4).unwrap() }
    }

    fn report(
        source: &str,
        affected: u64,
        data: &[DataKind],
        leak: DataDisclosure,
    ) -> Facts<Origin> {
        let mut facts = Facts::silent(Kind::Incident);
        facts.affected_count = vec![Count {
            value: affected,
            approx: false,
            bound: Bound::Exact,
            unit: "件".to_owned(),
            what: None,
            cite: words(source),
        }];
        facts.data_kinds = data.iter().map(|&kind| Cited::new(kind, words(source))).collect();
        facts.data_disclosure = Some(Cited::new(leak, words(source)));
        facts
    }

    #[test]
    fn a_later_report_replaces_what_it_says_again() {
        let first = report(
            "a",
            3_455_754,
            &[DataKind::Name, DataKind::Address],
            DataDisclosure::UnderInvestigation,
        );
        let second = report("b", 3_179_454, &[DataKind::Name], DataDisclosure::NotConfirmed);
        let now = facts([first, second], &[]).unwrap();
        assert_eq!(fields::bare(&now, Field::AffectedCount)[0]["value"], 3_179_454);
        assert_eq!(fields::bare(&now, Field::DataDisclosure), "not_confirmed");
        assert_eq!(fields::bare(&now, Field::DataKinds), serde_json::json!(["name", "address"]));
        assert_eq!(now.data_kinds[0].cite, words("b"));
        assert_eq!(now.data_kinds[1].cite, words("a"));
    }

    #[test]
    fn a_correction_stands_above_every_report() {
        let person =
            Origin::Person { who: "m".into(), at: "2031-01-01T00:00:00Z".into(), why: "x".into() };
        let correction = Override {
            field: Field::DataKinds,
            value: serde_json::json!(["email"]),
            origin: person.clone(),
        };
        let first = report("a", 1, &[DataKind::Name], DataDisclosure::Possible);
        let second = report("b", 2, &[DataKind::Phone], DataDisclosure::Possible);
        let now = facts([first, second], &[correction]).unwrap();
        assert_eq!(now.data_kinds, [Cited::new(DataKind::Email, person)]);
    }
}
