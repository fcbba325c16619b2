//! A connection to the next server: sockets and handshakes under the client's side of SMTP. It does
//! not know which mails go there.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::stream::{Stream, within};
use crate::Domain;
use crate::client::{
    Account, Client, ClientSettings, DeliveryStep, Enhanced, Lost, Outcome, Outgoing, Reply,
    Report, Step, TlsPolicy,
};
use crate::settings::DeliverTls;

const CONNECTING: Duration = Duration::from_secs(30);
const SHAKING_HANDS: Duration = Duration::from_secs(30);
/// For bytes to be taken (RFC 5321 §4.5.3.2.5 says three minutes for a block).
const WRITING: Duration = Duration::from_mins(3);
const LEAVING: Duration = Duration::from_secs(5);

/// The server cannot be spoken to now; what that means for mail that waits.
#[derive(Debug)]
pub(super) struct Unreachable(pub(super) Outcome);

impl Unreachable {
    /// In our words.
    pub(super) fn because(what: &str) -> Self {
        let reply =
            Reply::ours(451, Enhanced(4, 4, 1), &format!("The server is not reached: {what}"));
        Self(Outcome::Deferred { reply: Arc::new(reply) })
    }
}

/// A server, and how it is spoken to.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    /// Our name.
    pub(super) helo: &'a Domain,
    /// The server's name, which its certificate must have where that matters.
    pub(super) name: &'a str,
    /// Where it is; the system finds that out where nobody else did.
    pub(super) address: Option<IpAddr>,
    pub(super) port: u16,
    pub(super) tls: DeliverTls,
    pub(super) connector: &'a TlsConnector,
    pub(super) login: Option<&'a Account>,
}

/// A connection on which a mail can be delivered.
pub(super) struct Server {
    client: Client,
    stream: Stream,
}

impl Server {
    /// Connects and gets as far as a mail can be said. Where TLS is only wished for and the handshake
    /// fails, it connects again without (RFC 7435 §3).
    pub(super) async fn connect(target: Target<'_>) -> Result<Self, Unreachable> {
        let policy = match target.tls {
            DeliverTls::Never => TlsPolicy::Never,
            DeliverTls::Opportunistic => TlsPolicy::Opportunistic,
            DeliverTls::Required => TlsPolicy::Required,
            DeliverTls::FromTheStart => TlsPolicy::FromTheStart,
        };
        match Self::connect_with(target, policy).await {
            Err(Failed::Handshake(_)) if policy == TlsPolicy::Opportunistic => {
                Self::connect_with(target, TlsPolicy::Never).await.map_err(Failed::into_outcome)
            }
            result => result.map_err(Failed::into_outcome),
        }
    }

    async fn connect_with(target: Target<'_>, policy: TlsPolicy) -> Result<Self, Failed> {
        let socket = within(CONNECTING, async {
            match target.address {
                Some(address) => TcpStream::connect(SocketAddr::new(address, target.port)).await,
                None => TcpStream::connect((target.name, target.port)).await,
            }
        });
        let socket = socket.await?;
        socket.set_nodelay(true)?;
        let mut said = ClientSettings::new(target.helo.clone());
        said.tls = policy;
        said.login = target.login.cloned();
        let mut client = Client::new(Arc::new(said));
        let mut stream = Stream::Plain(socket);
        if policy == TlsPolicy::FromTheStart {
            let shaken = within(SHAKING_HANDS, stream.connect(target.connector, target.name)).await;
            stream = shaken.map_err(Failed::Handshake)?;
        }
        let (mut out, mut buffer) = (Vec::new(), Vec::new());
        loop {
            let mut input = buffer.as_slice();
            match client.handle(&mut input, &mut out) {
                Step::Ready(_) => break,
                Step::Closed(why) => return Err(Failed::Refused(why.outcome())),
                Step::Read => {}
                Step::StartTls(question) => {
                    write(&mut stream, &mut out).await?;
                    let connecting = stream.connect(target.connector, target.name);
                    let shaken = within(SHAKING_HANDS, connecting).await;
                    stream = shaken.map_err(Failed::Handshake)?;
                    question.started(&mut out);
                }
            }
            write(&mut stream, &mut out).await?;
            read(&mut stream, &mut buffer, client.patience()).await?;
        }
        Ok(Self { client, stream })
    }

    /// Delivers a mail. What is elsewhere of it is read by `read_some`: so many bytes, from one on. An error is
    /// for all its recipients.
    pub(super) async fn deliver(
        &mut self,
        mail: Outgoing<'_>,
        read_some: &(dyn Fn(usize, usize) -> io::Result<Vec<u8>> + Sync),
    ) -> Result<Report, Outcome> {
        let (mut out, mut buffer) = (Vec::new(), Vec::new());
        let Step::Ready(ready) = self.client.handle(&mut &buffer[..], &mut out) else {
            return Err(Unreachable::because("the connection ended").0);
        };
        let mut delivery = ready.deliver(mail);
        let mut report = loop {
            let mut input = buffer.as_slice();
            let step = delivery.handle(&mut input, &mut out);
            let used = buffer.len() - input.len();
            buffer.drain(..used);
            match step {
                DeliveryStep::Done(report) => break report,
                DeliveryStep::Write | DeliveryStep::Read | DeliveryStep::Supply { .. } => {
                    let supplied = match step {
                        DeliveryStep::Supply { from, bytes } => {
                            read_some(from, bytes).map(|bytes| delivery.supply(&bytes, &mut out))
                        }
                        _ => Ok(()),
                    };
                    let mut moved = match supplied {
                        Ok(()) => write(&mut self.stream, &mut out).await,
                        Err(error) => Err(error),
                    };
                    if moved.is_ok() && matches!(step, DeliveryStep::Read) {
                        moved = read(&mut self.stream, &mut buffer, delivery.patience()).await;
                    }
                    if let Err(error) = moved {
                        let lost = match error.kind() {
                            io::ErrorKind::TimedOut => Lost::WaitedTooLong,
                            _ => Lost::Closed,
                        };
                        return Ok(delivery.lost(lost));
                    }
                }
            }
        };
        drop(delivery);
        if report.is_reusable {
            report.is_reusable = self.settle(buffer, &mut out).await.is_ok();
        }
        Ok(report)
    }

    /// After a mail, until the next can be said.
    async fn settle(&mut self, mut buffer: Vec<u8>, out: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let is_ready = match self.client.handle(&mut &buffer[..], out) {
                Step::Ready(_) => true,
                Step::Read => false,
                _ => return Err(io::ErrorKind::ConnectionAborted.into()),
            };
            write(&mut self.stream, out).await?;
            if is_ready {
                return Ok(());
            }
            read(&mut self.stream, &mut buffer, self.client.patience()).await?;
        }
    }

    /// Takes leave.
    pub(super) async fn leave(mut self) {
        let mut out = Vec::new();
        if let Step::Ready(ready) = self.client.handle(&mut &b""[..], &mut out) {
            ready.quit(&mut out);
            // Whether it hears our goodbye changes nothing.
            let _said = timeout(LEAVING, self.stream.write(&out)).await;
        }
        let _closed = timeout(LEAVING, self.stream.close()).await;
    }
}

/// Why there is no connection.
enum Failed {
    Handshake(io::Error),
    Refused(Outcome),
    Broken(io::Error),
}

impl Failed {
    fn into_outcome(self) -> Unreachable {
        match self {
            Self::Handshake(error) => Unreachable::because(&format!("TLS fails, {error}")),
            Self::Refused(outcome) => Unreachable(outcome),
            Self::Broken(error) => error.into(),
        }
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

async fn write(stream: &mut Stream, out: &mut Vec<u8>) -> io::Result<()> {
    if !out.is_empty() {
        within(WRITING, stream.write(out)).await?;
        out.clear();
    }
    Ok(())
}

/// Reads what comes, in the place of what was read before.
async fn read(stream: &mut Stream, buffer: &mut Vec<u8>, patience: Duration) -> io::Result<()> {
    buffer.clear();
    match within(patience, stream.read(buffer)).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}
