//! Counts in a query: a number, or from one to another. They do not know what is counted.

use std::fmt;
use std::ops::RangeInclusive;

use super::show;
use crate::index::fold;

/// From one number to another, both included; at least one of them is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Amount {
    from: Option<u64>,
    to: Option<u64>,
}

/// Why an amount cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotAmount {
    Unread,
    Reversed,
}

impl Amount {
    /// As the index counts.
    pub fn range(self) -> RangeInclusive<i64> {
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        signed(self.from.unwrap_or(0))..=signed(self.to.unwrap_or(u64::MAX))
    }

    /// Reads `1000`, `>1,000`, `100..500`, `1万人以上`.
    pub(super) fn parse(text: &str) -> Result<Self, NotAmount> {
        let amount = bounds(&fold(text)).ok_or(NotAmount::Unread)?;
        match amount {
            Self { from: None, to: None } => Err(NotAmount::Unread),
            Self { from: Some(from), to: Some(to) } if from > to => Err(NotAmount::Reversed),
            amount => Ok(amount),
        }
    }
}

fn bounds(text: &str) -> Option<Amount> {
    let at_least = |text| Some(Amount { from: Some(number(text)?), to: None });
    let at_most = |text| Some(Amount { from: None, to: Some(number(text)?) });
    let above = |text| Some(Amount { from: Some(number(text)?.checked_add(1)?), to: None });
    let below = |text| Some(Amount { from: None, to: Some(number(text)?.checked_sub(1)?) });
    if let Some(text) = text.strip_prefix(">=").or_else(|| text.strip_suffix("以上")) {
        return at_least(text);
    }
    if let Some(text) = text.strip_prefix("<=").or_else(|| text.strip_suffix("以下")) {
        return at_most(text);
    }
    if let Some(text) = text.strip_prefix('>').or_else(|| text.strip_suffix('超')) {
        return above(text);
    }
    if let Some(text) = text.strip_prefix('<').or_else(|| text.strip_suffix("未満")) {
        return below(text);
    }
    let Some((from, to)) = text.split_once("..").or_else(|| text.split_once('~')) else {
        let number = number(text)?;
        return Some(Amount { from: Some(number), to: Some(number) });
    };
    let end = |text: &str| if text.is_empty() { Some(None) } else { number(text).map(Some) };
    Some(Amount { from: end(from)?, to: end(to)? })
}

/// A number with its separators and 万 or 億, and what is counted behind it.
fn number(text: &str) -> Option<u64> {
    let text = text.trim_end_matches(['人', '名', '件', '社', '台', '通', '点', '世', '帯']);
    let (digits, factor) = match text.char_indices().next_back()? {
        (at, '千') => (&text[..at], 1_000),
        (at, '万') => (&text[..at], 10_000),
        (at, '億') => (&text[..at], 100_000_000),
        _ => (text, 1),
    };
    let digits: String = digits.chars().filter(|c| *c != ',').collect();
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse::<u64>().ok()?.checked_mul(factor)).flatten()
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::range(f, self.from, self.to)
    }
}
