//! The facts of a case, one file each: a page in, a field of the case out. A fact knows its own
//! words and rules; facts that build on another take its result as an argument.

mod acts;
mod affected_count;
mod category;
mod data_disclosure;
mod data_kinds;
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

use case::{Case, Category, Cited, Decided, Kind, SourceId};

use crate::grammar::Extent;
use crate::names;
use crate::page::Page;
use crate::segment::Opening;

/// Reads one page into a case; at most `limit` values in each list.
pub(crate) fn read(page: &Page<'_>, source: SourceId, limit: usize) -> Case {
    let names = names::find(page);
    let category = category::read(page);
    let organisation = organisation::read(page, &names);
    let title = page.header.title.and_then(|extent| quote(page, extent));
    let mut case =
        Case {
            source,
            span: page.entry.span,
            kind: kind::read(page, &category),
            case_number: page.header.case_number.and_then(|(number, extent)| {
                Some(Cited::new(number, page.cite(extent.start, extent.end)?))
            }),
            title,
            organisation,
            other_organisations: Vec::new(),
            sector: None,
            report: None,
            disclosed_on: page.header.disclosed_on.zip(page.header.disclosed_at).and_then(
                |(day, extent)| Some(Cited::new(day, page.cite(extent.start, extent.end)?)),
            ),
            category: Decided { value: Category::Other, cites: Vec::new() },
            occurred: None,
            discovered: None,
            affected_count: Vec::new(),
            data_kinds: Vec::new(),
            timeline: Vec::new(),
            reported_to: Vec::new(),
            data_disclosure: None,
            secondary_damage: None,
            services: Vec::new(),
            progress: Vec::new(),
            prevention: Vec::new(),
            technical: Vec::new(),
            warnings: Vec::new(),
        };
    if case.kind == Kind::Column {
        // A page that is no disclosure has no discloser and no title of one; a column between
        // numbered entries keeps what stands at its head.
        if page.entry.opening == Opening::Bare {
            (case.title, case.organisation, case.disclosed_on) = (None, None, None);
        }
        return case;
    }
    let events = timeline::events(page);
    case.other_organisations = other_organisations::read(page, &names, case.organisation.as_ref());
    case.sector = sector::read(page, case.organisation.as_ref());
    case.report = report::read(page);
    case.occurred = moments::occurred(page, &events);
    case.discovered = moments::discovered(page, &events);
    case.affected_count = affected_count::read(page, category.value);
    case.data_kinds = data_kinds::read(page, category.value);
    case.timeline = timeline::read(page, &events);
    case.reported_to = reported_to::read(page, case.organisation.as_ref());
    case.data_disclosure = data_disclosure::read(page, &category);
    case.secondary_damage = secondary_damage::read(page);
    case.services = services::read(page, category.value);
    case.progress = progress::read(page);
    case.prevention = prevention::read(page);
    case.technical = technical::read(page);
    case.warnings = warnings::read(page);
    case.category = category;
    truncate(&mut case, limit);
    case
}

fn truncate(case: &mut Case, limit: usize) {
    case.other_organisations.truncate(limit);
    case.affected_count.truncate(limit);
    case.data_kinds.truncate(limit);
    case.timeline.truncate(limit);
    case.reported_to.truncate(limit);
    case.services.truncate(limit);
    case.progress.truncate(limit);
    case.prevention.truncate(limit);
    case.technical.truncate(limit);
    case.warnings.truncate(limit);
}

/// The words of an extent as written, cited.
fn quote(page: &Page<'_>, extent: Extent) -> Option<Cited<String>> {
    let cite = page.cite(extent.start, extent.end)?;
    Some(Cited::new(one_line(page.words(cite)), cite))
}

/// Words of the source on one line: a wrap or a gap in them becomes nothing beside Japanese and a
/// space elsewhere.
fn one_line(words: &str) -> String {
    if !words.contains(['\n', '\r']) {
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
