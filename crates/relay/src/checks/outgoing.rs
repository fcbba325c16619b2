//! A mail that is about to go out, with all that it is judged by. It does not know any check.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use guard::{CheckId, Mode, Seen};
use jiff::Timestamp;

use super::{Learnt, Recent, words};
use crate::contents::{self, ContentLimits, Contents};
use crate::mail::{Mail, Mailbox, Part, Role};
use crate::{Address, Directory, Disposition, Domain, Envelope, Policy};

/// A mail that is about to go out.
pub struct Outgoing<'a> {
    /// Who sends it to whom, as SMTP says it.
    pub envelope: &'a Envelope,
    /// What it says.
    pub mail: &'a Mail<'a>,
    /// What is to be done about what is found.
    pub policy: &'a Policy,
    /// What the mails before tell of this one.
    pub learnt: &'a Learnt<'a>,
    /// What the same sender sent shortly before and what has not gone out.
    pub recent: &'a [Recent],
    /// When it is judged.
    pub now: Timestamp,
    words: OnceCell<String>,
    attachments: OnceCell<Vec<Attachment>>,
}

/// A file in a mail, looked into.
pub(super) struct Attachment {
    /// Its name, or its type where it has none.
    pub(super) name: String,
    /// What is inside.
    pub(super) contents: Contents,
}

impl Seen for Outgoing<'_> {
    type Action = Disposition;

    fn mode(&self, check: CheckId) -> Mode {
        self.policy.checks.rule(check).map_or(Mode::Enforce, |rule| rule.mode)
    }
}

impl<'a> Outgoing<'a> {
    /// A mail with what it is judged by.
    pub fn new(
        envelope: &'a Envelope,
        mail: &'a Mail<'a>,
        policy: &'a Policy,
        learnt: &'a Learnt<'a>,
        recent: &'a [Recent],
        now: Timestamp,
    ) -> Self {
        let (words, attachments) = (OnceCell::new(), OnceCell::new());
        Self { envelope, mail, policy, learnt, recent, now, words, attachments }
    }

    /// Who belongs to the organisation.
    pub(super) const fn directory(&self) -> &Directory {
        &self.policy.directory
    }

    /// Everybody outside who is to get it, visible or not, each once.
    pub(super) fn outsiders(&self) -> BTreeSet<&Address> {
        let directory = self.directory();
        let all = self.envelope.to.iter().map(|recipient| &recipient.address).flat_map(|to| {
            // A list of the organisation may have members outside.
            directory.members(to).map_or(std::slice::from_ref(to), |members| members)
        });
        all.filter(|address| !self.directory().is_own(address)).collect()
    }

    /// Everybody outside whose address those who get the mail can see, each once.
    pub(super) fn visible_outsiders(&self) -> Vec<&Mailbox> {
        let mut seen = BTreeSet::new();
        let read = self.mail.mailboxes().read.iter();
        read.filter(|mailbox| mailbox.at.field.is_destination() && mailbox.at.field.is_visible())
            .filter(|mailbox| !self.directory().is_own(&mailbox.address))
            .filter(|mailbox| seen.insert(&mailbox.address))
            .collect()
    }

    /// The domains of addresses, each once.
    pub(super) fn domains<'m>(
        addresses: impl IntoIterator<Item = &'m Address>,
    ) -> BTreeSet<&'m Domain> {
        addresses.into_iter().map(Address::domain).collect()
    }

    /// Subject and text as their writer wrote them: see [`words::own`].
    pub(super) fn own_words(&self) -> &str {
        self.words.get_or_init(|| words::own(self.mail))
    }

    /// The files, looked into.
    pub(super) fn attachments(&self) -> &[Attachment] {
        self.attachments.get_or_init(|| {
            let mut limits = ContentLimits::default();
            let files = self.mail.parts().filter(|(_, part)| Self::is_file(part));
            files
                .map(|(_, part)| {
                    let name = part.file_name().unwrap_or_else(|| part.kind()).to_owned();
                    let head = (part.body.len() > 4 * contents::HEAD_BYTES)
                        .then(|| self.mail.content_head(part, contents::HEAD_BYTES));
                    let closed = head.and_then(|head| contents::closed_by_head(&name, &head));
                    let contents = match closed {
                        Some(why) => Contents::closed(&name, why),
                        None => contents::look_into(&name, self.mail.content(part), &limits),
                    };
                    // One budget for the whole mail.
                    let found: usize = contents.texts.iter().map(|text| text.text.len()).sum();
                    limits.unpacked_bytes = limits.unpacked_bytes.saturating_sub(found);
                    limits.files = limits.files.saturating_sub(contents.texts.len());
                    Attachment { name, contents }
                })
                .collect()
        })
    }

    /// Whether a part is a file that somebody attached: no picture of a signature, no signature, no
    /// meeting.
    fn is_file(part: &Part) -> bool {
        let is_picture =
            part.kind().starts_with("image/") && part.disposition.value != "attachment";
        let is_signature = part.kind().ends_with("-signature");
        part.role == Role::Attachment && !is_picture && !is_signature && !part.is_calendar()
    }

    /// Whether anything is attached, a mail included.
    pub(super) fn has_files(&self) -> bool {
        Self::is_with_files(self.mail)
    }

    /// Whether anything is attached to a mail, a mail included.
    pub(super) fn is_with_files(mail: &Mail<'_>) -> bool {
        mail.parts().any(|(_, part)| part.role == Role::Message || Self::is_file(part))
    }

    /// Whether it answers another mail, as far as it says.
    pub(super) fn is_answer(&self) -> bool {
        self.mail.fields("In-Reply-To").next().is_some()
            || self.mail.fields("References").next().is_some()
    }

    /// Whether nobody sits behind it who could be asked: an answer that a program gives (RFC 3834), a
    /// meeting request without a file, or a report (`MAIL FROM:<>`) to a single recipient.
    pub fn is_automatic(&self) -> bool {
        let answers = self.mail.text("Auto-Submitted").is_some_and(|value| {
            let value = value.trim().to_ascii_lowercase();
            !value.is_empty() && !value.starts_with("no")
        });
        let is_single = self.envelope.to.len() == 1;
        let has_file = self.mail.parts().any(|(_, part)| Self::is_file(part));
        !has_file
            && ((is_single && (answers || self.envelope.from.is_none())) || self.mail.is_meeting())
    }
}

/// At most so many of a list, for people to read: `a, b, c … +12`.
pub(super) fn first_of(all: impl IntoIterator<Item = String>) -> String {
    const SHOWN: usize = 3;
    let all: Vec<String> = all.into_iter().collect();
    let shown = all[..all.len().min(SHOWN)].join(", ");
    let rest = all.len().saturating_sub(SHOWN);
    if rest == 0 { shown } else { format!("{shown} … +{rest}") }
}
