//! What a person is told about their word on a mail is what becomes of the mail, also at the very end of
//! its wait; and the log tells it without what the mail says.

use relay::net::{Decision, Undecided};
use relay::spool::Phase;

use super::house::{House, PATIENCE};
use super::server::{self, Tls};

#[test]
fn a_word_at_the_end_of_a_wait_counts_or_is_refused() {
    const MAILS: usize = 40;
    let (behind, got) = server::serve("127.0.0.1:0", &Tls::None, false);
    let house = House::new(&format!(
        "relay = [\"127.0.0.1:0\"]\ndeliver-to = \"{behind}\"\n[people]\ncancel-window-seconds = 1\n"
    ));
    for n in 0..MAILS {
        let to = format!("sato{n}@shop.example");
        house.send(&[&to], &format!("From: mori@example.jp\nTo: {to}\nSubject: 極秘\n\n合言葉\n"));
    }
    // The first wait ends, and those of the others while their sender cancels them, the last one first.
    house.logged(&["released", "by=window"]);
    let mut cancelled = Vec::new();
    for kept in house.relay.mails().iter().rev() {
        let sender = "mori@example.jp".parse().unwrap();
        match house.runtime.block_on(house.relay.desk().decide(kept.id, Decision::Cancel, &sender))
        {
            Ok(()) => cancelled.push(kept.envelope.to[0].address.to_string()),
            Err(Undecided::NotHeld) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    // Each mail comes to its recipient, or its sender is told that it did not.
    let (mut arrived, mut reported) = (0, 0);
    while arrived + reported < MAILS {
        let got = got.recv_timeout(PATIENCE).unwrap();
        if got.to == ["mori@example.jp"] {
            reported += 1;
        } else {
            assert!(!cancelled.contains(&got.to[0]), "{} was cancelled", got.to[0]);
            arrived += 1;
        }
    }
    assert_eq!((arrived, reported), (MAILS - cancelled.len(), cancelled.len()));
    assert!(house.relay.mails().iter().all(|it| !matches!(it.status.phase, Phase::Held { .. })));
}

#[test]
fn the_log_has_a_line_for_each_step_and_no_word_of_the_mail() {
    let (behind, got) = server::serve("127.0.0.1:0", &Tls::None, false);
    let house = House::new(&format!("relay = [\"127.0.0.1:0\"]\ndeliver-to = \"{behind}\"\n"));
    house.send(
        &["sato@shop.example"],
        "From: mori@example.jp\nTo: sato@shop.example\nSubject: amber\n\nbasalt\n",
    );
    got.recv_timeout(PATIENCE).unwrap();
    house.logged(&["done"]);
    let seen = house.seen();
    let steps = ["taken", "judged", "released", "delivered", "done"];
    let at = steps.map(|step| seen.find(&format!(" info {step} ")).unwrap());
    assert!(at.is_sorted(), "{seen}");
    assert!(seen.contains("from=<mori@example.jp>") && seen.contains("to=<sato@shop.example>"));
    assert!(!seen.contains("amber") && !seen.contains("basalt"), "{seen}");
}
