//! The search for the smallest change of a policy under which a case no longer happens. Every change is tried by
//! running the case under it. It knows which settings of a policy are stricter than others; it does not know
//! what a check looks at.

use std::collections::BTreeSet;

use relay::policy::Checks;
use toml::{Table, Value};

use super::{Place, RunError, Sandbox};
use crate::change::{Change, Setting};
use crate::outcome::{Observed, Outcome, judge};
use crate::scenario::Weakness;

/// The settings by which a check is stricter, and in which way.
const LIMITS: &[(&str, &str, Stricter)] = &[
    ("exposed-recipients", "more-than-addresses", Stricter::Fewer(1)),
    ("exposed-recipients", "more-than-domains", Stricter::Fewer(1)),
    ("exposed-recipients", "in-answers", Stricter::Fewer(1)),
    ("personal-data", "more-than-people", Stricter::Fewer(0)),
    ("bulk", "more-than-recipients", Stricter::Fewer(1)),
    ("unusual-recipient", "learning-mails", Stricter::Fewer(0)),
    ("unusual-recipient", "alarms-per-hundred", Stricter::More(&[1.0, 2.0, 5.0, 10.0])),
    ("password-mail", "window-minutes", Stricter::Longer(&[60, 240, 1_440])),
];
/// What can be done about a finding, the milder first.
const DONE: &[&str] = &["wait", "individual-copies", "ask-sender", "ask-approver", "refuse"];

/// In which way a setting is stricter.
#[derive(Clone, Copy)]
enum Stricter {
    /// The lower the stricter, down to this.
    Fewer(i64),
    /// The higher the stricter; these are tried.
    More(&'static [f64]),
    /// The longer the stricter; these are tried.
    Longer(&'static [i64]),
}

/// Values of a setting that are stricter than the one that stands, the mildest first.
enum Ladder {
    /// A few, each tried.
    Values(Vec<Value>),
    /// All whole numbers below one, down to another.
    Below(i64, i64),
}

/// A setting that can be made stricter.
struct Knob {
    key: &'static str,
    from: Value,
    ladder: Ladder,
}

/// The smallest changes: all that are of the same, least number of settings.
pub(super) async fn smallest(
    place: &Place<'_>,
    without: &Observed,
) -> Result<Vec<Change>, RunError> {
    let search = Search { place, without, settings: place.policy.settings() };
    let concerned = search.concerned().await?;
    // A check is switched on, set to another limit, has something else done: any of these, then two, then all.
    for size in 1..=3 {
        let mut found = Vec::new();
        for check in &concerned {
            for knobs in search.knobs(check).iter().filter(|knobs| knobs.len() == size) {
                found.extend(search.mildest(check, knobs).await?);
            }
        }
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

struct Search<'a> {
    place: &'a Place<'a>,
    without: &'a Observed,
    /// The policy with all its defaults.
    settings: Table,
}

impl Search<'_> {
    /// The checks that find something in this case when all are as strict as they can be.
    async fn concerned(&self) -> Result<Vec<&'static str>, RunError> {
        let mut checks = Table::new();
        for id in Checks::IDS {
            let mut strict = Table::new();
            strict.insert("mode".to_owned(), "enforce".into());
            for (key, stricter) in limits(id.0) {
                let strictest = match stricter {
                    Stricter::Fewer(least) => Some(Value::from(least)),
                    Stricter::More(values) => values.last().copied().map(Value::from),
                    Stricter::Longer(values) => values.last().copied().map(Value::from),
                };
                strict.extend(strictest.map(|value| (key.to_owned(), value)));
            }
            checks.insert(id.0.to_owned(), strict.into());
        }
        let mut over = Table::new();
        over.insert("checks".to_owned(), checks.into());
        let observed = self.run(over).await?;
        let found: BTreeSet<&str> =
            observed.findings.iter().map(|finding| finding.check.as_str()).collect();
        Ok(Checks::IDS.iter().map(|id| id.0).filter(|id| found.contains(id)).collect())
    }

    /// Everything of a check that can be made stricter together: at most its mode, one limit, and what is done.
    fn knobs(&self, check: &str) -> Vec<Vec<Knob>> {
        let mut all = Vec::new();
        for has_mode in [true, false] {
            for limit in std::iter::once(None).chain(limits(check).map(Some)) {
                for has_done in [false, true] {
                    let mode = self.mode(check).filter(|_| has_mode);
                    let done = self.done(check).filter(|_| has_done);
                    if (has_mode && mode.is_none()) || (has_done && done.is_none()) {
                        continue;
                    }
                    let limit = limit.and_then(|(key, stricter)| self.limit(check, key, stricter));
                    all.push([mode, limit, done].into_iter().flatten().collect());
                }
            }
        }
        all
    }

    fn setting(&self, check: &str, key: &str) -> Option<&Value> {
        self.settings.get("checks")?.get(check)?.get(key)
    }

    fn mode(&self, check: &str) -> Option<Knob> {
        let from = self.setting(check, "mode")?;
        let ladder = Ladder::Values(vec!["enforce".into()]);
        (from.as_str() != Some("enforce")).then(|| Knob { key: "mode", from: from.clone(), ladder })
    }

    fn done(&self, check: &str) -> Option<Knob> {
        let from = self.setting(check, "then")?;
        let now = match from {
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            one => Vec::from_iter(one.as_str()),
        };
        let strictest = now.iter().filter_map(|now| DONE.iter().position(|done| done == now)).max();
        let stricter = DONE.iter().skip(strictest.map_or(0, |at| at + 1));
        let values: Vec<Value> = stricter.map(|done| (*done).into()).collect();
        (!values.is_empty()).then(|| Knob {
            key: "then",
            from: from.clone(),
            ladder: Ladder::Values(values),
        })
    }

    fn limit(&self, check: &str, key: &'static str, stricter: Stricter) -> Option<Knob> {
        let from = self.setting(check, key)?;
        let ladder = match stricter {
            Stricter::Fewer(least) => {
                Ladder::Below(from.as_integer().filter(|now| *now > least)?, least)
            }
            Stricter::More(values) => {
                let now = from.as_float()?;
                Ladder::Values(
                    values.iter().filter(|it| **it > now).map(|it| (*it).into()).collect(),
                )
            }
            Stricter::Longer(values) => {
                let now = from.as_integer()?;
                Ladder::Values(
                    values.iter().filter(|it| **it > now).map(|it| (*it).into()).collect(),
                )
            }
        };
        Some(Knob { key, from: from.clone(), ladder })
    }

    /// The mildest values of some settings under which the case does not happen.
    async fn mildest(&self, check: &str, knobs: &[Knob]) -> Result<Option<Change>, RunError> {
        // At most one of them has many values; the others' are few, and each is tried with it.
        let mut few: Vec<Vec<Setting>> = vec![Vec::new()];
        let mut many = None;
        for knob in knobs {
            match &knob.ladder {
                Ladder::Values(values) => {
                    let with = |before: &Vec<Setting>, value: &Value| {
                        let mut settings = before.clone();
                        settings.push(knob.to(check, value.clone()));
                        settings
                    };
                    few = few
                        .iter()
                        .flat_map(|before| values.iter().map(move |value| with(before, value)))
                        .collect();
                }
                Ladder::Below(above, least) => many = Some((knob, *above, *least)),
            }
        }
        for settings in few {
            let found = match many {
                None => self.stops(&settings).await?.then_some(settings),
                Some((knob, above, least)) => {
                    self.highest(check, &settings, knob, above, least).await?
                }
            };
            if let Some(settings) = found {
                return Ok(Some(Change { settings, price: None }));
            }
        }
        Ok(None)
    }

    /// The highest value below one that stops it. Steps double until one does, then the last is halved.
    async fn highest(
        &self,
        check: &str,
        before: &[Setting],
        knob: &Knob,
        above: i64,
        least: i64,
    ) -> Result<Option<Vec<Setting>>, RunError> {
        let with = |value: i64| {
            let mut settings = before.to_vec();
            settings.push(knob.to(check, value.into()));
            settings
        };
        let (mut fails, mut step) = (above, 1);
        let mut stops = loop {
            let tried = (above - step).max(least);
            if self.stops(&with(tried)).await? {
                break tried;
            }
            if tried == least {
                return Ok(None);
            }
            (fails, step) = (tried, step * 2);
        };
        while fails - stops > 1 {
            let middle = stops + (fails - stops) / 2;
            if self.stops(&with(middle)).await? {
                stops = middle;
            } else {
                fails = middle;
            }
        }
        Ok(Some(with(stops)))
    }

    /// Whether the case does not happen under the policy with some settings changed, and no harm is done.
    async fn stops(&self, settings: &[Setting]) -> Result<bool, RunError> {
        let change = Change { settings: settings.to_vec(), price: None };
        let observed = match self.run(change.table()).await {
            // A value that no policy may have stops nothing.
            Err(RunError::Policy(_)) => return Ok(false),
            observed => observed?,
        };
        let scenario = self.place.scenario;
        let judged = judge(scenario, true, observed, self.without.clone(), Vec::new(), None);
        Ok(judged.outcome == Outcome::Prevented)
    }

    async fn run(&self, over: Table) -> Result<Observed, RunError> {
        let nothing_kept = Sandbox::default();
        Ok(self.place.once(&Weakness::Policy(over), &nothing_kept, "change").await?.observed)
    }
}

/// The settings by which a check is stricter.
fn limits(check: &str) -> impl Iterator<Item = (&'static str, Stricter)> {
    let of = LIMITS.iter().filter(move |(of, ..)| *of == check);
    of.map(|(_, key, stricter)| (*key, *stricter))
}

impl Knob {
    fn to(&self, check: &str, to: Value) -> Setting {
        Setting { check: check.to_owned(), key: self.key.to_owned(), from: self.from.clone(), to }
    }
}
