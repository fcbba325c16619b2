//! The arguments of `clocks` and their help.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use response::Stamp;

use super::book::BookArgs;
use super::{Color, LangArg};

/// How clocks are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClockFormat {
    /// For people: a card a clock, the next one due first.
    Text,
    /// For programs; the shape is in docs/response.md.
    Json,
}

/// The arguments of `clocks`.
#[derive(Debug, Args)]
pub(crate) struct ClocksArgs {
    /// A disclosure to read the facts from (a file; `-` is standard input), or a case of the book by
    /// its number, YYYY-NNN
    #[arg(value_name = "FILE|CASE", required_unless_present_any = ["facts", "template"])]
    pub(crate) what: Option<PathBuf>,

    /// A file of facts (TOML); they stand above those that are read
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,

    /// Print a file of facts to fill in, and nothing else
    #[arg(long, conflicts_with_all = ["what", "facts"])]
    pub(crate) template: bool,

    /// The time at which the clocks are read: YYYY-MM-DD or YYYY-MM-DDThh:mm, with +hh:mm outside
    /// Japan [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Stamp>,

    /// For people or for programs
    #[arg(long, value_enum, default_value_t = ClockFormat::Text)]
    pub(crate) format: ClockFormat,

    /// Language of the text
    #[arg(long, value_enum, default_value_t = LangArg::Ja)]
    pub(crate) lang: LangArg,

    /// When to colour
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,

    #[command(flatten)]
    pub(crate) book: BookArgs,
}

pub(crate) const HELP: &str = "\
Facts, as in `jikenbo clocks --template`:
  people = { at_most = 1200 }                      # or a number
  known = [{ at = 2025-12-01T09:20:00, by = \"情報システム部\" }]
  reported = [{ obligation = \"appi-prompt\", at = 2025-12-03 }]
  [answers]
  wrongful = true                                  # what is left out is not known

It counts and cites; it gives no legal advice. Rules that we could not confirm say so.";
