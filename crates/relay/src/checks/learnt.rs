//! What the relay has learnt, as far as it bears on one mail. It does not know what is made of it.

use std::collections::BTreeMap;

use super::{salutation, words};
use crate::history::{Budget, History, Outgoing as Sent, Party, Surprise};
use crate::mail::{AddressField, Mail};
use crate::names::{Name, organisation};
use crate::policy::UnusualRecipient;
use crate::{Address, Domain, Envelope};

/// What is known of the recipients of one mail.
#[derive(Clone, Debug, Default)]
pub struct Learnt<'h> {
    history: Option<(&'h History, Party, i64)>,
    surprises: BTreeMap<Address, (Party, Surprise)>,
    is_ready: bool,
    threshold: Option<f32>,
    namesake_threshold: Option<f32>,
}

/// A mail as the history sees it.
#[derive(Clone, Debug)]
pub struct Sending {
    at_s: i64,
    sender: Party,
    recipients: Vec<Party>,
    lesson: Lesson,
}

/// What a mail that goes out tells beside who gets it.
#[derive(Clone, Debug, Default)]
struct Lesson {
    /// Whom it shows to each other.
    shown: Vec<Address>,
    /// Which organisations it addresses, and where they get it.
    places: Vec<(String, Domain)>,
}

impl Lesson {
    fn of(mail: &Mail<'_>, sending: &Sending, is_split: bool) -> Self {
        let read = mail.mailboxes().read.iter();
        let visible = read.filter(|one| {
            one.at.field == AddressField::From
                || (one.at.field.is_destination() && one.at.field.is_visible())
        });
        let mut places: Vec<(String, Domain)> = visible
            .clone()
            .filter_map(|one| {
                let named = organisation(one.name.as_deref()?, false)?;
                Some((named, one.address.domain().clone()))
            })
            .collect();
        let own = sending.sender.address.domain();
        let elsewhere = sending.recipients.iter().map(|party| party.address.domain());
        let mut elsewhere: Vec<&Domain> =
            elsewhere.filter(|domain| !domain.is_within(own) && !own.is_within(domain)).collect();
        elsewhere.sort_unstable();
        elsewhere.dedup();
        // A mail to two places does not tell to which of them its salutation belongs.
        if let [there] = elsewhere[..] {
            let (addressed, _) = salutation::of_text(&words::own(mail));
            places.extend(addressed.into_iter().map(|(named, _)| (named, there.clone())));
        }
        places.sort_unstable();
        places.dedup();
        let shown = visible.map(|one| one.address.clone());
        Self { shown: if is_split { Vec::new() } else { shown.collect() }, places }
    }
}

impl Sending {
    /// Who sends the mail to whom, with the names that its header shows. Nobody for a report.
    pub fn of(envelope: &Envelope, mail: &Mail<'_>, at_s: i64) -> Option<Self> {
        let shown = |address: &Address| {
            let mut read = mail.mailboxes().read.iter();
            let named = read.find(|one| one.address == *address && one.name.is_some());
            Party::new(address.clone(), named.and_then(|one| one.name.as_deref()))
        };
        let mut read = mail.mailboxes().read.iter();
        let from = read.find(|one| one.at.field == AddressField::From).map(|one| &one.address);
        let sender = shown(from.or(envelope.from.as_ref())?);
        let recipients = envelope.to.iter().map(|to| shown(&to.address)).collect();
        Some(Self { at_s, sender, recipients, lesson: Lesson::default() })
    }

    /// The same, to be learnt: with what the mail itself tells. `is_split` says that each got a copy of
    /// their own.
    pub fn that_goes_out(
        envelope: &Envelope,
        mail: &Mail<'_>,
        at_s: i64,
        is_split: bool,
    ) -> Option<Self> {
        let sending = Self::of(envelope, mail, at_s)?;
        let lesson = Lesson::of(mail, &sending, is_split);
        Some(Self { lesson, ..sending })
    }

    fn sent(&self) -> Sent<'_> {
        Sent { at: self.at_s, sender: &self.sender, recipients: &self.recipients }
    }

    /// Takes it into the history: it really went out.
    pub fn learn(&self, history: &mut History) {
        let judged = history.judge(&self.sent());
        history.learn(&self.sent(), &judged);
        history.note_shown(&self.lesson.shown, self.at_s);
        for (organisation, domain) in &self.lesson.places {
            history.note_place(organisation, domain, self.at_s);
        }
    }
}

impl<'h> Learnt<'h> {
    /// Asks the history about a mail.
    pub fn of(history: &'h History, sending: &Sending, told: &UnusualRecipient) -> Self {
        let judged = history.judge(&sending.sent());
        let surprises = sending.recipients.iter().cloned().zip(judged.surprises);
        // A percentage with one place fits.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
        let budget =
            Budget { per_mille: (told.alarms_per_hundred.clamp(0.0, 100.0) * 10.0) as u16 };
        let is_ready =
            usize::try_from(history.mails()).is_ok_and(|mails| mails >= told.learning_mails);
        Self {
            history: Some((history, sending.sender.clone(), sending.at_s)),
            surprises: surprises
                .map(|(party, surprise)| (party.address.clone(), (party, surprise)))
                .collect(),
            is_ready,
            threshold: history.threshold(budget).filter(|_| is_ready),
            namesake_threshold: history.namesake_threshold(budget).filter(|_| is_ready),
        }
    }

    /// Which of these make the largest circle of people who have seen each other; nobody where nothing is
    /// known.
    pub(super) fn circle(&self, shown: &[&Address]) -> Vec<bool> {
        self.history
            .as_ref()
            .map_or(vec![false; shown.len()], |(history, ..)| history.circle(shown))
    }

    /// The domains where an organisation is known to get its mail.
    pub(super) fn domains_of(&self, organisation: &str) -> Vec<Domain> {
        self.history.as_ref().map_or(Vec::new(), |(history, ..)| history.domains_of(organisation))
    }

    /// Whether a domain is known as a provider's.
    pub(super) fn is_shared(&self, domain: &Domain) -> bool {
        self.history.as_ref().is_some_and(|(history, ..)| history.is_shared(domain))
    }

    /// The full name of an address, where a mail has shown it.
    pub(super) fn full_name(&self, address: &Address) -> Option<&Name> {
        self.history.as_ref().and_then(|(history, ..)| history.full_name(address))
    }

    /// Somebody of this family name with whom the sender has to do.
    pub(super) fn contact_named(&self, name: &Name) -> Option<Address> {
        let (history, sender, at_s) = self.history.as_ref()?;
        history.contact_named(sender, name, *at_s)
    }

    /// Whether enough was learnt for a stranger to be one.
    pub(super) const fn is_ready(&self) -> bool {
        self.is_ready
    }

    /// Whether the sender has had to do with the address.
    pub(super) fn is_known(&self, address: &Address) -> bool {
        self.surprises.get(address).is_some_and(|(_, surprise)| surprise.is_known)
    }

    /// Who the recipient is, as far as it can be told.
    pub(super) fn party(&self, address: &Address) -> Option<&Party> {
        self.surprises.get(address).map(|(party, _)| party)
    }

    /// Somebody of like name whom the sender knows, where that tells more than chance.
    pub(super) fn meant(&self, address: &Address) -> Option<&Address> {
        let (_, surprise) = self.surprises.get(address)?;
        let namesake = surprise.namesake.as_ref()?;
        (namesake.score > self.namesake_threshold?).then_some(&namesake.address)
    }

    /// Whether the recipient does not fit.
    pub(super) fn is_surprising(&self, address: &Address) -> bool {
        let surprise = self.surprises.get(address);
        self.threshold
            .zip(surprise)
            .is_some_and(|(threshold, (_, surprise))| surprise.score > threshold)
    }
}
