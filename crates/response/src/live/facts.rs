//! What a live case says of itself: the facts of the case, for drafts and for the day on which it is
//! disclosed, and the facts on which clocks turn; and what each entry did to the clocks. How a field's
//! value becomes a fact is handed in, as [`Live::known`] says.

use case::{
    Cited, Decided, Event as CaseEvent, EventType, Facts as CaseFacts, Field, Kind, Moment, Origin,
    Progress, Service as CaseService, When,
};
use serde::Serialize;
use serde_json::Value;

use super::{Entry, Event, Live, Note, Standing, Time};
use crate::Stamp;
use crate::changes::{Change, changes};
use crate::facts::{Facts, Knowing};
use crate::from_case::{Drawn, facts_of_case};

/// What is known of a live case.
#[derive(Clone, Debug)]
pub struct Known {
    /// The facts of the case.
    pub case: CaseFacts<Origin>,
    /// The facts on which clocks turn, and what those were drawn from that nobody stated.
    pub clocks: Drawn<Origin>,
}

/// What an entry did to the clocks.
#[derive(Clone, Debug, Serialize)]
pub struct ClockChange {
    /// The entry.
    pub entry: u64,
    /// When it was written down: RFC 3339 in UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// The clocks that changed.
    pub changes: Vec<Change>,
}

impl Live {
    /// What is known of it. `put` puts a field's value into facts (the book's `fields::with`); a value
    /// that it refuses ends the whole.
    pub fn known<E>(
        &self,
        put: impl Fn(&CaseFacts<Origin>, Field, &Value, &Origin) -> Result<CaseFacts<Origin>, E>,
    ) -> Result<Known, E> {
        let mut known = self.moving(&put)?;
        self.recovery(&mut known.case);
        Ok(known)
    }

    /// What clocks can turn on: all but the recovery, which costs more to make and moves none.
    fn moving<E>(
        &self,
        put: &impl Fn(&CaseFacts<Origin>, Field, &Value, &Origin) -> Result<CaseFacts<Origin>, E>,
    ) -> Result<Known, E> {
        let mut case = CaseFacts::silent(Kind::Incident);
        for entry in self.standing() {
            let origin = origin(entry);
            match &entry.event {
                Event::Opened(opened) => {
                    case.title = Some(Cited::new(opened.title.clone(), origin.clone()));
                    if !opened.organisation.is_empty() {
                        let name = opened.organisation.clone();
                        case.organisation = Some(Cited::new(name, origin.clone()));
                    }
                    case.category = Decided { value: opened.category, cites: vec![origin] };
                }
                Event::Told(told) => case = put(&case, told.field, &told.value, &origin)?,
                _ => {}
            }
        }
        self.times(&mut case);
        let mut clocks = facts_of_case(&case);
        let noticed = self.noticed();
        if !noticed.is_empty() {
            clocks.facts.known = noticed;
        }
        for entry in self.standing() {
            if let Event::Stated(stated) = &entry.event {
                clocks.facts = clocks.facts.under(stated.facts.clone());
            }
        }
        Ok(Known { case, clocks })
    }

    /// Who knew of the incident when: the entries that say so.
    fn noticed(&self) -> Vec<Knowing> {
        let notes = self.timeline().into_iter();
        notes
            .filter(|(_, note)| note.event == Some(EventType::Discovered))
            .filter_map(|(_, note)| {
                let at = note.known.or(note.happened)?.at;
                Some(Knowing { at, by: note.known_by.clone(), culprit: false })
            })
            .collect()
    }

    /// The timeline as a release would tell it, and the two times that stand for themselves unless
    /// somebody told them otherwise.
    fn times(&self, case: &mut CaseFacts<Origin>) {
        let first = |wanted: EventType, field: &mut Option<Cited<When, Origin>>| {
            let notes = self.timeline().into_iter();
            let found = notes
                .filter(|(_, note)| note.event == Some(wanted))
                .filter_map(|(entry, note)| Some((entry, told(note, wanted)?)))
                .min_by_key(|(_, time)| time.at);
            if let (None, Some((entry, time))) = (&field, found)
                && let Some(when) = when(time)
            {
                *field = Some(Cited::new(when, origin(entry)));
            }
        };
        first(EventType::Occurred, &mut case.occurred);
        first(EventType::Discovered, &mut case.discovered);
        for (entry, note) in self.timeline() {
            let Some(event_type) = note.event else { continue };
            if let Some(at) = told(note, event_type).and_then(when) {
                case.timeline.push(CaseEvent {
                    at,
                    event_type,
                    text: note.what.clone(),
                    cite: origin(entry),
                });
            }
        }
        case.timeline.sort_by_key(|event| event.at.from);
    }

    /// Services and how far they have come. Tenants are others' names, and are left out.
    fn recovery(&self, case: &mut CaseFacts<Origin>) {
        for row in self.board().into_iter().filter(|row| row.part_of.is_empty()) {
            let last = row.entries.iter().filter_map(|seq| self.entry(*seq));
            let Some(cite) = last.max_by_key(|entry| entry.seq).map(origin) else { continue };
            case.services.push(CaseService {
                name: row.name.clone(),
                status: row.status,
                cite: cite.clone(),
            });
            if let Some(count) = row.count {
                case.progress.push(Progress {
                    what: row.name,
                    done: Some(count.done),
                    total: Some(count.total),
                    at: when(Time::exactly(count.at)),
                    cite,
                });
            }
        }
    }

    /// What each entry did to the clocks, in the order in which they were recorded.
    pub fn clock_changes<E>(
        &self,
        put: impl Fn(&CaseFacts<Origin>, Field, &Value, &Origin) -> Result<CaseFacts<Origin>, E>,
    ) -> Result<Vec<ClockChange>, E> {
        let mut before = Facts::default();
        let mut all = Vec::new();
        let log = self.log();
        let Some(mut then) = log.first().and_then(|first| Self::of(vec![first.clone()])) else {
            return Ok(all);
        };
        for (at, entry) in log.iter().enumerate() {
            if at > 0 {
                then.take(entry);
            }
            if !entry.event.moves_clocks() {
                continue;
            }
            let after = then.moving(&put)?.clocks.facts;
            if after == before {
                continue;
            }
            let changes = changes(&before, &after);
            before = after;
            if !changes.is_empty() && at > 0 {
                let Entry { seq, at, who, .. } = entry.clone();
                all.push(ClockChange { entry: seq, at, who, changes });
            }
        }
        Ok(all)
    }
}

/// The time of a note that counts: of what was noticed, when it was known.
fn told(note: &Note, event_type: EventType) -> Option<Time> {
    if event_type == EventType::Discovered {
        note.known.or(note.happened)
    } else {
        note.happened.or(note.known)
    }
}

/// What stands behind a fact: whoever recorded it.
fn origin(entry: &Standing) -> Origin {
    Origin::Person {
        who: entry.who.clone(),
        at: entry.written.clone(),
        why: format!("entry {}", entry.seq),
    }
}

/// As a case tells it: in Japan's time, which no zone stands beside.
fn when(time: Time) -> Option<When> {
    let at = time.at;
    let words = if at.has_time() {
        let local = Stamp::of_instant(at.instant()).to_string();
        local.get(..16).map(str::to_owned)?
    } else {
        at.date().to_string()
    };
    let from: Moment = words.parse().ok()?;
    Some(When { from, to: None, approx: time.about, ongoing: false })
}
