//! The facts that a case already tells: what its reader found, with the citations behind each, and
//! what it tells but does not settle. It reads no text, and what it draws is a proposal: a release says
//! what was published, not what is known inside.

use case::{
    Authority, Bound, Category, Cited, Count, DataDisclosure, DataKind, EventType,
    Facts as CaseFacts, Lang, Moment, Role, Sector,
};

use crate::facts::{Facts, Knowing, People, Reported};
use crate::{Question, Sentence, Stamp};

/// Facts drawn from a case.
#[derive(Clone, Debug)]
pub struct Drawn<C> {
    /// The facts.
    pub facts: Facts,
    /// What each was drawn from.
    pub because: Vec<Because<C>>,
    /// What the case tells that settles nothing, and why.
    pub unsettled: Vec<Because<C>>,
}

/// One fact and what it was drawn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because<C> {
    /// The fact's name in facts files.
    pub fact: &'static str,
    /// What was drawn, or why nothing was.
    pub says: Sentence,
    /// The citations of the case's facts that it stands on.
    pub cites: Vec<C>,
}

/// Draws facts from a case.
///
/// ```
/// use case::{Category, Kind};
/// let mut told = case::Facts::<text::Span>::silent(Kind::Incident);
/// told.category.value = Category::BccMistake;
/// let drawn = response::facts_of_case(&told);
/// assert_eq!(drawn.facts.answers.get(&response::Question::Wrongful), Some(&false));
/// ```
pub fn facts_of_case<C: Clone>(case: &CaseFacts<C>) -> Drawn<C> {
    let mut drawn = Drawn { facts: Facts::default(), because: Vec::new(), unsettled: Vec::new() };
    knowing(case, &mut drawn);
    people(case, &mut drawn);
    data(case, &mut drawn);
    category(case, &mut drawn);
    leak(case, &mut drawn);
    organisation(case, &mut drawn);
    reported(case, &mut drawn);
    drawn
}

impl<C: Clone> Drawn<C> {
    fn answer(&mut self, question: Question, answer: bool, why: (&str, &str), cites: Vec<C>) {
        self.facts.answers.insert(question, answer);
        let (ja, en) = if answer { ("はい", "yes") } else { ("いいえ", "no") };
        let says = Sentence::new(
            format!("{}：{ja}（{}）", question.label(Lang::Ja), why.0),
            format!("{}: {en} ({})", question.label(Lang::En), why.1),
        );
        self.because.push(Because { fact: question.name(), says, cites });
    }

    fn unsettled(&mut self, fact: &'static str, ja: &str, en: &str, cites: Vec<C>) {
        self.unsettled.push(Because { fact, says: Sentence::new(ja, en), cites });
    }
}

/// A day or a minute in Japan; `None` for what is coarser.
fn stamp(moment: Moment) -> Option<Stamp> {
    moment.get_day()?;
    moment.to_string().parse().ok()
}

/// When it was noticed: what the text says of that, else the first dated statement of it.
fn knowing<C: Clone>(case: &CaseFacts<C>, drawn: &mut Drawn<C>) {
    let said = case.discovered.as_ref().map(|when| (when.value, when.cite.clone()));
    let dated = case.timeline.iter().filter(|event| event.event_type == EventType::Discovered);
    let first = dated.min_by_key(|event| event.at).map(|event| (event.at, event.cite.clone()));
    let Some((when, cite)) = said.or(first) else { return };
    let Some(at) = stamp(when.from) else {
        drawn.unsettled(
            "known",
            "発覚の日が日単位で書かれていない",
            "the day on which it was noticed is not told",
            vec![cite],
        );
        return;
    };
    drawn.facts.known.push(Knowing { at, by: String::new(), culprit: false });
    let at = at.says();
    let about = if when.approx { ("頃", "about ") } else { ("", "") };
    let says = Sentence::new(
        format!(
            "知った時：{}{}（公表された発覚の時。社内でより早く知っていればその時）",
            at.ja, about.0
        ),
        format!("known: {}{} (as published; earlier if anybody inside knew)", about.1, at.en),
    );
    drawn.because.push(Because { fact: "known", says, cites: vec![cite] });
}

/// How many people: the largest number of heads; else the largest number of records, which is no
/// more than about right.
fn people<C: Clone>(case: &CaseFacts<C>, drawn: &mut Drawn<C>) {
    let of = |fits: fn(&Count<C>) -> bool| {
        case.affected_count.iter().filter(move |count| fits(count)).max_by_key(|count| count.value)
    };
    let heads = of(|count| count.unit.starts_with(['人', '名']) || count.unit == "people");
    if let Some(count) = heads {
        let value = Some(count.value);
        drawn.facts.people = match count.bound {
            Bound::Exact => People { number: value, about: count.approx, ..People::default() },
            Bound::AtMost => People { at_most: value, ..People::default() },
            Bound::AtLeast => People { at_least: value, ..People::default() },
        };
        people_told(drawn, ("公表された人数", "as published"), &count.cite);
        return;
    }
    if let Some(count) = of(|count| count.unit == "件" && tells_data(count)) {
        let value = Some(count.value);
        drawn.facts.people = match count.bound {
            Bound::AtLeast => People { at_least: value, ..People::default() },
            Bound::Exact | Bound::AtMost => {
                People { number: value, about: true, ..People::default() }
            }
        };
        let why = (
            "件数から。人数は件数と異なりうる",
            "from a number of records, which may not be heads",
        );
        people_told(drawn, why, &count.cite);
    }
}

/// Whether what is counted is data on people.
fn tells_data<C>(count: &Count<C>) -> bool {
    let words =
        ["情報", "データ", "アドレス", "客", "会員", "利用者", "患者", "生徒", "学生", "氏名"];
    count.what.as_ref().is_none_or(|what| words.iter().any(|word| what.contains(word)))
}

fn people_told<C: Clone>(drawn: &mut Drawn<C>, why: (&str, &str), cite: &C) {
    let people = crate::condition::says_people(&drawn.facts.people);
    let says = Sentence::new(
        format!("本人の数：{}（{}）", people.ja, why.0),
        format!("people concerned: {} ({})", people.en, why.1),
    );
    drawn.because.push(Because { fact: "people", says, cites: vec![cite.clone()] });
}

/// What the kinds of data say. Kinds that are listed are taken to be all there are, unless some are
/// told only as others.
fn data<C: Clone>(case: &CaseFacts<C>, drawn: &mut Drawn<C>) {
    let kinds = &case.data_kinds;
    if kinds.is_empty() {
        return;
    }
    let cites = |wanted: &[DataKind]| -> Vec<C> {
        let found = kinds.iter().filter(|kind| wanted.contains(&kind.value));
        found.map(|kind: &Cited<DataKind, C>| kind.cite.clone()).collect()
    };
    let all: Vec<C> = kinds.iter().map(|kind| kind.cite.clone()).collect();
    let open = kinds.iter().any(|kind| kind.value == DataKind::Other);
    let none = ("挙げられた項目にない", "not among the items listed");
    for (question, kind, why) in [
        (Question::SpecialCare, DataKind::Health, ("健康・診療情報", "health data")),
        (Question::Financial, DataKind::CreditCard, ("クレジットカード情報", "card data")),
        (Question::MyNumber, DataKind::MyNumber, ("マイナンバー", "My Number")),
    ] {
        let found = cites(&[kind]);
        if !found.is_empty() {
            drawn.answer(question, true, why, found);
        } else if !open && !maybe(question, kinds) {
            drawn.answer(question, false, none, all.clone());
        }
    }
    let doubtful = cites(MAYBE_FINANCIAL);
    if !doubtful.is_empty() && !drawn.facts.answers.contains_key(&Question::Financial) {
        drawn.unsettled(
            Question::Financial.name(),
            "口座情報・パスワードだけでは財産的被害のおそれを判断できない（暗証番号や決済の有無による）",
            "accounts or passwords alone do not tell whether they can cause financial damage",
            doubtful,
        );
    }
}

/// Data that can cause financial damage with something else beside it.
const MAYBE_FINANCIAL: &[DataKind] =
    &[DataKind::BankAccount, DataKind::Password, DataKind::AccountId, DataKind::Transaction];

fn maybe<C>(question: Question, kinds: &[Cited<DataKind, C>]) -> bool {
    question == Question::Financial
        && kinds.iter().any(|kind| MAYBE_FINANCIAL.contains(&kind.value))
}

/// What the category says of the purpose behind it.
fn category<C: Clone>(case: &CaseFacts<C>, drawn: &mut Drawn<C>) {
    let category = case.category.value;
    let cites = || case.category.cites.clone();
    let why = (category.label(Lang::Ja), category.label(Lang::En));
    match category {
        Category::Ransomware
        | Category::UnauthorizedAccess
        | Category::MalwareInfection
        | Category::Insider
        | Category::PhishingOrImpersonation
        | Category::WebSkimmingOrTampering => {
            drawn.answer(Question::Wrongful, true, why, cites());
            if category == Category::Ransomware {
                drawn.answer(Question::Ransomware, true, why, cites());
            }
        }
        Category::MisdirectedMail
        | Category::BccMistake
        | Category::Misconfiguration
        | Category::MisdeliveryOrMisposting => {
            for question in [Question::Wrongful, Question::Ransomware, Question::Ddos] {
                drawn.answer(question, false, why, cites());
            }
        }
        Category::LossOrTheft => drawn.unsettled(
            Question::Wrongful.name(),
            "紛失なら不正の目的はなく、盗難ならおそれがある",
            "a loss has no wrongful purpose, a theft may have",
            cites(),
        ),
        Category::DdosOrOutage => drawn.unsettled(
            Question::Ddos.name(),
            "DDoS攻撃か障害かによる",
            "turns on whether it was an attack or an outage",
            cites(),
        ),
        Category::SupplierBreach | Category::Other => {}
    }
}

/// Whether data leaked or may have. That it was not confirmed is no answer.
fn leak<C: Clone>(case: &CaseFacts<C>, drawn: &mut Drawn<C>) {
    let by_nature = matches!(
        case.category.value,
        Category::MisdirectedMail | Category::BccMistake | Category::MisdeliveryOrMisposting
    );
    let Some(said) = &case.data_disclosure else {
        if by_nature {
            let why = ("事案の性質による", "by its nature");
            drawn.answer(Question::Leaked, true, why, case.category.cites.clone());
        }
        return;
    };
    let cites = vec![said.cite.clone()];
    let label = (said.value.label(Lang::Ja), said.value.label(Lang::En));
    match said.value {
        DataDisclosure::Confirmed | DataDisclosure::Possible => {
            drawn.answer(Question::Leaked, true, label, cites);
        }
        DataDisclosure::None => drawn.answer(Question::Leaked, false, label, cites),
        DataDisclosure::UnderInvestigation | DataDisclosure::NotConfirmed => drawn.unsettled(
            Question::Leaked.name(),
            "「確認されていない」「調査中」は、漏えいのおそれがないことを意味しない",
            "\"not confirmed\" and \"under investigation\" do not say that nothing may have leaked",
            cites,
        ),
    }
}

/// What the organisation is.
fn organisation<C: Clone>(case: &CaseFacts<C>, drawn: &mut Drawn<C>) {
    if let Some(sector) = &case.sector
        && matches!(sector.value, Sector::Government | Sector::Municipality)
    {
        let why = (sector.value.label(Lang::Ja), sector.value.label(Lang::En));
        drawn.answer(Question::PublicBody, true, why, vec![sector.cite.clone()]);
    }
    let clients = case.other_organisations.iter().filter(|other| other.role == Role::Client);
    let cites: Vec<C> = clients.map(|client| client.cite.clone()).collect();
    if !cites.is_empty() {
        drawn.answer(
            Question::Processor,
            true,
            ("委託元が挙げられている", "a client is named"),
            cites,
        );
    }
}

/// What was reported already, with its day.
fn reported<C: Clone>(case: &CaseFacts<C>, drawn: &mut Drawn<C>) {
    let day_of = |event_type: EventType| {
        let events = case.timeline.iter().filter(move |event| event.event_type == event_type);
        let dated = events.filter_map(|event| Some((stamp(event.at.from)?, event.cite.clone())));
        dated.min_by_key(|(at, _)| *at)
    };
    let to =
        |authority: Authority| case.reported_to.iter().find(|reported| reported.value == authority);
    let public = drawn.facts.answers.get(&Question::PublicBody) == Some(&true);
    let commission = if public { "public-prompt" } else { "appi-prompt" };
    for (authority, event_type, obligation) in [
        (Authority::Ppc, EventType::ReportedRegulator, commission),
        (Authority::Police, EventType::ReportedPolice, "police"),
    ] {
        let (Some(told), Some((at, cite))) = (to(authority), day_of(event_type)) else { continue };
        drawn.facts.reported.push(Reported { obligation: obligation.to_owned(), at });
        let (name, at) = (authority, at.says());
        let says = Sentence::new(
            format!("{}へ報告済み：{}（公表された最初の日）", name.label(Lang::Ja), at.ja),
            format!("reported to {}: {} (the first day published)", name.label(Lang::En), at.en),
        );
        let cites = vec![told.cite.clone(), cite];
        drawn.because.push(Because { fact: "reported", says, cites });
    }
}

impl Facts {
    /// These facts with those that somebody states above them: a number, a time or an answer that is
    /// stated stands in place of the drawn one; reports are added.
    #[must_use]
    pub fn under(mut self, stated: Self) -> Self {
        let number =
            |drawn: People, stated: People| if stated.is_unknown() { drawn } else { stated };
        self.people = number(self.people, stated.people);
        self.my_number_people = number(self.my_number_people, stated.my_number_people);
        self.state_residents = number(self.state_residents, stated.state_residents);
        self.told_by_processor = stated.told_by_processor.or(self.told_by_processor);
        self.told_principal = stated.told_principal.or(self.told_principal);
        self.material_on = stated.material_on.or(self.material_on);
        if !stated.known.is_empty() {
            self.known = stated.known;
        }
        self.reported.extend(stated.reported);
        self.answers.extend(stated.answers);
        self
    }
}

#[cfg(test)]
mod tests {
    use case::{Kind, When};
    use text::Span;

    use super::*;
    use crate::{Verdict, clocks};

    fn told() -> CaseFacts {
        CaseFacts::silent(Kind::Incident)
    }

    fn cite() -> Span {
        Span::new(0, 3).unwrap()
    }

    fn count(value: u64, unit: &str, what: Option<&str>) -> Count {
        Count {
            value,
            approx: false,
            bound: Bound::Exact,
            unit: unit.to_owned(),
            what: what.map(str::to_owned),
            cite: cite(),
        }
    }

    #[test]
    fn three_hundred_and_ninety_five_addresses_in_to_are_no_duty_by_number() {
        let mut case = told();
        case.category.value = Category::BccMistake;
        case.affected_count = vec![count(395, "名", None)];
        case.data_kinds = vec![Cited::new(DataKind::Email, cite())];
        case.discovered = Some(Cited::new(When::point(Moment::day(2023, 5, 8).unwrap()), cite()));
        let drawn = facts_of_case(&case);
        let prompt = clocks(&drawn.facts).swap_remove(0);
        assert_eq!((prompt.obligation, prompt.verdict), ("appi-prompt", Verdict::DoesNotApply));
        assert!(prompt.because.iter().any(|why| why.ja.contains("395人（1,000人を超えない）")));
        assert!(drawn.because.iter().all(|because| !because.says.ja.is_empty()));
    }

    #[test]
    fn records_are_no_heads_and_mails_no_records() {
        let mut case = told();
        case.affected_count =
            vec![count(5000, "件", Some("送信メール")), count(800, "件", Some("お客様情報"))];
        let drawn = facts_of_case(&case);
        assert_eq!(
            drawn.facts.people,
            People { number: Some(800), about: true, ..People::default() }
        );
        case.affected_count.push(count(120, "人", None));
        assert_eq!(facts_of_case(&case).facts.people, People::exactly(120));
    }

    #[test]
    fn not_confirmed_is_no_answer() {
        let mut case = told();
        case.category.value = Category::Ransomware;
        case.data_disclosure = Some(Cited::new(DataDisclosure::NotConfirmed, cite()));
        let drawn = facts_of_case(&case);
        assert_eq!(drawn.facts.answers.get(&Question::Leaked), None);
        assert!(drawn.unsettled.iter().any(|because| because.fact == "leaked"));
    }

    #[test]
    fn data_that_is_not_listed_is_not_there_unless_others_are_told() {
        let mut case = told();
        case.data_kinds = vec![Cited::new(DataKind::Name, cite())];
        assert_eq!(facts_of_case(&case).facts.answers.get(&Question::SpecialCare), Some(&false));
        case.data_kinds.push(Cited::new(DataKind::Other, cite()));
        assert_eq!(facts_of_case(&case).facts.answers.get(&Question::SpecialCare), None);
        case.data_kinds.push(Cited::new(DataKind::Password, cite()));
        let drawn = facts_of_case(&case);
        assert!(drawn.unsettled.iter().any(|because| because.fact == "financial"));
    }

    #[test]
    fn what_is_stated_stands_above_what_was_drawn() {
        let mut case = told();
        case.category.value = Category::MisdirectedMail;
        case.affected_count = vec![count(120, "人", None)];
        let stated: Facts = toml::from_str("people = 1300\nanswers.wrongful = true").unwrap();
        let facts = facts_of_case(&case).facts.under(stated);
        assert_eq!(facts.people, People::exactly(1300));
        assert!(facts.answers[&Question::Wrongful]);
        assert!(facts.answers[&Question::Leaked]);
    }
}
