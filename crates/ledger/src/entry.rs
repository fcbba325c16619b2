//! [`Entry`]: one change of the record, and the one line of JSON that it is kept as. It does not
//! know what a change means (`what` and `body` are the business of who wrote it), nor whether an
//! entry follows the one before it: [`Verifier`](crate::Verifier) does.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::hash::{Hash, leaf};
use crate::tree::Frontier;

/// The version of the format that this code writes, the `v` of the line.
pub const VERSION: u64 = 1;

/// The longest name of a kind of change, in bytes.
const MOST_WHAT_BYTES: usize = 64;
/// The longest name of an author, in bytes.
const MOST_WHO_BYTES: usize = 256;

/// A change before it has a place in the log.
///
/// ```
/// let body = serde_json::json!({ "number": "2031-004" });
/// let draft = ledger::Draft::new("2031-04-05T06:07:08Z", "mori", "case_opened", &body).unwrap();
/// assert_eq!(draft.body.get(), r#"{"number":"2031-004"}"#);
/// ```
#[derive(Clone, Debug)]
pub struct Draft {
    /// When, by the writer's clock: RFC 3339 in UTC, ending in `Z`.
    pub at: String,
    /// Who made the change.
    pub who: String,
    /// The kind of change: lower-case words joined by `_`, as `case_opened`.
    pub what: String,
    /// The change itself: a JSON object, on one line.
    pub body: Box<RawValue>,
}

/// One change of the record.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number; the first is 0.
    pub seq: u64,
    /// When, by the writer's clock: RFC 3339 in UTC. A claim; nothing here proves it.
    pub at: String,
    /// Who made the change.
    pub who: String,
    /// The kind of change.
    pub what: String,
    /// The leaf hash of the entry before this; [`Hash::ZERO`] for the first.
    pub previous: Hash,
    /// The Merkle root over all entries before this.
    pub root: Hash,
    /// The change itself: a JSON object, kept to the byte.
    pub body: Box<RawValue>,
}

/// An entry with its place in the log, ready to be kept.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The line to keep, without a line feed at its end.
    pub bytes: Vec<u8>,
    /// Its leaf hash, which is also what the next entry calls `previous`.
    pub leaf: Hash,
    /// What the line says.
    pub entry: Entry,
}

/// Why something is no entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// It is not JSON, or lacks a member, or has one too many.
    #[error("not an entry: {0}")]
    Json(#[source] serde_json::Error),
    /// It is of a version that this code does not know.
    #[error("version {found} of the entry is not known (only {VERSION} is)")]
    Version {
        /// The version given.
        found: u64,
    },
    /// It says what an entry says, in other bytes than an entry is written in: other order, white
    /// space, escapes.
    #[error("the entry is not spelled as entries are written")]
    Spelling,
    /// Its time is not one.
    #[error("{0:?} is not an RFC 3339 time in UTC")]
    At(String),
    /// Its author has no name, or one that is too long or has control characters.
    #[error("the author's name is empty, over {MOST_WHO_BYTES} bytes, or has control characters")]
    Who,
    /// The kind of change is not a name.
    #[error("{0:?} is not the name of a kind of change (a-z, 0-9 and _)")]
    What(String),
    /// The body is not an object on one line.
    #[error("the body is not a JSON object on one line")]
    Body,
}

/// The line, member for member in its order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    v: u64,
    seq: u64,
    #[serde(borrow)]
    at: Cow<'a, str>,
    #[serde(borrow)]
    who: Cow<'a, str>,
    #[serde(borrow)]
    what: Cow<'a, str>,
    previous: Hash,
    root: Hash,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// What every version of the line has.
#[derive(Deserialize)]
struct AnyVersion {
    v: u64,
}

impl Draft {
    /// A change with a body of any type that JSON shows as an object.
    pub fn new(
        at: impl Into<String>,
        who: impl Into<String>,
        what: impl Into<String>,
        body: &(impl Serialize + ?Sized),
    ) -> Result<Self, EntryError> {
        let body = serde_json::value::to_raw_value(body).map_err(EntryError::Json)?;
        Ok(Self { at: at.into(), who: who.into(), what: what.into(), body })
    }
}

impl Entry {
    /// The entry as its line, without a line feed. Fails where the entry was not parsed or sealed
    /// but put together, and would not parse.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        check(&self.at, &self.who, &self.what, &self.body)?;
        self.spell()
    }

    /// The entry that a line says. The line must be spelled as [`Entry::to_bytes`] spells it, so
    /// that an entry has one hash.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        let line: Line<'_> = serde_json::from_slice(bytes).map_err(|error| {
            // A later version may have other members; then its number says more than they do.
            match serde_json::from_slice::<AnyVersion>(bytes) {
                Ok(AnyVersion { v }) if v != VERSION => EntryError::Version { found: v },
                _ => EntryError::Json(error),
            }
        })?;
        if line.v != VERSION {
            return Err(EntryError::Version { found: line.v });
        }
        check(&line.at, &line.who, &line.what, line.body)?;
        let entry = Self {
            seq: line.seq,
            at: line.at.into_owned(),
            who: line.who.into_owned(),
            what: line.what.into_owned(),
            previous: line.previous,
            root: line.root,
            body: line.body.to_owned(),
        };
        if entry.spell()? == bytes { Ok(entry) } else { Err(EntryError::Spelling) }
    }

    /// When the entry was made, by its writer's clock.
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.at.parse().ok()
    }

    fn spell(&self) -> Result<Vec<u8>, EntryError> {
        let line = Line {
            v: VERSION,
            seq: self.seq,
            at: Cow::Borrowed(&self.at),
            who: Cow::Borrowed(&self.who),
            what: Cow::Borrowed(&self.what),
            previous: self.previous,
            root: self.root,
            body: &self.body,
        };
        serde_json::to_vec(&line).map_err(EntryError::Json)
    }
}

/// Gives a draft its place after the entries of `frontier`, the last of which has the leaf hash
/// `last` ([`Hash::ZERO`] before the first), and appends it to the frontier. On an error the
/// frontier is as before.
pub fn seal(draft: Draft, frontier: &mut Frontier, last: Hash) -> Result<Sealed, EntryError> {
    let Draft { at, who, what, body } = draft;
    let (seq, root) = (frontier.size(), frontier.root());
    let entry = Entry { seq, at, who, what, previous: last, root, body };
    let bytes = entry.to_bytes()?;
    let leaf = leaf(&bytes);
    frontier.append(leaf);
    Ok(Sealed { bytes, leaf, entry })
}

/// What must hold of an entry by itself.
fn check(at: &str, who: &str, what: &str, body: &RawValue) -> Result<(), EntryError> {
    if !is_utc(at) {
        return Err(EntryError::At(at.chars().take(MOST_WHAT_BYTES).collect()));
    }
    if who.is_empty() || who.len() > MOST_WHO_BYTES || who.chars().any(char::is_control) {
        return Err(EntryError::Who);
    }
    let named = what.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if what.is_empty() || what.len() > MOST_WHAT_BYTES || !named {
        return Err(EntryError::What(what.chars().take(MOST_WHAT_BYTES).collect()));
    }
    let body = body.get().as_bytes();
    if body.first() != Some(&b'{') || body.contains(&b'\n') || body.contains(&b'\r') {
        return Err(EntryError::Body);
    }
    Ok(())
}

/// Whether a text is a time of RFC 3339 in the one spelling that sorts. The parser takes more than
/// that before the fraction of a second (a space for `T`, an offset for `Z`), so the shape is checked
/// first.
fn is_utc(at: &str) -> bool {
    let shape = b"dddd-dd-ddTdd:dd:dd";
    let shaped = at.bytes().zip(shape).all(|(byte, &form)| match form {
        b'd' => byte.is_ascii_digit(),
        _ => byte == form,
    });
    shaped && at.len() > shape.len() && at.ends_with('Z') && at.parse::<Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// A stored entry of version 1, spelled by hand: it must be read for ever. Its hash was computed
    /// in Python.
    const FIRST: &str = concat!(
        r#"{"v":1,"seq":0,"at":"2031-04-05T06:07:08Z","who":"森","what":"case_opened","#,
        r#""previous":"0000000000000000000000000000000000000000000000000000000000000000","#,
        r#""root":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","#,
        r#""body":{"number":"2031-004","people":1.50, "why":"誤読\n\u003c"}}"#,
    );

    #[test]
    fn a_stored_entry_is_read_and_written_to_the_byte() {
        let entry = Entry::parse(FIRST.as_bytes()).unwrap();
        assert_eq!(
            (entry.seq, entry.previous, entry.root),
            (0, Hash::ZERO, Frontier::new().root())
        );
        assert_eq!((&*entry.who, &*entry.what), ("森", "case_opened"));
        assert_eq!(
            entry.body.get(),
            r#"{"number":"2031-004","people":1.50, "why":"誤読\n\u003c"}"#
        );
        assert_eq!(entry.timestamp().unwrap().as_second(), 1_933_135_628);
        assert_eq!(entry.to_bytes().unwrap(), FIRST.as_bytes());

        let Entry { at, who, what, body, .. } = entry;
        let mut frontier = Frontier::new();
        let sealed = seal(Draft { at, who, what, body }, &mut frontier, Hash::ZERO).unwrap();
        assert_eq!(sealed.bytes, FIRST.as_bytes());
        assert_eq!(
            sealed.leaf.to_string(),
            "6fc4f75e380eafb1642f0379cfcc3559ada921766724424d2b30d777c39a77bd"
        );
        assert_eq!((frontier.size(), frontier.root()), (1, sealed.leaf));
    }

    /// The words for a line that is no entry: the stored one with something replaced.
    #[track_caller]
    fn check(from: &str, to: &str, expected: &str) {
        assert!(FIRST.contains(from), "{from}");
        let error = Entry::parse(FIRST.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
    }

    #[test]
    fn what_is_no_entry_is_told_why() {
        check(r#"{"v":1"#, r#"{"v":2"#, "version 2 of the entry is not known");
        check(r#"{"v":1"#, r#"{"v":7,"new":[]"#, "version 7 of the entry is not known");
        check(r#"{"v":1"#, r#"{"v":"1""#, "not an entry: invalid type: string \"1\"");
        check(r#""seq":0,"#, "", "not an entry: missing field `seq`");
        check(r#""seq":0"#, r#""seq":-1"#, "not an entry: invalid value");
        check(r#""seq":0"#, r#""seq":0,"seq":0"#, "not an entry: duplicate field `seq`");
        check(r#""seq":0"#, r#""seq":0,"extra":0"#, "not an entry: unknown field `extra`");
        check(r#""root":"e3b0"#, r#""root":"E3b0"#, "not an entry: a hash is 64 lower-case");
        check(r#""body":{"#, r#""body":[{"#, "not an entry: expected `,` or `]`");
        check(r#""seq":0,"#, r#""seq": 0,"#, "the entry is not spelled");
        check("森", r"\u68ee", "the entry is not spelled");
        check(r#""}}"#, "\"}}\n", "the entry is not spelled");
        check(r#"1.50, ""#, "1.50,\n\"", "the body is not a JSON object on one line");
        check(r#"1.50, ""#, "1.50,\r\"", "the body is not a JSON object on one line");
        check("森", "", "the author's name is empty");
        check("森", &"m".repeat(257), "the author's name is empty, over 256 bytes");
        check("森", r"m\n", "the author's name is empty, over 256 bytes, or has control");
        check("case_opened", "Case opened", "\"Case opened\" is not the name of a kind");
        check("case_opened", "", "\"\" is not the name of a kind");
        check(r#""who""#, r#""at""#, "not an entry: duplicate field `at`");
    }

    #[test]
    fn times_have_one_spelling() {
        let at = "2031-04-05T06:07:08Z";
        for wrong in [
            "", "yesterday", "2031-04-05T06:07:08", "2031-04-05 06:07:08Z", "2031-04-05t06:07:08z",
            "2031-04-05T06:07:08+00:00", "2031-04-05T06:07:08.Z",
            "2031-04-05T06:07:08.1234567890Z", "2031-04-05T06:07Z", "2031-02-29T06:07:08Z",
            "2031-04-05T25:07:08Z", "２031-04-05T06:07:08Z",
        ] {
            check(at, wrong, &format!("{wrong:?} is not an RFC 3339 time in UTC"));
        }
        for right in ["2032-02-29T00:00:00Z", "2031-04-05T06:07:08.25Z"] {
            assert!(Entry::parse(FIRST.replace(at, right).as_bytes()).is_ok(), "{right}");
        }
    }

    #[test]
    fn a_draft_that_is_no_entry_leaves_the_frontier_as_it_was() {
        let mut frontier = Frontier::new();
        let draft = Draft::new("2031-04-05T06:07:08Z", "mori", "noted", &json!(["a list"]));
        let sealed = seal(draft.unwrap(), &mut frontier, Hash::ZERO);
        assert!(matches!(sealed, Err(EntryError::Body)));
        assert_eq!(frontier, Frontier::new());
        let draft = Draft::new("2031-04-05T06:07:08Z", "mori", "noted", &f64::NAN).unwrap();
        assert!(matches!(seal(draft, &mut frontier, Hash::ZERO), Err(EntryError::Body)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_entry_or_an_error(bytes: Vec<u8>) {
            prop_assert!(Entry::parse(&bytes).is_err());
        }

        #[test]
        fn a_damaged_entry_is_an_error_or_written_back(place in 0..FIRST.len(), byte: u8) {
            let mut bytes = FIRST.as_bytes().to_vec();
            bytes[place] = byte;
            if let Ok(entry) = Entry::parse(&bytes) {
                prop_assert_eq!(entry.to_bytes().unwrap(), bytes);
            }
        }

        #[test]
        fn what_is_sealed_parses(
            who in r"[^\p{Cc}+]{1,40}", what in "[a-z][a-z0-9_]{0,20}", key: String, value: String,
            seconds in 0_i64..4_000_000_000, nanos in 0_i32..1_000_000_000,
        ) {
            let at = Timestamp::new(seconds, nanos).unwrap().to_string();
            let body = Value::Object([(key, json!([value, nanos]))].into_iter().collect());
            let draft = Draft::new(&at, &who, &what, &body).unwrap();
            let mut frontier = Frontier::new();
            let sealed = seal(draft, &mut frontier, Hash::ZERO).unwrap();
            prop_assert!(!sealed.bytes.contains(&b'\n'));
            let entry = Entry::parse(&sealed.bytes).unwrap();
            prop_assert_eq!((entry.at, entry.who, entry.what), (at, who, what));
            prop_assert_eq!(serde_json::from_str::<Value>(entry.body.get()).unwrap(), body);
        }
    }
}
