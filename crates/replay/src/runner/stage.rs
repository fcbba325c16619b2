//! One run of a scenario: the relay, or none, between a client and the world; the steps in their order; the
//! words of those who are asked. The clock is the scenario's: it is put forward from one thing that happens
//! to the next. It does not count what came of it.

use std::path::Path;
use std::time::Instant;

use guard::Sentence;
use jiff::{SignedDuration, Timestamp};
use relay::judge::Waiting;
use relay::net::record::{Entry, Record};
use relay::net::{Clock, Decision, Desk, Kept, Log, Relay};
use relay::spool::MailId;
use relay::{Address, Policy, Settings};

use super::cast::Cast;
use super::count::{count, mark, ordinary_mark};
use super::past;
use super::post::{Client, Handed, Outside};
use super::{Place, RunError};
use crate::fixtures::Attached;
use crate::mail::Draft;
use crate::outcome::{Asked, Observed, Opened};
use crate::scenario::{After, Answer, SentMail, Step};

/// The everyday mails of the world are from the day before.
const BEFORE: SignedDuration = SignedDuration::from_hours(24);
/// Whoever is asked answers after this.
pub(crate) const ANSWERED_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// Recipients of one transaction, as mail servers have it.
const AT_ONCE: usize = 1_000;
/// Windows and deadlines are over after so many days, or they never are.
const MOST_DAYS: i64 = 60;

/// What stands between the client and the world.
pub(super) enum Control {
    /// Nothing.
    Absent,
    /// The relay.
    Relay {
        /// Under this policy.
        policy: Box<Policy>,
        /// What everybody says who is asked, whatever the scenario has them say.
        answers: Option<Answer>,
        /// Whether it sees the everyday mails.
        learns: bool,
        /// Where people answer by themselves, and in their own time; else the scenario has them answer.
        pages: Option<String>,
    },
}

/// A relay that runs, and what it is asked about.
struct Running {
    relay: Relay,
    clock: Clock,
    answers: Option<Answer>,
    /// Whether people answer by themselves.
    is_drill: bool,
    /// Mails about which somebody was asked: when they answer, and what was asked for.
    asked: Vec<(Timestamp, MailId)>,
    seen: Vec<MailId>,
}

/// A run.
pub(super) struct Stage<'a> {
    place: &'a Place<'a>,
    outside: Outside,
    /// Until everything ends.
    client: Option<Client>,
    running: Option<Running>,
    learns: bool,
    began: Instant,
    /// The mails of the steps, as the relay names them.
    sent: Vec<(String, MailId)>,
    observed: Observed,
}

impl<'a> Stage<'a> {
    /// Starts everything in a folder.
    pub(super) async fn set(
        place: &'a Place<'a>,
        control: Control,
        folder: &Path,
    ) -> Result<Self, RunError> {
        let began = Instant::now();
        let outside = Outside::open().await?;
        let mut learns = true;
        let running = match control {
            Control::Absent => None,
            Control::Relay { policy, answers, learns: sees, pages } => {
                learns = sees;
                let is_drill = pages.is_some();
                let begins = place.scenario.world.begins.timestamp();
                let clock = if is_drill {
                    Clock::system()
                } else {
                    Clock::beginning_at(begins.saturating_sub(BEFORE).unwrap_or(begins))
                };
                let written = settings(place.cast.domain(), outside.address());
                let settings = Settings { pages, ..Settings::parse(&written)? };
                if learns {
                    past::lay_down(place, folder)?;
                }
                let log = Log::to(Box::new(std::io::sink()));
                let relay = Relay::start_by(clock.clone(), settings, *policy, folder, log).await;
                let relay = relay.map_err(Box::new)?;
                let (asked, done) = (Vec::new(), Vec::new());
                Some(Running { relay, clock, answers, is_drill, asked, seen: done })
            }
        };
        let server = running.as_ref().and_then(|it| it.relay.addresses().first().copied());
        let client = Some(Client::connect(server.unwrap_or(outside.address())).await?);
        let (sent, observed) = (Vec::new(), Observed::default());
        Ok(Self { place, outside, client, running, learns, began, sent, observed })
    }

    /// Does what the scenario says, in order, until nothing waits any more.
    pub(super) async fn play(&mut self) -> Result<(), RunError> {
        let scenario = self.place.scenario;
        if self.learns {
            self.everyday().await?;
        }
        let begins = scenario.world.begins.timestamp();
        let mut steps: Vec<&Step> = scenario.steps.iter().collect();
        steps.sort_by_key(|step| step.at);
        for step in steps {
            self.advance(moment(begins, step.at)).await?;
            let Some(mail) = step.action.mail() else { continue };
            self.send(&step.id, mail, moment(begins, step.at)).await?;
            self.look().await;
        }
        self.play_out().await
    }

    /// Sends everything at once, for people to answer.
    pub(super) async fn send_all(&mut self) -> Result<(), RunError> {
        if self.learns {
            self.everyday().await?;
        }
        for step in &self.place.scenario.steps {
            let Some(mail) = step.action.mail() else { continue };
            self.send(&step.id, mail, Timestamp::now()).await?;
        }
        self.look().await;
        Ok(())
    }

    /// Waits until nothing of it waits for anybody any more.
    pub(super) async fn answered(&self) {
        let Some(running) = &self.running else { return };
        while running.relay.mails().iter().any(Kept::is_held) {
            running.relay.next_word().await;
        }
        running.relay.settle().await;
    }

    /// The relay as its pages see it.
    pub(super) fn desk(&self) -> Option<Desk> {
        self.running.as_ref().map(|running| running.relay.desk())
    }

    /// Ends everything and counts.
    pub(super) async fn clear(mut self) -> Result<Observed, RunError> {
        // A relay that stops waits for its clients to leave.
        self.client = None;
        if let Some(running) = self.running.take() {
            let desk = running.relay.desk();
            desk.record().settle()?;
            self.note_record(desk.record(), running.is_drill)?;
            drop(desk);
            running.relay.stop().await;
        }
        let (place, arrived) = (self.place, self.outside.arrived());
        let findings = &self.observed.findings;
        self.observed.counts = count(place.scenario, &place.cast, &place.files, &arrived, findings);
        if !self.learns {
            // The everyday mails were not sent.
            self.observed.counts.remove(&crate::scenario::Probe::OrdinaryMailStopped);
        }
        self.observed.took_ms = ms(self.began.elapsed());
        Ok(self.observed)
    }

    /// The mails of every day.
    async fn everyday(&mut self) -> Result<(), RunError> {
        let place = self.place;
        for relation in &place.scenario.world.relations {
            for number in 0..relation.mails {
                let mark = ordinary_mark(&relation.from, &relation.to, number);
                let mail = SentMail {
                    from: relation.from.clone(),
                    to: vec![relation.to.clone()],
                    subject: "打合せの件".to_owned(),
                    text: "いつもの件です。よろしくお願いします。".to_owned(),
                    ..SentMail::default()
                };
                let begins = place.scenario.world.begins.timestamp();
                let at = begins.saturating_sub(BEFORE).unwrap_or(begins);
                let bytes = self.bytes(&mail, &mark, &format!("{mark}-everyday"), at);
                self.hand_in(&mail, &bytes).await?;
            }
        }
        if let Some(running) = &self.running {
            running.relay.settle().await;
        }
        Ok(())
    }

    async fn send(&mut self, id: &str, mail: &SentMail, at: Timestamp) -> Result<(), RunError> {
        let bytes = self.bytes(mail, &mark(id), id, at);
        let handed = self.hand_in(mail, &bytes).await?;
        if self.running.is_none() {
            return Ok(());
        }
        for handed in handed {
            self.observed.judged_after_ms.get_or_insert(ms(handed.judged_after));
            let named = handed.reply.split_whitespace().next_back().and_then(|id| id.parse().ok());
            match named {
                Some(mail) if handed.taken => self.sent.push((id.to_owned(), mail)),
                _ => self.observed.findings.push(Opened {
                    step: id.to_owned(),
                    check: "smtp".to_owned(),
                    says: Sentence::new(handed.reply.trim(), handed.reply.trim()),
                    binds: true,
                }),
            }
        }
        Ok(())
    }

    fn bytes(&self, mail: &SentMail, mark: &str, id: &str, at: Timestamp) -> Vec<u8> {
        let cast = &self.place.cast;
        let files: Vec<Attached> =
            mail.attach.iter().filter_map(|name| self.place.files.get(name).cloned()).collect();
        let from = cast.behind(&mail.from).first().map(|who| who.mailbox.clone());
        let id: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
        Draft {
            from: from.unwrap_or_default(),
            to: cast.mailboxes(&mail.to),
            cc: cast.mailboxes(&mail.cc),
            id: &format!("{id}@{}", cast.domain()),
            at_s: at.as_second(),
            subject: &mail.subject,
            text: format!("{}\r\n\r\n{mark}\r\n", mail.text),
            files: &files,
        }
        .to_bytes()
    }

    /// Hands a mail in, in as many transactions as its recipients need.
    async fn hand_in(&mut self, mail: &SentMail, bytes: &[u8]) -> Result<Vec<Handed>, RunError> {
        let cast: &Cast = &self.place.cast;
        let from = cast.address(&mail.from).unwrap_or_default();
        let to: Vec<&str> = mail
            .recipients()
            .flat_map(|name| cast.behind(name))
            .map(|who| who.mailbox.1.as_str())
            .collect();
        let client = self
            .client
            .as_mut()
            .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotConnected))?;
        let mut all = Vec::new();
        for some in to.chunks(AT_ONCE) {
            all.push(client.send(from, some, bytes).await?);
        }
        Ok(all)
    }

    /// Notes what newly waits for somebody: they answer a while later.
    async fn look(&mut self) {
        let Some(running) = &mut self.running else { return };
        running.relay.settle().await;
        if running.is_drill {
            return;
        }
        let answered = running.clock.now().saturating_add(ANSWERED_AFTER).unwrap_or(Timestamp::MAX);
        for kept in running.relay.mails() {
            let asks = matches!(kept.waiting(), Some(Waiting::Sender | Waiting::Approver));
            if asks && !running.seen.contains(&kept.id) {
                running.seen.push(kept.id);
                running.asked.push((answered, kept.id));
            }
        }
    }

    /// Lets time pass; whoever has an answer due gives it.
    async fn advance(&mut self, to: Timestamp) -> Result<(), RunError> {
        while let Some(running) = &mut self.running {
            running.asked.sort_unstable_by_key(|(due, _)| std::cmp::Reverse(*due));
            let Some((due, id)) = running.asked.pop_if(|(due, _)| *due <= to) else { break };
            running.put_forward_to(due);
            self.answer(id).await?;
            self.look().await;
        }
        if let Some(running) = &self.running {
            running.put_forward_to(to);
            running.relay.settle().await;
        }
        Ok(())
    }

    /// Lets time pass until nothing waits.
    async fn play_out(&mut self) -> Result<(), RunError> {
        let mut days = 0;
        while let Some(running) = &self.running {
            let waits = running.relay.mails().iter().any(Kept::is_held);
            if !waits || days == MOST_DAYS {
                break;
            }
            days += 1;
            let next = running.clock.now().saturating_add(SignedDuration::from_hours(24));
            self.advance(next.unwrap_or(Timestamp::MAX)).await?;
        }
        Ok(())
    }

    /// One who is asked answers as the scenario has it.
    async fn answer(&mut self, id: MailId) -> Result<(), RunError> {
        let Some(running) = &self.running else { return Ok(()) };
        let Some(kept) = running.relay.mails().into_iter().find(|kept| kept.id == id) else {
            return Ok(());
        };
        let step = self.sent.iter().find(|(_, mail)| *mail == id).map(|(step, _)| step.clone());
        let (Some(step), Some(sender)) = (step, kept.envelope.from.clone()) else { return Ok(()) };
        let who = match kept.waiting() {
            Some(Waiting::Approver) => self.approver(&running.relay, &sender),
            _ => sender,
        };
        let decision = match running.answers.unwrap_or_else(|| self.says(&who)) {
            Answer::Look if self.is_mistaken(&step) => Some(Decision::Cancel),
            Answer::Look | Answer::LetGo => Some(Decision::LetGo),
            Answer::Cancel => Some(Decision::Cancel),
            Answer::Silent => None,
        };
        let said = match decision {
            None => "silent".to_owned(),
            Some(decision) => match running.relay.desk().decide(id, decision, &who).await {
                Ok(()) => match decision {
                    Decision::Cancel => "cancel".to_owned(),
                    _ => "let-go".to_owned(),
                },
                // A word that does not count is as none.
                Err(error) => error.to_string(),
            },
        };
        let (opened_after_ms, said_after_ms) = (None, None);
        let who = who.to_string();
        self.observed.asked.push(Asked { step, who, said, opened_after_ms, said_after_ms });
        Ok(())
    }

    /// Who approves: as the policy names them, else somebody of the organisation.
    fn approver(&self, relay: &Relay, sender: &Address) -> Address {
        let policy = relay.desk().policy();
        if let Some(first) = policy.directory.approvers_of(sender).first() {
            return (*first).clone();
        }
        self.place.approvers.first().cloned().unwrap_or_else(|| sender.clone())
    }

    /// What somebody says when asked; who is not in the scenario looks.
    fn says(&self, who: &Address) -> Answer {
        let people = &self.place.scenario.world.people;
        let of = |person: &&crate::scenario::Person| {
            self.place.cast.address(&person.id) == Some(who.to_string().to_lowercase().as_str())
        };
        people.iter().find(of).map(|person| person.when_asked).unwrap_or_default()
    }

    fn is_mistaken(&self, step: &str) -> bool {
        let steps = &self.place.scenario.steps;
        steps
            .iter()
            .any(|it| it.id == step && it.action.mail().is_some_and(|mail| mail.is_mistaken))
    }

    /// What the relay found in the mails of the steps, from its record.
    fn note_record(&mut self, record: &Record, is_drill: bool) -> Result<(), RunError> {
        for (step, id) in &self.sent {
            let entry = record.mail(*id)?;
            if let (true, Some(entry)) = (is_drill, &entry) {
                self.observed.asked.extend(decided(step, entry));
            }
            let findings = entry.into_iter().filter_map(|entry| entry.judgement);
            for told in findings.flat_map(|judgement| judgement.findings) {
                self.observed.findings.push(Opened {
                    step: step.clone(),
                    check: told.check,
                    says: told.says,
                    binds: told.binds,
                });
            }
        }
        Ok(())
    }
}

/// What somebody said in their own time, and how long it took them to look and to say it.
fn decided(step: &str, entry: &Entry) -> Option<Asked> {
    let (who, at, said) = entry.decided.clone()?;
    let since = |moment: Timestamp| u64::try_from(moment.duration_since(entry.at).as_millis()).ok();
    let opened_after_ms = entry.opened.as_ref().and_then(|(_, opened)| since(*opened));
    Some(Asked { step: step.to_owned(), who, said, opened_after_ms, said_after_ms: since(at) })
}

impl Running {
    fn put_forward_to(&self, to: Timestamp) {
        self.clock.put_forward(to.duration_since(self.clock.now()));
    }
}

fn moment(begins: Timestamp, after: After) -> Timestamp {
    begins.saturating_add(after.0).unwrap_or(Timestamp::MAX)
}

pub(super) fn ms(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// How the relay of a sandbox runs.
fn settings(domain: &str, outside: std::net::SocketAddr) -> String {
    format!(
        "[relay]\nhost = \"relay.{domain}\"\nrelay = [\"127.0.0.1:0\"]\ndeliver-to = \"{outside}\"\n\
         deliver-tls = \"never\"\n"
    )
}
