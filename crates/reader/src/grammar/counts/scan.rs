//! The pass over the text: each number is read once, then what stands before and behind it.

use case::Bound;
use memchr::{memchr, memmem};

use super::number::{self, Number};
use super::unit::{self, Unit};
use super::{Quantity, UnitClass};
use crate::grammar::Extent;
use crate::grammar::cursor::{CharSet, Cursor, character_length, digits_end, is_glued};
use crate::words::{any_of, letters};

/// The characters outside ASCII that a number may begin with.
static STARTERS: CharSet = CharSet::new("一二三四五六七八九〇十百千数");

/// Finds every count in `folded`, in the order of the text.
///
/// ```
/// let counts = reader::grammar::counts::scan("最大で約20万件程度(19万8千人分)");
/// assert_eq!(counts[0].value, 200_000);
/// assert_eq!(counts[1].paired_with, Some(0));
/// ```
pub fn scan(folded: &str) -> Vec<Quantity> {
    let mut found = Vec::new();
    scan_into(folded, &mut found);
    found
}

/// The same, in the place of what `found` holds.
pub(crate) fn scan_into(folded: &str, found: &mut Vec<Quantity>) {
    let bytes = folded.as_bytes();
    found.clear();
    let mut at = 0;
    loop {
        at = STARTERS.next(bytes, at);
        let Some(&byte) = bytes.get(at) else { break };
        let is_digit = byte.is_ascii_digit();
        if !is_digit && !STARTERS.has(bytes, at) {
            at += character_length(byte);
            continue;
        }
        if is_digit {
            let end = digits_end(bytes, at);
            if is_of_date(folded, at, end) {
                at = end;
                continue;
            }
        }
        let taken = found.last().map_or(0, |last| last.range.end);
        let cursor = Cursor::new(folded, at);
        let number = number::read(&cursor);
        if let Some(number) = number
            && let Some(mut quantity) = quantity(folded, at, number, taken)
        {
            pair(found, &mut quantity, folded);
            at = quantity.range.end;
            found.push(quantity);
            continue;
        }
        at = match number {
            Some(number) => number.end,
            None if is_digit => digits_end(bytes, at),
            None => at + character_length(byte),
        };
    }
}

/// Whether the figures from `at` to `end` are of a date, as most are: a unit of time behind them
/// and no duration.
fn is_of_date(text: &str, at: usize, end: usize) -> bool {
    let after = Cursor::new(text, end);
    after.sees_in(letters!("年月日時分"))
        && unit::duration(&after).is_none()
        && currency_before(&text[..at]).is_none()
}

/// The sign of a currency that stands right before an amount.
fn currency_before(text: &str) -> Option<char> {
    text.chars().next_back().filter(|sign| matches!(sign, '¥' | '￥' | '$'))
}

/// The quantity whose number is at `at`; words before `taken` belong to the one before.
fn quantity(text: &str, at: usize, number: Number, taken: usize) -> Option<Quantity> {
    let before = &text[..at];
    let glued = text.as_bytes()[at].is_ascii_digit() && is_glued(text.as_bytes(), at);
    let currency = currency_before(before);
    if before.ends_with(['第', '#', '№', '号'])
        || before.ends_with("no.")
        || (glued && currency.is_none() && !counts_things(text, at))
    {
        return None;
    }
    let mut quantity = Quantity {
        range: Extent { start: at, end: number.end },
        number: Extent { start: at, end: number.end },
        value: number.value,
        low: None,
        approx: number.several || number.over,
        bound: if number.several || number.over { Bound::AtLeast } else { Bound::Exact },
        unit: None,
        class: UnitClass::Other,
        cumulative: false,
        at_most: false,
        several: number.several,
        total: false,
        part: false,
        paired_with: None,
    };
    let mut cursor = Cursor::new(text, number.end);
    up_to(&mut cursor, &mut quantity, number);
    cursor.space();
    over(&mut cursor, &mut quantity);
    if let Some((skipped, unit)) = unit_of(&cursor, &quantity, number) {
        let start = cursor.at + skipped;
        cursor.at = start + unit.length;
        quantity.unit = Some(Extent { start, end: cursor.at });
        quantity.class = unit.class;
        second_half(&mut cursor, &mut quantity, unit);
        suffixes(&mut cursor, &mut quantity);
        quantity.range.end = cursor.at;
    } else if let Some(sign) = currency {
        quantity.range.start = at - sign.len_utf8();
        quantity.unit = Some(Extent { start: quantity.range.start, end: at });
        quantity.class = UnitClass::Money;
    } else {
        quantity.class = labelled(before, &text[quantity.number.end..], number)?;
        quantity.range.end = quantity.number.end;
    }
    if is_one_in(text, &quantity) {
        return None;
    }
    prefixes(text, &mut quantity, taken);
    quantity.part |= tells_a_part(text, quantity.range.start, taken);
    Some(quantity)
}

/// 5人に1人: a share, no count.
fn is_one_in(text: &str, quantity: &Quantity) -> bool {
    let one_follows = text[quantity.range.end..].strip_prefix('に').is_some_and(|after| {
        let unit = quantity.unit.map_or("", |unit| unit.of(text));
        after
            .strip_prefix('1')
            .or(after.strip_prefix('一'))
            .is_some_and(|after| after.starts_with(unit))
    });
    let is_the_one = quantity.value == 1
        && any_of!["人に", "件に", "社に"].closes(&text[..quantity.range.start]);
    one_follows || is_the_one
}

/// Whether うち stands before in the same clause: (うち、パスワードを含むもの12件).
fn tells_a_part(text: &str, at: usize, taken: usize) -> bool {
    let start = text.ceil_char_boundary(at.saturating_sub(90).max(taken));
    let before = &text[start..at];
    // ち ends in A1, as little else does.
    if memchr(0xa1, before.as_bytes()).is_none() {
        return false;
    }
    let clause = before.rfind(['。', '\n', ')']).map_or(before, |end| &before[end..]);
    memmem::rfind(clause.as_bytes(), "うち".as_bytes())
        .is_some_and(|found| !clause[found + "うち".len()..].starts_with('に'))
}

/// Whether figures glued to a word count it all the same: PC12台, DB3件. Figures inside figures
/// (1-2台) do not.
fn counts_things(text: &str, at: usize) -> bool {
    let before = text.as_bytes()[at - 1];
    let end = digits_end(text.as_bytes(), at);
    before.is_ascii_lowercase() && any_of!["台", "件", "名", "人", "社"].opens(&text[end..])
}

/// The unit at the cursor and how many bytes before it the number's own の and words take.
fn unit_of(cursor: &Cursor<'_>, quantity: &Quantity, number: Number) -> Option<(usize, Unit)> {
    if let Some(unit) = unit::at(cursor) {
        return is_believable(cursor, quantity, number, unit).then_some((0, unit));
    }
    let mut ahead = *cursor;
    if number.kanji || quantity.value < 2 || !ahead.eat("の") {
        return None;
    }
    let (skipped, unit) = unit::behind_particle(&ahead)?;
    Some((skipped + "の".len(), unit))
}

/// Whether number and unit can mean a count: 一部, 三本, 五個荘 and 2023年以上 do not.
fn is_believable(cursor: &Cursor<'_>, quantity: &Quantity, number: Number, unit: Unit) -> bool {
    const IN_KANJI: [&str; 16] = [
        "名", "人", "件", "社", "台", "通", "枚", "冊", "世帯", "個", "校", "団体", "回", "店舗",
        "施設", "円",
    ];
    let word = &cursor.rest()[..unit.length];
    let mut after = *cursor;
    after.at += unit.length;
    let start = Cursor::new(cursor.whole(), quantity.number.start);
    if unit.class == UnitClass::Duration {
        let of_date = start.before().is_some_and(|c| letters!("年月").has(c))
            && (word.starts_with('日') || word.starts_with('分'));
        let of_year = word.starts_with('年')
            && (quantity.value >= 1900 || start.before().is_some_and(|c| letters!("和成").has(c)));
        return !of_date && !of_year;
    }
    if !number.kanji || number.several {
        return !opens_section(&start, &after, quantity, word);
    }
    let is_idiom = after.sees_any(any_of![
        "ひとり", "一人", "暮", "とし", "落着", "岩", "忌", "荘", "十色", "称", "当たり",
    ]) || start.before().is_some_and(|c| letters!("お誰唯万第").has(c));
    let lasting = matches!(unit.class, UnitClass::Place | UnitClass::Account);
    !is_idiom && (lasting || IN_KANJI.contains(&word))
}

/// Whether a small number at the beginning of a line numbers the section (`2 通報の経緯` is folded
/// to 2通報の経緯): then no particle or mark follows the unit.
fn opens_section(start: &Cursor<'_>, after: &Cursor<'_>, quantity: &Quantity, word: &str) -> bool {
    let opens = start.before().is_none_or(|c| c == '\n');
    let counts = after.peek().is_none_or(|c| {
        matches!(c, 'ぁ'..='ん')
            || c.is_ascii()
            || letters!("、。・」』").has(c)
            || letters!("分以未程余様中全前").has(c)
    });
    opens && quantity.value <= 20 && word.chars().count() <= 4 && !counts
}

/// 10~20件, 2、3件: the number that follows is the upper end.
fn up_to(cursor: &mut Cursor<'_>, quantity: &mut Quantity, first: Number) {
    let mut ahead = *cursor;
    let listed = first.value < 9 && ahead.sees("、");
    if !(ahead.eat("~") || ahead.eat("から") || (listed && ahead.eat("、"))) {
        return;
    }
    let Some(second) = number::read(&ahead) else { return };
    let next_digit = !listed || second.value == first.value + 1;
    let end = Cursor::new(cursor.whole(), second.end);
    if second.value <= first.value || !next_digit || unit::at(&end).is_none() {
        return;
    }
    quantity.low = Some(first.value);
    quantity.value = second.value;
    quantity.number.end = second.end;
    quantity.approx = true;
    *cursor = end;
}

/// 10件~20件: the same unit again.
fn second_half(cursor: &mut Cursor<'_>, quantity: &mut Quantity, unit: Unit) {
    let mut ahead = *cursor;
    if quantity.low.is_some() || !(ahead.eat("~") || ahead.eat("から")) {
        return;
    }
    let Some(second) = number::read(&ahead) else { return };
    let mut end = Cursor::new(cursor.whole(), second.end);
    if second.value <= quantity.value || unit::at(&end) != Some(unit) {
        return;
    }
    end.at += unit.length;
    quantity.low = Some(quantity.value);
    quantity.value = second.value;
    quantity.approx = true;
    *cursor = end;
}

/// 余, 強 and 弱 before the unit.
fn over(cursor: &mut Cursor<'_>, quantity: &mut Quantity) {
    if cursor.eat("余り") || cursor.eat("余") || cursor.eat("強の") {
        quantity.approx = true;
        quantity.bound = Bound::AtLeast;
    }
}

/// What stands behind a unit: the word, its bound, whether it makes the number approximate.
const SUFFIXES: [(&str, Bound, bool); 26] = [
    ("(最大)", Bound::AtMost, false),
    ("以上", Bound::AtLeast, false),
    ("を超える", Bound::AtLeast, false),
    ("を超え", Bound::AtLeast, false),
    ("を上回る", Bound::AtLeast, false),
    ("超", Bound::AtLeast, false),
    ("以下", Bound::AtMost, false),
    ("以内", Bound::AtMost, false),
    ("未満", Bound::AtMost, false),
    ("を下回る", Bound::AtMost, false),
    ("余り", Bound::AtLeast, true),
    ("余", Bound::AtLeast, true),
    ("あまり", Bound::AtLeast, true),
    ("強", Bound::AtLeast, true),
    ("弱", Bound::AtMost, true),
    ("近く", Bound::Exact, true),
    ("近い", Bound::Exact, true),
    ("程度", Bound::Exact, true),
    ("ほど", Bound::Exact, true),
    ("前後", Bound::Exact, true),
    ("くらい", Bound::Exact, true),
    ("ぐらい", Bound::Exact, true),
    ("様分", Bound::Exact, false),
    ("様", Bound::Exact, false),
    ("分", Bound::Exact, false),
    ("あまりの", Bound::AtLeast, true),
];

fn suffixes(cursor: &mut Cursor<'_>, quantity: &mut Quantity) {
    for _ in 0..3 {
        if !cursor.sees_in(letters!("(以を超未余あ強弱近程ほ前くぐ様分")) {
            return;
        }
        let Some(&(word, bound, approx)) = SUFFIXES.iter().find(|(word, ..)| cursor.sees(word))
        else {
            return;
        };
        let mut ahead = *cursor;
        ahead.at += word.len();
        let other_word = match word {
            "分" => ahead.sees_in(letters!("析類割野散の岐担配離解")),
            "強" => ahead.sees_in(letters!("制化調力要引固い")),
            "弱" => ahead.sees_in(letters!("点い体者")),
            "様" => ahead.sees_in(letters!("々子式相")),
            "超" => ahead.sees_in(letters!("過音")),
            _ => false,
        };
        if other_word {
            return;
        }
        *cursor = ahead;
        quantity.approx |= approx;
        quantity.at_most |= word == "(最大)";
        if bound != Bound::Exact {
            quantity.bound = bound;
        }
    }
}

/// What a word before a number says.
#[derive(Clone, Copy)]
enum Prefix {
    About,
    Cumulative,
    AtMost,
    AtLeast,
    Total,
    Part,
}

/// The words before a number and the characters that, before them, make them another word's end
/// (契約, 設計, 安全).
const PREFIXES: [(&str, Prefix, &str); 30] = [
    ("約", Prefix::About, "契予規公条制節要婚誓解成特"),
    ("およそ", Prefix::About, ""),
    ("おおよそ", Prefix::About, ""),
    ("概ね", Prefix::About, ""),
    ("おおむね", Prefix::About, ""),
    ("ほぼ", Prefix::About, ""),
    ("推定", Prefix::About, ""),
    ("推計", Prefix::About, ""),
    ("延べ", Prefix::Cumulative, ""),
    ("のべ", Prefix::Cumulative, ""),
    ("延べで", Prefix::Cumulative, ""),
    ("最大", Prefix::AtMost, ""),
    ("最大で", Prefix::AtMost, ""),
    ("最大:", Prefix::AtMost, ""),
    ("最多で", Prefix::AtMost, ""),
    ("少なくとも", Prefix::AtLeast, ""),
    ("最低でも", Prefix::AtLeast, ""),
    ("最低", Prefix::AtLeast, ""),
    ("最小で", Prefix::AtLeast, ""),
    ("合計", Prefix::Total, ""),
    ("合計:", Prefix::Total, ""),
    ("合計で", Prefix::Total, ""),
    ("総計", Prefix::Total, ""),
    ("総数", Prefix::Total, ""),
    ("累計", Prefix::Total, ""),
    ("計", Prefix::Total, "設統時会家集余早推累合総"),
    ("全部で", Prefix::Total, ""),
    ("全", Prefix::Total, "安完健保万"),
    ("うち", Prefix::Part, ""),
    ("うち、", Prefix::Part, ""),
];

/// The characters that the prefixes end in.
const PREFIX_ENDS: [char; 16] =
    [':', '、', 'そ', 'ち', 'で', 'ね', 'べ', 'ぼ', 'も', '低', '全', '大', '定', '数', '約', '計'];

/// Whether a prefix may end in `c`; most numbers have none, and one look tells.
fn ends_a_prefix(c: char) -> bool {
    PREFIX_ENDS.contains(&c)
}

fn prefixes(text: &str, quantity: &mut Quantity, taken: usize) {
    for _ in 0..5 {
        let mut before = &text[taken..quantity.range.start];
        before = before.strip_suffix(' ').unwrap_or(before);
        if !before.chars().next_back().is_some_and(ends_a_prefix) {
            return;
        }
        let longest = PREFIXES
            .iter()
            .filter(|(word, ..)| before.ends_with(word))
            .max_by_key(|(word, ..)| word.len());
        let Some(&(word, prefix, not_behind)) = longest else { return };
        let start = before.len() - word.len();
        if before[..start].chars().next_back().is_some_and(|c| not_behind.contains(c)) {
            return;
        }
        quantity.range.start = taken + start;
        match prefix {
            Prefix::About => quantity.approx = true,
            Prefix::Cumulative => quantity.cumulative = true,
            Prefix::AtMost => {
                quantity.at_most = true;
                quantity.bound = Bound::AtMost;
            }
            Prefix::AtLeast => quantity.bound = Bound::AtLeast,
            Prefix::Total => quantity.total = true,
            Prefix::Part => quantity.part = true,
        }
    }
}

/// The class of a number without a unit whose label says what it counts: 件数:395.
fn labelled(before: &str, after: &str, number: Number) -> Option<UnitClass> {
    const LABELS: [(&str, UnitClass); 15] = [
        ("(人)", UnitClass::Person),
        ("(名)", UnitClass::Person),
        ("(件)", UnitClass::Item),
        ("(社)", UnitClass::Company),
        ("(台)", UnitClass::Device),
        ("件数", UnitClass::Item),
        ("人数", UnitClass::Person),
        ("者数", UnitClass::Person),
        ("員数", UnitClass::Person),
        ("ユーザー数", UnitClass::Account),
        ("アカウント数", UnitClass::Account),
        ("社数", UnitClass::Company),
        ("台数", UnitClass::Device),
        ("枚数", UnitClass::Document),
        ("世帯数", UnitClass::Household),
    ];
    let stops = after.chars().next().is_none_or(|c| letters!("\n、。)」").has(c));
    if number.several || number.kanji || !stops {
        return None;
    }
    let before = before.strip_suffix('約').unwrap_or(before);
    let before = before.strip_suffix([':', '\n']).unwrap_or(before);
    LABELS.iter().find(|(label, _)| before.ends_with(label)).map(|&(_, class)| class)
}

/// 88件(80人分): two ways to count the same.
fn pair(found: &mut [Quantity], second: &mut Quantity, folded: &str) {
    let countable = |class| {
        !matches!(
            class,
            UnitClass::Money
                | UnitClass::Percent
                | UnitClass::Size
                | UnitClass::Duration
                | UnitClass::Times
        )
    };
    let index = found.len();
    let Some(first) = found.last_mut() else { return };
    let gap = folded.get(first.range.end..second.range.start).unwrap_or_default();
    if gap == "(" && countable(first.class) && countable(second.class) && !second.part {
        first.paired_with = Some(index);
        second.paired_with = Some(index - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suffix_begins_in_a_known_character() {
        for (word, ..) in SUFFIXES {
            let mut cursor = Cursor::new(word, 0);
            let mut quantity = scan("1件")[0];
            suffixes(&mut cursor, &mut quantity);
            assert!(cursor.at > 0, "{word}");
        }
    }

    #[test]
    fn every_prefix_ends_in_a_known_character() {
        for (word, ..) in PREFIXES {
            assert!(word.chars().next_back().is_some_and(ends_a_prefix), "{word}");
        }
    }
}
