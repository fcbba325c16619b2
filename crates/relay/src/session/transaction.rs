//! A mail before its bytes: from whom, to whom, with which wishes. It does not know who is allowed
//! to write it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::parameters::{MailParameters, RecipientParameters};
use crate::envelope::{Body, Envelope, Recipient};
use crate::{Address, Login};

/// What `MAIL` and `RCPT` said.
#[derive(Debug)]
pub(super) struct Transaction {
    from: Option<Address>,
    parameters: MailParameters,
    to: Vec<Recipient>,
    /// The keys of `to`: a client may name 5,000, and each of them twice.
    seen: BTreeSet<String>,
}

/// What became of a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Added {
    New,
    /// It is among them already; the wishes given first count.
    Already,
    Full,
}

impl Transaction {
    pub(super) const fn new(from: Option<Address>, parameters: MailParameters) -> Self {
        Self { from, parameters, to: Vec::new(), seen: BTreeSet::new() }
    }

    pub(super) const fn is_international(&self) -> bool {
        self.parameters.is_international
    }

    pub(super) const fn announced_bytes(&self) -> Option<u64> {
        self.parameters.size_bytes
    }

    pub(super) const fn has_recipients(&self) -> bool {
        !self.to.is_empty()
    }

    pub(super) fn add(
        &mut self,
        address: Address,
        wishes: RecipientParameters,
        most: usize,
    ) -> Added {
        let key = address.key();
        if self.seen.contains(&key) {
            return Added::Already;
        }
        if self.to.len() >= most {
            return Added::Full;
        }
        self.seen.insert(key);
        let RecipientParameters { notify, original } = wishes;
        self.to.push(Recipient { address, notify, original });
        Added::New
    }

    /// The envelope of a mail with these bytes. Clients send 8-bit mail without saying so, so what
    /// the bytes are counts as well as what was said.
    pub(super) fn into_envelope(
        self,
        content: &[u8],
        login: Login,
        client: Option<IpAddr>,
        helo: String,
    ) -> Envelope {
        let said = self.parameters.body.unwrap_or_default();
        let body = if content.is_ascii() { said } else { Body::EightBit };
        Envelope {
            from: self.from,
            to: self.to,
            body,
            is_international: self.parameters.is_international,
            envelope_id: self.parameters.envelope_id,
            returned: self.parameters.returned,
            login,
            client,
            helo,
        }
    }
}
