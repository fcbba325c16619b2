//! A file and, in a second mail, its password: what is decided about the one holds for the other.

use relay::net::Decision;

use crate::house::House;

const SENDER: &str = "mori@example.jp";
const STRANGER: &str = "watanabe@stranger.example";
/// Two mails are enough to know who is a stranger.
const POLICY: &str = "[checks.unusual-recipient]\nlearning-mails = 2\n";

/// A file for somebody. Whoever is new to the sender makes it wait.
fn file(to: &str) -> String {
    format!(
        "From: {SENDER}\nTo: WATANABE <{to}>\nSubject: delivery list\nContent-Type: multipart/mixed; boundary=x\n\n\
         --x\nContent-Type: text/plain; charset=utf-8\n\n納期の一覧をお送りします。パスワードは別メールでお送りします。\n--x\n\
         Content-Disposition: attachment; filename=\"list.csv\"\nContent-Type: text/csv; charset=utf-8\n\n\
         品名,納期\n部品,4月\n--x--"
    )
}

/// Its password.
fn password(to: &str) -> String {
    format!(
        "From: {SENDER}\nTo: {to}\nContent-Type: text/plain; charset=utf-8\n\n\
         先ほどお送りした添付ファイルのパスワードをお送りします。\n\n解凍パスワード: Tk-4921-x"
    )
}

/// A relay that knows whom the sender writes to, with a file for a stranger in it.
fn with_held_file(policy: &str) -> House {
    let house = House::new(policy);
    for to in ["a@shop.example", "b@shop.example"] {
        house.send(&[to], &format!("From: {SENDER}\nTo: {to}\n\nhello"));
        assert_eq!(house.next().0, [to]);
    }
    house.send(&[STRANGER], &file(STRANGER));
    let (_, checks) = house.held();
    assert_eq!(checks, ["familiar-stranger", "attachment-to-stranger"]);
    house
}

/// What waits, and for what.
#[track_caller]
fn check(house: &House, expected: &[(&str, &[&str])]) {
    let held = house.all_held();
    let held: Vec<(&str, Vec<&str>)> = held
        .iter()
        .map(|(_, by, checks)| (by.as_str(), checks.iter().map(String::as_str).collect()))
        .collect();
    let expected: Vec<(&str, Vec<&str>)> =
        expected.iter().map(|(by, checks)| (*by, checks.to_vec())).collect();
    assert_eq!(held, expected);
    house.nothing_went_out();
}

const FILE: (&str, &[&str]) = ("sender", &["familiar-stranger", "attachment-to-stranger"]);

/// Takes the reports that the sender gets, and nothing else.
fn reports(house: &House, count: usize) {
    for _ in 0..count {
        let (to, report) = house.next();
        assert_eq!(to, [SENDER]);
        assert!(report.contains("Action: failed"), "{report}");
        assert!(!report.contains("Tk-4921-x"), "a report does not carry what was stopped");
    }
    house.nothing_went_out();
}

#[test]
fn a_stranger_gets_neither_the_file_nor_its_password() {
    let house = with_held_file(POLICY);
    house.send(&[STRANGER], &password(STRANGER));
    check(&house, &[FILE, ("tied-to-sender", &["familiar-stranger", "password-mail"])]);
    let first = house.all_held()[0].0;
    house.decide(first, Decision::Cancel, SENDER).unwrap();
    reports(&house, 2);
    check(&house, &[]);
    // Nor does it get it with a third mail, until somebody says so.
    house.send(&[STRANGER], &password(STRANGER));
    check(&house, &[("sender", &["familiar-stranger", "password-mail"])]);
    let third = house.all_held()[0].0;
    house.decide(third, Decision::LetGo, SENDER).unwrap();
    assert_eq!(house.next().0, [STRANGER]);
}

#[test]
fn a_file_that_is_let_go_takes_its_password_along() {
    let policy = format!("{POLICY}[checks.familiar-stranger]\nmode = \"off\"\n");
    let house = House::new(&policy);
    for to in ["a@shop.example", "b@shop.example"] {
        house.send(&[to], &format!("From: {SENDER}\nTo: {to}\n\nhello"));
        house.next();
    }
    house.send(&[STRANGER, "a@shop.example"], &file(STRANGER));
    let (first, _) = house.held();
    // Whoever else gets the file gets the password too.
    house.send(&["a@shop.example"], &password("a@shop.example"));
    check(
        &house,
        &[("sender", &["attachment-to-stranger"]), ("tied-to-sender", &["password-mail"])],
    );
    house.decide(first, Decision::LetGo, SENDER).unwrap();
    let mut got: Vec<usize> = (0..2).map(|_| house.next().0.len()).collect();
    got.sort_unstable();
    assert_eq!(got, [1, 2]);
}

#[test]
fn what_is_found_in_the_password_mail_itself_still_counts() {
    let house = with_held_file(POLICY);
    let mark = password(STRANGER).replace("先ほど", "【社外秘】先ほど");
    house.send(&[STRANGER], &mark);
    check(
        &house,
        &[FILE, ("tied-to-approver", &["familiar-stranger", "password-mail", "internal-mark"])],
    );
    let (first, second) = (house.all_held()[0].0, house.all_held()[1].0);
    assert!(house.decide(second, Decision::LetGo, SENDER).is_err(), "an approver is asked");
    house.decide(first, Decision::LetGo, SENDER).unwrap();
    assert_eq!(house.next().0, [STRANGER]);
    let held = house.wait_until_held_by("approver");
    house.nothing_went_out();
    house.decide(held, Decision::LetGo, "kacho@example.jp").unwrap();
    assert!(house.next().1.contains("Tk-4921-x"));
}

#[test]
fn a_restart_forgets_neither_what_waits_nor_what_was_stopped() {
    let house = with_held_file(POLICY).restart(POLICY);
    house.send(&[STRANGER], &password(STRANGER));
    let house = house.restart(POLICY);
    check(&house, &[FILE, ("tied-to-sender", &["familiar-stranger", "password-mail"])]);
    let first = house.all_held()[0].0;
    house.decide(first, Decision::Cancel, SENDER).unwrap();
    reports(&house, 2);
    let house = house.restart(POLICY);
    house.send(&[STRANGER], &password(STRANGER));
    check(&house, &[("sender", &["familiar-stranger", "password-mail"])]);
}

#[test]
fn the_password_of_a_recalled_file_does_not_follow_it() {
    let house = with_held_file(POLICY);
    let (id, _) = house.held();
    house.decide(id, Decision::LetGo, SENDER).unwrap();
    assert_eq!(house.next().0, [STRANGER]);
    house.recall(id);
    assert_eq!(house.next().0, [STRANGER], "the request to delete it");
    house.send(&[STRANGER], &password(STRANGER));
    check(&house, &[("sender", &["password-mail"])]);
}

#[test]
fn another_person_and_another_text_are_not_tied() {
    let house = with_held_file(POLICY);
    house.send(&["a@shop.example"], &password("a@shop.example"));
    assert_eq!(house.next().0, ["a@shop.example"]);
    house.send(&["b@shop.example"], &format!("From: {SENDER}\nTo: b@shop.example\n\nhello"));
    assert_eq!(house.next().0, ["b@shop.example"]);
    check(&house, &[FILE]);
}
