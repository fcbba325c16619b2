//! Which format an input is: by its content first, by the ending of its name where the content
//! leaves it open. It reads only the beginning and decodes nothing but a byte order mark.

use std::borrow::Cow;

use case::MediaType;

use crate::{FormatError, charset};

/// How much of the beginning is looked at.
const HEAD_BYTES: usize = 4096;

/// Leading bytes of formats that are known and not read.
const UNREAD: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an old Microsoft Office document"),
    (b"\x7fELF", "an ELF program"),
    (b"{\\rtf", "an RTF document"),
    (b"RIFF", "a RIFF file"),
    (b"OggS", "an Ogg file"),
    (b"SQLite format 3\0", "an SQLite database"),
];

/// Header fields that a mail starts with.
const MAIL_FIELDS: &[&str] = &[
    "from", "to", "cc", "subject", "date", "message-id", "mime-version", "content-type",
    "received", "return-path", "reply-to", "delivered-to", "content-transfer-encoding",
    "dkim-signature", "authentication-results", "sender", "list-id", "in-reply-to", "references",
    "x-mailer",
];

/// Elements that HTML without a document type may start with.
const HTML_TAGS: &[&str] = &[
    "html", "head", "body", "article", "main", "div", "section", "p", "h1", "h2", "h3", "table",
    "meta", "title", "link", "script", "style", "header", "ul", "ol", "dl", "span", "font",
    "center", "br", "a",
];

/// The format of `bytes`, named `name`; an error for formats that are not read.
pub(crate) fn kind(bytes: &[u8], name: &str) -> Result<MediaType, FormatError> {
    let ending = ending(name);
    if let Some(at) = memchr::memmem::find(&bytes[..bytes.len().min(1024)], b"%PDF-") {
        let before = &bytes[..at];
        if ending == "pdf"
            || before.iter().all(u8::is_ascii_whitespace)
            || before.starts_with(b"\xef\xbb\xbf")
        {
            return Ok(MediaType::Pdf);
        }
    }
    if let Some(what) = unread(bytes) {
        return Err(FormatError::Unsupported(what));
    }
    let head = head(bytes);
    let start = head.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if start.starts_with('<')
        && let Some(kind) = markup(start)?
    {
        return Ok(kind);
    }
    if is_mail(start, ending == "eml") {
        return Ok(MediaType::Mail);
    }
    match ending.as_str() {
        "pdf" => Err(FormatError::PdfDamaged("no %PDF mark in its first 1,024 bytes")),
        "eml" => Err(FormatError::MailDamaged("no header field at its start")),
        "html" | "htm" | "xhtml" => Ok(MediaType::Html),
        "atom" => Ok(MediaType::Atom),
        "rss" => Ok(MediaType::Rss),
        _ => Ok(MediaType::Text),
    }
}

fn ending(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_ascii_lowercase())
}

fn unread(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        let head = &bytes[..bytes.len().min(HEAD_BYTES)];
        let holds = |name: &[u8]| memchr::memmem::find(head, name).is_some();
        return Some(match () {
            () if holds(b"word/") => "a Word document",
            () if holds(b"xl/") => "an Excel workbook",
            () if holds(b"ppt/") => "a PowerPoint document",
            () => "a zip archive",
        });
    }
    if bytes.starts_with(b"MZ") && memchr::memchr(0, &bytes[..bytes.len().min(64)]).is_some() {
        return Some("a Windows program");
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some("an MP4 video");
    }
    UNREAD.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|&(_, what)| what)
}

/// The beginning as characters; ASCII stays itself in every charset read here.
fn head(bytes: &[u8]) -> Cow<'_, str> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    match charset::by_mark(head) {
        Some(encoding) if charset::is_wide(encoding) => encoding.decode(head).0,
        _ => String::from_utf8_lossy(head),
    }
}

/// The format of something that starts with `<`, if that is mark-up at all.
fn markup(start: &str) -> Result<Option<MediaType>, FormatError> {
    let mut rest = start;
    let mut declared = false;
    loop {
        rest = rest.trim_start();
        let lower: String = rest.chars().take(16).collect::<String>().to_ascii_lowercase();
        let skipped = if lower.starts_with("<!--") {
            rest.find("-->").map(|at| at + 3)
        } else if lower.starts_with("<!doctype html") {
            return Ok(Some(MediaType::Html));
        } else if lower.starts_with("<?") || lower.starts_with("<!doctype") {
            declared = true;
            rest.find('>').map(|at| at + 1)
        } else {
            break;
        };
        match skipped {
            Some(length) => rest = &rest[length..],
            None => return Ok(declared.then_some(MediaType::Html)),
        }
    }
    let Some(tag) = rest.strip_prefix('<') else { return Ok(None) };
    let end = tag
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_')))
        .unwrap_or(tag.len());
    let local = tag[..end].rsplit(':').next().unwrap_or("").to_ascii_lowercase();
    match local.as_str() {
        "feed" => Ok(Some(MediaType::Atom)),
        "rss" | "rdf" => Ok(Some(MediaType::Rss)),
        name if HTML_TAGS.contains(&name) => Ok(Some(MediaType::Html)),
        _ if declared => {
            Err(FormatError::Unsupported("an XML document that is neither a feed nor HTML"))
        }
        _ => Ok(None),
    }
}

/// Whether header fields come first. Without the ending `.eml`, a text that merely starts with
/// `Subject:` and `Date:` stays text: a field that only mailers write is asked for.
fn is_mail(start: &str, named: bool) -> bool {
    let (mut fields, mut mailers) = (0, false);
    for (index, line) in start.lines().enumerate() {
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) || (index == 0 && line.starts_with("From ")) {
            continue;
        }
        let Some((field, _)) = line.split_once(':') else { break };
        if field.is_empty()
            || !field.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            break;
        }
        let field = field.to_ascii_lowercase();
        fields += usize::from(MAIL_FIELDS.contains(&field.as_str()));
        mailers |= matches!(
            field.as_str(),
            "message-id"
                | "mime-version"
                | "received"
                | "content-type"
                | "return-path"
                | "dkim-signature"
                | "delivered-to"
        );
    }
    if named { fields >= 1 } else { fields >= 2 && mailers }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], name: &str, expected: &str) {
        let found = match kind(bytes, name) {
            Ok(kind) => kind.to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn content_decides_before_the_ending() {
        check(b"%PDF-1.4\n", "a.txt", "application/pdf");
        check(b"\xef\xbb\xbf<!-- x --><!DOCTYPE html><p>", "a.txt", "text/html");
        check(b"\xff\xfe<\0h\0t\0m\0l\0>\0", "-", "text/html");
        check(b"<?xml version='1.0'?><feed xmlns='x'>", "a.xml", "application/atom+xml");
        check(b"<?xml version='1.0'?><rdf:RDF>", "-", "application/rss+xml");
        check(b"From: a@example.jp\r\nMIME-Version: 1.0\r\n\r\nx", "-", "message/rfc822");
        check(b"Subject: x\n\nx", "a.eml", "message/rfc822");
    }

    #[test]
    fn what_only_looks_like_mark_up_is_text() {
        check("<重要>お知らせ".as_bytes(), "a.txt", "text/plain");
        check(b"Subject: apology\nDate: 2024-04-01\n\ntext", "a.txt", "text/plain");
        check(b"how to write %PDF-1.4 files", "a.txt", "text/plain");
    }

    #[test]
    fn unread_formats_are_named() {
        check(
            b"PK\x03\x04....word/document.xml",
            "a.docx",
            "a Word document is not a format that can be read",
        );
        check(b"\x89PNG\r\n\x1a\n", "-", "a PNG image is not a format that can be read");
        check(
            b"<?xml version='1.0'?><svg>",
            "-",
            "an XML document that is neither a feed nor HTML is not a format that can be read",
        );
        check(b"hello", "a.pdf", "PDF: damaged, no %PDF mark in its first 1,024 bytes");
    }
}
