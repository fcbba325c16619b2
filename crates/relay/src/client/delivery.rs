//! One mail on one connection: its commands, its bytes, and what became of each recipient. It does
//! not know what came before or comes after on the connection.

use std::sync::Arc;
use std::time::Duration;

use super::content::{Content, Written};
use super::outgoing::{MailWords, mail_line, needs_smtputf8, recipient_line, wants_smtputf8};
use super::reply::{Enhanced, Outcome, Reply};
use super::report::{DeliveryStep, Lost, Report};
use super::{Client, Closed, Outgoing, Phase};

/// How many commands wait for replies at most: the replies to so many fit any buffer, so that neither
/// side waits for the other to read.
const MOST_UNANSWERED: usize = 64;

/// A mail being delivered. If it is dropped before it is done, the connection ends.
#[derive(Debug)]
#[must_use = "it goes on only when it is driven"]
pub struct Delivery<'c, 'm> {
    client: &'c mut Client,
    mail: Outgoing<'m>,
    words: MailWords,
    stage: Stage<'m>,
    outcomes: Vec<Option<Outcome>>,
    /// The recipients that the server is told, as places in the mail's.
    told: Vec<usize>,
    /// Those that it took.
    taken: Vec<usize>,
    /// Commands: `MAIL`, one `RCPT` for each of `told`, `DATA`.
    sent: usize,
    answered: usize,
    /// What `MAIL` met with, if not a yes.
    refusal: Option<Outcome>,
}

#[derive(Debug)]
enum Stage<'m> {
    Commands(Content<'m>),
    Content(Content<'m>),
    End,
    /// `DATA` was sent ahead and taken, though nobody is to get the mail: the reply to a lone dot
    /// (RFC 2920 §3.1).
    EmptyEnd,
    Done {
        is_reusable: bool,
    },
}

impl<'c, 'm> Delivery<'c, 'm> {
    pub(super) fn new(client: &'c mut Client, mail: Outgoing<'m>) -> Self {
        client.phase = Phase::Delivering;
        let mut delivery = Self {
            words: MailWords { size_bytes: 0, is_eight_bit: false, is_international: false },
            stage: Stage::Done { is_reusable: true },
            outcomes: vec![None; mail.recipients.len()],
            told: Vec::with_capacity(mail.recipients.len()),
            taken: Vec::new(),
            sent: 0,
            answered: 0,
            refusal: None,
            client,
            mail,
        };
        match delivery.look_over() {
            Ok(content) => delivery.stage = Stage::Commands(content),
            Err(reply) => delivery.refusal = Some(Outcome::of_refusal(reply)),
        }
        if delivery.told.is_empty() {
            delivery.stage = Stage::Done { is_reusable: true };
        }
        delivery
    }

    /// Whether this server can be given this mail, and which recipients.
    fn look_over(&mut self) -> Result<Content<'m>, Reply> {
        let no = |code, enhanced, text| Err(Reply::ours(code, enhanced, text));
        let (mail, offered) = (&self.mail, &self.client.offered);
        let Ok(content) = Content::new(mail.content, mail.behind) else {
            return no(554, Enhanced(5, 6, 0), "The mail has bytes that cannot be sent");
        };
        if offered.is_too_large(content.len()) {
            return no(552, Enhanced(5, 3, 4), "The mail is too large for the server");
        }
        self.words.size_bytes = content.len();
        self.words.is_eight_bit = content.is_eight_bit();
        if self.words.is_eight_bit && !offered.eight_bit {
            return no(554, Enhanced(5, 6, 3), "The server takes no 8-bit mail");
        }
        let needs_utf8 = mail.from.is_some_and(needs_smtputf8)
            || (mail.is_international && content.has_international_header());
        let utf8_reply =
            Reply::ours(553, Enhanced(5, 6, 7), "The server takes no international mail");
        if needs_utf8 && !offered.international {
            return Err(utf8_reply);
        }
        // Where everything is ASCII a server need not be asked for more, whatever a client said.
        self.words.is_international = offered.international
            && (needs_utf8
                || mail.from.is_some_and(crate::Address::is_international)
                || mail.recipients.iter().any(wants_smtputf8));
        for ((place, to), outcome) in
            mail.recipients.iter().enumerate().zip(self.outcomes.iter_mut())
        {
            if needs_smtputf8(&to.address) && !offered.international {
                *outcome = Some(Outcome::of_refusal(utf8_reply.clone()));
            } else {
                self.told.push(place);
            }
        }
        Ok(content)
    }

    /// Uses input until more is needed or all is known.
    pub fn handle(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> DeliveryStep {
        loop {
            match &mut self.stage {
                Stage::Done { is_reusable } => {
                    let is_reusable = *is_reusable;
                    return DeliveryStep::Done(self.report(is_reusable));
                }
                Stage::Content(content) => match content.write(out) {
                    Written::Block => return DeliveryStep::Write,
                    Written::Wants { from, bytes } => {
                        return DeliveryStep::Supply { from, bytes };
                    }
                    Written::End => self.stage = Stage::End,
                },
                Stage::Commands(_) => self.send_commands(out),
                Stage::End | Stage::EmptyEnd => {}
            }
            match self.client.replies.next(input) {
                None => return DeliveryStep::Read,
                Some(Ok(reply)) => self.hear(reply, out),
                Some(Err(_)) => self.give_up(Closed::Nonsense),
            }
        }
    }

    /// The bytes that were asked for.
    pub fn supply(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if let Stage::Content(content) = &mut self.stage {
            content.supply(bytes, out);
        }
    }

    /// The connection is lost: whoever's outcome is unknown is tried again.
    #[must_use = "it says what became of the recipients"]
    pub fn lost(mut self, how: Lost) -> Report {
        let text = match how {
            Lost::Closed => "The connection was lost",
            Lost::WaitedTooLong => "The server did not answer in time",
        };
        let reply = Reply::ours(451, Enhanced(4, 4, 2), text);
        self.refusal.get_or_insert_with(|| Outcome::of_refusal(reply));
        self.client.phase = Phase::Closed(Closed::Ended);
        self.report(false)
    }

    /// How long the next byte is waited for.
    pub fn patience(&self) -> Duration {
        let timeouts = &self.client.settings.timeouts;
        match self.stage {
            Stage::Commands(_) if self.answered > self.told.len() => timeouts.data,
            Stage::Commands(_) | Stage::EmptyEnd | Stage::Done { .. } => timeouts.command,
            Stage::Content(_) => timeouts.block,
            Stage::End => timeouts.end,
        }
    }

    fn send_commands(&mut self, out: &mut Vec<u8>) {
        let offered = self.client.offered;
        let most = if offered.pipelining { MOST_UNANSWERED } else { 1 };
        // Nothing is added to a mail that was refused or that nobody is to get.
        while self.refusal.is_none() && self.sent - self.answered < most {
            match self.sent.checked_sub(1).map(|at| self.told.get(at)) {
                None => mail_line(&self.mail, self.words, &offered, out),
                Some(Some(place)) => {
                    if let Some(recipient) = self.mail.recipients.get(*place) {
                        recipient_line(recipient, &offered, out);
                    }
                }
                Some(None) if self.sent == self.told.len() + 1 => {
                    out.extend_from_slice(b"DATA\r\n");
                }
                Some(None) => break,
            }
            self.sent += 1;
        }
    }

    fn hear(&mut self, reply: Reply, out: &mut Vec<u8>) {
        if reply.code == 421 {
            return self.give_up(Closed::Refused(reply));
        }
        match std::mem::replace(&mut self.stage, Stage::EmptyEnd) {
            Stage::Commands(content) => self.hear_of_command(content, reply, out),
            Stage::End => {
                self.decide_taken(reply);
                self.stage = Stage::Done { is_reusable: true };
            }
            Stage::Content(_) | Stage::EmptyEnd | Stage::Done { .. } => self.reset(out),
        }
    }

    fn hear_of_command(&mut self, content: Content<'m>, reply: Reply, out: &mut Vec<u8>) {
        let at = self.answered;
        self.answered += 1;
        if at > self.told.len() {
            return self.hear_of_data(content, reply, out);
        }
        match at.checked_sub(1).and_then(|at| self.told.get(at)).copied() {
            None if reply.is_positive() => {}
            None => self.refusal = Some(Outcome::of_refusal(reply)),
            Some(_) if self.refusal.is_some() => {}
            Some(place) if reply.is_positive() => self.taken.push(place),
            Some(place) => self.decide(place, of_recipient(reply)),
        }
        let is_hopeless =
            self.refusal.is_some() || (self.answered > self.told.len() && self.taken.is_empty());
        if is_hopeless && self.answered == self.sent {
            return self.reset(out);
        }
        self.stage = Stage::Commands(content);
    }

    fn hear_of_data(&mut self, content: Content<'m>, reply: Reply, out: &mut Vec<u8>) {
        let is_wanted = self.refusal.is_none() && !self.taken.is_empty();
        match (reply.code, is_wanted) {
            (354, true) => self.stage = Stage::Content(content),
            (354, false) => {
                out.extend_from_slice(b".\r\n");
                self.stage = Stage::EmptyEnd;
            }
            (400..600, _) => {
                self.decide_taken(reply);
                self.reset(out);
            }
            _ => self.give_up(Closed::Nonsense),
        }
    }

    fn decide_taken(&mut self, reply: Reply) {
        let outcome = if reply.is_positive() {
            Outcome::Delivered { reply: Arc::new(reply) }
        } else {
            Outcome::of_refusal(reply)
        };
        for place in std::mem::take(&mut self.taken) {
            self.decide(place, outcome.clone());
        }
    }

    fn decide(&mut self, place: usize, outcome: Outcome) {
        if let Some(undecided) = self.outcomes.get_mut(place) {
            undecided.get_or_insert(outcome);
        }
    }

    /// Ends a mail that did not come to its end, so that the next one begins anew.
    fn reset(&mut self, out: &mut Vec<u8>) {
        self.client.say(Phase::Reset, "RSET", out);
        self.stage = Stage::Done { is_reusable: true };
    }

    fn give_up(&mut self, why: Closed) {
        self.refusal.get_or_insert(why.outcome());
        self.client.phase = Phase::Closed(why);
        self.stage = Stage::Done { is_reusable: false };
    }

    fn report(&mut self, is_reusable: bool) -> Report {
        if matches!(self.client.phase, Phase::Delivering) {
            self.client.phase = Phase::Ready;
        }
        let otherwise = self.refusal.take().unwrap_or_else(|| Closed::Ended.outcome());
        let outcomes = std::mem::take(&mut self.outcomes);
        let outcomes = outcomes
            .into_iter()
            .map(|outcome| outcome.unwrap_or_else(|| otherwise.clone()))
            .collect();
        Report { outcomes, is_reusable }
    }
}

/// RFC 5321 §4.5.3.1.10: an old server says 552 where it means that there are too many recipients.
fn of_recipient(reply: Reply) -> Outcome {
    if reply.code == 552 {
        return Outcome::Deferred { reply: Arc::new(reply) };
    }
    Outcome::of_refusal(reply)
}
