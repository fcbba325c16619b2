//! Services and how the incident left them: lists under a heading or sentence that says so, and
//! services named in a clause with their state.

mod clause;
mod list;
mod naming;
mod state;
mod struck;
mod table;

use case::{Category, Service, ServiceStatus};

use super::one_line;
use crate::grammar::Extent;
use crate::lexicon::{Cue, Topic, Vocabulary};
use crate::page::{Marker, Page, Sentence};
use crate::words::any_of;
use state::states;
use struck::{befallen, named_service, struck, struck_service};

/// Each service once, in the order of the text.
pub(super) fn read(page: &Page<'_>, category: Category) -> Vec<Service> {
    let mut services: Vec<Service> = Vec::new();
    let mut list: Option<ServiceStatus> = None;
    // The state that the last heading is of, and how its line begins.
    let mut section: Option<ServiceStatus> = None;
    let mut opened = None;
    let mut told = Vec::new();
    // The service that the last heading names.
    let mut headed: Option<Extent> = None;
    for sentence in &page.sentences {
        let first = page.folded_words(page.lines[sentence.line].extent).chars().next();
        if sentence.heading {
            section = None;
            headed = headed_by(page, sentence);
        }
        if list::restored_at(page, sentence, &mut services) {
            continue;
        }
        // The next heading of the same kind ends a list.
        if opened.is_some() && opened == first {
            (list, opened) = (None, None);
        }
        let hits = page.within(Vocabulary::State, sentence.extent);
        let labels =
            matches!(page.lines[sentence.line].topic, Some(Topic::Services | Topic::Unaffected));
        // Prose that says nothing of a state names no service by it.
        if hits.is_empty() && !labels && page.is_full(sentence) {
            list = None;
            continue;
        }
        if list::labelled(page, sentence, hits, &mut services) {
            list = None;
            continue;
        }
        told.clear();
        told.extend(states(page, hits, sentence.extent.end));
        if let Some(status) = list::opens_list(page, sentence, &told) {
            list = Some(status);
            section = list.filter(|_| sentence.heading);
            let line = &page.lines[sentence.line];
            opened = first.filter(|_| line.body > line.extent.start && sentence.heading);
            continue;
        }
        if let Some(status) = list {
            if list::row(page, sentence, &told, &mut services)
                || list::entry(page, sentence, status, &mut services)
            {
                continue;
            }
            list = None;
        }
        // コールセンターは停止: what looks like the label of a contact.
        let label = page.lines[sentence.line].section != sentence.topic && page.is_full(sentence);
        let elsewhere = (sentence.topic == Some(Topic::Contact) && !label)
            || sentence.topic == Some(Topic::About)
            || (matches!(sentence.topic, Some(Topic::Prevention | Topic::Cause))
                && told.iter().all(|state| state.status != ServiceStatus::Unaffected));
        if elsewhere
            || sentence.heading
            || sentence.has(Cue::Prevention)
            || in_title(page, sentence)
        {
            continue;
        }
        let hit = told.iter().any(|state| state.status == ServiceStatus::Affected);
        if let Some(name) = headed.filter(|_| hit) {
            add(page, &mut services, name, ServiceStatus::Affected);
            continue;
        }
        // (4)ごみの収集 / 平常どおり実施しています: of what else than the heading?
        if let Some(name) = headed
            && let Some(state) = told.first()
            && page.text()[sentence.extent.start..state.extent.start].chars().count() <= 6
        {
            add(page, &mut services, name, state.status);
            continue;
        }
        if !list::row(page, sentence, &told, &mut services) {
            clause::inline(page, sentence, section, &told, &mut services);
        }
    }
    struck_besides(page, category, &mut services);
    services
}

/// Adds the service that the title or the opening names as struck, where the text says no state of it.
fn struck_besides(page: &Page<'_>, category: Category, services: &mut Vec<Service>) {
    // What is said of it further down goes before: 「○○」は通常どおりご利用いただけます.
    if struck(category)
        && let Some(name) = struck_service(page)
    {
        let words = page.folded_words(name);
        let told = services.len();
        add(page, services, name, ServiceStatus::Affected);
        let added = services.len() - told;
        services.rotate_right(added);
        // What was struck and is usable now was brought back.
        let usable = services.iter_mut().find(|service| {
            category != Category::Misconfiguration
                && service.status == ServiceStatus::Unaffected
                && service.name.to_lowercase() == words
        });
        if let Some(service) = usable {
            service.status = ServiceStatus::Restored;
        }
    }
    let any = struck(category) && category != Category::Misconfiguration
        || category == Category::MalwareInfection;
    let told = services.iter().filter(|service| service.status != ServiceStatus::Unaffected);
    let systems = any_of!["システム", "サービス", "サイト", "カルテ", "アプリ", "ページ"];
    let struck = match category {
        Category::Ransomware => told.into_iter().any(|service| systems.closes(&service.name)),
        _ => told.into_iter().next().is_some(),
    };
    if !struck && let Some(name) = named_service(page, any).or_else(|| befallen(page, any)) {
        add(page, services, name, ServiceStatus::Affected);
    }
}

/// The service that a heading is the name of: (1)ATM, under which is told what befell it.
fn headed_by(page: &Page<'_>, heading: &Sentence) -> Option<Extent> {
    let line = &page.lines[heading.line];
    let name = Extent { start: line.body, end: heading.extent.end };
    let words = page.folded_words(name);
    let names = line.marker != Marker::None
        && line.topic.is_none()
        && !in_title(page, heading)
        && words.chars().count() <= 20
        && !words.contains(['を', 'が', 'は', ':', '、'])
        && naming::is_service(words, ServiceStatus::Affected)
        && naming::is_plainly(page, name)
        && page.within(Vocabulary::State, name).is_empty()
        && page.within(Vocabulary::Category, name).is_empty();
    names.then_some(name)
}

fn in_title(page: &Page<'_>, sentence: &Sentence) -> bool {
    page.header.title.is_some_and(|title| {
        let line = page.lines[sentence.line].extent;
        let inside = title.start <= sentence.extent.start && sentence.extent.end <= title.end;
        // 【…#2023-219】○○社 title 2023年6月8日
        inside || (line.start <= title.start && title.end <= line.end && !page.is_full(sentence))
    })
}

fn add(page: &Page<'_>, services: &mut Vec<Service>, mut name: Extent, status: ServiceStatus) {
    name.end = naming::without_note(page, name);
    let extent = name;
    let Some(cite) = page.cite(name.start, name.end) else { return };
    let name = one_line(page.words(cite));
    // A part of a service that is named already says no more: 「まちペイ」の新規登録.
    let known = |service: &Service| {
        let of = |name: &str| {
            name.split_once(&service.name)
                .is_some_and(|(before, after)| before.ends_with('「') && after.starts_with('」'))
        };
        service.name == name || of(&name)
    };
    if name.chars().count() < 2 || services.iter().any(known) {
        return;
    }
    // 会員サイト and 会員サイト「○○」 are one, whichever is told first.
    let calls = |kind: Extent, name: Extent| {
        let before = page.text()[..name.start].strip_suffix('「');
        before.is_some_and(|before| before.ends_with(page.folded_words(kind)))
    };
    let extent_of = |service: &Service| page.folded_extent(service.cite);
    if naming::is_bare(&name)
        && services.iter().filter_map(extent_of).any(|known| calls(extent, known))
    {
        return;
    }
    services.retain(|service| {
        !naming::is_bare(&service.name)
            || !extent_of(service).is_some_and(|kind| calls(kind, extent))
    });
    // ホームページ behind 公式ホームページ is the same one; 電子カルテシステム says more than 電子カルテ.
    let same = services.iter_mut().find(|service| {
        let shorter = service.name.strip_prefix(&name).is_some_and(|rest| rest == "システム")
            || (naming::is_bare(&name) && service.name.ends_with(&name));
        let longer = name.strip_prefix(&service.name).is_some_and(|rest| rest == "システム");
        (shorter || longer)
            && (status == ServiceStatus::Unaffected)
                == (service.status == ServiceStatus::Unaffected)
    });
    if let Some(same) = same {
        if name.chars().count() > same.name.chars().count() {
            *same = Service { name, status: same.status, cite };
        }
        return;
    }
    services.push(Service { name, status, cite });
}
