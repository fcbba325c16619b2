//! Something is attached, and an outsider gets their first mail from this sender. It is silent while
//! the relay learns whom people write to.

use guard::{Check, Finding, Sentence};

use super::outgoing::{Outgoing, first_of};
use crate::policy::AttachmentToStranger;
use crate::{Address, Disposition, Gate};

pub(super) const fn check<'a>() -> Check<Outgoing<'a>> {
    Check { id: AttachmentToStranger::ID, examine }
}

fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {
    let outsiders = seen.outsiders();
    let strangers: Vec<&Address> =
        outsiders.into_iter().filter(|address| !seen.learnt.is_known(address)).collect();
    if !seen.learnt.is_ready() || strangers.is_empty() || seen.attachments().is_empty() {
        return Vec::new();
    }
    let (files, people) = (seen.attachments().len(), strangers.len());
    let says = Sentence::new(
        format!("初めて送る社外の{people}人に、添付ファイル{files}件が届きます。"),
        format!("{people} people outside, never written to before, would get {files} files."),
    );
    let finding = Finding::new(
        AttachmentToStranger::ID,
        says,
        seen.policy.checks.attachment_to_stranger.rule.then,
    )
    .citing("To", first_of(strangers.iter().map(ToString::to_string)))
    .citing("Content-Disposition", first_of(seen.attachments().iter().map(|one| one.name.clone())));
    vec![finding.offering(Disposition::behind(Gate::AskApprover))]
}
