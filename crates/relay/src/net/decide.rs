//! People's words on held mail: who may say what. It does not know how they were asked, nor how they
//! proved who they are.

use serde::{Deserialize, Serialize};

use super::Hub;
use super::record::Note;
use crate::judge::Waiting;
use crate::mail::{AddressField, Mail, MailLimits};
use crate::rewrite::Linkable;
use crate::spool::{Event, MailId, Phase, SpoolError, Status, Step};
use crate::{Address, Disposition, Envelope, Gate, Judgement};

/// A mail in the spool, for people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// Its name.
    pub id: MailId,
    /// Where it is.
    pub status: Status,
    /// What was decided and why; `None` where it was not judged yet.
    pub judgement: Option<Judgement>,
    /// Who sends it to whom.
    pub envelope: Envelope,
}

impl Kept {
    /// Whether it waits for a moment or for somebody.
    pub const fn is_held(&self) -> bool {
        matches!(self.status.phase, Phase::Held { .. })
    }

    /// What it waits for; `None` where it does not wait.
    pub fn waiting(&self) -> Option<Waiting> {
        match &self.status.phase {
            Phase::Held { by, .. } => Some(Waiting::named(by)),
            _ => None,
        }
    }
}

/// What one person may say about a held mail. Who may say nothing has no rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    /// Whether they may let it go.
    pub let_go: bool,
    /// Whether it can go out as individual copies.
    pub individual_copies: bool,
    /// Whether its files can go by link.
    pub links: bool,
}

/// What a person can say about a held mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It goes out as was decided: as individual copies, if so.
    LetGo,
    /// It goes out, each recipient by themselves.
    IndividualCopies,
    /// It goes out with links in the place of its files.
    Links,
    /// It does not go out; its sender is told.
    Cancel,
}

/// Why a word does not count.
#[derive(Debug, thiserror::Error)]
pub enum Undecided {
    /// There is no such mail, or it waits for nobody.
    #[error("no mail of that name is held")]
    NotHeld,
    /// Nobody approves their own mail.
    #[error("nobody approves their own mail")]
    OwnMail,
    /// Somebody else is asked.
    #[error("{0} is not asked about this mail")]
    NotAsked(Address),
    /// Its header cannot be read, so nothing can be left out of it.
    #[error("the mail cannot be taken apart, so no individual copies can be made of it")]
    Unreadable,
    /// It has no files, it is signed or encrypted as a whole, or there are no pages to lead to.
    #[error("the files of this mail cannot go by link")]
    NoLinks,
    /// It could not be written down.
    #[error("it could not be written down")]
    Spool(#[from] SpoolError),
}

impl Hub {
    /// A mail in the spool.
    pub(super) fn kept(&self, id: MailId) -> Option<Kept> {
        let status = self.spool.status(id)?;
        let verdict = self.spool.verdict(id).ok()?;
        let judgement = verdict.and_then(|bytes| Judgement::from_bytes(&bytes));
        Some(Kept { id, status, judgement, envelope: self.spool.envelope(id).ok()? })
    }

    /// Every mail that is in the spool, the oldest first.
    pub(super) fn mails(&self) -> Vec<Kept> {
        self.spool.mails().into_iter().filter_map(|id| self.kept(id)).collect()
    }

    /// Every mail that waits, the oldest first.
    pub(super) fn held(&self) -> impl Iterator<Item = Kept> {
        let is_held = |id: &MailId| {
            self.spool.status(*id).is_some_and(|it| matches!(it.phase, Phase::Held { .. }))
        };
        self.spool.mails().into_iter().filter(is_held).filter_map(|id| self.kept(id))
    }

    /// What somebody may say about a mail; `None` where it is nothing.
    pub(super) fn rights(
        &self,
        kept: &Kept,
        mail: Option<&Mail<'_>>,
        who: &Address,
    ) -> Option<Rights> {
        let waiting = kept.waiting()?;
        let may = |decision| self.may_decide(waiting, decision, &kept.envelope, mail, who).is_ok();
        let let_go = may(Decision::LetGo);
        let has_others = kept.envelope.to.len() > 1;
        (let_go || may(Decision::Cancel)).then(|| Rights {
            let_go,
            individual_copies: let_go && mail.is_some() && has_others,
            links: let_go && self.can_link(mail),
        })
    }

    /// Whether the files of a mail can go by link.
    fn can_link(&self, mail: Option<&Mail<'_>>) -> bool {
        self.settings.pages.is_some()
            && mail.is_some_and(|mail| Linkable::of(mail) == Linkable::Files)
    }

    /// A person's word on a held mail. When this returns, it is on stable storage.
    pub(super) async fn decide(
        &self,
        id: MailId,
        decision: Decision,
        who: &Address,
    ) -> Result<(), Undecided> {
        let _alone = self.words.lock().await;
        let kept = self.kept(id).ok_or(Undecided::NotHeld)?;
        let waiting = kept.waiting().ok_or(Undecided::NotHeld)?;
        let content = self.spool.mail(id)?;
        let mail = Mail::parse(&content, &MailLimits::default()).ok();
        self.may_decide(waiting, decision, &kept.envelope, mail.as_ref(), who)?;
        if decision == Decision::IndividualCopies && mail.is_none() {
            return Err(Undecided::Unreadable);
        }
        if decision == Decision::Links && !self.can_link(mail.as_ref()) {
            return Err(Undecided::NoLinks);
        }
        let by = who.to_string();
        let mut events = Vec::new();
        if matches!(decision, Decision::IndividualCopies | Decision::Links) {
            let mut judgement = kept.judgement.unwrap_or(Judgement {
                disposition: Disposition::behind(Gate::AskApprover),
                ..Judgement::default()
            });
            judgement.disposition.individual_copies |= decision == Decision::IndividualCopies;
            judgement.disposition.links |= decision == Decision::Links;
            events.push(Event::Judged { id, verdict: judgement.to_bytes() });
        }
        events.push(Event::step(
            id,
            match decision {
                Decision::Cancel => Step::Cancelled { by },
                _ => Step::Released { by },
            },
        ));
        self.spool.append(&events).await?;
        for event in &events {
            self.log.event(event);
        }
        self.record.note(Note::Decided { id, who: who.clone(), decision, at: self.now() });
        self.news.notify_one();
        Ok(())
    }

    /// A sender may always cancel, and says yes where only they are asked. Approvers say yes to the
    /// mail of others; where none is named, that is anybody of the organisation.
    fn may_decide(
        &self,
        waiting: Waiting,
        decision: Decision,
        envelope: &Envelope,
        mail: Option<&Mail<'_>>,
        who: &Address,
    ) -> Result<(), Undecided> {
        let directory = &self.policy().directory;
        let sender = envelope.from.as_ref();
        // Whoever wrote it is its sender too, whatever address failures go to.
        let read = mail.map(|mail| mail.mailboxes().read.as_slice()).unwrap_or_default();
        let wrote = |field| matches!(field, AddressField::From | AddressField::Sender);
        let writers = read.iter().filter(|one| wrote(one.at.field)).map(|one| &one.address);
        let is_sender =
            sender.into_iter().chain(writers).any(|one| directory.is_same_person(one, who));
        if is_sender {
            return match (waiting, decision) {
                (Waiting::Approver, decision) if decision != Decision::Cancel => {
                    Err(Undecided::OwnMail)
                }
                _ => Ok(()),
            };
        }
        let approvers = sender.map(|sender| directory.approvers_of(sender)).unwrap_or_default();
        let has_named = sender.is_some_and(|sender| directory.names_approvers(sender));
        let is_asked = if has_named {
            approvers.iter().any(|approver| directory.is_same_person(approver, who))
        } else {
            directory.is_own(who)
        };
        if is_asked { Ok(()) } else { Err(Undecided::NotAsked(who.clone())) }
    }
}
