//! Live cases: the list, the one page for whoever is in charge, and the pages beside it. They do not know
//! how days or rates are counted, or who may see them.

mod case;
mod clocks;
pub(crate) mod forms;
mod lists;
mod recovery;

pub(crate) use case::{View, page};

use ::case::{Field, Lang, LiveNumber};
use book::{EntryRef, LiveLine};
use maud::{Markup, html};
use response::live::{Contact, Public, Time, stamp};
use response::{Draft, Stamp};
use serde_json::Value;

use self::forms::Kind;
use super::layout::{Frame, Place, problem};
use super::{editor, status};
use crate::lang::Word as W;
use crate::lang::live::LiveWord as L;

/// All live cases.
pub(crate) fn list(frame: &Frame, lines: &[LiveLine]) -> Markup {
    let lang = frame.lang;
    let open = lines.iter().filter(|line| line.disclosed.is_none()).count();
    let content = html! {
        h1 { (L::Cases.of(lang)) }
        p.about { (L::CasesHelp.of(lang)) }
        p { a.button href="/live/open" { (L::Open.of(lang)) } }
        @if lines.is_empty() { p.none { (L::None.of(lang)) } }
        @else {
            @let open = u64::try_from(open).unwrap_or(u64::MAX);
            p { (open) " " (L::StillOpen.after(open, lang)) }
            div.scroll {
                table.live-list {
                    thead { tr {
                        @for word in [L::Entry, L::Title, L::Opened, L::Changed] { th scope="col" { (word.of(lang)) } }
                        th {}
                    } }
                    tbody { @for line in lines { (row(line, lang)) } }
                }
            }
        }
    };
    frame.page(Place::Live, L::Cases.of(lang), &[], &content)
}

fn row(line: &LiveLine, lang: Lang) -> Markup {
    html! {
        tr {
            th scope="row" { a href={ "/live/" (line.number) } { (line.number) } }
            td { (line.opening.event["title"].as_str().unwrap_or_default()) }
            td { (written(&line.opening.at, lang)) }
            td { (written(&line.changed_at, lang)) }
            td {
                @match line.disclosed {
                    Some(number) => { span.badge { (L::Disclosed.of(lang)) } " " a href={ "/case/" (number) } { (number) } }
                    None => span.badge.warn { (L::Confidential.of(lang)) },
                }
            }
        }
    }
}

/// A time that was told.
fn time(at: Option<Time>, lang: Lang) -> Markup {
    html! { @if let Some(at) = at { time datetime=(at.at) { (at.says().of(lang)) } } @else { span.none { "—" } } }
}

/// A time that the ledger says.
fn written(at: &str, lang: Lang) -> Markup {
    time(stamp(at).map(Time::exactly), lang)
}

/// The page on which a case is opened.
pub(crate) fn open(frame: &Frame, said: &Value, now: Stamp, wrong: Option<&str>) -> Markup {
    let lang = frame.lang;
    let opened = forms::kind("opened");
    let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
    let known = if said.is_null() { now.to_string() } else { text("known") };
    let line = |name: &'static str, label: L, value: &str| {
        html! {
            div.field {
                label for=(name) { (label.of(lang)) }
                input #(name) type="text" name=(name) value=(value) maxlength="200";
            }
        }
    };
    let content = html! {
        (crumbs(None, lang))
        h1 { (L::Open.of(lang)) }
        p.about { (L::OpenHelp.of(lang)) }
        @if let Some(wrong) = wrong { (problem(wrong)) }
        form.entry-form method="post" action="/live/open" {
            (frame.token())
            @if let Some(kind) = opened { (forms::controls(kind, said, "open", lang)) }
            (line("known", L::Known, &known))
            (line("known_by", L::KnownBy, &text("known_by")))
            (line("happened", L::Happened, &text("happened")))
            (line("what", L::What, &text("what")))
            p.about { (L::TimeHint.of(lang)) }
            p { button type="submit" { (L::Open.of(lang)) } " " a href="/live" { (L::Cancel.of(lang)) } }
        }
    };
    frame.page(Place::Live, L::Open.of(lang), &[], &content)
}

fn crumbs(number: Option<LiveNumber>, lang: Lang) -> Markup {
    html! {
        p.crumbs {
            a href="/live" { (L::Cases.of(lang)) }
            @if let Some(number) = number { " / " a href={ "/live/" (number) } { (number) } }
        }
    }
}

/// The page on which an entry is made or corrected.
pub(crate) struct EntryPage<'a> {
    pub(crate) number: LiveNumber,
    pub(crate) kind: &'a Kind,
    /// What its controls say.
    pub(crate) said: &'a Value,
    /// The entry that is corrected, and why.
    pub(crate) instead: Option<(u64, &'a str)>,
    pub(crate) wrong: Option<&'a str>,
}

/// The form of an entry on a page of its own.
pub(crate) fn entry(frame: &Frame, page: &EntryPage<'_>) -> Markup {
    let lang = frame.lang;
    let title = match page.instead {
        Some((entry, _)) => {
            format!("{} ({} {entry})", L::Correct.of(lang), L::Entry.of(lang))
        }
        None => page.kind.title.of(lang).to_owned(),
    };
    let content = html! {
        (crumbs(Some(page.number), lang))
        h1 { (title) }
        @if let Some(wrong) = page.wrong { (problem(wrong)) }
        (form(frame, page, "entry"))
        @if let Some((entry, why)) = page.instead {
            @if page.kind.name != "opened" {
                form.entry-form method="post" action={ "/live/" (page.number) "/withdraw" } {
                    (frame.token())
                    input type="hidden" name="entry" value=(entry);
                    div.field {
                        label for="withdraw-why" { (L::Why.of(lang)) }
                        input #withdraw-why type="text" name="why" value=(why) required maxlength="2000";
                    }
                    p { button.quiet type="submit" { (L::Withdraw.of(lang)) } }
                }
            }
        }
    };
    frame.page(Place::Live, &title, &[], &content)
}

/// The form of an entry.
fn form(frame: &Frame, page: &EntryPage<'_>, prefix: &str) -> Markup {
    let lang = frame.lang;
    html! {
        form.entry-form method="post" action={ "/live/" (page.number) "/add/" (page.kind.name) } {
            (frame.token())
            (forms::controls(page.kind, page.said, prefix, lang))
            @if let Some((entry, why)) = page.instead {
                input type="hidden" name="instead_of" value=(entry);
                div.field {
                    label for={ (prefix) "-reason" } { (L::WhyCorrected.of(lang)) }
                    input id={ (prefix) "-reason" } type="text" name="reason" value=(why) required maxlength="2000";
                }
            }
            p { button type="submit" { (L::Save.of(lang)) } }
        }
    }
}

/// The page on which a field of the case is told.
pub(crate) fn fact(
    frame: &Frame,
    number: LiveNumber,
    field: Field,
    bare: &Value,
    wrong: Option<&str>,
) -> Markup {
    let lang = frame.lang;
    let title = format!("{}: {}", L::Facts.of(lang), field.label(lang));
    let content = html! {
        (crumbs(Some(number), lang))
        h1 { (title) }
        @if let Some(wrong) = wrong { (problem(wrong)) }
        form.correct method="post" action={ "/live/" (number) "/fact/" (field.name()) } {
            (frame.token())
            fieldset {
                legend { (field.label(lang)) }
                (editor::controls(field, bare, "v", lang))
            }
            p { button type="submit" { (L::Save.of(lang)) } " " a href={ "/live/" (number) } { (L::Cancel.of(lang)) } }
        }
    };
    frame.page(Place::Live, &title, &[], &content)
}

/// Whom to talk to, and who looked.
pub(crate) fn contacts(
    frame: &Frame,
    number: LiveNumber,
    contacts: &[(u64, Contact)],
    views: &[EntryRef],
) -> Markup {
    let lang = frame.lang;
    let content = html! {
        (crumbs(Some(number), lang))
        h1 { (L::Contacts.of(lang)) }
        p.about { (L::ContactsHelp.of(lang)) }
        div.scroll { table {
            thead { tr { @for word in [L::Name, L::Organisation, L::RoleOf, L::Reach, L::Entry] { th scope="col" { (word.of(lang)) } } } }
            tbody { @for (entry, contact) in contacts { tr {
                th scope="row" { (contact.name) }
                td { (contact.organisation) }
                td { (contact.role) }
                td { (contact.reach) }
                td.right { (entry) }
            } } }
        } }
        @if let Some(kind) = forms::kind("contact") {
            h2 { (kind.title.of(lang)) }
            (form(frame, &EntryPage { number, kind, said: &Value::Null, instead: None, wrong: None }, "add"))
        }
        h2 { (L::Views.of(lang)) }
        ul.plain { @for view in views.iter().rev().take(50) { li { (written(&view.at, lang)) " " (view.who) } } }
    };
    frame.page(Place::Live, L::Contacts.of(lang), &[], &content)
}

/// The status page before it goes out.
pub(crate) fn preview(frame: &Frame, number: LiveNumber, public: &Public) -> Markup {
    let lang = frame.lang;
    let content = html! {
        (crumbs(Some(number), lang))
        p.about { (L::StatusHelp.of(lang)) }
        div.preview { (status::status(public, lang)) }
    };
    frame.page(Place::Live, L::StatusPage.of(lang), &[], &content)
}

/// The draft of a release, and what stands against it.
pub(crate) fn draft<C>(frame: &Frame, number: LiveNumber, draft: &Draft<C>) -> Markup {
    let lang = frame.lang;
    let content = html! {
        (crumbs(Some(number), lang))
        h1 { (L::Draft.of(lang)) }
        p.about { (L::DraftHelp.of(lang)) }
        div.columns {
            section aria-labelledby="gaps" {
                h2 #gaps { (L::Gaps.of(lang)) " (" (draft.gaps.len()) ")" }
                @if draft.gaps.is_empty() { p.none { (L::NoGaps.of(lang)) } }
                ul.gaps { @for gap in &draft.gaps {
                    li {
                        (gap.says.of(lang)) " "
                        @if let Some(field) = gap.field {
                            a href={ "/live/" (number) "/fact/" (field.name()) } { (W::Correct.of(lang)) }
                        }
                    }
                } }
            }
            section.texts { div.text lang="ja" { (draft.text) } }
        }
    };
    frame.page(Place::Live, L::Draft.of(lang), &[], &content)
}
