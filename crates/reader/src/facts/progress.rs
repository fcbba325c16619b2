//! How far a recovery has come: two counts on one line, of which one is done (提供済, 復旧済) and the
//! other the whole (お申込み, 全).

use case::Progress;

use super::one_line;
use crate::grammar::Extent;
use crate::page::Page;

const DONE: &[&str] = &["済", "完了", "復旧", "再開"];
const WHOLE: &[&str] = &["申込", "対象", "全", "総数", "中"];

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
        if here.len() < 2
            || !DONE.iter().any(|word| page.folded_words(sentence.extent).contains(word))
        {
            continue;
        }
        let mut from = sentence.extent.start;
        let (mut done, mut total) = (None, None);
        for quantity in &here {
            let label = &page.text()[from..quantity.range.start];
            let near: String =
                label.chars().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect();
            if done.is_none() && ["済", "完了"].iter().any(|word| near.contains(word)) {
                done = Some(quantity.value);
            } else if total.is_none() && WHOLE.iter().any(|word| near.contains(word)) {
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
