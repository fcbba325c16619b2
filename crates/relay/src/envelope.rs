//! The envelope of a mail: who sends it and who is to get it, as SMTP says it, and who handed it in.
//! It does not know what the mail itself says.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::Address;

/// What a client said before the mail, and who it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Where failures are reported to; nobody for a report itself (`MAIL FROM:<>`).
    pub from: Option<Address>,
    /// Who is to get it, each once, in the order given.
    pub to: Vec<Recipient>,
    /// `BODY=8BITMIME` or `BINARYMIME` was given (RFC 6152, RFC 3030).
    pub body: Body,
    /// `SMTPUTF8` was given (RFC 6531).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_international: bool,
    /// `ENVID` (RFC 3461 §4.4), decoded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope_id: Option<String>,
    /// `RET` (RFC 3461 §4.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Returned>,
    /// Who handed it in.
    pub login: Login,
    /// From where.
    pub client: Option<IpAddr>,
    /// The name that the client gave itself (`EHLO`).
    pub helo: String,
}

impl Envelope {
    /// An envelope that says no more than it must: lines of ASCII, no wishes, from nowhere in particular.
    pub fn new(from: Option<Address>, to: Vec<Recipient>, login: Login) -> Self {
        Self {
            from,
            to,
            body: Body::default(),
            is_international: false,
            envelope_id: None,
            returned: None,
            login,
            client: None,
            helo: String::new(),
        }
    }
}

/// Who hands a mail in, as the relay has proven it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Login {
    /// A person or program with a password.
    Account(String),
    /// A machine of a listed network.
    Network(String),
    /// A machine with a client certificate of that name.
    Certificate(String),
}

/// What the bytes of a mail may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// ASCII in lines.
    #[default]
    SevenBit,
    /// Any bytes in lines (RFC 6152).
    EightBit,
}

/// How much of a mail a failure report brings back (RFC 3461 §4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Returned {
    /// All of it.
    Full,
    /// Its header.
    Headers,
}

/// Somebody who is to get the mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Where.
    pub address: Address,
    /// What the sender wants to be told (`NOTIFY`, RFC 3461 §4.1); `None` is the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<Notify>,
    /// The address before it was changed on the way (`ORCPT`, RFC 3461 §4.2), as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<String>,
}

impl Recipient {
    /// Somebody with the default wishes.
    pub const fn new(address: Address) -> Self {
        Self { address, notify: None, original: None }
    }
}

/// What a sender wants to be told of a recipient (RFC 3461 §4.1). All false is `NEVER`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notify {
    /// That it was delivered.
    pub success: bool,
    /// That it was not.
    pub failure: bool,
    /// That it takes long.
    pub delay: bool,
}
