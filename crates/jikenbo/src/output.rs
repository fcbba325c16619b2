//! How cases are printed: a renderer a format, which a worker calls for its own input, and a sink a
//! format, which puts the rendered pieces together in input order. It does not know how cases are
//! read.

pub(crate) mod card;
mod cards;
pub(crate) mod cells;
pub(crate) mod clocks;
pub(crate) mod grid;
mod json;
pub(crate) mod live;
mod ndjson;
mod places;
pub(crate) mod rows;
#[cfg(test)]
mod sample;
mod table;
pub(crate) mod words;

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write};

use case::{Case, Lang, MediaType, Source};

use crate::cli::book::PrintArgs;
use crate::cli::{Color, Format, ReadArgs};
pub(crate) use cells::plain;
use places::Lines;

/// The width of the page where there is no terminal to ask.
const WIDTH_WITHOUT_TERMINAL: usize = 100;
/// Narrower than this no column has room.
const LEAST_WIDTH: usize = 40;
/// Wider than this a line is hard to follow.
const GREATEST_WIDTH: usize = 160;

/// How to print; the same for all inputs of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Cards, table, JSON or NDJSON.
    pub(crate) format: Format,
    /// The language of labels.
    pub(crate) lang: Lang,
    /// Whether to colour.
    pub(crate) color: bool,
    /// How many columns a line has.
    pub(crate) width: usize,
    /// How many columns a place takes in the table.
    pub(crate) place_width: usize,
    /// Whether sources carry their text.
    pub(crate) with_text: bool,
}

impl Style {
    /// The style that the arguments and the terminal ask for.
    pub(crate) fn new(args: &ReadArgs, names: &[&str]) -> Self {
        let terminal = terminal_width();
        let width = terminal.unwrap_or(WIDTH_WITHOUT_TERMINAL);
        let width = width.clamp(LEAST_WIDTH, GREATEST_WIDTH);
        Self {
            format: args.format,
            lang: args.lang.into(),
            color: is_coloured(args.color),
            width,
            place_width: table::place_width(names, terminal.map(|_| width)),
            with_text: args.with_text,
        }
    }

    /// The style of a command that prints cases of a book as cards.
    pub(crate) fn of(args: PrintArgs) -> Self {
        let width = terminal_width().unwrap_or(WIDTH_WITHOUT_TERMINAL);
        Self {
            format: Format::Cards,
            lang: args.lang.into(),
            color: is_coloured(args.color),
            width: width.clamp(LEAST_WIDTH, GREATEST_WIDTH),
            place_width: 0,
            with_text: false,
        }
    }

    /// The source as the format prints it, if it does.
    pub(crate) fn render_source(&self, source: &Source, out: &mut impl Write) -> io::Result<()> {
        match self.format {
            Format::Json => json::source(source, out),
            Format::Cards | Format::Table | Format::Ndjson => Ok(()),
        }
    }

    /// One case.
    pub(crate) fn render_case(
        &self,
        page: &mut Page<'_>,
        case: &Case,
        out: &mut impl Write,
    ) -> io::Result<()> {
        page.cases += 1;
        match self.format {
            Format::Json => json::case(case, out),
            Format::Ndjson => ndjson::case(page.source, case, out),
            Format::Cards => cards::case(self, page, case, out),
            Format::Table => table::case(self, page, case, out),
        }
    }

    /// What is said after the last case of a source.
    pub(crate) fn render_end(&self, page: &Page<'_>, out: &mut impl Write) -> io::Result<()> {
        match self.format {
            Format::Cards if page.cases == 0 => cards::no_case(self, page, out),
            _ => Ok(()),
        }
    }
}

/// How wide the terminal is that is printed to, if one is.
fn terminal_width() -> Option<usize> {
    let terminal = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    terminal.map(|(width, _)| usize::from(width.0))
}

fn is_coloured(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
    }
}

/// The source whose cases are rendered, one after the other.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    source: &'a Source,
    text: &'a str,
    lines: Lines<'a>,
    cases: usize,
}

impl<'a> Page<'a> {
    /// A source and the text that its cases cite.
    pub(crate) fn new(source: &'a Source, text: &'a str) -> Self {
        Self { source, text, lines: Lines::new(text), cases: 0 }
    }

    /// The source's path as it may be shown in a terminal.
    fn name(&self) -> Cow<'a, str> {
        plain(&self.source.path)
    }
}

/// Puts rendered pieces together. Pieces of an input come in one go: its source, then its cases.
pub(crate) trait Sink {
    /// The pieces that follow are of the next input, which may be the last.
    fn next_input(&mut self, is_last: bool);
    /// A source begins.
    fn source(&mut self, media_type: MediaType, json: &[u8]) -> io::Result<()>;
    /// More of the source that has begun.
    fn source_text(&mut self, json: &[u8]) -> io::Result<()>;
    /// Cases of the source that has begun.
    fn cases(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// There is nothing more.
    fn finish(&mut self) -> io::Result<()>;
}

/// The sink of a style.
pub(crate) fn sink<'a>(style: &Style, out: impl Write + 'a) -> io::Result<Box<dyn Sink + 'a>> {
    Ok(match style.format {
        Format::Json => Box::new(json::RecordSink::new(out)?),
        Format::Ndjson => Box::new(PageSink::new(out, "", "")?),
        Format::Cards => Box::new(PageSink::new(out, "", words::decoded_lines(style.lang))?),
        Format::Table => {
            Box::new(PageSink::new(out, &table::head(style), words::decoded_lines(style.lang))?)
        }
    })
}

/// Prints pieces as they come, under a head and over a footnote on sources whose lines are those of
/// the decoded text.
struct PageSink<'a, W> {
    out: W,
    footnote: &'a str,
    decoded: bool,
    footnote_due: bool,
}

impl<'a, W: Write> PageSink<'a, W> {
    fn new(mut out: W, head: &str, footnote: &'a str) -> io::Result<Self> {
        out.write_all(head.as_bytes())?;
        Ok(Self { out, footnote, decoded: false, footnote_due: false })
    }
}

impl<W: Write> Sink for PageSink<'_, W> {
    fn next_input(&mut self, _: bool) {}

    fn source(&mut self, media_type: MediaType, _: &[u8]) -> io::Result<()> {
        self.decoded = media_type != MediaType::Text;
        Ok(())
    }

    fn source_text(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn cases(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.footnote_due |= self.decoded;
        self.out.write_all(bytes)
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.footnote_due && !self.footnote.is_empty() {
            writeln!(self.out, "{}", self.footnote)?;
        }
        self.out.flush()
    }
}
