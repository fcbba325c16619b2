//! What the relay tells the one who started it: a line for each mail taken, judged, released, delivered
//! or refused. It never holds subjects, texts or passwords.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use jiff::Timestamp;

use crate::judge::Judgement;
use crate::spool::{Event, MailId, Outcome, Step};
use crate::{Address, Disposition, Envelope, Login};

/// Lines that wait to be written; where more come, they are left out: a log that is not read stops no
/// mail.
const WAITING: usize = 4_096;

/// A log. Lines are written by a thread of its own.
pub struct Log {
    lines: Option<SyncSender<String>>,
    left_out: AtomicU64,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Log {
    /// On standard error.
    pub fn on_standard_error() -> Self {
        Self::to(Box::new(io::stderr()))
    }

    /// Wherever lines can be written to.
    pub fn to(mut out: Box<dyn Write + Send>) -> Self {
        let (lines, waiting) = sync_channel::<String>(WAITING);
        let write = move || {
            for line in waiting {
                // A log that cannot be written stops nothing.
                let _written = out.write_all(line.as_bytes());
            }
        };
        // Without a thread there is no log.
        let writer = std::thread::Builder::new().name("log".to_owned()).spawn(write).ok();
        Self { lines: Some(lines), left_out: AtomicU64::new(0), writer: Mutex::new(writer) }
    }

    /// Something that happens every day.
    pub(super) fn info(&self, message: impl Display) {
        self.line("info", message);
    }

    /// Something that somebody should look after.
    pub(super) fn warn(&self, message: impl Display) {
        self.line("warn", message);
    }

    /// Something that happened to a mail and was written down.
    pub(super) fn event(&self, event: &Event) {
        let id = event.id();
        match event {
            Event::Accepted { envelope, mail, .. } | Event::Replaced { envelope, mail, .. } => {
                self.taken(id, envelope, mail.len());
            }
            Event::Judged { verdict, .. } => {
                let Some(judgement) = Judgement::from_bytes(verdict) else { return };
                let checks = judgement.findings.iter().map(|finding| finding.check.as_str());
                let checks = checks.collect::<Vec<_>>().join(",");
                let Disposition { gate, individual_copies, .. } = judgement.disposition;
                let copies = if individual_copies { " individual-copies" } else { "" };
                self.info(format_args!("judged {id} gate={gate:?}{copies} checks={checks}"));
            }
            Event::Step { step, .. } => match step {
                Step::Held { by, .. } => self.info(format_args!("held {id} for={by}")),
                Step::Released { by } => self.info(format_args!("released {id} by={by}")),
                Step::Cancelled { by } => self.info(format_args!("cancelled {id} by={by}")),
                Step::Done => self.info(format_args!("done {id}")),
                // Told with the address.
                Step::Tried { .. } => {}
            },
        }
    }

    /// A mail of so many bytes was taken in.
    pub(super) fn taken(&self, id: MailId, envelope: &Envelope, bytes: usize) {
        let from = envelope.from.as_ref().map(ToString::to_string).unwrap_or_default();
        let client = envelope.client.map(|ip| ip.to_string()).unwrap_or_default();
        self.info(format_args!(
            "taken {id} from=<{from}> recipients={} bytes={bytes} by={} client={client}",
            envelope.to.len(),
            by(&envelope.login),
        ));
    }

    /// What came of a try to deliver.
    pub(super) fn tried(&self, id: MailId, to: &Address, outcome: &Outcome) {
        match outcome {
            Outcome::Delivered { said } => {
                self.info(format_args!("delivered {id} to=<{to}> said={said:?}"));
            }
            Outcome::Deferred { said, next_try } => {
                self.info(format_args!("deferred {id} to=<{to}> until={next_try} said={said:?}"));
            }
            Outcome::Failed { said } => {
                self.warn(format_args!("failed {id} to=<{to}> said={said:?}"));
            }
        }
    }

    fn line(&self, level: &str, message: impl Display) {
        let Some(lines) = &self.lines else { return };
        let at = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
        let line = format!("{at} {level} {message}");
        // Line ends inside a message would let its cause forge further lines.
        let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let left_out = self.left_out.swap(0, Ordering::Relaxed);
        let line = if left_out == 0 {
            line + "\n"
        } else {
            format!("{line}\n{at} warn {left_out} lines were left out before this one\n")
        };
        if lines.try_send(line).is_err() {
            self.left_out.fetch_add(left_out + 1, Ordering::Relaxed);
        }
    }
}

fn by(login: &Login) -> String {
    match login {
        Login::Account(name) => format!("account {name}"),
        Login::Network(network) => format!("network {network}"),
        Login::Certificate(name) => format!("certificate {name}"),
    }
}

impl Drop for Log {
    /// What waits is still written.
    fn drop(&mut self) {
        drop(self.lines.take());
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            // A panic there concerns nobody any more.
            drop(writer.join());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Writes nothing before it is let.
    struct Slow(Receiver<()>, Sender<String>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // When the test lets go, all is written.
            let _let_go = self.0.recv();
            let _heard = self.1.send(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn who_does_not_read_the_log_stops_nobody() {
        let (let_go, waits) = channel();
        let (written, read) = channel();
        let log = Log::to(Box::new(Slow(waits, written)));
        for n in 0..WAITING + 10 {
            log.info(format_args!("{n}\nforged"));
        }
        drop(let_go);
        let first = read.recv().unwrap();
        assert!(first.ends_with(" info 0 forged\n"), "{first:?}");
        for _ in 1..WAITING {
            read.recv().unwrap();
        }
        log.info("last");
        drop(log);
        let rest: String = read.iter().collect();
        assert!(rest.contains("lines were left out before this one"), "{rest}");
    }
}
