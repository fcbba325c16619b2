//! Our categories against those of others: the actions of VERIS, and the causes that JNSA (日本ネット
//! ワークセキュリティ協会) and TSR (東京商工リサーチ) tabulate. One file of data,
//! `crates/exchange/data/categories.json`, serves the exports and the page in `docs/`. It does not
//! know by which words a text says a category.

use std::fmt::Write as _;
use std::sync::LazyLock;

use case::{Category, Lang};
use serde_json::Value;

use crate::tsv::rows;
use crate::veris::CATEGORIES_READ;

/// The data.
static TABLE: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../data/categories.json")).unwrap_or_default()
});

/// The row of a category.
fn row(category: Category) -> &'static Value {
    let mut rows = TABLE.as_array().into_iter().flatten();
    rows.find(|row| row["category"] == category.name()).unwrap_or(&Value::Null)
}

/// The parts of a VERIS record that a category is written as: `actor`, `action`, sometimes `asset`
/// and `attribute`.
pub(crate) fn veris_of(category: Category) -> &'static Value {
    &row(category)["veris"]
}

/// The techniques of attack that a category names of itself, with the number that MITRE ATT&CK
/// gives each, where it has one. An accident names none.
pub(crate) fn techniques(
    category: Category,
) -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
    let techniques = row(category)["stix"].as_array().into_iter().flatten();
    techniques.filter_map(|technique| Some((technique[0].as_str()?, technique[1].as_str())))
}

/// The causes in JNSA's survey that a category falls under, the usual one first.
pub fn jnsa(category: Category) -> Vec<&'static str> {
    texts(&row(category)["jnsa"])
}

/// The causes in TSR's survey that a category falls under, the usual one first.
pub fn tsr(category: Category) -> Vec<&'static str> {
    texts(&row(category)["tsr"])
}

fn texts(list: &'static Value) -> Vec<&'static str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The table of the page `docs/categories.md`.
pub fn markdown() -> String {
    let mut page = String::from(
        "| category | written to VERIS as | read from VERIS | JNSA | TSR |\n| --- | --- | --- | --- | --- |\n",
    );
    for category in Category::ALL {
        let _ = writeln!(
            page,
            "| `{category}` {} | {} | {} | {} | {} |",
            category.label(Lang::Ja),
            written(veris_of(*category)),
            read(*category),
            jnsa(*category).join("、"),
            tsr(*category).join("、"),
        );
    }
    page
}

/// `malware: Ransomware`
fn written(veris: &Value) -> String {
    let actions = veris["action"].as_object().into_iter().flatten();
    let mut parts: Vec<String> = actions
        .map(|(action, said)| match said["variety"][0].as_str() {
            Some(variety) => format!("{action}: {variety}"),
            None => format!("{action} action"),
        })
        .collect();
    let attributes = veris["attribute"].as_object().into_iter().flatten();
    parts.extend(attributes.filter_map(|(attribute, said)| {
        said["variety"][0].as_str().map(|variety| format!("{attribute}: {variety}"))
    }));
    parts.extend(
        veris["asset"]["assets"][0]["variety"].as_str().map(|asset| format!("asset: {asset}")),
    );
    let actors = veris["actor"].as_object().into_iter().flatten();
    parts.extend(actors.map(|(actor, _)| format!("actor: {actor}")));
    parts.join("; ")
}

/// The rules of a category, shortened.
fn read(category: Category) -> String {
    let rules = rows::<5>(CATEGORIES_READ).filter(|[name, ..]| *name == category.name());
    let shown = rules.map(|[_, path, value, also_path, also]| {
        let place = |path: &str| {
            let path = path.trim_start_matches("/action/").trim_start_matches('/');
            path.replace("/variety", "").replace("/*", "").replace('/', ".")
        };
        let value = if value == "*" { "any" } else { value };
        match (also_path, also) {
            ("", _) => format!("{}: {value}", place(path)),
            (also_path, "*") => format!("{}: {value}, with {}", place(path), place(also_path)),
            _ => format!("{}: {value}, with {also}", place(path)),
        }
    });
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() { "–".to_owned() } else { shown.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_has_a_whole_row() {
        for category in Category::ALL {
            assert!(veris_of(*category)["action"].is_object(), "{category}");
            assert!(veris_of(*category)["actor"].is_object(), "{category}");
            assert!(!jnsa(*category).is_empty() && !tsr(*category).is_empty(), "{category}");
        }
        assert_eq!(TABLE.as_array().map(Vec::len), Some(Category::ALL.len()));
    }
}
