//! A folder of 2,000 inputs in all formats, 20 of them broken each in another way.

use std::collections::BTreeSet;
use std::fs;

use testkit::charset::Charset;
use testkit::{broken, feed, html, mail, pdf};

use crate::{RELEASE, run, stderr};

/// A whole input of the kind that the index chooses: the end of its name and its bytes.
fn whole(index: usize) -> (&'static str, Vec<u8>) {
    let text = RELEASE.replace("あおば堂", &format!("あおば{index}堂"));
    let entry =
        feed::Entry {
            title: "不正アクセスに関するお知らせ", day: "2031-04-18", text: &text
        };
    match index % 11 {
        0 => ("utf8.txt", text.into_bytes()),
        1 => ("sjis.txt", Charset::Cp932.encode(&text)),
        2 => ("euc.txt", Charset::EucJp.encode(&text)),
        3 => ("jis.txt", Charset::Iso2022Jp.encode(&text)),
        4 => ("utf16.txt", Charset::Utf16Le.encode(&text)),
        5 => ("html", html::page(&text, Charset::Utf8)),
        6 => ("sjis.html", html::page(&text, Charset::Cp932)),
        7 => ("pdf", pdf::document(&text, pdf::Cmap::UniJisUcs2)),
        8 => ("eml", mail::message("お知らせ", &text, mail::Body::Iso2022Jp7Bit)),
        9 => ("atom", feed::atom("例", &[entry])),
        _ => ("rss", feed::rss("例", &[entry])),
    }
}

#[test]
fn all_but_the_broken_are_read_and_each_of_those_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let broken = broken::all();
    assert_eq!(broken.len(), 20);
    for index in 0..2_000 - broken.len() {
        let (ending, bytes) = whole(index);
        let below = folder.path().join(format!("{:02}", index % 20));
        fs::create_dir_all(&below).unwrap();
        fs::write(below.join(format!("{index:04}.{ending}")), bytes).unwrap();
    }
    for (index, input) in broken.iter().enumerate() {
        fs::write(folder.path().join(format!("{index:02}")).join(input.name), &input.bytes)
            .unwrap();
    }

    let output = run(folder.path(), &["read", "--format", "json", "."]);
    let messages = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{messages}");
    let record: case::Record = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(record.sources.len(), 1_980, "{messages}");
    let with_case: BTreeSet<_> = record.cases.iter().map(|case| case.source).collect();
    assert_eq!(with_case.len(), 1_980, "each whole input has a case");

    let named: Vec<&str> = messages.lines().filter(|line| line.starts_with("jikenbo: ")).collect();
    assert_eq!(named.len(), 20, "{messages}");
    assert_eq!(messages.matches("\n  hint: ").count(), 20, "{messages}");
    for (index, input) in broken.iter().enumerate() {
        let name = format!("jikenbo: ./{index:02}/{}: ", input.name);
        assert!(named.iter().any(|line| line.starts_with(&name)), "{}\n{messages}", input.what);
    }
}
