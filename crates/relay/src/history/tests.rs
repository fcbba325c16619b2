//! A small organisation writes for three months; then mails go astray.

use super::*;
use crate::names::{DomainLikeness, domain_likeness, one_edit};

const DAY_SECONDS: i64 = 86_400;
const START: i64 = 1_780_000_000;
const BUDGET: Budget = Budget { per_mille: 10 };

fn party(written: &str) -> Party {
    let (name, address) = written.split_once('<').unwrap();
    Party::new(Address::parse(address.trim_end_matches('>')).unwrap(), Some(name.trim()))
}

/// Two teams, each with clients of its own; 渡辺 花子 is a client of the first, 渡邊 太郎 of the second.
const FIRST: [&str; 4] = [
    "森 一郎 <mori@example.jp>", "清水 花 <shimizu@example.jp>",
    "渡辺 花子 <hanako@client.example>", "石井 健 <ishii@client.example>",
];
const SECOND: [&str; 4] = [
    "林 次郎 <hayashi@example.jp>", "小川 遥 <ogawa@example.jp>", "渡邊 太郎 <taro@other.example>",
    "和田 翔 <wada@other.example>",
];

/// Eleven hundred mails within each team, and now and then one of 森 to the other team's colleague.
fn practice() -> History {
    let mut history = History::new(10_000);
    for number in 0..1_100_usize {
        let team = if number % 2 == 0 { FIRST } else { SECOND }.map(party);
        let sender = number / 2 % 2;
        let mut recipients = vec![team[2 + number / 4 % 2].clone()];
        if number % 3 == 0 {
            recipients.push(team[1 - sender].clone());
        }
        if number % 50 == 0 {
            recipients = vec![party(SECOND[0])];
        }
        let at = START + i64::try_from(number).unwrap() * DAY_SECONDS / 12;
        let mail = Outgoing { at, sender: &team[sender], recipients: &recipients };
        let judged = history.judge(&mail);
        history.learn(&mail, &judged);
    }
    history
}

/// Judges a mail of 森 a day after the practice.
fn judge(history: &History, recipients: &[&str]) -> Judgement {
    let recipients: Vec<Party> = recipients.iter().map(|written| party(written)).collect();
    let at = START + 93 * DAY_SECONDS;
    history.judge(&Outgoing { at, sender: &party(FIRST[0]), recipients: &recipients })
}

/// Checks which recipients of a mail of 森 stand out, and whose namesake they are.
#[track_caller]
fn check(recipients: &[&str], unusual: &[bool], namesake: Option<(&str, How)>) {
    let history = practice();
    let threshold = history.threshold(BUDGET).unwrap();
    let judged = judge(&history, recipients);
    let found: Vec<bool> = judged.surprises.iter().map(|s| s.score > threshold).collect();
    let scores: Vec<f32> = judged.surprises.iter().map(|s| s.score).collect();
    assert_eq!(found, unusual, "{scores:?} above {threshold}");
    let limit = history.namesake_threshold(BUDGET).unwrap();
    let alike: Vec<_> = judged
        .surprises
        .iter()
        .filter_map(|s| s.namesake.as_ref().filter(|namesake| namesake.score > limit))
        .map(|namesake| (namesake.address.to_string(), namesake.how.unwrap()))
        .collect();
    assert_eq!(
        alike,
        namesake.map(|(who, how)| (who.to_owned(), how)).into_iter().collect::<Vec<_>>()
    );
}

#[test]
fn what_is_usual_is_let_go() {
    check(&[FIRST[2]], &[false], None);
    check(&[FIRST[3], FIRST[1]], &[false, false], None);
}

#[test]
fn a_stranger_with_a_clients_name_stands_out() {
    check(&[SECOND[2]], &[true], Some(("hanako@client.example", How::Variant)));
    check(
        &["Watanabe Ken <ken@unknown.example>"],
        &[true],
        Some(("hanako@client.example", How::Reading)),
    );
}

#[test]
fn somebody_of_another_company_among_these_stands_out() {
    let history = practice();
    let judged = judge(&history, &[FIRST[3], SECOND[3]]);
    let [usual, odd] = [0, 1].map(|at| judged.surprises[at].score);
    // Beside an odd one the usual one is odd too, but by far less.
    assert!(odd > history.threshold(BUDGET).unwrap() && odd > usual + 3.0, "{odd} and {usual}");
}

#[test]
fn an_address_one_slip_away_is_new_and_alike() {
    let meant = Address::parse("ishii@client.example").unwrap();
    let slip = Address::parse("ishi@client.example").unwrap();
    let other = Address::parse("ishii@cleint.example").unwrap();
    assert!(one_edit(&slip, &meant) && one_edit(&other, &meant));
    assert_eq!(domain_likeness(other.domain(), meant.domain()), Some(DomainLikeness::Edit));
    let judged = judge(&practice(), &["<ishi@client.example>", "<ishii@cleint.example>"]);
    assert!(judged.surprises.iter().all(|surprise| !surprise.is_known));
}

#[test]
fn a_new_address_of_somebody_known_is_nobody_new() {
    let judged = judge(&practice(), &["石井 健 <k.ishii@client.example>"]);
    assert!(judged.surprises[0].is_known);
}

#[test]
fn a_history_comes_back_from_its_bytes() {
    let history = practice();
    let again = History::from_bytes(&history.to_bytes().unwrap()).unwrap();
    assert_eq!(judge(&again, &SECOND), judge(&history, &SECOND));
    assert_eq!(again.threshold(BUDGET), history.threshold(BUDGET));
    assert!(matches!(History::from_bytes(b"jikenbo-history 0\n"), Err(KeptError::Version)));
    let cut = &history.to_bytes().unwrap()[..200];
    assert!(matches!(History::from_bytes(cut), Err(KeptError::Damaged(_))));
}

#[test]
fn copies_count_once_and_a_young_history_has_no_threshold() {
    let mut history = History::new(10_000);
    let (sender, recipients) = (party(FIRST[0]), [party(FIRST[2])]);
    for at in [START, START + 30, START + 3_600] {
        let mail = Outgoing { at, sender: &sender, recipients: &recipients };
        let judged = history.judge(&mail);
        history.learn(&mail, &judged);
    }
    assert_eq!((history.mails(), history.threshold(BUDGET)), (2, None));
}

#[test]
fn no_more_pairs_are_kept_than_asked_for() {
    let mut history = History::new(1_000);
    let sender = party(FIRST[0]);
    for number in 0..2_048_i64 {
        let recipients = [0, 1].map(|n| party(&format!("<a{}@client.example>", number * 2 + n)));
        let at = START + number * DAY_SECONDS / 12;
        let mail = Outgoing { at, sender: &sender, recipients: &recipients };
        let judged = history.judge(&mail);
        history.learn(&mail, &judged);
    }
    assert!(history.people.pairs() <= 1_000, "{} pairs", history.people.pairs());
    assert!(history.people.len() < 2_000, "{} people", history.people.len());
    assert_eq!(history.mails(), 2_048);
}
