//! The router: which address is answered by what, within which limits. It does not know what the
//! answers say.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use book::Book;
use tokio::sync::Mutex;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::accounts::{Accounts, Hasher, Throttle};
use crate::reading::Readings;
use crate::rounds::Rounds;
use crate::serve::Unserved;
use crate::shelf::{Figures, Snapshot};
use crate::{api, assets, handlers, security, views};

/// The largest form, the largest body of the API, and an upload with what a form adds to it.
const FORM_BYTES: usize = 4 << 20;
const UPLOAD_BYTES: usize = (64 << 20) + (64 << 10);
/// An answer takes no longer; readings have a shorter limit of their own.
const LONGEST: Duration = Duration::from_secs(65);

/// How the book is served.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Whether the book can be read without an account.
    pub public_read: bool,
    /// Names that this server answers to beside its address and `localhost`.
    pub hosts: Vec<String>,
    /// Whether browsers come by way of https, in front of this server: cookies are then Secure.
    pub https: bool,
    /// The relay that runs with this server, if one does.
    pub mail: Option<relay::net::Desk>,
    /// The file of the organisation's own policy, read anew for each round of replays; without it they run under
    /// the default.
    pub policy: Option<PathBuf>,
}

impl Options {
    /// For this machine alone.
    pub fn local(listen: SocketAddr) -> Self {
        Self {
            listen,
            public_read: false,
            hosts: Vec::new(),
            https: false,
            mail: None,
            policy: None,
        }
    }
}

/// What handlers share.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) book: Book,
    pub(crate) accounts: Accounts,
    pub(crate) readings: Readings,
    pub(crate) snapshot: Mutex<Arc<Snapshot>>,
    pub(crate) figures: Figures,
    /// How often links to sign in by were asked for.
    pub(crate) links: Throttle,
    /// What is being replayed.
    pub(crate) rounds: Rounds,
    pub(crate) options: Options,
}

impl App {
    /// The app of a book with its accounts in the same folder.
    pub(crate) fn new(book: Book, options: Options) -> Result<Self, Unserved> {
        let hasher = Hasher::strong().map_err(|_| Unserved::Randomness)?;
        let dir = book.dir().to_path_buf();
        Self::with_hasher(book, &dir, options, hasher)
    }

    /// The same with a hasher of passwords that a test can afford.
    pub(crate) fn with_hasher(
        book: Book,
        dir: &Path,
        options: Options,
        hasher: Hasher,
    ) -> Result<Self, Unserved> {
        let accounts = Accounts::open(dir, hasher).map_err(|e| Unserved::Accounts(Box::new(e)))?;
        Ok(Self {
            book,
            accounts,
            readings: Readings::new(),
            snapshot: Mutex::new(Arc::new(Snapshot::default())),
            figures: Figures::default(),
            links: Throttle::default(),
            rounds: Rounds::default(),
            options,
        })
    }
}

/// The addresses about outgoing mail.
fn mail() -> Router<Arc<App>> {
    Router::new()
        .route("/mail", get(handlers::mail::waiting))
        .route("/mail/sign-in", post(handlers::mail::sign_in))
        .route("/mail/sign-out", post(handlers::mail::sign_out))
        .route("/mail/link/{link}", get(handlers::mail::link_form).post(handlers::mail::link))
        .route("/mail/held/{id}", get(handlers::mail::held_page).post(handlers::mail::decide))
        .route("/mail/sent", get(handlers::mail::sent))
        .route("/mail/sent/{id}", get(handlers::mail::sent_one))
        .route(
            "/mail/sent/{id}/recall",
            get(handlers::recall::draft).post(handlers::recall::recall),
        )
        .route("/mail/sent/{id}/deleted", post(handlers::recall::noted))
        .route("/mail/sent/{id}/case", post(handlers::recall::case))
        .route("/mail/sent/{id}/resent", post(handlers::recall::resent))
        .route(
            "/mail/deleted/{link}",
            get(handlers::recall::deleted_form).post(handlers::recall::deleted),
        )
        .route(
            "/mail/sent/{id}/withdraw",
            get(handlers::files::withdraw_form).post(handlers::files::withdraw),
        )
        .route("/files/{id}", get(handlers::files::page).post(handlers::files::send_code))
        .route("/files/{id}/code", post(handlers::files::take_code))
        .route("/files/{id}/{file}", get(handlers::files::fetch))
        .route("/mail/decisions", get(handlers::mail::decisions))
}

/// The addresses about live cases.
fn live() -> Router<Arc<App>> {
    Router::new()
        .route("/live", get(handlers::live::list))
        .route("/live/open", get(handlers::live::open_form).post(handlers::live::open))
        .route("/live/{number}", get(handlers::live::page))
        .route(
            "/live/{number}/add/{kind}",
            get(handlers::live::entry_form).post(handlers::live::add),
        )
        .route("/live/{number}/answer", post(handlers::live::answer))
        .route(
            "/live/{number}/fact/{field}",
            get(handlers::live::fact_form).post(handlers::live::fact),
        )
        .route("/live/{number}/withdraw", post(handlers::live::withdraw))
        .route("/live/{number}/close", post(handlers::live::close))
        .route("/live/{number}/reopen", post(handlers::live::reopen))
        .route("/live/{number}/disclose", post(handlers::live::disclose))
        .route("/live/{number}/contacts", get(handlers::live::contacts))
        .route("/live/{number}/status", get(handlers::live::status))
        .route("/live/{number}/draft", get(handlers::live::draft))
}

/// All addresses.
pub(crate) fn router(app: Arc<App>) -> Router {
    let pages = Router::new()
        .route("/", get(handlers::book::table))
        .route("/timeline", get(handlers::book::timeline))
        .route("/statistics", get(handlers::statistics::page))
        .route("/compare", get(handlers::case::compare))
        .route("/export", get(handlers::export::found))
        .route("/feed.atom", get(handlers::export::feed))
        .route("/sql", get(handlers::sql::page))
        .route("/replays", get(handlers::replays::page).post(handlers::replays::run_all))
        .route("/case/{number}", get(handlers::case::page))
        .route("/cases/{number}", get(handlers::case::elsewhere))
        .route("/case/{number}/like", get(handlers::case::like))
        .route("/case/{number}/export/{format}", get(handlers::export::one))
        .route("/case/{number}/replay", post(handlers::replays::run_one))
        .route("/case/{number}/withdraw", post(handlers::case::withdraw))
        .route("/case/{number}/decide", post(handlers::case::decide))
        .route(
            "/case/{number}/correct/{field}",
            get(handlers::case::correct_form).post(handlers::case::correct),
        )
        .route("/source/{sha256}", get(handlers::case::original))
        .route("/open", get(handlers::add::open_form).post(handlers::add::open))
        .route("/add/{draft}", get(handlers::add::review))
        .route("/add/{draft}/keep", post(handlers::add::keep))
        .route("/language/{lang}", get(handlers::language))
        .route("/assets/{name}", get(assets::serve));
    let accounts = Router::new()
        .route("/sign-in", get(handlers::accounts::sign_in_form).post(handlers::accounts::sign_in))
        .route("/sign-out", post(handlers::accounts::sign_out))
        .route(
            "/welcome/{code}",
            get(handlers::accounts::welcome_form).post(handlers::accounts::welcome),
        )
        .route("/account", get(handlers::accounts::page))
        .route("/account/sign-out-everywhere", post(handlers::accounts::sign_out_everywhere))
        .route("/account/password", post(handlers::accounts::change_password))
        .route("/account/tokens", post(handlers::accounts::make_token))
        .route("/account/tokens/revoke", post(handlers::accounts::revoke))
        .route("/account/invite", post(handlers::accounts::invite))
        .route("/account/role", post(handlers::accounts::set_role));
    let uploads = Router::new()
        .route("/add", get(handlers::add::form).post(handlers::add::read))
        .merge(api::router(true))
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES));
    Router::new()
        .merge(pages)
        .merge(accounts)
        .merge(mail())
        .merge(live())
        .merge(api::router(false))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .merge(uploads)
        .fallback(|| async { crate::failure::Failure::NotFound })
        .layer(from_fn(security::origin))
        .layer(from_fn_with_state(Arc::clone(&app), security::host))
        .layer(CatchPanicLayer::custom(security::panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, LONGEST))
        .layer(from_fn_with_state(Arc::clone(&app), security::explain))
        .layer(from_fn(security::headers))
        .layer(CompressionLayer::new())
        .with_state(app)
}

const _: () = assert!(UPLOAD_BYTES as u64 > views::add::MOST_BYTES, "a form is more than its file");
