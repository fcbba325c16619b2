//! The table of cases as it stands in the book: one row a case, for lists, timelines and figures
//! over all of them. It does not know searches.

use case::{Bound, CaseNumber, Category, DataDisclosure, Kind, Sector};
use rusqlite::{Connection, Row};

use crate::{Book, BookError, project, record};

/// One case in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// Its number.
    pub number: CaseNumber,
    /// An incident, or commentary.
    pub kind: Kind,
    /// Its title.
    pub title: Option<String>,
    /// Who suffered or disclosed it.
    pub organisation: Option<String>,
    /// The sector.
    pub sector: Option<Sector>,
    /// The kind of incident.
    pub category: Category,
    /// The day of its first disclosure, as precise as it is said.
    pub disclosed: Option<String>,
    /// When it happened or began.
    pub occurred: Option<String>,
    /// When it was noticed.
    pub discovered: Option<String>,
    /// The largest number given of those affected; `None` is unknown, never zero.
    pub affected: Option<Affected>,
    /// Whether data reached others.
    pub data_disclosure: Option<DataDisclosure>,
    /// How many reports it has.
    pub reports: u64,
    /// How many corrections hold.
    pub corrections: u64,
    /// How often its text contradicts itself.
    pub contradictions: u64,
    /// Whether kinds of data are named.
    pub names_data: bool,
    /// Whether services are named.
    pub names_services: bool,
}

/// The number that stands for a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affected {
    /// The number.
    pub value: u64,
    /// Whether it is about that.
    pub approx: bool,
    /// Whether it is the number itself or a limit.
    pub bound: Bound,
    /// What the number is of, as written.
    pub unit: String,
}

const COLUMNS: &str = "SELECT number, kind, title, organisation, sector, category, disclosed,
    occurred, discovered, affected, affected_bound, affected_approx, affected_unit,
    data_disclosure, reports, corrections, contradictions,
    data_kinds <> '',
    EXISTS (SELECT 1 FROM listed WHERE listed.number = overview.number AND field = 'services')
    FROM overview";

impl Book {
    /// How many entries the ledger has: the same number means the same book.
    pub fn entries(&self) -> Result<u64, BookError> {
        self.read(record::size)
    }

    /// Hands over every case of the book in a line, one at a time and in no particular order: all
    /// of a large book at once would take the memory of the whole process.
    pub fn overview(&self, mut take: impl FnMut(Overview)) -> Result<(), BookError> {
        self.read(|tables| {
            let mut query = tables.prepare_cached(COLUMNS)?;
            let mut answers = query.query([])?;
            while let Some(row) = answers.next()? {
                take(line(row)?);
            }
            Ok(())
        })
    }
}

/// A case in a line.
pub(crate) fn one(tables: &Connection, number: CaseNumber) -> Result<Option<Overview>, BookError> {
    let mut query = tables.prepare_cached(&format!("{COLUMNS} WHERE number = ?1"))?;
    let mut answers = query.query([number.to_string()])?;
    answers.next()?.map(line).transpose()
}

fn line(row: &Row<'_>) -> Result<Overview, BookError> {
    let named = |at: usize| row.get::<_, Option<String>>(at);
    let count = |at: usize| row.get::<_, i64>(at).map(i64::cast_unsigned);
    let number: String = row.get(0)?;
    let affected = row.get::<_, Option<i64>>(9)?.map(i64::cast_unsigned);
    Ok(Overview {
        number: project::parsed(&number)?,
        kind: named(1)?.as_deref().and_then(Kind::from_name).unwrap_or(Kind::Incident),
        title: named(2)?,
        organisation: named(3)?,
        sector: named(4)?.as_deref().and_then(Sector::from_name),
        category: named(5)?.as_deref().and_then(Category::from_name).unwrap_or(Category::Other),
        disclosed: named(6)?,
        occurred: named(7)?,
        discovered: named(8)?,
        affected: match affected {
            Some(value) => Some(Affected {
                value,
                bound: named(10)?.as_deref().and_then(Bound::from_name).unwrap_or(Bound::Exact),
                approx: row.get::<_, Option<bool>>(11)?.unwrap_or(false),
                unit: named(12)?.unwrap_or_default(),
            }),
            None => None,
        },
        data_disclosure: named(13)?.as_deref().and_then(DataDisclosure::from_name),
        reports: count(14)?,
        corrections: count(15)?,
        contradictions: count(16)?,
        names_data: row.get(17)?,
        names_services: row.get(18)?,
    })
}
