//! All cases as the timeline needs them, held in memory and made anew when the book has changed: a
//! few dozen bytes a case. It does not know how they are drawn.

use std::sync::Arc;

use book::Overview;
use case::{CaseNumber, Category, DataDisclosure, Moment};

use super::with;
use crate::app::App;
use crate::failure::Failure;

/// What kind of harm a lane of the timeline shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Data leaked, lost or exposed.
    Data,
    /// A service stopped.
    Service,
    /// Somebody or something came in.
    Intrusion,
}

impl Lane {
    /// All of them, from the top.
    const ALL: [Self; 3] = [Self::Data, Self::Service, Self::Intrusion];
}

/// How sure the harm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Said to have happened.
    Confirmed,
    /// Possible.
    Possible,
    /// Under investigation, or nothing is said.
    Investigating,
    /// Not confirmed, or denied.
    Denied,
}

/// A case on the timeline. Days are counted from 1970-01-01.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// Its number.
    pub(crate) number: CaseNumber,
    /// What it is called.
    pub(crate) name: Box<str>,
    /// When it happened.
    pub(crate) occurred: Option<i32>,
    /// When it was noticed.
    pub(crate) discovered: Option<i32>,
    /// When it was disclosed.
    pub(crate) disclosed: Option<i32>,
    /// How sure the harm of each lane is, where the case stands in it.
    lanes: [Option<State>; 3],
    /// Its first day.
    pub(crate) begins: i32,
    /// Its last day.
    pub(crate) ends: i32,
}

impl Item {
    /// The lanes that it stands in, and how sure each is.
    pub(crate) fn lanes(&self) -> impl Iterator<Item = (Lane, State)> + '_ {
        Lane::ALL.into_iter().zip(self.lanes).filter_map(|(lane, state)| Some((lane, state?)))
    }

    /// The day that stands for it where cases are counted: of its disclosure, else of its discovery.
    pub(crate) fn day(&self) -> i32 {
        self.disclosed.or(self.discovered).unwrap_or(self.begins)
    }

    /// A case with a possible leak and a certain intrusion, for tests of what is made of it.
    #[cfg(test)]
    pub(crate) fn sample(number: CaseNumber, occurred: i32, disclosed: i32) -> Self {
        Self {
            number,
            name: "例".into(),
            occurred: Some(occurred),
            discovered: None,
            disclosed: Some(disclosed),
            lanes: [Some(State::Possible), None, Some(State::Confirmed)],
            begins: occurred.min(disclosed),
            ends: occurred.max(disclosed),
        }
    }
}

/// The cases as of some state of the book.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    /// How many entries the ledger had.
    entries: u64,
    /// The cases that have any date, by their first day.
    pub(crate) items: Vec<Item>,
    /// The longest time from first to last day: how far back cases may reach into a window.
    pub(crate) longest: i32,
    /// First and last day of all, where there is any.
    pub(crate) whole: Option<(i32, i32)>,
}

impl Snapshot {
    fn of_items(entries: u64, mut items: Vec<Item>) -> Self {
        items.sort_by_key(|item| item.begins);
        items.shrink_to_fit();
        let longest = items.iter().map(|item| item.ends - item.begins).max().unwrap_or(0);
        let first = items.first().map(|item| item.begins);
        let last = items.iter().map(|item| item.ends).max();
        Self { entries, longest, whole: first.zip(last), items }
    }

    /// Some cases, for tests of what is made of them.
    #[cfg(test)]
    pub(crate) fn sample(items: Vec<Item>) -> Self {
        Self::of_items(0, items)
    }

    /// The cases as of now.
    pub(crate) async fn of(app: &Arc<App>) -> Result<Arc<Self>, Failure> {
        // Of those who ask for a book that has changed, one makes the cases anew and the others wait
        // for that: dragging the timeline asks several times a second.
        let mut held = app.snapshot.lock().await;
        let known = held.entries;
        let fresh = with(app, move |book| {
            let entries = book.entries()?;
            if entries == known {
                return Ok(None);
            }
            let mut items = Vec::new();
            book.overview(|line| items.extend(item(line)))?;
            Ok(Some(Self::of_items(entries, items)))
        });
        if let Some(fresh) = fresh.await? {
            *held = Arc::new(fresh);
        }
        Ok(Arc::clone(&held))
    }
}

/// A case that has any date.
fn item(line: Overview) -> Option<Item> {
    let lanes = lanes(&line);
    let day = |moment: Option<String>| moment?.parse::<Moment>().ok().and_then(book::epoch_day);
    let (occurred, discovered, disclosed) =
        (day(line.occurred), day(line.discovered), day(line.disclosed));
    let days = || [occurred, discovered, disclosed].into_iter().flatten();
    Some(Item {
        number: line.number,
        name: line.organisation.or(line.title).unwrap_or_default().into_boxed_str(),
        occurred,
        discovered,
        disclosed,
        lanes,
        begins: days().min()?,
        ends: days().max()?,
    })
}

/// A case may do several kinds of harm, each with its own certainty.
fn lanes(line: &Overview) -> [Option<State>; 3] {
    let intrusion = matches!(
        line.category,
        Category::Ransomware
            | Category::UnauthorizedAccess
            | Category::MalwareInfection
            | Category::WebSkimmingOrTampering
            | Category::PhishingOrImpersonation
    );
    let service = line.names_services || line.category == Category::DdosOrOutage;
    let data = line.names_data || line.data_disclosure.is_some() || !(intrusion || service);
    let leak = match line.data_disclosure {
        Some(DataDisclosure::Confirmed) => State::Confirmed,
        Some(DataDisclosure::Possible) => State::Possible,
        Some(DataDisclosure::UnderInvestigation) | None => State::Investigating,
        Some(DataDisclosure::NotConfirmed | DataDisclosure::None) => State::Denied,
    };
    [
        data.then_some(leak),
        service.then_some(State::Confirmed),
        intrusion.then_some(State::Confirmed),
    ]
}
