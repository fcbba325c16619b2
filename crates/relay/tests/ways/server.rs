//! The server behind the relay: a session of the relay's own, which has tests of its own, or a few lines
//! that say what no sound server does.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use relay::session::{Admission, Listener, Passwords, Role, SenderRights, Session, StartTls, Step};
use relay::{Login, session};
use rustls::crypto::ring::default_provider;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::certificates::Pair;

/// A mail that the server got: to whom, its bytes, and how.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) to: Vec<String>,
    pub(crate) mail: String,
    pub(crate) login: Login,
    pub(crate) is_encrypted: bool,
}

/// How the server speaks TLS.
#[derive(Clone)]
pub(crate) enum Tls {
    None,
    Offered(Pair),
    FromTheStart(Pair),
}

trait Connection: Read + Write + Send {}
impl<T: Read + Write + Send> Connection for T {}

/// A server; who logs in must be `relay` with the password `open sesame`, if `has_accounts`.
pub(crate) fn serve(at: &str, tls: &Tls, has_accounts: bool) -> (SocketAddr, Receiver<Got>) {
    let socket = TcpListener::bind(at).unwrap();
    let address = socket.local_addr().unwrap();
    let (sender, got) = channel();
    let tls = tls.clone();
    std::thread::spawn(move || {
        for connection in socket.incoming() {
            let (sender, tls) = (sender.clone(), tls.clone());
            // Who breaks off is told of by what does not arrive.
            std::thread::spawn(move || talk(connection.unwrap(), &tls, has_accounts, &sender));
        }
    });
    (address, got)
}

pub(crate) fn server_config(pair: &Pair) -> Arc<ServerConfig> {
    let chain = CertificateDer::pem_file_iter(&pair.certificate).unwrap();
    let chain = chain.collect::<Result<Vec<_>, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_file(&pair.key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key);
    Arc::new(config.unwrap())
}

fn encrypted(connection: TcpStream, pair: &Pair) -> Box<dyn Connection> {
    let tls = ServerConnection::new(server_config(pair)).unwrap();
    Box::new(StreamOwned::new(tls, connection))
}

fn talk(plain: TcpStream, tls: &Tls, has_accounts: bool, got: &Sender<Got>) -> io::Result<()> {
    let mut listener = Listener::new("sink.example", Role::Relay);
    listener.starttls = match tls {
        Tls::Offered(_) => StartTls::Offered,
        _ => StartTls::Absent,
    };
    if has_accounts {
        listener.role = Role::Submission;
        listener.passwords = Passwords::UnderTls;
    }
    let known = Admission { login: Login::Network("all".to_owned()), rights: SenderRights::any() };
    let mut is_encrypted = matches!(tls, Tls::FromTheStart(_));
    let again = plain.try_clone()?;
    let mut connection: Box<dyn Connection> = match tls {
        Tls::FromTheStart(pair) => encrypted(plain, pair),
        _ => Box::new(plain),
    };
    let (mut out, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    let mut session = Session::new(Arc::new(listener), None, Some(known), is_encrypted, &mut out);
    loop {
        connection.write_all(&out)?;
        connection.flush()?;
        out.clear();
        let count @ 1.. = connection.read(&mut buffer)? else { return Ok(()) };
        let mut input = &buffer[..count];
        loop {
            match session.handle(&mut input, &mut out) {
                Step::Read => break,
                Step::StartTls(question) => {
                    let Tls::Offered(pair) = tls else { return Ok(()) };
                    connection.write_all(&out)?;
                    out.clear();
                    connection = encrypted(again.try_clone()?, pair);
                    question.started(None);
                    is_encrypted = true;
                    break;
                }
                Step::CheckLogin(claimed, question) => {
                    let is_right =
                        claimed.name == "relay" && claimed.password.reveal() == "open sesame";
                    let login = Login::Account(claimed.name);
                    let known = Admission { login, rights: SenderRights::any() };
                    let wrong = session::LoginRefusal::Wrong;
                    question.answer(is_right.then_some(known).ok_or(wrong), &mut out);
                }
                Step::Mail(taken, question) => {
                    let to = taken.envelope.to.iter().map(|to| to.address.to_string()).collect();
                    let mail = String::from_utf8_lossy(&taken.content).into_owned();
                    question.accepted("1", &mut out);
                    let login = taken.envelope.login;
                    // The test may be over.
                    let _heard = got.send(Got { to, mail, login, is_encrypted });
                }
                Step::Close => return connection.write_all(&out),
            }
        }
    }
}

/// A server that answers each line with what `answer` says, and stops talking where that is empty; the
/// first line is none. What it is told comes out of the channel.
pub(crate) fn say(
    at: &str,
    answer: impl Fn(&str) -> &'static str + Clone + Send + 'static,
) -> (SocketAddr, Receiver<String>) {
    let socket = TcpListener::bind(at).unwrap();
    let address = socket.local_addr().unwrap();
    let (sender, told) = channel();
    std::thread::spawn(move || {
        for connection in socket.incoming() {
            let (mut connection, sender, answer) =
                (connection.unwrap(), sender.clone(), answer.clone());
            std::thread::spawn(move || {
                let mut lines = BufReader::new(connection.try_clone().unwrap()).lines();
                let (mut line, mut is_mail) = (String::new(), false);
                loop {
                    let said = if is_mail && line != "." { None } else { Some(answer(&line)) };
                    is_mail = said.map_or(is_mail, |said| said.starts_with("354"));
                    match said {
                        Some("") => return,
                        Some(said) => {
                            let Ok(()) = connection.write_all(format!("{said}\r\n").as_bytes())
                            else {
                                return;
                            };
                        }
                        None => {}
                    }
                    let Some(Ok(next)) = lines.next() else { return };
                    line = next;
                    // The test may be over.
                    let _heard = sender.send(line.clone());
                }
            });
        }
    });
    (address, told)
}
