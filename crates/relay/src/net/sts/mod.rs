//! The policies of receiving domains about their mail servers (MTA-STS, RFC 8461): fetched where the DNS
//! says that there is one, and kept as long as they say, also when the relay is started anew: whoever can keep
//! one from being fetched then must not get the mail. It does not know what is delivered.

mod policy;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use rustls_pki_types::ServerName;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::NetError;
use super::mx::Dns;
use super::{tls, whole};
use crate::Domain;
use crate::settings::Delivery;
pub(super) use policy::{Mode, Policy};

/// RFC 8461 §3.3 asks for a limit, and suggests these.
const PATIENCE: Duration = Duration::from_mins(1);
const MOST_BYTES: usize = 64 << 10;
/// After a policy could not be fetched, this passes before it is asked for again.
const AFTER_FAILURE: Duration = Duration::from_mins(5);
/// Policies of more domains are not kept.
const MOST_KEPT: usize = 10_000;
/// The file in the data folder.
const FILE: &str = "mta-sts.json";

/// What is known of a domain.
struct Kept {
    /// The name of the policy, and the policy; `None` where it could not be fetched.
    policy: Option<(String, Arc<Policy>)>,
    until: Timestamp,
    failed: Option<Instant>,
}

/// A policy as it is written down.
#[derive(Serialize, Deserialize)]
struct Written {
    domain: String,
    id: String,
    policy: Policy,
    until: Timestamp,
}

/// The policies.
pub(super) struct Policies {
    kept: Mutex<HashMap<String, Kept>>,
    /// Where they are written down; whoever writes does so alone.
    file: tokio::sync::Mutex<Option<PathBuf>>,
    /// To those whose certificate must be of their name: the servers of policies, and of domains with one.
    pub(super) connector: TlsConnector,
    port: u16,
}

impl Policies {
    pub(super) fn of(delivery: &Delivery) -> Result<Self, NetError> {
        let authorities = delivery.mta_sts_authorities.as_ref().map(Path::new);
        Ok(Self {
            kept: Mutex::default(),
            file: tokio::sync::Mutex::default(),
            connector: tls::connector_to_known(authorities)?,
            port: delivery.ports.https,
        })
    }

    /// With those that were written down in a data folder, where further ones will be. A file that cannot be
    /// read is as none: they are fetched again.
    pub(super) fn kept_in(self, data: &Path, now: Timestamp) -> Self {
        let file = data.join(FILE);
        let written = std::fs::read(&file).ok();
        let written: Vec<Written> =
            written.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        for Written { domain, id, policy, until } in written {
            // The clock may have been set back since.
            let until = until.min(after(now, &policy));
            let policy = Some((id, Arc::new(policy)));
            self.lock().insert(domain, Kept { policy, until, failed: None });
        }
        Self { file: tokio::sync::Mutex::new(Some(file)), ..self }
    }

    /// Writes down all that count. What cannot be is fetched again after a start.
    async fn write_down(&self, now: Timestamp) {
        let file = self.file.lock().await;
        let Some(path) = file.clone() else { return };
        let written: Vec<Written> = {
            let kept = self.lock();
            let count = kept.iter().filter(|(_, kept)| kept.until > now);
            let written = count.filter_map(|(domain, Kept { policy, until, .. })| {
                let (id, policy) = policy.as_ref()?;
                let (domain, id, policy) = (domain.clone(), id.clone(), Policy::clone(policy));
                Some(Written { domain, id, policy, until: *until })
            });
            written.collect()
        };
        let write = move || whole::replace(&path, &serde_json::to_vec(&written)?);
        let _written = tokio::task::spawn_blocking(write).await;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The policy of a domain that counts now. One that was kept counts to its end, whatever becomes of
    /// its record: else whoever can forge that could end it (§10.2).
    pub(super) async fn policy_of(&self, domain: &Domain, dns: &Dns) -> Option<Arc<Policy>> {
        let now = Timestamp::now();
        let texts = dns.texts_of(&format!("_mta-sts.{}", domain.key())).await.unwrap_or_default();
        let (known, has_failed) = self.known(domain, now);
        let old = known.as_ref().map(|(_, policy)| Arc::clone(policy));
        let Some(id) = policy::id(&texts) else { return old };
        if known.is_some_and(|(known, _)| known == id) || has_failed {
            return old;
        }
        let fetched = timeout(PATIENCE, self.fetch(domain, dns)).await.ok().flatten();
        let fetched = fetched.map(Arc::new);
        self.keep(domain, id, fetched.as_ref(), now);
        if fetched.is_some() {
            self.write_down(now).await;
        }
        fetched.or(old)
    }

    /// What is kept of a domain, and whether fetching failed a moment ago.
    fn known(&self, domain: &Domain, now: Timestamp) -> (Option<(String, Arc<Policy>)>, bool) {
        let kept = self.lock();
        let Some(kept) = kept.get(domain.key()) else { return (None, false) };
        let policy = kept.policy.clone().filter(|_| kept.until > now);
        (policy, kept.failed.is_some_and(|at| at.elapsed() < AFTER_FAILURE))
    }

    fn keep(&self, domain: &Domain, id: &str, fetched: Option<&Arc<Policy>>, now: Timestamp) {
        let mut kept = self.lock();
        let is_old = |kept: &Kept| {
            kept.until <= now && kept.failed.is_none_or(|at| at.elapsed() >= AFTER_FAILURE)
        };
        if kept.len() >= MOST_KEPT {
            kept.retain(|_, kept| !is_old(kept));
        }
        if kept.len() >= MOST_KEPT {
            return;
        }
        let entry = kept.entry(domain.key().to_owned());
        let entry = entry.or_insert(Kept { policy: None, until: now, failed: None });
        match fetched {
            Some(policy) => {
                let until = after(now, policy);
                *entry =
                    Kept { policy: Some((id.to_owned(), Arc::clone(policy))), until, failed: None };
            }
            None => entry.failed = Some(Instant::now()),
        }
    }

    /// Fetches the policy, from the host of that name and nowhere else: a redirection leads to nothing
    /// (§3.3).
    async fn fetch(&self, domain: &Domain, dns: &Dns) -> Option<Policy> {
        let host = format!("mta-sts.{}", domain.key());
        let address = dns.addresses_of(&host).await.ok()?.into_iter().next()?;
        let socket = TcpStream::connect((address, self.port)).await.ok()?;
        let name = ServerName::try_from(host.clone()).ok()?;
        let encrypted = self.connector.connect(name, socket).await.ok()?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(encrypted)).await.ok()?;
        let talking = tokio::spawn(connection);
        let request = Request::get("/.well-known/mta-sts.txt").header(header::HOST, &host);
        let answer = sender.send_request(request.body(Empty::<Bytes>::new()).ok()?).await.ok()?;
        let is_text = answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
            let kind = kind.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
            kind.trim_ascii().eq_ignore_ascii_case(b"text/plain")
        });
        if answer.status() != StatusCode::OK || !is_text {
            return None;
        }
        let body = Limited::new(answer.into_body(), MOST_BYTES).collect().await.ok()?.to_bytes();
        talking.abort();
        Policy::parse(std::str::from_utf8(&body).ok()?)
    }
}

/// Until when a policy counts that was fetched now.
fn after(now: Timestamp, policy: &Policy) -> Timestamp {
    let lasts = SignedDuration::try_from(policy.lasts).unwrap_or_default();
    now.checked_add(lasts).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;

    fn domain(name: &str) -> Domain {
        Domain::parse(name).unwrap()
    }

    #[tokio::test]
    async fn a_policy_counts_after_a_new_start_until_its_end() {
        let data = tempfile::tempdir().unwrap();
        let at = |hour: i64| Timestamp::from_second(1_900_000_000 + hour * 3_600).unwrap();
        let settings = "[organisation]\ndomains = [\"example.jp\"]\n[relay]\ndeliver-to = \"mx\"\n";
        let delivery = Settings::parse(settings).unwrap().delivery;
        let opened = |now| Policies::of(&delivery).unwrap().kept_in(data.path(), now);
        let policies = opened(at(0));
        for (name, seconds) in [("shop.example", 86_400), ("short.example", 3_600)] {
            let text =
                format!("version: STSv1\nmode: enforce\nmx: mx.{name}\nmax_age: {seconds}\n");
            let policy = Arc::new(Policy::parse(&text).unwrap());
            policies.keep(&domain(name), "1", Some(&policy), at(0));
        }
        policies.keep(&domain("failed.example"), "1", None, at(0));
        policies.write_down(at(0)).await;
        let policies = opened(at(2));
        let known = |name, now| policies.known(&domain(name), now).0;
        let (id, policy) = known("shop.example", at(2)).unwrap();
        assert!(id == "1" && policy.mode == Mode::Enforce && policy.allows("mx.shop.example"));
        assert!(
            known("shop.example", at(25)).is_none(),
            "its time counts from when it was fetched"
        );
        assert!(known("short.example", at(2)).is_none());
        assert_eq!(policies.known(&domain("failed.example"), at(2)), (None, false));
        // With a clock that was set back, it counts no longer than it says.
        let policies = opened(at(-100));
        assert!(policies.known(&domain("shop.example"), at(-75)).0.is_none());
        std::fs::write(data.path().join(FILE), "no list").unwrap();
        assert!(opened(at(2)).known(&domain("shop.example"), at(2)).0.is_none());
    }
}
