//! Remakes the inputs in `examples/` from their UTF-8 sources in `sources/` beside this file. It does
//! not make the PDF that Chromium prints; `docs/examples.md` says how that is done.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use testkit::charset::Charset;
use testkit::feed::{self, Entry};
use testkit::pdf::{self, Cmap};
use testkit::{html, mail};

/// How a source becomes an input.
#[derive(Clone, Copy)]
enum Form {
    Text(Charset),
    Html(Charset),
    Pdf(Cmap),
    Mail(mail::Body, mail::Sender<'static>),
    Atom(&'static str),
    Rss(&'static str),
    /// Several numbered entries on one page of a blog.
    Casebook,
    /// The page that a browser prints to PDF.
    Printed,
}

const FORMS: &[(&str, Form)] = &[
    ("01-ransomware-manufacturer", Form::Text(Charset::Cp932)),
    ("02-bcc-city", Form::Html(Charset::Utf8)),
    (
        "03-misdirected-mail-foundation",
        Form::Mail(
            mail::Body::Iso2022Jp7Bit,
            mail::Sender {
                name: "つばさ育英会 事務局", date: "Fri, 18 Nov 2022 15:00:00 +0900"
            },
        ),
    ),
    ("04-usb-loss-school", Form::Pdf(Cmap::UniJisUcs2)),
    ("05-cloud-misconfiguration-saas", Form::Text(Charset::Utf8)),
    ("06-skimming-sweets-shop", Form::Pdf(Cmap::Rksj)),
    ("07-supplier-breach-insurance", Form::Printed),
    ("08-insider-telecom", Form::Text(Charset::EucJp)),
    ("09-phishing-university", Form::Html(Charset::Cp932)),
    ("10-misposting-city", Form::Pdf(Cmap::UniJisUtf16)),
    ("11-ddos-bus", Form::Text(Charset::Iso2022Jp)),
    ("12-emotet-building", Form::Text(Charset::Utf16Le)),
    (
        "13-unauthorized-access-reservation",
        Form::Mail(
            mail::Body::Alternative,
            mail::Sender {
                name: "しらかば観光ホテルズ 広報",
                date: "Thu, 05 Sep 2024 11:00:00 +0900",
            },
        ),
    ),
    (
        "14-paper-loss-hospital",
        Form::Mail(
            mail::Body::Utf8Base64,
            mail::Sender {
                name: "ゆりの木中央病院", date: "Fri, 18 Apr 2025 17:30:00 +0900"
            },
        ),
    ),
    ("15-casebook-page", Form::Casebook),
    ("16-newsletter-atom", Form::Atom("ふたば出版 お知らせ")),
    ("17-security-news-rss", Form::Rss("こもれび体操協会 お知らせ")),
];

fn main() -> io::Result<()> {
    let room = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (folder, sources) = (room.join("../../examples"), room.join("examples/sources"));
    for &(name, form) in FORMS {
        let text = fs::read_to_string(sources.join(name).with_extension("txt"))?;
        let (path, bytes) = make(&folder, &sources, name, &text, form);
        fs::write(&path, bytes)?;
        println!("{}", path.display());
    }
    Ok(())
}

fn make(folder: &Path, sources: &Path, name: &str, text: &str, form: Form) -> (PathBuf, Vec<u8>) {
    let to = |ending: &str| folder.join(name).with_extension(ending);
    match form {
        Form::Text(charset) => (to("txt"), charset.encode(text)),
        Form::Html(charset) => (to("html"), html::page(text, charset)),
        Form::Pdf(cmap) => (to("pdf"), pdf::document(text, cmap)),
        Form::Mail(body, sender) => {
            let subject = text.lines().next().unwrap_or_default();
            (to("eml"), mail::message_from(sender, subject, text, body))
        }
        Form::Atom(title) => (to("atom"), feed::atom(title, &entries(text))),
        Form::Rss(title) => (to("rss"), feed::rss(title, &entries(text))),
        Form::Casebook => (to("html"), html::casebook("セキュリティ事件簿", text)),
        Form::Printed => (sources.join(name).with_extension("print.html"), html::printed(text)),
    }
}

/// Entries start with a line of `#`, the day and the title.
fn entries(text: &str) -> Vec<Entry<'_>> {
    text.split("# ")
        .filter_map(|entry| {
            let (heading, text) = entry.split_once('\n')?;
            let (day, title) = heading.split_once(' ')?;
            Some(Entry { title, day, text: text.trim_end() })
        })
        .collect()
}
