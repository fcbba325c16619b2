//! What was sent: a search of the relay's record, and one mail of it with who decided what and why.

use case::Lang;
use maud::{Markup, html};
use relay::net::record::{End, Entry, Found};

use super::held::finding;
use super::{first_of, sentence, tabs, time};
use crate::lang::Word as W;
use crate::link;
use crate::views::fact;
use crate::views::layout::{Frame, Place};

/// What the page shows.
#[derive(Debug)]
pub(crate) struct View {
    /// The words that are searched for.
    pub(crate) words: String,
    /// The chosen state, by its name in the address.
    pub(crate) state: String,
    /// What was found.
    pub(crate) found: Found,
    /// Whether this is mail of one person alone.
    pub(crate) is_own: bool,
}

/// The states that can be asked for: name in the address, and word.
pub(crate) const STATES: &[(&str, W)] = &[
    ("", W::MailAny),
    ("flagged", W::MailFlagged),
    ("asked", W::MailAsked),
    ("under-way", W::MailUnderWay),
    ("delivered", W::MailDelivered),
    ("partly", W::MailPartly),
    ("failed", W::MailFailed),
    ("cancelled", W::MailCancelled),
    ("given-back", W::MailGivenBack),
    ("refused", W::MailRefused),
];

/// The word for what became of a mail.
fn end(end: Option<End>) -> W {
    let name = match end {
        None => "under-way",
        Some(End::Unknown) => return W::MailEndUnknown,
        Some(end) => end.name(),
    };
    STATES.iter().find(|(state, _)| *state == name).map_or(W::MailEndUnknown, |(_, word)| *word)
}

/// The word for a decision.
fn decision(name: &str) -> W {
    match name {
        "cancel" => W::MailCancelled,
        "individual-copies" => W::MailCopies,
        "links" => W::MailLinks,
        _ => W::MailLetGo,
    }
}

/// The search.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let lang = frame.lang;
    let content = html! {
        h1 { (W::MailSent.of(lang)) }
        (tabs(lang, W::MailSent))
        search {
            form.search method="get" action="/mail/sent" {
                label.sr-only for="q" { (W::Search.of(lang)) }
                input #q type="search" name="q" value=(view.words) maxlength="500" placeholder=(W::MailSearchHint.of(lang));
                select name="state" aria-label=(W::MailState.of(lang)) {
                    @for (name, word) in STATES {
                        option value=(name) selected[*name == view.state] { (word.of(lang)) }
                    }
                }
                button type="submit" { (W::Search.of(lang)) }
            }
        }
        @if view.is_own { p.about { (W::MailOnlyOwn.of(lang)) } }
        @if view.found.mails.is_empty() { p.none { (W::MailNothingFound.of(lang)) } }
        @else { (table(&view.found.mails, lang)) }
        @if let Some(next) = view.found.next {
            @let next = next.to_string();
            @let query = link::query([("q", view.words.as_str()), ("state", view.state.as_str()), ("before", next.as_str())]);
            p { a rel="next" href={ "/mail/sent" (query) } { (W::MailOlder.of(lang)) " →" } }
        }
    };
    frame.page(Place::Mail, W::MailSent.of(lang), &[], &content)
}

fn table(mails: &[Entry], lang: Lang) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label=(W::MailSent.of(lang)) {
            table.sent {
                thead { tr {
                    th scope="col" { (W::MailAt.of(lang)) }
                    th scope="col" { (W::MailFrom.of(lang)) }
                    th scope="col" { (W::MailRecipients.of(lang)) }
                    th scope="col" { (W::MailSubject.of(lang)) }
                    th scope="col" { (W::MailState.of(lang)) }
                } }
                tbody { @for mail in mails { tr {
                    td { (time(mail.at)) }
                    td { (mail.sender) }
                    td { (first_of(&mail.recipients, lang)) }
                    th scope="row" {
                        a href={ "/mail/sent/" (mail.id.to_string()) } {
                            @if mail.subject.is_empty() { (W::MailNoSubject.of(lang)) } @else { (mail.subject) }
                        }
                        @for found in mail.judgement.iter().flat_map(|judged| &judged.findings).filter(|found| found.binds) {
                            small.sub { (sentence(&found.says, lang)) }
                        }
                    }
                    td { (end(mail.end.map(|(end, _)| end)).of(lang)) }
                } } }
            }
        }
    }
}

/// One mail of the record, and beneath it what was done about it.
pub(crate) fn one(frame: &Frame, mail: &Entry, about: &Markup) -> Markup {
    let lang = frame.lang;
    let title = if mail.subject.is_empty() { W::MailNoSubject.of(lang) } else { &mail.subject };
    let content = html! {
        p { a href="/mail/sent" { "← " (W::MailSent.of(lang)) } }
        h1 { (title) }
        dl.facts {
            (row(W::MailState, &html! { strong { (end(mail.end.map(|(end, _)| end)).of(lang)) } @if let Some((_, at)) = &mail.end { " · " (time(*at)) } }, lang))
            (row(W::MailAt, &time(mail.at), lang))
            (row(W::MailFrom, &html! { (mail.sender) }, lang))
            (row(W::MailRecipients, &html! {
                (fact::thousands(mail.recipients.len() as u64))
                ul.addresses { @for to in &mail.recipients { li { (to) } } }
            }, lang))
            @if !mail.files.is_empty() {
                (row(W::MailFiles, &html! { ul.plain { @for name in &mail.files { li { (name) } } } }, lang))
            }
            @if let Some((who, at)) = &mail.opened { (row(W::MailOpened, &html! { (who) " · " (time(*at)) }, lang)) }
            @if let Some((who, at, what)) = &mail.decided {
                (row(W::MailDecided, &html! { (who) " · " (decision(what).of(lang)) " · " (time(*at)) }, lang))
            }
        }
        @let findings: Vec<_> = mail.judgement.iter().flat_map(|judged| &judged.findings).collect();
        @if !findings.is_empty() {
            section.findings aria-labelledby="findings" {
                h2 #findings { (W::MailFindings.of(lang)) }
                @for found in findings { (finding(found, lang)) }
            }
        }
        (about)
    };
    frame.page(Place::Mail, title, &[], &content)
}

fn row(word: W, value: &Markup, lang: Lang) -> Markup {
    html! { div.row { dt { (word.of(lang)) } dd { (value) } } }
}
