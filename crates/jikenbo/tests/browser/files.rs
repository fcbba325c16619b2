//! Files that go by link: an approver chooses links, who got the mail fetches them with a code from their
//! mail, nobody else does, and the sender sees who did and takes the files back.

use crate::accessible::{examine, examine_this};
use crate::driver::Browser;
use crate::mail::{Relayed, link_in, start, text};

/// An approver is asked about it, and it has two files.
const MARKED: &str = "Subject: Plan\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
    --x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\ninternal use only\r\n\
    --x\r\nContent-Type: text/csv; name=plan.csv\r\n\r\n1,2,3\r\n\
    --x\r\nContent-Type: application/octet-stream\r\n\
    Content-Disposition: attachment; filename*=UTF-8''%E8%A6%8B%E7%A9%8D.bin\r\n\
    Content-Transfer-Encoding: base64\r\n\r\nAAECAwQFBgc=\r\n--x--";

/// Has the approver send the files of a mail as links: the path of the link in what goes out.
#[track_caller]
fn let_go_as_links(browser: &Browser, relayed: &Relayed) -> String {
    relayed.hand_in("mori@example.jp", &["a@client.example"], MARKED);
    relayed.sign_in(browser, "kacho@example.jp");
    browser.follow("button[value='links']");
    let mail = relayed.got("a@client.example");
    assert!(!mail.contains("AAECAwQFBgc=") && !text(&mail).contains("1,2,3"), "{mail}");
    link_in(&mail, "/files/")
}

/// The code in the next mail to somebody.
#[track_caller]
fn code(relayed: &Relayed, who: &str) -> String {
    let mail = text(&relayed.got(who));
    let is_code = |line: &&str| line.len() == 9 && line.starts_with(|c: char| c.is_ascii_digit());
    mail.lines().find(is_code).unwrap_or_else(|| panic!("no code in {mail}")).to_owned()
}

#[test]
fn who_got_the_mail_fetches_its_files_until_the_sender_takes_them_back() {
    let Some((browser, relayed)) = start("ja") else { return };
    let link = let_go_as_links(&browser, &relayed);
    assert_eq!(browser.text("[role=status]"), "添付をリンクにして送りました。");

    let outside = Browser::open("ja");
    outside.without_script(true);
    outside.go(&relayed.served.at(&link));
    assert_eq!(outside.text("h1"), "ファイルの受け取り");
    assert!(!outside.text("main").contains("plan.csv"), "nobody is told before it is they");
    assert_eq!(outside.count("header.top nav, footer"), 0, "the book is nothing to them");
    outside.fill("#address", "a@client.example");
    outside.follow("main form button");
    let code = code(&relayed, "a@client.example");
    let wrong = if code.starts_with('0') { "11111111" } else { "00000000" };
    outside.fill("#code", wrong);
    outside.follow("main form button");
    assert!(outside.text("[role=alert]").contains("番号が違う"));
    outside.fill("#code", &code);
    outside.follow("main form button");
    assert_eq!(outside.path(), link);
    assert_eq!(outside.texts("ul.files strong"), ["plan.csv", "見積.bin"]);
    outside.click("ul.files li:nth-child(2) a");
    // Waiting for a file asks the page.
    outside.without_script(false);
    assert_eq!(outside.downloaded("見積.bin"), [0, 1, 2, 3, 4, 5, 6, 7]);

    // Who takes up the link without the proof is where they were.
    let stranger = Browser::open("en");
    stranger.go(&relayed.served.at(&format!("{link}/1")));
    assert_eq!(stranger.path(), link);
    stranger.see("#address");

    browser.follow("form.person button");
    relayed.sign_in(&browser, "mori@example.jp");
    browser.go(&relayed.served.at("/mail/sent"));
    browser.follow("table.sent tbody th a");
    let rows = browser.texts("table.fetched tbody tr");
    assert!(rows[0].contains("まだ誰も"), "{rows:?}");
    assert!(rows[1].contains("a@client.example") && rows[1].contains("127.0.0.1"), "{rows:?}");
    browser.follow("a[href$='/withdraw']");
    assert_eq!(browser.text("h1"), "ファイルを取り下げますか");
    browser.follow("main form button.careful");
    assert!(browser.text("main").contains("取り下げた人 mori@example.jp"));
    assert!(browser.text("table.fetched").contains("a@client.example"), "it stays visible");
    assert_eq!(browser.count("a[href$='/withdraw']"), 0);

    outside.go(&relayed.served.at(&link));
    assert!(outside.text("[role=alert]").contains("取り下げた"));
    outside.go(&relayed.served.at(&format!("{link}/0")));
    assert!(outside.text("[role=alert]").contains("取り下げた"));
    relayed.served.was_quiet(&browser, &[]);
    relayed.served.was_quiet(&outside, &["status of 422", "status of 410"]);
}

#[test]
fn a_strangers_address_is_answered_alike_and_sent_nothing() {
    let Some((browser, relayed)) = start("en") else { return };
    let link = let_go_as_links(&browser, &relayed);
    relayed.got("mori@example.jp");
    let outside = Browser::open("en");
    let mut said = Vec::new();
    for address in ["b@client.example", "a@client.example"] {
        outside.go(&relayed.served.at(&link));
        outside.fill("#address", address);
        outside.follow("main form button");
        said.push(outside.text("main").replace(address, ""));
    }
    assert_eq!(said[0], said[1]);
    let code = code(&relayed, "a@client.example");
    // Somebody else's code is none, and codes cannot be tried for long.
    outside.go(&relayed.served.at(&link));
    outside.fill("#address", "b@client.example");
    outside.follow("main form button");
    outside.fill("#code", &code);
    outside.follow("main form button");
    assert!(outside.text("[role=alert]").contains("wrong"));
    // Each wait is twice as long as the one before: a browser runs into one soon.
    for _ in 0..12 {
        if outside.count(".failure") == 0 {
            outside.fill("#code", &code);
            outside.follow("main form button");
        }
    }
    assert_eq!(outside.text(".failure .code"), "429");
    relayed.nobody_got_more();
    relayed.served.was_quiet(&outside, &["status of 422", "status of 429"]);
}

#[test]
fn the_pages_of_files_are_accessible() {
    for language in ["ja", "en"] {
        let Some((browser, relayed)) = start(language) else { return };
        let link = let_go_as_links(&browser, &relayed);
        let outside = Browser::open(language);
        let mut wrong = examine(&outside, &relayed.served, language, &[&link]);
        outside.go(&relayed.served.at(&link));
        outside.fill("#address", "a@client.example");
        outside.follow("main form button");
        wrong.extend(examine_this(&outside, "code"));
        outside.fill("#code", &code(&relayed, "a@client.example"));
        outside.follow("main form button");
        wrong.extend(examine(&outside, &relayed.served, language, &[&link]));

        browser.follow("form.person button");
        relayed.sign_in(&browser, "mori@example.jp");
        browser.go(&relayed.served.at("/mail/sent"));
        browser.follow("table.sent tbody th a");
        let sent = browser.path();
        let withdraw = format!("{sent}/withdraw");
        wrong.extend(examine(&browser, &relayed.served, language, &[&sent, &withdraw]));
        browser.go(&relayed.served.at(&withdraw));
        browser.follow("main form button.careful");
        wrong.extend(examine(&outside, &relayed.served, language, &[&link]));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
