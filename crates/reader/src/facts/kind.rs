//! Whether an entry tells an incident. A page that only speaks about incidents, or about something
//! else altogether, is a column.

use case::{Category, Decided, EventType, Kind};

use crate::grammar::Extent;
use crate::lexicon::{Cue, Hit, OrganisationWord, Topic, Value, Vocabulary};
use crate::page::{Page, Sentence};
use crate::segment::{Opening, counted};

/// A title of another sort of page (募集, セミナー, メンテナンス) counts as much as so many signs.
const OTHER_SORT: usize = 10;
/// Least evidence for an incident on a page of its own.
const ENOUGH: usize = 5;

/// An entry between numbered ones is commentary unless somebody apologises in it; any other page is
/// an incident when it says that something happened and names what.
pub(super) fn read(page: &Page<'_>, category: &Decided<Category>) -> Kind {
    let incident = match page.entry.opening {
        // A number without # can be that of any notice.
        Opening::Numbered if !is_of_casebook(page) => tells_incident(page, category),
        Opening::Numbered => true,
        Opening::Headline => discloses(page) && category.value != Category::Other,
        Opening::Report => !is_of_another_sort(page) || tells_incident(page, category),
        Opening::Story if is_card(page) || is_counted(page) => true,
        Opening::Bare | Opening::Story => tells_incident(page, category),
    };
    if incident { Kind::Incident } else { Kind::Column }
}

fn count(page: &Page<'_>, holds: impl Fn(&Sentence) -> bool) -> usize {
    page.sentences.iter().filter(|sentence| holds(sentence)).count()
}

/// Whether an unnumbered entry speaks as the one concerned: it apologises in its own name, and it
/// does not argue.
fn discloses(page: &Page<'_>) -> bool {
    let own = page
        .hits
        .all(Vocabulary::Organisation)
        .iter()
        .any(|hit| hit.value == Value::Organisation(OrganisationWord::Own));
    let apology = count(page, |sentence| sentence.has(Cue::Apology));
    let happened = count(page, |sentence| sentence.has(Cue::Happened));
    let commentary = count(page, |sentence| sentence.has(Cue::Commentary));
    apology >= 1 && happened >= 1 && (own || apology >= 2) && commentary <= apology
}

/// The lines that say what sort of page it is: its title, else its first lines.
fn head(page: &Page<'_>) -> Extent {
    let first = page.lines.first().map_or(Extent { start: 0, end: 0 }, |line| line.extent);
    let title = page.header.title.unwrap_or(first);
    Extent { start: title.start.min(first.start), end: title.end.max(first.end) }
}

/// A Japanese title ends in what it is about: セミナー名簿の紛失 is a loss, 紛失防止セミナー a lecture.
fn is_of_another_sort(page: &Page<'_>) -> bool {
    let head = head(page);
    let Some(sort) = page.cues(Cue::OtherSort, head).last() else { return false };
    let rest = Extent { start: sort.start, end: head.end };
    let incident = page.within(Vocabulary::Cue, rest).iter().any(|hit| {
        matches!(hit.value, Value::Cue(Cue::Mistake | Cue::Leak | Cue::Apology))
            && hit.start >= sort.end
    }) || page
        .within(Vocabulary::Category, rest)
        .iter()
        .any(|hit| hit.value != Value::Category(Category::DdosOrOutage) && hit.start >= sort.end);
    !incident
}

/// Whether a casebook numbered the entry, with # or alone in its brackets.
fn is_of_casebook(page: &Page<'_>) -> bool {
    page.lines.first().is_some_and(|line| {
        let words = page.folded_words(line.extent);
        words.contains('#') || words.starts_with(['【', '[', '〔', '《', '〖'])
    })
}

/// Whether the heading of a story counts it among cases: 事案1, 3件目.
fn is_counted(page: &Page<'_>) -> bool {
    page.lines.first().is_some_and(|line| counted(page.folded_words(line.extent)).is_some())
}

/// Whether a story of a digest is set as a card: when it was announced, and what data it is about.
fn is_card(page: &Page<'_>) -> bool {
    let labels = |topic| page.lines.iter().any(|line| line.topic == Some(topic));
    // A title, and below it who announced it and when.
    let signed = page.header.organisation.is_some()
        && page.header.disclosed_at.zip(page.lines.get(1)).is_some_and(|(day, below)| {
            below.extent.start <= day.start && day.end <= below.extent.end
        });
    signed || page.header.disclosed_on.is_some() && labels(Topic::Date) && labels(Topic::Data)
}

fn tells_incident(page: &Page<'_>, category: &Decided<Category>) -> bool {
    let told =
        |sentence: &Sentence| !matches!(sentence.topic, Some(Topic::Prevention | Topic::Contact));
    let apology = count(page, |sentence| sentence.has(Cue::Apology));
    let happened = count(page, |sentence| sentence.has(Cue::Happened) && told(sentence));
    let discovered = count(page, |sentence| {
        (sentence.has(Cue::Discover) || sentence.has(Cue::Leaked)) && told(sentence)
    });
    let commentary = count(page, |sentence| sentence.has(Cue::Commentary));
    // セミナー参加者の名簿を紛失: what the data was for is no other matter.
    let unrelated = count(page, |sentence| {
        sentence.has(Cue::Unrelated)
            && ![
                Cue::Leak,
                Cue::Mistake,
                Cue::Happened,
                Cue::Discover,
                Cue::PersonalData,
                Cue::Report,
            ]
            .iter()
            .any(|&cue| sentence.has(cue))
    });
    let other_sort = is_of_another_sort(page);
    let named = page.header.title.is_some_and(|title| {
        !page.within(Vocabulary::Category, title).is_empty() || page.cue(Cue::Leak, title).is_some()
    });
    let evidence = 4 * apology.min(3)
        + 2 * happened.min(3)
        + discovered.min(2)
        + 3 * usize::from(category.value != Category::Other)
        + 2 * usize::from(named && !other_sort);
    let against =
        2 * commentary.min(4) + 2 * unrelated.min(6) + OTHER_SORT * usize::from(other_sort);
    let noticed = |hit: &Hit| hit.value == Value::Event(EventType::Discovered);
    // A release that does not apologise says in its title what it is about, and tells it by the day.
    let by_day = || {
        named
            && !other_sort
            && page.resolved.iter().any(|resolved| {
                let at = page.mentions[resolved.mention].range.start;
                page.sentence_of(at).is_some_and(|sentence| {
                    told(sentence)
                        && page.is_full(sentence)
                        && (!page.within(Vocabulary::Category, sentence.extent).is_empty()
                            || page.within(Vocabulary::Event, sentence.extent).iter().any(noticed))
                })
            })
    };
    (apology + happened + discovered > 0 || by_day()) && evidence >= ENOUGH && evidence > against
}
