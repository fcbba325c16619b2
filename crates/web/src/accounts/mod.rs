//! Accounts: who may do what, in a file of their own beside the book. Passwords are kept as
//! argon2id hashes, sessions, tokens and invitations as SHA-256 of their secrets. It does not know
//! pages or the book; what accounts do there goes to the ledger under their names.

mod invitation;
mod password;
mod schema;
mod session;
mod throttle;
mod token;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _};

pub(crate) use password::Hasher;
pub(crate) use throttle::Throttle;
pub(crate) use token::Scopes;

use crate::failure::Failure;
use crate::views::accounts::Listed;
use crate::visitor::Role;

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// Its row.
    pub(crate) id: i64,
    /// Its name, as it stands in the ledger.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) role: Role,
}

/// All accounts.
#[derive(Debug)]
pub(crate) struct Accounts {
    tables: Mutex<Connection>,
    hasher: Hasher,
    throttle: throttle::Throttle,
    clock: fn() -> i64,
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// A time in the database as RFC 3339.
fn written(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| String::new(), |at| at.to_string())
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::internal(&error)
    }
}

/// Why an account was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There is no such invitation, or it was used or has run out.
    NoInvitation,
    /// The name is taken or is none.
    Name,
    /// The password is too short.
    Short,
}

impl Accounts {
    /// Opens the accounts of a data folder; makes the file where there is none.
    pub(crate) fn open(dir: &Path, hasher: Hasher) -> Result<Self, schema::Unopened> {
        Ok(Self {
            tables: Mutex::new(schema::open(&dir.join("accounts.sqlite"))?),
            hasher,
            throttle: throttle::Throttle::default(),
            clock: now,
        })
    }

    fn tables(&self) -> MutexGuard<'_, Connection> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        (self.clock)()
    }

    /// Whether there is nobody yet.
    pub(crate) fn is_empty(&self) -> Result<bool, Failure> {
        Ok(self.tables().query_row("SELECT count(*) = 0 FROM user", [], |row| row.get(0))?)
    }

    /// Every account, for the administrator.
    pub(crate) fn list(&self) -> Result<Vec<Listed>, Failure> {
        let tables = self.tables();
        let mut query =
            tables.prepare("SELECT id, name, role, created, active FROM user ORDER BY name")?;
        let rows = query.query_map([], |row| {
            let role: String = row.get(2)?;
            Ok(Listed {
                id: row.get(0)?,
                name: row.get(1)?,
                role: Role::from_name(&role).unwrap_or(Role::Reader),
                since: written(row.get(3)?),
                active: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Changes what an account may do. `false` where it is the last administrator.
    pub(crate) fn set_role(&self, id: i64, role: Role, active: bool) -> Result<bool, Failure> {
        let mut tables = self.tables();
        let change = tables.transaction()?;
        let others: i64 = change.query_row(
            "SELECT count(*) FROM user WHERE role = 'administrator' AND active AND id <> ?1",
            [id],
            |row| row.get(0),
        )?;
        if others == 0 && (role != Role::Administrator || !active) {
            return Ok(false);
        }
        change.execute(
            "UPDATE user SET role = ?2, active = ?3 WHERE id = ?1",
            (id, role.name(), active),
        )?;
        if !active {
            change.execute("DELETE FROM session WHERE user = ?1", [id])?;
        }
        change.commit()?;
        Ok(true)
    }

    /// The account of that id, where it is active.
    fn active(tables: &Connection, id: i64) -> Result<Option<Account>, rusqlite::Error> {
        tables
            .prepare_cached("SELECT name, role FROM user WHERE id = ?1 AND active")?
            .query_row([id], |row| {
                let role: String = row.get(1)?;
                Ok(Account {
                    id,
                    name: row.get(0)?,
                    role: Role::from_name(&role).unwrap_or(Role::Reader),
                })
            })
            .optional()
    }
}

/// What a name may be: it stands in the ledger and on pages.
fn plain_name(name: &str) -> Option<&str> {
    let name = name.trim();
    let fits = (1..=60).contains(&name.chars().count());
    let plain = name.chars().all(|c| c.is_alphanumeric() || "-_.@ ・".contains(c));
    (fits && plain).then_some(name)
}

#[cfg(test)]
mod tests;
