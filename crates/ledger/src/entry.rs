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

/// Whether a text is a time of RFC 3339 in the one spelling that sorts: `T` and `Z` as capitals, a
/// fraction of a second or none.
fn is_utc(at: &str) -> bool {
    let Some((head, fraction)) = at.strip_suffix('Z').and_then(|at| at.split_at_checked(19)) else {
        return false;
    };
    let shape = b"dddd-dd-ddTdd:dd:dd";
    let shaped = head.bytes().zip(shape).all(|(byte, &form)| match form {
        b'd' => byte.is_ascii_digit(),
        _ => byte == form,
    });
    let fraction = fraction.is_empty()
        || fraction.strip_prefix('.').is_some_and(|digits| {
            (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
        });
    shaped && fraction && at.parse::<Timestamp>().is_ok()
}
