//! One copy for each recipient, in which nobody sees the others: the remedy for an address list in
//! `To`. It does not know the envelope beyond the list of recipients, nor how copies are sent.
//!
//! The body is not touched: what the writer says in it stays. Of the header, what says who got the mail
//! is replaced, and any other field with the address of another recipient is taken out, but for those
//! by which the mail is known and answered. A signature over the old header would fit no longer, and
//! one form of it repeats the old fields (`z=`, RFC 6376 §3.5), so signatures are taken out too.

use std::collections::{HashMap, HashSet};

use super::edits::Edits;
use super::fold::Folded;
use crate::mail::{AddressField, Field, Mail};
use crate::{Address, Domain};

/// Fields that stay whatever stands in them: who sent it, where answers go, how it is known, and what
/// the writer says, as in the body.
const KEPT: &[&str] = &[
    "From", "Sender", "Reply-To", "Resent-From", "Resent-Sender", "Resent-Reply-To", "Message-ID",
    "Resent-Message-ID", "In-Reply-To", "References", "Date", "Resent-Date", "Subject",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition",
    "Content-ID", "Content-Description", "Content-Language",
];

/// A domain in its own script may take more bytes than RFC 1035 allows its ASCII form.
const LONGEST_DOMAIN_BYTES: usize = 512;

/// An address of a machine in brackets has at most so many characters.
const LONGEST_LITERAL: usize = 64;

/// Signatures over the header as it was.
const SIGNATURES: &[&str] = &[
    "DKIM-Signature", "DomainKey-Signature", "X-Google-DKIM-Signature", "ARC-Seal",
    "ARC-Message-Signature", "ARC-Authentication-Results",
];

/// Addresses to look for: names by domain, each as they are compared, and the longest name in bytes.
#[derive(Debug, Default)]
struct Others {
    by_domain: HashMap<String, HashSet<String>>,
    longest_bytes: usize,
}

impl Others {
    fn of(addresses: impl Iterator<Item = Address>) -> Self {
        let mut others = Self::default();
        for address in addresses {
            let name = address.local().to_lowercase();
            others.longest_bytes = others.longest_bytes.max(name.len());
            others.by_domain.entry(address.domain().key().to_owned()).or_default().insert(name);
        }
        others
    }
}

/// What is done with the header for every recipient alike.
#[derive(Clone, Debug)]
pub struct IndividualCopies<'m, 'b> {
    mail: &'m Mail<'b>,
    removed: Vec<&'m Field>,
    /// The field in whose place each recipient's `To` is put.
    replaced: Option<&'m Field>,
}

impl<'m, 'b> IndividualCopies<'m, 'b> {
    /// Looks through the header once. `recipients` are all of the envelope, also those that stand in no
    /// field.
    pub fn of<'r>(mail: &'m Mail<'b>, recipients: impl IntoIterator<Item = &'r Address>) -> Self {
        let people = &mail.mailboxes().read;
        let (destinations, senders): (Vec<_>, Vec<_>) =
            people.iter().partition(|mailbox| mailbox.at.field.is_destination());
        let mut others: HashSet<Address> = recipients.into_iter().cloned().collect();
        others.extend(destinations.iter().map(|mailbox| mailbox.address.clone()));
        // Who sent it is seen anyway, also when the sender gets a copy.
        for mailbox in senders {
            others.remove(&mailbox.address);
        }
        let others = Others::of(others.into_iter());
        let mut removed = Vec::new();
        let mut replaced = None;
        for field in &mail.header().fields {
            let name = mail.name_of(field);
            let is_of = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
            let kind = AddressField::named(name.as_bytes());
            if kind.is_some_and(AddressField::is_destination) {
                if replaced.is_none() && matches!(kind, Some(AddressField::To | AddressField::Cc)) {
                    replaced = Some(field);
                } else {
                    removed.push(field);
                }
            } else if is_of(SIGNATURES) || !is_of(KEPT) && names_any(mail, field, &others) {
                removed.push(field);
            }
        }
        Self { mail, removed, replaced }
    }

    /// The fields that no copy has, by name, in order.
    pub fn removed(&self) -> impl Iterator<Item = &'b str> {
        self.removed.iter().map(|field| self.mail.name_of(field))
    }

    /// The header of one recipient's copy, with the empty line after it. The body of the mail follows
    /// it unchanged, so that a body is kept once for all copies.
    pub fn header_for(&self, recipient: &Address) -> Vec<u8> {
        self.edits_for(recipient).header()
    }

    /// What follows the header in every copy.
    pub fn body(&self) -> &'b [u8] {
        self.mail.body()
    }

    /// One recipient's copy.
    pub fn copy_for(&self, recipient: &Address) -> Vec<u8> {
        self.edits_for(recipient).mail()
    }

    fn edits_for(&self, recipient: &Address) -> Edits<'m, 'b> {
        let mut edits = Edits::new(self.mail);
        let people = self.mail.mailboxes().read.iter();
        let mut same = people.filter(|m| m.at.field.is_destination() && m.address == *recipient);
        let to = Folded::mailbox("To", same.find_map(|m| m.name.as_deref()), recipient);
        for field in &self.removed {
            edits.remove(field);
        }
        match self.replaced {
            Some(field) => edits.replace(field, &to),
            None => edits.add_last(&to),
        }
        edits
    }
}

/// One recipient's copy of a mail; for many recipients see [`IndividualCopies`].
pub fn individual_copy(mail: &Mail<'_>, recipients: &[Address], recipient: &Address) -> Vec<u8> {
    IndividualCopies::of(mail, recipients).copy_for(recipient)
}

/// Whether one of these addresses stands in a field, as it is written or as it is shown.
fn names_any(mail: &Mail<'_>, field: &Field, others: &Others) -> bool {
    let raw = String::from_utf8_lossy(mail.value_of(field));
    // A long value is folded anywhere, and some programs write `=40` or `%40` for the at sign.
    let joined: String = raw.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let plain = joined.replace("=40", "@").replace("%40", "@");
    [mail.text_of(field), raw.into_owned(), plain].iter().any(|text| has_address(text, others))
}

/// Looks at each at sign, and at each equals sign, which stands for one in addresses of lists
/// (`bounce+taro=example.jp@…`).
fn has_address(text: &str, others: &Others) -> bool {
    let text = text.to_lowercase();
    text.match_indices(['@', '=']).any(|(at, sign)| {
        let after = &text[at + sign.len()..];
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        let end = match after.strip_prefix('[') {
            Some(literal) => {
                let mut head = literal.char_indices().take(LONGEST_LITERAL);
                head.find(|(_, c)| *c == ']').map_or(0, |(close, _)| close + 2)
            }
            None => after.find(|c| !is_name(c)).unwrap_or(after.len()),
        };
        let domain = after[..end].trim_end_matches(['.', '-']);
        if domain.is_empty() || domain.len() > LONGEST_DOMAIN_BYTES {
            return false;
        }
        let Ok(domain) = Domain::parse(domain) else { return false };
        let Some(names) = others.by_domain.get(domain.key()) else { return false };
        let from = text.ceil_char_boundary(at.saturating_sub(others.longest_bytes));
        let before = &text[from..at];
        before.char_indices().any(|(start, _)| names.contains(&before[start..]))
    })
}
