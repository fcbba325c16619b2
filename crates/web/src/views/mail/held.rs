//! Mail that waits: the list, and one mail with what was found in it and what can be said about it. The
//! mail is shown as text: nothing of it is fetched or run.

use case::Lang;
use jiff::Timestamp;
use maud::{Markup, html};
use relay::judge::{Told, Waiting};
use relay::net::Waits;
use relay::shown::{File, Shown};

use super::{first_of, sentence, tabs, time, who};
use crate::lang::Word as W;
use crate::views::fact;
use crate::views::layout::{Frame, Place, notice, problem};

/// A mail in the list.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Its name.
    pub(crate) id: String,
    /// When it came in.
    pub(crate) at: Timestamp,
    /// Who sends it.
    pub(crate) from: String,
    /// To whom.
    pub(crate) to: Vec<String>,
    /// Its subject.
    pub(crate) subject: String,
    /// What it waits for.
    pub(crate) waiting: Waiting,
    /// When the waiting ends by itself.
    pub(crate) until: Option<Timestamp>,
    /// What was found and binds.
    pub(crate) findings: Vec<Told>,
}

/// What the list shows.
#[derive(Debug)]
pub(crate) struct View {
    /// Who looks.
    pub(crate) who: String,
    /// Their own mail.
    pub(crate) own: Vec<Row>,
    /// Mail of others that wants their word.
    pub(crate) others: Vec<Row>,
    /// What was just done.
    pub(crate) done: Option<W>,
}

const fn waits_for(waiting: Waiting) -> W {
    match waiting {
        Waiting::Window => W::MailWaitsWindow,
        Waiting::Sender => W::MailWaitsSender,
        Waiting::Approver => W::MailWaitsApprover,
    }
}

/// The list.
pub(crate) fn list(frame: &Frame, view: &View) -> Markup {
    let lang = frame.lang;
    let content = html! {
        h1 { (W::MailWaiting.of(lang)) }
        (tabs(lang, W::MailWaiting))
        (who(frame, &view.who))
        @if let Some(done) = view.done { (notice(done.of(lang))) }
        (rows("others", W::MailToApprove, &view.others, W::MailNothingToApprove, lang))
        (rows("own", W::MailOwn, &view.own, W::MailNothingWaits, lang))
    };
    frame.page(Place::Mail, W::MailWaiting.of(lang), &[], &content)
}

fn rows(id: &str, heading: W, rows: &[Row], none: W, lang: Lang) -> Markup {
    html! {
        section aria-labelledby=(id) {
            h2 #(id) { (heading.of(lang)) " " small { (fact::thousands(rows.len() as u64)) } }
            @if rows.is_empty() { p.none { (none.of(lang)) } }
            ul.mails { @for row in rows { li {
                a.subject href={ "/mail/held/" (row.id) } {
                    @if row.subject.is_empty() { (W::MailNoSubject.of(lang)) } @else { (row.subject) }
                }
                p.sub { (row.from) " → " (first_of(&row.to, lang)) " · " (time(row.at)) }
                @for found in &row.findings { p.finding { (sentence(&found.says, lang)) } }
                p.sub {
                    strong { (waits_for(row.waiting).of(lang)) }
                    @if let Some(until) = row.until { " · " (until_words(row.waiting, lang)) " " (time(until)) }
                }
            } } }
        }
    }
}

const fn until_words(waiting: Waiting, lang: Lang) -> &'static str {
    match waiting {
        Waiting::Window => W::MailGoesAt.of(lang),
        Waiting::Sender | Waiting::Approver => W::MailBackAt.of(lang),
    }
}

/// One mail.
pub(crate) fn page(frame: &Frame, address: &str, waits: &Waits, wrong: Option<&str>) -> Markup {
    let lang = frame.lang;
    let id = waits.kept.id.to_string();
    let shown = waits.shown.as_ref();
    let subject = shown
        .and_then(|shown| shown.fields.iter().find(|(name, _)| name == "Subject"))
        .map_or("", |(_, subject)| subject.as_str());
    let title = if subject.is_empty() { W::MailNoSubject.of(lang) } else { subject };
    let content = html! {
        p { a href="/mail" { "← " (W::MailWaiting.of(lang)) } }
        (who(frame, address))
        h1 { (title) }
        @if let Some(wrong) = wrong { (problem(wrong)) }
        @if let Some(waiting) = waits.kept.waiting() {
            p role="status" {
                strong { (waits_for(waiting).of(lang)) } " "
                @if !waits.rights.let_go { (W::MailOthersDecide.of(lang)) }
            }
        }
        (findings(waits, lang))
        (decide(frame, &id, waits))
        section aria-labelledby="envelope" {
            h2 #envelope { (W::MailRecipients.of(lang)) " " small { (fact::thousands(waits.kept.envelope.to.len() as u64)) } }
            ul.addresses { @for to in &waits.kept.envelope.to { li { (to.address.to_string()) } } }
        }
        @match shown {
            Some(shown) => (mail(shown, lang)),
            None => p.problem { (W::MailUnreadable.of(lang)) },
        }
    };
    frame.page(Place::Mail, title, &[], &content)
}

fn findings(waits: &Waits, lang: Lang) -> Markup {
    let all = waits.kept.judgement.iter().flat_map(|judged| &judged.findings);
    let (binding, noted): (Vec<&Told>, Vec<&Told>) = all.partition(|found| found.binds);
    html! {
        @if !binding.is_empty() {
            section.findings aria-labelledby="findings" {
                h2 #findings { (W::MailFindings.of(lang)) }
                @for found in binding { (finding(found, lang)) }
            }
        }
        @if !noted.is_empty() {
            details {
                summary { (W::MailNoted.of(lang)) " " (noted.len()) }
                @for found in noted { (finding(found, lang)) }
            }
        }
    }
}

pub(super) fn finding(found: &Told, lang: Lang) -> Markup {
    html! {
        div.finding {
            p { (sentence(&found.says, lang)) }
            @if !found.evidence.is_empty() {
                dl.places { @for at in &found.evidence { dt { (at.place) } dd { (at.words) } } }
            }
        }
    }
}

/// The buttons. The careful one comes first.
fn decide(frame: &Frame, id: &str, waits: &Waits) -> Markup {
    let lang = frame.lang;
    let already = waits.kept.judgement.as_ref();
    let already = already.map(|judged| judged.disposition).unwrap_or_default();
    let as_decided = match (already.individual_copies, already.links) {
        (true, true) => W::MailLetGoBoth,
        (true, false) => W::MailLetGoCopies,
        (false, true) => W::MailLetGoLinks,
        (false, false) => W::MailLetGo,
    };
    html! {
        form.decide method="post" action={ "/mail/held/" (id) } {
            (frame.token())
            button.careful type="submit" name="decision" value="cancel" { (W::MailCancel.of(lang)) }
            @if waits.rights.individual_copies && !already.individual_copies {
                button.quiet type="submit" name="decision" value="individual-copies" { (W::MailCopies.of(lang)) }
            }
            @if waits.rights.links && !already.links {
                button.quiet type="submit" name="decision" value="links" { (W::MailLinks.of(lang)) }
            }
            @if waits.rights.let_go {
                button.quiet type="submit" name="decision" value="let-go" { (as_decided.of(lang)) }
            }
        }
    }
}

fn mail(shown: &Shown, lang: Lang) -> Markup {
    html! {
        section.letter aria-labelledby="letter" {
            h2 #letter { (W::MailContent.of(lang)) }
            dl.fields { @for (name, value) in &shown.fields { dt { (name) } dd { (value) } } }
            @if !shown.files.is_empty() {
                h3 { (W::MailFiles.of(lang)) }
                ul.files { @for file in &shown.files { li { (file_line(file, lang)) } } }
            }
            pre.text tabindex="0" { (shown.text) }
            @if shown.is_cut { p.about { (W::MailCut.of(lang)) } }
        }
    }
}

fn file_line(file: &File, lang: Lang) -> Markup {
    html! {
        strong { @if file.name.is_empty() { "—" } @else { (file.name) } }
        " " small { (file.kind) " · " (fact::thousands(file.bytes as u64)) " bytes" }
        @if file.people > 0 {
            " · " (fact::thousands(file.people as u64)) " " (W::MailPeopleIn.after(file.people as u64, lang))
        }
        @if !file.is_open { " · " (W::MailFileClosed.of(lang)) }
    }
}
