//! `--format json`: one case record for the whole call, written while it is read. It does not know
//! what is in a case.
//!
//! In the record all sources stand before all cases, but a source is known only when its input has
//! been decoded. So cases wait in a spool, in memory while they are few, then in a file, until the
//! last source is written. The cases of the last input need not wait, and with one input nothing
//! is spooled at all.

use std::io::{self, Seek as _, Write};

use case::{Case, FORMAT, MediaType, Source};
use tempfile::SpooledTempFile;

use super::Sink;

/// How much the spool keeps in memory.
const SPOOL_BYTES: usize = 8 << 20;
/// What stands before each item of a list but the first.
const SEPARATOR: &[u8] = b",\n";

/// Renders a source.
pub(crate) fn source(source: &Source, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(out, source).map_err(io::Error::from)
}

/// Renders a case with the separator before it; the sink drops the very first separator.
pub(crate) fn case(case: &Case, out: &mut impl Write) -> io::Result<()> {
    out.write_all(SEPARATOR)?;
    serde_json::to_writer(out, case).map_err(io::Error::from)
}

/// Where the record stands.
#[derive(Debug)]
enum Stage {
    /// Sources are written; cases wait.
    Sources,
    /// The list of sources is closed; cases are written.
    Cases,
}

/// Writes the record.
#[derive(Debug)]
pub(crate) struct RecordSink<W> {
    out: W,
    spool: SpooledTempFile,
    stage: Stage,
    is_last: bool,
    any_source: bool,
    any_case: bool,
}

impl<W: Write> RecordSink<W> {
    /// Begins a record.
    pub(crate) fn new(mut out: W) -> io::Result<Self> {
        write!(out, "{{\"format\":\"{FORMAT}\",\n\"sources\":[")?;
        Ok(Self {
            out,
            spool: SpooledTempFile::new(SPOOL_BYTES),
            stage: Stage::Sources,
            is_last: false,
            any_source: false,
            any_case: false,
        })
    }

    /// Closes the list of sources and writes the cases that waited.
    fn begin_cases(&mut self) -> io::Result<()> {
        self.out.write_all(b"],\n\"cases\":[")?;
        self.stage = Stage::Cases;
        self.spool.rewind()?;
        io::copy(&mut self.spool, &mut self.out)?;
        Ok(())
    }
}

impl<W: Write> Sink for RecordSink<W> {
    fn next_input(&mut self, is_last: bool) {
        self.is_last = is_last;
    }

    fn source(&mut self, _: MediaType, json: &[u8]) -> io::Result<()> {
        if self.any_source {
            self.out.write_all(SEPARATOR)?;
        }
        self.any_source = true;
        self.out.write_all(json)
    }

    fn source_text(&mut self, json: &[u8]) -> io::Result<()> {
        self.out.write_all(json)
    }

    fn cases(&mut self, bytes: &[u8]) -> io::Result<()> {
        let bytes = if self.any_case { bytes } else { &bytes[SEPARATOR.len()..] };
        self.any_case = true;
        if self.is_last && matches!(self.stage, Stage::Sources) {
            self.begin_cases()?;
        }
        match self.stage {
            Stage::Sources => self.spool.write_all(bytes),
            Stage::Cases => self.out.write_all(bytes),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        if matches!(self.stage, Stage::Sources) {
            self.begin_cases()?;
        }
        self.out.write_all(b"]}\n")?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use case::{Record, SourceId};

    use super::*;
    use crate::output::sample;

    /// What is printed for inputs of which each has so many cases, or could not be read.
    fn printed(inputs: &[Option<u32>]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut sink = RecordSink::new(&mut out).unwrap();
        let mut id = 0;
        for (index, &cases) in inputs.iter().enumerate() {
            sink.next_input(index + 1 == inputs.len());
            let Some(cases) = cases else { continue };
            id += 1;
            let (source_value, mut case_value) = (sample::source(id), sample::case());
            case_value.source = SourceId(id);
            let mut json = Vec::new();
            source(&source_value, &mut json).unwrap();
            let (head, tail) = json.split_at(7);
            sink.source(MediaType::Text, head).unwrap();
            sink.source_text(tail).unwrap();
            for _ in 0..cases {
                let mut json = Vec::new();
                case(&case_value, &mut json).unwrap();
                sink.cases(&json).unwrap();
            }
        }
        sink.finish().unwrap();
        out
    }

    fn check(inputs: &[Option<u32>], sources: &[u32], cases: &[u32]) {
        let record: Record = serde_json::from_slice(&printed(inputs)).unwrap();
        assert_eq!(record.format, FORMAT);
        assert_eq!(record.sources.iter().map(|x| x.id.0).collect::<Vec<_>>(), sources);
        assert_eq!(record.cases.iter().map(|x| x.source.0).collect::<Vec<_>>(), cases);
    }

    #[test]
    fn every_order_of_full_empty_and_broken_inputs_gives_a_sound_record() {
        check(&[], &[], &[]);
        check(&[None], &[], &[]);
        check(&[Some(2)], &[1], &[1, 1]);
        check(&[Some(1), Some(2)], &[1, 2], &[1, 2, 2]);
        check(&[Some(1), None], &[1], &[1]);
        check(&[None, Some(1)], &[1], &[1]);
        check(&[Some(1), Some(0)], &[1, 2], &[1]);
        check(&[Some(0), Some(0), Some(1), None], &[1, 2, 3], &[3]);
    }

    #[test]
    fn more_cases_than_fit_in_memory_come_back_from_the_spool() {
        let one = printed(&[Some(1)]).len();
        let many = u32::try_from(SPOOL_BYTES / one * 2).unwrap();
        let record: Record = serde_json::from_slice(&printed(&[Some(many), Some(1)])).unwrap();
        assert_eq!(record.cases.len(), many as usize + 1);
        assert_eq!(record.cases[0], sample::case());
    }
}
