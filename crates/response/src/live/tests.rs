//! A live case from its entries: what stands, what is refused, what a release and a status page would say.
//! Values of fields are put in by a stand-in for the book.

use case::{Category, Facts as CaseFacts, Field, Origin};
use serde_json::{Value, json};

use super::*;
use crate::{Facts, Verdict, clocks};

fn event(value: Value) -> Event {
    serde_json::from_value(value).unwrap()
}

/// A case of these entries after its opening, numbered from 11; every one is checked as it comes.
fn recorded(events: &[Value]) -> Result<Live, Refused> {
    let opening =
        json!({ "kind": "opened", "title": "業務システムの停止", "category": "ransomware" });
    let mut log = vec![entry(10, &opening)];
    for (seq, told) in (11..).zip(events) {
        Live::of(log.clone()).unwrap().check(&event(told.clone()))?;
        log.push(entry(seq, told));
    }
    Ok(Live::of(log).unwrap())
}

fn entry(seq: u64, told: &Value) -> Entry {
    let at = format!("2031-06-05T00:{seq:02}:00Z");
    Entry { seq, at, who: "mori".to_owned(), event: event(told.clone()) }
}

/// A stand-in for the book: titles alone.
fn put(
    facts: &CaseFacts<Origin>,
    field: Field,
    value: &Value,
    origin: &Origin,
) -> Result<CaseFacts<Origin>, String> {
    let mut facts = facts.clone();
    match (field, value.as_str()) {
        (Field::Title, Some(title)) => {
            facts.title = Some(case::Cited::new(title.to_owned(), origin.clone()));
            Ok(facts)
        }
        _ => Err(field.name().to_owned()),
    }
}

fn known(live: &Live) -> Known {
    live.known(put).unwrap()
}

#[track_caller]
fn refused(events: &[Value], why: &Refused) {
    assert_eq!(&recorded(events).unwrap_err(), why);
}

#[test]
fn a_correction_stands_and_what_was_said_first_stays() {
    let live = recorded(&[
        json!({ "kind": "noted", "what": "サーバを止めた", "happened": "2031-06-05T07:00" }),
        json!({ "kind": "noted", "what": "回線を切った" }),
        json!({ "kind": "corrected", "entry": 11, "why": "時計が進んでいた",
            "event": { "kind": "noted", "what": "サーバを止めた", "happened": "2031-06-05T06:50" } }),
        json!({ "kind": "withdrawn", "entry": 12, "why": "切っていなかった" }),
    ])
    .unwrap();
    let lines = live.timeline();
    assert_eq!(lines.len(), 1);
    let (standing, note) = lines[0];
    assert_eq!(note.happened.unwrap().to_string(), "2031-06-05T06:50+09:00");
    assert_eq!((standing.seq, standing.earlier[0].corrected_by), (11, 13));
    let Event::Noted(before) = &standing.earlier[0].event else { panic!("a note") };
    assert_eq!(before.happened.unwrap().to_string(), "2031-06-05T07:00+09:00");
    assert_eq!(live.taken_back()[0].why, "切っていなかった");
    assert_eq!(live.log().len(), 5);
}

#[test]
fn what_names_nothing_is_refused() {
    let task = json!({ "kind": "task", "what": "隔離", "owner": "森" });
    let done = json!({ "kind": "task_done", "task": 11, "at": "2031-06-05T08:00" });
    refused(&[json!({ "kind": "noted", "what": "  " })], &Refused::Empty("what"));
    refused(std::slice::from_ref(&done), &Refused::NoEntry { what: "task", entry: 11 });
    refused(&[task.clone(), done.clone(), done], &Refused::Done(11));
    refused(
        &[
            task.clone(),
            json!({ "kind": "corrected", "entry": 11, "why": "x",
            "event": { "kind": "noted", "what": "x" } }),
        ],
        &Refused::OtherKind { is: "task", would: "noted" },
    );
    refused(&[json!({ "kind": "withdrawn", "entry": 10, "why": "x" })], &Refused::Fixed("opened"));
    refused(
        &[json!({ "kind": "withdrawn", "entry": 12, "why": "x" })],
        &Refused::NoEntry { what: "entry", entry: 12 },
    );
    let count =
        json!({ "kind": "counted", "service": "A", "done": 3, "total": 2, "at": "2031-06-05" });
    refused(std::slice::from_ref(&count), &Refused::NoService("A".to_owned()));
    let service = |name: &str, needs: &[&str]| json!({ "kind": "service", "name": name, "status": "affected", "needs": needs });
    refused(&[service("A", &[]), count], &Refused::MoreThanAll { done: 3, total: 2 });
    refused(&[service("A", &["A"])], &Refused::Itself("A".to_owned()));
    refused(
        &[service("A", &[]), service("B", &["A"]), service("A", &["B"])],
        &Refused::Itself("A".to_owned()),
    );
    refused(
        &[
            json!({ "kind": "stated", "facts": { "reported": [{ "obligation": "no", "at": "2031-06-06" }] } }),
        ],
        &Refused::NoObligation("no".to_owned()),
    );
    refused(&[json!({ "kind": "closed", "why": "済" }), task], &Refused::Closed);
    assert!(serde_json::from_value::<Event>(json!({ "kind": "noted", "waht": "x" })).is_err());
}

#[test]
fn evidence_goes_from_hand_to_hand() {
    let sha256 = "ab".repeat(32);
    let taken = json!({ "kind": "evidence", "what": "VPNのログ", "sha256": sha256,
        "taken": "2031-06-05T09:00", "holder": "森" });
    let over = |from: &str, to: &str| json!({ "kind": "handed_over", "evidence": 11, "from": from, "to": to, "at": "2031-06-05T10:00" });
    let live =
        recorded(&[taken.clone(), over("森", "調査会社"), over("調査会社", "警察")]).unwrap();
    let held = &live.evidence()[0];
    assert_eq!((held.holder(), held.handed.len()), ("警察", 2));
    refused(
        &[taken, over("森", "調査会社"), over("森", "警察")],
        &Refused::NotTheHolder { has: "調査会社".to_owned(), from: "森".to_owned() },
    );
    let no_hash = json!({ "kind": "evidence", "what": "x", "sha256": "AB",
        "taken": "2031-06-05", "holder": "森" });
    refused(&[no_hash], &Refused::NoHash("AB".to_owned()));
}

#[test]
fn clocks_start_when_it_was_noticed_and_change_with_what_is_stated() {
    let noticed = json!({ "kind": "noted", "what": "監視が異常を通知", "event": "discovered",
        "happened": "2031-06-05T05:50", "known": "2031-06-05T06:00", "known_by": "運用部" });
    let stated = |facts: Value| json!({ "kind": "stated", "facts": facts });
    let live = recorded(&[
        noticed,
        json!({ "kind": "noted", "what": "脆弱性の公表", "known": "2031-05-01" }),
        stated(json!({ "people": 800, "answers": { "leaked": true } })),
        stated(json!({ "answers": { "wrongful": false } })),
        json!({ "kind": "withdrawn", "entry": 14, "why": "不正の目的を否定できない" }),
    ])
    .unwrap();
    let known = known(&live);
    let (at, by) = known.clocks.facts.first_known().unwrap();
    assert_eq!((at.to_string().as_str(), by), ("2031-06-05T06:00+09:00", "運用部"));
    assert_eq!(known.case.discovered.as_ref().unwrap().value.from.to_string(), "2031-06-05T06:00");
    let clocks = clocks(&known.clocks.facts);
    let full = clocks.iter().find(|clock| clock.obligation == "appi-full").unwrap();
    assert_eq!(full.verdict, Verdict::Applies);
    // 60 days, the day of knowing being day 1: 2031-08-03 is a Sunday.
    assert_eq!(full.due.unwrap().by.to_string(), "2031-08-04");
    let changed = live.clock_changes(put).unwrap();
    let full: Vec<(u64, &str)> = changed
        .iter()
        .flat_map(|change| change.changes.iter().map(|change_of| (change.entry, change_of)))
        .filter(|(_, change)| change.obligation == "appi-full")
        .map(|(entry, change)| (entry, change.after.en.as_str()))
        .collect();
    assert_eq!(full.last().unwrap().0, 15, "{full:?}");
    // Without a wrongful purpose it turns on what data it is, which nobody has said.
    assert!(full.contains(&(14, "cannot be told yet, due 2031-07-04 (Fri)")), "{full:?}");
}

#[test]
fn what_a_release_would_tell_is_the_case_and_the_rest_stays_inside() {
    let live = recorded(&[
        json!({ "kind": "noted", "what": "警察へ届け出た", "event": "reported_police",
            "happened": "2031-06-06" }),
        json!({ "kind": "noted", "what": "社内の打合せ", "happened": "2031-06-06" }),
        json!({ "kind": "service", "name": "給与", "status": "affected" }),
        json!({ "kind": "service", "name": "みずたま商店", "status": "affected", "part_of": "給与" }),
        json!({ "kind": "counted", "service": "給与", "done": 300, "total": 2800, "unit": "拠点",
            "at": "2031-06-20" }),
        json!({ "kind": "told", "field": "title", "value": "不正アクセスのお知らせ" }),
    ])
    .unwrap();
    let case = known(&live).case;
    assert_eq!(case.category.value, Category::Ransomware);
    assert_eq!(case.title.unwrap().value, "不正アクセスのお知らせ");
    assert_eq!(case.timeline.len(), 1);
    assert_eq!(case.services.len(), 1);
    assert_eq!((case.progress[0].done, case.progress[0].total), (Some(300), Some(2800)));
    let board = live.board();
    assert_eq!(board[1].part_of, "給与");
    assert!(live.known(|_, field, _, _| Err::<CaseFacts<Origin>, _>(field)).is_err());
}

#[test]
fn tasks_come_in_the_order_in_which_they_are_due() {
    let live = recorded(&[
        json!({ "kind": "task", "what": "後で", "owner": "森" }),
        json!({ "kind": "task", "what": "明日まで", "owner": "林", "due": "2031-06-06" }),
        json!({ "kind": "task", "what": "今日まで", "owner": "林", "due": "2031-06-05T18:00" }),
        json!({ "kind": "task", "what": "済み", "due": "2031-06-05" }),
        json!({ "kind": "task_done", "task": 14, "at": "2031-06-05T09:00", "by": "森" }),
    ])
    .unwrap();
    let tasks = live.tasks();
    let order: Vec<&str> = tasks.iter().map(|doing| doing.task.what.as_str()).collect();
    assert_eq!(order, ["今日まで", "明日まで", "後で", "済み"]);
    assert_eq!(tasks[3].done_by(), Some("森"));
    let late = "2031-06-05T18:01".parse().unwrap();
    assert_eq!(tasks.iter().filter(|doing| doing.is_late(late)).count(), 1);
}

#[test]
fn a_status_page_says_what_was_marked_and_names_no_tenant() {
    let service = |name: &str, part_of: &str, status: &str| json!({ "kind": "service", "name": name, "part_of": part_of, "status": status });
    let live = recorded(&[
        service("給与", "", "affected"),
        service("みずたま商店", "給与", "affected"),
        service("やまびこ電機", "給与", "restored"),
        json!({ "kind": "noted", "what": "侵入経路はVPN装置" }),
        json!({ "kind": "noted", "what": "給与の入力を再開しました", "public": true,
            "happened": "2031-06-20T09:00" }),
        json!({ "kind": "decided", "what": "支払わない", "because": "復旧できる" }),
    ])
    .unwrap();
    let public = live.public("2031-06-20T10:00".parse().unwrap(), None, true);
    assert_eq!(public.services.len(), 1);
    assert_eq!(public.services[0].tenants, Some((1, 2)));
    assert_eq!(public.news.len(), 1);
    let said = serde_json::to_string(&public).unwrap();
    for hidden in ["みずたま", "やまびこ", "VPN", "支払", "mori"] {
        assert!(!said.contains(hidden), "{hidden}: {said}");
    }
}

#[test]
fn contacts_alone_are_personal() {
    let contact = json!({ "kind": "contact", "name": "森" });
    let corrected = json!({ "kind": "corrected", "entry": 11, "event": contact, "why": "x" });
    assert!(event(contact).is_personal() && event(corrected).is_personal());
    assert!(!event(json!({ "kind": "noted", "what": "x" })).is_personal());
}

/// One entry of each kind as the first version wrote it; later versions read it as it was meant.
#[test]
fn entries_of_the_first_version_are_read() {
    let sample = include_str!("../../tests/live-v1.jsonl");
    let mut kinds = Vec::new();
    for line in sample.lines() {
        let read: Event = serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"));
        assert_eq!(
            serde_json::to_value(&read).unwrap(),
            serde_json::from_str::<Value>(line).unwrap()
        );
        kinds.push(read.name());
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 18);
}

#[test]
fn facts_and_times_survive_json() {
    let facts: Facts = serde_json::from_value(json!({ "people": { "at_most": 1200 } })).unwrap();
    let stated = Event::Stated(Stated { facts });
    let line = serde_json::to_string(&stated).unwrap();
    assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), stated);
}
