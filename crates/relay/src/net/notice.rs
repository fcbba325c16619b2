//! What people are told by mail: that a mail of theirs waits, that somebody's mail wants their word, and the
//! link by which they sign in. A notice says who, to how many and why, never the mail's text: it may be what
//! must not get about. It does not know pages beyond their address.

use std::fmt::Write as _;

use data_encoding::BASE64_MIME;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::Hub;
use super::links::{Purpose, in_hours};
use super::parcels::CODE_MINUTES;
use crate::envelope::Body;
use crate::judge::Waiting;
use crate::rewrite::Folded;
use crate::spool::{Event, MailId, Step};
use crate::{Address, Envelope, Judgement, Login, Recipient};

/// The account under which the relay's own mail is recorded.
pub(super) const OWN: &str = "relay";
/// A link that somebody asked for is good so long; one in a notice as long as the mail waits.
const SIGN_IN_HOURS: i64 = 1;
/// Recipients that a notice names.
const NAMED: usize = 5;

/// A mail of the relay itself: its subject in both languages, and its lines.
struct Notice<'a> {
    to: &'a Address,
    subject: String,
    lines: String,
}

/// The mails that tell people about one that waits; none where there are no pages to lead to.
pub(super) fn of_held(
    hub: &Hub,
    id: MailId,
    (envelope, subject): (&Envelope, &str),
    judgement: &Judgement,
    step: &Step,
    now: Timestamp,
) -> Vec<Event> {
    let (Some(sender), Step::Held { by, until }) = (&envelope.from, step) else {
        return Vec::new();
    };
    let policy = hub.policy();
    let waiting = Waiting::named(by);
    if hub.settings.pages.is_none()
        || waiting == Waiting::Window
        || !policy.directory.is_own(sender)
    {
        return Vec::new();
    }
    let until = until.unwrap_or_else(|| in_hours(now, 24));
    let mut findings = String::new();
    for found in judgement.findings.iter().filter(|found| found.binds) {
        // Writing into a string does not fail.
        let _ = write!(findings, "  ・{}\r\n    {}\r\n", found.says.ja, found.says.en);
    }
    let about = about(envelope, subject);
    let mut events = Vec::new();
    let mut tell = |to: &Address, subject: &str, ja: &str, en: &str| {
        let Some(link) = link(hub, to, Some(id), until) else { return };
        let lines = format!("{ja}\r\n{en}\r\n\r\n{about}\r\n{findings}\r\n{link}\r\n");
        let notice = Notice { to, subject: subject.to_owned(), lines };
        events.extend(notice.events(hub, now));
    };
    if waiting == Waiting::Sender {
        tell(
            sender,
            "送信の確認 / Please confirm a mail",
            "次のメールは、あなたの確認を待っています。まだ誰にも届いていません。",
            "This mail of yours waits for your word. Nobody has got it yet.",
        );
        return events;
    }
    tell(
        sender,
        "承認待ち / A mail of yours waits for approval",
        "次のメールは、ほかの人の承認を待っています。まだ誰にも届いていません。取り消すこともできます。",
        "This mail of yours waits for somebody else's approval. Nobody has got it yet. You can cancel it.",
    );
    for approver in policy.directory.approvers_of(sender) {
        tell(
            approver,
            "承認の依頼 / A mail waits for your approval",
            "次のメールは、あなたの承認を待っています。内容を確かめて、送るか取り消すかを決めてください。",
            "This mail waits for your approval. Look at it, and let it go or cancel it.",
        );
    }
    events
}

/// The mail with the link by which somebody signs in.
pub(super) fn of_sign_in(hub: &Hub, who: &Address, now: Timestamp) -> Vec<Event> {
    let Some(link) = sign_in_link(hub, who, now) else { return Vec::new() };
    let lines = format!(
        "次のリンクを開くと、保留中のメールを確かめられます。1時間以内に一度だけ使えます。\r\n\
         Open this link to see the mail that waits. It is good for an hour, and once.\r\n\r\n{link}\r\n\
         心当たりがなければ、何もする必要はありません。\r\n\
         If you did not ask for this, there is nothing to do.\r\n"
    );
    let subject = "ログイン用リンク / Your link".to_owned();
    Notice { to: who, subject, lines }.events(hub, now)
}

/// The link by which somebody signs in; `None` where there are no pages.
pub(super) fn sign_in_link(hub: &Hub, who: &Address, now: Timestamp) -> Option<String> {
    link(hub, who, None, in_hours(now, SIGN_IN_HOURS))
}

/// The mail with the code by which a recipient proves their address to fetch files.
pub(super) fn of_code(hub: &Hub, who: &Address, code: &str, now: Timestamp) -> Vec<Event> {
    let (first, second) = code.split_at(code.len() / 2);
    let lines = format!(
        "ファイルを受け取るための番号です。{CODE_MINUTES}分以内に一度だけ使えます。\r\n\
         Your code to fetch the files. It is good for {CODE_MINUTES} minutes, and once.\r\n\r\n\
         {first} {second}\r\n\r\n\
         心当たりがなければ、何もする必要はありません。この番号を誰にも伝えないでください。\r\n\
         If you did not ask for this, there is nothing to do. Tell nobody this code.\r\n"
    );
    let subject = "ファイル受け取りの番号 / Your code".to_owned();
    Notice { to: who, subject, lines }.events(hub, now)
}

/// Who writes what to whom, on a few lines.
fn about(envelope: &Envelope, subject: &str) -> String {
    let mut about = String::new();
    let from = envelope.from.as_ref().map(ToString::to_string).unwrap_or_default();
    let count = envelope.to.len();
    // Writing into a string does not fail.
    let _ =
        write!(about, "  差出人 From:  {from}\r\n  件名 Subject: {subject}\r\n  宛先 To:      ");
    for to in envelope.to.iter().take(NAMED) {
        let _ = write!(about, "{} ", to.address);
    }
    if count > NAMED {
        let _ = write!(about, "ほか{}件 (+{})", count - NAMED, count - NAMED);
    }
    about.push_str("\r\n");
    about
}

/// The address of the page where `who` is asked whether it is they; `None` where there are no pages.
fn link(hub: &Hub, who: &Address, mail: Option<MailId>, until: Timestamp) -> Option<String> {
    let pages = hub.settings.pages.as_deref()?.trim_end_matches('/');
    let signed = hub.links.sign(Purpose::Link, who, mail, until)?;
    Some(format!("{pages}/mail/link/{signed}"))
}

impl Notice<'_> {
    /// What is written down of it: it goes out without being judged, and from nobody, so that nothing
    /// answers it.
    fn events(&self, hub: &Hub, now: Timestamp) -> Vec<Event> {
        let id = hub.spool.new_id(now);
        let host = hub.settings.host.key();
        let date = rfc2822::DateTimePrinter::new().timestamp_to_string(&now).unwrap_or_default();
        let subject = Folded::text("Subject", &self.subject).lines(b"\r\n");
        let head = format!(
            "From: jikenbo <postmaster@{host}>\r\nTo: {}\r\nDate: {date}\r\nMessage-ID: <{id}@{host}>\r\n",
            self.to
        );
        let rest = format!(
            "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n{}",
            text_part(&self.lines)
        );
        let mail = [head.as_bytes(), &subject, rest.as_bytes()].concat();
        own_mail(hub, id, (None, self.to), mail)
    }
}

/// Header and body of a text in ASCII: the next server may take nothing else (RFC 6152).
pub(super) fn text_part(lines: &str) -> String {
    format!(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        BASE64_MIME.encode(lines.as_bytes())
    )
}

/// What is written down of a mail of the relay's own that goes out at once. Failures go to `from`, if it is
/// anybody.
pub(super) fn own_mail(
    hub: &Hub,
    id: MailId,
    (from, to): (Option<&Address>, &Address),
    mail: Vec<u8>,
) -> Vec<Event> {
    let login = Login::Account(OWN.to_owned());
    let envelope = Envelope {
        body: if mail.is_ascii() { Body::SevenBit } else { Body::EightBit },
        helo: hub.settings.host.to_string(),
        // A report is from nobody: one about another would go round for ever (RFC 5321 §4.5.5).
        ..Envelope::new(from.cloned(), vec![Recipient::new(to.clone())], login)
    };
    let verdict = Judgement::default();
    vec![
        Event::Accepted { id, envelope, mail },
        Event::Judged { id, verdict: verdict.to_bytes() },
        Event::step(id, Step::Released { by: OWN.to_owned() }),
    ]
}
