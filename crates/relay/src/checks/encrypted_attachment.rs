//! An attachment for an outsider that cannot be looked into: it is locked, costs too much, or is of a
//! format that is not read here and may hold texts.

use guard::{Check, Finding, Sentence};

use super::Outgoing;
use crate::contents::Why;
use crate::policy::EncryptedAttachment;
use crate::{Disposition, Gate};

pub(super) const fn check<'a>() -> Check<Outgoing<'a>> {
    Check { id: EncryptedAttachment::ID, examine }
}

fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {
    if seen.outsiders().is_empty() {
        return Vec::new();
    }
    let then = seen.policy.checks.encrypted_attachment.rule.then;
    let closed = seen.attachments().iter().flat_map(|attachment| &attachment.contents.closed);
    closed
        .filter_map(|closed| {
            let (ja, en) = match closed.why {
                Why::Encrypted => ("パスワードがかかっています", "is locked with a password"),
                Why::TooMuch => ("大きすぎます", "is too large to look into"),
                Why::Unread => ("読めない形式です", "is of a format that is not read here"),
                Why::Damaged | Why::Unknown => return None,
            };
            let says = Sentence::new(
                format!("添付「{}」は{ja}。中身を確かめられないまま社外に渡ります。", closed.path),
                format!("The file {} {en}: it would leave unseen.", closed.path),
            );
            let finding = Finding::new(EncryptedAttachment::ID, says, then)
                .citing(closed.path.as_str(), format!("{:?}", closed.why))
                .offering(Disposition::behind(Gate::AskApprover));
            Some(finding)
        })
        .collect()
}
