//! The timeline: one event a dated statement, typed by what the statement says. It does not know
//! which of the events is the one that matters; see `moments`.

use case::{Event, EventType, When};

use super::one_line;
use crate::grammar::Extent;
use crate::grammar::dates::{Mention, Resolved};
use crate::lexicon::{Cue, Topic, Value, Vocabulary};
use crate::page::{Line, Page};

/// A dated statement of the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dated {
    pub when: When,
    pub event_type: EventType,
    /// The date's own words.
    pub date: Extent,
    /// The statement, the date included.
    pub statement: Extent,
    /// What the line or section announces.
    pub topic: Option<Topic>,
}

/// The longest statement quoted, in bytes of the folded text.
const LONGEST_BYTES: usize = 1_200;

/// All dated statements, in the order of the text.
pub(super) fn events(page: &Page<'_>) -> Vec<Dated> {
    let mut events = Vec::new();
    for (nth, resolved) in page.resolved.iter().enumerate() {
        let mention = &page.mentions[resolved.mention];
        if let Some(dated) = event(page, mention, resolved, page.resolved.get(nth + 1)) {
            events.push(dated);
        }
    }
    events
}

/// The events as the case shows them: in the order of time, none twice.
pub(super) fn read(page: &Page<'_>, events: &[Dated]) -> Vec<Event> {
    let mut shown: Vec<Event> = Vec::new();
    for dated in events {
        let known = |event: &Event| event.at == dated.when && event.event_type == dated.event_type;
        if shown.iter().any(known) {
            continue;
        }
        let Some(cite) = page.cite(dated.statement.start, dated.statement.end) else { continue };
        shown.push(Event { at: dated.when, event_type: dated.event_type, text: one_line(page.words(cite)), cite });
    }
    shown.sort_by_key(|event| (event.at, event.cite));
    shown
}

fn event(page: &Page<'_>, mention: &Mention, resolved: &Resolved, next: Option<&Resolved>) -> Option<Dated> {
    let date = mention.range;
    if mention.hours || page.header.disclosed_at.is_some_and(|at| at.start <= date.start && date.end <= at.end) {
        return None;
    }
    let sentence = *page.sentence_of(date.start)?;
    let line = &page.lines[sentence.line];
    if matches!(sentence.topic, Some(Topic::Contact | Topic::About | Topic::Date)) || is_frame(page, line, date) {
        return None;
    }
    let statement = statement(page, date, sentence.extent, sentence.line, next);
    let words = page.folded_words(statement);
    let event_type = classify(page, mention, resolved, statement, sentence.topic);
    let table_row = !words.contains('。') && event_type.is_none() && line.topic.is_none() && line.section != Some(Topic::Course);
    if table_row || (mention.as_of && event_type != Some(EventType::Recovered)) {
        return None;
    }
    // 5月12日付「…」: the paper's own date says when it was published.
    let event_type = match event_type {
        _ if mention.dated => EventType::Disclosed,
        Some(event_type) => event_type,
        None => EventType::Other,
    };
    Some(Dated { when: resolved.when, event_type, date, statement, topic: sentence.topic })
}

/// The lines at the head of a release are no statements: its date, its title.
fn is_frame(page: &Page<'_>, line: &Line, date: Extent) -> bool {
    let title = page.header.title.is_some_and(|title| line.extent.start <= title.start && title.end <= line.extent.end);
    let words = page.folded_words(line.extent);
    let alone = words.len() <= (date.end - date.start) + 12;
    title || (alone && !page.is_after_opening(line.extent.start)) || words.contains("更新日") || words.contains("掲載日") || words.contains("公開日:")
}

/// What is said of a date: its sentence up to the next date; for a date alone on its line, the
/// lines under it.
fn statement(page: &Page<'_>, date: Extent, sentence: Extent, line: usize, next: Option<&Resolved>) -> Extent {
    let next_date = next.map(|next| page.mentions[next.mention].range.start);
    let extent = page.lines[line].extent;
    let rest = page.text()[date.end.min(extent.end)..extent.end].trim_matches(|c: char| ":)・、。".contains(c) || c == ' ');
    if rest.is_empty() {
        let mut end = extent.end;
        for following in &page.lines[line + 1..] {
            let dated = next_date.is_some_and(|at| at < following.extent.end);
            if following.heading || dated || end - date.start > LONGEST_BYTES {
                break;
            }
            end = following.extent.end;
        }
        return Extent { start: date.start, end };
    }
    let end = match next_date {
        Some(at) if at < sentence.end && at > date.end => at,
        _ => sentence.end,
    };
    Extent { start: date.start, end }
}

/// The type that the statement's words speak for; words nearer to its end weigh more, since a
/// Japanese statement ends with what was done.
fn classify(page: &Page<'_>, mention: &Mention, resolved: &Resolved, statement: Extent, topic: Option<Topic>) -> Option<EventType> {
    let mut scores = [0i32; EventType::ALL.len()];
    let length = i32::try_from(statement.end - statement.start).unwrap_or(i32::MAX).max(1);
    for hit in page.within(Vocabulary::Event, statement) {
        let Value::Event(event_type) = hit.value else { continue };
        let place = i32::try_from(hit.end - statement.start).unwrap_or(0) * 4 / length;
        let score = i32::from(hit.weight) * 2 + place;
        let at = event_type as usize;
        scores[at] = scores[at].max(score);
    }
    match topic {
        Some(Topic::Discovery) => scores[EventType::Discovered as usize] += 8,
        Some(Topic::Occurrence | Topic::Period) => scores[EventType::Occurred as usize] += 14,
        Some(Topic::Recovery) => scores[EventType::Recovered as usize] += 6,
        Some(Topic::Data | Topic::Count) => scores[EventType::Occurred as usize] += 4,
        _ => {}
    }
    let future = page.header.disclosed_on.is_some_and(|disclosed| resolved.when.from > disclosed);
    if future && page.cue(Cue::Planned, statement).is_some() {
        scores[EventType::Planned as usize] += 20;
    }
    if mention.to.is_some() || mention.ongoing {
        scores[EventType::Occurred as usize] += 2 * i32::from(scores[EventType::Occurred as usize] > 0);
    }
    let best = (0..scores.len()).max_by_key(|&at| (scores[at], std::cmp::Reverse(at)))?;
    (scores[best] > 0).then(|| EventType::ALL[best])
}
