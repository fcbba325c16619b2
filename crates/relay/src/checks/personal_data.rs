//! Data on many people is attached for an outsider, in whatever archive or document it lies.

use guard::{Check, Finding, Sentence};

use super::Outgoing;
use crate::personal::{Found, PersonalData};
use crate::policy;
use crate::{Disposition, Gate};

pub(super) const fn check<'a>() -> Check<Outgoing<'a>> {
    Check { id: policy::PersonalData::ID, examine }
}

fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {
    let outsiders = seen.outsiders().len();
    if outsiders == 0 {
        return Vec::new();
    }
    let limits = &seen.policy.checks.personal_data;
    let texts = seen.attachments().iter().flat_map(|attachment| &attachment.contents.texts);
    let (mut all, mut counted) = (Found::default(), Vec::new());
    for text in texts {
        let found = Found::of(&text.text);
        let data = found.count();
        if data.people() > 0 {
            counted.push((text.path.as_str(), data));
            all.add(found);
        }
    }
    let people = all.count().people();
    if people <= limits.more_than_people {
        return Vec::new();
    }
    let says = Sentence::new(
        format!("少なくとも{people}人分の個人データが、社外の{outsiders}人に渡ります。"),
        format!("Data on at least {people} people would go to {outsiders} outside."),
    );
    let mut finding = Finding::new(policy::PersonalData::ID, says, limits.rule.then);
    for (path, data) in counted {
        finding = finding.citing(path, told(&data));
    }
    vec![finding.offering(Disposition::behind(Gate::AskApprover))]
}

/// How many of what: `氏名 395, 電話番号 12`.
fn told(data: &PersonalData) -> String {
    let kinds = [
        ("氏名", data.names),
        ("メールアドレス", data.mail_addresses),
        ("電話番号", data.telephones),
        ("住所", data.addresses),
        ("個人番号", data.my_numbers),
        ("カード番号", data.cards),
    ];
    let told =
        kinds.iter().filter(|(_, count)| *count > 0).map(|(kind, count)| format!("{kind} {count}"));
    told.collect::<Vec<_>>().join(", ")
}
