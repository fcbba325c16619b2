//! The three accidents that the relay is there to stop, as they happened to others: 395 and 108
//! addresses in `To` instead of `Bcc`, and an order list to a stranger who bears a colleague's family
//! name, followed by its password. Sent by real clients, under the default policy and a directory.

use std::collections::BTreeSet;

use testkit::charset::Charset;
use testkit::mail::base64_lines;
use testkit::smtp::{Client, Sink};

use crate::clients::{smtplib, swaks};
use crate::house::{House, IN_THE_CLEAR, PASSWORD};
use crate::mails::words;
use crate::{has_programs, run};

/// The relay learns from 500 mails before it says who is a stranger; the same mail twice in a row counts
/// once, and mails that come together are learnt in any order.
const LEARNING_MAILS: usize = 600;

fn house() -> (Sink, House) {
    let sink = Sink::start();
    let house = House::before(&sink.address().to_string(), IN_THE_CLEAR);
    (sink, house)
}

/// Customers of an invented shop, of many domains.
fn customers(many: usize) -> Vec<String> {
    (0..many).map(|number| format!("kyaku{number:03}@mail{}.example", number % 7)).collect()
}

fn news(to: &[String]) -> Vec<u8> {
    let text = "秋の催しのご案内です。皆さまのお越しをお待ちしております。\r\n";
    format!(
        "From: {} <mori@example.jp>\r\nTo: {}\r\nSubject: {}\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        words("森 桃子", Charset::Utf8),
        to.join(",\r\n "),
        words("秋の催しのご案内", Charset::Utf8),
        base64_lines(text.as_bytes())
    )
    .into_bytes()
}

/// Nobody gets it before a second person let it go, and then nobody sees another.
#[track_caller]
fn check_exposure(sink: &Sink, house: &House, to: &[String]) {
    let held = house.the_held();
    let found = held.found();
    let says = format!("{}人", to.len());
    assert!(
        found.iter().any(|(check, said)| check == "exposed-recipients" && said.contains(&says)),
        "{found:?}"
    );
    assert!(held.is_found_by("bulk"), "{found:?}");
    assert!(!house.release(&held, "mori@example.jp"), "nobody approves their own mail");
    assert!(sink.so_far().is_empty());
    assert!(house.release(&held, "kacho@example.jp"));
    let mut reached = BTreeSet::new();
    for _ in to {
        let arrived = sink.next();
        let [own] = arrived.to.as_slice() else { panic!("{:?} got one copy", arrived.to) };
        let mail = String::from_utf8_lossy(&arrived.mail);
        let seen: Vec<&String> = to.iter().filter(|one| mail.contains(one.as_str())).collect();
        assert_eq!(seen, [own], "whom one of them sees");
        reached.insert(own.clone());
    }
    assert_eq!(reached, to.iter().cloned().collect());
    assert!(sink.so_far().is_empty(), "nobody gets it twice");
}

#[test]
fn of_395_addresses_in_to_nobody_sees_another() {
    if !has_programs(&["swaks", "openssl"]) {
        return;
    }
    let (sink, house) = house();
    let to = customers(395);
    run(&mut swaks(&house, house.relayed.port(), &to, &news(&to)));
    check_exposure(&sink, &house, &to);
}

#[test]
fn of_108_addresses_in_to_nobody_sees_another() {
    if !has_programs(&["python3", "openssl"]) {
        return;
    }
    let (sink, house) = house();
    let to = customers(108);
    let cert = house.folder().join("relay.pem").display().to_string();
    smtplib(house.submission.port(), (&cert, PASSWORD), &to, &news(&to));
    check_exposure(&sink, &house, &to);
}

/// Ordinary days: colleagues among themselves and with the customers they know.
fn learn(sink: &Sink, house: &House) {
    let mut client = Client::connect(house.relayed).expect("the relay greets");
    let customers = customers(12);
    for number in 0..LEARNING_MAILS {
        let to = match number % 4 {
            0 => vec!["watanabe@example.jp".to_owned()],
            1 => vec!["kacho@example.jp".to_owned(), "watanabe@example.jp".to_owned()],
            _ => vec![customers[number % 12].clone(), "kacho@example.jp".to_owned()],
        };
        let mail = format!(
            "From: mori@example.jp\r\nTo: {}\r\nSubject: {number}\r\n\r\nhello\r\n",
            to.join(", ")
        );
        client.send("mori@example.jp", &to, mail.as_bytes()).expect("it is taken");
    }
    for _ in 0..LEARNING_MAILS {
        sink.next();
    }
}

#[test]
fn a_stranger_with_a_colleagues_name_gets_neither_the_list_nor_its_password() {
    if !has_programs(&["swaks", "python3", "openssl"]) {
        return;
    }
    let (sink, house) = house();
    learn(&sink, &house);
    // The colleague is 渡辺; the stranger's name is written otherwise and read alike.
    let stranger = ["watanabe.k@rakuen.example".to_owned()];
    let beginning = |subject: &str| {
        format!(
            "From: {} <mori@example.jp>\r\nTo: {} <{}>\r\nSubject: {}\r\nMIME-Version: 1.0\r\n",
            words("森 桃子", Charset::Iso2022Jp),
            words("渡邊 恵", Charset::Utf8),
            stranger[0],
            words(subject, Charset::Iso2022Jp)
        )
    };
    let order = |n| format!("{n},山田 花子{n},03-5550-{n:04},hanako{n}@mail.example\r\n");
    let orders = (1..=30).map(order).collect::<Vec<_>>().concat();
    let list = format!(
        "{}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; \
         charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n注文一覧を添付します。パスワードは別便で送ります。\r\n\
         --b\r\nContent-Type: text/csv; charset=Shift_JIS; name=\"orders.csv\"\r\nContent-Disposition: \
         attachment; filename=\"orders.csv\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}--b--\r\n",
        beginning("注文一覧"),
        base64_lines(&Charset::Cp932.encode(&orders))
    );
    let password = format!(
        "{}Content-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        beginning("Re: 注文一覧"),
        base64_lines(
            &Charset::Iso2022Jp.encode("先ほどのファイルのパスワードは kiri-4821 です。\r\n")
        )
    );
    run(&mut swaks(&house, house.relayed.port(), &stranger, list.as_bytes()));
    smtplib(house.relayed.port(), ("", ""), &stranger, password.as_bytes());
    let held = house.held();
    assert_eq!(held.len(), 2, "{held:?}");
    for mail in &held {
        assert!(mail.is_found_by("familiar-stranger"), "{:?}", mail.found());
    }
    assert!(held[0].is_found_by("personal-data"), "{:?}", held[0].found());
    assert!(held[1].is_found_by("password-mail"), "{:?}", held[1].found());
    assert!(sink.so_far().is_empty());
    // One word stops both, and all that goes out is the report to whom the mails came from.
    assert!(house.decide("cancel", &held[0], "mori@example.jp"));
    for _ in &held {
        assert_eq!(sink.next().to, ["mori@example.jp"]);
    }
    assert!(house.held().is_empty() && sink.so_far().is_empty(), "the stranger gets nothing");
}
