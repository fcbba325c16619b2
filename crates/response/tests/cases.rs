//! The clocks beside a table of dated cases, each with the derivation that a person can check. It does
//! not know how days are counted.

use std::collections::BTreeMap;

use response::{Clock, Facts, Question, Verdict, changes, clocks};
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    facts: Facts,
    expect: BTreeMap<String, String>,
    why: String,
}

fn table() -> Vec<Case> {
    let table: Table = toml::from_str(include_str!("cases.toml")).unwrap();
    table.case
}

/// A clock in the words of the table.
fn told(clock: &Clock) -> String {
    let verdict = match clock.verdict {
        Verdict::Applies => "applies",
        Verdict::DoesNotApply => "not",
        Verdict::CannotTell => "open",
    };
    match clock.due {
        None => verdict.to_owned(),
        Some(due) => {
            let from = due.from.map_or_else(String::new, |from| format!("{from}.."));
            format!("{verdict} {from}{}", due.by)
        }
    }
}

#[test]
fn every_case_comes_to_what_its_derivation_says() {
    let mut wrong = Vec::new();
    for case in table() {
        let clocks = clocks(&case.facts);
        for (obligation, expected) in &case.expect {
            let clock = clocks.iter().find(|clock| clock.obligation == obligation);
            let came = clock.map_or_else(|| "no such obligation".to_owned(), told);
            if came != *expected {
                wrong.push(format!(
                    "{}: {obligation} is {came}, not {expected}: {}",
                    case.name, case.why
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_is_large_and_leaves_no_obligation_out() {
    let cases = table();
    assert!(cases.len() >= 120, "{} cases", cases.len());
    for obligation in response::obligations() {
        let expected: Vec<&String> =
            cases.iter().filter_map(|case| case.expect.get(obligation)).collect();
        let applies = expected.iter().any(|expected| expected.starts_with("applies"));
        let not = expected.iter().any(|expected| *expected == "not");
        assert!(applies && not, "{obligation} is not shown from both sides: {expected:?}");
    }
}

#[test]
fn every_day_that_is_due_is_the_last_step_and_every_verdict_has_its_reasons() {
    for case in table() {
        for clock in clocks(&case.facts) {
            let place = format!("{}: {}", case.name, clock.obligation);
            assert!(!clock.because.is_empty(), "{place} has no reason");
            if let Some(due) = clock.due {
                let last = clock.steps.last().map(|step| step.day);
                assert_eq!(last, Some(due.by.date()), "{place}");
                assert!(clock.started.is_some(), "{place}");
            }
            let open = clock.verdict == Verdict::CannotTell;
            assert!(!open || !clock.missing.is_empty(), "{place} is open for nothing");
        }
    }
}

#[test]
fn what_is_said_to_turn_a_clock_does_turn_it() {
    let mut seen = 0;
    for case in table().iter().step_by(7) {
        for clock in clocks(&case.facts) {
            for turn in response::turns(&case.facts, &clock) {
                assert_ne!(turn.fact.ja, turn.then.ja);
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "only {seen} turns");
}

#[test]
fn a_backup_that_cannot_be_restored_is_told_as_what_changed_the_clock() {
    let before: Facts = toml::from_str(
        r#"
        people = 2800
        known = [{ at = 2023-06-05T06:00:00, by = "運用" }]
        [answers]
        leaked = false
        unrestorable = false
        wrongful = true
        ransomware = true
        "#,
    )
    .unwrap();
    let mut after = before.clone();
    after.answers.insert(Question::Unrestorable, true);
    let changes = changes(&before, &after);
    let full = changes.iter().find(|change| change.obligation == "appi-full").unwrap();
    assert_eq!(full.before.en, "does not apply");
    assert_eq!(full.after.en, "applies, due 2023-08-03 (Thu)");
    assert_eq!(full.why.len(), 1);
    assert_eq!(full.why[0].en, "personal data is lost or cannot be restored: no → yes");
    let untouched = changes.iter().find(|change| change.obligation == "police");
    assert_eq!(untouched, None);
}
