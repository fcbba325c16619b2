//! Services and how the incident left them: lists under a heading or sentence that says so, and
//! services named in a clause with their state.

mod clause;
mod list;
mod naming;
mod struck;

use case::{Category, Service, ServiceStatus};

use super::one_line;
use crate::grammar::Extent;
use crate::lexicon::{Cue, Topic};
use crate::page::{Page, Sentence};
use struck::{named_service, struck, struck_service};

/// Each service once, in the order of the text.
pub(super) fn read(page: &Page<'_>, category: Category) -> Vec<Service> {
    let mut services: Vec<Service> = Vec::new();
    if struck(category)
        && let Some(name) = struck_service(page)
    {
        add(page, &mut services, name, ServiceStatus::Affected);
    }
    let mut list: Option<ServiceStatus> = None;
    for sentence in &page.sentences {
        if list::labelled(page, sentence, &mut services) {
            list = None;
            continue;
        }
        if let Some(status) = list::opens_list(page, sentence) {
            list = Some(status);
            continue;
        }
        if let Some(status) = list {
            if list::row(page, sentence, &mut services)
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
                && !sentence.has(Cue::ServiceUnaffected));
        if elsewhere
            || sentence.heading
            || sentence.has(Cue::Prevention)
            || in_title(page, sentence)
        {
            continue;
        }
        if !list::row(page, sentence, &mut services) {
            clause::inline(page, sentence, &mut services);
        }
    }
    let any = struck(category) && category != Category::Misconfiguration
        || category == Category::MalwareInfection;
    if services.iter().all(|service| service.status == ServiceStatus::Unaffected)
        && let Some(name) = named_service(page, any)
    {
        add(page, &mut services, name, ServiceStatus::Affected);
    }
    services
}

/// How a sentence may say that services are left, by its words.
fn states(sentence: &Sentence) -> impl Iterator<Item = (Cue, ServiceStatus)> {
    [
        (Cue::ServiceUnaffected, ServiceStatus::Unaffected),
        (Cue::ServiceAffected, ServiceStatus::Affected),
        (Cue::ServiceRestored, ServiceStatus::Restored),
    ]
    .into_iter()
    .filter(|&(cue, _)| sentence.has(cue))
}

fn in_title(page: &Page<'_>, sentence: &Sentence) -> bool {
    page.header.title.is_some_and(|title| {
        title.start <= sentence.extent.start && sentence.extent.end <= title.end
    })
}

fn add(page: &Page<'_>, services: &mut Vec<Service>, mut name: Extent, status: ServiceStatus) {
    name.end = naming::without_note(page, name);
    let Some(cite) = page.cite(name.start, name.end) else { return };
    let name = one_line(page.words(cite));
    // A part of a service that is named already says no more: 「まちペイ」の新規登録.
    let known = |service: &Service| {
        let of = |name: &str| {
            name.split_once(&service.name)
                .is_some_and(|(before, after)| before.ends_with('「') && after.starts_with('」'))
        };
        service.name == name || (service.status == status && of(&name))
    };
    if name.chars().count() < 2 || services.iter().any(known) {
        return;
    }
    services.push(Service { name, status, cite });
}
