//! What a session says in the course of ordinary and less ordinary conversations. Attacks that have
//! a name are in `advisories.rs`.

use super::*;
use crate::session::SessionLimits;

#[test]
fn a_mail_is_taken_from_a_known_network() {
    check(relay(), Some(branch()), "
S: 220 mail.example.jp ESMTP
C: EHLO pc.example.jp
S: 250-mail.example.jp
S: 250-PIPELINING
S: 250-SIZE 52428800
S: 250-8BITMIME
S: 250-SMTPUTF8
S: 250-DSN
S: 250-CHUNKING
S: 250 ENHANCEDSTATUSCODES
C: MAIL FROM:<sato@example.jp>
S: 250 2.1.0 Sender OK
C: RCPT TO:<da..me.@docomo.example>
S: 250 2.1.5 Recipient OK
C: DATA
S: 354 End the mail with a line that is a dot
C: Subject: hi
C: 
C: ..dot
C: .
S: 250 2.0.0 Kept as 1
* mail <sato@example.jp> <da..me.@docomo.example> by Network(\"branch\") \"Subject: hi\\r\\n\\r\\n.dot\\r\\n\"
C: QUIT
S: 221 2.0.0 Bye
* closed
");
}

#[test]
fn wishes_and_bytes_are_kept() {
    check(relay(), Some(branch()), "
S: 220 mail.example.jp ESMTP
C: HELO pc
S: 250 mail.example.jp
C: MAIL FROM:<渡辺@example.jp> SIZE=100 SMTPUTF8 BODY=8BITMIME RET=FULL ENVID=QQ+2B1
S: 250 2.1.0 Sender OK
C: RCPT TO:<a@example.com> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b@example.com
S: 250 2.1.5 Recipient OK
C: RCPT TO:<森@例え.jp> NOTIFY=NEVER
S: 250 2.1.5 Recipient OK
C: RCPT TO:<A@EXAMPLE.com.>
S: 250 2.1.5 Recipient OK
C: DATA
S: 354 End the mail with a line that is a dot
C: 件名
C: .
S: 250 2.0.0 Kept as 1
* mail <渡辺@example.jp> <a@example.com> notify=101 orcpt=rfc822;b@example.com <森@例え.jp> notify=000 8bit utf8 envid=QQ+1 ret=Full by Network(\"branch\") \"件名\\r\\n\"
C: MAIL FROM:<渡辺@example.jp>
S: 553 5.6.7 This address needs SMTPUTF8
C: MAIL FROM:<>
S: 250 2.1.0 Sender OK
C: RCPT TO:<森@例え.jp>
S: 553 5.6.7 This address needs SMTPUTF8
C: RCPT TO:<a@example.com>
S: 250 2.1.5 Recipient OK
C: DATA
S: 354 End the mail with a line that is a dot
C: 8 bits, not announced: é
C: .
S: 250 2.0.0 Kept as 2
* mail <> <a@example.com> 8bit by Network(\"branch\") \"8 bits, not announced: é\\r\\n\"
");
}

#[test]
fn commands_have_their_order() {
    check(
        relay(),
        Some(branch()),
        "
S: 220 mail.example.jp ESMTP
C: MAIL FROM:<sato@example.jp>
S: 503 5.5.1 Not at this point
C: HELO pc
S: 250 mail.example.jp
C: RCPT TO:<a@example.com>
S: 503 5.5.1 Not at this point
C: DATA
S: 503 5.5.1 Not at this point
C: MAIL FROM:<sato@example.jp>
S: 250 2.1.0 Sender OK
C: MAIL FROM:<sato@example.jp>
S: 503 5.5.1 Not at this point
C: DATA
S: 554 5.5.1 No valid recipients
C: RCPT TO:<nobody>
S: 501 5.1.3 Not an address
C: RCPT TO:<a@example.com> NOTIFY=PERHAPS
S: 501 5.5.4 Syntax error
C: RCPT TO:<a@example.com>
S: 250 2.1.5 Recipient OK
C: RSET
S: 250 2.0.0 OK
C: DATA
S: 503 5.5.1 Not at this point
C: NOOP
S: 250 2.0.0 OK
C: VRFY sato
S: 252 2.1.5 Send mail, it will be tried
C: HELP
S: 214 2.0.0 RFC 5321 says how to talk to me
C: EXPN staff
S: 502 5.5.1 Not offered
C: STARTTLS
S: 502 5.5.1 Not offered
C: AUTH PLAIN
S: 502 5.5.1 Not offered
C: MAIL FROM:<sato@example.jp> BODY=BINARYMIME
S: 555 5.5.4 Unknown parameter
C: MAIL FROM:<sato@example.jp> SIZE=52428801
S: 552 5.3.4 Mail too large
C: WHAT
S: 500 5.5.1 Unknown command
",
    );
}

#[test]
fn chunks_make_a_mail() {
    check(relay(), Some(branch()), "
S: 220 mail.example.jp ESMTP
C: HELO pc
S: 250 mail.example.jp
B: MAIL FROM:<sato@example.jp>\\r\\nRCPT TO:<a@example.com>\\r\\nBDAT 5\\r\\na\\r\\n.\\rBDAT 5 LAST\\r\\n\\nMAILNOOP\\r\\n
S: 250 2.1.0 Sender OK
S: 250 2.1.5 Recipient OK
S: 250 2.0.0 OK
S: 250 2.0.0 Kept as 1
* mail <sato@example.jp> <a@example.com> by Network(\"branch\") \"a\\r\\n.\\r\\nMAIL\\r\\n\"
S: 250 2.0.0 OK
B: MAIL FROM:<sato@example.jp>\\r\\nRCPT TO:<a@example.com>\\r\\nBDAT 3\\r\\na\\r\\nDATA\\r\\nBDAT 0 LAST\\r\\n
S: 250 2.1.0 Sender OK
S: 250 2.1.5 Recipient OK
S: 250 2.0.0 OK
S: 503 5.5.1 Not at this point
S: 250 2.0.0 Kept as 2
* mail <sato@example.jp> <a@example.com> by Network(\"branch\") \"a\\r\\n\"
B: BDAT 6 LAST\\r\\nQUIT\\r\\nNOOP\\r\\n
S: 503 5.5.1 Not at this point
S: 250 2.0.0 OK
B: MAIL FROM:<sato@example.jp>\\r\\nBDAT 6\\r\\nQUIT\\r\\nRCPT TO:<a@example.com>\\r\\n
S: 250 2.1.0 Sender OK
S: 554 5.5.1 No valid recipients
S: 503 5.5.1 Not at this point
C: BDAT many
S: 521 5.5.4 A chunk without its size
* closed
");
}

#[test]
fn a_submission_needs_a_login_and_keeps_to_its_addresses() {
    check(
        submission(),
        Some(branch()),
        "
S: 220 mail.example.jp ESMTP
C: EHLO pc
S: 250-mail.example.jp
S: 250-PIPELINING
S: 250-SIZE 52428800
S: 250-8BITMIME
S: 250-SMTPUTF8
S: 250-DSN
S: 250-CHUNKING
S: 250-AUTH PLAIN LOGIN
S: 250 ENHANCEDSTATUSCODES
C: MAIL FROM:<sato@example.jp>
S: 530 5.7.0 Log in first
C: RCPT TO:<a@example.com>
S: 530 5.7.0 Log in first
C: AUTH CRAM-MD5
S: 504 5.5.4 Unknown mechanism
C: AUTH PLAIN AHNhdG8AcmlnaHQ=
* login PLAIN sato
S: 235 2.7.0 Logged in
C: AUTH PLAIN AHNhdG8AcmlnaHQ=
S: 503 5.5.1 Not at this point
C: MAIL FROM:<mori@example.jp>
S: 553 5.7.1 Not a sender address of yours
C: MAIL FROM:<Sato@EXAMPLE.JP>
S: 250 2.1.0 Sender OK
",
    );
    check(
        submission(),
        None,
        "
S: 220 mail.example.jp ESMTP
C: HELO pc
S: 250 mail.example.jp
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: c2F0bw==
S: 334 UGFzc3dvcmQ6
C: *
S: 501 5.7.0 Cancelled
C: AUTH LOGIN c2F0bw==
S: 334 UGFzc3dvcmQ6
C: YnJva2Vu
* login LOGIN sato
S: 454 4.7.0 Logins cannot be checked now
C: AUTH PLAIN
S: 334 
C: AHNhdG8AcmlnaHQ=
* login PLAIN sato
S: 235 2.7.0 Logged in
C: MAIL FROM:<sato@example.jp>
S: 250 2.1.0 Sender OK
",
    );
}

#[test]
fn passwords_wait_for_tls_and_nothing_said_before_counts() {
    check(
        Listener::new("mail.example.jp", Role::Submission),
        None,
        "
S: 220 mail.example.jp ESMTP
C: STARTTLS
S: 503 5.5.1 Not at this point
C: EHLO pc
S: 250-mail.example.jp
S: 250-PIPELINING
S: 250-SIZE 52428800
S: 250-8BITMIME
S: 250-SMTPUTF8
S: 250-DSN
S: 250-CHUNKING
S: 250-STARTTLS
S: 250 ENHANCEDSTATUSCODES
C: AUTH PLAIN AHNhdG8AcmlnaHQ=
S: 538 5.7.11 STARTTLS first
C: MAIL FROM:<sato@example.jp>
S: 530 5.7.0 STARTTLS first
C: RCPT TO:<a@example.com>
S: 530 5.7.0 STARTTLS first
C: STARTTLS now
S: 501 5.5.4 Syntax error
C: STARTTLS
S: 220 2.0.0 Ready for TLS
* tls
C: AUTH PLAIN AHNhdG8AcmlnaHQ=
S: 503 5.5.1 Not at this point
C: EHLO pc
S: 250-mail.example.jp
S: 250-PIPELINING
S: 250-SIZE 52428800
S: 250-8BITMIME
S: 250-SMTPUTF8
S: 250-DSN
S: 250-CHUNKING
S: 250-AUTH PLAIN LOGIN
S: 250 ENHANCEDSTATUSCODES
C: STARTTLS
S: 503 5.5.1 Not at this point
C: AUTH PLAIN AHNhdG8AcmlnaHQ=
* login PLAIN sato
S: 235 2.7.0 Logged in
",
    );
}

#[test]
fn a_refused_mail_leaves_the_session_as_it_was() {
    check(relay(), Some(branch()), "
S: 220 mail.example.jp ESMTP
C: HELO pc
S: 250 mail.example.jp
B: MAIL FROM:<refused@example.jp>\\r\\nRCPT TO:<a@example.com>\\r\\nDATA\\r\\n.\\r\\nDATA\\r\\nMAIL FROM:<sato@example.jp>\\r\\n
S: 250 2.1.0 Sender OK
S: 250 2.1.5 Recipient OK
S: 354 End the mail with a line that is a dot
S: 550 5.7.1 Not allowed by policy
* mail <refused@example.jp> <a@example.com> by Network(\"branch\") \"\"
S: 503 5.5.1 Not at this point
S: 250 2.1.0 Sender OK
");
}

#[test]
fn limits_hold() {
    let limits = SessionLimits {
        command_bytes: 40,
        data_bytes: 10,
        recipients: 2,
        transactions: 2,
        bad_commands: 3,
        login_failures: 2,
        ..SessionLimits::default()
    };
    check(
        Listener { limits, ..relay() },
        Some(branch()),
        "
S: 220 mail.example.jp ESMTP
C: HELO pc
S: 250 mail.example.jp
C: MAIL FROM:<sato@example.jp>
S: 250 2.1.0 Sender OK
C: RCPT TO:<a@example.com>
S: 250 2.1.5 Recipient OK
C: RCPT TO:<b@example.com>
S: 250 2.1.5 Recipient OK
C: RCPT TO:<c@example.com>
S: 452 4.5.3 Too many recipients
C: RCPT TO:<A@example.com>
S: 250 2.1.5 Recipient OK
C: NOOP 01234567890123456789012345678901234567890
S: 500 5.5.6 Line too long
C: DATA
S: 354 End the mail with a line that is a dot
C: 0123456789
C: .
S: 552 5.3.4 Mail too large
B: MAIL FROM:<sato@example.jp>\\r\\nRCPT TO:<a@example.com>\\r\\nBDAT 11\\r\\n01234567890
S: 250 2.1.0 Sender OK
S: 250 2.1.5 Recipient OK
S: 552 5.3.4 Mail too large
C: MAIL FROM:<sato@example.jp>
S: 421 4.7.0 Too many mails, connect again
* closed
",
    );
    check(
        Listener { limits, ..relay() },
        Some(branch()),
        "
S: 220 mail.example.jp ESMTP
B: A\\r\\nB\\r\\nC\\r\\nD\\r\\nE\\r\\n
S: 500 5.5.1 Unknown command
S: 500 5.5.1 Unknown command
S: 500 5.5.1 Unknown command
S: 500 5.5.1 Unknown command
S: 421 4.7.0 Too many errors
* closed
",
    );
    check(Listener { limits, ..submission() }, None, "
S: 220 mail.example.jp ESMTP
C: HELO pc
S: 250 mail.example.jp
B: AUTH PLAIN AHNhdG8Ad3Jvbmc=\\r\\nAUTH PLAIN AHNhdG8Ad3Jvbmc=\\r\\nAUTH PLAIN AHNhdG8AcmlnaHQ=\\r\\n
* login PLAIN sato
S: 535 5.7.8 Name or password is wrong
* login PLAIN sato
S: 535 5.7.8 Name or password is wrong
S: 421 4.7.0 Too many failed logins
* closed
");
}

#[test]
fn a_question_without_an_answer_ends_the_session() {
    let mut out = Vec::new();
    let mut session = Session::new(Arc::new(relay()), None, Some(branch()), false, &mut out);
    let mut input: &[u8] =
        b"HELO pc\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.com>\r\nDATA\r\n.\r\nNOOP\r\n";
    assert!(matches!(session.handle(&mut input, &mut out), Step::Mail(..)));
    assert!(matches!(session.handle(&mut input, &mut out), Step::Close));
    assert!(out.ends_with(b"421 4.3.0 Not now, try again later\r\n"));
}

#[test]
fn a_certificate_admits_and_an_idle_session_says_so() {
    let mut out = Vec::new();
    let listener = Arc::new(Listener::new("mail.example.jp", Role::Submission));
    let mut session = Session::new(Arc::clone(&listener), None, None, false, &mut out);
    assert!(session.is_stranger());
    assert_eq!(session.patience(), listener.patience.stranger);
    let mut input: &[u8] = b"EHLO pc\r\nSTARTTLS\r\n";
    let Step::StartTls(question) = session.handle(&mut input, &mut out) else { panic!("no TLS") };
    let login = Login::Certificate("scanner".to_owned());
    question.started(Some(Admission { login, rights: SenderRights::any() }));
    assert!(session.is_idle() && !session.is_stranger());
    assert_eq!(session.patience(), listener.patience.command);
    let mut input: &[u8] = b"EHLO pc\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.com>\r\nDATA\r\nhi";
    assert!(matches!(session.handle(&mut input, &mut out), Step::Read));
    assert!(!session.is_idle());
    assert_eq!(session.patience(), listener.patience.data);
    assert!(std::mem::size_of::<Session>() <= 320, "5,000 of them lie idle");
}
