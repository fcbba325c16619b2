//! Mail through a system: Postfix's `smtp-source` hands it in and `smtp-sink` takes it, and beside them a
//! client of our own hands in a mail now and then and takes the time until it is told 250. It does not
//! know which system it is.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use testkit::postfix::{free_port, program, wait_for};
use testkit::smtp::Client;

use super::systems::{Ended, Running};
use super::{Failed, tree};

/// Longer than any load takes; whoever is slower is not measured.
const PATIENCE: Duration = Duration::from_mins(20);
/// Between two mails of the client that takes the time.
const PROBES: Duration = Duration::from_millis(20);
/// Whose mail it is.
pub(crate) const SENDER: &str = "press@example.jp";
pub(crate) const RECIPIENT: &str = "hanako@shop.example";

/// A running `smtp-sink` and what it has counted.
pub(crate) struct Sink {
    pub(crate) port: u16,
    counted: Arc<(Mutex<(u64, Instant)>, Condvar)>,
    _program: Ended,
}

impl Sink {
    pub(crate) fn start() -> Result<Self, Failed> {
        let port = free_port()?;
        let mut sink = Command::new(program("smtp-sink").ok_or("no smtp-sink: bench/setup-peers")?)
            // Started by root, as it is here, it wants another user.
            .args(["-u", "nobody", "-c", &format!("127.0.0.1:{port}"), "1000"])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut told = sink.stdout.take().ok_or("smtp-sink says nothing")?;
        let counted = Arc::new((Mutex::new((0, Instant::now())), Condvar::new()));
        let notes = Arc::clone(&counted);
        std::thread::spawn(move || {
            // `sess=1 quit=1 mesg=1` and a carriage return, again and again.
            let (mut text, mut chunk) = (String::new(), [0; 4096]);
            while let Ok(count @ 1..) = told.read(&mut chunk) {
                text.push_str(&String::from_utf8_lossy(&chunk[..count]));
                let Some(end) = text.rfind('\r') else { continue };
                let last =
                    text[..end].rsplit('=').next().and_then(|count| count.trim().parse().ok());
                text.drain(..=end);
                let (lock, changed) = &*notes;
                let mut known = lock.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(count) = last.filter(|count| *count != known.0) {
                    *known = (count, Instant::now());
                    changed.notify_all();
                }
            }
        });
        let sink = Self { port, counted, _program: Ended(sink) };
        wait_for(port)?;
        Ok(sink)
    }

    fn count(&self) -> u64 {
        self.counted.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    /// Waits until so many have come, and tells when the last did.
    fn wait(&self, many: u64) -> Result<Instant, Failed> {
        let (lock, changed) = &*self.counted;
        let known = lock.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = changed.wait_timeout_while(known, PATIENCE, |known| known.0 < many);
        let (known, _) = waits.unwrap_or_else(PoisonError::into_inner);
        if known.0 < many {
            return Err(format!("{} of {many} mails came to the sink", known.0).into());
        }
        Ok(known.1)
    }
}

/// What is sent.
#[derive(Clone, Copy)]
pub(crate) struct Load<'a> {
    pub(crate) mails: u64,
    pub(crate) sessions: u64,
    pub(crate) recipients: u64,
    /// The mail, its lines as they lie in files.
    pub(crate) file: &'a Path,
    /// As how many mails one comes to the sink.
    pub(crate) at_sink: u64,
    /// What the client hands in that takes the time.
    pub(crate) probe: &'a [u8],
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    /// Mails a second, until all were acknowledged and until all were at the sink.
    pub(crate) at_250: f64,
    pub(crate) at_sink: f64,
    /// Until one mail was acknowledged beside all others.
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Processor for a mail.
    pub(crate) processor_ms: f64,
    pub(crate) peak_mb: f64,
    /// Mails of the client that takes the time.
    pub(crate) probes: u64,
}

/// Sends a load through a system.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn measure(running: &Running, sink: &Sink, load: Load<'_>) -> Result<Figures, Failed> {
    let server = SocketAddr::from(([127, 0, 0, 1], running.port));
    // The first mails start processes and fill caches.
    let before = sink.count();
    let warm = load.mails.min(load.sessions * 4);
    hand_in(server, Load { mails: warm, ..load })?;
    sink.wait(before + warm * load.at_sink)?;
    let (before, spent) = (sink.count(), tree::processor_s(&running.roots));
    let peak = tree::Peak::watch(running.roots.clone());
    let is_over = AtomicBool::new(false);
    let (begun, acknowledged, mut probes) = std::thread::scope(|scope| {
        let probing = scope.spawn(|| probe(server, load.probe, &is_over));
        let begun = Instant::now();
        let handed_in = hand_in(server, load);
        let acknowledged = begun.elapsed();
        is_over.store(true, Ordering::Relaxed);
        let probes = probing.join().map_err(|_| "the probe stumbled")?;
        handed_in?;
        Ok::<_, Failed>((begun, acknowledged, probes?))
    })?;
    let last = sink.wait(before + load.mails * load.at_sink + probes.len() as u64)?;
    let mails = load.mails as f64;
    let spent = tree::processor_s(&running.roots) - spent;
    probes.sort();
    let within = |percent: usize| {
        let at = (probes.len() * percent).div_ceil(100).max(1) - 1;
        probes.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    Ok(Figures {
        at_250: mails / acknowledged.as_secs_f64(),
        at_sink: mails / last.saturating_duration_since(begun).as_secs_f64(),
        p50_ms: within(50),
        p99_ms: within(99),
        processor_ms: spent * 1e3 / (mails + probes.len() as f64),
        peak_mb: peak.most_kb() as f64 * 1_024.0 / 1e6,
        probes: probes.len() as u64,
    })
}

/// `smtp-source`, until all is acknowledged.
pub(crate) fn hand_in(server: SocketAddr, load: Load<'_>) -> Result<(), Failed> {
    let status = Command::new(program("smtp-source").ok_or("no smtp-source: bench/setup-peers")?)
        .args(["-d", "-f", SENDER, "-t", RECIPIENT, "-F"])
        .arg(load.file)
        .args(["-m", &load.mails.to_string(), "-s", &load.sessions.to_string()])
        .args(["-r", &load.recipients.to_string(), &format!("inet:{server}")])
        .stdin(Stdio::null())
        .status()?;
    if status.success() { Ok(()) } else { Err(format!("smtp-source ended with {status}").into()) }
}

/// One mail after the other, with a pause; how long each took until it was acknowledged.
fn probe(server: SocketAddr, mail: &[u8], is_over: &AtomicBool) -> Result<Vec<Duration>, Failed> {
    let mut client = Client::connect(server)?;
    let mut times = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let begun = Instant::now();
        client.send(SENDER, &[RECIPIENT.to_owned()], mail)?;
        times.push(begun.elapsed());
        std::thread::park_timeout(PROBES);
    }
    client.say("QUIT", "221")?;
    Ok(times)
}
