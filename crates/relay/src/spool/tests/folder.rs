//! A spool in a real folder.

use std::fs;

use super::*;

#[test]
fn it_is_there_after_it_was_closed_and_for_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mail/spool");
    let spool = Spool::open(&path, SMALL).unwrap();
    let ids: Vec<MailId> = (1..=20).map(|number| accept(&spool, number, 700).unwrap()).collect();
    assert!(matches!(Spool::open(&path, SMALL), Err(SpoolError::InUse(_))));
    drop(spool);
    let spool = Spool::open(&path, SMALL).unwrap();
    assert_eq!(spool.mails(), ids);
    assert!(spool.figures().segments > 2);
    for (number, id) in (1..).zip(ids) {
        assert_eq!(spool.mail(id).unwrap(), mail(number, 700));
        take(&spool, id, Step::Done).unwrap();
    }
    assert_eq!(spool.figures().segments, 1);
    assert_eq!(fs::read_dir(&path).unwrap().count(), 2, "a segment and the lock");
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    drop(Spool::open(&path, SMALL).unwrap());
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    for entry in fs::read_dir(&path).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
}

#[test]
fn what_is_not_its_own_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["notes.txt", "1.segment", "0000000000000001.segment.bak"] {
        let foreign = folder.path().join(name);
        fs::write(&foreign, "").unwrap();
        let refused = Spool::open(folder.path(), SMALL).err();
        assert!(matches!(refused, Some(SpoolError::Foreign(path)) if path == foreign), "{name}");
        fs::remove_file(foreign).unwrap();
    }
    assert!(Spool::open(folder.path(), SMALL).is_ok());
}

#[test]
fn a_place_that_cannot_be_written_is_said_to_be_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let refused = Spool::open(&file.join("spool"), SMALL).err();
    assert!(matches!(refused, Some(SpoolError::Io { doing: "make the folder of", .. })));
    // The lock is the first thing that is written; whoever may do anything is not refused it by
    // a mode, so the folder is made unwritable by putting a folder in its place.
    fs::create_dir_all(folder.path().join("taken/lock")).unwrap();
    let refused = Spool::open(&folder.path().join("taken"), SMALL).err();
    assert!(matches!(refused, Some(SpoolError::Io { doing: "write to the folder of", .. })));
}

#[test]
fn a_segment_of_a_later_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), SMALL).unwrap();
    accept(&spool, 1, 100).unwrap();
    drop(spool);
    let path = folder.path().join("0000000000000001.segment");
    let mut bytes = fs::read(&path).unwrap();
    bytes[8] = 2;
    let check = crc32c::crc32c(&bytes[..36]).to_le_bytes();
    bytes[36..40].copy_from_slice(&check);
    fs::write(&path, &bytes).unwrap();
    let refused = Spool::open(folder.path(), SMALL).err();
    assert!(matches!(refused, Some(SpoolError::Newer { segment: 1, version: 2 })));
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn many_writers_share_syncs_and_each_gets_its_own_word() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), SpoolLimits::default()).unwrap();
    let ids = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for writer in 0..16_u64 {
            let (spool, ids) = (&spool, &ids);
            scope.spawn(move || {
                for number in 0..20 {
                    let id = accept(spool, writer * 100 + number, 300).unwrap();
                    ids.lock().unwrap().push((id, writer * 100 + number));
                    assert!(take(spool, id, delivered(0)).is_err());
                    take(spool, id, released()).unwrap();
                }
            });
        }
    });
    let ids = ids.into_inner().unwrap();
    let figures = spool.figures();
    assert_eq!((figures.mails, figures.misfits), (320, 320));
    assert!(figures.syncs < 960, "{figures:?}");
    for (id, number) in ids {
        assert_eq!(spool.mail(id).unwrap(), mail(number, 300));
    }
}
