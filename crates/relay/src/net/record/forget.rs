//! Old mails taken out of the record. The ledger keeps what it has: it names mails by their ids alone. It
//! does not know how old is too old.

use jiff::Timestamp;
use rusqlite::{Connection, params};

/// So many are taken out at a time, so that nobody waits for long.
const MOST_AT_ONCE: usize = 1_000;

/// Takes out mails that came in before a time, the oldest first; how many, and whether more are left. What is
/// under way stays, and so does what was asked to be deleted since.
pub(super) fn forget(
    tables: &Connection,
    before: Timestamp,
) -> Result<(usize, bool), rusqlite::Error> {
    let before = before.as_millisecond();
    let mut old = Vec::new();
    // They lie in the order in which they came in: whoever is too young ends the search.
    let mut mails = tables.prepare_cached(
        "SELECT n, id, at, end IS NULL OR EXISTS (
             SELECT 1 FROM recall WHERE recall.mail = mail.id AND recall.asked >= ?1
         ) FROM mail ORDER BY n",
    )?;
    let mut rows = mails.query([before])?;
    while let Some(row) = rows.next()? {
        if row.get::<_, i64>(2)? >= before || old.len() >= MOST_AT_ONCE {
            break;
        }
        if !row.get::<_, bool>(3)? {
            old.push((row.get::<_, i64>(0)?, row.get::<_, String>(1)?));
        }
    }
    for (n, id) in &old {
        tables.prepare_cached("DELETE FROM recall_to WHERE mail = ?1")?.execute([id])?;
        tables.prepare_cached("DELETE FROM recall WHERE mail = ?1")?.execute([id])?;
        tables.prepare_cached("DELETE FROM mail WHERE n = ?1")?.execute(params![n])?;
    }
    Ok((old.len(), old.len() == MOST_AT_ONCE))
}
