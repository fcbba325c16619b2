//! Adding to the book: texts made, read and kept, batch after batch. It does not know what comes
//! of them.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use book::{Book, Incoming, Who, fingerprint};
use case::{Case, SourceId};
use formats::{Document, Hints};
use reader::Input;
use text::Limits;

use super::Failed;
use super::apart::memory_mb;
use super::texts::Maker;
use crate::clock::Clock;

/// Sources added in one transaction, as `jikenbo add` does.
const TOGETHER: usize = 64;

/// How adding went.
pub(crate) struct Adding {
    /// Cases that the book has now.
    pub(crate) cases: usize,
    /// Bytes of all texts.
    pub(crate) bytes: usize,
    /// Time for decoding and reading.
    pub(crate) reading: Duration,
    /// Time in `Book::add`.
    pub(crate) keeping: Duration,
    /// The same for the last tenth of the cases.
    pub(crate) last: (usize, Duration),
    /// Time in `Book::compact`, as `jikenbo add` ends.
    pub(crate) compacting: Duration,
    /// The processor's time for all of it, making the texts included.
    pub(crate) processor: Duration,
    /// Most memory of the process so far, in millions of bytes.
    pub(crate) peak_mb: f64,
}

/// Adds texts until the book in the folder has so many cases. Nothing of them is kept here: the
/// memory is that of adding.
pub(crate) fn add(folder: &Path, maker: &mut Maker, wanted: usize) -> Result<Adding, Failed> {
    let clock = Clock::start()?;
    let book = Book::open(folder)?;
    let who = Who("bench".to_owned());
    let mut adding = Adding {
        cases: 0,
        bytes: 0,
        reading: Duration::ZERO,
        keeping: Duration::ZERO,
        last: (0, Duration::ZERO),
        compacting: Duration::ZERO,
        processor: Duration::ZERO,
        peak_mb: 0.0,
    };
    while adding.cases < wanted {
        let batch: Vec<String> = (0..TOGETHER).map(|_| maker.text()).collect();
        let started = Instant::now();
        let read: Vec<(Document, Vec<Case>)> =
            batch.iter().map(|text| read(text)).collect::<Result<_, _>>()?;
        adding.reading += started.elapsed();
        let incoming: Vec<Incoming<'_>> = batch
            .iter()
            .zip(&read)
            .map(|(text, (document, cases))| Incoming {
                name: "input.txt",
                media_type: document.media_type,
                bytes: text.as_bytes(),
                text: &document.text,
                reader: "bench",
                cases,
            })
            .collect();
        let before = started.elapsed();
        let added = book.add(&incoming, &who)?;
        let kept = started.elapsed().saturating_sub(before);
        adding.keeping += kept;
        let fresh = added.iter().flat_map(|added| &added.cases).filter(|case| !case.joined).count();
        adding.cases += fresh;
        if adding.cases * 10 > wanted * 9 {
            adding.last.0 += fresh;
            adding.last.1 += started.elapsed();
        }
        adding.bytes += batch.iter().map(String::len).sum::<usize>();
    }
    let started = Instant::now();
    book.compact()?;
    adding.compacting = started.elapsed();
    adding.processor = clock.elapsed()?;
    adding.peak_mb = memory_mb("VmHWM:")?;
    Ok(adding)
}

/// The texts that a book of so many cases was made of.
pub(crate) fn again(folder: &Path, maker: &mut Maker) -> Result<HashMap<String, String>, Failed> {
    let tables = rusqlite::Connection::open(folder.join("book.sqlite"))?;
    let sources: usize = tables.query_row("SELECT count(*) FROM source", [], |row| row.get(0))?;
    let mut texts = HashMap::new();
    while texts.len() < sources {
        let text = maker.text();
        let document = decoded(&text)?;
        texts.insert(fingerprint(text.as_bytes()), document.text);
    }
    Ok(texts)
}

fn read(text: &str) -> Result<(Document, Vec<Case>), Failed> {
    let document = decoded(text)?;
    let input = Input { source: SourceId(1), text: &document.text, parts: &document.parts };
    let cases = reader::read(input, &Limits::default()).collect();
    Ok((document, cases))
}

fn decoded(text: &str) -> Result<Document, Failed> {
    let hints = Hints { name: "input.txt", charset: None };
    Ok(formats::decode(text.as_bytes().to_vec(), hints, &Limits::default())?)
}
