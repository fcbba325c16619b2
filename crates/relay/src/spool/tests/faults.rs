//! Disks that are full, that fail, and that give back other bytes than were written.

use super::memory::Memory;
use super::*;

fn open(disk: &Memory) -> Spool {
    Spool::on(Box::new(disk.clone()), SMALL).unwrap()
}

fn kinds(spool: &Spool) -> Vec<DamageKind> {
    spool.damage().iter().map(|damage| damage.what).collect()
}

#[test]
fn a_full_disk_refuses_and_takes_again_when_there_is_room() {
    let disk = Memory::default();
    let spool = open(&disk);
    let before = accept(&spool, 1, 500).unwrap();
    // Whatever part of the write still fits.
    for room in [0, 5, 40, 300] {
        disk.has_room_for(Some(room));
        assert!(matches!(accept(&spool, 2, 500), Err(SpoolError::DiskFull(_))), "{room}");
    }
    disk.has_room_for(None);
    let after = accept(&spool, 3, 500).unwrap();
    drop(spool);
    let spool = open(&disk);
    assert_eq!(spool.mails(), [before, after]);
    assert_eq!(spool.damage(), []);
}

#[test]
fn after_a_failed_sync_nothing_is_confirmed() {
    let disk = Memory::default();
    let spool = open(&disk);
    let before = accept(&spool, 1, 500).unwrap();
    disk.sync_fails(true);
    assert!(matches!(accept(&spool, 2, 500), Err(SpoolError::Stopped(_))));
    // The disk would say that all is well now.
    assert!(matches!(accept(&spool, 3, 500), Err(SpoolError::Stopped(_))));
    assert!(matches!(take(&spool, before, released()), Err(SpoolError::Stopped(_))));
    assert_eq!(spool.mails(), [before]);
    drop(spool);
    disk.power_cut(|| false);
    assert_eq!(open(&disk).mails(), [before]);
}

#[test]
fn a_write_that_cannot_be_undone_stops_the_spool() {
    let disk = Memory::default();
    let spool = open(&disk);
    disk.has_room_for(Some(10));
    disk.truncate_fails(true);
    assert!(matches!(accept(&spool, 1, 500), Err(SpoolError::Stopped(_))));
    disk.has_room_for(None);
    disk.truncate_fails(false);
    assert!(matches!(accept(&spool, 2, 500), Err(SpoolError::Stopped(_))));
    drop(spool);
    assert_eq!(open(&disk).mails(), []);
}

#[test]
fn room_is_given_back_and_held_mail_stays() {
    let disk = Memory::default();
    let spool = open(&disk);
    let held = accept(&spool, 1, 700).unwrap();
    take(&spool, held, Step::Held { by: "sato".to_owned(), until: None }).unwrap();
    spool.append(&[Event::Judged { id: held, verdict: b"familiar".to_vec() }]).wait().unwrap();
    for number in 2..200 {
        let id = accept(&spool, number, 700).unwrap();
        take(&spool, id, released()).unwrap();
        take(&spool, id, delivered(0)).unwrap();
        take(&spool, id, Step::Done).unwrap();
        let figures = spool.figures();
        let most = 2 * figures.live_bytes + 2 * SMALL.segment_bytes;
        assert!(figures.stored_bytes <= most, "{number}: {figures:?}");
    }
    assert_eq!(spool.figures().misfits, 0);
    let status = spool.status(held).unwrap();
    drop(spool);
    let spool = open(&disk);
    assert_eq!(spool.mails(), [held]);
    assert_eq!(spool.status(held).unwrap(), status);
    assert_eq!(spool.mail(held).unwrap(), mail(1, 700));
    assert_eq!(spool.verdict(held).unwrap().as_deref(), Some(&b"familiar"[..]));
    assert!(!disk.segments().contains(&1), "it lies in a later segment now");
}

#[test]
fn damage_in_the_midst_is_named_and_what_follows_is_kept() {
    let disk = Memory::default();
    let spool = open(&disk);
    let ids: Vec<MailId> = (1..=20).map(|number| accept(&spool, number, 700).unwrap()).collect();
    drop(spool);
    assert!(disk.segments().len() > 2);
    disk.change(1, |bytes| bytes[900] ^= 1);
    let spool = open(&disk);
    assert_eq!(kinds(&spool), [DamageKind::Record]);
    assert_eq!(spool.mails(), ids[1..]);
    // Everything is done, and the damaged segment is still kept for somebody to look at.
    for id in &ids[1..] {
        take(&spool, *id, released()).unwrap();
        take(&spool, *id, Step::Done).unwrap();
    }
    assert_eq!(disk.set_aside(), [1]);
    drop(spool);
    assert_eq!(kinds(&open(&disk)), [DamageKind::SetAside]);
}

#[test]
fn damage_at_the_end_of_a_finished_segment_is_no_torn_write() {
    let disk = Memory::default();
    let spool = open(&disk);
    (1..=20).for_each(|number| assert!(accept(&spool, number, 700).is_ok()));
    drop(spool);
    let [first, second, ..] = disk.segments()[..] else { panic!() };
    disk.change(first, |bytes| bytes.truncate(bytes.len() - 1));
    assert_eq!(kinds(&open(&disk)), [DamageKind::Record, DamageKind::Shortened]);
    disk.lose(second);
    assert!(kinds(&open(&disk)).contains(&DamageKind::Missing));
}

#[test]
fn a_damaged_header_costs_no_mail() {
    let disk = Memory::default();
    let spool = open(&disk);
    let ids: Vec<MailId> = (1..=20).map(|number| accept(&spool, number, 700).unwrap()).collect();
    drop(spool);
    for segment in disk.segments() {
        disk.change(segment, |bytes| bytes[25] ^= 1);
    }
    let spool = open(&disk);
    assert_eq!(spool.mails(), ids);
    assert!(kinds(&spool).iter().all(|kind| *kind == DamageKind::Header));
    accept(&spool, 21, 10).unwrap();
}

#[test]
fn a_torn_write_is_cut_off_wherever_it_ends() {
    let disk = Memory::default();
    let spool = open(&disk);
    let first = accept(&spool, 1, 100).unwrap();
    let sound = usize::try_from(spool.figures().stored_bytes).unwrap();
    accept(&spool, 2, 100).unwrap();
    let whole = usize::try_from(spool.figures().stored_bytes).unwrap();
    drop(spool);
    for cut in (sound..whole).rev() {
        disk.change(1, |bytes| bytes.truncate(cut));
        let spool = open(&disk);
        assert_eq!(spool.mails(), [first]);
        assert_eq!(spool.damage(), []);
        drop(spool);
        disk.change(1, |bytes| bytes.resize(cut.max(sound), 0));
    }
    let spool = open(&disk);
    assert_eq!(spool.mails(), [first]);
}

#[test]
fn a_mail_that_rots_while_the_spool_runs_is_not_given_out() {
    let disk = Memory::default();
    let spool = open(&disk);
    let id = accept(&spool, 1, 600).unwrap();
    disk.change(1, |bytes| *bytes.last_mut().unwrap() ^= 1);
    assert!(matches!(spool.mail(id), Err(SpoolError::Damaged(found)) if found == id));
    assert!(spool.envelope(id).is_ok());
    // Others come and go; what is left of it is not removed.
    for number in 2..40 {
        let id = accept(&spool, number, 700).unwrap();
        take(&spool, id, Step::Done).unwrap();
    }
    assert_eq!(kinds(&spool), [DamageKind::Mail]);
    assert!(disk.segments().contains(&1));
}

#[test]
fn events_that_do_not_fit_are_refused_and_change_nothing() {
    let disk = Memory::default();
    let spool = open(&disk);
    let id = accept(&spool, 1, 100).unwrap();
    let before = spool.status(id);
    let misfit = |result| match result {
        Err(SpoolError::Misfit { misfit, .. }) => misfit,
        other => panic!("{other:?}"),
    };
    let order = Misfit::Order { phase: "received", step: "tried" };
    assert_eq!(misfit(take(&spool, id, delivered(0))), order);
    assert_eq!(
        misfit(accept(&spool, 1, 100).and_then(|other| take(&spool, other, delivered(0)))),
        order
    );
    let again = Event::Accepted { id, envelope: envelope(1), mail: Vec::new() };
    assert_eq!(misfit(spool.append(&[again]).wait()), Misfit::Known);
    let unequal = Event::Replaced { id, envelope: envelope(2), mail: Vec::new() };
    assert_eq!(misfit(spool.append(&[unequal]).wait()), Misfit::Recipient { recipients: 1 });
    assert_eq!(spool.status(id), before);
    // Of several, those that fit are stored.
    let events = [Event::step(id, delivered(0)), Event::step(id, released())];
    assert_eq!(misfit(spool.append(&events).wait()), order);
    assert_eq!(spool.status(id).unwrap().phase.name(), "released");
    assert_eq!(misfit(take(&spool, super::super::sample::id(9), Step::Done)), Misfit::Unknown);
}

#[test]
fn a_replaced_mail_keeps_its_status_through_compaction() {
    let disk = Memory::default();
    let spool = open(&disk);
    let id = accept(&spool, 1, 700).unwrap();
    take(&spool, id, released()).unwrap();
    let fill = |from| {
        for number in from..from + 20 {
            let other = accept(&spool, number, 700).unwrap();
            take(&spool, other, Step::Done).unwrap();
        }
    };
    fill(10);
    let replaced = Event::Replaced { id, envelope: envelope(1), mail: mail(2, 300) };
    spool.append(&[replaced]).wait().unwrap();
    fill(40);
    drop(spool);
    let spool = open(&disk);
    assert_eq!(spool.mail(id).unwrap(), mail(2, 300));
    assert_eq!(spool.status(id).unwrap().phase.name(), "released");
}

#[test]
fn with_its_quota_full_it_takes_no_mail_but_goes_on_with_what_it_has() {
    let disk = Memory::default();
    let limits = SpoolLimits { most_bytes: 6_000, ..SMALL };
    let spool = Spool::on(Box::new(disk), limits).unwrap();
    let mut ids = Vec::new();
    let refused = loop {
        match accept(&spool, 1, 700) {
            Ok(id) => ids.push(id),
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, SpoolError::Full { most_bytes: 6_000 }));
    // A report in the place of the mail that it is about: without it, nothing would ever leave.
    let report = spool.new_id(now(3));
    let accepted = Event::Accepted { id: report, envelope: envelope(1), mail: mail(3, 700) };
    let first = ids.remove(0);
    spool.append(&[accepted, Event::step(first, Step::Done)]).wait().unwrap();
    assert!(spool.status(report).is_some() && spool.status(first).is_none());
    assert!(matches!(accept(&spool, 4, 700), Err(SpoolError::Full { .. })));
    ids.push(report);
    for id in ids {
        take(&spool, id, Step::Done).unwrap();
    }
    accept(&spool, 2, 700).unwrap();
}

#[test]
fn what_is_due_comes_in_order_of_time() {
    let spool = open(&Memory::default());
    let ids: Vec<MailId> = (1..=3).map(|number| accept(&spool, number, 10).unwrap()).collect();
    let held = |until| Step::Held { by: "window".to_owned(), until };
    take(&spool, ids[0], held(Some(now(20)))).unwrap();
    take(&spool, ids[1], held(Some(now(10)))).unwrap();
    take(&spool, ids[2], held(None)).unwrap();
    assert_eq!(spool.next_due(), Some(now(10)));
    assert_eq!(spool.due(now(9), 9), []);
    assert_eq!(spool.due(now(20), 9), [ids[1], ids[0]]);
    take(&spool, ids[2], released()).unwrap();
    assert_eq!(spool.due(now(20), 1), [ids[2]]);
}
