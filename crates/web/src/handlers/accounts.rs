//! Signing in and out, one's account, and for the administrator those of others.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::Markup;

use super::{Back, agent, see, with_cookie};
use crate::accounts::{Refused, Scopes};
use crate::app::App;
use crate::failure::Failure;
use crate::form::Form;
use crate::lang::Word as W;
use crate::views::accounts::View;
use crate::visitor::{FORM, Member, Role, SESSION, Visitor, cookie};
use crate::{link, secret, shelf, views};

/// How long a browser keeps the session's cookie.
const COOKIE_SECONDS: i64 = 90 * 24 * 60 * 60;

/// The address that a request comes from, where the server knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address(pub(crate) Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(address.map(|ConnectInfo(address)| address.ip())))
    }
}

/// A page with a form for somebody who is not signed in: their browser gets a secret first, to
/// which the form is tied.
pub(crate) fn with_form(
    app: &App,
    visitor: Visitor,
    page: impl FnOnce(&Visitor) -> Response,
) -> Result<Response, Failure> {
    if visitor.has_seed() {
        return Ok(page(&visitor));
    }
    let seed = secret::fresh()?;
    let visitor = visitor.with_seed(seed.clone());
    let response = page(&visitor);
    Ok(with_cookie(app, response, FORM, &seed, 24 * 60 * 60))
}

/// `GET /sign-in`
pub(crate) async fn sign_in_form(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(back): Query<Back>,
) -> Result<Response, Failure> {
    let to = link::local(&back.to).to_owned();
    with_form(&app, visitor, |visitor| {
        views::accounts::sign_in(&visitor.frame(), &to, None).into_response()
    })
}

/// `POST /sign-in`
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Address(address): Address,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    let password = form.exact("password").to_owned();
    let to = link::local(form.get("to"));
    let signed = app.accounts.sign_in(form.get("name"), password, address, agent(&headers));
    if let Some((account, session)) = signed.await? {
        shelf::note(&app, "signed_in", "", &account.name).await?;
        return Ok(with_cookie(&app, see(to), SESSION, &session, COOKIE_SECONDS));
    }
    let frame = visitor.frame();
    let page = views::accounts::sign_in(&frame, to, Some(W::SignInWrong.of(frame.lang)));
    Ok((StatusCode::UNAUTHORIZED, page).into_response())
}

/// `POST /sign-out`
pub(crate) async fn sign_out(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    _form: Form,
) -> Result<Response, Failure> {
    let session = cookie(&headers, SESSION).unwrap_or_default();
    if let Some(account) = app.accounts.of_session(session)? {
        app.accounts.sign_out(session)?;
        shelf::note(&app, "signed_out", "", &account.name).await?;
    }
    Ok(with_cookie(&app, see("/sign-in"), SESSION, "", 0))
}

/// `POST /account/sign-out-everywhere`
pub(crate) async fn sign_out_everywhere(
    State(app): State<Arc<App>>,
    member: Member,
    _form: Form,
) -> Result<Response, Failure> {
    app.accounts.sign_out_everywhere(member.account.id, None)?;
    shelf::note(&app, "signed_out_everywhere", "", &member.account.name).await?;
    Ok(with_cookie(&app, see("/sign-in"), SESSION, "", 0))
}

/// `GET /welcome/{code}`
pub(crate) async fn welcome_form(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Response, Failure> {
    let role = app.accounts.invited(&code)?.ok_or(Failure::NotFound)?;
    with_form(&app, visitor, |visitor| {
        views::accounts::welcome(&visitor.frame(), &link::encode(&code), role, None).into_response()
    })
}

/// `POST /welcome/{code}`
pub(crate) async fn welcome(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(code): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let role = app.accounts.invited(&code)?.ok_or(Failure::NotFound)?;
    let frame = visitor.frame();
    let again = |word: W| {
        let wrong = Some(word.of(frame.lang));
        let page = views::accounts::welcome(&frame, &link::encode(&code), role, wrong);
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let password = form.exact("password").to_owned();
    if password != form.exact("again") {
        return again(W::PasswordDiffers);
    }
    match app.accounts.take_up(&code, form.get("name"), password, agent(&headers)).await? {
        Ok((account, session)) => {
            shelf::note(&app, "account_made", account.role.name(), &account.name).await?;
            Ok(with_cookie(&app, see("/"), SESSION, &session, COOKIE_SECONDS))
        }
        Err(Refused::NoInvitation) => Err(Failure::NotFound),
        Err(Refused::Name) => again(W::NameTaken),
        Err(Refused::Short) => again(W::PasswordShort),
    }
}

/// What the page of an account shows, with what was just done.
fn view(app: &App, member: &Member, headers: &HeaderMap) -> Result<View, Failure> {
    let id = member.account.id;
    let accounts =
        if member.account.role == Role::Administrator { app.accounts.list()? } else { Vec::new() };
    Ok(View {
        sessions: app.accounts.sessions(id, cookie(headers, SESSION).unwrap_or_default())?,
        tokens: app.accounts.tokens(id)?,
        accounts,
        ..View::default()
    })
}

/// `GET /account`
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    member: Member,
    headers: HeaderMap,
) -> Result<Markup, Failure> {
    let view = view(&app, &member, &headers)?;
    Ok(views::accounts::page(&member.visitor.frame(), &view))
}

/// `POST /account/password`
pub(crate) async fn change_password(
    State(app): State<Arc<App>>,
    member: Member,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    let session = cookie(&headers, SESSION).unwrap_or_default();
    let (old, new) = (form.exact("old").to_owned(), form.exact("new").to_owned());
    let changed = app.accounts.change_password(&member.account, session, old, new).await?;
    let frame = member.visitor.frame();
    let mut view = view(&app, &member, &headers)?;
    if changed == Some(true) {
        shelf::note(&app, "password_changed", "", &member.account.name).await?;
    }
    let (status, word) = match changed {
        Some(true) => (StatusCode::OK, W::PasswordChanged),
        Some(false) => (StatusCode::UNPROCESSABLE_ENTITY, W::PasswordShort),
        None => (StatusCode::UNPROCESSABLE_ENTITY, W::SignInWrong),
    };
    let said = Some(word.of(frame.lang).to_owned());
    if status == StatusCode::OK {
        view.done = said;
    } else {
        view.wrong = said;
    }
    Ok((status, views::accounts::page(&frame, &view)).into_response())
}

/// `POST /account/tokens`
pub(crate) async fn make_token(
    State(app): State<Arc<App>>,
    member: Member,
    headers: HeaderMap,
    form: Form,
) -> Result<Markup, Failure> {
    let scopes = Scopes { read: form.has("scope", "read"), write: form.has("scope", "write") };
    if form.get("name").is_empty() || !(scopes.read || scopes.write) {
        return Err(Failure::Wrong(String::new()));
    }
    let token = app.accounts.make_token(&member.account, form.get("name"), scopes)?;
    shelf::note(&app, "token_made", form.get("name"), &member.account.name).await?;
    let view = View { fresh: Some(token), ..view(&app, &member, &headers)? };
    Ok(views::accounts::page(&member.visitor.frame(), &view))
}

/// `POST /account/tokens/revoke`
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    member: Member,
    form: Form,
) -> Result<Response, Failure> {
    let id = form.get("id").parse().map_err(|_| Failure::NotFound)?;
    app.accounts.revoke(&member.account, id)?;
    shelf::note(&app, "token_revoked", "", &member.account.name).await?;
    Ok(see("/account"))
}

/// `POST /account/invite`
pub(crate) async fn invite(
    State(app): State<Arc<App>>,
    member: Member,
    headers: HeaderMap,
    form: Form,
) -> Result<Markup, Failure> {
    member.at_least(Role::Administrator)?;
    let role = Role::from_name(form.get("role")).ok_or(Failure::NotFound)?;
    let code = app.accounts.invite(role)?;
    shelf::note(&app, "invited", role.name(), &member.account.name).await?;
    let host = headers.get(axum::http::header::HOST).and_then(|host| host.to_str().ok());
    let scheme = if app.options.https { "https" } else { "http" };
    let link = format!("{scheme}://{}/welcome/{code}", host.unwrap_or_default());
    let view = View { fresh: Some(link), ..view(&app, &member, &headers)? };
    Ok(views::accounts::page(&member.visitor.frame(), &view))
}

/// `POST /account/role`
pub(crate) async fn set_role(
    State(app): State<Arc<App>>,
    member: Member,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    member.at_least(Role::Administrator)?;
    let id = form.get("id").parse().map_err(|_| Failure::NotFound)?;
    let role = Role::from_name(form.get("role")).ok_or(Failure::NotFound)?;
    let active = form.has("active", "on");
    if app.accounts.set_role(id, role, active)? {
        let about =
            format!("account {id}: {}{}", role.name(), if active { "" } else { ", inactive" });
        shelf::note(&app, "role_changed", about, &member.account.name).await?;
        return Ok(see("/account"));
    }
    let frame = member.visitor.frame();
    let mut view = view(&app, &member, &headers)?;
    view.wrong = Some(W::LastAdministrator.of(frame.lang).to_owned());
    let page = views::accounts::page(&frame, &view);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
