//! One spelling for search: widths and compatibility forms through [`text::Folded`], lower case,
//! and white space only where it tells two words of an alphabet apart. It looks at nothing but the
//! neighbouring characters, so that what is cut out of a text folds to a part of the folded text.
//! It does not know queries.

use std::ops::Range;

use text::Folded;

/// What stands between two paragraphs of a folded text; no gram and no phrase reaches across it.
pub(super) const PARAGRAPH: char = '\n';

/// A text folded for search, with the way back to its bytes.
#[derive(Clone, Debug, Default)]
pub struct Folding {
    text: String,
    /// Pieces of the original without white space: where each starts here and there.
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
struct Piece {
    folded: usize,
    original: usize,
    map: Folded,
}

impl Folding {
    /// Folds `original`.
    ///
    /// ```
    /// let folding = book::index::Folding::new("ＳＱＬ　Server の\n脆弱性");
    /// assert_eq!(folding.text(), "sql serverの脆弱性");
    /// assert_eq!(folding.original(10..22), Some(19..32));
    /// ```
    pub fn new(original: &str) -> Self {
        let mut folding = Self { text: String::with_capacity(original.len()), pieces: Vec::new() };
        walk(original, &mut folding.text, |folded, original, map| {
            folding.pieces.push(Piece { folded, original, map });
        });
        folding
    }

    /// The folded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the original that the folded bytes `range` stand for.
    pub fn original(&self, range: Range<usize>) -> Option<Range<usize>> {
        let before = |at: usize| self.pieces.partition_point(|piece| piece.folded <= at);
        let first = self.pieces.get(before(range.start).checked_sub(1)?)?;
        let last = self.pieces.get(before(range.end.checked_sub(1)?).checked_sub(1)?)?;
        let from = range.start - first.folded;
        let to = range.end - last.folded;
        // A range that starts or ends on a kept space borders on a piece.
        let length = last.map.text().len();
        let start = match first.map.span(from, from + 1) {
            Some(span) if from < first.map.text().len() => first.original + span.start(),
            _ => self.pieces.get(before(range.start))?.original,
        };
        let end = last.original + last.map.span(0, to.min(length))?.end();
        (start < end).then_some(start..end)
    }
}

/// The folded text alone.
pub fn fold(original: &str) -> String {
    let mut out = String::with_capacity(original.len());
    walk(original, &mut out, |_, _, _| ());
    out
}

fn walk(original: &str, out: &mut String, mut piece: impl FnMut(usize, usize, Folded)) {
    let mut gap = Gap::None;
    let mut at = 0;
    while at < original.len() {
        let rest = &original[at..];
        let words = rest.trim_start();
        let space = &rest[..rest.len() - words.len()];
        gap = gap.max(Gap::of(space));
        at += space.len();
        let length = words.find(char::is_whitespace).unwrap_or(words.len());
        let map = Folded::new(&words[..length]);
        if !map.text().is_empty() {
            if let Some(between) = gap.between(out, map.text()) {
                out.push(between);
            }
            let start = out.len();
            push_lower(map.text(), out);
            piece(start, at, map);
            gap = Gap::None;
        }
        at += length;
    }
}

/// Lower case where that keeps the length, so that offsets stay; ASCII is lower already. A sound
/// mark that combines with nothing becomes the one that stands alone.
fn push_lower(text: &str, out: &mut String) {
    let plain = |c: char| !matches!(c, '\u{c0}'..='\u{1fff}' | '\u{3099}' | '\u{309a}');
    if text.chars().all(plain) {
        return out.push_str(text);
    }
    out.extend(text.chars().map(|c| match c {
        '\u{3099}' => '\u{309b}',
        '\u{309a}' => '\u{309c}',
        _ => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) if one.len_utf8() == c.len_utf8() => one,
                _ => c,
            }
        }
    }));
}

/// White space between two words, by how much it separates.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Paragraph,
}

impl Gap {
    fn of(space: &str) -> Self {
        match space.matches('\n').count() {
            0 if space.is_empty() => Self::None,
            0 | 1 => Self::Space,
            _ => Self::Paragraph,
        }
    }

    /// What of it stays between the folded texts `before` and `after`.
    fn between(self, before: &str, after: &str) -> Option<char> {
        let (left, right) = (before.chars().next_back()?, after.chars().next()?);
        // Below the punctuation that Japanese shares stand the alphabets that need their spaces.
        let words = left < '\u{2000}' && right < '\u{2000}';
        // A number set wide (`1 2 社`) is one number.
        let number = left.is_ascii_digit() && right.is_ascii_digit();
        match self {
            Self::None => None,
            Self::Space => (words && !number).then_some(' '),
            Self::Paragraph => Some(PARAGRAPH),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(original: &str, folded: &str) {
        assert_eq!(fold(original), folded, "of {original:?}");
    }

    #[test]
    fn spaces_stay_only_between_words_of_an_alphabet() {
        check("ＢＣＣ　ﾒｰﾙ ｱﾄﾞﾚｽ", "bccメールアドレス");
        check("氏　名\nと 住所", "氏名と住所");
        check("SQL\n Server  2022 を", "sql server 2022を");
        check("1 2 社、０９０ 1234", "12社、0901234");
        check("一段落\r\n\r\n二段落", "一段落\n二段落");
        check("ÉCOLE ΑΒ ㈱ 社", "école αβ (株)社");
        check(" \u{200b} ", "");
    }

    proptest! {
        #[test]
        fn what_is_cut_out_folds_to_a_part(
            original in "[ぁ-おア-オ人物漏ｱ-ｵ０-２Ａ-Ｃa-c0-2 　\r\n。㈱É\u{200b}]{1,40}",
            cut in (0..40usize, 0..40usize),
        ) {
            let ends: Vec<usize> = original.char_indices().map(|(at, _)| at).chain([original.len()]).collect();
            let (a, b) = (cut.0 % ends.len(), cut.1 % ends.len());
            let part = &original[ends[a.min(b)]..ends[a.max(b)]];
            let folding = Folding::new(&original);
            prop_assert!(folding.text().contains(&fold(part)), "{part:?} in {original:?}");
            if !folding.text().contains(PARAGRAPH) {
                prop_assert_eq!(fold(folding.text()), folding.text());
            }
        }

        #[test]
        fn every_character_leads_back(original in "[ぁ-おｱ-ｵﾞ０-２Ａ-Ｃa-c0-2 　\n。㈱É\u{200b}\u{3099}]{0,40}") {
            let folding = Folding::new(&original);
            for (at, c) in folding.text().char_indices() {
                let range = folding.original(at..at + c.len_utf8());
                if c != ' ' && c != PARAGRAPH {
                    prop_assert!(original.get(range.unwrap()).is_some());
                }
            }
        }
    }
}
