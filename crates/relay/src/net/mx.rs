//! The servers that take mail for a domain, as the DNS names them (RFC 5321 §5). It does not know what
//! is sent there.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError as DnsFailure};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{RData, Record, RecordType};

use super::NetError;
use crate::Domain;
use crate::client::{Enhanced, Outcome, Reply};

/// Of a domain's servers, more are not looked at.
const MOST_HOSTS: usize = 20;

/// A resolver, which keeps answers as long as they say.
pub(super) struct Dns(TokioResolver);

/// Why a domain has no server that can be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoHosts {
    /// It says that it takes no mail (RFC 7505).
    Null,
    /// There is no such domain.
    NoDomain,
    /// It has no address.
    NoAddress,
    /// We are its server ourselves.
    Ourselves,
    /// It cannot be known at the moment.
    NotNow(String),
}

impl NoHosts {
    /// What it means for mail that waits.
    pub(super) fn outcome(&self) -> Outcome {
        let failed = |code, enhanced, text| Outcome::Failed {
            reply: Arc::new(Reply::ours(code, enhanced, text)),
        };
        match self {
            Self::Null => failed(556, Enhanced(5, 1, 10), "The domain takes no mail"),
            Self::NoDomain => failed(550, Enhanced(5, 1, 2), "There is no such domain"),
            Self::NoAddress => failed(550, Enhanced(5, 4, 4), "The domain has no mail server"),
            Self::Ourselves => failed(554, Enhanced(5, 4, 6), "The mail would come back to us"),
            Self::NotNow(why) => {
                let text = format!("The domain's servers cannot be found now: {why}");
                Outcome::Deferred { reply: Arc::new(Reply::ours(451, Enhanced(4, 4, 3), &text)) }
            }
        }
    }
}

impl Dns {
    /// Asks these name servers, or those of the machine where none is given.
    pub(super) fn of(servers: &[SocketAddr]) -> Result<Self, NetError> {
        let mut builder = if servers.is_empty() {
            TokioResolver::builder_tokio().map_err(|error| NetError::Dns(Box::new(error)))?
        } else {
            let servers = servers.iter().map(|server| {
                let ways = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
                let ways = ways.map(|mut way| {
                    way.port = server.port();
                    way
                });
                NameServerConfig::new(server.ip(), true, ways.to_vec())
            });
            let config = ResolverConfig::from_name_servers(servers.collect());
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        };
        // What the world says of its mail servers, and not a file on this machine.
        builder.options_mut().use_hosts_file = ResolveHosts::Never;
        let resolver = builder.build().map_err(|error| NetError::Dns(Box::new(error)))?;
        Ok(Self(resolver))
    }

    /// The names of the servers of a domain, the one to be tried first in front; servers of equal rank
    /// in any order. A domain without any is its own server. `own` is our name: those that are no
    /// nearer to the goal than we are left out (RFC 5321 §5.1).
    pub(super) async fn servers_of(
        &self,
        domain: &Domain,
        own: &Domain,
    ) -> Result<Vec<String>, NoHosts> {
        if domain.key().starts_with('[') {
            // A machine by its number: nobody is sent mail there, as no rule about domains fits it.
            return Err(NoHosts::NoDomain);
        }
        let records = match self.ask(domain.key(), RecordType::MX).await {
            Ok(records) => records,
            Err(NoHosts::NoAddress) => return Ok(vec![domain.key().to_owned()]),
            Err(why) => return Err(why),
        };
        let mut servers = Vec::new();
        for record in &records {
            let RData::MX(mx) = &record.data else { continue };
            let name = mx.exchange.to_ascii().trim_end_matches('.').to_ascii_lowercase();
            // Without randomness the order of the answer stands.
            servers.push((mx.preference, getrandom::u32().unwrap_or_default(), name));
        }
        if servers.is_empty() {
            return Ok(vec![domain.key().to_owned()]);
        }
        if servers.iter().all(|(_, _, name)| name.is_empty()) {
            return Err(NoHosts::Null);
        }
        servers.sort();
        let ours = servers.iter().find(|(_, _, name)| name == own.key()).map(|(rank, _, _)| *rank);
        servers.retain(|(rank, _, name)| !name.is_empty() && ours.is_none_or(|ours| *rank < ours));
        servers.truncate(MOST_HOSTS);
        let servers: Vec<String> = servers.into_iter().map(|(_, _, name)| name).collect();
        if servers.is_empty() { Err(NoHosts::Ourselves) } else { Ok(servers) }
    }

    /// The addresses of a host. Those of IPv4 first: many machines that can send by IPv6 have no name
    /// there, and large receivers take no mail from such.
    pub(super) async fn addresses_of(&self, host: &str) -> Result<Vec<IpAddr>, NoHosts> {
        let (four, six) =
            tokio::join!(self.ask(host, RecordType::A), self.ask(host, RecordType::AAAA));
        let mut addresses = Vec::new();
        for record in four.iter().chain(&six).flatten() {
            match &record.data {
                RData::A(address) => addresses.push(IpAddr::V4(address.0)),
                RData::AAAA(address) => addresses.push(IpAddr::V6(address.0)),
                _ => {}
            }
        }
        if !addresses.is_empty() {
            return Ok(addresses);
        }
        let mut failures = [four.err(), six.err()].into_iter().flatten().collect::<Vec<_>>();
        // What may be known later counts more than what is known.
        failures.sort_by_key(|why| !matches!(why, NoHosts::NotNow(_)));
        Err(failures.into_iter().next().unwrap_or(NoHosts::NoAddress))
    }

    /// The texts of a name, each with its strings put together; none where that cannot be known.
    pub(super) async fn texts_of(&self, name: &str) -> Result<Vec<String>, NoHosts> {
        let records = match self.ask(name, RecordType::TXT).await {
            Ok(records) => records,
            Err(NoHosts::NoAddress | NoHosts::NoDomain) => Vec::new(),
            Err(why) => return Err(why),
        };
        let texts = records.iter().filter_map(|record| match &record.data {
            RData::TXT(text) => Some(text.txt_data.concat()),
            _ => None,
        });
        Ok(texts.map(|text| String::from_utf8_lossy(&text).into_owned()).collect())
    }

    async fn ask(&self, name: &str, kind: RecordType) -> Result<Vec<Record>, NoHosts> {
        // With its last dot it is looked for as it is, and not below domains of ours.
        match self.0.lookup(format!("{name}."), kind).await {
            Ok(lookup) => Ok(lookup.answers().to_vec()),
            Err(DnsFailure::Dns(DnsError::NoRecordsFound(none))) => match none.response_code {
                ResponseCode::NXDomain => Err(NoHosts::NoDomain),
                ResponseCode::NoError => Err(NoHosts::NoAddress),
                other => Err(NoHosts::NotNow(other.to_string())),
            },
            Err(other) => Err(NoHosts::NotNow(other.to_string())),
        }
    }
}
