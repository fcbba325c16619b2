//! Envelopes and ids for tests.

use super::MailId;
use crate::{Address, Envelope, Login, Recipient};

pub(super) fn id(number: u8) -> MailId {
    let mut bytes = [0; 16];
    bytes[15] = number;
    MailId::from_bytes(bytes)
}

pub(super) fn envelope(recipients: usize) -> Envelope {
    let address = |name: String| Address::parse(&format!("{name}@example.jp")).unwrap();
    let from = address("sato".to_owned());
    let to = (0..recipients).map(|number| Recipient::new(address(format!("r{number}")))).collect();
    Envelope {
        helo: "client.example.jp".to_owned(),
        ..Envelope::new(Some(from), to, Login::Account("sato".to_owned()))
    }
}
