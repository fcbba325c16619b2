//! How people speak with a running guard: a socket in the vault's folder, which only root enters; one line
//! of JSON there and one back. It does not know what the orders do.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Answered, Guard, GuardError, Order, Status};
use crate::undo::Report;

/// The longest line.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// How long the guard waits for a line.
const PATIENCE: Duration = Duration::from_secs(5);

/// A line to the guard.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "kebab-case")]
pub enum Request {
    /// How does it go?
    Status,
    /// Put an incident's files back.
    Undo {
        /// Which.
        incident: u64,
    },
    /// Let its processes go on.
    Thaw {
        /// Which.
        incident: u64,
        /// Who says so.
        who: String,
        /// Why.
        why: String,
    },
    /// End its processes.
    Kill {
        /// Which.
        incident: u64,
        /// Who says so.
        who: String,
    },
}

/// A line from the guard.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Reply {
    /// How it goes.
    Status {
        /// All of it.
        status: Status,
    },
    /// The files that were put back.
    Undone {
        /// A line a file.
        report: Report,
    },
    /// It is done.
    Done,
    /// It is not.
    Refused {
        /// Why.
        why: String,
    },
}

/// The socket of a vault.
pub fn socket(vault: &Path) -> PathBuf {
    vault.join("control")
}

/// Answers one line after the other until the guard ends or `goes_on` says no.
pub fn serve(vault: &Path, guard: &Guard, goes_on: impl Fn() -> bool) -> io::Result<()> {
    let place = socket(vault);
    match std::fs::remove_file(&place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&place)?;
    listener.set_nonblocking(true)?;
    while guard.runs() && goes_on() {
        let mut waits = [nix::poll::PollFd::new(
            std::os::fd::AsFd::as_fd(&listener),
            nix::poll::PollFlags::POLLIN,
        )];
        // A signal ends the wait as well.
        let _ = nix::poll::poll(&mut waits, nix::poll::PollTimeout::from(200_u8));
        if let Ok((stream, _)) = listener.accept() {
            // Who hangs up early has their answer in the ledger.
            let _ = answer(&stream, guard);
        }
    }
    std::fs::remove_file(&place)
}

fn answer(mut stream: &UnixStream, guard: &Guard) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new(stream.take(MOST_BYTES)).read_line(&mut line)?;
    let order = match serde_json::from_str(&line) {
        Ok(Request::Status) => Ok(Order::Status),
        Ok(Request::Undo { incident }) => Ok(Order::Undo(incident)),
        Ok(Request::Thaw { incident, who, why }) => Ok(Order::Thaw(incident, who, why)),
        Ok(Request::Kill { incident, who }) => Ok(Order::Kill(incident, who)),
        Err(error) => Err(error.to_string()),
    };
    let answered = order.and_then(|order| guard.ask(order).map_err(|error| error.to_string()));
    let reply = match answered {
        Ok(Answered::Status(status)) => Reply::Status { status },
        Ok(Answered::Undone(report)) => Reply::Undone { report },
        Ok(Answered::Done) => Reply::Done,
        Err(why) => Reply::Refused { why },
    };
    writeln!(stream, "{}", serde_json::to_string(&reply)?)
}

/// Asks the guard that runs over a vault; nothing where none does.
pub fn ask(vault: &Path, request: &Request) -> Result<Option<Reply>, GuardError> {
    let place = socket(vault);
    let Ok(mut stream) = UnixStream::connect(&place) else { return Ok(None) };
    let mut line = String::new();
    let asked = serde_json::to_string(request).map_err(io::Error::from).and_then(|words| {
        writeln!(stream, "{words}")?;
        BufReader::new((&stream).take(MOST_BYTES)).read_line(&mut line)?;
        serde_json::from_str(&line).map_err(io::Error::from)
    });
    asked.map(Some).map_err(super::at(&place))
}
