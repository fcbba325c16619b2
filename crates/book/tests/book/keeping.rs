//! What is kept: sources and their cases, reports that join, corrections, cases without a source.

use book::{Evidence, FieldChange, KeptCase, Remedy};
use case::{Facts, Field, Kind, Origin};
use serde_json::{Value, json};

use crate::shelf::{FIRST, READER, Release, SECOND, Shelf, UNSURE, examples, mori, number};

fn case(shelf: &Shelf, of: &str) -> KeptCase {
    shelf.book.case(number(of)).unwrap().unwrap()
}

fn now(case: &KeptCase, field: Field) -> Value {
    book::fields::bare(&case.facts, field)
}

#[test]
fn every_example_is_kept_and_comes_back() {
    let shelf = Shelf::new();
    let examples = examples();
    let incoming: Vec<_> = examples.iter().map(Release::incoming).collect();
    let added = shelf.book.add(&incoming, &mori()).unwrap();
    assert!(added.len() > 10 && added.iter().all(|added| !added.known));
    for (added, incoming) in added.iter().zip(&incoming) {
        let (source, bytes) = shelf.book.original(&added.sha256).unwrap();
        assert_eq!((source.name.as_str(), &*bytes), (incoming.name, incoming.bytes));
        assert_eq!(shelf.book.text(&added.sha256).unwrap(), incoming.text);
        assert_eq!(added.cases.len(), incoming.cases.len(), "{}", incoming.name);
        for (added, read) in added.cases.iter().zip(incoming.cases) {
            let kept = shelf.book.case(added.number).unwrap().unwrap();
            assert!(kept.reports.iter().any(|report| report.facts == read.facts));
        }
    }
    let verified = shelf.book.verify(None).unwrap();
    assert_eq!(verified.sources, added.len() as u64);
    assert_eq!(verified.cases, shelf.book.numbers().unwrap().len() as u64);
}

#[test]
fn the_same_bytes_twice_are_one_source() {
    let shelf = Shelf::new();
    let once = shelf.add(FIRST);
    let again = shelf.add(FIRST);
    assert!(!once.known && again.known);
    assert_eq!((once.sha256, once.cases[0].number), (again.sha256, again.cases[0].number));
    let release = Release::of("b.txt", SECOND.as_bytes());
    let added = shelf.book.add(&[release.incoming(), release.incoming()], &mori()).unwrap();
    assert_eq!([false, true], [added[0].known, added[1].known]);
    let verified = shelf.book.verify(None).unwrap();
    assert_eq!((verified.entries, verified.sources), (2, 2));
}

#[test]
fn reports_join_and_each_shows_what_it_changed() {
    let shelf = Shelf::new();
    assert_eq!(shelf.add(FIRST).cases[0].number, number("2031-001"));
    let second = shelf.add(SECOND);
    assert!(second.cases[0].joined);
    assert_eq!(second.cases[0].number, number("2031-001"));
    let kept = case(&shelf, "2031-001");
    assert_eq!(kept.reports.len(), 2);
    assert!(kept.reports[0].changes.is_empty());
    let changed = |field| -> &FieldChange {
        kept.reports[1].changes.iter().find(|change| change.field == field).unwrap()
    };
    let affected = changed(Field::AffectedCount);
    assert_eq!(affected.before[0]["value"], 3_455_754);
    assert_eq!(affected.after[0]["value"], 3_179_454);
    let leak = changed(Field::DataDisclosure);
    assert_eq!(
        (&leak.before, &leak.after),
        (&json!("under_investigation"), &json!("not_confirmed"))
    );
    assert_eq!(now(&kept, Field::AffectedCount)[0]["value"], 3_179_454);
    // What the second is silent about stays, with the words of the first behind it.
    assert_eq!(now(&kept, Field::ReportedTo), json!(["ppc"]));
    assert_eq!(kept.facts.reported_to[0].cite.words().unwrap().0, kept.reports[0].source.sha256);
    assert_eq!(kept.history.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn reports_join_in_whatever_order_they_come() {
    let (one, other) = (Shelf::new(), Shelf::new());
    one.add(FIRST);
    one.add(SECOND);
    other.add(SECOND);
    other.add(FIRST);
    let (one, other) = (case(&one, "2031-001"), case(&other, "2031-001"));
    assert_eq!(one.facts, other.facts);
    assert_eq!(one.reports[1].changes, other.reports[1].changes);
}

#[test]
fn a_correction_survives_reading_again_until_it_is_withdrawn() {
    let shelf = Shelf::new();
    let source = shelf.add(FIRST).sha256;
    let (number, book) = (number("2031-001"), &shelf.book);
    let value = json!("株式会社みずたま商店");
    let seq = book.correct(number, Field::Organisation, &value, "登記名", &mori()).unwrap();
    let kept = case(&shelf, "2031-001");
    assert_eq!(now(&kept, Field::Organisation), value);
    assert_eq!(kept.corrections[0].before, json!("株式会社みずたま商会"));
    assert!(matches!(&kept.facts.organisation.unwrap().cite,
        Origin::Person { who, why, .. } if who == "mori" && why == "登記名"));

    let read = Release::of("a.txt", FIRST.as_bytes());
    book.reread(&source, READER, &read.cases, &mori()).unwrap();
    assert_eq!(now(&case(&shelf, "2031-001"), Field::Organisation), value);
    let other_number_of_entries = book.reread(&source, READER, &[], &mori()).unwrap_err();
    assert!(other_number_of_entries.to_string().contains("nothing was changed"));

    book.withdraw(number, seq, "登記簿を見誤った", &mori()).unwrap();
    let kept = case(&shelf, "2031-001");
    assert_eq!(now(&kept, Field::Organisation), json!("株式会社みずたま商会"));
    assert_eq!(kept.corrections[0].withdrawn, Some(seq + 2));
    assert!(book.withdraw(number, seq, "もう一度", &mori()).is_err());
    let no_reason = book.correct(number, Field::Organisation, &value, " ", &mori()).unwrap_err();
    assert_eq!(no_reason.to_string(), "a correction needs a reason");
    book.verify(None).unwrap();
}

#[test]
fn a_case_is_opened_by_hand_and_a_record_imported() {
    let shelf = Shelf::filled();
    let mut numbers = shelf.book.numbers().unwrap();
    numbers.retain(|kept| *kept != number("2031-001"));
    // Nobody said when it was: it has a number of the year in which it was opened.
    let kept = shelf.book.case(numbers[0]).unwrap().unwrap();
    assert_eq!(now(&kept, Field::Title), json!("書類の紛失"));
    assert!(kept.reports.is_empty() && kept.original.is_none());

    let mut facts = Facts::silent(Kind::Incident);
    let origin = Origin::Import { import: "veris".to_owned(), pointer: "/summary".to_owned() };
    facts.title = Some(case::Cited::new("Lost laptop".to_owned(), origin));
    let record = json!({ "summary": "Lost laptop", "x": [1, 2.5, null] });
    let numbers = shelf.book.import("veris", [(facts, record.clone())], &mori()).unwrap();
    let kept = shelf.book.case(numbers[0].number()).unwrap().unwrap();
    assert_eq!(now(&kept, Field::Title), json!("Lost laptop"));
    assert_eq!(kept.original.unwrap().record, record);
    shelf.book.verify(None).unwrap();
}

#[test]
fn what_may_be_a_report_is_proposed_and_decided() {
    let (joined, apart) = (Shelf::new(), Shelf::new());
    for (shelf, accepted) in [(&joined, true), (&apart, false)] {
        shelf.add(FIRST);
        let proposed = shelf.add(UNSURE).cases.remove(0);
        assert_eq!(proposed.proposed, Some(number("2031-001")));
        let open = shelf.book.open_proposals().unwrap();
        assert!(open[0].because.contains(&Evidence::Dates), "{open:?}");
        shelf.book.decide(proposed.number, accepted, "電話で確かめた", &mori()).unwrap();
        assert!(shelf.book.open_proposals().unwrap().is_empty());
        assert!(shelf.book.decide(proposed.number, accepted, "もう一度", &mori()).is_err());
        shelf.book.verify(None).unwrap();
    }
    assert_eq!(joined.book.numbers().unwrap(), [number("2031-001")]);
    assert_eq!(case(&joined, "2031-002").merged_into, Some(number("2031-001")));
    assert_eq!(case(&joined, "2031-001").reports.len(), 2);
    assert_eq!(apart.book.numbers().unwrap(), [number("2031-001"), number("2031-002")]);
    assert_eq!(case(&apart, "2031-001").proposals[0].accepted, Some(false));
}

#[test]
fn a_change_that_fails_leaves_nothing_behind() {
    let shelf = Shelf::filled();
    let before = shelf.book.verify(None).unwrap();
    let wrong = json!("no such kind");
    let reason = "誤り";
    shelf.book.correct(number("2031-001"), Field::DataKinds, &wrong, reason, &mori()).unwrap_err();
    let value = json!("どこか");
    let nowhere = shelf.book.correct(number("1999-001"), Field::Title, &value, reason, &mori());
    assert_eq!(nowhere.unwrap_err().to_string(), "there is no case 1999-001");
    assert_eq!(shelf.book.verify(None).unwrap(), before);
}

#[test]
fn flaws_say_what_helps() {
    let shelf = Shelf::filled();
    let flaw = shelf.book.verify(Some("no checkpoint")).unwrap_err();
    assert_eq!(flaw.remedy(), Remedy::Look, "{flaw}");
}
