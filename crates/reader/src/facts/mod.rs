//! The facts of a case, one file each: a page in, a field of the case out. A fact knows its own
//! words and rules; facts that build on another take its result as an argument.

mod acts;
mod affected_count;
mod category;
mod data_disclosure;
mod data_kinds;
mod denial;
mod kind;
mod moments;
mod organisation;
mod other_organisations;
mod prevention;
mod progress;
mod report;
mod reported_to;
mod secondary_damage;
mod sector;
mod services;
mod statement;
mod technical;
mod timeline;
mod warnings;

use case::{Cited, Facts, Kind};
use memchr::memchr2;

use crate::grammar::Extent;
use crate::names;
use crate::page::Page;
use crate::segment::Opening;

/// Reads one page into a case; at most `limit` values in each list.
pub(crate) fn read(page: &Page<'_>, limit: usize) -> Facts {
    let names = names::find(page);
    let category = category::read(page);
    let organisation = organisation::read(page, &names);
    let mut facts = Facts::silent(kind::read(page, &category));
    facts.case_number = page.header.case_number.and_then(|(number, extent)| {
        Some(Cited::new(number, page.cite(extent.start, extent.end)?))
    });
    facts.title = page.header.title.and_then(|extent| quote(page, extent));
    facts.organisation = organisation;
    facts.disclosed_on = page
        .header
        .disclosed_on
        .zip(page.header.disclosed_at)
        .and_then(|(day, extent)| Some(Cited::new(day, page.cite(extent.start, extent.end)?)));
    if facts.kind == Kind::Column {
        // A page that is no disclosure has no discloser and no title of one; a column between
        // numbered entries keeps what stands at its head.
        if page.entry.opening == Opening::Bare {
            (facts.title, facts.organisation, facts.disclosed_on) = (None, None, None);
        }
        return facts;
    }
    let events = timeline::events(page);
    facts.other_organisations =
        other_organisations::read(page, &names, facts.organisation.as_ref());
    facts.sector = sector::read(page, facts.organisation.as_ref());
    facts.report = report::read(page);
    facts.occurred = moments::occurred(page, &events);
    facts.discovered = moments::discovered(page, &events, category.value);
    facts.affected_count = affected_count::read(page, category.value);
    facts.data_kinds = data_kinds::read(page, category.value);
    facts.timeline = timeline::read(page, &events);
    facts.reported_to = reported_to::read(page, facts.organisation.as_ref());
    facts.data_disclosure = data_disclosure::read(page, &category);
    facts.secondary_damage = secondary_damage::read(page);
    facts.services = services::read(page, category.value);
    facts.progress = progress::read(page);
    facts.prevention = prevention::read(page);
    facts.technical = technical::read(page);
    facts.warnings = warnings::read(page);
    facts.category = category;
    truncate(&mut facts, limit);
    facts
}

fn truncate(facts: &mut Facts, limit: usize) {
    facts.other_organisations.truncate(limit);
    facts.affected_count.truncate(limit);
    facts.data_kinds.truncate(limit);
    facts.timeline.truncate(limit);
    facts.reported_to.truncate(limit);
    facts.services.truncate(limit);
    facts.progress.truncate(limit);
    facts.prevention.truncate(limit);
    facts.technical.truncate(limit);
    facts.warnings.truncate(limit);
}

/// The words of an extent as written, cited.
fn quote(page: &Page<'_>, extent: Extent) -> Option<Cited<String>> {
    let cite = page.cite(extent.start, extent.end)?;
    Some(Cited::new(one_line(page.words(cite)), cite))
}

/// Words of the source on one line: a wrap or a gap in them becomes nothing beside Japanese and a
/// space elsewhere.
fn one_line(words: &str) -> String {
    if memchr2(b'\n', b'\r', words.as_bytes()).is_none() {
        return words.trim().to_owned();
    }
    let mut joined = String::with_capacity(words.len());
    for part in words.split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty()) {
        if joined.ends_with(|c: char| c.is_ascii_alphanumeric())
            && part.starts_with(|c: char| c.is_ascii_alphanumeric())
        {
            joined.push(' ');
        }
        joined.push_str(part);
    }
    joined
}
