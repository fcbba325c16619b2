//! How a relay runs: where it takes mail in, from whom, and where it sends it. It is read from the same
//! file as the policy. It opens no file and knows no socket.

mod clients;
mod delivery;
mod network;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

pub use clients::{ClientCertificates, ClientLimits};
pub use delivery::{DeliverTls, Delivery, DkimKey, NextHop, Ports, Route, RouteLogin};
use delivery::{WrittenKey, WrittenRoute};
pub use network::Network;

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
    /// Where mail goes on to.
    pub delivery: Delivery,
    /// With what it is signed before it goes.
    pub dkim: Vec<DkimKey>,
    /// Mail servers that are known by their certificate.
    pub clients: ClientCertificates,
    /// How much clients may take.
    pub limits: ClientLimits,
    /// Where its pages are, as people's browsers reach them; without it, nobody is sent notices.
    pub pages: Option<String>,
    /// Who may hand mail in, by the name of the account.
    pub accounts: BTreeMap<String, AccountSettings>,
}

/// An account.
#[derive(Clone, Debug)]
pub struct AccountSettings {
    /// The password as argon2id in PHC form; `jikenbo relay password` makes one.
    pub password: String,
    /// As whom it may write.
    pub rights: SenderRights,
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
    client_ca: Option<Spanned<String>>,
    client_names: Vec<Spanned<String>>,
    client_fingerprints: Vec<Spanned<String>>,
    deliver_to: Spanned<String>,
    deliver_tls: Option<Spanned<DeliverTls>>,
    deliver_ca: Option<Spanned<String>>,
    deliver_login: Option<Spanned<String>>,
    deliver_password_file: Option<Spanned<String>>,
    routes: BTreeMap<Spanned<String>, WrittenRoute>,
    dns: Vec<Spanned<String>>,
    mta_sts: bool,
    mta_sts_ca: Option<String>,
    dkim: Vec<WrittenKey>,
    connections: Spanned<usize>,
    connections_per_address: Spanned<usize>,
    memory_for_mail_mib: Spanned<usize>,
    pages: Option<Spanned<String>>,
}

impl Default for Relay {
    fn default() -> Self {
        let at = |value: &str| Spanned::new(0..0, value.to_owned());
        let number = |value: usize| Spanned::new(0..0, value);
        let limits = ClientLimits::default();
        Self {
            host: at("localhost"),
            submission: Vec::new(),
            submissions: Vec::new(),
            servers: vec![at("127.0.0.1:2525")],
            networks: vec![at("127.0.0.0/8"), at("::1/128")],
            certificate: None,
            key: None,
            passwords_in_the_clear: false,
            client_ca: None,
            client_names: Vec::new(),
            client_fingerprints: Vec::new(),
            deliver_to: at("127.0.0.1:1025"),
            deliver_tls: None,
            deliver_ca: None,
            deliver_login: None,
            deliver_password_file: None,
            routes: BTreeMap::new(),
            dns: Vec::new(),
            mta_sts: true,
            mta_sts_ca: None,
            dkim: Vec::new(),
            connections: number(limits.connections),
            connections_per_address: number(limits.connections_per_address),
            memory_for_mail_mib: number(limits.mail_bytes >> 20),
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
        let mut relay = file.relay;
        let networks = relay.networks.iter();
        let networks = networks.map(|one| {
            places.parsed(one, "is no network of an organisation; write it like 192.0.2.0/24")
        });
        let networks = networks.collect::<Result<_, _>>()?;
        let keys = std::mem::take(&mut relay.dkim);
        let settings = Self {
            host: places
                .parsed(&relay.host, "is no name of a host; write it like mail.example.jp")?,
            submission: sockets(&places, &relay.submission)?,
            submissions: sockets(&places, &relay.submissions)?,
            relay: sockets(&places, &relay.servers)?,
            networks,
            certificate: certificate(&places, &relay)?,
            passwords_in_the_clear: relay.passwords_in_the_clear,
            clients: clients(&places, &relay)?,
            limits: limits(&places, &relay)?,
            pages: relay.pages.as_ref().map(|pages| base(&places, pages)).transpose()?,
            dkim: keys.into_iter().map(|key| key.read(&places)).collect::<Result<_, _>>()?,
            accounts: accounts(&places, file.accounts)?,
            delivery: delivery(&places, relay)?,
        };
        Ok(settings)
    }

    /// The same with every file that it names looked for in a folder, unless its path is absolute.
    #[must_use]
    pub fn beside(mut self, folder: &Path) -> Self {
        let found = |name: &mut String| *name = folder.join(&*name).to_string_lossy().into_owned();
        if let Some((certificate, key)) = &mut self.certificate {
            found(certificate);
            found(key);
        }
        let delivery = &mut self.delivery;
        delivery.mta_sts_authorities.iter_mut().for_each(found);
        let routes = delivery.routes.values_mut().chain([&mut delivery.default]);
        for Route { authorities, login, .. } in routes {
            authorities.iter_mut().for_each(found);
            login.iter_mut().map(|login| &mut login.password_file).for_each(found);
        }
        self.clients.authorities.iter_mut().for_each(found);
        self.dkim.iter_mut().for_each(|key| found(&mut key.key));
        self
    }
}

fn sockets(places: &Places<'_>, list: &[Spanned<String>]) -> Result<Vec<SocketAddr>, PolicyError> {
    let message = "is no address and port; write it like 127.0.0.1:2525";
    list.iter().map(|one| places.parsed(one, message)).collect()
}

fn certificate(
    places: &Places<'_>,
    relay: &Relay,
) -> Result<Option<(String, String)>, PolicyError> {
    let certificate = match (&relay.certificate, &relay.key) {
        (Some(certificate), Some(key)) => Some((certificate.get_ref().clone(), key.clone())),
        (None, None) => None,
        (certificate, _) => {
            let at = certificate.as_ref().map_or(0, |one| one.span().start);
            let message = "a certificate needs its key beside it, and a key its certificate";
            return Err(places.wrong(at, message.to_owned()));
        }
    };
    let needs_tls = !relay.submissions.is_empty()
        || (!relay.submission.is_empty() && !relay.passwords_in_the_clear);
    if needs_tls && certificate.is_none() {
        let at = relay.submission.first().or(relay.submissions.first());
        let message = "passwords are taken on encrypted connections only: name certificate and \
                       key, or set passwords-in-the-clear = true where nobody can listen";
        return Err(places.wrong(at.map_or(0, |one| one.span().start), message.to_owned()));
    }
    Ok(certificate)
}

fn clients(places: &Places<'_>, relay: &Relay) -> Result<ClientCertificates, PolicyError> {
    let names = relay.client_names.iter();
    let names =
        names.map(|one| places.parsed(one, "is no name of a host; write it like mx.example.jp"));
    let fingerprints = relay.client_fingerprints.iter();
    let fingerprints = fingerprints.map(|one| clients::fingerprint(places, one));
    let clients = ClientCertificates {
        authorities: relay.client_ca.as_ref().map(|ca| ca.get_ref().clone()),
        names: names.collect::<Result<_, _>>()?,
        fingerprints: fingerprints.collect::<Result<_, _>>()?,
    };
    let wrong = |at: usize, message: &str| Err(places.wrong(at, message.to_owned()));
    if let (Some(name), None) = (relay.client_names.first(), &clients.authorities) {
        return wrong(
            name.span().start,
            "anybody can make a certificate of any name; name the authority that made theirs: client-ca",
        );
    }
    if clients.are_asked_for() && relay.certificate.is_none() {
        return wrong(
            relay
                .client_ca
                .as_ref()
                .or(relay.client_fingerprints.first())
                .map_or(0, |one| one.span().start),
            "certificates of clients are seen on encrypted connections only: name certificate and key",
        );
    }
    Ok(clients)
}

fn limits(places: &Places<'_>, relay: &Relay) -> Result<ClientLimits, PolicyError> {
    let at_least = |value: &Spanned<usize>, least: usize, what: &str| {
        let is_enough = *value.get_ref() >= least;
        let message = format!("{}: {what} are {least} at least", value.get_ref());
        if is_enough {
            Ok(*value.get_ref())
        } else {
            Err(places.wrong(value.span().start, message))
        }
    };
    let mib = at_least(&relay.memory_for_mail_mib, 256, "MiB that mail may take")?;
    Ok(ClientLimits {
        connections: at_least(&relay.connections, 1, "connections")?,
        connections_per_address: at_least(&relay.connections_per_address, 1, "connections")?,
        mail_bytes: mib.saturating_mul(1 << 20),
    })
}

fn delivery(places: &Places<'_>, relay: Relay) -> Result<Delivery, PolicyError> {
    let default = WrittenRoute {
        to: relay.deliver_to,
        tls: relay.deliver_tls,
        ca: relay.deliver_ca,
        login: relay.deliver_login,
        password_file: relay.deliver_password_file,
    };
    let mut routes = BTreeMap::new();
    for (domain, route) in relay.routes {
        let domain: Domain = places.parsed(&domain, "is no domain; write it like example.com")?;
        routes.insert(domain.key().to_owned(), route.read(places)?);
    }
    Ok(Delivery {
        default: default.read(places)?,
        routes,
        dns: sockets(places, &relay.dns)?,
        mta_sts: relay.mta_sts,
        mta_sts_authorities: relay.mta_sts_ca,
        ports: Ports::default(),
    })
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
        let to = NextHop::Server("2001:db8::1".to_owned(), 25);
        assert_eq!(settings.delivery.default.to, to);
        assert_eq!(to.to_string(), "[2001:db8::1]:25");
        let rights = &settings.accounts["mori"].rights;
        assert!(rights.allow(&Address::parse("a@news.example.jp").unwrap()));
        assert!(!rights.allow(&Address::parse("sato@example.jp").unwrap()));
    }

    #[test]
    fn the_default_file_says_what_is_so_without_it() {
        let (said, unsaid) = (Settings::parse(crate::policy::DEFAULT), Settings::parse(""));
        let (said, unsaid) = (said.unwrap(), unsaid.unwrap());
        assert_eq!(format!("{said:?}"), format!("{unsaid:?}"));
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
        check("[relay]\nconnections-per-address = 0\n", 2, "1 at least");
        check("[relay]\ndns = [\"dns.example\"]\n", 2, "no address and port");
        check("[[relay.dkim]]\ndomain = \"\"\nselector = \"a\"\nkey = \"k\"\n", 2, "no domain");
    }

    #[test]
    fn a_route_is_as_private_as_what_is_said_on_it() {
        let route = |lines: &str| format!("[relay.routes.\"shop.example\"]\n{lines}\n");
        let settings = Settings::parse(&route("to = \"smart.example:465\"\nca = \"ca.pem\""));
        let settings = settings.unwrap().beside(Path::new("/etc/relay"));
        let route_there = &settings.delivery.routes["shop.example"];
        assert_eq!(route_there.tls, DeliverTls::FromTheStart);
        assert_eq!(route_there.authorities.as_deref(), Some("/etc/relay/ca.pem"));
        check(&route("to = \"a:465\"\ntls = \"required\""), 3, "from-the-start");
        check(&route("to = \"mx\"\ntls = \"from-the-start\""), 3, "required");
        check(&route("to = \"a:25\"\nca = \"ca.pem\""), 3, "required");
        check(&route("to = \"a:587\"\nlogin = \"a\"\npassword-file = \"b\""), 3, "was checked");
        check(&route("to = \"a:465\"\nlogin = \"a\""), 3, "password");
        check(&route("to = \"mx\"\nlogin = \"a\""), 3, "no login");
        check(&route("to = \"mail\""), 2, "\"mx\"");
    }

    #[test]
    fn a_client_is_known_by_who_made_its_certificate() {
        let own = "[relay]\ncertificate = \"a\"\nkey = \"b\"\n";
        check(&format!("{own}client-names = [\"mx.example.jp\"]\n"), 4, "client-ca");
        check(&format!("{own}client-fingerprints = [\"ab\"]\n"), 4, "openssl");
        let prints = format!("client-fingerprints = [\"{}\"]\n", ["AB"; 32].join(":"));
        check(&format!("[relay]\n{prints}"), 2, "certificate and key");
        let settings = Settings::parse(&format!("{own}{prints}")).unwrap();
        assert_eq!(settings.clients.fingerprints, [[0xab; 32]]);
    }
}
