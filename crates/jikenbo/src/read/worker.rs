//! One input from its bytes to printed pieces. It does not know when its pieces are printed, or what
//! the other workers do.

use std::io::{self, Write};
use std::mem;
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Scope};

use case::{MediaType, Source, SourceId};
use formats::Document;
use memchr::memchr_iter;

use super::inputs::{Input, Place};
use super::loader::{Loader, caught};
use super::problem::Problem;
use super::progress::Progress;
use super::turns::Turns;
use crate::output::{Page, Style};

/// The name of the worker threads.
pub(crate) const THREAD: &str = "reader";
/// Decoders recurse as deep as the limits allow; the default of 2 MiB would be tight.
const STACK_BYTES: usize = 16 << 20;
/// How many pieces a worker may be ahead of the printing.
pub(crate) const PIECES_AHEAD: usize = 8;
/// How large a piece grows before it is sent.
const PIECE_BYTES: usize = 64 << 10;

/// Starts as many workers as `jobs` says, each of which does `work`.
pub(crate) fn spawn<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    jobs: usize,
    work: impl Fn() + Copy + Send + 'scope,
) -> io::Result<()> {
    for _ in 0..jobs {
        thread::Builder::new()
            .name(THREAD.to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, work)?;
    }
    Ok(())
}

/// An input to read and where its pieces go.
#[derive(Debug)]
pub(crate) struct Job {
    /// Its place among all inputs.
    pub(crate) index: usize,
    /// The input.
    pub(crate) input: Input,
    /// Where its pieces go.
    pub(crate) pieces: SyncSender<Piece>,
}

/// What a worker gives to be printed, in this order.
#[derive(Debug)]
pub(crate) enum Piece {
    /// It could not be read (or, after a bug, not to its end).
    Failed(Problem),
    /// The source as JSON; with its text left open at the end where the text is asked for.
    Source {
        /// Its format.
        media_type: MediaType,
        /// For the formats that print sources, else empty.
        json: Vec<u8>,
    },
    /// More of the source's JSON.
    Text(Vec<u8>),
    /// Cases, rendered.
    Cases(Vec<u8>),
    /// Something the reader left out.
    Note {
        /// Where, if at one place.
        line: Option<usize>,
        /// What.
        message: String,
    },
}

/// What all workers share.
#[derive(Debug)]
pub(crate) struct Reader {
    /// How cases are printed.
    pub(crate) style: Style,
    /// How inputs become text.
    pub(crate) loader: Loader,
    /// Source ids in input order.
    pub(crate) turns: Turns,
    /// How far the work is.
    pub(crate) progress: Progress,
}

/// The printing has stopped; so does the worker.
struct Stopped;

impl Reader {
    /// Takes inputs until there are no more.
    pub(crate) fn work(&self, waiting: &Mutex<Receiver<Job>>) {
        loop {
            let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else { return };
            self.read(job);
        }
    }

    fn read(&self, job: Job) {
        let Job { index, input, pieces } = job;
        let Input { name, size_bytes, place } = input;
        let decoded = caught(|| self.decode(&name, size_bytes, place)).and_then(|done| done);
        // Every input claims its turn, whatever became of it; others wait for it.
        let id = self.turns.claim(index, decoded.is_ok());
        let sent = match (decoded, id) {
            (Ok(decoded), Some(id)) => {
                caught(|| self.render(id, name, size_bytes, decoded, &pieces))
                    .unwrap_or_else(|bug| pieces.send(Piece::Failed(bug)).map_err(|_| Stopped))
            }
            (Err(problem), _) => {
                self.progress.advance(size_bytes);
                pieces.send(Piece::Failed(problem)).map_err(|_| Stopped)
            }
            (Ok(_), None) => Ok(()),
        };
        // Where nobody prints any more, the queue is closed too: `work` ends by itself.
        drop(sent);
    }

    fn decode(&self, name: &str, size_bytes: u64, place: Place) -> Result<Decoded, Problem> {
        let bytes = self.loader.bytes(size_bytes, place)?;
        let sha256 = book::fingerprint(&bytes);
        let document = self.loader.decode(name, bytes)?;
        Ok(Decoded { sha256, document })
    }

    fn render(
        &self,
        id: SourceId,
        name: String,
        size_bytes: u64,
        decoded: Decoded,
        pieces: &SyncSender<Piece>,
    ) -> Result<(), Stopped> {
        let Decoded { sha256, document: Document { media_type, text, parts } } = decoded;
        // Moved, not copied: the text is held once.
        let (shown, kept) =
            if self.style.with_text { (Some(text), String::new()) } else { (None, text) };
        let source = Source { id, path: name, media_type, sha256, text: shown };
        let text = source.text.as_deref().unwrap_or(&kept);

        let mut out = PieceWriter::new(pieces, Part::Source(media_type));
        self.style.render_source(&source, &mut out)?;
        out.flush()?;
        out.part = Part::Cases;
        let mut page = Page::new(&source, text);
        let mut reading =
            reader::read(reader::Input { source: id, text, parts: &parts }, &self.loader.limits);
        let mut advanced_bytes = 0;
        for case in reading.by_ref() {
            self.style.render_case(&mut page, &case, &mut out)?;
            let read_bytes = portion(size_bytes, case.span.end(), text.len());
            self.progress.advance(read_bytes.saturating_sub(advanced_bytes));
            advanced_bytes = advanced_bytes.max(read_bytes);
        }
        self.style.render_end(&page, &mut out)?;
        out.flush()?;
        self.progress.advance(size_bytes.saturating_sub(advanced_bytes));
        for note in reading.notes() {
            let line = note.span.map(|span| {
                memchr_iter(b'\n', &text.as_bytes()[..span.start().min(text.len())]).count() + 1
            });
            let message = note.message.clone();
            pieces.send(Piece::Note { line, message }).map_err(|_| Stopped)?;
        }
        Ok(())
    }
}

/// An input as text.
struct Decoded {
    sha256: String,
    document: Document,
}

/// How many of the input's bytes are behind when `done` of `all` bytes of text are.
fn portion(size_bytes: u64, done: usize, all: usize) -> u64 {
    let share = u128::from(size_bytes) * done as u128 / (all as u128).max(1);
    u64::try_from(share).unwrap_or(size_bytes).min(size_bytes)
}

impl From<io::Error> for Stopped {
    /// A [`PieceWriter`] fails only when nobody takes its pieces.
    fn from(_: io::Error) -> Self {
        Self
    }
}

/// Of which part of the output the pieces are.
#[derive(Clone, Copy)]
enum Part {
    Source(MediaType),
    SourceText,
    Cases,
}

/// Gathers what is written into pieces and sends them.
struct PieceWriter<'a> {
    pieces: &'a SyncSender<Piece>,
    part: Part,
    bytes: Vec<u8>,
}

impl<'a> PieceWriter<'a> {
    fn new(pieces: &'a SyncSender<Piece>, part: Part) -> Self {
        Self { pieces, part, bytes: Vec::new() }
    }
}

impl Write for PieceWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() >= PIECE_BYTES {
            self.flush()?;
        }
        let taken = bytes.len().min(PIECE_BYTES - self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        let bytes = mem::take(&mut self.bytes);
        let piece = match self.part {
            Part::Source(media_type) => {
                self.part = Part::SourceText;
                Piece::Source { media_type, json: bytes }
            }
            _ if bytes.is_empty() => return Ok(()),
            Part::SourceText => Piece::Text(bytes),
            Part::Cases => Piece::Cases(bytes),
        };
        self.pieces.send(piece).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
