//! How far a recovery has come: two counts on one line, of which one is done (提供済, 復旧済) and the
//! other the whole (お申込み, 全).

use case::Progress;

use super::one_line;
use crate::grammar::Extent;
use crate::page::Page;
use crate::words::{AnyOf, any_of};

const DONE: &AnyOf = any_of!["済", "完了", "復旧", "再開"];
const WHOLE: &AnyOf = any_of!["申込", "対象", "全", "総数", "中"];

/// Each line that gives both counts.
pub(super) fn read(page: &Page<'_>) -> Vec<Progress> {
    let mut progress = Vec::new();
    for sentence in &page.sentences {
        let first = page
            .quantities
            .partition_point(|quantity| quantity.range.start < sentence.extent.start);
        let here: Vec<_> = page.quantities[first..]
            .iter()
            .take_while(|quantity| quantity.range.end <= sentence.extent.end)
            .collect();
        if here.len() < 2 || !DONE.stands_in(page.folded_words(sentence.extent)) {
            continue;
        }
        let mut from = sentence.extent.start;
        let (mut done, mut total) = (None, None);
        for quantity in &here {
            let near = page.folded_words(page.before(quantity.range.start, 12, from));
            if done.is_none() && any_of!["済", "完了"].stands_in(near) {
                done = Some(quantity.value);
            } else if total.is_none() && WHOLE.stands_in(near) {
                total = Some(quantity.value);
            }
            from = quantity.range.end;
        }
        let (Some(_), Some(_)) = (done, total) else { continue };
        let at = page
            .resolved
            .iter()
            .rfind(|resolved| page.mentions[resolved.mention].range.start < here[0].range.start)
            .map(|resolved| resolved.when);
        let Some(cite) = page.cite(here[0].range.start, here[here.len() - 1].range.end) else {
            continue;
        };
        let what = heading(page, sentence.line).unwrap_or_else(|| one_line(page.words(cite)));
        progress.push(Progress { what, done, total, at, cite });
    }
    progress
}

/// The words of the nearest heading above a line.
fn heading(page: &Page<'_>, line: usize) -> Option<String> {
    let heading = page.lines[..line].iter().rev().find(|line| line.heading)?;
    let cite = page
        .cite(Extent { start: heading.body, end: heading.extent.end }.start, heading.extent.end)?;
    Some(one_line(page.words(cite)))
}
