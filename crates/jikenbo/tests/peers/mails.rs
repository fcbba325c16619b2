//! Mails as Japanese programs write them: names, subjects and file names in three charsets, parameters
//! that go on over several lines (RFC 2231 §3), cut where the program cuts them, in the middle of a
//! character too. It does not know who carries them.

use testkit::charset::Charset;
use testkit::mail::base64_lines;

/// The charsets, and how a mail's body is carried in them.
pub(crate) const CHARSETS: [(Charset, &str); 4] = [
    (Charset::Utf8, "8bit"),
    (Charset::Iso2022Jp, "7bit"),
    (Charset::Cp932, "base64"),
    (Charset::Cp932, "8bit"),
];

/// How a file's name is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Name {
    /// As encoded words within quotes, which no standard allows and most programs write.
    Words,
    /// As RFC 2231 has it, in pieces of so many bytes.
    Pieces(usize),
}

/// A mail in a charset, with a file of that name.
pub(crate) fn mail(charset: Charset, transfer: &str, name: Name, file: &str) -> Vec<u8> {
    let label = charset.label();
    let text =
        "お世話になっております。資料を添付いたします。\r\n.\r\n..点で始まる行\r\n\r\n   森\r\n";
    let body = match transfer {
        "base64" => base64_lines(&charset.encode(text)).into_bytes(),
        _ => charset.encode(text),
    };
    let name = match name {
        Name::Words => format!(" filename=\"{}\"", words(file, charset)),
        Name::Pieces(bytes) => pieces(file, charset, bytes),
    };
    let head = format!(
        "From: {} <mori@example.jp>\r\nTo: {}\r\n <suzuki@shop.example>,\r\n\t(second) \
         tanaka@shop.example\r\nSubject: {}\r\nDate: Tue, 1 Apr 2031 10:00:00 +0900\r\n\
         Message-ID: <1.{label}@example.jp>\r\nX-Spacing:   kept \t as it  is\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed;\r\n boundary=\"=_=\"\r\n\r\n--=_=\r\n\
         Content-Type: text/plain; charset={label}\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n",
        words("森 桃子", charset),
        words("鈴木商店 御中", charset),
        words("【ご連絡】四月の資料について(再送・差し替え)", charset),
    );
    let file = format!(
        "\r\n--=_=\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment;\r\n\
         {name}\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--=_=--\r\n",
        base64_lines(b"nothing much")
    );
    [head.into_bytes(), body, file.into_bytes()].concat()
}

/// All ways to write a file's name, in all charsets.
pub(crate) fn all() -> Vec<(String, Vec<u8>)> {
    let names = [Name::Words, Name::Pieces(10), Name::Pieces(7)];
    let mails = CHARSETS.into_iter().flat_map(|(charset, transfer)| {
        names.map(|name| {
            let shown = format!("{} in {transfer}, {name:?}", charset.label());
            (shown, mail(charset, transfer, name, "四月の資料(最終版).dat"))
        })
    });
    mails.collect()
}

/// One mail in each charset, for what is slow to set up.
pub(crate) fn some() -> Vec<(String, Vec<u8>)> {
    all().into_iter().skip(2).step_by(3).collect()
}

/// The recipients of all of them.
pub(crate) fn recipients() -> Vec<String> {
    ["suzuki@shop.example", "tanaka@shop.example"].map(str::to_owned).to_vec()
}

/// Encoded words (RFC 2047) of a few characters each.
pub(crate) fn words(text: &str, charset: Charset) -> String {
    let letters: Vec<char> = text.chars().collect();
    let word = |letters: &[char]| {
        let bytes = charset.encode(&letters.iter().collect::<String>());
        format!("=?{}?B?{}?=", charset.label(), base64_lines(&bytes).trim_end())
    };
    letters.chunks(9).map(word).collect::<Vec<_>>().join("\r\n ")
}

fn pieces(text: &str, charset: Charset, bytes: usize) -> String {
    let encoded = charset.encode(text);
    let piece = |(number, bytes): (usize, &[u8])| {
        let begin = if number == 0 { format!("{}'ja'", charset.label()) } else { String::new() };
        let octets = bytes.iter().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        format!(" filename*{number}*={begin}{octets}")
    };
    encoded.chunks(bytes).enumerate().map(piece).collect::<Vec<_>>().join(";\r\n")
}
