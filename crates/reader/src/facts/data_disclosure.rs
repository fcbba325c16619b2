//! Whether data reached somebody who should not have it, from 漏えいしました to 漏えいはございません.
//! It does not know what was done with the data; that is secondary damage.

use case::{Category, Cited, DataDisclosure, Decided};
use text::Span;

use super::denial::denied_report;
use crate::grammar::Extent;
use crate::lexicon::{Claim, Cue, Hit, Topic, Value, Vocabulary};
use crate::page::{Page, Sentence};
use crate::words::{AnyOf, any_of};

/// So far behind a leak stands what is said of it.
const REACH_LETTERS: usize = 60;
/// Between a leak and a flat denial of it.
const DENIAL_LETTERS: usize = 24;

/// How much a statement outweighs the others of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// カード番号の漏えいはございません, beside other data.
    DeniedInPart,
    /// 閲覧できる状態.
    Exposed,
    /// The title says 流出.
    Title,
    /// Taken out by somebody of the house, nothing said of third parties.
    TakenOut,
    /// 確認されておりません, ございません.
    Denied,
    /// A heading such as 漏えいした情報.
    Named,
    Investigating,
    Possible,
    Confirmed,
}

type Statement = (Weight, DataDisclosure, Extent);

/// The weightiest statement of the text.
pub(super) fn read(page: &Page<'_>, category: &Decided<Category>) -> Option<Cited<DataDisclosure>> {
    let posted =
        category.value == Category::MisdeliveryOrMisposting && is_posting(page, &category.cites);
    if let Some(&cite) = category.cites.first()
        && reaches_somebody(category.value)
        && !posted
    {
        let nothing = page
            .hits
            .all(Vocabulary::Claim)
            .iter()
            .find(|hit| hit.value == Value::Claim(Claim::Nothing));
        let nothing = nothing
            .and_then(|hit| page.cite(hit.start, hit.end))
            .map(|cite| Cited::new(DataDisclosure::None, cite));
        return Some(nothing.unwrap_or(Cited::new(DataDisclosure::Confirmed, cite)));
    }
    let mut best: Option<Statement> = None;
    let mut heading = None;
    for sentence in &page.sentences {
        if sentence.heading {
            heading = Some(sentence);
        }
        if sentence.topic == Some(Topic::About) {
            continue;
        }
        let mut consider = |statement: Option<Statement>| {
            // どの情報が漏れましたか? tells nothing; 見られた可能性がありますか? knows of one.
            if let Some(statement) = statement
                && !(statement.1 == DataDisclosure::Confirmed && page.asks(sentence))
                && best.is_none_or(|(weight, ..)| statement.0 > weight)
            {
                best = Some(statement);
            }
        };
        for hit in page.within(Vocabulary::Claim, sentence.extent) {
            consider(match hit.value {
                Value::Claim(Claim::Leak) => leak(page, hit, sentence, category.value),
                Value::Claim(Claim::Shown) => shown(page, hit, sentence),
                Value::Claim(Claim::Exposed) if !sentence.has(Cue::Prevention) => {
                    Some((Weight::Exposed, DataDisclosure::Possible, extent(hit)))
                }
                _ => None,
            });
        }
        if matches!(category.value, Category::Misconfiguration | Category::Other) {
            consider(seen_by_others(page, sentence));
        }
        if category.value == Category::Insider {
            consider(passed_on(page, sentence));
        }
        if posted || category.value == Category::Misconfiguration {
            consider(seen_so_often(page, sentence).or_else(|| seen_by_somebody(page, sentence)));
        }
        consider(
            heading
                .filter(|_| !sentence.heading)
                .and_then(|heading| under_heading(page, heading, sentence)),
        );
    }
    let (_, value, at) = best?;
    Some(Cited::new(value, page.cite(at.start, at.end)?))
}

/// Whether an incident of this category is itself that data reached somebody.
fn reaches_somebody(category: Category) -> bool {
    matches!(
        category,
        Category::MisdirectedMail | Category::BccMistake | Category::MisdeliveryOrMisposting
    )
}

/// Whether it was put up to be seen and not handed to somebody.
fn is_posting(page: &Page<'_>, cites: &[Span]) -> bool {
    cites.iter().any(|&cite| {
        any_of!["掲載", "公開", "公表", "不開示", "非開示", "黒塗り", "黒く塗", "墨塗", "塗りつぶ"]
            .stands_in(page.words(cite))
    })
}

fn extent(hit: &Hit) -> Extent {
    Extent { start: hit.start, end: hit.end }
}

/// What a sentence says of one leak.
fn leak(page: &Page<'_>, leak: &Hit, sentence: &Sentence, category: Category) -> Option<Statement> {
    let words = page.folded_words(extent(leak));
    let known_kind = any_of!["流出", "漏", "売", "投稿", "第三者", "外部"].opens(words);
    let insider = category == Category::Insider && !known_kind;
    let taken = words.starts_with("持ち") || words.starts_with("持出");
    let seen = words.starts_with("閲覧し") || words == "見ていた";
    if (taken && category == Category::LossOrTheft)
        || (words == "盗まれ"
            && (category == Category::LossOrTheft
                || !(of_data(page, leak, sentence) || is_asked(page, leak, sentence))))
        || (seen
            && !by_outsider(page, leak, sentence)
            && !reaches_somebody(category)
            && !matches!(category, Category::Insider | Category::Misconfiguration))
    {
        return None;
    }
    // 迷惑メールが学外へ送信された: mail went out, and no data.
    if any_of!["送信", "送ら", "送り出", "送って"].closes(words)
        && !of_data(page, leak, sentence)
        && page.folded_words(page.before(leak.start, 20, sentence.extent.start)).contains("メール")
    {
        return None;
    }
    let measure = sentence.topic == Some(Topic::Prevention);
    let said = decisive(page, leak, sentence.extent.end);
    let to = said.map_or(leak.end, |hit| hit.end);
    let at = Extent { start: leak.start, end: to };
    let after = &page.text()[leak.end..sentence.extent.end];
    // 情報が漏れたこととの関わりは分かっておりません: of something else.
    if any_of!["ことと", "たこととの", "との関", "との因果"]
        .opens(after.trim_start_matches(['し', 'た']))
    {
        return None;
    }
    if attributive(after) {
        let named =
            !measure && !matches!(said.map(|hit| hit.value), Some(Value::Claim(Claim::Supposed)));
        return named.then_some((Weight::Named, DataDisclosure::Confirmed, extent(leak)));
    }
    match said.map(|hit| hit.value) {
        Some(Value::Claim(Claim::Possible | Claim::Unlikely)) if !measure => {
            Some((Weight::Possible, DataDisclosure::Possible, at))
        }
        Some(Value::Claim(Claim::Investigating)) if !measure => {
            Some((Weight::Investigating, DataDisclosure::UnderInvestigation, at))
        }
        Some(Value::Claim(Claim::Unconfirmed | Claim::Absent))
            if !measure && still_possible(page, to, sentence) =>
        {
            Some((Weight::Possible, DataDisclosure::Possible, at))
        }
        Some(Value::Claim(Claim::Unconfirmed)) => {
            Some((Weight::Denied, DataDisclosure::NotConfirmed, at))
        }
        Some(Value::Claim(Claim::Absent)) => {
            let weight =
                if in_part(page, leak, sentence) { Weight::DeniedInPart } else { Weight::Denied };
            Some((weight, DataDisclosure::None, at))
        }
        Some(Value::Claim(Claim::Supposed)) => None,
        Some(Value::Claim(Claim::Leak)) | None
            if !measure && denied_report(page, leak.end, sentence.extent.end).is_some() =>
        {
            Some((Weight::Denied, DataDisclosure::NotConfirmed, extent(leak)))
        }
        _ if measure => None,
        // A title that speaks of a possibility knows of what thieves show as well.
        _ if on_show(words, after) && may_be_leak(page) => {
            Some((Weight::Possible, DataDisclosure::Possible, extent(leak)))
        }
        _ if done(words, after) => {
            let weight = if insider { Weight::TakenOut } else { Weight::Confirmed };
            Some((weight, DataDisclosure::Confirmed, extent(leak)))
        }
        _ => {
            let titled = page
                .header
                .title
                .is_some_and(|title| title.start <= leak.start && leak.end <= title.end);
            let weight = if insider { Weight::TakenOut } else { Weight::Title };
            (titled || insider).then_some((weight, DataDisclosure::Confirmed, extent(leak)))
        }
    }
}

/// Whether it was somebody from outside who looked: 第三者が会員情報を閲覧した可能性.
fn by_outsider(page: &Page<'_>, leak: &Hit, sentence: &Sentence) -> bool {
    any_of!["第三者が", "第三者に", "攻撃者が", "何者かが", "侵入者が", "外部の者が", "部外者が"]
        .stands_in(page.folded_words(page.before(leak.start, 30, sentence.extent.start)))
}

/// Whether it is data that was taken, and not a bag or a password.
fn of_data(page: &Page<'_>, leak: &Hit, sentence: &Sentence) -> bool {
    let before = page.folded_words(page.before(leak.start, 30, sentence.extent.start));
    any_of!["情報", "データ", "名簿", "リスト", "一覧", "ファイル"].stands_in(before)
        || sentence.heading
}

/// お客様の住所が入っておりますが、盗まれたかどうかは: whether it was data is what is asked.
fn is_asked(page: &Page<'_>, leak: &Hit, sentence: &Sentence) -> bool {
    let before = Extent { start: sentence.extent.start, end: leak.start };
    page.text()[leak.end..].starts_with("たかどうか")
        && !page.within(Vocabulary::Data, before).is_empty()
}

/// The first claim behind a leak that says how sure it is; denials only close by.
fn decisive<'p>(page: &'p Page<'_>, leak: &Hit, end: usize) -> Option<&'p Hit> {
    let reach = page.ahead(leak.end, REACH_LETTERS, end);
    let near = page.ahead(leak.end, DENIAL_LETTERS, end);
    let broken = page.breaks(reach).next().map_or(reach.end, |hit| hit.end);
    page.within(Vocabulary::Claim, reach).iter().find(|hit| match hit.value {
        Value::Claim(Claim::Possible | Claim::Unlikely) => true,
        Value::Claim(Claim::Absent | Claim::Supposed) => hit.end <= near.end.min(broken),
        Value::Claim(Claim::Unconfirmed | Claim::Investigating) => hit.end <= broken,
        _ => false,
    })
}

/// Whether the sentence goes on behind its denial that a leak is possible all the same.
fn still_possible(page: &Page<'_>, denied: usize, sentence: &Sentence) -> bool {
    let rest = Extent { start: denied, end: sentence.extent.end };
    page.claim(Claim::Possible, rest).is_some() && page.claim(Claim::Misuse, rest).is_none()
}

/// Whether the leak only describes data: 漏えいした情報.
fn attributive(after: &str) -> bool {
    const DATA: &AnyOf = any_of![
        "情報", "個人情報", "お客様", "顧客情報", "データ", "内容", "メールアドレス", "項目",
        "件数",
    ];
    let described = ["した", "された", "た", "れた", "していた", "されていた"]
        .iter()
        .find_map(|ending| after.strip_prefix(ending));
    described.is_some_and(|rest| DATA.opens(rest))
}

/// Whether the leak is told as done: 流出しました, 持ち出していた, 閲覧されました.
fn done(words: &str, after: &str) -> bool {
    const ENDINGS: &AnyOf = any_of![
        "した", "しました", "いたしました", "致しました", "していた", "していま", "しており",
        "する事", "させ", "となり", "が判明", "を確認", "が確認され", "が実際に確認", "が発生",
        "の事実を確認", "が発覚", "が明らか", "がございました", "がありました", "があった", "が起",
        "が生じ", "された", "され、", "されました", "されていた", "されており", "されていま",
        "されている", "し、", "が確かめ", "ました", "ていた", "ており", "ていま", "ている",
        "渡りま", "渡った", "渡って", "渡り、", "たことが", "たことを", "る事案", "る事態",
        "たもの", "た。", "た事", "たと", "、", "てしま", "られ", "れ、", "れた", "れて", "れま",
        "って", "った", "たのは", "たとの",
    ];
    // 伝えていた is told as done already; たり tells of many things at once.
    if after.starts_with("たり") || after.starts_with("したり") || after.starts_with("されたり")
    {
        return false;
    }
    let told = words.ends_with('た');
    on_show(words, after) || told || ENDINGS.opens(after)
}

/// Whether data is on show where thieves show it.
fn on_show(words: &str, after: &str) -> bool {
    (words.ends_with("サイト") || words.starts_with("ダークウェブ") || words.ends_with("開設"))
        && any_of![
            "公開され", "掲載され", "販売され", "公開した", "掲載した", "公開し", "掲載し",
            "載せられ", "載って", "出品され", "売られて", "置かれて",
        ]
        .stands_in(after)
}

/// Whether the title says that a leak is possible: 漏えいのおそれについて.
fn may_be_leak(page: &Page<'_>) -> bool {
    page.header.title.is_some_and(|title| {
        page.claim(Claim::Leak, title).is_some() && page.claim(Claim::Possible, title).is_some()
    })
}

/// Whether a denial speaks of part of the data only: カード番号の, 別のシステムで.
fn in_part(page: &Page<'_>, leak: &Hit, sentence: &Sentence) -> bool {
    let before = Extent { start: sentence.extent.start, end: leak.start };
    page.claim(Claim::Partly, before).is_some()
        || page.folded_words(before).ends_with("から")
        || !page.within(Vocabulary::Data, before).is_empty()
}

/// Data shown to somebody else, unless it is only thought possible.
fn shown(page: &Page<'_>, hit: &Hit, sentence: &Sentence) -> Option<Statement> {
    let said = decisive(page, hit, sentence.extent.end).map(|hit| hit.value);
    let open = matches!(said, None | Some(Value::Claim(Claim::Leak)));
    open.then_some((Weight::Confirmed, DataDisclosure::Confirmed, extent(hit)))
}

/// 別の方に情報が表示された, ほかの方の入力欄を開いた: told as done and not as thought possible.
fn seen_by_others(page: &Page<'_>, sentence: &Sentence) -> Option<Statement> {
    const OTHERS: &AnyOf = any_of![
        "別の方", "別の会員", "別のお客", "別の利用者", "別のユーザ", "別の企業", "別の会社",
        "別の患者", "別の契約", "別の人", "他の方", "他の会員", "他のお客", "他の利用者",
        "他のユーザ", "他の企業", "他の会社", "他の申込", "他の応募", "ほかの方", "ほかの会員",
        "ほかのお客", "ほかの利用者", "ほかの申込", "ほかの応募", "他社様", "他社の", "他人の",
        "別人の",
    ];
    const SEEN: &AnyOf = any_of![
        "表示された",
        "表示されました",
        "現れる場合がありました",
        "表示される場合がありました",
        "現れた",
        "現れました",
        "を開いた",
        "を開きました",
        "を見た",
        "を見ました",
        "が見えた",
        "が見えてしま",
        "が見えました",
        "を閲覧した",
        "を閲覧しました",
        "をご覧にな",
    ];
    const APART_LETTERS: usize = 60;
    if sentence.topic == Some(Topic::Prevention) {
        return None;
    }
    let words = page.folded_words(sentence.extent);
    let others = OTHERS.find(words)?;
    let start = sentence.extent.start + others;
    let reach = page.ahead(start, APART_LETTERS, sentence.extent.end);
    let at = SEEN.find(page.folded_words(reach))?;
    let rest = Extent { start: start + at, end: sentence.extent.end };
    let open = is_open(page, rest);
    let end = page.ahead(start + at, 5, sentence.extent.end).end;
    (!open).then_some((Weight::Confirmed, DataDisclosure::Confirmed, Extent { start, end }))
}

/// Whether an extent leaves it open, or denies it.
fn is_open(page: &Page<'_>, extent: Extent) -> bool {
    page.within(Vocabulary::Claim, extent).iter().any(|hit| {
        matches!(
            hit.value,
            Value::Claim(
                Claim::Possible
                    | Claim::Unlikely
                    | Claim::Unconfirmed
                    | Claim::Absent
                    | Claim::Investigating
            )
        )
    })
}

/// 外部の方がファイルをダウンロードしたことを確認: somebody is known to have looked.
fn seen_by_somebody(page: &Page<'_>, sentence: &Sentence) -> Option<Statement> {
    const WHO: &AnyOf = any_of![
        "第三者が", "外部の方", "外部の者が", "外部から", "名の方が", "名が", "社が", "市民が",
        "閲覧者が", "生徒が", "学生が", "別の方が", "人が", "者が",
    ];
    const LOOKED: &AnyOf = any_of![
        "ダウンロードしたこと", "ダウンロードしていた", "ダウンロードしまし", "閲覧したこと",
        "閲覧していた", "開いたこと", "開いていた", "取得したこと", "取得していた", "保存していた",
        "保存したこと", "ダウンロードされたこと", "ダウンロードされていた",
    ];
    const APART_LETTERS: usize = 40;
    let words = page.folded_words(sentence.extent);
    let told = |hit: &Hit| matches!(hit.value, Value::Claim(Claim::Leak | Claim::Happened));
    if !page.within(Vocabulary::Claim, sentence.extent).iter().any(told) {
        return None;
    }
    let looked = LOOKED.find(words)?;
    let at = sentence.extent.start + looked;
    let before = page.before(at, APART_LETTERS, sentence.extent.start);
    if !WHO.stands_in(page.folded_words(before)) {
        return None;
    }
    let rest = Extent { start: at, end: sentence.extent.end };
    let open = is_open(page, rest);
    let end = page.ahead(at, 5, sentence.extent.end).end;
    let told = !open && sentence.topic != Some(Topic::Prevention);
    told.then_some((Weight::Confirmed, DataDisclosure::Confirmed, Extent { start: at, end }))
}

/// 親族である知人に通信アプリで伝えた: somebody of the house told somebody outside.
fn passed_on(page: &Page<'_>, sentence: &Sentence) -> Option<Statement> {
    const OUTSIDE: &AnyOf = any_of![
        "知人に", "友人に", "家族に", "親族に", "配偶者に", "交際相手に", "他人に", "部外者に",
        "元同僚に", "転職先に", "業者に", "第三者に", "知人へ", "友人へ", "第三者へ", "業者へ",
    ];
    const TOLD: &AnyOf = any_of![
        "伝えた", "伝えていた", "伝えていました", "伝えました", "教えた", "教えていた",
        "教えました", "教えていました", "話した", "話していた", "話しました", "漏らした",
        "漏らしていた", "漏らしました", "見せた", "見せていた", "見せました", "渡した",
        "渡していた", "渡しました", "送っていた", "送った", "送りました", "送信していた",
        "送信した", "提供していた", "提供した", "売却した", "売却していた",
    ];
    const APART_LETTERS: usize = 24;
    if sentence.topic == Some(Topic::Prevention) {
        return None;
    }
    let words = page.folded_words(sentence.extent);
    let start = sentence.extent.start + OUTSIDE.find(words)?;
    let reach = page.ahead(start, APART_LETTERS, sentence.extent.end);
    let at = TOLD.find(page.folded_words(reach))?;
    let end = page.ahead(start + at, 3, sentence.extent.end).end;
    Some((Weight::Confirmed, DataDisclosure::Confirmed, Extent { start, end }))
}

/// 閲覧は132回です, 閲覧されたのは3名です: told in numbers that somebody looked.
fn seen_so_often(page: &Page<'_>, sentence: &Sentence) -> Option<Statement> {
    const APART_LETTERS: usize = 14;
    const LOOKS: &AnyOf = any_of![
        "閲覧は", "閲覧が", "閲覧数は", "閲覧件数は", "閲覧回数は", "閲覧されたのは",
        "閲覧した方は", "閲覧された方は", "閲覧した者は", "閲覧した学生は", "閲覧者は",
        "開いた学生は", "開いた方は", "開いた者は", "ダウンロードは", "ダウンロードが",
        "ダウンロード数は", "ダウンロードした方は", "アクセス数は", "アクセス件数は", "アクセスは",
        "取得した方は", "閲覧件数", "閲覧数", "閲覧回数", "閲覧者数", "ダウンロード数",
        "ダウンロード件数", "ダウンロード回数", "ダウンロード:", "アクセス数", "アクセス件数",
        "アクセス回数", "表示回数", "再生回数", "閲覧の件数", "閲覧の回数", "閲覧:", "閲覧は計",
        "閲覧された件数", "閲覧された回数", "閲覧された方", "閲覧した人", "閲覧された者",
        "ダウンロードされた",
    ];
    let words = page.folded_words(sentence.extent);
    let at = sentence.extent.start + LOOKS.find(words)?;
    let reach = page.ahead(at, APART_LETTERS, sentence.extent.end);
    let first = page.quantities.partition_point(|quantity| quantity.range.start < at);
    let number = page.quantities.get(first).filter(|number| {
        number.range.start < reach.end
            && number.value > 0
            && page.folded_words(number.range).ends_with(['回', '件', '名', '人'])
    })?;
    let open = page.within(Vocabulary::Claim, sentence.extent).iter().any(|hit| {
        matches!(hit.value, Value::Claim(Claim::Possible | Claim::Absent | Claim::Unconfirmed))
    });
    let seen = Extent { start: at, end: number.range.end };
    (!open).then_some((Weight::Confirmed, DataDisclosure::Confirmed, seen))
}

/// What a sentence without a leak of its own says under a heading that names one.
fn under_heading(page: &Page<'_>, heading: &Sentence, sentence: &Sentence) -> Option<Statement> {
    page.claim(Claim::Leak, heading.extent)?;
    if page.claim(Claim::Leak, sentence.extent).is_some()
        || page.claim(Claim::Misuse, sentence.extent).is_some()
    {
        return None;
    }
    let hit = page.claim(Claim::Unconfirmed, sentence.extent)?;
    Some((Weight::DeniedInPart, DataDisclosure::NotConfirmed, extent(hit)))
}
