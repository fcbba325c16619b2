//! Adding a disclosure, and correcting a field: forms. The reading is shown beside its text before
//! it is kept. It does not know how a text is read.

use case::{Case, Field, Origin};
use maud::{Markup, html};
use serde_json::Value;

use super::layout::{Frame, Place as Nav, problem};
use super::record::{self, Facts, Place};
use super::{editor, fact, source, value};
use crate::lang::Word as W;
use crate::lang::live::LiveWord as L;

/// The largest upload, in the words of the page.
pub(crate) const MOST_BYTES: u64 = 64 << 20;

/// The page on which a disclosure is pasted, chosen or dropped.
pub(crate) fn page(frame: &Frame, wrong: Option<&str>) -> Markup {
    let lang = frame.lang;
    let content = html! {
        h1 { (W::Add.of(lang)) }
        p { (W::AddHelp.of(lang)) }
        @if let Some(wrong) = wrong { (problem(wrong)) }
        form.add method="post" action="/add" enctype="multipart/form-data" {
            (frame.token())
            div.field {
                label for="text" { (W::PasteText.of(lang)) }
                textarea #text name="text" rows="12" lang="ja" {}
            }
            div.field.drop #drop {
                label for="file" { (W::OrFile.of(lang)) }
                input #file type="file" name="file" accept=".txt,.html,.htm,.pdf,.eml,.atom,.rss,.xml,text/*,application/pdf,message/rfc822";
                p.about { (W::FileKinds.of(lang)) " (" (fact::size(MOST_BYTES)) ")" }
                p.about #dropped role="status" {}
            }
            p { button type="submit" { (W::ReadIt.of(lang)) } }
        }
        p { a href="/open" { (W::OpenByHand.of(lang)) } }
    };
    frame.page(Nav::Add, W::Add.of(lang), &["add.js"], &content)
}

/// A reading to look at.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    /// The id under which the server holds it.
    pub(crate) id: &'a str,
    /// The name of the input.
    pub(crate) name: &'a str,
    /// Its format, in words.
    pub(crate) kind: &'static str,
    /// Of its bytes.
    pub(crate) sha256: &'a str,
    /// The decoded text.
    pub(crate) text: &'a str,
    /// The cases read, as many as are shown.
    pub(crate) cases: &'a [Case],
    /// All that were read.
    pub(crate) total: usize,
    /// What the reader left out.
    pub(crate) notes: &'a [String],
    /// The citation to mark.
    pub(crate) cite: Option<&'a str>,
}

/// The page on which a reading is looked at and corrected before it is kept.
pub(crate) fn review(frame: &Frame, reading: &Reading<'_>, wrong: Option<&str>) -> Markup {
    let lang = frame.lang;
    let places: Vec<Place> = reading
        .cases
        .iter()
        .map(|case| Place { sha256: reading.sha256.to_owned(), span: case.span })
        .collect();
    let mut facts = Facts::new(lang, &places, None);
    let shown: Vec<Markup> = reading
        .cases
        .iter()
        .enumerate()
        .map(|(at, case)| entry(at, case, reading, &mut facts))
        .collect();
    let cite = reading.cite.and_then(source::parse);
    let total = u64::try_from(reading.total).unwrap_or(u64::MAX);
    let content = html! {
        h1 { (W::Reading.of(lang)) }
        p.origin { strong { (reading.name) } " · " (reading.kind) " · " (fact::thousands(total)) " " (W::CasesRead.after(total, lang)) }
        @if let Some(wrong) = wrong { (problem(wrong)) }
        @for note in reading.notes { p.notice { (note) } }
        form.review method="post" action={ "/add/" (reading.id) "/keep" } {
            (frame.token())
            div.keep {
                label { (W::WhyCorrected.of(lang)) " " input name="why" maxlength="500" placeholder=(W::WhyHint.of(lang)); }
                " "
                button type="submit" { (W::Keep.of(lang)) }
                " "
                a href="/add" { (W::Discard.of(lang)) }
            }
            @if reading.cases.is_empty() { p.none { (W::NoCases.of(lang)) } }
            @for (at, (case, shown)) in reading.cases.iter().zip(&shown).enumerate() {
                article.case.entry {
                    div.columns {
                        div.known { (shown) }
                        section.texts aria-label=(W::SourceText.of(lang)) {
                            div.text lang="ja" data-report=(at + 1) {
                                @let lit = cite.filter(|(of, _)| *of == at).map(|(_, span)| span);
                                (source::marked(reading.text, case.span, at, &facts.marks[at], lit))
                            }
                        }
                    }
                }
            }
            @if reading.total > reading.cases.len() { p.notice { (W::MoreCases.of(lang)) } }
        }
        p.sr-only #heard role="status" aria-live="polite" {}
    };
    frame.page(Nav::Add, W::Reading.of(lang), &["case.js"], &content)
}

fn entry(at: usize, case: &Case, reading: &Reading<'_>, facts: &mut Facts<'_>) -> Markup {
    let lang = facts.lang;
    let said =
        case.facts.clone().map(|span| Origin::Words { source: reading.sha256.to_owned(), span });
    facts.edit_inline(format!("c{at}"), &case.facts);
    html! {
        h2 {
            @match &said.organisation {
                Some(name) => (facts.cited(&html! { (name.value) }, &name.cite)),
                None => span.none { (W::Unnamed.of(lang)) },
            }
        }
        @if let Some(title) = &said.title {
            p.title { (facts.cited(&html! { (title.value) }, &title.cite)) }
        }
        (facts.inline(Field::Organisation)) (facts.inline(Field::Title))
        (record::contradictions(&said, facts))
        (record::list(&said, facts))
        (record::course(&said, facts))
        (facts.inline(Field::Timeline))
    }
}

/// The page on which a kept field is corrected.
pub(crate) fn correct(
    frame: &Frame,
    number: &str,
    field: Field,
    bare: &Value,
    wrong: Option<&str>,
    why: &str,
) -> Markup {
    let lang = frame.lang;
    let title = format!("{}: {}", W::Correct.of(lang), field.label(lang));
    let content = html! {
        p.crumbs { a href="/" { (W::Book.of(lang)) } " / " a href={ "/case/" (number) } { (number) } }
        h1 { (title) }
        @if let Some(wrong) = wrong { (problem(wrong)) }
        @let now = value::words(field, bare, lang);
        @if let [one] = now.as_slice() {
            p.about { (W::Now.of(lang)) ": " (one) }
        } @else {
            p.about { (W::Now.of(lang)) ": " }
            ul.about { @for one in &now { li { (one) } } }
        }
        form.correct method="post" action={ "/case/" (number) "/correct/" (field.name()) } {
            (frame.token())
            fieldset {
                legend { (field.label(lang)) }
                (editor::controls(field, bare, "v", lang))
            }
            div.field {
                label for="why" { (W::Why.of(lang)) }
                input #why name="why" required maxlength="500" value=(why) aria-describedby="why-help";
                p.about #why-help { (W::WhyHelp.of(lang)) }
            }
            p { button type="submit" { (W::Correct.of(lang)) } " " a href={ "/case/" (number) } { (W::Cancel.of(lang)) } }
        }
    };
    frame.page(Nav::Elsewhere, &title, &[], &content)
}

/// What is asked of a case that is opened by hand; the rest is corrected later.
const FIELDS: [Field; 8] = [
    Field::Organisation,
    Field::Title,
    Field::Category,
    Field::DisclosedOn,
    Field::Occurred,
    Field::Discovered,
    Field::DataKinds,
    Field::DataDisclosure,
];

/// The page on which a case is opened without a source.
pub(crate) fn open(frame: &Frame, wrong: Option<&str>) -> Markup {
    let lang = frame.lang;
    let content = html! {
        h1 { (W::OpenByHand.of(lang)) }
        p.about { (L::OpenInstead.of(lang)) " " a href="/live/open" { (L::Open.of(lang)) } }
        @if let Some(wrong) = wrong { (problem(wrong)) }
        form.correct method="post" action="/open" {
            (frame.token())
            @for field in FIELDS {
                fieldset {
                    legend { (field.label(lang)) }
                    (editor::controls(field, &default(field), field.name(), lang))
                }
            }
            div.field {
                label for="why" { (W::WhyOpened.of(lang)) }
                input #why name="why" required maxlength="500";
            }
            p { button type="submit" { (W::OpenCase.of(lang)) } }
        }
    };
    frame.page(Nav::Add, W::OpenByHand.of(lang), &[], &content)
}

fn default(field: Field) -> Value {
    if field == Field::Category { Value::from("other") } else { Value::Null }
}
