//! What cannot be read is refused with its own reason, and limits hold. It does not test what can be
//! read: that is `same_words.rs`.

use std::fmt::Write as _;

use formats::{Hints, decode};
use testkit::{broken, html, pdf};
use text::Limits;

fn check(bytes: Vec<u8>, name: &str, limits: &Limits, expected: &str) {
    let found = match decode(bytes, Hints { name, charset: None }, limits) {
        Ok(document) => format!("read as {:?}", document.text),
        Err(error) => error.to_string(),
    };
    assert_eq!(found, expected, "{name}");
}

#[test]
fn twenty_broken_inputs_give_twenty_reasons() {
    let expected = [
        "the input is empty",
        "the input is empty",
        "binary data, not text: byte 0x00 at byte 151",
        "text/plain: not valid UTF-8 at byte 148",
        "text/plain: text in no known charset, first undecodable byte at 0",
        "binary data, not text: byte 0x01 at byte 0",
        "a zip archive is not a format that can be read",
        "a Word document is not a format that can be read",
        "an Excel workbook is not a format that can be read",
        "a PNG image is not a format that can be read",
        "a gzip archive is not a format that can be read",
        "PDF: encrypted, it needs a password",
        "PDF: truncated, no end-of-file mark after byte 0 of 864",
        "PDF: no text layer on any of its 2 pages",
        "PDF: damaged, no readable table of objects or pages",
        "text/html: a page without any text of its own",
        "text/html: elements nested deeper than 256 at byte 1305",
        "application/atom+xml: malformed",
        "application/rss+xml: a feed without entries",
        "message/rfc822: a mail without a readable body",
    ];
    let inputs = broken::all();
    assert_eq!(inputs.len(), expected.len());
    for (input, expected) in inputs.into_iter().zip(expected) {
        check(input.bytes, input.name, &Limits::default(), expected);
    }
}

#[test]
fn limits_are_kept() {
    let text = "お知らせ\n".repeat(100);
    let small = Limits { input_bytes: 100, ..Limits::default() };
    check(
        text.clone().into_bytes(),
        "a.txt",
        &small,
        "the input has 1300 bytes, more than the limit of 100",
    );
    let small = Limits { text_bytes: 100, ..Limits::default() };
    check(
        text.clone().into_bytes(),
        "a.txt",
        &small,
        "text/plain: the text is longer than the limit of 100 bytes",
    );
    check(
        html::page(&text, testkit::charset::Charset::Utf8),
        "a.html",
        &small,
        "text/html: the text is longer than the limit of 100 bytes",
    );
    let small = Limits { pages: 2, ..Limits::default() };
    check(
        pdf::document(&text, pdf::Cmap::Rksj),
        "a.pdf",
        &small,
        "PDF: 3 pages, more than the limit of 2",
    );
}

#[test]
fn forms_that_draw_each_other_end() {
    // Each form draws the next one twice: 2^40 operations if followed.
    let mut pdf = String::from(
        "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Count 1 /Kids [3 0 R] >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Resources << /XObject << /F 10 0 R >> >> /Contents 4 0 R >>\nendobj\n4 0 obj\n<< /Length 4 >>\nstream\n/F Do\nendstream\nendobj\n",
    );
    for form in 10..50 {
        let _ = write!(
            pdf,
            "{form} 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 100 100] /Resources << /XObject << /F {} 0 R >> >> /Length 11 >>\nstream\n/F Do /F Do\nendstream\nendobj\n",
            form + 1
        );
    }
    pdf.push_str("50 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 11 >>\nstream\n0 0 1 1 re f\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n");
    check(
        pdf.into_bytes(),
        "forms.pdf",
        &Limits::default(),
        "PDF: page 1 draws more than 2000000 operations",
    );
}

#[test]
fn messages_nested_without_end_are_refused() {
    let nested = "From: a@example.jp\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n"
        .repeat(50_000);
    check(
        nested.into_bytes(),
        "a.eml",
        &Limits::default(),
        "message/rfc822: messages nested deeper than 1000 at byte 71060",
    );
}
