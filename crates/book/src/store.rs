//! The book itself: a data folder opened, changes made one entry of the ledger at a time, cases
//! read back. It does not know where a text came from or how a case is shown.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use case::{Case, CaseNumber, Facts, Field, MediaType, Origin};
use jiff::{Timestamp, Unit};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use serde_json::Value;

use crate::archive::{self, Archive};
use crate::change::{Change, Placed, Reread, SourceAdded, SourceRecord};
use crate::kept::{self, KeptCase, Proposal};
use crate::placing::{self, Placing};
use crate::project::{self, Texts};
use crate::record::Tip;
use crate::{BookError, database, fields};

/// The database in the data folder.
pub(crate) const DATABASE: &str = "book.sqlite";
/// The folder of originals.
pub(crate) const ARCHIVE: &str = "archive";

/// Who makes a change: the name of an account, or of the system's user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who(pub String);

/// A source to be kept, with what was read in it.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// As the input was named.
    pub name: &'a str,
    /// Its format.
    pub media_type: MediaType,
    /// The original bytes.
    pub bytes: &'a [u8],
    /// The text that the citations point into.
    pub text: &'a str,
    /// Which reader read it: its name and version.
    pub reader: &'a str,
    /// What it read.
    pub cases: &'a [Case],
}

/// What became of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// Of the original bytes.
    pub sha256: String,
    /// Whether the book had it already; then nothing changed.
    pub known: bool,
    /// Each entry's case.
    pub cases: Vec<AddedCase>,
}

/// What became of one entry of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedCase {
    /// The case that it is in.
    pub number: CaseNumber,
    /// Whether it joined a case that was there before.
    pub joined: bool,
    /// A case that it may belong to, for a person to decide.
    pub proposed: Option<CaseNumber>,
}

/// What became of a record of another format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// It became this case.
    New(CaseNumber),
    /// It is this case already; nothing changed.
    Known(CaseNumber),
}

impl Imported {
    /// Its case.
    pub const fn number(self) -> CaseNumber {
        match self {
            Self::New(number) | Self::Known(number) => number,
        }
    }
}

/// A book in its data folder. It may be shared between threads: readers see the last change that
/// was finished, writers take turns, also with other processes.
pub struct Book {
    dir: PathBuf,
    archive: Archive,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    clock: Clock,
}

type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Book").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl Book {
    /// Opens the book of a data folder; makes both where there is neither. Tables that an earlier
    /// jikenbo made otherwise are made anew, which takes a while.
    pub fn open(dir: &Path) -> Result<Self, BookError> {
        archive::private_folder(dir)?;
        archive::private_folder(&dir.join(ARCHIVE))?;
        let path = dir.join(DATABASE);
        private_file(&path)?;
        let writer = database::writer(&path)?;
        let is_outdated = database::is_outdated(&writer, &path)?;
        let book = Self {
            dir: dir.to_path_buf(),
            archive: Archive::new(dir.join(ARCHIVE)),
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
            clock: Box::new(Timestamp::now),
        };
        if is_outdated {
            book.renew()?;
        }
        Ok(book)
    }

    /// Opens a book that is there; makes nothing.
    pub fn open_existing(dir: &Path) -> Result<Self, BookError> {
        if dir.join(DATABASE).is_file() {
            Self::open(dir)
        } else {
            Err(BookError::NoBook(dir.to_path_buf()))
        }
    }

    /// The same book with another clock, for tests of what time does to it.
    #[must_use]
    pub fn with_clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { clock: Box::new(clock), ..self }
    }

    /// The same book with another time that a change waits for another process to finish its own;
    /// 10 s where none is given.
    pub fn waiting(self, most: Duration) -> Result<Self, BookError> {
        lock(&self.writer).busy_timeout(most)?;
        Ok(self)
    }

    /// The data folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) const fn archive(&self) -> &Archive {
        &self.archive
    }

    /// Reads and keeps sources: all in one transaction, each as one entry of the ledger. When this
    /// returns, they are on stable storage; before, none of them is in the book.
    pub fn add(&self, incoming: &[Incoming<'_>], who: &Who) -> Result<Vec<Added>, BookError> {
        // Originals first: an entry never names one that is not there.
        let originals: Vec<&[u8]> =
            incoming.iter().flat_map(|source| [source.bytes, source.text.as_bytes()]).collect();
        let stored = self.archive.put_all(&originals)?;
        self.change(who, |making| {
            let mut added = Vec::with_capacity(incoming.len());
            for (source, hashes) in incoming.iter().zip(stored.chunks_exact(2)) {
                added.push(making.add(source, &hashes[0], &hashes[1])?);
            }
            Ok(added)
        })
    }

    /// Takes in what a later reader reads in a source that is kept, entry by entry. Corrections
    /// stand. Fails where the later reader finds another number of entries.
    pub fn reread(
        &self,
        sha256: &str,
        reader: &str,
        cases: &[Case],
        who: &Who,
    ) -> Result<(), BookError> {
        self.change(who, |making| {
            let known: usize = making
                .tables
                .prepare_cached("SELECT count(*) FROM report WHERE source = ?1")?
                .query_row([sha256], |row| row.get(0))?;
            if known != cases.len() {
                return Err(BookError::Archive {
                    sha256: sha256.to_owned(),
                    message: format!(
                        "{} entries are read where {known} were kept; nothing was changed",
                        cases.len()
                    ),
                });
            }
            let cases = cases
                .iter()
                .map(|case| Reread { span: case.span, facts: case.facts.clone() })
                .collect();
            making.append(&Change::SourceReread {
                sha256: sha256.to_owned(),
                reader: reader.to_owned(),
                cases,
            })
        })
    }

    /// Opens a case by hand. What is known of it comes as fields with values, as in
    /// [`correct`](Self::correct).
    pub fn open_case(
        &self,
        known: &[(Field, Value)],
        why: &str,
        who: &Who,
    ) -> Result<CaseNumber, BookError> {
        self.change(who, |making| {
            let origin =
                Origin::Person { who: who.0.clone(), at: making.at.clone(), why: why.to_owned() };
            let mut facts = Facts::silent(case::Kind::Incident);
            for (field, value) in known {
                facts = fields::with(&facts, *field, value, &origin)?;
            }
            let number = making.number(&facts)?;
            making.append(&Change::CaseOpened { number, facts })?;
            Ok(number)
        })
    }

    /// Keeps records of another format as cases, all in one transaction: what of each has a place
    /// in a case, and the whole record. Of a record that comes several times, so many copies are
    /// kept; those that the book had before change nothing.
    pub fn import(
        &self,
        format: &str,
        records: impl IntoIterator<Item = (Facts<Origin>, Value)>,
        who: &Who,
    ) -> Result<Vec<Imported>, BookError> {
        self.change(who, |making| {
            let mut imported = Vec::new();
            let mut seen: HashMap<String, usize> = HashMap::new();
            for (facts, original) in records {
                let sha256 = archive::fingerprint(original.to_string().as_bytes());
                let copies = seen.entry(sha256.clone()).or_default();
                let known: Option<String> = making
                    .tables
                    .prepare_cached(
                        "SELECT number FROM kept WHERE imported = ?1 ORDER BY opened
                         LIMIT 1 OFFSET ?2",
                    )?
                    .query_row(params![sha256, *copies], |row| row.get(0))
                    .optional()?;
                *copies += 1;
                if let Some(known) = known {
                    imported.push(Imported::Known(project::parsed(&known)?));
                    continue;
                }
                let number = making.number(&facts)?;
                making.append(&Change::CaseImported {
                    number,
                    format: format.to_owned(),
                    sha256,
                    facts,
                    original,
                })?;
                imported.push(Imported::New(number));
            }
            Ok(imported)
        })
    }

    /// Corrects a field: `value` has the shape of the case record without citations
    /// ([`fields::from_words`] makes it from what a person types).
    pub fn correct(
        &self,
        number: CaseNumber,
        field: Field,
        value: &Value,
        why: &str,
        who: &Who,
    ) -> Result<u64, BookError> {
        if why.trim().is_empty() {
            return Err(BookError::NoReason);
        }
        fields::check(field, value)?;
        self.change(who, |making| {
            project::facts(making.tables, number)?;
            let seq = making.next();
            making.append(&Change::FactCorrected {
                number,
                field,
                value: value.clone(),
                why: why.trim().to_owned(),
            })?;
            Ok(seq)
        })
    }

    /// Takes a correction back.
    pub fn withdraw(
        &self,
        number: CaseNumber,
        correction: u64,
        why: &str,
        who: &Who,
    ) -> Result<(), BookError> {
        if why.trim().is_empty() {
            return Err(BookError::NoReason);
        }
        self.change(who, |making| {
            let open: bool = making
                .tables
                .prepare_cached(
                    "SELECT count(*) FROM correction
                     WHERE seq = ?1 AND number = ?2 AND withdrawn IS NULL",
                )?
                .query_row((correction, number.to_string()), |row| row.get(0))?;
            if !open {
                return Err(BookError::NotOpen { number, what: "correction", seq: correction });
            }
            making.append(&Change::CorrectionWithdrawn {
                number,
                correction,
                why: why.trim().to_owned(),
            })
        })
    }

    /// Decides whether the case `number` is a report of the case that was proposed for it.
    pub fn decide(
        &self,
        number: CaseNumber,
        accepted: bool,
        why: &str,
        who: &Who,
    ) -> Result<(), BookError> {
        self.change(who, |making| {
            let into: Option<String> = making
                .tables
                .prepare_cached("SELECT into_ FROM proposal WHERE number = ?1 AND decided IS NULL")?
                .query_row([number.to_string()], |row| row.get(0))
                .optional()?;
            let into = into.ok_or(BookError::NotOpen { number, what: "proposal", seq: 0 })?;
            making.append(&Change::ProposalDecided {
                number,
                into: project::parsed(&into)?,
                accepted,
                why: why.trim().to_owned(),
            })
        })
    }

    /// Notes in the ledger what somebody did that changes no case.
    pub fn note(&self, action: &str, about: &str, who: &Who) -> Result<(), BookError> {
        self.change(who, |making| {
            making.append(&Change::Noted { action: action.to_owned(), about: about.to_owned() })
        })
    }

    /// The case of that number.
    pub fn case(&self, number: CaseNumber) -> Result<Option<KeptCase>, BookError> {
        self.read(|tables| kept::case(tables, number))
    }

    /// The reports that may belong to another case, to be decided.
    pub fn open_proposals(&self) -> Result<Vec<Proposal>, BookError> {
        self.read(|tables| kept::proposals(tables, None))
    }

    /// The text of a source that citations point into.
    pub fn text(&self, sha256: &str) -> Result<String, BookError> {
        self.read(|tables| project::text(tables, &self.archive, sha256))
    }

    /// The original bytes of a source.
    pub fn original(&self, sha256: &str) -> Result<(SourceRecord, Vec<u8>), BookError> {
        let source = self.read(|tables| kept::source(tables, sha256))?;
        let bytes = self.archive.get(&source.sha256, source.bytes)?;
        Ok((source, bytes))
    }

    /// The number of every case, in order.
    pub fn numbers(&self) -> Result<Vec<CaseNumber>, BookError> {
        self.read(|tables| {
            let mut query = tables.prepare(
                "SELECT number FROM kept WHERE merged_into IS NULL ORDER BY year, serial",
            )?;
            let numbers: Vec<String> =
                query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            numbers.iter().map(|number| project::parsed(number)).collect()
        })
    }

    /// Reads one state of the book, whatever others write meanwhile.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, BookError>,
    ) -> Result<T, BookError> {
        let spare = lock(&self.readers).pop();
        let mut connection = match spare {
            Some(connection) => connection,
            None => database::reader(&self.dir.join(DATABASE))?,
        };
        let state = connection.transaction()?;
        let answer = read(&state)?;
        drop(state);
        lock(&self.readers).push(connection);
        Ok(answer)
    }

    /// Makes changes: all of them, or on an error none.
    pub(crate) fn change<T>(
        &self,
        who: &Who,
        make: impl FnOnce(&mut Making<'_>) -> Result<T, BookError>,
    ) -> Result<T, BookError> {
        let mut writer = lock(&self.writer);
        let tables = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut making = Making {
            tip: Tip::load(&tables)?,
            placing: Placing::new(&tables),
            tables: &tables,
            archive: &self.archive,
            at: self.now(),
            who,
            unsettled: 0,
        };
        let answer = make(&mut making)?;
        making.tip.store(&tables)?;
        project::settle(&tables)?;
        drop(making);
        tables.commit()?;
        Ok(answer)
    }

    /// Makes the search index of as few pieces as can be, which searches then have to ask: worth it after
    /// thousands of cases were added.
    pub fn compact(&self) -> Result<(), BookError> {
        self.maintain(project::compact)
    }

    /// Makes the projections anew, or anything else that is no change of the record.
    pub(crate) fn maintain<T, E: From<BookError>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = lock(&self.writer);
        let tables = writer
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(BookError::from)?;
        let answer = work(&tables)?;
        tables.commit().map_err(BookError::from)?;
        Ok(answer)
    }

    /// The time of the writer's clock: RFC 3339 in UTC, to the second.
    fn now(&self) -> String {
        let now = (self.clock)();
        now.round(Unit::Second).unwrap_or(now).to_string()
    }
}

/// Changes in the making: one transaction.
pub(crate) struct Making<'a> {
    pub(crate) tables: &'a Connection,
    archive: &'a Archive,
    placing: Placing<'a>,
    tip: Tip,
    pub(crate) at: String,
    pub(crate) who: &'a Who,
    /// Changes since the search index was settled.
    unsettled: usize,
}

impl Making<'_> {
    fn add(
        &mut self,
        source: &Incoming<'_>,
        sha256: &str,
        text_sha256: &str,
    ) -> Result<Added, BookError> {
        let cases = known(self.tables, sha256)?;
        if let Some(cases) = cases {
            return Ok(Added { sha256: sha256.to_owned(), known: true, cases });
        }
        let this_year = self.this_year();
        let cases: Vec<Placed> = source
            .cases
            .iter()
            .map(|case| self.placing.place(case, sha256, this_year))
            .collect::<Result<_, _>>()?;
        let answer = cases
            .iter()
            .map(|placed| AddedCase {
                number: placed.number,
                joined: !placed.joined.is_empty(),
                proposed: placed.proposed.as_ref().map(|proposed| proposed.into),
            })
            .collect();
        let change = Change::SourceAdded(SourceAdded {
            source: SourceRecord {
                sha256: sha256.to_owned(),
                name: source.name.to_owned(),
                media_type: source.media_type,
                bytes: source.bytes.len() as u64,
                text_sha256: text_sha256.to_owned(),
                text_bytes: source.text.len() as u64,
            },
            reader: source.reader.to_owned(),
            cases,
        });
        let mut texts = Texts::new(self.archive);
        texts.offer(sha256, source.text);
        self.append_with(&change, &texts)?;
        Ok(Added { sha256: sha256.to_owned(), known: false, cases: answer })
    }

    pub(crate) fn number(&mut self, facts: &Facts<Origin>) -> Result<CaseNumber, BookError> {
        let year = placing::year_of(facts).unwrap_or_else(|| self.this_year());
        self.placing.number(year)
    }

    pub(crate) fn this_year(&self) -> u16 {
        self.at.get(..4).and_then(|year| year.parse().ok()).unwrap_or(1970)
    }

    pub(crate) fn append(&mut self, change: &Change) -> Result<(), BookError> {
        let texts = Texts::new(self.archive);
        self.append_with(change, &texts)
    }

    /// The number of the entry that comes next.
    pub(crate) const fn next(&self) -> u64 {
        self.tip.frontier.size()
    }

    fn append_with(&mut self, change: &Change, texts: &Texts<'_>) -> Result<(), BookError> {
        let seq = self.tip.frontier.size();
        let draft = change
            .draft(&self.at, &self.who.0)
            .map_err(|message| BookError::Entry { seq, message })?;
        let entry = self.tip.append(self.tables, draft)?;
        project::apply(self.tables, &entry, change, texts)?;
        self.unsettled += 1;
        if self.unsettled == project::UNSETTLED {
            project::settle(self.tables)?;
            self.unsettled = 0;
        }
        Ok(())
    }
}

/// The cases of a source that the book has already.
fn known(tables: &Connection, sha256: &str) -> Result<Option<Vec<AddedCase>>, BookError> {
    let there: bool = tables
        .prepare_cached("SELECT count(*) FROM source WHERE sha256 = ?1")?
        .query_row([sha256], |row| row.get(0))?;
    if !there {
        return Ok(None);
    }
    let mut query =
        tables.prepare_cached("SELECT number FROM report WHERE source = ?1 ORDER BY place")?;
    let numbers: Vec<String> =
        query.query_map([sha256], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let case = |number: &String| {
        Ok(AddedCase { number: project::parsed(number)?, joined: false, proposed: None })
    };
    numbers.iter().map(case).collect::<Result<_, _>>().map(Some)
}

/// Makes a file that only its owner may read, where there is none.
pub(crate) fn private_file(path: &Path) -> Result<(), BookError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map(|_| ()).map_err(BookError::file(path))
}

/// A thread that panicked left nothing half done: its transaction was rolled back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
