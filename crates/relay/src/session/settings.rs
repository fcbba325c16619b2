//! What a listener offers, what a client may do there, and how much of everything. It does not know
//! where these come from.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::{Address, Domain, Login};

/// One address and port on which mail is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// The name by which the relay greets.
    pub host: String,
    /// Who hands mail in here.
    pub role: Role,
    /// Whether a connection can or must become encrypted by `STARTTLS`.
    pub starttls: StartTls,
    /// When a name and a password may be said.
    pub passwords: Passwords,
    /// Who gets mail for `postmaster` without a domain (RFC 5321 §4.5.1).
    pub postmaster: Option<Address>,
    /// How much of everything.
    pub limits: SessionLimits,
    /// How long a client is waited for.
    pub patience: Patience,
}

impl Listener {
    /// A listener of the given name and role, as careful as it can be: passwords only after TLS, and
    /// nothing but TLS on submission.
    pub fn new(host: impl Into<String>, role: Role) -> Self {
        let (starttls, passwords) = match role {
            Role::Submission => (StartTls::Required, Passwords::UnderTls),
            Role::Relay => (StartTls::Offered, Passwords::Never),
        };
        Self {
            host: host.into(),
            role,
            starttls,
            passwords,
            postmaster: None,
            limits: SessionLimits::default(),
            patience: Patience::default(),
        }
    }
}

/// Who hands mail in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// People and programs, who prove who they are by a password or a certificate (RFC 6409).
    Submission,
    /// Mail servers of the organisation, known by their network or their certificate.
    Relay,
}

/// Whether a connection can become encrypted by `STARTTLS` (RFC 3207).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartTls {
    /// There is no certificate to show.
    Absent,
    /// It can.
    Offered,
    /// It must, before anything about mail or passwords is said.
    Required,
}

/// When a name and a password may be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passwords {
    /// Never: there are no accounts here.
    Never,
    /// On an encrypted connection.
    UnderTls,
    /// Always; for a listener that only this machine can reach.
    Always,
}

/// How much one session may ask of the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Bytes of a command. RFC 5321 §4.5.3.1.4 says 512; the extensions offered add some 1,600
    /// (`ORCPT` and `AUTH=` take 500 each), so 2,048.
    pub command_bytes: usize,
    /// Bytes of a line while logging in: 12,288 (RFC 4954 §4).
    pub login_bytes: usize,
    /// Bytes of a mail: 50 MiB.
    pub data_bytes: usize,
    /// Bytes of a line of a mail. RFC 5321 §4.5.3.1.6 says 998; HTML without line ends is real, and
    /// passes unchanged up to 100,000.
    pub line_bytes: usize,
    /// Recipients of a mail: 5,000.
    pub recipients: usize,
    /// Commands that make no sense since the last mail that was taken; after 20 the session ends.
    pub bad_commands: u32,
    /// Wrong passwords; after 3 the session ends.
    pub login_failures: u32,
    /// Mails of one session: 100,000.
    pub transactions: u32,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self {
            command_bytes: 2_048,
            login_bytes: 12_288,
            data_bytes: 50 << 20,
            line_bytes: 100_000,
            recipients: 5_000,
            bad_commands: 20,
            login_failures: 3,
            transactions: 100_000,
        }
    }
}

/// How long the next byte of a client is waited for. The session has no clock: its driver asks
/// [`Session::patience`](super::Session::patience).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For somebody who has not proven who it is: one minute.
    pub stranger: Duration,
    /// How long somebody may stay who has not proven who it is, however busy: five minutes. The
    /// driver holds a session to it while it [`is_stranger`](super::Session::is_stranger).
    pub stranger_stay: Duration,
    /// For a command: five minutes (RFC 5321 §4.5.3.2.7).
    pub command: Duration,
    /// For more of a mail: three minutes (RFC 5321 §4.5.3.2.5).
    pub data: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            stranger: Duration::from_mins(1),
            stranger_stay: Duration::from_mins(5),
            command: Duration::from_mins(5),
            data: Duration::from_mins(3),
        }
    }
}

/// Somebody whom the driver knows to be who they are, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// Who.
    pub login: Login,
    /// As whom they may write.
    pub rights: SenderRights,
}

/// The sender addresses that somebody may use. The session holds the envelope to them; whoever
/// reads the mail holds its `From` to them too.
#[derive(Clone, PartialEq, Eq)]
pub struct SenderRights(Option<Arc<Own>>);

#[derive(Debug, PartialEq, Eq)]
struct Own {
    addresses: Vec<Address>,
    domains: Vec<Domain>,
}

impl SenderRights {
    /// Any address: for a mail server that forwards what others wrote.
    pub const fn any() -> Self {
        Self(None)
    }

    /// These addresses, and every address of these domains (not of domains below them).
    pub fn own(addresses: Vec<Address>, domains: Vec<Domain>) -> Self {
        Self(Some(Arc::new(Own { addresses, domains })))
    }

    /// Whether mail may come from there.
    pub fn allow(&self, sender: &Address) -> bool {
        self.0.as_deref().is_none_or(|own| {
            own.domains.contains(sender.domain()) || own.addresses.contains(sender)
        })
    }
}

impl fmt::Debug for SenderRights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_deref() {
            None => f.write_str("SenderRights(any)"),
            Some(own) => {
                write!(f, "SenderRights({:?}, {:?})", own.addresses, own.domains)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_addresses_and_domains_are_allowed() {
        let address = |written| Address::parse(written).unwrap();
        let rights = SenderRights::own(
            vec![address("sato@example.jp")],
            vec![Domain::parse("example.com").unwrap()],
        );
        assert!(rights.allow(&address("SATO@Example.JP")));
        assert!(rights.allow(&address("anybody@example.com")));
        assert!(!rights.allow(&address("mori@example.jp")));
        assert!(!rights.allow(&address("sato@mail.example.com")));
        assert!(!SenderRights::own(Vec::new(), Vec::new()).allow(&address("sato@example.jp")));
        assert!(SenderRights::any().allow(&address("sato@example.org")));
    }
}
