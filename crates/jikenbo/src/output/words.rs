//! Words of the page for people, in Japanese and English; those of the facts are `case::words`.

use case::Lang;
pub(crate) use case::words::{count, moment, number, progress, report, when};

/// One of two words, by language.
pub(crate) const fn of(lang: Lang, ja: &'static str, en: &'static str) -> &'static str {
    lang.of(ja, en)
}

/// A number of things in English, where one of them is no plural.
pub(crate) fn many(number: u64, one: &str, others: &str) -> String {
    let things = if number == 1 { one } else { others };
    format!("{} {things}", self::number(number))
}

/// Sums in words, with their thousands apart.
pub(crate) fn signed(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", number(value.unsigned_abs()))
}

/// The footnote on sources whose lines are not those of the file.
pub(crate) const fn decoded_lines(lang: Lang) -> &'static str {
    of(
        lang,
        "※ PDF・HTML・メール・フィードの行番号は、復号した本文(--format json --with-text の text)のものです。",
        "* Lines of PDF, HTML, mail and feeds are those of the decoded text (`text` in --format json --with-text).",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        let told = [0, 1, 2_000].map(|number| many(number, "case", "cases"));
        assert_eq!(told, ["0 cases", "1 case", "2,000 cases"]);
        assert_eq!(signed(-1_234), "-1,234");
    }
}
