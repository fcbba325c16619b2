//! Measures the relay beside Postfix: how fast mail goes through each, with what is acknowledged on stable
//! storage, and what of the machine that takes. Run it through `bench/relay`.
//!
//! The systems take turns, round by round; a figure is the median of its rounds. It prints figures and
//! judges none. It reads `/proc` and so needs Linux.

pub(crate) mod ham;
mod load;
pub(crate) mod milter;
mod systems;
mod tree;

use std::fs;
use std::io::{self, Read as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use testkit::mail::{Body, base64_lines, message};

use self::load::{Figures, Load, Sink};
use self::systems::System;
use crate::table::{Table, significant};

/// Whatever goes wrong ends the measurement.
type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The subcommand.
pub(crate) const COMMAND: &str = "relay";

/// Connections that hand mail in at once.
const SESSIONS: u64 = 20;
/// As in the accident.
const MANY_RECIPIENTS: u64 = 395;
/// Postfix cuts a mail to many into deliveries of so many (`default_destination_recipient_limit`).
const POSTFIX_CUT: u64 = 50;
/// Mails of the run in which calls are counted.
const COUNTED_MAILS: u64 = 500;

const WHOLE: &str =
    "[checks.exposed-recipients]\nmode = \"monitor\"\n[checks.bulk]\nmode = \"monitor\"\n";
const COPIES: &str = "[checks.bulk]\nmode = \"monitor\"\n";
const SMALL: [System; 3] = [System::Postfix, System::PostfixMilter, System::Ours("")];

/// What the command line asks for.
struct Wanted {
    jikenbo: PathBuf,
    place: PathBuf,
    rounds: usize,
    mails: u64,
    wide: u64,
    large: u64,
    idle: usize,
}

/// Measures what the arguments ask for.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<(), Failed> {
    let wanted = wanted(arguments).ok_or(
        "usage: bench relay --jikenbo PATH --place DIR [--full] [--rounds N] [--mails N] [--wide N] \
         [--large N] [--idle N]; none of a kind is left out with 0",
    )?;
    let missing = testkit::postfix::Postfix::missing();
    if !missing.is_empty() {
        return Err(format!("missing: {}", missing.join(", ")).into());
    }
    let bench = Bench { sink: Sink::start()?, wanted };
    let load = fs::read_to_string("/proc/loadavg")?;
    println!("load before: {}\n", load.trim());
    bench.small()?;
    bench.syncs()?;
    bench.wide()?;
    bench.large()?;
    bench.idle()?;
    println!("load after: {}", fs::read_to_string("/proc/loadavg")?.trim());
    Ok(())
}

fn wanted(mut arguments: impl Iterator<Item = String>) -> Option<Wanted> {
    let (jikenbo, place) = Default::default();
    let mut wanted =
        Wanted { jikenbo, place, rounds: 3, mails: 2_000, wide: 20, large: 4, idle: 1_000 };
    while let Some(argument) = arguments.next() {
        if argument == "--full" {
            wanted = Wanted { mails: 20_000, wide: 200, large: 20, idle: 5_000, ..wanted };
            continue;
        }
        let value = arguments.next()?;
        match argument.as_str() {
            "--jikenbo" => wanted.jikenbo = fs::canonicalize(value).ok()?,
            "--place" => wanted.place = value.into(),
            "--rounds" => wanted.rounds = value.parse().ok()?,
            "--mails" => wanted.mails = value.parse().ok()?,
            "--wide" => wanted.wide = value.parse().ok()?,
            "--large" => wanted.large = value.parse().ok()?,
            "--idle" => wanted.idle = value.parse().ok()?,
            _ => return None,
        }
    }
    let is_whole = wanted.jikenbo.is_file() && wanted.place.is_dir() && wanted.rounds > 0;
    is_whole.then_some(wanted)
}

/// 5 KiB as people write them.
fn small_mail() -> Vec<u8> {
    let line = "来月の予定をお知らせします。ご都合の悪い方は、今週のうちにご連絡ください。\n";
    message("来月の予定について(第二報)", &line.repeat(30), Body::Utf8Base64)
}

struct Bench {
    sink: Sink,
    wanted: Wanted,
}

impl Bench {
    /// A mail in a file, its lines as they lie in files.
    fn file(&self, name: &str, mail: &[u8]) -> io::Result<PathBuf> {
        let path = self.wanted.place.join(name);
        let lines: Vec<u8> = mail.iter().copied().filter(|byte| *byte != b'\r').collect();
        fs::write(&path, lines)?;
        Ok(path)
    }

    fn start(&self, system: System) -> Result<systems::Running, Failed> {
        system.start(&self.wanted.jikenbo, &self.wanted.place.join("system"), self.sink.port)
    }

    /// Every system with its load, round by round, and the medians.
    fn race(&self, title: &str, systems: &[(System, Load<'_>)]) -> Result<(), Failed> {
        let mut all: Vec<Vec<Figures>> = vec![Vec::new(); systems.len()];
        for round in 0..self.wanted.rounds {
            for ((system, load), figures) in systems.iter().zip(&mut all) {
                let measured = load::measure(&self.start(*system)?, &self.sink, *load)?;
                eprintln!("round {}, {title}, {}: {measured:?}", round + 1, system.name());
                figures.push(measured);
            }
        }
        let mut table = Table::new(&[
            title, "mails/s at 250", "mails/s at the sink", "p50 ms", "p99 ms",
            "processor ms a mail", "peak MB",
        ]);
        for ((system, load), figures) in systems.iter().zip(&all) {
            let median = |of: fn(&Figures) -> f64| significant(median(figures.iter().map(of)));
            table.row(&[
                &format!("{}{}", system.name(), how(*system, load)),
                &median(|f| f.at_250),
                &median(|f| f.at_sink),
                &median(|f| f.p50_ms),
                &median(|f| f.p99_ms),
                &median(|f| f.processor_ms),
                &median(|f| f.peak_mb),
            ]);
        }
        println!("{table}");
        Ok(())
    }

    fn small(&self) -> Result<(), Failed> {
        let (mail, mails) = (small_mail(), self.wanted.mails);
        let file = self.file("small", &mail)?;
        let load = Load {
            mails,
            sessions: SESSIONS,
            recipients: 1,
            file: &file,
            at_sink: 1,
            probe: &mail,
        };
        if mails == 0 {
            return Ok(());
        }
        let title = format!("{mails} mails of {} bytes", mail.len());
        self.race(&title, &SMALL.map(|system| (system, load)))
    }

    fn wide(&self) -> Result<(), Failed> {
        let (probe, mails) = (small_mail(), self.wanted.wide);
        if mails == 0 {
            return Ok(());
        }
        // As smtp-source numbers them.
        let to: Vec<String> =
            (1..=MANY_RECIPIENTS).map(|number| format!("{number}{}", load::RECIPIENT)).collect();
        let mail = format!(
            "From: {}\r\nTo: {}\r\nSubject: news\r\n\r\n{}",
            load::SENDER,
            to.join(",\r\n "),
            "What is new this month.\r\n".repeat(100)
        );
        let file = self.file("wide", mail.as_bytes())?;
        let load = Load {
            mails,
            sessions: 4,
            recipients: MANY_RECIPIENTS,
            file: &file,
            at_sink: MANY_RECIPIENTS.div_ceil(POSTFIX_CUT),
            probe: &probe,
        };
        let whole = Load { at_sink: 1, ..load };
        let copies = Load { at_sink: MANY_RECIPIENTS, ..load };
        let title = format!("{mails} mails to {MANY_RECIPIENTS}");
        self.race(
            &title,
            &[
                (System::Postfix, load),
                (System::PostfixMilter, load),
                (System::Ours(WHOLE), whole),
                (System::Ours(COPIES), copies),
            ],
        )
    }

    fn large(&self) -> Result<(), Failed> {
        let (probe, mails) = (small_mail(), self.wanted.large);
        if mails == 0 {
            return Ok(());
        }
        let bytes: Vec<u8> = (0..18_600_000_u32)
            .flat_map(|n| (n ^ (n >> 7)).to_le_bytes().into_iter().take(1))
            .collect();
        let mail = format!(
            "From: {}\r\nTo: {}\r\nSubject: large\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; \
             boundary=b\r\n\r\n--b\r\n\r\nHere it is.\r\n--b\r\nContent-Type: application/octet-stream\r\n\
             Content-Disposition: attachment; filename=large.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n{}--b--\r\n",
            load::SENDER,
            load::RECIPIENT,
            base64_lines(&bytes)
        );
        let file = self.file("large", mail.as_bytes())?;
        let load =
            Load { mails, sessions: 4, recipients: 1, file: &file, at_sink: 1, probe: &probe };
        let title = format!("{mails} mails of {} bytes", mail.len());
        self.race(&title, &SMALL.map(|system| (system, load)))
    }

    /// How often each asks for stable storage, in a run of its own under strace.
    fn syncs(&self) -> Result<(), Failed> {
        let mail = small_mail();
        let file = self.file("small", &mail)?;
        let counted = self.wanted.place.join("calls");
        let mut table = Table::new(&["calls for a mail", "fsync and fdatasync", "mails"]);
        for system in SMALL {
            let running = self.start(system)?;
            let load = Load {
                mails: COUNTED_MAILS,
                sessions: SESSIONS,
                recipients: 1,
                file: &file,
                at_sink: 1,
                probe: &mail,
            };
            let mut strace = Command::new("strace");
            strace.args(["-f", "-qq", "-e", "trace=fsync,fdatasync", "-o"]).arg(&counted);
            for process in tree::of(&running.roots) {
                strace.args(["-p", &process.to_string()]);
            }
            let strace = strace.stdin(Stdio::null()).stderr(Stdio::null()).spawn()?;
            let strace = systems::Ended(strace);
            let figures = load::measure(&running, &self.sink, load)?;
            drop(running);
            drop(strace);
            let written = fs::read_to_string(&counted)?;
            let calls = written.lines().filter(|line| line.contains("sync(")).count();
            // The mails of the warm-up, and those of the client that takes the time, are in it.
            let mails = COUNTED_MAILS + 4 * SESSIONS + figures.probes;
            #[expect(clippy::cast_precision_loss, reason = "figures for people")]
            let each = calls as f64 / mails as f64;
            table.row(&[system.name(), &significant(each), &mails.to_string()]);
        }
        println!("{table}");
        Ok(())
    }

    /// Connections that say nothing, and mail beside them.
    fn idle(&self) -> Result<(), Failed> {
        let (mail, many) = (small_mail(), self.wanted.idle);
        if many == 0 {
            return Ok(());
        }
        let file = self.file("small", &mail)?;
        let load = Load {
            mails: self.wanted.mails.clamp(500, 2_000),
            sessions: SESSIONS,
            recipients: 1,
            file: &file,
            at_sink: 1,
            probe: &mail,
        };
        let running = self.start(System::Ours(""))?;
        let memory = || significant(kb_to_mb(tree::memory_kb(&running.roots)));
        let mut table =
            Table::new(&["connections that say nothing", "MB", "mails/s at 250", "p99 ms"]);
        let before = memory();
        let figures = load::measure(&running, &self.sink, load)?;
        table.row(&["0", &before, &significant(figures.at_250), &significant(figures.p99_ms)]);
        let idle = connect(running.port, many)?;
        let before = memory();
        let figures = load::measure(&running, &self.sink, load)?;
        table.row(&[
            &idle.len().to_string(),
            &before,
            &significant(figures.at_250),
            &significant(figures.p99_ms),
        ]);
        println!("{table}");
        Ok(())
    }
}

/// Opens connections and reads what greets on each.
fn connect(port: u16, many: usize) -> io::Result<Vec<TcpStream>> {
    let one = |_| {
        let mut connection = TcpStream::connect(("127.0.0.1", port))?;
        connection.read_exact(&mut [0; 4])?;
        Ok(connection)
    };
    (0..many).map(one).collect()
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn kb_to_mb(kilobytes: u64) -> f64 {
    kilobytes as f64 * 1_024.0 / 1e6
}

/// In which form our relay passes a mail to many on.
fn how(system: System, load: &Load<'_>) -> &'static str {
    match (system, load.at_sink == load.recipients) {
        (System::Postfix | System::PostfixMilter, _) => "",
        (System::Ours(_), _) if load.recipients == 1 => "",
        (System::Ours(_), true) => ", a copy for each",
        (System::Ours(_), false) => ", told to pass the mail whole",
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_mail_is_as_large_as_it_is_said() {
        assert!((4_900..5_400).contains(&small_mail().len()), "{}", small_mail().len());
    }

    #[test]
    fn a_row_says_in_which_form_a_mail_to_many_goes() {
        let (file, probe) = (std::path::Path::new("mail"), &b""[..]);
        let load = |at_sink| Load { mails: 1, sessions: 1, recipients: 395, file, at_sink, probe };
        assert_eq!(how(System::Ours(COPIES), &load(395)), ", a copy for each");
        assert_eq!(how(System::Ours(WHOLE), &load(1)), ", told to pass the mail whole");
        assert_eq!(how(System::Postfix, &load(8)), "");
        assert_eq!(how(System::Ours(""), &Load { recipients: 1, ..load(1) }), "");
    }

    #[test]
    fn a_median_lies_in_the_middle() {
        assert!((median([3.0, 1.0, 2.0].into_iter()) - 2.0).abs() < f64::EPSILON);
    }
}
