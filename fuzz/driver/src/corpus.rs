//! Where inputs start from: the examples, and the texts of the literate cases, dressed as each
//! format. It does not change them: that is the mutator's work.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::targets::Target;

/// The seeds of one target, found below the repository's `root`; never empty.
pub fn seeds(root: &Path, target: &Target) -> io::Result<Vec<Vec<u8>>> {
    let mut seeds = vec![dressed(target, "2023年6月5日、不正アクセスを確認しました。")];
    let mut examples = Vec::new();
    files(&root.join("examples"), &mut examples)?;
    for path in examples.iter().filter(|path| fits(target, path)) {
        seeds.push(fs::read(path)?);
    }
    let mut cases = Vec::new();
    files(&root.join("crates/reader/cases"), &mut cases)?;
    for path in cases.iter().filter(|path| ending(path) == "md") {
        seeds.extend(
            fenced_texts(&fs::read_to_string(path)?).iter().map(|text| dressed(target, text)),
        );
    }
    Ok(seeds)
}

/// The files below `folder`, in order; none where there is no such folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let mut paths: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

fn ending(path: &Path) -> &str {
    path.extension().and_then(|ending| ending.to_str()).unwrap_or_default()
}

/// Whether an example is of the target's format.
fn fits(target: &Target, example: &Path) -> bool {
    let ending = ending(example);
    match target.name {
        "html" => ending == "html",
        "pdf" => ending == "pdf",
        "mail" | "outgoing" => ending == "eml",
        "feed" => matches!(ending, "xml" | "atom" | "rss"),
        "note" | "session" | "veris" | "spool" => false,
        _ => ending == "txt",
    }
}

/// A signed note with a checkpoint, made by a book of ours.
const NOTE: &str = include_str!("note.txt");

/// A segment of a spool, of format version 1.
const SEGMENT: &[u8] = include_bytes!("../../../crates/relay/src/spool/tests/v1.segment");

/// What a spool writes of a mail, a line a record, without what the target puts before each.
const HEADS: &str = r#"{"accepted":{"recipients":2,"envelope":{"bytes":2,"crc":7},"mail":{"bytes":0,"crc":0}}}
{"replaced":{"recipients":2,"envelope":{"bytes":2,"crc":7},"mail":{"bytes":0,"crc":0}}}
{"judged":{"bytes":0,"crc":0}}
{"step":{"held":{"by":"a","until":"2030-03-17T17:46:40Z"}}}
{"step":{"released":{"by":"a"}}}
{"step":{"tried":{"recipient":1,"outcome":{"deferred":{"said":"451","next_try":"2030-03-17T17:46:40Z"}}}}}
{"kept":{"status":{"phase":"received","was_released":false,"recipients":[{"tries":1,"last":null}]},"body":{"recipients":1,"envelope":{"bytes":0,"crc":0},"mail":{"bytes":0,"crc":0}},"verdict":{"bytes":0,"crc":0}}}
{"step":"done"}
"#;

/// What a client says to a relay; the text's length picks how.
fn dialogue(text: &str) -> String {
    let bytes = text.replace('\n', "\r\n") + "\r\n";
    let stuffed = bytes.replace("\r\n.", "\r\n..");
    let content = match text.len() % 3 {
        0 => format!("BDAT {} LAST\r\n{bytes}", bytes.len()),
        1 => format!("DATA\r\nSubject: {text:.9}\r\n\r\n{stuffed}.\r\n"),
        _ => format!("RCPT TO:<@a:b%c@example.com>\r\nDATA\r\n{stuffed}.\r\nRSET\r\nSTARTTLS\r\n"),
    };
    let wishes = "NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b+2Bc@example.com";
    match text.len() % 5 {
        0 => "c220 mx\r\n250 yes\r\n250 yes\r\n550 5.1.1 no\r\n354 go\r\n250-kept\r\n250 mine\r\n421 bye\r\n".to_owned(),
        1 => format!(
            "cEHLO pc\r\nAUTH PLAIN AHNhdG8AcmlnaHQ=\r\nMAIL FROM:<a@example.jp> SIZE=99 BODY=8BITMIME\r\n\
             RCPT TO:<b@example.com> {wishes}\r\n{content}QUIT\r\n"
        ),
        2 => format!("cHELO pc\r\nAUTH LOGIN\r\nc2F0bw==\r\ncmlnaHQ=\r\n{content}"),
        _ => format!(
            "dEHLO pc\r\nMAIL FROM:<渡辺@example.jp> SMTPUTF8 RET=HDRS ENVID=a+2Bb\r\n\
             RCPT TO:<b@example.com>\r\nRCPT TO:<\"b c\"@example.com> {wishes}\r\n{content}NOOP\r\n"
        ),
    }
}

/// The contents of every fence that opens with `text`.
fn fenced_texts(page: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut open: Option<String> = None;
    for line in page.lines() {
        match &mut open {
            Some(text) if line.trim_end() == "```" => {
                texts.push(std::mem::take(text));
                open = None;
            }
            Some(text) => {
                text.push_str(line);
                text.push('\n');
            }
            None if line.trim_end() == "```text" => open = Some(String::new()),
            None => {}
        }
    }
    texts
}

/// A text in the target's format.
fn dressed(target: &Target, text: &str) -> Vec<u8> {
    if target.name == "spool" {
        return if text.len().is_multiple_of(2) {
            SEGMENT.to_vec()
        } else {
            HEADS.as_bytes().to_vec()
        };
    }
    let paragraphs = || text.replace('\n', "</p>\n<p>");
    let dressed = match target.name {
        "html" => format!(
            "<!DOCTYPE html><html lang=\"ja\"><head><meta charset=\"utf-8\"><title>お知らせ</title></head>\
             <body><nav><a href=\"/\">ホーム</a></nav><main><article><h1>お詫び</h1><p>{}</p></article></main></body></html>",
            paragraphs()
        ),
        "mail" | "outgoing" => format!(
            "From: <info@example.jp>\r\nTo: <press@example.com>\r\nSubject: =?UTF-8?B?44GK6Kmr44Gz?=\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: 8bit\r\n\r\n{}",
            text.replace('\n', "\r\n")
        ),
        "feed" => format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\">\
             <id>urn:example</id><title>お知らせ</title><updated>2023-06-05T06:00:00+09:00</updated>\
             <entry><id>urn:example:1</id><title>お詫び</title><updated>2023-06-05T06:00:00+09:00</updated>\
             <content type=\"html\">&lt;p&gt;{text}&lt;/p&gt;</content></entry></feed>"
        ),
        "pdf" => format!(
            "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
             2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
             3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F0 4 0 R>>>>/Contents 5 0 R>>endobj\n\
             4 0 obj<</Type/Font/Subtype/Type0/BaseFont/Ryumin-Light/Encoding/UniJIS-UCS2-H/DescendantFonts[6 0 R]>>endobj\n\
             5 0 obj<</Length {}>>stream\n{}\nendstream endobj\n\
             6 0 obj<</Type/Font/Subtype/CIDFontType0/BaseFont/Ryumin-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/DW 1000>>endobj\n\
             trailer<</Root 1 0 R/Size 7>>\n%%EOF\n",
            page_content(text).len(),
            page_content(text)
        ),
        "note" => NOTE.to_owned(),
        "session" => dialogue(text),
        "veris" => serde_json::json!({
            "schema_version": "1.4.1", "incident_id": "a", "security_incident": "Confirmed",
            "summary": text, "source_id": "jikenbo", "victim": { "victim_id": "Aoba", "country": ["JP"],
            "industry": "611310", "employee_count": "Unknown" }, "actor": { "internal": { "motive": ["NA"],
            "variety": ["End-user"] } }, "action": { "error": { "variety": ["Misdelivery"],
            "vector": ["Carelessness"] } }, "asset": { "assets": [{ "variety": "S - Mail" }] },
            "attribute": { "confidentiality": { "data_disclosure": "Yes", "data_total": 395,
            "data": [{ "variety": "Personal", "amount": 395 }] } },
            "timeline": { "incident": { "year": 2031, "month": 4 } } })
        .to_string(),
        _ => text.to_owned(),
    };
    dressed.into_bytes()
}

/// The content stream of a PDF page that shows the text, a line a line.
fn page_content(text: &str) -> String {
    let mut content = String::from("BT /F0 10 Tf 40 800 Td 14 TL\n");
    for line in text.lines().take(60) {
        content.push('<');
        for unit in line.encode_utf16() {
            // Writing to a string does not fail.
            let _ = write!(content, "{unit:04x}");
        }
        content.push_str("> Tj T*\n");
    }
    content.push_str("ET");
    content
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TARGETS;

    #[test]
    fn every_target_has_seeds_even_without_examples() {
        for target in TARGETS {
            assert!(!seeds(Path::new("/nowhere"), target).unwrap().is_empty());
        }
    }

    #[test]
    fn the_texts_of_a_literate_case_are_taken_and_its_facts_are_not() {
        let page = "# A case\n\n```text\n一行目\n二行目\n```\n\n```json\n{}\n```\n";
        assert_eq!(fenced_texts(page), ["一行目\n二行目\n"]);
    }
}
