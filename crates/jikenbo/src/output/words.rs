//! Words of the page for people, in Japanese and English; those of the facts are `case::words`.

use case::Lang;
pub(crate) use case::words::{count, moment, number, progress, report, when};

/// One of two words, by language.
pub(crate) const fn of(lang: Lang, ja: &'static str, en: &'static str) -> &'static str {
    lang.of(ja, en)
}

/// The footnote on sources whose lines are not those of the file.
pub(crate) const fn decoded_lines(lang: Lang) -> &'static str {
    of(
        lang,
        "※ PDF・HTML・メール・フィードの行番号は、復号した本文(--format json --with-text の text)のものです。",
        "* Lines of PDF, HTML, mail and feeds are those of the decoded text (`text` in --format json --with-text).",
    )
}
