//! The policies of receiving domains about their mail servers (MTA-STS, RFC 8461): fetched where the DNS
//! says that there is one, and kept as long as they say. They are kept in memory: after a new start, each
//! is fetched again before the first mail. It does not know what is delivered.

mod policy;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::NetError;
use super::mx::Dns;
use super::tls;
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

/// What is known of a domain.
struct Kept {
    /// The name of the policy, and the policy; `None` where it could not be fetched.
    policy: Option<(String, Arc<Policy>)>,
    until: Instant,
    failed: Option<Instant>,
}

/// The policies.
pub(super) struct Policies {
    kept: Mutex<HashMap<String, Kept>>,
    /// To those whose certificate must be of their name: the servers of policies, and of domains with one.
    pub(super) connector: TlsConnector,
    port: u16,
}

impl Policies {
    pub(super) fn of(delivery: &Delivery) -> Result<Self, NetError> {
        let authorities = delivery.mta_sts_authorities.as_ref().map(Path::new);
        Ok(Self {
            kept: Mutex::default(),
            connector: tls::connector_to_known(authorities)?,
            port: delivery.ports.https,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The policy of a domain that counts now. One that was kept counts to its end, whatever becomes of
    /// its record: else whoever can forge that could end it (§10.2).
    pub(super) async fn policy_of(&self, domain: &Domain, dns: &Dns) -> Option<Arc<Policy>> {
        let now = Instant::now();
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
        fetched.or(old)
    }

    /// What is kept of a domain, and whether fetching failed a moment ago.
    fn known(&self, domain: &Domain, now: Instant) -> (Option<(String, Arc<Policy>)>, bool) {
        let kept = self.lock();
        let Some(kept) = kept.get(domain.key()) else { return (None, false) };
        let policy = kept.policy.clone().filter(|_| kept.until > now);
        (policy, kept.failed.is_some_and(|at| now.duration_since(at) < AFTER_FAILURE))
    }

    fn keep(&self, domain: &Domain, id: &str, fetched: Option<&Arc<Policy>>, now: Instant) {
        let mut kept = self.lock();
        let is_old = |kept: &Kept| {
            kept.until <= now && kept.failed.is_none_or(|at| at + AFTER_FAILURE <= now)
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
                let until = now + policy.lasts;
                *entry =
                    Kept { policy: Some((id.to_owned(), Arc::clone(policy))), until, failed: None };
            }
            None => entry.failed = Some(now),
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
