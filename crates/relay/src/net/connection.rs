//! One client: bytes between its connection and its session, and what the session asks for. It does
//! not know SMTP.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::Hub;
use super::early::Early;
use super::guesses::{self, Guesser};
use super::memory::{NoRoom, Share};
use super::stream::{Stream, within};
use crate::Login;
use crate::session::{
    Admission, Credentials, Farewell, Listener, LoginRefusal, Refusal, Session, Step, Taken,
};
use crate::spool::MailId;

/// How long a client may take to take a reply, to shake hands, and to stop after it was told to.
const WRITING: Duration = Duration::from_mins(2);
const SHAKING_HANDS: Duration = Duration::from_secs(30);
const CLOSING: Duration = Duration::from_secs(5);

/// A mail that is judged and written down is in memory so often: as it came, and its files decoded or, of
/// a short one, as a record of the spool.
const COPIES_WHILE_KEPT: usize = 2;

/// Serves a client until one of both ends it.
pub(super) async fn serve(
    hub: Arc<Hub>,
    listener: Arc<Listener>,
    stream: Stream,
    client: IpAddr,
    is_encrypted: bool,
) {
    // What a client does to its own connection is no matter of ours.
    if let Ok(stream) = talk(&hub, listener, stream, client, is_encrypted).await {
        let _closed = timeout(CLOSING, stream.close()).await;
    }
}

async fn talk(
    hub: &Arc<Hub>,
    listener: Arc<Listener>,
    mut stream: Stream,
    client: IpAddr,
    mut is_encrypted: bool,
) -> io::Result<Stream> {
    let mut out = Vec::new();
    let (role, known) = (listener.role, hub.network_of(client));
    let (began, stay) = (Instant::now(), listener.patience.stranger_stay);
    let mut session = Session::new(listener, Some(client), known, is_encrypted, &mut out);
    let (mut share, mut early) = (hub.memory.share(), Early::default());
    'session: loop {
        within(WRITING, stream.write(&out)).await?;
        if share.resize(session.held_bytes()).await.is_err() {
            hub.log.warn(format_args!("no room for a mail of client={client}"));
            session.forget_mail();
            // Less is always there.
            let _resized = share.resize(session.held_bytes()).await;
        }
        early.follow(hub, session.held_mail()).await;
        // Nothing is kept for a client that is waited for.
        out = Vec::new();
        let mut buffer = Vec::new();
        let mut patience = session.patience();
        if session.is_stranger() {
            patience = patience.min(stay.saturating_sub(began.elapsed()));
        }
        let read = tokio::select! {
            read = timeout(patience, stream.read(&mut buffer)) => read,
            () = hub.stopping() => {
                session.hang_up(Farewell::ShuttingDown, &mut out);
                break;
            }
        };
        match read {
            Ok(Ok(0)) => return Ok(stream),
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(error),
            Err(_elapsed) => {
                session.hang_up(Farewell::WaitedTooLong, &mut out);
                break;
            }
        }
        let mut input = buffer.as_slice();
        loop {
            match session.handle(&mut input, &mut out) {
                Step::Read => break,
                Step::Close => break 'session,
                Step::StartTls(question) => {
                    within(WRITING, stream.write(&out)).await?;
                    out.clear();
                    let tls = hub.tls(role).ok_or(io::ErrorKind::Unsupported)?;
                    stream = shake_hands(stream, tls).await?;
                    question.started(hub.certified(role, &stream));
                    is_encrypted = true;
                    break;
                }
                Step::CheckLogin(claimed, question) => {
                    let name = claimed.name.clone();
                    let outcome = check_login(hub, claimed, client).await;
                    if let Err(why) = &outcome {
                        hub.log.warn(format_args!(
                            "login refused client={client} account={name} why={why:?}"
                        ));
                    }
                    question.answer(outcome, &mut out);
                }
                Step::Mail(taken, question) => {
                    let early = std::mem::take(&mut early);
                    let kept = keep(hub, *taken, is_encrypted, early, &mut share).await;
                    match kept {
                        Ok(id) => question.accepted(&id.to_string(), &mut out),
                        Err(why) => {
                            hub.log.warn(format_args!("refused client={client} why={why:?}"));
                            question.refused(why, &mut out);
                        }
                    }
                }
            }
        }
    }
    within(WRITING, stream.write(&out)).await?;
    Ok(stream)
}

/// Has a mail judged and kept, where there is room for that.
async fn keep(
    hub: &Arc<Hub>,
    taken: Taken,
    has_tls: bool,
    early: Early,
    share: &mut Share,
) -> Result<MailId, Refusal> {
    let bytes = taken.content.len().saturating_mul(COPIES_WHILE_KEPT);
    share.resize(bytes).await.map_err(|NoRoom| Refusal::NoSpace)?;
    hub.take_in(taken, has_tls, early).await
}

async fn check_login(
    hub: &Arc<Hub>,
    claimed: Credentials,
    client: IpAddr,
) -> Result<Admission, LoginRefusal> {
    let guessers = vec![Guesser::From(client), Guesser::For(claimed.name.clone())];
    if hub.guesses.must_wait(&guessers, Instant::now()) {
        return Err(LoginRefusal::NotNow);
    }
    let account = hub.settings.accounts.get(&claimed.name).cloned();
    let _turn = hub.hashing.acquire().await.map_err(|_| LoginRefusal::NotNow)?;
    if hub.guesses.must_wait(&guessers, Instant::now()) {
        return Err(LoginRefusal::NotNow);
    }
    let hash = account.as_ref().map(|account| account.password.clone());
    let password = claimed.password;
    let check = move || guesses::is_right(password.reveal().as_bytes(), hash.as_deref());
    let is_right = tokio::task::spawn_blocking(check).await.map_err(|_| LoginRefusal::NotNow)?;
    if let Some(account) = account.filter(|_| is_right) {
        hub.guesses.was_right(&guessers);
        Ok(Admission { login: Login::Account(claimed.name), rights: account.rights })
    } else {
        hub.guesses.was_wrong(guessers, Instant::now());
        Err(LoginRefusal::Wrong)
    }
}

/// Shakes hands with a client.
pub(super) async fn shake_hands(stream: Stream, tls: &TlsAcceptor) -> io::Result<Stream> {
    within(SHAKING_HANDS, stream.accept(tls)).await
}
