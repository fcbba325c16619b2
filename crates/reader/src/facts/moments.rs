//! When it happened and when it was noticed: the dated statements that say so, a labelled one
//! before any other.

use case::{Cited, EventType, When};

use super::timeline::Dated;
use crate::lexicon::Topic;
use crate::page::Page;

/// When the incident happened: after a label such as 発生日時, else the first statement of it.
pub(super) fn occurred(page: &Page<'_>, events: &[Dated]) -> Option<Cited<When>> {
    let noticed = events
        .iter()
        .filter(|event| event.event_type == EventType::Discovered)
        .map(|event| event.when.from.date())
        .min();
    // What happens after it was noticed, or on the day of the news, is not what was noticed.
    let of_type = |event: &&Dated| {
        let day = event.when.from.date();
        let late = noticed.is_some_and(|noticed| day > noticed)
            || (page.header.disclosed_on == Some(day)
                && noticed.is_some_and(|noticed| day != noticed));
        event.event_type == EventType::Occurred && !late
    };
    let labelled = events
        .iter()
        .filter(of_type)
        .find(|event| matches!(event.topic, Some(Topic::Occurrence | Topic::Period)));
    // 本年5月に発生した件 in the opening is said again by the day further down.
    let by_day = || events.iter().filter(of_type).find(|event| event.when.from.get_day().is_some());
    let first = labelled.or_else(by_day).or_else(|| events.iter().find(of_type))?;
    // The same day said again with its time is the better one.
    let finer = events.iter().filter(of_type).find(|event| {
        event.when.to.is_none()
            && first.when.to.is_none()
            && event.when.from.date() == first.when.from
            && event.when.from.get_time().is_some()
    });
    cite(page, finer.unwrap_or(first))
}

/// When it was noticed: after a label such as 発覚日, else the first statement of it.
pub(super) fn discovered(page: &Page<'_>, events: &[Dated]) -> Option<Cited<When>> {
    let of_type = |event: &&Dated| event.event_type == EventType::Discovered;
    let labelled =
        events.iter().find(|event| event.topic == Some(Topic::Discovery) && of_type(event));
    let earliest = || events.iter().filter(of_type).min_by_key(|event| event.when);
    let first = labelled.or_else(earliest)?;
    // The same day said again with its time is the better one.
    let finer = events.iter().filter(of_type).filter(|event| {
        event.when.from.date() == first.when.from && event.when.from.get_time().is_some()
    });
    cite(page, finer.min_by_key(|event| event.when).unwrap_or(first))
}

fn cite(page: &Page<'_>, event: &Dated) -> Option<Cited<When>> {
    Some(Cited::new(event.when, page.cite(event.date.start, event.date.end)?))
}
