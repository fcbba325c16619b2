//! A part of a mail with a text in its place, as when a file is given out by a link. It does not know
//! what the text says, and it does not look whether somebody signed the part.

use super::edits::Edits;
use super::fold::base64;
use crate::mail::{Mail, Part};

/// Bytes of text in a line of base64 of 76 columns (RFC 2045 §6.8).
const LINE_BYTES: usize = 57;

/// The mail with a text in place of each of these parts, everything else as it was. A part within a
/// replaced one goes with it.
pub fn replace_parts(mail: &Mail<'_>, parts: &[(&Part, &str)]) -> Vec<u8> {
    let mut edits = Edits::new(mail);
    for (part, text) in parts {
        let line_end = edits.line_end();
        let mut lines = Vec::new();
        let mut line = |content: &str| {
            lines.extend_from_slice(content.as_bytes());
            lines.extend_from_slice(line_end);
        };
        let fields = &part.header.fields;
        if part.parent.is_none() {
            let is_content =
                |name: &str| name.get(..8).is_some_and(|n| n.eq_ignore_ascii_case("content-"));
            for field in fields.iter().filter(|field| is_content(mail.name_of(field))) {
                edits.remove(field);
            }
            if mail.fields("MIME-Version").next().is_none() {
                line("MIME-Version: 1.0");
            }
        }
        line("Content-Type: text/plain; charset=utf-8");
        line("Content-Transfer-Encoding: base64");
        line("");
        for piece in text.replace("\r\n", "\n").replace('\n', "\r\n").as_bytes().chunks(LINE_BYTES)
        {
            line(&base64(piece));
        }
        let (end, body_end) = (part.header.end, part.body.end);
        if part.parent.is_none() {
            edits.put(end..body_end, lines);
        } else {
            // The line break before a boundary belongs to the boundary, and is mostly still there.
            if !mail.bytes()[part.range.end..].starts_with(b"--") {
                lines.truncate(lines.len() - line_end.len());
            }
            edits.put(part.range.clone(), lines);
        }
    }
    edits.mail()
}
