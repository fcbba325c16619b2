//! HTML to a flat page: tags and text in one pass over the tokens of html5gum. It keeps just enough
//! of the tree (blocks, links, tables) to tell the article; it does not choose it, and it knows no
//! style sheet.

use std::convert::Infallible;

use case::MediaType;
use encoding_rs::{Encoding, UTF_8};
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};
use text::Limits;

use crate::charset::{self, Tolerance};
use crate::page::{Builder, Page};
use crate::{Document, FormatError, article};

/// How much of the beginning is searched for a declared charset.
const DECLARED_IN_BYTES: usize = 4096;

/// Reads an HTML page to the text of its article.
pub(crate) fn decode(
    bytes: Vec<u8>,
    forced: Option<&'static Encoding>,
    limits: &Limits,
) -> Result<Document, FormatError> {
    let kind = MediaType::Html;
    let encoding = match charset::by_mark(&bytes).or(forced) {
        Some(encoding) => encoding,
        None => unforced(&bytes)?,
    };
    let source = charset::decode_as(bytes, encoding, kind, Tolerance::Lenient)?;
    if let Some(at) = memchr::memchr(0, source.as_bytes()) {
        return Err(FormatError::Binary { byte: 0, at });
    }
    let page = parse(&source, kind, limits)?;
    drop(source);
    let text = article::article(&page);
    if text.trim().is_empty() {
        return Err(FormatError::NoText { kind, what: "a page without any text of its own" });
    }
    Ok(Document { media_type: kind, text, parts: Vec::new() })
}

/// The text of a piece of HTML that is all content (the body of a mail, an entry of a feed).
pub(crate) fn fragment(
    source: &str,
    kind: MediaType,
    limits: &Limits,
) -> Result<String, FormatError> {
    Ok(article::everything(&parse(source, kind, limits)?))
}

/// The declared charset, unless the bytes belie it: pages copied from site to site keep the
/// declaration of the first.
fn unforced(bytes: &[u8]) -> Result<&'static Encoding, FormatError> {
    let is_utf8 = std::str::from_utf8(bytes).is_ok();
    match declared(bytes) {
        Some(encoding) if charset::is_wide(encoding) => charset::detect(bytes, MediaType::Html),
        Some(encoding) if encoding == UTF_8 && !is_utf8 => {
            Ok(charset::detect(bytes, MediaType::Html).unwrap_or(UTF_8))
        }
        Some(encoding) if encoding != UTF_8 && is_utf8 => charset::detect(bytes, MediaType::Html),
        Some(encoding) => Ok(encoding),
        None => charset::detect(bytes, MediaType::Html),
    }
}

/// The charset that the page's first bytes declare.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let lower = bytes[..bytes.len().min(DECLARED_IN_BYTES)].to_ascii_lowercase();
    let after = |mark: &[u8]| memchr::memmem::find(&lower, mark).map(|at| at + mark.len());
    let at = match after(b"charset=") {
        Some(at) => at,
        None if lower.starts_with(b"<?xml") => after(b"encoding=")?,
        None => return None,
    };
    let label = lower[at..].trim_ascii_start();
    let label = label.strip_prefix(b"\"").or_else(|| label.strip_prefix(b"'")).unwrap_or(label);
    let in_label = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let end = label.iter().position(|byte| !in_label(byte)).unwrap_or(label.len());
    charset::known_label(&label[..end])
}

fn parse(source: &str, kind: MediaType, limits: &Limits) -> Result<Page, FormatError> {
    if u32::try_from(source.len()).is_err() {
        return Err(FormatError::TooLarge { bytes: source.len(), limit: u32::MAX as usize });
    }
    let mut builder = Builder::new(limits.depth);
    {
        let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, span: Span<usize>| {
            feed(&mut builder, &event, span.start);
            None::<Infallible>
        });
        emitter.naively_switch_states(true);
        for token in Tokenizer::new_with_emitter(source, emitter) {
            match token {
                Ok(never) => match never {},
                Err(never) => match never {},
            }
        }
    }
    builder.finish().map_err(|at| FormatError::TooDeep {
        kind,
        what: "elements",
        limit: limits.depth,
        at,
    })
}

fn feed(builder: &mut Builder, event: &CallbackEvent<'_>, at: usize) {
    match event {
        CallbackEvent::OpenStartTag { name } => builder.start_tag(name),
        CallbackEvent::AttributeName { name } => builder.attribute_name(name),
        CallbackEvent::AttributeValue { value } => builder.attribute_value(value),
        CallbackEvent::CloseStartTag { .. } => builder.end_of_start_tag(at),
        CallbackEvent::EndTag { name } => builder.end_tag(name),
        CallbackEvent::String { value } => builder.text(value),
        CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {
        }
    }
}
