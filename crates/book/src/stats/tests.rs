//! Statistics of a book filled by hand, and likeness in it.

use case::Field;
use serde_json::{Value, json};

use super::*;
use crate::Who;

fn book(cases: &[&[(Field, Value)]]) -> (tempfile::TempDir, Book) {
    let dir = tempfile::tempdir().unwrap();
    let book = Book::open(dir.path()).unwrap();
    for known in cases {
        book.open_case(known, "記録", &Who("mori".to_owned())).unwrap();
    }
    (dir, book)
}

fn when(day: &str) -> Value {
    json!({"from": day, "to": null, "approx": false, "ongoing": false})
}

fn people(value: u64, approx: bool, bound: &str, unit: &str) -> Value {
    json!([{"value": value, "approx": approx, "bound": bound, "unit": unit, "what": null}])
}

fn sample() -> (tempfile::TempDir, Book) {
    use Field::{
        AffectedCount, Category, DataKinds, DisclosedOn, Discovered, Kind, Occurred, Title,
    };
    book(&[
        &[
            (Category, json!("ransomware")),
            (Title, json!("サーバーの暗号化による予約業務の停止について")),
            (Occurred, when("2031-03-01")),
            (Discovered, when("2031-03-03")),
            (DisclosedOn, json!("2031-04-02")),
            (AffectedCount, people(1200, false, "exact", "人")),
            (DataKinds, json!(["name", "my_number"])),
        ],
        &[
            (Category, json!("ransomware")),
            (Title, json!("予約業務を担うサーバーの暗号化被害")),
            (Occurred, when("2031-03")),
            (Discovered, when("2031-02-01")),
            (DisclosedOn, json!("2031")),
            (AffectedCount, people(900, true, "at_most", "名")),
            (DataKinds, json!(["name", "my_number"])),
        ],
        &[(Category, json!("insider")), (AffectedCount, people(0, false, "exact", "件"))],
        &[(Category, json!("ransomware")), (DataKinds, json!(["name"]))],
        &[(Kind, json!("column")), (DisclosedOn, json!("2031-04-02"))],
    ])
}

#[test]
fn unknown_is_never_zero_and_limits_are_no_sums() {
    let (_dir, book) = sample();
    let stats = book.stats(&Selection::all()).unwrap();
    assert_eq!((stats.cases, stats.columns), (4, 1));
    let groups: Vec<_> =
        stats.affected.groups.iter().map(|x| (x.exactness, x.counted, x.cases, x.sum)).collect();
    assert_eq!(
        groups,
        [
            (Exactness::Exact, Counted::People, 1, 1200),
            (Exactness::Exact, Counted::Records, 1, 0),
            (Exactness::AtMost, Counted::People, 1, 900),
        ]
    );
    assert_eq!(stats.affected.unknown.cases, 1);
    let orders: Vec<_> = stats.affected.orders.iter().map(|x| (x.from, x.cases)).collect();
    assert_eq!(orders, [(0, 1), (100, 1), (1_000, 1)]);
    let data = stats.by(By::DataKind).unwrap();
    assert_eq!((data.figures[0].key.as_str(), data.figures[0].cases), ("name", 3));
    assert_eq!(data.unknown.cases, 1);
    let months = stats.by(By::Month).unwrap();
    assert_eq!((months.figures.len(), months.unknown.cases), (1, 3));
    assert_eq!(months.figures[0].query, "kind:incident disclosed:2031-04 has:month");
}

#[test]
fn days_are_counted_only_between_days() {
    let (_dir, book) = sample();
    let stats = book.stats(&Selection::all()).unwrap();
    let found: Vec<_> = stats
        .delays
        .iter()
        .map(|x| (x.cases, x.imprecise.cases, x.backwards.cases, x.unknown))
        .collect();
    assert_eq!(found, [(1, 0, 1, 2), (1, 1, 0, 2), (1, 1, 0, 2)]);
    assert_eq!(stats.delays[1].quantiles[0], Quantile { share: 10, days: 30 });
    let bucket = stats.delays[1].histogram.iter().find(|x| x.cases > 0).unwrap();
    assert_eq!(bucket.key, "30d");
    assert!(stats.rows().iter().any(|row| row.key == "p50" && row.value == 30));
}

#[test]
fn a_selection_narrows_figures_and_their_queries() {
    let (_dir, book) = sample();
    let numbers: Vec<CaseNumber> =
        ["2031-002", "2031-009"].iter().map(|x| x.parse().unwrap()).collect();
    let stats = book.stats(&Selection::of("予約 OR 停止", numbers)).unwrap();
    assert_eq!(stats.cases, 1);
    let category = &stats.by(By::Category).unwrap().figures[0];
    assert_eq!((category.key.as_str(), category.cases), ("ransomware", 1));
    assert_eq!(category.query, "(予約 OR 停止) category:ransomware");
}

#[test]
fn a_rare_agreement_comes_before_a_common_one() {
    let (_dir, book) = sample();
    let alike = book.like("2031-001".parse().unwrap(), 5).unwrap();
    assert_eq!(alike.cases[0].number, "2031-002".parse().unwrap());
    assert!(alike.cases.iter().all(|x| x.number != "2031-001".parse().unwrap()));
    let fields: Vec<Field> = alike.cases[0].because.iter().map(|x| x.field).collect();
    for field in [Field::Category, Field::DataKinds, Field::Title] {
        assert!(fields.contains(&field), "{fields:?}");
    }
    assert!(alike.cases[0].score > alike.cases[1].score && alike.cases[0].score <= 1.0);
    let facts = book.case("2031-001".parse().unwrap()).unwrap().unwrap().facts;
    assert_eq!(book.like_facts(&facts, 1).unwrap().cases[0].number.to_string(), "2031-001");
}

/// Prints how long statistics, likeness and a query take at 100,000 cases.
#[test]
#[ignore = "takes minutes; run by hand with --nocapture"]
fn a_hundred_thousand_cases() {
    use case::{Category, DataKind, Facts, Kind, Measure, Origin};
    let origin = || Origin::Import { import: "made".into(), pointer: String::new() };
    let (_dir, book) = book(&[]);
    let made = (0..100_000_u64).map(|n| {
        let mut facts = Facts::silent(Kind::Incident);
        let pick = |salt: u64, of: usize| {
            let mixed = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17) ^ salt;
            let mixed = mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33;
            usize::try_from(mixed).unwrap() % of
        };
        facts.category.value = Category::ALL[pick(1, 20).saturating_sub(6)];
        let day =
            format!("20{:02}-{:02}-{:02}", 10 + pick(2, 20), 1 + pick(3, 12), 1 + pick(4, 28));
        facts.disclosed_on = Some(case::Cited::new(day.parse().unwrap(), origin()));
        facts.discovered =
            Some(case::Cited::new(case::When::point(day.parse().unwrap()), origin()));
        facts.title = Some(case::Cited::new(format!("拠点{}の{}", pick(5, 900), day), origin()));
        let kinds = (0..pick(6, 8)).map(|x| DataKind::ALL[pick(7 + x as u64, 24)]);
        facts.data_kinds = kinds.map(|x| case::Cited::new(x, origin())).collect();
        let measures = (0..pick(30, 6)).map(|x| Measure::ALL[pick(31 + x as u64, 16)]);
        facts.prevention = measures
            .map(|value| case::Prevention { value, text: "対策".into(), cite: origin() })
            .collect();
        (facts, json!({ "n": n }))
    });
    book.import("made", made, &Who("mori".into())).unwrap();
    let time = |what: &str, work: &dyn Fn()| {
        let begun = std::time::Instant::now();
        work();
        println!("{what}: {:?}", begun.elapsed());
    };
    let numbers = book.numbers().unwrap();
    for _ in 0..3 {
        time("stats of all", &|| drop(book.stats(&Selection::all()).unwrap()));
        let some = Selection::of("x", numbers.iter().take(5_000).copied().collect());
        time("stats of 5,000", &|| drop(book.stats(&some).unwrap()));
        for number in [numbers[7], numbers[50_000], numbers[99_000]] {
            time("like", &|| drop(book.like(number, 20).unwrap()));
        }
        let query = "SELECT category, count(*) FROM cases GROUP BY category";
        time("sql", &|| drop(book.sql(query, &crate::sql::SqlLimits::default()).unwrap()));
    }
}
