//! Tables for spreadsheets (RFC 4180): one row a case, or one row a fact with what stands behind
//! it. The columns are listed in `crates/exchange/data/csv-columns.tsv` and `docs/csv.md`. It does
//! not know which cases are wanted.
//!
//! - Lines end in CR LF; text is UTF-8, with a byte order mark where Excel is to open it.
//! - The elements of a list are parted by ` | `; a bar inside an element is doubled.
//! - A cell that a spreadsheet would take for a formula (`=`, `+`, `-`, `@`, their full-width
//!   forms, tab and carriage return, also after spaces) is preceded by `'`.

use case::{Cited, Facts, Field, Lang, Origin, Report, When};
use serde_json::Value;

use crate::Kept;
use crate::fields::{is_silent, value_alone, with_origins};
use crate::kept::to_the_second;
use crate::summary::amount;
use crate::tsv::rows as table_rows;

const COLUMNS: &str = include_str!("../data/csv-columns.tsv");

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// One row a case.
    Cases,
    /// One row a fact; a fact with several origins has a row for each.
    Facts,
}

impl Table {
    const fn name(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Facts => "facts",
        }
    }
}

/// How headings and the values of closed vocabularies are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Words {
    /// As in the case record: `occurred_from`, `ransomware`.
    #[default]
    Names,
    /// As people say: 発生（開始）, ランサムウェア. The values of the table of facts stay names.
    Labels(Lang),
}

/// The form of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Whether the text begins with a byte order mark: Excel takes it for `Shift_JIS` without.
    pub bom: bool,
    /// How headings and values are written.
    pub words: Words,
}

/// A table with its heading.
pub fn whole(table: Table, form: Form, cases: &[Kept<'_>]) -> Vec<u8> {
    let mut text = head(table, form);
    for kept in cases {
        text.extend(rows(table, form, kept));
    }
    text
}

/// The heading, and before it the byte order mark where there is to be one.
pub fn head(table: Table, form: Form) -> Vec<u8> {
    let mut text = if form.bom { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
    let names = columns(table).map(|[_, name, ja, en, _]| match form.words {
        Words::Names => name,
        Words::Labels(Lang::Ja) => ja,
        Words::Labels(Lang::En) => en,
    });
    text.extend(written(std::iter::once(names.map(str::to_owned).collect())));
    text
}

/// The rows of one case.
pub fn rows(table: Table, form: Form, kept: &Kept<'_>) -> Vec<u8> {
    match table {
        Table::Cases => {
            let row = columns(table)
                .map(|[_, column, ..]| cell(column, kept, form.words).unwrap_or_default());
            written(std::iter::once(row.collect()))
        }
        Table::Facts => written(facts(kept).into_iter()),
    }
}

/// The table of the page `docs/csv.md`.
pub fn markdown(table: Table) -> String {
    let rows = columns(table)
        .map(|[_, name, ja, en, what]| format!("| `{name}` | {ja} | {en} | {what} |\n"));
    format!(
        "| column | 見出し | heading | what |\n| --- | --- | --- | --- |\n{}",
        rows.collect::<String>()
    )
}

fn columns(table: Table) -> impl Iterator<Item = [&'static str; 5]> {
    table_rows::<5>(COLUMNS).filter(move |[of, ..]| *of == table.name())
}

fn written(rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    for row in rows {
        // Into memory there is nothing that fails.
        let _ = writer.write_record(row.iter().map(|cell| guarded(cell)));
    }
    writer.into_inner().unwrap_or_default()
}

/// A cell that no spreadsheet takes for a formula.
fn guarded(cell: &str) -> String {
    let opens =
        |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\t' | '\r');
    let first = cell.trim_start_matches([' ', '\u{3000}', '\n', '\u{feff}']).chars().next();
    if first.is_some_and(opens) { format!("'{cell}") } else { cell.to_owned() }
}

/// Elements in one cell.
fn list(elements: impl IntoIterator<Item = String>) -> String {
    let elements: Vec<String> =
        elements.into_iter().map(|element| element.replace('|', "||")).collect();
    elements.join(" | ")
}

fn yes(is: bool, words: Words) -> String {
    let text = match (words, is) {
        (Words::Names, true) => "true",
        (Words::Names, false) => "false",
        (Words::Labels(Lang::Ja), true) => "はい",
        (Words::Labels(Lang::Ja), false) => "いいえ",
        (Words::Labels(Lang::En), true) => "yes",
        (Words::Labels(Lang::En), false) => "no",
    };
    text.to_owned()
}

/// A value of a closed vocabulary.
macro_rules! said {
    ($value:expr, $words:expr) => {
        match $words {
            Words::Names => $value.name(),
            Words::Labels(lang) => $value.label(lang),
        }
        .to_owned()
    };
}

/// What stands in a column of the table of cases; none for a column that there is not.
fn cell(column: &str, kept: &Kept<'_>, words: Words) -> Option<String> {
    let facts = kept.facts;
    let text = |said: &Option<Cited<String, Origin>>| {
        said.as_ref().map(|said| said.value.clone()).unwrap_or_default()
    };
    Some(match column {
        "number" => kept.number.to_string(),
        "kind" => said!(facts.kind, words),
        "case_number" => {
            facts.case_number.as_ref().map(|said| said.value.to_string()).unwrap_or_default()
        }
        "title" => text(&facts.title),
        "organisation" => text(&facts.organisation),
        "sector" => facts.sector.as_ref().map(|said| said!(said.value, words)).unwrap_or_default(),
        "report" => facts.report.as_ref().map(report).unwrap_or_default(),
        "disclosed_on" => {
            facts.disclosed_on.as_ref().map(|said| said.value.to_string()).unwrap_or_default()
        }
        "category" => said!(facts.category.value, words),
        "data_disclosure" => {
            facts.data_disclosure.as_ref().map(|said| said!(said.value, words)).unwrap_or_default()
        }
        "secondary_damage" => {
            facts.secondary_damage.as_ref().map(|said| said!(said.value, words)).unwrap_or_default()
        }
        "sources" => list(kept.sources.iter().map(|source| source.name.to_owned())),
        "added" => to_the_second(kept.added),
        "changed" => to_the_second(kept.changed),
        _ => time(column, facts, words)
            .or_else(|| affected(column, facts, words))
            .or_else(|| listed(column, facts, words))?,
    })
}

fn report(report: &Report<Origin>) -> String {
    match (report.number, report.is_final) {
        (Some(number), false) => number.to_string(),
        (Some(number), true) => format!("{number} final"),
        (None, true) => "final".to_owned(),
        (None, false) => "follow-up".to_owned(),
    }
}

fn time(column: &str, facts: &Facts<Origin>, words: Words) -> Option<String> {
    let (which, part) = column.rsplit_once('_')?;
    let when: Option<When> = match which {
        "occurred" => facts.occurred.as_ref().map(|said| said.value),
        "discovered" => facts.discovered.as_ref().map(|said| said.value),
        _ => return None,
    };
    let of = |when: When| match part {
        "from" => Some(when.from.to_string()),
        "to" => Some(when.to.map(|to| to.to_string()).unwrap_or_default()),
        "approx" => Some(yes(when.approx, words)),
        _ => None,
    };
    when.map_or(Some(String::new()), of)
}

fn affected(column: &str, facts: &Facts<Origin>, words: Words) -> Option<String> {
    let first = facts.affected_count.first();
    Some(match column {
        "affected" => first.map(|count| count.value.to_string()).unwrap_or_default(),
        "affected_bound" => first.map(|count| said!(count.bound, words)).unwrap_or_default(),
        "affected_approx" => first.map(|count| yes(count.approx, words)).unwrap_or_default(),
        "affected_unit" => first.map(|count| count.unit.clone()).unwrap_or_default(),
        "affected_all" => list(facts.affected_count.iter().map(|count| {
            let lang = if let Words::Labels(lang) = words { lang } else { Lang::Ja };
            let what = count.what.as_deref().map(|what| format!("{what} ")).unwrap_or_default();
            format!("{what}{}", amount(count, lang))
        })),
        _ => return None,
    })
}

fn listed(column: &str, facts: &Facts<Origin>, words: Words) -> Option<String> {
    Some(match column {
        "other_organisations" => list(
            facts
                .other_organisations
                .iter()
                .map(|other| format!("{} ({})", other.value, said!(other.role, words))),
        ),
        "data_kinds" => list(facts.data_kinds.iter().map(|kind| said!(kind.value, words))),
        "reported_to" => list(facts.reported_to.iter().map(|to| said!(to.value, words))),
        "services" => list(
            facts
                .services
                .iter()
                .map(|service| format!("{} ({})", service.name, said!(service.status, words))),
        ),
        "progress" => list(facts.progress.iter().map(|progress| {
            let part = |n: Option<u64>| n.map_or_else(|| "?".to_owned(), |n| n.to_string());
            format!("{} {}/{}", progress.what, part(progress.done), part(progress.total))
        })),
        "prevention" => {
            let mut kinds: Vec<String> =
                facts.prevention.iter().map(|measure| said!(measure.value, words)).collect();
            let mut seen = std::collections::HashSet::new();
            kinds.retain(|kind| seen.insert(kind.clone()));
            list(kinds)
        }
        "technical" => list(
            facts
                .technical
                .iter()
                .map(|fact| format!("{}: {}", said!(fact.kind, words), fact.value)),
        ),
        "warnings" => list(facts.warnings.iter().map(|warning| warning.message.clone())),
        _ => return None,
    })
}

/// The rows of the table of facts.
fn facts(kept: &Kept<'_>) -> Vec<Vec<String>> {
    let fields = with_origins(kept.facts);
    let mut rows = Vec::new();
    for field in Field::ALL {
        match fields.get(field.name()) {
            Some(value) if is_silent(value) => {}
            Some(Value::Array(elements)) => {
                for (i, element) in elements.iter().enumerate() {
                    fact(&mut rows, kept, *field, Some(i + 1), element);
                }
            }
            Some(value) => fact(&mut rows, kept, *field, None, value),
            None => {}
        }
    }
    rows
}

/// A row for each origin, or one without.
fn fact(
    rows: &mut Vec<Vec<String>>,
    kept: &Kept<'_>,
    field: Field,
    index: Option<usize>,
    value: &Value,
) {
    let cites: Vec<&Value> = match (value.get("cite"), value.get("cites")) {
        (Some(cite), _) => vec![cite],
        (None, Some(Value::Array(cites))) if !cites.is_empty() => cites.iter().collect(),
        _ => vec![&Value::Null],
    };
    let plain = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let said = plain(&value_alone(value.clone()));
    for cite in cites {
        let kind = [("source", "words"), ("who", "person"), ("import", "import")];
        let kind = kind
            .into_iter()
            .find(|(part, _)| cite.get(part).is_some())
            .map_or("", |(_, kind)| kind);
        let part = |pointer: &str| cite.pointer(pointer).map(plain).unwrap_or_default();
        let mut row = vec![
            kept.number.to_string(),
            field.name().to_owned(),
            index.map(|i| i.to_string()).unwrap_or_default(),
            said.clone(),
            kind.to_owned(),
        ];
        row.extend(
            ["/source", "/span/0", "/span/1", "/who", "/at", "/why", "/import", "/pointer"]
                .map(part),
        );
        rows.push(row);
    }
}

#[cfg(test)]
mod tests {
    use case::{CaseNumber, Kind};
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn every_column_has_a_cell_and_every_fact_all_columns() {
        let facts = Facts::silent(Kind::Incident);
        let number = CaseNumber { year: 2031, serial: 1, width: 3 };
        let at = Timestamp::UNIX_EPOCH;
        let kept =
            Kept { number, facts: &facts, sources: &[], original: None, added: at, changed: at };
        for [_, column, ..] in columns(Table::Cases) {
            assert!(cell(column, &kept, Words::Names).is_some(), "{column}");
        }
        let width = columns(Table::Facts).count();
        assert!(super::facts(&kept).iter().all(|row| row.len() == width));
    }

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+81", "-1", "@SUM", "\tx", " =1", "\u{3000}＝1", "\r=1"] {
            assert_eq!(guarded(cell), format!("'{cell}"));
        }
        for cell in ["", "1-1", "2031-04-05", "a=b"] {
            assert_eq!(guarded(cell), cell);
        }
    }

    #[test]
    fn a_bar_in_an_element_is_doubled() {
        assert_eq!(list(["a|b".to_owned(), "c".to_owned()]), "a||b | c");
    }
}
