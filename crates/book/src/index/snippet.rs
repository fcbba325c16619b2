//! Snippets: the part of a text that shows best why it was found. It does not know where the text
//! comes from.

use std::ops::Range;

use memchr::memmem;

use super::fold::{Folding, fold};

/// Characters shown before the first word of a snippet.
const LEAD: usize = 24;

/// A stretch of the original text, and whether it is one of the words looked for. Between two that
/// do not touch, something is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The bytes of the original.
    pub range: Range<usize>,
    /// Whether these are words that were looked for.
    pub highlighted: bool,
}

/// Cuts up to `most` characters out of `original` that show as many of the `words` as can be; its
/// beginning where it has none of them.
///
/// ```
/// let text = "当社において、ＢＣＣに入れるべき宛先を誤りました。";
/// let cut = book::index::snippet(text, &["bcc"], 40);
/// let marked = cut.iter().find(|fragment| fragment.highlighted).unwrap();
/// assert_eq!(&text[marked.range.clone()], "ＢＣＣ");
/// ```
pub fn snippet(original: &str, words: &[&str], most: usize) -> Vec<Fragment> {
    let folding = Folding::new(original);
    let words: Vec<String> = words.iter().map(|w| fold(w)).filter(|w| !w.is_empty()).collect();
    let mut found: Vec<(Range<usize>, usize)> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        for at in memmem::find_iter(folding.text().as_bytes(), word) {
            let Some(range) = folding.original(at..at + word.len()) else { continue };
            found.push((range, index));
        }
    }
    found.sort_by_key(|(range, _)| (range.start, range.end));
    let window = best(original, &found, words.len(), most);
    let mut fragments: Vec<Fragment> = Vec::new();
    let mut at = window.start;
    for (range, _) in found {
        // Words may overlap; a part already shown is not shown again.
        let range = range.start.max(at)..range.end.min(window.end);
        if range.is_empty() {
            continue;
        }
        push(&mut fragments, at..range.start, false);
        at = range.end;
        push(&mut fragments, range, true);
    }
    push(&mut fragments, at..window.end, false);
    fragments
}

fn push(fragments: &mut Vec<Fragment>, range: Range<usize>, highlighted: bool) {
    match fragments.last_mut() {
        _ if range.is_empty() => {}
        Some(last) if last.highlighted == highlighted && last.range.end == range.start => {
            last.range.end = range.end;
        }
        _ => fragments.push(Fragment { range, highlighted }),
    }
}

/// The stretch with the most different words, the earliest of equals.
fn best(
    original: &str,
    found: &[(Range<usize>, usize)],
    words: usize,
    most: usize,
) -> Range<usize> {
    let mut best = (0, 0..forward(original, 0, most));
    for (index, (range, _)) in found.iter().enumerate().take(1_000) {
        let lead = back(original, range.start, LEAD.min(most / 3));
        // No word is shown by its end alone.
        let cut =
            found[..index].iter().rfind(|(word, _)| (word.start + 1..word.end).contains(&lead));
        let start = cut.map_or(lead, |(word, _)| word.end.min(range.start));
        let end = forward(original, start, most);
        let mut seen = vec![false; words];
        for (inside, word) in found[index..].iter().take(1_000) {
            if inside.end > end {
                break;
            }
            seen[*word] = true;
        }
        let different = seen.iter().filter(|&&seen| seen).count();
        if different > best.0 {
            best = (different, start..end);
        }
        if different == words {
            break;
        }
    }
    best.1
}

/// The start of the character `by` characters before `at`, within its paragraph.
fn back(original: &str, at: usize, by: usize) -> usize {
    let before = original[..at].char_indices().rev().take(by);
    before.take_while(|&(_, c)| c != '\n').last().map_or(at, |(start, _)| start)
}

fn forward(original: &str, at: usize, by: usize) -> usize {
    original[at..].char_indices().nth(by).map_or(original.len(), |(length, _)| at + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Highlighted parts in brackets.
    fn check(original: &str, words: &[&str], most: usize, expected: &str) {
        let shown: String = snippet(original, words, most)
            .iter()
            .map(|fragment| {
                let text = &original[fragment.range.clone()];
                if fragment.highlighted { format!("[{text}]") } else { text.to_owned() }
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_words_are_shown_where_most_of_them_are() {
        check("氏名と住所が漏えい", &["住所", "漏えい"], 20, "氏名と[住所]が[漏えい]");
        check("氏名と住所が漏えい", &["電話"], 5, "氏名と住所");
        check("あ住所い住所う電話え", &["住所", "電話"], 7, "い[住所]う[電話]え");
        check("住 所録", &["住所", "所録"], 9, "[住 所録]");
        check("", &["住所"], 9, "");
        check("一行目\n二行目のＢＣＣ", &["bcc"], 12, "二行目の[ＢＣＣ]");
    }
}
