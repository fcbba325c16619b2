//! Files that are given out by link, as those who got the mail see them: proving an address, saving the
//! files, and being told that they are gone. It does not know who may have them.

use maud::{Markup, html};
use relay::net::Parcel;

use super::fact;
use super::layout::{Frame, notice, problem};
use super::mail::time;
use crate::lang::Word as W;

/// Asking for the address.
pub(crate) fn ask(frame: &Frame, id: &str, wrong: Option<W>) -> Markup {
    let lang = frame.lang;
    let content = html! {
        div.narrow {
            h1 { (W::FilesTitle.of(lang)) }
            @if let Some(wrong) = wrong { (problem(wrong.of(lang))) }
            p.about { (W::FilesAsk.of(lang)) }
            form.stacked method="post" action={ "/files/" (id) } {
                (frame.token())
                label for="address" { (W::MailAddress.of(lang)) }
                input #address type="email" name="address" autocomplete="email" required maxlength="254" autocapitalize="none";
                button type="submit" { (W::FilesSendCode.of(lang)) }
            }
        }
    };
    frame.page_outside(W::FilesTitle.of(lang), &content)
}

/// Asking for the code. The page is the same whether one was sent or not.
pub(crate) fn code(frame: &Frame, id: &str, address: &str, is_wrong: bool) -> Markup {
    let lang = frame.lang;
    let content = html! {
        div.narrow {
            h1 { (W::FilesTitle.of(lang)) }
            @if is_wrong { (problem(W::FilesCodeWrong.of(lang))) } @else { (notice(W::FilesCodeSent.of(lang))) }
            form.stacked method="post" action={ "/files/" (id) "/code" } {
                (frame.token())
                input type="hidden" name="address" value=(address);
                p { strong { (address) } }
                label for="code" { (W::FilesCode.of(lang)) }
                input #code type="text" name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="20";
                button type="submit" { (W::FilesOpen.of(lang)) }
            }
            p { a href={ "/files/" (id) } { (W::FilesAgain.of(lang)) } }
        }
    };
    frame.page_outside(W::FilesTitle.of(lang), &content)
}

/// The files, for somebody who proved their address.
pub(crate) fn list(frame: &Frame, parcel: &Parcel, who: &str) -> Markup {
    let lang = frame.lang;
    let content = html! {
        h1 { (W::FilesTitle.of(lang)) }
        p.about { (W::FilesRecorded.of(lang)) }
        dl.facts {
            div.row { dt { (W::MailFrom.of(lang)) } dd { (parcel.sender) } }
            div.row { dt { (W::MailAddress.of(lang)) } dd { (who) } }
            div.row { dt { (W::FilesUntil.of(lang)) } dd { (time(parcel.until)) } }
        }
        ul.files { @for (n, file) in parcel.files.iter().enumerate() { li {
            strong { (name(&file.name)) }
            " " small { (fact::thousands(file.bytes)) " bytes" }
            " · " a download href={ "/files/" (parcel.id) "/" (n) } { (W::FilesSave.of(lang)) span.sr-only { " " (name(&file.name)) } }
        } } }
    };
    frame.page_outside(W::FilesTitle.of(lang), &content)
}

/// They are gone, and why.
pub(crate) fn gone(frame: &Frame, why: W) -> Markup {
    let lang = frame.lang;
    let content = html! {
        div.narrow {
            h1 { (W::FilesTitle.of(lang)) }
            (problem(why.of(lang)))
        }
    };
    frame.page_outside(W::FilesTitle.of(lang), &content)
}

/// The name of a file; one without stands as a dash.
pub(crate) fn name(written: &str) -> &str {
    if written.is_empty() { "—" } else { written }
}
