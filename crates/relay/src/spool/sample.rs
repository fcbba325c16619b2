//! Envelopes and ids for tests.

use super::MailId;
use crate::envelope::{Body, Login};
use crate::{Address, Envelope, Recipient};

pub(super) fn id(number: u8) -> MailId {
    let mut bytes = [0; 16];
    bytes[15] = number;
    MailId::from_bytes(bytes)
}

pub(super) fn envelope(recipients: usize) -> Envelope {
    let address = |name: String| Address::parse(&format!("{name}@example.jp")).unwrap();
    Envelope {
        from: Some(address("sato".to_owned())),
        to: (0..recipients).map(|number| Recipient::new(address(format!("r{number}")))).collect(),
        body: Body::SevenBit,
        is_international: false,
        envelope_id: None,
        returned: None,
        login: Login::Account("sato".to_owned()),
        client: None,
        helo: "client.example.jp".to_owned(),
    }
}
