//! Serving: a listener, the link of the first start, and an orderly end. It does not know what is
//! answered.

use std::net::SocketAddr;
use std::sync::Arc;

use book::Book;
use tokio::net::TcpListener;

use crate::app::{self, App, Options};

/// Why the book is not served.
#[derive(Debug, thiserror::Error)]
pub enum Unserved {
    /// The accounts cannot be opened.
    #[error("the accounts cannot be opened")]
    Accounts(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The system gives no randomness.
    #[error("the system gives no randomness for secrets")]
    Randomness,
    /// The address cannot be listened at.
    #[error("cannot listen at {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// Serving ended with an error.
    #[error("serving ended")]
    Ended(#[source] std::io::Error),
}

/// What is told when the server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// Where it listens; the port is the one that the system gave where none was asked for.
    pub address: SocketAddr,
    /// The one-time link by which the first administrator is made, where there is nobody yet.
    pub first_link: Option<String>,
}

/// Serves the book until the process is told to end (Ctrl-C, SIGTERM); requests under way are then
/// finished. `started` is called once, as soon as the server listens.
pub fn serve(book: Book, options: Options, started: impl FnOnce(&Started)) -> Result<(), Unserved> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(64)
        .build()
        .map_err(Unserved::Ended)?;
    runtime.block_on(async {
        let listener = listen(options.listen).await?;
        serve_until(listener, book, options, started, told_to_end()).await
    })
}

/// The socket of an address.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, Unserved> {
    TcpListener::bind(address).await.map_err(|source| Unserved::Listen { address, source })
}

/// Serves the book on a socket until `end`; requests under way are then finished.
pub async fn serve_until(
    listener: TcpListener,
    book: Book,
    options: Options,
    started: impl FnOnce(&Started),
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Unserved> {
    let address = listener.local_addr().map_err(Unserved::Ended)?;
    let app = Arc::new(App::new(book, options)?);
    let first = app.accounts.first_invitation().map_err(|_| Unserved::Randomness)?;
    let first_link = first.map(|code| format!("http://{address}/welcome/{code}"));
    started(&Started { address, first_link });
    let service = app::router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(end).await.map_err(Unserved::Ended)
}

/// Waits for Ctrl-C or SIGTERM.
pub async fn told_to_end() {
    let interrupt = async {
        // Where signals cannot be heard, the process ends as the system ends it.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return interrupt.await };
        tokio::select! {
            () = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
}
