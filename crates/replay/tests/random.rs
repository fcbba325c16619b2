//! Any mail accident: with the control nobody's copy shows another, without it exactly as many are exposed
//! as the case says. A thousand are run; a failure names the scenario to run again.

use jiff::Zoned;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use replay::kinds::{Exposure, Field};
use replay::outcome::Outcome;
use replay::scenario::{After, Probe};
use replay::{Sandbox, WrittenPolicy, run};

/// How many cases. The mails of most are few, as in the casebooks; some go to hundreds.
const CASES: u32 = 1_000;

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
    let first: Zoned = "2015-01-01T00:00:00+09:00[Asia/Tokyo]".parse().unwrap();
    first.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap()
}

#[test]
fn with_the_control_no_copy_shows_another_and_without_it_all_do() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let check = |(exposure, at): (Exposure, i64)| {
        let scenario = exposure.by_itself(begins(at));
        let (policy, sandbox) = (WrittenPolicy::default(), Sandbox::default());
        let replayed = runtime.block_on(run(&scenario, &policy, &sandbox)).unwrap();
        prop_assert_eq!(replayed.outcome, Outcome::Prevented, "{:?}", replayed.because);
        let (with, without) = (replayed.with.unwrap(), replayed.without.unwrap());
        prop_assert_eq!(with.count(Probe::AddressesExposed), 0);
        prop_assert_eq!(with.count(Probe::RightfulWithoutMail), 0);
        prop_assert_eq!(without.count(Probe::AddressesExposed), u64::from(exposure.recipients));
        Ok(())
    };
    TestRunner::new(config).run(&exposures(), check).unwrap();
}
