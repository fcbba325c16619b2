//! Any mail accident: with the control nobody's copy shows another, without it exactly as many are exposed
//! as the case says. A thousand are run; a failure names the scenario to run again.

use jiff::Zoned;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use replay::kinds::{Exposure, Field};
use replay::outcome::Outcome;
use replay::scenario::{After, Probe};
use replay::{Sandbox, WrittenPolicy, run};
use tokio::task::JoinSet;

/// How many cases. The mails of most are few, as in the casebooks; some go to hundreds.
const CASES: u32 = 1_000;
/// Sandboxes at a time.
const AT_ONCE: usize = 12;

fn exposures() -> impl Strategy<Value = (Exposure, i64)> {
    // The default policy leaves alone what is everyday business; 10 addresses never are.
    let recipients = prop_oneof![12 => 10_u32..40, 3 => 40_u32..150, 1 => 150_u32..600];
    let field = prop_oneof![Just(Field::To), Just(Field::Cc)];
    let repeated = prop_oneof![6 => Just(None), 1 => (1_i64..300).prop_map(Some)];
    // Any minute of ten years.
    let at = 0_i64..5_260_000;
    (recipients, field, repeated, at).prop_map(|(recipients, field, repeated, at)| {
        let repeated_after = repeated.map(After::minutes);
        (Exposure { recipients, field, repeated_after }, at)
    })
}

fn begins(minutes: i64) -> Zoned {
    let first: Zoned = "2015-01-01T00:00:00+09:00[+09:00]".parse().unwrap();
    first.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap()
}

/// Runs one, and says what is wrong with it.
async fn check(exposure: Exposure, at: i64) -> Result<(), String> {
    let scenario = exposure.by_itself(begins(at));
    let replayed = run(&scenario, &WrittenPolicy::default(), &Sandbox::default()).await;
    let replayed = replayed.map_err(|error| format!("{exposure:?}: {error}"))?;
    let (with, without) = (replayed.with.unwrap_or_default(), replayed.without.unwrap_or_default());
    let seen = (
        replayed.outcome,
        with.count(Probe::AddressesExposed),
        with.count(Probe::RightfulWithoutMail),
        without.count(Probe::AddressesExposed),
    );
    let expected = (Outcome::Prevented, 0, 0, u64::from(exposure.recipients));
    if seen == expected {
        Ok(())
    } else {
        Err(format!("{exposure:?}: {seen:?} {:?}", replayed.because))
    }
}

#[test]
fn with_the_control_no_copy_shows_another_and_without_it_all_do() {
    let mut runner = TestRunner::new(Config::default());
    let mut drawn = (0..CASES).map(|_| exposures().new_tree(&mut runner).unwrap().current());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let wrong = runtime.block_on(async {
        // Most of a run waits for the disk: several go side by side.
        let (mut running, mut wrong) = (JoinSet::new(), Vec::new());
        loop {
            while running.len() < AT_ONCE
                && let Some((exposure, at)) = drawn.next()
            {
                running.spawn(check(exposure, at));
            }
            let Some(checked) = running.join_next().await else { break wrong };
            wrong.extend(checked.unwrap().err());
        }
    });
    assert!(wrong.is_empty(), "{} of {CASES}: {wrong:#?}", wrong.len());
}

#[test]
fn more_people_than_one_transaction_takes_are_one_case() {
    let exposure = Exposure { recipients: 2_300, field: Field::To, repeated_after: None };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(check(exposure, 0)).unwrap();
}
