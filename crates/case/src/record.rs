//! The case record: what one call of `jikenbo read --format json` prints. It does not know how it
//! is written out; the command line streams it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Case, MediaType};

/// The name and version of the format.
pub const FORMAT: &str = "jikenbo.read/1";

/// The whole answer of one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// `jikenbo.read/1`; a later version may add fields and values, it renames and removes none.
    pub format: String,
    /// The inputs that could be read, in input order.
    pub sources: Vec<Source>,
    /// The cases of all sources, in input order.
    pub cases: Vec<Case>,
}

/// One input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// `s1`, `s2`, … in input order.
    pub id: SourceId,
    /// As named on the command line; `-` for standard input.
    pub path: String,
    /// The format it was read from.
    pub media_type: MediaType,
    /// Of the original bytes, lower-case hex.
    pub sha256: String,
    /// The text that the citations point into, where asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The id of a source in its record: `s1`, `s2`, ….
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u32);

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}", self.0)
    }
}

impl FromStr for SourceId {
    type Err = NotASourceId;

    fn from_str(s: &str) -> Result<Self, NotASourceId> {
        s.strip_prefix('s')
            .and_then(|digits| digits.parse().ok())
            .map(Self)
            .ok_or_else(|| NotASourceId(s.to_owned()))
    }
}

/// What is not a source id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotASourceId(String);

impl fmt::Display for NotASourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a source id s1, s2, …", self.0)
    }
}

impl std::error::Error for NotASourceId {}

impl Serialize for SourceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SourceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for SourceId {
    fn schema_name() -> Cow<'static, str> {
        "SourceId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^s\d+$" })
    }
}
