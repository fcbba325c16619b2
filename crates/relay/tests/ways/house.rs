//! A running relay, and clients of it.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use relay::net::{Log, Relay};
use relay::{Policy, Settings};
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::certificates::{Authority, Pair};

/// Longer than anything here takes; nothing is waited for so long but in failure.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A relay and its data.
pub(crate) struct House {
    pub(crate) relay: Relay,
    pub(crate) runtime: tokio::runtime::Runtime,
    pub(crate) data: tempfile::TempDir,
    log: Mutex<Receiver<String>>,
    seen: Mutex<Vec<String>>,
}

/// Each line of a log into a channel.
struct Lines(Sender<String>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The test may be over.
        let _heard = self.0.send(String::from_utf8_lossy(bytes).into_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl House {
    /// With the lines of `[relay]`, and further tables behind them.
    pub(crate) fn new(lines: &str) -> Self {
        Self::with(lines, |_| {})
    }

    /// The same, with settings that no file has.
    pub(crate) fn with(lines: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let file = format!("[organisation]\ndomains = [\"example.jp\"]\n[relay]\n{lines}");
        let (mut settings, policy) =
            (Settings::parse(&file).unwrap(), Policy::parse(&file).unwrap());
        change(&mut settings);
        let data = tempfile::tempdir().unwrap();
        let (sender, log) = channel();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let log_to = Log::to(Box::new(Lines(sender)));
        let relay = Relay::start_telling(settings, policy, data.path(), log_to);
        let relay = runtime.block_on(relay).unwrap();
        Self { relay, runtime, data, log: Mutex::new(log), seen: Mutex::default() }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.relay.addresses()[0]
    }

    /// Hands a mail in.
    pub(crate) fn send(&self, to: &[&str], mail: &str) {
        let mut client = Client::connect(self.address());
        client.send(to, mail);
    }

    /// The next line of the log that has these words.
    pub(crate) fn logged(&self, words: &[&str]) -> String {
        let log = self.log.lock().unwrap();
        loop {
            let line = log.recv_timeout(PATIENCE).unwrap();
            self.seen.lock().unwrap().push(line.clone());
            if words.iter().all(|word| line.contains(word)) {
                return line;
            }
        }
    }
}

impl House {
    /// All lines of the log up to the last one that was waited for.
    pub(crate) fn seen(&self) -> String {
        self.seen.lock().unwrap().concat()
    }
}

trait Connection: Read + Write {}
impl<T: Read + Write> Connection for T {}

/// A client of the relay.
pub(crate) struct Client(BufReader<Box<dyn Connection>>);

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let mut client = Self(BufReader::new(Box::new(socket(address, None))));
        client.expect("220 ");
        client
    }

    /// From an address of this machine.
    pub(crate) fn connect_from(from: IpAddr, address: SocketAddr) -> Self {
        Self(BufReader::new(Box::new(socket(address, Some(from)))))
    }

    /// Encrypted from the first byte.
    pub(crate) fn connect_encrypted(address: SocketAddr, authority: &Authority) -> Self {
        let tls = encrypted(socket(address, None), authority, None);
        let mut client = Self(BufReader::new(tls));
        client.expect("220 ");
        client
    }

    /// With `STARTTLS`, and a certificate of its own if it has one.
    pub(crate) fn start_tls(
        address: SocketAddr,
        authority: &Authority,
        own: Option<&Pair>,
    ) -> Self {
        let socket = socket(address, None);
        let mut plain = Self(BufReader::new(Box::new(socket.try_clone().unwrap())));
        plain.expect("220 ");
        plain.say("EHLO pc.example.jp", "250");
        plain.say("STARTTLS", "220");
        Self(BufReader::new(encrypted(socket, authority, own)))
    }

    /// Says a line and checks how the reply begins.
    pub(crate) fn say(&mut self, line: &str, expected: &str) -> String {
        self.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).unwrap();
        self.expect(expected)
    }

    pub(crate) fn expect(&mut self, expected: &str) -> String {
        let mut text = String::new();
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            text.push_str(&line);
            if line.as_bytes().get(3) != Some(&b'-') {
                assert!(text.starts_with(expected), "{expected}: {text}");
                return text;
            }
        }
    }

    pub(crate) fn send(&mut self, to: &[&str], mail: &str) {
        self.say("EHLO pc.example.jp", "250");
        self.say("MAIL FROM:<mori@example.jp> BODY=8BITMIME", "250");
        for to in to {
            self.say(&format!("RCPT TO:<{to}>"), "250");
        }
        self.say("DATA", "354");
        self.say(&format!("{}\r\n.", mail.replace('\n', "\r\n")), "250 2.0.0");
        self.say("QUIT", "221");
    }
}

fn socket(address: SocketAddr, from: Option<IpAddr>) -> TcpStream {
    let socket = match from {
        None => TcpStream::connect(address).unwrap(),
        Some(from) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind(SocketAddr::new(from, 0)).unwrap();
            let _runtime = runtime.as_ref().unwrap().enter();
            let connected = runtime.as_ref().unwrap().block_on(socket.connect(address));
            let socket = connected.unwrap().into_std().unwrap();
            socket.set_nonblocking(false).unwrap();
            socket
        }
    };
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

fn roots(file: &Path) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(file).unwrap()).unwrap();
    roots
}

fn encrypted(socket: TcpStream, authority: &Authority, own: Option<&Pair>) -> Box<dyn Connection> {
    let provider = Arc::new(default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(
        Arc::new(roots(authority.file().as_ref())),
        Arc::clone(&provider),
    );
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_webpki_verifier(verifier.build().unwrap());
    let config = match own {
        None => config.with_no_client_auth(),
        Some(pair) => {
            let certificate = CertificateDer::from_pem_file(&pair.certificate).unwrap();
            let key = PrivateKeyDer::from_pem_file(&pair.key).unwrap();
            config.with_client_auth_cert(vec![certificate], key).unwrap()
        }
    };
    let name = "mail.example.jp".try_into().unwrap();
    let tls = ClientConnection::new(Arc::new(config), name).unwrap();
    Box::new(StreamOwned::new(tls, socket))
}
