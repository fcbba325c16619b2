//! `replay --drill`: the pages of the sandbox's relay, for as long as somebody is asked. It does not know
//! what is asked.

use anyhow::{Context as _, bail};
use book::Book;
use relay::net::Desk;
use replay::{Derived, Drill, Replayed, WrittenPolicy};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::sources::Wanted;
use crate::cli::replay::ReplayArgs;
use crate::read::complain;
use crate::{data, serve};

/// Runs one case with people in the loop.
pub(super) async fn run(
    args: &ReplayArgs,
    found: &[Wanted],
    policy: &WrittenPolicy,
) -> anyhow::Result<Replayed> {
    let [Wanted { name, derived, .. }] = found else {
        bail!("a drill is of one case; {} were named", found.len());
    };
    let Derived::Scenario(scenario) = derived else {
        bail!("{name}: no control is there for it yet, so nobody is asked anything");
    };
    if scenario.steps.iter().all(|step| step.action.mail().is_none()) {
        bail!("{name}: nobody is asked anything in it");
    }
    let drill = Drill::prepare(scenario, policy).await?;
    let socket = web::listen(args.pages).await.map_err(serve::hinted)?;
    let pages = format!("http://{}", socket.local_addr()?);
    let folder = tempfile::tempdir().context("the book of the drill cannot be made")?;
    let book = Book::open(folder.path()).map_err(data::hinted)?;
    let (end, ended) = oneshot::channel::<()>();
    let begun = |desk: Desk, people: Vec<(String, replay::SignIn)>| {
        tokio::spawn(serve_pages(socket, book, desk, ended));
        tokio::task::spawn_blocking(move || {
            for (name, sign_in) in people {
                if let Some(link) = sign_in.link() {
                    complain(&format!("jikenbo: {name} <{}> signs in at {link}", sign_in.who));
                }
            }
            complain(
                "jikenbo: the mail waits; the drill ends when it was answered, or with Ctrl-C",
            );
        });
    };
    let replayed = drill.run(pages, begun, web::told_to_end()).await?;
    // Pages that are gone were told to end before.
    let _told = end.send(());
    Ok(replayed)
}

async fn serve_pages(socket: TcpListener, book: Book, desk: Desk, ended: oneshot::Receiver<()>) {
    let Ok(address) = socket.local_addr() else { return };
    let options = web::Options { mail: Some(desk), ..web::Options::local(address) };
    let end = async move { drop(ended.await) };
    if let Err(error) = web::serve_until(socket, book, options, |_| {}, end).await {
        complain(&format!("jikenbo: the pages ended: {error}"));
    }
}
