//! What trees of processes did, written down as a story, and what the checks make of it.

use std::collections::HashMap;
use std::path::PathBuf;

use guard::Mode;

use crate::corpus::files::{base64, jpeg, pdf, random, words, zip};
use crate::deed::{Deed, Proc, What};
use crate::detector::{Alarm, Detector, Limits};
use crate::look::{Diff, Look};

/// The content that a word of a story stands for; `seed` makes each file its own.
fn content(word: &str, seed: u64) -> Vec<u8> {
    let holed = |mut bytes: Vec<u8>| {
        for at in (0..bytes.len().saturating_sub(4096)).step_by(16 * 4096) {
            let at = at + 4096;
            let end = (at + 4096).min(bytes.len());
            bytes[at..end].copy_from_slice(&random(end - at, seed + 99));
        }
        bytes
    };
    let docx = || {
        zip(&[
            ("word/document.xml", words(60_000, seed).as_bytes()),
            ("m.bin", &random(50_000, seed)),
        ])
    };
    match word {
        "text" => words(40_000, seed).into_bytes(),
        "text2" => words(41_000, seed + 7).into_bytes(),
        "docx" => docx(),
        "docx2" => zip(&[("word/document.xml", words(61_000, seed + 1).as_bytes())]),
        "jpeg" => jpeg(80_000 + usize::try_from(seed).unwrap_or(0)),
        "jpeg2" => jpeg(70_000 + usize::try_from(seed).unwrap_or(0)),
        "pdf" => pdf(90_000),
        "noise" => random(50_000, seed + 50),
        "base64" => base64(&random(50_000, seed)).into_bytes(),
        "gzip" => {
            use std::io::Write as _;
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(words(40_000, seed).as_bytes()).unwrap();
            gzip.finish().unwrap()
        }
        "text-holed" => holed(words(400_000, seed).into_bytes()),
        "text-long" => words(400_000, seed).into_bytes(),
        "docx-holed" => holed(docx()),
        "jpeg-holed" => holed(content("jpeg", seed)),
        "pdf-holed" => holed(pdf(90_000)),
        "note" => "あなたのファイルはすべて見本です。".into(),
        other => panic!("no content is called {other}"),
    }
}

fn look(word: &str, seed: u64) -> Look {
    let bytes = content(word, seed);
    Look::of(&bytes, bytes.len() as u64)
}

/// One line of a story: `SECONDS PID[<PARENT…] WHAT …`.
fn deed(line: &str, seed: u64) -> Deed {
    let parts: Vec<&str> = line.split_whitespace().collect();
    let [at, by, what, rest @ ..] = parts.as_slice() else { panic!("{line}") };
    let path = |at: usize| PathBuf::from(rest[at]);
    let what = match *what {
        "rewrites" => {
            let (before, after) = (content(rest[1], seed), content(rest[2], seed));
            let diff = Diff::of(&before[..], &after[..]).unwrap();
            What::Rewrote {
                path: path(0),
                before: Look::of(&before, before.len() as u64),
                after: Look::of(&after, after.len() as u64),
                diff,
            }
        }
        "makes" => What::Made { path: path(0), look: look(rest[1], seed) },
        "deletes" => What::Deleted { path: path(0), look: Some(look(rest[1], seed)), own: false },
        "deletes-own" => What::Deleted { path: path(0), look: None, own: true },
        "renames" => What::Renamed { from: path(0), to: path(1) },
        "touches-canary" => What::Canary { path: path(0) },
        other => panic!("nobody {other}"),
    };
    let by = by.split('<').map(|pid| Proc { pid: pid.parse().unwrap(), start: 1 }).collect();
    Deed { at_ms: at.parse::<u64>().unwrap() * 1000, by, what }
}

/// Tells a story, and gives the first alarm that stops, with the line at which it came, or the gravest
/// that does not.
fn tell(story: &str) -> (Option<usize>, Option<Alarm>) {
    let mut detector = Detector::new(Limits::default(), HashMap::new());
    let mut told = None;
    let lines = story.lines().map(str::trim).filter(|line| !line.is_empty());
    for (number, line) in lines.enumerate() {
        if let Some(alarm) = detector.see(deed(line, number as u64)) {
            if alarm.stops {
                return (Some(number + 1), Some(alarm));
            }
            told = Some(alarm);
        }
    }
    (None, told)
}

/// At which line a story is stopped, who is, and which checks say so.
#[track_caller]
fn stops(story: &str, at: usize, root: u32, checks: &[&str]) {
    let (line, alarm) = tell(story);
    let alarm = alarm.unwrap_or_else(|| panic!("nothing was said of\n{story}"));
    let names: Vec<_> = alarm.because.iter().map(|finding| finding.check.0).collect();
    assert_eq!((line, alarm.root.pid, names.as_slice()), (Some(at), root, checks), "{alarm:#?}");
}

/// The score at the end of a story that is not stopped; nothing where nobody is told.
#[track_caller]
fn passes(story: &str, told: Option<u32>) {
    let (line, alarm) = tell(story);
    assert_eq!((line, alarm.as_ref().map(|alarm| alarm.score.0)), (None, told), "{alarm:#?}");
}

#[test]
fn files_encrypted_in_place_stop_at_the_third() {
    stops(
        "1 50<40 rewrites /d/a.docx docx noise
         1 50<40 rewrites /d/b.txt text noise
         1 50<40 rewrites /d/c.jpg jpeg noise",
        3,
        50,
        &["lost-type", "noise-written", "rate"],
    );
}

#[test]
fn every_sixteenth_block_behind_an_intact_header_is_seen() {
    stops(
        "1 50 rewrites /d/a.docx docx docx-holed
         1 50 rewrites /d/b.jpg jpeg jpeg-holed
         1 50 rewrites /d/c.pdf pdf pdf-holed",
        3,
        50,
        &["lost-type", "noise-written", "rate"],
    );
    stops(
        "1 50 rewrites /d/a.csv text-long text-holed
         1 50 rewrites /d/b.csv text-long text-holed
         1 50 rewrites /d/a.docx docx docx-holed",
        3,
        50,
        &["lost-type", "noise-written", "rate"],
    );
}

#[test]
fn a_copy_for_one_key_and_deletion_stop_at_the_third() {
    stops(
        "1 51<40 makes /d/a.docx.gpg noise
         1 52<40 deletes /d/a.docx docx
         1 53<40 makes /d/b.jpg.gpg noise
         1 54<40 deletes /d/b.jpg jpeg
         1 55<40 makes /d/c.txt.gpg noise
         1 56<40 deletes /d/c.txt text",
        6,
        40,
        &["deletion-after-copy", "name-burst", "rate"],
    );
}

#[test]
fn forks_count_together_and_the_shell_is_stopped() {
    stops(
        "1 51<40<30 rewrites /d/a.docx docx noise
         1 52<40<30 rewrites /d/b.txt text noise
         1 53<40<30 rewrites /d/c.jpg jpeg noise",
        3,
        40,
        &["lost-type", "noise-written", "rate"],
    );
}

#[test]
fn one_file_a_minute_adds_up() {
    stops(
        "60 50 rewrites /d/a.docx docx noise
         120 50 rewrites /d/b.txt text noise
         180 50 rewrites /d/c.jpg jpeg noise",
        3,
        50,
        &["lost-type", "noise-written"],
    );
}

#[test]
fn letters_do_not_hide_a_cipher() {
    stops(
        "1 50 rewrites /d/a.docx docx base64
         1 50 rewrites /d/b.txt text base64
         1 50 rewrites /d/c.jpg jpeg base64",
        3,
        50,
        &["encoded-output", "lost-type", "rate"],
    );
}

#[test]
fn a_canary_makes_it_earlier() {
    stops(
        "1 50 touches-canary /d/000.docx
         1 50 rewrites /d/000.docx docx noise
         1 50 rewrites /d/b.txt text noise",
        3,
        50,
        &["canary", "lost-type", "noise-written", "rate"],
    );
}

#[test]
fn no_check_stops_alone() {
    for check in super::CHECKS {
        let modes: HashMap<String, Mode> = super::CHECKS
            .iter()
            .filter(|other| other.id != check.id)
            .map(|other| (other.id.0.to_owned(), Mode::Off))
            .collect();
        let mut detector = Detector::new(Limits::default(), modes);
        for number in 0..60 {
            for line in [
                format!("1 50 rewrites /d/{number}.docx docx noise"),
                format!("1 50 makes /d{number}/x.txt note"),
                format!("1 50 makes /d{number}/{number}.txt.x noise"),
                format!("1 50 deletes /d{number}/{number}.txt text"),
                format!("1 50 touches-canary /d/{number}"),
            ] {
                let alarm = detector.see(deed(&line, number));
                assert!(alarm.is_none_or(|alarm| !alarm.stops), "{}", check.id);
            }
        }
    }
}

#[test]
fn ordinary_work_passes() {
    // Saving, in place and by a new file.
    passes(
        "1 50 rewrites /d/a.docx docx docx2
         1 50 rewrites /d/a.jpg jpeg jpeg2
         1 50 rewrites /d/a.txt text text2
         1 50 rewrites /d/b.jpg jpeg jpeg2
         1 50 rewrites /d/c.jpg jpeg jpeg2",
        None,
    );
    // gzip -r.
    let gzip = (0..30)
        .map(|n| format!("1 50<40 makes /d/{n}.txt.gz gzip\n1 50<40 deletes /d/{n}.txt text\n"))
        .collect::<Vec<_>>()
        .concat();
    passes(&gzip, None);
    // An archive for one key, the originals stay; a file or two by an operator.
    passes(
        "1 50 makes /b/a.gpg noise
         1 50 makes /b/b.gpg noise
         1 50 makes /b/c.gpg noise
         1 50 deletes /d/b.txt text",
        None,
    );
    // A backup program packs into files that only it opens, and makes room.
    let backup = (0..100)
        .map(|n| format!("1 50 makes /repo/{n} noise\n1 50 deletes /repo/old{n} noise\n"))
        .collect::<Vec<_>>()
        .concat();
    passes(&backup, None);
    // Unpacking sources.
    let sources = (0..60)
        .map(|n| format!("1 50 makes /s/{n}/LICENSE note\n1 50 deletes-own /s/{n}/t\n"))
        .collect::<Vec<_>>()
        .concat();
    passes(&sources, None);
}

#[test]
fn deleting_much_is_told_and_not_stopped() {
    let kinds = ["docx", "xlsx", "pdf", "txt", "jpg"];
    let story = (0..100)
        .map(|n| format!("1 50 deletes /d{}/{n}.{} text\n", n % 7, kinds[n % 5]))
        .collect::<Vec<_>>()
        .concat();
    passes(&story, Some(60));
}

#[test]
fn what_a_person_pardons_counts_no_more() {
    let mut detector = Detector::new(Limits::default(), HashMap::new());
    let story = ["a.docx docx", "b.txt text", "c.jpg jpeg"];
    let mut last = None;
    for (number, file) in story.iter().enumerate() {
        last = detector.see(deed(&format!("1 51<40 rewrites /d/{file} noise"), number as u64));
    }
    let root = last.filter(|alarm| alarm.stops).unwrap().root;
    detector.pardon(root);
    assert!(!detector.suspects(&[root]));
    assert!(detector.see(deed("2 51<40 rewrites /d/e.txt text noise", 9)).is_none());
}
