//! The commands `open`, `live`, `status` and `draft`: a live case opened, filled and shown. They do not
//! know what may be recorded or how days are counted; the room `response` does.

mod acts;
mod going_out;

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use book::{Book, LiveCase, LiveLine, fields};
use case::{Lang, LiveNumber};
use response::live::{ClockChange, Event, Known, Live, Note, Opened, Refused};
use response::{Facts, Stamp, changes};
use serde_json::{Value, json};

use crate::cli::book::{PrintArgs, Shape};
use crate::cli::live::{Act, LiveArgs, OpenArgs, Plain, Reasoned};
use crate::data::hinted;
use crate::output::live as page;

pub(crate) use going_out::{draft, status};

/// Now, to the minute.
fn now() -> Stamp {
    Stamp::of_instant(jiff::Timestamp::now())
}

/// A live case as it is read back.
pub(crate) struct Shown {
    pub(crate) number: LiveNumber,
    /// The case of the book that it became.
    pub(crate) disclosed: Option<case::CaseNumber>,
    pub(crate) live: Live,
    pub(crate) known: Known,
    /// What entries did to the clocks.
    pub(crate) changed: Vec<ClockChange>,
    /// How many contacts there are.
    pub(crate) contacts: usize,
}

/// Opens a live case.
pub(crate) fn open(args: &OpenArgs) -> anyhow::Result<ExitCode> {
    let book = args.book.open()?;
    let who = args.book.who();
    let opening = Event::Opened(Opened {
        title: args.title.clone(),
        organisation: args.organisation.clone(),
        category: args.category,
    });
    let lang = Lang::from(args.print.lang);
    opening.check_opening().map_err(|error| refused(&error, lang))?;
    let number = book.open_live(&json!(opening), &who).map_err(hinted)?;
    if args.known.is_some() || args.happened.is_some() {
        let noticed = Event::Noted(Note {
            what: args.what.clone().unwrap_or_else(|| args.title.clone()),
            happened: args.happened,
            known: args.known,
            known_by: args.known_by.clone(),
            event: Some(if args.known.is_some() {
                case::EventType::Discovered
            } else {
                case::EventType::Occurred
            }),
            ..Note::default()
        });
        record(&book, number, &noticed, &args.book.who(), lang)?;
    }
    let shown = shown(&book, number)?;
    print(&shown, args.print, now())
}

/// Lists live cases, shows one, or records something of it.
pub(crate) fn run(args: &LiveArgs) -> anyhow::Result<ExitCode> {
    let Some(number) = args.case else {
        return match &args.act {
            None => list(args),
            Some(_) => Err(anyhow!(
                "which live case?\n  hint: jikenbo live L2031-001 …; `jikenbo live` lists them"
            )),
        };
    };
    match &args.act {
        None => {
            let book = args.book.open_existing()?;
            print(&shown(&book, number)?, args.print, args.at.unwrap_or_else(now))
        }
        Some(Act::Contacts(plain)) => contacts(number, plain),
        Some(Act::Disclose(reasoned)) => disclose(number, reasoned),
        Some(act) => {
            let plain = acts::plain(act);
            let book = plain.book.open_existing()?;
            let (who, lang) = (plain.book.who(), Lang::from(plain.print.lang));
            let event = acts::event(act, &who)?;
            let before = shown(&book, number)?.known.clocks.facts;
            let entry = record(&book, number, &event, &who, lang)?;
            recorded(&book, number, entry, &before, plain.print)
        }
    }
}

/// Records an event, if the case takes it.
fn record(
    book: &Book,
    number: LiveNumber,
    event: &Event,
    who: &book::Who,
    lang: Lang,
) -> anyhow::Result<u64> {
    let decided = book.record_live(number, who, |case| {
        let live = read(case)?;
        live.kept(event).map_err(|error| refused(&error, lang))
    });
    decided.map_err(hinted)?
}

fn refused(error: &Refused, lang: Lang) -> anyhow::Error {
    anyhow!("{}", error.says().of(lang))
}

fn read(case: &LiveCase) -> anyhow::Result<Live> {
    let entries = case
        .entries
        .iter()
        .map(|entry| (entry.seq, entry.at.clone(), entry.who.clone(), entry.event.clone()));
    Live::read(entries).with_context(|| format!("live case {}", case.number))
}

/// The case as it stands, without data on persons.
pub(crate) fn shown(book: &Book, number: LiveNumber) -> anyhow::Result<Shown> {
    let case = book.live(number).map_err(hinted)?;
    let live = read(&case)?;
    Ok(Shown {
        number,
        disclosed: case.disclosed,
        known: live.known(fields::with)?,
        changed: live.clock_changes(fields::with)?,
        contacts: case.left_out,
        live,
    })
}

fn print(shown: &Shown, print: PrintArgs, at: Stamp) -> anyhow::Result<ExitCode> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match print.format {
        Shape::Json => writeln!(out, "{:#}", record_of(shown, at)),
        Shape::Table => page::print(&mut out, print, shown, at),
    }
    .and_then(|()| out.flush())
    .context("cannot write the output")?;
    Ok(ExitCode::SUCCESS)
}

/// The case for programs.
fn record_of(shown: &Shown, at: Stamp) -> Value {
    let number = shown.number.to_string();
    let mut record = shown.live.record(&number, &shown.known, &shown.changed, at);
    record["disclosed"] = json!(shown.disclosed);
    record["contacts"] = json!(shown.contacts);
    record
}

/// Says what was recorded, and what it did to the clocks.
fn recorded(
    book: &Book,
    number: LiveNumber,
    entry: u64,
    before: &Facts,
    print: PrintArgs,
) -> anyhow::Result<ExitCode> {
    let shown = shown(book, number)?;
    let changed = changes(before, &shown.known.clocks.facts);
    let lang = Lang::from(print.lang);
    let mut out = io::stdout().lock();
    match print.format {
        Shape::Json => writeln!(
            out,
            "{}",
            json!({ "number": number, "entry": entry, "clock_changes": changed })
        ),
        Shape::Table => {
            let at = match lang {
                Lang::Ja => format!("台帳 {entry}"),
                Lang::En => format!("entry {entry}"),
            };
            writeln!(out, "{number} {} ({at})", lang.of("記録しました", "recorded")).and_then(
                |()| {
                    changed.iter().try_for_each(|change| {
                        let (name, was, is) = (&change.name, &change.before, &change.after);
                        writeln!(out, "  {}: {} → {}", name.of(lang), was.of(lang), is.of(lang))
                    })
                },
            )
        }
    }
    .context("cannot write the output")?;
    Ok(ExitCode::SUCCESS)
}

fn list(args: &LiveArgs) -> anyhow::Result<ExitCode> {
    let book = args.book.open_existing()?;
    let lines = book.live_lines().map_err(hinted)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let lang = Lang::from(args.print.lang);
    match args.print.format {
        Shape::Json => {
            let all: Vec<Value> = lines.iter().map(LiveLine::to_json).collect();
            writeln!(out, "{}", json!({ "cases": all }))
        }
        Shape::Table if lines.is_empty() => {
            writeln!(out, "{}", lang.of("進行中の事件はありません", "there are no live cases"))
        }
        Shape::Table => lines.iter().try_for_each(|line| {
            let title = line.opening.event["title"].as_str().unwrap_or_default();
            let disclosed = line.disclosed.map_or_else(String::new, |number| {
                format!("  → {number} {}", lang.of("公表済み", "disclosed"))
            });
            let title = crate::output::plain(title);
            writeln!(out, "{}  {}  {title}{disclosed}", line.number, line.changed_at)
        }),
    }
    .and_then(|()| out.flush())
    .context("cannot write the output")?;
    Ok(ExitCode::SUCCESS)
}

/// Prints whom to talk to, after it stands in the ledger who asked.
fn contacts(number: LiveNumber, plain: &Plain) -> anyhow::Result<ExitCode> {
    let book = plain.book.open_existing()?;
    let case = book.view_live(number, "contacts", &plain.book.who()).map_err(hinted)?;
    let live = read(&case)?;
    let contacts = live.contacts();
    let mut out = io::stdout().lock();
    match plain.print.format {
        Shape::Json => {
            let all: Vec<Value> = contacts
                .iter()
                .map(|(entry, contact)| {
                    let mut contact = json!(contact);
                    contact["entry"] = json!(entry.seq);
                    contact
                })
                .collect();
            writeln!(out, "{}", json!({ "number": number, "contacts": all }))
        }
        Shape::Table => contacts.iter().try_for_each(|(_, contact)| {
            let all = [&contact.name, &contact.organisation, &contact.role, &contact.reach];
            let said: Vec<_> =
                all.iter().filter(|x| !x.is_empty()).map(|x| crate::output::plain(x)).collect();
            writeln!(out, "{}", said.join("  "))
        }),
    }
    .context("cannot write the output")?;
    Ok(ExitCode::SUCCESS)
}

fn disclose(number: LiveNumber, reasoned: &Reasoned) -> anyhow::Result<ExitCode> {
    let book = reasoned.plain.book.open_existing()?;
    let shown = shown(&book, number)?;
    let who = reasoned.plain.book.who();
    let case = book.disclose_live(number, shown.known.case, &reasoned.why, &who).map_err(hinted)?;
    let mut out = io::stdout().lock();
    let lang = Lang::from(reasoned.plain.print.lang);
    match reasoned.plain.print.format {
        Shape::Json => writeln!(out, "{}", json!({ "live": number, "number": case })),
        Shape::Table => {
            writeln!(out, "{number} → {case} {}", lang.of("公表しました", "disclosed"))
        }
    }
    .context("cannot write the output")?;
    Ok(ExitCode::SUCCESS)
}
