//! A scenario with people in the loop: the held mail really waits on the relay's pages, in real time, until
//! those who are asked have answered. What they said, and how long it took them, is what is looked at. It
//! does not serve the pages.

use std::path::PathBuf;

use relay::Address;
use relay::net::Desk;
use relay::net::control::{Answer, Request, ask};
use tempfile::TempDir;
use toml::Table;

use super::stage::{Control, Stage};
use super::{Place, RunError};
use crate::WrittenPolicy;
use crate::outcome::{Observed, Replayed, judge};
use crate::scenario::{Scenario, Weakness};

/// A drill under way.
pub struct Drill<'a> {
    place: Place<'a>,
    folder: TempDir,
    without: Observed,
}

impl<'a> Drill<'a> {
    /// Makes everything ready under a policy; without the control, the scenario is run right away.
    pub async fn prepare(
        scenario: &'a Scenario,
        policy: &'a WrittenPolicy,
    ) -> Result<Self, RunError> {
        let place = Place::of(scenario, policy)?;
        let nothing_kept = super::Sandbox::default();
        let without = place.once(&Weakness::Removed, &nothing_kept, "without").await?.observed;
        let folder = tempfile::Builder::new().prefix("jikenbo-drill-").tempdir()?;
        Ok(Self { place, folder, without })
    }

    /// Starts the relay, sends the mails, and hands its desk and a way to sign in to whoever serves the
    /// pages at an address. It ends when nothing waits any more, or when `ended` does.
    pub async fn run(
        self,
        pages: String,
        begun: impl FnOnce(Desk, Vec<(String, SignIn)>),
        ended: impl Future<Output = ()>,
    ) -> Result<Replayed, RunError> {
        let (scenario, folder) = (self.place.scenario, self.folder.path());
        let policy = self.place.policy.with(
            &Table::new(),
            self.place.cast.domain(),
            &self.place.approvers,
        )?;
        let control = Control::Relay {
            policy: Box::new(policy),
            answers: None,
            learns: true,
            pages: Some(pages),
        };
        let mut stage = Stage::set(&self.place, control, folder).await?;
        stage.send_all().await?;
        if let Some(desk) = stage.desk() {
            begun(desk, self.people());
        }
        tokio::select! {
            () = stage.answered() => {}
            () = ended => {}
        }
        let observed = stage.clear().await?;
        let is_own = self.place.policy.is_own();
        Ok(judge(scenario, is_own, observed, self.without, Vec::new(), None))
    }

    /// Those of the organisation whom the scenario names, and how each signs in.
    fn people(&self) -> Vec<(String, SignIn)> {
        let people = self.place.scenario.world.people.iter();
        let inside = people.filter(|person| person.domain.is_none());
        let each = inside.filter_map(|person| {
            let who = Address::parse(self.place.cast.address(&person.id)?).ok()?;
            let folder = self.folder.path().to_path_buf();
            Some((person.name.clone(), SignIn { who, folder }))
        });
        each.collect()
    }
}

/// How somebody signs in to the pages of a drill.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Their address.
    pub who: Address,
    folder: PathBuf,
}

impl SignIn {
    /// A link, good for an hour and once; none where the relay is gone. It waits for the relay's answer, so
    /// it is asked for on a thread that may block.
    pub fn link(&self) -> Option<String> {
        match ask(&self.folder, &Request::Link { who: self.who.clone() }) {
            Ok(Answer::Link(link)) => Some(link),
            _ => None,
        }
    }
}
