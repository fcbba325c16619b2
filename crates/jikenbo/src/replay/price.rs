//! What changes of a policy would cost: past mail judged under the policy as it is and with each change. It does
//! not know which changes there are, nor how mail is judged.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use replay::{Price, WrittenPolicy};

use super::Done;
use crate::relay::mailbox::mails_of;
use crate::relay::trial::alarms;

/// Puts its price on every change that was found, and the cheapest first.
pub(super) fn put_on(
    done: &mut [Done],
    policy: &WrittenPolicy,
    mailboxes: &[PathBuf],
) -> anyhow::Result<()> {
    let mails = mails_of(mailboxes)?;
    ensure!(
        !mails.is_empty(),
        "--past: no mail lies there, so nothing can be said about false alarms"
    );
    let under = |over: &toml::Table| {
        let policy = policy.changed(over).context("the changed policy cannot be used")?;
        alarms(policy, &mails)
    };
    let now = under(&toml::Table::new())?;
    // The same change often stops several cases.
    let mut known = HashMap::new();
    for change in done.iter_mut().flat_map(|done| done.replayed.changes.iter_mut().flatten()) {
        let over = change.table();
        let then = match known.get(&over.to_string()) {
            Some(then) => *then,
            None => *known.entry(over.to_string()).or_insert(under(&over)?),
        };
        let mails = u64::try_from(mails.len()).unwrap_or(u64::MAX);
        change.price = Some(Price { mails, now, then });
    }
    for changes in done.iter_mut().filter_map(|done| done.replayed.changes.as_mut()) {
        changes.sort_by_key(|change| change.price.map(|price| price.more()));
    }
    Ok(())
}
