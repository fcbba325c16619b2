//! Mails as Japanese mailers and careless programs write them, in `mails/*.md`: each with what is read
//! in it, and each put through every change. It does not know why a mail is odd: its title says that.

use std::fmt::Write as _;

use encoding_rs::Encoding;
use relay::mail::{Mail, MailLimits, Role};
use relay::rewrite::{Edits, Folded, IndividualCopies, replace_parts, without_bcc};

/// A mail and what is read in it.
struct Example {
    title: String,
    mail: Vec<u8>,
    expected: String,
}

/// The examples of the pages: a title, the charset that the mail is written in after `eml`, the mail,
/// the reading.
fn examples() -> Vec<Example> {
    let pages = [include_str!("mails/people.md"), include_str!("mails/parts.md")];
    let sections = pages.iter().flat_map(|page| page.split("\n## ").skip(1));
    let examples = sections.map(|section| {
        let (title, rest) = section.split_once('\n').expect("a title");
        let (_, rest) = rest.split_once("```eml ").expect("a mail");
        let (charset, rest) = rest.split_once('\n').expect("a charset");
        let (mail, rest) = rest.split_once("\n```\n").expect("the end of the mail");
        let (_, rest) = rest.split_once("```text\n").expect("a reading");
        let (expected, _) = rest.split_once("```").expect("the end of the reading");
        let encoding = Encoding::for_label(charset.as_bytes()).expect("a known charset");
        let mail = format!("{mail}\n").replace('\n', "\r\n");
        let (bytes, _, is_lossy) = encoding.encode(&mail);
        assert!(!is_lossy, "{title}: not in {charset}");
        Example { title: title.to_owned(), mail: bytes.into_owned(), expected: expected.to_owned() }
    });
    examples.collect()
}

/// What is read in a mail, a line each.
fn reading(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mail = match Mail::parse(bytes, &MailLimits::default()) {
        Ok(mail) => mail,
        Err(error) => return format!("held: {error}\n"),
    };
    let people = mail.mailboxes();
    let mut lines: Vec<(usize, String)> = Vec::new();
    for mailbox in &people.read {
        let name = mailbox.name.as_deref().map_or(String::new(), |name| format!("{name:?} "));
        let line = format!("{}: {name}<{}>", mailbox.at.field.name(), mailbox.address);
        lines.push((mailbox.at.range.start, line));
    }
    for unparsed in &people.unparsed {
        let (field, because) = (unparsed.at.field.name(), unparsed.because);
        lines.push((unparsed.at.range.start, format!("{field}? {:?}: {because}", unparsed.words)));
    }
    for group in &people.groups {
        let line = format!("{}: group {:?}", group.at.field.name(), group.name);
        lines.push((group.at.range.start, line));
    }
    lines.sort();
    for (_, line) in lines {
        writeln!(out, "{line}").unwrap();
    }
    if let Some(subject) = mail.subject() {
        writeln!(out, "subject {subject:?}").unwrap();
    }
    for (_, part) in mail.parts() {
        let indent = "  ".repeat(part.depth);
        write!(out, "{indent}{:?} {}", part.role, part.kind()).unwrap();
        if let Some(name) = part.file_name() {
            write!(out, " {name:?}").unwrap();
        }
        match part.role {
            Role::Text => {
                let text = mail.part_text(part).unwrap();
                writeln!(out, " {:?}", text.split_whitespace().collect::<Vec<_>>().join(" "))
            }
            Role::Attachment => writeln!(out, " {} bytes", mail.content_len(part)),
            _ => writeln!(out),
        }
        .unwrap();
    }
    for oddity in mail.oddities() {
        writeln!(out, "odd: {}", oddity.kind).unwrap();
    }
    out
}

#[test]
fn mails_are_read_as_their_readers_see_them() {
    let wrong: Vec<String> = examples()
        .iter()
        .filter(|example| reading(&example.mail) != example.expected)
        .map(|example| format!("## {}\n{}", example.title, reading(&example.mail)))
        .collect();
    assert!(wrong.is_empty(), "read otherwise:\n{}", wrong.join("\n"));
}

#[test]
fn every_change_leaves_the_rest_as_it_was() {
    for example in examples() {
        let Ok(mail) = Mail::parse(&example.mail, &MailLimits::default()) else { continue };
        let title = &example.title;
        assert_eq!(Edits::new(&mail).mail(), example.mail, "{title}");
        for (at, field) in mail.header().fields.iter().enumerate() {
            let mut edits = Edits::new(&mail);
            edits.remove(field);
            let (before, after) =
                (&example.mail[..field.whole.start], &example.mail[field.whole.end..]);
            assert_eq!(edits.mail(), [before, after].concat(), "{title}: field {at}");
        }
        let mut edits = Edits::new(&mail);
        edits.add_first(&Folded::text("X-Held", "はい"));
        assert_eq!(edits.mail(), [b"X-Held: =?UTF-8?B?44Gv44GE?=\r\n", &*example.mail].concat());
        if let Some(copy) = without_bcc(&mail) {
            assert!(!copy.to_ascii_lowercase().windows(4).any(|four| four == b"bcc:"), "{title}");
            assert!(copy.ends_with(mail.body()), "{title}");
        }
    }
}

#[test]
fn a_copy_shows_its_recipient_and_nobody_else() {
    for example in examples() {
        let Ok(mail) = Mail::parse(&example.mail, &MailLimits::default()) else { continue };
        let people = mail.mailboxes().read.iter().filter(|m| m.at.field.is_destination());
        let recipients: Vec<_> = people.map(|mailbox| mailbox.address.clone()).collect();
        let copies = IndividualCopies::of(&mail, &recipients);
        for recipient in &recipients {
            let copy = copies.copy_for(recipient);
            assert!(copy.ends_with(mail.body()), "{}: the body was changed", example.title);
            let copy = Mail::parse(&copy, &MailLimits::default()).unwrap();
            let seen = copy.mailboxes().read.iter().filter(|m| m.at.field.is_destination());
            assert!(seen.map(|m| &m.address).eq([recipient]), "{}", example.title);
            assert_eq!(
                copy.mailboxes().unparsed.iter().filter(|u| u.at.field.is_destination()).count(),
                0
            );
        }
    }
}

#[test]
fn a_file_gives_way_to_a_text() {
    for example in examples() {
        let Ok(mail) = Mail::parse(&example.mail, &MailLimits::default()) else { continue };
        let files = mail.parts().filter(|(_, part)| part.role == Role::Attachment);
        let files: Vec<_> =
            files.map(|(id, part)| (id, (part, "お渡しします。\nhttps://example.jp/"))).collect();
        let changes: Vec<_> = files.iter().map(|(_, change)| *change).collect();
        let replaced = replace_parts(&mail, &changes);
        let again = Mail::parse(&replaced, &MailLimits::default()).unwrap();
        assert_eq!(again.parts().len(), mail.parts().len(), "{}", example.title);
        for (id, part) in mail.parts() {
            let new = again.part(id).unwrap();
            if files.iter().any(|(file, _)| *file == id) {
                assert_eq!(again.part_text(new).unwrap(), "お渡しします。\r\nhttps://example.jp/");
            } else if part.role == Role::Text {
                assert_eq!(again.content(new), mail.content(part), "{}", example.title);
            }
        }
    }
}

#[test]
fn fields_that_name_others_are_not_in_a_copy() {
    let kept = "Received: from pc by mx.example.jp; Tue, 1 Apr 2031 00:00:00 +0000\r\n\
                From: Sato <sato@example.jp>\r\nMessage-ID: <b@example.com>\r\n\
                Subject: b@example.com\r\nX-Mailer: own\r\n";
    let gone = "X-To: B <B@Example.COM>\r\nDelivered-To: b@example.com\r\n\
                Received: from a by c for <b@example.com>; Tue, 1 Apr 2031 00:00:00 +0000\r\n\
                Return-Path: <bounce+b=example.com@list.example.jp>\r\nX-A: =?UTF-8?Q?b=40example.com?=\r\n\
                X-B: x-b@ex\r\n ample.com\r\nX-C: mailto:b%40example.com\r\nX-D: [hidden@example.com]\r\n\
                DKIM-Signature: v=1; d=example.jp; b=AAAA\r\nCc: c@example.com\r\nBcc: hidden@example.com\r\n";
    let mail = format!(
        "{kept}{gone}To: A <a@example.com>, \"渡辺, 花\" <b@example.com>\r\n\r\nbody b@example.com"
    );
    let mail = Mail::parse(mail.as_bytes(), &MailLimits::default()).unwrap();
    let hidden = "hidden@example.com".parse().unwrap();
    let copies = IndividualCopies::of(&mail, [&hidden]);
    let check = |recipient: &str, to: &str| {
        let copy = copies.copy_for(&recipient.parse().unwrap());
        // `To` stands where `Cc` stood, the first field that says who gets the mail.
        let expected = format!("{kept}To: {to}\r\n\r\nbody b@example.com");
        assert_eq!(String::from_utf8_lossy(&copy), expected);
    };
    check("a@example.com", "A <a@example.com>");
    check("b@example.com", "=?UTF-8?B?5rih6L66LCDoirE=?= <b@example.com>");
    check("hidden@example.com", "hidden@example.com");
}

#[test]
fn a_mail_that_ends_within_its_header_takes_fields() {
    for mail in ["From a@example.jp Mon", "To: a@example.jp", ""] {
        let mail = Mail::parse(mail.as_bytes(), &MailLimits::default()).unwrap();
        let mut edits = Edits::new(&mail);
        edits.add_last(&Folded::text("X-A", "1"));
        edits.add_last(&Folded::text("X-B", "2"));
        edits.add_first(&Folded::text("X-C", "3"));
        let changed = edits.mail();
        let again = Mail::parse(&changed, &MailLimits::default()).unwrap();
        assert_eq!(again.header().fields.len(), mail.header().fields.len() + 3);
    }
}

/// A header of a megabyte of one kind of syntax takes no longer than any other: what is quadratic would
/// take hours, and is seen by whoever waits for this test.
#[test]
fn long_headers_are_read_in_one_pass() {
    let limits = MailLimits { addresses: 1 << 20, ..MailLimits::default() };
    let pieces = [
        ",", "\"", "(", "<", ")", ";", ":", "@", "[", "@[", "=?", "=?a?Q?", "\\", "\x1b$", "a:",
        "<(", "=?utf-8?B?4w==?= ", "\r\n ", "\u{85}", "=a@example.jp", "@example.jp", "(\"",
    ];
    for piece in pieces {
        let mail = format!(
            "To: {}\r\nX-A: {0}\r\nContent-Type: {0}\r\n\r\n",
            piece.repeat(300_000 / piece.len())
        );
        if let Ok(mail) = Mail::parse(mail.as_bytes(), &limits) {
            let recipient = "a@example.jp".parse().unwrap();
            let copy = IndividualCopies::of(&mail, [&recipient]).copy_for(&recipient);
            assert!(Mail::parse(&copy, &limits).is_ok(), "{piece:?}");
        }
    }
    let part = |n: usize| format!("--b\r\nContent-Type: multipart/mixed; boundary=b{n}\r\n\r\n");
    let parts: String = (0..1_500).map(part).collect();
    let mail = format!(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}{}",
        "--\r\n".repeat(200_000)
    );
    assert_eq!(Mail::parse(mail.as_bytes(), &limits).unwrap().parts().len(), 1_501);
}
