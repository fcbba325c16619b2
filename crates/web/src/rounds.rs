//! Replays that were asked for on a page: one round at a time, case after case, away from the request. It
//! does not know how a case is replayed, nor how a page looks.

use std::sync::{Arc, Mutex, PoisonError};

use case::CaseNumber;
use jiff::Timestamp;
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

/// Begins a round over cases, unless one runs already.
pub(crate) fn begin(app: &Arc<App>, numbers: Vec<CaseNumber>) {
    if !app.rounds.begin(numbers.len()) {
        return;
    }
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let all = numbers.len();
        for (done, number) in numbers.into_iter().enumerate() {
            app.rounds.set(Some(Round { done, all }));
            // What failed is in the log; the next case has nothing to do with it.
            let _logged = one(&app, number).await;
        }
        app.rounds.set(None);
    });
}

/// Replays a case under the default policy, with all mutants, and keeps what came of it.
pub(crate) async fn one(app: &Arc<App>, number: CaseNumber) -> Result<(), Failure> {
    let shelf::Shown { case, texts } = shelf::shown(app, number).await?;
    let told = case.reports.iter().zip(&texts);
    let kept: Vec<KeptText<'_>> = told
        .map(|(it, text)| KeptText::new(&it.source.sha256, &it.source.name, text, it.span))
        .collect();
    let source = Source::kept(number.to_string(), case.facts.clone(), &kept);
    let sandbox = Sandbox { mutants: true, keep: None };
    let run = derive(&source).run(&WrittenPolicy::default(), &sandbox).await;
    let replayed = run.map_err(|error| Failure::internal(&error))?;
    let kept = KeptReplay { number, at: Timestamp::now(), policy: None, replayed };
    shelf::with(app, move |book| Ok(Shelf::beside(book.dir()).keep(&kept)))
        .await?
        .map_err(|error| Failure::internal(&error))
}
