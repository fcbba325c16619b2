//! What must be settled before a release goes out: facts that are missing, that contradict each other
//! or what is known inside, and statements that are stronger than what is known. It does not know how
//! they are worded.

use case::{
    Authority, Bound, DataDisclosure, Facts as CaseFacts, Field, Lang, SecondaryDamage, When,
};
use serde::Serialize;

use super::words::words;
use crate::facts::Facts;
use crate::{Question, Sentence, Stamp};

/// What kind of gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    /// Nothing is known, or there are no words for it: a person writes it.
    Missing,
    /// Two facts exclude each other.
    Contradictory,
    /// It says more than is known.
    TooStrong,
}

/// Something to settle before a release goes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The field of the case; none for what a case does not hold (cause, contact).
    pub field: Option<Field>,
    /// What kind.
    pub kind: GapKind,
    /// What it is.
    pub says: Sentence,
}

/// The gaps of a case, in the order of the release.
pub(super) fn gaps<C>(told: &CaseFacts<C>, live: &Facts) -> Vec<Gap> {
    let mut list = List(Vec::new());
    missing(told, &mut list);
    wordless(told, &mut list);
    times(told, live, &mut list);
    people(told, live, &mut list);
    leak(told, live, &mut list);
    reports(told, live, &mut list);
    for warning in &told.warnings {
        let message = warning.message.clone();
        list.add(Field::Warnings, GapKind::Contradictory, &message, &message);
    }
    list.0
}

struct List(Vec<Gap>);

impl List {
    fn add(&mut self, field: Field, kind: GapKind, ja: &str, en: &str) {
        self.0.push(Gap { field: Some(field), kind, says: Sentence::new(ja, en) });
    }
}

/// What a release of this form says and the case does not.
fn missing<C>(told: &CaseFacts<C>, list: &mut List) {
    for (field, there) in [
        (Field::DisclosedOn, told.disclosed_on.is_some()),
        (Field::Organisation, told.organisation.is_some()),
        (Field::Occurred, told.occurred.is_some()),
        (Field::Discovered, told.discovered.is_some()),
        (Field::AffectedCount, !told.affected_count.is_empty()),
        (Field::DataKinds, !told.data_kinds.is_empty()),
        (Field::DataDisclosure, told.data_disclosure.is_some()),
        (Field::ReportedTo, !told.reported_to.is_empty()),
        (Field::SecondaryDamage, told.secondary_damage.is_some()),
        (Field::Prevention, !told.prevention.is_empty()),
    ] {
        if !there {
            let ja = format!("{}が分からない", field.label(Lang::Ja));
            list.add(field, GapKind::Missing, &ja, &format!("no {}", field.label(Lang::En)));
        }
    }
    for (ja, en) in [("原因", "cause"), ("お問い合わせ先", "contact")] {
        let says = Sentence::new(format!("{ja}は人が書く"), format!("a person writes the {en}"));
        list.0.push(Gap { field: None, kind: GapKind::Missing, says });
    }
}

/// Facts that there are no ready words for.
fn wordless<C>(told: &CaseFacts<C>, list: &mut List) {
    let kinds = told.data_kinds.iter().map(|kind| (Field::DataKinds, kind.value.name()));
    let authorities = told.reported_to.iter().map(|to| (Field::ReportedTo, to.value.name()));
    let measures = told.prevention.iter().map(|what| (Field::Prevention, what.value.name()));
    for (field, value) in kinds.chain(authorities).chain(measures) {
        if words(field, value).is_empty() {
            let (ja, en) = (field.label(Lang::Ja), field.label(Lang::En));
            let value_ja = field.value_label(value, Lang::Ja).unwrap_or(value);
            let value_en = field.value_label(value, Lang::En).unwrap_or(value);
            list.add(
                field,
                GapKind::Missing,
                &format!("{ja}「{value_ja}」は人が書く"),
                &format!("a person writes the {en} \"{value_en}\""),
            );
        }
    }
    if told.affected_count.iter().any(|count| count.unit.is_empty()) {
        list.add(
            Field::AffectedCount,
            GapKind::Missing,
            "数の単位が分からない",
            "a number without unit",
        );
    }
}

fn times<C>(told: &CaseFacts<C>, live: &Facts, list: &mut List) {
    let day = |when: &When| {
        when.from.get_day()?;
        when.from.to_string().parse::<Stamp>().ok()
    };
    let discovered = told.discovered.as_ref().and_then(|said| day(&said.value));
    let occurred = told.occurred.as_ref().and_then(|said| day(&said.value));
    if let (Some(occurred), Some(discovered)) = (occurred, discovered)
        && occurred.date() > discovered.date()
    {
        list.add(
            Field::Occurred,
            GapKind::Contradictory,
            "発生が発覚より後になっている",
            "it happened after it was noticed",
        );
    }
    if let (Some(discovered), Some((known, _))) = (discovered, live.first_known())
        && known.in_japan() < discovered.date()
    {
        let known = known.says();
        list.add(
            Field::Discovered,
            GapKind::Contradictory,
            &format!("発覚より前の{}に社内で知られていた", known.ja),
            &format!("it was known inside before, on {}", known.en),
        );
    }
}

fn people<C>(told: &CaseFacts<C>, live: &Facts, list: &mut List) {
    let heads = told.affected_count.iter().filter(|count| count.unit.starts_with(['人', '名']));
    let Some(count) = heads.max_by_key(|count| count.value) else { return };
    let (least, most) = live.people.bounds();
    let counted = live.people.number.is_some() && !live.people.about;
    let outside = match count.bound {
        Bound::Exact => count.value < least || most.is_some_and(|most| count.value > most),
        Bound::AtMost => count.value < least || most.is_some_and(|most| count.value < most),
        Bound::AtLeast => most.is_some_and(|most| count.value > most),
    };
    if outside && !live.people.is_unknown() && !count.approx {
        let known = crate::condition::says_people(&live.people);
        list.add(
            Field::AffectedCount,
            GapKind::Contradictory,
            &format!("人数が把握している数（{}）と合わない", known.ja),
            &format!("the number does not fit what is known ({})", known.en),
        );
    } else if !counted && !live.people.is_unknown() && count.bound == Bound::Exact && !count.approx
    {
        list.add(
            Field::AffectedCount,
            GapKind::TooStrong,
            "人数が確定していないのに断定している",
            "the number is stated as certain and is not",
        );
    }
}

/// 「確認されておりません」 while the investigation is open says more than is known.
fn leak<C>(told: &CaseFacts<C>, live: &Facts, list: &mut List) {
    let leaked = live.answers.get(&Question::Leaked).copied();
    if let Some(said) = &told.data_disclosure {
        let field = Field::DataDisclosure;
        match (said.value, leaked) {
            (DataDisclosure::None | DataDisclosure::NotConfirmed, Some(true)) => list.add(
                field,
                GapKind::Contradictory,
                "漏えい又はそのおそれがあるのに、ない・確認されていないとしている",
                "it denies a leak that happened or may have",
            ),
            (DataDisclosure::Confirmed | DataDisclosure::Possible, Some(false)) => list.add(
                field,
                GapKind::Contradictory,
                "漏えいのおそれがないのに、あるとしている",
                "it tells a leak that did not happen",
            ),
            (DataDisclosure::None | DataDisclosure::NotConfirmed, None) => list.add(
                field,
                GapKind::TooStrong,
                "調査が終わっていないのに、漏えいはない・確認されていないとしている（調査中と書く）",
                "the investigation is open: say so instead of that no leak was confirmed",
            ),
            _ => {}
        }
    }
    if let Some(said) = &told.secondary_damage
        && said.value == SecondaryDamage::NoneConfirmed
        && leaked.is_none()
    {
        list.add(
            Field::SecondaryDamage,
            GapKind::TooStrong,
            "漏えいの有無が分からないうちに、二次被害は確認されていないとしている",
            "no misuse was confirmed while it is open whether data leaked",
        );
    }
}

/// Reports that are told and not on record.
fn reports<C>(told: &CaseFacts<C>, live: &Facts, list: &mut List) {
    for (authority, ids) in [
        (Authority::Ppc, &["appi-prompt", "number-prompt", "public-prompt"][..]),
        (Authority::Police, &["police"][..]),
    ] {
        let is_told = told.reported_to.iter().any(|to| to.value == authority);
        let on_record = ids.iter().any(|id| live.reported_at(id).is_some());
        if is_told && !on_record {
            list.add(
                Field::ReportedTo,
                GapKind::TooStrong,
                &format!("{}へ報告した記録がない", authority.label(Lang::Ja)),
                &format!("no report to {} is on record", authority.label(Lang::En)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use case::{Cited, Count, Kind, Moment};

    use super::*;

    fn told() -> CaseFacts<()> {
        CaseFacts::silent(Kind::Incident)
    }

    fn kinds(told: &CaseFacts<()>, live: &str, field: Field) -> Vec<GapKind> {
        let live: Facts = toml::from_str(live).unwrap();
        let all = gaps(told, &live);
        all.iter().filter(|gap| gap.field == Some(field)).map(|gap| gap.kind).collect()
    }

    #[test]
    fn not_confirmed_is_too_strong_while_the_investigation_is_open() {
        let mut told = told();
        told.data_disclosure = Some(Cited::new(DataDisclosure::NotConfirmed, ()));
        let of = |live: &str| kinds(&told, live, Field::DataDisclosure);
        assert_eq!(of(""), [GapKind::TooStrong]);
        assert_eq!(of("answers.leaked = true"), [GapKind::Contradictory]);
        assert_eq!(of("answers.leaked = false"), []);
    }

    #[test]
    fn numbers_and_days_are_held_against_what_is_known() {
        let mut told = told();
        told.affected_count = vec![Count {
            value: 1200,
            approx: false,
            bound: Bound::Exact,
            unit: "名".to_owned(),
            what: None,
            cite: (),
        }];
        told.discovered = Some(Cited::new(When::point(Moment::day(2025, 12, 3).unwrap()), ()));
        let of = |live: &str| kinds(&told, live, Field::AffectedCount);
        assert_eq!(of("people = 1200"), []);
        assert_eq!(of("people = { at_most = 1500 }"), [GapKind::TooStrong]);
        assert_eq!(of("people = 1300"), [GapKind::Contradictory]);
        assert_eq!(of("people = { at_least = 1300 }"), [GapKind::Contradictory]);
        let days = |live: &str| kinds(&told, live, Field::Discovered);
        assert_eq!(days("known = [{ at = 2025-12-01 }]"), [GapKind::Contradictory]);
        assert_eq!(days("known = [{ at = 2025-12-03T09:00:00 }]"), []);
    }

    #[test]
    fn what_is_missing_and_what_is_not_on_record_is_named() {
        let mut told = told();
        let all = gaps(&told, &Facts::default());
        let missing = all.iter().filter(|gap| gap.kind == GapKind::Missing).count();
        assert_eq!(missing, 12, "ten fields, cause and contact");
        told.reported_to = vec![Cited::new(Authority::Ppc, ())];
        let of = |live: &str| kinds(&told, live, Field::ReportedTo);
        assert_eq!(of(""), [GapKind::TooStrong]);
        assert_eq!(of("reported = [{ obligation = \"appi-prompt\", at = 2025-12-03 }]"), []);
    }
}
