//! How a server is spoken to: by which name, how privately, as whom, and how long it is waited for.
//! It does not know which server.

use std::time::Duration;

use crate::Domain;
use crate::sasl::Password;

/// How a server is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSettings {
    /// Our name.
    pub helo: Domain,
    /// How privately.
    pub tls: TlsPolicy,
    /// As whom, where the server is a smart host that wants to know.
    pub login: Option<Account>,
    /// How long the server is waited for.
    pub timeouts: Timeouts,
}

impl ClientSettings {
    /// TLS where the server has it, nobody in particular, and the times of RFC 5321.
    pub fn new(helo: Domain) -> Self {
        Self { helo, tls: TlsPolicy::Opportunistic, login: None, timeouts: Timeouts::default() }
    }
}

/// How privately a server is spoken to. Whether its certificate must be of a certain name is for
/// whoever shakes hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsPolicy {
    /// Never encrypted: for a server on this machine.
    Never,
    /// Encrypted where the server offers it (RFC 7435). Where the handshake fails, the driver may
    /// connect again and say [`Never`](Self::Never).
    Opportunistic,
    /// Encrypted, or nothing is said.
    Required,
    /// The driver shook hands before the first byte (port 465).
    FromTheStart,
}

/// An account at a smart host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Its password.
    pub password: Password,
    /// Whether it may be said on a connection that is not encrypted.
    pub may_be_overheard: bool,
}

/// How long a server is waited for. The client has no clock: its driver asks for the `patience` of
/// whatever it drives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For its greeting: five minutes.
    pub greeting: Duration,
    /// For the reply to a command: five minutes.
    pub command: Duration,
    /// For the reply to `DATA`: two minutes.
    pub data: Duration,
    /// For it to take more bytes: three minutes.
    pub block: Duration,
    /// For the reply to a whole mail: ten minutes, as it must not be sent twice.
    pub end: Duration,
}

/// RFC 5321 §4.5.3.2.
impl Default for Timeouts {
    fn default() -> Self {
        Self {
            greeting: Duration::from_mins(5),
            command: Duration::from_mins(5),
            data: Duration::from_mins(2),
            block: Duration::from_mins(3),
            end: Duration::from_mins(10),
        }
    }
}
