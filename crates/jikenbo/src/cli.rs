//! The arguments of the command line and their help. It does not know what the commands do.

pub(crate) mod book;
pub(crate) mod clocks;
pub(crate) mod fileguard;
pub(crate) mod live;
pub(crate) mod relay;
pub(crate) mod replay;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use case::Lang;
use clap::{Args, Parser, Subcommand, ValueEnum};
use text::Limits;

/// Reads Japanese security-incident disclosures into cases whose every fact cites its words.
#[derive(Debug, Parser)]
#[command(name = "jikenbo", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read disclosures (text, HTML, PDF, mail, feeds) and print their cases
    #[command(after_long_help = READ_HELP)]
    Read(ReadArgs),
    /// Print the JSON Schema of what `read --format json` prints
    Schema,
    /// Read disclosures and keep their cases in the book
    Add(book::AddArgs),
    /// Print cases of the book with all that is known of them
    Show(book::ShowArgs),
    /// Correct a field of a case; the old value stays visible
    Correct(book::CorrectArgs),
    /// Find cases by words and filters
    Search(book::SearchArgs),
    /// Print the cases most like one, why, and what became of them
    Like(book::LikeArgs),
    /// Print what the cases add up to
    Stats(book::StatsArgs),
    /// Answer one read-only SQL query over the book
    Sql(book::SqlArgs),
    /// Take in records of another format (VERIS)
    Import(book::ImportArgs),
    /// Print cases in the formats of others
    Export(book::ExportArgs),
    /// Print who must be told by when, and how the days were counted
    #[command(after_long_help = clocks::HELP)]
    Clocks(clocks::ClocksArgs),
    /// Open a live case: an incident that is going on
    Open(live::OpenArgs),
    /// List live cases, show one on one page, or record something of it
    Live(live::LiveArgs),
    /// Write the status page of a live case for customers
    Status(live::StatusArgs),
    /// Draft the release of a live case, and name what must be settled first
    Draft(live::DraftArgs),
    /// Show the book in a browser
    Serve(book::ServeArgs),
    /// Verify, copy and mend the book
    Book(book::UpkeepArgs),
    /// Run cases again: with the controls, and without them
    #[command(after_long_help = replay::HELP)]
    Replay(replay::ReplayArgs),
    /// Pass outgoing mail on, but none that would expose or misdirect
    Relay(relay::RelayArgs),
    /// Notice encryption of files, stop it and put the files back
    Fileguard(fileguard::FileguardArgs),
}

const READ_HELP: &str = "\
Exit status:
  0  every input was read
  1  some input could not be read; each is named on standard error, the others are printed
  2  wrong usage

Folders are read recursively in sorted order. Names that begin with a dot are skipped, and links to
folders inside a folder are not followed; links to files are.

Formats:
  cards   for people: a card a case, each fact with its place PATH:LINE and its words
  table   for people: a line a case
  json    one object {format, sources, cases}; `jikenbo schema` prints its JSON Schema
  ndjson  one case a line; `source` is not the id but the source object itself, without its text
          unless --with-text is given (which then repeats the text on every line)";

/// How cases are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: a card a case.
    Cards,
    /// For people: a line a case.
    Table,
    /// One object with sources and cases.
    Json,
    /// One case a line, its source embedded.
    Ndjson,
}

/// The language of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LangArg {
    /// Japanese.
    Ja,
    /// English.
    En,
}

impl From<LangArg> for Lang {
    fn from(lang: LangArg) -> Self {
        match lang {
            LangArg::Ja => Self::Ja,
            LangArg::En => Self::En,
        }
    }
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[value(help = "On a terminal, unless NO_COLOR is set")]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The arguments of `read`.
#[derive(Debug, Args)]
pub(crate) struct ReadArgs {
    /// Files and folders to read; `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// How to print the cases
    #[arg(long, value_enum, default_value_t = Format::Cards)]
    pub(crate) format: Format,

    /// With json and ndjson: print the text that the citations point into
    #[arg(long)]
    pub(crate) with_text: bool,

    /// Language of the labels in cards and table
    #[arg(long, value_enum, default_value_t = LangArg::Ja)]
    pub(crate) lang: LangArg,

    /// How many inputs to read at once [default: one a processor]
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// The charset of all inputs instead of the detected one, by its WHATWG label
    #[arg(long, value_name = "LABEL")]
    pub(crate) charset: Option<String>,

    /// When to colour cards and table
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,

    /// What one input may cost.
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// The limits, one flag for each field of [`Limits`].
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Limits")]
#[expect(clippy::struct_field_names, reason = "the names are the flags")]
pub(crate) struct LimitArgs {
    /// Largest input taken, in bytes as they come
    #[arg(long, value_name = "N", default_value_t = Limits::default().input_bytes)]
    max_input_bytes: usize,

    /// Largest text an input may decode to, in bytes
    #[arg(long, value_name = "N", default_value_t = Limits::default().text_bytes)]
    max_text_bytes: usize,

    /// Deepest nesting followed: HTML elements, MIME parts, PDF objects
    #[arg(long, value_name = "N", default_value_t = Limits::default().depth)]
    max_depth: usize,

    /// Most pages taken from one PDF
    #[arg(long, value_name = "N", default_value_t = Limits::default().pages)]
    max_pages: usize,

    /// Most entries taken from one input
    #[arg(long, value_name = "N", default_value_t = Limits::default().entries)]
    max_entries: usize,

    /// Most values kept in one list field of a case
    #[arg(long, value_name = "N", default_value_t = Limits::default().facts)]
    max_facts: usize,
}

impl From<LimitArgs> for Limits {
    fn from(args: LimitArgs) -> Self {
        Self {
            input_bytes: args.max_input_bytes,
            text_bytes: args.max_text_bytes,
            depth: args.max_depth,
            pages: args.max_pages,
            entries: args.max_entries,
            facts: args.max_facts,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn limits_default_to_those_of_the_text_room() {
        let cli = Cli::parse_from(["jikenbo", "read", "a"]);
        let Command::Read(args) = cli.command else { panic!("read was asked for") };
        assert_eq!(Limits::from(args.limits), Limits::default());
    }
}
