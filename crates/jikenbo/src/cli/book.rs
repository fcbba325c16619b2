//! The arguments of the commands that work on a book, and their help.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Color, LangArg, LimitArgs};

/// Which book, and in whose name.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Book")]
pub(crate) struct BookArgs {
    /// The data folder of the book [default: the platform's, e.g. ~/.local/share/jikenbo]
    #[arg(long, value_name = "DIR", env = "JIKENBO_DATA")]
    pub(crate) data: Option<PathBuf>,

    /// The name under which changes stand in the ledger [default: the system's user]
    #[arg(long, value_name = "NAME")]
    pub(crate) who: Option<String>,
}

/// How data is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shape {
    /// For people.
    Table,
    /// For programs; the shapes are in docs/json.md.
    Json,
}

/// How to print.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct PrintArgs {
    /// For people or for programs
    #[arg(long, value_enum, default_value_t = Shape::Table)]
    pub(crate) format: Shape,

    /// Language of the labels
    #[arg(long, value_enum, default_value_t = LangArg::Ja)]
    pub(crate) lang: LangArg,

    /// When to colour
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

/// The arguments of `add`.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Files and folders to read and keep; `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Read sources again that the book has, with this version's reader; corrections stand
    #[arg(long)]
    pub(crate) again: bool,

    /// How many inputs to read at once [default: one a processor]
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// The charset of all inputs instead of the detected one, by its WHATWG label
    #[arg(long, value_name = "LABEL")]
    pub(crate) charset: Option<String>,

    #[command(flatten)]
    pub(crate) book: BookArgs,
    #[command(flatten)]
    pub(crate) print: PrintArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// The arguments of `show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The case's number in the book, YYYY-NNN, or the one printed in its source
    #[arg(required = true, value_name = "CASE")]
    pub(crate) cases: Vec<String>,

    #[command(flatten)]
    pub(crate) book: BookArgs,
    #[command(flatten)]
    pub(crate) print: PrintArgs,
}

/// The arguments of `correct`.
#[derive(Debug, Args)]
#[command(after_long_help = CORRECT_HELP)]
pub(crate) struct CorrectArgs {
    /// The case's number in the book, YYYY-NNN; `new` opens a case by hand
    #[arg(value_name = "CASE")]
    pub(crate) case: String,

    /// The field, by its name in the case record
    #[arg(value_name = "FIELD", required_unless_present_any = ["withdraw", "belongs", "apart"])]
    pub(crate) field: Option<String>,

    /// What it should say; an empty value takes it away
    #[arg(value_name = "VALUE", required_unless_present_any = ["withdraw", "belongs", "apart"])]
    pub(crate) value: Option<String>,

    /// Why; it stands beside the value for ever
    #[arg(long, value_name = "REASON")]
    pub(crate) why: String,

    /// Take back the correction that this entry of the ledger made
    #[arg(long, value_name = "ENTRY", conflicts_with_all = ["field", "value"])]
    pub(crate) withdraw: Option<u64>,

    /// The case is a report of the case that was proposed for it
    #[arg(long, conflicts_with_all = ["field", "value", "withdraw", "apart"])]
    pub(crate) belongs: bool,

    /// The case is none of the case that was proposed for it
    #[arg(long, conflicts_with_all = ["field", "value", "withdraw"])]
    pub(crate) apart: bool,

    #[command(flatten)]
    pub(crate) book: BookArgs,
    #[command(flatten)]
    pub(crate) print: PrintArgs,
}

const CORRECT_HELP: &str = "\
Values:
  a word            jikenbo correct 2023-001 category ransomware --why …
  a list            jikenbo correct 2023-001 data_kinds name,address --why …
  a day or period   jikenbo correct 2023-001 occurred 2023-06-05..2023-06-07 --why …
  a number          jikenbo correct 2023-001 affected_count '<=1200人' --why …   (>= and ~ too)
  anything else     JSON in the shape of the case record, without `cite`";

/// The arguments of `book`.
#[derive(Debug, Args)]
pub(crate) struct UpkeepArgs {
    /// What to do.
    #[command(subcommand)]
    pub(crate) task: Task,
}

/// The upkeep of a book.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Check ledger, archive, tables and index; name the first thing that is wrong
    Verify {
        /// Prove too that the book extends this checkpoint (a file; `-` is standard input)
        #[arg(long, value_name = "CHECKPOINT")]
        since: Option<PathBuf>,
        #[command(flatten)]
        book: BookArgs,
        #[command(flatten)]
        print: PrintArgs,
    },
    /// Print a signed checkpoint of the ledger, to be kept elsewhere
    Checkpoint {
        #[command(flatten)]
        book: BookArgs,
    },
    /// Make all tables and the search index anew from the ledger
    Rebuild {
        #[command(flatten)]
        book: BookArgs,
    },
    /// Make searches faster after thousands of cases were added (`add` does it by itself then)
    Compact {
        #[command(flatten)]
        book: BookArgs,
    },
    /// Copy the book, while it is used, into a new folder, and verify the copy
    Backup {
        /// The folder to make
        #[arg(value_name = "FOLDER")]
        to: PathBuf,
        #[command(flatten)]
        book: BookArgs,
    },
    /// Make the data folder from a backup, and verify it
    Restore {
        /// The backup
        #[arg(value_name = "FOLDER")]
        from: PathBuf,
        #[command(flatten)]
        book: BookArgs,
    },
}

/// The arguments of `import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// VERIS records: one JSON object, an array of them, or one a line; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) book: BookArgs,
    #[command(flatten)]
    pub(crate) print: PrintArgs,
}

/// The arguments of `export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The cases, by their numbers in the book [default: all]
    #[arg(value_name = "CASE")]
    pub(crate) cases: Vec<String>,

    /// The format
    #[arg(long, value_enum)]
    pub(crate) format: ExportFormat,

    /// With csv: begin with a byte order mark, so that Excel opens it as UTF-8
    #[arg(long)]
    pub(crate) bom: bool,

    /// With csv: one row a fact instead of one row a case
    #[arg(long)]
    pub(crate) facts: bool,

    /// With csv: headings and values in words instead of the names of the case record
    #[arg(long, value_enum, value_name = "LANG")]
    pub(crate) labels: Option<LangArg>,

    /// With atom: where the pages of the book are
    #[arg(long, value_name = "URL")]
    pub(crate) home: Option<String>,

    /// With atom: the domain or mail address that the ids are minted under
    #[arg(long, value_name = "NAME", default_value = "jikenbo.invalid")]
    pub(crate) authority: String,

    /// With veris: imported records in the edition that they came in, not in 1.4.1
    #[arg(long)]
    pub(crate) as_kept: bool,

    #[command(flatten)]
    pub(crate) book: BookArgs,
}

/// What cases can leave the book as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// VERIS: an array of records.
    Veris,
    /// STIX 2.1: a bundle.
    Stix,
    /// A table for spreadsheets.
    Csv,
    /// A feed.
    Atom,
    /// One case a line with its facts and what stands behind them.
    Ndjson,
}

/// The arguments of `search`.
#[derive(Debug, Args)]
#[command(after_long_help = QUERY_HELP)]
pub(crate) struct SearchArgs {
    /// Words and filters; nothing lists every case
    #[arg(value_name = "QUERY")]
    pub(crate) query: Vec<String>,

    /// Most cases printed
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: usize,

    /// Cases left out at the front
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) offset: usize,

    #[command(flatten)]
    pub(crate) book: BookArgs,
    #[command(flatten)]
    pub(crate) print: PrintArgs,
}

const QUERY_HELP: &str = "\
Words are found anywhere, also inside others; all of them must be there.
  氏名 住所                    both
  \"二次被害は確認\"             as it stands
  -訓練   氏名 OR 電話番号       without; either
  category:ransomware          分類:ランサムウェア is the same
  disclosed:2023-01..2023-06   公表日:2023年; also occurred:, discovered:
  affected:>1000               規模:>1000; also 100..500, unknown
  data:name measure:mfa authority:ppc sector:health service:予約 org:病院
  has:contradiction            has:correction, has:count, …
  number:2023-203              the number in the book or in the source
docs/query.md tells all of it.";

/// The arguments of `like`.
#[derive(Debug, Args)]
pub(crate) struct LikeArgs {
    /// A case of the book by its number, or a file with a disclosure
    #[arg(value_name = "CASE|PATH")]
    pub(crate) what: String,

    /// Most cases printed
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) limit: usize,

    #[command(flatten)]
    pub(crate) book: BookArgs,
    #[command(flatten)]
    pub(crate) print: PrintArgs,
}

/// The arguments of `stats`.
#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    /// Only the cases that this query finds
    #[arg(value_name = "QUERY")]
    pub(crate) query: Vec<String>,

    /// How to print
    #[arg(long, value_enum, default_value_t = StatsFormat::Table)]
    pub(crate) format: StatsFormat,

    /// With svg: which chart
    #[arg(long, value_enum, default_value_t = Chart::Month)]
    pub(crate) chart: Chart,

    /// Language of the labels
    #[arg(long, value_enum, default_value_t = LangArg::Ja)]
    pub(crate) lang: LangArg,

    #[command(flatten)]
    pub(crate) book: BookArgs,
}

/// How statistics are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatsFormat {
    /// For people.
    Table,
    /// A figure a line.
    Csv,
    /// For programs.
    Json,
    /// A chart.
    Svg,
}

/// The charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Chart {
    /// Cases by month of disclosure.
    Month,
    /// By year.
    Year,
    /// By category.
    Category,
    /// By sector.
    Sector,
    /// By kind of data.
    Data,
    /// By measure.
    Measure,
    /// By authority.
    Authority,
    /// By the number of those affected.
    Affected,
    /// How exact those numbers are.
    Exactness,
    /// Days from occurrence to discovery.
    ToDiscovery,
    /// Days from discovery to disclosure.
    ToDisclosure,
    /// Days from occurrence to disclosure.
    InAll,
}

/// The arguments of `sql`.
#[derive(Debug, Args)]
pub(crate) struct SqlArgs {
    /// One SELECT over the views of docs/sql.md; `-` reads it from standard input
    #[arg(value_name = "QUERY")]
    pub(crate) query: String,

    /// How to print
    #[arg(long, value_enum, default_value_t = SqlFormat::Table)]
    pub(crate) format: SqlFormat,

    /// Seconds that it may run
    #[arg(long, value_name = "S", default_value_t = 5)]
    pub(crate) seconds: u64,

    /// Most rows printed
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) rows: usize,

    #[command(flatten)]
    pub(crate) book: BookArgs,
}

/// How the answer to a query is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SqlFormat {
    /// For people.
    Table,
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
}

/// The arguments of `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8040")]
    pub(crate) listen: std::net::SocketAddr,

    /// Let anybody read without an account
    #[arg(long)]
    pub(crate) public_read: bool,

    /// A name by which browsers reach this server, beside its address and `localhost`
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Vec<String>,

    /// Browsers come by way of https, through a proxy in front
    #[arg(long)]
    pub(crate) https: bool,

    /// Replay cases under this policy of a relay, and look for changes of it that would stop them
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) book: BookArgs,
}
