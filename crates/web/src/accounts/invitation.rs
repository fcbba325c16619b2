//! One-time links by which accounts are made: the first one printed at the first start, others by
//! an administrator.

use rusqlite::OptionalExtension as _;

use super::{Account, Accounts, Refused, plain_name};
use crate::failure::Failure;
use crate::secret;
use crate::views::accounts::SHORTEST_PASSWORD;
use crate::visitor::Role;

/// A link is good for so long.
const GOOD_SECONDS: i64 = 7 * 24 * 60 * 60;

impl Accounts {
    /// A new invitation: the code of its link.
    pub(crate) fn invite(&self, role: Role) -> Result<String, Failure> {
        let code = secret::fresh()?;
        let now = self.now();
        let tables = self.tables();
        tables.execute("DELETE FROM invitation WHERE ends < ?1", [now])?;
        tables.execute(
            "INSERT INTO invitation (hash, role, ends) VALUES (?1, ?2, ?3)",
            (secret::hash(&code), role.name(), now + GOOD_SECONDS),
        )?;
        Ok(code)
    }

    /// The link of the first start, where there is nobody yet. Earlier ones are void.
    pub(crate) fn first_invitation(&self) -> Result<Option<String>, Failure> {
        if !self.is_empty()? {
            return Ok(None);
        }
        self.tables().execute("DELETE FROM invitation", [])?;
        self.invite(Role::Administrator).map(Some)
    }

    /// The role that an invitation gives, where it is good.
    pub(crate) fn invited(&self, code: &str) -> Result<Option<Role>, Failure> {
        let role: Option<String> = self
            .tables()
            .query_row(
                "SELECT role FROM invitation WHERE hash = ?1 AND ends >= ?2",
                (secret::hash(code), self.now()),
                |row| row.get(0),
            )
            .optional()?;
        Ok(role.as_deref().and_then(Role::from_name))
    }

    /// Takes an invitation up: makes the account and signs it in.
    pub(crate) async fn take_up(
        &self,
        code: &str,
        name: &str,
        password: String,
        agent: &str,
    ) -> Result<Result<(Account, String), Refused>, Failure> {
        if self.invited(code)?.is_none() {
            return Ok(Err(Refused::NoInvitation));
        }
        let Some(name) = plain_name(name) else { return Ok(Err(Refused::Name)) };
        if password.chars().count() < SHORTEST_PASSWORD {
            return Ok(Err(Refused::Short));
        }
        let hash = self.hasher.hash(password).await?;
        let id = match self.make(code, name, &hash)? {
            Ok(id) => id,
            Err(refused) => return Ok(Err(refused)),
        };
        Ok(self.begin(id, agent)?.ok_or(Refused::NoInvitation))
    }

    /// The invitation is used up in the same transaction in which the account is made.
    fn make(&self, code: &str, name: &str, hash: &str) -> Result<Result<i64, Refused>, Failure> {
        let now = self.now();
        let mut tables = self.tables();
        let change = tables.transaction()?;
        let role: Option<String> = change
            .query_row(
                "DELETE FROM invitation WHERE hash = ?1 AND ends >= ?2 RETURNING role",
                (secret::hash(code), now),
                |row| row.get(0),
            )
            .optional()?;
        let Some(role) = role else { return Ok(Err(Refused::NoInvitation)) };
        let made = change.execute(
            "INSERT OR IGNORE INTO user (name, role, password, created) VALUES (?1, ?2, ?3, ?4)",
            (name, role, hash, now),
        )?;
        if made == 0 {
            return Ok(Err(Refused::Name));
        }
        let id = change.last_insert_rowid();
        change.commit()?;
        Ok(Ok(id))
    }
}
