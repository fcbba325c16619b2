//! Tables made anew beside those of the book, compared row by row. It does not know what the
//! columns mean, but for packed facts: those are compared as facts, since the same facts may be
//! packed into other bytes by a later version of the compressor.

use std::cmp::Ordering;

use case::{Facts, Origin};
use rusqlite::types::Value;
use rusqlite::{Connection, Rows, Statement};
use serde::de::DeserializeOwned;

use super::{Difference, Flaw};
use crate::{database, fields, packing};

/// The column in which facts are packed.
const PACKED: &str = "facts";

/// How much of a value is shown.
const MOST_SHOWN_CHARS: usize = 60;

/// Compares every projection of the book with the one made anew.
pub(super) fn projections(tables: &Connection) -> Result<(), Flaw> {
    shapes(tables)?;
    for table in database::PROJECTIONS {
        rows(tables, table)?;
    }
    Ok(())
}

/// Whether each case is a document of the search index, and each document a case.
pub(super) fn documents(tables: &Connection) -> Result<(), Flaw> {
    let odd = |query: &str| -> Result<Option<String>, Flaw> {
        let mut query = tables.prepare(query)?;
        let mut rows = query.query([])?;
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
    };
    if let Some(key) =
        odd("SELECT number FROM main.overview WHERE number NOT IN (SELECT key FROM book.document)")?
    {
        return Err(Flaw::Index(format!("case {key} is not in it")));
    }
    if let Some(key) =
        odd("SELECT key FROM book.document WHERE key NOT IN (SELECT number FROM main.overview)")?
    {
        return Err(Flaw::Index(format!("{key} is in it, but is no case")));
    }
    Ok(())
}

/// Compares the tables' definitions: a column or an index too few, a trigger that makes rows.
fn shapes(tables: &Connection) -> Result<(), Flaw> {
    let mut query = tables.prepare(
        "SELECT name, coalesce(found.type = 'trigger', 0) FROM main.sqlite_schema AS made
         FULL JOIN book.sqlite_schema AS found USING (type, name)
         WHERE found.type = 'trigger'
            OR made.name IS NOT NULL AND found.sql IS NOT made.sql
         ORDER BY name",
    )?;
    let mut rows = query.query([])?;
    let Some(row) = rows.next()? else { return Ok(()) };
    let message = if row.get(1)? { "a book has no triggers" } else { "it is made otherwise" };
    Err(Flaw::Table { table: row.get(0)?, message: message.to_owned() })
}

/// A table's columns, and which of them are its key.
struct Shape {
    table: &'static str,
    columns: Vec<String>,
    key: Vec<usize>,
}

impl Shape {
    fn of(tables: &Connection, table: &'static str) -> Result<Self, Flaw> {
        let mut query =
            tables.prepare("SELECT name, pk FROM pragma_table_info(?1, 'main') ORDER BY cid")?;
        let found: Vec<(String, usize)> = query
            .query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let mut key: Vec<usize> = (0..found.len()).filter(|&at| found[at].1 > 0).collect();
        key.sort_by_key(|&at| found[at].1);
        Ok(Self { table, columns: found.into_iter().map(|(name, _)| name).collect(), key })
    }

    /// All rows of the table in one of the two databases, in the order of the key.
    fn select<'a>(&self, tables: &'a Connection, place: &str) -> Result<Statement<'a>, Flaw> {
        let key: Vec<&str> = self.key.iter().map(|&at| self.columns[at].as_str()).collect();
        Ok(tables.prepare(&format!(
            "SELECT {} FROM {place}.{} ORDER BY {}",
            self.columns.join(", "),
            self.table,
            key.join(", ")
        ))?)
    }

    fn next(&self, rows: &mut Rows<'_>) -> Result<Option<Vec<Value>>, Flaw> {
        let Some(row) = rows.next()? else { return Ok(None) };
        let values = (0..self.columns.len()).map(|at| row.get(at)).collect::<Result<_, _>>()?;
        Ok(Some(values))
    }

    fn order(&self, one: &[Value], other: &[Value]) -> Ordering {
        self.key
            .iter()
            .map(|&at| order(&one[at], &other[at]))
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    fn flaw(&self, row: &[Value], difference: Difference) -> Flaw {
        let key: Vec<String> = self.key.iter().map(|&at| shown(&row[at])).collect();
        Flaw::Row { table: self.table, key: key.join(", "), difference }
    }
}

fn rows(tables: &Connection, table: &'static str) -> Result<(), Flaw> {
    let shape = Shape::of(tables, table)?;
    let (mut made, mut kept) = (shape.select(tables, "main")?, shape.select(tables, "book")?);
    let (mut made, mut kept) = (made.query([])?, kept.query([])?);
    loop {
        let (expected, found) = match (shape.next(&mut made)?, shape.next(&mut kept)?) {
            (None, None) => return Ok(()),
            (Some(expected), None) => return Err(shape.flaw(&expected, Difference::Missing)),
            (None, Some(found)) => return Err(shape.flaw(&found, Difference::Extra)),
            (Some(expected), Some(found)) => (expected, found),
        };
        match shape.order(&expected, &found) {
            Ordering::Less => return Err(shape.flaw(&expected, Difference::Missing)),
            Ordering::Greater => return Err(shape.flaw(&found, Difference::Extra)),
            Ordering::Equal => {}
        }
        let columns = shape.columns.iter().zip(expected.iter().zip(&found));
        for (column, (should, is)) in columns {
            if should != is
                && let Some(difference) = differ(column, should, is)
            {
                return Err(shape.flaw(&expected, difference));
            }
        }
    }
}

/// How two values of a column differ that are not the same to the byte.
fn differ(column: &str, expected: &Value, found: &Value) -> Option<Difference> {
    if column == PACKED
        && let (Value::Blob(expected), Value::Blob(found)) = (expected, found)
    {
        // Those of a case have origins, those of a report have spans.
        return facts_differ::<Origin>(expected, found)
            .or_else(|| facts_differ::<text::Span>(expected, found))
            .unwrap_or_else(|| {
                Some(Difference::Column {
                    column: column.to_owned(),
                    found: "damaged".to_owned(),
                    expected: "facts".to_owned(),
                })
            });
    }
    Some(Difference::Column {
        column: column.to_owned(),
        found: shown(found),
        expected: shown(expected),
    })
}

/// The first field in which packed facts differ, if any; nothing where they are no such facts.
#[expect(clippy::option_option, reason = "no facts, or facts without a difference")]
fn facts_differ<C: DeserializeOwned + serde::Serialize + PartialEq>(
    expected: &[u8],
    found: &[u8],
) -> Option<Option<Difference>> {
    let read = |packed| serde_json::from_slice::<Facts<C>>(&packing::unpack(packed)?).ok();
    let (expected, found) = (read(expected)?, read(found)?);
    if expected == found {
        return Some(None);
    }
    let field = fields::all_bare(&expected)
        .into_iter()
        .zip(fields::all_bare(&found))
        .find(|(expected, found)| expected != found);
    Some(Some(match field {
        Some(((field, expected), (_, found))) => Difference::Column {
            column: format!("{PACKED}.{field}"),
            found: cut(&found.to_string()),
            expected: cut(&expected.to_string()),
        },
        None => Difference::Column {
            column: PACKED.to_owned(),
            found: "with other citations".to_owned(),
            expected: "with those of the ledger".to_owned(),
        },
    }))
}

/// The order of `SQLite` among keys: numbers, then texts by their bytes.
fn order(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Integer(one), Value::Integer(other)) => one.cmp(other),
        (Value::Text(one), Value::Text(other)) => one.cmp(other),
        _ => rank(one).cmp(&rank(other)),
    }
}

const fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Integer(_) | Value::Real(_) => 1,
        Value::Text(_) => 2,
        Value::Blob(_) => 3,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(words) => cut(words),
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

fn cut(words: &str) -> String {
    match words.char_indices().nth(MOST_SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words.to_owned(),
    }
}
