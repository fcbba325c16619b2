//! The stored format: a spool of version 1, in the bytes that were once written, is still read as it
//! was then. The bytes are never made anew; a later version gets a sample of its own.

use super::*;

/// Three mails: one judged and held, one of two recipients half delivered (and written anew by
/// compaction), one done.
const V1: &[u8] = include_bytes!("v1.segment");

#[test]
fn a_spool_of_version_1_is_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("0000000000000007.segment"), V1).unwrap();
    let spool = Spool::open(folder.path(), SMALL).unwrap();
    assert_eq!(spool.damage(), []);
    let mails: Vec<_> = spool
        .mails()
        .into_iter()
        .map(|id| {
            let mail = String::from_utf8(spool.mail(id).unwrap()).unwrap();
            let verdict = spool.verdict(id).unwrap().map(|it| String::from_utf8(it).unwrap());
            (id.to_string(), spool.status(id), spool.envelope(id).unwrap(), mail, verdict)
        })
        .collect();
    insta::assert_json_snapshot!(mails);
}

#[test]
fn it_is_inspected_without_a_spool() {
    let inspected = inspect(V1).unwrap();
    assert_eq!((inspected.mails.len(), inspected.sound_bytes), (2, V1.len()));
    let half = inspect(&V1[..V1.len() / 2]).unwrap();
    assert!(half.records > 0 && half.sound_bytes <= V1.len() / 2);
    assert_eq!(inspect(b"no segment at all").unwrap().damage[0].what, DamageKind::Header);
}

/// Writes the sample: only for a new version.
#[test]
#[ignore = "writes the sample of a new version of the format"]
fn write_the_sample() {
    let mut out = Vec::new();
    let id = super::super::sample::id;
    let mail = |text: &str| format!("Subject: {text}\r\n\r\n{text}\r\n").into_bytes();
    let later = Outcome::Deferred { said: "451 後で".to_owned(), next_try: now(1_900_000_600) };
    let mut half = Status::received(2);
    half.take(released()).unwrap();
    half.take(delivered(0)).unwrap();
    let events = [
        Event::Accepted { id: id(1), envelope: envelope(1), mail: mail("held") },
        Event::Judged { id: id(1), verdict: b"{\"check\":\"exposed-recipients\"}".to_vec() },
        Event::step(id(1), Step::Held { by: "window".to_owned(), until: Some(now(1_900_000_000)) }),
        Event::Accepted { id: id(2), envelope: envelope(2), mail: mail("half") },
        Event::Accepted { id: id(3), envelope: envelope(1), mail: mail("done") },
        Event::step(id(3), released()),
        Event::step(id(3), Step::Done),
    ];
    for event in &events {
        event.write(&mut out, None).unwrap();
    }
    let bytes = mail("half, with links");
    let written = serde_json::to_vec(&envelope(2)).unwrap();
    let sum = |bytes| event::Sum::of(bytes).unwrap();
    let body =
        event::Body { recipients: 2, envelope: sum(&written), mail: sum(&bytes), apart: None };
    let (envelope, mail) = (&written, &bytes);
    let kept = event::Kept { id: id(2), status: &half, body, envelope, mail, verdict: None };
    kept.write(&mut out).unwrap();
    Event::step(id(2), Step::Tried { recipient: 1, outcome: later }).write(&mut out, None).unwrap();
    let header = frame::Header { sequence: 7, mark: *b"sample\0\x01", before_bytes: 0 };
    frame::set_marks(&mut out, header.mark);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/spool/tests/v1.segment");
    std::fs::write(path, [&header.to_bytes()[..], &out].concat()).unwrap();
}
