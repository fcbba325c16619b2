//! After a mail went wrong: the request to delete it, who has deleted it, and the page on which somebody
//! outside says so. It does not know how requests are sent.

use case::Lang;
use jiff::Timestamp;
use maud::{Markup, html};
use relay::net::Recall;
use relay::net::record::{End, Entry};

use super::time;
use crate::lang::Word as W;
use crate::views::fact;
use crate::views::layout::{Frame, Place, notice, problem};

/// A request before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    /// When it was noticed, in Japan's time: `2031-04-05T15:07`.
    pub(crate) noticed: String,
    /// The subject of the request.
    pub(crate) subject: String,
    /// Its text.
    pub(crate) text: String,
}

impl Draft {
    /// The request for a mail that was sent at `sent`, in Japan's time.
    pub(crate) fn of(mail: &Entry, sent: &str, noticed: String) -> Self {
        let (sent, subject) = (sent.replace('T', " "), &mail.subject);
        let text = format!(
            "このたび、{sent}に当方からお送りしたメール(件名「{subject}」)は、誤ってお送りしたものでした。\n\
             ご迷惑をおかけし、深くお詫び申し上げます。\n\n\
             恐れ入りますが、このメールと添付ファイルを、転送や保存をされた写しも含めて削除してくださいますよう\n\
             お願いいたします。内容の利用や転送はお控えください。\n\n\
             The mail that we sent you at {sent} (Japan time) under the subject \"{subject}\" was sent by mistake.\n\
             We apologise. Please delete it with its files and all copies, and do not use or pass on what it says."
        );
        let subject =
            "【お願い】誤ってお送りしたメールの削除について / Please delete a mail sent by mistake";
        Self { noticed, subject: subject.to_owned(), text }
    }
}

/// The request, to be read and changed before it goes out.
pub(crate) fn draft(frame: &Frame, mail: &Entry, draft: &Draft, wrong: Option<&str>) -> Markup {
    let lang = frame.lang;
    let id = mail.id.to_string();
    let content = html! {
        p { a href={ "/mail/sent/" (id) } { "← " (W::Cancel.of(lang)) } }
        h1 { (W::RecallAsk.of(lang)) }
        @if let Some(wrong) = wrong { (problem(wrong)) }
        p.about { (W::RecallHelp.of(lang)) }
        form.stacked.wide method="post" action={ "/mail/sent/" (id) "/recall" } {
            (frame.token())
            label for="noticed" { (W::RecallNoticed.of(lang)) }
            input #noticed type="datetime-local" name="noticed" required value=(draft.noticed);
            label for="subject" { (W::MailSubject.of(lang)) }
            input #subject name="subject" required maxlength="300" value=(draft.subject);
            label for="text" { (W::RecallText.of(lang)) }
            textarea #text name="text" required rows="12" maxlength="20000" { (draft.text) }
            button type="submit" { (W::RecallSend.of(lang)) }
        }
    };
    frame.page(Place::Mail, W::RecallAsk.of(lang), &[], &content)
}

/// What was done about a mail, beneath it; or the way to do it.
pub(crate) fn section(frame: &Frame, mail: &Entry, recall: Option<&Recall>) -> Markup {
    let lang = frame.lang;
    let id = mail.id.to_string();
    match recall {
        None if matches!(mail.end, None | Some((End::Delivered | End::Partly, _))) => html! {
            p { a.button href={ "/mail/sent/" (id) "/recall" } { (W::RecallAsk.of(lang)) } }
        },
        None => html! {},
        Some(recall) => html! {
            section aria-labelledby="recall" {
                h2 #recall { (W::RecallDone.of(lang)) }
                dl.facts {
                    div.row { dt { (W::RecallNoticed.of(lang)) } dd { (time(recall.noticed)) } }
                    div.row { dt { (W::RecallAsked.of(lang)) } dd { (time(recall.asked)) " · " (recall.by) } }
                    div.row { dt { (W::RecallResent.of(lang)) } dd {
                        @match recall.resent {
                            Some(at) => (time(at)),
                            None => (small_form(frame, &format!("/mail/sent/{id}/resent"), None, W::RecallResentNow)),
                        }
                    } }
                    div.row { dt { (W::RecallCase.of(lang)) } dd {
                        @match &recall.number {
                            Some(number) => a href={ "/case/" (number) } { (number) },
                            None => (small_form(frame, &format!("/mail/sent/{id}/case"), None, W::OpenCase)),
                        }
                    } }
                }
                (who_deleted(frame, &id, recall, lang))
            }
        },
    }
}

fn who_deleted(frame: &Frame, id: &str, recall: &Recall, lang: Lang) -> Markup {
    let done = recall.to.iter().filter(|one| one.deleted.is_some()).count() as u64;
    html! {
        p role="status" {
            (W::RecallDeleted.of(lang)) " " strong { (fact::thousands(done)) } " / " (fact::thousands(recall.to.len() as u64))
        }
        div.scroll tabindex="0" role="group" aria-labelledby="recall" {
            table {
                thead { tr { th scope="col" { (W::MailRecipients.of(lang)) } th scope="col" { (W::RecallDeleted.of(lang)) } } }
                tbody { @for one in &recall.to { tr {
                    th scope="row" { (one.address) }
                    td { @match &one.deleted {
                        Some((at, by)) => { (time(*at)) " · " (by) },
                        None => (small_form(frame, &format!("/mail/sent/{id}/deleted"), Some(&one.address), W::RecallNote)),
                    } }
                } } }
            }
        }
    }
}

/// A form of one button.
fn small_form(frame: &Frame, action: &str, address: Option<&str>, word: W) -> Markup {
    let lang = frame.lang;
    html! {
        form.inline method="post" action=(action) {
            (frame.token())
            @if let Some(address) = address {
                input type="hidden" name="address" value=(address);
                button.quiet type="submit" aria-label={ (word.of(lang)) ": " (address) } { (word.of(lang)) }
            } @else {
                button.quiet type="submit" { (word.of(lang)) }
            }
        }
    }
}

/// The page on which somebody outside says that they deleted a mail.
pub(crate) fn deleted(
    frame: &Frame,
    link: &str,
    address: &str,
    sent: Timestamp,
    is_done: bool,
) -> Markup {
    let lang = frame.lang;
    let content = html! {
        div.narrow {
            h1 { (W::DeletedAsk.of(lang)) }
            p { strong { (address) } " · " (time(sent)) }
            @if is_done { (notice(W::DeletedThanks.of(lang))) } @else {
                p { (W::DeletedHelp.of(lang)) }
                form method="post" action={ "/mail/deleted/" (link) } {
                    (frame.token())
                    button type="submit" { (W::DeletedYes.of(lang)) }
                }
            }
        }
    };
    frame.page(Place::Elsewhere, W::DeletedAsk.of(lang), &[], &content)
}
