//! `fileguard demo`: harmless attacks on made-up files, each stopped and undone, in one table. It does not
//! know how a trial is made.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, bail};
use fileguard::corpus::loads::LOADS;
use fileguard::corpus::scripts::ATTACKS;
use fileguard::corpus::trial::{self, Outcome, Plan};
use serde_json::json;

use crate::cli::fileguard::DemoArgs;
use crate::read::complain;

/// Tries every load that was asked for.
pub(super) fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let program = std::env::current_exe().context("this program itself")?;
    let wanted = |name: &str| args.load.is_empty() || args.load.iter().any(|load| load == name);
    let mut out = io::stdout().lock();
    let mut lost = 0;
    if !args.json {
        writeln!(
            out,
            "{:<20} {:>8} {:>12} {:>14} {:>10} {:>12}",
            "攻撃", "停止", "停止前に改変", "復元できない", "停止まで", "保管"
        )?;
        writeln!(
            out,
            "{:<22} {:>9} {:>17} {:>18} {:>13} {:>14}",
            "load", "stopped", "altered before", "not restorable", "ms to stop", "bytes kept"
        )?;
    }
    let mut tried = 0;
    for (name, _) in LOADS.iter().filter(|(name, _)| wanted(name)) {
        let plan =
            Plan { files: args.files, opens_first: *name == "opened-before", ..Plan::default() };
        let attack = |tree: &Path| {
            let mut command = Command::new(&program);
            command.args(["fileguard", "load", name]).arg(tree);
            command
        };
        tried += 1;
        lost += trials(args, &mut out, name, &plan, &attack)?;
    }
    for (name, needs, script) in ATTACKS.iter().filter(|(name, ..)| wanted(name)) {
        if Command::new(needs).arg("--version").output().is_err() {
            complain(&format!("jikenbo: {name} is left out: {needs} is not installed"));
            continue;
        }
        let plan = Plan { files: args.files, ..Plan::default() };
        let attack = |tree: &Path| {
            let mut command = Command::new("bash");
            command.args(["-c", script, "load"]).arg(tree);
            command
        };
        tried += 1;
        lost += trials(args, &mut out, name, &plan, &attack)?;
    }
    if tried == 0 {
        bail!("no load of these names can be tried");
    }
    let remains = trial::remains();
    if !remains.is_empty() {
        bail!("left behind: {remains:?}");
    }
    Ok(if lost == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tries one load as often as was asked for, and says how many files were lost.
fn trials(
    args: &DemoArgs,
    out: &mut impl io::Write,
    name: &str,
    plan: &Plan,
    attack: &dyn Fn(&Path) -> Command,
) -> anyhow::Result<usize> {
    let mut lost = 0;
    for _ in 0..args.runs {
        let outcome = trial::run(plan, attack).with_context(|| {
            format!("{name}: the demo needs root, loop devices, mkfs.ext4 and mount")
        })?;
        lost += outcome.lost;
        if args.json {
            writeln!(out, "{}", told(name, &outcome))?;
        } else {
            writeln!(
                out,
                "{name:<22} {:>9} {:>17} {:>18} {:>13.1} {:>14}",
                if outcome.stopped { "yes" } else { "no" },
                outcome.altered,
                outcome.lost,
                outcome.stop_ms,
                outcome.kept_bytes
            )?;
        }
        for words in outcome.failed.iter().chain(&outcome.troubles) {
            complain(&format!("  {words}"));
        }
        out.flush()?;
    }
    Ok(lost)
}

fn told(name: &str, outcome: &Outcome) -> serde_json::Value {
    json!({
        "load": name, "stopped": outcome.stopped, "altered": outcome.altered, "lost": outcome.lost,
        "stop_ms": outcome.stop_ms, "kept_bytes": outcome.kept_bytes, "because": outcome.says,
    })
}
