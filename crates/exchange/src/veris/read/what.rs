//! What happened and to what: the category, the data, how much of it, services, and technical facts.

use std::collections::HashSet;
use std::sync::LazyLock;

use case::{
    Bound, Category, Cited, Count, DataDisclosure, DataKind, Decided, Facts, Measure, Origin,
    Prevention, SecondaryDamage, Service, ServiceStatus, Technical, TechnicalKind,
};
use serde_json::Value;

use super::super::place::{find, texts};
use super::{cited, origin};
use crate::tsv::rows;

/// Rules for the category, in order.
pub(in crate::veris) const CATEGORIES: &str = include_str!("../../../data/veris-categories.tsv");
/// Kinds of data and varieties.
pub(in crate::veris) const DATA: &str = include_str!("../../../data/veris-data.tsv");

/// The rules, each with its columns.
static RULES: LazyLock<Vec<[&str; 5]>> = LazyLock::new(|| rows(CATEGORIES).collect());
/// The kind that a variety of data is read as.
static KINDS: LazyLock<Vec<(&str, DataKind)>> = LazyLock::new(|| {
    let kinds =
        rows::<3>(DATA).filter_map(|[kind, _, read]| Some((DataKind::from_name(kind)?, read)));
    kinds.flat_map(|(kind, read)| read.split("; ").map(move |variety| (variety, kind))).collect()
});

/// Reads all of it.
pub(super) fn read(record: &Value, facts: &mut Facts<Origin>) {
    facts.category = category(record);
    facts.data_kinds = data_kinds(record);
    facts.affected_count = counts(record);
    facts.data_disclosure = data_disclosure(record);
    facts.secondary_damage = secondary_damage(record);
    facts.services = services(record);
    facts.prevention = prevention(record);
    facts.technical = technical(record);
}

/// What matches a rule of the table.
fn matches(record: &Value, [_, path, value, also_path, also]: [&str; 5]) -> Vec<String> {
    let is = |found: &Value, value: &str| value == "*" || found.as_str() == Some(value);
    if !also_path.is_empty() && !find(record, also_path).iter().any(|(_, found)| is(found, also)) {
        return Vec::new();
    }
    find(record, path).into_iter().filter(|(_, found)| is(found, value)).map(|(at, _)| at).collect()
}

fn category(record: &Value) -> Decided<Category, Origin> {
    let decided = RULES.iter().find(|rule| !matches(record, **rule).is_empty());
    let Some(category) = decided.and_then(|[name, ..]| Category::from_name(name)) else {
        return Decided { value: Category::Other, cites: Vec::new() };
    };
    let mut places = Vec::new();
    for rule in RULES.iter().filter(|[name, ..]| *name == category.name()) {
        for place in matches(record, *rule) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    Decided { value: category, cites: places.into_iter().map(origin).collect() }
}

fn data_kinds(record: &Value) -> Vec<Cited<DataKind, Origin>> {
    let mut kinds: Vec<Cited<DataKind, Origin>> = Vec::new();
    for (at, variety) in texts(record, "/attribute/confidentiality/data/*/variety") {
        let known = KINDS.iter().filter(|(read, _)| *read == variety).map(|(_, kind)| *kind);
        for kind in known {
            if kinds.iter().all(|seen| seen.value != kind) {
                kinds.push(cited(kind, at.clone()));
            }
        }
    }
    kinds
}

/// The total first, then what each kind of data says of its own.
fn counts(record: &Value) -> Vec<Count<Origin>> {
    let count = |value: &Value, what: Option<&str>, at: String| {
        Some(Count {
            value: value.as_u64()?,
            approx: false,
            bound: Bound::Exact,
            unit: String::new(),
            what: what.map(str::to_owned),
            cite: origin(at),
        })
    };
    let total = "/attribute/confidentiality/data_total";
    let total = record.pointer(total).and_then(|value| count(value, None, total.to_owned()));
    let each =
        find(record, "/attribute/confidentiality/data").into_iter().filter_map(|(at, data)| {
            let what =
                data.get("variety").and_then(Value::as_str).filter(|variety| *variety != "Unknown");
            count(data.get("amount")?, what, format!("{at}/amount"))
        });
    // Of one kind of data there is no more to say than of all.
    let known = total.as_ref().map(|total| total.value);
    let is_alone = find(record, "/attribute/confidentiality/data").len() == 1;
    let each: Vec<_> = each.filter(|count| !(is_alone && Some(count.value) == known)).collect();
    total.into_iter().chain(each).collect()
}

fn data_disclosure(record: &Value) -> Option<Cited<DataDisclosure, Origin>> {
    let (at, said) =
        texts(record, "/attribute/confidentiality/data_disclosure").into_iter().next()?;
    let value = match said {
        "Yes" => DataDisclosure::Confirmed,
        "Potentially" | "Suspected" => DataDisclosure::Possible,
        "No" => DataDisclosure::None,
        _ => return None,
    };
    Some(cited(value, at))
}

fn secondary_damage(record: &Value) -> Option<Cited<SecondaryDamage, Origin>> {
    let at = "/plus/attribute/confidentiality/data_abuse";
    let value = match record.pointer(at)?.as_str()? {
        yes if yes.starts_with("Yes") => SecondaryDamage::Confirmed,
        "No" => SecondaryDamage::NoneConfirmed,
        "Unknown" => SecondaryDamage::Unknown,
        _ => return None,
    };
    Some(cited(value, at))
}

/// A stolen laptop is no service: only what was interrupted or slow is, and only what serves many.
fn services(record: &Value) -> Vec<Service<Origin>> {
    let lost = texts(record, "/attribute/availability/variety");
    if !lost.iter().any(|(_, variety)| matches!(*variety, "Interruption" | "Degradation")) {
        return Vec::new();
    }
    let assets = texts(record, "/asset/assets/*/variety").into_iter();
    assets
        .filter_map(|(at, asset)| {
            let name = asset.strip_prefix("S - ").or_else(|| asset.strip_prefix("N - "))?;
            (name != "Unknown" && name != "Other").then(|| Service {
                name: name.to_owned(),
                status: ServiceStatus::Affected,
                cite: origin(at),
            })
        })
        .collect()
}

fn prevention(record: &Value) -> Vec<Prevention<Origin>> {
    let texts = texts(record, "/corrective_action").into_iter();
    texts
        .map(|(at, text)| Prevention {
            value: Measure::Other,
            text: text.to_owned(),
            cite: origin(at),
        })
        .collect()
}

fn technical(record: &Value) -> Vec<Technical<Origin>> {
    let mut found = Vec::new();
    for action in ["hacking", "malware", "social"] {
        for (at, vector) in texts(record, &format!("/action/{action}/vector")) {
            if vector != "Other" {
                found.push((TechnicalKind::Vector, vector.to_owned(), at));
            }
        }
        for (at, text) in texts(record, &format!("/action/{action}/cve")) {
            found.extend(
                cves(text).into_iter().map(|cve| (TechnicalKind::Vulnerability, cve, at.clone())),
            );
        }
    }
    for (at, names) in texts(record, "/action/malware/name") {
        let names = names.split([';', ',']).map(str::trim).filter(|name| !name.is_empty());
        found.extend(names.map(|name| (TechnicalKind::Malware, name.to_owned(), at.clone())));
    }
    let mut seen = HashSet::new();
    found
        .into_iter()
        .filter(|(kind, value, _)| seen.insert((*kind, value.clone())))
        .map(|(kind, value, at)| Technical { kind, value, cite: origin(at) })
        .collect()
}

/// The CVE numbers of a text: `CVE-2014-0160`, also without its first hyphen.
fn cves(text: &str) -> Vec<String> {
    let upper = text.to_ascii_uppercase();
    let candidates = upper.split("CVE").skip(1).filter_map(|rest| {
        let (year, rest) = rest.trim_start_matches(['-', ' ', ':']).split_once('-')?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let is_year = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
        (is_year && (4..=7).contains(&digits)).then(|| format!("CVE-{year}-{}", &rest[..digits]))
    });
    candidates.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_tables_name_what_there_is() {
        for [name, path, value, also_path, also] in rows::<5>(CATEGORIES) {
            assert!(Category::from_name(name).is_some(), "{name}");
            assert!(
                path.starts_with('/')
                    && !value.is_empty()
                    && also_path.is_empty() == also.is_empty()
            );
        }
        let kinds: Vec<_> = rows::<3>(DATA).map(|[kind, ..]| kind).collect();
        let all: Vec<_> = DataKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(kinds, all);
    }

    #[test]
    fn cve_numbers_are_found_however_they_are_parted() {
        assert_eq!(
            cves("CVE-2013-0640,CVE-2013-0641; cve 2012-4792 Unknown vuln, CVE-2013-149"),
            ["CVE-2013-0640", "CVE-2013-0641", "CVE-2012-4792"]
        );
        assert_eq!(cves("cve unknown 京CVE-京-1234"), [""; 0]);
    }

    #[test]
    fn the_first_rule_decides_and_all_of_its_category_is_cited() {
        let record = json!({"action": {
            "error": {"variety": ["Misdelivery", "Publishing error"]},
            "hacking": {"variety": ["SQLi", "XSS"]},
        }});
        let found = category(&record);
        assert_eq!(found.value, Category::UnauthorizedAccess);
        assert_eq!(
            found.cites,
            ["/action/hacking/variety/0", "/action/hacking/variety/1"].map(origin)
        );
        assert_eq!(category(&json!({"action": {"unknown": {}}})).value, Category::Other);
    }

    #[test]
    fn one_kind_of_data_is_not_counted_twice() {
        let count = |data: Value| {
            let record = json!({"attribute": {"confidentiality": {"data_total": 5, "data": data}}});
            counts(&record)
                .iter()
                .map(|count| (count.value, count.what.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(count(json!([{"variety": "Medical", "amount": 5}])), [(5, None)]);
        assert_eq!(
            count(json!([{"variety": "Medical", "amount": 5}, {"variety": "Bank", "amount": -2}])),
            [(5, None), (5, Some("Medical".into()))]
        );
    }
}
