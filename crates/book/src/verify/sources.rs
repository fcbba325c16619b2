//! The archive against the ledger: every source's original and text are there and are what was put
//! there, and every citation points at whole characters inside its report. It does not know what
//! the words mean.

use case::Facts;
use ledger::Entry;
use rusqlite::Connection;
use text::Span;

use super::Flaw;
use crate::archive::Archive;
use crate::change::{Change, SourceAdded};
use crate::{BookError, project};

/// Checks what a change says of a source. The change is done to the tables already.
pub(super) fn check(
    tables: &Connection,
    archive: &Archive,
    entry: &Entry,
    change: &Change,
) -> Result<(), Flaw> {
    let seq = entry.seq;
    let (source, reports): (&str, Vec<(Span, &Facts)>) = match change {
        Change::SourceAdded(SourceAdded { source, cases, .. }) => {
            let original = archive.get(&source.sha256, source.bytes).map_err(lost(seq))?;
            if original.len() as u64 != source.bytes {
                let message = format!("it has {} bytes, not {}", original.len(), source.bytes);
                return Err(Flaw::Archive {
                    seq: Some(seq),
                    sha256: source.sha256.clone(),
                    message,
                });
            }
            (&source.sha256, cases.iter().map(|placed| (placed.span, &placed.facts)).collect())
        }
        Change::SourceReread { sha256, cases, .. } => {
            (sha256, cases.iter().map(|reread| (reread.span, &reread.facts)).collect())
        }
        _ => return Ok(()),
    };
    let text = project::text(tables, archive, source).map_err(lost(seq))?;
    if let Change::SourceAdded(SourceAdded { source, .. }) = change
        && text.len() as u64 != source.text_bytes
    {
        let message = format!("the text has {} bytes, not {}", text.len(), source.text_bytes);
        return Err(Flaw::Archive { seq: Some(seq), sha256: source.text_sha256.clone(), message });
    }
    for (place, (span, facts)) in reports.into_iter().enumerate() {
        cited(&text, span, facts).map_err(|(field, message)| Flaw::Cite {
            seq,
            place,
            field,
            message,
        })?;
    }
    Ok(())
}

/// Looks for a citation that is none.
fn cited(text: &str, report: Span, facts: &Facts) -> Result<(), (&'static str, String)> {
    let words = |span: Span| format!("bytes {} to {}", span.start(), span.end());
    if report.of(text).is_none() {
        return Err(("span", format!("{} are no words of the text", words(report))));
    }
    for (field, cite) in facts.cites() {
        if cite.of(text).is_none() {
            return Err((field, format!("{} are no words of the text", words(cite))));
        }
        if cite.start() < report.start() || cite.end() > report.end() {
            return Err((field, format!("{} are outside its report", words(cite))));
        }
    }
    Ok(())
}

fn lost(seq: u64) -> impl Fn(BookError) -> Flaw {
    move |error| match error {
        BookError::Archive { sha256, message } => Flaw::Archive { seq: Some(seq), sha256, message },
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use case::{Cited, Kind};

    use super::*;

    #[track_caller]
    fn check(report: (usize, usize), cite: (usize, usize), expected: Option<&str>) {
        let span = |(start, end)| Span::new(start, end).unwrap();
        let mut facts = Facts::silent(Kind::Incident);
        facts.title = Some(Cited::new("件".to_owned(), span(cite)));
        let found = cited("事件の公表", span(report), &facts).err();
        assert_eq!(
            found.map(|(field, message)| format!("{field}: {message}")).as_deref(),
            expected
        );
    }

    #[test]
    fn words_are_whole_and_inside_their_report() {
        check((0, 15), (3, 6), None);
        check((3, 6), (3, 6), None);
        check((0, 14), (3, 6), Some("span: bytes 0 to 14 are no words of the text"));
        check((0, 18), (3, 6), Some("span: bytes 0 to 18 are no words of the text"));
        check((0, 15), (3, 5), Some("title: bytes 3 to 5 are no words of the text"));
        check((0, 6), (3, 9), Some("title: bytes 3 to 9 are outside its report"));
        check((6, 15), (3, 9), Some("title: bytes 3 to 9 are outside its report"));
    }
}
