//! What the relay has learnt, as far as it bears on one mail. It does not know what is made of it.

use std::collections::BTreeMap;

use crate::history::{Budget, History, Outgoing as Sent, Party, Surprise};
use crate::mail::{AddressField, Mail};
use crate::policy::UnusualRecipient;
use crate::{Address, Envelope};

/// What is known of the recipients of one mail.
#[derive(Clone, Debug, Default)]
pub struct Learnt {
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
        Some(Self { at_s, sender, recipients })
    }

    fn sent(&self) -> Sent<'_> {
        Sent { at: self.at_s, sender: &self.sender, recipients: &self.recipients }
    }

    /// Takes it into the history: it really went out.
    pub fn learn(&self, history: &mut History) {
        let judged = history.judge(&self.sent());
        history.learn(&self.sent(), &judged);
    }
}

impl Learnt {
    /// Asks the history about a mail.
    pub fn of(history: &History, sending: &Sending, told: &UnusualRecipient) -> Self {
        let judged = history.judge(&sending.sent());
        let surprises = sending.recipients.iter().cloned().zip(judged.surprises);
        // A percentage with one place fits.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
        let budget =
            Budget { per_mille: (told.alarms_per_hundred.clamp(0.0, 100.0) * 10.0) as u16 };
        let is_ready =
            usize::try_from(history.mails()).is_ok_and(|mails| mails >= told.learning_mails);
        Self {
            surprises: surprises
                .map(|(party, surprise)| (party.address.clone(), (party, surprise)))
                .collect(),
            is_ready,
            threshold: history.threshold(budget).filter(|_| is_ready),
            namesake_threshold: history.namesake_threshold(budget).filter(|_| is_ready),
        }
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
