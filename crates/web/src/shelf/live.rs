//! Live cases on their way from the book to those who may see them, and what they record on its way back.
//! Handlers know nothing of the book's entries.

use std::sync::Arc;

use book::{Book, BookError, EntryRef, LiveCase, LiveLine, Who, fields};
use case::{CaseNumber, Lang, LiveNumber};
use response::live::{ClockChange, Contact, Event, Known, Live};
use serde_json::{Value, json};

use super::with;
use crate::app::App;
use crate::failure::Failure;

/// A live case as it is shown.
#[derive(Debug)]
pub(crate) struct LiveShown {
    pub(crate) number: LiveNumber,
    /// The case of the book that it became.
    pub(crate) disclosed: Option<CaseNumber>,
    pub(crate) live: Live,
    pub(crate) known: Known,
    /// What entries did to the clocks.
    pub(crate) changed: Vec<ClockChange>,
    /// How many contacts there are.
    pub(crate) contacts: usize,
}

/// Why something of a live case could not be done: the book's fault, or the visitor's.
#[derive(Debug)]
enum Undone {
    Book(BookError),
    Wrong(String),
}

impl From<BookError> for Undone {
    fn from(error: BookError) -> Self {
        Self::Book(error)
    }
}

fn told(undone: Undone) -> Failure {
    match undone {
        Undone::Wrong(words) => Failure::Wrong(words),
        Undone::Book(error) => super::told(error),
    }
}

async fn run<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&Book) -> Result<T, Undone> + Send + 'static,
) -> Result<T, Failure> {
    with(app, move |book| Ok(work(book))).await?.map_err(told)
}

fn read(case: &LiveCase) -> Result<Live, Undone> {
    let entries = case.entries.iter();
    let entries =
        entries.map(|entry| (entry.seq, entry.at.clone(), entry.who.clone(), entry.event.clone()));
    // What was recorded was checked then: this is no fault of whoever asks.
    Live::read(entries).map_err(|error| {
        let message = format!("live case {}: {error}", case.number);
        Undone::Book(BookError::Entry { seq: 0, message })
    })
}

/// All live cases, the latest first.
pub(crate) async fn live_lines(app: &Arc<App>) -> Result<Vec<LiveLine>, Failure> {
    with(app, Book::live_lines).await
}

/// A live case without data on persons.
pub(crate) async fn live(app: &Arc<App>, number: LiveNumber) -> Result<LiveShown, Failure> {
    run(app, move |book| {
        let case = book.live(number)?;
        let live = read(&case)?;
        Ok(LiveShown {
            number,
            disclosed: case.disclosed,
            known: live.known(fields::with)?,
            changed: live.clock_changes(fields::with)?,
            contacts: case.left_out,
            live,
        })
    })
    .await
}

impl LiveShown {
    /// For programs.
    pub(crate) fn record(&self, at: response::Stamp) -> Value {
        let mut record = self.live.record(&self.number.to_string(), &self.known, &self.changed, at);
        record["disclosed"] = json!(self.disclosed);
        record["contacts"] = json!(self.contacts);
        record
    }
}

/// Whom to talk to: each with the entry that says so.
pub(crate) struct ContactsSeen {
    pub(crate) contacts: Vec<(u64, Contact)>,
    /// Who looked, this time included.
    pub(crate) views: Vec<EntryRef>,
}

/// The contacts of a live case; that they were looked at is recorded first.
pub(crate) async fn contacts(
    app: &Arc<App>,
    number: LiveNumber,
    who: String,
) -> Result<ContactsSeen, Failure> {
    run(app, move |book| {
        let live = read(&book.view_live(number, "contacts", &Who(who))?)?;
        let contacts = live.contacts();
        let contacts = contacts.into_iter().map(|(entry, contact)| (entry.seq, contact.clone()));
        Ok(ContactsSeen { contacts: contacts.collect(), views: book.live_views(number)? })
    })
    .await
}

/// Opens a live case; `noticed` is recorded with it.
pub(crate) async fn open_live(
    app: &Arc<App>,
    opening: Event,
    noticed: Option<Event>,
    who: String,
    lang: Lang,
) -> Result<LiveNumber, Failure> {
    run(app, move |book| {
        let refused =
            |error: response::live::Refused| Undone::Wrong(error.says().of(lang).to_owned());
        opening.check_opening().map_err(refused)?;
        if let Some(noticed) = &noticed {
            noticed.check_opening().map_err(refused)?;
        }
        let who = Who(who);
        let number = book.open_live(&json!(opening), &who)?;
        if let Some(noticed) = noticed {
            record(book, number, &noticed, &who, lang)?;
        }
        Ok(number)
    })
    .await
}

/// Records an event, if the case takes it; gives the entry's number.
pub(crate) async fn record_live(
    app: &Arc<App>,
    number: LiveNumber,
    event: Event,
    who: String,
    lang: Lang,
) -> Result<u64, Failure> {
    run(app, move |book| record(book, number, &event, &Who(who), lang)).await
}

fn record(
    book: &Book,
    number: LiveNumber,
    event: &Event,
    who: &Who,
    lang: Lang,
) -> Result<u64, Undone> {
    let said = match event {
        Event::Corrected(correction) => &*correction.event,
        event => event,
    };
    if let Event::Told(told) = said {
        fields::check(told.field, &told.value)?;
    }
    book.record_live(number, who, |case| {
        let live = read(case)?;
        live.kept(event).map_err(|error| Undone::Wrong(error.says().of(lang).to_owned()))
    })?
}

/// Makes a live case a case of the book.
pub(crate) async fn disclose(
    app: &Arc<App>,
    number: LiveNumber,
    why: String,
    who: String,
) -> Result<CaseNumber, Failure> {
    run(app, move |book| {
        let live = read(&book.live(number)?)?;
        let facts = live.known(fields::with)?.case;
        Ok(book.disclose_live(number, facts, &why, &Who(who))?)
    })
    .await
}
