//! What a run came to: the mails that arrived outside, looked at one by one. It counts what recipients can
//! see, not what a control says it did.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::cast::Cast;
use super::post::Arrived;
use crate::fixtures::Attached;
use crate::mail::Visible;
use crate::outcome::Opened;
use crate::scenario::{Action, Probe, Scenario};

/// What stands in the text of a mail, so that it is found again whatever a control did to it.
pub(super) fn mark(step: &str) -> String {
    format!("[整理番号 {step}]")
}

/// Counts everything that can be counted.
pub(super) fn count(
    scenario: &Scenario,
    cast: &Cast,
    files: &HashMap<String, Attached>,
    arrived: &[Arrived],
    findings: &[Opened],
) -> BTreeMap<Probe, u64> {
    let mut exposed: HashSet<String> = HashSet::new();
    let mut strangers: HashSet<String> = HashSet::new();
    let mut with_files: HashSet<(String, &str)> = HashSet::new();
    let mut with_passwords: HashSet<(String, &str)> = HashSet::new();
    let mut got: HashMap<String, HashSet<&str>> = HashMap::new();
    for mail in arrived {
        let visible = Visible::in_mail(&mail.mail);
        let outside: Vec<&str> =
            mail.to.iter().map(String::as_str).filter(|to| cast.is_outside(to)).collect();
        // Among several who see the same, everybody is seen by somebody else.
        let seen = visible.addresses.iter().filter(|address| {
            let is_only_theirs = outside.len() == 1 && outside[0] == address.as_str();
            !outside.is_empty() && !is_only_theirs && cast.is_outside(address)
        });
        exposed.extend(seen.cloned());
        for step in &scenario.steps {
            if !visible.texts.iter().any(|text| text.contains(&mark(&step.id))) {
                continue;
            }
            let Action::SendMail(sent) = &step.action;
            let meant: HashSet<&str> = sent
                .meant_for
                .iter()
                .flat_map(|name| cast.behind(name))
                .map(|who| who.mailbox.1.as_str())
                .collect();
            let not_meant = outside.iter().filter(|to| !meant.contains(*to));
            strangers.extend(not_meant.map(|to| (*to).to_owned()));
            got.entry(step.id.clone()).or_default().extend(mail.to.iter().map(String::as_str));
        }
        for fixture in &scenario.world.fixtures {
            let may_have: HashSet<&str> = fixture
                .may_have
                .iter()
                .flat_map(|name| cast.behind(name))
                .map(|who| who.mailbox.1.as_str())
                .collect();
            let others = outside.iter().filter(|to| !may_have.contains(*to));
            let others: Vec<String> = others.map(|to| (*to).to_owned()).collect();
            let has_file =
                files.get(&fixture.id).is_some_and(|file| visible.files.contains(&file.bytes));
            let has_password = fixture.password.as_ref().is_some_and(|password| {
                visible.texts.iter().any(|text| text.contains(password.as_str()))
            });
            if has_file {
                with_files.extend(others.iter().map(|to| (to.clone(), fixture.id.as_str())));
            }
            if has_password {
                with_passwords.extend(others.into_iter().map(|to| (to, fixture.id.as_str())));
            }
        }
    }
    let without_mail = scenario.steps.iter().map(|step| {
        let Action::SendMail(sent) = &step.action;
        let got = got.get(&step.id);
        let meant = sent.meant_for.iter().flat_map(|name| cast.behind(name));
        let lacking =
            meant.filter(|who| got.is_none_or(|got| !got.contains(who.mailbox.1.as_str())));
        lacking.count()
    });
    let binding = findings.iter().filter(|finding| finding.binds);
    BTreeMap::from([
        (Probe::AddressesExposed, exposed.len() as u64),
        (Probe::StrangersReached, strangers.len() as u64),
        (Probe::FilesWithStrangers, with_files.len() as u64),
        (Probe::PasswordsWithStrangers, with_passwords.len() as u64),
        (Probe::RightfulWithoutMail, without_mail.sum::<usize>() as u64),
        (Probe::OrdinaryMailStopped, ordinary_stopped(scenario, arrived)),
        (Probe::FindingsOpened, binding.count() as u64),
    ])
}

/// What stands in the text of an everyday mail.
pub(super) fn ordinary_mark(from: &str, to: &str, number: u32) -> String {
    mark(&format!("{from}-{to}-{number}"))
}

fn ordinary_stopped(scenario: &Scenario, arrived: &[Arrived]) -> u64 {
    let texts: Vec<String> =
        arrived.iter().flat_map(|mail| Visible::in_mail(&mail.mail).texts).collect();
    let all = scenario.world.relations.iter().flat_map(|relation| {
        (0..relation.mails).map(|number| ordinary_mark(&relation.from, &relation.to, number))
    });
    all.filter(|mark| !texts.iter().any(|text| text.contains(mark))).count() as u64
}
