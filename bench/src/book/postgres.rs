//! The peer `PostgreSQL` with `pg_trgm`, asked through `psql`. It is given the folded texts. It does
//! not start the server; `bench/book` does.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::Failed;
use super::answer::{Answer, PAGE};
use super::asked::Asked;
use super::scan::Scanned;

/// What psql prints when an answer is over.
const OVER: &str = "-- over --";

/// A session with the server.
pub(crate) struct Postgres {
    psql: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.psql.kill();
        let _ = self.psql.wait();
    }
}

impl Postgres {
    /// Begins a session over the socket in a folder.
    pub(crate) fn new(socket: &str) -> Result<Self, Failed> {
        let mut psql = Command::new("psql")
            .args(["-h", socket, "-U", "bench", "-d", "postgres", "-qAtX"])
            .args(["-v", "ON_ERROR_STOP=1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let asks = psql.stdin.take().ok_or("psql takes no input")?;
        let answers = BufReader::new(psql.stdout.take().ok_or("psql gives no output")?);
        Ok(Self { psql, asks, answers })
    }

    /// Puts the cases in, and makes the index when all are there.
    pub(crate) fn fill(&mut self, cases: &[Scanned]) -> Result<(), Failed> {
        self.ask(
            "CREATE EXTENSION pg_trgm;
             CREATE TABLE entry
                 (number text COLLATE \"C\", day integer, category text, text text);",
        )?;
        writeln!(self.asks, "COPY entry FROM STDIN;")?;
        for case in cases {
            let day = case.day.map_or_else(|| "\\N".to_owned(), |day| day.to_string());
            let text = case.text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t");
            let text = text.replace('\r', "\\r");
            writeln!(self.asks, "{}\t{day}\t{}\t{text}", case.number, case.category)?;
        }
        writeln!(self.asks, "\\.")?;
        self.ask(
            "CREATE INDEX entry_text ON entry USING gin (text gin_trgm_ops);
             CREATE INDEX entry_day ON entry (day DESC NULLS LAST, number);
             CREATE INDEX entry_category ON entry (category, day);
             VACUUM ANALYZE entry;
             SET jit = off;",
        )?;
        Ok(())
    }

    /// Bytes of the table with its texts and of all its indexes.
    pub(crate) fn bytes(&mut self) -> Result<(u64, u64), Failed> {
        let lines = self.ask("SELECT pg_table_size('entry'), pg_indexes_size('entry');")?;
        let line = lines.first().and_then(|line| line.split_once('|')).ok_or("no sizes")?;
        Ok((line.0.parse()?, line.1.parse()?))
    }

    /// The answer.
    pub(crate) fn answer(&mut self, asked: &Asked) -> Result<Answer, Failed> {
        let mut wanted = String::new();
        for term in &asked.terms {
            let joint = if wanted.is_empty() { "WHERE" } else { " AND" };
            // Words of letters and figures alone: nothing in them has a meaning to LIKE.
            write!(wanted, "{joint} text LIKE '%{term}%'")?;
        }
        if let Some(category) = &asked.category {
            write!(wanted, " AND category = '{category}'")?;
        }
        if let Some(years) = asked.years {
            write!(wanted, " AND day BETWEEN {} AND {}", years.first, years.last)?;
        }
        let lines = self.ask(&format!(
            "SELECT number, count(*) OVER () FROM entry {wanted}
             ORDER BY day DESC NULLS LAST, number LIMIT {PAGE};"
        ))?;
        let mut answer = Answer::default();
        for line in &lines {
            let (number, count) = line.split_once('|').ok_or("no number of hits")?;
            answer.first.push(number.to_owned());
            answer.count = count.parse()?;
        }
        Ok(answer)
    }

    fn ask(&mut self, statements: &str) -> Result<Vec<String>, Failed> {
        writeln!(self.asks, "{statements}\n\\echo '{OVER}'")?;
        self.asks.flush()?;
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if self.answers.read_line(&mut line)? == 0 {
                return Err("psql ended".into());
            }
            match line.trim_end() {
                OVER => return Ok(lines),
                line => lines.push(line.to_owned()),
            }
        }
    }
}
