//! The index against a plain scan: the same documents, the same order, the same counts, whatever
//! was put, replaced, removed and merged before.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use proptest::prelude::*;
use rusqlite::Connection;

use super::*;

/// What a test puts, as plain as can be.
#[derive(Clone, Debug)]
struct Case {
    day: Option<i32>,
    head: String,
    body: String,
    category: &'static str,
    organisation: String,
    affected: Option<i64>,
}

fn doc<'a>(key: &'a str, case: &'a Case) -> Doc<'a> {
    let number = |value| Number { field: "affected", least: value, most: value };
    Doc {
        key,
        day: case.day,
        head: &case.head,
        body: &case.body,
        terms: vec![
            Term { field: "category", value: case.category.to_owned() },
            Term { field: "organisation", value: case.organisation.clone() },
        ],
        numbers: case.affected.map(number).into_iter().collect(),
    }
}

/// The slow and obvious way.
fn holds(plan: &Plan, case: &Case, head_only: bool) -> bool {
    let everything = || [&case.head, &case.body, &case.organisation].map(|part| fold(part));
    match plan {
        Plan::All => true,
        Plan::Words { area, text } => fold(text).split('\n').all(|text| match area {
            Area::Everything if head_only => fold(&case.head).contains(text),
            Area::Everything => everything().iter().any(|part| part.contains(text)),
            Area::Head => fold(&case.head).contains(text),
            Area::Organisation => fold(&case.organisation).contains(text),
            Area::Service => text.is_empty(),
        }),
        Plan::Term { value, .. } => case.category == value,
        Plan::Days(range) => case.day.is_some_and(|day| range.contains(&day)),
        Plan::DayUnknown => case.day.is_none(),
        Plan::Number { range, .. } => case.affected.is_some_and(|n| range.contains(&n)),
        Plan::NumberUnknown(_) => case.affected.is_none(),
        Plan::And(parts) => parts.iter().all(|part| holds(part, case, head_only)),
        Plan::Or(parts) => parts.iter().any(|part| holds(part, case, head_only)),
        Plan::Not(part) => !holds(part, case, false),
    }
}

/// The words whose standing counts: those of everything that are not denied.
fn words(plan: &Plan) -> Vec<Plan> {
    match plan {
        Plan::Words { area: Area::Everything, text } => {
            let (area, text) = (Area::Everything, fold(text));
            let parts = text.split('\n').filter(|part| !part.is_empty());
            parts.map(|part| Plan::Words { area, text: part.to_owned() }).collect()
        }
        Plan::And(parts) | Plan::Or(parts) => parts.iter().flat_map(words).collect(),
        _ => Vec::new(),
    }
}

fn standing(plan: &Plan, case: &Case) -> Standing {
    let some = words(plan).into_iter().any(|word| holds(&word, case, true));
    match (holds(plan, case, true), some) {
        (true, true) => Standing::Head,
        (false, true) => Standing::Partly,
        (_, false) => Standing::Body,
    }
}

fn check_search(conn: &Connection, kept: &BTreeMap<String, Case>, plan: &Plan, limits: &Limits) {
    let mut expected: Vec<_> = kept
        .iter()
        .filter(|(_, case)| holds(plan, case, false))
        .map(|(key, case)| {
            (standing(plan, case), Reverse(case.day.unwrap_or(i32::MIN)), key.clone())
        })
        .collect();
    expected.sort();
    let ask = Ask { offset: 0, limit: usize::MAX, facets: &["category"], days: true };
    let found = search(conn, plan, &ask, limits).unwrap();
    let shown: Vec<_> = found.docs.iter().map(|doc| (doc.standing, &doc.key)).collect();
    let wanted: Vec<_> = expected.iter().map(|(standing, _, key)| (*standing, key)).collect();
    assert_eq!(shown, wanted, "{plan:?}");
    assert_eq!(found.total.exact(), Some(expected.len() as u64));
    let mut categories: BTreeMap<&str, u64> = BTreeMap::new();
    for (.., key) in &expected {
        *categories.entry(kept[key].category).or_default() += 1;
    }
    let counted: BTreeMap<&str, u64> =
        found.facets[0].values.iter().map(|(value, count)| (value.as_str(), *count)).collect();
    assert_eq!(counted, categories);
    assert_eq!(found.days.iter().map(|(_, count)| count).sum::<u64>(), expected.len() as u64);
    // A page from the middle is the same part of the same list.
    let ask = Ask { offset: 2, limit: 3, ..Ask::default() };
    let page = search(conn, plan, &ask, &Limits { verify: 1, ..*limits }).unwrap();
    let keys: Vec<_> = page.docs.iter().map(|doc| &doc.key).collect();
    let part: Vec<_> = expected.iter().skip(2).take(3).map(|(.., key)| key).collect();
    assert_eq!(keys, part, "{plan:?}");
    assert!(page.total.at_least <= found.total.at_least);
    assert!(page.total.at_most >= found.total.at_most);
}

/// What is done to the index.
#[derive(Clone, Debug)]
enum Step {
    Put(u8, Case),
    PutAll(Vec<(u8, Case)>),
    Remove(u8),
    Compact,
}

fn texts(most: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[個人情報漏氏名ー。]",
        2 => Just("個人情報".to_owned()),
        2 => Just("不正アクセス".to_owned()),
        1 => "[ＡａB１2ｱﾞ 　\n]",
        1 => Just("\n\n".to_owned()),
    ];
    proptest::collection::vec(piece, 0..most).prop_map(|pieces| pieces.concat())
}

fn cases() -> impl Strategy<Value = Case> {
    (
        proptest::option::weighted(0.8, -3..6i32),
        texts(6),
        texts(20),
        proptest::sample::select(vec!["ransomware", "insider"]),
        texts(4),
        proptest::option::of(0..5i64),
    )
        .prop_map(|(day, head, body, category, organisation, affected)| Case {
            day,
            head,
            body,
            category,
            organisation,
            affected,
        })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..24u8, cases()).prop_map(|(key, case)| Step::Put(key, case)),
        1 => proptest::collection::vec((0..24u8, cases()), 0..12).prop_map(Step::PutAll),
        2 => (0..24u8).prop_map(Step::Remove),
        1 => Just(Step::Compact),
    ];
    proptest::collection::vec(step, 1..40)
}

fn plans() -> impl Strategy<Value = Plan> {
    let area = proptest::sample::select(vec![
        Area::Everything,
        Area::Everything,
        Area::Everything,
        Area::Head,
        Area::Organisation,
        Area::Service,
    ]);
    let leaf = prop_oneof![
        8 => (area, texts(4)).prop_map(|(area, text)| Plan::Words { area, text }),
        1 => Just(Plan::All),
        1 => Just(Plan::Term { field: "category".to_owned(), value: "insider".to_owned() }),
        1 => (-4..4i32, 0..4i32).prop_map(|(from, days)| Plan::Days(from..=from + days)),
        1 => Just(Plan::DayUnknown),
        1 => (-1..4i64, 0..3i64).prop_map(|(from, more)| Plan::Number {
            field: "affected".to_owned(),
            range: from..=from + more,
        }),
        1 => Just(Plan::NumberUnknown("affected".to_owned())),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            2 => proptest::collection::vec(inner.clone(), 0..3).prop_map(Plan::And),
            1 => proptest::collection::vec(inner.clone(), 0..3).prop_map(Plan::Or),
            1 => inner.prop_map(|part| Plan::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]
    #[test]
    fn the_index_finds_what_a_scan_finds(
        steps in steps(),
        plans in proptest::collection::vec(plans(), 12),
        limits in (1..6usize, 1..9usize, 2..4usize, 4..20usize),
    ) {
        let (tail, batch, merge, segment) = limits;
        let limits = Limits { tail, batch, merge, segment, verify: 1_000 };
        let conn = Connection::open_in_memory().unwrap();
        schema(&conn).unwrap();
        let mut kept = BTreeMap::new();
        let name = |key: u8| format!("2031-{key:03}");
        for step in steps {
            match step {
                Step::Put(key, case) => {
                    put(&conn, &doc(&name(key), &case), &limits).unwrap();
                    kept.insert(name(key), case);
                }
                Step::PutAll(cases) => {
                    let cases: Vec<_> =
                        cases.into_iter().map(|(key, case)| (name(key), case)).collect();
                    put_all(&conn, cases.iter().map(|(key, case)| doc(key, case)), &limits).unwrap();
                    kept.extend(cases);
                }
                Step::Compact => compact(&conn, &limits).unwrap(),
                Step::Remove(key) => {
                    let removed = remove(&conn, &name(key)).unwrap();
                    prop_assert_eq!(removed, kept.remove(&name(key)).is_some());
                }
            }
            prop_assert_eq!(check(&conn).unwrap(), None);
        }
        for plan in &plans {
            check_search(&conn, &kept, plan, &limits);
        }
        clear(&conn).unwrap();
        check_search(&conn, &BTreeMap::new(), &plans[0], &limits);
    }
}

fn sample() -> (Connection, Limits) {
    let conn = Connection::open_in_memory().unwrap();
    schema(&conn).unwrap();
    let limits = Limits { tail: 4, ..Limits::default() };
    for day in 0..10 {
        let case = Case {
            day: Some(day),
            head: format!("お詫び第{day}報"),
            body: "不正アクセスによる個人情報の漏えい".to_owned(),
            category: "insider",
            organisation: "株式会社例示".to_owned(),
            affected: Some(day.into()),
        };
        put(&conn, &doc(&format!("2031-{day:03}"), &case), &limits).unwrap();
    }
    (conn, limits)
}

#[test]
fn damage_is_found_and_named() {
    let damaged = |sql: &str| {
        let (conn, _) = sample();
        assert_eq!(check(&conn).unwrap(), None);
        assert!(conn.execute(sql, []).unwrap() > 0, "{sql}");
        check(&conn).map(|wrong| wrong.map(|wrong| wrong.to_string()))
    };
    let wrong = |sql: &str| damaged(sql).unwrap().unwrap();
    assert_eq!(
        wrong("DELETE FROM document WHERE doc = 2"),
        "segment 1: document 2 is gone but not marked so"
    );
    assert_eq!(
        wrong("UPDATE segment SET deleted = x'01' WHERE id = 2"),
        "segment 2: document 8 is marked as gone"
    );
    assert_eq!(
        wrong("DELETE FROM segment WHERE id = 1"),
        "8 documents are kept, 4 are in segments"
    );
    assert!(wrong("UPDATE document SET (meta, size, text) = (SELECT meta, size, text FROM document WHERE doc = 1) WHERE doc = 2").contains("another day"));
    assert!(wrong("UPDATE document SET (size, text) = (SELECT size, text FROM document WHERE doc = 1) WHERE doc = 2").contains("posting"));
    assert!(damaged("UPDATE posting SET block = substr(block, 1, 40) WHERE segment = 1").is_err());
    assert!(damaged("UPDATE document SET text = x'00' WHERE doc = 9").is_err());
}

#[test]
fn counting_stops_where_the_limit_says() {
    let (conn, limits) = sample();
    let plan = Plan::Words { area: Area::Everything, text: "個人情報の漏えい".to_owned() };
    let ask = Ask { limit: 2, ..Ask::default() };
    let found = search(&conn, &plan, &ask, &Limits { verify: 3, ..limits }).unwrap();
    // The two in the tail are certain, and three are read.
    assert_eq!(found.total, Total { at_least: 5, at_most: 10 });
    assert_eq!(found.total.exact(), None);
    assert_eq!(found.docs[0].key, "2031-009");
}
