//! Where the entries of a new source go: to a case of their own with the next number of its year,
//! or to the case whose later report they are. It reads the tables and changes none.

use std::collections::HashMap;

use case::{Case, CaseNumber, Category, Facts, Moment};
use rusqlite::{Connection, params};

use crate::BookError;
use crate::change::{Placed, Proposed};
use crate::joining::{self, Earlier, EarlierReport, Verdict};
use crate::project;
use crate::stats::moment;

/// Numbers have at least this many digits.
const DIGITS: u8 = 3;

/// How many cases of one organisation a report is compared with, the newest first.
const MOST_EARLIER: i64 = 200;

/// Gives out numbers and cases while one change is made.
pub(crate) struct Placing<'a> {
    tables: &'a Connection,
    /// The last serial of each year, those of this change included.
    last: HashMap<u16, u32>,
    /// The cases of each organisation, those of this change included.
    earlier: HashMap<String, Vec<Earlier>>,
}

impl<'a> Placing<'a> {
    pub(crate) fn new(tables: &'a Connection) -> Self {
        Self { tables, last: HashMap::new(), earlier: HashMap::new() }
    }

    /// The next free number of a year.
    pub(crate) fn number(&mut self, year: u16) -> Result<CaseNumber, BookError> {
        let last = match self.last.get(&year) {
            Some(&last) => last,
            None => self
                .tables
                .prepare_cached("SELECT coalesce(max(serial), 0) FROM kept WHERE year = ?1")?
                .query_row([year], |row| row.get(0))?,
        };
        let serial = last.checked_add(1).filter(|&serial| serial <= 999_999_999);
        let serial = serial.ok_or(BookError::NumbersUsedUp(year))?;
        self.last.insert(year, serial);
        let digits = u8::try_from(serial.ilog10() + 1).unwrap_or(DIGITS);
        Ok(CaseNumber { year, serial, width: digits.max(DIGITS) })
    }

    /// The place of an entry of `source`; `this_year` counts where the entry has no date.
    pub(crate) fn place(
        &mut self,
        case: &Case,
        source: &str,
        this_year: u16,
    ) -> Result<Placed, BookError> {
        let Case { span, facts, .. } = case;
        let year = year_of(facts).unwrap_or(this_year);
        let mut placed = Placed {
            span: *span,
            facts: facts.clone(),
            number: CaseNumber { year, serial: 0, width: DIGITS },
            joined: Vec::new(),
            proposed: None,
        };
        let Some(organisation) = facts.organisation.as_ref() else {
            placed.number = self.number(year)?;
            return Ok(placed);
        };
        let key = joining::organisation_key(&organisation.value);
        if !self.earlier.contains_key(&key) {
            let found = self.kept(&key)?;
            self.earlier.insert(key.clone(), found);
        }
        let report = EarlierReport {
            source: source.to_owned(),
            disclosed: facts.disclosed_on.as_ref().map(|day| day.value),
            printed: facts.case_number.as_ref().map(|number| number.value),
            title: facts.title.as_ref().map(|title| title.value.clone()),
            is_later: joining::says_later(facts),
        };
        let mut known = self.earlier.remove(&key).unwrap_or_default();
        let mut unsure = None;
        for earlier in &mut known {
            match joining::judge(facts, source, earlier) {
                Verdict::Same(because) => {
                    placed.number = earlier.number;
                    placed.joined = because;
                    earlier.days.extend(joining::days(facts));
                    earlier.reports.push(report.clone());
                    break;
                }
                Verdict::Unsure(because) if unsure.is_none() => {
                    unsure = Some(Proposed { into: earlier.number, because });
                }
                Verdict::Unsure(_) | Verdict::Apart => {}
            }
        }
        if placed.joined.is_empty() {
            placed.number = self.number(year)?;
            placed.proposed = unsure;
            known.push(Earlier {
                number: placed.number,
                category: facts.category.value,
                days: joining::days(facts),
                reports: vec![report],
            });
        }
        self.earlier.insert(key, known);
        Ok(placed)
    }

    /// The cases that are kept of an organisation, as far as they are compared: from columns alone,
    /// since there may be many.
    fn kept(&self, key: &str) -> Result<Vec<Earlier>, BookError> {
        let mut query = self.tables.prepare_cached(
            "SELECT case_.number, category, occurred, discovered, source, report.disclosed,
                 report.printed, report.title, is_later
             FROM (SELECT number, category, occurred, discovered, disclosed FROM overview
                   WHERE organisation_key = ?1 AND kind = 'incident'
                   ORDER BY disclosed DESC LIMIT ?2) AS case_
             LEFT JOIN report ON report.number = case_.number
             ORDER BY case_.disclosed DESC, case_.number, seq, place",
        )?;
        let mut rows = query.query(params![key, MOST_EARLIER])?;
        let mut known: Vec<Earlier> = Vec::new();
        while let Some(row) = rows.next()? {
            let number = project::parsed(row.get_ref(0)?.as_str().unwrap_or_default())?;
            if known.last().is_none_or(|last| last.number != number) {
                let category: String = row.get(1)?;
                known.push(Earlier {
                    number,
                    category: Category::from_name(&category).unwrap_or(Category::Other),
                    days: [moment(row, 2)?, moment(row, 3)?]
                        .into_iter()
                        .flatten()
                        .map(Moment::date)
                        .filter(|day| day.get_day().is_some())
                        .collect(),
                    reports: Vec::new(),
                });
            }
            let (Some(earlier), Some(source)) = (known.last_mut(), row.get(4)?) else { continue };
            let printed: Option<String> = row.get(6)?;
            earlier.reports.push(EarlierReport {
                source,
                disclosed: moment(row, 5)?,
                printed: printed.and_then(|number| number.parse().ok()),
                title: row.get(7)?,
                is_later: row.get(8)?,
            });
        }
        Ok(known)
    }
}

/// The year under which a case is numbered: that of its disclosure, else of its discovery or
/// occurrence.
pub(crate) fn year_of<C>(facts: &Facts<C>) -> Option<u16> {
    let year = |moment: Moment| u16::try_from(moment.get_year()).ok();
    facts
        .disclosed_on
        .as_ref()
        .map(|day| day.value)
        .or_else(|| facts.discovered.as_ref().map(|when| when.value.from))
        .or_else(|| facts.occurred.as_ref().map(|when| when.value.from))
        .and_then(year)
}
