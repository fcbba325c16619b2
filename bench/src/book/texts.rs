//! The texts of the book that is measured: our own releases with other names, numbers and dates,
//! filled up with paragraphs of each other to a realistic length. It does not know what is read
//! from them.

use std::iter::Peekable;
use std::path::Path;
use std::str::Chars;
use std::{fs, io};

use super::seeded::{self, Seeded};
use crate::generate;

/// Bytes of a text: at least the first, about the second at most, unless its release is longer.
const LEAST_BYTES: usize = 1_500;
const MOST_BYTES: usize = 4_000;

/// A release of our own.
struct Release {
    text: String,
    organisation: Option<String>,
}

/// Makes texts, the same ones for the same seed.
pub(crate) struct Maker {
    releases: Vec<Release>,
    /// What texts are filled up with.
    paragraphs: Vec<String>,
    chance: Seeded,
}

impl Maker {
    /// Reads the releases of the literate cases.
    pub(crate) fn new(seed: u64) -> io::Result<Self> {
        let folder = Path::new("crates/reader/cases/dev");
        let mut paths = fs::read_dir(folder)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()?;
        paths.sort();
        let mut releases = Vec::new();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "md")) {
            let page = fs::read_to_string(path)?;
            let Some(text) = generate::fenced(&page) else { continue };
            let organisation = page
                .split_once("\"organisation\": \"")
                .and_then(|(_, rest)| rest.split_once('"'))
                .map(|(name, _)| name.to_owned());
            releases.push(Release { text, organisation });
        }
        if releases.is_empty() {
            return Err(io::Error::other("no releases found: start me in the repository's root"));
        }
        let paragraphs = releases
            .iter()
            .flat_map(|release| release.text.split("\n\n"))
            .filter(|part| part.contains('。') && (90..900).contains(&part.len()))
            .map(|part| part.trim().to_owned())
            .collect();
        Ok(Self { releases, paragraphs, chance: Seeded::new(seed) })
    }

    /// The next text.
    pub(crate) fn text(&mut self) -> String {
        let Self { releases, paragraphs, chance } = self;
        let release = chance.pick(releases);
        let wanted = LEAST_BYTES + chance.below(MOST_BYTES - LEAST_BYTES);
        let mut parts: Vec<&str> = release.text.trim_end().split("\n\n").collect();
        let mut length = release.text.len();
        while length < wanted {
            let more = chance.pick(paragraphs);
            length += more.len();
            // What stands first names the case, what stands last closes it.
            parts.insert(parts.len().saturating_sub(1).max(1).min(parts.len()), more);
        }
        let mut text = parts.join("\n\n");
        if let Some(known) = &release.organisation {
            text = text.replace(known, &seeded::organisation(chance, known));
        }
        let other = Other { year: None, wanted: 2008 + chance.below(18), months: chance.below(12) };
        let mut text = other.dates(&text, chance);
        let (who, place) = (seeded::name(chance), seeded::name(chance));
        text.extend(["\n\n担当 ", &place, "支所 ", &who, "\n"]);
        text
    }
}

/// How dates are moved: all of a text alike.
struct Other {
    /// The first year of the text, once it is met.
    year: Option<usize>,
    /// The year that it becomes.
    wanted: usize,
    /// By how many months.
    months: usize,
}

impl Other {
    /// The text with other dates and numbers. Days of the week are left out, since they would
    /// contradict the dates.
    fn dates(mut self, text: &str, chance: &mut Seeded) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text.chars().peekable();
        while let Some(&c) = rest.peek() {
            if digit(c).is_none() {
                out.push(c);
                rest.next();
                continue;
            }
            let wide = !c.is_ascii();
            let mut digits = Vec::new();
            while let Some(value) = rest.peek().copied().and_then(digit) {
                digits.push(value);
                rest.next();
            }
            let digits = self.number(&digits, rest.peek().copied(), chance);
            out.extend(digits.iter().map(|&value| written(value, wide)));
            if rest.peek() == Some(&'日') {
                out.push('日');
                rest.next();
                skip_weekday(&mut rest);
            }
        }
        out
    }

    /// What stands in the place of a number before `unit`.
    fn number(&mut self, digits: &[u32], unit: Option<char>, chance: &mut Seeded) -> Vec<u32> {
        let value = digits
            .iter()
            .fold(0_usize, |all, &digit| all.saturating_mul(10).saturating_add(digit as usize));
        match (unit, digits.len()) {
            (Some('年'), 4) => {
                let first = *self.year.get_or_insert(value);
                figures((value + self.wanted).saturating_sub(first))
            }
            (Some('月'), 1 | 2) if (1..=12).contains(&value) => {
                figures((value - 1 + self.months) % 12 + 1)
            }
            (Some('日'), 1 | 2) => figures(value.min(28)),
            (Some('年' | '月' | '時' | '分' | '秒' | ':' | '：'), _) => digits.to_vec(),
            // One digit numbers a heading; a leading zero makes a telephone number.
            _ if digits.len() == 1 || digits[0] == 0 => digits.to_vec(),
            _ => (0..digits.len())
                .map(|at| 1 + u32::try_from(chance.below(9)).unwrap_or(0) - u32::from(at > 0))
                .collect(),
        }
    }
}

fn digit(c: char) -> Option<u32> {
    let c = match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32)?,
        c => c,
    };
    c.to_digit(10)
}

fn written(digit: u32, wide: bool) -> char {
    let zero = if wide { '０' } else { '0' };
    char::from_u32(zero as u32 + digit).unwrap_or(zero)
}

fn figures(value: usize) -> Vec<u32> {
    value.to_string().chars().filter_map(|c| c.to_digit(10)).collect()
}

/// Passes over `（月）` and `(月曜日)`.
fn skip_weekday(rest: &mut Peekable<Chars<'_>>) {
    let mut ahead = rest.clone();
    if !matches!(ahead.next(), Some('（' | '(')) {
        return;
    }
    if !matches!(ahead.next(), Some('月' | '火' | '水' | '木' | '金' | '土' | '日')) {
        return;
    }
    for c in ahead.by_ref().take(4) {
        match c {
            '曜' | '日' => {}
            '）' | ')' => {
                *rest = ahead;
                return;
            }
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_move_together_and_lose_their_weekday() {
        let other = Other { year: None, wanted: 2020, months: 1 };
        let text = "2018年9月14日（金）に1,283名、0120-000-0000、翌２０１９年１２月３１日";
        let moved = other.dates(text, &mut Seeded::new(1));
        assert!(moved.starts_with("2020年10月14日に1,"), "{moved}");
        assert!(moved.ends_with("名、0120-000-0000、翌２０２１年１月２８日"), "{moved}");
        assert!(!moved.contains("1,283"), "{moved}");
    }
}
