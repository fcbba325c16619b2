//! Which line ends are only where the page was full. Layout decides; this does not know words, and
//! a wrong guess costs a fact at most, since folding keeps the way back.

/// Whether the end of `line` is only where the page was full, so that `rest` goes on with it.
///
/// Layout decides: a line that ends in the middle of a sentence and is long, or ends in a particle,
/// goes on unless the next opens an item, a heading or a label.
pub fn is_wrapped(line: &str, rest: &str) -> bool {
    /// Lines at least this long (in characters) that end in the middle of a sentence were wrapped.
    const FULL_LINE: usize = 26;
    /// A line that ends in a particle goes on even when it is shorter.
    const SHORT_LINE: usize = 12;

    let indented = line.starts_with([' ', '\u{3000}']);
    let line = trim_line(line);
    let Some(last) = line.chars().next_back().filter(|&last| !closes_line(last)) else {
        return false;
    };
    // A character is at most four bytes, so most lines are told without counting.
    let at_least = |length: usize| {
        line.len() >= 4 * length || (line.len() >= length && line.chars().nth(length - 1).is_some())
    };
    let comma = matches!(last, '、' | '，');
    let full = comma || at_least(FULL_LINE);
    let dates = is_figure(last) || matches!(last, '年' | '月');
    let particle =
        matches!(last, 'の' | 'を' | 'が' | 'は' | 'に' | 'で' | 'と' | 'や' | 'も' | 'へ');
    // Most short lines are told without a look at the next.
    if !full && !((dates || particle) && at_least(SHORT_LINE)) {
        return false;
    }
    let next = match memchr::memchr2(b'\n', b'\r', rest.as_bytes()) {
        Some(end) => trim_line(&rest[..end]),
        None => trim_line(rest),
    };
    let Some(first) = next.chars().next() else { return false };
    if closes_heading(line)
        || opens_block(first, next)
        || (is_dated(line) && is_dated(next))
        || is_labelled(next)
        || (!comma && opens_with_cell(next))
        || ["日公表", "日発表", "日公開"].iter().any(|end| next.ends_with(end))
        || (!indented && !comma && opens_paragraph(line, rest))
    {
        return false;
    }
    if comma {
        return true;
    }
    if ends_head(line, first) || !fills_page(line, next) {
        return false;
    }
    let splits_date = dates && (is_figure(first) || matches!(first, '年' | '月' | '日'));
    let goes_on = || particle && !next.contains(['：', ':']) && !line.contains(['：', ':']);
    full || splits_date || goes_on()
}

/// Whether a line can have ended because the page was full: the next one is not much longer.
fn fills_page(line: &str, next: &str) -> bool {
    const SLACK: usize = 8;
    let length = line.chars().count();
    // As many bytes are at least a third as many characters, so few lines are counted.
    next.len() <= length || next.chars().nth(length + length / 2 + SLACK).is_none()
}

/// Whether a character is a digit or number of any script.
fn is_figure(c: char) -> bool {
    // The tables of Unicode take long to tell what most characters are.
    !matches!(c, 'ぁ'..='ヿ' | '一'..='\u{9fff}') && c.is_numeric()
}

fn trim_line(line: &str) -> &str {
    // Kana, kanji and most of their marks are told from spaces by their bytes.
    let is_plain =
        |c: &[u8]| matches!(c, [0xe4..=0xe9, _, _]) || (c[0] == 0xe3 && c[1..] != [0x80, 0x80]);
    let bytes = line.as_bytes();
    if bytes.first_chunk::<3>().is_some_and(|first| is_plain(first))
        && bytes.last_chunk::<3>().is_some_and(|last| is_plain(last))
    {
        return line;
    }
    line.trim_matches(|c: char| is_space(c) || c == '\r')
}

/// Whether a paragraph, set in by one space, begins below a heading.
fn opens_paragraph(line: &str, rest: &str) -> bool {
    let set_in = rest
        .strip_prefix([' ', '\u{3000}'])
        .is_some_and(|next| !next.starts_with(|c: char| is_space(c) || c.is_ascii_digit()));
    set_in && line.starts_with(['■', '□', '◆', '◇', '●', '○', '▼', '▽', '【', '★', '☆'])
}

/// Whether a line is a heading that begins with 【 and ends with its day, as entries of a casebook do.
fn closes_heading(line: &str) -> bool {
    line.starts_with('【') && line.strip_suffix('日').is_some_and(|rest| rest.ends_with(is_figure))
}

/// Whether a line that ends so is complete.
fn closes_line(last: char) -> bool {
    if last.is_ascii() {
        return !last.is_ascii_alphanumeric() && !matches!(last, '-' | ',');
    }
    matches!(
        last,
        '。' | '．'
            | '」'
            | '』'
            | '）'
            | '】'
            | '〉'
            | '》'
            | '＞'
            | '：'
            | '！'
            | '？'
            | '…'
            | '━'
            | '─'
            | '＝'
            | '═'
            | '■'
            | '□'
            | '◆'
            | '●'
            | '・'
            | '※'
    )
}

/// Whether a line opens with a date or a time: two of them in a row are rows of a chronology.
fn is_dated(line: &str) -> bool {
    let digits = line.chars().take(5).take_while(|&c| is_figure(c)).count();
    let unit = || line.chars().skip(digits).find(|&c| !is_space(c));
    let counted = (1..=4).contains(&digits)
        && unit().is_some_and(|c| matches!(c, '年' | '月' | '日' | '時' | '/' | '／' | ':' | '：'));
    counted || ["同日", "翌日", "令和", "平成"].iter().any(|start| line.starts_with(start))
}

/// Whether a line opens with a label: 対策:, 対象者 : 12名; not with a time.
fn is_labelled(line: &str) -> bool {
    /// The longest label, in characters.
    const LONGEST_LABEL: usize = 12;
    let mut before = None;
    for c in line.chars().take(LONGEST_LABEL + 1).filter(|&c| !is_space(c)) {
        match c {
            ':' | '：' => return before.is_some_and(|last| !is_figure(last)),
            '、' | '。' | '，' | '/' => return false,
            _ => before = Some(c),
        }
    }
    false
}

/// Whether a line opens with a cell that white space sets apart from the next: 救急   停止中です.
fn opens_with_cell(line: &str) -> bool {
    /// The longest cell, in characters.
    const LONGEST_CELL: usize = 12;
    let mut letters = 0;
    let mut rest = line.chars();
    let end = rest.by_ref().find(|&c| {
        letters += 1;
        is_space(c) || letters > LONGEST_CELL || matches!(c, '、' | '。' | '，')
    });
    let mut behind = rest.as_str().chars();
    end.is_some_and(is_space)
        && letters > 2
        && (end == Some('\t') || behind.next().is_some_and(is_space))
        && behind.any(|c| !is_space(c))
}

/// Whether a line closes a heading however long it is: it ends in a whole date, or in お詫び, お知らせ or
/// ご報告 that no verb follows (お詫び/申し上げます goes on).
fn ends_head(line: &str, next: char) -> bool {
    let verb = ('ぁ'..='ん').contains(&next) || matches!(next, '申' | '致');
    if ["お詫び", "おわび", "お知らせ", "ご報告"].iter().any(|end| line.ends_with(end))
    {
        return !verb;
    }
    let Some(day) = line.strip_suffix('日') else { return false };
    let part = |words: &str, unit: char| {
        let rest = words.trim_end_matches(|c: char| is_figure(c) || c == ' ');
        (rest.len() < words.len()).then(|| rest.strip_suffix(unit).map(str::len)).flatten()
    };
    let dated = part(day, '月').and_then(|at| part(&day[..at], '年')).is_some();
    dated && !verb && !is_figure(next)
}

/// Whether a line starting so is a new item, heading or label rather than a continuation.
fn opens_block(first: char, line: &str) -> bool {
    if matches!(
        first,
        '・' | '•'
            | '●'
            | '○'
            | '◯'
            | '◎'
            | '■'
            | '□'
            | '◆'
            | '◇'
            | '▼'
            | '▽'
            | '▲'
            | '△'
            | '★'
            | '☆'
            | '※'
            | '【'
            | '《'
            | '〈'
            | '＜'
            | '<'
            | '『'
            | '［'
            | '['
            | '◦'
            | '‣'
            | '▪'
            | '➢'
            | '➤'
            | '→'
            | '⇒'
            | '*'
            | '＊'
            | '-'
            | '－'
            | '–'
            | '—'
            | '━'
            | '─'
            | '＝'
            | '='
            | '（'
            | '('
            | '｜'
            | '|'
            | '①'..='⑳'
    ) {
        return true;
    }
    // 1. / 1） / 第1 / 1　 but not 12月 or 3,000件
    let digits = line.chars().take(3).take_while(|&c| is_figure(c)).count();
    if digits == 0 || digits > 2 {
        return false;
    }
    line.chars()
        .nth(digits)
        .is_some_and(|c| matches!(c, '.' | '．' | ')' | '）' | '、' | '　' | ' '))
}

pub(crate) fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_that_ends_with_its_day_is_complete() {
        let line =
            "【事件簿#2024-001】株式会社例示商会 個人情報漏えいのご報告とお詫び 2024年5月12日";
        assert!(!is_wrapped(line, "この度、弊社からのメール"));
        assert!(is_wrapped(&line[..line.len() - "2日".len()], "2日"));
    }

    #[test]
    fn a_row_with_a_label_goes_on_with_no_line_before() {
        let line = "原因:黒く塗った部分の文字が、写し取れば読める形で残っていたこと";
        assert!(!is_wrapped(line, "対策:公開する前に画像に変える"));
        assert!(is_wrapped(line, "によるものです"));
        let row = "救急        停止中です。再開は三月の下旬になるものと見込んでいます";
        assert!(!is_wrapped(row, "入院・透析   続けています"));
        assert!(is_wrapped(row, "ほかの診療科も、紙の記録で   行います"));
        assert!(is_wrapped(
            "担当者が送信したのは8月20日の夕方で、その後の確認により午後",
            "9:30に判明"
        ));
    }
}
