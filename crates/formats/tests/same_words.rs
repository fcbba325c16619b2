//! One text in every format and charset decodes to the same words. It does not test what a broken
//! input gives: that is `refused.rs`.

use case::MediaType;
use formats::{Document, Hints, decode};
use testkit::charset::Charset;
use testkit::{feed, html, mail, pdf};
use text::Limits;

const TITLE: &str = "不正アクセスによる個人情報漏えいの可能性に関するお詫びとお知らせ";

const TEXT: &str = "不正アクセスによる個人情報漏えいの可能性に関するお詫びとお知らせ

2024年4月1日
株式会社みどり野商事

このたび、弊社が運営するECサイト「みどり野ストア」において、第三者による不正アクセスを受け、お客様の個人情報が漏えいした可能性があることが判明いたしましたので、下記のとおりご報告いたします。お客様には多大なご迷惑とご心配をおかけし、深くお詫び申し上げます。

1.経緯
2024年3月25日(月)18時43分、サーバーの負荷が異常に上昇していることを担当者が検知しました。
同日19時10分、当該サーバーをネットワークから切断し、調査を開始しました。

2.対象となる情報
(1)氏名、住所、電話番号、メールアドレス　約1,200件
(2)クレジットカード情報は含まれておりません。

3.お問い合わせ先
お客様相談窓口　電話 0120-000-000(平日9:00~17:00)";

fn read(bytes: Vec<u8>, name: &str) -> Document {
    decode(bytes, Hints { name, charset: None }, &Limits::default())
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn words(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The words of the decoded input are those of [`TEXT`], no more and no fewer.
fn check(bytes: Vec<u8>, name: &str, kind: MediaType) {
    let document = read(bytes, name);
    assert_eq!(document.media_type, kind, "{name}");
    assert_eq!(words(&document.text), words(TEXT), "{name}:\n{}", document.text);
}

#[test]
fn plain_text_in_every_charset() {
    for charset in Charset::ALL {
        check(charset.encode(TEXT), "release.txt", MediaType::Text);
    }
}

#[test]
fn utf8_text_is_the_input_itself() {
    for text in [TEXT, "\u{feff}お知らせ\r\n終わり", "a\tb \n"] {
        assert_eq!(read(text.as_bytes().to_vec(), "-").text, text);
    }
}

#[test]
fn pages_without_what_surrounds_the_article() {
    for charset in [Charset::Utf8, Charset::Cp932, Charset::EucJp, Charset::Utf16Le] {
        check(html::page(TEXT, charset), "release.html", MediaType::Html);
    }
}

#[test]
fn pdf_with_fonts_that_are_not_embedded() {
    for cmap in pdf::Cmap::ALL {
        check(pdf::document(TEXT, cmap), "release.pdf", MediaType::Pdf);
        // Ten pages: what is read of one is not read again on the next.
        let long = format!("{TEXT}\n").repeat(10);
        assert_eq!(words(&read(pdf::document(&long, cmap), "-").text), words(&long));
    }
}

#[test]
fn lines_that_paper_breaks_are_whole_in_the_text() {
    let text = read(pdf::document(TEXT, pdf::Cmap::Rksj), "release.pdf").text;
    for line in TEXT.lines().filter(|line| !line.is_empty()) {
        assert!(text.contains(line.trim()), "{line}\n---\n{text}");
    }
}

#[test]
fn mail_in_every_encoding() {
    for body in mail::Body::ALL {
        let text = read(mail::message(TITLE, TEXT, body), "release.eml").text;
        let expected = format!(
            "Subject: {TITLE}\nFrom: 広報担当 <press@example.jp>\nDate: 2024-04-01 10:00\n\n{TEXT}\n"
        );
        assert_eq!(text.replace("\r\n", "\n"), expected, "{body:?}");
    }
}

#[test]
fn the_attachment_of_a_cover_note_is_read() {
    let release = pdf::document(TEXT, pdf::Cmap::UniJisUtf16);
    let mail = mail::with_attachment(
        "添付のとおりお知らせいたします。",
        "release.pdf",
        "application/pdf",
        &release,
    );
    let text = read(mail, "cover.eml").text;
    assert!(text.contains("添付のとおり"), "{text}");
    assert!(words(&text).contains(&words(TEXT)), "{text}");
}

#[test]
fn entries_of_feeds_are_parts() {
    let entries = [
        feed::Entry { title: TITLE, day: "2024-04-01", text: TEXT },
        feed::Entry {
            title: "続報", day: "2024-04-09", text: "調査が完了しました。\n\n以上"
        },
    ];
    for (bytes, kind) in [
        (feed::atom("お知らせ", &entries), MediaType::Atom),
        (feed::rss("お知らせ", &entries), MediaType::Rss),
    ] {
        let document = read(bytes, "-");
        assert_eq!(document.media_type, kind);
        assert_eq!(document.parts.len(), 2);
        for (part, entry) in document.parts.iter().zip(&entries) {
            let expected = format!("{}\n{}\n\n{}\n", entry.title, entry.day, entry.text);
            assert_eq!(part.of(&document.text), Some(expected.as_str()));
        }
    }
}

#[test]
fn a_charset_can_be_forced() {
    let bytes = Charset::EucJp.encode(TEXT);
    let hints = Hints { name: "a.txt", charset: Some("euc-jp") };
    let document = decode(bytes.clone(), hints, &Limits::default());
    assert_eq!(document.map(|document| document.text).ok().as_deref(), Some(TEXT));
    let hints = Hints { name: "a.txt", charset: Some("iso-2022-jp") };
    let refused = decode(bytes, hints, &Limits::default()).map_err(|error| error.to_string());
    assert_eq!(refused, Err("text/plain: not valid ISO-2022-JP at byte 0".to_owned()));
}
