//! What of a mail is text. It does not test transfer encodings one by one: that is `same_words.rs`.

use formats::{Hints, decode};
use testkit::charset::Charset;
use testkit::mail;
use text::Limits;

fn check(mail: &[u8], expected: &str) {
    let document =
        decode(mail.to_vec(), Hints { name: "a.eml", charset: None }, &Limits::default());
    let found = document
        .map_or_else(|error| error.to_string(), |document| document.text.replace("\r\n", "\n"));
    assert_eq!(found, expected);
}

const FIELDS: &str = "Subject: a\r\nMIME-Version: 1.0\r\n";

#[test]
fn a_forwarded_message_is_read_with_its_fields() {
    check(
        format!("{FIELDS}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee below.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\nFrom: p@example.jp\r\n\r\nInner body.\r\n--b--\r\n").as_bytes(),
        "Subject: a\n\nSee below.\n\nSubject: inner\nFrom: p@example.jp\n\nInner body.\n",
    );
}

#[test]
fn labels_that_only_mailers_use_are_understood() {
    for (label, charset) in
        [("cp932", Charset::Cp932), ("CP50221", Charset::Iso2022Jp), ("eucJP-ms", Charset::EucJp)]
    {
        let head = format!("{FIELDS}Content-Type: text/plain; charset={label}\r\n\r\n");
        check(
            &[head.as_bytes(), &charset.encode("お詫び申し上げます。")].concat(),
            "Subject: a\n\nお詫び申し上げます。\n",
        );
    }
}

#[test]
fn a_body_without_a_label_is_detected() {
    let body = Charset::Cp932.encode("不正アクセスについてお詫び申し上げます。");
    check(
        &[FIELDS.as_bytes(), b"\r\n", &body].concat(),
        "Subject: a\n\n不正アクセスについてお詫び申し上げます。\n",
    );
}

#[test]
fn a_mail_of_html_alone_is_its_text() {
    check(
        format!("{FIELDS}Content-Type: text/html; charset=utf-8\r\n\r\n<style>p {{}}</style><table><tr><td><p>お詫び</p><p>本文</p></td></tr></table>").as_bytes(),
        "Subject: a\n\nお詫び\n\n本文\n",
    );
}

#[test]
fn attachments_of_a_full_body_and_unreadable_ones_are_left() {
    let long = "本文が十分に長いメールです。".repeat(40);
    let head = "Subject: お知らせ\nFrom: press@example.jp\nDate: 2024-04-01 10:00\n\n";
    check(
        &mail::with_attachment(&long, "a.txt", "text/plain", b"attached"),
        &format!("{head}{long}\n"),
    );
    check(
        &mail::with_attachment("添付します。", "a.png", "image/png", b"\x89PNG\r\n\x1a\n"),
        &format!("{head}添付します。\n"),
    );
}
