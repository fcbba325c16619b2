//! Which report of a case this is: 第1報, 第2報, 続報, 最終報, as its title or head says.

use case::Report;

use crate::page::Page;
use crate::words::letters;

/// The report number that the head of the page names; a reference to an earlier report in the text
/// is none.
pub(super) fn read(page: &Page<'_>) -> Option<Report> {
    /// The longest line that names a report, in characters.
    const LONGEST_HEAD: usize = 40;
    const NUMBERS: &[(&str, u32)] = &[
        ("一", 1),
        ("二", 2),
        ("三", 3),
        ("四", 4),
        ("五", 5),
        ("六", 6),
        ("七", 7),
        ("八", 8),
        ("九", 9),
        ("十", 10),
    ];
    let stop = page.opening().unwrap_or(page.text().len());
    for line in page.lines.iter().take_while(|line| line.extent.end <= stop.max(1)).take(12) {
        let words = page.folded_words(line.extent);
        let title = page
            .header
            .title
            .is_some_and(|title| line.extent.start <= title.start && title.end <= line.extent.end);
        // A character is at most four bytes: most lines of prose are told without counting.
        let long = || words.len() > 4 * LONGEST_HEAD || words.chars().count() > LONGEST_HEAD;
        if (!title && long()) || !letters!("報").stand_in(words) {
            continue;
        }
        let is_final = ["最終報", "最終報告"]
            .iter()
            .find_map(|word| words.find(word).map(|at| (at, word.len())));
        if let Some((at, length)) = is_final {
            let cite = page.cite(line.extent.start + at, line.extent.start + at + length)?;
            return Some(Report { number: None, is_final: true, cite });
        }
        for (at, _) in words.match_indices('第') {
            let rest = &words[at + '第'.len_utf8()..];
            let Some(end) = rest.find('報') else { continue };
            let digits = &rest[..end];
            let number = digits.parse().ok().or_else(|| {
                NUMBERS.iter().find(|(kanji, _)| *kanji == digits).map(|(_, number)| *number)
            });
            if let Some(number) = number {
                let start = line.extent.start + at;
                let cite = page.cite(start, start + '第'.len_utf8() + end + '報'.len_utf8())?;
                return Some(Report { number: Some(number), is_final: false, cite });
            }
        }
        if let Some(at) = words.find("続報") {
            let start = line.extent.start + at;
            return Some(Report {
                number: None,
                is_final: false,
                cite: page.cite(start, start + "続報".len())?,
            });
        }
    }
    None
}
