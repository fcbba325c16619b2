//! The same text gives the same facts in whatever format and encoding it comes.

use std::fs;
use std::path::Path;

use serde_json::Value;
use testkit::charset::Charset;
use testkit::{html, mail, pdf};

use crate::{record, stderr};

/// A bare release, with a numbered list and without blank lines inside its sentences: where a PDF
/// breaks its lines is no longer known.
const RELEASE: &str = "\
2031年4月18日

株式会社あおば堂

不正アクセスによる個人情報漏えいに関するお知らせとお詫び

当社が運営する通販サイトが第三者による不正アクセスを受けました。

1.経緯

2031年4月3日9時30分頃、当社の従業員がサーバーの異常に気付きました。

2031年4月4日、警察へ通報いたしました。

2031年4月5日、個人情報保護委員会へ報告いたしました。

2.対象

お客様の氏名、住所、メールアドレス12,300件が漏えいした可能性があります。

3.再発防止策

多要素認証を導入いたします。
";

/// The values of a case without the places that say them: what formats must not change. Words of
/// statements are left out, for a format may break their lines elsewhere.
fn values(fact: &Value) -> Value {
    match fact {
        Value::Array(items) => items.iter().map(values).collect(),
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| {
                !matches!(name.as_str(), "cite" | "cites" | "span" | "source" | "text")
            })
            .map(|(name, value)| (name.clone(), values(value)))
            .collect(),
        Value::String(words) => words.split_whitespace().collect::<String>().into(),
        other => other.clone(),
    }
}

/// The facts read from the bytes.
fn facts(name: &str, bytes: &[u8]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    let cases = record(folder.path(), &[name]).cases;
    cases.iter().map(|case| values(&serde_json::to_value(case).unwrap())).collect()
}

fn check(text: &str, others: &[(&str, Vec<u8>)]) {
    let expected = facts("plain.txt", text.as_bytes());
    assert!(!expected.is_empty(), "the text has a case");
    for (name, bytes) in others {
        let found = facts(name, bytes);
        assert_eq!(found.len(), expected.len(), "{name}: cases");
        for (found, expected) in found.iter().zip(&expected) {
            for (field, value) in expected.as_object().unwrap() {
                assert_eq!(&found[field], value, "{name}: {field}");
            }
        }
    }
}

#[test]
fn of_a_release_of_ours() {
    check(
        RELEASE,
        &[
            ("shift_jis.txt", Charset::Cp932.encode(RELEASE)),
            ("euc.txt", Charset::EucJp.encode(RELEASE)),
            ("jis.txt", Charset::Iso2022Jp.encode(RELEASE)),
            ("utf16.txt", Charset::Utf16Le.encode(RELEASE)),
            ("page.html", html::page(RELEASE, Charset::Utf8)),
            ("shift_jis.html", html::page(RELEASE, Charset::Cp932)),
            ("ucs2.pdf", pdf::document(RELEASE, pdf::Cmap::UniJisUcs2)),
            ("rksj.pdf", pdf::document(RELEASE, pdf::Cmap::Rksj)),
        ],
    );
}

/// A mail has headers beside the text; what the text says must still be read from it.
#[test]
fn of_a_release_of_ours_as_mail() {
    let of = |name: &str, bytes: &[u8]| {
        let mut cases = facts(name, bytes);
        assert_eq!(cases.len(), 1, "{name}");
        let case = cases.remove(0);
        ["category", "discovered", "affected_count", "data_kinds", "reported_to", "prevention"]
            .map(|field| case[field].clone())
    };
    let mail = mail::message("お知らせ", RELEASE, mail::Body::Iso2022Jp7Bit);
    assert_eq!(of("plain.txt", RELEASE.as_bytes()), of("release.eml", &mail));
}

/// The seed is not part of the project; where it stands beside the checkout, it is read too.
#[test]
fn of_the_seed_where_it_is_there() {
    let seed =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seed/000_f55c7cac84363810.txt");
    let Ok(text) = fs::read_to_string(seed) else { return };
    // Three of its characters are in no Japanese charset before Unicode.
    let text = text.replace('•', "・").replace(['\u{a0}', '\u{202f}'], " ");
    check(
        &text,
        &[
            ("shift_jis.txt", Charset::Cp932.encode(&text)),
            ("page.html", html::page(&text, Charset::Utf8)),
            ("ucs2.pdf", pdf::document(&text, pdf::Cmap::UniJisUcs2)),
        ],
    );
}

#[test]
fn an_override_of_the_charset_reaches_the_decoder() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = Charset::Cp932.encode(RELEASE);
    fs::write(folder.path().join("a.txt"), &bytes).unwrap();
    let read = |charset: &str| {
        crate::run(
            folder.path(),
            &["read", "--with-text", "--format", "json", "--charset", charset, "a.txt"],
        )
    };
    let right = read("shift_jis");
    assert_eq!(right.status.code(), Some(0));
    let right: case::Record = serde_json::from_slice(&right.stdout).unwrap();
    assert_eq!(right.sources[0].text.as_deref(), Some(RELEASE));
    let wrong = read("utf-8");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(stderr(&wrong).contains("hint: name the charset with --charset"), "{}", stderr(&wrong));
}
