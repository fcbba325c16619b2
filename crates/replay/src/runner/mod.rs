//! Runs a scenario: the real relay with its real spool on loopback, a client that hands mail in, and one
//! server that stands for the world; or the real file guard over files of a loop device. Once with the control, once without it, once for each mutant. It does
//! not know what the counts mean.

mod cast;
mod changes;
mod count;
mod drill;
mod files;
mod past;
mod post;
mod stage;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use guard::Sentence;
use relay::net::NetError;
use relay::{Address, PolicyError};
use toml::Table;

use crate::WrittenPolicy;
use crate::fixtures::{self, Attached, FixtureError};
use crate::outcome::{Mutated, Observed, Replayed, judge};
use crate::scenario::{Answer, Expectation, Scenario, Side, Weakness};
pub use drill::{Drill, SignIn};

use cast::Cast;
pub(crate) use stage::ANSWERED_AFTER;
use stage::{Control, Stage, ms};

/// Why a scenario cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The policy, or a mutant of it, is wrong.
    #[error("the policy cannot be used")]
    Policy(#[from] PolicyError),
    /// A file of the world cannot be made.
    #[error("the world cannot be made")]
    Fixture(#[from] FixtureError),
    /// Somebody of the world has no address.
    #[error("{0:?} is no mail address; mailbox and domain of the person make it")]
    Address(String),
    /// The relay does not start.
    #[error("the relay of the sandbox does not start")]
    Relay(#[from] Box<NetError>),
    /// Its record cannot be read.
    #[error("the record of the sandbox cannot be read")]
    Record(#[from] relay::net::record::RecordError),
    /// The sandbox cannot be made, or a connection in it broke.
    #[error("the sandbox does not work")]
    Sandbox(#[from] io::Error),
}

/// Where and how much is run.
#[derive(Clone, Debug, Default)]
pub struct Sandbox {
    /// Whether the mutants of the scenario are run too.
    pub mutants: bool,
    /// Whether the smallest changes of the policy that would stop it are looked for, where it is not stopped.
    pub changes: bool,
    /// A folder in which what the relay wrote is kept for looking at; else nothing is left.
    pub keep: Option<PathBuf>,
}

/// Runs a scenario under a policy.
pub async fn run(
    scenario: &Scenario,
    policy: &WrittenPolicy,
    sandbox: &Sandbox,
) -> Result<Replayed, RunError> {
    if let Some(files) = files::encrypted(scenario) {
        return files::run(scenario, files, sandbox).await;
    }
    let place = Place::of(scenario, policy)?;
    let with = place.once(&Weakness::Policy(Table::new()), sandbox, "with").await?;
    let without = place.once(&Weakness::Removed, sandbox, "without").await?;
    let mut mutants = Vec::new();
    let wanted = scenario.mutants.iter().filter(|_| sandbox.mutants);
    for mutant in wanted {
        let observed = match mutant.weakness {
            Weakness::Removed => without.observed.clone(),
            _ => place.once(&mutant.weakness, sandbox, &mutant.id).await?.observed,
        };
        mutants.push(mutated(scenario, &mutant.id, &mutant.fails, &observed));
    }
    let leftovers = with.leftover.or(without.leftover).filter(|_| scenario.cleanup.leaves_nothing);
    let is_own = policy.is_own();
    let mut replayed = judge(scenario, is_own, with.observed, without.observed, mutants, leftovers);
    if let Some(without) = replayed.without.as_ref().filter(|_| sandbox.changes)
        && replayed.outcome.could_be_stopped()
    {
        replayed.changes = Some(changes::smallest(&place, without).await?);
    }
    Ok(replayed)
}

fn mutated(scenario: &Scenario, id: &str, fails: &[String], observed: &Observed) -> Mutated {
    let must_fail = || scenario.expect.iter().filter(|expected| fails.contains(&expected.id));
    let holds_still = |expected: &&Expectation| {
        let counted = observed.count(expected.probe);
        expected.holds(counted) || expected.was.is_some_and(|was| counted != was)
    };
    let survived: Vec<String> =
        must_fail().filter(holds_still).map(|expected| expected.id.clone()).collect();
    let counted =
        must_fail().map(|expected| (expected.id.clone(), observed.count(expected.probe))).collect();
    Mutated { id: id.to_owned(), recurred: survived.is_empty(), counted, survived }
}

/// What a run left.
struct Ran {
    observed: Observed,
    leftover: Option<Sentence>,
}

/// A scenario with everything in it made.
struct Place<'a> {
    scenario: &'a Scenario,
    policy: &'a WrittenPolicy,
    cast: Cast,
    files: HashMap<String, Attached>,
    approvers: Vec<Address>,
}

impl<'a> Place<'a> {
    fn of(scenario: &'a Scenario, policy: &'a WrittenPolicy) -> Result<Self, RunError> {
        let world = &scenario.world;
        let own = policy.with(&Table::new(), &world.organisation.domain, &[])?;
        let own_domain = own.directory.own_domains().next().map(ToString::to_string);
        let domain = own_domain.filter(|_| policy.is_own());
        let cast = Cast::of(world, domain.as_deref().unwrap_or(&world.organisation.domain));
        let files = world
            .fixtures
            .iter()
            .map(|fixture| Ok((fixture.id.clone(), fixtures::make(fixture, world.seed)?)));
        let files = files.collect::<Result<_, FixtureError>>()?;
        let approvers = world.people.iter().filter(|person| person.approves);
        let approvers = approvers
            .filter(|person| person.side() == Side::Inside)
            .filter_map(|person| cast.address(&person.id))
            .map(|written| {
                Address::parse(written).map_err(|_| RunError::Address(written.to_owned()))
            });
        let approvers = approvers.collect::<Result<_, _>>()?;
        Ok(Self { scenario, policy, cast, files, approvers })
    }

    /// One run.
    async fn once(
        &self,
        weakness: &Weakness,
        sandbox: &Sandbox,
        name: &str,
    ) -> Result<Ran, RunError> {
        let none = Table::new();
        let over = match weakness {
            Weakness::Policy(over) => over,
            _ => &none,
        };
        let policy = Box::new(self.policy.with(over, self.cast.domain(), &self.approvers)?);
        let control = match weakness {
            Weakness::Removed => Control::Absent,
            Weakness::Unlearnt => {
                Control::Relay { policy, answers: None, learns: false, pages: None }
            }
            Weakness::EverybodyLetsGo => {
                Control::Relay { policy, answers: Some(Answer::LetGo), learns: true, pages: None }
            }
            Weakness::Policy(_) => {
                Control::Relay { policy, answers: None, learns: true, pages: None }
            }
        };
        let folder = tempfile::Builder::new().prefix("jikenbo-replay-").tempdir()?;
        let mut stage = Stage::set(self, control, folder.path()).await?;
        stage.play().await?;
        let observed = stage.clear().await?;
        if let Some(keep) = &sandbox.keep {
            keep_in(folder.path(), &keep.join(name))?;
            return Ok(Ran { observed, leftover: None });
        }
        let path = folder.path().to_path_buf();
        folder.close()?;
        let leftover = path.exists().then(|| left(&path));
        Ok(Ran { observed, leftover })
    }
}

/// Copies what a run wrote, in place of what is kept there from an earlier one; the folder to keep it in may be of
/// another file system.
fn keep_in(folder: &Path, kept: &Path) -> io::Result<()> {
    if kept.exists() {
        fs::remove_dir_all(kept)?;
    }
    fs::create_dir_all(kept)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (kind, to) = (entry.file_type()?, kept.join(entry.file_name()));
        if kind.is_dir() {
            keep_in(&entry.path(), &to)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// That a sandbox is over and its folder is still there.
fn left(folder: &Path) -> Sentence {
    let folder = folder.display();
    Sentence::new(
        format!("後始末: {folder} が残っている"),
        format!("cleanup: {folder} is still there"),
    )
}
