//! Replays that were asked for on a page: one round at a time, case after case, away from the request. It
//! does not know how a case is replayed, nor how a page looks.

use std::sync::{Arc, Mutex, PoisonError};

use case::CaseNumber;
use jiff::Timestamp;
use relay::net::PolicyFile;
use replay::{KeptReplay, KeptText, Sandbox, Shelf, Source, WrittenPolicy, derive};

use crate::app::App;
use crate::failure::Failure;
use crate::shelf;

/// How far a round is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Round {
    /// Cases that were run.
    pub(crate) done: usize,
    /// Cases in all.
    pub(crate) all: usize,
}

/// The round that runs, if one does.
#[derive(Debug, Default)]
pub(crate) struct Rounds(Mutex<Option<Round>>);

impl Rounds {
    /// How far it is.
    pub(crate) fn now(&self) -> Option<Round> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, round: Option<Round>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = round;
    }

    /// Whether a round of so many may begin now.
    fn begin(&self, all: usize) -> bool {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.is_some() {
            return false;
        }
        *now = Some(Round { done: 0, all });
        true
    }
}

/// A round that runs; it is over when this is dropped, also should a replay panic.
struct Running(Arc<App>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.rounds.set(None);
    }
}

/// Begins a round over cases, unless one runs already.
pub(crate) fn begin(app: &Arc<App>, numbers: Vec<CaseNumber>) {
    if !app.rounds.begin(numbers.len()) {
        return;
    }
    let running = Running(Arc::clone(app));
    tokio::spawn(async move {
        let app = &running.0;
        let all = numbers.len();
        for (done, number) in numbers.into_iter().enumerate() {
            app.rounds.set(Some(Round { done, all }));
            // What failed is in the log; the next case has nothing to do with it.
            let _logged = one(app, number).await;
        }
    });
}

/// Replays a case with all mutants under the organisation's own policy, else under the default, and keeps what
/// came of it. What its own policy does not stop, a change of it may.
pub(crate) async fn one(app: &Arc<App>, number: CaseNumber) -> Result<(), Failure> {
    let shelf::Shown { case, texts } = shelf::shown(app, number).await?;
    let told = case.reports.iter().zip(&texts);
    let kept: Vec<KeptText<'_>> = told
        .map(|(it, text)| KeptText::new(&it.source.sha256, &it.source.name, text, it.span))
        .collect();
    let source = Source::kept(number.to_string(), case.facts.clone(), &kept);
    let policy = policy(app).await?;
    let sandbox = Sandbox { mutants: true, changes: true, keep: None };
    let run = derive(&source).run(&policy, &sandbox).await;
    let replayed = run.map_err(|error| Failure::internal(&error))?;
    let policy = app.options.policy.as_ref().map(|path| path.display().to_string());
    let kept = KeptReplay { number, at: Timestamp::now(), policy, replayed };
    shelf::with(app, move |book| Ok(Shelf::beside(book.dir()).keep(&kept)))
        .await?
        .map_err(|error| Failure::internal(&error))
}

/// The policy as its files have it now.
async fn policy(app: &App) -> Result<WrittenPolicy, Failure> {
    let Some(path) = app.options.policy.clone() else { return Ok(WrittenPolicy::default()) };
    let read = tokio::task::spawn_blocking(move || PolicyFile::read(&path)).await;
    let read = read.map_err(|error| Failure::internal(&error))?;
    // It was sound when the server started; who changed it since is told what is wrong with it.
    read.map(WrittenPolicy::from).map_err(|error| Failure::Wrong(error.to_string()))
}
