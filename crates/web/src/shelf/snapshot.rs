//! All cases as the timeline needs them, held in memory and made anew when the book has changed: a
//! few dozen bytes a case. It does not know how they are drawn.

use std::sync::{Arc, PoisonError};

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
}

impl Item {
    /// The lanes that it stands in, and how sure each is.
    pub(crate) fn lanes(&self) -> impl Iterator<Item = (Lane, State)> + '_ {
        Lane::ALL.into_iter().zip(self.lanes).filter_map(|(lane, state)| Some((lane, state?)))
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
        }
    }

    /// First and last day.
    pub(crate) fn extent(&self) -> Option<(i32, i32)> {
        let days = [self.occurred, self.discovered, self.disclosed];
        let days = days.into_iter().flatten();
        Some((days.clone().min()?, days.max()?))
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
    fn new(entries: u64, lines: Vec<Overview>) -> Self {
        let mut items: Vec<Item> =
            lines.into_iter().map(item).filter(|item| item.extent().is_some()).collect();
        items.sort_by_key(|item| item.extent().map(|extent| extent.0));
        Self::of_items(entries, items)
    }

    fn of_items(entries: u64, items: Vec<Item>) -> Self {
        let extents = || items.iter().filter_map(Item::extent);
        let longest = extents().map(|(first, last)| last - first).max().unwrap_or(0);
        let ends =
            extents().reduce(|(first, last), extent| (first.min(extent.0), last.max(extent.1)));
        Self { entries, longest, whole: ends, items }
    }

    /// Some cases, for tests of what is made of them.
    #[cfg(test)]
    pub(crate) fn sample(items: Vec<Item>) -> Self {
        Self::of_items(0, items)
    }

    /// The cases as of now.
    pub(crate) async fn of(app: &Arc<App>) -> Result<Arc<Self>, Failure> {
        let held = {
            let held = app.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(&held)
        };
        let known = held.entries;
        let fresh = with(app, move |book| {
            let entries = book.entries()?;
            if entries == known {
                return Ok(None);
            }
            Ok(Some(Self::new(entries, book.overview()?)))
        });
        match fresh.await? {
            None => Ok(held),
            Some(fresh) => {
                let fresh = Arc::new(fresh);
                *app.snapshot.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
                Ok(fresh)
            }
        }
    }
}

fn item(line: Overview) -> Item {
    let lanes = lanes(&line);
    let day = |moment: Option<String>| moment?.parse::<Moment>().ok().and_then(book::epoch_day);
    Item {
        number: line.number,
        name: line.organisation.or(line.title).unwrap_or_default().into_boxed_str(),
        occurred: day(line.occurred),
        discovered: day(line.discovered),
        disclosed: day(line.disclosed),
        lanes,
    }
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
