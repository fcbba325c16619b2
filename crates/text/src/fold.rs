//! Folding: one spelling for what is written in many, with the way back to the original bytes.
//!
//! Width variants become one form, ASCII becomes lower case, spaces beside Japanese characters go,
//! radicals and compatibility forms become the characters they stand for, and a line that was only
//! wrapped is joined to the next. It does not know words: it never replaces one by another.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

use crate::Span;
use crate::wrap::{is_space, is_wrapped};

/// A folded text and the map from its offsets to those of the original.
///
/// ```
/// let folded = text::Folded::new("２０２３年 ６ 月");
/// assert_eq!(folded.text(), "2023年6月");
/// assert_eq!(folded.span(0, 4).unwrap().range(), 0..12);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Folded {
    text: String,
    runs: Vec<Run>,
    /// Folded offsets before which something of the original is left out, ascending.
    gaps: Vec<u32>,
}

/// From `folded` on, the folded text stands for the original from `original` on.
#[derive(Clone, Copy, Debug)]
struct Run {
    folded: u32,
    original: u32,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The same bytes.
    Same,
    /// Each folded byte stands for three original ones (full-width ASCII).
    Narrowed,
    /// The whole run stands for this many original bytes.
    Whole(u32),
}

impl Folded {
    /// Folds `original`, joining wrapped lines.
    pub fn new(original: &str) -> Self {
        let mut folded = Self::default();
        folded.refold(original);
        folded
    }

    /// Folds another text in the place of this one, in the memory of this one.
    pub fn refold(&mut self, original: &str) {
        self.text.clear();
        self.runs.clear();
        self.gaps.clear();
        self.text.reserve(original.len());
        Folder { original, out: self, copied_to: 0, at: 0, line_start: 0 }.run();
        self.text.make_ascii_lowercase();
    }

    /// The folded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The original span of the folded bytes `start..end`; `None` where that is empty.
    pub fn span(&self, start: usize, end: usize) -> Option<Span> {
        if start >= end {
            return None;
        }
        let at = self.run_before(start);
        let first = self.runs[at];
        let from = match first.kind {
            Kind::Same => first.original as usize + (start - first.folded as usize),
            Kind::Narrowed => first.original as usize + 3 * (start - first.folded as usize),
            Kind::Whole(_) => first.original as usize,
        };
        // Most spans lie in one run.
        let goes_on = self.runs.get(at + 1).is_some_and(|next| (next.folded as usize) < end);
        let last = if goes_on { self.runs[self.run_before(end - 1)] } else { first };
        let to = match last.kind {
            Kind::Same => last.original as usize + (end - last.folded as usize),
            Kind::Narrowed => last.original as usize + 3 * (end - last.folded as usize),
            Kind::Whole(length) => (last.original + length) as usize,
        };
        Span::new(from, to)
    }

    /// Where the original byte `at` stands in the folded text; for one that is left out, where it
    /// would.
    pub fn offset_of(&self, at: usize) -> usize {
        let after = self.runs.partition_point(|run| run.original as usize <= at);
        let Some(run) = after.checked_sub(1).map(|before| self.runs[before]) else { return 0 };
        let (folded, beyond) = (run.folded as usize, at - run.original as usize);
        let end = self.runs.get(after).map_or(self.text.len(), |next| next.folded as usize);
        let offset = match run.kind {
            Kind::Same => folded + beyond,
            Kind::Narrowed => folded + beyond.div_ceil(3),
            Kind::Whole(_) if beyond == 0 => folded,
            Kind::Whole(_) => end,
        };
        offset.min(end)
    }

    /// Whether the original has something (a space, a wrap) just before the folded offset `at`
    /// that the folded text leaves out.
    pub fn gap_before(&self, at: usize) -> bool {
        let inside = at > 0 && at < self.text.len();
        inside && u32::try_from(at).is_ok_and(|at| self.gaps.binary_search(&at).is_ok())
    }

    /// Each folded offset within `range` that [`Folded::gap_before`] holds for.
    pub fn gaps(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        let first = self.gaps.partition_point(|&gap| (gap as usize) < range.start.max(1));
        let end = range.end.min(self.text.len());
        self.gaps[first..].iter().map(|&gap| gap as usize).take_while(move |&gap| gap < end)
    }

    /// The last run that begins at `folded` or before.
    fn run_before(&self, folded: usize) -> usize {
        self.runs.partition_point(|run| run.folded as usize <= folded).saturating_sub(1)
    }
}

struct Folder<'a> {
    original: &'a str,
    out: &'a mut Folded,
    /// Original bytes before this are in `out` already.
    copied_to: usize,
    /// The next original byte to look at.
    at: usize,
    /// Where the current physical line starts in the original.
    line_start: usize,
}

impl Folder<'_> {
    fn run(&mut self) {
        let bytes = self.original.as_bytes();
        loop {
            self.at = plain_end(bytes, self.at);
            let Some(&byte) = bytes.get(self.at) else { break };
            match byte {
                b' ' | b'\t' => self.space(),
                b'\r' => self.carriage_return(),
                b'\n' => self.line_end(),
                0x21..=0x7f => self.at += 1,
                0xe4..=0xe9 => self.at += 3,
                0xe3 => self.e3(bytes[self.at + 1], bytes[self.at + 2]),
                _ => self.other(),
            }
        }
        self.flush(self.at);
    }

    /// Copies what stands between `copied_to` and `to` as it is.
    fn flush(&mut self, to: usize) {
        if self.copied_to < to {
            self.start_run(self.copied_to, Kind::Same);
            self.out.text.push_str(&self.original[self.copied_to..to]);
        }
        self.copied_to = to;
    }

    #[expect(clippy::cast_possible_truncation, reason = "Limits keeps a text below 4 GiB")]
    fn start_run(&mut self, original: usize, kind: Kind) {
        let folded = self.out.text.len();
        if let Some(last) = self.out.runs.last()
            && last.kind == kind
            && kind == Kind::Narrowed
            && last.original as usize + 3 * (folded - last.folded as usize) == original
        {
            return;
        }
        self.out.runs.push(Run { folded: folded as u32, original: original as u32, kind });
    }

    /// Replaces `length` original bytes at the cursor by `with`.
    #[expect(clippy::cast_possible_truncation, reason = "one character is a few bytes")]
    fn replace(&mut self, length: usize, with: &str) {
        self.flush(self.at);
        if !with.is_empty() {
            let kind = if length == 3 && with.len() == 1 {
                Kind::Narrowed
            } else {
                Kind::Whole(length as u32)
            };
            self.start_run(self.at, kind);
            self.out.text.push_str(with);
        } else if self.out.gaps.last().is_none_or(|&last| (last as usize) < self.out.text.len()) {
            self.out.gaps.push(self.out.text.len() as u32);
        }
        self.at += length;
        self.copied_to = self.at;
    }

    fn e3(&mut self, second: u8, third: u8) {
        match (second, third) {
            (0x80, 0x80) => self.space(),
            (0x80, 0x9c) => self.replace(3, "~"),
            (0x82, 0x99 | 0x9a) | (0x88, _) | (0x8b, 0xbf) | (0x8d, 0xbb..=0xbe) => self.other(),
            _ => self.at += 3,
        }
    }

    /// Everything that is not plain Japanese or printable ASCII.
    fn other(&mut self) {
        let Some(c) = self.original[self.at..].chars().next() else { return };
        let length = c.len_utf8();
        match c {
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => self.space(),
            '\u{0}'..='\u{1f}'
            | '\u{7f}'
            | '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2060}'
            | '\u{feff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0100}'..='\u{e01ef}' => {
                self.replace(length, "");
            }
            '\u{ff01}'..='\u{ff5e}' => {
                let narrow = char::from_u32(c as u32 - 0xfee0).unwrap_or(c);
                let mut buffer = [0; 4];
                self.replace(length, narrow.encode_utf8(&mut buffer));
            }
            '\u{2010}'..='\u{2015}' | '\u{2212}' => self.replace(length, "-"),
            '\u{301c}' | '\u{223c}' => self.replace(length, "~"),
            '\u{ff61}'..='\u{ff9f}' => self.half_width_kana(),
            '\u{3099}' | '\u{309a}' => self.combining_mark(c),
            '\u{2e80}'..='\u{2eff}' => match radical(c) {
                Some(plain) => self.replace(length, plain),
                None => self.at += length,
            },
            '\u{2f00}'..='\u{2fd5}' | '\u{f900}'..='\u{faff}' | '\u{3200}'..='\u{33ff}' => {
                let plain: String = c.nfkc().collect();
                self.replace(length, &plain);
            }
            _ => self.at += length,
        }
    }

    /// A half-width kana with the sound mark that may follow it.
    fn half_width_kana(&mut self) {
        let mut rest = self.original[self.at..].chars();
        let Some(first) = rest.next() else { return };
        let mark = rest.next().filter(|c| matches!(c, '\u{ff9e}' | '\u{ff9f}'));
        let plain: String = std::iter::once(first).chain(mark).nfkc().collect();
        let length = first.len_utf8() + mark.map_or(0, char::len_utf8);
        // A mark that does not combine stays a mark of its own.
        self.replace(length, &plain);
    }

    /// A sound mark written apart from its kana (NFD): both become one character.
    fn combining_mark(&mut self, mark: char) {
        self.flush(self.at);
        let Some(base) = self.out.text.chars().next_back() else {
            return self.replace(mark.len_utf8(), "");
        };
        let both: String = [base, mark].into_iter().nfkc().collect();
        if both.chars().count() != 1 {
            return self.replace(mark.len_utf8(), "");
        }
        let base_at = self.out.text.len() - base.len_utf8();
        let original = self.out.span(base_at, self.out.text.len()).map_or(self.at, Span::start);
        self.out.text.truncate(base_at);
        while self.out.runs.last().is_some_and(|run| run.folded as usize >= base_at) {
            self.out.runs.pop();
        }
        let end = self.at + mark.len_utf8();
        self.at = original;
        self.copied_to = original;
        self.replace(end - original, &both);
    }

    /// A run of spaces: one space stays between two ASCII words, none beside Japanese.
    fn space(&mut self) {
        let rest = &self.original[self.at..];
        let trimmed = rest.trim_start_matches(is_space);
        let length = rest.len() - trimmed.len();
        self.flush(self.at);
        let before = self.out.text.as_bytes().last().copied();
        let after = trimmed.chars().next();
        if self.splits_a_number(trimmed) {
            return self.replace(length, "");
        }
        let joins = before.is_some_and(|b| b.is_ascii_graphic())
            && after
                .is_some_and(|c| c.is_ascii_graphic() || ('\u{ff01}'..='\u{ff5e}').contains(&c));
        self.replace(length, if joins { " " } else { "" });
    }

    /// Whether the space stands between two single digits of a number set wide (`1 2 社`, `2 9 年`).
    fn splits_a_number(&self, after: &str) -> bool {
        let digit = |c: Option<char>| c.is_some_and(char::is_numeric);
        // 2023/6/5 9:00 and 1.2 3.4 are two of something.
        let goes_on =
            |c: Option<char>| digit(c) || c.is_some_and(|c| "/.:-,／．：－，".contains(c));
        let mut before = self.original[..self.at].chars().rev();
        let mut after = after.chars();
        digit(before.next())
            && !goes_on(before.next())
            && digit(after.next())
            && !goes_on(after.next())
    }

    fn carriage_return(&mut self) {
        if self.original.as_bytes().get(self.at + 1) == Some(&b'\n') {
            self.replace(1, "");
        } else {
            self.line_end();
        }
    }

    fn line_end(&mut self) {
        let line = &self.original[self.line_start..self.at];
        let next = &self.original[self.at + 1..];
        let joined = is_wrapped(line, next);
        self.replace(1, if joined { "" } else { "\n" });
        self.line_start = self.at;
    }
}

/// Where from `at` on the characters end that stay as they are: printable ASCII, kana and kanji.
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(next) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        at += match next {
            [0xe4..=0xe9, _, _] | [0xe3, 0x81 | 0x83, _] => 3,
            [0xe3, 0x82, mark] if !matches!(mark, 0x99 | 0x9a) => 3,
            [0xe3, 0x80, mark] if !matches!(mark, 0x80 | 0x9c) => 3,
            [0x21..=0x7f, _, _] => 1,
            _ => break,
        };
    }
    at
}

/// The character that a CJK radical stands for (Unicode `EquivalentUnifiedIdeograph`); NFKC leaves
/// these alone, and some PDF writers put them in place of the character.
fn radical(c: char) -> Option<&'static str> {
    include_str!("radicals.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .find_map(|(from, to)| from.starts_with(c).then_some(to))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(original: &str, folded: &str) {
        assert_eq!(Folded::new(original).text(), folded, "of {original:?}");
    }

    #[test]
    fn widths_spaces_and_variants_become_one() {
        check("２０２３年　６ 月 ５ 日", "2023年6月5日");
        check("ＢＣＣ　ﾒｰﾙｱﾄﾞﾚｽ", "bccメールアドレス");
        check("⼈⽉⽣⻑", "人月生長");
        check("㈱サンプル ㋿5年", "(株)サンプル令和5年");
        check("か\u{3099}きく", "がきく");
        check("A社 SR SaaS  2 台", "a社sr saas 2台");
        check("葛\u{e0100}城", "葛城");
        check("行末  \r\n次", "行末\n次");
        check("平 成 2 9 年 1 1 月 2 日", "平成29年11月2日");
        check("100 200 件", "100 200件");
    }

    #[test]
    fn wrapped_lines_are_joined_and_lists_are_not() {
        check("社労ソフト\n給与ソフト", "社労ソフト\n給与ソフト");
        check(
            "現在も調査及び復旧作業を続けておりますが、現時点で判明している事実\n関係は以下のとおりです。\n次",
            "現在も調査及び復旧作業を続けておりますが、現時点で判明している事実関係は以下のとおりです。\n次",
        );
        check("このたび、\n当社は", "このたび、当社は");
        check(
            "お客様には深くお詫び申し上げますとともに2023年6月\n5日に",
            "お客様には深くお詫び申し上げますとともに2023年6月5日に",
        );
    }

    #[test]
    fn spans_lead_back() {
        let original = "発生日：２０２３年　６月５日（月）";
        let folded = Folded::new(original);
        let at = folded.text().find("2023").unwrap();
        let end = folded.text().find('(').unwrap();
        let span = folded.span(at, end).unwrap();
        assert_eq!(span.of(original), Some("２０２３年　６月５日"));
        assert_eq!((folded.offset_of(span.start()), folded.offset_of(span.end())), (at, end));
        assert!(folded.gap_before(folded.text().find("6月").unwrap()));
    }

    proptest! {
        #[test]
        fn every_span_is_sound(original in "[ぁ-んァ-ン一-龥０-９Ａ-Ｚｱ-ﾝﾞa-z0-9 　\r\n。、・㈱⼈\u{3099}\u{fe00}]{0,60}") {
            let folded = Folded::new(&original);
            let offsets: Vec<usize> = folded.text().char_indices().map(|(at, _)| at).chain([folded.text().len()]).collect();
            for window in offsets.windows(2) {
                let span = folded.span(window[0], window[1]).unwrap();
                prop_assert!(span.of(&original).is_some(), "{span:?} in {original:?}");
            }
        }
    }
}
