//! What is due: waits that end, mails that may go out, mails of which all is known. It asks the spool
//! and hands out work; it does not know servers.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::record::{End, Note};
use super::{Hub, delivery, recall, report};
use crate::judge::Waiting;
use crate::spool::{Event, MailId, Phase, SpoolError, Status, Step};

/// Mails that are delivered at a time, each on a connection of its own: to one server, and to the servers
/// of many domains, some of which are slow.
const WORKERS: usize = 8;
const WORKERS_BY_MX: usize = 24;
/// Mails that are handed out ahead.
const AHEAD: usize = 64;
/// The clock is looked at again at least this often, should it be set back or forth.
const LONGEST_NAP: Duration = Duration::from_mins(1);
/// After an error of the spool, this passes before the mail is looked at again; twice as long after each
/// further one, to a limit.
const AFTER_ERROR: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_mins(10);

/// What came of a mail that a deliverer had.
#[derive(Clone, Copy)]
pub(super) enum Handed {
    /// What could be done was done and written down.
    Back(MailId),
    /// It cannot be read at the moment.
    Unread(MailId),
}

/// Mails that are left alone for a while, as the spool could not give or take what is to be known of them.
#[derive(Default)]
struct Resting(HashMap<MailId, (u32, Instant)>);

impl Resting {
    fn add(&mut self, id: MailId, now: Instant) {
        let (times, until) = self.0.entry(id).or_insert((0, now));
        let rest = AFTER_ERROR.saturating_mul(1 << (*times).min(20)).min(LONGEST_REST);
        (*times, *until) = (times.saturating_add(1), now + rest);
    }

    /// Whether it is left alone still.
    fn has(&self, id: MailId, now: Instant) -> bool {
        self.0.get(&id).is_some_and(|(_, until)| *until > now)
    }

    /// When the next one is looked at again.
    fn next(&self, now: Instant) -> Option<Duration> {
        let left = self.0.values().map(|(_, until)| until.saturating_duration_since(now));
        left.filter(|left| !left.is_zero()).min()
    }
}

/// The times that everything due was looked for, counted, so that it can be waited for a time that began
/// later and found nothing to do.
pub(super) struct Looks {
    begun: AtomicU64,
    idle: watch::Sender<u64>,
}

impl Default for Looks {
    fn default() -> Self {
        Self { begun: AtomicU64::new(0), idle: watch::Sender::new(0) }
    }
}

impl Looks {
    fn begin(&self) -> u64 {
        self.begun.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Waits for a look that begins after this, and finds nothing that is due or in anybody's hands.
    pub(super) async fn next_idle(&self, news: &Notify) {
        let before = self.begun.load(Ordering::SeqCst);
        let mut idle = self.idle.subscribe();
        news.notify_one();
        // A scheduler that is gone looks for nothing any more.
        let _ended = idle.wait_for(|look| *look > before).await;
    }
}

impl Looks {
    /// Waits for the next look that finds nothing to do, whenever it comes.
    pub(super) async fn next(&self) {
        // A scheduler that is gone looks for nothing any more.
        let _ended = self.idle.subscribe().changed().await;
    }
}

/// Runs until the relay stops.
pub(super) async fn run(hub: Arc<Hub>) {
    let (work, jobs) = async_channel::bounded::<MailId>(AHEAD);
    let (done, mut finished) = mpsc::unbounded_channel::<Handed>();
    let mut workers = JoinSet::new();
    let employ = |workers: &mut JoinSet<()>| {
        let (hub, jobs, done) = (Arc::clone(&hub), jobs.clone(), done.clone());
        workers.spawn(delivery::worker(hub, jobs, done));
    };
    for _ in 0..if hub.routes.have_mx() { WORKERS_BY_MX } else { WORKERS } {
        employ(&mut workers);
    }
    // Mails that a worker has: the spool names them as due until they are settled.
    let mut out: HashSet<MailId> = HashSet::new();
    let mut resting = Resting::default();
    loop {
        while let Ok(handed) = finished.try_recv() {
            take_back(handed, &mut out, &mut resting);
        }
        let look = hub.looks.begin();
        let now = Instant::now();
        let due = hub.spool.due(hub.now(), out.len() + resting.0.len() + AHEAD);
        resting.0.retain(|id, _| due.contains(id));
        let is_idle = due.is_empty() && out.is_empty();
        let mut nap = nap(&hub);
        let mut is_busy = false;
        let is_free = |id: &MailId| !out.contains(id) && !resting.has(*id, now);
        for id in due.into_iter().filter(is_free).collect::<Vec<_>>() {
            match settle(&hub, id).await {
                Ok(Next::Deliver) if work.try_send(id).is_ok() => {
                    out.insert(id);
                }
                // All hands are full: what is due behind it is not looked at over and over.
                Ok(Next::Deliver) => {
                    is_busy = true;
                    break;
                }
                Ok(Next::Settled) => nap = Duration::ZERO,
                Err(error) => {
                    hub.log.warn(format_args!("{id} cannot be settled: {error}"));
                    resting.add(id, now);
                }
            }
        }
        if nap.is_zero() && (is_busy || !out.is_empty() || !resting.0.is_empty()) {
            // Whatever is due is in somebody's hands: one of them will tell.
            nap = LONGEST_NAP;
        }
        let nap = resting.next(now).map_or(nap, |left| left.min(nap));
        if is_idle {
            hub.looks.idle.send_replace(look);
        }
        tokio::select! {
            () = hub.stopping() => break,
            () = hub.clock.moved() => {}
            Some(handed) = finished.recv() => take_back(handed, &mut out, &mut resting),
            // One that stumbled keeps its mail until the next start; another takes its place.
            Some(_ended) = workers.join_next() => employ(&mut workers),
            _ = timeout(nap, hub.news.notified()) => {}
        }
    }
    // What nobody has begun waits in the spool for the next start.
    while jobs.try_recv().is_ok() {}
    work.close();
    while workers.join_next().await.is_some() {}
}

fn take_back(handed: Handed, out: &mut HashSet<MailId>, resting: &mut Resting) {
    match handed {
        Handed::Back(id) => {
            out.remove(&id);
        }
        Handed::Unread(id) => {
            out.remove(&id);
            resting.add(id, Instant::now());
        }
    }
}

/// How long nothing is due.
fn nap(hub: &Hub) -> Duration {
    let Some(next) = hub.spool.next_due() else { return LONGEST_NAP };
    let wait = next.duration_since(hub.now());
    Duration::try_from(wait).unwrap_or(Duration::ZERO).min(LONGEST_NAP)
}

enum Next {
    /// It may go out.
    Deliver,
    /// What was due is done.
    Settled,
}

/// Does what is due about a mail, but delivering it.
async fn settle(hub: &Arc<Hub>, id: MailId) -> Result<Next, SpoolError> {
    let _alone = hub.words.lock().await;
    let Some(status) = hub.spool.status(id) else { return Ok(Next::Settled) };
    if let Phase::Released { .. } | Phase::Cancelled { .. } = &status.phase {
        let now = hub.now();
        if matches!(status.phase, Phase::Cancelled { .. }) {
            hub.note_stopped(id, now);
        }
        // Before the spool forgets the mail: what waits with it is stored first.
        hub.follow(id, now).await?;
    }
    let events = match &status.phase {
        Phase::Received => {
            let now = hub.now();
            let (events, held) = hub.judge_again(id, now)?;
            hub.spool.append(&events).await?;
            if let Some(held) = held {
                hub.remember(held, &hub.policy(), now).await?;
            }
            return Ok(Next::Settled);
        }
        // Somebody has had it wait longer since it was called due.
        Phase::Held { until, .. } if until.is_none_or(|until| until > hub.now()) => {
            return Ok(Next::Settled);
        }
        Phase::Held { by, .. } => {
            let step = match Waiting::named(by) {
                Waiting::Window => Step::Released { by: Waiting::Window.name().to_owned() },
                Waiting::Sender | Waiting::Approver => {
                    Step::Cancelled { by: format!("{by}-silent") }
                }
            };
            vec![Event::step(id, step)]
        }
        Phase::Released { .. } if !is_settled(&status) => return Ok(Next::Deliver),
        Phase::Released { .. } | Phase::Cancelled { .. } => last(hub, id, &status)?,
    };
    write_down(hub, &events).await.map(|()| Next::Settled)
}

/// Ends a mail of which all is known and with which no other waits. Whoever brought it to its last
/// recipient does so: many at a time then share a write of the spool.
pub(super) async fn end(hub: &Arc<Hub>, id: MailId) -> Result<(), SpoolError> {
    let Some(status) = hub.spool.status(id) else { return Ok(()) };
    let is_over = matches!(status.phase, Phase::Released { .. }) && is_settled(&status);
    if !is_over || hub.is_waited_for(id) {
        return Ok(());
    }
    write_down(hub, &last(hub, id, &status)?).await
}

/// What is left to write down of a mail of which all is known.
fn last(hub: &Arc<Hub>, id: MailId, status: &Status) -> Result<Vec<Event>, SpoolError> {
    let end = End::of(status);
    let envelope = hub.spool.envelope(id)?;
    let got = recall::got(&envelope, status);
    hub.record.note(Note::Ended { id, end, got, at: hub.now() });
    Ok(report::last(hub, id, &envelope, status))
}

async fn write_down(hub: &Hub, events: &[Event]) -> Result<(), SpoolError> {
    match hub.spool.append(events).await {
        // What does not fit was settled by somebody else.
        Ok(()) | Err(SpoolError::Misfit { .. }) => {}
        Err(error) => return Err(error),
    }
    for event in events {
        hub.log.event(event);
    }
    Ok(())
}

fn is_settled(status: &Status) -> bool {
    status.recipients.iter().all(crate::spool::Progress::is_final)
}
