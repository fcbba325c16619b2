//! The cases most like a case, why, and what came of them. It is a page of its own, which the page
//! of the case takes in when a person comes near it: looking for them takes longer than the rest.

use book::like::{Alike, Likeness, Outlook, Reason, Spread};
use book::stats::delay::Stretch;
use case::{CaseNumber, Field, Lang};
use maud::{Markup, html};

use super::layout::{Frame, Place};
use super::{fact, value};
use crate::lang::Word as W;

/// Where they will stand on the page of the case: a link, which the script follows by itself.
pub(crate) fn place(number: CaseNumber, lang: Lang) -> Markup {
    html! {
        section #alike.alike aria-labelledby="alike-title" {
            h2 #alike-title { (W::Alike.of(lang)) }
            p { a.later href={ "/case/" (number) "/like" } { (W::AlikeAsk.of(lang)) } }
        }
    }
}

/// The page.
pub(crate) fn page(frame: &Frame, number: CaseNumber, alike: &Alike) -> Markup {
    let lang = frame.lang;
    let content = html! {
        p.crumbs {
            a href="/" { (W::Book.of(lang)) } " / "
            a.number href={ "/case/" (number) } { (number) }
        }
        h1 { (number) " " (W::Alike.of(lang)) }
        section #alike.alike aria-labelledby="alike-title" {
            h2 #alike-title { (W::Alike.of(lang)) }
            @if alike.cases.is_empty() {
                p.none { (W::AlikeNone.of(lang)) }
            } @else {
                ul.plain { @for case in &alike.cases { (one(case, lang)) } }
                (outlook(&alike.outlook, lang))
            }
        }
    };
    let title = format!("{number} {}", W::Alike.of(lang));
    frame.page(Place::Elsewhere, &title, &[], &content)
}

fn one(case: &Likeness, lang: Lang) -> Markup {
    let name = [case.organisation.as_deref(), case.title.as_deref()];
    let name = name.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let why: Vec<String> = case.because.iter().map(|reason| because(reason, lang)).collect();
    html! {
        li {
            a href={ "/case/" (case.number) } { (case.number) " " (name) }
            " " small { (why.join(" · ")) }
        }
    }
}

/// A field and what of it is shared; words as they are written stand in quotation marks, since they
/// are Japanese on English pages too.
fn because(reason: &Reason, lang: Lang) -> String {
    let values: Vec<String> = reason
        .values
        .iter()
        .map(|name| match reason.field.value_label(name, lang) {
            Some(_) => value::label(reason.field, name, lang),
            None => format!("「{name}」"),
        })
        .collect();
    let colon = lang.of("：", ": ");
    format!("{}{colon}{}", reason.field.label(lang), values.join(lang.of("・", ", ")))
}

fn outlook(outlook: &Outlook, lang: Lang) -> Markup {
    let days = |spread: &Spread| {
        middle(spread, lang, |days| match lang {
            Lang::Ja => format!("{}日", fact::thousands(days)),
            Lang::En => {
                format!("{} {}", fact::thousands(days), if days == 1 { "day" } else { "days" })
            }
        })
    };
    let measures: Vec<String> = outlook
        .measures
        .iter()
        .map(|announced| {
            let share = format!("{}/{}", announced.cases, outlook.cases);
            format!("{} {share}", announced.measure.label(lang))
        })
        .collect();
    html! {
        h3 { (W::AlikeOutlook.of(lang)) " " small { (outlook.cases) " " (W::CasesFound.after(outlook.cases, lang)) } }
        dl.outlook {
            div { dt { (Stretch::ToDisclosure.label(lang)) } dd { (days(&outlook.to_disclosure)) } }
            div { dt { (W::ToRecovery.of(lang)) } dd { (days(&outlook.to_recovery)) } }
            div { dt { (Field::AffectedCount.label(lang)) } dd { (middle(&outlook.affected, lang, fact::thousands)) } }
            @if !measures.is_empty() {
                div { dt { (Field::Prevention.label(lang)) } dd { (measures.join(lang.of("、", "; "))) } }
            }
        }
    }
}

/// `中央値 5日（半数は 2日〜16日、11件）`
fn middle(spread: &Spread, lang: Lang, written: impl Fn(u64) -> String) -> String {
    let told = |number: Option<i64>| Some(written(u64::try_from(number?).unwrap_or(0)));
    let (Some(lower), Some(median), Some(upper)) =
        (told(spread.lower), told(spread.median), told(spread.upper))
    else {
        return W::NotSaid.of(lang).to_owned();
    };
    let cases = spread.cases;
    match (lang, cases) {
        (Lang::Ja, 1) => format!("{median}（1件）"),
        (Lang::En, 1) => format!("{median} (1 case)"),
        (Lang::Ja, _) => format!("中央値 {median}（半数は {lower}〜{upper}、{cases}件）"),
        (Lang::En, _) => {
            format!("median {median} (half of them {lower} to {upper}; {cases} cases)")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(cases: u64, lower: i64, median: i64, upper: i64) -> Spread {
        Spread { cases, lower: Some(lower), median: Some(median), upper: Some(upper) }
    }

    #[test]
    fn the_middle_is_told_with_how_many_say_so() {
        let told = |spread: &Spread, lang| middle(spread, lang, fact::thousands);
        assert_eq!(told(&Spread::default(), Lang::Ja), "記載なし");
        assert_eq!(told(&spread(1, 3, 3, 3), Lang::En), "3 (1 case)");
        assert_eq!(
            told(&spread(4, 1, 2_000, 3_000), Lang::Ja),
            "中央値 2,000（半数は 1〜3,000、4件）"
        );
    }

    #[test]
    fn words_as_written_are_told_from_labels() {
        let reason =
            |field, value: &str| Reason { field, values: vec![value.to_owned()], weight: 1.0 };
        assert_eq!(
            because(&reason(Field::Category, "ransomware"), Lang::En),
            "category: ransomware"
        );
        assert_eq!(because(&reason(Field::Title, "漏えい"), Lang::En), "title: 「漏えい」");
        assert_eq!(because(&reason(Field::Title, "漏えい"), Lang::Ja), "題名：「漏えい」");
    }
}
