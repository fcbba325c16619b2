//! Mails go into a record of their own and are asked for.

use super::*;
use crate::spool::Progress;
use crate::{Disposition, Gate};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_900_000_000 + second).unwrap()
}

fn id(n: u32) -> MailId {
    format!("01hf5z4q5t{n:016}").parse().unwrap()
}

fn who(name: &str) -> Address {
    format!("{name}@example.jp").parse().unwrap()
}

fn taken(n: u32, from: &str, subject: &str, gate: Gate) -> Note {
    Note::Taken(Box::new(Incoming {
        id: id(n),
        at: at(i64::from(n)),
        from: Some(who(from)),
        to: vec![format!("kyaku{n}@client.example")],
        subject: subject.to_owned(),
        files: vec!["名簿.xlsx".to_owned()],
        bytes: 1_000,
        judgement: Judgement { disposition: Disposition::behind(gate), ..Judgement::default() },
    }))
}

fn record(notes: Vec<Note>) -> (tempfile::TempDir, Record) {
    let dir = tempfile::tempdir().unwrap();
    let record = Record::open(dir.path()).unwrap();
    for note in notes {
        record.note(note);
    }
    record.settle().unwrap();
    (dir, record)
}

#[track_caller]
fn check(record: &Record, search: Search, expected: &[u32]) {
    let found = record.find(&Search { most: 10, ..search }).unwrap();
    let ids: Vec<MailId> = found.mails.iter().map(|mail| mail.id).collect();
    assert_eq!(ids, expected.iter().map(|&n| id(n)).collect::<Vec<_>>());
}

#[test]
fn mails_are_found_by_words_of_any_width_and_by_what_became_of_them() {
    let (_dir, record) = record(vec![
        taken(1, "mori", "見積書の件 ＡＢＣ", Gate::Open),
        taken(2, "sato", "見積書", Gate::AskSender),
        taken(3, "mori", "納品", Gate::Open),
        Note::Ended { id: id(1), end: End::Delivered, got: Vec::new(), at: at(10) },
    ]);
    let words = |words: &str| Search { words: words.to_owned(), ..Search::default() };
    check(&record, words("abc 見積"), &[1]);
    check(&record, words("名簿"), &[3, 2, 1]);
    check(&record, words("見積%"), &[]);
    check(&record, Search { senders: vec!["sato@example.jp".to_owned()], ..words("") }, &[2]);
    check(&record, Search { state: Some(State::UnderWay), ..words("") }, &[3, 2]);
    check(&record, Search { state: Some(State::Ended(End::Delivered)), ..words("") }, &[1]);
    check(&record, Search { state: Some(State::Asked), ..words("") }, &[2]);
    let page = record.find(&Search { most: 2, ..words("") }).unwrap();
    check(&record, Search { before: page.next, ..words("") }, &[1]);
}

#[test]
fn who_looked_and_who_decided_stays() {
    let decided = |n, decision, second| Note::Decided {
        id: id(n),
        who: who("kacho"),
        decision,
        at: at(second),
    };
    let opened = |n, second| Note::Opened { id: id(n), who: who("kacho"), at: at(second) };
    let (_dir, record) = record(vec![
        taken(1, "mori", "", Gate::AskApprover),
        taken(2, "mori", "", Gate::AskApprover),
        taken(3, "mori", "", Gate::AskApprover),
        taken(4, "mori", "", Gate::AskApprover),
        opened(1, 20),
        opened(1, 25),
        decided(1, Decision::LetGo, 61),
        opened(2, 30),
        decided(2, Decision::LetGo, 32),
        decided(3, Decision::Cancel, 40),
    ]);
    let mail = record.mail(id(1)).unwrap().unwrap();
    assert_eq!(mail.opened, Some(("kacho@example.jp".to_owned(), at(20))));
    assert_eq!(mail.decided, Some(("kacho@example.jp".to_owned(), at(61), "let-go".to_owned())));
    let months = record.months().unwrap();
    let asked = &months[0].approver;
    assert_eq!((asked.mails, asked.let_go, asked.cancelled, asked.silent), (4, 2, 1, 1));
    assert_eq!(asked.unread, 1, "two seconds are no look");
    assert_eq!((asked.wait_ms(0), asked.wait_ms(100)), (Some(30_000), Some(60_000)));
    // Four were held, three decided.
    assert_eq!(record.verify().unwrap(), 7);
}

#[test]
fn what_a_kill_left_is_made_good() {
    let (dir, record) = record(vec![
        taken(1, "mori", "", Gate::Open),
        taken(2, "mori", "", Gate::Open),
        taken(3, "mori", "", Gate::Open),
        Note::Dropped(id(3)),
    ]);
    drop(record);
    let record = Record::open(dir.path()).unwrap();
    record.make_good(|one| one == id(2), std::iter::empty(), at(99)).unwrap();
    record.settle().unwrap();
    let ended = |n| record.mail(id(n)).unwrap().map(|mail| mail.end.map(|(end, _)| end));
    assert_eq!((ended(1), ended(2), ended(3)), (Some(Some(End::Unknown)), Some(None), None));
}

#[test]
fn a_changed_ledger_is_noticed() {
    let (dir, record) = record(vec![taken(1, "mori", "", Gate::AskSender)]);
    let file = Connection::open(dir.path().join(FILE)).unwrap();
    assert_eq!(record.verify().unwrap(), 1);
    let changed =
        "UPDATE entry SET line = CAST(replace(CAST(line AS TEXT), 'sender', 'nobody') AS BLOB)";
    assert_eq!(file.execute(changed, []).unwrap(), 1);
    assert!(matches!(record.verify(), Err(RecordError::Broken(_))));
}

#[test]
fn a_secret_is_good_once() {
    let (_dir, record) = record(Vec::new());
    assert!(record.spend(b"one", at(100), at(0)).unwrap());
    assert!(!record.spend(b"one", at(100), at(50)).unwrap());
    assert!(record.spend(b"two", at(100), at(50)).unwrap());
}

#[test]
fn an_end_is_what_the_recipients_say() {
    let delivered = Some(Outcome::Delivered { said: String::new() });
    let failed = Some(Outcome::Failed { said: String::new() });
    let status = |phase: Phase, outcomes: &[&Option<Outcome>]| {
        let mut status = Status::received(outcomes.len());
        status.phase = phase;
        for (progress, &last) in status.recipients.iter_mut().zip(outcomes) {
            *progress = Progress { tries: 1, last: last.clone() };
        }
        status
    };
    let released = || Phase::Released { by: "policy".to_owned() };
    let cancelled = |by: &str| Phase::Cancelled { by: by.to_owned() };
    for (status, end) in [
        (status(released(), &[&delivered, &delivered]), End::Delivered),
        (status(released(), &[&delivered, &failed]), End::Partly),
        (status(released(), &[&failed]), End::Failed),
        (status(cancelled("mori@example.jp"), &[&None]), End::Cancelled),
        (status(cancelled("sender-silent"), &[&None]), End::GivenBack),
        (status(cancelled("policy"), &[&None]), End::Refused),
    ] {
        assert_eq!(End::of(&status), end);
    }
}

#[test]
fn old_mails_are_taken_out_and_the_ledger_stays() {
    let (dir, record) = record(vec![
        taken(1, "mori", "契約書", Gate::AskSender),
        taken(2, "mori", "見積書", Gate::Open),
        taken(3, "mori", "納品書", Gate::Open),
        taken(4, "mori", "請求書", Gate::Open),
        Note::Ended { id: id(1), end: End::Delivered, got: Vec::new(), at: at(10) },
        Note::Ended { id: id(3), end: End::Delivered, got: Vec::new(), at: at(10) },
        Note::Ended { id: id(4), end: End::Delivered, got: Vec::new(), at: at(10) },
    ]);
    let recall = |mail: MailId, asked: Timestamp| {
        let work = |tables: &Connection| {
            let mail = mail.to_string();
            tables.execute(
                "INSERT INTO recall (mail, by, noticed, asked) VALUES (?1, 'mori', 0, ?2)",
                (&mail, asked.as_millisecond()),
            )?;
            tables
                .execute("INSERT INTO recall_to (mail, address) VALUES (?1, 'a@b.example')", [mail])
        };
        record.change(work).unwrap();
    };
    recall(id(1), at(1));
    recall(id(3), at(9));
    let entries = record.verify().unwrap();
    let forget = |before| {
        record.note(Note::Forget { before: at(before), at: at(20) });
        record.settle().unwrap();
    };
    // Nothing is that old, and that is nothing to tell.
    forget(0);
    assert_eq!(record.verify().unwrap(), entries);
    // The second is under way; about the third, somebody asked lately; the fourth is too young.
    forget(4);
    check(&record, Search::default(), &[4, 3, 2]);
    assert_eq!(record.verify().unwrap(), entries + 1);
    let recalls = |tables: &Connection| {
        tables.query_row("SELECT group_concat(mail) FROM recall_to", [], |row| {
            row.get::<_, String>(0)
        })
    };
    assert_eq!(record.read(recalls).unwrap(), id(3).to_string());
    drop(record);
    let left = std::fs::read(dir.path().join(FILE)).unwrap();
    assert!(
        memchr::memmem::find(&left, "契約書".as_bytes()).is_none(),
        "nothing is left in the file"
    );
    assert!(memchr::memmem::find(&left, "請求書".as_bytes()).is_some());
}
