//! How many mails of 5 KiB a second the spool takes, each confirmed before the next, with one writer
//! and with many, and how many syncs that costs: `spool_speed DIR`. It does not compare with anything.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use jiff::Timestamp;
use relay::envelope::Login;
use relay::spool::{Event, Spool, SpoolError, SpoolLimits, Step};
use relay::{Address, Envelope, Recipient};

const MAIL_BYTES: usize = 5 << 10;
const TIME: Duration = Duration::from_secs(4);

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("usage: spool_speed DIR")?;
    println!("writers  mails/s  syncs/s  mails/sync  median  p99");
    for writers in [1, 8, 64] {
        let place = Path::new(&folder).join(format!("speed-{writers}"));
        measure(&place, writers)?;
        fs::remove_dir_all(&place)?;
    }
    Ok(())
}

fn measure(folder: &Path, writers: usize) -> Result<(), Box<dyn Error>> {
    let spool = Spool::open(folder, SpoolLimits::default())?;
    let (from, to) = (Address::parse("sato@example.jp")?, Address::parse("suzuki@example.com")?);
    let login = Login::Account("sato".to_owned());
    let envelope = Envelope::new(Some(from), vec![Recipient::new(to)], login);
    let mail = vec![b'x'; MAIL_BYTES];
    let before = spool.figures();
    let started = Instant::now();
    let took = thread::scope(|scope| {
        let writer = || {
            let mut took = Vec::new();
            let mut last = None;
            while started.elapsed() < TIME {
                let id = spool.new_id(Timestamp::UNIX_EPOCH);
                let (envelope, mail) = (envelope.clone(), mail.clone());
                // The one before goes as this one comes, so that the spool stays small.
                let mut events = vec![Event::Accepted { id, envelope, mail }];
                events.extend(last.replace(id).map(|last| Event::step(last, Step::Done)));
                let began = Instant::now();
                spool.append(&events).wait()?;
                took.push(began.elapsed());
            }
            Ok::<_, SpoolError>(took)
        };
        let running: Vec<_> = (0..writers).map(|_| scope.spawn(writer)).collect();
        let took: Result<Vec<_>, SpoolError> =
            running.into_iter().map(|it| it.join().unwrap_or(Err(SpoolError::Closed))).collect();
        took
    });
    let seconds = started.elapsed().as_secs_f64();
    let mut took: Vec<Duration> = took?.concat();
    took.sort_unstable();
    let syncs = spool.figures().syncs - before.syncs;
    #[expect(clippy::cast_precision_loss, reason = "counts of a few seconds")]
    let (mails, syncs) = (took.len() as f64, syncs as f64);
    println!(
        "{writers:7}  {:7.0}  {:7.0}  {:10.1}  {:.1?}  {:.1?}",
        mails / seconds,
        syncs / seconds,
        mails / syncs,
        took[took.len() / 2],
        took[took.len() * 99 / 100]
    );
    Ok(())
}
