//! The units of counts, and the words that only begin like one.

use crate::grammar::cursor::Cursor;

/// What kind of thing a unit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnitClass {
    /// 人, 名, 様
    Person,
    /// 件, 個, 点, 項目
    Item,
    /// 社, 団体, 校, 店舗, 事業所
    Company,
    /// 台, 端末, サーバー
    Device,
    /// アカウント, 会員, ユーザー, ID, 口座
    Account,
    /// 世帯, 戸
    Household,
    /// 通, 枚, 冊, 部, ファイル, レコード
    Document,
    /// か所, 拠点
    Place,
    /// 円, ドル
    Money,
    /// %, 割
    Percent,
    /// GB, MB
    Size,
    /// 日間, か月, 年間, 時間, 分間
    Duration,
    /// 回, 度
    Times,
    /// No unit, or one of no class.
    Other,
}

use UnitClass::{
    Account, Company, Device, Document, Duration, Household, Item, Money, Percent, Person, Place, Size, Times,
};

/// Each unit with its class and the characters that, right behind it, make it part of another word
/// (件名, 社員, 人事: spaces are folded away, so `2 人事部` looks like 2人事部). Of two units that
/// begin alike, the longer stands first.
#[rustfmt::skip]
const UNITS: [(&str, UnitClass, &str); 109] = [
    ("人", Person, "事材工員物格間気口権為件称道類身命口手形体選脈文数"),
    ("名", Person, "称前簿義刺目札古字寄誉案作所詞護言宛様式"), ("方", Person, "法向針式面策言角程々"),
    ("ユーザー", Account, "情名登認管権向画番"), ("ユーザ", Account, "ー情名登認管権向画番"), ("アカウント", Account, "情名管発作登乗"),
    ("会員", Account, "情登証規番制様サ専管組"), ("口座", Account, "番情名振開"), ("ids", Account, ""), ("id", Account, "c"),
    ("件", Item, "名"), ("個所", Place, ""), ("個人", Person, "情番"), ("個", Item, "人別々体性室展"), ("点", Item, "検字在灯滅呼"), ("項目", Item, ""),
    ("種類", Item, ""), ("つ", Item, ""), ("セット", Item, "アッ"), ("本", Item, "社人件日店部サシメ事文年月通書機学校会アお報調市町県院誌法規サイ当社"),
    ("社労士事務所", Company, ""), ("社", Company, "員会内外長名印交債宅屋団是務宛用"), ("団体", Company, "名"), ("校舎", Place, ""), ("校", Company, "内長正庭区務則閲歌"),
    ("店舗", Company, "名"), ("施設", Company, "名長内"), ("事業所", Company, "名内"), ("事業者", Company, "名"), ("企業", Company, "名情"), ("法人", Company, "名番"),
    ("自治体", Company, "名"), ("機関", Company, "名"), ("病院", Company, "名"), ("医院", Company, ""), ("学校", Company, "名法"), ("組織", Company, "名"), ("大学", Company, "名院"),
    ("事務所", Company, "名"), ("支店", Company, "名長"), ("組合", Company, "名員"), ("市町村", Company, ""), ("グループ", Company, "会"), ("園", Company, "児長内"),
    ("店", Company, "長員内頭名"), ("チーム", Company, ""), ("サイト", Item, ""), ("ドメイン", Item, "名"),
    ("台", Device, "帳風東湾所詞本紙"), ("端末", Device, "名情"), ("サーバー", Device, "名"), ("サーバ", Device, "名ー"), ("パソコン", Device, ""), ("機器", Device, "名"), ("pc", Device, "i"),
    ("世帯", Household, "主員"), ("戸", Household, "籍建別締惑"),
    ("通り", Item, ""), ("通", Document, "知常信報過帳貨学話行算告用訳販称達勤"), ("枚", Document, "挙数方"), ("冊", Document, "子"), ("部署", Company, ""), ("部門", Company, ""), ("部", Document, "署門長品分員屋下局外内隊会活数位族材課"),
    ("ファイル", Document, "名サ共転形交送"), ("フォルダ", Document, "名"), ("ページ", Document, "目"), ("レコード", Document, ""), ("行", Document, "動政為使員事方先目"), ("頁", Document, ""), ("文書", Document, "名"), ("データ", Document, "ベセ復消管"), ("メールアドレス", Account, ""), ("アドレス", Account, "帳"), ("メール", Document, "アサ配送本マシ誤"),
    ("か所", Place, ""), ("ヶ所", Place, ""), ("カ所", Place, ""), ("ケ所", Place, ""), ("箇所", Place, ""), ("拠点", Place, ""), ("カ国", Place, ""), ("か国", Place, ""), ("ヶ国", Place, ""),
    ("米ドル", Money, ""), ("ドル", Money, ""), ("円", Money, "滑形卓陣"), ("ユーロ", Money, ""), ("ポイント", Money, ""), ("btc", Money, ""),
    ("%", Percent, ""), ("パーセント", Percent, ""), ("割", Percent, "当引り増"),
    ("gb", Size, ""), ("mb", Size, ""), ("tb", Size, ""), ("kb", Size, ""), ("ギガバイト", Size, ""), ("メガバイト", Size, ""), ("テラバイト", Size, ""), ("バイト", Size, ""),
    ("か月", Duration, ""), ("ヶ月", Duration, ""), ("カ月", Duration, ""), ("ケ月", Duration, ""), ("箇月", Duration, ""), ("ヵ月", Duration, ""), ("営業日", Duration, ""),
    ("度", Times, "数合外量"),
];

/// Units that only a word behind them tells from a date: 3日間, 10年以上, 24時間, 5分間.
const SPANS: [&str; 7] = ["週間", "時間", "秒", "日", "年", "分", "泊"];

/// The words that make a number of days or years a duration.
const LASTING: [&str; 14] = [
    "間", "以上", "以内", "未満", "後", "前", "ほど", "程度", "余", "分", "連続", "目安", "超", "弱",
];

/// A unit at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) class: UnitClass,
    /// Its length in bytes.
    pub(super) length: usize,
}

/// The unit that stands at the cursor.
pub(super) fn at(cursor: &Cursor<'_>) -> Option<Unit> {
    if let Some(found) = duration(cursor) {
        return Some(found);
    }
    if cursor.sees("回") {
        let mut after = *cursor;
        after.at += "回".len();
        let is_other = after.sees_in("答線収復避路転目数報覧線");
        return (!is_other).then_some(Unit { class: Times, length: "回".len() });
    }
    UNITS.iter().find_map(|&(word, class, not_before)| {
        if !cursor.sees(word) {
            return None;
        }
        let mut after = *cursor;
        after.at += word.len();
        let goes_on = after.sees_in(not_before)
            || after.sees("目")
            || (word.is_ascii() && word != "%" && after.byte().is_ascii_alphanumeric());
        let polite = word == "名" && after.sees("様");
        (!goes_on || polite).then_some(Unit { class, length: word.len() })
    })
}

fn duration(cursor: &Cursor<'_>) -> Option<Unit> {
    let word = SPANS.iter().find(|word| cursor.sees(word))?;
    let mut after = *cursor;
    after.at += word.len();
    let own = matches!(*word, "週間" | "時間" | "秒" | "泊");
    let lasts = own || after.sees_any(&LASTING);
    let with_span = if after.sees("間") && !own { "間".len() } else { 0 };
    // 午前, 前半: the 前 belongs to a date; 年前半 is one too.
    let of_date = after.sees("前半") || after.sees("後半") || (*word == "分" && !after.sees("間"));
    (lasts && !of_date).then_some(Unit { class: Duration, length: word.len() + with_span })
}

/// The nouns that may stand behind a number and の (2,800の社労士事務所): those of more than one
/// character, at the end of a word.
pub(super) fn behind_particle(cursor: &Cursor<'_>) -> Option<(usize, Unit)> {
    const LONGEST_CHARACTERS: usize = 14;
    let rest = cursor.rest();
    let is_noun = |c: char| matches!(c, 'ァ'..='ー' | '一'..='龥' | '々');
    let length: usize = rest.chars().take(LONGEST_CHARACTERS).take_while(|&c| is_noun(c)).map(char::len_utf8).sum();
    let noun = &rest[..length];
    let (word, class, _) = UNITS
        .iter()
        .filter(|(word, class, _)| {
            let classes = [Person, Account, Company, Device, Household, Document, Place];
            word.chars().count() > 1 && classes.contains(class)
        })
        .find(|(word, ..)| noun.ends_with(word))?;
    Some((length - word.len(), Unit { class: *class, length: word.len() }))
}
