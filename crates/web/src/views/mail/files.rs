//! Files that were given out by link, as the sender of the mail and administrators see them: what there is,
//! who fetched it when, and taking it back.

use jiff::Timestamp;
use maud::{Markup, html};
use relay::net::{Fetch, Parcel};

use super::time;
use crate::lang::Word as W;
use crate::views::fact;
use crate::views::files::name;
use crate::views::layout::{Frame, Place};

/// On the page of a mail that was sent.
pub(crate) fn section(frame: &Frame, parcel: &Parcel, fetches: &[Fetch], now: Timestamp) -> Markup {
    let lang = frame.lang;
    html! {
        section aria-labelledby="by-link" {
            h2 #by-link { (W::FilesByLink.of(lang)) }
            (state(frame, parcel, now))
            div.scroll tabindex="0" role="group" aria-labelledby="by-link" {
                table.fetched {
                    thead { tr {
                        th scope="col" { (W::MailFiles.of(lang)) }
                        th scope="col" { (W::FilesFetchedBy.of(lang)) }
                    } }
                    tbody { @for (n, file) in parcel.files.iter().enumerate() { tr {
                        th scope="row" { (name(&file.name)) " " small { (fact::thousands(file.bytes)) " bytes" } }
                        td {
                            @let by: Vec<&Fetch> = fetches.iter().filter(|one| one.file == n).collect();
                            @if by.is_empty() { (W::FilesNotFetched.of(lang)) }
                            @else { ul.plain { @for one in by { li {
                                (one.who) " · " (time(one.at))
                                @if let Some(from) = one.from { " · " small { (from.to_string()) } }
                            } } } }
                        }
                    } } }
                }
            }
            @if parcel.is_here(now) {
                p { a href={ "/mail/sent/" (parcel.mail.to_string()) "/withdraw" } { (W::FilesWithdraw.of(lang)) } }
            }
        }
    }
}

/// Until when, or since when not any more and why.
fn state(frame: &Frame, parcel: &Parcel, now: Timestamp) -> Markup {
    let lang = frame.lang;
    html! {
        p.about {
            @match &parcel.gone {
                Some(gone) => @match &gone.by {
                    Some(by) => { strong { (W::FilesWithdrawnBy.of(lang)) } " " (by) " · " (time(gone.at)) },
                    None => { (W::FilesExpired.of(lang)) " " (time(gone.at)) },
                },
                None if parcel.is_here(now) => { (W::FilesUntil.of(lang)) " " (time(parcel.until)) },
                None => (W::FilesExpired.of(lang)),
            }
        }
    }
}

/// Asking whether they are to be withdrawn.
pub(crate) fn withdraw(frame: &Frame, parcel: &Parcel) -> Markup {
    let lang = frame.lang;
    let mail = parcel.mail.to_string();
    let content = html! {
        p { a href={ "/mail/sent/" (mail) } { "← " (W::MailSent.of(lang)) } }
        h1 { (W::FilesWithdrawAsk.of(lang)) }
        ul.files { @for file in &parcel.files { li { (name(&file.name)) } } }
        p.about { (W::FilesWithdrawHelp.of(lang)) }
        form method="post" action={ "/mail/sent/" (mail) "/withdraw" } {
            (frame.token())
            button.careful type="submit" { (W::FilesWithdraw.of(lang)) }
        }
    };
    frame.page(Place::Mail, W::FilesWithdrawAsk.of(lang), &[], &content)
}
