//! Who calls the API: a program with a token, or a page of ours with its visitor's session, which
//! may read and no more.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::accounts::Account;
use crate::app::App;
use crate::failure::Failure;
use crate::visitor::{Role, Visitor};

fn bearer(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|x| x.1)
}

/// Somebody who may read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ApiReader;

impl FromRequestParts<Arc<App>> for ApiReader {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        if let Some(token) = bearer(parts) {
            let (_, scopes) = app.accounts.of_token(token)?.ok_or(Failure::SignIn)?;
            return if scopes.read { Ok(Self) } else { Err(Failure::Forbidden) };
        }
        let visitor = Visitor::from_request_parts(parts, app).await?;
        if visitor.account.is_some() || app.options.public_read {
            Ok(Self)
        } else {
            Err(Failure::SignIn)
        }
    }
}

/// Somebody who may see live cases, by their name: a program of theirs, or a page of ours. To others
/// there is no such thing.
#[derive(Clone, Debug)]
pub(crate) struct ApiResponder(pub(crate) Account);

impl FromRequestParts<Arc<App>> for ApiResponder {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let account = if let Some(token) = bearer(parts) {
            let (account, scopes) = app.accounts.of_token(token)?.ok_or(Failure::SignIn)?;
            if !scopes.read {
                return Err(Failure::Forbidden);
            }
            account
        } else {
            let visitor = Visitor::from_request_parts(parts, app).await?;
            visitor.account.ok_or(Failure::SignIn)?
        };
        if account.role >= Role::Editor { Ok(Self(account)) } else { Err(Failure::NotFound) }
    }
}

/// A program that may change cases, in the name of its account.
#[derive(Clone, Debug)]
pub(crate) struct ApiEditor(pub(crate) Account);

impl FromRequestParts<Arc<App>> for ApiEditor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        // A session's cookie comes by itself, a token does not: no forged request carries one.
        let token = bearer(parts).ok_or(Failure::SignIn)?;
        let (account, scopes) = app.accounts.of_token(token)?.ok_or(Failure::SignIn)?;
        if scopes.write { Ok(Self(account)) } else { Err(Failure::Forbidden) }
    }
}
