//! A VERIS record into facts. Each fact points to the place in the record that says it; what the
//! record does not say (`Unknown`, `NA`, an empty text) is no fact. It does not know the facts of
//! our own that an exported record carries under `plus`: that is the overlay.
//! Which place each fact comes from is a table in `docs/veris.md`.

mod what;
mod when;

use case::{Cited, Facts, Kind, Organisation, Origin, Role, Sector};
use serde_json::Value;

pub(super) use self::what::{CATEGORIES, DATA};
use super::place::{find, texts};
use crate::tsv::rows;

/// Sectors by the beginning of NAICS codes.
pub(super) const SECTORS: &str = include_str!("../../../data/naics.tsv");
/// A title is no longer than this, in characters.
const TITLE: usize = 160;

/// The origin of what stands at a place.
fn origin(pointer: impl Into<String>) -> Origin {
    Origin::Import { import: super::FORMAT.to_owned(), pointer: pointer.into() }
}

/// A value with the place that says it.
fn cited<T>(value: T, pointer: impl Into<String>) -> Cited<T, Origin> {
    Cited::new(value, origin(pointer))
}

/// What a record says.
pub(super) fn read(record: &Value) -> Facts<Origin> {
    let mut facts = Facts::silent(kind(record));
    facts.title = title(record);
    // Before edition 1.3 there was a list of victims.
    let victim = if record.pointer("/victim").is_some_and(Value::is_array) {
        "/victim/0"
    } else {
        "/victim"
    };
    let names = texts(record, &format!("{victim}/victim_id"));
    facts.organisation = names.first().map(|(at, name)| cited((*name).to_owned(), at.clone()));
    facts.other_organisations = other_organisations(record, victim);
    facts.sector = sector(record, victim);
    when::read(record, &mut facts);
    what::read(record, &mut facts);
    facts
}

/// A false positive is no incident.
fn kind(record: &Value) -> Kind {
    match record.pointer("/security_incident").and_then(Value::as_str) {
        Some("False positive") => Kind::Column,
        _ => Kind::Incident,
    }
}

fn title(record: &Value) -> Option<Cited<String, Origin>> {
    let (at, summary) = texts(record, "/summary").into_iter().next()?;
    Some(cited(first_sentence(summary), at))
}

/// The first sentence, or as much of it as makes a title.
fn first_sentence(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim_end();
    if line.len() == text.len() && text.chars().count() <= TITLE {
        return text.to_owned();
    }
    let ends = line
        .match_indices(". ")
        .map(|(at, _)| at)
        .chain(line.match_indices('。').map(|(at, _)| at));
    // "U.S. Department": an end has more than an abbreviation before it.
    let sentence = ends.filter(|&at| at >= 40).min().map_or(line, |at| &line[..at]);
    let sentence = sentence.trim_end_matches(['.', '。']);
    if sentence.chars().count() <= TITLE {
        return sentence.to_owned();
    }
    let most = sentence.char_indices().nth(TITLE - 1).map_or(sentence.len(), |(at, _)| at);
    let cut = sentence[..most].rfind(' ').filter(|&at| at > most / 2).unwrap_or(most);
    format!("{}…", sentence[..cut].trim_end())
}

fn other_organisations(record: &Value, victim: &str) -> Vec<Organisation<Origin>> {
    let partners =
        texts(record, "/actor/partner/name").into_iter().map(|found| (found, Role::Processor));
    let secondary = texts(record, &format!("{victim}/secondary/victim_id"));
    partners
        .chain(secondary.into_iter().map(|found| (found, Role::Client)))
        .map(|((at, name), role)| Organisation { value: name.to_owned(), role, cite: origin(at) })
        .collect()
}

fn sector(record: &Value, victim: &str) -> Option<Cited<Sector, Origin>> {
    let at = format!("{victim}/industry");
    let code = record.pointer(&at)?.as_str()?;
    let sector = sector_of(code)?;
    let mut government = find(record, &format!("{victim}/government")).into_iter();
    let is_local =
        government.any(|(_, level)| matches!(level.as_str(), Some("Local" | "Regional")));
    let sector =
        if sector == Sector::Government && is_local { Sector::Municipality } else { sector };
    Some(cited(sector, at))
}

/// The sector of a NAICS code; none for the unknown industry, `000`.
fn sector_of(code: &str) -> Option<Sector> {
    if code.len() < 2 || code.starts_with("00") || !code.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let fitting = rows::<3>(SECTORS).filter(|[begins, ..]| code.starts_with(begins));
    let longest = fitting.max_by_key(|[begins, ..]| begins.len());
    Some(longest.and_then(|[_, name, _]| Sector::from_name(name)).unwrap_or(Sector::Other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_beginning_decides_the_sector() {
        let found: Vec<_> =
            ["622110", "541511", "541110", "9211", "000", "", "5182", "x"].map(sector_of).into();
        let sector = |name| Sector::from_name(name);
        assert_eq!(
            found,
            [
                sector("health"),
                sector("it_services"),
                sector("other"),
                sector("government"),
                None,
                None,
                sector("it_services"),
                None
            ]
        );
        assert!(rows::<3>(SECTORS).all(|[_, name, _]| sector(name).is_some()));
    }

    #[test]
    fn a_title_is_short() {
        assert_eq!(first_sentence("A disk was lost."), "A disk was lost.");
        let long =
            format!("The U.S. branch of a bank lost a disk with records. {}", "More. ".repeat(60));
        assert_eq!(first_sentence(&long), "The U.S. branch of a bank lost a disk with records");
        let endless = "word ".repeat(100);
        assert!(first_sentence(endless.trim()).ends_with("word…"));
        let japanese = "あ".repeat(400);
        assert_eq!(first_sentence(&japanese).chars().count(), TITLE);
    }
}
