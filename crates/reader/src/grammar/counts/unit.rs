//! The units of counts, and the words that only begin like one.

use std::cmp::Reverse;
use std::sync::LazyLock;

use crate::grammar::cursor::Cursor;
use crate::words::{AnyOf, Letters, any_of, letters};

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
    Account, Company, Device, Document, Duration, Household, Item, Money, Percent, Person, Place,
    Size, Times,
};

/// The units of `units.tsv`, each with its class and the characters that, right behind it, make it
/// part of another word (件名, 社員, 人事: spaces are folded away, so `2 人事部` looks like
/// 2人事部). Sorted by first character; of units that begin alike, the longer is first.
static UNITS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let rows = include_str!("units.tsv").lines().filter(|line| !line.starts_with('#'));
    let mut units: Vec<Row> = rows.filter_map(row).collect();
    units.sort_by_key(|row| (row.first, Reverse(row.word.len())));
    units
});

struct Row {
    first: char,
    word: &'static str,
    class: UnitClass,
    not_before: Letters,
}

fn row(line: &'static str) -> Option<Row> {
    let mut fields = line.split('\t');
    let word = fields.next()?;
    let class = class(fields.next()?)?;
    Some(Row { first: word.chars().next()?, word, class, not_before: Letters::new(fields.next()?) })
}

fn class(name: &str) -> Option<UnitClass> {
    Some(match name {
        "Person" => Person,
        "Item" => Item,
        "Company" => Company,
        "Device" => Device,
        "Account" => Account,
        "Household" => Household,
        "Document" => Document,
        "Place" => Place,
        "Money" => Money,
        "Percent" => Percent,
        "Size" => Size,
        "Duration" => Duration,
        "Times" => Times,
        _ => return None,
    })
}

/// The units that begin with `first`.
fn beginning_with(first: char) -> impl Iterator<Item = &'static Row> {
    let start = UNITS.partition_point(|row| row.first < first);
    UNITS[start..].iter().take_while(move |row| row.first == first)
}

/// Units that only a word behind them tells from a date: 3日間, 10年以上, 24時間, 5分間.
const SPANS: [&str; 7] = ["週間", "時間", "秒", "日", "年", "分", "泊"];

/// The words that make a number of days or years a duration.
const LASTING: &AnyOf = any_of![
    "間", "以上", "以内", "未満", "後", "前", "ほど", "程度", "余", "分", "連続", "目安", "超",
    "弱",
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
    beginning_with(cursor.peek()?).find_map(|&Row { word, class, ref not_before, .. }| {
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

/// The duration that stands at the cursor: of what begins like a date, the only unit.
pub(super) fn duration(cursor: &Cursor<'_>) -> Option<Unit> {
    if !cursor.sees_in(letters!("週時秒日年分泊")) {
        return None;
    }
    let word = SPANS.iter().find(|word| cursor.sees(word))?;
    let mut after = *cursor;
    after.at += word.len();
    let own = matches!(*word, "週間" | "時間" | "秒" | "泊");
    let lasts = own || after.sees_any(LASTING);
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
    let length: usize =
        rest.chars().take(LONGEST_CHARACTERS).take_while(|&c| is_noun(c)).map(char::len_utf8).sum();
    let noun = &rest[..length];
    let Row { word, class, .. } = UNITS
        .iter()
        .filter(|row| {
            let classes = [Person, Account, Company, Device, Household, Document, Place];
            row.word.chars().count() > 1 && classes.contains(&row.class)
        })
        .filter(|row| noun.ends_with(row.word))
        .max_by_key(|row| row.word.len())?;
    Some((length - word.len(), Unit { class: *class, length: word.len() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_unit_but_a_duration_begins_like_a_date() {
        for first in "年月日時分".chars() {
            assert_eq!(beginning_with(first).count(), 0, "{first}");
        }
    }
}
