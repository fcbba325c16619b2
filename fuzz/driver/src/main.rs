//! Fuzzes the targets on the stable toolchain: seeds, mutations, a watch on the time. An input that
//! panics or hangs is kept in `fuzz/artifacts/`. It does not measure coverage: inputs that read as
//! something new are kept as further seeds instead. For coverage see `fuzz/README.md`.

mod session;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use fuzz_driver::{TARGETS, Target, corpus};

const USAGE: &str =
    "usage: fuzz-driver [--seconds N] [--seed N] [--seeds-to FOLDER] [--input FILE] [TARGET…]";

/// What the command line asks for.
struct Wanted {
    targets: Vec<Target>,
    time: Duration,
    seed: u64,
    seeds_to: Option<PathBuf>,
    input: Option<PathBuf>,
}

fn main() -> ExitCode {
    match wanted(std::env::args().skip(1)).and_then(|wanted| run(&wanted)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("fuzz-driver: {message}");
            ExitCode::from(2)
        }
    }
}

fn wanted(mut arguments: impl Iterator<Item = String>) -> Result<Wanted, String> {
    let mut wanted = Wanted {
        targets: Vec::new(),
        time: Duration::from_secs(10),
        seed: 1,
        seeds_to: None,
        input: None,
    };
    while let Some(argument) = arguments.next() {
        let mut value =
            || arguments.next().ok_or_else(|| format!("{argument} needs a value\n{USAGE}"));
        let number =
            |text: String| text.parse::<u64>().map_err(|error| format!("{text:?}: {error}"));
        match argument.as_str() {
            "--seconds" => wanted.time = Duration::from_secs(number(value()?)?),
            "--seed" => wanted.seed = number(value()?)?,
            "--seeds-to" => wanted.seeds_to = Some(value()?.into()),
            "--input" => wanted.input = Some(value()?.into()),
            name => {
                let target = TARGETS.iter().find(|target| target.name == name);
                wanted.targets.push(*target.ok_or_else(|| {
                    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
                    format!("no target {name}; there are {}\n{USAGE}", names.join(", "))
                })?);
            }
        }
    }
    if wanted.targets.is_empty() {
        wanted.targets = TARGETS.to_vec();
    }
    Ok(wanted)
}

/// Whether every target held.
fn run(wanted: &Wanted) -> Result<bool, String> {
    let root = root()?;
    let mut all_held = true;
    for target in &wanted.targets {
        if let Some(path) = &wanted.input {
            let input =
                std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
            (target.run)(&input);
            println!("fuzz {}: {} held", target.name, path.display());
            continue;
        }
        let seeds = corpus::seeds(&root, target).map_err(|error| format!("seeds: {error}"))?;
        if let Some(folder) = &wanted.seeds_to {
            write_seeds(&folder.join(target.name), &seeds)
                .map_err(|error| format!("{}: {error}", folder.display()))?;
            continue;
        }
        let artifacts = root.join("fuzz/artifacts").join(target.name);
        all_held &= session::run(*target, seeds, &artifacts, wanted.time, wanted.seed)
            .map_err(|error| format!("{}: {error}", artifacts.display()))?;
    }
    Ok(all_held)
}

fn write_seeds(folder: &std::path::Path, seeds: &[Vec<u8>]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (at, seed) in seeds.iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{at:04}")), seed)?;
    }
    println!("{}: {} seeds", folder.display(), seeds.len());
    Ok(())
}

/// The repository's root: the nearest folder upwards with a `fuzz` in it.
fn root() -> Result<PathBuf, String> {
    let here = std::env::current_dir().map_err(|error| error.to_string())?;
    let root = here.ancestors().find(|folder| folder.join("fuzz/driver/Cargo.toml").is_file());
    root.map(PathBuf::from).ok_or_else(|| "start me inside the repository".to_owned())
}
