//! Words in columns of a terminal: display width (East Asian wide characters take two columns),
//! cutting, padding, wrapping, and taking out what a terminal would obey. It does not know what
//! the words say.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar as _;

/// `words` without anything that a terminal obeys instead of showing: control characters (so no
/// escape sequence of a hostile input reaches the terminal) and marks that turn the direction of
/// writing. White space in any number becomes one blank.
pub(crate) fn plain(words: &str) -> Cow<'_, str> {
    let harmless = |c: char| !c.is_control() && !turns_writing(c);
    let is_plain = words.chars().all(|c| harmless(c) && (c == ' ' || !c.is_whitespace()));
    if is_plain && !words.contains("  ") && words.trim() == words {
        return Cow::Borrowed(words);
    }
    let shown: String =
        words.chars().map(|c| if harmless(c) && !c.is_whitespace() { c } else { ' ' }).collect();
    Cow::Owned(shown.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Bidirectional embeddings, overrides and isolates (Unicode Standard Annex 9), line and paragraph
/// separators.
fn turns_writing(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{061C}')
}

/// How many columns a character takes.
fn columns(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// How many columns `words` take.
pub(crate) fn width(words: &str) -> usize {
    words.chars().map(columns).sum()
}

/// `words` in at most `most` columns, cut with … at the end.
pub(crate) fn cut(words: &str, most: usize) -> Cow<'_, str> {
    if width(words) <= most {
        return Cow::Borrowed(words);
    }
    let mut used = 0;
    let kept = words.chars().take_while(|&c| {
        used += columns(c);
        used < most
    });
    let mut short: String = kept.collect();
    if most > 0 {
        short.push('…');
    }
    Cow::Owned(short)
}

/// `words` in at most `most` columns, cut with … at the beginning.
pub(crate) fn cut_left(words: &str, most: usize) -> Cow<'_, str> {
    if width(words) <= most {
        return Cow::Borrowed(words);
    }
    let mut used = 0;
    let dropped: usize = words
        .chars()
        .rev()
        .take_while(|&c| {
            used += columns(c);
            used < most
        })
        .map(char::len_utf8)
        .sum();
    Cow::Owned(format!("…{}", &words[words.len() - dropped..]))
}

/// `words` and blanks up to `most` columns.
pub(crate) fn pad(words: &str, most: usize) -> String {
    format!("{words}{}", " ".repeat(most.saturating_sub(width(words))))
}

/// `words` in lines of at most `most` columns. Breaks after a blank or beside a wide character,
/// never inside a word that fits on a line, and not before closing punctuation.
pub(crate) fn wrap(words: &str, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for piece in pieces(words) {
        let piece_width = width(piece.trim_end());
        if used > 0 && used + piece_width > most {
            lines.push(line.trim_end().to_owned());
            line.clear();
            used = 0;
        }
        if piece_width <= most {
            line.push_str(piece);
            used += width(piece);
            continue;
        }
        for c in piece.chars() {
            if used > 0 && used + columns(c) > most {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += columns(c);
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// The pieces between which a line may break.
fn pieces(words: &str) -> impl Iterator<Item = &str> {
    let mut rest = words;
    std::iter::from_fn(move || {
        let mut chars = rest.char_indices().peekable();
        let (_, mut before) = chars.next()?;
        let end = chars.find(|&(_, c)| {
            let breaks = may_break(before, c);
            before = c;
            breaks
        });
        let (piece, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some(piece)
    })
}

fn may_break(before: char, after: char) -> bool {
    const NOT_FIRST: &str =
        "、。，．）)」』】〕》〉・：；！？ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々";
    const NOT_LAST: &str = "（(「『【〔《〈";
    if after == ' ' || NOT_FIRST.contains(after) || NOT_LAST.contains(before) {
        return false;
    }
    before == ' ' || after == '(' || columns(before) == 2 || columns(after) == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_taken_out() {
        assert_eq!(plain("題名"), "題名");
        assert_eq!(plain(" 題\r\n\t名 \u{1b}[2J\u{9b}31m\u{202e}x"), "題 名 [2J 31m x");
    }

    #[test]
    fn cutting_counts_columns() {
        assert_eq!(cut("お詫び", 6), "お詫び");
        assert_eq!(cut("お詫び", 5), "お詫…");
        assert_eq!(cut("お詫び", 4), "お…");
        assert_eq!(cut("お詫び", 0), "");
        assert_eq!(cut_left("examples/a.txt:12", 9), "…a.txt:12");
        assert_eq!(cut_left("資料/x:1", 6), "…/x:1");
        assert_eq!(pad("お", 4), "お  ");
    }

    #[test]
    fn lines_break_where_japanese_and_words_allow() {
        assert_eq!(wrap("個人情報の漏えいについて。", 12), ["個人情報の漏", "えいについ", "て。"]);
        assert_eq!(wrap("by Example Cloud 社", 10), ["by Example", "Cloud 社"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
    }
}
