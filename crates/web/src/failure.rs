//! What can go wrong with a request, as its sender may know it. It does not know causes: those are
//! written to the log, and the sender sees only generic text.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// There is no such page or case.
    NotFound,
    /// Nobody is signed in, and the page is not for everybody.
    SignIn,
    /// The one signed in may not do this.
    Forbidden,
    /// The form does not carry the token of this visitor, or comes from another site.
    Forged,
    /// The request cannot be understood; what about it, for people.
    Wrong(String),
    /// The request is too large.
    TooLarge,
    /// Too many attempts; when to come again.
    TooMany(Duration),
    /// It took longer than it may.
    TooLong,
    /// The address in the request is not one of this server.
    WrongHost,
    /// A method that this address does not take.
    Method,
    /// The server is as full as it may get.
    Full,
    /// A mistake on our side.
    Internal,
}

impl Failure {
    /// A mistake on our side: the cause goes to the log of the server and nowhere else.
    pub(crate) fn internal(cause: &dyn std::fmt::Display) -> Self {
        crate::log::line("error", &cause.to_string());
        Self::Internal
    }

    /// The status code.
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::Forged => StatusCode::FORBIDDEN,
            Self::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLong => StatusCode::REQUEST_TIMEOUT,
            Self::WrongHost => StatusCode::MISDIRECTED_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Full => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The name in answers of the API.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::SignIn => "not_signed_in",
            Self::Forbidden => "forbidden",
            Self::Forged => "forged",
            Self::Wrong(_) => "wrong",
            Self::TooLarge => "too_large",
            Self::TooMany(_) => "too_many",
            Self::TooLong => "too_long",
            Self::WrongHost => "wrong_host",
            Self::Method => "method_not_allowed",
            Self::Full => "full",
            Self::Internal => "internal",
        }
    }
}

impl IntoResponse for Failure {
    /// An empty answer that carries the failure; `security::explain` gives it words in the
    /// language of the visitor, as a page or as JSON.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Self::TooMany(wait) = &self {
            let seconds = wait.as_secs().max(1);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}
