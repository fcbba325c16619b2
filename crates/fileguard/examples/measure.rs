//! Measures the guard on loop-mounted grounds: harmless attacks, ordinary work, and what it costs. Prints
//! tables in Markdown. `bench/fileguard` builds and runs it; it needs root and loop devices.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use fileguard::corpus::ground::Ground;
use fileguard::corpus::scripts::WORK;
use fileguard::corpus::trial::{Outcome, Plan, run};
use fileguard::corpus::{files, fill, loads};
use fileguard::{Config, Guard, Guarded};

type Failure = Box<dyn std::error::Error>;

fn shell(script: &str, tree: &Path) -> Command {
    let mut command = Command::new("bash");
    command.args(["-c", script, "work"]).arg(tree);
    command
}

fn is_there(program: &str) -> bool {
    let found = Command::new("which").arg(program).stdout(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

fn middle(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let runs: usize = arguments.next().and_then(|words| words.parse().ok()).unwrap_or(3);
    let count: usize = arguments.next().and_then(|words| words.parse().ok()).unwrap_or(1000);
    match what.as_str() {
        "load" => {
            let name = std::env::args().nth(2).unwrap_or_default();
            let folder = std::env::args().nth(3).unwrap_or_default();
            let share = std::env::args().nth(4).and_then(|words| loads::share(&words));
            Ok(loads::run(&name, Path::new(&folder), share.unwrap_or((0, 1)))?)
        }
        "attacks" => attacks(runs, count),
        "work" => work(runs, count),
        "cost" => cost(runs, count),
        _ => Err("measure attacks|work|cost [RUNS] [FILES]".into()),
    }
}

fn attacks(runs: usize, count: usize) -> Result<(), Failure> {
    let mut out = io::stdout();
    writeln!(
        out,
        "| load | stopped | altered before the stop (median, most) | lost | ms to the stop (median) | bytes kept |"
    )?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- |")?;
    let program = std::env::current_exe()?;
    let only = std::env::args().nth(4);
    for (name, _) in loads::LOADS {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let plan = Plan {
            files: count,
            opens_first: *name == "opened-before",
            megabytes: 1024,
            ..Plan::default()
        };
        let outcomes: Vec<Outcome> = (0..runs)
            .map(|_| {
                run(&plan, |tree| {
                    let mut command = Command::new(&program);
                    command.args(["load", name]).arg(tree);
                    command
                })
            })
            .collect::<Result<_, _>>()?;
        let most = outcomes.iter().map(|outcome| outcome.altered).max().unwrap_or(0);
        let altered: u32 = {
            let mut all: Vec<_> = outcomes.iter().map(|outcome| outcome.altered).collect();
            all.sort_unstable();
            u32::try_from(all[all.len() / 2])?
        };
        let stopped = outcomes.iter().filter(|outcome| outcome.stopped).count();
        let lost: usize = outcomes.iter().map(|outcome| outcome.lost).sum();
        let ms = middle(outcomes.iter().map(|outcome| outcome.stop_ms).collect());
        for words in
            outcomes.iter().flat_map(|outcome| outcome.failed.iter().chain(&outcome.troubles))
        {
            writeln!(io::stderr(), "{name}: {words}")?;
        }
        let kept = outcomes.iter().map(|outcome| outcome.kept_bytes).max().unwrap_or(0);
        writeln!(
            out,
            "| {name} | {stopped} of {runs} | {altered}, {most} | {lost} | {ms:.1} | {kept} |"
        )?;
    }
    Ok(())
}

fn work(runs: usize, count: usize) -> Result<(), Failure> {
    let mut out = io::stdout();
    writeln!(out, "| work | stops | told, not stopped | troubles |\n| --- | --- | --- | --- |")?;
    for (name, needs, script) in WORK {
        if !is_there(needs) {
            writeln!(out, "| {name} | not run: {needs} is missing | | |")?;
            continue;
        }
        let plan = Plan { files: count, megabytes: 1024, ..Plan::default() };
        let (mut stops, mut told, mut troubles) = (0, 0, 0);
        for _ in 0..runs {
            let outcome = run(&plan, |tree| shell(script, tree))?;
            stops += usize::from(outcome.stopped);
            told += usize::from(!outcome.stopped && !outcome.says.is_empty());
            troubles += outcome.troubles.len();
        }
        writeln!(out, "| {name} | {stops} of {runs} | {told} | {troubles} |")?;
    }
    Ok(())
}

/// How long some work over a tree takes.
fn timed(tree: &Path, work: &dyn Fn(&Path) -> io::Result<()>) -> io::Result<f64> {
    let begun = Instant::now();
    work(tree)?;
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}

/// The work is done by a process of its own: what the guard does itself is not asked for.
fn by_another(name: &str) -> impl Fn(&Path) -> io::Result<()> {
    let script = match name {
        "create and write" => {
            "mkdir -p \"$1/new\"; for i in $(seq 1 40); do cp -r \"$1/課00\" \"$1/new/$i\"; done"
        }
        "rewrite" => {
            "for d in \"$1\"/課0*; do for f in \"$d\"/*; do cat \"$f\" > /dev/shm/jikenbo-measure; cat /dev/shm/jikenbo-measure > \"$f\"; done; done; rm -f /dev/shm/jikenbo-measure"
        }
        "read" => "for i in 1 2 3; do cat \"$1\"/課*/* > /dev/null; done",
        _ => {
            "tar -cf /dev/null --exclude=new -C \"$1\" .; find \"$1\" -name '*.txt' | xargs grep -c 会議 > /dev/null; true"
        }
    };
    move |tree| {
        let done = shell(script, tree).stderr(Stdio::null()).status()?;
        if done.success() { Ok(()) } else { Err(io::Error::other("the work failed")) }
    }
}

fn cost(runs: usize, count: usize) -> Result<(), Failure> {
    let mut out = io::stdout();
    writeln!(out, "| work | without, ms | with, ms | times |\n| --- | --- | --- | --- |")?;
    for name in ["create and write", "rewrite", "read", "search"] {
        let work = by_another(name);
        let (mut without, mut with) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            for guarded in [false, true] {
                let ground = Ground::new(2048)?;
                let tree = ground.tree();
                fill(&tree, count)?;
                // The first pass fills the cache for both.
                by_another("read")(&tree)?;
                let guard = if guarded { Some(begin(&ground)?) } else { None };
                let took = timed(&tree, &work)?;
                if guarded {
                    with.push(took);
                } else {
                    without.push(took);
                }
                if let Some(guard) = guard {
                    guard.stop();
                }
            }
        }
        let (without, with) = (middle(without), middle(with));
        writeln!(out, "| {name} | {without:.0} | {with:.0} | {:.2} |", with / without)?;
    }
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    writeln!(
        out,
        "\nPeak memory of the process with the guard in it: {}",
        peak.trim_start_matches("VmHWM:").trim()
    )?;
    let noise = files::random(64 * 1024 * 1024, 1);
    let begun = Instant::now();
    let random = noise
        .chunks(4096)
        .filter(|chunk| fileguard::look::spread(chunk) == fileguard::look::Spread::Random);
    let counted = random.count();
    let speed = 64.0 / begun.elapsed().max(Duration::from_nanos(1)).as_secs_f64();
    writeln!(out, "chi-squared: {speed:.0} MiB/s on one core ({counted} chunks)")?;
    Ok(())
}

fn begin(ground: &Ground) -> Result<Guard, Failure> {
    let guarded = Guarded {
        path: ground.tree(),
        tenant: String::new(),
        exclude: Vec::new(),
        canaries: Vec::new(),
    };
    let (notices, news) = mpsc::channel();
    let guard = Guard::start(Config::new(ground.vault(), vec![guarded]), notices)?;
    std::thread::spawn(move || news.into_iter().count());
    Ok(guard)
}
