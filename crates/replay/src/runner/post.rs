//! Both ends of a mail's way in a sandbox: a client that hands mail in and a server that keeps what it
//! gets, byte for byte. They are dumb on purpose and share nothing with the relay's own sessions. They do
//! not know what a mail means.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;

/// Nothing on this machine is silent for longer, unless it hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// A mail that came to the server.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrived {
    /// Whom it was handed over for, in lower case.
    pub(super) to: Vec<String>,
    /// Every byte of it.
    pub(super) mail: Vec<u8>,
}

/// The world outside: every mail server in one.
#[derive(Debug)]
pub(super) struct Outside {
    address: SocketAddr,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    listening: AbortHandle,
}

impl Outside {
    /// Opens it on a port of its own.
    pub(super) async fn open() -> io::Result<Self> {
        let socket = TcpListener::bind("127.0.0.1:0").await?;
        let address = socket.local_addr()?;
        let arrived = Arc::<Mutex<Vec<Arrived>>>::default();
        let into = Arc::clone(&arrived);
        let listening = tokio::spawn(async move {
            let mut talks = JoinSet::new();
            while let Ok((connection, _)) = socket.accept().await {
                let into = Arc::clone(&into);
                // A client that leaves in the middle has handed over nothing more.
                talks.spawn(async move { drop(talk(connection, &into).await) });
            }
        });
        Ok(Self { address, arrived, listening: listening.abort_handle() })
    }

    /// Where it is.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// All that came so far.
    pub(super) fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn talk(connection: TcpStream, into: &Mutex<Vec<Arrived>>) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let (input, mut out) = connection.into_split();
    let mut input = BufReader::new(input);
    let mut replies = b"220 outside.example\r\n".to_vec();
    let mut to = Vec::new();
    loop {
        // Replies to commands that came together go together.
        if input.buffer().is_empty() {
            out.write_all(&replies).await?;
            replies.clear();
        }
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_slice() {
            b"EHLO" => replies.extend_from_slice(
                b"250-outside.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 104857600\r\n",
            ),
            b"MAIL" | b"RSET" => {
                to.clear();
                replies.extend_from_slice(b"250 ok\r\n");
            }
            b"RCPT" => {
                to.push(between_angles(&line));
                replies.extend_from_slice(b"250 ok\r\n");
            }
            b"DATA" => {
                replies.extend_from_slice(b"354 go on\r\n");
                out.write_all(&replies).await?;
                replies.clear();
                let mail = content(&mut input).await?;
                let arrived = Arrived { to: std::mem::take(&mut to), mail };
                into.lock().unwrap_or_else(PoisonError::into_inner).push(arrived);
                replies.extend_from_slice(b"250 taken\r\n");
            }
            b"QUIT" => {
                replies.extend_from_slice(b"221 bye\r\n");
                return out.write_all(&replies).await;
            }
            _ => replies.extend_from_slice(b"250 ok\r\n"),
        }
    }
}

fn between_angles(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line);
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(path, _)| path.to_ascii_lowercase()).unwrap_or_default()
}

/// Everything until the line with the dot, the dots of the way taken away.
async fn content(input: &mut BufReader<OwnedReadHalf>) -> io::Result<Vec<u8>> {
    let mut mail = Vec::new();
    loop {
        let begin = mail.len();
        if input.read_until(b'\n', &mut mail).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if &mail[begin..] == b".\r\n" {
            mail.truncate(begin);
            return Ok(mail);
        }
        if mail[begin] == b'.' {
            mail.remove(begin);
        }
    }
}

/// What was said to a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Handed {
    /// Whether it was taken.
    pub(super) taken: bool,
    /// The last reply.
    pub(super) reply: String,
    /// From the last byte of the mail until that reply.
    pub(super) judged_after: Duration,
}

/// A client on one connection.
#[derive(Debug)]
pub(super) struct Client {
    input: BufReader<OwnedReadHalf>,
    out: OwnedWriteHalf,
}

impl Client {
    /// Connects, is greeted, and greets.
    pub(super) async fn connect(server: SocketAddr) -> io::Result<Self> {
        let connection = TcpStream::connect(server).await?;
        connection.set_nodelay(true)?;
        let (input, out) = connection.into_split();
        let mut client = Self { input: BufReader::new(input), out };
        client.reply().await?;
        client.out.write_all(b"EHLO desk.example\r\n").await?;
        client.reply().await?;
        Ok(client)
    }

    /// Hands a mail in.
    pub(super) async fn send(
        &mut self,
        from: &str,
        to: &[&str],
        mail: &[u8],
    ) -> io::Result<Handed> {
        let mut said = format!("MAIL FROM:<{from}>\r\n");
        for to in to {
            said.extend(["RCPT TO:<", to, ">\r\n"]);
        }
        said.push_str("DATA\r\n");
        self.out.write_all(said.as_bytes()).await?;
        let mut refused = None;
        for _ in 0..to.len() + 2 {
            let reply = self.reply().await?;
            if !reply.starts_with(['2', '3']) {
                refused.get_or_insert(reply);
            } else if reply.starts_with('3') && refused.is_some() {
                // All of it or nothing: a mail that reached some would be another accident.
                return Err(io::Error::other(
                    "the relay takes a mail for a part of its recipients",
                ));
            }
        }
        if let Some(reply) = refused {
            return Ok(Handed { taken: false, reply, judged_after: Duration::ZERO });
        }
        self.out.write_all(&dotted(mail)).await?;
        let sent = Instant::now();
        let reply = self.reply().await?;
        let judged_after = sent.elapsed();
        Ok(Handed { taken: reply.starts_with('2'), reply, judged_after })
    }

    async fn reply(&mut self) -> io::Result<String> {
        let mut reply = String::new();
        loop {
            let begin = reply.len();
            let read = timeout(PATIENCE, self.input.read_line(&mut reply)).await;
            if read.map_err(|_| io::ErrorKind::TimedOut)?? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if reply.as_bytes().get(begin + 3) != Some(&b'-') {
                return Ok(reply);
            }
        }
    }
}

/// A mail as it goes over the wire, with the line that ends it.
fn dotted(mail: &[u8]) -> Vec<u8> {
    let mut content = Vec::with_capacity(mail.len() + mail.len() / 64 + 8);
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        if line.first() == Some(&b'.') {
            content.push(b'.');
        }
        content.extend_from_slice(line);
    }
    let end: &[u8] = if mail.ends_with(b"\r\n") { b".\r\n" } else { b"\r\n.\r\n" };
    content.extend_from_slice(end);
    content
}
