//! What the text contradicts in itself: weekdays that do not fit, periods that run backwards,
//! counts that do not add up.

use case::{Warning, WarningCode};

use crate::grammar::counts::UnitClass;
use crate::page::Page;

/// All contradictions, in the order of the text.
pub(super) fn read(page: &Page<'_>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for resolved in &page.resolved {
        if let Some(at) = resolved.weekday_conflict
            && let Some(cite) = page.cite(at.start, at.end)
        {
            let message = format!(
                "{} does not fall on the weekday written beside it",
                resolved.when.to.unwrap_or(resolved.when.from).date()
            );
            warnings.push(Warning { code: WarningCode::WeekdayConflict, message, cite });
        }
        let range = page.mentions[resolved.mention].range;
        if resolved.range_reversed
            && let Some(cite) = page.cite(range.start, range.end)
        {
            let message = "the period ends before it begins".to_owned();
            warnings.push(Warning { code: WarningCode::RangeReversed, message, cite });
        }
    }
    warnings.extend(count_conflicts(page));
    warnings.sort_by_key(|warning| warning.cite);
    warnings
}

/// A sentence that breaks a total down (合計10件(A 6件、B 3件)) into parts of the same unit that do
/// not add up to it.
fn count_conflicts(page: &Page<'_>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (at, total) in page.quantities.iter().enumerate() {
        if total.approx
            || total.several
            || matches!(
                total.class,
                UnitClass::Money
                    | UnitClass::Percent
                    | UnitClass::Duration
                    | UnitClass::Size
                    | UnitClass::Times
            )
        {
            continue;
        }
        let after = &page.text()[total.range.end..];
        let Some(inner) = after
            .strip_prefix('(')
            .and_then(|inside| inside.find(')').map(|close| &inside[..close]))
        else {
            continue;
        };
        let inner_end = total.range.end + 1 + inner.len();
        let unit = total.unit.map(|unit| unit.of(page.text()));
        let parts: Vec<_> = page.quantities[at + 1..]
            .iter()
            .take_while(|part| part.range.end <= inner_end)
            .collect();
        let comparable = parts.len() >= 2
            && parts
                .iter()
                .all(|part| !part.approx && part.unit.map(|unit| unit.of(page.text())) == unit)
            && !inner.contains("うち")
            && !inner.contains("重複");
        let sum: u64 = parts.iter().map(|part| part.value).sum();
        if comparable
            && sum != total.value
            && let Some(cite) = page.cite(total.range.start, inner_end + 1)
        {
            let message = format!("the parts add up to {sum}, the total says {}", total.value);
            warnings.push(Warning { code: WarningCode::CountConflict, message, cite });
        }
    }
    warnings
}
