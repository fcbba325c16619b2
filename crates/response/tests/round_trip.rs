//! A release that is drafted here and read by the reader tells the same facts, over generated cases.
//! It does not judge the words.

use case::{
    Authority, Bound, Category, Cited, Count, DataDisclosure, DataKind, Event, EventType, Facts,
    Kind, Measure, Moment, Prevention, Report, SecondaryDamage, SourceId, When,
};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use response::{Draft, release};
use text::Limits;

/// Facts as they are compared: without citations.
type Told = Facts<()>;

const fn at<T>(value: T) -> Cited<T, ()> {
    Cited::new(value, ())
}

/// What a draft has words for.
fn kinds() -> Vec<DataKind> {
    DataKind::ALL.iter().copied().filter(|kind| *kind != DataKind::Other).collect()
}

fn authorities() -> Vec<Authority> {
    let without = [Authority::Other, Authority::Ministry, Authority::Municipality];
    Authority::ALL.iter().copied().filter(|to| !without.contains(to)).collect()
}

fn measures() -> Vec<Measure> {
    let without = [Measure::Other, Measure::Disciplinary];
    Measure::ALL.iter().copied().filter(|measure| !without.contains(measure)).collect()
}

const EVENTS: &[EventType] = &[
    EventType::Isolated,
    EventType::Contained,
    EventType::Investigation,
    EventType::ReportedPolice,
    EventType::ReportedRegulator,
    EventType::NotifiedSubjects,
    EventType::DeleteRequest,
    EventType::Recovered,
];

/// A time of day, or none.
fn time() -> impl Strategy<Value = Option<(u8, u8)>> {
    weighted(0.5, (0..24u8, 1..60u8))
}

fn moment(month: u8, day: u8, time: Option<(u8, u8)>) -> Moment {
    let day = Moment::day(2025, month, day).unwrap();
    time.map_or(day, |(hour, minute)| day.at(hour, minute).unwrap())
}

fn count() -> impl Strategy<Value = Count<()>> {
    let value = prop_oneof![select(vec![7, 12, 395, 999, 1000, 1001, 12_300]), 10..50_000u64];
    let bound = select(Bound::ALL.to_vec());
    (value, any::<bool>(), bound, select(vec!["名", "人", "件"])).prop_map(
        |(value, approx, bound, unit)| Count {
            value,
            approx,
            bound,
            unit: unit.to_owned(),
            what: None,
            cite: (),
        },
    )
}

prop_compose! {
    /// When it happened (1st to 10th of a month), was noticed (11th to 19th), what was done (20th to
    /// 27th), the release (28th).
    fn course()(
        month in 1..=12u8,
        occurred in weighted(0.8, (1..=10u8, time(), any::<bool>())),
        discovered in weighted(0.9, (11..=19u8, time())),
        done in subsequence(EVENTS, 0..=4),
        times in proptest::collection::vec(time(), 4),
    ) -> Told {
        let mut told = Told::silent(Kind::Incident);
        told.disclosed_on = Some(at(moment(month, 28, None)));
        told.occurred = occurred.map(|(day, time, approx)| {
            at(When { approx, ..When::point(moment(month, day, time)) })
        });
        told.discovered =
            discovered.map(|(day, time)| at(When::point(moment(month, day, time))));
        told.timeline = done
            .iter()
            .zip(20u8..)
            .zip(times)
            .map(|((event_type, day), time)| Event {
                at: When::point(moment(month, day, time)),
                event_type: *event_type,
                text: String::new(),
                cite: (),
            })
            .collect();
        told
    }
}

prop_compose! {
    fn case()(
        told in course(),
        category in select(Category::ALL.to_vec()),
        organisation in select(vec!["株式会社あおぞら商会", "みどり電機株式会社", "学校法人北浜学園"]),
        report in weighted(0.5, prop_oneof![
            (1..9u32).prop_map(|number| (Some(number), false)),
            Just((None, true)),
        ]),
        counts in weighted(0.9, count()),
        kinds in subsequence(kinds(), 1..=6),
        has_kinds in any::<bool>(),
        disclosure in weighted(0.9, select(DataDisclosure::ALL.to_vec())),
        damage in weighted(0.8, select(SecondaryDamage::ALL.to_vec())),
        to in subsequence(authorities(), 0..=3),
        measures in subsequence(measures(), 0..=4),
    ) -> Told {
        let mut told = told;
        told.category.value = category;
        told.organisation = Some(at(organisation.to_owned()));
        told.report = report.map(|(number, is_final)| Report { number, is_final, cite: () });
        told.affected_count = counts.into_iter().collect();
        told.data_kinds = if has_kinds { kinds.into_iter().map(at).collect() } else { Vec::new() };
        told.data_disclosure = disclosure.map(at);
        told.secondary_damage = damage.map(at);
        told.prevention = measures
            .into_iter()
            .map(|value| Prevention { value, text: String::new(), cite: () })
            .collect();
        told.reported_to = to.into_iter().map(at).collect();
        whole(told)
    }
}

/// What is so by itself: a misdirected mail has reached somebody, what was taken out is out; a dated
/// report to an authority is a report to it.
fn whole(mut told: Told) -> Told {
    match told.category.value {
        Category::MisdirectedMail | Category::BccMistake | Category::MisdeliveryOrMisposting => {
            told.data_disclosure = Some(at(DataDisclosure::Confirmed));
        }
        Category::Insider | Category::Misconfiguration if told.data_disclosure.is_none() => {
            told.data_disclosure = Some(at(DataDisclosure::Possible));
        }
        _ => {}
    }
    for (event_type, authority) in [
        (EventType::ReportedPolice, Authority::Police),
        (EventType::ReportedRegulator, Authority::Ppc),
    ] {
        let dated = told.timeline.iter().any(|event| event.event_type == event_type);
        if dated && told.reported_to.iter().all(|to| to.value != authority) {
            told.reported_to.push(at(authority));
        }
    }
    told
}

/// What the reader reads in a draft.
fn read(draft: &Draft<()>) -> Facts {
    let input = reader::Input { source: SourceId(0), text: &draft.text, parts: &[] };
    let mut cases: Vec<case::Case> = reader::read(input, &Limits::default()).collect();
    assert_eq!(cases.len(), 1, "{}", draft.text);
    cases.swap_remove(0).facts
}

fn sorted<T: Ord>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    values.sort();
    values
}

/// The dated statements beside those of happening and noticing.
fn done<C>(facts: &Facts<C>) -> Vec<(Moment, EventType)> {
    let beside = [EventType::Occurred, EventType::Discovered];
    let events = facts.timeline.iter().filter(|event| !beside.contains(&event.event_type));
    events.map(|event| (event.at.from, event.event_type)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_draft_reads_back_to_the_facts_that_it_was_made_from(told in case()) {
        let draft = release(&told, &response::Facts::default());
        let read = read(&draft);
        let page = &draft.text;
        let events = done(&read);
        prop_assert_eq!(read.category.value, told.category.value, "{}", page);
        prop_assert_eq!(
            read.organisation.map(|x| x.value), told.organisation.as_ref().map(|x| x.value.clone()), "{}", page
        );
        prop_assert_eq!(
            read.disclosed_on.map(|x| x.value), told.disclosed_on.as_ref().map(|x| x.value), "{}", page
        );
        prop_assert_eq!(
            read.report.map(|x| (x.number, x.is_final)),
            told.report.as_ref().map(|x| (x.number, x.is_final)), "{}", page
        );
        prop_assert_eq!(read.occurred.map(|x| x.value), told.occurred.as_ref().map(|x| x.value), "{}", page);
        prop_assert_eq!(read.discovered.map(|x| x.value), told.discovered.as_ref().map(|x| x.value), "{}", page);
        let of = |count: &Count<()>| (count.value, count.approx, count.bound, count.unit.clone());
        let wanted: Vec<_> = told.affected_count.iter().map(of).collect();
        let found: Vec<_> = read
            .affected_count
            .iter()
            .map(|count| (count.value, count.approx, count.bound, count.unit.clone()))
            .collect();
        prop_assert_eq!(found, wanted, "{}", page);
        prop_assert_eq!(
            sorted(read.data_kinds.iter().map(|x| x.value)),
            sorted(told.data_kinds.iter().map(|x| x.value)), "{}", page
        );
        prop_assert_eq!(
            read.data_disclosure.map(|x| x.value), told.data_disclosure.as_ref().map(|x| x.value), "{}", page
        );
        prop_assert_eq!(
            read.secondary_damage.map(|x| x.value), told.secondary_damage.as_ref().map(|x| x.value), "{}", page
        );
        prop_assert_eq!(
            sorted(read.reported_to.iter().map(|x| x.value)),
            sorted(told.reported_to.iter().map(|x| x.value)), "{}", page
        );
        prop_assert_eq!(
            sorted(read.prevention.iter().map(|x| x.value)),
            sorted(told.prevention.iter().map(|x| x.value)), "{}", page
        );
        prop_assert_eq!(events, done(&told), "{}", page);
    }

    #[test]
    fn every_sentence_that_states_a_fact_is_tied_to_it(told in case()) {
        let draft = release(&told, &response::Facts::default());
        let mut end = 0;
        for stated in &draft.stated {
            prop_assert!(stated.range.start >= end && !stated.range.is_empty());
            end = stated.range.end;
            prop_assert!(draft.text.get(stated.range.clone()).is_some());
        }
        let stated = |field| draft.stated.iter().filter(|stated| stated.field == field).count();
        prop_assert_eq!(stated(case::Field::Prevention), told.prevention.len());
        prop_assert_eq!(stated(case::Field::AffectedCount), told.affected_count.len());
    }
}
