//! What was sent, and what it tells of the next mail: how surprising each recipient is in this mail
//! of this sender, and whom the sender may have meant instead.
//!
//! Beside that, who has stood visibly beside whom, and where organisations get their mail.
//!
//! Time arrives as values, nothing here reads a clock. It knows who wrote to whom and when, and whom mails
//! addressed; it does not know what else they said, what a policy wants, or what is done about a surprise.

mod calibrate;
mod features;
mod kept;
mod model;
mod people;
mod places;
mod seen;
mod ties;

use serde::{Deserialize, Serialize};

use self::calibrate::Calibration;
use self::features::Asked;
use self::people::{People, PersonId};
use self::places::Places;
use self::seen::Seen;
use self::ties::{Count, DAY, LONG, MIDDLE, SHORT};
use crate::names::{How, Name, same_family};
use crate::{Address, Domain};

pub use self::calibrate::Budget;
pub use self::features::{FEATURES, Features};
pub use self::kept::KeptError;
pub use self::model::{Model, WeightsError, regime_of};

/// Ties of one person beyond which the weakest go.
const TIES_OF_A_PERSON: usize = 512;
/// The same mail again within this time is a copy and counts once.
const COPY_SECONDS: i64 = 60;
/// Who has not been seen for this long, and is tied to nobody, is forgotten when room is needed.
const FORGOTTEN_DAYS: i64 = 30;
/// Organisations whose places are remembered.
const ORGANISATIONS: usize = 20_000;
/// Senders are written to by themselves: nobody is surprised.
const NO_SURPRISE: f32 = -20.0;

/// Somebody in a mail: the address, and the name that the header shows with it. Without one the
/// address is asked for its hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Where.
    pub address: Address,
    /// Who, as far as it can be told.
    pub name: Option<Name>,
}

impl Party {
    /// Somebody by the name that the header shows, if it shows one that is understood.
    pub fn new(address: Address, display: Option<&str>) -> Self {
        let name = display.and_then(Name::of_display).or_else(|| Name::of_address(&address));
        Self { address, name }
    }
}

/// A mail as the history sees it. To, Cc and Bcc are one.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    /// Seconds since 1970.
    pub at: i64,
    /// Who sends it.
    pub sender: &'a Party,
    /// Who is to get it.
    pub recipients: &'a [Party],
}

/// How surprising one recipient is.
#[derive(Clone, Debug, PartialEq)]
pub struct Surprise {
    /// Log odds (natural logarithm) that the recipient slipped in, at even chances beforehand. To be
    /// compared with [`History::threshold`] and with nothing else.
    pub score: f32,
    /// Whether the sender has had to do with this person: mails either way, or both in one.
    pub is_known: bool,
    /// Somebody of like name with whom this sender has to do.
    pub namesake: Option<Namesake>,
    /// What the scores were made of, by the names in [`FEATURES`].
    pub features: Features,
}

/// Whom the sender may have meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Namesake {
    /// Their address.
    pub address: Address,
    /// How the family names are alike; `None` where it is the given name that is the same.
    pub how: Option<How>,
    /// Log odds that the recipient slipped in for a namesake. To be compared with
    /// [`History::namesake_threshold`].
    pub score: f32,
}

/// How surprising a mail is: one entry for each recipient, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// Of each recipient.
    pub surprises: Vec<Surprise>,
}

impl Judgement {
    /// The highest score of a recipient.
    pub fn top(&self) -> f32 {
        self.surprises.iter().map(|surprise| surprise.score).fold(NO_SURPRISE, f32::max)
    }

    /// The highest score of a recipient with a namesake.
    pub fn namesake_top(&self) -> f32 {
        let scores = self.surprises.iter().filter_map(|surprise| surprise.namesake.as_ref());
        scores.map(|namesake| namesake.score).fold(NO_SURPRISE, f32::max)
    }
}

/// What was sent. Bounded: beyond its pairs the weakest ties are forgotten.
///
/// ```
/// use relay::history::{History, Outgoing, Party};
///
/// let party = |written| Party::new(written, None);
/// let (ken, aya) = (party("ken@example.jp".parse().unwrap()), party("aya@example.com".parse().unwrap()));
/// let mut history = History::new(100_000);
/// let mail = Outgoing { at: 1_790_000_000, sender: &ken, recipients: &[aya] };
/// let first = history.judge(&mail);
/// history.learn(&mail, &first);
/// assert!(history.judge(&mail).surprises[0].is_known);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct History {
    people: People,
    pairs_at_most: usize,
    /// Everybody's nearness together.
    near_of_all: Count,
    calibration: Calibration,
    mails: u64,
    last: Option<Last>,
    /// Kept behind the rest, which an earlier version wrote alone.
    #[serde(skip)]
    seen: Seen,
    #[serde(skip)]
    places: Places,
}

/// The mail that was learnt last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Last {
    at: i64,
    sender: PersonId,
    recipients: Vec<PersonId>,
}

impl History {
    /// A history of nothing that keeps at most so many pairs of people (each way one).
    pub fn new(pairs_at_most: usize) -> Self {
        Self {
            people: People::default(),
            pairs_at_most,
            near_of_all: Count::default(),
            calibration: Calibration::default(),
            mails: 0,
            last: None,
            seen: Seen::default(),
            places: Places::default(),
        }
    }

    /// How many mails it learnt from.
    pub const fn mails(&self) -> u64 {
        self.mails
    }

    /// How surprising each recipient is, by the weights that come with the relay.
    pub fn judge(&self, mail: &Outgoing) -> Judgement {
        self.judge_with(mail, Model::learnt())
    }

    /// How surprising each recipient is, by other weights.
    pub fn judge_with(&self, mail: &Outgoing, model: &Model) -> Judgement {
        let find = |party: &Party| self.people.find(&party.address, party.name.as_ref());
        let sender = find(mail.sender);
        let recipients: Vec<_> = mail.recipients.iter().map(find).collect();
        let mut all: Vec<PersonId> = recipients.iter().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        let near_of_all = self.near_of_all.now(mail.at, LONG);
        let surprises = mail.recipients.iter().zip(&recipients).map(|(party, &who)| {
            let others: Vec<_> =
                all.iter().copied().filter(|&id| Some(id) != who && Some(id) != sender).collect();
            let asked =
                Asked { people: &self.people, near_of_all, at: mail.at, sender, others: &others };
            if mail.sender.address == party.address || (who.is_some() && who == sender) {
                return Surprise {
                    score: NO_SURPRISE,
                    is_known: true,
                    namesake: None,
                    features: [0.0; FEATURES.len()],
                };
            }
            let mut features = asked.features(who);
            let namesake = self.namesake(&asked, party, who);
            if let Some((id, _)) = namesake {
                asked.add_namesake(&mut features, id);
            }
            let namesake = namesake.and_then(|(id, how)| {
                let address = self.people.get(id).address.clone()?;
                Some(Namesake { address, how, score: model.namesake(&features) })
            });
            Surprise {
                score: model.unusual(&features),
                is_known: regime_of(&features) >= 2,
                namesake,
                features,
            }
        });
        Judgement { surprises: surprises.collect() }
    }

    /// Who among those near the sender has a like name, the nearest.
    fn namesake(
        &self,
        asked: &Asked,
        party: &Party,
        who: Option<PersonId>,
    ) -> Option<(PersonId, Option<How>)> {
        let name = party.name.as_ref()?;
        let sender = asked.sender?;
        let ties = self.people.get(sender).ties.iter();
        let alike = ties
            .filter(|tie| Some(tie.with) != who && !asked.others.contains(&tie.with))
            .filter_map(|tie| {
                let other = self.people.get(tie.with);
                let theirs = other.name.as_ref()?;
                let how = same_family(name, theirs).map(|likeness| likeness.how);
                let same_given = name.given().chars().count() > 1 && name.given() == theirs.given();
                (how.is_some() || same_given).then(|| {
                    (
                        tie.near_long(asked.at).ln_1p() + asked.together(tie.with).ln_1p(),
                        tie.with,
                        how,
                    )
                })
            });
        alike.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).map(|(_, id, how)| (id, how))
    }

    /// Learns from a mail that went out, and from how surprising it had been. A mail that was taken
    /// back is not to be learnt from.
    pub fn learn(&mut self, mail: &Outgoing, judged: &Judgement) {
        let at = mail.at;
        let sender = self.people.know(&mail.sender.address, mail.sender.name.as_ref(), at);
        let mut recipients: Vec<PersonId> = mail
            .recipients
            .iter()
            .map(|party| self.people.know(&party.address, party.name.as_ref(), at))
            .collect();
        recipients.sort_unstable();
        recipients.dedup();
        let this = Last { at, sender, recipients };
        let is_copy = self.last.as_ref().is_some_and(|last| {
            last.sender == sender
                && last.recipients == this.recipients
                && at - last.at <= COPY_SECONDS
        });
        if is_copy || this.recipients.is_empty() {
            return;
        }
        self.calibration.follow(judged.top(), judged.namesake_top());
        self.mails += 1;
        self.count(&this);
        self.last = Some(this);
        // Counting all pairs is not for every mail.
        if self.mails.is_multiple_of(1024) {
            self.make_room(at);
        }
    }

    fn count(&mut self, mail: &Last) {
        let Last { at, sender, recipients } = mail;
        let (at, sender) = (*at, *sender);
        #[expect(clippy::cast_precision_loss, reason = "a number of recipients")]
        let weight = 1.0 / (recipients.len() as f32).sqrt();
        let mut wrote_to_new = None;
        for &recipient in recipients {
            self.people.get_mut(recipient).received.add(1.0, at, LONG);
            let from = self.people.get_mut(sender);
            from.sent_all.add(1.0, at, LONG);
            from.sent_lately.add(1.0, at, MIDDLE);
            let tie = from.ties.touch(recipient, at, TIES_OF_A_PERSON);
            let is_new = tie.sent_ever == 0;
            tie.add_sent(at);
            if recipient != sender {
                wrote_to_new = Some(wrote_to_new.unwrap_or(false) || is_new);
                self.people.get_mut(recipient).hears_from_new.follow(is_new);
                self.bring_near(sender, recipient, weight, false, at);
            }
        }
        for (place, &one) in recipients.iter().enumerate() {
            for &other in &recipients[place + 1..] {
                self.bring_near(one, other, weight, true, at);
            }
        }
        let mut members = vec![sender];
        members.extend(recipients.iter().filter(|&&id| id != sender));
        for &member in &members {
            self.people.get_mut(member).was_in(at, &members);
        }
        let from = self.people.get_mut(sender);
        from.sent.add(1.0, at, LONG);
        if let Some(is_new) = wrote_to_new {
            from.writes_to_new.follow(is_new);
        }
    }

    /// Two people were in one mail, as sender and recipient or as recipients of both.
    fn bring_near(&mut self, one: PersonId, other: PersonId, weight: f32, together: bool, at: i64) {
        let nearer = if together { weight / 2.0 } else { weight };
        for (from, to) in [(one, other), (other, one)] {
            let person = self.people.get_mut(from);
            person.near.add(nearer, at, LONG);
            person.near_lately.add(nearer, at, SHORT);
            let tie = person.ties.touch(to, at, TIES_OF_A_PERSON);
            tie.add_near(nearer);
            if together {
                tie.add_together(weight);
                person.together.add(weight, at, LONG);
            }
        }
        self.near_of_all.add(nearer * 2.0, at, LONG);
    }

    fn make_room(&mut self, at: i64) {
        let mut weakest = 0.01;
        while self.people.pairs() > self.pairs_at_most && weakest < 1e6 {
            self.people.forget(at, weakest, at - FORGOTTEN_DAYS * DAY);
            weakest *= 2.0;
        }
    }

    /// Notes whom a mail that went out showed to each other, sender included. Hidden copies are not to be
    /// named here, nor anybody where each got a copy of their own.
    pub fn note_shown(&mut self, shown: &[Address], at: i64) {
        self.seen.note(shown, at, self.pairs_at_most);
    }

    /// Which of these make the largest circle of people who have seen each other's addresses: each has
    /// stood beside two thirds of the others.
    pub fn circle(&self, shown: &[&Address]) -> Vec<bool> {
        self.seen.circle(shown)
    }

    /// Notes that a mail to an organisation went to a domain.
    pub fn note_place(&mut self, organisation: &str, domain: &Domain, at: i64) {
        self.places.note(organisation, domain, at, ORGANISATIONS);
    }

    /// The domains where an organisation is known to get its mail; none where too little is known.
    pub fn domains_of(&self, organisation: &str) -> Vec<Domain> {
        self.places.domains(organisation)
    }

    /// Whether a domain is known to belong to several organisations, as a provider's does.
    pub fn is_shared(&self, domain: &Domain) -> bool {
        self.places.is_shared(domain)
    }

    /// The full name of an address, where a mail has shown it.
    pub fn full_name(&self, address: &Address) -> Option<&Name> {
        let name = self.people.get(self.people.find(address, None)?).name.as_ref()?;
        (!name.given().is_empty()).then_some(name)
    }

    /// Somebody of this family name with whom the sender has to do, the nearest.
    pub fn contact_named(&self, sender: &Party, name: &Name, at: i64) -> Option<Address> {
        let sender = self.people.find(&sender.address, sender.name.as_ref())?;
        let alike = self.people.get(sender).ties.iter().filter(|tie| {
            let theirs = self.people.get(tie.with).name.as_ref();
            let likeness = theirs.and_then(|theirs| same_family(name, theirs));
            likeness.is_some_and(|it| matches!(it.how, How::Same | How::Variant | How::Reading))
        });
        let nearest = alike.max_by(|a, b| a.near_long(at).total_cmp(&b.near_long(at)))?;
        self.people.get(nearest.with).address.clone()
    }

    /// The score above which a recipient is worth an alarm, so that of this history's own mails the
    /// budgeted share would have been flagged. `None` while it is still learning.
    pub fn threshold(&self, budget: Budget) -> Option<f32> {
        self.calibration.threshold(budget)
    }

    /// The same for the scores of namesakes.
    pub fn namesake_threshold(&self, budget: Budget) -> Option<f32> {
        self.calibration.namesake_threshold(budget)
    }
}

#[cfg(test)]
mod tests;
