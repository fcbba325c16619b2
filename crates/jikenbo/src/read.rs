//! The command `read`: inputs are read in parallel and printed in input order. It does not know
//! what a case looks like in any of the formats.
//!
//! Each input has a bounded channel of its own. The workers fill the channels; this side empties
//! them in input order. A worker ahead of its turn waits when its channel is full, so memory stays
//! bounded by the number of workers however unequal the inputs are.

pub(crate) mod inputs;
pub(crate) mod loader;
pub(crate) mod one;
pub(crate) mod problem;
pub(crate) mod progress;
mod turns;
pub(crate) mod worker;

use std::collections::VecDeque;
use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap::error::ErrorKind;
use text::Limits;

use crate::cli::{Cli, ReadArgs};
use crate::output::{self, Sink, Style};
use inputs::Input;
use loader::Loader;
use problem::Problem;
use progress::Progress;
use turns::Turns;
use worker::{Job, Piece, Reader};

/// How many inputs may be begun and not yet printed, for each worker.
const AHEAD: usize = 16;

/// Reads what the arguments name and prints it.
pub(crate) fn run(args: ReadArgs) -> anyhow::Result<ExitCode> {
    check(&args.paths, args.charset.as_deref());
    quiet_workers();
    let inputs = inputs::list(&args.paths);
    let jobs = jobs(args.jobs, inputs.len());
    let names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
    let style = Style::new(&args, &names);
    let progress = Progress::new(inputs.iter().map(|input| input.size_bytes).sum());
    let out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    let mut sink = output::sink(&style, out)?;
    let reader = Reader {
        style,
        loader: Loader { limits: Limits::from(args.limits), charset: args.charset },
        turns: Turns::default(),
        progress: progress.clone(),
    };
    let all_read =
        print_all(&reader, inputs, jobs, sink.as_mut()).context("cannot write the output")?;
    progress.finish();
    Ok(if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes a line to standard error. That it cannot be written is no reason to stop.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Ends with a usage error where the arguments are well formed but make no sense.
pub(crate) fn check(paths: &[PathBuf], charset: Option<&str>) {
    let stdins = paths.iter().filter(|path| path.as_os_str() == "-").count();
    if stdins > 1 {
        usage(ErrorKind::ArgumentConflict, "standard input (-) can be read only once");
    }
    if stdins > 0 && io::stdin().is_terminal() {
        complain("jikenbo: reading standard input; end it with Ctrl-D");
    }
    if let Some(label) = charset {
        let hints = formats::Hints { name: "", charset: Some(label) };
        let tried = formats::decode(b"a".to_vec(), hints, &Limits::default());
        if let Err(error @ formats::FormatError::UnknownCharset(_)) = tried {
            let hint = Problem::Format(error).hint();
            usage(
                ErrorKind::InvalidValue,
                &format!("unknown charset {label:?} for --charset; {hint}"),
            );
        }
    }
}

/// Ends with a usage error.
pub(crate) fn usage(kind: ErrorKind, message: &str) -> ! {
    Cli::command().error(kind, message).exit()
}

/// How many workers there are: as many as asked for, else one a processor.
pub(crate) fn jobs(asked: Option<NonZeroUsize>, inputs: usize) -> usize {
    let processors = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    asked.map_or_else(processors, NonZeroUsize::get).min(inputs).max(1)
}

/// A panic of a worker is told as the problem of its input, not by the standard hook.
pub(crate) fn quiet_workers() {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if thread::current().name() != Some(worker::THREAD) {
            told(panic);
        }
    }));
}

/// Reads and prints all inputs; whether all could be read.
fn print_all(
    reader: &Reader,
    inputs: Vec<Input>,
    jobs: usize,
    sink: &mut dyn Sink,
) -> io::Result<bool> {
    let (queue, waiting) = mpsc::channel::<Job>();
    let waiting = Mutex::new(waiting);
    thread::scope(|scope| {
        // Owned by this scope's closure: when printing fails, the queue closes and the workers end.
        let queue = queue;
        worker::spawn(scope, jobs, || reader.work(&waiting))?;
        let mut all_read = true;
        let mut inputs = inputs.into_iter().enumerate();
        let mut begun = VecDeque::new();
        loop {
            while begun.len() < jobs * AHEAD {
                let Some((index, input)) = inputs.next() else { break };
                let (pieces, printed) = mpsc::sync_channel(worker::PIECES_AHEAD);
                begun.push_back((input.name.clone(), printed));
                queue.send(Job { index, input, pieces }).map_err(io::Error::other)?;
            }
            let Some((name, pieces)) = begun.pop_front() else { break };
            sink.next_input(begun.is_empty() && inputs.len() == 0);
            for piece in pieces {
                all_read &= print(&reader.progress, &name, piece, sink)?;
            }
        }
        sink.finish()?;
        Ok(all_read)
    })
}

/// Prints one piece; false where it says that the input could not be read.
fn print(progress: &Progress, name: &str, piece: Piece, sink: &mut dyn Sink) -> io::Result<bool> {
    match piece {
        Piece::Source { media_type, json } => sink.source(media_type, &json)?,
        Piece::Text(json) => sink.source_text(&json)?,
        Piece::Cases(bytes) => sink.cases(&bytes)?,
        Piece::Note { line, message } => {
            let name = output::plain(name);
            let place = line.map_or_else(|| name.to_string(), |line| format!("{name}:{line}"));
            progress.aside(&format!("jikenbo: {place}: {}", output::plain(&message)));
        }
        Piece::Failed(problem) => {
            progress.aside(&told(name, &problem));
            return Ok(false);
        }
    }
    Ok(true)
}

/// How a problem is told to the user.
pub(crate) fn told(name: &str, problem: &Problem) -> String {
    let name = if Path::new(name) == Path::new("-") { "standard input" } else { name };
    let reason = problem.to_string();
    format!(
        "jikenbo: {}: {}\n  hint: {}",
        output::plain(name),
        output::plain(&reason),
        problem.hint()
    )
}
