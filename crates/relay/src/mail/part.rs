//! One part of a mail: what it says it is, and where its bytes are. It does not know the parts around
//! it beyond the one that holds it.

use std::ops::Range;

use super::parameters::Parameterised;
use super::raw::Raw;
use super::{Header, Oddity, OddityKind, Transfer};

/// The number of a part within its mail, in the order of their places. The first is the mail itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartId(pub usize);

/// What a part is to those who read the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It holds other parts.
    Container,
    /// It holds a mail, whose header and body are the next part.
    Message,
    /// It is shown as text.
    Text,
    /// It is a file.
    Attachment,
}

/// A part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The part that holds it; none for the mail itself.
    pub parent: Option<PartId>,
    /// How many hold it.
    pub depth: usize,
    /// Its header; that of the mail for the first part.
    pub header: Header,
    /// Header and body.
    pub range: Range<usize>,
    /// The body as it is written.
    pub body: Range<usize>,
    /// What it says it is: `text/plain` with its parameters.
    pub content_type: Parameterised,
    /// `attachment` or `inline`, with its parameters; empty where it does not say.
    pub disposition: Parameterised,
    /// How the body is written.
    pub transfer: Transfer,
    /// What it is.
    pub role: Role,
}

impl Part {
    /// The name of the file, decoded.
    pub fn file_name(&self) -> Option<&str> {
        self.disposition.get("filename").or_else(|| self.content_type.get("name"))
    }

    /// The type without parameters, `text/plain`.
    pub fn kind(&self) -> &str {
        &self.content_type.value
    }

    /// Whether it is a meeting request or an answer to one (RFC 6047).
    pub fn is_calendar(&self) -> bool {
        self.kind() == "text/calendar"
    }

    /// Makes a part out of its header. `is_digest` says that it is a mail unless it says otherwise
    /// (RFC 2046 §5.1.5).
    pub(super) fn new(
        bytes: &[u8],
        (start, header): (usize, Header),
        is_digest: bool,
        raw: Raw,
        oddities: &mut Vec<Oddity>,
    ) -> Self {
        let mut value = |name: &str| {
            let named = |field: &&super::Field| {
                bytes[field.name.clone()].eq_ignore_ascii_case(name.as_bytes())
            };
            let mut fields = header.fields.iter().filter(named);
            let first = fields.next()?;
            if let Some(again) = fields.next() {
                oddities.push(Oddity { kind: OddityKind::Repeated, at: again.whole.start });
            }
            let value = Parameterised::parse(&bytes[first.value.clone()], raw);
            Some((value, first.whole.start))
        };
        let default = if is_digest { "message/rfc822" } else { "text/plain" };
        let mut content_type = value("Content-Type").unwrap_or_default().0;
        if !content_type.value.contains('/') {
            default.clone_into(&mut content_type.value);
        }
        let disposition = value("Content-Disposition").unwrap_or_default().0;
        let (transfer, at) = value("Content-Transfer-Encoding").unwrap_or_default();
        let known = Transfer::named(&transfer.value);
        if known.is_none() {
            oddities.push(Oddity { kind: OddityKind::Encoding, at });
        }
        let mut part = Self {
            parent: None,
            depth: 0,
            range: start..bytes.len(),
            body: header.body..bytes.len(),
            header,
            content_type,
            disposition,
            transfer: known.unwrap_or_default(),
            role: Role::Attachment,
        };
        if part.kind().starts_with("multipart/") && part.transfer != Transfer::Identity {
            oddities.push(Oddity { kind: OddityKind::EncodedMultipart, at });
            part.transfer = Transfer::Identity;
        }
        part.role = part.own_role();
        part
    }

    fn own_role(&self) -> Role {
        let is_message = matches!(self.kind(), "message/rfc822" | "message/global");
        if self.kind().starts_with("multipart/") {
            Role::Container
        } else if is_message && self.transfer == Transfer::Identity {
            Role::Message
        } else if self.kind().starts_with("text/")
            && self.disposition.value != "attachment"
            && self.file_name().is_none()
        {
            Role::Text
        } else {
            Role::Attachment
        }
    }
}
