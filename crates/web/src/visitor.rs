//! Who sends a request: language, account, and the token that forms of theirs must carry. It does
//! not know what they want.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use case::Lang;

use crate::accounts::Account;
use crate::app::App;
use crate::failure::Failure;
use crate::lang::{self, Word};
use crate::secret;
use crate::views::layout::Frame;

/// The cookie with the session.
pub(crate) const SESSION: &str = "jikenbo_session";
/// The cookie with the chosen language.
pub(crate) const LANGUAGE: &str = "jikenbo_language";
/// The cookie that ties forms to a browser before anybody is signed in.
pub(crate) const FORM: &str = "jikenbo_form";

/// The cookie with the proof of a mail address, where this server runs with the relay.
pub(crate) const MAILBOX: &str = "jikenbo_mail";
/// The cookie of somebody outside who may fetch the files of a mail; it is sent to their pages alone.
pub(crate) const FILES: &str = "jikenbo_files";

/// What an account may do. Each role may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Reads.
    Reader,
    /// Adds and corrects.
    Editor,
    /// Makes accounts.
    Administrator,
}

impl Role {
    /// Every role.
    pub(crate) const ALL: [Self; 3] = [Self::Reader, Self::Editor, Self::Administrator];

    /// Its name in the database and in forms.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Editor => "editor",
            Self::Administrator => "administrator",
        }
    }

    /// The role of that name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What people call it.
    pub(crate) const fn word(self) -> Word {
        match self {
            Self::Reader => Word::RoleReader,
            Self::Editor => Word::RoleEditor,
            Self::Administrator => Word::RoleAdministrator,
        }
    }
}

/// Whoever sends a request, signed in or not.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    /// The language of the answer.
    pub(crate) lang: Lang,
    /// Who is signed in.
    pub(crate) account: Option<Account>,
    /// The mail address that the visitor proved to be theirs.
    pub(crate) mailbox: Option<relay::Address>,
    /// Whether there are pages of mail.
    has_mail: bool,
    /// The session's secret, or that of the browser's forms; empty where there is neither.
    seed: String,
    /// Path and query of the request.
    path: String,
}

impl Visitor {
    /// What surrounds a page for this visitor.
    pub(crate) fn frame(&self) -> Frame {
        Frame {
            lang: self.lang,
            account: self.account.as_ref().map(|account| (account.name.clone(), account.role)),
            csrf: self.form_token(),
            has_mail: self.has_mail,
            path: self.path.clone(),
        }
    }

    /// The token of this visitor's forms: a hash of a secret that only their browser holds.
    pub(crate) fn form_token(&self) -> String {
        if self.seed.is_empty() {
            return String::new();
        }
        secret::hash_hex(&format!("form:{}", self.seed))
    }

    /// Whether a form's token is this visitor's.
    pub(crate) fn owns(&self, token: &str) -> bool {
        !self.seed.is_empty() && secret::equal(&self.form_token(), token)
    }

    /// The same visitor with a secret for forms: for browsers that have none yet.
    pub(crate) fn with_seed(self, seed: String) -> Self {
        Self { seed, ..self }
    }

    /// Whether forms can be shown.
    pub(crate) fn has_seed(&self) -> bool {
        !self.seed.is_empty()
    }
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(n, value)| (n == name).then_some(value))
}

/// The language that a request asks for.
pub(crate) fn language(headers: &HeaderMap) -> Lang {
    let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    lang::of_visitor(cookie(headers, LANGUAGE), accept)
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let session = cookie(&parts.headers, SESSION);
        let account = match session {
            Some(session) => app.accounts.of_session(session)?,
            None => None,
        };
        // A session that is over must not tie forms to itself.
        let seed = match (&account, session, cookie(&parts.headers, FORM)) {
            (Some(_), Some(session), _) => session.to_owned(),
            (_, _, Some(form)) if form.len() >= 32 => form.to_owned(),
            _ => String::new(),
        };
        let mailbox = app.options.mail.as_ref();
        let mailbox = mailbox.zip(cookie(&parts.headers, MAILBOX));
        let mailbox = mailbox.and_then(|(desk, proof)| desk.of_session(proof));
        let has_mail = app.options.mail.is_some();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { lang: language(&parts.headers), account, mailbox, has_mail, seed, path })
    }
}

/// A visitor who may read the book: signed in, or anybody where the book is public.
#[derive(Clone, Debug)]
pub(crate) struct Reader(pub(crate) Visitor);

impl FromRequestParts<Arc<App>> for Reader {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        if visitor.account.is_some() || app.options.public_read {
            Ok(Self(visitor))
        } else {
            Err(Failure::SignIn)
        }
    }
}

/// A visitor who is signed in with at least some role.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// The visitor.
    pub(crate) visitor: Visitor,
    /// The account.
    pub(crate) account: Account,
}

impl Member {
    /// Fails where the role is not enough.
    pub(crate) fn at_least(&self, role: Role) -> Result<(), Failure> {
        if self.account.role >= role { Ok(()) } else { Err(Failure::Forbidden) }
    }
}

impl FromRequestParts<Arc<App>> for Member {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let account = visitor.account.clone().ok_or(Failure::SignIn)?;
        Ok(Self { visitor, account })
    }
}

/// A member who may see live cases and record what happens. To any other member there is no such page,
/// whatever its address says: they are not even told that they may not.
#[derive(Clone, Debug)]
pub(crate) struct Responder(pub(crate) Member);

impl FromRequestParts<Arc<App>> for Responder {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let member = Member::from_request_parts(parts, app).await?;
        member.at_least(Role::Editor).map_err(|_| Failure::NotFound)?;
        Ok(Self(member))
    }
}

/// A member who may add and correct.
#[derive(Clone, Debug)]
pub(crate) struct Editor(pub(crate) Member);

impl FromRequestParts<Arc<App>> for Editor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let member = Member::from_request_parts(parts, app).await?;
        member.at_least(Role::Editor)?;
        Ok(Self(member))
    }
}
