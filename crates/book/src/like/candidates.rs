//! Cases that may be similar, and how much each agrees with a pattern. It does not know what
//! became of them.

use std::collections::{HashMap, HashSet};

use case::{Bound, Category, Field, Kind, Moment};
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::Reason;
use super::pattern::{CATEGORY_WEIGHT, Pattern, pairs, weight};
use crate::BookError;
use crate::joining::letters;
use crate::stats::delay::Date;
use crate::stats::sizes::{Counted, Exactness};
use crate::stats::text;

/// Of one category, the last disclosed of so many are compared.
const POOL: usize = 30_000;
/// So many of them are looked at closely.
const CLOSE: usize = 300;
/// So many that share the organisation, one technical fact or one service.
const SHARING: usize = 300;
/// What another case has beyond the pattern takes a little from its score.
const BEYOND: f64 = 0.15;

/// A row of the book.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) number: String,
    pub(super) title: Option<String>,
    pub(super) organisation: Option<String>,
    pub(super) category: Category,
    pub(super) disclosed: Option<Moment>,
    pub(super) occurred: Option<Date>,
    pub(super) discovered: Option<Date>,
    pub(super) recovered: Option<Moment>,
    pub(super) affected: Option<(u64, Exactness, Counted)>,
    pub(super) measures: Vec<String>,
    organisation_key: Option<String>,
    sector: Option<String>,
    data: Vec<String>,
    technical: Vec<String>,
    services: Vec<String>,
    pairs: HashSet<(char, char)>,
}

/// The candidates, and how many cases of those compared share what the pattern has.
#[derive(Debug)]
pub(super) struct Candidates {
    rows: Vec<Found>,
    frequency: Frequency,
}

/// How many cases share a value, of how many.
#[derive(Debug, Default)]
struct Frequency {
    cases: usize,
    of: HashMap<(Field, String), usize>,
}

impl Frequency {
    fn weight(&self, field: Field, value: &str) -> f64 {
        let sharing = self.of.get(&(field, value.to_owned())).copied().unwrap_or(1).max(1);
        weight(field) * rarity(self.cases, sharing)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a book has fewer than 2^52 cases")]
fn rarity(cases: usize, sharing: usize) -> f64 {
    (1.0 + cases as f64 / sharing as f64).ln()
}

/// Looks for candidates in the index of what likeness compares, and where rare values stand.
pub(super) fn find(
    tables: &Connection,
    pattern: &Pattern,
    but: Option<&str>,
) -> Result<Candidates, BookError> {
    let mut frequency = Frequency::default();
    let mut numbers = close(tables, pattern, but, &mut frequency)?;
    if let Some(key) = &pattern.organisation {
        let found = column(
            tables,
            "SELECT number FROM overview WHERE organisation_key = ?1 LIMIT ?2",
            (key, SHARING),
        )?;
        frequency.of.insert((Field::Organisation, key.clone()), found.len());
        numbers.extend(found);
    }
    for (field, values) in
        [(Field::Technical, &pattern.technical), (Field::Services, &pattern.services)]
    {
        for value in values {
            let found = column(
                tables,
                "SELECT number FROM listed WHERE field = ?1 AND value = ?2 LIMIT ?3",
                (field.name(), value, SHARING),
            )?;
            frequency.of.insert((field, value.clone()), found.len());
            numbers.extend(found);
        }
    }
    let mut seen = HashSet::new();
    numbers.retain(|number| Some(number.as_str()) != but && seen.insert(number.clone()));
    let mut rows = Vec::with_capacity(numbers.len());
    for number in numbers {
        rows.extend(row(tables, &number, pattern)?);
    }
    for pair in pattern.pairs() {
        let sharing = rows.iter().filter(|row| row.pairs.contains(&pair)).count();
        frequency.of.insert((Field::Title, spelt(pair)), sharing);
    }
    Ok(Candidates { rows, frequency })
}

/// A case of the pattern's category, by what the index says of it.
struct Glimpse {
    number: String,
    shared: Vec<usize>,
    beyond: usize,
    score: f64,
}

/// The cases of the category that agree most in sector, data and measures.
fn close(
    tables: &Connection,
    pattern: &Pattern,
    but: Option<&str>,
    frequency: &mut Frequency,
) -> Result<Vec<String>, BookError> {
    let features: Vec<(Field, &'static str)> = (pattern.sector.map(|x| (Field::Sector, x)))
        .into_iter()
        .chain(pattern.data.iter().map(|x| (Field::DataKinds, *x)))
        .chain(pattern.measures.iter().map(|x| (Field::Prevention, *x)))
        .collect();
    let mut query = tables.prepare_cached(
        "SELECT number, sector, data_kinds, measures FROM overview INDEXED BY overview_alike
         WHERE category = ?1 ORDER BY disclosed DESC LIMIT ?2",
    )?;
    let mut rows = query.query((pattern.category.name(), POOL))?;
    let mut pool: Vec<Glimpse> = Vec::new();
    let mut sharing = vec![0_usize; features.len()];
    while let Some(row) = rows.next()? {
        let number = text(row, 0)?.unwrap_or_default();
        if Some(number) == but {
            continue;
        }
        let mut shared = Vec::new();
        let mut beyond = 0;
        for (at, field) in [(1, Field::Sector), (2, Field::DataKinds), (3, Field::Prevention)] {
            let names = text(row, at)?.unwrap_or_default();
            for name in names.split(',').filter(|name| !name.is_empty()) {
                match features.iter().position(|(of, known)| *of == field && *known == name) {
                    Some(feature) => shared.push(feature),
                    None => beyond += 1,
                }
            }
        }
        for &feature in &shared {
            sharing[feature] += 1;
        }
        pool.push(Glimpse { number: number.to_owned(), shared, beyond, score: 0.0 });
    }
    frequency.cases = pool.len().max(1);
    for (&(field, value), &sharing) in features.iter().zip(&sharing) {
        frequency.of.insert((field, value.to_owned()), sharing);
    }
    let weights: Vec<f64> =
        features.iter().map(|(field, value)| frequency.weight(*field, value)).collect();
    for glimpse in &mut pool {
        let shared: f64 = glimpse.shared.iter().map(|&feature| weights[feature]).sum();
        glimpse.score = shared - count(glimpse.beyond) * BEYOND;
    }
    // Stable: of those that agree as much, the last disclosed.
    pool.sort_by(|one, other| other.score.total_cmp(&one.score));
    pool.truncate(CLOSE);
    Ok(pool.into_iter().map(|glimpse| glimpse.number).collect())
}

impl Candidates {
    /// Each with its score and reasons.
    pub(super) fn weigh(&self, pattern: &Pattern) -> Vec<(&Found, f64, Vec<Reason>)> {
        let known = self.known(pattern);
        let all: f64 = known.iter().flat_map(|(_, values)| values).map(|(_, weight)| weight).sum();
        let all = (all + CATEGORY_WEIGHT).max(f64::MIN_POSITIVE);
        self.rows
            .iter()
            .map(|row| {
                let beyond = row.beyond(pattern) * BEYOND;
                let (score, reasons) = reasons(row, pattern, &known, all + beyond);
                (row, score, reasons)
            })
            .collect()
    }

    /// What the pattern has, and what an agreement in it weighs.
    fn known(&self, pattern: &Pattern) -> Vec<(Field, Vec<(String, f64)>)> {
        let weighed = |field: Field, values: Vec<String>| {
            let weigh = |value: String| {
                let weight = self.frequency.weight(field, &value);
                (value, weight)
            };
            (field, values.into_iter().map(weigh).collect())
        };
        let owned = |values: &[&'static str]| values.iter().map(ToString::to_string).collect();
        vec![
            weighed(Field::Technical, pattern.technical.clone()),
            weighed(Field::Organisation, pattern.organisation.iter().cloned().collect()),
            weighed(Field::Services, pattern.services.clone()),
            weighed(Field::Sector, pattern.sector.iter().map(ToString::to_string).collect()),
            weighed(Field::DataKinds, owned(&pattern.data)),
            weighed(Field::Prevention, owned(&pattern.measures)),
            weighed(Field::Title, pattern.pairs().into_iter().map(spelt).collect()),
        ]
    }
}

fn reasons(
    row: &Found,
    pattern: &Pattern,
    known: &[(Field, Vec<(String, f64)>)],
    all: f64,
) -> (f64, Vec<Reason>) {
    let mut reasons = Vec::new();
    if row.category == pattern.category {
        let values = vec![pattern.category.name().to_owned()];
        reasons.push(Reason { field: Field::Category, values, weight: CATEGORY_WEIGHT / all });
    }
    for (field, values) in known {
        let shared: Vec<&(String, f64)> =
            values.iter().filter(|(value, _)| row.has(*field, value)).collect();
        if shared.is_empty() {
            continue;
        }
        let weight = shared.iter().map(|(_, weight)| weight).sum::<f64>() / all;
        let values = match field {
            Field::Title => pattern.runs(|pair| row.pairs.contains(&pair)),
            Field::Organisation => row.organisation.iter().cloned().collect(),
            _ => shared.iter().map(|(value, _)| value.clone()).collect(),
        };
        reasons.push(Reason { field: *field, values, weight });
    }
    reasons.sort_by(|one, other| other.weight.total_cmp(&one.weight));
    (reasons.iter().map(|reason| reason.weight).sum(), reasons)
}

impl Found {
    fn has(&self, field: Field, value: &str) -> bool {
        let among = |list: &[String]| list.iter().any(|known| known == value);
        match field {
            Field::Technical => among(&self.technical),
            Field::Services => among(&self.services),
            Field::DataKinds => among(&self.data),
            Field::Prevention => among(&self.measures),
            Field::Organisation => self.organisation_key.as_deref() == Some(value),
            Field::Sector => self.sector.as_deref() == Some(value),
            Field::Title => {
                let mut letters = value.chars();
                letters.next().zip(letters.next()).is_some_and(|pair| self.pairs.contains(&pair))
            }
            _ => false,
        }
    }

    fn beyond(&self, pattern: &Pattern) -> f64 {
        let data = self.data.iter().filter(|x| !pattern.data.contains(&x.as_str()));
        let measures = self.measures.iter().filter(|x| !pattern.measures.contains(&x.as_str()));
        count(data.count() + measures.count())
    }
}

/// All of a case that is compared; `None` for commentary.
fn row(tables: &Connection, number: &str, pattern: &Pattern) -> Result<Option<Found>, BookError> {
    let mut query = tables.prepare_cached(
        "SELECT title, organisation, category, disclosed, occurred, occurred_approx, discovered,
         discovered_approx, recovered, affected, affected_bound, affected_approx, affected_unit,
         measures, organisation_key, sector, data_kinds, kind FROM overview WHERE number = ?1",
    )?;
    let found = query
        .query_row([number], |row| {
            let kind: String = row.get(17)?;
            (kind != Kind::Column.name()).then(|| found(row)).transpose()
        })
        .optional()?
        .flatten();
    let Some(mut found) = found else { return Ok(None) };
    number.clone_into(&mut found.number);
    for (field, values, own) in [
        (Field::Technical, &mut found.technical, &pattern.technical),
        (Field::Services, &mut found.services, &pattern.services),
    ] {
        if !own.is_empty() {
            let all = "SELECT value FROM listed WHERE number = ?1 AND field = ?2";
            *values = column(tables, all, (number, field.name()))?;
        }
    }
    Ok(Some(found))
}

fn found(row: &Row<'_>) -> Result<Found, rusqlite::Error> {
    let title: Option<String> = row.get(0)?;
    let words = |at: usize| row.get::<_, Option<String>>(at);
    let list = |at: usize| -> Result<Vec<String>, rusqlite::Error> {
        let names = words(at)?.unwrap_or_default();
        Ok(names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect())
    };
    let moment = |at: usize| -> Result<Option<Moment>, rusqlite::Error> {
        Ok(words(at)?.and_then(|moment| moment.parse().ok()))
    };
    let bound = words(10)?.and_then(|x| Bound::from_name(&x)).unwrap_or(Bound::Exact);
    let exactness = Exactness::of(bound, row.get::<_, Option<bool>>(11)?.unwrap_or(false));
    let counted = Counted::of(&words(12)?.unwrap_or_default());
    Ok(Found {
        number: String::new(),
        pairs: title.as_deref().map(|x| pairs(&letters(x)).collect()).unwrap_or_default(),
        title,
        organisation: row.get(1)?,
        category: words(2)?.and_then(|x| Category::from_name(&x)).unwrap_or(Category::Other),
        disclosed: moment(3)?,
        occurred: moment(4)?.zip(row.get(5)?),
        discovered: moment(6)?.zip(row.get(7)?),
        recovered: moment(8)?,
        affected: row.get::<_, Option<u64>>(9)?.map(|value| (value, exactness, counted)),
        measures: list(13)?,
        organisation_key: row.get(14)?,
        sector: row.get(15)?,
        data: list(16)?,
        technical: Vec::new(),
        services: Vec::new(),
    })
}

fn column(
    tables: &Connection,
    query: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<String>, BookError> {
    let mut query = tables.prepare_cached(query)?;
    let values = query.query_map(parameters, |row| row.get(0))?;
    Ok(values.collect::<Result<_, _>>()?)
}

fn spelt((one, other): (char, char)) -> String {
    [one, other].iter().collect()
}

#[expect(clippy::cast_precision_loss, reason = "a case has fewer than 2^52 values")]
fn count(values: usize) -> f64 {
    values as f64
}
