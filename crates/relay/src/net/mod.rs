//! The relay with its sockets, threads and clock: it takes mail in, keeps it, judges it, and delivers
//! what was released. What is said on a connection is decided by [`session`](crate::session) and
//! [`client`](crate::client), what happens to a mail by [`judge`](crate::judge) and
//! [`spool`](crate::spool); here are only those who run them.

mod certificates;
mod clock;
mod connection;
pub mod control;
mod decide;
mod delivery;
mod desk;
mod early;
mod guesses;
mod intake;
mod keys;
mod links;
mod log;
mod memory;
mod mx;
mod notice;
mod outbound;
mod parcels;
mod past;
mod policy_file;
mod recall;
pub mod record;
mod report;
mod routes;
mod scheduler;
mod seats;
mod secret;
mod server;
mod stream;
mod sts;
mod tied;
mod tls;
mod upkeep;
mod whole;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use rustls_pki_types::UnixTime;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Notify, Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

pub use clock::Clock;
pub use decide::{Decision, Kept, Rights, Undecided};
pub use desk::{Desk, Waits};
pub use guesses::hash as hash_password;
pub use links::Pass;
pub use log::Log;
pub use parcels::{Fetch, Fetched, Gone, Parcel, ParcelError, ParcelFile, ParcelId};
pub use past::learn_beforehand;
pub use policy_file::{PolicyFile, PolicyFileError};
pub use recall::{AskedToDelete, NotRecalled, Recall, Request as RecallRequest};

use crate::dkim::Signer;
use crate::mail::{Mail, MailLimits};
use crate::session::{Admission, Listener, Passwords, Role, SenderRights, Session, StartTls};
use crate::spool::{Spool, SpoolError, SpoolLimits};
use crate::{Login, Policy, Settings};
use certificates::KnownClients;
use guesses::Guesses;
use memory::Memory;
use mx::Dns;
use outbound::Silent;
use routes::Routes;
use scheduler::Looks;
use seats::Seats;
use stream::Stream;
use sts::Policies;
use tls::Asks;

/// Without a file handle for the next client, this passes before it is asked for again.
const WITHOUT_HANDLES: std::time::Duration = std::time::Duration::from_millis(100);
/// Passwords that are checked at a time: each takes 19 MiB and some 20 ms of a core.
const CHECKED_AT_ONCE: usize = 2;
/// Long mails that are taken apart at a time to be sent.
const LONG_READS: usize = 1;

/// Why a relay does not start.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// A port cannot be had.
    #[error("{address} cannot be listened on")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        #[source]
        because: std::io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error("the certificate or key {path} cannot be used")]
    Certificate {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        because: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file of a password cannot be read, or is empty.
    #[error("the password in {path} cannot be read")]
    Password {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        because: std::io::Error,
    },
    /// A key that mail is to be signed with cannot be used.
    #[error("the key {path} cannot be used")]
    SigningKey {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        because: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Nobody can be asked where mail goes.
    #[error("the name servers cannot be asked")]
    Dns(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The socket in the data folder cannot be had.
    #[error("the control socket cannot be made")]
    Control(#[source] std::io::Error),
    /// The key that signs links cannot be had.
    #[error("the key for links in notices cannot be read or made")]
    Links(#[source] std::io::Error),
    /// The record cannot be opened.
    #[error("the relay's record cannot be opened")]
    Record(#[from] record::RecordError),
    /// The files that are given out by link cannot be had.
    #[error("the files that are given out by link cannot be opened")]
    Parcels(#[from] parcels::ParcelError),
    /// The spool cannot be opened.
    #[error("the spool cannot be opened")]
    Spool(#[from] SpoolError),
}

/// What all who run share.
pub(crate) struct Hub {
    settings: Settings,
    policy: RwLock<Arc<Policy>>,
    history: past::Past,
    spool: Spool,
    record: record::Record,
    links: links::Links,
    parcels: parcels::Parcels,
    unsent: tied::Unsent,
    /// For people and programs.
    tls: Option<TlsAcceptor>,
    /// For mail servers, which are asked for a certificate where any counts.
    tls_of_servers: Option<TlsAcceptor>,
    known_clients: Option<KnownClients>,
    routes: Routes,
    /// Only where some mail goes to the servers of its recipients' domains.
    dns: Option<Dns>,
    /// Only there, and where they are kept to.
    policies: Option<Policies>,
    silent: Silent,
    keys: Vec<Signer>,
    memory: Memory,
    log: Log,
    clock: Clock,
    /// Whoever changes what a held mail waits for does so alone: a word that was confirmed is not
    /// overtaken by the end of the wait.
    words: Mutex<()>,
    guesses: Guesses,
    hashing: Semaphore,
    /// Long mails that are in memory to be sent.
    long_reads: Semaphore,
    /// Something is due earlier than was thought.
    news: Notify,
    /// How often what is due was looked through.
    looks: Looks,
    stop: watch::Sender<bool>,
}

impl Hub {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn tls(&self, role: Role) -> Option<&TlsAcceptor> {
        match role {
            Role::Submission => self.tls.as_ref(),
            Role::Relay => self.tls_of_servers.as_ref(),
        }
    }

    /// Whom the certificate that was shown on a connection admits.
    fn certified(&self, role: Role, stream: &Stream) -> Option<Admission> {
        let known = self.known_clients.as_ref().filter(|_| role == Role::Relay)?;
        known.admit(stream.peer_certificates(), UnixTime::now())
    }

    /// Takes another policy from now on; no connection is dropped.
    fn set_policy(&self, policy: Policy) {
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policy);
    }

    /// Whom the network of an address admits.
    fn network_of(&self, client: IpAddr) -> Option<Admission> {
        let network = self.settings.networks.iter().find(|network| network.has(client))?;
        let login = Login::Network(network.to_string());
        Some(Admission { login, rights: SenderRights::any() })
    }

    /// Brings the record up to what the spool has, should the last run have ended hard.
    fn make_record_good(&self) -> Result<(), record::RecordError> {
        let lacking = self.mails().into_iter().filter(|kept| {
            kept.envelope.login != Login::Account(notice::OWN.to_owned())
                && !self.record.has(kept.id)
        });
        let taken = lacking.filter_map(|kept| {
            let content = self.spool.mail(kept.id).ok()?;
            let mail = Mail::parse(&content, &MailLimits::default()).ok();
            let about = (&kept.envelope, mail.as_ref());
            let judgement = kept.judgement?;
            Some(record::Incoming::of(kept.id, kept.id.time(), about, content.len(), &judgement))
        });
        self.record.make_good(|id| self.spool.status(id).is_some(), taken, self.now())
    }

    /// Waits until the relay is told to stop.
    async fn stopping(&self) {
        // A sender that is gone has stopped too.
        let mut stop = self.stop.subscribe();
        let _told = stop.wait_for(|stops| *stops).await;
    }
}

/// Looks whether the files that settings name can be used: certificates, keys, passwords. What it finds is
/// what a start would find.
pub fn check_files(settings: &Settings) -> Result<(), NetError> {
    Files::read(settings).map(drop)
}

/// What is made of the files that settings name.
struct Files {
    tls: Option<TlsAcceptor>,
    tls_of_servers: Option<TlsAcceptor>,
    known_clients: Option<KnownClients>,
    keys: Vec<Signer>,
    routes: Routes,
    policies: Option<Policies>,
}

impl Files {
    fn read(settings: &Settings) -> Result<Self, NetError> {
        let known_clients = KnownClients::of(&settings.clients)?;
        let acceptor = |asks| {
            let certificate = settings.certificate.as_ref();
            certificate.map(|(chain, key)| tls::acceptor(chain.as_ref(), key.as_ref(), asks))
        };
        let tls = acceptor(Asks::Nobody).transpose()?;
        let tls_of_servers = match &known_clients {
            Some(_) => acceptor(Asks::Anybody).transpose()?,
            None => tls.clone(),
        };
        let keys = keys::read(&settings.dkim)?;
        let routes = Routes::of(&settings.delivery)?;
        let keeps_policies = routes.have_mx() && settings.delivery.mta_sts;
        let policies = keeps_policies.then(|| Policies::of(&settings.delivery)).transpose()?;
        Ok(Self { tls, tls_of_servers, known_clients, keys, routes, policies })
    }
}

/// A running relay.
pub struct Relay {
    hub: Arc<Hub>,
    tasks: JoinSet<()>,
    addresses: Vec<SocketAddr>,
}

impl Relay {
    /// Starts a relay in a data folder. When this returns, mail is taken in. What happens is told on
    /// standard error.
    pub async fn start(settings: Settings, policy: Policy, data: &Path) -> Result<Self, NetError> {
        Self::start_telling(settings, policy, data, Log::on_standard_error()).await
    }

    /// The same, with the log elsewhere.
    pub async fn start_telling(
        settings: Settings,
        policy: Policy,
        data: &Path,
        log: Log,
    ) -> Result<Self, NetError> {
        Self::start_by(Clock::system(), settings, policy, data, log).await
    }

    /// The same, by a clock of choice.
    pub async fn start_by(
        clock: Clock,
        settings: Settings,
        policy: Policy,
        data: &Path,
        log: Log,
    ) -> Result<Self, NetError> {
        let Files { tls, tls_of_servers, known_clients, keys, routes, policies } =
            Files::read(&settings)?;
        let policies = policies.map(|policies| policies.kept_in(data, Timestamp::now()));
        let dns = routes.have_mx().then(|| Dns::of(&settings.delivery.dns)).transpose()?;
        let spool = Spool::open(&data.join("spool"), SpoolLimits::default())?;
        for damage in spool.damage() {
            log.warn(format_args!("the spool is damaged: {damage:?}"));
        }
        let seats = Seats::new(&settings.limits);
        if seats.most() < settings.limits.connections {
            let (most, wanted) = (seats.most(), settings.limits.connections);
            log.warn(format_args!("file handles are for {most} connections, not for {wanted}"));
        }
        let memory_bytes = settings.limits.mail_bytes;
        let hub = Arc::new(Hub {
            settings,
            policy: RwLock::new(Arc::new(policy)),
            history: past::Past::open(data),
            unsent: tied::Unsent::open(data, &spool),
            spool,
            record: record::Record::open(data)?,
            links: links::Links::open(data).map_err(NetError::Links)?,
            parcels: parcels::Parcels::open(data)?,
            tls,
            tls_of_servers,
            known_clients,
            routes,
            dns,
            policies,
            silent: Silent::default(),
            keys,
            memory: Memory::of(memory_bytes),
            log,
            clock,
            words: Mutex::new(()),
            guesses: Guesses::default(),
            hashing: Semaphore::new(CHECKED_AT_ONCE),
            long_reads: Semaphore::new(LONG_READS),
            news: Notify::new(),
            looks: Looks::default(),
            stop: watch::Sender::new(false),
        });
        hub.make_record_good()?;
        let mut tasks = JoinSet::new();
        let mut addresses = Vec::new();
        let of = &hub.settings;
        let roles = [
            (&of.submission, Role::Submission, false),
            (&of.submissions, Role::Submission, true),
            (&of.relay, Role::Relay, false),
        ];
        for (list, role, is_encrypted) in roles {
            for &address in list {
                let failed = |because| NetError::Listen { address, because };
                let socket = TcpListener::bind(address).await.map_err(failed)?;
                addresses.push(socket.local_addr().map_err(failed)?);
                let listener = Arc::new(listener(&hub, role, is_encrypted));
                tasks.spawn(accept(
                    Arc::clone(&hub),
                    socket,
                    listener,
                    is_encrypted,
                    seats.clone(),
                ));
            }
        }
        let control = control::listen(data).map_err(NetError::Control)?;
        tasks.spawn(control::serve(Arc::clone(&hub), control));
        tasks.spawn(scheduler::run(Arc::clone(&hub)));
        tasks.spawn(parcels::desk::end_what_is_over(Arc::clone(&hub)));
        tasks.spawn(upkeep::run(Arc::clone(&hub)));
        Ok(Self { hub, tasks, addresses })
    }

    /// Where it listens: submission, submissions, relay, as in the settings.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The relay as pages see it.
    pub fn desk(&self) -> Desk {
        Desk::new(Arc::clone(&self.hub))
    }

    /// Every mail that is in the spool, the oldest first.
    pub fn mails(&self) -> Vec<Kept> {
        self.hub.mails()
    }

    /// Waits until nothing is due: what is left in the spool waits for a person, for another mail or for
    /// a later hour.
    pub async fn settle(&self) {
        self.hub.looks.next_idle(&self.hub.news).await;
    }

    /// Waits until something was done about a mail, and nothing more is due.
    pub async fn next_word(&self) {
        self.hub.looks.next().await;
    }

    /// Stops: nothing more is taken in, clients are told, deliveries under way end.
    pub async fn stop(mut self) {
        self.hub.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
        self.hub.history.keep();
    }
}

fn listener(hub: &Hub, role: Role, is_encrypted: bool) -> Listener {
    let mut listener = Listener::new(hub.settings.host.as_str(), role);
    let in_the_clear = hub.settings.passwords_in_the_clear;
    listener.starttls = match (hub.tls.is_some(), role) {
        _ if is_encrypted => StartTls::Absent,
        (false, _) => StartTls::Absent,
        (true, Role::Submission) if !in_the_clear => StartTls::Required,
        (true, _) => StartTls::Offered,
    };
    if role == Role::Submission && in_the_clear {
        listener.passwords = Passwords::Always;
    }
    listener
}

async fn accept(
    hub: Arc<Hub>,
    socket: TcpListener,
    listener: Arc<Listener>,
    is_encrypted: bool,
    seats: Seats,
) {
    let mut clients = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            () = hub.stopping() => break,
            Some(_ended) = clients.join_next() => continue,
        };
        // A client that left before it was greeted, or no file handle: the next one is waited for.
        let Ok((connection, address)) = accepted else {
            tokio::time::sleep(WITHOUT_HANDLES).await;
            continue;
        };
        let (hub, listener) = (Arc::clone(&hub), Arc::clone(&listener));
        let Some(seat) = seats.take(address.ip(), hub.network_of(address.ip()).is_some()) else {
            hub.log.warn(format_args!("turned away client={}", address.ip()));
            let mut out = Vec::new();
            Session::turn_away(&mut out);
            // Full as we are, nobody waits for this one to hear it.
            let _tried = connection.try_write(&out);
            continue;
        };
        clients.spawn(async move {
            let _seat = seat;
            let _at_once = connection.set_nodelay(true);
            let mut stream = Stream::Plain(connection);
            if is_encrypted {
                let Some(tls) = hub.tls(listener.role) else { return };
                match connection::shake_hands(stream, tls).await {
                    Ok(encrypted) => stream = encrypted,
                    Err(_) => return,
                }
            }
            connection::serve(hub, listener, stream, address.ip(), is_encrypted).await;
        });
    }
    while clients.join_next().await.is_some() {}
}
