//! Technical facts: CVE numbers, families of malware, products and vectors that the text names.

use case::{Technical, TechnicalKind};
use memchr::memmem;

use super::one_line;
use crate::lexicon::{Cue, Topic, Value, Vocabulary};
use crate::page::Page;

/// Each fact once, in the order of the text. Words of measures and advice are none.
pub(super) fn read(page: &Page<'_>) -> Vec<Technical> {
    let mut facts: Vec<Technical> = Vec::new();
    for hit in page.hits.all(Vocabulary::Technical) {
        let Value::Technical(kind) = hit.value else { continue };
        let Some(sentence) = page.sentence_of(hit.start) else { continue };
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let inside_word = page.text()[hit.start..].starts_with(|c: char| c.is_ascii())
            && (latin(page.text()[..hit.start].chars().next_back())
                || latin(page.text()[hit.end..].chars().next()));
        if inside_word
            || matches!(sentence.topic, Some(Topic::Prevention | Topic::Contact | Topic::About))
            || (sentence.has(Cue::Prevention) && !sentence.has(Cue::Happened))
        {
            continue;
        }
        add(page, &mut facts, kind, hit.start, hit.end);
    }
    for (start, end) in cve_numbers(page.text()) {
        add(page, &mut facts, TechnicalKind::Vulnerability, start, end);
    }
    facts
}

fn add(page: &Page<'_>, facts: &mut Vec<Technical>, kind: TechnicalKind, start: usize, end: usize) {
    let Some(cite) = page.cite(start, end) else { return };
    let words = one_line(page.words(cite));
    let value = if kind == TechnicalKind::Vulnerability { words.to_uppercase() } else { words };
    if !facts.iter().any(|known| known.kind == kind && known.value.eq_ignore_ascii_case(&value)) {
        facts.push(Technical { kind, value, cite });
    }
}

/// `cve-2023-12345` in a folded text.
fn cve_numbers(text: &str) -> Vec<(usize, usize)> {
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut found = Vec::new();
    for at in memmem::find_iter(text.as_bytes(), "cve-") {
        let year = at + "cve-".len();
        if digits(year) != 4 || !text[year + 4..].starts_with('-') {
            continue;
        }
        let serial = digits(year + 5);
        if (4..=7).contains(&serial) {
            found.push((at, year + 5 + serial));
        }
    }
    found
}
