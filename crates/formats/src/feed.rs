//! Atom and RSS to text: each entry a part, its title, its date and its content without mark-up. It
//! fetches nothing that an entry links to.

use std::borrow::Cow;

use case::MediaType;
use feed_rs::model::{Entry, Text};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use text::{Limits, Span};

use crate::charset::{self, Tolerance};
use crate::{Document, FormatError, html};

/// Feeds give instants, a disclosure has a day: the day in Japan.
const JAPAN_HOURS: i8 = 9;

/// Reads a feed to its entries.
pub(crate) fn decode(
    bytes: Vec<u8>,
    kind: MediaType,
    forced: Option<&'static encoding_rs::Encoding>,
    limits: &Limits,
) -> Result<Document, FormatError> {
    let encoding = match charset::by_mark(&bytes).or(forced).or_else(|| declared(&bytes)) {
        Some(encoding) => encoding,
        None => charset::detect(&bytes, kind)?,
    };
    let source = charset::decode_as(bytes, encoding, kind, Tolerance::Lenient)?;
    let source = with_one_encoding(without_declaration(&source));
    let parser = feed_rs::parser::Builder::new().sanitize_content(false).build();
    let feed = parser
        .parse(source.as_bytes())
        .map_err(|source| FormatError::FeedDamaged { kind, source })?;
    if feed.entries.is_empty() {
        return Err(FormatError::NoText { kind, what: "a feed without entries" });
    }
    if feed.entries.len() > limits.entries {
        return Err(FormatError::TooManyEntries {
            kind,
            entries: feed.entries.len(),
            limit: limits.entries,
        });
    }
    let (mut text, mut parts) = (String::new(), Vec::new());
    for entry in &feed.entries {
        if !text.is_empty() {
            text.push('\n');
        }
        let start = text.len();
        write(entry, kind, limits, &mut text)?;
        parts.extend(Span::new(start, text.len()));
        if text.len() > limits.text_bytes {
            return Err(FormatError::TextTooLarge { kind, limit: limits.text_bytes });
        }
    }
    if text.trim().is_empty() {
        return Err(FormatError::NoText { kind, what: "a feed whose entries have no text" });
    }
    Ok(Document { media_type: kind, text, parts })
}

/// The encoding that the XML declaration names.
fn declared(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = &bytes[..bytes.len().min(200)];
    let end = memchr::memmem::find(head, b"?>")?;
    let at = memchr::memmem::find(&head[..end], b"encoding=")? + 9;
    let quote = *head.get(at)?;
    let label = head.get(at + 1..end)?.split(|&byte| byte == quote).next()?;
    charset::known_label(label).filter(|&encoding| !charset::is_wide(encoding))
}

/// The source is characters by now; a declaration of another encoding would decode it again.
fn without_declaration(source: &str) -> &str {
    let source = source.trim_start_matches('\u{feff}').trim_start();
    match source.strip_prefix("<?xml") {
        Some(rest) => rest.find("?>").map_or(source, |at| &rest[at + 2..]),
        None => source,
    }
}

/// Renames further declarations: at one that names another encoding the XML parser panics.
fn with_one_encoding(source: &str) -> Cow<'_, str> {
    if source.contains("<?xml") {
        Cow::Owned(source.replace("<?xml", "<?pi"))
    } else {
        Cow::Borrowed(source)
    }
}

fn write(
    entry: &Entry,
    kind: MediaType,
    limits: &Limits,
    out: &mut String,
) -> Result<(), FormatError> {
    if let Some(title) = &entry.title {
        let title = characters(title, kind, limits)?;
        line(title.trim(), out);
    }
    if let Some(published) = entry.published.or(entry.updated)
        && let Some(day) = day_in_japan(published.timestamp())
    {
        line(&day, out);
    }
    let content = match (&entry.content, &entry.summary) {
        (Some(content), _) if content.body.as_ref().is_some_and(|body| !body.trim().is_empty()) => {
            let body = content.body.as_deref().unwrap_or_default();
            let subtype = content.content_type.subty().as_str();
            if subtype == "plain" {
                plain_or_html(body, kind, limits)?
            } else {
                html::fragment(body, kind, limits)?
            }
        }
        (_, Some(summary)) => characters(summary, kind, limits)?,
        _ => String::new(),
    };
    if !content.trim().is_empty() {
        out.push('\n');
        line(content.trim_matches('\n'), out);
    }
    Ok(())
}

fn line(text: &str, out: &mut String) {
    if !text.is_empty() {
        out.push_str(text);
        out.push('\n');
    }
}

fn characters(text: &Text, kind: MediaType, limits: &Limits) -> Result<String, FormatError> {
    if text.content_type.subty() == "plain" {
        plain_or_html(&text.content, kind, limits)
    } else {
        html::fragment(&text.content, kind, limits)
    }
}

/// RSS does not say which of both its text is; what has a tag in it is HTML.
fn plain_or_html(text: &str, kind: MediaType, limits: &Limits) -> Result<String, FormatError> {
    if kind == MediaType::Rss
        && (text.contains("</") || text.contains("<br") || text.contains("<p>"))
    {
        html::fragment(text, kind, limits)
    } else {
        Ok(text.to_owned())
    }
}

fn day_in_japan(seconds: i64) -> Option<String> {
    let zone = TimeZone::fixed(Offset::constant(JAPAN_HOURS));
    let instant = Timestamp::from_second(seconds).ok()?;
    Some(instant.to_zoned(zone).date().to_string())
}
