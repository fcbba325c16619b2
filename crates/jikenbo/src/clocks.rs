//! The command `clocks`: who must be told by when, for a disclosure, a case of the book, or facts in a
//! file. It does not know any obligation; the room `response` does.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use case::Lang;
use response::{Drawn, Facts, Stamp, clocks, facts_of_case, obligations, turns};
use serde_json::{Value, json};
use text::{Limits, LineIndex};

use crate::cli::clocks::{ClockFormat, ClocksArgs};
use crate::output::clocks as page;
use crate::output::plain;
use crate::read::inputs;
use crate::read::loader::Loader;
use crate::read::one::{self, ReadInput};
use crate::read::problem::Problem;
use crate::show::{Texts, find};

/// What clocks are asked of.
pub(crate) struct Subject {
    /// What it is called.
    pub(crate) name: String,
    /// Its title, where it has one.
    pub(crate) title: Option<String>,
    /// The facts.
    pub(crate) facts: Facts,
    /// What the facts were drawn from.
    pub(crate) drawn: Vec<Told>,
    /// What is told and settles nothing.
    pub(crate) unsettled: Vec<Told>,
}

/// A fact with the places that say it.
pub(crate) struct Told {
    pub(crate) fact: &'static str,
    pub(crate) says: response::Sentence,
    /// Where, and the words there.
    pub(crate) places: Vec<(String, String)>,
    cites: Vec<Value>,
}

/// Prints the clocks.
pub(crate) fn run(args: &ClocksArgs) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(io::stdout().lock());
    if args.template {
        out.write_all(page::template().as_bytes())
            .and_then(|()| out.flush())
            .context("cannot write the output")?;
        return Ok(ExitCode::SUCCESS);
    }
    let lang = Lang::from(args.lang);
    let stated = args.facts.as_deref().map(stated).transpose()?;
    let at = args.at.unwrap_or_else(|| Stamp::of_instant(jiff::Timestamp::now()));
    let mut subjects = match &args.what {
        Some(what) => subjects(what, args, lang)?,
        None => vec![Subject {
            name: args.facts.as_deref().map_or_else(String::new, |path| path.display().to_string()),
            title: None,
            facts: Facts::default(),
            drawn: Vec::new(),
            unsettled: Vec::new(),
        }],
    };
    if let Some(stated) = stated {
        for subject in &mut subjects {
            subject.facts = std::mem::take(&mut subject.facts).under(stated.clone());
        }
    }
    match args.format {
        ClockFormat::Json => writeln!(out, "{:#}", record(&subjects, at)),
        ClockFormat::Text => page::print(&mut out, args, &subjects, at),
    }
    .and_then(|()| out.flush())
    .context("cannot write the output")?;
    Ok(ExitCode::SUCCESS)
}

/// The facts of a file.
pub(crate) fn stated(path: &Path) -> anyhow::Result<Facts> {
    let name = path.display();
    let words =
        fs::read_to_string(path).with_context(|| format!("the facts {name} cannot be read"))?;
    let facts: Facts = toml::from_str(&words).map_err(|error| {
        anyhow!(
            "{name} is no file of facts: {error}\n  hint: `jikenbo clocks --template` prints one with \
             every fact that counts"
        )
    })?;
    let unknown = facts.reported.iter().find(|met| !obligations().any(|id| id == met.obligation));
    if let Some(unknown) = unknown {
        let all: Vec<&str> = obligations().collect();
        bail!(
            "{name}: there is no obligation {:?}; there are {}",
            unknown.obligation,
            all.join(", ")
        );
    }
    Ok(facts)
}

/// The cases of a file, or the case of the book.
fn subjects(what: &Path, args: &ClocksArgs, lang: Lang) -> anyhow::Result<Vec<Subject>> {
    let words = what.to_string_lossy();
    let is_number = crate::data::number(&words).is_ok();
    if words == "-" || !is_number || what.exists() {
        return of_file(what);
    }
    let book = args.book.open_existing()?;
    let kept = find(&book, &words)?;
    let texts = Texts::of(&book, &kept)?;
    let drawn = facts_of_case(&kept.facts);
    let title = kept.facts.title.as_ref().map(|title| title.value.clone());
    Ok(vec![subject(kept.number.to_string(), title, drawn, |origin| {
        let place = texts.place(origin, lang);
        (place, serde_json::to_value(origin).unwrap_or_default())
    })])
}

/// The cases that a file tells.
fn of_file(path: &Path) -> anyhow::Result<Vec<Subject>> {
    let failed = |problem: Problem| {
        let name = path.display();
        anyhow!("{name} {problem}\n  hint: {}", problem.hint())
    };
    let loader = Loader { limits: Limits::default(), charset: None };
    let mut listed = inputs::list(&[path.to_path_buf()]);
    if listed.len() != 1 {
        bail!("{} is a folder; name one disclosure or a case of the book", path.display());
    }
    let input = listed.remove(0);
    let name = plain(&input.name).into_owned();
    let ReadInput { document, cases, .. } = one::read(&loader, input).map_err(failed)?;
    let text = &document.text;
    let lines = LineIndex::new(text);
    let incidents = cases.into_iter().filter(|case| case.facts.kind == case::Kind::Incident);
    let subjects: Vec<Subject> = incidents
        .map(|case| {
            let place = |at: usize| format!("{name}:{}", lines.place(at).line);
            let title = case.facts.title.as_ref().map(|title| title.value.clone());
            subject(place(case.span.start()), title, facts_of_case(&case.facts), |span| {
                let words = span.of(text).unwrap_or_default().to_owned();
                ((place(span.start()), words), json!(span))
            })
        })
        .collect();
    if subjects.is_empty() {
        bail!("{} tells no incident; state its facts with --facts FILE", path.display());
    }
    Ok(subjects)
}

fn subject<C>(
    name: String,
    title: Option<String>,
    drawn: Drawn<C>,
    locate: impl Fn(&C) -> ((String, String), Value),
) -> Subject {
    let told = |all: Vec<response::Because<C>>| {
        let told = all.into_iter().map(|because| {
            let (places, cites) = because.cites.iter().map(&locate).unzip();
            Told { fact: because.fact, says: because.says, places, cites }
        });
        told.collect()
    };
    Subject {
        name,
        title,
        facts: drawn.facts,
        drawn: told(drawn.because),
        unsettled: told(drawn.unsettled),
    }
}

/// The clocks for programs.
fn record(subjects: &[Subject], at: Stamp) -> Value {
    let told = |all: &[Told]| -> Vec<Value> {
        let told = all.iter();
        told.map(|told| json!({ "fact": told.fact, "says": told.says, "cites": told.cites }))
            .collect()
    };
    let cases: Vec<Value> = subjects
        .iter()
        .map(|subject| {
            let all = clocks(&subject.facts);
            let clocks = all.iter().map(|clock| {
                let mut value = serde_json::to_value(clock).unwrap_or_default();
                value["turns"] = json!(turns(&subject.facts, clock));
                value["now"] = json!(clock.state(at));
                value
            });
            json!({
                "name": subject.name,
                "title": subject.title,
                "facts": subject.facts,
                "drawn": told(&subject.drawn),
                "unsettled": told(&subject.unsettled),
                "clocks": clocks.collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "format": "jikenbo.clocks/1", "at": at, "notice": response::notice(), "cases": cases })
}
