//! The vault through kills, damage and want of room.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::corpus::files::random;

const ROOM: u64 = 10_000_000;

fn attributes(ino: u64, bytes: u64) -> Attributes {
    Attributes { ino, bytes, mode: 0o644, uid: 0, gid: 0, modified_ns: 1, born_ns: 1 }
}

fn keep(vault: &mut Vault, number: u64, content: &[u8]) -> Digest {
    let stored = vault.keep(content).unwrap();
    let record = Record::Content {
        path: PathBuf::from(format!("/d/{number}")),
        attributes: attributes(number, stored.bytes),
        digest: stored.digest,
    };
    vault.note(number, &[Proc { pid: 5, start: 1 }], record).unwrap();
    stored.digest
}

fn content(vault: &Vault, digest: Digest) -> Vec<u8> {
    let mut bytes = Vec::new();
    vault.read(digest).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn what_is_kept_comes_back_once_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut vault = Vault::open(folder.path(), ROOM).unwrap();
    assert!(matches!(Vault::open(folder.path(), ROOM), Err(VaultError::Taken(_))));
    let words = "名簿\n".repeat(10_000);
    let first = keep(&mut vault, 1, words.as_bytes());
    let stored = vault.stored_bytes();
    assert!(stored < 2_000, "{stored}");
    assert_eq!(keep(&mut vault, 2, words.as_bytes()), first);
    assert_eq!(vault.stored_bytes(), stored);
    drop(vault);
    let vault = Vault::open(folder.path(), ROOM).unwrap();
    assert_eq!(vault.entries().map(|entry| entry.seq).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(content(&vault, first), words.as_bytes());
    assert_eq!(vault.check().unwrap(), Checked { contents: 1, ..Checked::default() });
}

#[test]
fn the_oldest_goes_first_and_what_is_held_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut vault = Vault::open(folder.path(), 100_000).unwrap();
    for number in 0..5 {
        keep(&mut vault, number, &random(20_000, number));
    }
    vault.hold(9, vec![0, 1]).unwrap();
    assert_eq!(vault.entries().count(), 4);
    for number in 5..8 {
        keep(&mut vault, number, &random(20_000, number));
    }
    let left: Vec<_> = vault.entries().map(|entry| entry.seq).collect();
    assert!(left.contains(&1) && vault.stored_bytes() <= 100_000, "{left:?}");
    // All of it is held: nothing is pushed out, and the caller is told.
    vault.hold(9, left.clone()).unwrap();
    let full = vault.keep(&random(90_000, 99)[..]);
    assert!(matches!(full, Err(VaultError::Full { .. })));
    assert_eq!(vault.entries().count(), left.len());
    assert!(vault.stored_bytes() <= 100_000);
    drop(vault);
    let mut vault = Vault::open(folder.path(), 100_000).unwrap();
    assert!(vault.retire(1_000).unwrap().is_empty());
    vault.release(9, left.clone()).unwrap();
    assert_eq!(vault.retire(1_000).unwrap().len(), left.len());
    assert_eq!(vault.stored_bytes(), 0);
}

#[test]
fn a_changed_byte_is_named_and_never_given_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut vault = Vault::open(folder.path(), ROOM).unwrap();
    let digest = keep(&mut vault, 1, &random(5_000, 1));
    let place = folder.path().join("contents").join(digest.to_string());
    let mut bytes = fs::read(&place).unwrap();
    bytes[1_000] ^= 1;
    fs::write(&place, bytes).unwrap();
    assert_eq!(vault.check().unwrap().damaged, [digest]);
    assert!(matches!(vault.read(digest), Err(VaultError::Damaged(_))));
    fs::remove_file(place).unwrap();
    assert_eq!(vault.check().unwrap().damaged, [digest]);
}

#[test]
fn a_damaged_line_costs_itself_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut vault = Vault::open(folder.path(), ROOM).unwrap();
    let digests: Vec<_> =
        (0..3).map(|number| keep(&mut vault, number, &random(3_000, number))).collect();
    drop(vault);
    let place = folder.path().join("journal");
    let lines = fs::read_to_string(&place).unwrap();
    let second = lines.lines().nth(1).unwrap();
    fs::write(&place, lines.replace(second, &second.replacen("/d/1", "/d/7", 1))).unwrap();
    for _ in 0..2 {
        let vault = Vault::open(folder.path(), ROOM).unwrap();
        assert_eq!(vault.entries().map(|entry| entry.seq).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(vault.check().unwrap().damaged_lines, 1);
        // What the line named is there still, for whoever repairs it.
        vault.blobs.check(digests[1]).unwrap();
    }
    fs::remove_file(folder.path().join("journal.damaged-3")).unwrap();
    let vault = Vault::open(folder.path(), ROOM).unwrap();
    assert_eq!(vault.check().unwrap(), Checked { contents: 2, ..Checked::default() });
    vault.blobs.check(digests[1]).unwrap_err();
}

/// Copies the files of a vault as a kill would leave them.
fn killed(from: &Path, to: &Path, journal_bytes: usize) {
    fs::create_dir_all(to.join("contents")).unwrap();
    let journal = fs::read(from.join("journal")).unwrap();
    fs::write(to.join("journal"), &journal[..journal_bytes.min(journal.len())]).unwrap();
    for entry in fs::read_dir(from.join("contents")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join("contents").join(entry.file_name())).unwrap();
    }
    fs::write(to.join("contents/new-7"), b"half").unwrap();
}

#[test]
fn a_kill_at_any_byte_loses_the_last_line_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let mut vault = Vault::open(&folder.path().join("v"), ROOM).unwrap();
    let digests: Vec<_> =
        (0..4).map(|number| keep(&mut vault, number, &random(3_000, number))).collect();
    let journal = fs::read(folder.path().join("v/journal")).unwrap();
    for cut in (0..=journal.len()).step_by(7) {
        let copy = folder.path().join(format!("c{cut}"));
        killed(&folder.path().join("v"), &copy, cut);
        let whole = memchr::memchr_iter(b'\n', &journal[..cut]).count();
        let mut again = Vault::open(&copy, ROOM).unwrap();
        assert_eq!(again.entries().count(), whole, "{cut}");
        for digest in &digests[..whole] {
            again.blobs.check(*digest).unwrap();
        }
        // It goes on where it was, with numbers that were not used.
        keep(&mut again, 77, b"after");
        assert_eq!(again.entries().last().unwrap().seq, whole as u64);
        assert_eq!(fs::read_dir(copy.join("contents")).unwrap().count(), whole + 1);
        fs::remove_dir_all(copy).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn opening_again_changes_nothing(
        steps in prop::collection::vec((0_u8..4, 0_u64..8, 1_usize..30_000), 1..25),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut vault = Vault::open(folder.path(), 60_000).unwrap();
        for (what, number, length) in steps {
            let seqs: Vec<u64> = vault.entries().map(|entry| entry.seq).take(1).collect();
            match what {
                0 => vault.hold(0, seqs).unwrap(),
                1 => vault.release(0, seqs).unwrap(),
                _ => {
                    if let Ok(stored) = vault.keep(&random(length, number)[..]) {
                        let record = Record::Content {
                            path: PathBuf::from("/d/x"),
                            attributes: attributes(number, stored.bytes),
                            digest: stored.digest,
                        };
                        vault.note(number, &[], record).unwrap();
                    }
                }
            }
        }
        let before: Vec<_> = vault.entries().cloned().collect();
        let held = vault.held.clone();
        drop(vault);
        let vault = Vault::open(folder.path(), 60_000).unwrap();
        prop_assert_eq!(vault.entries().cloned().collect::<Vec<_>>(), before);
        prop_assert!(vault.held.is_subset(&held));
        prop_assert_eq!(vault.check().unwrap().damaged, []);
    }
}
