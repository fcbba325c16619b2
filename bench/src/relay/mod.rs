//! Measures how well the relay's history tells a wrong recipient from a right one, on mail traffic
//! that was really sent, and prints the tables of `bench/README.md`: alarms on unchanged mails beside
//! catches of recipients that were swapped, and the same for a simple baseline.
//!
//! `bench mistakes --data DIR` measures; with `--learn FILE` it first learns the weights on the
//! earlier part and writes them. It prints figures and judges none.

mod baseline;
mod curve;
mod exposure;
mod learn;
mod sample;
mod traffic;

use std::path::PathBuf;
use std::time::Instant;

use ::relay::history::Model;

use self::sample::Samples;
use self::traffic::Traffic;

/// Whatever goes wrong ends the measurement.
type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The subcommand.
pub(crate) const COMMAND: &str = "mistakes";

/// Mails that are only learnt from.
const LEARNING_MAILS: usize = 2_000;
/// What lies before this share of the mails is for tuning, what lies after is reported.
const TUNING_SHARE: f64 = 2.0 / 3.0;

struct Wanted {
    data: PathBuf,
    learn: Option<PathBuf>,
    weights: Option<PathBuf>,
    seed: u64,
    /// The share of the mails that weights are learnt from.
    until: f64,
    /// From which share of the mails on is reported.
    from: f64,
}

/// Measures what the arguments ask for.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<(), Failed> {
    let wanted = wanted(arguments).ok_or(
        "usage: bench mistakes --data DIR [--seed N] [--from SHARE] [--weights FILE] \
         [--learn FILE [--until SHARE]]",
    )?;
    let traffic = Traffic::read(&wanted.data)?;
    println!(
        "{} mails among {} addresses, {} copies left out; learning period {LEARNING_MAILS} mails; seed {}\n",
        traffic.mails.len(),
        traffic.parties.len(),
        traffic.copies,
        wanted.seed
    );
    let learnt;
    let model = if let Some(path) = &wanted.learn {
        let samples = Samples::take(&traffic, Model::learnt(), wanted.seed);
        let weights = learn::weights(&samples, mails_before(&traffic, wanted.until));
        std::fs::write(path, &weights)?;
        learnt = Model::read(&weights)?;
        &learnt
    } else if let Some(path) = &wanted.weights {
        learnt = Model::read(&std::fs::read_to_string(path)?)?;
        &learnt
    } else {
        Model::learnt()
    };
    let start = Instant::now();
    let samples = Samples::take(&traffic, model, wanted.seed ^ 1);
    let spent = start.elapsed();
    let end = traffic.mails.len();
    let tuned = mails_before(&traffic, wanted.from);
    println!("Mails {} to {tuned}, on which it was tuned:\n", LEARNING_MAILS + 1);
    println!("{}", curve::table(&samples, LEARNING_MAILS..tuned));
    println!("Mails {} to {end}, reported:\n", tuned + 1);
    println!("{}", curve::table(&samples, tuned..end));
    println!("{}", curve::calibrated(&samples, tuned..end));
    println!("{}", curve::simple(&samples, tuned..end));
    println!("Of mails {} on, as if all recipients were outsiders:\n", LEARNING_MAILS + 1);
    println!("{}", exposure::table(&traffic));
    println!(
        "{} judgements and {end} lessons in {:.2} s of wall time; {} bytes of state",
        samples.judged,
        spent.as_secs_f64(),
        samples.state_bytes
    );
    Ok(())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a share of some thousand mails"
)]
fn mails_before(traffic: &Traffic, share: f64) -> usize {
    (traffic.mails.len() as f64 * share.clamp(0.0, 1.0)) as usize
}

fn wanted(mut arguments: impl Iterator<Item = String>) -> Option<Wanted> {
    let mut wanted = Wanted {
        data: PathBuf::new(),
        learn: None,
        weights: None,
        seed: 20_261_123,
        until: TUNING_SHARE,
        from: TUNING_SHARE,
    };
    while let Some(argument) = arguments.next() {
        let value = arguments.next()?;
        match argument.as_str() {
            "--data" => wanted.data = value.into(),
            "--learn" => wanted.learn = Some(value.into()),
            "--weights" => wanted.weights = Some(value.into()),
            "--seed" => wanted.seed = value.parse().ok()?,
            "--until" => wanted.until = value.parse().ok()?,
            "--from" => wanted.from = value.parse().ok()?,
            _ => return None,
        }
    }
    (!wanted.data.as_os_str().is_empty()).then_some(wanted)
}
