//! Outgoing mail: what waits, one mail to decide about, what was sent, how people decide. It does not know
//! how mail is judged or kept.

pub(crate) mod decisions;
pub(crate) mod files;
pub(crate) mod held;
pub(crate) mod recall;
pub(crate) mod sent;

use case::Lang;
use guard::Sentence;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use maud::{Markup, html};

use super::layout::{Frame, Place, notice, problem};
use crate::lang::Word as W;

/// The sentence of a language.
pub(crate) fn sentence(says: &Sentence, lang: Lang) -> &str {
    match lang {
        Lang::Ja => &says.ja,
        Lang::En => &says.en,
    }
}

/// Japan's time, which has no summer time: that of those who read these pages, and of cases.
pub(crate) fn japan() -> TimeZone {
    TimeZone::fixed(Offset::constant(9))
}

/// A time for people.
pub(crate) fn time(at: Timestamp) -> Markup {
    let machine = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let here = at.to_zoned(japan());
    html! { time datetime=(machine) { (here.strftime("%Y-%m-%d %H:%M:%S")) " JST" } }
}

/// The first of many, and how many more there are.
pub(crate) fn first_of(all: &[String], lang: Lang) -> String {
    match (all.first(), all.len()) {
        (None, _) => String::new(),
        (Some(first), 1) => first.clone(),
        (Some(first), count) if lang == Lang::Ja => format!("{first} ほか{}件", count - 1),
        (Some(first), count) => format!("{first} and {} more", count - 1),
    }
}

/// The links between the pages of mail.
fn tabs(lang: Lang, here: W) -> Markup {
    let tabs = [
        (W::MailWaiting, "/mail"),
        (W::MailSent, "/mail/sent"),
        (W::MailDecisions, "/mail/decisions"),
    ];
    html! {
        nav.tabs aria-label=(W::Mail.of(lang)) {
            ul { @for (word, href) in tabs {
                li { a href=(href) aria-current=[(word == here).then_some("page")] { (word.of(lang)) } }
            } }
        }
    }
}

/// Who is signed in by a link, and the way out.
fn who(frame: &Frame, address: &str) -> Markup {
    html! {
        form.line.person method="post" action="/mail/sign-out" {
            (frame.token())
            span { (address) } " "
            button.quiet type="submit" { (W::SignOut.of(frame.lang)) }
        }
    }
}

/// What was said after asking for a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nothing was asked yet.
    No,
    /// A link is on its way, if the address is of the organisation.
    Sent,
    /// What was typed is no address.
    NoAddress,
    /// The link is not good any more.
    Spent,
}

/// Asking for a link by which one signs in.
pub(crate) fn sign_in(frame: &Frame, asked: Asked, is_administrator: bool) -> Markup {
    let lang = frame.lang;
    let content = html! {
        div.narrow {
            h1 { (W::MailSignIn.of(lang)) }
            @match asked {
                Asked::No => {}
                Asked::Sent => (notice(W::MailLinkSent.of(lang))),
                Asked::NoAddress => (problem(W::MailNoAddress.of(lang))),
                Asked::Spent => (problem(W::MailLinkSpent.of(lang))),
            }
            p.about { (W::MailSignInHelp.of(lang)) }
            form.stacked method="post" action="/mail/sign-in" {
                (frame.token())
                label for="address" { (W::MailAddress.of(lang)) }
                input #address type="email" name="address" autocomplete="email" required maxlength="254" autocapitalize="none";
                button type="submit" { (W::MailSendLink.of(lang)) }
            }
            @if is_administrator { p { a href="/mail/sent" { (W::MailSent.of(lang)) } } }
        }
    };
    frame.page(Place::Mail, W::MailSignIn.of(lang), &[], &content)
}

/// Asking whether it is really they: programs that follow links in mail press no button.
pub(crate) fn confirm(frame: &Frame, link: &str, address: &str) -> Markup {
    let lang = frame.lang;
    let content = html! {
        div.narrow {
            h1 { (W::MailConfirm.of(lang)) }
            p { strong { (address) } }
            p.about { (W::MailConfirmHelp.of(lang)) }
            form method="post" action={ "/mail/link/" (link) } {
                (frame.token())
                button type="submit" { (W::MailGoOn.of(lang)) }
            }
        }
    };
    frame.page(Place::Mail, W::MailConfirm.of(lang), &[], &content)
}
