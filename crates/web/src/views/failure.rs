//! What went wrong, as a page. It says nothing of the inside.

use maud::{Markup, html};

use super::layout::{Frame, Place};
use crate::failure::Failure;
use crate::lang::Word as W;

/// The words for a failure.
pub(crate) const fn word(failure: &Failure) -> W {
    match failure {
        Failure::NotFound => W::NotFound,
        Failure::SignIn => W::MustSignIn,
        Failure::Forbidden => W::Forbidden,
        Failure::Forged => W::Forged,
        Failure::Wrong(_) => W::WrongRequest,
        Failure::TooLarge => W::TooLarge,
        Failure::TooMany(_) => W::TooMany,
        Failure::TooLong => W::TooLong,
        Failure::WrongHost => W::WrongHost,
        Failure::Method => W::WrongMethod,
        Failure::Full => W::Full,
        Failure::Internal => W::Internal,
    }
}

/// The page.
pub(crate) fn page(frame: &Frame, failure: &Failure) -> Markup {
    let lang = frame.lang;
    let title = word(failure).of(lang);
    let content = html! {
        div.failure {
            p.code { (failure.status().as_u16()) }
            h1 { (title) }
            @if let Failure::Wrong(what) = failure { p { (what) } }
            p {
                @if *failure == Failure::SignIn {
                    a.button href={ "/sign-in?to=" (crate::link::encode(&frame.path)) } { (W::SignIn.of(lang)) }
                } @else {
                    a href="/" { (W::ToTheBook.of(lang)) }
                }
            }
        }
    };
    frame.page(Place::Elsewhere, title, &[], &content)
}
