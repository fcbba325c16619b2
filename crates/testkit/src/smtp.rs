//! Both ends of a mail's way: a server that keeps what it gets, byte for byte, and a client that hands
//! mail in. They are dumb on purpose and share nothing with the relay's own sessions; nothing here is
//! refused, and nobody is asked for a password.

use std::io::{self, BufRead as _, BufReader, Error, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Longer than any peer is silent.
const PATIENCE: Duration = Duration::from_mins(2);
/// What the server can do beside taking mail.
const GREETING: &[u8] =
    b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 104857600\r\n";

/// A mail that came to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// What stood between the angles of `MAIL FROM`.
    pub from: String,
    /// What stood between the angles of each `RCPT TO`.
    pub to: Vec<String>,
    /// Every byte of it, the dots of the way taken away.
    pub mail: Vec<u8>,
}

/// What a server says that can do no more than RFC 5321 asks for.
const PLAIN_GREETING: &[u8] = b"250 sink\r\n";

/// Starts a server on a port of its own, which gives `taken` each mail before it says 250. It lives as
/// long as the process.
pub fn serve(taken: impl Fn(Arrived) + Send + Sync + 'static) -> io::Result<SocketAddr> {
    serve_as(GREETING, taken)
}

/// The same without extensions: mail in 8 bits, say, is not for it.
pub fn serve_plain(taken: impl Fn(Arrived) + Send + Sync + 'static) -> io::Result<SocketAddr> {
    serve_as(PLAIN_GREETING, taken)
}

fn serve_as(
    greeting: &'static [u8],
    taken: impl Fn(Arrived) + Send + Sync + 'static,
) -> io::Result<SocketAddr> {
    let socket = TcpListener::bind("127.0.0.1:0")?;
    let address = socket.local_addr()?;
    let taken = Arc::new(taken);
    std::thread::spawn(move || {
        for connection in socket.incoming().flatten() {
            let taken = Arc::clone(&taken);
            // A client that leaves in the middle is no matter of ours.
            std::thread::spawn(move || drop(talk(connection, greeting, &*taken)));
        }
    });
    Ok(address)
}

fn talk(connection: TcpStream, greeting: &[u8], taken: &impl Fn(Arrived)) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let (mut out, mut input) = (connection.try_clone()?, BufReader::new(connection));
    let mut replies: Vec<u8> = b"220 sink\r\n".to_vec();
    let mut arrived = Arrived { from: String::new(), to: Vec::new(), mail: Vec::new() };
    loop {
        // Replies to commands that came together go together.
        if input.buffer().is_empty() {
            out.write_all(&replies)?;
            replies.clear();
        }
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let line = String::from_utf8_lossy(&line).into_owned();
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let reply: &[u8] = match verb.as_str() {
            "EHLO" => greeting,
            "MAIL" => {
                arrived = Arrived { from: path(&line), to: Vec::new(), mail: Vec::new() };
                b"250 ok\r\n"
            }
            "RCPT" => {
                arrived.to.push(path(&line));
                b"250 ok\r\n"
            }
            "DATA" => {
                replies.extend_from_slice(b"354 go on\r\n");
                out.write_all(&replies)?;
                replies.clear();
                arrived.mail = content(&mut input)?;
                taken(arrived.clone());
                b"250 taken\r\n"
            }
            "QUIT" => {
                out.write_all(b"221 bye\r\n")?;
                return Ok(());
            }
            _ => b"250 ok\r\n",
        };
        replies.extend_from_slice(reply);
    }
}

/// What stands between the angles.
fn path(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(path, _)| path.to_owned()).unwrap_or_default()
}

/// Everything until the line with the dot.
fn content(input: &mut impl io::BufRead) -> io::Result<Vec<u8>> {
    let mut mail = Vec::new();
    loop {
        let begin = mail.len();
        if input.read_until(b'\n', &mut mail)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let is_first = begin == 0 || mail[..begin].ends_with(b"\r\n");
        if is_first && &mail[begin..] == b".\r\n" {
            mail.truncate(begin);
            return Ok(mail);
        }
        if is_first && mail[begin] == b'.' {
            mail.remove(begin);
        }
    }
}

/// A server whose mail waits to be taken out.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    arrived: Mutex<Receiver<Arrived>>,
}

impl Sink {
    /// Starts it.
    ///
    /// # Panics
    /// Where there is no port for it.
    pub fn start() -> Self {
        let (sender, arrived) = channel();
        // Whoever wanted the mail may be gone.
        let address = serve(move |mail| drop(sender.send(mail))).expect("a port for the sink");
        Self { address, arrived: Mutex::new(arrived) }
    }

    /// Where it is.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next mail, waited for.
    ///
    /// # Panics
    /// Where none comes in two minutes.
    #[track_caller]
    pub fn next(&self) -> Arrived {
        let arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        arrived.recv_timeout(PATIENCE).expect("a mail comes")
    }

    /// All mail that has come and was not taken out.
    pub fn so_far(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).try_iter().collect()
    }
}

/// A client on one connection.
#[derive(Debug)]
pub struct Client {
    input: BufReader<TcpStream>,
    out: TcpStream,
}

impl Client {
    /// Connects, is greeted, and greets.
    pub fn connect(server: SocketAddr) -> io::Result<Self> {
        let out = TcpStream::connect(server)?;
        out.set_nodelay(true)?;
        out.set_read_timeout(Some(PATIENCE))?;
        let mut client = Self { input: BufReader::new(out.try_clone()?), out };
        client.expect("220")?;
        client.say("EHLO client.example.jp", "250")?;
        Ok(client)
    }

    /// Says a line; the reply must begin so.
    pub fn say(&mut self, line: &str, expected: &str) -> io::Result<String> {
        self.out.write_all(format!("{line}\r\n").as_bytes())?;
        self.expect(expected)
    }

    /// Hands a mail in, all in one breath but its content, and tells what was said to it.
    pub fn send(&mut self, from: &str, to: &[String], mail: &[u8]) -> io::Result<String> {
        let mut said = format!("MAIL FROM:<{from}>\r\n");
        for to in to {
            said.extend(["RCPT TO:<", to, ">\r\n"]);
        }
        said.push_str("DATA\r\n");
        self.out.write_all(said.as_bytes())?;
        for _ in 0..=to.len() {
            self.expect("250")?;
        }
        self.expect("354")?;
        let mut content = Vec::with_capacity(mail.len() + mail.len() / 64 + 8);
        for line in mail.split_inclusive(|byte| *byte == b'\n') {
            if line.first() == Some(&b'.') {
                content.push(b'.');
            }
            content.extend_from_slice(line);
        }
        let end: &[u8] = if mail.ends_with(b"\r\n") { b".\r\n" } else { b"\r\n.\r\n" };
        content.extend_from_slice(end);
        self.out.write_all(&content)?;
        self.expect("250")
    }

    fn expect(&mut self, expected: &str) -> io::Result<String> {
        let mut reply = String::new();
        loop {
            let begin = reply.len();
            if self.input.read_line(&mut reply)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if reply.as_bytes().get(begin + 3) != Some(&b'-') {
                break;
            }
        }
        if reply.starts_with(expected) { Ok(reply) } else { Err(Error::other(reply)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_arrives_to_the_byte() {
        let sink = Sink::start();
        let mut client = Client::connect(sink.address()).unwrap();
        let to = ["a@example.com".to_owned(), "b@example.com".to_owned()];
        let mail = b".\r\n..a\r\nSubject: \xff\r\n\r\n.\r\nend\r\n";
        client.send("me@example.jp", &to, mail).unwrap();
        let arrived = sink.next();
        assert_eq!(arrived.mail, mail);
        assert_eq!((arrived.from.as_str(), arrived.to.as_slice()), ("me@example.jp", &to[..]));
        assert!(client.say("QUIT", "250").is_err(), "221 is another reply");
    }
}
