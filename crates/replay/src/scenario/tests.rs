//! Scenarios as TOML and as values.

use jiff::Zoned;

use super::*;
use crate::kinds::{Encryption, Exposure, Field, Misdirection, Slip};

fn begins() -> Zoned {
    "2025-06-17T14:20:00+09:00[+09:00]".parse().unwrap()
}

fn every_form() -> Vec<Scenario> {
    let exposures = [Field::To, Field::Cc].map(|field| {
        let repeated_after = (field == Field::Cc).then_some(After::minutes(70));
        Exposure { recipients: 12, field, repeated_after }.by_itself(begins())
    });
    let slips = [Slip::Namesake, Slip::Lookalike, Slip::WrongFile].map(|slip| {
        let (rows, has_password) = (Some(30), slip == Slip::Lookalike);
        Misdirection { slip, rows, columns: vec![case::DataKind::Name], has_password }
            .by_itself(begins())
    });
    let encrypted = Encryption { files: 40 }.by_itself(begins());
    exposures.into_iter().chain(slips).chain([encrypted]).collect()
}

#[test]
fn what_is_written_is_read_again() {
    for scenario in every_form() {
        let written = scenario.to_toml();
        let read = Scenario::parse(&written).unwrap_or_else(|error| panic!("{error}\n{written}"));
        assert_eq!(read, scenario, "{written}");
    }
}

#[test]
fn what_is_written_is_of_the_schema() {
    let schema = serde_json::to_value(Scenario::schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for scenario in every_form() {
        let table: toml::Table = scenario.to_toml().parse().unwrap();
        let value = serde_json::to_value(table).unwrap();
        let wrong: Vec<String> = validator.iter_errors(&value).map(|it| it.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}

/// Checks what is said of a scenario with one part replaced.
#[track_caller]
fn check_refused(change: impl FnOnce(&mut Scenario), expected: &str) {
    let mut scenario = every_form().remove(3);
    change(&mut scenario);
    let error = Scenario::parse(&scenario.to_toml()).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_scenario_that_names_what_is_not_there_is_refused() {
    let first_mail = |scenario: &mut Scenario, change: fn(&mut SentMail)| {
        let Action::SendMail(mail) = &mut scenario.steps[0].action else { unreachable!() };
        change(mail);
    };
    check_refused(
        |it| first_mail(it, |mail| mail.to = vec!["nobody".to_owned()]),
        "step \"mail\" names \"nobody\", and no person or group of that name stands in the scenario",
    );
    check_refused(
        |it| first_mail(it, |mail| mail.attach = vec!["none".to_owned()]),
        "step \"mail\" names \"none\", and no fixture of that name stands in the scenario",
    );
    check_refused(
        |it| first_mail(it, |mail| mail.to.clear()),
        "step \"mail\": nobody stands in to, cc or bcc",
    );
    check_refused(
        |it| it.expect.clear(),
        "expect: nothing is expected of any control, so nothing could fail",
    );
    check_refused(|it| it.version = 9, "version 9 is not known here; this program reads version 1");
    check_refused(
        |it| it.mutants[0].fails = vec!["what".to_owned()],
        "mutant \"removed\" names \"what\", and no expectation of that name stands in the scenario",
    );
    check_refused(
        |it| it.world.people[1].id = "sender".to_owned(),
        "world: \"sender\" names two of its people",
    );
}

#[test]
fn a_scenario_that_could_not_fail_is_refused() {
    check_refused(
        |it| it.expect[0].at_most = None,
        "expectation \"no-stranger-gets-it\": without at_most or at_least it could not fail",
    );
    check_refused(
        |it| it.mutants[0].fails.clear(),
        "mutant \"removed\": it names no expectation that must then fail",
    );
    check_refused(
        |it| it.expect[0].control = Some("magic".to_owned()),
        "expectation \"no-stranger-gets-it\": \"magic\" is not the control of misdirected-mail: relay",
    );
    check_refused(
        |it| it.mutants[0].id = "../../elsewhere".to_owned(),
        "mutants: \"../../elsewhere\" is no name: letters, digits, - and _ alone",
    );
    check_refused(|it| it.steps[1].id = "mail".to_owned(), "steps: \"mail\" stands there twice");
    check_refused(
        |it| it.world.fixtures[0].may_have = vec!["nobody".to_owned()],
        "world, fixture \"list\" names \"nobody\", and no person or group of that name stands in the scenario",
    );
}

#[test]
fn a_slip_of_the_pen_in_a_step_is_refused() {
    let written = every_form().remove(3).to_toml().replacen("meant_for", "ment_for", 1);
    let error = Scenario::parse(&written).unwrap_err().to_string();
    assert!(error.contains("nothing reads \"ment_for\"") && error.contains("meant_for"), "{error}");
    let written = every_form().remove(0).to_toml();
    let written = written.replacen("exposed-recipients", "lost-key", 1);
    let error = Scenario::parse(&written).unwrap_err().to_string();
    assert!(error.starts_with("kind: \"lost-key\" is no kind; there are: exposed"), "{error}");
}

#[test]
fn a_span_of_time_is_read_in_both_forms() {
    for (written, minutes) in [("40m", 40), ("PT40M", 40), ("1h 10m", 70), ("0s", 0)] {
        let read: After = serde_json::from_value(serde_json::json!(written)).unwrap();
        assert_eq!(read, After::minutes(minutes), "{written}");
    }
    for wrong in ["40", "-3m", "soon"] {
        assert!(serde_json::from_value::<After>(serde_json::json!(wrong)).is_err(), "{wrong}");
    }
}
