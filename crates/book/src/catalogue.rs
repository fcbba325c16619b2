//! A case as rows for statistics and SQL, and as a document of the search index. It does not know
//! how the index finds it.

use std::collections::BTreeSet;

use case::{CaseNumber, Cited, Count, EventType, Facts, Moment, Origin, When};
use rusqlite::{Connection, params};
use serde_json::Value;
use text::Span;

use crate::joining::organisation_key;
use crate::project::Texts;
use crate::stats::terms;
use crate::{BookError, fields, index};

/// Puts the case, as it is now, in the place of what it was.
pub(crate) fn put(
    tables: &Connection,
    number: CaseNumber,
    facts: &Facts<Origin>,
    corrections: usize,
    texts: &Texts<'_>,
) -> Result<(), BookError> {
    let key = number.to_string();
    overview(tables, &key, facts, corrections)?;
    tables.prepare_cached("DELETE FROM listed WHERE number = ?1")?.execute([&key])?;
    let mut insert = tables.prepare_cached(
        "INSERT OR IGNORE INTO listed (number, field, value) VALUES (?1, ?2, ?3)",
    )?;
    for (field, value) in listed(facts) {
        insert.execute([&key, field, &value])?;
    }
    if texts.indexes() { index(tables, number, facts, corrections, texts) } else { Ok(()) }
}

/// Puts the case into the search index, in the place of what it was. The index is to be settled
/// when all are put.
pub(crate) fn index(
    tables: &Connection,
    number: CaseNumber,
    facts: &Facts<Origin>,
    corrections: usize,
    texts: &Texts<'_>,
) -> Result<(), BookError> {
    let key = number.to_string();
    let mut head = vec![key.clone()];
    head.extend(facts.case_number.as_ref().map(|number| number.value.to_string()));
    head.extend(facts.title.as_ref().map(|title| title.value.clone()));
    head.extend(facts.organisation.as_ref().map(|name| name.value.clone()));
    let body = body(tables, &key, facts, texts)?;
    index::put_unsettled(
        tables,
        &index::Doc {
            key: &key,
            day: facts.disclosed_on.as_ref().and_then(|day| epoch_day(day.value)),
            head: &head.join("\n\n"),
            body: &body,
            terms: filters(facts, corrections),
            numbers: numbers(facts),
        },
    )?;
    Ok(())
}

/// Takes a case out that was merged into another.
pub(crate) fn remove(
    tables: &Connection,
    number: CaseNumber,
    texts: &Texts<'_>,
) -> Result<(), BookError> {
    let key = number.to_string();
    tables.prepare_cached("DELETE FROM overview WHERE number = ?1")?.execute([&key])?;
    tables.prepare_cached("DELETE FROM listed WHERE number = ?1")?.execute([&key])?;
    if texts.indexes() {
        index::remove(tables, &key)?;
    }
    Ok(())
}

/// The count that stands for a case: the largest, since parts are smaller than their whole.
pub fn headline<C>(counts: &[Count<C>]) -> Option<&Count<C>> {
    counts.iter().reduce(|best, count| if count.value > best.value { count } else { best })
}

fn overview(
    tables: &Connection,
    key: &str,
    facts: &Facts<Origin>,
    corrections: usize,
) -> Result<(), BookError> {
    let affected = headline(&facts.affected_count);
    tables
        .prepare_cached(
            "INSERT OR REPLACE INTO overview (number, kind, printed_number, title, organisation,
             organisation_key, sector, category, disclosed, occurred, discovered, affected,
             affected_bound, affected_approx, affected_unit, data_disclosure, secondary_damage,
             corrections, contradictions, occurred_to, occurred_approx, discovered_approx,
             recovered, data_kinds, measures, authorities, reports)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
             ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, (SELECT count(*) FROM report WHERE number = ?1))",
        )?
        .execute(params![
            key,
            facts.kind.name(),
            facts.case_number.as_ref().map(|number| number.value.to_string()),
            facts.title.as_ref().map(|title| &title.value),
            facts.organisation.as_ref().map(|name| &name.value),
            facts.organisation.as_ref().map(|name| organisation_key(&name.value)),
            facts.sector.as_ref().map(|sector| sector.value.name()),
            facts.category.value.name(),
            facts.disclosed_on.as_ref().map(|day| day.value.to_string()),
            facts.occurred.as_ref().map(|when| when.value.from.to_string()),
            facts.discovered.as_ref().map(|when| when.value.from.to_string()),
            affected.map(|count| count.value),
            affected.map(|count| count.bound.name()),
            affected.map(|count| count.approx),
            affected.map(|count| &count.unit),
            facts.data_disclosure.as_ref().map(|said| said.value.name()),
            facts.secondary_damage.as_ref().map(|said| said.value.name()),
            corrections,
            facts.warnings.len(),
            facts.occurred.as_ref().and_then(|when| when.value.to).map(|to| to.to_string()),
            facts.occurred.as_ref().map(|when| when.value.approx),
            facts.discovered.as_ref().map(|when| when.value.approx),
            last_recovery(facts).map(|day| day.to_string()),
            names(facts.data_kinds.iter().map(|x| x.value.name())),
            names(facts.prevention.iter().map(|x| x.value.name())),
            names(facts.reported_to.iter().map(|x| x.value.name()))
        ])?;
    Ok(())
}

/// Names with commas between, each once.
fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(",")
}

/// The last recovery that is told.
pub(crate) fn last_recovery<C>(facts: &Facts<C>) -> Option<Moment> {
    let recoveries = facts.timeline.iter().filter(|x| x.event_type == EventType::Recovered);
    recoveries.map(|event| event.at.to.unwrap_or(event.at.from)).max()
}

/// Every value of the list fields, under the field's name.
fn listed(facts: &Facts<Origin>) -> Vec<(&'static str, String)> {
    let mut all: Vec<(&'static str, String)> = Vec::new();
    all.extend(facts.data_kinds.iter().map(|x| ("data_kinds", x.value.name().to_owned())));
    all.extend(facts.reported_to.iter().map(|x| ("reported_to", x.value.name().to_owned())));
    all.extend(facts.prevention.iter().map(|x| ("prevention", x.value.name().to_owned())));
    all.extend(facts.services.iter().map(|x| ("services", x.name.clone())));
    all.extend(facts.technical.iter().map(|x| ("technical", x.value.clone())));
    all.extend(facts.other_organisations.iter().map(|x| ("other_organisations", x.value.clone())));
    all.extend(facts.warnings.iter().map(|x| ("warnings", x.code.name().to_owned())));
    all
}

/// What a query can filter by.
fn filters(facts: &Facts<Origin>, corrections: usize) -> Vec<index::Term> {
    let mut all: Vec<(&'static str, String)> = vec![
        ("kind", facts.kind.name().to_owned()),
        ("category", facts.category.value.name().to_owned()),
    ];
    all.extend(facts.sector.as_ref().map(|x| ("sector", x.value.name().to_owned())));
    all.extend(facts.data_disclosure.as_ref().map(|x| ("disclosure", x.value.name().to_owned())));
    all.extend(facts.secondary_damage.as_ref().map(|x| ("damage", x.value.name().to_owned())));
    all.extend(facts.disclosed_on.as_ref().map(|x| ("year", x.value.get_year().to_string())));
    all.extend(listed(facts).into_iter().filter_map(|(field, value)| {
        let name = match field {
            "data_kinds" => "data",
            "reported_to" => "authority",
            "prevention" => "measure",
            "services" => "service",
            "other_organisations" => "organisation",
            "technical" => "technical",
            _ => return None,
        };
        Some((name, value))
    }));
    all.extend(facts.organisation.as_ref().map(|x| ("organisation", x.value.clone())));
    all.extend(facts.case_number.as_ref().map(|x| ("number", x.value.to_string())));
    let has = [
        (!facts.warnings.is_empty(), "contradiction"),
        (corrections > 0, "correction"),
        (!facts.affected_count.is_empty(), "count"),
        (facts.disclosed_on.is_some(), "date"),
        (!facts.services.is_empty(), "service"),
        (!facts.technical.is_empty(), "technical"),
        (facts.sector.is_some(), "sector"),
        (!facts.data_kinds.is_empty(), "data"),
        (!facts.prevention.is_empty(), "measure"),
        (!facts.reported_to.is_empty(), "authority"),
        (facts.disclosed_on.as_ref().is_some_and(|x| x.value.get_month().is_some()), "month"),
    ];
    all.extend(
        has.into_iter().filter(|(holds, _)| *holds).map(|(_, what)| ("has", what.to_owned())),
    );
    all.extend(terms(facts));
    all.sort();
    all.dedup();
    all.into_iter().map(|(field, value)| index::Term { field, value }).collect()
}

/// What a query can ask ranges of. A period that goes on has no last day.
fn numbers(facts: &Facts<Origin>) -> Vec<index::Number> {
    let days = |field, when: &Cited<When, Origin>| {
        let least = epoch_day(when.value.from)?.into();
        let most = match when.value.to {
            None if when.value.ongoing => i64::from(i32::MAX),
            to => last_epoch_day(to.unwrap_or(when.value.from))?.into(),
        };
        Some(index::Number { field, least, most })
    };
    let affected = headline(&facts.affected_count).map(|count| {
        let value = i64::try_from(count.value).unwrap_or(i64::MAX);
        index::Number { field: "affected", least: value, most: value }
    });
    let occurred = facts.occurred.as_ref().and_then(|when| days("occurred", when));
    let discovered = facts.discovered.as_ref().and_then(|when| days("discovered", when));
    affected.into_iter().chain(occurred).chain(discovered).collect()
}

/// The words by which a case is found: those of its entries, and those that people or other
/// records say.
fn body(
    tables: &Connection,
    key: &str,
    facts: &Facts<Origin>,
    texts: &Texts<'_>,
) -> Result<String, BookError> {
    let mut body = String::new();
    let mut query = tables.prepare_cached(
        "SELECT source, first, past FROM report WHERE number = ?1 ORDER BY seq, place",
    )?;
    let mut rows = query.query([key])?;
    while let Some(row) = rows.next()? {
        let source: String = row.get(0)?;
        let text = texts.of(tables, &source)?;
        let words = Span::new(row.get(1)?, row.get(2)?).and_then(|span| span.of(&text));
        body.push_str(words.unwrap_or_default());
        body.push_str("\n\n");
    }
    for (_, value) in fields::said_elsewhere(facts) {
        strings(&value, &mut body);
    }
    Ok(body)
}

fn strings(value: &Value, into: &mut String) {
    match value {
        Value::String(words) => {
            into.push_str(words);
            into.push_str("\n\n");
        }
        Value::Array(items) => items.iter().for_each(|item| strings(item, into)),
        Value::Object(map) => map.values().for_each(|item| strings(item, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Days since 1970-01-01 of the first day that a moment may mean.
pub fn epoch_day(moment: Moment) -> Option<i32> {
    let month = i8::try_from(moment.get_month().unwrap_or(1)).ok()?;
    let day = i8::try_from(moment.get_day().unwrap_or(1)).ok()?;
    days_since_epoch(jiff::civil::Date::new(moment.get_year(), month, day).ok()?)
}

/// Days since 1970-01-01 of the last day that a moment may mean.
pub(crate) fn last_epoch_day(moment: Moment) -> Option<i32> {
    let month = i8::try_from(moment.get_month().unwrap_or(12)).ok()?;
    let month = jiff::civil::Date::new(moment.get_year(), month, 1).ok()?;
    let day = moment.get_day().and_then(|day| i8::try_from(day).ok());
    let day = day.unwrap_or_else(|| month.days_in_month());
    days_since_epoch(jiff::civil::Date::new(month.year(), month.month(), day).ok()?)
}

fn days_since_epoch(date: jiff::civil::Date) -> Option<i32> {
    let epoch = jiff::civil::Date::constant(1970, 1, 1);
    date.since(epoch).ok().map(|span| span.get_days())
}
