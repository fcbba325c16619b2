//! A mail of the same sender that came in shortly before and has not gone out: what the next one may
//! belong to. It does not know where such mails are remembered, nor how it is told that one belongs to
//! another.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Outgoing;
use crate::judge::Waiting;
use crate::mail::{AddressField, Mail};
use crate::spool::MailId;
use crate::{Address, Envelope};

/// A mail that was held when it came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// Its name.
    pub id: MailId,
    /// Its subject, decoded; empty where it has none.
    pub subject: String,
    /// Who was to get it.
    pub to: Vec<Address>,
    /// Whether anything is attached.
    pub has_files: bool,
    /// What has become of it.
    pub stands: Stands,
    /// When it came in, or was stopped.
    pub since: Timestamp,
}

/// What has become of a mail that did not go out at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stands {
    /// Nobody has decided yet.
    Waits(Waiting),
    /// It was cancelled, given back or refused.
    Stopped,
}

impl Recent {
    /// A mail that is held as it comes in. Of one that cannot be taken apart nobody knows whether it has
    /// files, so it may.
    pub fn of(
        id: MailId,
        envelope: &Envelope,
        mail: Option<&Mail<'_>>,
        waits_for: Waiting,
        since: Timestamp,
    ) -> Self {
        Self {
            id,
            subject: mail.and_then(Mail::subject).unwrap_or_default().trim().to_owned(),
            to: envelope.to.iter().map(|to| to.address.clone()).collect(),
            has_files: mail.is_none_or(Outgoing::is_with_files),
            stands: Stands::Waits(waits_for),
            since,
        }
    }
}

/// Whose mail it is: whoever handed it in and whoever it says wrote it.
pub fn senders<'m>(envelope: &'m Envelope, mail: Option<&'m Mail<'_>>) -> Vec<&'m Address> {
    let read = mail.map(|mail| mail.mailboxes().read.as_slice()).unwrap_or_default();
    let wrote = read.iter().filter(|one| one.at.field == AddressField::From);
    let mut senders: Vec<&Address> =
        envelope.from.iter().chain(wrote.map(|one| &one.address)).collect();
    senders.sort_unstable();
    senders.dedup();
    senders
}
