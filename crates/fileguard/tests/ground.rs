//! The guard over real files, attacked by harmless loads on a loop-mounted file system. It needs root and
//! loop devices: elsewhere it says loudly that it did not run, and fails if `JIKENBO_FILEGUARD=required`.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use fileguard::corpus::ground::Ground;
use fileguard::corpus::scripts::WORK;
use fileguard::corpus::trial::{Outcome, Plan, run};

/// Whether the trials can run here; says why not.
fn possible() -> bool {
    let because = match Ground::new(16) {
        Ok(_) => return true,
        Err(error) => error.to_string(),
    };
    let required = std::env::var("JIKENBO_FILEGUARD").is_ok_and(|value| value == "required");
    assert!(!required, "JIKENBO_FILEGUARD=required, but: {because}");
    // To the terminal itself: the harness swallows what a passing test prints.
    let mut terminal = std::fs::File::options().append(true).open("/dev/stderr");
    if let Ok(terminal) = &mut terminal {
        let _ = writeln!(terminal, "NOT RUN: the file guard over real files: {because}");
    }
    false
}

fn load(name: &'static str) -> impl Fn(&Path) -> Command {
    move |tree| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_harmless-load"));
        command.arg(name).arg(tree);
        command
    }
}

fn script(words: &'static str) -> impl Fn(&Path) -> Command {
    move |tree| {
        let mut command = Command::new("bash");
        command.arg("-c").arg(words).arg("load").arg(tree);
        command
    }
}

/// Stopped, after so many files at most, and nothing is lost.
#[track_caller]
fn check(plan: &Plan, most: usize, attack: impl Fn(&Path) -> Command) {
    if !possible() {
        return;
    }
    let outcome: Outcome = run(plan, attack).unwrap();
    println!("{outcome:?}");
    assert!(outcome.stopped, "{outcome:#?}");
    assert!(outcome.altered <= most && outcome.altered > 0, "{outcome:#?}");
    assert_eq!((outcome.lost, outcome.failed.len()), (0, 0), "{outcome:#?}");
}

#[test]
fn in_place() {
    check(&Plan::default(), 4, load("in-place"));
}

#[test]
fn every_sixteenth_block() {
    check(&Plan::default(), 10, load("sixteenth"));
}

#[test]
fn behind_an_intact_header() {
    check(&Plan::default(), 10, load("header-intact"));
}

#[test]
fn a_new_file_moved_over_the_old() {
    check(&Plan::default(), 4, load("rename-over"));
}

#[test]
fn a_copy_and_deletion() {
    check(&Plan::default(), 4, load("copy-and-delete"));
}

#[test]
fn as_letters() {
    check(&Plan::default(), 4, load("base64"));
}

#[test]
fn by_eight_at_once() {
    check(&Plan::default(), 16, load("forks"));
}

#[test]
fn one_large_file_by_its_stretches() {
    let large = Plan {
        files: 0,
        large_bytes: 48 * 1024 * 1024,
        whole_file_bytes: 1024 * 1024,
        ..Plan::default()
    };
    check(&large, 1, load("in-place"));
}

#[test]
fn through_files_opened_before_the_guard() {
    let plan = Plan { opens_first: true, ..Plan::default() };
    check(&plan, 10, load("opened-before"));
}

#[test]
fn in_a_mount_namespace_of_its_own() {
    check(
        &Plan::default(),
        4,
        script(
            "unshare -m bash -c 'mkdir \"$1/../bound\" && mount --bind \"$1\" \"$1/../bound\" && \
             find \"$1/../bound\" -name \"資料*\" | sort | while read -r f; do \
             openssl enc -aes-256-ctr -K 00 -iv 00 -in \"$f\" -out /dev/shm/x$$ 2>/dev/null && \
             cat /dev/shm/x$$ > \"$f\"; done' inner \"$1\"",
        ),
    );
}

#[test]
fn openssl_into_a_new_file_moved_over_the_old() {
    check(
        &Plan::default(),
        4,
        script(
            "find \"$1\" -name '資料*' | sort | while read -r f; do \
             openssl enc -aes-256-ctr -K 00 -iv 00 -in \"$f\" -out \"$f.t\" 2>/dev/null; \
             mv \"$f.t\" \"$f\"; done",
        ),
    );
}

#[test]
fn gpg_and_deletion() {
    check(
        &Plan::default(),
        4,
        script(
            "export GNUPGHOME=$(mktemp -d); trap 'rm -rf $GNUPGHOME' EXIT; \
             find \"$1\" -name '資料*' | sort | while read -r f; do \
             gpg --batch --yes --passphrase x --pinentry-mode loopback -c -o \"$f.gpg\" \"$f\" 2>/dev/null \
             && rm \"$f\"; done",
        ),
    );
}

#[test]
fn a_large_file_that_is_emptied_with_its_open() {
    let large = Plan {
        files: 60,
        large_bytes: 8 * 1024 * 1024,
        whole_file_bytes: 1024 * 1024,
        ..Plan::default()
    };
    check(
        &large,
        5,
        script(
            "(echo \"$1/台帳.db\"; find \"$1\" -name '資料*' | sort) | while read -r f; do \
             openssl enc -aes-256-ctr -K 00 -iv 00 -in \"$f\" -out \"$1/../between\" 2>/dev/null && \
             cat \"$1/../between\" > \"$f\"; done",
        ),
    );
}

#[test]
fn under_a_second_name_and_in_renamed_folders() {
    check(
        &Plan::default(),
        // All files of the folder have another path.
        40,
        script(
            "for d in \"$1\"/課*; do mv \"$d\" \"$d.locked\"; for f in \"$d.locked\"/*; do \
             ln \"$f\" \"$f.2\"; rm \"$f\"; openssl enc -aes-256-ctr -K 00 -iv 00 -in \"$f.2\" \
             -out \"$f.new\" 2>/dev/null; rm \"$f.2\"; done; done",
        ),
    );
}

#[test]
fn with_the_time_of_the_last_change_put_back() {
    check(
        &Plan::default(),
        4,
        script(
            "find \"$1\" -name '資料*' | sort | while read -r f; do touch -r \"$f\" \"$1/../time\"; \
             openssl enc -aes-256-ctr -K 00 -iv 00 -in \"$f\" -out \"$1/../between\" 2>/dev/null && \
             dd if=\"$1/../between\" of=\"$f\" conv=notrunc 2>/dev/null; touch -r \"$1/../time\" \"$f\"; done",
        ),
    );
}

/// Work that looks alike is not stopped.
#[test]
fn ordinary_work_is_not_stopped() {
    if !possible() {
        return;
    }
    for (name, needs, words) in WORK {
        let is_there = Command::new("which").arg(needs).stdout(Stdio::null()).status();
        if !is_there.is_ok_and(|status| status.success()) {
            println!("{name} is left out: {needs} is not installed");
            continue;
        }
        let outcome = run(&Plan { files: 90, ..Plan::default() }, script(words)).unwrap();
        assert!(!outcome.stopped, "{name}: {outcome:#?}");
        assert_eq!(outcome.troubles, Vec::<String>::new(), "{name}");
    }
}
