//! The store of files through restarts, withdrawal and the end of their time.

use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::{Login, Recipient};

fn now() -> Timestamp {
    Timestamp::from_second(1_900_000_000).unwrap()
}

fn in_days(days: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_hours(24 * days)).unwrap()
}

fn mail() -> MailId {
    "01hf5z4q5t0000000000000001".parse().unwrap()
}

fn envelope() -> Envelope {
    let to = Recipient::new("a@client.example".parse().unwrap());
    let login = Login::Network("127.0.0.0/8".to_owned());
    Envelope::new(Some("mori@example.jp".parse().unwrap()), vec![to], login)
}

fn packed(parcels: &Parcels) -> Parcel {
    let mut packing = parcels.pack().unwrap();
    packing.add("見積.csv".to_owned(), b"1,2,3").unwrap();
    packing.add("../../etc/passwd".to_owned(), &vec![7; 200_000]).unwrap();
    packing.keep(mail(), &envelope(), now(), in_days(14)).unwrap()
}

fn fetch(file: usize, at: Timestamp) -> Fetch {
    let from = Some("192.0.2.1".parse().unwrap());
    Fetch { file, who: "a@client.example".to_owned(), from, at }
}

fn on_disk(data: &Path) -> usize {
    fs::read_dir(data.join(FOLDER)).unwrap().count()
}

fn read(parcels: &Parcels, id: ParcelId, file: usize) -> Option<Vec<u8>> {
    let fetched = parcels.fetch(id, &fetch(file, now())).unwrap()?;
    Some(fetched.collect::<io::Result<Vec<_>>>().unwrap().concat())
}

#[test]
fn files_are_there_after_a_restart_and_nowhere_in_the_clear() {
    let data = tempfile::tempdir().unwrap();
    let parcel = packed(&Parcels::open(data.path()).unwrap());
    let parcels = Parcels::open(data.path()).unwrap();
    assert_eq!(parcels.of_mail(mail()).unwrap(), Some(parcel.clone()));
    assert_eq!(read(&parcels, parcel.id, 0).unwrap(), b"1,2,3");
    assert_eq!(read(&parcels, parcel.id, 1).unwrap(), vec![7; 200_000]);
    assert_eq!(read(&parcels, parcel.id, 2), None);
    let fetches = parcels.fetches(parcel.id).unwrap();
    assert_eq!(fetches, [fetch(0, now()), fetch(1, now())]);
    for entry in fs::read_dir(data.path().join(FOLDER)).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(5).any(|five| five == b"1,2,3" || five == [7; 5]));
    }
}

#[test]
fn what_nobody_is_told_of_is_deleted() {
    let data = tempfile::tempdir().unwrap();
    let parcels = Parcels::open(data.path()).unwrap();
    let mut packing = parcels.pack().unwrap();
    packing.add("a".to_owned(), b"a").unwrap();
    drop(packing);
    assert_eq!(on_disk(data.path()), 0, "what is not kept in the end");
    // A crash leaves no time for that.
    let mut packing = parcels.pack().unwrap();
    packing.add("a".to_owned(), b"a").unwrap();
    std::mem::forget(packing);
    let parcel = packed(&parcels);
    assert_eq!(on_disk(data.path()), 3);
    drop(parcels);
    let parcels = Parcels::open(data.path()).unwrap();
    assert_eq!(on_disk(data.path()), 2);
    assert!(read(&parcels, parcel.id, 0).is_some());
}

#[test]
fn what_is_withdrawn_is_gone_and_what_was_fetched_stays_on_record() {
    let data = tempfile::tempdir().unwrap();
    let parcels = Parcels::open(data.path()).unwrap();
    let parcel = packed(&parcels);
    let mut under_way = parcels.fetch(parcel.id, &fetch(1, now())).unwrap().unwrap();
    assert!(under_way.next().unwrap().is_ok());
    assert!(parcels.end(mail(), Some("mori@example.jp"), now()).unwrap());
    assert!(!parcels.end(mail(), Some("sato@example.jp"), now()).unwrap(), "once");
    assert!(under_way.next().unwrap().is_err(), "also what is under way ends");
    assert_eq!(on_disk(data.path()), 0);
    assert_eq!(read(&parcels, parcel.id, 0), None);
    let parcel = parcels.get(parcel.id).unwrap().unwrap();
    assert_eq!(parcel.gone, Some(Gone { at: now(), by: Some("mori@example.jp".to_owned()) }));
    assert_eq!(parcels.fetches(parcel.id).unwrap().len(), 1);
}

#[test]
fn what_is_over_is_deleted_and_cannot_be_fetched_before_that() {
    let data = tempfile::tempdir().unwrap();
    let parcels = Parcels::open(data.path()).unwrap();
    let parcel = packed(&parcels);
    assert!(parcels.fetch(parcel.id, &fetch(0, in_days(14))).unwrap().is_none());
    assert_eq!(parcels.end_what_is_over(in_days(13)).unwrap(), []);
    assert_eq!(parcels.end_what_is_over(in_days(14)).unwrap(), [mail()]);
    assert_eq!(parcels.end_what_is_over(in_days(15)).unwrap(), []);
    assert_eq!(on_disk(data.path()), 0);
    let gone = parcels.get(parcel.id).unwrap().unwrap().gone;
    assert_eq!(gone, Some(Gone { at: in_days(14), by: None }));
}

#[test]
fn without_their_key_files_are_not_taken_for_new() {
    let data = tempfile::tempdir().unwrap();
    packed(&Parcels::open(data.path()).unwrap());
    fs::remove_file(data.path().join(KEY)).unwrap();
    assert!(matches!(Parcels::open(data.path()), Err(ParcelError::NoKey)));
    assert_eq!(on_disk(data.path()), 2);
}

#[test]
fn a_name_has_one_spelling() {
    let id = ParcelId(0xab);
    assert_eq!(id.to_string().parse(), Ok(id));
    for wrong in
        ["ab", "", "+0000000000000000000000000000ab", "000000000000000000000000000000AB", ".."]
    {
        assert!(wrong.parse::<ParcelId>().is_err(), "{wrong}");
    }
}

#[test]
fn another_key_seals_what_is_new_and_the_old_one_opens_what_is_old() {
    let data = tempfile::tempdir().unwrap();
    let path = |name: &str| data.path().join(name);
    let old = packed(&Parcels::open(data.path()).unwrap());
    fs::rename(path(KEY), path("files-2031.key")).unwrap();
    let parcels = Parcels::open(data.path()).unwrap();
    assert_ne!(fs::read(path(KEY)).unwrap(), fs::read(path("files-2031.key")).unwrap());
    let mut packing = parcels.pack().unwrap();
    packing.add("new.csv".to_owned(), b"4,5").unwrap();
    let next: MailId = "01hf5z4q5t0000000000000002".parse().unwrap();
    let new = packing.keep(next, &envelope(), now(), in_days(14)).unwrap();
    assert_eq!(read(&parcels, old.id, 0).unwrap(), b"1,2,3");
    assert_eq!(read(&parcels, new.id, 0).unwrap(), b"4,5");
    fs::remove_file(path("files-2031.key")).unwrap();
    let parcels = Parcels::open(data.path()).unwrap();
    assert!(parcels.fetch(old.id, &fetch(0, now())).is_err());
    assert_eq!(read(&parcels, new.id, 0).unwrap(), b"4,5");
    fs::write(path("files-bad.key"), "short").unwrap();
    assert!(Parcels::open(data.path()).is_err(), "a damaged key is told of");
}
