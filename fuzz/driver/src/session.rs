//! One run of one target: inputs one after another until the time is up or one fails. It does not
//! know what the target checks.

use std::collections::HashSet;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, io, process, thread};

use fuzz_driver::Target;
use fuzz_driver::mutate::{Dice, MOST_BYTES, Mutator, minimise};

/// An input of at most [`MOST_BYTES`] that takes longer hangs.
const HANG: Duration = Duration::from_secs(20);
/// How many inputs are kept as seeds beside the first ones.
const MOST_KEPT: usize = 2_000;

/// Whether the target held for every input.
pub(crate) fn run(
    target: Target,
    seeds: Vec<Vec<u8>>,
    artifacts: &Path,
    time: Duration,
    seed: u64,
) -> io::Result<bool> {
    fs::create_dir_all(artifacts)?;
    let mut session = Session {
        target,
        // Written before each input, so that an abort or a hang leaves it behind.
        current: artifacts.join("current"),
        clock: Clock::watched(artifacts.join("current")),
        slowest: Duration::ZERO,
    };
    let started = Instant::now();
    let mut dice = Dice::new(seed);
    let mutator = Mutator::default();
    let mut pool = seeds;
    let firsts = pool.len();
    let mut shapes = HashSet::new();
    let mut inputs = 0_u64;
    while started.elapsed() < time {
        // The seeds themselves come first.
        let input = match pool.get(usize::try_from(inputs).unwrap_or(usize::MAX)) {
            Some(first) if inputs < firsts as u64 => first[..first.len().min(MOST_BYTES)].to_vec(),
            _ => mutator.mutate(
                dice.pick(&pool).clone().as_slice(),
                &dice.pick(&pool).clone(),
                &mut dice,
            ),
        };
        inputs += 1;
        let Some(shape) = session.hold(&input)? else {
            return session.report(&input, artifacts, seed);
        };
        if shapes.insert(shape) && pool.len() < firsts + MOST_KEPT && inputs > firsts as u64 {
            pool.push(input);
        }
    }
    fs::remove_file(&session.current)?;
    println!(
        "fuzz {}: {inputs} inputs in {} s held (seed {seed}, {firsts} seeds, {} shapes, slowest {} ms)",
        target.name,
        started.elapsed().as_secs(),
        shapes.len(),
        session.slowest.as_millis()
    );
    Ok(true)
}

struct Session {
    target: Target,
    current: PathBuf,
    clock: Clock,
    slowest: Duration,
}

impl Session {
    /// What the input was read as, `None` where the target panicked.
    fn hold(&mut self, input: &[u8]) -> io::Result<Option<u64>> {
        fs::write(&self.current, input)?;
        let started = self.clock.start();
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| (self.target.run)(input)));
        self.clock.stop();
        self.slowest = self.slowest.max(started.elapsed());
        Ok(outcome.ok())
    }

    /// Keeps a smaller input that fails too, and says how to run it again.
    fn report(&mut self, input: &[u8], artifacts: &Path, seed: u64) -> io::Result<bool> {
        panic::set_hook(Box::new(|_| {}));
        let mut broken = Ok(());
        let smallest = minimise(input, 2_000, |shorter| match self.hold(shorter) {
            Ok(outcome) => outcome.is_none(),
            Err(error) => {
                broken = Err(error);
                false
            }
        });
        drop(panic::take_hook());
        broken?;
        let kept = artifacts.join(format!("panic-seed-{seed}"));
        fs::write(&kept, &smallest)?;
        println!(
            "fuzz {}: FAILED; {} of {} bytes kept: cargo run -p fuzz-driver -- --input {} {}",
            self.target.name,
            smallest.len(),
            input.len(),
            kept.display(),
            self.target.name
        );
        Ok(false)
    }
}

/// When the running input began; a thread of its own ends the process when that is too long ago.
struct Clock(Arc<Mutex<Option<Instant>>>);

impl Clock {
    fn watched(current: PathBuf) -> Self {
        let began = Arc::new(Mutex::new(None::<Instant>));
        let seen = Arc::clone(&began);
        thread::spawn(move || {
            loop {
                thread::park_timeout(Duration::from_millis(500));
                let began = *seen.lock().unwrap_or_else(PoisonError::into_inner);
                if began.is_some_and(|began| began.elapsed() > HANG) {
                    eprintln!("fuzz: HANG, more than {} s: {}", HANG.as_secs(), current.display());
                    process::exit(1);
                }
            }
        });
        Self(began)
    }

    fn start(&self) -> Instant {
        let now = Instant::now();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        now
    }

    fn stop(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
