//! The command `book`: verify, checkpoint, rebuild, backup, restore.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use book::{Flaw, Remedy, Verified};
use case::Lang;

use crate::cli::book::{Shape, Task, UpkeepArgs};
use crate::data::hinted;
use crate::output::words;

/// Does the task that the arguments name.
pub(crate) fn run(args: &UpkeepArgs) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    match &args.task {
        Task::Verify { since, book, print } => {
            let note = since.as_deref().map(checkpoint).transpose()?;
            let found =
                book.open_existing()?.verify(note.as_deref()).map_err(|found| flaw(&found))?;
            match print.format {
                Shape::Json => writeln!(out, "{}", serde_json::to_string(&found)?),
                Shape::Table => writeln!(out, "{}", told(&found, print.lang.into())),
            }
            .context("cannot write the output")?;
        }
        Task::Checkpoint { book } => {
            let note = book.open_existing()?.checkpoint().map_err(hinted)?;
            write!(out, "{note}").context("cannot write the output")?;
        }
        Task::Rebuild { book } => {
            let built = book.open_existing()?.rebuild().map_err(|found| flaw(&found))?;
            let (entries, cases) = (entries(built.entries), cases(built.cases));
            writeln!(out, "{entries}, {cases}").context("cannot write the output")?;
        }
        Task::Compact { book } => book.open_existing()?.compact().map_err(hinted)?,
        Task::Backup { to, book } => {
            let copied = book.open_existing()?.backup(to).map_err(|found| flaw(&found))?;
            writeln!(out, "{}: {}", to.display(), told(&copied, Lang::Ja))
                .context("cannot write the output")?;
        }
        Task::Restore { from, book } => {
            let folder = book.folder()?;
            let restored = book::restore(from, &folder).map_err(|found| flaw(&found))?;
            writeln!(out, "{}: {}", folder.display(), told(&restored, Lang::Ja))
                .context("cannot write the output")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn checkpoint(path: &Path) -> anyhow::Result<String> {
    if path.as_os_str() == "-" {
        let mut note = String::new();
        io::stdin().read_to_string(&mut note).context("standard input")?;
        return Ok(note);
    }
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

fn entries(number: u64) -> String {
    words::many(number, "entry", "entries")
}

fn cases(number: u64) -> String {
    words::many(number, "case", "cases")
}

/// What a verification found, in words.
fn told(found: &Verified, lang: Lang) -> String {
    let mut lines = vec![match lang {
        Lang::Ja => format!(
            "異常なし: 台帳 {} 件、原本 {} 件、事件 {} 件、根 {}",
            found.entries, found.sources, found.cases, found.root
        ),
        Lang::En => format!(
            "sound: {}, {}, {}, root {}",
            entries(found.entries),
            words::many(found.sources, "source", "sources"),
            cases(found.cases),
            found.root
        ),
    }];
    lines.extend(found.since.map(|since| match lang {
        Lang::Ja => format!("チェックポイント({since} 件)の続きであることを確認しました"),
        Lang::En => format!("extends the checkpoint of {}", entries(since)),
    }));
    lines.extend(found.clock_steps.iter().map(|step| match lang {
        Lang::Ja => {
            format!("注意: 台帳 {} の時刻 {} は前の {} より前です", step.seq, step.at, step.before)
        }
        Lang::En => {
            format!("note: entry {} of {} follows one of {}", step.seq, step.at, step.before)
        }
    }));
    lines.join("\n")
}

/// A flaw with what to do about it.
fn flaw(flaw: &Flaw) -> anyhow::Error {
    let hint = match flaw.remedy() {
        Remedy::Rebuild => "`jikenbo book rebuild` makes it anew from the ledger; nothing is lost",
        Remedy::Restore => "bring back a backup with `jikenbo book restore FOLDER --data NEW`",
        Remedy::Look => "check that the folder, the disk and the file named are as they should be",
    };
    anyhow!("{flaw}\n  hint: {hint}")
}
