//! What can change in a book: the bodies of its ledger entries. A change holds all that is needed
//! to make its part of every table again; it does not know the tables.
//!
//! The format only grows: fields and changes are added, none is renamed or removed
//! (`crates/book/tests/formats/` keeps a sample of each version).

use case::{CaseNumber, Facts, Field, LiveNumber, MediaType, Origin};
use ledger::{Draft, Entry};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use text::Span;

/// One change of the book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", content = "body", rename_all = "snake_case")]
pub(crate) enum Change {
    /// A source was read and kept.
    SourceAdded(SourceAdded),
    /// A source that is kept was read again, by a later reader.
    SourceReread {
        /// Of the original bytes.
        sha256: String,
        /// Which reader.
        reader: String,
        /// The facts of its entries, in their order.
        cases: Vec<Reread>,
    },
    /// A person opened a case without a source.
    CaseOpened {
        /// Its number.
        number: CaseNumber,
        /// What is known.
        facts: Facts<Origin>,
    },
    /// A record of another format became a case.
    CaseImported {
        /// Its number.
        number: CaseNumber,
        /// The name of the format: `veris`.
        format: String,
        /// Of the record as it came, lower-case hex: the same record twice is one case.
        sha256: String,
        /// What of it has a place in a case.
        facts: Facts<Origin>,
        /// The whole record.
        original: Value,
    },
    /// A person corrected a field.
    FactCorrected {
        /// Of which case.
        number: CaseNumber,
        /// Which field.
        field: Field,
        /// What it should say: the shape of the case record without citations.
        value: Value,
        /// Why.
        why: String,
    },
    /// A person took a correction back.
    CorrectionWithdrawn {
        /// Of which case.
        number: CaseNumber,
        /// The ledger entry of the correction.
        correction: u64,
        /// Why.
        why: String,
    },
    /// A person decided whether a report belongs to another case.
    ProposalDecided {
        /// The case that was opened for the report.
        number: CaseNumber,
        /// The case that it was proposed for.
        into: CaseNumber,
        /// Whether it belongs there.
        accepted: bool,
        /// Why.
        why: String,
    },
    /// A live case was opened. What it says is for the room of live cases to know.
    LiveOpened {
        /// Its number, which is no number of a case of the book.
        number: LiveNumber,
        /// What was recorded first.
        event: Value,
        /// Random, so that nobody can tell from the entry's hash, which readers may see, whether they
        /// have guessed what it says.
        salt: String,
    },
    /// Something was recorded of a live case.
    LiveRecorded {
        /// Of which.
        number: LiveNumber,
        /// What.
        event: Value,
        /// Whether it holds data on persons.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        personal: bool,
        /// As of [`Self::LiveOpened`].
        salt: String,
    },
    /// Somebody looked at data on persons of a live case.
    LiveViewed {
        /// Of which.
        number: LiveNumber,
        /// At what.
        what: String,
        /// As of [`Self::LiveOpened`].
        salt: String,
    },
    /// A live case became a case of the book. What was recorded of it stays where it is.
    LiveDisclosed {
        /// Which.
        live: LiveNumber,
        /// Its number in the book.
        number: CaseNumber,
        /// What is said of it.
        facts: Facts<Origin>,
        /// Why.
        why: String,
        /// As of [`Self::LiveOpened`].
        salt: String,
    },
    /// Something that a person did at the edge and that changes no case: signing in, exporting.
    Noted {
        /// What was done, in a few words of the program.
        action: String,
        /// To what.
        about: String,
    },
}

/// A source and the cases read from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SourceAdded {
    /// The source.
    pub source: SourceRecord,
    /// Which reader read it.
    pub reader: String,
    /// Its entries in their order.
    pub cases: Vec<Placed>,
}

/// A kept source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Of the original bytes, lower-case hex.
    pub sha256: String,
    /// As it was named when it was added.
    pub name: String,
    /// The format it was read from.
    pub media_type: MediaType,
    /// How many original bytes.
    pub bytes: u64,
    /// Of the decoded text that citations point into.
    pub text_sha256: String,
    /// How many bytes of text.
    pub text_bytes: u64,
}

/// An entry of a source and where it was put.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Placed {
    /// The whole entry in the text.
    pub span: Span,
    /// What it says.
    pub facts: Facts,
    /// The case that it became or joined.
    pub number: CaseNumber,
    /// Why it joined an earlier case; empty where it opened its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<Evidence>,
    /// Another case that it may belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<Proposed>,
}

/// An entry read again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reread {
    /// The whole entry in the text.
    pub span: Span,
    /// What it says to the later reader.
    pub facts: Facts,
}

/// A case that a report may belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Proposed {
    /// The earlier case.
    pub into: CaseNumber,
    /// What speaks for it.
    pub because: Vec<Evidence>,
}

/// What speaks for two reports being of one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The same organisation.
    Organisation,
    /// The same number is printed in both.
    PrintedNumber,
    /// Titles that are alike but for 第2報 and the like.
    Title,
    /// The same day of occurrence or discovery.
    Dates,
    /// One names the day on which the other was published.
    EarlierRelease,
    /// One says that it is a later or last report.
    ReportNumber,
    /// The same category.
    Category,
}

impl Evidence {
    /// In words, Japanese or English.
    pub const fn label(self, lang: case::Lang) -> &'static str {
        let (ja, en) = match self {
            Self::Organisation => ("同じ組織", "same organisation"),
            Self::PrintedNumber => ("同じ記載番号", "same printed number"),
            Self::Title => ("似た題名", "similar title"),
            Self::Dates => ("同じ発生日・発覚日", "same day of occurrence or discovery"),
            Self::EarlierRelease => ("先の公表日への言及", "names the day of the earlier release"),
            Self::ReportNumber => ("続報・最終報の表示", "says that it is a later report"),
            Self::Category => ("同じ分類", "same category"),
        };
        match lang {
            case::Lang::Ja => ja,
            case::Lang::En => en,
        }
    }
}

impl Change {
    /// The entry of the ledger that this change becomes.
    pub(crate) fn draft(&self, at: &str, who: &str) -> Result<Draft, String> {
        let line = serde_json::to_string(self).map_err(|e| e.to_string())?;
        let Named { what, body } = serde_json::from_str(&line).map_err(|e| e.to_string())?;
        Draft::new(at, who, what, body).map_err(|e| e.to_string())
    }

    /// The change that an entry of the ledger holds.
    pub(crate) fn of(entry: &Entry) -> Result<Self, String> {
        let Entry { what, body, .. } = entry;
        // `what` is a plain name, or the entry would not have parsed. With the name first, the
        // body is read straight into its type.
        serde_json::from_str(&format!(r#"{{"what":"{what}","body":{body}}}"#))
            .map_err(|e| format!("{what}: {e}"))
    }
}

/// A change between its type and its entry: the body as the bytes that were written.
#[derive(Deserialize)]
struct Named<'a> {
    what: &'a str,
    #[serde(borrow)]
    body: &'a RawValue,
}

#[cfg(test)]
mod tests {
    use ledger::{Frontier, Hash};

    use super::*;

    fn check(change: &Change, what: &str) {
        let draft = change.draft("2031-04-05T06:07:08Z", "mori").unwrap();
        let entry = ledger::seal(draft, &mut Frontier::new(), Hash::ZERO).unwrap().entry;
        assert_eq!(entry.what, what);
        assert_eq!(&Change::of(&entry).unwrap(), change);
    }

    #[test]
    fn a_change_survives_the_ledger() {
        check(
            &Change::FactCorrected {
                number: "2031-001".parse().unwrap(),
                field: Field::DataKinds,
                value: serde_json::json!(["name"]),
                why: "住所は含まれない".to_owned(),
            },
            "fact_corrected",
        );
        check(&Change::Noted { action: "export".into(), about: "csv".into() }, "noted");
    }

    #[test]
    fn an_unknown_change_is_an_error() {
        let body = serde_json::json!({});
        let draft = Draft::new("2031-04-05T06:07:08Z", "mori", "case_erased", &body).unwrap();
        let entry = ledger::seal(draft, &mut Frontier::new(), Hash::ZERO).unwrap().entry;
        let error = Change::of(&entry).unwrap_err();
        assert!(error.starts_with("case_erased"), "{error}");
    }
}
