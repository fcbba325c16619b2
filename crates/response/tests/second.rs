//! The clocks beside a second implementation in another language and by another method, over 10,000
//! sets of facts that a seed makes. It does not say what is right; the table of cases does.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "another program is asked, and what was skipped is said"
)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use jiff::civil::Date;
use response::{Facts, Knowing, People, Question, Reported, Stamp, Verdict, clocks};
use serde_json::json;

const SETS: usize = 10_000;

/// Numbers that look random and are the same on every machine (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    /// A day or a time from 2021 to 2027, more often where years turn and months of holidays are.
    fn stamp(&mut self) -> Stamp {
        let year = 2021 + i16::try_from(self.below(7)).unwrap();
        let month = if self.one_in(2) {
            [1, 4, 5, 9, 11, 12][usize::try_from(self.below(6)).unwrap()]
        } else {
            1 + i8::try_from(self.below(12)).unwrap()
        };
        let last = Date::new(year, month, 1).unwrap().days_in_month();
        let day = 1 + i8::try_from(self.below(u64::try_from(last).unwrap())).unwrap();
        let day = format!("{year}-{month:02}-{day:02}");
        let offset = ["+09:00", "+00:00", "-05:00", "-08:00", "+02:00", "+05:30"]
            [usize::try_from(self.below(6)).unwrap()];
        let words = if self.one_in(3) {
            day
        } else {
            format!("{day}T{:02}:{:02}{offset}", self.below(24), self.below(60))
        };
        words.parse().unwrap()
    }

    fn people(&mut self) -> People {
        let limits = [100, 101, 499, 500, 501, 999, 1000, 1001, 950, 1100, 1200, 90, 110, 0, 1];
        let mut number = || {
            if self.one_in(3) {
                self.below(3000)
            } else {
                limits[usize::try_from(self.below(15)).unwrap()]
            }
        };
        let (a, b) = (number(), number());
        match self.below(6) {
            0 => People::default(),
            1 => People::at_most(a),
            2 => People { at_least: Some(a.min(b)), at_most: Some(a.max(b)), ..People::default() },
            3 => People { number: Some(a), about: true, ..People::default() },
            4 => People { at_least: Some(a), ..People::default() },
            _ => People::exactly(a),
        }
    }

    fn facts(&mut self) -> Facts {
        let known = (0..self.below(4))
            .map(|_| Knowing { at: self.stamp(), by: String::new(), culprit: self.one_in(6) })
            .collect();
        let mut perhaps = |chances| self.one_in(chances).then(|| self.stamp());
        let (told_by_processor, told_principal) = (perhaps(4), perhaps(8));
        let material_on = perhaps(2);
        let reported = perhaps(2)
            .map(|at| Reported { obligation: "nis2-notice".to_owned(), at })
            .into_iter()
            .collect();
        // Most sets know most answers; what exempts or stands outside is rarer.
        let unknown = 2 + self.below(8);
        let answers: BTreeMap<Question, bool> = Question::ALL
            .iter()
            .filter(|question| **question != Question::PrincipalTold)
            .filter_map(|question| {
                let yes = if question.usual() == Some(false) { 8 } else { 2 };
                (!self.one_in(unknown)).then(|| (*question, self.one_in(yes)))
            })
            .collect();
        Facts {
            people: self.people(),
            my_number_people: self.people(),
            state_residents: self.people(),
            told_by_processor,
            told_principal,
            material_on,
            known,
            reported,
            answers,
        }
    }
}

#[test]
fn ten_thousand_sets_of_facts_have_the_same_clocks() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/second/obligations.py");
    let python = std::env::var("JIKENBO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let started =
        Command::new(&python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut second) = started else {
        eprintln!("SKIPPED: there is no {python}: clocks are NOT checked against a second source");
        return;
    };
    let mut dice = Dice(0x6a69_6b65_6e62_6f06);
    let mut verdicts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut lines = String::new();
    for _ in 0..SETS {
        let facts = dice.facts();
        let mut told = serde_json::Map::new();
        for clock in clocks(&facts) {
            let verdict = match clock.verdict {
                Verdict::Applies => "applies",
                Verdict::DoesNotApply => "does_not_apply",
                Verdict::CannotTell => "cannot_tell",
            };
            *verdicts.entry((clock.obligation, verdict)).or_default() += 1;
            let (from, by) = match clock.due {
                Some(due) => (due.from.map(|at| at.to_string()), Some(due.by.to_string())),
                None => (None, None),
            };
            told.insert(clock.obligation.to_owned(), json!([verdict, from, by]));
        }
        lines += &json!({ "facts": facts, "clocks": told }).to_string();
        lines.push('\n');
    }
    let mut stdin = second.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = second.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains(&format!("agreed {SETS}")), "{said}");
    // Sets that never decide anything would agree too.
    for obligation in response::obligations() {
        for verdict in ["applies", "does_not_apply", "cannot_tell"] {
            let seen = verdicts.get(&(obligation, verdict)).copied().unwrap_or(0);
            assert!(seen >= 50, "{obligation} {verdict} only {seen} times: {verdicts:?}");
        }
    }
}
