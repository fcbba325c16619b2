//! A public release drafted from a case in the form of the casebook: 経緯, 対象, 対応, 原因, 二次被害,
//! 再発防止, お問い合わせ. Every sentence that states a fact is tied to it, and what is missing,
//! contradictory or stated more strongly than known is named ([`Gap`]). It publishes nothing and does
//! not know how a release is read.

mod gaps;
mod words;

use std::ops::Range;

use case::{Authority, Bound, Count, Event, EventType, Facts as CaseFacts, Field, Moment, When};

use gaps::gaps;
pub use gaps::{Gap, GapKind};
use words::{happened, words};

use crate::condition::grouped;
use crate::facts::Facts;

/// A drafted release.
#[derive(Clone, Debug)]
pub struct Draft<C> {
    /// Its text.
    pub text: String,
    /// What states which fact, in the order of the text.
    pub stated: Vec<Stated<C>>,
    /// What must be settled before it goes out, in the order of the text.
    pub gaps: Vec<Gap>,
}

/// A part of the text that states a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated<C> {
    /// The bytes of the text.
    pub range: Range<usize>,
    /// The field of the case.
    pub field: Field,
    /// What stands behind the fact.
    pub cites: Vec<C>,
}

/// What stands where a fact is missing.
const BLANK: &str = "【未記入】";

/// Drafts a release from a case, and names what stands against it in what is known of the live case.
///
/// ```
/// use case::{Category, Kind};
/// let mut told = case::Facts::<()>::silent(Kind::Incident);
/// told.category.value = Category::Ransomware;
/// let draft = response::release(&told, &response::Facts::default());
/// assert!(draft.text.starts_with("ランサムウェアによる被害に関するお知らせとお詫び"));
/// assert!(draft.gaps.iter().any(|gap| gap.says.ja.contains("発覚")));
/// ```
pub fn release<C: Clone>(told: &CaseFacts<C>, live: &Facts) -> Draft<C> {
    let mut page = Page { text: String::new(), stated: Vec::new() };
    head(&mut page, told);
    course(&mut page, told);
    concerned(&mut page, told);
    response(&mut page, told);
    page.section("4.原因");
    page.line(BLANK);
    page.section("5.二次被害");
    match &told.secondary_damage {
        Some(said) => {
            let words = words(Field::SecondaryDamage, said.value.name());
            page.fact(Field::SecondaryDamage, words, vec![said.cite.clone()]);
        }
        None => page.line(BLANK),
    }
    page.section("6.再発防止");
    for measure in &told.prevention {
        let words = words(Field::Prevention, measure.value.name());
        page.item(Field::Prevention, words, vec![measure.cite.clone()]);
    }
    if told.prevention.is_empty() {
        page.line(BLANK);
    }
    page.section("7.お問い合わせ");
    page.line(BLANK);
    Draft { gaps: gaps(told, live), text: page.text, stated: page.stated }
}

/// The text as it is written.
struct Page<C> {
    text: String,
    stated: Vec<Stated<C>>,
}

impl<C> Page<C> {
    fn line(&mut self, words: &str) {
        self.text.push_str(words);
        self.text.push('\n');
    }

    fn section(&mut self, name: &str) {
        self.text.push('\n');
        self.line(name);
    }

    /// A line that states a fact; none where there are no words for it.
    fn fact(&mut self, field: Field, words: &str, cites: Vec<C>) {
        if words.is_empty() {
            return;
        }
        let start = self.text.len();
        self.text.push_str(words);
        self.stated.push(Stated { range: start..self.text.len(), field, cites });
        self.text.push('\n');
    }

    fn item(&mut self, field: Field, words: &str, cites: Vec<C>) {
        if !words.is_empty() {
            self.text.push('・');
            self.fact(field, words, cites);
        }
    }
}

/// Title, day, organisation, opening.
fn head<C: Clone>(page: &mut Page<C>, told: &CaseFacts<C>) {
    let category = words(Field::Category, told.category.value.name());
    let report = match &told.report {
        Some(report) if report.is_final => "（最終報）".to_owned(),
        Some(case::Report { number: Some(number), .. }) => format!("（第{number}報）"),
        Some(_) => "（続報）".to_owned(),
        None => String::new(),
    };
    let title = format!("{category}に関するお知らせとお詫び{report}");
    page.fact(Field::Category, &title, told.category.cites.clone());
    page.text.push('\n');
    match &told.disclosed_on {
        Some(day) => {
            page.fact(Field::DisclosedOn, &moment(day.value), vec![day.cite.clone()]);
        }
        None => page.line(BLANK),
    }
    match &told.organisation {
        Some(name) => page.fact(Field::Organisation, &name.value, vec![name.cite.clone()]),
        None => page.line(BLANK),
    }
    page.text.push('\n');
    page.line(&format!(
        "このたび、当社において{category}が発生いたしました。関係する皆様に多大なご迷惑とご心配をおかけしておりますことを、深くお詫び申し上げます。"
    ));
}

/// 経緯: what happened, when it was noticed, what was done.
fn course<C: Clone>(page: &mut Page<C>, told: &CaseFacts<C>) {
    page.section("1.経緯");
    if let Some(occurred) = &told.occurred {
        let words = format!("{}、{}", when(occurred.value), happened(told.category.value));
        page.item(Field::Occurred, &words, vec![occurred.cite.clone()]);
    }
    if let Some(discovered) = &told.discovered {
        let words = format!("{}、本件が判明いたしました。", when(discovered.value));
        page.item(Field::Discovered, &words, vec![discovered.cite.clone()]);
    }
    for event in dated(told) {
        let words = words(Field::Timeline, event.event_type.name());
        let words = format!("{}、{words}", when(event.at));
        page.item(Field::Timeline, &words, vec![event.cite.clone()]);
    }
    if told.occurred.is_none() && told.discovered.is_none() {
        page.line(BLANK);
    }
}

/// The dated statements that there are words for.
fn dated<C>(told: &CaseFacts<C>) -> impl Iterator<Item = &Event<C>> {
    told.timeline.iter().filter(|event| !words(Field::Timeline, event.event_type.name()).is_empty())
}

/// 対象: how many, what data, whether it leaked.
fn concerned<C: Clone>(page: &mut Page<C>, told: &CaseFacts<C>) {
    page.section("2.対象");
    let counts = || told.affected_count.iter().filter(|count| !count.unit.is_empty());
    let kinds = || {
        told.data_kinds.iter().filter(|kind| !words(Field::DataKinds, kind.value.name()).is_empty())
    };
    if counts().next().is_some() {
        page.line("(1)対象となる方");
        for count in counts() {
            page.fact(Field::AffectedCount, &amount(count), vec![count.cite.clone()]);
        }
    }
    if kinds().next().is_some() {
        page.line("(2)対象となる情報");
        let row: Vec<&str> =
            kinds().map(|kind| words(Field::DataKinds, kind.value.name())).collect();
        let cites = kinds().map(|kind| kind.cite.clone()).collect();
        page.fact(Field::DataKinds, &row.join("、"), cites);
    }
    if let Some(said) = &told.data_disclosure {
        page.line("(3)漏えいの有無");
        let words = words(Field::DataDisclosure, said.value.name());
        page.fact(Field::DataDisclosure, words, vec![said.cite.clone()]);
    }
    if counts().next().is_none() && kinds().next().is_none() {
        page.line(BLANK);
    }
}

/// 対応: to whom it was reported, where the course of events does not say it already.
fn response<C: Clone>(page: &mut Page<C>, told: &CaseFacts<C>) {
    page.section("3.対応");
    let has = |event_type| dated(told).any(|event| event.event_type == event_type);
    for authority in &told.reported_to {
        let dated = match authority.value {
            Authority::Police => has(EventType::ReportedPolice),
            Authority::Ppc => has(EventType::ReportedRegulator),
            _ => false,
        };
        if !dated {
            let words = words(Field::ReportedTo, authority.value.name());
            page.fact(Field::ReportedTo, words, vec![authority.cite.clone()]);
        }
    }
    if told.reported_to.is_empty() {
        page.line(BLANK);
    }
}

/// A moment as releases write it.
fn moment(at: Moment) -> String {
    let part = |number: Option<u8>, unit: &str| {
        number.map_or_else(String::new, |number| format!("{number}{unit}"))
    };
    let (month, day) = (part(at.get_month(), "月"), part(at.get_day(), "日"));
    let time = at.get_time().map_or_else(String::new, |(h, m)| format!("{h}時{m}分"));
    format!("{}年{month}{day}{time}", at.get_year())
}

/// A point or a period.
fn when(when: When) -> String {
    let about = if when.approx { "頃" } else { "" };
    match when.to {
        Some(to) => format!("{}から{}まで", moment(when.from), moment(to)),
        None => format!("{}{about}", moment(when.from)),
    }
}

/// How many, with its limits.
fn amount<C>(count: &Count<C>) -> String {
    let (number, unit) = (grouped(count.value), &count.unit);
    let about = if count.approx { "約" } else { "" };
    match count.bound {
        Bound::Exact => format!("{about}{number}{unit}"),
        Bound::AtMost if count.approx => format!("最大で約{number}{unit}"),
        Bound::AtMost => format!("最大{number}{unit}"),
        Bound::AtLeast => format!("{about}{number}{unit}以上"),
    }
}
