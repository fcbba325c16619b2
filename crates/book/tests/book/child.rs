//! The test program started once more, as another process: what two processes do to each other,
//! and what happens to one under limits or a signal, cannot be shown within one.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use book::Book;

use crate::shelf::{Release, mori, numbered};

/// What the child is to do, for [`work`].
const TASK: &str = "JIKENBO_TEST_CHILD";

/// Another process that adds the numbered releases from `first` on, `count` of them, and prints
/// each hash when it is acknowledged, at last an error if there was one.
pub(crate) fn adding(program: Command, dir: &Path, first: usize, count: usize) -> Command {
    task(program, &format!("{first} {count} {}", dir.display()))
}

fn task(mut program: Command, task: &str) -> Command {
    program
        .args(["child::work", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env(TASK, task)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    program
}

/// This very program.
pub(crate) fn program() -> Command {
    Command::new(env::current_exe().unwrap())
}

/// What a child printed until it ended: acknowledged hashes, and an error.
pub(crate) fn said(child: &mut Child) -> (Vec<String>, Option<String>) {
    let (mut added, mut error) = (Vec::new(), None);
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        match line.split_once(": ") {
            // The test harness prints the name of the test before the first of our lines.
            Some((before, sha256)) if before.ends_with("added") => added.push(sha256.to_owned()),
            Some((before, message)) if before.ends_with("error") => {
                error = Some(message.to_owned());
            }
            _ => {}
        }
    }
    (added, error)
}

#[test]
#[ignore = "the work of a child process; other tests start it"]
fn work() {
    let task = env::var(TASK).expect("started by another test");
    let mut parts = task.splitn(3, ' ');
    let mut number = || parts.next().unwrap().parse::<usize>().unwrap();
    let (first, count) = (number(), number());
    let dir = Path::new(parts.next().unwrap());
    let say = |words: String| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{words}").and_then(|()| out.flush()).unwrap();
    };
    let add_all = || -> Result<(), book::BookError> {
        let book = Book::open(dir)?.waiting(Duration::from_mins(2))?;
        for number in first..first + count {
            let release = Release::of("release.txt", numbered(number).as_bytes());
            for added in book.add(&[release.incoming()], &mori())? {
                say(format!("added: {}", added.sha256));
            }
        }
        Ok(())
    };
    if let Err(error) = add_all() {
        say(format!("error: {error}"));
    }
}
