//! Mails written out, and what the checks say of them under the default policy.

use super::*;
use crate::history::History;
use crate::judge::Waiting;
use crate::mail::{Mail, MailLimits};
use crate::{Address, Disposition, Envelope, Gate, Login, Person, Policy, Recipient};

/// When the mails are judged.
const NOW: i64 = 3 * 86_400;

/// What is known once mori@example.jp has written to a and sato of known.example, to 鈴木 of 山田商事, in
/// one mail to six people who could see each other, and in one to five who could not.
fn history() -> History {
    let six: Vec<String> = (1..=6).map(|n| format!("p{n}@team-p{n}.example")).collect();
    let five: Vec<String> = (1..=5).map(|n| format!("h{n}@team-h{n}.example")).collect();
    let sent = [
        ("a@known.example", "To: a@known.example", ""),
        ("sato@known.example", "To: sato@known.example", ""),
        (
            "suzuki@yamada.example",
            "To: 鈴木 一郎 <suzuki@yamada.example>",
            "株式会社山田商事\n鈴木様",
        ),
        (
            "suzuki@yamada.example sales@yamada.example",
            "To: suzuki@yamada.example\nCc: sales@yamada.example",
            "山田商事(株) 御中",
        ),
        (&six.join(" "), &format!("To: {}", six.join(", ")), ""),
        (&five.join(" "), &format!("Bcc: {}", five.join(", ")), ""),
    ];
    let mut history = History::new(10_000);
    for (at, (to, fields, text)) in (1..).zip(sent) {
        let envelope = envelope(to);
        let mail = format!(
            "From: mori@example.jp\n{fields}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
        );
        let mail = mail.replace('\n', "\r\n");
        let mail = Mail::parse(mail.as_bytes(), &MailLimits::default()).unwrap();
        let sending = Sending::that_goes_out(&envelope, &mail, at * 3_600, false);
        sending.unwrap().learn(&mut history);
    }
    history
}

fn envelope(to: &str) -> Envelope {
    let from = Address::parse("mori@example.jp").unwrap();
    let to = to.split(' ').map(|to| Recipient::new(Address::parse(to).unwrap())).collect();
    Envelope::new(Some(from), to, Login::Account("mori".to_owned()))
}

/// Sends a mail from `mori@example.jp` to those of `to`, parted by spaces, and checks which checks
/// bind, and what is done.
#[track_caller]
fn check(to: &str, mail: &str, expected: &[&str], done: Disposition) {
    check_after(&[], to, mail, expected, done);
}

/// The same after mails that have not gone out.
#[track_caller]
fn check_after(recent: &[Recent], to: &str, mail: &str, expected: &[&str], done: Disposition) {
    let mut policy = Policy::default();
    policy.checks.internal_mark.words.push("秘".to_owned());
    policy.checks.unusual_recipient.learning_mails = 2;
    policy.directory.add_person(Person {
        address: Address::parse("watanabe@example.jp").unwrap(),
        names: vec!["渡邊 太郎".to_owned()],
        aliases: Vec::new(),
        approvers: Vec::new(),
    });
    let envelope = envelope(to);
    let bytes = mail.replace('\n', "\r\n");
    let mail = Mail::parse(bytes.as_bytes(), &MailLimits::default()).unwrap();
    let now = jiff::Timestamp::from_second(NOW).unwrap();
    let sending = Sending::of(&envelope, &mail, NOW).unwrap();
    let history = history();
    let learnt = Learnt::of(&history, &sending, &policy.checks.unusual_recipient);
    let seen = Outgoing::new(&envelope, &mail, &policy, &learnt, recent, now);
    let verdict = guard::judge(&seen, &all());
    let found: Vec<String> = verdict
        .findings()
        .map(|finding| format!("{}: {}", finding.check, finding.says.ja))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(verdict.action(), done);
}

/// So many addresses of different domains, as a field and as recipients.
fn people(count: usize) -> (String, String) {
    let all: Vec<String> = (0..count).map(|n| format!("a{n}@shop{n}.example")).collect();
    (all.join(",\n "), all.join(" "))
}

#[test]
fn a_usual_mail_passes() {
    check(
        "sato@known.example",
        "From: mori@example.jp\nTo: sato@known.example\nSubject: hello\n\nSee you tomorrow.\n",
        &[],
        Disposition::DELIVER,
    );
}

#[test]
fn whoever_can_see_each_other_is_counted() {
    let (to, rcpt) = people(395);
    let found = [
        "exposed-recipients: 社外の395人(395ドメイン)が互いのアドレスを見ることになります。",
        "bulk: 395人への一斉送信です。送信者のほかに確認した人がいません。",
    ];
    let done = Disposition { individual_copies: true, ..Disposition::behind(Gate::AskApprover) };
    check(&rcpt, &format!("To: {to}\n\nnews\n"), &found, done);
    // The same people in hidden copies see nobody, but they are many.
    let found = ["bulk: 396人への一斉送信です。送信者のほかに確認した人がいません。"];
    let hidden = format!("To: mori@example.jp\nBcc: {to}\n\nnews\n");
    check(&rcpt, &hidden, &found, Disposition::behind(Gate::AskApprover));
}

#[test]
fn every_field_counts_and_nobody_twice() {
    let fields = "To: a@one.example\nTo: b@two.example, A@one.example\nCc: c@three.example, mori@example.jp, d@four.example\nResent-Cc: e@five.example";
    let to = "a@one.example b@two.example c@three.example d@four.example e@five.example";
    let mail = format!("{fields}\n\nhi\n");
    let found = ["exposed-recipients: 社外の5人(5ドメイン)が互いのアドレスを見ることになります。"];
    check(to, &mail, &found, Disposition::INDIVIDUAL_COPIES);
    check(to, &format!("In-Reply-To: <1@example.jp>\n{mail}"), &[], Disposition::DELIVER);
    // Partners of a joint piece of work, some people each.
    let partners =
        ["x@one.example, y@one.example, z@one.example", "x@two.example", "x@three.example"]
            .join(", ");
    let to = partners.replace(',', "");
    check(&to, &format!("To: {partners}\n\nhi\n"), &[], Disposition::DELIVER);
    // Private people at one provider are as many places.
    let private: Vec<String> = (0..5).map(|n| format!("p{n}@gmail.com")).collect();
    let found = ["exposed-recipients: 社外の5人(5ドメイン)が互いのアドレスを見ることになります。"];
    let mail = format!("To: {}\n\nhi\n", private.join(", "));
    check(&private.join(" "), &mail, &found, Disposition::INDIVIDUAL_COPIES);
}

#[test]
fn those_who_have_seen_each_other_count_as_one() {
    let of = |names: &str| -> Vec<String> {
        names.split(' ').map(|name| format!("{name}@team-{name}.example")).collect()
    };
    let known = of("p1 p2 p3 p4 p5 p6");
    let mail = |to: &[String]| format!("To: {}\n\nhi\n", to.join(", "));
    check(&known.join(" "), &mail(&known), &[], Disposition::DELIVER);
    let one_more = [&known[..], &of("new")].concat();
    check(&one_more.join(" "), &mail(&one_more), &[], Disposition::DELIVER);
    let four_more = [&known[..], &of("n1 n2 n3 n4")].concat();
    let found = [
        "exposed-recipients: 社外の10人(10ドメイン、うち6人は既知の間柄)が互いのアドレスを見ることになります。",
    ];
    check(&four_more.join(" "), &mail(&four_more), &found, Disposition::INDIVIDUAL_COPIES);
    // Who got hidden copies of one mail has not seen the others.
    let hidden = of("h1 h2 h3 h4 h5");
    let found = ["exposed-recipients: 社外の5人(5ドメイン)が互いのアドレスを見ることになります。"];
    check(&hidden.join(" "), &mail(&hidden), &found, Disposition::INDIVIDUAL_COPIES);
}

#[test]
fn words_that_address_somebody_else() {
    let asked = Disposition::behind(Gate::AskSender);
    let mail = |to: &str, text: &str| {
        format!(
            "From: mori@example.jp\nTo: {to}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
        )
    };
    let to = "sato@known.example";
    let found =
        ["salutation: 「株式会社山田商事 御中」宛てのものが、sato@known.example に届きます。"];
    check(to, &mail(to, "株式会社山田商事 御中\n\nお世話になっております。"), &found, asked);
    let found = ["salutation: 「山田商事株式会社」宛てのものが、sato@known.example に届きます。"];
    check(to, &mail(to, "山田商事株式会社\n営業部\nご担当者様"), &found, asked);
    check(to, &mail(to, "山田商事株式会社\n営業部 鈴木様"), &found, asked);
    let yamada = "sales@yamada.example";
    check(yamada, &mail(yamada, "㈱山田商事 御中"), &[], Disposition::DELIVER);
    // Not sure: nobody knows this organisation; a later line is a sentence; it is quoted.
    check(to, &mail(to, "株式会社未知 御中"), &[], Disposition::DELIVER);
    check(
        to,
        &mail(to, "お世話になっております。\n株式会社山田商事 御中"),
        &[],
        Disposition::DELIVER,
    );
    check(to, &mail(to, "> 株式会社山田商事 御中"), &[], Disposition::DELIVER);
    // A person: the sender knows 鈴木, and this is somebody else.
    let other = "佐藤 花 <sato@known.example>";
    let found = [
        "salutation: 「鈴木様」宛ての文面が、suzuki@yamada.example ではなく sato@known.example に届きます。",
    ];
    check(to, &mail(other, "鈴木様\n\nお世話になっております。"), &found, asked);
    check(to, &mail(other, "佐藤様、鈴木様"), &[], Disposition::DELIVER);
    check(to, &mail(other, "Dear Sato-san,"), &[], Disposition::DELIVER);
    check(to, &mail(other, "高橋様"), &[], Disposition::DELIVER);
    check(to, &mail(to, "鈴木様"), &[], Disposition::DELIVER);
}

#[test]
fn files_that_are_made_out_to_somebody_else() {
    let asked = Disposition::behind(Gate::AskSender);
    let to = "sato@known.example";
    let found = ["salutation: 「山田商事様」宛てのものが、sato@known.example に届きます。"];
    check(to, &with_file(to, "見積書_山田商事様_4月.csv", "a,b"), &found, asked);
    let found =
        ["salutation: 「株式会社山田商事 御中」宛てのものが、sato@known.example に届きます。"];
    check(to, &with_file(to, "plan.csv", "請求書\n株式会社山田商事 御中\n金額"), &found, asked);
    let yamada = "suzuki@yamada.example";
    let file = with_file(yamada, "plan.csv", "株式会社山田商事 御中");
    check(yamada, &file, &[], Disposition::DELIVER);
}

#[test]
fn what_cannot_be_read_is_held() {
    check(
        "a@known.example",
        "To: a@known.example b@one.example\n\nhi\n",
        &["unreadable: Toに、宛先として読めないものがあります。"],
        Disposition::behind(Gate::AskApprover),
    );
    check(
        "a@known.example",
        "To: a@known.example\nSubject: one\nSubject: two\n\nhi\n",
        &["unreadable: メールソフトによって違って見えるヘッダーがあります。"],
        Disposition::behind(Gate::AskApprover),
    );
}

/// A mail with a file of that name.
fn with_file(to: &str, name: &str, file: &str) -> String {
    format!(
        "To: {to}\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nplease\n--x\n\
         Content-Disposition: attachment; filename=\"{name}\"\nContent-Type: text/csv; charset=utf-8\n\n{file}\n--x--\n"
    )
}

#[test]
fn files_are_looked_into() {
    check(
        "a@new.example",
        &with_file("a@new.example", "plan.csv", "a,b"),
        &["attachment-to-stranger: 初めて送る社外の1人に、添付ファイル1件が届きます。"],
        Disposition::behind(Gate::AskSender),
    );
    let rows: Vec<String> = (0..30)
        .map(|n| format!("佐藤 {}子,03-0000-00{n:02}", char::from_u32(0x4E00 + n).unwrap()))
        .collect();
    let rows = rows.join("\n");
    let list = format!("氏名,電話\n{rows}");
    check(
        "a@known.example",
        &with_file("a@known.example", "list.csv", &list),
        &["personal-data: 少なくとも30人分の個人データが、社外の1人に渡ります。"],
        Disposition::behind(Gate::AskApprover),
    );
    check(
        "sato@example.jp",
        &with_file("sato@example.jp", "list.csv", &list),
        &[],
        Disposition::DELIVER,
    );
    check(
        "a@known.example",
        &with_file("a@known.example", "plan.csv", "社 外 秘"),
        &[
            "internal-mark: 「社外秘」とあるものが社外に出ます。",
            "internal-mark: 「秘」とあるものが社外に出ます。",
        ],
        Disposition::behind(Gate::AskApprover),
    );
}

#[test]
fn a_file_that_is_spoken_of_should_be_there() {
    let mail = |text: &str| {
        format!("To: a@known.example\nContent-Type: text/plain; charset=utf-8\n\n{text}\n")
    };
    let found =
        ["forgotten-attachment: 本文は添付ファイルに触れていますが、何も添付されていません。"];
    let asked = Disposition::behind(Gate::AskSender);
    check("a@known.example", &mail("資料を添付いたします。"), &found, asked);
    check("a@known.example", &mail("Please find attached the plan."), &found, asked);
    check("a@known.example", &mail("先日ご依頼の資料を添付いたします。"), &found, asked);
    check("a@known.example", &mail("添付ファイルを拝見しました。"), &[], Disposition::DELIVER);
    let quoted =
        "承知しました。\n\n2031年4月1日(火) 10:00 森 <mori@example.jp>:\n資料を添付いたします。";
    check("a@known.example", &mail(quoted), &[], Disposition::DELIVER);
    check(
        "a@known.example",
        &mail("先ほどの添付ファイルをご覧ください。"),
        &[],
        Disposition::DELIVER,
    );
    check(
        "a@known.example",
        &mail("承知しました。\n> 資料を添付いたします。"),
        &[],
        Disposition::DELIVER,
    );
}

#[test]
fn a_stranger_may_look_familiar() {
    let asked = Disposition::behind(Gate::AskSender);
    let mail = |to: &str| {
        format!("From: mori@example.jp\nTo: {to}\nContent-Type: text/plain; charset=utf-8\n\nhi\n")
    };
    check(
        "hanako@stranger.example",
        &mail("WATANABE Hanako <hanako@stranger.example>"),
        &[
            "familiar-stranger: hanako@stranger.example は初めての社外の相手です。渡邊 太郎 <watanabe@example.jp> と同じ姓です。",
        ],
        asked,
    );
    check(
        "sato@exarnple.jp",
        &mail("sato@exarnple.jp"),
        &[
            "familiar-stranger: sato@exarnple.jp は初めての社外の相手です。example.jp に似たドメインです。",
        ],
        asked,
    );
    check("a@known.example", &mail("渡辺 <a@known.example>"), &[], Disposition::DELIVER);
}

/// A mail to `to` so many minutes ago that has not gone out.
fn unsent(to: &str, minutes: i64, stands: Stands) -> Recent {
    let to = to.split(' ').map(|to| Address::parse(to).unwrap()).collect();
    let since = jiff::Timestamp::from_second(NOW - minutes * 60).unwrap();
    let id = "01hf5z4q5t0000000000000001".parse().unwrap();
    Recent { id, subject: "名簿".to_owned(), to, has_files: true, stands, since }
}

#[test]
fn a_password_shares_the_fate_of_its_file() {
    const TEXT: &str = "Content-Type: text/plain; charset=utf-8\n\n先ほどのファイルのパスワードは「tokyo2031」です。\n";
    let mail = |to: &str| format!("To: {to}\n{TEXT}");
    let waits = |waiting| [unsent("a@known.example", 600, Stands::Waits(waiting))];
    let found =
        ["password-mail: 保留中のメール「名簿」のパスワードが、a@known.example に先に届きます。"];
    for (waiting, gate) in [
        (Waiting::Window, Gate::Wait),
        (Waiting::Sender, Gate::AskSender),
        (Waiting::Approver, Gate::AskApprover),
    ] {
        let done = Disposition::behind(gate);
        check_after(&waits(waiting), "a@known.example", &mail("a@known.example"), &found, done);
    }
    let stopped = |minutes| [unsent("a@known.example", minutes, Stands::Stopped)];
    let found =
        ["password-mail: 取り消されたメール「名簿」のパスワードが、a@known.example に届きます。"];
    let asked = Disposition::behind(Gate::AskSender);
    check_after(&stopped(30), "a@known.example", &mail("a@known.example"), &found, asked);
    check_after(
        &stopped(31),
        "a@known.example",
        &mail("a@known.example"),
        &[],
        Disposition::DELIVER,
    );
    // To others, or without a password, it has nothing to do with the first.
    let to = "sato@known.example";
    check_after(&waits(Waiting::Sender), to, &mail(to), &[], Disposition::DELIVER);
    let other = "To: a@known.example\n\nSee you tomorrow.\n";
    check_after(&waits(Waiting::Sender), "a@known.example", other, &[], Disposition::DELIVER);
}
