//! The STIX objects that cases share: each is made from its content alone, its id too, and has the
//! same dates in every bundle. It does not know which case named it.

use case::{Lang, Measure, Sector};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Kept;
use crate::kept::id;

/// The date of everything that is made from content alone: content has no date, and two bundles
/// must not differ in it.
const DATE: &str = "2026-01-01T00:00:00.000Z";
/// The name space of observables that STIX 2.1 prescribes (section 2.9).
const OBSERVABLES: Uuid = Uuid::from_u128(0x00ab_edb4_aa42_466c_9c01_fed2_3315_a9b7);

/// An id made from content.
pub(super) fn of_content(parts: &[&str]) -> Uuid {
    let parts: Vec<&str> = std::iter::once("stix").chain(parts.iter().copied()).collect();
    id(&parts)
}

/// A moment as STIX writes it.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// An object of a kind; what identifies it is `parts`.
fn object(kind: &str, parts: &[&str]) -> Value {
    let parts: Vec<&str> = std::iter::once(kind).chain(parts.iter().copied()).collect();
    json!({
        "type": kind,
        "spec_version": "2.1",
        "id": format!("{kind}--{}", of_content(&parts)),
        "created_by_ref": producer_id(),
        "created": DATE,
        "modified": DATE,
    })
}

/// The id of the one who writes bundles.
pub(super) fn producer_id() -> String {
    format!("identity--{}", of_content(&["producer"]))
}

/// The one who writes bundles: this program.
pub(super) fn producer() -> Value {
    json!({
        "type": "identity",
        "spec_version": "2.1",
        "id": producer_id(),
        "created": DATE,
        "modified": DATE,
        "name": "jikenbo",
        "description": "A casebook of published security incidents",
        "identity_class": "system",
    })
}

/// The id of our extension of incidents.
pub(super) fn extension_id() -> String {
    format!("extension-definition--{}", of_content(&["extension", "1"]))
}

/// Our extension of incidents.
pub(super) fn extension() -> Value {
    json!({
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": extension_id(),
        "created_by_ref": producer_id(),
        "created": DATE,
        "modified": DATE,
        "name": "jikenbo facts of an incident",
        "description": "What is known of an incident: category, dates, numbers affected, kinds of data, services, measures",
        "schema": "The fields of a case in the format jikenbo.read/1, as `jikenbo schema` prints them, without `cite` and `cites`; a field about which nothing is known is left out.",
        "version": "1.0.0",
        "extension_types": ["property-extension"],
    })
}

/// An organisation.
pub(super) fn identity(name: &str, sector: Option<Sector>) -> Value {
    let sector = sector.and_then(stix_sector);
    let mut object = object("identity", &[name, sector.unwrap_or_default()]);
    object["name"] = json!(name);
    object["identity_class"] = json!("organization");
    if let Some(sector) = sector {
        object["sectors"] = json!([sector]);
    }
    object
}

/// The sector in STIX's vocabulary, which has none for media.
const fn stix_sector(sector: Sector) -> Option<&'static str> {
    Some(match sector {
        Sector::Government => "government-national",
        Sector::Municipality => "government-local",
        Sector::Education => "education",
        Sector::Health => "healthcare",
        Sector::Finance => "financial-services",
        Sector::Manufacturing => "manufacturing",
        Sector::Retail => "retail",
        Sector::ItServices => "technology",
        Sector::Transport => "transportation",
        Sector::Media => "communications",
        Sector::Nonprofit => "non-profit",
        Sector::Other => return None,
    })
}

/// A way of attacking, with its number in MITRE ATT&CK where it has one.
pub(super) fn attack_pattern(name: &str, number: Option<&str>) -> Value {
    let mut object = object("attack-pattern", &[name, number.unwrap_or_default()]);
    object["name"] = json!(name);
    if let Some(number) = number {
        object["external_references"] = json!([{
            "source_name": "mitre-attack",
            "external_id": number,
        }]);
    }
    object
}

/// Malware: a family where it has a name, else the one of this case.
pub(super) fn malware(name: Option<&str>, is_ransomware: bool, kept: &Kept<'_>) -> Value {
    let kind = if is_ransomware { "ransomware" } else { "unknown" };
    let case = kept.id().to_string();
    let mut object = match name {
        Some(name) => object("malware", &["family", name, kind]),
        None => object("malware", &["instance", &case]),
    };
    object["is_family"] = json!(name.is_some());
    object["malware_types"] = json!([kind]);
    if let Some(name) = name {
        object["name"] = json!(name);
    }
    object
}

/// A flaw; a CVE number is also its reference.
pub(super) fn vulnerability(name: &str) -> Value {
    let mut object = object("vulnerability", &[name]);
    object["name"] = json!(name);
    if name.starts_with("CVE-") {
        object["external_references"] = json!([{ "source_name": "cve", "external_id": name }]);
    }
    object
}

/// A measure.
pub(super) fn course_of_action(measure: Measure) -> Value {
    let mut object = object("course-of-action", &[measure.name()]);
    object["name"] = json!(measure.label(Lang::En));
    object["description"] = json!(measure.label(Lang::Ja));
    object
}

/// A product; as an observable it has no dates, and an id that STIX prescribes.
pub(super) fn software(name: &str) -> Value {
    let content = json!({ "name": name }).to_string();
    json!({
        "type": "software",
        "spec_version": "2.1",
        "id": format!("software--{}", Uuid::new_v5(&OBSERVABLES, content.as_bytes())),
        "name": name,
    })
}
