//! Names of organisations in an entry: built on a legal form (株式会社), an ending (病院, 大学) or a
//! place that governs (市, 県). It does not know which part an organisation has in the case.

mod letterhead;

use crate::grammar::{CharSet, Extent};
use crate::lexicon::{Hit, OrganisationWord, Value, Vocabulary};
use crate::page::Page;
use crate::words::{AnyOf, any_of, letters};

/// A name as it stands in the folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub extent: Extent,
    pub basis: Basis,
    /// Whether it stands on a line of its own, as in a letterhead or a signature.
    pub set_apart: bool,
}

/// By what a name was recognised, from weak to strong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Basis {
    Place,
    Suffix,
    LegalForm,
}

/// All names, in the order of the text; of nested ones the longest.
pub(crate) fn find(page: &Page<'_>) -> Vec<Name> {
    let apart = letterhead::names(page);
    let mut names: Vec<Name> = Vec::new();
    let mut next_apart = apart.iter().peekable();
    for hit in page.hits.all(Vocabulary::Organisation) {
        while let Some(name) = next_apart.next_if(|name| name.extent.start <= hit.start) {
            push(&mut names, *name);
        }
        let found = match hit.value {
            Value::Organisation(OrganisationWord::LegalForm) => with_legal_form(page, hit),
            Value::Organisation(OrganisationWord::Suffix) => with_suffix(page, hit),
            Value::Organisation(OrganisationWord::Place) => with_place(page, hit),
            _ => None,
        };
        if let Some(name) = found {
            push(&mut names, known(page, &apart, name));
        }
    }
    names
}

/// Adds a name unless one that is there covers it; drops those that it covers.
fn push(names: &mut Vec<Name>, name: Name) {
    if names.last().is_some_and(|last| last.set_apart && name.extent.start < last.extent.end) {
        return;
    }
    while let Some(last) = names.last()
        && name.extent.start <= last.extent.start
        && last.extent.end <= name.extent.end
    {
        names.pop();
    }
    if names.last().is_none_or(|last| {
        last.extent.end <= name.extent.start || last.extent.end < name.extent.end
    }) {
        names.push(name);
    }
}

/// A name in prose goes as far as the letterhead says: 株式会社北の台所 ends where it ends there.
fn known(page: &Page<'_>, apart: &[Name], name: Name) -> Name {
    let rest = &page.text()[name.extent.start..];
    let longest = apart
        .iter()
        .map(|known| page.folded_words(known.extent))
        .filter(|words| rest.starts_with(words))
        .map(str::len)
        .max();
    match longest {
        Some(length) if name.extent.start + length > name.extent.end => Name {
            extent: Extent { start: name.extent.start, end: name.extent.start + length },
            ..name
        },
        _ => name,
    }
}

/// Longest name taken, in characters; longer runs are prose without punctuation.
const LONGEST: usize = 40;

/// Words that stand before a name without being part of it.
const BEFORE: &AnyOf = any_of![
    "業務委託先", "再委託先", "委託先", "委託元", "連結子会社", "完全子会社", "子会社", "親会社",
    "持株会社", "グループ会社", "関連会社", "関係会社", "取引先", "運営会社", "販売会社",
    "開発会社", "受託者", "発信者", "差出人", "会社名", "社名", "提供元", "開発元", "販売元",
    "事業者", "当社", "弊社", "同社", "一部", "有限責任", "運営", "受注者", "委託業者",
    "受託事業者", "委託会社", "保守業者", "委託事業者", "指定管理者", "法人名", "所属", "学校名",
    "施設名", "旧", "現", "加盟店", "代理店", "元",
];

/// Words that end a name.
const AFTER: &AnyOf = any_of![
    "代表取締役", "代表者", "代表社員", "代表理事", "代表執行役", "取締役", "理事長", "広報",
    "総務部", "総務課", "お客", "本社", "御中", "各位", "社長", "会長", "学長", "総長", "病院長",
    "院長", "園長", "校長", "及び", "並び", "情報セキュリティ", "個人情報", "元社員", "元従業員",
    "社員", "従業員", "職員", "所属", "担当", "経営企画", "経営管理", "管理部", "事務局",
    "総支配人", "コールセンター", "カスタマー", "お問", "問合", "電話番号", "住所", "公式", "から",
    "より", "サーバー", "サーバ", "グループ会社", "本部", "支店", "営業部", "営業所", "営業担当",
    "経由", "株主", "以下", "内部", "宛て", "殿",
];

/// Single letters that end a name where no name goes on: 株式会社○○製の, but 株式会社○○製作所.
const AFTER_LETTERS: &[char] = &['製', '内', '側', '様', '宛', '及', '並', '等', '他'];

/// The characters that those words begin with; most characters of a name are none of them.
static AFTER_STARTS: CharSet = CharSet::new(
    "おかよカグコサ並事代以会住個元公内及取各問営園学宛広従御情所担支本校株殿理病社管経総職院電",
);

/// Whether a name ends where `rest` begins.
fn ends_name(rest: &str) -> bool {
    if rest.len() < 3 || !(0xe3..=0xe9).contains(&rest.as_bytes()[0]) {
        return false;
    }
    (AFTER_STARTS.has(rest.as_bytes(), 0) && AFTER.opens(rest))
        || rest
            .strip_prefix(AFTER_LETTERS)
            .is_some_and(|next| !next.starts_with(|c| is_kanji(c) || is_katakana(c)))
}

fn with_legal_form(page: &Page<'_>, hit: &Hit) -> Option<Name> {
    /// Before a legal form these say what the company is, not its name: 決済サービス会社・株式会社○○.
    const KINDS: &AnyOf = any_of!["・", "会社", "業者", "委託先", "加盟店", "代理店", "である"];
    let text = page.text();
    let form = &text[hit.start..hit.end];
    if form.is_ascii() {
        return in_latin(page, hit).filter(|_| text[..hit.start].ends_with([' ', ',']));
    }
    let left = left_run(page, hit.start);
    if left == hit.start
        && page.folded.gap_before(hit.start)
        && text[..hit.start].ends_with(|c: char| c.is_ascii_alphanumeric())
    {
        // Kita Optics Holdings 株式会社
        return in_latin(page, hit);
    }
    let end = right_run(page, hit.end);
    let kind = end > hit.end && KINDS.closes(&text[left..hit.start]);
    let extent = if left < hit.start && !kind {
        Extent { start: left, end: hit.end }
    } else {
        Extent { start: hit.start, end }
    };
    (extent.end - extent.start > hit.end - hit.start && sized(text, extent)).then_some(Name {
        extent,
        basis: Basis::LegalForm,
        set_apart: false,
    })
}

/// A name in Latin letters before its form: Kita Optics America, Inc.
fn in_latin(page: &Page<'_>, hit: &Hit) -> Option<Name> {
    /// The longest such name, in bytes.
    const LONGEST_BYTES: usize = 60;
    let text = page.text();
    let ends = text[hit.end..].chars().next().is_none_or(|c| !c.is_ascii_alphanumeric());
    let line = page.lines[page.line_of(hit.start)].extent.start;
    let from = text.floor_char_boundary(hit.start.saturating_sub(LONGEST_BYTES)).max(line);
    let run = text[from..hit.start]
        .char_indices()
        .rev()
        .take_while(|&(_, c)| c.is_ascii_alphanumeric() || letters!(" &.,'-").has(c))
        .last()
        .map_or(hit.start, |(at, _)| from + at);
    let lead = text[run..hit.start].trim_start_matches([' ', '-', '.', ',', '&', '\'']);
    let extent = Extent { start: hit.start - lead.len(), end: hit.end };
    let named = lead.trim().len() >= 2 && lead.starts_with(|c: char| c.is_ascii_alphabetic());
    (ends && named && sized(text, extent)).then_some(Name {
        extent,
        basis: Basis::LegalForm,
        set_apart: false,
    })
}

fn with_suffix(page: &Page<'_>, hit: &Hit) -> Option<Name> {
    /// Not names: which one is not said.
    const GENERIC: &[&str] = &[
        "", "当", "本", "各", "同", "他", "全", "両", "私立", "公立", "市立", "県立", "国立",
        "都立", "町立", "村立", "区立", "医療", "高等", "専門", "総合", "地域", "附属", "付属",
        "大", "中", "小", "市内", "県内", "町内", "国内", "区内", "都内", "市", "県", "町", "村",
        "区", "関係", "関連", "各市立", "同市立", "市内小", "私立大", "弊", "貴", "該当", "勤務",
        "在籍", "所属", "複数", "一部", "他の", "銀", "企業", "上場", "当該", "研究", "海外",
        "同社", "当社", "弊社", "金融", "地方", "外部", "各社", "出身", "指定", "認可", "テレビ",
        "対象", "市立小", "市立中", "県立高等", "社会", "公共", "中央", "関連省", "関係省",
        "監督官", "所管官", "関係官", "中央省", "行政官", "主務官", "監督省", "所管省",
    ];
    let text = page.text();
    let left = left_run(page, hit.start);
    let before = &text[left..hit.start];
    let length = before.chars().count();
    if GENERIC.contains(&before) || length < 2 || before.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    // The word must end here: 大学 in 大学生, テレビ in テレビ会議.
    let next = text[hit.end..].chars().next();
    if next.is_some_and(|c| (is_kanji(c) || is_katakana(c)) && !page.folded.gap_before(hit.end))
        && !text[hit.end..].starts_with(['及', '並', '内', '側', '長', '元', '等'])
        && !(any_of!["局", "庁", "省", "本部", "委員会", "議会", "機構", "連合", "協議会", "組合"]
            .closes(&text[hit.start..hit.end])
            && is_glued_to_office(page, left, hit.end))
    {
        return None;
    }
    let extent = Extent { start: left, end: hit.end };
    sized(text, extent).then_some(Name { extent, basis: Basis::Suffix, set_apart: false })
}

fn with_place(page: &Page<'_>, hit: &Hit) -> Option<Name> {
    const GENERIC: &[&str] = &[
        "都", "地", "同", "全", "各", "当", "本", "他", "市町", "住宅地", "学", "近", "両", "隣",
        "政令", "特別", "県内各", "都道府", "商店", "校", "管", "農", "漁", "道府", "片", "軌",
        "水", "鉄", "歩", "報",
    ];
    let text = page.text();
    let left = left_run(page, hit.start);
    let before = &text[left..hit.start];
    let length = before.chars().count();
    if GENERIC.contains(&before)
        || !(1..=7).contains(&length)
        || !before.chars().all(|c| is_kanji(c) || is_katakana(c) || ('ぁ'..='ん').contains(&c))
    {
        return None;
    }
    let after = &text[hit.end..];
    let ends = after.is_empty()
        || page.folded.gap_before(hit.end)
        || after.starts_with([
            'は', 'が', 'の', 'に', 'で', 'を', 'と', 'か', 'よ', 'へ', 'も', 'や', '、', '(', ')',
            '\n', '「', '」', '長', '立', '役', '議', '。', '及', '職', '公', '教', ':', '】',
        ])
        || names_section(after)
        // ○○市水道部 is no 道.
        || (!text[hit.start..].starts_with(['道', '都', '府'])
            && is_glued_to_office(page, left, hit.end));
    // 霧峰市建設部: a section named straight after its city, where a sentence begins.
    let section = matches!(hit.end - hit.start, 3)
        && length >= 2
        && !text[hit.start..].starts_with(['町', '村', '都', '道', '府'])
        && after.starts_with(is_kanji)
        && !after.starts_with(['民', '場', '街', '販', '況', '価', '営', '有', '税', '外'])
        && begins(page, left);
    let extent = Extent { start: left, end: hit.end };
    (ends || section).then_some(Name { extent, basis: Basis::Place, set_apart: false })
}

/// Whether the line goes on from `at` with the name of an office and nothing else: 労働局|労働基準部.
fn is_glued_to_office(page: &Page<'_>, start: usize, at: usize) -> bool {
    const LONGEST_OFFICE: usize = 16;
    const LONGEST_BYTES: usize = 180;
    const FOOT: usize = 8;
    let nth = page.line_of(at);
    let line = page.lines[nth].extent;
    let framed = !page.is_after_opening(line.start) || nth + FOOT >= page.lines.len();
    let begins = start <= page.lines[nth].body || page.folded.gap_before(start);
    if !framed
        || !begins
        || line.end - line.start > LONGEST_BYTES
        || page.folded_words(line).contains(['。', 'は', 'が', 'を', 'に', 'で', 'へ'])
    {
        return false;
    }
    let rest = &page.text()[at..line.end];
    let run = rest
        .char_indices()
        .find(|&(end, c)| {
            !(is_kanji(c) || is_katakana(c)) || (end > 0 && page.folded.gap_before(at + end))
        })
        .map_or(rest, |(end, _)| &rest[..end]);
    let ended = rest[run.len()..].is_empty() || page.folded.gap_before(at + run.len());
    ended
        && (2..=LONGEST_OFFICE).contains(&run.chars().count())
        && (run.ends_with(['部', '課', '室', '係'])
            || any_of!["事務局", "総局", "本局"].closes(run))
}

/// Whether a section of a town hall is named straight behind the town: スポーツ振興課の職員.
fn names_section(after: &str) -> bool {
    /// The longest such name, in characters.
    const LONGEST_SECTION: usize = 12;
    let end =
        after.char_indices().take(LONGEST_SECTION).find(|(_, c)| letters!("課部局室").has(*c));
    end.is_some_and(|(at, c)| {
        at >= 2 * c.len_utf8()
            && !after[..at].contains(is_hiragana)
            && after[at + c.len_utf8()..].starts_with(['の', 'が', 'は', 'に', 'で', '(', '、'])
    })
}

fn sized(text: &str, extent: Extent) -> bool {
    (2..=LONGEST).contains(&extent.of(text).chars().count())
}

/// Where the run of name characters that ends at `end` begins.
fn left_run(page: &Page<'_>, end: usize) -> usize {
    let text = page.text();
    let mut start = end;
    for (at, c) in text[..end].char_indices().rev().take(LONGEST) {
        // TabiHub Japan合同会社
        let between_latin = c == ' '
            && at + 1 < end
            && text[at + 1..end].is_ascii()
            && text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        if between_latin {
            start = at;
            continue;
        }
        if !is_name_char(c)
            || page.folded.gap_before(at + c.len_utf8())
                && at + c.len_utf8() != end
                && !joins_latin(text, at + c.len_utf8())
        {
            break;
        }
        if at + c.len_utf8() == end && page.folded.gap_before(end) {
            break;
        }
        start = at;
    }
    strip_before(text, with_hiragana(page, of_nature(text, start)), end)
}

/// Takes in a first word that names are fond of: 日の出…, 森の….
fn of_nature(text: &str, start: usize) -> usize {
    let Some(before) = text[..start].strip_suffix('の') else { return start };
    let mut rest = before.chars().rev();
    let fond = rest
        .next()
        .is_some_and(|c| letters!("日木森山緑虹星空光花里丘夢風海泉杜雪桜竹松梅峰湖").has(c));
    let bounded = rest.next().is_none_or(|c| !is_kanji(c) && !is_katakana(c));
    let goes_on = text[start..].starts_with(|c| is_kanji(c) || is_katakana(c));
    if fond && bounded && goes_on { before.len() - "日".len() } else { start }
}

/// Takes in hiragana that opens a name (さくら…), and a word before them where a line or a sentence
/// begins (桜みなと…).
fn with_hiragana(page: &Page<'_>, start: usize) -> usize {
    /// Hiragana that are no part of a name.
    const WORDS: &AnyOf = any_of![
        "により", "および", "ならびに", "または", "さらに", "すでに", "いわゆる", "あわせて",
        "これまで", "このほか", "そのため", "このため", "このたび", "ところ", "いつも",
        "かねてより", "まことに", "たいへん", "つきまして", "ひごろより", "から", "より", "など",
        "ほか", "うち", "また", "なお", "この", "その", "同じく", "おいて", "おける", "もとに",
    ];
    let text = page.text();
    let length: usize = text[..start]
        .chars()
        .rev()
        .take(8)
        .take_while(|c| is_hiragana(*c))
        .map(char::len_utf8)
        .sum();
    let opens = start - length;
    let run = &text[opens..start];
    if length < 6 || run.contains(['は', 'が', 'を', 'の', 'っ']) || WORDS.closes(run) {
        return start;
    }
    let before = text[..opens].chars().next_back();
    let bounded = before.is_none_or(|c| letters!("、。「『(\n【】・:").has(c))
        || page.folded.gap_before(opens);
    if bounded {
        let verb = run.ends_with(['た', 'る', 'び', 'し', 'て', 'に', 'で']);
        return if verb { start } else { opens };
    }
    let word: usize =
        text[..opens].chars().rev().take(6).take_while(|c| is_kanji(*c)).map(char::len_utf8).sum();
    let inflected = run.starts_with([
        'し', 'さ', 'す', 'れ', 'る', 'い', 'て', 'で', 'に', 'と', 'き', 'り', 'ら',
    ]);
    let governs = text[..opens].ends_with(['都', '道', '府', '県', '市']);
    if word > 0 && !inflected && (begins(page, opens - word) || governs) {
        opens - word
    } else {
        start
    }
}

/// Whether a line or a sentence begins at `at`.
fn begins(page: &Page<'_>, at: usize) -> bool {
    page.text()[..at].chars().next_back().is_none_or(|c| letters!("。\n「【】)").has(c))
        || page.folded.gap_before(at)
}

/// Removes role words, bullets and numbering from the left of a name.
fn strip_before(text: &str, mut start: usize, end: usize) -> usize {
    loop {
        let rest = &text[start..end];
        let Some(word) = BEFORE.opening(rest) else { break };
        start += word.len();
    }
    let rest = &text[start..end];
    start + (rest.len() - rest.trim_start_matches(['・', '-', '.', '&', '\'']).len())
}

/// Where the run of name characters that begins at `start` ends.
fn right_run(page: &Page<'_>, start: usize) -> usize {
    let text = page.text();
    let mut end = start;
    let mut hiragana_end = None;
    for (at, c) in text[start..].char_indices().map(|(at, c)| (start + at, c)).take(LONGEST) {
        if !(is_name_char(c) || hiragana_end.is_some_and(|end| at < end) || c == ' ') {
            if is_hiragana(c)
                && hiragana_end.is_none_or(|end| end <= at)
                && let Some(length) = hiragana_in_name(&text[at..], at == start)
            {
                hiragana_end = Some(at + length);
                end = at + c.len_utf8();
                continue;
            }
            break;
        }
        if at > start && page.folded.gap_before(at) && !joins_latin(text, at) {
            break;
        }
        if at > start && ends_name(&text[at..]) {
            break;
        }
        end = at + c.len_utf8();
    }
    let run = &text[start..end];
    start + run.trim_end_matches(['・', '-', '.', ' ', '&']).len()
}

/// Whether words behind hiragana go on to say what a company does: 信用金庫サービス, 発送センター.
fn names_business(rest: &str) -> bool {
    let end = rest.find(|c| !(is_kanji(c) || is_katakana(c))).unwrap_or(rest.len());
    let run = &rest[..end];
    BUSINESS.opens(rest)
        || (run.chars().count() > 4
            && any_of!["センター", "金庫", "サービス", "事務所", "製作所", "工業所", "研究所"]
                .closes(run))
}

/// What a company does, as its name says it behind a word in hiragana.
const BUSINESS: &AnyOf = any_of![
    "商事", "商店", "商会", "商業", "工業", "産業", "運輸", "運送", "物流", "電機", "電器", "電気",
    "電工", "製薬", "製菓", "建設", "建築", "工務", "住宅", "不動産", "証券", "信託", "交通",
    "観光", "水産", "食品", "農園", "農業", "牧場", "薬局", "薬品", "堂", "屋", "出版", "書店",
    "書房", "事務所", "法律", "税理", "総合", "フーズ", "テック", "ネット", "ケア", "ホーム",
    "病院", "クリニック", "学園", "学院", "大学", "広場", "市場", "工房", "本舗", "通販", "新聞",
    "電力", "ガス", "水道", "鉄道", "バス", "タクシー", "航空", "海運", "倉庫", "紙業", "化粧",
    "金属", "鉄工", "精機", "自動車", "技研", "ソフト", "デザイン", "興業", "興産", "実業",
    "ツーリスト", "リゾート", "ホテル", "温泉", "酒造", "醸造",
];

/// How many bytes of hiragana at the head of `rest` belong to a name (ひのき印刷, …みらい), rather than
/// being the particles and verbs that follow one.
fn hiragana_in_name(rest: &str, opens: bool) -> Option<usize> {
    /// What follows a name rather than being part of it.
    const PARTICLES: &[char] = &['は', 'が', 'を', 'に', 'で', 'と', 'へ', 'も', 'や', 'っ', 'ん'];
    const WORDS: &AnyOf = any_of![
        "から", "より", "まで", "です", "である", "であり", "だけ", "など", "する", "して", "した",
        "され", "および", "ならびに", "または", "ほか", "さん", "さま", "ある", "いう", "いわ",
        "この", "その", "これ", "それ", "あて", "おき", "おい", "おけ", "より", "よる", "よっ",
        "かつ", "なる", "なり", "なの", "ならび", "ほぼ", "すべて", "うち", "こと", "ところ",
        "ため",
    ];
    let run: usize = rest.chars().take(8).take_while(|c| is_hiragana(*c)).map(char::len_utf8).sum();
    let goes_on = rest[run..].starts_with(|c| is_kanji(c) || is_katakana(c));
    // さざなみから: the name ends where a word begins.
    let stop = any_of![
        "から", "より", "まで", "および", "ならびに", "による", "により", "において", "における"
    ]
    .find(&rest[..run])
    .filter(|&stop| stop > 0);
    let goes_on = goes_on || stop.is_some();
    let words = &rest[..stop.unwrap_or(run)];
    if rest.starts_with(PARTICLES) || WORDS.opens(rest) || (rest.starts_with('の') && !opens) {
        return None;
    }
    if opens && goes_on && run >= 6 && !words.contains('を') {
        // ひがし運輸, but みらいが運営する: a particle behind a name begins no business.
        let bare = words.trim_end_matches(['は', 'が', 'に', 'へ', 'の', 'と', 'で', 'も']);
        // こども, やまと are words; みらい with a particle is longer.
        let fewest = if words.ends_with(['と', 'で', 'も', 'へ']) { 3 } else { 2 };
        let ended = bare.len() < words.len() && bare.chars().count() >= fewest;
        let whole = stop.is_some() || !ended || names_business(&rest[run..]);
        let of = |&c: &char| rest[run..].starts_with(c);
        let plain = words.ends_with(['に', 'へ']) && !whole;
        if whole && !(stop.is_none() && ['、', '。'].iter().any(of)) {
            return Some(run);
        }
        if !plain || bare.chars().count() >= 3 {
            return Some(bare.len());
        }
    }
    // 里山こども舎, 青葉ふれあい会館
    let known = any_of![
        "こども", "子ども", "みらい", "あおぞら", "ひまわり", "さくら", "ふれあい", "いきいき",
        "すこやか", "まちづくり", "くらし", "ものづくり", "いのち", "きずな", "のぞみ", "みどり",
        "ひかり", "こころ", "わかば", "たんぽぽ", "やすらぎ", "ふるさと", "みなと", "あすなろ",
        "かがやき", "ひまわりの",
    ];
    if let Some(word) = known.opening(rest)
        && rest[word.len()..].starts_with(|c| is_kanji(c) || is_katakana(c))
    {
        return Some(word.len());
    }
    let bare = words.trim_end_matches(['は', 'が', 'を', 'に', 'の', 'と', 'で', 'へ', 'も']);
    let inflects = rest.starts_with(['し', 'き', 'け', 'り', 'れ', 'る', 'え', 'せ', 'い'])
        || any_of!["され", "させ", "さら"].opens(rest);
    let name = bare.chars().count() >= 3 && !inflects && !bare.contains(['は', 'が', 'を', 'の']);
    (name && (bare.len() < words.len() || stop.is_some() || !goes_on)).then_some(bare.len())
}

/// Whether a gap at `at` only separates two words in Latin letters.
fn joins_latin(text: &str, at: usize) -> bool {
    text[..at].ends_with(|c: char| c.is_ascii_graphic())
        && text[at..].starts_with(|c: char| c.is_ascii_graphic() || c == ' ')
}

fn is_name_char(c: char) -> bool {
    is_kanji(c)
        || is_katakana(c)
        || c.is_ascii_alphanumeric()
        || letters!("&.-・'々〇○●△□×ヶ").has(c)
}

pub(crate) fn is_kanji(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c) || c == '々' || ('\u{f900}'..='\u{faff}').contains(&c)
}

pub(crate) fn is_katakana(c: char) -> bool {
    ('ァ'..='ヺ').contains(&c) || c == 'ー'
}

pub(crate) fn is_hiragana(c: char) -> bool {
    ('ぁ'..='ゖ').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::{AFTER, AFTER_STARTS};
    use crate::{Input, read};

    #[test]
    fn every_word_that_ends_a_name_begins_with_a_known_character() {
        for word in AFTER.words {
            assert!(AFTER_STARTS.has(word.as_bytes(), 0), "{word}");
        }
    }

    /// The organisation that a release of one sentence names.
    fn check(text: &str, expected: &str) {
        let input = Input { source: case::SourceId(1), text, parts: &[] };
        let case = read(input, &text::Limits::default()).next().unwrap();
        assert_eq!(case.facts.organisation.map(|cited| cited.value).as_deref(), Some(expected));
    }

    #[test]
    fn a_name_ends_at_words_and_not_inside_it() {
        check(
            "誤送信のお詫び\n\n株式会社見本製鋼所は、メールを誤送信しました。お詫び申し上げます。",
            "株式会社見本製鋼所",
        );
        check(
            "誤送信のお詫び\n\n株式会社内見本では、メールを誤送信しました。お詫び申し上げます。",
            "株式会社内見本",
        );
    }

    #[test]
    fn a_letterhead_says_where_a_name_in_hiragana_ends() {
        check(
            "2024年1月5日\n株式会社月と見本の店\n\n紛失のお詫び\n\n書類を紛失しました。お詫び申し上げます。",
            "株式会社月と見本の店",
        );
        check(
            "紛失のお詫び\n\n株式会社ひなた見本は、書類を紛失しました。お詫び申し上げます。",
            "株式会社ひなた見本",
        );
    }
}
