//! What stands behind a fact that is kept: words of a source, a person, or an imported record. It
//! does not know whether the source is there or the person may speak; the book does.

use serde::{Deserialize, Serialize};
use text::Span;

/// What stands behind a fact in a book. A text just read needs no more than a [`Span`]; a book has
/// many sources, and facts that no source says.
///
/// In JSON: `{"source": SHA256, "span": [start, end]}`, `{"who", "at", "why"}` or
/// `{"import": FORMAT, "pointer": "/victim/0"}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Origin {
    /// Words of a source.
    Words {
        /// The SHA-256 of the source's original bytes, lower-case hex.
        source: String,
        /// The bytes of the source's text that say it.
        span: Span,
    },
    /// A person said so.
    Person {
        /// The name of the account or of the system's user.
        who: String,
        /// When: RFC 3339 in UTC.
        at: String,
        /// The reason given.
        why: String,
    },
    /// It came with a record of another format.
    Import {
        /// The name of the format: `veris`.
        import: String,
        /// Where in that record, as a JSON Pointer (RFC 6901).
        pointer: String,
    },
}

impl Origin {
    /// The words of a source, where there are any.
    pub fn words(&self) -> Option<(&str, Span)> {
        match self {
            Self::Words { source, span } => Some((source, *span)),
            Self::Person { .. } | Self::Import { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(origin: &Origin, json: &str) {
        assert_eq!(serde_json::to_string(origin).unwrap(), json);
        assert_eq!(&serde_json::from_str::<Origin>(json).unwrap(), origin);
    }

    #[test]
    fn each_origin_has_its_own_shape() {
        let span = Span::new(3, 9).unwrap();
        check(&Origin::Words { source: "ab12".into(), span }, r#"{"source":"ab12","span":[3,9]}"#);
        check(
            &Origin::Person {
                who: "mori".into(),
                at: "2031-04-05T06:07:08Z".into(),
                why: "誤読".into(),
            },
            r#"{"who":"mori","at":"2031-04-05T06:07:08Z","why":"誤読"}"#,
        );
        check(
            &Origin::Import { import: "veris".into(), pointer: "/victim/0".into() },
            r#"{"import":"veris","pointer":"/victim/0"}"#,
        );
    }
}
