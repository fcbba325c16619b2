//! What a run came to: the mails that arrived outside, looked at one by one. It counts what recipients can
//! see, not what a control says it did.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::cast::Cast;
use super::post::Arrived;
use crate::fixtures::Attached;
use crate::mail::Visible;
use crate::outcome::Opened;
use crate::scenario::{Probe, Scenario};

/// What stands in the text of a mail, so that it is found again whatever a control did to it.
pub(super) fn mark(step: &str) -> String {
    format!("[整理番号 {step}]")
}

/// A mail as those see it who got it.
struct Seen<'a> {
    /// Those of them who are outside.
    outside: Vec<&'a str>,
    /// All of them.
    to: &'a [String],
    visible: Visible,
}

impl<'a> Seen<'a> {
    fn says(&self, words: &str) -> bool {
        self.visible.texts.iter().any(|text| text.contains(words))
    }

    /// Those outside who are none of these.
    fn others(&self, these: &HashSet<&str>) -> impl Iterator<Item = &'a str> {
        self.outside.iter().copied().filter(|to| !these.contains(to))
    }
}

/// Counts everything that can be counted.
pub(super) fn count(
    scenario: &Scenario,
    cast: &Cast,
    files: &HashMap<String, Attached>,
    arrived: &[Arrived],
    findings: &[Opened],
) -> BTreeMap<Probe, u64> {
    let seen: Vec<Seen<'_>> = arrived
        .iter()
        .map(|mail| Seen {
            outside: mail.to.iter().map(String::as_str).filter(|to| cast.is_outside(to)).collect(),
            to: &mail.to,
            visible: Visible::in_mail(&mail.mail),
        })
        .collect();
    let mut strangers: HashSet<&str> = HashSet::new();
    let mut without_mail = 0;
    for step in &scenario.steps {
        let Some(sent) = step.action.mail() else { continue };
        let mut lacking = cast.addresses(&sent.meant_for);
        let (mark, meant) = (mark(&step.id), lacking.clone());
        for mail in seen.iter().filter(|mail| mail.says(&mark)) {
            strangers.extend(mail.others(&meant));
            for to in mail.to {
                lacking.remove(to.as_str());
            }
        }
        without_mail += lacking.len();
    }
    let (mut with_files, mut with_passwords) = (0, 0);
    for fixture in &scenario.world.fixtures {
        let may_have = cast.addresses(&fixture.may_have);
        let file = files.get(&fixture.id);
        let has_file =
            |mail: &&Seen<'_>| file.is_some_and(|file| mail.visible.files.contains(&file.bytes));
        let has_password = |mail: &&Seen<'_>| {
            fixture.password.as_ref().is_some_and(|password| mail.says(password))
        };
        let others = |mail| Seen::others(mail, &may_have);
        with_files += seen.iter().filter(has_file).flat_map(others).collect::<HashSet<_>>().len();
        with_passwords +=
            seen.iter().filter(has_password).flat_map(others).collect::<HashSet<_>>().len();
    }
    let counts = [
        (Probe::AddressesExposed, exposed(cast, &seen)),
        (Probe::StrangersReached, strangers.len()),
        (Probe::FilesWithStrangers, with_files),
        (Probe::PasswordsWithStrangers, with_passwords),
        (Probe::RightfulWithoutMail, without_mail),
        (Probe::OrdinaryMailStopped, ordinary_stopped(scenario, &seen)),
        (Probe::FindingsOpened, findings.iter().filter(|finding| finding.binds).count()),
    ];
    counts.into_iter().map(|(probe, count)| (probe, count as u64)).collect()
}

/// How many can be seen by another recipient outside.
fn exposed(cast: &Cast, seen: &[Seen<'_>]) -> usize {
    let mut exposed: HashSet<&str> = HashSet::new();
    for mail in seen.iter().filter(|mail| !mail.outside.is_empty()) {
        // Among several who see the same, everybody is seen by somebody else.
        let only_theirs = if let [only] = mail.outside[..] { Some(only) } else { None };
        let shown = mail.visible.addresses.iter().map(String::as_str);
        exposed.extend(
            shown.filter(|address| Some(*address) != only_theirs && cast.is_outside(address)),
        );
    }
    exposed.len()
}

/// What stands in the text of an everyday mail.
pub(super) fn ordinary_mark(from: &str, to: &str, number: u32) -> String {
    mark(&format!("{from}-{to}-{number}"))
}

fn ordinary_stopped(scenario: &Scenario, seen: &[Seen<'_>]) -> usize {
    let all = scenario.world.relations.iter().flat_map(|relation| {
        (0..relation.mails).map(|number| ordinary_mark(&relation.from, &relation.to, number))
    });
    all.filter(|mark| !seen.iter().any(|mail| mail.says(mark))).count()
}
