//! A plain text as a mail, in the ways that Japanese mailers write them. It does not know how a mail
//! is read.

use std::fmt::Write as _;

use crate::charset::Charset;

/// How the body is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// ISO-2022-JP in seven bits, as mailers have done since the eighties.
    Iso2022Jp7Bit,
    /// ISO-2022-JP in base64.
    Iso2022JpBase64,
    /// UTF-8 in base64.
    Utf8Base64,
    /// UTF-8 in quoted-printable.
    Utf8QuotedPrintable,
    /// UTF-8 as `multipart/alternative`, plain and HTML.
    Alternative,
}

impl Body {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Iso2022Jp7Bit,
        Self::Iso2022JpBase64,
        Self::Utf8Base64,
        Self::Utf8QuotedPrintable,
        Self::Alternative,
    ];
}

/// Who sends a mail and when.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// The name that mailers show.
    pub name: &'a str,
    /// The date as mail writes it.
    pub date: &'a str,
}

/// A mail with `subject` and `text`, from an invented press office.
pub fn message(subject: &str, text: &str, body: Body) -> Vec<u8> {
    message_from(
        Sender { name: "広報担当", date: "Mon, 01 Apr 2024 10:00:00 +0900" },
        subject,
        text,
        body,
    )
}

/// A mail with `subject` and `text`.
pub fn message_from(sender: Sender<'_>, subject: &str, text: &str, body: Body) -> Vec<u8> {
    let charset = match body {
        Body::Iso2022Jp7Bit | Body::Iso2022JpBase64 => Charset::Iso2022Jp,
        _ => Charset::Utf8,
    };
    let mut mail = format!(
        "Return-Path: <press@example.jp>\r\nReceived: from mx.example.jp by list.example.com; {}\r\n",
        sender.date
    );
    let _ = write!(mail, "From: {} <press@example.jp>\r\n", encoded_words(sender.name, charset));
    mail.push_str("To: subscribers@example.com\r\n");
    let _ = write!(mail, "Subject: {}\r\n", encoded_words(subject, charset));
    let _ = write!(
        mail,
        "Date: {}\r\nMessage-ID: <press.1@example.jp>\r\nMIME-Version: 1.0\r\n",
        sender.date
    );
    let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    let bytes = charset.encode(&text);
    match body {
        Body::Iso2022Jp7Bit => {
            mail.push_str("Content-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n");
            return [mail.into_bytes(), bytes].concat();
        }
        Body::Iso2022JpBase64 | Body::Utf8Base64 => {
            let _ = write!(
                mail,
                "Content-Type: text/plain; charset=\"{}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
                charset.label(),
                base64_lines(&bytes)
            );
        }
        Body::Utf8QuotedPrintable => {
            mail.push_str("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
            mail.push_str(&quoted_printable(&bytes));
        }
        Body::Alternative => {
            let html = crate::html::page(&text.replace("\r\n", "\n"), Charset::Utf8);
            let _ = write!(
                mail,
                "Content-Type: multipart/alternative; boundary=\"=_part_1\"\r\n\r\n\
                 --=_part_1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\
                 --=_part_1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\
                 --=_part_1--\r\n",
                base64_lines(&bytes),
                base64_lines(&html)
            );
        }
    }
    mail.into_bytes()
}

/// A mail whose body only points at its attachment.
pub fn with_attachment(note: &str, name: &str, media_type: &str, attachment: &[u8]) -> Vec<u8> {
    format!(
        "From: press@example.jp\r\nSubject: {}\r\nDate: Mon, 01 Apr 2024 10:00:00 +0900\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"=_part_1\"\r\n\r\n\
         --=_part_1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\
         --=_part_1\r\nContent-Type: {media_type}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}--=_part_1--\r\n",
        encoded_words("お知らせ", Charset::Utf8),
        base64_lines(note.as_bytes()),
        base64_lines(attachment),
    )
    .into_bytes()
}

/// A header value as encoded words of at most 45 bytes each; UTF-8 is cut inside characters, as some
/// mailers do.
fn encoded_words(text: &str, charset: Charset) -> String {
    let chunks: Vec<Vec<u8>> = match charset {
        Charset::Iso2022Jp => text
            .chars()
            .collect::<Vec<char>>()
            .chunks(12)
            .map(|part| charset.encode(&part.iter().collect::<String>()))
            .collect(),
        _ => charset.encode(text).chunks(40).map(<[u8]>::to_vec).collect(),
    };
    let words: Vec<String> =
        chunks.iter().map(|chunk| format!("=?{}?B?{}?=", charset.label(), base64(chunk))).collect();
    words.join("\r\n ")
}

/// Base64 in lines of 76 characters, each ended.
pub fn base64_lines(bytes: &[u8]) -> String {
    let coded = base64(bytes);
    let mut lines = String::new();
    for line in coded.as_bytes().chunks(76) {
        lines.extend(line.iter().map(|&byte| char::from(byte)));
        lines.push_str("\r\n");
    }
    lines
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut coded = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte))
            << (8 * (3 - group.len()));
        for digit in 0..4 {
            if digit <= group.len() {
                coded.push(char::from(DIGITS[(bits >> (18 - 6 * digit) & 63) as usize]));
            } else {
                coded.push('=');
            }
        }
    }
    coded
}

fn quoted_printable(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut column = 0;
    for &byte in bytes {
        let coded = match byte {
            b'\n' => {
                column = 0;
                out.push('\n');
                continue;
            }
            b'\r' => "\r".to_owned(),
            b'=' | 0x80.. => format!("={byte:02X}"),
            plain => char::from(plain).to_string(),
        };
        if column + coded.len() > 72 {
            out.push_str("=\r\n");
            column = 0;
        }
        column += coded.len();
        out.push_str(&coded);
    }
    out
}
