//! A case of ours in every format, and records of others in and out.

use std::io::Write as _;
use std::process::{Command, Stdio};

use case::{Category, Decided, Lang};
use exchange::csv::{Form, Table, Words};
use exchange::veris::{Edition, Note, export, import};
use exchange::{Kept, atom, csv, ndjson, stix};
use serde_json::Value;

use crate::sample::{SOURCES, errors, kept, ours, records, schema};

fn with_sources(facts: &case::Facts<case::Origin>) -> Kept<'_> {
    Kept { sources: SOURCES, ..kept(facts, None) }
}

#[test]
fn as_veris() {
    let facts = ours();
    let record = export(&with_sources(&facts), Edition::Current);
    let imported = import(&record);
    assert_eq!(imported.facts, facts);
    assert_eq!(imported.notes, []);
    if let Some(schema) = schema() {
        assert_eq!(errors(&schema, &record), [""; 0]);
    }
    let mut shown = record;
    shown["plus"]["jikenbo"]["facts"] = "…".into();
    insta::assert_json_snapshot!(shown);
}

#[test]
fn as_stix() {
    let facts = ours();
    insta::assert_json_snapshot!(stix::bundle(&[with_sources(&facts)]));
}

#[test]
fn stix_objects_are_each_there_once_and_refer_to_what_is_there() {
    let (one, mut other) = (ours(), ours());
    other.category = Decided { value: Category::MisdirectedMail, cites: Vec::new() };
    let mut second = with_sources(&other);
    second.number.serial += 1;
    let bundle = stix::bundle(&[with_sources(&one), second]).unwrap();
    let objects = bundle["objects"].as_array().unwrap();
    let ids: std::collections::BTreeSet<&str> =
        objects.iter().map(|o| o["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), objects.len());
    for object in objects {
        let refs = object["object_refs"].as_array().into_iter().flatten();
        for reference in
            refs.chain([&object["source_ref"], &object["target_ref"], &object["created_by_ref"]])
        {
            assert!(
                reference.is_null() || ids.contains(reference.as_str().unwrap()),
                "{reference}"
            );
        }
    }
    let column = case::Facts::silent(case::Kind::Column);
    assert_eq!(stix::bundle(&[kept(&column, None)]), None);
}

/// The validator of OASIS, where it is installed (`pip install stix2-validator`). Random ids are a
/// recommendation that bundles which can be merged do not follow (103).
#[test]
fn stix_is_valid() {
    let facts = ours();
    let imported: Vec<_> = records().iter().map(|record| import(record).facts).collect();
    let mut cases: Vec<Kept<'_>> = imported.iter().map(|facts| kept(facts, None)).collect();
    cases.push(with_sources(&facts));
    for (serial, kept) in (1..).zip(&mut cases) {
        kept.number.serial = serial;
    }
    let bundle = stix::bundle(&cases).unwrap().to_string();
    let program = std::env::var("STIX_VALIDATOR").unwrap_or_else(|_| "stix2_validator".to_owned());
    let validator = Command::new(&program)
        .args(["--version", "2.1", "--strict", "--disable", "103"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut validator) = validator else {
        println!("skipped: there is no {program}");
        return;
    };
    validator.stdin.take().unwrap().write_all(bundle.as_bytes()).unwrap();
    let said = validator.wait_with_output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
}

#[test]
fn as_csv() {
    let facts = ours();
    let table =
        |table, form| String::from_utf8(csv::whole(table, form, &[with_sources(&facts)])).unwrap();
    let labels = Form { bom: true, words: Words::Labels(Lang::Ja) };
    let all = [
        table(Table::Cases, Form::default()),
        table(Table::Cases, labels),
        table(Table::Facts, Form::default()),
    ];
    assert!(all.iter().all(|table| table.lines().count() == table.matches("\r\n").count()));
    insta::assert_snapshot!(all.join("\n").replace("\r\n", "␍␊\n").replace('\u{feff}', "[BOM]"));
}

#[test]
fn as_atom() {
    let facts = ours();
    let about = atom::Feed {
        authority: "casebook.example.jp",
        since: "2031-01-01",
        title: "事件簿 <試験>",
        author: "みなと商事 & 青葉",
        home: Some("https://casebook.example.jp"),
        updated: jiff::Timestamp::UNIX_EPOCH,
        lang: Lang::Ja,
    };
    let here = atom::feed(&about, &[with_sources(&facts)]);
    let nowhere = atom::Feed { home: None, lang: Lang::En, ..about };
    insta::assert_snapshot!(format!("{here}\n{}", atom::feed(&nowhere, &[kept(&facts, None)])));
}

#[test]
fn as_ndjson() {
    let facts = ours();
    let line = ndjson::line(&with_sources(&facts));
    assert_eq!(line.matches('\n').count(), 1);
    let value: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        serde_json::from_value::<case::Facts<case::Origin>>(value["facts"].clone()).unwrap(),
        facts
    );
    insta::assert_snapshot!(line);
}

#[test]
fn records_of_others_come_out_the_same() {
    for record in records() {
        let imported = import(&record);
        assert_eq!(imported.notes, []);
        let kept = kept(&imported.facts, Some(&imported.record));
        assert_eq!(export(&kept, Edition::AsKept), record);
        let current = export(&kept, Edition::Current);
        let again = import(&current);
        assert_eq!(again.facts, imported.facts);
        assert_eq!(again.record, record);
        if let Some(schema) = schema().filter(|_| record.get("action").is_some()) {
            assert_eq!(errors(&schema, &current), [""; 0]);
        }
    }
}

#[test]
fn what_records_of_others_say() {
    let said: Vec<Value> = records()
        .iter()
        .map(|record| {
            let imported = import(record);
            let mut known = exchange::values(&imported.facts);
            known.retain(|_, value| !value.is_null() && *value != serde_json::json!([]));
            serde_json::json!({ "known": known, "leftovers": imported.leftovers })
        })
        .collect();
    insta::assert_json_snapshot!(said);
}

#[test]
fn a_category_is_read_back_without_our_own_facts_too() {
    for category in Category::ALL {
        let mut facts = ours();
        facts.category = Decided { value: *category, cites: Vec::new() };
        facts.technical.clear();
        facts.services.clear();
        let mut record = export(&kept(&facts, None), Edition::Current);
        if let Some(schema) = schema() {
            assert_eq!(errors(&schema, &record), [""; 0], "{category}");
        }
        record["plus"] = serde_json::json!({});
        let expected = match category {
            // VERIS has one word for both.
            Category::BccMistake => Category::MisdirectedMail,
            category => *category,
        };
        assert_eq!(import(&record).facts.category.value, expected);
    }
}

#[test]
fn facts_that_are_none_are_left_out_with_a_note() {
    let facts = ours();
    let mut record = export(&kept(&facts, None), Edition::AsKept);
    record["plus"]["jikenbo"]["facts"]["sector"] = "no sector".into();
    record["action"] = serde_json::json!({ "error": { "variety": ["Loss"] } });
    let imported = import(&record);
    assert_eq!(
        imported.notes,
        [
            Note::Unreadable(case::Field::Sector),
            Note::ChangedSince(case::Field::Category),
            Note::ChangedSince(case::Field::Technical),
        ]
    );
    assert_eq!(imported.facts.category.value, Category::LossOrTheft);
    assert_eq!(imported.facts.title, facts.title);
    assert_eq!(import(&Value::Null).notes, [Note::NotARecord]);
}
