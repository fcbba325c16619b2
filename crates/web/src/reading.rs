//! An upload read into cases, within limits of size and time, on a thread of its own; and the
//! drafts: readings that somebody looks at before they are kept. It does not know the book.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use case::{Case, MediaType, SourceId};
use formats::Hints;
use text::Limits;
use tokio::sync::Semaphore;

use crate::failure::Failure;
use crate::secret;

/// Decoders recurse as deep as the limits allow; a thread of 2 MiB would be tight.
const STACK_BYTES: usize = 16 << 20;
/// How many inputs are read at once, and how many may wait.
const AT_ONCE: usize = 2;
/// The longest that a visitor waits for a reading.
const LONGEST: Duration = Duration::from_secs(30);
/// All drafts together hold at most so many bytes, and each for so long.
const DRAFT_BYTES: usize = 256 << 20;
const DRAFT_SECONDS: i64 = 60 * 60;
/// One account has at most so many drafts; an older one gives way.
const DRAFTS: usize = 5;

/// What one upload may cost.
pub(crate) fn limits() -> Limits {
    Limits {
        input_bytes: usize::try_from(crate::views::add::MOST_BYTES).unwrap_or(usize::MAX),
        text_bytes: 64 << 20,
        depth: 128,
        pages: 2_000,
        entries: 5_000,
        facts: 1_000,
    }
}

/// What was read from one input.
#[derive(Debug)]
pub(crate) struct Read {
    /// The name of the input.
    pub(crate) name: String,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    /// SHA-256 of them.
    pub(crate) sha256: String,
    /// The format.
    pub(crate) media_type: MediaType,
    /// The decoded text.
    pub(crate) text: String,
    /// The cases.
    pub(crate) cases: Vec<Case>,
    /// What was left out.
    pub(crate) notes: Vec<String>,
}

/// Reads uploads, a few at a time.
#[derive(Debug)]
pub(crate) struct Readings {
    turns: Arc<Semaphore>,
    drafts: Mutex<VecDeque<Draft>>,
}

#[derive(Debug)]
struct Draft {
    id: String,
    account: i64,
    since: i64,
    read: Arc<Read>,
}

impl Draft {
    fn bytes(&self) -> usize {
        self.read.bytes.len() + self.read.text.len()
    }
}

impl Readings {
    /// No drafts yet.
    pub(crate) fn new() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), drafts: Mutex::new(VecDeque::new()) }
    }

    /// Reads one input. A reading that takes too long keeps its turn until it is done, so that
    /// slow inputs cannot pile up.
    pub(crate) async fn read(&self, name: String, bytes: Vec<u8>) -> Result<Read, Failure> {
        let turns = Arc::clone(&self.turns);
        let turn = tokio::time::timeout(LONGEST, turns.acquire_owned())
            .await
            .map_err(|_| Failure::Full)?
            .map_err(|e| Failure::internal(&e))?;
        let (done, answer) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name("reading".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                // Nobody waits any more where the visitor went away.
                let _ = done.send(read(name, bytes));
                drop(turn);
            })
            .map_err(|e| Failure::internal(&e))?;
        match tokio::time::timeout(LONGEST, answer).await {
            Ok(Ok(read)) => read.map_err(|e| Failure::Wrong(e.to_string())),
            // The thread panicked: a bug of a decoder, on one input.
            Ok(Err(gone)) => Err(Failure::internal(&gone)),
            Err(_) => Err(Failure::TooLong),
        }
    }

    /// Holds a reading for an account; the id by which it is found again.
    pub(crate) fn hold(&self, account: i64, read: Read, now: i64) -> Result<String, Failure> {
        let id = secret::fresh()?;
        let draft = Draft { id: id.clone(), account, since: now, read: Arc::new(read) };
        let mut drafts = self.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.retain(|draft| now - draft.since < DRAFT_SECONDS);
        while drafts.iter().filter(|draft| draft.account == account).count() >= DRAFTS {
            let oldest = drafts.iter().position(|draft| draft.account == account);
            oldest.map(|at| drafts.remove(at));
        }
        let room = DRAFT_BYTES.saturating_sub(draft.bytes());
        while drafts.iter().map(Draft::bytes).sum::<usize>() > room {
            drafts.pop_front();
        }
        drafts.push_back(draft);
        Ok(id)
    }

    /// The reading of that id, where the account has it.
    pub(crate) fn held(&self, account: i64, id: &str) -> Option<Arc<Read>> {
        let drafts = self.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        drafts
            .iter()
            .find(|draft| draft.account == account && draft.id == id)
            .map(|draft| Arc::clone(&draft.read))
    }

    /// Forgets a reading.
    pub(crate) fn drop_held(&self, account: i64, id: &str) {
        let mut drafts = self.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.retain(|draft| draft.account != account || draft.id != id);
    }
}

fn read(name: String, bytes: Vec<u8>) -> Result<Read, formats::FormatError> {
    let limits = limits();
    let sha256 = book::fingerprint(&bytes);
    let hints = Hints { name: &name, charset: None };
    let document = formats::decode(bytes.clone(), hints, &limits)?;
    let input = reader::Input { source: SourceId(1), text: &document.text, parts: &document.parts };
    let mut reading = reader::read(input, &limits);
    let cases: Vec<Case> = reading.by_ref().collect();
    let notes = reading.notes().iter().map(|note| note.message.clone()).collect();
    let media_type = document.media_type;
    Ok(Read { name, bytes, sha256, media_type, text: document.text, cases, notes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty(name: &str) -> Read {
        Read {
            name: name.to_owned(),
            bytes: Vec::new(),
            sha256: String::new(),
            media_type: MediaType::Text,
            text: String::new(),
            cases: Vec::new(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_draft_is_its_accounts_alone_and_not_for_ever() {
        let readings = Readings::new();
        let id = readings.hold(1, empty("a"), 0).unwrap();
        assert_eq!(readings.held(1, &id).unwrap().name, "a");
        assert!(readings.held(2, &id).is_none());
        readings.drop_held(2, &id);
        assert!(readings.held(1, &id).is_some());
        readings.hold(2, empty("b"), DRAFT_SECONDS).unwrap();
        assert!(readings.held(1, &id).is_none());
    }

    #[test]
    fn older_drafts_give_way() {
        let readings = Readings::new();
        let first = readings.hold(1, empty("a"), 0).unwrap();
        let other = readings.hold(2, empty("o"), 0).unwrap();
        let ids: Vec<String> =
            (0..DRAFTS).map(|_| readings.hold(1, empty("b"), 0).unwrap()).collect();
        assert!(readings.held(1, &first).is_none());
        assert!(readings.held(2, &other).is_some());
        assert!(ids.iter().all(|id| readings.held(1, id).is_some()));
    }

    #[tokio::test]
    async fn what_is_no_text_is_said_to_be_none() {
        let failed = Readings::new().read("a.bin".to_owned(), vec![0; 64]).await;
        assert!(matches!(failed, Err(Failure::Wrong(_))), "{failed:?}");
    }
}
