//! The smallest change of a policy that would stop a case: that it stops it, and that less of it does not.

use replay::kinds::{Exposure, Field, Misdirection, Slip};
use replay::outcome::Outcome;
use replay::{Change, Replayed, Sandbox, Scenario, WrittenPolicy, run};

fn policy(checks: &str) -> WrittenPolicy {
    let written = format!(
        "[organisation]\ndomains = [\"mihon.example\"]\napprovers = [\"kacho@mihon.example\"]\n{checks}"
    );
    WrittenPolicy { written: Some(written), people: None }
}

fn replayed(scenario: &Scenario, policy: &WrittenPolicy) -> Replayed {
    let sandbox = Sandbox { changes: true, ..Sandbox::default() };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(run(scenario, policy, &sandbox)).unwrap()
}

fn exposure(recipients: u32) -> Scenario {
    let begins = "2025-07-01T19:30:00+09:00[+09:00]".parse().unwrap();
    Exposure { recipients, field: Field::To, repeated_after: None }.by_itself(begins)
}

/// A policy with a change put over it.
fn with(policy: &WrittenPolicy, change: &Change) -> WrittenPolicy {
    let mut table: toml::Table = policy.written.as_deref().unwrap().parse().unwrap();
    replay::policy::lay_over(&mut table, &change.table());
    WrittenPolicy { written: Some(table.to_string()), people: None }
}

/// Checks what would stop a case, and that it does.
#[track_caller]
fn check(scenario: &Scenario, policy: &WrittenPolicy, expected: &[&str]) -> Vec<Change> {
    let before = replayed(scenario, policy);
    assert!(before.outcome.could_be_stopped(), "{before:#?}");
    let changes = before.changes.unwrap();
    let told: Vec<String> = changes.iter().map(Change::told).collect();
    assert_eq!(told, expected);
    for change in &changes {
        let after = replayed(scenario, &with(policy, change));
        assert_eq!(after.outcome, Outcome::Prevented, "{}: {after:#?}", change.told());
        assert_eq!(after.changes, None, "there is nothing to look for");
    }
    changes
}

#[test]
fn a_limit_that_is_too_high_is_lowered_no_further_than_it_takes() {
    let policy = policy("[checks.exposed-recipients]\nmore-than-domains = 30\n");
    let changes = check(
        &exposure(8),
        &policy,
        &[
            "exposed-recipients: more-than-addresses 9 → 7",
            "exposed-recipients: more-than-domains 30 → 6",
        ],
    );
    let mut milder = changes[0].clone();
    milder.settings[0].to = 8.into();
    assert_eq!(replayed(&exposure(8), &with(&policy, &milder)).outcome, Outcome::Recurred);
}

#[test]
fn a_check_that_only_records_is_made_to_bind() {
    let policy = policy("[checks.exposed-recipients]\nmode = \"monitor\"\n");
    check(&exposure(40), &policy, &["exposed-recipients: mode \"monitor\" → \"enforce\""]);
}

#[test]
fn where_one_setting_does_not_stop_it_two_do() {
    let off = "[checks.exposed-recipients]\nmode = \"off\"\nmore-than-addresses = 60\nmore-than-domains = 60\n\
               [checks.bulk]\nmode = \"off\"\n";
    check(
        &exposure(40),
        &policy(off),
        &[
            "exposed-recipients: mode \"off\" → \"enforce\", exposed-recipients: more-than-addresses 60 → 39",
            "exposed-recipients: mode \"off\" → \"enforce\", exposed-recipients: more-than-domains 60 → 25",
        ],
    );
}

#[test]
fn a_file_with_few_people_is_asked_about_when_fewer_are_many() {
    let begins = "2025-07-01T19:30:00+09:00[+09:00]".parse().unwrap();
    let slip = Misdirection {
        slip: Slip::WrongFile,
        rows: Some(5),
        columns: vec![case::DataKind::Name, case::DataKind::Address],
        has_password: false,
    };
    check(&slip.by_itself(begins), &policy(""), &["personal-data: more-than-people 20 → 4"]);
}
