//! The texts that are measured: our own examples and literate cases, numbered and repeated to the
//! size that is wanted, and hostile ones. It does not know what is read from them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::MB;

/// Where the inputs lie.
#[derive(Debug)]
pub(crate) struct Inputs {
    /// How many different releases they are made of.
    pub(crate) releases: usize,
    /// Numbered entries, 1 MB.
    pub(crate) small_text: PathBuf,
    /// The same, larger.
    pub(crate) large_text: PathBuf,
    /// The small text as one page.
    pub(crate) small_html: PathBuf,
    /// The large text as one page.
    pub(crate) large_html: PathBuf,
    /// One release.
    pub(crate) one_release: PathBuf,
    /// Name, and the same hostile text at two sizes, the second ten times the first.
    pub(crate) hostile: Vec<(&'static str, PathBuf, PathBuf)>,
}

/// Writes them below `folder`.
pub(crate) fn inputs(folder: &Path, large_bytes: usize) -> io::Result<Inputs> {
    fs::create_dir_all(folder)?;
    let releases = releases()?;
    if releases.is_empty() {
        return Err(io::Error::other("no releases found: start me in the repository's root"));
    }
    let text = |bytes| numbered(&releases, bytes);
    let write = |name: &str, content: String| {
        let path = folder.join(name);
        fs::write(&path, content).map(|()| path)
    };
    let mut hostile = Vec::new();
    for (name, ending, make) in HOSTILE {
        let small = write(&format!("{name}-1.{ending}"), make(MB))?;
        hostile.push((*name, small, write(&format!("{name}-10.{ending}"), make(10 * MB))?));
    }
    Ok(Inputs {
        releases: releases.len(),
        small_text: write("small.txt", text(MB))?,
        large_text: write("large.txt", text(large_bytes))?,
        small_html: write("small.html", page(&text(MB)))?,
        large_html: write("large.html", page(&text(large_bytes)))?,
        one_release: write("one.txt", releases[0].clone())?,
        hostile,
    })
}

/// A hostile text: its name, its file's ending, and how it is made to a size.
type Hostile = (&'static str, &'static str, fn(usize) -> String);

const HOSTILE: &[Hostile] = &[
    ("one-long-line", "txt", |bytes| {
        "当社は2023年6月5日に不正アクセスを確認し約1,200件の個人情報が".repeat(bytes / 88)
    }),
    ("one-line-of-dates", "txt", |bytes| "2023年6月5日から".repeat(bytes / 21)),
    ("a-thousand-brackets", "txt", |bytes| {
        let nest = format!("{}注{}\n", "（".repeat(1000), "）".repeat(1000));
        nest.repeat(bytes / nest.len() + 1)
    }),
    ("opened-brackets", "txt", |bytes| "「（【".repeat(bytes / 9)),
    ("digits", "txt", |bytes| "9".repeat(bytes)),
    ("kanji-digits", "txt", |bytes| "一".repeat(bytes / 3)),
    ("digits-and-commas", "txt", |bytes| "1,234,".repeat(bytes / 6)),
    ("short-lines", "txt", |bytes| "1.\n".repeat(bytes / 3)),
    ("spaces", "txt", |bytes| format!("字{}字", " ".repeat(bytes))),
    ("numbered-headings", "txt", |bytes| {
        "【事案#2024-001】見本株式会社 2024年6月3日\n".repeat(bytes / 61)
    }),
    ("nested-elements", "html", |bytes| {
        let nest = format!("{}字{}\n", "<div>".repeat(200), "</div>".repeat(200));
        nest.repeat(bytes / nest.len() + 1)
    }),
    ("opened-elements", "html", |bytes| "<p>字<td><li>".repeat(bytes / 14)),
    ("one-attribute", "html", |bytes| format!("<p title=\"{}\">字</p>", "a".repeat(bytes))),
    ("ampersands", "html", |bytes| "&".repeat(bytes)),
];

/// The plain examples, and the texts of the literate cases.
fn releases() -> io::Result<Vec<String>> {
    let mut releases = Vec::new();
    for folder in ["examples", "crates/reader/cases/dev"] {
        let Ok(entries) = fs::read_dir(folder) else { continue };
        let mut paths =
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
        paths.sort();
        for path in paths {
            match path.extension().and_then(|ending| ending.to_str()) {
                // An example in another charset is left out.
                Some("txt") => releases.extend(String::from_utf8(fs::read(&path)?)),
                Some("md") => releases.extend(fenced(&fs::read_to_string(&path)?)),
                _ => {}
            }
        }
    }
    Ok(releases)
}

/// What stands in the fence that opens with `text`.
pub(crate) fn fenced(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("```text\n")?;
    let (text, _) = rest.split_once("\n```")?;
    Some(format!("{text}\n"))
}

/// Releases one after another under numbered headings, until `bytes` are reached.
fn numbered(releases: &[String], bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 100_000);
    for (at, release) in releases.iter().cycle().enumerate() {
        if text.len() >= bytes {
            break;
        }
        let (year, serial) = (2000 + at / 1000, at % 1000);
        let (month, day) = (1 + at % 12, 1 + at % 28);
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "【事案#{year}-{serial:03}】株式会社見本{at} 個人情報に関するお詫びとお知らせ {year}年{month}月{day}日\n\n{release}\n\n"
        );
    }
    text
}

/// The text as the article of a page with the usual things around it.
fn page(text: &str) -> String {
    let mut page = String::with_capacity(text.len() + text.len() / 4);
    page.push_str(
        "<!DOCTYPE html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\"><title>お知らせ</title>\
         <style>p { margin: 0 }</style></head>\n<body><nav><ul><li><a href=\"/\">ホーム</a></li></ul></nav>\n<main><article>\n",
    );
    for line in text.lines().filter(|line| !line.is_empty()) {
        let escaped = line.replace('&', "&amp;").replace('<', "&lt;");
        let (open, close) =
            if line.starts_with('【') { ("<h2>", "</h2>") } else { ("<p>", "</p>") };
        page.extend([open, &escaped, close, "\n"]);
    }
    page.push_str("</article></main>\n<footer>見本</footer></body></html>\n");
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_reach_the_size_that_is_wanted() {
        let text = numbered(&["一件目\n".to_owned(), "二件目\n".to_owned()], 5_000);
        assert!((5_000..6_000).contains(&text.len()));
        assert!(text.contains("一件目") && text.contains("二件目"));
        assert!(page(&text).contains("<h2>【事案#2000-000】"));
    }

    #[test]
    fn hostile_texts_grow_tenfold() {
        for (name, _, make) in HOSTILE {
            let (small, large) = (make(100_000).len(), make(1_000_000).len());
            assert!((9 * small..=11 * small).contains(&large), "{name}: {small}, {large}");
        }
    }
}
