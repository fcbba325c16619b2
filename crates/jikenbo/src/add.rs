//! The command `add`: inputs are read in parallel and kept in input order. What is acknowledged on
//! standard output is on stable storage.
//!
//! Sources that are ready at the same time are kept in one transaction: waiting for the disk costs
//! the same for one as for many.

use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::Context as _;
use book::{Added, Book, Incoming, Who};
use case::CaseNumber;
use serde::Serialize;
use text::Limits;

use crate::cli::book::{AddArgs, Shape};
use crate::data::hinted;
use crate::output::plain;
use crate::read;
use crate::read::inputs::{self, Input};
use crate::read::loader::Loader;
use crate::read::one::{self, ReadInput};
use crate::read::problem::Problem;
use crate::read::progress::Progress;
use crate::read::worker;

/// How many inputs may be read and not yet kept, for each worker.
const AHEAD: usize = 16;
/// Sources kept in one transaction: so many, or of so many bytes together.
const TOGETHER: usize = 64;
const TOGETHER_BYTES: usize = 16 << 20;
/// After so many sources at once the search index is made of fewer pieces.
const MANY: usize = 2_000;

/// Reads what the arguments name and keeps it.
pub(crate) fn run(args: &AddArgs) -> anyhow::Result<ExitCode> {
    read::check(&args.paths, args.charset.as_deref());
    read::quiet_workers();
    let inputs = inputs::list(&args.paths);
    let jobs = read::jobs(args.jobs, inputs.len());
    let book = args.book.open()?;
    let loader = Loader { limits: Limits::from(args.limits), charset: args.charset.clone() };
    let mut keeper = Keeper {
        book: &book,
        who: args.book.who(),
        args,
        progress: Progress::new(inputs.iter().map(|input| input.size_bytes).sum()),
        waiting: Vec::new(),
        waiting_bytes: 0,
        all_kept: true,
        added: 0,
    };
    keep_all(&loader, inputs, jobs, &mut keeper)?;
    keeper.progress.finish();
    if keeper.added >= MANY {
        book.compact().map_err(hinted)?;
    }
    Ok(if keeper.all_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Job {
    input: Input,
    done: SyncSender<Result<ReadInput, Problem>>,
}

/// An input begun and where its reading will appear.
struct Begun {
    name: String,
    size_bytes: u64,
    ready: Receiver<Result<ReadInput, Problem>>,
}

fn keep_all(
    loader: &Loader,
    inputs: Vec<Input>,
    jobs: usize,
    keeper: &mut Keeper<'_>,
) -> anyhow::Result<()> {
    let (queue, waiting) = mpsc::channel::<Job>();
    let waiting = Mutex::new(waiting);
    thread::scope(|scope| {
        // Owned by this closure: when keeping fails, the queue closes and the workers end.
        let queue = queue;
        worker::spawn(scope, jobs, || work(loader, &waiting))?;
        let mut inputs = inputs.into_iter();
        let mut begun: VecDeque<Begun> = VecDeque::new();
        loop {
            while begun.len() < jobs * AHEAD {
                let Some(input) = inputs.next() else { break };
                let (done, ready) = mpsc::sync_channel(1);
                let (name, size_bytes) = (input.name.clone(), input.size_bytes);
                begun.push_back(Begun { name, size_bytes, ready });
                queue.send(Job { input, done }).context("the workers have ended")?;
            }
            let Some(next) = begun.pop_front() else { break };
            let ready = if let Ok(ready) = next.ready.try_recv() {
                ready
            } else {
                // Nothing else is ready: what waits is kept now rather than later.
                keeper.flush()?;
                next.ready.recv().context("a worker has ended")?
            };
            keeper.take(next.name, next.size_bytes, ready)?;
        }
        keeper.flush()
    })
}

fn work(loader: &Loader, waiting: &Mutex<Receiver<Job>>) {
    loop {
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { input, done }) = job else { return };
        let ready = one::read(loader, input);
        // Where nobody keeps any more, the queue is closed too.
        let _ = done.send(ready);
    }
}

/// Keeps what was read, several sources at a time, and says so.
struct Keeper<'a> {
    book: &'a Book,
    who: Who,
    args: &'a AddArgs,
    progress: Progress,
    waiting: Vec<(String, ReadInput)>,
    waiting_bytes: usize,
    all_kept: bool,
    /// Sources that were kept.
    added: usize,
}

impl Keeper<'_> {
    fn take(
        &mut self,
        name: String,
        size_bytes: u64,
        ready: Result<ReadInput, Problem>,
    ) -> anyhow::Result<()> {
        self.progress.advance(size_bytes);
        match ready {
            Err(problem) => {
                self.progress.aside(&read::told(&name, &problem));
                self.all_kept = false;
                Ok(())
            }
            Ok(ready) => {
                for note in &ready.notes {
                    self.progress.aside(&format!("jikenbo: {}: {}", plain(&name), plain(note)));
                }
                self.waiting_bytes += ready.bytes.len() + ready.document.text.len();
                self.waiting.push((name, ready));
                if self.waiting.len() >= TOGETHER || self.waiting_bytes >= TOGETHER_BYTES {
                    self.flush()?;
                }
                Ok(())
            }
        }
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let incoming: Vec<Incoming<'_>> = self
            .waiting
            .iter()
            .map(|(name, ready)| Incoming {
                name,
                media_type: ready.document.media_type,
                bytes: &ready.bytes,
                text: &ready.document.text,
                reader: reader::NAME,
                cases: &ready.cases,
            })
            .collect();
        let added = self.book.add(&incoming, &self.who).map_err(hinted)?;
        for ((name, ready), added) in self.waiting.iter().zip(&added) {
            let again = added.known && self.args.again;
            if again {
                self.book
                    .reread(&added.sha256, reader::NAME, &ready.cases, &self.who)
                    .map_err(hinted)
                    .with_context(|| format!("{} was not read again", plain(name)))?;
            }
            self.acknowledge(name, ready, added, again).context("cannot write the output")?;
        }
        self.added += self.waiting.len();
        self.waiting.clear();
        self.waiting_bytes = 0;
        Ok(())
    }

    fn acknowledge(
        &self,
        name: &str,
        ready: &ReadInput,
        added: &Added,
        again: bool,
    ) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.args.print.format == Shape::Json {
            let line = Acknowledged {
                path: name,
                sha256: &added.sha256,
                known: added.known,
                read_again: again,
                cases: added
                    .cases
                    .iter()
                    .map(|case| AcknowledgedCase {
                        number: case.number,
                        joined: case.joined,
                        proposed: case.proposed,
                    })
                    .collect(),
            };
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
            return out.flush();
        }
        let lang = case::Lang::from(self.args.print.lang);
        let name = plain(name);
        if added.cases.is_empty() {
            let none = lang.of("事件の記載なし(原本は保管)", "no incident; the original is kept");
            writeln!(out, "{:<9} {name}: {none}", "-")?;
        }
        for (case, read) in added.cases.iter().zip(&ready.cases) {
            let title = read.facts.title.as_ref().map_or("", |title| title.value.as_str());
            let who = read.facts.organisation.as_ref().map_or("", |name| name.value.as_str());
            let what = match (added.known, again, case.joined, case.proposed) {
                (true, true, ..) => lang.of("再読", "read again").to_owned(),
                (true, ..) => lang.of("既出", "known").to_owned(),
                (_, _, true, _) => lang.of("続報", "joined").to_owned(),
                (.., Some(into)) => {
                    let (ja, en) = (format!("新規、{into} の続報か"), format!("new; of {into}?"));
                    if lang == case::Lang::Ja { ja } else { en }
                }
                _ => lang.of("新規", "new").to_owned(),
            };
            let called = [who, title].into_iter().filter(|words| !words.is_empty());
            let called = called.map(plain).collect::<Vec<_>>().join(" ");
            let called =
                if called.is_empty() { lang.of("(名称なし)", "(no name)") } else { &called };
            writeln!(out, "{:<9} [{what}] {called} ({name})", case.number)?;
        }
        out.flush()
    }
}

/// One source, acknowledged: a line of `--format json`.
#[derive(Serialize)]
struct Acknowledged<'a> {
    path: &'a str,
    sha256: &'a str,
    known: bool,
    read_again: bool,
    cases: Vec<AcknowledgedCase>,
}

#[derive(Serialize)]
struct AcknowledgedCase {
    number: CaseNumber,
    joined: bool,
    proposed: Option<CaseNumber>,
}
