//! The timeline: one event a dated statement, typed by what the statement says. It does not know
//! which of the events is the one that matters; see `moments`.

use case::{Event, EventType, When};

use super::acts::{self, Act};
use super::one_line;
use crate::grammar::Extent;
use crate::grammar::dates::{Field, Mention, Resolved, Vague};
use crate::lexicon::{Cue, Topic};
use crate::page::{Line, Page, Sentence};

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
    for nth in 0..page.resolved.len() {
        event(page, nth, &mut events);
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

fn event(page: &Page<'_>, nth: usize, events: &mut Vec<Dated>) {
    let resolved = &page.resolved[nth];
    let mention = &page.mentions[resolved.mention];
    let date = mention.range;
    let Some(&sentence) = page.sentence_of(date.start) else { return };
    if is_no_event(page, mention, &sentence) {
        return;
    }
    let Some(statement) = statement(page, nth, &sentence) else { return };
    let line = &page.lines[sentence.line];
    let labelled = (line.value > line.body && date.start >= line.value).then_some(line.topic).flatten();
    let mut acts = match labelled {
        Some(Topic::Occurrence | Topic::Period) => vec![Act { event_type: EventType::Occurred, words: statement.words }],
        Some(Topic::Discovery) => vec![Act { event_type: EventType::Discovered, words: statement.words }],
        _ => acts::acts(page, statement.words),
    };
    if acts.is_empty() {
        acts.extend(by_section(mention, &sentence).map(|event_type| Act { event_type, words: statement.words }));
    }
    let table_row = acts.is_empty() && !statement.full && line.topic.is_none() && line.section != Some(Topic::Course);
    if table_row || is_standing(page, mention, &statement, &acts) {
        return;
    }
    if let Some(only) = instead(page, resolved, mention, &statement, &sentence, &acts) {
        acts = vec![Act { event_type: only, words: statement.words }];
    }
    if acts.is_empty() {
        acts.push(Act { event_type: EventType::Other, words: statement.words });
    }
    let several = acts.len() > 1;
    for act in acts {
        let words = if several { act.words } else { statement.words };
        let cited = Extent { start: words.start.max(statement.cited.start), end: words.end };
        events.push(Dated { when: resolved.when, event_type: act.event_type, date, statement: cited, topic: sentence.topic });
    }
}

/// Dates that tell no event whatever is said of them.
fn is_no_event(page: &Page<'_>, mention: &Mention, sentence: &Sentence) -> bool {
    let date = mention.range;
    let header = page.header.disclosed_at.is_some_and(|at| at.start <= date.start && date.end <= at.end);
    let after = &page.text()[date.end..];
    header
        || mention.hours
        || matches!(sentence.topic, Some(Topic::Contact | Topic::About | Topic::Date))
        || mention.from.vague == Vague::Fiscal
        || NOUN_AFTER.iter().any(|noun| after.starts_with(noun))
        || is_frame(page, &page.lines[sentence.line], date)
}

/// Words that make a date the name of something: 3月分, 12月号.
const NOUN_AFTER: &[&str] =
    &["分", "便", "期", "号", "度", "卒", "入学", "入社", "生まれ", "版", "改正", "施行", "法律", "条例", "に開く", "に開催する", "開催", "開講", "発売", "採用"];

/// The lines at the head of a release are no statements: its date, its title.
fn is_frame(page: &Page<'_>, line: &Line, date: Extent) -> bool {
    let title = page.header.title.is_some_and(|title| line.extent.start <= title.start && title.end <= line.extent.end);
    let words = page.folded_words(line.extent);
    let alone = words.len() <= (date.end - date.start) + 12 && line.section.is_none();
    title || (alone && !page.is_after_opening(line.extent.start)) || ["更新日", "掲載日", "公開日:"].iter().any(|label| words.contains(label))
}

/// What is said of a date.
struct Statement {
    /// All that is said, words before the date included.
    words: Extent,
    /// What is shown of it.
    cited: Extent,
    /// Whether it is a sentence, not a fragment.
    full: bool,
}

/// What is said of the nth date: the part of its sentence up to the next date; what is before a
/// date that ends its sentence; the lines under a date alone on its line.
fn statement(page: &Page<'_>, nth: usize, sentence: &Sentence) -> Option<Statement> {
    let range = |at: usize| page.resolved.get(at).map(|resolved| page.mentions[resolved.mention].range);
    let date = range(nth)?;
    let next = range(nth + 1);
    let extent = page.lines[sentence.line].extent;
    let text = page.text();
    let bare = |words: &str| words.trim_matches(|c: char| FRAME.contains(c)).is_empty();
    let first = text[extent.start..date.start].trim_matches(|c: char| FRAME.contains(c)).chars().count() == 0 || page.lines[sentence.line].body >= date.start;
    if bare(&text[date.end.min(extent.end)..extent.end]) && first {
        return lines_under(page, sentence.line, date, next);
    }
    let previous = nth.checked_sub(1).and_then(range).filter(|previous| previous.start >= sentence.extent.start);
    let start = previous.map_or(sentence.extent.start, |previous| joint(text, previous.end, date.start));
    let end = match next {
        Some(next) if next.start < sentence.extent.end => joint(text, date.end, next.start),
        _ => sentence.extent.end,
    };
    let after = text[date.end..end.max(date.end)].trim_matches(|c: char| FRAME.contains(c));
    let words = Extent { start, end: end.max(date.end) };
    // 気付いたのは10日午後10時ごろ。 遮断(12月16日)
    let trailing = after.is_empty() || ENDINGS.contains(&after);
    if trailing && text[start..date.start].chars().count() > 4 {
        let words = Extent { start, end: date.start };
        return Some(Statement { words, cited: Extent { start, end: words.end }, full: true });
    }
    if after.is_empty() {
        return None;
    }
    let full = text[words.start..words.end].contains('。') || next.is_some_and(|next| next.start < sentence.extent.end);
    Some(Statement { words, cited: Extent { start: date.start, end: words.end }, full })
}

/// What may stand around a date without saying anything.
const FRAME: &str = ":)(・、。】【〇○●■◆◇「」[]<>-*※ ";

/// How a sentence ends whose date is its predicate.
const ENDINGS: &[&str] = &["です", "でした", "だ", "だった", "である", "のこと", "だという", "付", "付け", "のことです", "のことでした"];

/// Where the words between two dates part: behind the last 、, else before the second.
fn joint(text: &str, end: usize, start: usize) -> usize {
    let between = &text[end..start.max(end)];
    between.rfind(['、', '。']).map_or(start, |at| end + at + '、'.len_utf8())
}

fn lines_under(page: &Page<'_>, line: usize, date: Extent, next: Option<Extent>) -> Option<Statement> {
    let mut words: Option<Extent> = None;
    for following in &page.lines[line + 1..] {
        let dated = next.is_some_and(|next| next.start < following.extent.end);
        let start = words.map_or(following.extent.start, |words| words.start);
        if following.heading || dated || following.extent.end - date.start > LONGEST_BYTES {
            break;
        }
        words = Some(Extent { start, end: following.extent.end });
    }
    let words = words?;
    Some(Statement { words, cited: Extent { start: date.start, end: words.end }, full: true })
}

/// What a dated statement without a predicate is about, by its section.
fn by_section(mention: &Mention, sentence: &Sentence) -> Option<EventType> {
    match sentence.topic? {
        Topic::Discovery => Some(EventType::Discovered),
        Topic::Occurrence | Topic::Period => Some(EventType::Occurred),
        Topic::Recovery => Some(EventType::Recovered),
        Topic::Data | Topic::Count if mention.to.is_some() => Some(EventType::Occurred),
        _ => None,
    }
}

/// Whether the statement tells how things stand and not what happened: as-of dates, 8月末までに
/// 被害はない, what is true of this very release (本日より個別にご連絡), customers of a period.
fn is_standing(page: &Page<'_>, mention: &Mention, statement: &Statement, acts: &[Act]) -> bool {
    let has = |event_type: EventType| acts.iter().any(|act| act.event_type == event_type);
    let words = page.folded_words(statement.words);
    if mention.as_of && !has(EventType::Recovered) {
        return true;
    }
    let denied = page.cue(Cue::NotConfirmed, statement.words).is_some() || words.contains("ございません") || words.contains("ありません");
    if denied && (mention.until || mention.ongoing) {
        return true;
    }
    let today = mention.from.day == Some(Field::FromDisclosure(0));
    if today && acts.iter().all(|act| matches!(act.event_type, EventType::NotifiedSubjects | EventType::Disclosed | EventType::Apology | EventType::Occurred | EventType::Other)) {
        return true;
    }
    let period = mention.to.is_some() || mention.ongoing || mention.until || mention.from.day.is_none();
    period && is_of_persons(page, mention.range.end, statement.words.end)
}

/// 4月から9月までにお申し込みいただいたお客様: the period says which persons or papers. Where they
/// paid by card, it is when the cards were skimmed.
fn is_of_persons(page: &Page<'_>, start: usize, end: usize) -> bool {
    let words = &page.text()[start..end.max(start)];
    if ["カード", "決済", "クレジット"].iter().any(|word| words.contains(word)) {
        return false;
    }
    page.cues(Cue::Person, Extent { start, end }).any(|hit| {
        let before = &page.text()[start..hit.start];
        before.chars().count() <= 30 && before.ends_with(['た', 'る', 'の']) && !before.contains(['。', '、'])
    })
}

/// What the statement is whatever its predicates say: a plan, a paper that was published.
fn instead(page: &Page<'_>, resolved: &Resolved, mention: &Mention, statement: &Statement, _sentence: &Sentence, _acts: &[Act]) -> Option<EventType> {
    let after = &page.text()[mention.range.end..];
    if mention.dated && !after.starts_with('で') {
        return Some(EventType::Disclosed);
    }
    let words = page.folded_words(statement.words).trim_end_matches(['。', ')', '」']);
    let past = words.ends_with('た') || words.ends_with("ている") || words.ends_with("ています") || words.ends_with("ております");
    let future = page.header.disclosed_on.is_some_and(|disclosed| resolved.when.from.date() > disclosed);
    (future && !past).then_some(EventType::Planned)
}
