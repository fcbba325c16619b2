//! Whether a report just read belongs to a case that is kept: 第2報 to its 第1報. It judges from
//! facts alone and does not know the tables.
//!
//! Only reports of the same organisation are compared. One that says of itself that it is a later
//! one and agrees in title or dates joins; one that merely looks alike is proposed to a person.

use std::collections::HashSet;

use case::{CaseNumber, EventType, Facts, Kind, Moment};
use text::Folded;

use crate::change::Evidence;

static LEGAL_FORMS: &str = include_str!("../data/legal-forms.txt");

/// Words of titles that say nothing about which case it is.
static TITLE_FILLERS: &str = include_str!("../data/title-fillers.txt");

/// From here on two titles tell of the same thing.
const ALIKE: f64 = 0.6;
/// From here on they may.
const SOMEWHAT_ALIKE: f64 = 0.35;

/// What is known of an earlier case, for comparison.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Earlier {
    pub(crate) number: CaseNumber,
    pub(crate) category: case::Category,
    /// Days of occurrence and discovery.
    pub(crate) days: Vec<Moment>,
    pub(crate) reports: Vec<EarlierReport>,
}

/// One report of an earlier case.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EarlierReport {
    pub(crate) source: String,
    pub(crate) disclosed: Option<Moment>,
    pub(crate) printed: Option<CaseNumber>,
    pub(crate) title: Option<String>,
    pub(crate) is_later: bool,
}

/// What became of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Another case.
    Apart,
    /// Perhaps the same case; a person should say.
    Unsure(Vec<Evidence>),
    /// The same case.
    Same(Vec<Evidence>),
}

/// Judges whether `facts`, read from `source`, are a report of the `earlier` case. The
/// organisation is known to be the same.
pub(crate) fn judge(facts: &Facts, source: &str, earlier: &Earlier) -> Verdict {
    if facts.kind != Kind::Incident {
        return Verdict::Apart;
    }
    let printed = facts.case_number.as_ref().map(|number| number.value);
    // A casebook that numbers two entries differently says itself that they are two cases.
    let other_number = |report: &EarlierReport| {
        report.source == source && printed.is_some() && report.printed != printed
    };
    if earlier.reports.iter().any(other_number) {
        return Verdict::Apart;
    }
    let alike = earlier
        .reports
        .iter()
        .filter_map(|report| Some(likeness(report.title.as_deref()?, &facts.title.as_ref()?.value)))
        .fold(0.0, f64::max);
    let disclosed = facts.disclosed_on.as_ref().map(|day| day.value);
    if too_far_apart(disclosed, &earlier.reports) {
        return Verdict::Apart;
    }
    let released = |day: Moment| {
        earlier.reports.iter().any(|report| report.disclosed == Some(day) && disclosed != Some(day))
    };
    let names_release = facts
        .timeline
        .iter()
        .any(|event| event.event_type == EventType::Disclosed && released(event.at.from.date()));
    let is_later = says_later(facts) || earlier.reports.iter().any(|report| report.is_later);
    let same_number =
        printed.is_some() && earlier.reports.iter().any(|report| report.printed == printed);
    let same_days = days(facts).iter().any(|day| earlier.days.contains(day));
    let evidence: Vec<Evidence> = [
        (true, Evidence::Organisation),
        (same_number, Evidence::PrintedNumber),
        (alike >= ALIKE, Evidence::Title),
        (same_days, Evidence::Dates),
        (names_release, Evidence::EarlierRelease),
        (is_later, Evidence::ReportNumber),
        (facts.category.value == earlier.category, Evidence::Category),
    ]
    .into_iter()
    .filter_map(|(holds, evidence)| holds.then_some(evidence))
    .collect();
    let same = same_number
        || (is_later && (alike >= ALIKE || same_days || names_release))
        || (alike >= ALIKE && same_days)
        || (names_release && alike >= SOMEWHAT_ALIKE);
    let perhaps = names_release
        || (is_later && alike >= SOMEWHAT_ALIKE)
        || (facts.category.value == earlier.category && (same_days || alike >= ALIKE));
    match (same, perhaps) {
        (true, _) => Verdict::Same(evidence),
        (false, true) => Verdict::Unsure(evidence),
        (false, false) => Verdict::Apart,
    }
}

/// Whether the facts say of themselves that they are a later or last report.
pub(crate) fn says_later(facts: &Facts) -> bool {
    facts.report.as_ref().is_some_and(|report| report.is_final || report.number != Some(1))
}

/// The days of occurrence and discovery, where they are given to the day.
pub(crate) fn days<C>(facts: &Facts<C>) -> Vec<Moment> {
    [&facts.occurred, &facts.discovered]
        .into_iter()
        .flatten()
        .map(|when| when.value.from.date())
        .filter(|day| day.get_day().is_some())
        .collect()
}

/// Reports of one case come within two years of each other.
fn too_far_apart(disclosed: Option<Moment>, earlier: &[EarlierReport]) -> bool {
    let months =
        |day: Moment| i32::from(day.get_year()) * 12 + i32::from(day.get_month().unwrap_or(6));
    let Some(day) = disclosed.map(months) else { return false };
    let known: Vec<i32> =
        earlier.iter().filter_map(|report| report.disclosed.map(months)).collect();
    !known.is_empty() && known.iter().all(|other| (day - other).abs() > 24)
}

/// An organisation's name without legal form, width and case: the key by which it is compared.
pub(crate) fn organisation_key(name: &str) -> String {
    let mut key = Folded::new(name).text().to_lowercase();
    key.retain(|c| !c.is_whitespace());
    for form in lines(LEGAL_FORMS) {
        if key.len() > form.len() && key.contains(form) {
            key = key.replace(form, "");
        }
    }
    key
}

/// How alike two titles are, from 0 to 1: the Dice coefficient of their bigrams (Dice 1945)
/// without the words that every title has.
fn likeness(one: &str, other: &str) -> f64 {
    let (one, other) = (bigrams(one), bigrams(other));
    let both = one.intersection(&other).count();
    if both == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "titles have fewer than 2^52 characters")]
    let dice = (2 * both) as f64 / (one.len() + other.len()) as f64;
    dice
}

fn bigrams(title: &str) -> HashSet<(char, char)> {
    let chars = letters(title);
    chars.iter().copied().zip(chars.iter().copied().skip(1)).collect()
}

/// The letters by which a title is compared: folded, without the words that every title has.
pub(crate) fn letters(title: &str) -> Vec<char> {
    let mut title = Folded::new(title).text().to_lowercase();
    for filler in lines(TITLE_FILLERS) {
        title = title.replace(filler, "");
    }
    // Digits are those of dates and of 第2報.
    title.chars().filter(|c| c.is_alphabetic()).collect()
}

fn lines(data: &'static str) -> impl Iterator<Item = &'static str> {
    data.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use case::{Category, Cited, Report, When};
    use text::Span;

    use super::*;

    const TITLE: &str = "弊社サーバーへの不正アクセスについて";

    fn said<T>(value: T) -> Cited<T> {
        Cited::new(value, Span::new(0, 1).unwrap())
    }

    fn facts(title: &str, day: &str, occurred: &str, report: Option<u32>) -> Facts {
        let mut facts = Facts::silent(Kind::Incident);
        facts.category.value = Category::UnauthorizedAccess;
        facts.title = Some(said(title.to_owned()));
        facts.disclosed_on = Some(said(day.parse().unwrap()));
        facts.occurred = Some(said(When::point(occurred.parse().unwrap())));
        facts.report = report.map(|number| Report {
            number: Some(number),
            is_final: false,
            cite: Span::new(0, 1).unwrap(),
        });
        facts
    }

    fn earlier() -> Earlier {
        Earlier {
            number: "2031-001".parse().unwrap(),
            category: Category::UnauthorizedAccess,
            days: vec!["2031-04-02".parse().unwrap()],
            reports: vec![EarlierReport {
                source: "a".to_owned(),
                disclosed: Some("2031-04-05".parse().unwrap()),
                printed: Some("2031-7".parse().unwrap()),
                title: Some(TITLE.to_owned()),
                is_later: false,
            }],
        }
    }

    fn check(facts: &Facts, expected: &str) {
        let found = match judge(facts, "b", &earlier()) {
            Verdict::Apart => "apart",
            Verdict::Unsure(_) => "unsure",
            Verdict::Same(_) => "same",
        };
        assert_eq!(found, expected, "{facts:?}");
    }

    #[test]
    fn a_second_report_joins_and_another_case_does_not() {
        let second = "弊社サーバーへの不正アクセスについて(第2報)";
        check(&facts(second, "2031-05-01", "2031-04-02", Some(2)), "same");
        check(&facts(second, "2031-05-01", "2031-04-09", Some(2)), "same");
        check(&facts("会員様へのご報告", "2031-05-01", "2031-04-02", None), "unsure");
        check(&facts("USBメモリの紛失", "2031-05-01", "2031-04-20", None), "apart");
        check(&facts(second, "2034-05-01", "2034-04-02", Some(2)), "apart");
    }

    #[test]
    fn entries_that_one_source_numbers_apart_stay_apart() {
        let mut second = facts(TITLE, "2031-05-01", "2031-04-02", Some(2));
        second.case_number = Some(said("2031-8".parse().unwrap()));
        assert_eq!(judge(&second, "a", &earlier()), Verdict::Apart);
        second.case_number = Some(said("2031-7".parse().unwrap()));
        assert!(matches!(judge(&second, "b", &earlier()), Verdict::Same(_)));
    }

    #[test]
    fn names_are_compared_without_their_legal_form() {
        for name in ["株式会社あおば堂", "あおば堂（株）", "あおば堂　株式会社", "(株)あおば堂"]
        {
            assert_eq!(organisation_key(name), "あおば堂", "{name}");
        }
        assert_eq!(organisation_key("株式会社"), "株式会社");
        assert_eq!(organisation_key("ＡＢＣ Inc."), "abc");
    }
}
