//! How many are affected. Totals of a service, money, sizes and shares are told apart by the words
//! beside them.

use case::{Bound, Category, Count};

use super::one_line;
use crate::grammar::Extent;
use crate::grammar::counts::{Quantity, UnitClass};
use crate::lexicon::{Cue, Topic, Vocabulary};
use crate::page::{Line, Page, Sentence};
use crate::words::{AnyOf, any_of, letters};

/// Least evidence that a number counts the affected.
const ENOUGH: i32 = 4;

/// Fewer things than this (USBメモリー2個) are what held the data, not what was lost.
const FEW: u64 = 6;

/// Fewer machines than this are the organisation's own.
const MANY_DEVICES: u64 = 50;

/// So many staff at most do something together; more of them are whom it befell.
const MANY_STAFF: u64 = 30;

/// Words for those who work for the organisation; beside a number and が they act.
const STAFF: &AnyOf =
    any_of!["職員", "従業員", "社員", "教員", "教諭", "担当者", "担当", "スタッフ", "役員", "講師"];

/// Every number that counts the affected, in the order of the text, each value and unit once.
pub(super) fn read(page: &Page<'_>, category: Category) -> Vec<Count> {
    let mut counts: Vec<Count> = Vec::new();
    let mut taken: Vec<usize> = Vec::new();
    let mut classes: Vec<UnitClass> = Vec::new();
    for (index, quantity) in page.quantities.iter().enumerate() {
        let Some(sentence) = page.sentence_of(quantity.range.start) else { continue };
        let paired = quantity.paired_with.is_some_and(|other| taken.contains(&other))
            && countable(quantity.class);
        if quantity.value == 0
            || !(paired || weigh(page, quantity, sentence, category) >= ENOUGH)
            || is_of_others(page, quantity, sentence)
        {
            continue;
        }
        taken.push(index);
        let unit = quantity.unit.map(|unit| unit.of(page.text()).to_owned()).unwrap_or_default();
        if counts.iter().any(|count| {
            count.value == quantity.value && (count.unit == unit || same_people(&count.unit, &unit))
        }) {
            continue;
        }
        let Some(cite) = page.cite(quantity.range.start, quantity.range.end) else { continue };
        let unit = quantity
            .unit
            .and_then(|unit| page.cite(unit.start, unit.end))
            .map(|unit| one_line(page.words(unit)))
            .unwrap_or_default();
        classes.push(quantity.class);
        counts.push(Count {
            value: quantity.value,
            approx: quantity.approx,
            bound: quantity.bound,
            unit,
            what: what(page, quantity),
            cite,
        });
    }
    // Beside people or records, papers are only what held them.
    if classes.iter().any(|class| {
        matches!(
            class,
            UnitClass::Person | UnitClass::Item | UnitClass::Account | UnitClass::Household
        )
    }) {
        let mut classes = classes.into_iter();
        counts.retain(|_| classes.next() != Some(UnitClass::Document));
    }
    counts
}

fn same_people(a: &str, b: &str) -> bool {
    let person = |unit: &str| matches!(unit, "人" | "名" | "様" | "名様" | "人分" | "名分" | "方");
    person(a) && person(b)
}

fn countable(class: UnitClass) -> bool {
    matches!(
        class,
        UnitClass::Person
            | UnitClass::Item
            | UnitClass::Company
            | UnitClass::Account
            | UnitClass::Household
            | UnitClass::Document
    )
}

/// How much the words around a number speak for its counting the affected.
fn weigh(page: &Page<'_>, quantity: &Quantity, sentence: &Sentence, category: Category) -> i32 {
    if matches!(
        sentence.topic,
        Some(Topic::Prevention | Topic::Contact | Topic::About | Topic::Organisation)
    ) {
        return i32::MIN;
    }
    let Some(mut weight) = base(page, quantity) else { return i32::MIN };
    let near = clause(page, quantity, sentence);
    weight += match sentence.topic {
        Some(Topic::Count | Topic::Data) => 3,
        Some(Topic::Damage | Topic::Overview) => 1,
        // 原因と範囲: some of it tells who is affected.
        Some(Topic::Cause) => -2,
        _ => 0,
    };
    if page.cue(Cue::Affected, near).is_some() {
        weight += 2;
    }
    if [Cue::Leak, Cue::Leaked, Cue::Mistake].iter().any(|&cue| page.cue(cue, near).is_some()) {
        weight += 2;
    }
    if page.cue(Cue::PersonalData, near).is_some() {
        weight += 1;
    }
    if page.cue(Cue::Person, near).is_some() {
        weight += 1;
    }
    if has_data_beside(page, quantity, sentence) {
        weight += 3;
    }
    if page.text()[quantity.range.end..].starts_with('分')
        || page.folded_words(quantity.range).ends_with('分')
    {
        weight += 2;
    }
    if is_labelled(page, quantity) {
        weight += 2;
    }
    // 不正ログインが2,004アカウントで確認された, このうち126件で不正に使用された
    if (quantity.class == UnitClass::Account
        && any_of!["不正ログイン", "乗っ取", "不正にログイン", "不正アクセス"]
            .stands_in(page.folded_words(near)))
        || is_misused(page, quantity, near)
    {
        weight += 2;
    }
    if holds_people(page, quantity) {
        weight += 3;
    }
    if weight < ENOUGH + 4 && is_told(page, quantity, sentence) {
        weight += 2;
    }
    // What was lost was papers, where nothing says how many people's.
    if quantity.class == UnitClass::Document
        && matches!(category, Category::LossOrTheft | Category::MisdeliveryOrMisposting)
        && quantity.value >= FEW
    {
        weight += 2;
    }
    if quantity.total || quantity.at_most {
        weight += 1;
    }
    if sentence.has(Cue::NotIncluded) && !sentence.has(Cue::Leak) {
        weight -= 4;
    }
    weight - against(page, quantity, sentence, category)
}

/// What the unit alone speaks for: people are counted, machines and media seldom.
fn base(page: &Page<'_>, quantity: &Quantity) -> Option<i32> {
    let unit = quantity.unit.map_or("", |unit| unit.of(page.text()));
    Some(match quantity.class {
        UnitClass::Person | UnitClass::Household => 3,
        UnitClass::Item if unit == "件" || unit.is_empty() => 2,
        UnitClass::Item if unit == "つ" || unit == "種類" || quantity.value < FEW => {
            return None;
        }
        UnitClass::Company | UnitClass::Document if quantity.value == 1 => return None,
        UnitClass::Company if quantity.value <= 3 => 0,
        UnitClass::Device if quantity.value < MANY_DEVICES => return None,
        UnitClass::Account | UnitClass::Company => 2,
        UnitClass::Item | UnitClass::Document | UnitClass::Device => 1,
        UnitClass::Other if quantity.unit.is_none() => 1,
        _ => return None,
    })
}

/// Whether what is counted holds data of as many: 14人の名刺, 112件の電話帳.
fn holds_people(page: &Page<'_>, quantity: &Quantity) -> bool {
    let behind = &page.text()[quantity.range.end..];
    let behind = behind.strip_prefix('分').unwrap_or(behind);
    behind.strip_prefix('の').is_some_and(|thing| {
        any_of![
            "名刺", "電話帳", "連絡先", "名簿", "申込書", "申請書", "履歴書", "カルテ", "答案",
            "個人票", "診断書", "登録情報", "会員情報", "顧客情報", "個人情報", "お客様情報",
            "お客さま情報", "患者情報", "アカウント情報", "契約書", "調査票", "写真",
        ]
        .opens(thing)
    })
}

/// Whether the clause says that what is counted was logged into or misused: 8,216件のアカウントで不正ログイン
/// を確認.
fn is_misused(page: &Page<'_>, quantity: &Quantity, near: Extent) -> bool {
    /// So far behind the number it may be said, in bytes.
    const REACH_BYTES: usize = 120;
    if !matches!(quantity.class, UnitClass::Item | UnitClass::Person) {
        return false;
    }
    let text = page.text();
    let end = near.end.min(quantity.range.end + REACH_BYTES).max(quantity.range.end);
    let after = &text[quantity.range.end..text.floor_char_boundary(end)];
    let linked = any_of![
        "のアカウントで", "のアカウントに", "のお客様の", "の会員様の", "の会員様で", "のidで",
        "で、", "で", "の会員idで", "について、", "分のアカウント",
    ];
    linked.opens(after)
        && any_of![
            "不正ログイン", "不正にログイン", "不正なログイン", "乗っ取られ", "不正に使用され",
            "不正に利用され", "不正利用され", "不正使用され", "不正利用を確認", "不正な利用を確認",
            "使われました", "使われたこと", "使われていた",
        ]
        .stands_in(after)
}

/// Whether a label says that it counts what was struck: 不正ログインされたアカウント数:38,516件.
fn is_labelled(page: &Page<'_>, quantity: &Quantity) -> bool {
    let at = page.line_of(quantity.range.start);
    let line = &page.lines[at];
    let before = |line: &Line, end: usize| {
        page.text()[line.body.min(end)..end].trim_end_matches(|c| letters!(":約計 )").has(c))
    };
    let mut label = before(line, quantity.range.start);
    // The label may stand on the line above.
    if label.is_empty()
        && let Some(above) = at.checked_sub(1).and_then(|at| page.lines.get(at))
    {
        label = before(above, above.extent.end);
    }
    label.len() <= 90
        && any_of![
            "件数", "人数", "アカウント数", "対象者数", "会員数", "者数", "世帯数", "社数",
            "口座数", "名数"
        ]
        .closes(label)
        && any_of!["された", "した", "対象", "可能性", "漏", "流出", "影響", "被害"]
            .stands_in(label)
}

/// Whether a sentence says how many there are: 対象は46件でした, 該当者は58名です.
fn is_told(page: &Page<'_>, quantity: &Quantity, sentence: &Sentence) -> bool {
    const SUBJECT: &AnyOf = any_of![
        "件数は", "人数は", "対象は", "対象者は", "該当者は", "該当するのは", "申込みは",
        "申し込みは", "お申込みは", "申込者は", "登録者は", "会員は", "影響を受けたのは",
        "対象となるのは", "対象となったのは", "世帯は", "総数は", "内訳は", "お客様は",
        "お客さまは", "方は", "生徒は", "児童は", "患者は", "職員は", "送付先は", "送信先は",
        "宛先は", "受信者は", "利用者は",
    ];
    const ENDS: &AnyOf = any_of![
        "です", "でした", "となり", "になり", "である", "であり", "。", "で、", "、", "に上",
        "にのぼ", "に及"
    ];
    let text = page.text();
    let lead = text[sentence.extent.start.min(quantity.range.start)..quantity.range.start]
        .trim_end_matches(|c| letters!("、計約大最合延べおよそ").has(c));
    // 影響を受けたのは、2,890社のうち115社です
    let lead = match (lead.strip_suffix("うち"), lead.rfind('は')) {
        (Some(_), Some(topic)) => &lead[..topic + 'は'.len_utf8()],
        _ => lead,
    };
    let rest = &text[quantity.range.end..];
    let rest = rest.strip_prefix('様').unwrap_or(rest);
    let rest = rest
        .strip_prefix('(')
        .and_then(|inside| inside.split_once(')'))
        .filter(|(note, _)| note.len() <= 120)
        .map_or(rest, |(_, after)| after);
    SUBJECT.closes(lead) && ENDS.opens(rest)
}

/// Whether data is named right beside the number: 53人の氏名, メールアドレス936件.
fn has_data_beside(page: &Page<'_>, quantity: &Quantity, sentence: &Sentence) -> bool {
    const REACH_BYTES: usize = 45;
    let after = Extent {
        start: quantity.range.end,
        end: sentence.extent.end.min(quantity.range.end + REACH_BYTES),
    };
    let before = Extent {
        start: sentence.extent.start.max(quantity.range.start.saturating_sub(REACH_BYTES)),
        end: quantity.range.start,
    };
    let behind = &page.text()[quantity.range.end..];
    // このうち32人については住所も含む.
    let linked = behind.starts_with(['の', '(', '分', '、', '及', 'と'])
        || (quantity.part && any_of!["については", "は", "に関しては", "には", "で"].opens(behind));
    (linked && !page.within(Vocabulary::Data, after).is_empty())
        || page
            .within(Vocabulary::Data, before)
            .last()
            .is_some_and(|hit| quantity.range.start - hit.end <= 6)
}

/// 約5,200件について同様の不備がないか点検: others that are only looked at.
fn is_of_others(page: &Page<'_>, quantity: &Quantity, sentence: &Sentence) -> bool {
    let after = &page.text()[quantity.range.end..sentence.extent.end.max(quantity.range.end)];
    any_of!["同様の", "同じ不備", "同種の"].stands_in(after)
        && any_of!["ないか", "有無", "点検", "調査を", "確認を"].stands_in(after)
}

/// What speaks against a number: totals, those who received a notice, staff at work, retrieval.
fn against(page: &Page<'_>, quantity: &Quantity, sentence: &Sentence, category: Category) -> i32 {
    let after = &page.text()[quantity.range.end..sentence.extent.end.max(quantity.range.end)];
    let before =
        &page.text()[sentence.extent.start.min(quantity.range.start)..quantity.range.start];
    let begins = |words: &AnyOf| words.opens(after);
    let ends = |words: &AnyOf| words.closes(before);
    let mut against = 0;
    if page.cue(Cue::NotAffected, beside(page, quantity)).is_some() {
        against += 6;
    }
    if begins(any_of!["のうち", "中、", "に上る会員"]) {
        against += 6;
    }
    if begins(any_of![
        "の回収", "を回収", "から回収", "の削除", "に削除", "へ削除", "から削除", "体制", "で確認",
        "で行", "による", "以上で", "がかり", "で対応", "の体制",
    ]) {
        against += 5;
    }
    if ends(any_of![
        "事案が", "事故が", "事象が", "事案", "事例が", "投稿が", "書き込みが", "アクセスが",
        "試行が", "問い合わせが", "申し出が", "通報が", "連絡が",
    ]) {
        against += 6;
    }
    // 3件以上に送る場合は: a limit, and nobody's data.
    let limit = quantity.bound == Bound::AtLeast || after.starts_with("以上");
    if limit && after.find("場合").is_some_and(|at| at <= 90 && !after[..at].contains('。')) {
        against += 8;
    }
    let sent_to = begins(any_of![
        "に送信", "に送付", "に郵送", "に送っ", "に送る", "に送り", "に発送", "に配布", "に配信",
        "にメール", "に順次", "に案内", "にご案内", "に提供",
    ]);
    if sent_to && category != Category::BccMistake {
        against += 4;
    }
    if begins(any_of![
        "に対し研修", "に対して研修", "に研修", "を対象に研修", "を対象とした研修", "に周知",
        "に注意喚起", "に増員", "寄せられ", "のお問い合わせ", "の問い合わせ", "のご連絡", "の相談",
    ]) {
        against += 5;
    }
    let within = || before.rfind("うち").is_some_and(|at| before.len() - at <= 45);
    if quantity.part && !ends(any_of!["うち", "うち、", "内、"]) && !within() {
        against += 2;
    }
    if quantity.value <= 3 && begins(any_of!["が", "から", "より", "で"]) {
        against += 3;
    }
    // 入居者1名に対して、教員2名に電子メールで: whom it was meant for.
    if quantity.value <= 3
        && begins(any_of![
            "に対し", "に電子", "に電話", "にfax", "に渡", "に案内", "宛", "あて", "のアドレスを",
            "のメールアドレスを選", "のアドレスに", "へ電子", "へメール", "へ送", "へ発送",
            "へ郵送"
        ])
    {
        against += 5;
    }
    if quantity.class == UnitClass::Person {
        against += against_people(page, quantity, sentence, before, after);
    }
    against
}

/// What speaks against a number of people: they work there and act, or are one or two by the way.
fn against_people(
    page: &Page<'_>,
    quantity: &Quantity,
    sentence: &Sentence,
    before: &str,
    after: &str,
) -> i32 {
    let begins = |words: &AnyOf| words.opens(after);
    let mut against = 0;
    let whose = Extent {
        start: sentence.extent.start.max(quantity.range.start.saturating_sub(60)),
        end: quantity.range.start,
    };
    let person =
        page.cues(Cue::Person, whose).last().is_some_and(|hit| quantity.range.start - hit.end <= 6);
    let staff = STAFF.closes(before.strip_suffix('の').unwrap_or(before));
    let acts = begins(any_of!["が", "から", "より"]);
    if staff
        && quantity.value <= MANY_STAFF
        && (acts || begins(any_of!["は", "で", "のメール", "のアカウント"]))
    {
        against += 5;
    }
    // 開発者1名の業務端末: whose machine it was.
    if quantity.value <= 5
        && begins(any_of![
            "の業務端末", "の業務用端末", "の業務用パソコン", "の端末", "のパソコン", "のpc",
            "のアカウント", "のメールアカウント", "の認証情報", "のid", "のパスワード",
        ])
    {
        against += 5;
    }
    if quantity.value <= 3
        && !quantity.total
        && !person
        && !has_data_beside(page, quantity, sentence)
        && sentence.topic != Some(Topic::Count)
    {
        against += 3;
    }
    against
}

/// The clause of the number, at most a line.
fn clause(page: &Page<'_>, quantity: &Quantity, sentence: &Sentence) -> Extent {
    const LONGEST_BYTES: usize = 600;
    let clause = page.clause_of(quantity.range.start);
    Extent {
        start: clause
            .start
            .max(sentence.extent.start)
            .max(quantity.range.start.saturating_sub(LONGEST_BYTES)),
        end: clause.end.min(sentence.extent.end).min(quantity.range.end + LONGEST_BYTES),
    }
}

/// The words just before and after the number.
fn beside(page: &Page<'_>, quantity: &Quantity) -> Extent {
    let text = page.text();
    let start = text.floor_char_boundary(quantity.range.start.saturating_sub(30));
    let end = text.ceil_char_boundary((quantity.range.end + 12).min(text.len()));
    let line = page.lines[page.line_of(quantity.range.start)].extent;
    // 全会員約50万人のうち3万人: the whole is said of another number.
    let whole = text[start..quantity.range.start].rfind("うち");
    let start = whole.map_or(start, |at| start + at);
    Extent { start: start.max(line.start), end: end.min(line.end) }
}

/// What is counted: the noun phrase before the number, or the label of its line.
fn what(page: &Page<'_>, quantity: &Quantity) -> Option<String> {
    let text = page.text();
    let line = page.lines[page.line_of(quantity.range.start)].extent;
    let before = text[line.start..quantity.range.start]
        .trim_end_matches([':', '(', '、', 'の', 'は', 'が', '計', '約', '合']);
    let from = before
        .rfind(['、', '。', '(', ')', ':', '「', '」', '・', 'で', 'を', 'に', 'は', 'が'])
        .map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
    let phrase = &before[from..];
    if phrase.chars().count() < 2 || phrase.chars().count() > 24 {
        return None;
    }
    let start = line.start + from;
    let cite = page.cite(start, start + phrase.len())?;
    Some(one_line(page.words(cite)))
}
