//! All of VCDB in and out again, where `../shared/data` is beside the repository. The data is not
//! ours and not in the repository; without it these tests say so and pass.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::LazyLock;
use std::time::Instant;

use case::{Origin, Sector};
use exchange::veris::{Edition, Note, export, import};
use serde_json::Value;

use crate::sample::{kept, schema, shared};

/// Unpacked once for all tests.
static RECORDS: LazyLock<Option<Vec<Value>>> = LazyLock::new(|| {
    let path = shared("vcdb/vcdb-2020-03.json.xz")?;
    let unpacked = Command::new("xz").arg("--decompress").arg("--stdout").arg(&path).output();
    let Ok(unpacked) = unpacked else {
        println!("skipped: there is no xz to unpack {}", path.display());
        return None;
    };
    assert!(unpacked.status.success());
    Some(serde_json::from_slice(&unpacked.stdout).unwrap())
});

#[test]
fn every_record_comes_in_and_out_the_same() {
    let Some(records) = &*RECORDS else { return };
    assert_eq!(records.len(), 8553);
    let start = Instant::now();
    let imported: Vec<_> = records.iter().map(import).collect();
    println!("imported {} records in {:?}", records.len(), start.elapsed());

    let mut categories: BTreeMap<&str, usize> = BTreeMap::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let mut leftovers = 0;
    for (record, imported) in records.iter().zip(&imported) {
        assert_eq!(&imported.record, record);
        assert_eq!(imported.notes, []);
        *categories.entry(imported.facts.category.value.name()).or_default() += 1;
        let values = exchange::values(&imported.facts);
        for (field, value) in &values {
            if !(value.is_null() || value.as_array().is_some_and(Vec::is_empty)) {
                let field = case::Field::from_name(field).unwrap();
                *known.entry(field.name()).or_default() += 1;
            }
        }
        leftovers += imported.leftovers.len();
        for pointer in &imported.leftovers {
            assert!(record.pointer(pointer).is_some(), "{pointer}");
        }
        let out = export(&kept(&imported.facts, Some(&imported.record)), Edition::AsKept);
        assert_eq!(&out, record);
        assert_eq!(import(&out).facts, imported.facts);
    }
    insta::assert_json_snapshot!(
        "vcdb",
        serde_json::json!({
            "categories": categories, "fields_known": known, "leftovers": leftovers
        })
    );
}

#[test]
fn every_record_is_valid_in_the_current_edition_and_comes_back() {
    let (Some(records), Some(schema)) = (&*RECORDS, schema()) else { return };
    for record in records {
        let imported = import(record);
        let out = export(&kept(&imported.facts, Some(&imported.record)), Edition::Current);
        let errors: Vec<_> = schema.iter_errors(&out).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0], "{}", record["incident_id"]);
        let again = import(&out);
        assert_eq!(again.facts, imported.facts);
        assert_eq!(&again.record, record);
        assert_eq!(again.notes, []);
    }
}

#[test]
fn corrected_records_are_valid_and_keep_what_was_corrected() {
    let (Some(records), Some(schema)) = (&*RECORDS, schema()) else { return };
    let who = || Origin::Person {
        who: "mori".into(),
        at: "2031-04-05T06:07:08Z".into(),
        why: "別の資料による".into(),
    };
    for (i, record) in records.iter().enumerate().step_by(7) {
        let imported = import(record);
        let mut facts = imported.facts.clone();
        let all = case::Category::ALL;
        facts.category = case::Decided { value: all[i % all.len()], cites: vec![who()] };
        facts.sector = Some(case::Cited::new(Sector::ALL[i % Sector::ALL.len()], who()));
        facts.organisation = Some(case::Cited::new("みなと商事株式会社".into(), who()));
        facts.affected_count.clear();
        facts.data_kinds.push(case::Cited::new(case::DataKind::MyNumber, who()));
        facts.occurred =
            Some(case::Cited::new(case::When::point("2030-02-03T12:34".parse().unwrap()), who()));
        for edition in [Edition::AsKept, Edition::Current] {
            let out = export(&kept(&facts, Some(&imported.record)), edition);
            let again = import(&out);
            assert_eq!(again.facts, facts, "{}", record["incident_id"]);
            assert_eq!(again.notes, []);
            assert_eq!(out["victim"]["victim_id"], "みなと商事株式会社");
            assert_eq!(out["reference"], record["reference"]);
            assert_eq!(out["plus"]["jikenbo"]["was"]["/victim"], record["victim"]);
            if edition == Edition::Current {
                let errors: Vec<_> = schema.iter_errors(&out).map(|e| e.to_string()).collect();
                assert_eq!(errors, [""; 0], "{}", record["incident_id"]);
            }
        }
    }
}

#[test]
fn a_record_that_others_changed_wins() {
    let Some(records) = &*RECORDS else { return };
    let record = &records[0];
    let imported = import(record);
    let mut facts = imported.facts.clone();
    facts.organisation = Some(case::Cited::new(
        "みなと商事株式会社".into(),
        Origin::Import { import: "elsewhere".into(), pointer: String::new() },
    ));
    let mut out = export(&kept(&facts, Some(&imported.record)), Edition::AsKept);
    assert_eq!(import(&out).facts, facts);
    out["victim"]["victim_id"] = "Harbour Trading".into();
    let again = import(&out);
    assert_eq!(again.facts.organisation.unwrap().value, "Harbour Trading");
    assert_eq!(again.notes, [Note::ChangedSince(case::Field::Organisation)]);
}
