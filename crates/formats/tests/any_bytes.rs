//! Whatever the bytes, decoding gives a document whose parts are sound or an error; it never panics.
//! Mutations of whole inputs reach further into the parsers than noise does.

use formats::{Hints, decode};
use proptest::collection::vec;
use proptest::prelude::*;
use testkit::charset::Charset;
use testkit::{feed, html, mail, pdf};
use text::Limits;

const TEXT: &str =
    "お詫び\n\n2024年4月1日、弊社サーバーが不正アクセスを受けました。\n\n対象 約1,200件";

fn check(bytes: &[u8], name: &str) -> Result<(), TestCaseError> {
    let limits = Limits { text_bytes: 1 << 20, ..Limits::default() };
    let Ok(document) = decode(bytes.to_vec(), Hints { name, charset: None }, &limits) else {
        return Ok(());
    };
    prop_assert!(!document.text.trim().is_empty());
    let mut end = 0;
    for part in &document.parts {
        prop_assert!(part.start() >= end && part.of(&document.text).is_some());
        end = part.end();
    }
    Ok(())
}

fn whole() -> Vec<(Vec<u8>, &'static str)> {
    let entries = [feed::Entry { title: "お詫び", day: "2024-04-01", text: TEXT }; 2];
    vec![
        (TEXT.into(), "a.txt"),
        (Charset::Iso2022Jp.encode(TEXT), "a.txt"),
        (html::page(TEXT, Charset::Utf8), "a.html"),
        (html::page(TEXT, Charset::Cp932), "a.html"),
        (pdf::document(TEXT, pdf::Cmap::Rksj), "a.pdf"),
        (pdf::document(TEXT, pdf::Cmap::UniJisUtf16), "a.pdf"),
        (mail::message("お詫び", TEXT, mail::Body::Alternative), "a.eml"),
        (mail::message("お詫び", TEXT, mail::Body::Utf8QuotedPrintable), "a.eml"),
        (
            mail::with_attachment("別添", "a.html", "text/html", &html::page(TEXT, Charset::EucJp)),
            "a.eml",
        ),
        (feed::atom("例", &entries), "a.atom"),
        (feed::rss("例", &entries), "a.rss"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn noise_does_not_panic(bytes in vec(any::<u8>(), 0..400), name in "(a\\.(txt|html|pdf|eml|atom|rss))?") {
        check(&bytes, &name)?;
    }

    #[test]
    fn tags_in_any_order_do_not_panic(pieces in vec(prop::sample::select(vec![
        "<p>", "</p>", "<div class=nav>", "</div>", "<table>", "<tr>", "<td>", "</table>", "<a href=x>", "</a>",
        "<li>", "<ul>", "</ul>", "<h1>", "<main>", "</main>", "<article>", "<script>", "</script>", "<pre>", "</pre>",
        "<ruby>", "<rt>", "<br>", "お知らせ", " \n", "<title>", "</title>", "&amp", "<!--", "-->", "<svg>", "<head>", "<body>",
    ]), 0..60)) {
        check(format!("<!DOCTYPE html>{}", pieces.concat()).as_bytes(), "a.html")?;
    }

    #[test]
    fn damaged_inputs_do_not_panic(
        which in 0..11_usize,
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let (mut bytes, name) = whole().swap_remove(which);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        check(&bytes, name)?;
    }
}

/// Found by fuzzing: the XML parser takes a later declaration for a change of encoding.
#[test]
fn a_second_xml_declaration_does_not_panic() {
    let feed = r#"<?x8"?><feed xm="h"><id>:e<?xml vion="1.0" encoding="Shift_JIS"?>"#;
    check(feed.as_bytes(), "a.atom").unwrap();
    check(feed.as_bytes(), "a.xml").unwrap();
}
