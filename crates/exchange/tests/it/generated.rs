//! Properties over generated facts and arbitrary JSON.

use case::{
    Authority, Bound, CaseNumber, Category, Cited, Count, DataDisclosure, DataKind, Decided, Event,
    EventType, Facts, Kind, Measure, Moment, Organisation, Origin, Prevention, Progress, Report,
    Role, SecondaryDamage, Sector, Service, ServiceStatus, Technical, TechnicalKind, Warning,
    WarningCode, When,
};
use exchange::csv::{Form, Table};
use exchange::veris::{Edition, export, import};
use exchange::{atom, csv, stix};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};
use text::Span;

use crate::sample::{errors, kept, records, schema};

/// One of `ALL`.
macro_rules! any_of {
    ($($type:ident),+) => {
        ($(select($type::ALL)),+)
    };
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z=+@|;, .\"'<&-]{0,12}",
        "[ぁ-ん漢字株式会社、。\u{0}\n\r\t]{0,8}",
        any::<String>(),
        Just("Unknown".to_owned()),
    ]
}

fn origin() -> impl Strategy<Value = Origin> {
    prop_oneof![
        ("[0-9a-f]{64}", 0..1000usize, 1..50usize).prop_map(|(source, start, length)| {
            Origin::Words { source, span: Span::new(start, start + length).unwrap() }
        }),
        (words(), words()).prop_map(|(who, why)| Origin::Person {
            who,
            at: "2031-04-05T06:07:08Z".to_owned(),
            why
        }),
        Just(Origin::Import {
            import: "veris".to_owned(),
            pointer: "/victim/victim_id".to_owned()
        }),
    ]
}

fn cited<T: std::fmt::Debug>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Cited<T, Origin>> {
    (value, origin()).prop_map(|(value, cite)| Cited { value, cite })
}

fn moment() -> impl Strategy<Value = Moment> {
    let year = prop_oneof![3 => 1990..2050i16, 1 => 1..=9999i16];
    (year, 1..=12u8, 1..=28u8, 0..24u8, 0..60u8, 0..4).prop_map(
        |(year, month, day, hour, minute, precision)| {
            let moment = match precision {
                0 => Moment::year(year),
                1 => Moment::month(year, month),
                2 => Moment::day(year, month, day),
                _ => Moment::day(year, month, day).and_then(|day| day.at(hour, minute)),
            };
            moment.unwrap()
        },
    )
}

fn when() -> impl Strategy<Value = When> {
    (moment(), of(moment()), any::<bool>(), any::<bool>())
        .prop_map(|(from, to, approx, ongoing)| When { from, to, approx, ongoing })
}

type Heads = (
    Kind,
    Option<Cited<CaseNumber, Origin>>,
    Option<Cited<String, Origin>>,
    Option<Cited<String, Origin>>,
    Vec<Organisation<Origin>>,
    Option<Cited<Sector, Origin>>,
    Option<Report<Origin>>,
    Option<Cited<Moment, Origin>>,
    Decided<Category, Origin>,
);

fn heads() -> impl Strategy<Value = Heads> {
    let number = (1900..2100u16, 0..1000u32).prop_map(|(year, serial)| CaseNumber {
        year,
        serial,
        width: 3,
    });
    (
        select(Kind::ALL),
        of(cited(number)),
        of(cited(words())),
        of(cited(words())),
        vec((words(), select(Role::ALL), origin()), 0..3).prop_map(|all| {
            all.into_iter().map(|(value, role, cite)| Organisation { value, role, cite }).collect()
        }),
        of(cited(select(Sector::ALL))),
        of((of(0..9u32), any::<bool>(), origin())).prop_map(|report| {
            report.map(|(number, is_final, cite)| Report { number, is_final, cite })
        }),
        of(cited(moment())),
        (select(Category::ALL), vec(origin(), 0..3))
            .prop_map(|(value, cites)| Decided { value, cites }),
    )
}

fn count() -> impl Strategy<Value = Count<Origin>> {
    let value = prop_oneof![0..100_000u64, any::<u64>()];
    (value, any::<bool>(), select(Bound::ALL), words(), of(words()), origin()).prop_map(
        |(value, approx, bound, unit, what, cite)| Count { value, approx, bound, unit, what, cite },
    )
}

fn facts() -> impl Strategy<Value = Facts<Origin>> {
    let harm = (
        of(cited(when())),
        of(cited(when())),
        vec(count(), 0..3),
        vec(cited(select(DataKind::ALL)), 0..4),
        of(cited(select(DataDisclosure::ALL))),
        of(cited(select(SecondaryDamage::ALL))),
        vec(cited(select(Authority::ALL)), 0..2),
    );
    let told = (
        vec((when(), select(EventType::ALL), words(), origin()), 0..3),
        vec((words(), select(ServiceStatus::ALL), origin()), 0..2),
        vec((words(), of(any::<u64>()), of(any::<u64>()), of(when()), origin()), 0..2),
        vec((select(Measure::ALL), words(), origin()), 0..3),
        vec((any_of!(TechnicalKind), words(), origin()), 0..3),
        vec((any_of!(WarningCode), words(), origin()), 0..2),
    );
    (heads(), harm, told).prop_map(|(heads, harm, told)| {
        let (timeline, services, progress, prevention, technical, warnings) = told;
        Facts {
            kind: heads.0,
            case_number: heads.1,
            title: heads.2,
            organisation: heads.3,
            other_organisations: heads.4,
            sector: heads.5,
            report: heads.6,
            disclosed_on: heads.7,
            category: heads.8,
            occurred: harm.0,
            discovered: harm.1,
            affected_count: harm.2,
            data_kinds: harm.3,
            data_disclosure: harm.4,
            secondary_damage: harm.5,
            reported_to: harm.6,
            timeline: timeline
                .into_iter()
                .map(|(at, event_type, text, cite)| Event { at, event_type, text, cite })
                .collect(),
            services: services
                .into_iter()
                .map(|(name, status, cite)| Service { name, status, cite })
                .collect(),
            progress: progress
                .into_iter()
                .map(|(what, done, total, at, cite)| Progress { what, done, total, at, cite })
                .collect(),
            prevention: prevention
                .into_iter()
                .map(|(value, text, cite)| Prevention { value, text, cite })
                .collect(),
            technical: technical
                .into_iter()
                .map(|(kind, value, cite)| Technical { kind, value, cite })
                .collect(),
            warnings: warnings
                .into_iter()
                .map(|(code, message, cite)| Warning { code, message, cite })
                .collect(),
        }
    })
}

/// JSON with the names that VERIS uses in places where it may not use them.
fn json() -> impl Strategy<Value = Value> {
    let names = [
        "victim", "victim_id", "industry", "action", "hacking", "variety", "vector", "cve",
        "malware", "timeline", "incident", "discovery", "year", "month", "day", "unit", "value",
        "attribute", "confidentiality", "data", "data_total", "amount", "plus", "jikenbo", "facts",
        "format", "earlier", "path", "was", "now", "summary", "a/b",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..3000).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        select(vec![
            "Ransomware", "Days", "Years", "jikenbo.veris/1", "CVE-2030-", "/victim", "Unknown"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((select(names.to_vec()), inner), 0..6).prop_map(|parts| {
                Value::Object(
                    parts
                        .into_iter()
                        .map(|(name, part)| (name.to_owned(), part))
                        .collect::<Map<_, _>>(),
                )
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn facts_of_ours_come_back_the_same_and_are_valid(facts in facts()) {
        let record = export(&kept(&facts, None), Edition::Current);
        let imported = import(&record);
        prop_assert_eq!(&imported.facts, &facts);
        prop_assert_eq!(&imported.notes, &[]);
        if let Some(schema) = schema() {
            prop_assert_eq!(errors(&schema, &record), [""; 0]);
        }
        // Kept as an imported case, it comes out as it came in.
        let again = export(&kept(&imported.facts, Some(&imported.record)), Edition::AsKept);
        prop_assert_eq!(again, record);
    }

    #[test]
    fn any_correction_of_a_record_comes_back(facts in facts(), which in 0..3usize) {
        let record = &records()[which];
        for edition in [Edition::AsKept, Edition::Current] {
            let imported = import(&export(&kept(&facts, Some(record)), edition));
            prop_assert_eq!(&imported.facts, &facts);
            prop_assert_eq!(&imported.notes, &[]);
        }
    }

    #[test]
    fn any_json_comes_in_and_out(value in json()) {
        let imported = import(&value);
        for pointer in &imported.leftovers {
            prop_assert!(imported.record.pointer(pointer).is_some());
        }
        if value.is_object() {
            let out = export(&kept(&imported.facts, Some(&imported.record)), Edition::AsKept);
            prop_assert_eq!(&out, &imported.record);
            let mut corrected = imported.facts.clone();
            corrected.sector = None;
            corrected.category.value = Category::Insider;
            let out = export(&kept(&corrected, Some(&imported.record)), Edition::AsKept);
            prop_assert_eq!(import(&out).facts, corrected);
        }
    }

    #[test]
    fn other_formats_take_any_facts(facts in facts()) {
        let kept = kept(&facts, None);
        let feed = atom::feed(&atom::Feed {
            authority: "example.jp", since: "2031-01-01", title: "t", author: "a", home: None,
            updated: jiff::Timestamp::UNIX_EPOCH, lang: case::Lang::Ja,
        }, &[kept]);
        prop_assert!(feed.chars().all(|c| c == '\n' || c == '\t' || c >= ' '));
        prop_assert_eq!(stix::bundle(&[kept]).is_some(), facts.kind == Kind::Incident);
        for table in [Table::Cases, Table::Facts] {
            let text = csv::whole(table, Form::default(), &[kept]);
            let mut reader = ::csv::ReaderBuilder::new().from_reader(text.as_slice());
            for row in reader.records() {
                for cell in &row.unwrap() {
                    prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{}", cell);
                }
            }
        }
    }
}
