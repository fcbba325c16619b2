//! Rule: the glossary has every label that a case can show, Japanese beside English, and none that
//! is gone. It does not judge the words.

use super::source::tokens;
use super::{Finding, House};

const PAGE: &str = "docs/glossary.md";
const VALUES: &str = "crates/case/src/values.rs";

/// A value of the case record: its field's type, its name there, and its labels.
#[derive(Debug, PartialEq, Eq)]
struct Label {
    record: String,
    ja: String,
    en: String,
}

/// The labels without a line, and the lines without a label.
pub(super) fn check(house: &House) -> Vec<Finding> {
    let labels = labels(house.tree.text(VALUES).unwrap_or_default());
    if labels.is_empty() {
        return vec![Finding::new(VALUES, "has no labels that this rule can read")];
    }
    let page = house.tree.text(PAGE).unwrap_or_default();
    let rows: Vec<Label> = page.lines().filter_map(row).collect();
    let missing = labels.iter().filter(|label| !rows.contains(label)).map(|label| {
        Finding::new(PAGE, format!("add | {} | {} | `{}` |", label.ja, label.en, label.record))
    });
    let needless = rows.iter().filter(|row| !labels.contains(row)).map(|row| {
        Finding::new(PAGE, format!("no value has | {} | {} | `{}` |", row.ja, row.en, row.record))
    });
    missing.chain(needless).collect()
}

/// One line of a table of labels: | Japanese | English | `value` |
fn row(line: &str) -> Option<Label> {
    let cells: Vec<&str> =
        line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
    let [ja, en, record] = cells.as_slice() else { return None };
    let record = record.strip_prefix('`')?.strip_suffix('`')?;
    Some(Label { record: record.to_owned(), ja: (*ja).to_owned(), en: (*en).to_owned() })
}

/// Every `Name "record" "ja" "en",` in the source.
fn labels(source: &str) -> Vec<Label> {
    let Ok(tokens) = tokens(source) else { return Vec::new() };
    let word = |text: &str| text.strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
    tokens
        .windows(5)
        .filter(|window| window[0].text.starts_with(char::is_uppercase) && window[4].text == ",")
        .filter_map(|window| {
            Some(Label {
                record: word(&window[1].text)?,
                ja: word(&window[2].text)?,
                en: word(&window[3].text)?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Packages, Tree};
    use super::*;

    const SOURCE: &str = "values! {\n /// Doc.\n Kind {\n Incident \"incident\" \"事件\" \"incident\",\n Column \"column\" \"コラム\" \"column\",\n }\n}";

    fn found(page: &str) -> Vec<String> {
        let tree = Tree::sample(&[(PAGE, page), (VALUES, SOURCE)]);
        check(&House { tree, packages: Packages::default() })
            .iter()
            .map(|f| f.message.clone())
            .collect()
    }

    #[test]
    fn a_line_for_each_label_is_what_is_wanted() {
        assert_eq!(
            found(
                "| 事件 | incident | `incident` |\n| コラム | column | `column` |\n| 漏えい | leak |\n"
            ),
            [""; 0]
        );
    }

    #[test]
    fn missing_and_stale_lines_are_named() {
        assert_eq!(
            found("| 事件 | incident | `incident` |\n"),
            ["add | コラム | column | `column` |"]
        );
        assert_eq!(
            found("| 事件 | event | `incident` |\n| コラム | column | `column` |\n").len(),
            2
        );
    }

    #[test]
    fn a_source_without_labels_is_a_finding() {
        let tree = Tree::sample(&[(VALUES, "enum Kind { Incident }")]);
        assert_eq!(check(&House { tree, packages: Packages::default() }).len(), 1);
    }
}
