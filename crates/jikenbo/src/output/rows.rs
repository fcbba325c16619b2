//! The facts of a case as the rows of a card. It does not know how the rows are set, or what stands
//! behind a fact.

use anstyle::{AnsiColor, Style as Paint};
use case::{Facts, Lang, SecondaryDamage};

use super::card::{GAP, Row};
use super::cells::{pad, plain, width};
use super::words::{self, of};

const WARNING: Paint = AnsiColor::Yellow.on_default().bold();
const CATEGORY: Paint = AnsiColor::Red.on_default().bold();
/// The width up to which times of a timeline are set in a column: a day with a time, and about.
const WIDEST_TIME: usize = 22;

/// The facts of a case in the order of a card, each with what stands behind it.
pub(crate) fn rows<C: Clone>(facts: &Facts<C>, lang: Lang) -> Vec<(Row, Option<C>)> {
    let mut rows = Rows { lang, rows: Vec::new() };
    for warning in &facts.warnings {
        let value = format!("⚠ {}: {}", warning.code.label(lang), warning.message);
        rows.add("注意", "warning", &value, Some(&warning.cite));
    }
    for (row, _) in &mut rows.rows {
        row.paint = WARNING;
    }
    rows.who(facts);
    rows.what(facts);
    rows.then(facts);
    rows.rows
}

struct Rows<C> {
    lang: Lang,
    rows: Vec<(Row, Option<C>)>,
}

impl<C: Clone> Rows<C> {
    fn add(&mut self, ja: &'static str, en: &'static str, value: &str, cite: Option<&C>) {
        let label = of(self.lang, ja, en);
        let value = plain(value).into_owned();
        self.rows.push((Row { label, value, ..Row::default() }, cite.cloned()));
    }

    /// Who tells of what kind of incident, and when.
    fn who(&mut self, facts: &Facts<C>) {
        let lang = self.lang;
        if let Some(x) = &facts.organisation {
            self.add("組織", "organisation", &x.value, Some(&x.cite));
        }
        if let Some(x) = &facts.sector {
            self.add("業種", "sector", x.value.label(lang), Some(&x.cite));
        }
        for x in &facts.other_organisations {
            let value = format!("{}({})", x.value, x.role.label(lang));
            self.add("関係組織", "also named", &value, Some(&x.cite));
        }
        if let Some(x) = &facts.disclosed_on {
            self.add("公表日", "disclosed", &words::moment(x.value), Some(&x.cite));
        }
        if let Some(x) = &facts.report {
            self.add("報", "report", &words::report(x, lang), Some(&x.cite));
        }
        let first = facts.category.cites.first();
        self.add("分類", "category", facts.category.value.label(lang), first);
        if let Some((row, _)) = self.rows.last_mut() {
            row.paint = CATEGORY;
        }
    }

    /// What happened to what data.
    fn what(&mut self, facts: &Facts<C>) {
        let lang = self.lang;
        if let Some(x) = &facts.occurred {
            self.add("発生", "occurred", &words::when(&x.value, lang), Some(&x.cite));
        }
        if let Some(x) = &facts.discovered {
            self.add("発覚", "discovered", &words::when(&x.value, lang), Some(&x.cite));
        }
        for x in &facts.affected_count {
            let number = words::count(x, lang);
            let value = match &x.what {
                Some(what) => format!("{number} {what}"),
                None => number,
            };
            self.add("件数", "affected", &value, Some(&x.cite));
        }
        for x in &facts.data_kinds {
            self.add("情報", "data", x.value.label(lang), Some(&x.cite));
        }
        if let Some(x) = &facts.data_disclosure {
            self.add("漏えい", "disclosure", x.value.label(lang), Some(&x.cite));
        }
        if let Some(x) = &facts.secondary_damage {
            let value: SecondaryDamage = x.value;
            self.add("二次被害", "misuse", value.label(lang), Some(&x.cite));
        }
        for x in &facts.technical {
            let value = format!("{}: {}", x.kind.label(lang), x.value);
            self.add("技術情報", "technical", &value, Some(&x.cite));
        }
    }

    /// What was done since.
    fn then(&mut self, facts: &Facts<C>) {
        let lang = self.lang;
        let times: Vec<String> = facts.timeline.iter().map(|x| words::when(&x.at, lang)).collect();
        let widest = times.iter().map(|time| width(time)).max().unwrap_or(0).min(WIDEST_TIME);
        for (x, time) in facts.timeline.iter().zip(&times) {
            self.add("経過", "timeline", "", Some(&x.cite));
            if let Some((row, _)) = self.rows.last_mut() {
                let gap = " ".repeat(GAP);
                row.value = format!("{time} {}", x.event_type.label(lang));
                row.set = format!("{}{gap}{}", pad(time, widest), x.event_type.label(lang));
            }
        }
        for x in &facts.reported_to {
            self.add("届出先", "reported to", x.value.label(lang), Some(&x.cite));
        }
        for x in &facts.services {
            let value = format!("{}({})", x.name, x.status.label(lang));
            self.add("サービス", "services", &value, Some(&x.cite));
        }
        for x in &facts.progress {
            self.add("復旧状況", "progress", &words::progress(x, lang), Some(&x.cite));
        }
        for x in &facts.prevention {
            self.add("再発防止", "prevention", x.value.label(lang), Some(&x.cite));
        }
    }
}
