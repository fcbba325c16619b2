//! What a check has to say: one sentence, the places that show it, and what should be done.

use serde::{Deserialize, Serialize};

/// The name of a check: lower case with hyphens, the same in policies, reports and documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct CheckId(pub &'static str);

impl std::fmt::Display for CheckId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// One sentence in both languages of the house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Japanese, with its full stop.
    pub ja: String,
    /// English, with its full stop.
    pub en: String,
}

impl Sentence {
    /// The same thing said twice.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }
}

/// Where a finding is seen, and what stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The place as its control names places: a header field, an attachment, a setting, a file.
    pub place: String,
    /// What stands there, as far as it matters.
    pub words: String,
}

/// What a check found, and what it would do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding<A> {
    /// Which check.
    pub check: CheckId,
    /// What would happen if nothing were done.
    pub says: Sentence,
    /// The places that show it.
    pub evidence: Vec<Evidence>,
    /// What the check asks for.
    pub action: A,
    /// What a person may choose instead, the best first.
    pub remedies: Vec<A>,
}

impl<A> Finding<A> {
    /// A finding without evidence yet.
    pub const fn new(check: CheckId, says: Sentence, action: A) -> Self {
        Self { check, says, evidence: Vec::new(), action, remedies: Vec::new() }
    }

    /// The same finding, citing one more place.
    #[must_use]
    pub fn citing(mut self, place: impl Into<String>, words: impl Into<String>) -> Self {
        self.evidence.push(Evidence { place: place.into(), words: words.into() });
        self
    }

    /// The same finding, offering one more way out.
    #[must_use]
    pub fn offering(mut self, remedy: A) -> Self {
        self.remedies.push(remedy);
        self
    }
}
