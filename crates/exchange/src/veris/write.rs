//! Facts into the fields of a VERIS record, one field at a time, for a record of our own and for
//! one whose facts were corrected. What VERIS has no place for is not written here: the overlay
//! carries it. It does not know which facts were changed.

use case::{
    Bound, Category, Count, DataDisclosure, EventType, Facts, Field, Moment, Origin, Role,
    SecondaryDamage, Sector, ServiceStatus, TechnicalKind,
};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::place::{object, put, put_default};
use super::read::{DATA, SECTORS};
use crate::Kept;
use crate::categories::veris_of;
use crate::kept::is_japanese;
use crate::tsv::rows;

/// The places that are written.
const PLACES: &[&str] = &[
    "/summary", "/victim", "/actor", "/action", "/asset", "/attribute", "/timeline",
    "/plus/timeline", "/plus/attribute", "/corrective_action",
];
/// The years that the schema allows.
const YEARS: std::ops::RangeInclusive<i16> = 1950..=2050;

/// The places of a record that are not as they were, each as it was.
pub(super) fn was(original: &Value, record: &Value) -> Option<Value> {
    let changed = PLACES.iter().filter_map(|place| {
        let was = original.pointer(place)?;
        (record.pointer(place) != Some(was)).then(|| ((*place).to_owned(), was.clone()))
    });
    let changed: Map<String, Value> = changed.collect();
    (!changed.is_empty()).then_some(Value::Object(changed))
}

/// The year that a record cannot do without.
pub(super) fn year(kept: &Kept<'_>) -> i16 {
    let facts = kept.facts;
    let said = facts.occurred.as_ref().or(facts.discovered.as_ref()).map(|when| when.value.from);
    let said = said.or(facts.disclosed_on.as_ref().map(|day| day.value));
    let year =
        said.map_or_else(|| i16::try_from(kept.number.year).unwrap_or(i16::MAX), Moment::get_year);
    year.clamp(*YEARS.start(), *YEARS.end())
}

/// Writes one field.
pub(super) fn write(record: &mut Value, facts: &Facts<Origin>, field: Field) {
    match field {
        Field::Title => title(record, facts),
        Field::Organisation => organisation(record, facts),
        Field::OtherOrganisations => other_organisations(record, facts),
        Field::Sector => sector(record, facts),
        Field::DisclosedOn => disclosed_on(record, facts),
        Field::Category => category(record, facts.category.value),
        Field::Occurred => occurred(record, facts),
        Field::Discovered => discovered(record, facts),
        Field::AffectedCount => affected_count(record, facts),
        Field::DataKinds => data_kinds(record, facts),
        Field::Timeline => contained(record, facts),
        Field::DataDisclosure => data_disclosure(record, facts),
        Field::SecondaryDamage => secondary_damage(record, facts),
        Field::Services => services(record, facts),
        Field::Prevention => prevention(record, facts),
        Field::Technical => technical(record, facts),
        Field::Kind
        | Field::CaseNumber
        | Field::Report
        | Field::ReportedTo
        | Field::Progress
        | Field::Warnings => {}
    }
}

/// A summary tells more than a title: one that is there stays.
fn title(record: &mut Value, facts: &Facts<Origin>) {
    let is_told =
        record.get("summary").and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty());
    if let Some(title) = facts.title.as_ref().filter(|_| !is_told) {
        put(record, "/summary", Some(json!(title.value)));
    }
}

/// The victim with what the schema asks of one.
fn victim(record: &mut Value, facts: &Facts<Origin>) {
    let mut texts = [&facts.organisation, &facts.title].into_iter().flatten();
    let country = if texts.any(|text| is_japanese(&text.value)) { "JP" } else { "Unknown" };
    put_default(record, "/victim/country", json!([country]));
    put_default(record, "/victim/employee_count", json!("Unknown"));
    put_default(record, "/victim/industry", json!("000"));
    put_default(record, "/victim/government", json!(["Unknown"]));
}

fn organisation(record: &mut Value, facts: &Facts<Origin>) {
    victim(record, facts);
    let name = facts.organisation.as_ref().map(|name| json!(name.value));
    put(record, "/victim/victim_id", name);
}

fn other_organisations(record: &mut Value, facts: &Facts<Origin>) {
    let names = |role: Role| -> Vec<&str> {
        let others = facts.other_organisations.iter().filter(|other| other.role == role);
        let mut names: Vec<&str> = others.map(|other| other.value.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    let clients = names(Role::Client);
    if !clients.is_empty() {
        victim(record, facts);
        put(record, "/victim/secondary/victim_id", Some(json!(clients)));
    }
    // A processor is an actor only where it is one: in a breach at a supplier.
    if record.pointer("/actor/partner").is_some() {
        let processors = names(Role::Processor);
        put(record, "/actor/partner/name", (!processors.is_empty()).then(|| json!(processors)));
    }
}

fn sector(record: &mut Value, facts: &Facts<Origin>) {
    let sector = facts.sector.as_ref().map(|sector| sector.value);
    victim(record, facts);
    let name = match sector {
        Some(Sector::Municipality) => Some(Sector::Government.name()),
        other => other.map(Sector::name),
    };
    let code = rows::<3>(SECTORS).find(|[_, of, written]| Some(*of) == name && !written.is_empty());
    put(record, "/victim/industry", Some(json!(code.map_or("000", |[_, _, written]| written))));
    let level = match sector {
        Some(Sector::Government) => "Federal",
        Some(Sector::Municipality) => "Local",
        Some(_) => "NA",
        None => "Unknown",
    };
    put(record, "/victim/government", Some(json!([level])));
}

/// `{year, month, day, time}`; the hour as VERIS writes it, `06:45:00 PM`.
fn date(at: Moment) -> Value {
    let mut date = json!({ "year": at.get_year() });
    if let Some(month) = at.get_month() {
        date["month"] = json!(month);
    }
    if let Some(day) = at.get_day() {
        date["day"] = json!(day);
    }
    if let Some((hour, minute)) = at.get_time() {
        let half = if hour < 12 { "AM" } else { "PM" };
        let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
        date["time"] = json!(format!("{hour:02}:{minute:02}:00 {half}"));
    }
    date
}

fn occurred(record: &mut Value, facts: &Facts<Origin>) {
    if let Some(when) = &facts.occurred
        && YEARS.contains(&when.value.from.get_year())
    {
        put(record, "/timeline/incident", Some(date(when.value.from)));
    }
}

fn disclosed_on(record: &mut Value, facts: &Facts<Origin>) {
    let day = facts.disclosed_on.as_ref().map(|day| date(day.value.date()));
    put(record, "/plus/timeline/notification", day);
}

fn discovered(record: &mut Value, facts: &Facts<Origin>) {
    let when = facts.discovered.as_ref().map(|when| when.value.from);
    put(record, "/timeline/discovery", passed(facts, when));
}

fn contained(record: &mut Value, facts: &Facts<Origin>) {
    let contained = facts.timeline.iter().find(|event| event.event_type == EventType::Contained);
    let passed = passed(facts, contained.map(|event| event.at.from));
    if passed.is_some() || contained.is_none() {
        put(record, "/timeline/containment", passed);
    }
}

/// How long after it happened, in the unit that both moments allow.
fn passed(facts: &Facts<Origin>, until: Option<Moment>) -> Option<Value> {
    let from = facts.occurred.as_ref()?.value.from;
    let until = until?;
    let (value, unit) = match (day(from), day(until)) {
        (Some(from), Some(until)) => (i64::from((until - from).get_days()), "Days"),
        _ => match (from.get_month(), until.get_month()) {
            (Some(_), Some(_)) => (months(until) - months(from), "Months"),
            _ => (i64::from(until.get_year()) - i64::from(from.get_year()), "Years"),
        },
    };
    (value >= 0).then(|| json!({ "unit": unit, "value": value }))
}

fn months(at: Moment) -> i64 {
    i64::from(at.get_year()) * 12 + i64::from(at.get_month().unwrap_or(1))
}

fn day(at: Moment) -> Option<Date> {
    let (month, day) = (i8::try_from(at.get_month()?).ok()?, i8::try_from(at.get_day()?).ok()?);
    Date::new(at.get_year(), month, day).ok()
}

/// The actor and the action of a category replace what was said; assets and attributes are added
/// where nothing was.
fn category(record: &mut Value, category: Category) {
    let veris = veris_of(category);
    for (part, value) in veris.as_object().into_iter().flatten() {
        match part.as_str() {
            "actor" | "action" => put(record, &format!("/{part}"), Some(value.clone())),
            "asset" => put_default(record, "/asset", value.clone()),
            _ => {
                for (name, attribute) in value.as_object().into_iter().flatten() {
                    put_default(record, &format!("/{part}/{name}"), attribute.clone());
                }
            }
        }
    }
}

/// The part on confidentiality with what the schema asks of it.
fn confidentiality<'r>(
    record: &'r mut Value,
    facts: &Facts<Origin>,
) -> Option<&'r mut Map<String, Value>> {
    let said = facts.data_disclosure.as_ref().map(|said| said.value);
    let parts = object(record, "/attribute/confidentiality")?;
    parts.entry("data_disclosure").or_insert_with(|| json!(disclosure(said)));
    Some(parts)
}

fn disclosure(said: Option<DataDisclosure>) -> &'static str {
    match said {
        Some(DataDisclosure::Confirmed) => "Yes",
        Some(DataDisclosure::Possible) => "Potentially",
        Some(DataDisclosure::None) => "No",
        Some(DataDisclosure::UnderInvestigation | DataDisclosure::NotConfirmed) | None => "Unknown",
    }
}

fn data_disclosure(record: &mut Value, facts: &Facts<Origin>) {
    let said = disclosure(facts.data_disclosure.as_ref().map(|said| said.value));
    if let Some(parts) = confidentiality(record, facts) {
        parts.insert("data_disclosure".to_owned(), json!(said));
    }
}

/// The number for all: the first that is no limit, else the first. Not more than the schema's
/// readers can hold in a signed integer.
fn total(counts: &[Count<Origin>]) -> Option<i64> {
    let exact = counts.iter().find(|count| count.bound == Bound::Exact && count.what.is_none());
    let count = exact
        .or_else(|| counts.iter().find(|count| count.bound == Bound::Exact))
        .or_else(|| counts.first());
    count.and_then(|count| i64::try_from(count.value).ok())
}

fn affected_count(record: &mut Value, facts: &Facts<Origin>) {
    let total = total(&facts.affected_count).map(|total| json!(total));
    if total.is_some() {
        confidentiality(record, facts);
    }
    put(record, "/attribute/confidentiality/data_total", total);
}

/// Varieties that are there stay with their amounts as long as a kind still asks for them.
fn data_kinds(record: &mut Value, facts: &Facts<Origin>) {
    let mut wanted: Vec<&str> = Vec::new();
    let mut read: Vec<&str> = Vec::new();
    for kind in &facts.data_kinds {
        let row = rows::<3>(DATA).find(|[name, ..]| *name == kind.value.name());
        if let Some([_, written, as_kind]) = row {
            wanted.push(written);
            read.extend(as_kind.split("; "));
        }
    }
    let there = record.pointer("/attribute/confidentiality/data").and_then(Value::as_array);
    let variety =
        |data: &Value| data.get("variety").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut data: Vec<Value> = there.cloned().unwrap_or_default();
    data.retain(|data| wanted.contains(&&*variety(data)) || read.contains(&&*variety(data)));
    for variety_wanted in wanted {
        if !data.iter().any(|data| variety(data) == variety_wanted) {
            data.push(json!({ "variety": variety_wanted }));
        }
    }
    if !data.is_empty() {
        confidentiality(record, facts);
    }
    put(
        record,
        "/attribute/confidentiality/data",
        (!data.is_empty()).then_some(Value::Array(data)),
    );
}

fn secondary_damage(record: &mut Value, facts: &Facts<Origin>) {
    let said = facts.secondary_damage.as_ref().map(|said| match said.value {
        SecondaryDamage::Confirmed => json!("Yes"),
        SecondaryDamage::NoneConfirmed => json!("No"),
        SecondaryDamage::Unknown => json!("Unknown"),
    });
    put(record, "/plus/attribute/confidentiality/data_abuse", said);
}

/// That something was interrupted; which service it was has no place.
fn services(record: &mut Value, facts: &Facts<Origin>) {
    if facts.services.iter().any(|service| service.status != ServiceStatus::Unaffected) {
        put_default(record, "/attribute/availability/variety", json!(["Interruption"]));
    }
}

fn prevention(record: &mut Value, facts: &Facts<Origin>) {
    let texts: Vec<&str> = facts.prevention.iter().map(|measure| measure.text.as_str()).collect();
    put(record, "/corrective_action", (!texts.is_empty()).then(|| json!(texts.join("\n"))));
}

/// Names of malware and CVE numbers, beside the action that has a place for them.
fn technical(record: &mut Value, facts: &Facts<Origin>) {
    let named = |kind: TechnicalKind, separator: &str| {
        let of_kind = facts.technical.iter().filter(|fact| fact.kind == kind);
        let names: Vec<&str> = of_kind.map(|fact| fact.value.as_str()).collect();
        (!names.is_empty()).then(|| json!(names.join(separator)))
    };
    let has = |record: &Value, action: &str| record.pointer(action).is_some_and(Value::is_object);
    if has(record, "/action/malware") {
        put(record, "/action/malware/name", named(TechnicalKind::Malware, "; "));
    }
    let action =
        ["/action/hacking", "/action/malware"].into_iter().find(|action| has(record, action));
    if let Some(action) = action {
        put(record, &format!("{action}/cve"), named(TechnicalKind::Vulnerability, ", "));
    }
}
