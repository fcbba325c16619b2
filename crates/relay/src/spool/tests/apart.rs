//! Long mails in files of their own.

use super::memory::Memory;
use super::*;

fn open(disk: &Memory) -> Spool {
    Spool::on(Box::new(disk.clone()), SMALL).unwrap()
}

#[test]
fn a_mail_that_lies_apart_is_read_whole_and_goes_when_it_is_done() {
    let disk = Memory::default();
    let spool = open(&disk);
    let ids: Vec<MailId> = (1..=3).map(|n| accept_apart(&spool, n, 9_000).unwrap()).collect();
    assert!(spool.figures().stored_bytes > 26_000);
    drop(spool);
    disk.power_cut(|| false);
    let spool = open(&disk);
    assert_eq!(spool.damage(), []);
    for (number, id) in (1..).zip(&ids) {
        let whole = mail(number, 9_000);
        assert_eq!(spool.mail_len(*id), Some(9_000));
        assert_eq!(spool.mail(*id).unwrap(), whole);
        for (from, bytes) in [(0, 5), (0, 10), (3, 20), (10, 40), (8_990, 10), (9_000, 0)] {
            let some = spool.mail_bytes(*id, from, bytes).unwrap();
            assert_eq!(some, whole[from..from + bytes], "{from} {bytes}");
        }
        assert!(matches!(spool.mail_bytes(*id, 8_990, 11), Err(SpoolError::Damaged(_))));
    }
    take(&spool, ids[0], Step::Done).unwrap();
    let replaced = Event::Replaced { id: ids[1], envelope: envelope(1), mail: mail(7, 400) };
    spool.append(&[replaced]).wait().unwrap();
    assert_eq!(spool.mail(ids[1]).unwrap(), mail(7, 400));
    assert_eq!(spool.mail(ids[2]).unwrap(), mail(3, 9_000));
    drop(spool);
    assert_eq!(disk.apart().len(), 1);
}

#[test]
fn it_stays_where_it_is_when_the_log_moves() {
    let disk = Memory::default();
    let spool = open(&disk);
    let id = accept_apart(&spool, 1, 9_000).unwrap();
    let first = disk.segments();
    for number in 2..40 {
        let short = accept(&spool, number, 700).unwrap();
        take(&spool, short, Step::Done).unwrap();
    }
    assert!(first.iter().all(|segment| !disk.segments().contains(segment)));
    assert_eq!((spool.mail(id).unwrap(), disk.apart().len()), (mail(1, 9_000), 1));
    drop(spool);
    assert_eq!(open(&disk).mail(id).unwrap(), mail(1, 9_000));
}

#[test]
fn what_was_not_acknowledged_leaves_nothing() {
    let disk = Memory::default();
    let spool = open(&disk);
    // Its client left, the disk was full, the log had no room for it.
    spool.begin_apart().unwrap().write(b"Subject: 1\r\n").unwrap();
    for room in [300, 940] {
        disk.has_room_for(Some(room));
        assert!(matches!(accept_apart(&spool, 1, 900), Err(SpoolError::DiskFull(_))), "{room}");
    }
    disk.has_room_for(None);
    disk.sync_fails(true);
    assert!(matches!(accept_apart(&spool, 1, 900), Err(SpoolError::Io { .. })));
    assert!(disk.apart().is_empty());
    // The log itself was not in doubt.
    accept(&spool, 2, 100).unwrap();
    // A crash, and its file was there already.
    spool.begin_apart().unwrap().is_named_now();
    assert_eq!(disk.apart().len(), 1);
    drop(spool);
    assert_eq!(open(&disk).mails().len(), 1);
    assert!(disk.apart().is_empty());
}

#[test]
fn what_is_missing_or_changed_is_told() {
    let disk = Memory::default();
    let spool = open(&disk);
    let id = accept_apart(&spool, 1, 900).unwrap();
    let number = disk.apart()[0];
    disk.change_apart(number, |bytes| bytes[5] ^= 1);
    assert!(matches!(spool.mail(id), Err(SpoolError::Damaged(_))));
    disk.change_apart(number, |bytes| bytes.truncate(bytes.len() - 1));
    drop(spool);
    let spool = open(&disk);
    let what: Vec<_> = spool.damage().iter().map(|damage| damage.what).collect();
    assert_eq!(what, [DamageKind::Mail]);
    assert_eq!(spool.mails(), [id]);
}

#[test]
fn in_a_folder_it_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), SMALL).unwrap();
    let id = accept_apart(&spool, 1, 9_000).unwrap();
    drop(spool);
    let spool = Spool::open(folder.path(), SMALL).unwrap();
    assert_eq!(spool.mail(id).unwrap(), mail(1, 9_000));
    let file = folder.path().join("0000000000000001.mail");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    take(&spool, id, Step::Done).unwrap();
    drop(spool);
    assert!(!file.exists());
}
