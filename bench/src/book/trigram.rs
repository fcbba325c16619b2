//! The peer `SQLite` FTS5 with its trigram tokenizer. It is given the folded texts; what has fewer
//! than three characters it cannot look for.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::Failed;
use super::answer::{Answer, PAGE};
use super::asked::Asked;
use super::scan::Scanned;

/// The peer's database.
pub(crate) struct Trigram(Connection);

impl Trigram {
    /// Puts the cases in, in one transaction.
    pub(crate) fn fill(path: &Path, cases: &[Scanned]) -> Result<Self, Failed> {
        let mut tables = Connection::open(path)?;
        tables.execute_batch(
            "PRAGMA journal_mode = WAL;
             CREATE TABLE entry (id INTEGER PRIMARY KEY, number TEXT, day INTEGER, category TEXT);
             CREATE TABLE body (id INTEGER PRIMARY KEY, text TEXT);
             CREATE VIRTUAL TABLE found USING fts5 (text, content = 'body', content_rowid = 'id',
                 tokenize = 'trigram case_sensitive 1');",
        )?;
        let change = tables.transaction()?;
        {
            let mut insert = change.prepare("INSERT INTO entry VALUES (?1, ?2, ?3, ?4)")?;
            let mut body = change.prepare("INSERT INTO body VALUES (?1, ?2)")?;
            let mut index = change.prepare("INSERT INTO found (rowid, text) VALUES (?1, ?2)")?;
            for (id, case) in (1_i64..).zip(cases) {
                insert.execute(params![id, case.number, case.day, case.category])?;
                body.execute(params![id, case.text])?;
                index.execute(params![id, case.text])?;
            }
        }
        change.commit()?;
        tables.execute_batch(
            "INSERT INTO found (found) VALUES ('optimize');
             CREATE INDEX entry_day ON entry (day DESC, number, category);
             ANALYZE;
             PRAGMA wal_checkpoint(TRUNCATE);",
        )?;
        Ok(Self(tables))
    }

    /// Bytes of the index, and of everything else.
    pub(crate) fn bytes(&self) -> Result<[u64; 2], Failed> {
        let of = |condition: &str| {
            self.0.query_row(
                &format!("SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name {condition}"),
                [],
                |row| row.get::<_, u64>(0),
            )
        };
        Ok([of("LIKE 'found%'")?, of("NOT LIKE 'found%'")?])
    }

    /// The answer, where it can look for it.
    pub(crate) fn answer(&self, asked: &Asked) -> Result<Option<Answer>, Failed> {
        if !asked.has_trigrams() {
            return Ok(None);
        }
        let phrases: Vec<String> = asked.terms.iter().map(|term| format!("\"{term}\"")).collect();
        let mut values = vec![Value::Text(phrases.join(" AND "))];
        let mut filters = String::new();
        if let Some(category) = &asked.category {
            filters.push_str(" AND entry.category = ?");
            values.push(Value::Text(category.clone()));
        }
        if let Some(years) = asked.years {
            filters.push_str(" AND entry.day BETWEEN ? AND ?");
            values.extend([years.first, years.last].map(|day| Value::Integer(day.into())));
        }
        // Whether all are counted in the same pass or in one without the entries: the faster way.
        let alone = filters.is_empty();
        let counted = if alone { "0" } else { "count(*) OVER ()" };
        let mut query = self.0.prepare_cached(&format!(
            "SELECT entry.number, {counted} FROM found JOIN entry ON entry.id = found.rowid
             WHERE found MATCH ?{filters} ORDER BY entry.day DESC NULLS LAST, entry.number
             LIMIT {PAGE}"
        ))?;
        let mut answer = Answer::default();
        let mut rows = query.query(params_from_iter(&values))?;
        while let Some(row) = rows.next()? {
            answer.first.push(row.get(0)?);
            answer.count = row.get(1)?;
        }
        if alone {
            answer.count = self
                .0
                .prepare_cached("SELECT count(*) FROM found WHERE found MATCH ?")?
                .query_row([&values[0]], |row| row.get(0))?;
        }
        Ok(Some(answer))
    }
}
