//! A mail taken apart for judging: its fields, its people, its parts, each with the place of its bytes.
//! It does not know the envelope, any policy, or what is done with the mail.
//!
//! Nothing here is silently dropped. What no two programs read alike is an error ([`MailError`]), and
//! the mail is to be held; what most read alike is read so and told as an [`Oddity`]; what stands in an
//! address field and is no address is kept as [`Unparsed`].

mod error;
mod header;
mod limits;
mod list;
mod mailbox;
mod parameters;
mod part;
mod raw;
mod transfer;
mod tree;

use std::borrow::Cow;

pub use error::{HtmlError, MailError, Oddity, OddityKind};
pub use header::{Field, Header};
pub use limits::MailLimits;
pub use mailbox::{AddressField, Group, Mailbox, Mailboxes, NoMailbox, Standing, Unparsed};
pub use parameters::Parameterised;
pub use part::{Part, PartId, Role};
pub use transfer::Transfer;

use header::{Budget, Strictness};
use raw::Raw;

/// Fields that may stand once (RFC 5322 §3.6) and on which a decision is built. `To` and its kin, which
/// many programs repeat, are all read instead.
const ONCE: &[&str] = &["From", "Sender", "Reply-To", "Subject", "Message-ID", "Date"];

/// A mail.
///
/// ```
/// use relay::mail::{Mail, MailLimits};
///
/// let bytes = "To: \"渡辺, 太郎\" <taro@example.jp>\r\nTo: (second) hanako@example.com\r\n\r\nbody".as_bytes();
/// let mail = Mail::parse(bytes, &MailLimits::default()).unwrap();
/// let people: Vec<_> = mail.mailboxes().read.iter().map(|m| (m.name.as_deref(), m.address.to_string())).collect();
/// assert_eq!(people[0], (Some("渡辺, 太郎"), "taro@example.jp".to_owned()));
/// assert_eq!(people[1], (Some("second"), "hanako@example.com".to_owned()));
/// ```
#[derive(Clone, Debug)]
pub struct Mail<'b> {
    bytes: &'b [u8],
    limits: MailLimits,
    raw: Raw,
    mailboxes: Mailboxes,
    parts: Vec<Part>,
    oddities: Vec<Oddity>,
}

impl<'b> Mail<'b> {
    /// Takes a mail apart.
    pub fn parse(bytes: &'b [u8], limits: &MailLimits) -> Result<Self, MailError> {
        if bytes.len() > limits.bytes {
            return Err(MailError::TooLarge { bytes: bytes.len(), limit: limits.bytes });
        }
        let mut oddities = Vec::new();
        let mut budget = Budget::new(limits);
        let header = header::read(bytes, 0, Strictness::Mail, &mut budget, &mut oddities)?;
        let raw = Raw::of(header.fields.iter().map(|field| &bytes[field.value.clone()]));
        let mailboxes = mailboxes(bytes, &header, raw, limits)?;
        repeated(bytes, &header, &mut oddities);
        let parts = tree::build(bytes, header, &mut budget, &mut oddities)?;
        oddities.sort_by_key(|oddity| oddity.at);
        Ok(Self { bytes, limits: *limits, raw, mailboxes, parts, oddities })
    }

    /// The mail as it came.
    pub const fn bytes(&self) -> &'b [u8] {
        self.bytes
    }

    /// Its header.
    pub fn header(&self) -> &Header {
        &self.parts[0].header
    }

    /// What stands after the header, as it came.
    pub fn body(&self) -> &'b [u8] {
        &self.bytes[self.header().body..]
    }

    /// Who stands in the address fields.
    pub const fn mailboxes(&self) -> &Mailboxes {
        &self.mailboxes
    }

    /// What programs may read differently.
    pub fn oddities(&self) -> &[Oddity] {
        &self.oddities
    }

    /// The name of a field, as it is written.
    pub fn name_of(&self, field: &Field) -> &'b str {
        // The header takes no other bytes than ASCII for a name.
        std::str::from_utf8(&self.bytes[field.name.clone()]).unwrap_or_default()
    }

    /// The raw value of a field, folding included.
    pub fn value_of(&self, field: &Field) -> &'b [u8] {
        &self.bytes[field.value.clone()]
    }

    /// The value of a field as it is shown: unfolded and decoded.
    pub fn text_of(&self, field: &Field) -> String {
        self.raw.text(self.value_of(field))
    }

    /// The fields of that name, in order; names are the same in any case.
    pub fn fields<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m Field> {
        let is_named = |field: &&Field| self.name_of(field).eq_ignore_ascii_case(name);
        self.header().fields.iter().filter(is_named)
    }

    /// The first field of that name, as it is shown.
    pub fn text(&self, name: &str) -> Option<String> {
        self.fields(name).next().map(|field| self.text_of(field))
    }

    /// The subject, decoded.
    pub fn subject(&self) -> Option<String> {
        self.text("Subject")
    }

    /// All parts, in the order of their places; the first is the mail itself.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = (PartId, &Part)> {
        self.parts.iter().enumerate().map(|(number, part)| (PartId(number), part))
    }

    /// One part.
    pub fn part(&self, id: PartId) -> Option<&Part> {
        self.parts.get(id.0)
    }

    /// The bytes of a part, its transfer encoding undone. A mail within (`message/rfc822`) that is
    /// written in base64 is a file to the tree; it can be parsed from these bytes.
    pub fn content(&self, part: &Part) -> Cow<'b, [u8]> {
        part.transfer.undone(&self.bytes[part.body.clone()])
    }

    /// At least so many of the first bytes of a part, if it has them, its transfer encoding undone.
    pub(crate) fn content_head(&self, part: &Part, bytes: usize) -> Cow<'b, [u8]> {
        let body = &self.bytes[part.body.clone()];
        // Base64 with a line break after each group takes twice the room.
        part.transfer.undone(body.get(..2 * bytes).unwrap_or(body))
    }

    /// How many bytes a part has, its transfer encoding undone.
    pub fn content_len(&self, part: &Part) -> usize {
        part.transfer.undone_len(&self.bytes[part.body.clone()])
    }

    /// The characters of a part by its label, and by what they look like where the label says nothing;
    /// HTML without its mark-up.
    pub fn part_text(&self, part: &Part) -> Result<String, MailError> {
        let at = part.range.start;
        let label = part.content_type.get("charset").map(str::as_bytes);
        let text = formats::characters(&self.content(part), label);
        let limit = self.limits.text_bytes;
        if text.len() > limit {
            return Err(MailError::TextTooLarge { limit, at });
        }
        if part.kind() != "text/html" {
            return Ok(text);
        }
        let limits = text::Limits { text_bytes: limit, ..text::Limits::default() };
        formats::html_text(&text, &limits).map_err(|error| {
            let because = Box::new(HtmlError(error.to_string()));
            MailError::Html { at, because }
        })
    }

    /// Whether the mail asks to a meeting or answers such a request (RFC 6047).
    pub fn is_meeting(&self) -> bool {
        self.parts
            .iter()
            .any(|part| part.is_calendar() && part.content_type.get("method").is_some())
    }
}

fn mailboxes(
    bytes: &[u8],
    header: &Header,
    raw: Raw,
    limits: &MailLimits,
) -> Result<Mailboxes, MailError> {
    let mut mailboxes = Mailboxes::default();
    for (index, field) in header.fields.iter().enumerate() {
        if let Some(kind) = AddressField::named(&bytes[field.name.clone()]) {
            let value = (&bytes[field.value.clone()], field.value.start);
            mailboxes
                .add((kind, index), value, raw, limits.addresses)
                .map_err(|at| MailError::TooManyAddresses { limit: limits.addresses, at })?;
        }
    }
    Ok(mailboxes)
}

fn repeated(bytes: &[u8], header: &Header, oddities: &mut Vec<Oddity>) {
    for name in ONCE {
        let fields = header.fields.iter();
        let named = fields.filter(|f| bytes[f.name.clone()].eq_ignore_ascii_case(name.as_bytes()));
        let again = named.skip(1).map(|f| Oddity { kind: OddityKind::Repeated, at: f.whole.start });
        oddities.extend(again);
    }
}
