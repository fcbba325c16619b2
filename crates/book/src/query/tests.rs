//! Queries as people type them, and queries that are written out and read again.

use case::Lang;
use proptest::prelude::*;

use super::*;
use crate::index::Plan;

/// `problems` are the words that they are about.
fn check(typed: &str, shown: &str, problems: &[&str]) {
    let parsed = Query::parse(typed);
    assert_eq!(parsed.query.to_string(), shown, "of {typed:?}");
    let about: Vec<&str> =
        parsed.problems.iter().map(|problem| &typed[problem.range.clone()]).collect();
    assert_eq!(about, problems, "of {typed:?}: {:?}", parsed.problems);
    let again = Query::parse(shown);
    assert_eq!((again.query, again.problems.len()), (parsed.query, 0), "{shown:?}");
}

#[test]
fn words_phrases_and_operators() {
    check("", "", &[]);
    check("氏名　住所", "氏名 住所", &[]);
    check("\"SQL Server\" -訓練 －演習", "\"SQL Server\" -訓練 -演習", &[]);
    check("氏名 住所 OR 電話", "氏名 (住所 OR 電話)", &[]);
    check("(氏名 住所) ＯＲ 電話", "(氏名 住所) OR 電話", &[]);
    check("NOT 氏名 AND 住所", "-氏名 住所", &[]);
    check("-(氏名 OR -住所) --電話", "-(氏名 OR -住所) 電話", &[]);
    check("(株)例示商会 例示（株）", "\"(株)例示商会\" \"例示（株）\"", &[]);
    check("“例示　商会”", "\"例示　商会\"", &[]);
    check("10:30 https://example.jp/ Re:お詫び or", "10:30 https://example.jp/ Re:お詫び or", &[]);
    check("\"OR\" \"-x\" \"a\\\"b\\\\\"", "\"OR\" \"-x\" \"a\\\"b\\\\\"", &[]);
    check("- -- ー", "- -- ー", &[]);
}

#[test]
fn filters_in_both_languages_and_widths() {
    check("分類：ランサムウェア", "category:ransomware", &[]);
    check("category:\"Bcc mistake\" 業種:医療・福祉", "category:bcc_mistake sector:health", &[]);
    check("データ:氏名 対策:多要素認証 -種別:コラム", "data:name measure:mfa -kind:column", &[]);
    check(
        "org:\"例示 商会\" 会社:例示(株) service:予約",
        "organisation:\"例示 商会\" organisation:\"例示(株)\" service:予約",
        &[],
    );
    check(
        "報告先:警察 漏えい:可能性あり 二次被害:不明",
        "authority:police disclosure:possible damage:unknown",
        &[],
    );
    check("has:contradiction 有:訂正", "has:contradiction has:correction", &[]);
    check("番号:2023-203 number:#2023-1", "number:2023-203 number:2023-1", &[]);
    check(
        "(category:insider OR category:other) 漏えい",
        "(category:insider OR category:other) 漏えい",
        &[],
    );
}

#[test]
fn periods_and_counts() {
    check("公表:2023年6月", "disclosed:2023-06", &[]);
    check("公表：２０２３／６／５", "disclosed:2023-06-05", &[]);
    check(
        "disclosed:2023-01..2023-06 occurred:..2020",
        "disclosed:2023-01..2023-06 occurred:..2020",
        &[],
    );
    check("発生:令和5年～令和6年3月 発覚:平成元年", "occurred:2023..2024-03 discovered:1989", &[]);
    check("occurred:>=2022-04 occurred:<2022-01", "occurred:2022-04.. occurred:..2021-12", &[]);
    check(
        "occurred:>2023-12-31 occurred:<2024-03-01",
        "occurred:2024-01-01.. occurred:..2024-02-29",
        &[],
    );
    check("affected:>1000 affected:100..500", "affected:1001.. affected:100..500", &[]);
    check(
        "人数:１，０００人以上 件数:2万件未満 affected:不明",
        "affected:1000.. affected:..19999 affected:unknown",
        &[],
    );
}

#[test]
fn what_is_not_understood_is_left_out_and_named() {
    check("category:ransomwear 漏えい", "漏えい", &["category:ransomwear"]);
    check("氏名 -公表:昨日", "氏名", &["-公表:昨日"]);
    check(
        "disclosed:2023-06..2023-01 affected:多数 number:203",
        "",
        &["disclosed:2023-06..2023-01", "affected:多数", "number:203"],
    );
    check(
        "affected:9..3 affected:.. disclosed:2023-13",
        "",
        &["affected:9..3", "affected:..", "disclosed:2023-13"],
    );
    check("category: 氏名", "氏名", &["category:"]);
    let almost = Query::parse("categry:insider");
    assert_eq!(almost.query, Query::words_of("categry:insider"));
    assert_eq!(almost.problems[0].kind, ProblemKind::AlmostField(Field::Category));
    check("\"氏名 住所", "\"氏名 住所\"", &["\"氏名 住所"]);
    check("(氏名 OR 住所", "氏名 OR 住所", &["(氏名 OR 住所"]);
    check("氏名 ) 住所", "氏名 住所", &[")"]);
    check("OR 氏名 OR", "氏名", &["OR", "OR"]);
    check("氏名 NOT", "氏名", &["NOT"]);
    check("\"\" \u{200b}", "", &["\"\"", "\u{200b}"]);
}

#[test]
fn messages_say_what_to_do_in_both_languages() {
    let parsed = Query::parse("kind:x disclosed:x affected:");
    let said =
        |lang| parsed.problems.iter().map(|problem| problem.kind.message(lang)).collect::<Vec<_>>();
    assert_eq!(said(Lang::En)[0], "kind has no such value: use one of incident, column");
    assert_eq!(said(Lang::Ja)[0], "種別 にこの値はありません。次のどれかです: 事件、コラム");
    assert_eq!(said(Lang::En)[2], "no value for affected: write affected:value");
    assert_eq!(parsed.problems[1].to_string(), said(Lang::En)[1]);
}

#[test]
fn limits_hold() {
    let limits = Limits { bytes: 40, depth: 2, parts: 3 };
    let kinds = |text: &str| {
        let parsed = Query::parse_within(text, &limits);
        parsed.problems.iter().map(|problem| problem.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds("((a))"), []);
    assert!(kinds("(((a)))").contains(&ProblemKind::TooDeep));
    assert_eq!(kinds("a b c d e"), [ProblemKind::TooManyParts]);
    assert_eq!(kinds(&"あ".repeat(14)), [ProblemKind::TooLong]);
    assert_eq!(Query::parse(&"(".repeat(4_000)).query, Query::everything());
    assert_eq!(Query::parse(&format!("{}a", "-".repeat(4_000))).query.to_string(), "a");
}

#[test]
fn facets_edit_the_query() {
    let filter = |text: &str| Query::parse(text).query.filters()[0].clone();
    let query = Query::parse("漏えい category:insider").query;
    let more = query.with_filter(filter("data:name"));
    assert_eq!(more.to_string(), "漏えい category:insider data:name");
    assert_eq!(more.with_filter(filter("data:name")), more);
    assert_eq!(more.without(&filter("category:insider")).to_string(), "漏えい data:name");
    assert_eq!(query.with_only(filter("category:other")).to_string(), "漏えい category:other");
    assert_eq!(
        Query::default().with_filter(filter("has:date")).without_field(Field::Has),
        Query::everything()
    );
    let either = Query::parse("氏名 OR 住所").query.with_filter(filter("data:name"));
    assert_eq!(either.to_string(), "(氏名 OR 住所) data:name");
    assert_eq!(either.words(), ["氏名", "住所"]);
    assert_eq!(filter("category:insider").label(Lang::Ja), "内部者");
    assert_eq!(Query::words_of(" a OR b ").to_string(), "\"a OR b\"");
}

#[test]
fn plans_are_what_the_index_knows() {
    let plan = |text: &str| Query::parse(text).query.plan();
    assert_eq!(plan(""), Plan::And(Vec::new()));
    assert_eq!(plan("disclosed:1970"), Plan::Days(0..=364));
    assert_eq!(plan("disclosed:unknown"), Plan::DayUnknown);
    assert_eq!(plan("affected:unknown"), Plan::NumberUnknown("affected".into()));
    assert_eq!(
        plan("occurred:1970-01-02.."),
        Plan::Number { field: "occurred".into(), range: 1..=i64::from(i32::MAX) }
    );
    let Plan::Or(numbers) = plan("number:2023-7") else { panic!("not a choice") };
    assert!(numbers.contains(&Plan::Term { field: "number".into(), value: "2023-007".into() }));
}

fn nodes() -> impl Strategy<Value = Node> {
    let value =
        prop_oneof!["[ぁ-ん(（\"”\\\\＼a: -]{1,8}", "[ -~]{1,12}", "(OR|NOT|AND|has:date|ＯＲ)"];
    let words = value.clone().prop_filter_map("nothing to find", |text| {
        let text = text.trim();
        (!crate::index::fold(text).is_empty()).then(|| Node::Words(text.to_owned()))
    });
    let filters = (proptest::sample::select(Field::ALL), value, 0..20usize).prop_filter_map(
        "no value",
        |(field, text, pick)| {
            let few = field.values();
            let text = match field {
                Field::Disclosed | Field::Occurred => {
                    ["2023..", "..2020-02", "unknown"][pick % 3].to_owned()
                }
                Field::Affected => ["5", "5..", "3..4"][pick % 3].to_owned(),
                _ if !few.is_empty() => few[pick % few.len()].0.to_owned(),
                _ => text,
            };
            Filter::new(field, &text).ok().map(Node::Filter)
        },
    );
    prop_oneof![3 => words, 2 => filters].prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Node::all),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Node::any),
            inner.prop_map(Node::not),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_out_reads_the_same(node in nodes()) {
        let query = Query(node);
        let parsed = Query::parse(&query.to_string());
        prop_assert_eq!(&parsed.query, &query, "{}", query);
        prop_assert!(parsed.problems.is_empty(), "{:?} of {}", parsed.problems, query);
    }

    #[test]
    fn nothing_typed_is_refused(text in "[ぁ-お()（）\"“\\\\: 　ORa公表:.～<>=2-]{0,40}") {
        let parsed = Query::parse(&text);
        for problem in &parsed.problems {
            prop_assert!(text.get(problem.range.clone()).is_some());
        }
        prop_assert_eq!(Query::parse(&parsed.query.to_string()).query, parsed.query);
    }
}
