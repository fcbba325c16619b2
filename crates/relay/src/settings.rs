//! How a relay runs: where it takes mail in, from whom, and where it sends it. It is read from the same
//! file as the policy. It opens no file and knows no socket.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use serde::Deserialize;
use toml::Spanned;

use crate::policy::{Places, PolicyError};
use crate::session::SenderRights;
use crate::{Address, Domain};

/// How a relay runs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name by which it greets and sends its own mail.
    pub host: Domain,
    /// Where people and programs hand mail in, with a password.
    pub submission: Vec<SocketAddr>,
    /// The same, encrypted from the first byte.
    pub submissions: Vec<SocketAddr>,
    /// Where mail servers of the listed networks hand mail in.
    pub relay: Vec<SocketAddr>,
    /// Whose mail servers.
    pub networks: Vec<Network>,
    /// Files of the certificate and its key, both PEM.
    pub certificate: Option<(String, String)>,
    /// Whether passwords may be said on a connection that is not encrypted: only where nobody can
    /// listen.
    pub passwords_in_the_clear: bool,
    /// The server that all mail goes to: a name or address, and a port.
    pub deliver_to: (String, u16),
    /// How privately it is spoken to.
    pub deliver_tls: DeliverTls,
    /// Where its pages are, as people's browsers reach them; without it, nobody is sent notices.
    pub pages: Option<String>,
    /// Who may hand mail in, by the name of the account.
    pub accounts: BTreeMap<String, AccountSettings>,
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
}

/// An account.
#[derive(Clone, Debug)]
pub struct AccountSettings {
    /// The password as argon2id in PHC form; `jikenbo relay password` makes one.
    pub password: String,
    /// As whom it may write.
    pub rights: SenderRights,
}

/// A network, as `192.0.2.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

impl Network {
    /// Whether an address is in it. An IPv4 address may be written as an IPv6 one.
    pub fn has(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix_bits)).unwrap_or(0);
                ours.to_bits() & mask == theirs.to_bits() & mask
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix_bits)).unwrap_or(0);
                ours.to_bits() & mask == theirs.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = ();
    fn from_str(written: &str) -> Result<Self, ()> {
        let (address, bits) =
            written.split_once('/').map_or((written, None), |(a, b)| (a, Some(b)));
        let written: IpAddr = address.parse().map_err(drop)?;
        let address = written.to_canonical();
        let whole = |address: IpAddr| if address.is_ipv4() { 32_u8 } else { 128 };
        let bits: u8 = bits.map_or(Ok(whole(written)), str::parse).map_err(drop)?;
        // An IPv4 address that is written as an IPv6 one has 96 bits before it.
        let mapped_bits = whole(written) - whole(address);
        let prefix_bits = bits.checked_sub(mapped_bits).ok_or(())?;
        // No organisation is the internet.
        let least = if address.is_ipv4() { 8 } else { 16 };
        let fits = (least..=whole(address)).contains(&prefix_bits);
        if fits { Ok(Self { address, prefix_bits }) } else { Err(()) }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix_bits)
    }
}

/// What is no policy in the file; the policy knows which tables there may be.
#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    relay: Relay,
    accounts: BTreeMap<String, Account>,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Relay {
    host: Spanned<String>,
    submission: Vec<Spanned<String>>,
    submissions: Vec<Spanned<String>>,
    #[serde(rename = "relay")]
    servers: Vec<Spanned<String>>,
    networks: Vec<Spanned<String>>,
    certificate: Option<Spanned<String>>,
    key: Option<String>,
    passwords_in_the_clear: bool,
    deliver_to: Spanned<String>,
    deliver_tls: DeliverTls,
    pages: Option<Spanned<String>>,
}

impl Default for Relay {
    fn default() -> Self {
        let at = |value: &str| Spanned::new(0..0, value.to_owned());
        Self {
            host: at("localhost"),
            submission: Vec::new(),
            submissions: Vec::new(),
            servers: vec![at("127.0.0.1:2525")],
            networks: vec![at("127.0.0.0/8"), at("::1/128")],
            certificate: None,
            key: None,
            passwords_in_the_clear: false,
            deliver_to: at("127.0.0.1:1025"),
            deliver_tls: DeliverTls::default(),
            pages: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Account {
    password: Spanned<String>,
    #[serde(default)]
    senders: Vec<Spanned<String>>,
}

impl Settings {
    /// Reads the settings out of a policy file.
    pub fn parse(written: &str) -> Result<Self, PolicyError> {
        let places = Places(written);
        let file: File = toml::from_str(written).map_err(|error| places.of_toml(&error))?;
        let relay = file.relay;
        let sockets = |list: &[Spanned<String>]| {
            let message = "is no address and port; write it like 127.0.0.1:2525";
            list.iter().map(|one| places.parsed(one, message)).collect::<Result<Vec<_>, _>>()
        };
        let networks = relay.networks.iter();
        let networks = networks.map(|one| {
            places.parsed(one, "is no network of an organisation; write it like 192.0.2.0/24")
        });
        let to = relay.deliver_to.get_ref();
        let deliver_to = to.rsplit_once(':').and_then(|(host, port)| {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            Some((host.to_owned(), port.parse().ok()?)).filter(|_| !host.is_empty())
        });
        let deliver_to = deliver_to.ok_or_else(|| {
            let message = format!("{to:?} is no server and port; write it like mail.example.jp:25");
            places.wrong(relay.deliver_to.span().start, message)
        })?;
        let settings = Self {
            host: places
                .parsed(&relay.host, "is no name of a host; write it like mail.example.jp")?,
            submission: sockets(&relay.submission)?,
            submissions: sockets(&relay.submissions)?,
            relay: sockets(&relay.servers)?,
            networks: networks.collect::<Result<_, _>>()?,
            certificate: match (&relay.certificate, relay.key) {
                (Some(certificate), Some(key)) => Some((certificate.get_ref().clone(), key)),
                (None, None) => None,
                (certificate, _) => {
                    let at = certificate.as_ref().map_or(0, |one| one.span().start);
                    let message =
                        "a certificate needs its key beside it, and a key its certificate";
                    return Err(places.wrong(at, message.to_owned()));
                }
            },
            passwords_in_the_clear: relay.passwords_in_the_clear,
            deliver_to,
            deliver_tls: relay.deliver_tls,
            pages: relay.pages.as_ref().map(|pages| base(&places, pages)).transpose()?,
            accounts: accounts(&places, file.accounts)?,
        };
        let needs_tls = !settings.submissions.is_empty()
            || (!settings.submission.is_empty() && !settings.passwords_in_the_clear);
        if needs_tls && settings.certificate.is_none() {
            let at = relay.submission.first().or(relay.submissions.first());
            let message = "passwords are taken on encrypted connections only: name certificate and \
                           key, or set passwords-in-the-clear = true where nobody can listen";
            return Err(places.wrong(at.map_or(0, |one| one.span().start), message.to_owned()));
        }
        Ok(settings)
    }
}

/// The address that links in notices begin with.
fn base(places: &Places<'_>, pages: &Spanned<String>) -> Result<String, PolicyError> {
    let address = pages.get_ref().trim_end_matches('/');
    let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let is_plain =
        |host: &str| host.bytes().all(|b| b.is_ascii_graphic() && !b"?#<>\"".contains(&b));
    if host.is_some_and(|host| !host.is_empty() && is_plain(host)) {
        return Ok(address.to_owned());
    }
    let message =
        format!("{address:?} is no address of pages; write it like https://mail.example.jp");
    Err(places.wrong(pages.span().start, message))
}

fn accounts(
    places: &Places<'_>,
    written: BTreeMap<String, Account>,
) -> Result<BTreeMap<String, AccountSettings>, PolicyError> {
    let read = |(name, account): (String, Account)| {
        let password = account.password.get_ref();
        if !password.starts_with("$argon2id$") {
            let message = format!(
                "the password of {name} is not hashed; put what `jikenbo relay password` prints here"
            );
            return Err(places.wrong(account.password.span().start, message));
        }
        let (mut addresses, mut domains) = (Vec::new(), Vec::new());
        for sender in &account.senders {
            let message = "is neither an address nor a domain; write mori@example.jp or example.jp";
            if sender.get_ref().contains('@') {
                addresses.push(places.parsed::<Address>(sender, message)?);
            } else {
                domains.push(places.parsed::<Domain>(sender, message)?);
            }
        }
        let rights = SenderRights::own(addresses, domains);
        Ok((name, AccountSettings { password: password.clone(), rights }))
    };
    written.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, line: usize, says: &str) {
        let error = Settings::parse(written).map(|_| ()).unwrap_err();
        assert!(error.line == line && error.message.contains(says), "{error}");
    }

    #[test]
    fn settings_stand_beside_the_policy() {
        let settings = Settings::parse(
            "[organisation]\ndomains = [\"example.jp\"]\n[relay]\nhost = \"mail.example.jp\"\n\
             deliver-to = \"[2001:db8::1]:25\"\n[accounts.mori]\npassword = \"$argon2id$x\"\n\
             senders = [\"mori@example.jp\", \"news.example.jp\"]\n",
        );
        let settings = settings.unwrap();
        assert_eq!(settings.deliver_to, ("2001:db8::1".to_owned(), 25));
        let rights = &settings.accounts["mori"].rights;
        assert!(rights.allow(&Address::parse("a@news.example.jp").unwrap()));
        assert!(!rights.allow(&Address::parse("sato@example.jp").unwrap()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        check("[relay]\nrelay = [\"2525\"]\n", 2, "no address and port");
        check("[relay]\nnetworks = [\"192.0.2.0/33\"]\n", 2, "no network");
        check("[relay]\ndeliver-to = \"mail\"\n", 2, "no server and port");
        check("[relay]\nsubmission = [\"127.0.0.1:1587\"]\n", 2, "encrypted");
        check("[relay]\npages = \"mail.example.jp\"\n", 2, "https://");
        check("[relay]\n\ncertificate = \"a.pem\"\n", 3, "key");
        check("[accounts.mori]\npassword = \"mori\"\n", 2, "not hashed");
        check("[relay]\nhots = \"a\"\n", 2, "unknown field");
    }

    #[test]
    fn networks_have_their_addresses() {
        let has = |network: &str, address: &str| {
            network.parse::<Network>().unwrap().has(address.parse().unwrap())
        };
        assert!(has("192.0.2.0/24", "192.0.2.200"));
        assert!(has("192.0.2.0/24", "::ffff:192.0.2.200"));
        assert!(!has("192.0.2.0/24", "192.0.3.1"));
        assert!(has("::ffff:192.0.2.0/120", "192.0.2.1"));
        assert!(!has("::ffff:192.0.2.0/120", "192.0.3.1"));
        assert!(!has("192.0.2.0/24", "2001:db8::1"));
        for wide in ["0.0.0.0/0", "::/0", "::ffff:0.0.0.0/96", "::ffff:192.0.2.0/64"] {
            assert!(wide.parse::<Network>().is_err(), "{wide}");
        }
        assert!(has("2001:db8::/32", "2001:db8:1::1"));
        assert!(!has("192.0.2.1", "192.0.2.2"));
    }
}
