//! API tokens: named, with scopes, shown once, kept as hashes.

use rusqlite::OptionalExtension as _;

use super::{Account, Accounts, written};
use crate::failure::Failure;
use crate::secret;
use crate::views::accounts::Held;
use crate::visitor::Role;

/// What tokens begin with, so that they are known when they turn up where they should not.
const PREFIX: &str = "jikenbo_";

/// What a token may do, within what its account may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scopes {
    /// Read cases.
    pub(crate) read: bool,
    /// Add and correct.
    pub(crate) write: bool,
}

impl Scopes {
    fn written(self) -> String {
        let names = [(self.read, "read"), (self.write, "write")];
        let on: Vec<&str> = names.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
        on.join(" ")
    }

    fn parse(written: &str) -> Self {
        let has = |name| written.split(' ').any(|scope| scope == name);
        Self { read: has("read"), write: has("write") }
    }
}

impl Accounts {
    /// A new token of an account.
    pub(crate) fn make_token(
        &self,
        account: &Account,
        name: &str,
        scopes: Scopes,
    ) -> Result<String, Failure> {
        let token = format!("{PREFIX}{}", secret::fresh()?);
        let name: String = name.chars().filter(|c| !c.is_control()).take(100).collect();
        self.tables().execute(
            "INSERT INTO token (hash, user, name, scopes, created) VALUES (?1, ?2, ?3, ?4, ?5)",
            (secret::hash(&token), account.id, name, scopes.written(), self.now()),
        )?;
        Ok(token)
    }

    /// The account of a token, and what the token may do.
    pub(crate) fn of_token(&self, token: &str) -> Result<Option<(Account, Scopes)>, Failure> {
        if !token.starts_with(PREFIX) || token.len() > 200 {
            return Ok(None);
        }
        let hash = secret::hash(token);
        let tables = self.tables();
        let found: Option<(i64, i64, String)> = tables
            .query_row("SELECT id, user, scopes FROM token WHERE hash = ?1", [hash], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let Some((id, user, scopes)) = found else { return Ok(None) };
        let Some(account) = Self::active(&tables, user)? else { return Ok(None) };
        let day = self.now() / 86_400 * 86_400;
        tables.execute(
            "UPDATE token SET used = ?2 WHERE id = ?1 AND (used IS NULL OR used < ?2)",
            (id, day),
        )?;
        let mut scopes = Scopes::parse(&scopes);
        scopes.write &= account.role >= Role::Editor;
        Ok(Some((account, scopes)))
    }

    /// The tokens of an account.
    pub(crate) fn tokens(&self, id: i64) -> Result<Vec<Held>, Failure> {
        let tables = self.tables();
        let mut query = tables.prepare(
            "SELECT id, name, scopes, created, used FROM token WHERE user = ?1 ORDER BY id",
        )?;
        let rows = query.query_map([id], |row| {
            Ok(Held {
                id: row.get(0)?,
                name: row.get(1)?,
                scopes: row.get(2)?,
                since: written(row.get(3)?),
                used: row.get::<_, Option<i64>>(4)?.map(written),
                here: false,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Revokes a token of an account.
    pub(crate) fn revoke(&self, account: &Account, token: i64) -> Result<(), Failure> {
        self.tables()
            .execute("DELETE FROM token WHERE id = ?1 AND user = ?2", (token, account.id))?;
        Ok(())
    }
}
