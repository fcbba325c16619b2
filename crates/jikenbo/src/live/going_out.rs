//! What of a live case goes out: the status page, written as files that need no server of ours, and the
//! draft of a release. It does not know how either is worded.

use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use book::fingerprint;
use case::Lang;
use response::live::{Event, Published};
use serde_json::{Value, json};

use super::{now, record, shown};
use crate::cli::book::Shape;
use crate::cli::live::{DraftArgs, StatusArgs};

/// Writes the status page and records what it was.
pub(crate) fn status(args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let book = args.book.open_existing()?;
    let at = args.at.unwrap_or_else(now);
    let public = shown(&book, args.case)?.live.public(at, args.next, args.forecast);
    let page = web::status_page(&public, Lang::Ja);
    let data = format!("{:#}\n", json!({ "format": "jikenbo.status/1", "status": public }));
    fs::create_dir_all(&args.out)
        .with_context(|| format!("{} cannot be made", args.out.display()))?;
    let files = [
        ("index.html", page.clone()),
        ("en.html", web::status_page(&public, Lang::En)),
        ("status.json", data),
    ];
    for (name, content) in &files {
        let path = args.out.join(name);
        fs::write(&path, content)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    let sha256 = fingerprint(page.as_bytes());
    let published =
        Event::Published(Published { what: "status page".to_owned(), sha256: sha256.clone() });
    let lang = Lang::from(args.print.lang);
    let entry = record(&book, args.case, &published, &args.book.who(), lang)?;
    let mut out = io::stdout().lock();
    let index = args.out.join("index.html");
    match args.print.format {
        Shape::Json => writeln!(
            out,
            "{}",
            json!({ "number": args.case, "page": index, "sha256": sha256, "entry": entry })
        ),
        Shape::Table => writeln!(out, "{}  SHA-256 {sha256}", index.display()),
    }
    .context("cannot write the output")?;
    Ok(ExitCode::SUCCESS)
}

/// Drafts a release and names what stands against it.
pub(crate) fn draft(args: &DraftArgs) -> anyhow::Result<ExitCode> {
    let book = args.book.open_existing()?;
    let known = shown(&book, args.case)?.known;
    let draft = response::release(&known.case, &known.clocks.facts);
    let lang = Lang::from(args.print.lang);
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.print.format {
        Shape::Json => {
            let stated: Vec<Value> = draft
                .stated
                .iter()
                .map(|stated| {
                    json!({
                        "span": [stated.range.start, stated.range.end],
                        "field": stated.field.name(),
                        "cites": stated.cites,
                    })
                })
                .collect();
            let all = json!({
                "number": args.case, "text": draft.text, "stated": stated, "gaps": draft.gaps,
            });
            writeln!(out, "{all:#}")
        }
        Shape::Table => {
            let head = lang.of("— 公表の前に決めること", "— to settle before it goes out");
            write!(out, "{}", draft.text)
                .and_then(|()| writeln!(out, "\n{head} ({})", draft.gaps.len()))
                .and_then(|()| {
                    draft.gaps.iter().try_for_each(|gap| writeln!(out, "  {}", gap.says.of(lang)))
                })
        }
    }
    .and_then(|()| out.flush())
    .context("cannot write the output")?;
    Ok(ExitCode::SUCCESS)
}
