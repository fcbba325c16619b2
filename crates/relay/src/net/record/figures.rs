//! How people decide: how long mails wait for a word, how often the word is yes, and how often it comes
//! without a look. Approvals decay: where nearly everything is let go within seconds, the question has
//! become noise. It does not know whether a decision was right.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::Connection;
use serde::Serialize;

/// A decision sooner than this after the mail was first shown has not read it.
const UNREAD_MS: i64 = 5_000;

/// One month of decisions, by the months of UTC.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Month {
    /// `2031-04`.
    pub month: String,
    /// What senders were asked about their own mail.
    pub sender: Asked,
    /// What others were asked.
    pub approver: Asked,
}

/// What was asked of one kind of people, and what they said.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Asked {
    /// Mails.
    pub mails: usize,
    /// Let go, as they were or as individual copies.
    pub let_go: usize,
    /// Cancelled by somebody.
    pub cancelled: usize,
    /// Nobody has said anything, or nobody did in time.
    pub silent: usize,
    /// Let go within seconds of being shown first, or without ever being shown.
    pub unread: usize,
    /// Milliseconds from coming in to the word, sorted.
    pub waits_ms: Vec<i64>,
}

impl Asked {
    /// The wait that so many in a hundred are below.
    pub fn wait_ms(&self, percent: usize) -> Option<i64> {
        let at = self.waits_ms.len().saturating_sub(1) * percent / 100;
        self.waits_ms.get(at).copied()
    }
}

/// One mail about which somebody was asked.
struct Row {
    at: i64,
    is_sender: bool,
    opened: Option<i64>,
    decided: Option<i64>,
    decision: Option<String>,
}

/// Month by month, the newest first.
pub(super) fn months(tables: &Connection) -> Result<Vec<Month>, rusqlite::Error> {
    let mut statement = tables.prepare_cached(
        "SELECT at, gate = 'ask-sender', opened_at, decided_at, decision FROM mail
         WHERE gate IN ('ask-sender', 'ask-approver') ORDER BY at DESC",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Row {
            at: row.get(0)?,
            is_sender: row.get(1)?,
            opened: row.get(2)?,
            decided: row.get(3)?,
            decision: row.get(4)?,
        })
    })?;
    let mut months: Vec<Month> = Vec::new();
    for row in rows {
        let row = row?;
        let at = Timestamp::from_millisecond(row.at).unwrap_or_default().to_zoned(TimeZone::UTC);
        let month = at.strftime("%Y-%m").to_string();
        if months.last().is_none_or(|last| last.month != month) {
            let (sender, approver) = (Asked::default(), Asked::default());
            months.push(Month { month, sender, approver });
        }
        if let Some(last) = months.last_mut() {
            count(if row.is_sender { &mut last.sender } else { &mut last.approver }, &row);
        }
    }
    for month in &mut months {
        month.sender.waits_ms.sort_unstable();
        month.approver.waits_ms.sort_unstable();
    }
    Ok(months)
}

fn count(asked: &mut Asked, row: &Row) {
    asked.mails += 1;
    let (Some(decided), Some(decision)) = (row.decided, &row.decision) else {
        asked.silent += 1;
        return;
    };
    asked.waits_ms.push(decided - row.at);
    if decision == "cancel" {
        asked.cancelled += 1;
    } else {
        asked.let_go += 1;
        let is_read = row.opened.is_some_and(|opened| decided - opened >= UNREAD_MS);
        asked.unread += usize::from(!is_read);
    }
}
