//! Mail to text: the fields a reader needs, decoded, then the body. It does not check who sent it,
//! and it opens attachments only where the body says next to nothing.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use case::MediaType;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use text::Limits;

use crate::charset::{self, Tolerance};
use crate::{Document, FormatError, Hints, encoded_word, html};

/// A body of fewer bytes only covers its attachment ("please find attached"): about 200 characters.
const COVER_NOTE_BYTES: usize = 600;
/// Messages that may be nested one in the other; no forwarding goes deeper.
const NESTED_MESSAGES: usize = 16;
/// Declarations of nested messages in one mail, for a digest holds many side by side.
const DECLARED_MESSAGES: usize = 1_000;

/// Reads a mail to its fields and its body.
pub(crate) fn decode(
    bytes: &[u8],
    forced: Option<&'static encoding_rs::Encoding>,
    limits: &Limits,
) -> Result<Document, FormatError> {
    check_nesting(bytes)?;
    // The parser promises not to panic, but its bounds are debug assertions: see `tests/any_bytes.rs`.
    let parsed = catch_unwind(AssertUnwindSafe(|| MessageParser::new().parse(bytes)))
        .map_err(|_| FormatError::MailDamaged("a structure that the parser fails on"))?;
    let message = parsed.ok_or(FormatError::MailDamaged("no header field at its start"))?;
    let reader = Reader { forced, limits };
    let mut text = String::new();
    let had_body = reader.message(&message, 0, &mut text)?;
    if !had_body {
        return Err(FormatError::NoText {
            kind: MediaType::Mail,
            what: "a mail without a readable body",
        });
    }
    Ok(Document { media_type: MediaType::Mail, text, parts: Vec::new() })
}

/// The parser keeps nested messages nested, and dropping them takes stack.
fn check_nesting(bytes: &[u8]) -> Result<(), FormatError> {
    let mut declared = 0;
    for at in memchr::memchr_iter(b'/', bytes) {
        let before = &bytes[at.saturating_sub(9)..at];
        let after = &bytes[at + 1..bytes.len().min(at + 7)];
        let is_message =
            before.len() >= 7 && before[before.len() - 7..].eq_ignore_ascii_case(b"message");
        if is_message || after.eq_ignore_ascii_case(b"digest") {
            declared += 1;
            if declared > DECLARED_MESSAGES {
                return Err(FormatError::TooDeep {
                    kind: MediaType::Mail,
                    what: "messages",
                    limit: DECLARED_MESSAGES,
                    at,
                });
            }
        }
    }
    Ok(())
}

struct Reader<'l> {
    forced: Option<&'static encoding_rs::Encoding>,
    limits: &'l Limits,
}

impl Reader<'_> {
    /// Writes one message; says whether it has a body of its own or of a message inside.
    fn message(
        &self,
        message: &Message<'_>,
        depth: usize,
        out: &mut String,
    ) -> Result<bool, FormatError> {
        if depth > NESTED_MESSAGES.min(self.limits.depth) {
            return Err(FormatError::TooDeep {
                kind: MediaType::Mail,
                what: "messages",
                limit: NESTED_MESSAGES,
                at: 0,
            });
        }
        fields(message, out);
        let body_start = out.len();
        for &part in &message.text_body {
            if let Some(part) = message.parts.get(part as usize) {
                self.part(message, part, out)?;
            }
        }
        let body = out[body_start..].trim().len();
        if body < COVER_NOTE_BYTES {
            self.attachments(message, out)?;
        }
        for part in &message.parts {
            if let PartType::Message(inner) = &part.body {
                blank_line(out);
                self.message(inner, depth + 1, out)?;
            }
        }
        if out.len() > self.limits.text_bytes {
            return Err(FormatError::TextTooLarge {
                kind: MediaType::Mail,
                limit: self.limits.text_bytes,
            });
        }
        Ok(!out[body_start..].trim().is_empty())
    }

    fn part(
        &self,
        message: &Message<'_>,
        part: &MessagePart<'_>,
        out: &mut String,
    ) -> Result<(), FormatError> {
        let text = match &part.body {
            PartType::Text(_) => self.characters(message, part)?,
            PartType::Html(_) => {
                html::fragment(&self.characters(message, part)?, MediaType::Mail, self.limits)?
            }
            _ => return Ok(()),
        };
        blank_line(out);
        out.push_str(text.trim_end());
        out.push('\n');
        Ok(())
    }

    /// The characters of a part, by its own label. The parser's decoding knows fewer labels and
    /// hides what does not fit.
    fn characters(
        &self,
        message: &Message<'_>,
        part: &MessagePart<'_>,
    ) -> Result<String, FormatError> {
        let label = part.content_type().and_then(|kind| kind.attribute("charset"));
        let Some(bytes) = raw_bytes(message, part) else {
            return Ok(part.text_contents().unwrap_or_default().to_owned());
        };
        let labelled = label.and_then(|label| charset::known_label(label.as_bytes()));
        let encoding = match self.forced.or(labelled) {
            // Mail is ASCII unless it says otherwise, and then often is not.
            Some(encoding) if self.forced.is_some() || encoding.name() != "windows-1252" => {
                encoding
            }
            _ if bytes.is_empty() => return Ok(String::new()),
            _ => charset::detect(&bytes, MediaType::Mail)?,
        };
        charset::decode_as(bytes.into_owned(), encoding, MediaType::Mail, Tolerance::Lenient)
    }

    /// Appends the attachments that are themselves readable. One that is not is passed over: the
    /// mail is still read.
    fn attachments(&self, message: &Message<'_>, out: &mut String) -> Result<(), FormatError> {
        for part in message.attachments() {
            if matches!(part.body, PartType::Message(_)) {
                continue;
            }
            let Some(bytes) = raw_bytes(message, part) else { continue };
            let hints = Hints { name: part.attachment_name().unwrap_or(""), charset: None };
            let inner = crate::decode_inner(bytes.into_owned(), hints, self.limits);
            if let Ok(document) = inner
                && document.media_type != MediaType::Mail
            {
                blank_line(out);
                out.push_str(document.text.trim());
                out.push('\n');
            }
            if out.len() > self.limits.text_bytes {
                return Err(FormatError::TextTooLarge {
                    kind: MediaType::Mail,
                    limit: self.limits.text_bytes,
                });
            }
        }
        Ok(())
    }
}

/// The bytes of a part with its transfer encoding undone.
fn raw_bytes<'m>(message: &'m Message<'_>, part: &MessagePart<'_>) -> Option<Cow<'m, [u8]>> {
    let raw = message.raw_message.get(part.offset_body as usize..part.offset_end as usize)?;
    match part.encoding {
        Encoding::None => Some(Cow::Borrowed(raw)),
        Encoding::Base64 => base64_decode(raw).map(Cow::Owned),
        Encoding::QuotedPrintable => quoted_printable_decode(raw).map(Cow::Owned),
    }
}

/// Subject, sender and date, one line each. The date is written as `2024-04-01 09:30`, in the
/// sender's own time.
fn fields(message: &Message<'_>, out: &mut String) {
    for name in ["Subject", "From"] {
        if let Some(value) = raw_field(message, name) {
            let value = encoded_word::decode(value);
            if !value.is_empty() {
                out.push_str(name);
                out.push_str(": ");
                out.push_str(&value);
                out.push('\n');
            }
        }
    }
    if let Some(date) = message.date().filter(|date| date.is_valid()) {
        let line = format!(
            "Date: {:04}-{:02}-{:02} {:02}:{:02}\n",
            date.year, date.month, date.day, date.hour, date.minute
        );
        out.push_str(&line);
    }
}

fn raw_field<'m>(message: &'m Message<'_>, name: &str) -> Option<&'m [u8]> {
    let headers = &message.parts.first()?.headers;
    let header = headers.iter().rfind(|header| header.name.as_str().eq_ignore_ascii_case(name))?;
    message.raw_message.get(header.offset_start as usize..header.offset_end as usize)
}

fn blank_line(out: &mut String) {
    while !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
}
