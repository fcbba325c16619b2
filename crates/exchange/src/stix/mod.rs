//! STIX 2.1 out: a bundle with, for each case, an `incident` and a `report`, and around them who
//! suffered it, how it was done, by what malware and flaw, and what was announced against it.
//!
//! - `incident` is a stub in STIX 2.1. What is known beyond its name stands in a property extension
//!   of our own, in the shape of the case record without citations; the bundle carries its
//!   `extension-definition`.
//! - Only relationships that the facts carry are drawn: an attack `targets` the organisation; all
//!   else is `related-to` the incident. That a measure would have mitigated the attack is for
//!   people to say.
//! - Ids are UUIDs of version 5. What is about a case has an id from the case's own; what many
//!   cases share (an organisation, a CVE, a measure) has an id from its content and the same dates
//!   in every bundle, so that bundles can be merged. STIX recommends random ids (version 4) for
//!   most objects: its validator says so as `{103}`, and merging is worth more here.
//!
//! It does not know which cases are wanted, nor the marking under which they may be handed on.

mod objects;

use std::collections::HashSet;

use case::{Category, Kind, Lang, Organisation, Origin, Role, TechnicalKind};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::categories::techniques;
use crate::fields::{is_silent, values};
use crate::kept::{id, is_japanese};
use crate::summary::summary;
use crate::{Kept, Source};
use objects::{
    attack_pattern, course_of_action, extension, extension_id, identity, malware, of_content,
    producer, producer_id, software, time, vulnerability,
};

/// A bundle of cases. Commentary (`column`) is no incident and is left out; of nothing there is no
/// bundle, as STIX has no empty one.
pub fn bundle(cases: &[Kept<'_>]) -> Option<Value> {
    let mut bundle = Bundle::default();
    for kept in cases.iter().filter(|kept| kept.facts.kind == Kind::Incident) {
        if bundle.objects.is_empty() {
            bundle.add(producer());
            bundle.add(extension());
        }
        bundle.case(kept);
    }
    if bundle.objects.is_empty() {
        return None;
    }
    let parts: Vec<String> = bundle
        .objects
        .iter()
        .map(|object| format!("{}{}", text(object, "id"), text(object, "modified")))
        .collect();
    let parts: Vec<&str> =
        std::iter::once("bundle").chain(parts.iter().map(String::as_str)).collect();
    Some(
        json!({ "type": "bundle", "id": format!("bundle--{}", id(&parts)), "objects": bundle.objects }),
    )
}

fn text<'v>(object: &'v Value, name: &str) -> &'v str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Objects, each once, in the order in which they came.
#[derive(Default)]
struct Bundle {
    objects: Vec<Value>,
    seen: HashSet<String>,
}

impl Bundle {
    /// Adds an object unless it is there; gives its id.
    fn add(&mut self, object: Value) -> String {
        let id = text(&object, "id").to_owned();
        if self.seen.insert(id.clone()) {
            self.objects.push(object);
        }
        id
    }

    fn case(&mut self, kept: &Kept<'_>) {
        let mut around = Around {
            incident: format!("incident--{}", kept.id()),
            refs: Vec::new(),
            added: kept.added,
        };
        let incident = self.add(incident(kept, &around.incident));
        around.refs.push(incident);

        let victim = self.victim(kept, &mut around);
        for other in &kept.facts.other_organisations {
            let object = identity(&other.value, None);
            self.related(object, Some(role(other)), &mut around);
        }
        self.attack(kept, victim.as_deref(), &mut around);
        for measure in &kept.facts.prevention {
            let object = course_of_action(measure.value);
            self.related(object, Some(measure.text.clone()), &mut around);
        }
        let report = report(kept, &around.refs);
        self.add(report);
    }

    fn victim(&mut self, kept: &Kept<'_>, around: &mut Around) -> Option<String> {
        let name = kept.facts.organisation.as_ref()?;
        let object = identity(&name.value, kept.facts.sector.as_ref().map(|sector| sector.value));
        Some(self.related(object, Some("victim".to_owned()), around))
    }

    /// How it was done, by what and through what.
    fn attack(&mut self, kept: &Kept<'_>, victim: Option<&str>, around: &mut Around) {
        let facts = kept.facts;
        let category = facts.category.value;
        for (name, number) in techniques(category) {
            let pattern = self.related(attack_pattern(name, number), None, around);
            if let Some(victim) = victim {
                self.relate(&pattern, "targets", victim, None, around);
            }
        }
        let is_ransomware = category == Category::Ransomware;
        let mut has_malware = false;
        for fact in &facts.technical {
            let object = match fact.kind {
                TechnicalKind::Malware => {
                    has_malware = true;
                    malware(Some(&fact.value), is_ransomware, kept)
                }
                TechnicalKind::Vulnerability => vulnerability(&fact.value),
                TechnicalKind::Product => software(&fact.value),
                TechnicalKind::Vector => attack_pattern(&fact.value, None),
            };
            self.related(object, None, around);
        }
        if !has_malware && matches!(category, Category::Ransomware | Category::MalwareInfection) {
            self.related(malware(None, is_ransomware, kept), None, around);
        }
    }

    /// Adds an object that is related to the incident; gives its id.
    fn related(&mut self, object: Value, why: Option<String>, around: &mut Around) -> String {
        let id = self.add(object);
        if !around.refs.contains(&id) {
            around.refs.push(id.clone());
        }
        let incident = around.incident.clone();
        self.relate(&incident, "related-to", &id, why, around);
        id
    }

    fn relate(
        &mut self,
        from: &str,
        how: &str,
        to: &str,
        why: Option<String>,
        around: &mut Around,
    ) {
        let added = time(around.added);
        let why = why.filter(|why| !why.is_empty());
        let parts =
            ["relationship", &around.incident, from, how, to, why.as_deref().unwrap_or_default()];
        let mut object = json!({
            "type": "relationship",
            "spec_version": "2.1",
            "id": format!("relationship--{}", id(&parts)),
            "created_by_ref": producer_id(),
            "created": added,
            "modified": added,
            "relationship_type": how,
            "source_ref": from,
            "target_ref": to,
        });
        if let Some(why) = why {
            object["description"] = json!(why);
        }
        let id = self.add(object);
        if !around.refs.contains(&id) {
            around.refs.push(id);
        }
    }
}

/// What belongs to a case.
struct Around {
    incident: String,
    refs: Vec<String>,
    added: Timestamp,
}

fn role(other: &Organisation<Origin>) -> String {
    let role: Role = other.role;
    role.label(Lang::En).to_owned()
}

/// The properties that incident and report have in common.
fn about(kept: &Kept<'_>, kind: &str, id: &str) -> Value {
    let lang = language(kept);
    let mut references: Vec<Value> = kept.sources.iter().filter_map(reference).collect();
    references.push(json!({ "source_name": "jikenbo", "external_id": kept.number.to_string() }));
    json!({
        "type": kind,
        "spec_version": "2.1",
        "id": id,
        "created_by_ref": producer_id(),
        "created": time(kept.added),
        "modified": time(kept.changed.max(kept.added)),
        "lang": if lang == Lang::Ja { "ja" } else { "en" },
        "name": kept.name(),
        "description": summary(kept.facts, lang),
        "external_references": references,
    })
}

/// A source that others can fetch, with the hash by which they know that it is the same.
fn reference(source: &Source<'_>) -> Option<Value> {
    let url = source.address()?;
    Some(json!({ "source_name": "source", "url": url, "hashes": { "SHA-256": source.sha256 } }))
}

fn language(kept: &Kept<'_>) -> Lang {
    let mut texts = [&kept.facts.title, &kept.facts.organisation].into_iter().flatten();
    if texts.any(|text| is_japanese(&text.value)) { Lang::Ja } else { Lang::En }
}

fn incident(kept: &Kept<'_>, id: &str) -> Value {
    let mut known: Map<String, Value> =
        values(kept.facts).into_iter().filter(|(_, value)| !is_silent(value)).collect();
    known.insert("extension_type".to_owned(), json!("property-extension"));
    let mut object = about(kept, "incident", id);
    object["extensions"] = json!({ extension_id(): known });
    object
}

fn report(kept: &Kept<'_>, refs: &[String]) -> Value {
    let id = format!("report--{}", of_content(&["report", &kept.id().to_string()]));
    let mut object = about(kept, "report", &id);
    let day = kept.facts.disclosed_on.as_ref().map(|day| day.value);
    let published = day
        .filter(|day| day.get_day().is_some())
        .map(|day| format!("{}T00:00:00.000Z", day.date()));
    object["report_types"] = json!(["threat-report"]);
    object["published"] = json!(published.unwrap_or_else(|| time(kept.added)));
    object["object_refs"] = json!(refs);
    object
}
