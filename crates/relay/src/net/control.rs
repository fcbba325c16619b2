//! The relay asked by its own machine, over a socket in its data folder that only its owner may use:
//! what is held, let it go, cancel it, take another policy. One JSON line each way. Who asks is
//! believed: whoever can open the socket owns the relay.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;

use super::{Decision, Hub, Kept, notice};
use crate::spool::MailId;
use crate::{Address, Policy};

const SOCKET: &str = "control.sock";
/// A policy with its people is smaller.
const LONGEST_REQUEST_BYTES: u64 = 16 << 20;
const PATIENCE: Duration = Duration::from_mins(1);

/// What is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Every mail that is here.
    List,
    /// A person's word on a held mail.
    Decide {
        /// Which mail.
        id: MailId,
        /// What.
        decision: Decision,
        /// Who says so.
        who: Address,
    },
    /// A link by which somebody of the organisation signs in to the pages.
    Link {
        /// Who.
        who: Address,
    },
    /// Take this policy from now on.
    Policy {
        /// The file.
        policy: String,
        /// The people that it names, if it does.
        people: Option<String>,
    },
}

/// What is answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Every mail that is here, the oldest first.
    Mails(Vec<Kept>),
    /// A link, good for an hour and once.
    Link(String),
    /// It is done, and on stable storage.
    Done,
    /// It is not, and why.
    Refused(String),
}

/// Asks the relay that runs in a data folder.
pub fn ask(data: &Path, request: &Request) -> io::Result<Answer> {
    let mut socket = UnixStream::connect(data.join(SOCKET))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.write_all(&serde_json::to_vec(request)?)?;
    socket.write_all(b"\n")?;
    let mut line = String::new();
    BufReader::new(socket).read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}

/// The socket, made anew: the spool's lock says that no other relay has it.
pub(super) fn listen(data: &Path) -> io::Result<UnixListener> {
    let path = data.join(SOCKET);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let socket = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(socket)
}

/// Answers until the relay stops.
pub(super) async fn serve(hub: Arc<Hub>, socket: UnixListener) {
    loop {
        let connection = tokio::select! {
            accepted = socket.accept() => accepted,
            () = hub.stopping() => return,
        };
        let Ok((mut connection, _)) = connection else { continue };
        let hub = Arc::clone(&hub);
        tokio::spawn(async move {
            let (reading, mut writing) = connection.split();
            let mut line = String::new();
            let mut reading = tokio::io::BufReader::new(reading.take(LONGEST_REQUEST_BYTES));
            let read = tokio::time::timeout(PATIENCE, reading.read_line(&mut line)).await;
            let answer = match read {
                Ok(Ok(_)) => answer(&hub, &line).await,
                _ => return,
            };
            if let Ok(mut bytes) = serde_json::to_vec(&answer) {
                bytes.push(b'\n');
                // Whoever asked may have left.
                let _heard = writing.write_all(&bytes).await;
            }
        });
    }
}

async fn answer(hub: &Hub, line: &str) -> Answer {
    let request = match serde_json::from_str(line) {
        Ok(request) => request,
        Err(error) => return Answer::Refused(error.to_string()),
    };
    match request {
        Request::List => Answer::Mails(hub.mails()),
        Request::Decide { id, decision, who } => match hub.decide(id, decision, &who).await {
            Ok(()) => Answer::Done,
            Err(error) => Answer::Refused(error.to_string()),
        },
        Request::Link { who } => {
            let is_own = hub.policy().directory.is_own(&who);
            match is_own.then(|| notice::sign_in_link(hub, &who, hub.now())).flatten() {
                Some(address) => Answer::Link(address),
                None if is_own => Answer::Refused("this relay has no pages".to_owned()),
                None => Answer::Refused("the address is not of the organisation".to_owned()),
            }
        }
        Request::Policy { policy, people } => {
            let read = Policy::parse(&policy).and_then(|mut policy| {
                people.map_or(Ok(()), |people| policy.add_people(&people))?;
                Ok(policy)
            });
            match read {
                Ok(policy) => {
                    hub.set_policy(policy);
                    Answer::Done
                }
                Err(error) => Answer::Refused(error.to_string()),
            }
        }
    }
}
