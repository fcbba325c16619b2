//! Holidays beside a kept list, beside a second implementation that walks from day to day with
//! equinoxes from the sun's position, and beside the packages `jpholiday` and `holidays` of `PyPI` where
//! Python has them. It does not know the rules.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "another program is asked, and what was skipped is said"
)]

use std::collections::BTreeSet;
use std::process::Command;

use jiff::civil::Date;
use response::calendar::{Calendar, Closed, holidays};

const FIRST: i16 = 1955;

fn ours() -> Vec<(String, String)> {
    let last = response::calendar::published_until();
    let all = (FIRST..=last).flat_map(holidays);
    all.map(|(day, name)| (day.to_string(), name.ja)).collect()
}

/// What the second implementation prints, `None` where there is no Python.
fn second(args: &[&str]) -> Option<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/second/days.py");
    let python = std::env::var("JIKENBO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let Ok(output) = Command::new(&python).arg(script).args(args).output() else {
        eprintln!(
            "SKIPPED: there is no {python}: holidays are NOT checked against a second source"
        );
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn holidays_are_those_of_the_kept_list() {
    let kept: Vec<(String, String)> = include_str!("holidays-japan.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(day, name)| (day.to_owned(), name.to_owned()))
        .collect();
    assert_eq!(ours(), kept);
    assert_eq!(kept.last().unwrap().0, "2027-11-23", "the list ends with next year");
}

#[test]
fn a_walk_through_the_years_gives_the_same_holidays() {
    let Some(walked) = second(&["japan", "1955", "2099"]) else { return };
    let walked: Vec<&str> = walked.lines().collect();
    let ours: Vec<String> = (FIRST..=2099)
        .flat_map(holidays)
        .map(|(day, name)| format!("{day}\t{}", name.ja))
        .collect();
    assert_eq!(ours, walked);
}

#[test]
fn a_walk_through_the_years_gives_the_same_closings_of_the_sec() {
    let Some(walked) = second(&["us", "2018", "2040"]) else { return };
    let first: Date = "2018-01-01".parse().unwrap();
    let ours: Vec<String> = first
        .series(jiff::Span::new().days(1))
        .take_while(|day| day.year() <= 2040)
        .filter(|day| matches!(Calendar::UsSec.closed(*day), Some(Closed::Holiday(_))))
        .map(|day| day.to_string())
        .collect();
    assert_eq!(ours, walked.lines().collect::<Vec<_>>());
}

/// `jpholiday` applies today's paragraphs to years before they were law: 4 May as a day between two
/// holidays, which begins on 1985-12-27, and substitutes, which begin on 1973-04-12.
fn before_its_law(package: &str, day: &str) -> bool {
    let between = day.ends_with("-05-04") && day < "1985-12-27";
    package == "jpholiday" && (between || day == "1973-02-12") && !SUBSTITUTES.contains(&day)
}

/// 4 May as the substitute of a 3 May on a Sunday, which is right.
const SUBSTITUTES: &[&str] = &["1981-05-04"];

#[test]
fn holidays_are_those_that_packages_of_others_have() {
    let last = response::calendar::published_until().to_string();
    let Some(told) = second(&["peers", &FIRST.to_string(), &last]) else { return };
    let ours: BTreeSet<String> = ours().into_iter().map(|(day, _)| day).collect();
    for package in ["jpholiday", "holidays"] {
        if told.lines().any(|line| line == format!("absent {package}")) {
            eprintln!("SKIPPED: Python has no {package}: holidays are NOT checked against it");
            continue;
        }
        let theirs: BTreeSet<String> = told
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .filter(|(day, of)| *of == package && !before_its_law(package, day))
            .map(|(day, _)| day.to_owned())
            .collect();
        let differing: Vec<&String> = ours.symmetric_difference(&theirs).collect();
        assert!(differing.is_empty(), "{package}: {differing:?}");
    }
    let observed = told.lines().filter_map(|line| line.strip_suffix("\tholidays-us"));
    for day in observed {
        let day: Date = day.parse().unwrap();
        let weekend = day.weekday().to_monday_one_offset() > 5;
        assert!(weekend || Calendar::UsSec.closed(day).is_some(), "{day}");
    }
}
