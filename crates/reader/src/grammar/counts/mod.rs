//! Counts as releases write them: a number, what it is a number of, and how sure it is.
//!
//! [`scan`] does not know whose number it is: victims, a price and the staff of a company look
//! alike here.

mod number;
mod scan;
#[cfg(test)]
mod tests;
mod unit;

pub use scan::scan;
pub(crate) use scan::scan_into;
pub use unit::UnitClass;

use case::Bound;

use super::Extent;

/// One count as written, in the order of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own beside the number")]
pub struct Quantity {
    /// All of it: 約, 最大, 延べ before, the unit, 以上, 程度 and 分 after.
    pub range: Extent,
    /// The number alone, 万 and 億 included.
    pub number: Extent,
    /// The number; a fraction of one is dropped (99.9% gives 99). 数百 gives 100, 十数 gives 10,
    /// 数 alone gives 1: what it is at least. Of a range (10~20件) the upper end.
    pub value: u64,
    /// The lower end of a range (10~20件).
    pub low: Option<u64>,
    /// Whether 約, 程度, 数百 or the like makes it approximate.
    pub approx: bool,
    /// Whether the number is a limit: 最大, 以下, 未満 or 以上, 超, 少なくとも.
    pub bound: Bound,
    /// The unit as written; `None` where only a label before (件数:395) says that it is a count.
    pub unit: Option<Extent>,
    /// What kind of thing the unit counts.
    pub class: UnitClass,
    /// 延べ: the same one may be counted several times.
    pub cumulative: bool,
    /// 最大.
    pub at_most: bool,
    /// 数百, 十数.
    pub several: bool,
    /// 合計, 計, 総数, 全.
    pub total: bool,
    /// うち: a part of a count before.
    pub part: bool,
    /// The other count of a pair such as 88件(80人分), as an index into the scan's result.
    pub paired_with: Option<usize>,
}
