//! Cases from their text to their outcome: read, derived, run with the real relay and without it. The
//! texts are the project's own examples, and some of this kind alone beside this file.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use case::SourceId;
use formats::Hints;
use replay::outcome::Outcome;
use replay::scenario::Probe;
use replay::{Replayed, Sandbox, Source, WrittenPolicy, derive, run};
use text::Limits;

/// The case of a file, run under the default policy with all mutants.
fn replayed(file: &Path) -> Replayed {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap();
    let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let limits = Limits::default();
    let document = formats::decode(bytes, Hints { name, charset: None }, &limits).unwrap();
    let text = reader::Input { source: SourceId(1), text: &document.text, parts: &document.parts };
    let case = reader::read(text, &limits).next().unwrap_or_else(|| panic!("{name} has a case"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sandbox = Sandbox { mutants: true, ..Sandbox::default() };
    let derived = derive(&Source::read(&case, name, &document.text));
    runtime.block_on(derived.run(&WrittenPolicy::default(), &sandbox)).unwrap()
}

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

/// Checks the word, and what was counted without the control and with it.
#[track_caller]
fn check(file: &Path, outcome: Outcome, counts: &[(Probe, u64, u64)]) -> Replayed {
    let replayed = replayed(file);
    let told = format!("{}: {:#?}", file.display(), replayed);
    assert_eq!(replayed.outcome, outcome, "{told}");
    for (probe, then, now) in counts {
        let count = |run: &Option<replay::outcome::Observed>| run.as_ref().unwrap().count(*probe);
        assert_eq!(
            (count(&replayed.without), count(&replayed.with)),
            (*then, *now),
            "{probe:?} {told}"
        );
    }
    assert!(replayed.mutants.iter().all(|mutant| mutant.recurred), "{told}");
    replayed
}

#[test]
fn cases_whose_control_is_not_there_yet_are_inconclusive_and_say_what_would_help() {
    let files = [
        "04-usb-loss-school.pdf", "05-cloud-misconfiguration-saas.txt",
        "06-skimming-sweets-shop.pdf", "07-supplier-breach-insurance.pdf",
        "08-insider-telecom.txt", "09-phishing-university.html", "10-misposting-city.pdf",
        "11-ddos-bus.txt", "12-emotet-building.txt", "13-unauthorized-access-reservation.eml",
        "14-paper-loss-hospital.eml",
    ];
    for file in files {
        let replayed = check(&example(file), Outcome::Inconclusive, &[]);
        let because = &replayed.because[0].en;
        assert!(because.starts_with("no control for "), "{file}: {because}");
        for measure in &replayed.case.measures {
            assert!(because.contains(measure.label(case::Lang::En)), "{file}: {because}");
        }
    }
}

#[test]
fn an_encryption_is_limited_to_ten_files_and_loses_none() {
    let file = example("01-ransomware-manufacturer.txt");
    if let Err(because) = fileguard::corpus::ground::Ground::new(16) {
        let required = std::env::var("JIKENBO_FILEGUARD").is_ok_and(|value| value == "required");
        assert!(!required, "JIKENBO_FILEGUARD=required, but: {because}");
        let replayed = check(&file, Outcome::Inconclusive, &[]);
        let words = &replayed.because[0].en;
        assert!(words.contains("root, loop devices"), "{words}");
        // To the terminal itself: the harness swallows what a passing test prints.
        let terminal = fs::File::options().append(true).open("/dev/stderr");
        let words = format!("NOT RUN: an encryption replayed over real files: {because}\n");
        let _ = terminal.and_then(|mut terminal| terminal.write_all(words.as_bytes()));
        return;
    }
    let replayed = check(&file, Outcome::Limited, &[(Probe::FilesLost, 40, 0)]);
    let encrypted = replayed.with.as_ref().unwrap().count(Probe::FilesEncrypted);
    assert!((1..=10).contains(&encrypted), "{replayed:#?}");
    assert_eq!(replayed.mutants.len(), 3);
    let assumed = replayed.case.assumed.iter();
    assert!(assumed.filter(|it| it.what == "files" || it.what == "how").count() == 2);
}

#[test]
fn the_city_of_the_examples_exposes_nobody_again() {
    let replayed = check(&example("02-bcc-city.html"), Outcome::Prevented, &[]);
    let accident = replayed.accident().unwrap();
    assert_eq!(accident.expected.probe, Probe::AddressesExposed);
    assert!(accident.without > 1 && Some(accident.without) == accident.expected.was);
}

#[test]
fn the_foundation_of_the_examples_reaches_no_stranger_again() {
    let replayed = check(
        &example("03-misdirected-mail-foundation.eml"),
        Outcome::Prevented,
        &[(Probe::StrangersReached, 1, 0), (Probe::FilesWithStrangers, 1, 0)],
    );
    // It was noticed the day after, nobody says when.
    assert_eq!(replayed.case.noticed_after, None);
}

#[test]
fn twelve_hundred_in_cc_and_an_apology_that_repeats_it() {
    let replayed = check(
        &beside("bcc-1200-in-cc.txt"),
        Outcome::Prevented,
        &[(Probe::AddressesExposed, 1200, 0), (Probe::RightfulWithoutMail, 0, 0)],
    );
    let settled = |what: &str| {
        replayed.case.facts.iter().find(|fact| fact.what == what).map(|fact| fact.value.as_str())
    };
    assert_eq!(settled("recipients"), Some("1200"));
    assert_eq!(settled("field"), Some("cc"));
    assert!(settled("repeated").is_some());
    assert_eq!(replayed.case.noticed_after.unwrap().to_string(), "45m");
}

#[test]
fn a_wrong_file_with_many_people_is_stopped() {
    check(&beside("wrong-file-many.txt"), Outcome::Prevented, &[(Probe::FilesWithStrangers, 1, 0)]);
}

#[test]
fn a_wrong_file_with_few_people_goes_through_and_is_called_so() {
    // Five people are below what the default policy asks about: that is the truth about it.
    check(&beside("wrong-file-few.txt"), Outcome::Recurred, &[(Probe::FilesWithStrangers, 1, 1)]);
}

#[test]
fn a_domain_that_looks_alike_gets_neither_file_nor_password() {
    check(
        &beside("lookalike-domain.txt"),
        Outcome::Prevented,
        &[
            (Probe::StrangersReached, 1, 0),
            (Probe::FilesWithStrangers, 1, 0),
            (Probe::PasswordsWithStrangers, 1, 0),
        ],
    );
}

#[test]
fn four_people_in_to_are_everyday_business_for_the_default_policy() {
    check(&beside("small-exposure.txt"), Outcome::Recurred, &[(Probe::AddressesExposed, 4, 4)]);
}

#[test]
fn the_worked_example_of_the_documentation_does_what_it_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/replay.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (written, _) = rest.split_once("```").unwrap();
    let scenario = replay::Scenario::parse(written).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sandbox = Sandbox { mutants: true, ..Sandbox::default() };
    let policy = WrittenPolicy::default();
    let replayed = runtime.block_on(run(&scenario, &policy, &sandbox)).unwrap();
    assert_eq!(replayed.outcome, Outcome::Prevented, "{replayed:#?}");
    assert_eq!(replayed.mutants[0].counted["nobody-sees-another"], 40);
}
