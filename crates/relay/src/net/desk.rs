//! The relay as pages see it: who may see which mail, who may say what about it, what is on record, and who
//! is behind an address. It does not know what a page looks like, nor a browser.

use std::sync::Arc;

use super::decide::Rights;
use super::links::{Pass, Purpose, in_hours};
use super::record::{Note, Record, RecordError};
use super::{Decision, Hub, Kept, Undecided, notice};
use crate::judge::Waiting;
use crate::mail::{Mail, MailLimits};
use crate::shown::Shown;
use crate::spool::{MailId, SpoolError};
use crate::{Address, Policy};

/// Somebody stays signed in so long.
const SESSION_HOURS: i64 = 12;

/// What a running relay shows people, and takes from them.
#[derive(Clone)]
pub struct Desk {
    pub(super) hub: Arc<Hub>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk")
    }
}

/// A mail that waits, as one person may look at it.
#[derive(Clone, Debug)]
pub struct Waits {
    /// What waits, and why.
    pub kept: Kept,
    /// What this person may say.
    pub rights: Rights,
    /// What it says; `None` where it cannot be taken apart.
    pub shown: Option<Shown>,
}

impl Desk {
    pub(super) const fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    /// The policy that holds now.
    pub fn policy(&self) -> Arc<Policy> {
        self.hub.policy()
    }

    /// The relay's record.
    pub fn record(&self) -> &Record {
        &self.hub.record
    }

    /// Sends somebody of the organisation a link by which they sign in. To anybody else nothing is sent;
    /// whoever asks is not told which it was.
    pub async fn send_link(&self, who: &Address) -> Result<(), SpoolError> {
        if !self.hub.policy().directory.is_own(who) {
            return Ok(());
        }
        let events = notice::of_sign_in(&self.hub, who, self.hub.now());
        self.hub.spool.append(&events).await?;
        self.hub.news.notify_one();
        Ok(())
    }

    /// What a link says, without using it up.
    pub fn read_link(&self, link: &str) -> Option<Pass> {
        self.hub.links.read(Purpose::Link, link, self.hub.now())
    }

    /// Uses a link up: whose it is, and what the browser of whoever opened it keeps. `None` where the link
    /// is not good, or was used before.
    pub fn take_link(&self, link: &str) -> Result<Option<(Pass, String)>, RecordError> {
        let now = self.hub.now();
        let Some(pass) = self.read_link(link) else { return Ok(None) };
        if !self.hub.record.spend(&pass.nonce, pass.until, now)? {
            return Ok(None);
        }
        let until = in_hours(now, SESSION_HOURS);
        let session = self.hub.links.sign(Purpose::Session, &pass.who, None, until);
        let about = serde_json::json!({});
        let who = pass.who.to_string();
        self.hub.record.note(Note::Did { who, what: "signed_in", about, at: now });
        Ok(session.map(|session| (pass, session)))
    }

    /// Who is signed in by what a browser keeps. Who has left the organisation is nobody.
    pub fn of_session(&self, session: &str) -> Option<Address> {
        let pass = self.hub.links.read(Purpose::Session, session, self.hub.now())?;
        self.hub.policy().directory.is_own(&pass.who).then_some(pass.who)
    }

    /// The mails that wait and that this person is asked about: their own, and those of others that want
    /// approval; each the oldest first.
    pub fn waiting(&self, who: &Address) -> Result<(Vec<Kept>, Vec<Kept>), SpoolError> {
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for kept in self.hub.held() {
            let is_own = kept.envelope.from.as_ref();
            let is_own =
                is_own.is_some_and(|from| self.policy().directory.is_same_person(from, who));
            match self.hub.rights(&kept, None, who) {
                _ if is_own => own.push(kept),
                Some(rights) if rights.let_go && kept.waiting() == Some(Waiting::Approver) => {
                    others.push(kept);
                }
                _ => {}
            }
        }
        Ok((own, others))
    }

    /// One mail that waits, as somebody who may say something about it sees it; that they looked is
    /// recorded. `None` where it does not wait, or is not for them to see.
    pub fn look(&self, id: MailId, who: &Address) -> Result<Option<Waits>, SpoolError> {
        let Some(kept) = self.hub.kept(id).filter(Kept::is_held) else { return Ok(None) };
        let content = self.hub.spool.mail(id)?;
        let mail = Mail::parse(&content, &MailLimits::default()).ok();
        let Some(rights) = self.hub.rights(&kept, mail.as_ref(), who) else { return Ok(None) };
        if rights.let_go {
            let at = self.hub.now();
            self.hub.record.note(Note::Opened { id, who: who.clone(), at });
        }
        Ok(Some(Waits { kept, rights, shown: mail.as_ref().map(Shown::of) }))
    }

    /// A person's word on a mail that waits. When this returns, it is on stable storage.
    pub async fn decide(
        &self,
        id: MailId,
        decision: Decision,
        who: &Address,
    ) -> Result<(), Undecided> {
        self.hub.decide(id, decision, who).await
    }
}
