//! What is fuzzed and what must hold: no panic, every citation inside its case and on character
//! boundaries, and what is taken is written again as it was. It does not look for hangs: whoever runs a target watches the time.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use case::{Case, SourceId};
use formats::{Document, Hints};
use ledger::{Checkpoint, Entry, NoteLimits, PublicKey, SignedNote};
use reader::Input;
use relay::spool::frame::{
    Found, HEADER_BYTES, Header, RECORD_HEAD_BYTES, Scan, set_marks, write_record,
};
use serde_json::Value;
use text::{Limits, Span};

/// One thing to fuzz.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// The file name that inputs are given, for its ending; also picks the seeds.
    pub file_name: &'static str,
    /// Runs one input; panics where something does not hold. The number tells roughly what was
    /// read, so that a driver without coverage can keep inputs that do something new.
    pub run: fn(&[u8]) -> u64,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "plain", file_name: "input.txt", run: plain },
    Target { name: "html", file_name: "input.html", run: html },
    Target { name: "pdf", file_name: "input.pdf", run: pdf },
    Target { name: "mail", file_name: "input.eml", run: mail },
    Target { name: "feed", file_name: "input.xml", run: feed },
    Target { name: "reader", file_name: "input.txt", run: reader },
    Target { name: "citations", file_name: "input.txt", run: citations },
    Target { name: "note", file_name: "note", run: note },
    Target { name: "veris", file_name: "input.json", run: veris },
    Target { name: "outgoing", file_name: "input.eml", run: crate::outgoing::outgoing },
    Target { name: "spool", file_name: "input.segment", run: spool },
    Target { name: "session", file_name: "input.smtp", run: crate::smtp::session },
];

/// Small enough that a bomb shows as an error and not as an exhausted machine.
const LIMITS: Limits = Limits {
    input_bytes: 1 << 20,
    text_bytes: 8 << 20,
    depth: 64,
    pages: 50,
    entries: 1_000,
    facts: 100,
};

/// Plain text in any charset, detected or, as the first byte says, given.
pub fn plain(data: &[u8]) -> u64 {
    const CHARSETS: [Option<&str>; 8] = [
        None,
        None,
        None,
        Some("shift_jis"),
        Some("euc-jp"),
        Some("iso-2022-jp"),
        Some("utf-16le"),
        Some("no such charset"),
    ];
    let charset = data.first().and_then(|&first| CHARSETS[usize::from(first) % CHARSETS.len()]);
    decode_and_read(data, Hints { name: "input.txt", charset })
}

/// A page.
pub fn html(data: &[u8]) -> u64 {
    decode_and_read(data, Hints { name: "input.html", charset: None })
}

/// A PDF.
pub fn pdf(data: &[u8]) -> u64 {
    decode_and_read(data, Hints { name: "input.pdf", charset: None })
}

/// A mail.
pub fn mail(data: &[u8]) -> u64 {
    decode_and_read(data, Hints { name: "input.eml", charset: None })
}

/// A feed.
pub fn feed(data: &[u8]) -> u64 {
    decode_and_read(data, Hints { name: "input.xml", charset: None })
}

/// The reader alone, on any text.
pub fn reader(data: &[u8]) -> u64 {
    read_soundly(&String::from_utf8_lossy(data), &[])
}

/// Citations on texts put together from the phrases that releases are made of: each byte picks one.
/// The text is read twice, whole and split into parts, and once more to see that it reads the same.
///
/// # Panics
/// Where something does not hold, like every target.
pub fn citations(data: &[u8]) -> u64 {
    let phrases: Vec<&str> = crate::mutate::PHRASES.lines().collect();
    let mut text = String::new();
    let mut parts = Vec::new();
    let mut part_start = 0;
    // Enough for a long release; more would only be slower.
    for pair in data.chunks(2).take(2_000) {
        let pick = pair.iter().fold(0, |sum, &byte| sum * 256 + usize::from(byte));
        match pick % 8 {
            0 => text.push('\n'),
            1 => text.push('、'),
            2 => text.push('。'),
            _ => text.push_str(phrases[pick / 8 % phrases.len()]),
        }
        if pick % 97 == 0 {
            parts.extend(Span::new(part_start, text.len()));
            part_start = text.len();
        }
    }
    let whole = read_soundly(&text, &[]);
    assert_eq!(whole, read_soundly(&text, &[]), "the same text is read differently");
    parts.extend(Span::new(part_start, text.len()));
    read_soundly(&text, &parts);
    whole
}

/// A signed note, a checkpoint, a key or an entry of a ledger, as it may be handed to a book by
/// anybody: what is taken is written again as it was.
///
/// # Panics
/// Where something does not hold, like every target.
pub fn note(data: &[u8]) -> u64 {
    let note = SignedNote::parse(data, NoteLimits::default());
    if let Ok(note) = &note {
        assert_eq!(note.to_string().as_bytes(), data, "a note is written differently");
    }
    let entry = Entry::parse(data);
    if let Ok(entry) = &entry {
        assert_eq!(entry.to_bytes().ok().as_deref(), Some(data), "an entry is written differently");
    }
    let text = String::from_utf8_lossy(data);
    let checkpoint = Checkpoint::parse_text(&text);
    if let Ok(checkpoint) = &checkpoint {
        assert_eq!(checkpoint.to_text(), text, "a checkpoint is written differently");
    }
    let key: Result<PublicKey, _> = text.trim().parse();
    hash(&(note.is_ok(), entry.is_ok(), checkpoint.is_ok(), key.is_ok(), data.len() / 16))
}

/// A record of VERIS, or anything else that is JSON: it comes in without a panic, and nothing of
/// it is lost without a word.
///
/// # Panics
/// Where something does not hold, like every target.
pub fn veris(data: &[u8]) -> u64 {
    let Ok(record) = serde_json::from_slice::<Value>(data) else { return 0 };
    let imported = exchange::veris::import(&record);
    let again = exchange::veris::import(&imported.record);
    assert_eq!(imported.facts, again.facts, "what is kept reads differently");
    hash(&(imported.facts.cites().len(), imported.leftovers.len(), imported.notes.len()))
}

/// A segment of a spool, as a disk may give it back: as it is, behind sound records, and as what
/// sound records say.
///
/// # Panics
/// Where something does not hold, like every target.
pub fn spool(data: &[u8]) -> u64 {
    let alone = segment_soundly(data);
    let header = Header { sequence: 1, mark: *b"fuzzing!", before_bytes: 0 };
    let mut records = Vec::new();
    for payload in ["one", "two", "three"] {
        write_record(&mut records, |out| out.extend_from_slice(payload.as_bytes()));
    }
    set_marks(&mut records, header.mark);
    let sound = [&header.to_bytes()[..], &records].concat();
    let damaged = [&sound, data].concat();
    let kept = Scan::of(&damaged, header.mark).take(3);
    assert!(kept.eq(Scan::of(&sound, header.mark)), "records before the damage are not kept");
    segment_soundly(&damaged);
    records.clear();
    for payload in data.split(|byte| *byte == b'\n') {
        write_record(&mut records, |out| {
            // An id, and as much of a head as the line has.
            out.extend_from_slice(&[7; 16]);
            out.extend(u32::try_from(payload.len()).unwrap_or(0).to_le_bytes());
            out.extend_from_slice(payload);
        });
    }
    set_marks(&mut records, header.mark);
    let said = segment_soundly(&[&header.to_bytes()[..], &records].concat());
    hash(&(alone, said))
}

/// Scans and replays a segment: what is found covers it from its header to its end, in order.
fn segment_soundly(segment: &[u8]) -> u64 {
    if let Ok(header) = Header::parse(segment) {
        assert_eq!(
            header.to_bytes()[..],
            segment[..HEADER_BYTES],
            "a header is written differently"
        );
        let mut at = HEADER_BYTES;
        for found in Scan::of(segment, header.mark) {
            let (offset, bytes) = match found {
                Found::Record { offset, payload, .. } => {
                    (offset, RECORD_HEAD_BYTES + payload.len())
                }
                Found::Damage { offset, bytes } => (offset, bytes),
            };
            assert!(offset == at && bytes > 0, "a gap or an overlap at {offset}");
            at += bytes;
        }
        assert_eq!(at, segment.len(), "the end is passed over");
    }
    match relay::spool::inspect(segment) {
        Ok(found) => {
            assert!(
                found.sound_bytes <= segment.len() && found.mails.len() as u64 <= found.records
            );
            hash(&(found.mails.len(), found.records.min(8), found.damage.len().min(8)))
        }
        Err(error) => hash(&error.to_string().len()),
    }
}

fn decode_and_read(data: &[u8], hints: Hints<'_>) -> u64 {
    match formats::decode(data.to_vec(), hints, &LIMITS) {
        Ok(document) => {
            check_document(&document);
            read_soundly(&document.text, &document.parts)
        }
        Err(error) => {
            let message = error.to_string();
            assert!(!message.is_empty(), "an error that says nothing: {error:?}");
            hash(&message.len())
        }
    }
}

/// The parts of a document fit its text, one after the other.
fn check_document(document: &Document) {
    assert!(document.text.len() <= LIMITS.text_bytes, "more text than the limit");
    let mut end = 0;
    for part in &document.parts {
        assert!(part.of(&document.text).is_some(), "part {part:?} does not fit the text");
        assert!(end <= part.start(), "part {part:?} begins before {end}");
        end = part.end();
    }
}

/// Reads `text` and checks every case that comes out.
fn read_soundly(text: &str, parts: &[Span]) -> u64 {
    let input = Input { source: SourceId(1), text, parts };
    let mut state = DefaultHasher::new();
    let mut end = 0;
    for case in reader::read(input, &LIMITS) {
        check_case(&case, text);
        let start = case.span.start();
        assert!(end <= start, "the case at {start} begins before the end {end} of the one before");
        end = case.span.end();
        shape(&case).hash(&mut state);
    }
    state.finish()
}

fn check_case(case: &Case, text: &str) {
    assert!(case.span.of(text).is_some(), "the case's span {:?} does not fit the text", case.span);
    for (field, cite) in case.facts.cites() {
        assert!(cite.of(text).is_some(), "{field}: cite {cite:?} does not fit the text");
        assert!(
            case.span.contains(cite),
            "{field}: cite {cite:?} lies outside the case {:?}",
            case.span
        );
    }
}

/// Which fields a case has, roughly how often.
fn shape(case: &Case) -> Vec<(&'static str, u32)> {
    let mut fields: Vec<(&'static str, u32)> = Vec::new();
    for (field, _) in case.facts.cites() {
        match fields.last_mut() {
            Some((last, count)) if *last == field => *count += 1,
            _ => fields.push((field, 1)),
        }
    }
    for (_, count) in &mut fields {
        *count = count.ilog2();
    }
    fields.push((case.facts.category.value.name(), 0));
    fields
}

fn hash(value: &impl std::hash::Hash) -> u64 {
    let mut state = DefaultHasher::new();
    value.hash(&mut state);
    state.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_stands_empty_and_odd_input() {
        for target in TARGETS {
            for input in [&b""[..], b"\0", b"\xff\xfe", "2023年".as_bytes(), b"%PDF-1.7", b"<rss>"]
            {
                (target.run)(input);
            }
        }
    }

    #[test]
    #[should_panic(expected = "lies outside the case")]
    fn a_citation_outside_its_case_is_caught() {
        let text = "事件です。2023年";
        let span = |start, end| Span::new(start, end).unwrap();
        let json = format!(
            r#"{{"source":"s1","span":[0,15],"kind":"incident","case_number":null,"title":null,
            "organisation":null,"other_organisations":[],"sector":null,"report":null,
            "disclosed_on":null,"category":{{"value":"other","cites":[[15,{}]]}},"occurred":null,
            "discovered":null,"affected_count":[],"data_kinds":[],"timeline":[],"reported_to":[],
            "data_disclosure":null,"secondary_damage":null,"services":[],"progress":[],
            "prevention":[],"technical":[],"warnings":[]}}"#,
            text.len()
        );
        let case: Case = serde_json::from_str(&json).unwrap();
        assert_eq!(case.span, span(0, 15));
        check_case(&case, text);
    }
}
