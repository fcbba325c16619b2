//! Known attacks on servers of SMTP, each named after its advisory. What the client's side must
//! withstand is with the client.

use super::*;

/// In a mail from a machine that may send: what a smuggler puts into it, and that nothing but the
/// refusal comes of it.
#[track_caller]
fn check_smuggled(end_of_data: &str) {
    let smuggled =
        "MAIL FROM:<director@example.jp>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nhi\r\n.\r\n";
    let said = [
        "HELO pc\r\nMAIL FROM:<sato@example.jp>\r\nRCPT TO:<a@example.com>\r\nDATA\r\nhello",
        end_of_data,
        smuggled,
    ]
    .concat();
    for cut in 0..said.len() {
        let mut conversation = Conversation::new(&Arc::new(relay()), Some(branch()));
        let (first, second) = said.as_bytes().split_at(cut);
        conversation.hear(first);
        conversation.hear(second);
        assert!(conversation.mails.is_empty(), "{end_of_data:?} cut at {cut}: a mail was taken");
        let refused = "S: 521 5.5.2 A line ends with CR LF\n* closed\n";
        assert!(conversation.said.ends_with(refused), "{end_of_data:?}: {}", conversation.said);
    }
}

#[test]
fn cve_2023_51764_postfix_smuggling_by_bare_line_feeds() {
    check_smuggled("\n.\n");
    check_smuggled("\n.\r\n");
    check_smuggled("\r\n.\n");
}

#[test]
fn cve_2023_51765_sendmail_smuggling_by_bare_carriage_returns() {
    check_smuggled("\r.\r");
    check_smuggled("\r.\r\n");
    check_smuggled("\r\n.\r");
    check_smuggled("\r\r\n.\r\n");
}

#[test]
fn cve_2023_51766_exim_smuggling_and_mixed_ends() {
    check_smuggled("\r\n.\r\r\n");
    check_smuggled("\n\r.\n\r");
    check_smuggled("\r.\n");
    check_smuggled("\n.\r");
}

/// A NUL between made one server see the end of a line where another saw none.
#[test]
fn a_nul_hides_no_end_of_data() {
    check(relay(), Some(branch()), "
S: 220 mail.example.jp ESMTP
C: HELO pc
S: 250 mail.example.jp
B: MAIL FROM:<sato@example.jp>\\r\\nRCPT TO:<a@example.com>\\r\\nDATA\\r\\nhello\\r\\n\\0.\\r\\n.\\0\\r\\n.\\r\\n
S: 250 2.1.0 Sender OK
S: 250 2.1.5 Recipient OK
S: 354 End the mail with a line that is a dot
S: 554 5.6.0 The mail has NUL bytes
");
}

/// What came as a chunk leaves as lines, so a chunk smuggles as well.
#[test]
fn cve_2023_51766_smuggling_by_chunks() {
    check(relay(), Some(branch()), "
S: 220 mail.example.jp ESMTP
C: HELO pc
S: 250 mail.example.jp
B: MAIL FROM:<sato@example.jp>\\r\\nRCPT TO:<a@example.com>\\r\\nBDAT 8 LAST\\r\\nhello\\n.\\nMAIL FROM:<>\\r\\n
S: 250 2.1.0 Sender OK
S: 250 2.1.5 Recipient OK
S: 521 5.5.2 A line ends with CR LF
* closed
");
}

/// Exim took a dot in a chunk for an end, and hung.
#[test]
fn cve_2017_16944_exim_a_dot_in_a_chunk_is_a_dot() {
    check(relay(), Some(branch()), "
S: 220 mail.example.jp ESMTP
C: HELO pc
S: 250 mail.example.jp
B: MAIL FROM:<sato@example.jp>\\r\\nRCPT TO:<a@example.com>\\r\\nBDAT 3\\r\\n.\\r\\nBDAT 3 LAST\\r\\n.\\r\\n
S: 250 2.1.0 Sender OK
S: 250 2.1.5 Recipient OK
S: 250 2.0.0 OK
S: 250 2.0.0 Kept as 1
* mail <sato@example.jp> <a@example.com> by Network(\"branch\") \".\\r\\n.\\r\\n\"
");
}

#[test]
fn cve_2011_0411_nothing_follows_starttls_in_the_clear() {
    let listener = Listener::new("mail.example.jp", Role::Submission);
    let said = |bytes: &[u8]| {
        let mut conversation = Conversation::new(&Arc::new(listener.clone()), None);
        conversation.hear(b"EHLO pc\r\n");
        conversation.said.clear();
        conversation.hear(bytes);
        conversation.said
    };
    let refused = "S: 501 5.5.1 Nothing may follow STARTTLS\n* closed\n";
    assert_eq!(said(b"STARTTLS\r\nAUTH PLAIN AGEAcmlnaHQ=\r\n"), refused);
    assert_eq!(said(b"STARTTLS\r\nRSET\r\n"), refused);
    // CVE-2021-33515: half a command waits in a buffer and is made whole under TLS.
    assert_eq!(said(b"STARTTLS\r\nMAIL FROM:<"), refused);
    assert_eq!(said(b"STARTTLS\r\n"), "S: 220 2.0.0 Ready for TLS\n* tls\n");
}

/// A web page makes a browser talk to a mail server; the server answers what the page wants.
#[test]
fn cve_2021_3618_alpaca_a_browser_is_hung_up_on() {
    check(
        relay(),
        Some(branch()),
        "
S: 220 mail.example.jp ESMTP
B: POST / HTTP/1.1\\r\\nHost: mail.example.jp\\r\\n\\r\\nHELO pc\\r\\n
S: 421 4.7.0 This is no mail client
* closed
",
    );
}

/// CWE-93: a line end inside an address would be a command of its own on the way out.
#[test]
fn no_line_end_and_no_nul_in_an_address() {
    check(
        relay(),
        Some(branch()),
        "
S: 220 mail.example.jp ESMTP
C: HELO pc
S: 250 mail.example.jp
C: MAIL FROM:<sato@example.jp>
S: 250 2.1.0 Sender OK
B: RCPT TO:<a\\0@example.com>\\r\\n
S: 501 5.1.3 Not an address
B: RCPT TO:<\"a\\rRCPT TO:<b@example.com>\"@example.com>\\r\\n
S: 521 5.5.2 A line ends with CR LF
* closed
",
    );
}

/// The tricks that made relays open, tried by a stranger and by a machine that may send.
#[test]
fn no_open_relay() {
    let tricks = [
        "<b@example.com>",
        "<b%example.com@example.jp>",
        "<\"b@example.com\"@example.jp>",
        "<@example.jp:b@example.com>",
        "<example.com!b@example.jp>",
        "<b@[192.0.2.1]>",
        "<b@[IPv6:2001:db8::1]>",
        "<B@EXAMPLE.JP>",
        "<b@example.jp.>",
        "<postmaster>",
        "<b>",
        "<\"b%example.com\">",
        "<b@example.com@example.jp>",
        "<b%example.com>",
        "<@example.jp,@example.jp:b@example.com>",
        "b@example.com",
        "<b@mail.example.jp>",
    ];
    let senders = ["<>", "<sato@example.jp>", "<SATO@Example.JP.>", "<a@[127.0.0.1]>", "<sato>"];
    for (listener, known, refusals) in [
        (relay(), None, ["550 5.7.1", "501 5.1.3"]),
        (submission(), None, ["530 5.7.0", "501 5.1.3"]),
        (submission(), Some(branch()), ["530 5.7.0", "501 5.1.3"]),
    ] {
        for (trick, sender) in tricks.iter().flat_map(|t| senders.iter().map(move |s| (t, s))) {
            let mut conversation = Conversation::new(&Arc::new(listener.clone()), known.clone());
            conversation
                .hear(format!("HELO pc\r\nRCPT TO:{trick}\r\nMAIL FROM:{sender}\r\n").as_bytes());
            conversation.said.clear();
            conversation.hear(format!("RCPT TO:{trick}\r\n").as_bytes());
            let is_refused =
                refusals.iter().any(|reply| conversation.said.starts_with(&format!("S: {reply}")));
            assert!(is_refused, "{trick} from {sender}: {}", conversation.said);
            conversation.hear(b"DATA\r\nhi\r\n.\r\nBDAT 2 LAST\r\nhi");
            assert!(conversation.mails.is_empty(), "{trick} from {sender}");
            assert!(!conversation.said.contains("S: 354"), "{trick} from {sender}");
        }
    }
}

/// A machine that may send may not send round the rules either.
#[test]
fn no_route_inside_an_address() {
    check(
        relay(),
        Some(branch()),
        "
S: 220 mail.example.jp ESMTP
C: HELO pc
S: 250 mail.example.jp
C: MAIL FROM:<sato@example.jp>
S: 250 2.1.0 Sender OK
C: RCPT TO:<b%example.com@example.jp>
S: 553 5.1.3 An address that says a route is not taken
C: RCPT TO:<\"b@example.com\"@example.jp>
S: 553 5.1.3 An address that says a route is not taken
C: RCPT TO:<@example.jp:b@example.com>
S: 553 5.1.3 An address that says a route is not taken
C: RCPT TO:<b@[192.0.2.1]>
S: 553 5.1.3 An address that says a route is not taken
C: RCPT TO:<postmaster>
S: 501 5.1.3 Not an address
C: DATA
S: 554 5.5.1 No valid recipients
",
    );
}
