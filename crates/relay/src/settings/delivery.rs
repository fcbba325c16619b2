//! Where mail goes on to, how privately, and who signs it, as the policy's file says it. It resolves no
//! name and reads no key.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;

use serde::Deserialize;
use toml::Spanned;

use crate::Domain;
use crate::policy::{Places, PolicyError};

/// The port on which mail servers take mail of strangers (RFC 5321 §4.5.4.2).
const MX_PORT: u16 = 25;
/// The port of policies of MTA-STS (RFC 8461 §3.3).
const HTTPS_PORT: u16 = 443;
/// Encrypted from the first byte (RFC 8314 §7.3).
const SUBMISSIONS_PORT: u16 = 465;

/// Where mail goes on to.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Where mail goes that no other route is for.
    pub default: Route,
    /// Routes of single domains, by [`Domain::key`].
    pub routes: BTreeMap<String, Route>,
    /// The name servers that are asked; none: those of the machine.
    pub dns: Vec<SocketAddr>,
    /// Whether the policies of receiving domains are kept to (RFC 8461).
    pub mta_sts: bool,
    /// A PEM file of authorities that are trusted for that instead of those of the machine.
    pub mta_sts_authorities: Option<String>,
    /// Ports that are the same everywhere but in tests.
    pub ports: Ports,
}

/// Ports that standards name, of others' machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// Of mail servers that are found by their domain.
    pub mx: u16,
    /// Of their policies.
    pub https: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self { mx: MX_PORT, https: HTTPS_PORT }
    }
}

/// One way on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Where to.
    pub to: NextHop,
    /// How privately.
    pub tls: DeliverTls,
    /// A PEM file of authorities that are trusted instead of those of the machine.
    pub authorities: Option<String>,
    /// As whom.
    pub login: Option<RouteLogin>,
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextHop {
    /// To this server, a name or address, and its port.
    Server(String, u16),
    /// To the servers that the recipient's domain names (RFC 5321 §5).
    Mx,
}

impl fmt::Display for NextHop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(name, port) if name.contains(':') => write!(f, "[{name}]:{port}"),
            Self::Server(name, port) => write!(f, "{name}:{port}"),
            Self::Mx => f.write_str("the servers of each recipient's domain"),
        }
    }
}

/// How privately the next server is spoken to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliverTls {
    /// Never encrypted: for a server on this machine.
    Never,
    /// Where it offers it, whatever its certificate.
    #[default]
    Opportunistic,
    /// Always, with a certificate for its name.
    Required,
    /// The same, from the first byte on (port 465).
    FromTheStart,
}

impl DeliverTls {
    /// Whether the server must show a certificate for its name.
    pub const fn is_verified(self) -> bool {
        matches!(self, Self::Required | Self::FromTheStart)
    }
}

/// An account at the next server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteLogin {
    /// Its name.
    pub name: String,
    /// The file whose first line is its password.
    pub password_file: String,
}

/// A key that mail of a domain is signed with (RFC 6376).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DkimKey {
    /// Whose mail: that of this domain and of those below it.
    pub domain: Domain,
    /// Where its public half stands in the DNS: `selector._domainkey.domain`.
    pub selector: Domain,
    /// The PEM file of its secret half: RSA or Ed25519, PKCS #8.
    pub key: String,
}

/// A route as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WrittenRoute {
    pub(super) to: Spanned<String>,
    pub(super) tls: Option<Spanned<DeliverTls>>,
    pub(super) ca: Option<Spanned<String>>,
    pub(super) login: Option<Spanned<String>>,
    pub(super) password_file: Option<Spanned<String>>,
}

/// A key as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WrittenKey {
    domain: Spanned<String>,
    selector: Spanned<String>,
    key: String,
}

impl WrittenRoute {
    pub(super) fn read(self, places: &Places<'_>) -> Result<Route, PolicyError> {
        let to = next_hop(places, &self.to)?;
        let begins_with_tls = matches!(to, NextHop::Server(_, SUBMISSIONS_PORT));
        let tls = self.tls.as_ref().map(|tls| *tls.get_ref());
        let default =
            if begins_with_tls { DeliverTls::FromTheStart } else { DeliverTls::default() };
        let tls_at = self.tls.as_ref().unwrap_or(&Spanned::new(self.to.span(), default)).span();
        let tls = tls.unwrap_or(default);
        let wrong = |at: usize, message: &str| Err(places.wrong(at, message.to_owned()));
        if begins_with_tls && tls != DeliverTls::FromTheStart {
            return wrong(
                tls_at.start,
                "port 465 is encrypted from the first byte; write \"from-the-start\", or name port 587",
            );
        }
        if to == NextHop::Mx && tls == DeliverTls::FromTheStart {
            return wrong(
                tls_at.start,
                "servers of other domains are never encrypted from the first byte; write \"required\"",
            );
        }
        if let Some(ca) = self.ca.as_ref().filter(|_| !tls.is_verified()) {
            return wrong(
                ca.span().start,
                "authorities are only asked where a certificate is; set tls to \"required\"",
            );
        }
        let login = match (self.login, self.password_file) {
            (None, None) => None,
            (Some(name), _) if to == NextHop::Mx => {
                return wrong(name.span().start, "servers of other domains take no login of ours");
            }
            (Some(name), _) if !tls.is_verified() => {
                return wrong(
                    name.span().start,
                    "a password is said only to a server whose certificate was checked; set tls to \
                     \"required\", or name port 465",
                );
            }
            (Some(name), Some(file)) => {
                Some(RouteLogin { name: name.into_inner(), password_file: file.into_inner() })
            }
            (Some(one), None) | (None, Some(one)) => {
                return wrong(
                    one.span().start,
                    "a login needs the file of its password beside it, and a password its login",
                );
            }
        };
        Ok(Route { to, tls, authorities: self.ca.map(Spanned::into_inner), login })
    }
}

impl WrittenKey {
    pub(super) fn read(self, places: &Places<'_>) -> Result<DkimKey, PolicyError> {
        let domain = places.parsed(&self.domain, "is no domain; write it like example.jp")?;
        let selector = places.parsed(&self.selector, "is no selector; write it like mail2026")?;
        Ok(DkimKey { domain, selector, key: self.key })
    }
}

fn next_hop(places: &Places<'_>, written: &Spanned<String>) -> Result<NextHop, PolicyError> {
    let to = written.get_ref();
    if to == "mx" {
        return Ok(NextHop::Mx);
    }
    let server = to.rsplit_once(':').and_then(|(host, port)| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Some(NextHop::Server(host.to_owned(), port.parse().ok()?)).filter(|_| !host.is_empty())
    });
    server.ok_or_else(|| {
        let message = format!(
            "{to:?} is no server and port; write it like mail.example.jp:25, or \"mx\" for the \
             servers of each recipient's domain"
        );
        places.wrong(written.span().start, message)
    })
}
