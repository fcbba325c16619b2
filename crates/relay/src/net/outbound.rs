//! A connection to wherever a recipient's mail goes: a smart host, or one after another of the servers
//! of a domain. It does not know what became of the mail.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_rustls::TlsConnector;

use super::Hub;
use super::mx::{Dns, NoHosts};
use super::routes::{Destination, DestinationKey, Way};
use super::server::{Server, Target, Unreachable};
use super::sts::{Mode, Policy};
use crate::Domain;
use crate::client::Outcome;
use crate::settings::{DeliverTls, NextHop};

/// Addresses of a domain's servers that are tried for one mail.
const MOST_TRIED: usize = 6;
/// A domain none of whose servers was reached is left alone for so long; its mail waits longer anyway.
const LEFT_ALONE: Duration = Duration::from_mins(1);
/// More such domains are not remembered.
const REMEMBERED: usize = 10_000;

/// Domains whose servers were not reached a moment ago: mail for them does not keep a deliverer that
/// mail for others waits for.
#[derive(Default)]
pub(super) struct Silent(Mutex<HashMap<DestinationKey, (Instant, Outcome)>>);

impl Silent {
    fn lock(&self) -> MutexGuard<'_, HashMap<DestinationKey, (Instant, Outcome)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn outcome(&self, key: &DestinationKey, now: Instant) -> Option<Outcome> {
        let known = self.lock();
        let (since, outcome) = known.get(key)?;
        (now.duration_since(*since) < LEFT_ALONE).then(|| outcome.clone())
    }

    fn remember(&self, key: DestinationKey, outcome: Outcome, now: Instant) {
        let mut known = self.lock();
        if known.len() >= REMEMBERED {
            known.retain(|_, (since, _)| now.duration_since(*since) < LEFT_ALONE);
        }
        if known.len() < REMEMBERED {
            known.insert(key, (now, outcome));
        }
    }
}

impl Hub {
    /// Connects to wherever mail for a destination goes.
    pub(super) async fn connect(&self, to: &Destination) -> Result<Server, Unreachable> {
        let way = to.way.as_ref();
        let (NextHop::Mx, Some(domain)) = (&way.to, &to.domain) else {
            return match &way.to {
                NextHop::Server(name, port) => Server::connect(self.target(way, name, *port)).await,
                NextHop::Mx => Err(NoHosts::NoDomain.into()),
            };
        };
        let key = to.key();
        if let Some(outcome) = self.silent.outcome(&key, Instant::now()) {
            return Err(Unreachable(outcome));
        }
        let connected = self.connect_by_mx(way, domain).await;
        if let Err(Unreachable(outcome @ Outcome::Deferred { .. })) = &connected {
            self.silent.remember(key, outcome.clone(), Instant::now());
        }
        connected
    }

    fn target<'a>(&'a self, way: &'a Way, name: &'a str, port: u16) -> Target<'a> {
        Target {
            helo: &self.settings.host,
            name,
            address: None,
            port,
            tls: way.tls,
            connector: &way.connector,
            login: way.login.as_ref(),
        }
    }

    async fn connect_by_mx(&self, way: &Way, domain: &Domain) -> Result<Server, Unreachable> {
        let port = self.settings.delivery.ports.mx;
        let dns =
            self.dns.as_ref().ok_or_else(|| Unreachable::because("nobody is asked for it"))?;
        let enforced = self.enforced(way, domain, dns).await;
        let (mut last, mut tried) = (None, 0);
        for name in dns.servers_of(domain, &self.settings.host).await? {
            if enforced.as_ref().is_some_and(|(policy, _)| !policy.allows(&name)) {
                self.log.warn(format_args!("{name} is none of the servers that {domain} enforces"));
                last = Some(Unreachable::because("it is none of those that its domain enforces"));
                continue;
            }
            let addresses = match dns.addresses_of(&name).await {
                Ok(addresses) => addresses,
                Err(why) => {
                    // Only where every name leads nowhere, the mail fails for ever.
                    if last.is_none() || matches!(why, NoHosts::NotNow(_)) {
                        last = Some(why.into());
                    }
                    continue;
                }
            };
            for address in addresses {
                if tried == MOST_TRIED {
                    break;
                }
                tried += 1;
                let mut target = Target { address: Some(address), ..self.target(way, &name, port) };
                if let Some((_, connector)) = &enforced {
                    (target.tls, target.connector) = (DeliverTls::Required, *connector);
                }
                match Server::connect(target).await {
                    Ok(server) => return Ok(server),
                    Err(unreached) => last = Some(unreached),
                }
            }
        }
        Err(last.unwrap_or_else(|| NoHosts::NoAddress.into()))
    }

    /// The policy that a domain has its servers held to, and how these are spoken to then.
    async fn enforced(
        &self,
        way: &Way,
        domain: &Domain,
        dns: &Dns,
    ) -> Option<(Arc<Policy>, &TlsConnector)> {
        let policies = self.policies.as_ref().filter(|_| way.tls != DeliverTls::Never)?;
        let policy = policies.policy_of(domain, dns).await?;
        (policy.mode == Mode::Enforce).then_some((policy, &policies.connector))
    }
}

impl From<NoHosts> for Unreachable {
    fn from(why: NoHosts) -> Self {
        Self(why.outcome())
    }
}
