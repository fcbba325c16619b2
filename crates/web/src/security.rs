//! What holds for every request and answer: which names the server answers to, what a browser may
//! do with a page, what a failure says. It does not know what is asked for.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use case::Lang;

use crate::app::App;
use crate::failure::Failure;
use crate::views;
use crate::views::layout::Frame;
use crate::visitor::{self, Visitor};

/// Nothing from elsewhere, nothing inline, in no frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
    base-uri 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Puts the headers on every answer. What is not said to be kept by caches is not.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Refuses names that are not this server's. A page of another site can have its name resolve to
/// 127.0.0.1 (DNS rebinding) and would then read the book with the visitor's browser.
pub(crate) async fn host(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .or_else(|| request.uri().host())
        .unwrap_or_default();
    if answers_to(host, app.options.listen, &app.options.hosts) {
        next.run(request).await
    } else {
        Failure::WrongHost.into_response()
    }
}

/// Whether a server that listens at `listen` is meant by `host`.
fn answers_to(host: &str, listen: SocketAddr, configured: &[String]) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.ends_with(':') => {
            name
        }
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    if configured.iter().any(|known| known.eq_ignore_ascii_case(&name)) || name == "localhost" {
        return true;
    }
    // An address is no name that could be made to resolve to us.
    name.parse::<IpAddr>().is_ok_and(|ip| !listen.ip().is_loopback() || ip.is_loopback())
}

/// Refuses what another site makes a browser send: pages of ours send from ours. Programs that
/// carry a token have no browser and send none of these headers.
pub(crate) async fn origin(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) || same_site(request.headers()) {
        next.run(request).await
    } else {
        Failure::Forged.into_response()
    }
}

fn same_site(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text(&HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(&header::ORIGIN), text(&header::HOST)) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, name)| name.eq_ignore_ascii_case(host))
        }
        (Some(_), None) => false,
        (None, _) => true,
    }
}

/// Gives failures their words: a page in the visitor's language, or JSON for the API.
pub(crate) async fn explain(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (mut asked, body) = request.into_parts();
    let response = next.run(Request::from_parts(asked.clone(), body)).await;
    let Some(failure) = failure_of(&response) else { return response };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_TYPE);
    if asked.uri.path().starts_with("/api/") {
        let message = match &failure {
            Failure::Wrong(what) => what.clone(),
            other => views::failure::word(other).of(Lang::En).to_owned(),
        };
        let body = serde_json::json!({ "error": { "code": failure.name(), "message": message } });
        return (failure.status(), parts.headers, axum::Json(body)).into_response();
    }
    let frame = match Visitor::from_request_parts(&mut asked, &app).await {
        Ok(visitor) => visitor.frame(),
        Err(_) => Frame {
            lang: visitor::language(&asked.headers),
            account: None,
            csrf: String::new(),
            has_mail: false,
            path: "/".to_owned(),
        },
    };
    let page = views::failure::page(&frame, &failure);
    (failure.status(), parts.headers, page).into_response()
}

/// The failure that an answer carries, or that a layer of the server made without us.
fn failure_of(response: &Response) -> Option<Failure> {
    if let Some(failure) = response.extensions().get::<Failure>() {
        return Some(failure.clone());
    }
    let by_layer = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("text/plain")));
    match response.status() {
        status if !status.is_client_error() && !status.is_server_error() => None,
        _ if !by_layer => None,
        StatusCode::NOT_FOUND => Some(Failure::NotFound),
        StatusCode::METHOD_NOT_ALLOWED => Some(Failure::Method),
        StatusCode::PAYLOAD_TOO_LARGE => Some(Failure::TooLarge),
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => Some(Failure::TooLong),
        status if status.is_server_error() => Some(Failure::Internal),
        _ => Some(Failure::Wrong(String::new())),
    }
}

/// What a handler that panicked leaves behind.
#[expect(clippy::needless_pass_by_value, reason = "tower-http gives the panic by value")]
pub(crate) fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no words");
    Failure::internal(&format!("a handler panicked: {words}")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_for_this_machine_answers_to_no_other_name() {
        let loopback: SocketAddr = "127.0.0.1:8040".parse().unwrap();
        let all: SocketAddr = "0.0.0.0:8040".parse().unwrap();
        let known = vec!["book.example.jp".to_owned()];
        for (host, listen, answered) in [
            ("127.0.0.1:8040", loopback, true),
            ("localhost:8040", loopback, true),
            ("[::1]:8040", loopback, true),
            ("LOCALHOST", loopback, true),
            ("book.example.jp:443", loopback, true),
            ("evil.example.com:8040", loopback, false),
            ("192.0.2.7:8040", loopback, false),
            ("localhost.evil.example.com", loopback, false),
            ("", loopback, false),
            ("192.0.2.7:8040", all, true),
            ("evil.example.com", all, false),
        ] {
            assert_eq!(answers_to(host, listen, &known), answered, "{host} at {listen}");
        }
    }

    #[test]
    fn forms_of_other_sites_are_known_by_their_headers() {
        let check = |pairs: &[(&'static str, &'static str)], ours: bool| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            assert_eq!(same_site(&headers), ours, "{pairs:?}");
        };
        check(&[], true);
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("sec-fetch-site", "cross-site")], false);
        check(&[("sec-fetch-site", "same-site")], false);
        check(&[("origin", "http://127.0.0.1:8040"), ("host", "127.0.0.1:8040")], true);
        check(&[("origin", "http://evil.example.com"), ("host", "127.0.0.1:8040")], false);
        check(&[("origin", "null"), ("host", "127.0.0.1:8040")], false);
    }
}
