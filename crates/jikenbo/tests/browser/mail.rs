//! The pages of outgoing mail, with `jikenbo relay run` behind them: real mail over SMTP goes in, notices
//! come out, their links are followed, and what is decided in the browser is what leaves.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use relay::mail::{Mail, MailLimits};
use testkit::smtp::{Arrived, serve_plain};

use crate::accessible::examine;
use crate::driver::Browser;
use crate::pictures::keep;
use crate::served::{Served, jikenbo};
use crate::skipped;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

const POLICY: &str =
    "[organisation]\ndomains = [\"example.jp\"]\napprovers = [\"kacho@example.jp\"]\n";

/// A mail that went out: to whom, and what it says.
type Got = (Vec<String>, String);

/// A relay with its pages, and the server behind it.
pub(crate) struct Relayed {
    pub(crate) served: Served,
    takes_in: String,
    got: Receiver<Got>,
    /// What others got while somebody's mail was waited for.
    passed: RefCell<Vec<Got>>,
}

/// A server that takes everything.
fn sink() -> (String, Receiver<Got>) {
    let (sender, got) = channel();
    let taken = move |mail: Arrived| {
        let text = String::from_utf8_lossy(&mail.mail).into_owned();
        // The test may be over.
        drop(sender.send((mail.to, text)));
    };
    (serve_plain(taken).unwrap().to_string(), got)
}

impl Relayed {
    fn start() -> Self {
        let (behind, got) = sink();
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("relay.toml");
        let relay = format!("[relay]\nrelay = [\"127.0.0.1:0\"]\ndeliver-to = {behind:?}\n");
        std::fs::write(&policy, format!("{POLICY}{relay}")).unwrap();
        let mut server = jikenbo()
            .args(["relay", "run", "--pages", "127.0.0.1:0", "--policy"])
            .arg(&policy)
            .arg("--data")
            .arg(folder.path().join("data"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(server.stderr.take().unwrap());
        let mut first = String::new();
        said.read_line(&mut first).unwrap();
        let takes_in = first.trim().rsplit(' ').next().unwrap().to_owned();
        Self { served: Served::of(server, said, folder), takes_in, got, passed: RefCell::default() }
    }

    /// Hands a mail in.
    pub(crate) fn hand_in(&self, from: &str, to: &[&str], mail: &str) {
        let connection = TcpStream::connect(&self.takes_in).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut replies = BufReader::new(connection.try_clone().unwrap()).lines();
        let mut lines = vec!["HELO pc".to_owned(), format!("MAIL FROM:<{from}>")];
        lines.extend(to.iter().map(|to| format!("RCPT TO:<{to}>")));
        let head = format!("From: <{from}>\r\nTo: {}\r\n", to.join(", "));
        lines.extend(["DATA".to_owned(), format!("{head}{mail}\r\n."), "QUIT".to_owned()]);
        for line in lines {
            let reply = replies.next().unwrap().unwrap();
            assert!(reply.starts_with(['2', '3']), "before {line}: {reply}");
            (&connection).write_all(format!("{line}\r\n").as_bytes()).unwrap();
        }
        // The reply to the mail is the one before the last line.
    }

    /// The next mail that somebody gets.
    #[track_caller]
    pub(crate) fn got(&self, by: &str) -> String {
        let end = Instant::now() + PATIENCE;
        let mut passed = self.passed.borrow_mut();
        if let Some(at) = passed.iter().position(|(to, _)| to == &[by]) {
            return passed.remove(at).1;
        }
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let (to, mail) =
                self.got.recv_timeout(left).unwrap_or_else(|_| panic!("{by} got nothing"));
            if to == [by] {
                return mail;
            }
            passed.push((to, mail));
        }
    }

    /// The next mail that is for these together.
    #[track_caller]
    fn passing(&self, to: &[&str]) -> String {
        let (got, mail) = self.got.recv_timeout(PATIENCE).unwrap();
        assert_eq!(got, to);
        mail
    }

    /// The path of the link in the next notice that somebody gets.
    #[track_caller]
    fn link(&self, to: &str) -> String {
        link_in(&self.got(to), "/mail/link/")
    }

    /// Opens the link in the next notice and says that it is they.
    #[track_caller]
    pub(crate) fn sign_in(&self, browser: &Browser, who: &str) {
        browser.go(&self.served.at(&self.link(who)));
        assert_eq!(browser.text("main strong"), who);
        browser.follow("main form button");
    }

    /// Nothing has gone out but what was taken from the sink already.
    #[track_caller]
    pub(crate) fn nobody_got_more(&self) {
        assert_eq!(self.passed.borrow().as_slice(), []);
        assert_eq!(self.got.try_recv().ok(), None);
    }
}

/// The path of the link in a mail.
#[track_caller]
pub(crate) fn link_in(mail: &str, page: &str) -> String {
    let text = text(mail);
    let found = text.lines().find_map(|line| line.split_once(page));
    let (_, link) = found.unwrap_or_else(|| panic!("no link in {text}"));
    format!("{page}{link}")
}

/// The text of a mail.
pub(crate) fn text(mail: &str) -> String {
    let mail = Mail::parse(mail.as_bytes(), &MailLimits::default()).unwrap();
    let texts = mail.parts().filter(|(_, part)| part.kind() == "text/plain");
    texts.map(|(_, part)| mail.part_text(part).unwrap()).collect()
}

pub(crate) fn start(language: &str) -> Option<(Browser, Relayed)> {
    if skipped() {
        return None;
    }
    Some((Browser::open(language), Relayed::start()))
}

/// Speaks of a file and has none: its sender is asked.
const FORGOTTEN: &str = "Subject: Estimate\r\n\r\nPlease find attached the estimate.";

#[test]
fn a_sender_confirms_by_the_link_in_the_notice_and_nobody_else_can() {
    let Some((browser, relayed)) = start("ja") else { return };
    relayed.hand_in("mori@example.jp", &["a@client.example"], FORGOTTEN);
    let link = relayed.link("mori@example.jp");
    // A program that follows links in mail: it changes nothing, and uses nothing up.
    browser.go(&relayed.served.at(&link));
    browser.go(&relayed.served.at(&link));
    relayed.nobody_got_more();
    assert_eq!(browser.text("h1"), "あなたのアドレスですか");
    browser.follow("main form button");
    assert_eq!(browser.text("h1"), "Estimate");
    assert!(browser.text(".findings").contains("何も添付されていません"));
    assert!(browser.text(".letter").contains("Please find attached the estimate."));
    browser.follow("button[value='let-go']");
    assert_eq!(browser.text("[role=status]"), "送りました。");
    assert!(relayed.got("a@client.example").contains("Please find attached the estimate."));
    browser.follow("header.top + main nav.tabs a[href='/mail/sent']");
    assert_eq!(browser.text("table.sent tbody th a"), "Estimate");
    browser.follow("table.sent tbody th a");
    assert!(browser.text("dl.facts").contains("mori@example.jp · このまま送る"));

    let other = Browser::open("ja");
    other.go(&relayed.served.at(&link));
    other.see("main form button");
    other.follow("main form button");
    assert!(other.text("[role=alert]").contains("もう使えません"), "a link is good once");
    relayed.served.was_quiet(&browser, &[]);
    relayed.served.was_quiet(&other, &["status of 410"]);
}

#[test]
fn an_approver_sends_copies_in_which_nobody_sees_the_others() {
    let Some((browser, relayed)) = start("en") else { return };
    let to: Vec<String> = (0..60).map(|n| format!("member{n}@home{n}.example")).collect();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    relayed.hand_in("mori@example.jp", &to, "Subject: News\r\n\r\nHello");
    // Its own sender can cancel it, and nothing else.
    relayed.sign_in(&browser, "mori@example.jp");
    assert_eq!(browser.texts("form.decide button"), ["Cancel it"]);
    browser.follow("form.person button");

    relayed.sign_in(&browser, "kacho@example.jp");
    assert!(
        browser.text(".findings").contains("60 people outside"),
        "{}",
        browser.text(".findings")
    );
    browser.follow("button[value='let-go']");
    for _ in 0..to.len() {
        let (to, mail) = relayed.got.recv_timeout(PATIENCE).unwrap();
        assert_eq!(to.len(), 1);
        assert!(mail.contains(&to[0]) && mail.matches("member").count() == 1, "{mail}");
    }
    relayed.served.was_quiet(&browser, &[]);
}

#[test]
fn what_is_cancelled_goes_nowhere() {
    let Some((browser, relayed)) = start("ja") else { return };
    relayed.hand_in("mori@example.jp", &["a@client.example"], FORGOTTEN);
    relayed.sign_in(&browser, "mori@example.jp");
    browser.follow("button[value='cancel']");
    assert!(browser.text("[role=status]").contains("取り消しました"));
    let report = relayed.got("mori@example.jp");
    assert!(text(&report).contains("cancelled (mori@example.jp)"), "{report}");
    relayed.nobody_got_more();
}

#[test]
fn anybody_of_the_organisation_can_ask_for_a_link_and_others_get_none() {
    let Some((browser, relayed)) = start("ja") else { return };
    for address in ["stranger@client.example", "mori@example.jp"] {
        browser.go(&relayed.served.at("/mail"));
        browser.fill("#address", address);
        browser.follow("main form button");
        assert!(browser.text("[role=status]").contains("リンクをお送りしました"));
    }
    relayed.sign_in(&browser, "mori@example.jp");
    assert_eq!(browser.path(), "/mail");
    relayed.nobody_got_more();
    // Somebody else's mail is not theirs to see.
    relayed.hand_in("sato@example.jp", &["a@client.example"], FORGOTTEN);
    let link = relayed.link("sato@example.jp");
    browser.go(&relayed.served.at("/mail"));
    assert_eq!(browser.count("ul.mails li"), 0);
    browser.go(&relayed.served.at("/mail/decisions"));
    assert_eq!(browser.text(".failure .code"), "403");
    browser.go(&relayed.served.at(&link));
    browser.follow("main form button");
    let held = browser.path();
    browser.follow("form.person button");
    browser.go(&relayed.served.at(&held));
    assert_eq!(browser.path(), "/mail", "signed out");
    relayed.served.was_quiet(&browser, &["status of 403"]);
}

#[test]
fn a_mail_is_shown_as_text_whatever_is_in_it() {
    let Some((browser, relayed)) = start("ja") else { return };
    let mail = "Subject: <script>alert(1)</script>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
        <p>Please find attached.</p><img src=\"http://tracker.example/x.gif\"><form action=\"http://evil.example\"></form>";
    relayed.hand_in("mori@example.jp", &["a@client.example"], mail);
    relayed.sign_in(&browser, "mori@example.jp");
    assert_eq!(browser.text("h1"), "<script>alert(1)</script>");
    assert_eq!(browser.text("pre.text"), "Please find attached.");
    assert_eq!(browser.count(".letter img, .letter form, .letter script"), 0);
    relayed.served.was_quiet(&browser, &[]);
}

#[test]
fn whoever_got_a_wrong_mail_is_asked_to_delete_it_and_the_book_has_the_case() {
    let Some((browser, relayed)) = start("ja") else { return };
    let to = ["a@client.example", "b@client.example"];
    relayed.hand_in("mori@example.jp", &to, "Subject: Price list\r\n\r\nHello");
    assert!(relayed.passing(&to).contains("Hello"));
    browser.go(&relayed.served.at("/mail"));
    browser.fill("#address", "mori@example.jp");
    browser.follow("main form button");
    relayed.sign_in(&browser, "mori@example.jp");
    browser.follow("nav.tabs a[href='/mail/sent']");
    browser.follow("table.sent tbody th a");
    browser.follow("main a.button");
    let text = browser.eval("return document.querySelector('#text').value");
    assert!(text.as_str().unwrap().contains("「Price list」"));
    browser.follow("main form button");
    assert_eq!(browser.text("[role=status]"), "削除の確認 0 / 2");

    let outside = Browser::open("en");
    let request = relayed.got("a@client.example");
    assert!(request.contains("From: mori@example.jp") && !request.contains("b@client.example"));
    outside.go(&relayed.served.at(&link_in(&request, "/mail/deleted/")));
    assert_eq!(outside.texts("main strong"), ["a@client.example"]);
    outside.follow("main form button");
    assert_eq!(outside.text("[role=status]"), "Thank you for telling us.");
    relayed.got("b@client.example");
    browser.go(&format!("{}?again", browser.address()));
    browser.follow("form[action$='/deleted'] button");
    assert_eq!(browser.text("[role=status]"), "削除の確認 2 / 2");
    browser.follow("form[action$='/resent'] button");

    // Reading the book takes an account.
    let sent = browser.address();
    relayed.served.make_administrator(&browser);
    browser.go(&sent);
    browser.follow("dl.facts a[href^='/case/']");
    let course = browser.text("main");
    for event in
        ["2件の宛先に送信", "誤送信に気付く", "削除を依頼", "すべての宛先で削除を確認", "送り直す"]
    {
        assert!(course.contains(event), "{event} is not in {course}");
    }
    relayed.served.was_quiet(&browser, &[]);
    relayed.served.was_quiet(&outside, &[]);
}

#[test]
fn the_pages_of_mail_are_pictured() {
    let Some((browser, relayed)) = start("ja") else { return };
    browser.wide(1280);
    let to: Vec<String> = (0..60).map(|n| format!("member{n}@home{n}.example")).collect();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    let mail = "Subject: =?UTF-8?B?56eL44Gu6KaL5a2m5Lya44Gu44GU5qGI5YaF?=\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
        会員の皆さま\r\n\r\n秋の見学会を下記のとおり開きます。どうぞお越しください。";
    relayed.hand_in("mori@example.jp", &to, mail);
    relayed.hand_in("sato@example.jp", &["a@client.example"], FORGOTTEN);
    relayed.sign_in(&browser, "kacho@example.jp");
    keep(&browser, "mail-held");
    browser.go(&relayed.served.at("/mail"));
    keep(&browser, "mail-waiting");
    browser.wide(390);
    keep(&browser, "mail-waiting-narrow");
    relayed.served.make_administrator(&browser);
    browser.wide(1280);
    browser.go(&relayed.served.at("/mail/sent"));
    keep(&browser, "mail-sent");
    browser.go(&relayed.served.at("/mail/decisions"));
    keep(&browser, "mail-decisions");
}

#[test]
fn the_pages_of_mail_are_accessible() {
    for language in ["ja", "en"] {
        let Some((browser, relayed)) = start(language) else { return };
        let mut wrong = examine(&browser, &relayed.served, language, &["/mail"]);
        relayed.hand_in("mori@example.jp", &["a@client.example"], FORGOTTEN);
        let link = relayed.link("mori@example.jp");
        wrong.extend(examine(&browser, &relayed.served, language, &[&link]));
        browser.go(&relayed.served.at(&link));
        browser.follow("main form button");
        let held = browser.path();
        let sent = held.replace("held", "sent");
        wrong.extend(examine(
            &browser,
            &relayed.served,
            language,
            &[&held, &sent, "/mail", "/mail/sent"],
        ));
        relayed.served.make_administrator(&browser);
        wrong.extend(examine(&browser, &relayed.served, language, &["/mail/decisions"]));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
