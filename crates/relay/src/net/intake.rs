//! A mail that came whole: judged, and kept with its verdict in one write before its client is told.
//! It does not know the client's connection.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use guard::{Finding, Sentence};
use jiff::Timestamp;

use super::early::Early;
use super::record::{Incoming, Note};
use super::tied::Held;
use super::{Hub, notice};
use crate::judge::{self, Earlier, Judgement};
use crate::mail::{AddressField, Mail, MailError, MailLimits};
use crate::rewrite::{self, Protocol, Trace};
use crate::session::{Refusal, SenderRights, Taken};
use crate::spool::{Event, MailId, SpoolError};
use crate::{Disposition, Envelope, Gate, Login, Policy};

/// A mail that went through more servers than this goes in a circle (RFC 5321 §6.3 asks for 100 at least).
const MOST_HOPS: usize = 100;

impl Hub {
    /// Keeps a mail and what is done with it. Of a long one, `early` has written something already.
    pub(super) async fn take_in(
        self: &Arc<Self>,
        taken: Taken,
        has_tls: bool,
        early: Early,
    ) -> Result<MailId, Refusal> {
        let now = self.now();
        let id = self.spool.new_id(now);
        let Taken { envelope, content: mut mail, rights } = taken;
        // What is judged is what is kept and goes out, to the byte.
        let trace = self.trace(&envelope, id, has_tls, now);
        mail.splice(0..0, trace.iter().copied());
        let mail = Arc::new(mail);
        // It is judged while the rest of it is written.
        let writing = early.finish(self, &mail, trace.len());
        let (hub, policy) = (Arc::clone(self), self.policy());
        let (told, whole, own_bytes) = (Arc::clone(&policy), Arc::clone(&mail), trace.len());
        let look = move || hub.look_at(id, envelope, &whole, (own_bytes, &rights), &told, now);
        let looked = tokio::task::spawn_blocking(look).await.map_err(|_| Refusal::NotNow)?;
        let Looked { envelope, mut events, held } = looked?;
        let bytes = mail.len();
        let apart = match writing {
            Some(writing) => writing.await.ok().flatten(),
            None => None,
        };
        let mail = if apart.is_some() {
            drop(mail);
            trace
        } else {
            Arc::unwrap_or_clone(mail)
        };
        events.insert(0, Event::Accepted { id, envelope, mail });
        let ticket = match apart {
            Some(apart) => self.spool.append_with(&events, apart),
            None => self.spool.append(&events),
        };
        match ticket.await {
            Ok(()) => {
                if let Some(held) = held {
                    // It is stored; what could not be done about what it waits with leaves it held.
                    let _followed = self.remember(held, &policy, now).await;
                }
                for event in &events {
                    match event {
                        Event::Accepted { id: named, envelope, .. } if *named == id => {
                            self.log.taken(id, envelope, bytes);
                        }
                        event => self.log.event(event),
                    }
                }
                self.news.notify_one();
                Ok(id)
            }
            Err(error) => {
                self.record.note(Note::Dropped(id));
                Err(match error {
                    SpoolError::Full { .. } => Refusal::NoSpace,
                    _ => Refusal::NotNow,
                })
            }
        }
    }

    /// Judges a mail when it comes in. Its first `own_bytes` are not its sender's.
    fn look_at(
        &self,
        id: MailId,
        envelope: Envelope,
        bytes: &[u8],
        (own_bytes, rights): (usize, &SenderRights),
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Looked, Refusal> {
        check_header(&bytes[own_bytes..], rights)?;
        let mail = Mail::parse(bytes, &MailLimits::default());
        let judgement = judged(&envelope, mail.as_ref(), policy, self, now);
        let step = judgement.step(policy, now);
        let held = Held::of(id, &envelope, mail.as_ref().ok(), &judgement, &step);
        let people = (&envelope, mail.as_ref().ok());
        let taken = Incoming::of(id, now, people, bytes.len(), &judgement);
        drop(mail);
        let about = (&envelope, taken.subject.as_str());
        let notices = notice::of_held(self, id, about, &judgement, &step, now);
        self.record.note(Note::Taken(Box::new(taken)));
        let verdict = judgement.to_bytes();
        let mut events = vec![Event::Judged { id, verdict }, Event::step(id, step)];
        events.extend(notices);
        Ok(Looked { envelope, events, held })
    }

    fn trace(&self, envelope: &Envelope, id: MailId, has_tls: bool, now: Timestamp) -> Vec<u8> {
        let trace = Trace {
            helo: &envelope.helo,
            client: envelope.client,
            by: self.settings.host.as_str(),
            protocol: Protocol {
                is_international: envelope.is_international,
                has_tls,
                has_login: matches!(envelope.login, Login::Account(_)),
            },
            id: &id.to_string(),
            only_recipient: None,
            at: now,
        };
        rewrite::received(&trace).lines(b"\r\n")
    }

    /// Judges again what a crash left unjudged.
    pub(super) fn judge_again(
        &self,
        id: MailId,
        now: Timestamp,
    ) -> Result<(Vec<Event>, Option<Held>), SpoolError> {
        let (envelope, content) = (self.spool.envelope(id)?, self.spool.mail(id)?);
        let policy = self.policy();
        let mail = Mail::parse(&content, &MailLimits::default());
        let judgement = judged(&envelope, mail.as_ref(), &policy, self, now);
        let step = judgement.step(&policy, now);
        let held = Held::of(id, &envelope, mail.as_ref().ok(), &judgement, &step);
        let verdict = judgement.to_bytes();
        Ok((vec![Event::Judged { id, verdict }, Event::step(id, step)], held))
    }
}

/// What is written down behind a mail that comes in.
struct Looked {
    envelope: Envelope,
    events: Vec<Event>,
    held: Option<Held>,
}

/// What any server must not pass on: a circle, or a sender who is somebody else.
fn check_header(content: &[u8], rights: &SenderRights) -> Result<(), Refusal> {
    let Ok(mail) = Mail::parse(content, &MailLimits::default()) else {
        // It is held by the judgement; but nobody can say whose name it bears.
        return if *rights == SenderRights::any() { Ok(()) } else { Err(Refusal::Unreadable) };
    };
    if mail.fields("Received").count() > MOST_HOPS {
        return Err(Refusal::GoesRound);
    }
    if *rights == SenderRights::any() {
        return Ok(());
    }
    let says_who = |field| {
        matches!(field, AddressField::From | AddressField::Sender | AddressField::ResentFrom)
    };
    let boxes = mail.mailboxes();
    let mut read = boxes.read.iter().filter(|one| says_who(one.at.field));
    let has_from = boxes.read.iter().any(|one| one.at.field == AddressField::From);
    // What we cannot read, a reader's program may show as anybody.
    let is_read = !boxes.unparsed.iter().any(|one| says_who(one.at.field));
    if has_from && is_read && read.all(|one| rights.allow(&one.address)) {
        Ok(())
    } else {
        Err(Refusal::AgainstPolicy)
    }
}

/// Judges a mail; one that a check stumbles over is held for an approver.
fn judged(
    envelope: &Envelope,
    mail: Result<&Mail<'_>, &MailError>,
    policy: &Policy,
    hub: &Hub,
    now: Timestamp,
) -> Judgement {
    let judge = || {
        let recent = hub.unsent_of(envelope, mail.ok(), policy);
        let earlier = Earlier { history: &hub.history.read(), recent: &recent };
        judge::judge(envelope, mail, policy, earlier, now)
    };
    catch_unwind(AssertUnwindSafe(judge)).unwrap_or_else(|_panic| {
        let says = Sentence::new(
            "中継の検査が途中で止まりました。内容を確かめられていません。",
            "The checks stopped halfway: this mail was not looked at.",
        );
        let asked = Disposition::behind(Gate::AskApprover);
        Judgement::of(&Finding::new(crate::policy::Unreadable::ID, says, asked))
    })
}
