//! What the rows of statistics are called in a table for people. Programs get the names themselves.

use book::stats::delay::{Stretch, bucket_label};
use book::stats::sizes::{Counted, Exactness};
use book::stats::{By, Row};
use case::{Field, Lang};

use crate::output::words;

/// A row as people read it: group, item, what is given, the figure.
pub(super) fn row(row: &Row, lang: Lang) -> Vec<String> {
    vec![
        group(&row.group, lang),
        item(&row.group, &row.key, lang),
        figure(row.what, lang).to_owned(),
        words::signed(row.value),
    ]
}

fn group(name: &str, lang: Lang) -> String {
    if let Some(by) = By::ALL.iter().find(|by| by.name() == name) {
        return by.label(lang).to_owned();
    }
    if let Some(stretch) = stretch(name) {
        return stretch.label(lang).to_owned();
    }
    match name {
        "all" => lang.of("全体", "all").to_owned(),
        "affected" => Field::AffectedCount.label(lang).to_owned(),
        "affected_order" => {
            format!("{}{}", Field::AffectedCount.label(lang), lang.of("(桁別)", ", by size"))
        }
        other => other.to_owned(),
    }
}

fn stretch(name: &str) -> Option<Stretch> {
    Stretch::ALL.iter().copied().find(|stretch| stretch.name() == name)
}

fn item(group: &str, key: &str, lang: Lang) -> String {
    if key == "unknown" {
        return lang.of("不明", "unknown").to_owned();
    }
    if let Some(by) = By::ALL.iter().find(|by| by.name() == group) {
        return by.key_label(key, lang);
    }
    if stretch(group).is_some() {
        return match (key, key.strip_prefix('p')) {
            ("known", _) => lang.of("日数が分かるもの", "known to the day").to_owned(),
            ("p50", _) => lang.of("中央値", "median").to_owned(),
            (_, Some(share)) => {
                format!("{share}%{}", lang.of("がこの日数以内", " take no longer"))
            }
            (bucket, None) => bucket_label(bucket, lang).to_owned(),
        };
    }
    match group {
        "all" => lang.of("事件", "incidents").to_owned(),
        "affected" => sort(key, lang).unwrap_or_else(|| key.to_owned()),
        "affected_order" => {
            let ends: Vec<String> =
                key.split('-').filter_map(|end| end.parse().ok()).map(words::number).collect();
            ends.join("–")
        }
        _ => key.to_owned(),
    }
}

/// `exact_people`: how exact the number is, and what it counts.
fn sort(key: &str, lang: Lang) -> Option<String> {
    Exactness::ALL.iter().find_map(|exactness| {
        let counted = key.strip_prefix(exactness.name())?.strip_prefix('_')?;
        let counted = Counted::ALL.iter().find(|known| known.name() == counted)?;
        let gap = lang.of("・", ", ");
        Some(format!("{}{gap}{}", exactness.label(lang), counted.label(lang)))
    })
}

fn figure(what: &str, lang: Lang) -> &str {
    match what {
        "cases" => lang.of("件数", "cases"),
        "sum" => lang.of("合計", "sum"),
        "median" => lang.of("中央値", "median"),
        "largest" => lang.of("最大", "largest"),
        "days" => lang.of("日数", "days"),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(group: &str, key: &str, what: &'static str, lang: Lang) -> String {
        let row =
            Row { group: group.into(), key: key.into(), what, value: 1_234, query: String::new() };
        super::row(&row, lang).join(" ")
    }

    #[test]
    fn every_row_has_words_of_the_language() {
        for (group, key, what, ja, en) in [
            ("all", "all", "cases", "全体 事件 件数 1,234", "all incidents cases 1,234"),
            (
                "month",
                "2031-04",
                "cases",
                "公表月 2031-04 件数 1,234",
                "month of disclosure 2031-04 cases 1,234",
            ),
            (
                "category", "unknown", "cases", "分類 不明 件数 1,234",
                "category unknown cases 1,234",
            ),
            (
                "affected",
                "at_least_people",
                "sum",
                "影響の規模 以上・人数 合計 1,234",
                "affected at least, people sum 1,234",
            ),
            (
                "affected_order",
                "1000-9999",
                "cases",
                "影響の規模(桁別) 1,000–9,999 件数 1,234",
                "affected, by size 1,000–9,999 cases 1,234",
            ),
            (
                "in_all",
                "p50",
                "days",
                "発生から公表まで 中央値 日数 1,234",
                "from occurrence to disclosure median days 1,234",
            ),
            (
                "in_all",
                "p90",
                "days",
                "発生から公表まで 90%がこの日数以内 日数 1,234",
                "from occurrence to disclosure 90% take no longer days 1,234",
            ),
            (
                "in_all",
                "180d",
                "cases",
                "発生から公表まで 180日以内 件数 1,234",
                "from occurrence to disclosure up to 180 days cases 1,234",
            ),
        ] {
            assert_eq!(told(group, key, what, Lang::Ja), ja);
            assert_eq!(told(group, key, what, Lang::En), en);
        }
    }
}
