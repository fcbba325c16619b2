//! The two halves of `cargo xtask crash`, which kills the first and then asks the second:
//!
//! - `crash write DIR SEED` changes the book in `DIR` without end (sources added, facts corrected
//!   and corrections taken back, checkpoints, rebuilding, backups beside it), and prints each change
//!   as a line of JSON when it is acknowledged, not before.
//! - `crash check DIR LINES…` verifies the book and looks for every change that those files of
//!   lines say was acknowledged.
//!
//! It does not know when it is killed.

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, process};

use book::{Book, Incoming, Who};
use case::{Case, CaseNumber, Field, MediaType, SourceId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use text::Limits;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const TOPICS: [&str; 4] =
    ["メール誤送信", "不正アクセス", "USBメモリの紛失", "ウェブサイトの改ざん"];

/// A change that was acknowledged.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Done {
    Added { sha256: String, text: String },
    Corrected { number: CaseNumber, seq: u64, value: Value },
    Withdrawn { number: CaseNumber, seq: u64 },
    Opened { number: CaseNumber },
    Checkpoint { note: String },
    BackedUp { place: PathBuf },
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["write", dir, seed] => seed
            .parse()
            .map_err(Into::into)
            .and_then(|seed| Writer::open(Path::new(dir), seed).and_then(Writer::write)),
        ["check", dir, lines @ ..] => check(Path::new(dir), lines),
        _ => Err("usage: crash write DIR SEED | crash check DIR LINES…".into()),
    };
    if let Err(error) = result {
        eprintln!("crash: {error}");
        process::exit(1);
    }
}

/// A sequence of numbers that a seed decides (xorshift64, Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let at = self.below(all.len().max(1) as u64);
        all.get(usize::try_from(at).ok()?).copied()
    }
}

struct Writer {
    book: Book,
    dice: Dice,
    seed: u64,
    who: Who,
    backups: u32,
    corrections: Vec<(CaseNumber, u64)>,
}

impl Writer {
    fn open(dir: &Path, seed: u64) -> Result<Self> {
        let book = Book::open(dir)?.waiting(Duration::from_mins(2))?;
        let who = Who(format!("writer-{seed}"));
        // Nearby seeds should not begin alike, and 0 would stay 0.
        let dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        Ok(Self { book, dice, seed, who, backups: 0, corrections: Vec::new() })
    }

    fn write(mut self) -> Result<()> {
        loop {
            match self.dice.below(100) {
                0..55 => self.add()?,
                55..85 => self.correct()?,
                85..91 => self.withdraw()?,
                91..95 => {
                    let known = [(Field::Title, json!("電話で知らされた件"))];
                    let number = self.book.open_case(&known, "電話での連絡", &self.who)?;
                    say(&Done::Opened { number })?;
                }
                95..97 => say(&Done::Checkpoint { note: self.book.checkpoint()? })?,
                97..99 => self.back_up()?,
                _ => self.book.rebuild().map(|_| ())?,
            }
        }
    }

    /// Up to six sources in one transaction.
    fn add(&mut self) -> Result<()> {
        let texts: Vec<String> = (0..=self.dice.below(6)).map(|_| self.text()).collect();
        let cases: Vec<Vec<Case>> = texts.iter().map(|text| read(text)).collect();
        let incoming: Vec<Incoming<'_>> = texts
            .iter()
            .zip(&cases)
            .map(|(text, cases)| Incoming {
                name: "generated.txt",
                media_type: MediaType::Text,
                bytes: text.as_bytes(),
                text,
                reader: "crash 1",
                cases,
            })
            .collect();
        let added = self.book.add(&incoming, &self.who)?;
        for (added, text) in added.into_iter().zip(texts) {
            say(&Done::Added { sha256: added.sha256, text })?;
        }
        Ok(())
    }

    /// A release of one of a few organisations, so that some are reports of one case.
    fn text(&mut self) -> String {
        let topic = self.dice.one_of(&TOPICS).unwrap_or_default();
        let (month, day) = (self.dice.below(12) + 1, self.dice.below(28) + 1);
        let report = self.dice.below(3) + 1;
        format!(
            "2033年{month}月{day}日\n株式会社例示第{}商会\n{topic}に関するお詫び（第{report}報）\n\n\
             {month}月{day}日、お客様{}名の氏名とメールアドレスが漏えいした可能性があることを確認\
             いたしました。深くお詫び申し上げます。\n",
            self.dice.below(20),
            self.dice.below(1_000_000) + 2
        )
    }

    fn correct(&mut self) -> Result<()> {
        let Some(number) = self.dice.one_of(&self.book.numbers()?) else { return Ok(()) };
        let value = json!(format!("株式会社訂正第{}商会", self.dice.below(1000)));
        let seq =
            self.book.correct(number, Field::Organisation, &value, "登記の確認", &self.who)?;
        self.corrections.push((number, seq));
        say(&Done::Corrected { number, seq, value })
    }

    fn withdraw(&mut self) -> Result<()> {
        let Some((number, seq)) = self.corrections.pop() else { return Ok(()) };
        self.book.withdraw(number, seq, "登記の見誤り", &self.who)?;
        say(&Done::Withdrawn { number, seq })
    }

    fn back_up(&mut self) -> Result<()> {
        self.backups += 1;
        let name = format!("backup-{}-{}", self.seed, self.backups);
        let place = self.book.dir().with_file_name(name);
        self.book.backup(&place)?;
        say(&Done::BackedUp { place })
    }
}

fn read(text: &str) -> Vec<Case> {
    let input = reader::Input { source: SourceId(1), text, parts: &[] };
    reader::read(input, &Limits::default()).collect()
}

/// One line in one system call: whoever reads it knows that the change is done.
fn say(done: &Done) -> Result<()> {
    let line = serde_json::to_string(done)? + "\n";
    std::io::stdout().lock().write_all(line.as_bytes())?;
    Ok(())
}

/// Verifies the book and everything that was acknowledged.
fn check(dir: &Path, lines: &[&str]) -> Result<()> {
    let mut done = Vec::new();
    for path in lines {
        for line in fs::read_to_string(path)?.lines() {
            done.push(serde_json::from_str::<Done>(line)?);
        }
    }
    // Killed before there was a book, the writer leaves none, and has said nothing.
    let book = match Book::open_existing(dir) {
        Err(book::BookError::NoBook(_)) if done.is_empty() => {
            println!("no book yet");
            return Ok(());
        }
        opened => opened?,
    };
    let last = done.iter().rev().find_map(|done| match done {
        Done::Checkpoint { note } => Some(note.as_str()),
        _ => None,
    });
    let verified = book.verify(last)?;
    for done in &done {
        if let Some(missing) = missing(&book, done)? {
            return Err(format!("acknowledged, but not there: {missing}").into());
        }
    }
    println!("{} entries, {} changes acknowledged", verified.entries, done.len());
    Ok(())
}

/// What is not there of a change, if anything.
fn missing(book: &Book, done: &Done) -> Result<Option<String>> {
    Ok(match done {
        Done::Added { sha256, text } => {
            let (_, bytes) = book.original(sha256)?;
            (bytes != text.as_bytes()).then(|| format!("source {sha256}"))
        }
        Done::Corrected { number, seq, value } => {
            let case = book.case(*number)?.ok_or_else(|| format!("case {number}"))?;
            let held = case.corrections.iter().any(|kept| kept.seq == *seq && kept.value == *value);
            (!held).then(|| format!("correction {seq} of {number}"))
        }
        Done::Withdrawn { number, seq } => {
            let case = book.case(*number)?.ok_or_else(|| format!("case {number}"))?;
            let held =
                case.corrections.iter().any(|kept| kept.seq == *seq && kept.withdrawn.is_some());
            (!held).then(|| format!("withdrawal of {seq} of {number}"))
        }
        Done::Opened { number } => book.case(*number)?.is_none().then(|| format!("case {number}")),
        Done::Checkpoint { .. } => None,
        Done::BackedUp { place } => {
            // Verified once; the next check does not look for it again.
            if place.exists() {
                Book::open_existing(place)?.verify(None)?;
                fs::remove_dir_all(place)?;
                fs::write(place.with_extension("seen"), "")?;
            }
            (!place.with_extension("seen").exists()).then(|| place.display().to_string())
        }
    })
}
