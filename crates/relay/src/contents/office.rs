//! The text of office documents (ISO/IEC 29500): DOCX, XLSX and PPTX, out of their XML parts. Layout,
//! formulas and pictures are left out.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event;

/// What the archive is.
pub(super) enum Document {
    Word,
    Sheet,
    Slides,
}

impl Document {
    /// Tells a document by its parts.
    pub(super) fn of<'a>(mut names: impl Iterator<Item = Cow<'a, str>>) -> Option<Self> {
        names.find_map(|name| match name.as_ref() {
            "word/document.xml" => Some(Self::Word),
            "xl/workbook.xml" => Some(Self::Sheet),
            "ppt/presentation.xml" => Some(Self::Slides),
            _ => None,
        })
    }

    /// Whether a part holds text.
    pub(super) fn reads(&self, name: &str) -> bool {
        let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
        name.strip_suffix(".xml").is_some()
            && match self {
                Self::Word => {
                    starts(&["word/document", "word/header", "word/footer", "word/comments"])
                }
                Self::Sheet => starts(&["xl/worksheets/sheet", "xl/sharedStrings", "xl/comments"]),
                Self::Slides => starts(&["ppt/slides/slide", "ppt/notesSlides/notesSlide"]),
            }
    }

    /// Whether a name is of the document's own parts. Whatever else lies in the archive is a file.
    pub(super) fn owns(name: &str) -> bool {
        ["word/", "xl/", "ppt/", "docProps/", "_rels/", "customXml/", "[Content_Types].xml"]
            .iter()
            .any(|own| name.starts_with(own))
    }

    /// The text of its parts; `None` where it is longer than `most_bytes`: cells may repeat one long
    /// string.
    pub(super) fn text(&self, parts: &[(String, Vec<u8>)], most_bytes: usize) -> Option<String> {
        let strings = match self {
            Self::Sheet => parts
                .iter()
                .find(|(name, _)| name.starts_with("xl/sharedStrings"))
                .map(|(_, xml)| shared_strings(xml))
                .unwrap_or_default(),
            Self::Word | Self::Slides => Vec::new(),
        };
        let mut out = String::new();
        for (name, xml) in parts {
            if name.starts_with("xl/worksheets/") {
                sheet(xml, &strings, most_bytes, &mut out);
            } else if !name.starts_with("xl/sharedStrings") {
                paragraphs(xml, &mut out);
            }
        }
        (out.len() <= most_bytes).then_some(out)
    }
}

/// What a part has between its tags, one element at a time: the name of the element without its
/// prefix, or text. Damage ends it.
fn walk(xml: &[u8], mut see: impl FnMut(Seen<'_>)) {
    let mut reader = Reader::from_reader(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => see(Seen::Start(tag.local_name().as_ref(), &tag)),
            Ok(Event::Empty(tag)) => see(Seen::Empty(tag.local_name().as_ref(), &tag)),
            Ok(Event::End(tag)) => see(Seen::End(tag.local_name().as_ref())),
            Ok(Event::Text(text)) => {
                see(Seen::Text(&text));
            }
            Ok(Event::GeneralRef(name)) => {
                let resolved = name.resolve_char_ref().ok().flatten();
                let named = || match name.as_ref() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => None,
                };
                if let Some(character) = resolved.or_else(named) {
                    see(Seen::Text(character.encode_utf8(&mut [0; 4])));
                }
            }
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

enum Seen<'a> {
    Start(&'a str, &'a quick_xml::events::BytesStart<'a>),
    Empty(&'a str, &'a quick_xml::events::BytesStart<'a>),
    End(&'a str),
    Text(&'a str),
}

/// Paragraphs of DOCX and PPTX: a line each, table cells parted by tabs.
fn paragraphs(xml: &[u8], out: &mut String) {
    let mut in_text = false;
    walk(xml, |seen| match seen {
        Seen::Start("t", _) => in_text = true,
        Seen::End("t") => in_text = false,
        Seen::Text(text) if in_text => out.push_str(text),
        Seen::Empty("tab", _) => out.push('\t'),
        Seen::Empty("br" | "cr", _) | Seen::End("p" | "tr") => end_line(out),
        Seen::End("tc") => {
            if out.ends_with('\n') {
                out.pop();
            }
            out.push('\t');
        }
        _ => {}
    });
    end_line(out);
}

fn end_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

/// The strings that cells point to. Readings above the characters (`rPh`) are no part of them.
fn shared_strings(xml: &[u8]) -> Vec<String> {
    let (mut strings, mut current) = (Vec::new(), String::new());
    let (mut in_text, mut in_reading) = (false, false);
    walk(xml, |seen| match seen {
        Seen::Start("t", _) => in_text = true,
        Seen::End("t") => in_text = false,
        Seen::Start("rPh", _) => in_reading = true,
        Seen::End("rPh") => in_reading = false,
        Seen::Text(text) if in_text && !in_reading => current.push_str(text),
        Seen::End("si") => strings.push(std::mem::take(&mut current)),
        Seen::Empty("si", _) => strings.push(String::new()),
        _ => {}
    });
    strings
}

/// Columns to which a cell is put in its place; a heading stands in one of them, and a cell that says it
/// stands in the last of all costs no more tabs than these.
const PLACED_COLUMNS: usize = 256;

/// The rows of a sheet: a line each, cells parted by tabs. A cell that is left out, because it is blank,
/// keeps its place.
fn sheet(xml: &[u8], strings: &[String], most_bytes: usize, out: &mut String) {
    let (mut value, mut in_value, mut is_shared) = (String::new(), false, false);
    let mut column = 0;
    walk(xml, |seen| match seen {
        Seen::Start("c", tag) | Seen::Empty("c", tag) if out.len() <= most_bytes => {
            let attribute = |name| tag.try_get_attribute(name).ok().flatten();
            is_shared = attribute("t").is_some_and(|kind| kind.value.as_ref() == "s");
            let place = attribute("r").and_then(|place| column_of(place.value.as_ref()));
            while place.is_some_and(|place| column < place.min(PLACED_COLUMNS)) {
                out.push('\t');
                column += 1;
            }
            if matches!(seen, Seen::Empty(..)) {
                out.push('\t');
                column += 1;
            }
        }
        Seen::Start("v" | "t", _) => in_value = true,
        Seen::End("v" | "t") => in_value = false,
        Seen::Text(text) if in_value => value.push_str(text),
        _ if out.len() > most_bytes => {}
        Seen::End("c") => {
            let shared = is_shared.then(|| value.trim().parse().ok()).flatten();
            match shared.and_then(|at: usize| strings.get(at)) {
                Some(string) => out.push_str(string),
                None => out.push_str(&value),
            }
            value.clear();
            out.push('\t');
            column += 1;
        }
        Seen::End("row") => {
            column = 0;
            end_line(out);
        }
        _ => {}
    });
    end_line(out);
}

/// The column of a cell's place, from 0: `C5` is 2.
fn column_of(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_uppercase).take(3);
    let number = letters.fold(0, |number, letter| number * 26 + usize::from(letter - b'A') + 1);
    number.checked_sub(1)
}
