//! Signing in and out, and the sessions between.

use std::net::IpAddr;

use rusqlite::OptionalExtension as _;

use super::{Account, Accounts, written};
use crate::failure::Failure;
use crate::secret;
use crate::views::accounts::{Held, SHORTEST_PASSWORD};

/// A session ends after so long without a request,
const IDLE_SECONDS: i64 = 14 * 24 * 60 * 60;
/// and after so long in any case.
const LONGEST_SECONDS: i64 = 90 * 24 * 60 * 60;
/// How closely the last request of a session is known; each writing costs the disk.
const SEEN_SECONDS: i64 = 10 * 60;

impl Accounts {
    /// Signs in: the secret of the new session, or `None` where name or password is wrong. Which
    /// of them it was cannot be told, nor by the time it takes.
    pub(crate) async fn sign_in(
        &self,
        name: &str,
        password: String,
        address: Option<IpAddr>,
        agent: &str,
    ) -> Result<Option<(Account, String)>, Failure> {
        let now = self.now();
        self.throttle.attempt(name, address, now).map_err(Failure::TooMany)?;
        let known = self
            .tables()
            .query_row(
                "SELECT id, password FROM user WHERE name = ?1 AND active",
                [name.trim()],
                |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
            )
            .optional()?;
        let (id, hash) = known.unzip();
        if !self.hasher.fits(password, hash).await? {
            return Ok(None);
        }
        let Some(id) = id else { return Ok(None) };
        self.throttle.succeeded(name, address);
        self.begin(id, agent)
    }

    /// Begins a session of an account.
    pub(super) fn begin(&self, id: i64, agent: &str) -> Result<Option<(Account, String)>, Failure> {
        let session = secret::fresh()?;
        let now = self.now();
        let agent: String = agent.chars().filter(|c| !c.is_control()).take(200).collect();
        let mut tables = self.tables();
        let change = tables.transaction()?;
        change.execute(
            "DELETE FROM session WHERE ends < ?1 OR seen < ?2",
            (now, now - IDLE_SECONDS),
        )?;
        change.execute(
            "INSERT INTO session (hash, user, agent, created, seen, ends) VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
            (secret::hash(&session), id, agent, now, now + LONGEST_SECONDS),
        )?;
        let account = Self::active(&change, id)?;
        change.commit()?;
        Ok(account.map(|account| (account, session)))
    }

    /// The account of a session that is not over.
    pub(crate) fn of_session(&self, session: &str) -> Result<Option<Account>, Failure> {
        if session.len() != 64 {
            return Ok(None);
        }
        let now = self.now();
        let hash = secret::hash(session);
        let tables = self.tables();
        let found: Option<(i64, i64)> = tables
            .prepare_cached(
                "SELECT user, seen FROM session WHERE hash = ?1 AND ends >= ?2 AND seen >= ?3",
            )?
            .query_row((hash, now, now - IDLE_SECONDS), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((user, seen)) = found else { return Ok(None) };
        if now - seen > SEEN_SECONDS {
            tables.execute("UPDATE session SET seen = ?2 WHERE hash = ?1", (hash, now))?;
        }
        Ok(Self::active(&tables, user)?)
    }

    /// Ends a session.
    pub(crate) fn sign_out(&self, session: &str) -> Result<(), Failure> {
        self.tables().execute("DELETE FROM session WHERE hash = ?1", [secret::hash(session)])?;
        Ok(())
    }

    /// Ends every session of an account, but the one given.
    pub(crate) fn sign_out_everywhere(&self, id: i64, but: Option<&str>) -> Result<(), Failure> {
        let but = but.map(secret::hash).unwrap_or_default();
        self.tables().execute("DELETE FROM session WHERE user = ?1 AND hash <> ?2", (id, but))?;
        Ok(())
    }

    /// Where an account is signed in.
    pub(crate) fn sessions(&self, id: i64, here: &str) -> Result<Vec<Held>, Failure> {
        let here = secret::hash(here);
        let tables = self.tables();
        let mut query = tables.prepare(
            "SELECT id, agent, created, hash FROM session WHERE user = ?1 AND ends >= ?2 ORDER BY seen DESC",
        )?;
        let rows = query.query_map((id, self.now()), |row| {
            let agent: String = row.get(1)?;
            let hash: [u8; 32] = row.get(3)?;
            Ok(Held {
                id: row.get(0)?,
                name: if agent.is_empty() { "?".to_owned() } else { agent },
                scopes: String::new(),
                since: written(row.get(2)?),
                used: None,
                here: hash == here,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Changes a password: `None` where the old one is wrong, `Some(false)` where the new one is
    /// too short. Other sessions end.
    pub(crate) async fn change_password(
        &self,
        account: &Account,
        session: &str,
        old: String,
        new: String,
    ) -> Result<Option<bool>, Failure> {
        self.throttle.attempt(&account.name, None, self.now()).map_err(Failure::TooMany)?;
        let hash: String = self.tables().query_row(
            "SELECT password FROM user WHERE id = ?1",
            [account.id],
            |row| row.get(0),
        )?;
        if !self.hasher.fits(old, Some(hash)).await? {
            return Ok(None);
        }
        self.throttle.succeeded(&account.name, None);
        if new.chars().count() < SHORTEST_PASSWORD {
            return Ok(Some(false));
        }
        let hash = self.hasher.hash(new).await?;
        self.tables().execute("UPDATE user SET password = ?2 WHERE id = ?1", (account.id, hash))?;
        self.sign_out_everywhere(account.id, Some(session))?;
        Ok(Some(true))
    }
}
