//! The command `fileguard`: the control over encryption of files. It reads files, starts the guard and
//! talks to a running one; it does not know how encryption is noticed.

mod demo;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use anyhow::{Context as _, anyhow, bail};
use fileguard::corpus::loads;
use fileguard::sealing::Sealer;
use fileguard::undo::{Put, Report};
use fileguard::watch::control::{Reply, Request, ask, serve};
use fileguard::{Config, Guard, GuardError, Incident, Notice, State, Vault, evidence};

use crate::cli::fileguard::{
    ConfigArg, EvidenceArgs, FileguardArgs, FileguardCommand, IncidentArgs, LoadArgs,
};
use crate::read::complain;

/// Does what was asked for.
pub(crate) fn run(args: &FileguardArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        FileguardCommand::Run(args) => start(&config(args)?)?,
        FileguardCommand::Status(args) => status(&config(args)?)?,
        FileguardCommand::Undo(args) => return undo(args),
        FileguardCommand::Thaw(args) => {
            let incident = args.who.incident.incident;
            let (who, why) = (args.who.who.clone(), args.why.clone());
            order(&args.who.incident, &Request::Thaw { incident, who, why })?;
        }
        FileguardCommand::Kill(args) => {
            let request = Request::Kill { incident: args.incident.incident, who: args.who.clone() };
            order(&args.incident, &request)?;
        }
        FileguardCommand::Verify(args) => return verify(&config(args)?),
        FileguardCommand::Evidence(args) => check_evidence(args)?,
        FileguardCommand::TakeOff(args) => Guard::take_off(&config(args)?).map_err(hinted)?,
        FileguardCommand::Demo(args) => return demo::run(args),
        FileguardCommand::Load(args) => load(args)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn config(args: &ConfigArg) -> anyhow::Result<Config> {
    let name = || args.config.display().to_string();
    let text = fs::read_to_string(&args.config).with_context(name)?;
    Config::parse(&text).with_context(name)
}

/// An error with what to do about it.
fn hinted(error: GuardError) -> anyhow::Error {
    let hint = match &error {
        GuardError::Kernel { because, .. } if because.kind() == io::ErrorKind::PermissionDenied => {
            "the guard needs root (CAP_SYS_ADMIN)"
        }
        GuardError::Kernel { .. } => {
            "Linux 6.14 or newer is needed, with CONFIG_FANOTIFY_ACCESS_PERMISSIONS, on ext4, XFS or btrfs"
        }
        GuardError::Elsewhere(_) => "run one guard a file system, each with a vault of its own",
        GuardError::Vault(fileguard::VaultError::Taken(_)) => {
            "a guard runs over it: ask that one with `jikenbo fileguard status`"
        }
        GuardError::NoIncident(_) | GuardError::NotFrozen(_) => {
            "`jikenbo fileguard status` numbers them"
        }
        _ => "",
    };
    let error = anyhow::Error::new(error);
    if hint.is_empty() { error } else { anyhow!("{error:#}\n  hint: {hint}") }
}

/// Runs until a signal says otherwise.
fn start(config: &Config) -> anyhow::Result<()> {
    let (notices, news) = mpsc::channel();
    let guard = Guard::start(config.clone(), notices).map_err(hinted)?;
    for tree in &config.trees {
        complain(&format!("jikenbo: guarding {}", tree.path.display()));
    }
    let told = std::thread::spawn(move || {
        for notice in news {
            match notice {
                Notice::Incident(incident) => complain(&announce(&incident)),
                Notice::Trouble(words) => complain(&format!("jikenbo: {words}")),
            }
        }
    });
    let goes_on = Arc::new(AtomicBool::new(true));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("the system gives no threads")?;
    let ends = Arc::clone(&goes_on);
    runtime.spawn(async move {
        web::told_to_end().await;
        ends.store(false, Ordering::Release);
    });
    let served = serve(&config.vault, &guard, || goes_on.load(Ordering::Acquire));
    let failed = !guard.runs();
    guard.stop();
    // The guard had the other end: it is closed now.
    let _ = told.join();
    served.context("the control socket")?;
    if failed {
        bail!("the guard ended by itself; what it held was let through");
    }
    Ok(())
}

/// What people are told of an incident.
fn announce(incident: &Incident) -> String {
    let what = match incident.state {
        State::Told => "お知らせ（停止していません） / noticed, not stopped",
        State::Frozen => "停止しました / stopped, standing still",
        State::Ended => "終了させました / ended",
        State::Thawed => "再開しました / goes on",
    };
    let reasons =
        incident.because.iter().map(|reason| format!("\n  ● {}\n    {}", reason.ja, reason.en));
    let reasons: String = reasons.collect();
    let network = incident.network.as_ref().map_or_else(String::new, |cut| {
        let (closed, all) = (cut.closed, cut.connections.len());
        let missing = cut.missing.join("; ");
        format!("\n  通信の遮断 / cut off: {closed} of {all} connections. {missing}")
    });
    format!(
        "jikenbo: 事案 / incident {}: {what} (pid {}, score {}){reasons}{network}",
        incident.number, incident.root.pid, incident.score
    )
}

fn status(config: &Config) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match ask(&config.vault, &Request::Status).map_err(hinted)? {
        Some(Reply::Status { status }) => writeln!(
            out,
            "動作中 / runs: {} files, {} opens looked at, {} contents kept ({} bytes, {} on disk), {} bytes only pinned, {} troubles",
            status.files,
            status.asked,
            status.kept,
            status.kept_bytes,
            status.stored_bytes,
            status.pinned_bytes,
            status.troubles
        )?,
        Some(_) => bail!("the guard gave no status"),
        None => writeln!(out, "停止中 / does not run")?,
    }
    for incident in Incident::all(&config.vault) {
        let undone = if incident.undone { " 復元済み / put back" } else { "" };
        writeln!(out, "{}{undone}", announce(&incident))?;
    }
    Ok(())
}

fn order(args: &IncidentArgs, request: &Request) -> anyhow::Result<()> {
    let config = config(&args.config)?;
    match ask(&config.vault, request).map_err(hinted)? {
        Some(Reply::Refused { why }) => bail!("{why}"),
        Some(_) => Ok(()),
        None => bail!("no guard runs over {}", config.vault.display()),
    }
}

fn undo(args: &IncidentArgs) -> anyhow::Result<ExitCode> {
    let config = config(&args.config)?;
    let request = Request::Undo { incident: args.incident };
    let report = match ask(&config.vault, &request).map_err(hinted)? {
        Some(Reply::Undone { report }) => report,
        Some(Reply::Refused { why }) => bail!("{why}"),
        Some(_) => bail!("the guard gave no report"),
        None => Guard::undo_offline(&config, args.incident).map_err(hinted)?,
    };
    tell(&config, &report)?;
    Ok(if report.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What was put back, a tenant a line, and every file that was not.
fn tell(config: &Config, report: &Report) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for tree in &config.trees {
        let files = || report.files.iter().filter(|file| file.path.starts_with(&tree.path));
        let put =
            |put: Put| files().filter(|file| file.put == put && file.failed.is_none()).count();
        let failed = files().filter(|file| file.failed.is_some()).count();
        let name = if tree.tenant.is_empty() {
            tree.path.display().to_string()
        } else {
            tree.tenant.clone()
        };
        writeln!(
            out,
            "{name}: 内容を復元 / contents {}, 名前を復元 / names {}, 証拠へ移動 / taken away {}, 失敗 / failed {failed}",
            put(Put::Content),
            put(Put::Name),
            put(Put::Away),
        )?;
    }
    for file in &report.files {
        if let Some(why) = &file.failed {
            writeln!(out, "  {}: {why}", file.path.display())?;
        }
    }
    Ok(())
}

fn verify(config: &Config) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let ledger = Sealer::verify(&config.vault).map_err(|error| anyhow!("{error}"))?;
    writeln!(out, "台帳 / ledger: {} entries, sound", ledger.frontier.size())?;
    let mut damaged = 0;
    for incident in Incident::all(&config.vault) {
        let folder = Incident::folder(&config.vault, incident.number).join("evidence");
        if incident.evidence.is_none() {
            // A guard that is killed while it stops somebody leaves this to the next one.
            writeln!(out, "事案 / incident {}: 証拠はまだない / no evidence yet", incident.number)?;
            continue;
        }
        match evidence::verify(&folder, incident.evidence) {
            Ok(files) => writeln!(
                out,
                "事案 / incident {}: {files} files of evidence, sound",
                incident.number
            )?,
            Err(error) => {
                damaged += 1;
                writeln!(out, "事案 / incident {}: {error}", incident.number)?;
            }
        }
    }
    let vault = Vault::open(&config.vault, config.vault_limit_bytes)
        .map_err(|error| hinted(GuardError::Vault(error)))?;
    let checked = vault.check().map_err(|error| hinted(GuardError::Vault(error)))?;
    writeln!(
        out,
        "保管 / vault: {} contents, {} damaged; {} lines of the journal damaged",
        checked.contents,
        checked.damaged.len(),
        checked.damaged_lines
    )?;
    for digest in &checked.damaged {
        writeln!(out, "  {digest}")?;
    }
    let sound = damaged == 0 && checked.damaged.is_empty() && checked.damaged_lines == 0;
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check_evidence(args: &EvidenceArgs) -> anyhow::Result<()> {
    let sealed = args.sealed.as_deref().map(str::parse).transpose();
    let sealed = sealed.map_err(|error| anyhow!("--sealed: {error}"))?;
    let files =
        evidence::verify(&args.pack, sealed).with_context(|| args.pack.display().to_string())?;
    writeln!(io::stdout(), "{}: {files} files, sound", args.pack.display())?;
    Ok(())
}

fn load(args: &LoadArgs) -> anyhow::Result<()> {
    let share = match &args.share {
        Some(words) => loads::share(words).ok_or_else(|| anyhow!("{words:?} is no share"))?,
        None => (0, 1),
    };
    loads::run(&args.name, Path::new(&args.folder), share)?;
    Ok(())
}
