//! A disclosure of our own with its case made by hand, so that what is printed is tested apart from
//! what is read. It does not know the reader.

use case::{
    Authority, Bound, Case, Category, Cited, Count, DataDisclosure, DataKind, Decided, Event,
    EventType, Facts, Kind, Lang, Measure, MediaType, Organisation, Prevention, Progress, Report,
    Role, SecondaryDamage, Sector, Service, ServiceStatus, Source, SourceId, Technical,
    TechnicalKind, Warning, WarningCode, When,
};
use text::Span;

use super::Style;
use crate::cli::Format;

/// The disclosure, and a column after it.
pub(crate) const TEXT: &str = "\
【事件簿#2031-007】株式会社あおば堂 通販サイトへの不正アクセスによる個人情報漏えいの可能性に関するお知らせとお詫び(第2報) 2031年4月18日

当社が運営する通販サイト「あおばマーケット」が第三者による不正アクセスを受け、
お客様の個人情報が漏えいした可能性があることが判明いたしました。

1.経緯
・4月2日(火)未明 第三者が委託先の株式会社みなとシステムの保守用VPN装置から侵入
・4月3日9時30分頃 当社従業員が異常に気付き、サーバーを遮断
・4月4日 警察へ相談
2.対象
 最大で約1万2,300件のお客様情報(氏名、メールアドレス)
 現時点で二次被害は確認されておりません。
3.対応
 対象のお客様12,300名のうち8,000名へのご連絡が完了(4月17日現在)
 「あおばカード会員サイト」への影響はございません。
 多要素認証を導入いたします。

コラム 保守用の入口を数える
";

/// How the tests print.
pub(crate) fn style() -> Style {
    Style {
        format: Format::Cards,
        lang: Lang::Ja,
        color: false,
        width: 100,
        place_width: 21,
        with_text: false,
    }
}

/// The source with that id.
pub(crate) fn source(id: u32) -> Source {
    Source {
        id: SourceId(id),
        path: "examples/01.txt".to_owned(),
        media_type: MediaType::Text,
        sha256: "00".repeat(32),
        text: None,
    }
}

/// Where the text says `words` first.
fn cite(words: &str) -> Span {
    let start = TEXT.find(words).expect("the sample says what its case cites");
    Span::new(start, start + words.len()).expect("words are not empty")
}

fn cited<T>(value: T, words: &str) -> Cited<T> {
    Cited::new(value, cite(words))
}

fn when(moment: &str) -> When {
    When::point(moment.parse().expect("a moment"))
}

fn event(at: When, event_type: EventType, words: &str) -> Event {
    Event { at, event_type, text: words.to_owned(), cite: cite(words) }
}

/// The case of the disclosure: every field has a value.
pub(crate) fn case() -> Case {
    let (head, _) = TEXT.split_once("\nコラム").expect("the sample has a column");
    let title = "通販サイトへの不正アクセスによる個人情報漏えいの可能性に関するお知らせとお詫び";
    let noticed = When { approx: true, ..when("2031-04-03T09:30") };
    let facts = Facts {
        kind: Kind::Incident,
        case_number: Some(cited("2031-007".parse().expect("a case number"), "2031-007")),
        title: Some(cited(title.to_owned(), title)),
        organisation: Some(cited("株式会社あおば堂".to_owned(), "株式会社あおば堂")),
        other_organisations: vec![Organisation {
            value: "株式会社みなとシステム".to_owned(),
            role: Role::Processor,
            cite: cite("株式会社みなとシステム"),
        }],
        sector: Some(cited(Sector::Retail, "通販サイト「あおばマーケット」")),
        report: Some(Report { number: Some(2), is_final: false, cite: cite("第2報") }),
        disclosed_on: Some(cited("2031-04-18".parse().expect("a day"), "2031年4月18日")),
        category: Decided {
            value: Category::UnauthorizedAccess,
            cites: vec![cite("第三者による不正アクセス")],
        },
        occurred: Some(cited(when("2031-04-02"), "4月2日(火)未明")),
        discovered: Some(cited(noticed, "4月3日9時30分頃")),
        affected_count: vec![Count {
            value: 12_300,
            approx: true,
            bound: Bound::AtMost,
            unit: "件".to_owned(),
            what: Some("お客様情報".to_owned()),
            cite: cite("最大で約1万2,300件"),
        }],
        data_kinds: vec![cited(DataKind::Name, "氏名"), cited(DataKind::Email, "メールアドレス")],
        timeline: vec![
            event(
                when("2031-04-02"),
                EventType::Occurred,
                "4月2日(火)未明 第三者が委託先の株式会社みなとシステムの保守用VPN装置から侵入",
            ),
            event(
                noticed,
                EventType::Discovered,
                "4月3日9時30分頃 当社従業員が異常に気付き、サーバーを遮断",
            ),
            event(when("2031-04-04"), EventType::ReportedPolice, "4月4日 警察へ相談"),
        ],
        reported_to: vec![cited(Authority::Police, "警察へ相談")],
        data_disclosure: Some(cited(DataDisclosure::Possible, "漏えいした可能性がある")),
        secondary_damage: Some(cited(
            SecondaryDamage::NoneConfirmed,
            "二次被害は確認されておりません",
        )),
        services: vec![Service {
            name: "あおばカード会員サイト".to_owned(),
            status: ServiceStatus::Unaffected,
            cite: cite("あおばカード会員サイト」への影響はございません"),
        }],
        progress: vec![Progress {
            what: "ご連絡".to_owned(),
            done: Some(8_000),
            total: Some(12_300),
            at: Some(when("2031-04-17")),
            cite: cite("12,300名のうち8,000名へのご連絡が完了"),
        }],
        prevention: vec![Prevention {
            value: Measure::Mfa,
            text: "多要素認証を導入いたします".to_owned(),
            cite: cite("多要素認証を導入いたします"),
        }],
        technical: vec![Technical {
            kind: TechnicalKind::Vector,
            value: "VPN装置".to_owned(),
            cite: cite("保守用VPN装置から侵入"),
        }],
        warnings: vec![Warning {
            code: WarningCode::WeekdayConflict,
            message: "2031-04-02 is a Wednesday".to_owned(),
            cite: cite("4月2日(火)"),
        }],
    };
    Case { source: SourceId(1), span: cite(head), facts }
}

/// The column: a case of which nearly nothing is said.
pub(crate) fn column() -> Case {
    let title = "保守用の入口を数える";
    let mut facts = Facts::silent(Kind::Column);
    facts.title = Some(cited(title.to_owned(), title));
    Case { source: SourceId(1), span: cite("コラム 保守用の入口を数える"), facts }
}
