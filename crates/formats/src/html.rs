//! HTML to a flat page: tags and text in one pass over the tokens of html5gum. It keeps just enough
//! of the tree (blocks, links, tables) to tell the article; it does not choose it, and it knows no
//! style sheet.

use std::convert::Infallible;

use case::MediaType;
use encoding_rs::{Encoding, UTF_8};
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Emitter, ForwardingEmitter, Reader, Span, SpanBound, Tokenizer};
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
    let source = match forced {
        Some(encoding) => {
            let encoding = charset::by_mark(&bytes).unwrap_or(encoding);
            charset::decode_as(bytes, encoding, kind, Tolerance::Lenient)?
        }
        None => match charset::utf8(bytes) {
            Ok(source) => source,
            Err(bytes) => {
                let encoding = not_utf8(&bytes)?;
                charset::decode_as(bytes, encoding, kind, Tolerance::Lenient)?
            }
        },
    };
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

/// The charset of a page that is not plainly UTF-8: the marked one, the declared one unless the
/// bytes belie it (pages copied from site to site keep the declaration of the first), or what the
/// bytes look like.
fn not_utf8(bytes: &[u8]) -> Result<&'static Encoding, FormatError> {
    let detected = charset::detect(bytes, MediaType::Html);
    if charset::by_mark(bytes).is_some() {
        return detected;
    }
    match declared(bytes) {
        Some(encoding) if encoding == UTF_8 => Ok(detected.unwrap_or(UTF_8)),
        Some(encoding) if !charset::is_wide(encoding) => Ok(encoding),
        _ => detected,
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
    run(source, &mut builder, |()| 0);
    if builder.is_too_deep() {
        // Places cost time to keep, so they are kept only once they are needed.
        builder = Builder::new(limits.depth);
        run(source, &mut builder, |at: usize| at);
    }
    builder.finish().map_err(|at| FormatError::TooDeep {
        kind,
        what: "elements",
        limit: limits.depth,
        at,
    })
}

fn run<S: SpanBound>(source: &str, builder: &mut Builder, place: fn(S) -> usize) {
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, span: Span<S>| {
        feed(builder, &event, place(span.start));
        None::<Infallible>
    });
    emitter.naively_switch_states(true);
    // The callback gives no tokens, so the first one is the end.
    let None = Tokenizer::new_with_emitter(Source(source.as_bytes()), Quiet(emitter)).next();
}

/// Leaves out the checks that only serve to report errors in the mark-up, a fifth of the time.
struct Quiet<E>(E);

impl<E: Emitter> ForwardingEmitter for Quiet<E> {
    type Token = E::Token;

    fn inner(&mut self) -> &mut impl Emitter<Token = Self::Token> {
        &mut self.0
    }

    fn should_emit_errors(&mut self) -> bool {
        false
    }
}

/// The page for the tokenizer, searched with memchr where text is long.
struct Source<'a>(&'a [u8]);

impl Reader for Source<'_> {
    type Error = Infallible;

    fn read_byte(&mut self) -> Result<Option<u8>, Infallible> {
        Ok(self.0.split_off_first().copied())
    }

    fn try_read_string(&mut self, s: &[u8], case_sensitive: bool) -> Result<bool, Infallible> {
        let Some((next, rest)) = self.0.split_at_checked(s.len()) else { return Ok(false) };
        let is_next = next == s || (!case_sensitive && next.eq_ignore_ascii_case(s));
        if is_next {
            self.0 = rest;
        }
        Ok(is_next)
    }

    fn read_until<'b>(
        &'b mut self,
        needle: &[u8],
        _: &'b mut [u8; 4],
    ) -> Result<Option<&'b [u8]>, Infallible> {
        // NUL would only be an error in the mark-up. What is left are mostly three bytes at most.
        let mut wanted = needle.iter().copied().filter(|&byte| byte != 0);
        let found = match (wanted.next(), wanted.next(), wanted.next(), wanted.next()) {
            (Some(a), Some(b), Some(c), None) => memchr::memchr3(a, b, c, self.0),
            (Some(a), Some(b), None, None) => memchr::memchr2(a, b, self.0),
            _ => self.0.iter().position(|byte| needle.contains(byte)),
        };
        // A chunk without a needle, or the needle alone.
        let end = found.map_or(self.0.len(), |at| at.max(1));
        let (chunk, rest) = self.0.split_at(end);
        self.0 = rest;
        Ok((!chunk.is_empty()).then_some(chunk))
    }
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
