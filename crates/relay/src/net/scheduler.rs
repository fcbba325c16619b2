//! What is due: waits that end, mails that may go out, mails of which all is known. It asks the spool
//! and hands out work; it does not know servers.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::record::{End, Note};
use super::{Hub, delivery, recall, report};
use crate::judge::Waiting;
use crate::spool::{Event, MailId, Phase, SpoolError, Status, Step};

/// Mails that are delivered at a time, each on a connection of its own.
const WORKERS: usize = 8;
/// Mails that are handed out ahead.
const AHEAD: usize = 64;
/// The clock is looked at again at least this often, should it be set back or forth.
const LONGEST_NAP: Duration = Duration::from_mins(1);
/// After an error of the spool, this passes before it is asked again.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// Runs until the relay stops.
pub(super) async fn run(hub: Arc<Hub>) {
    let (work, jobs) = async_channel::bounded::<MailId>(AHEAD);
    let (done, mut finished) = mpsc::unbounded_channel::<MailId>();
    let mut workers = JoinSet::new();
    let employ = |workers: &mut JoinSet<()>| {
        let (hub, jobs, done) = (Arc::clone(&hub), jobs.clone(), done.clone());
        workers.spawn(delivery::worker(hub, jobs, done));
    };
    for _ in 0..WORKERS {
        employ(&mut workers);
    }
    // Mails that a worker has: the spool names them as due until they are settled.
    let mut out: HashSet<MailId> = HashSet::new();
    loop {
        while let Ok(id) = finished.try_recv() {
            out.remove(&id);
        }
        let due = hub.spool.due(Timestamp::now(), out.len() + AHEAD);
        let mut nap = nap(&hub);
        let mut is_busy = false;
        for id in due.into_iter().filter(|id| !out.contains(id)).collect::<Vec<_>>() {
            match settle(&hub, id).await {
                Ok(Next::Deliver) if work.try_send(id).is_ok() => {
                    out.insert(id);
                }
                Ok(Next::Deliver) => is_busy = true,
                Ok(Next::Settled) => nap = Duration::ZERO,
                Err(_) => nap = AFTER_ERROR,
            }
        }
        if nap.is_zero() && (is_busy || !out.is_empty()) {
            // Whatever is due is in somebody's hands: one of them will tell.
            nap = LONGEST_NAP;
        }
        tokio::select! {
            () = hub.stopping() => break,
            Some(id) = finished.recv() => { out.remove(&id); }
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

/// How long nothing is due.
fn nap(hub: &Hub) -> Duration {
    let Some(next) = hub.spool.next_due() else { return LONGEST_NAP };
    let wait = next.duration_since(Timestamp::now());
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
    let Some(status) = hub.spool.status(id) else { return Ok(Next::Settled) };
    if let Phase::Released { .. } | Phase::Cancelled { .. } = &status.phase {
        let now = Timestamp::now();
        if matches!(status.phase, Phase::Cancelled { .. }) {
            hub.note_stopped(id, now);
        }
        // Before the spool forgets the mail: what waits with it is stored first.
        hub.follow(id, now).await?;
    }
    let events = match &status.phase {
        Phase::Received => {
            let now = Timestamp::now();
            let (events, held) = hub.judge_again(id, now)?;
            hub.spool.append(&events).await?;
            if let Some(held) = held {
                hub.remember(held, &hub.policy(), now).await?;
            }
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
        Phase::Released { .. } | Phase::Cancelled { .. } => {
            let end = End::of(&status);
            let got = recall::got(&hub.spool.envelope(id)?, &status);
            hub.record.note(Note::Ended { id, end, got, at: Timestamp::now() });
            report::last(hub, id, &status)?
        }
    };
    hub.spool.append(&events).await?;
    Ok(Next::Settled)
}

fn is_settled(status: &Status) -> bool {
    status.recipients.iter().all(crate::spool::Progress::is_final)
}
