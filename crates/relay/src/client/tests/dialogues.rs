//! What the client says to servers of all kinds, and what it makes of their replies.

use super::*;
use crate::client::{Account, Closed};
use crate::sasl::Password;

fn hello() -> Mail {
    mail("sato@example.jp", &["a@example.com", "b@example.com"], "Subject: hi\r\n\r\n.dot\r\n")
}

#[test]
fn a_mail_is_delivered_in_one_go_and_the_next_follows() {
    let second = mail("", &["a@example.com"], "hi\r\n");
    check(
        settings(TlsPolicy::Never),
        &[hello(), second],
        "
S: 220 mx.example.com
C: EHLO mail.example.jp
S: 250-mx.example.com
S: 250-PIPELINING
S: 250-SIZE 1000
S: 250 DSN
C: MAIL FROM:<sato@example.jp> SIZE=21
C: RCPT TO:<a@example.com>
C: RCPT TO:<b@example.com>
C: DATA
S: 250 2.1.0 sender
S: 250 2.1.5 a
S: 550 5.1.1 no b
S: 354 go
C: Subject: hi
C: 
C: ..dot
C: .
S: 250 2.0.0 kept as 7
* delivered a@example.com Server: 250 2.0.0 kept as 7
* failed b@example.com Server: 550 5.1.1 no b
C: MAIL FROM:<> SIZE=4
C: RCPT TO:<a@example.com>
C: DATA
S: 250 sender
S: 250 a
S: 354 go
C: hi
C: .
S: 451 4.3.0 later
* deferred a@example.com Server: 451 4.3.0 later
C: QUIT
S: 221 bye
* closed 451 4.4.2 The connection ended
",
    );
}

#[test]
fn an_old_server_is_asked_step_by_step() {
    check(
        settings(TlsPolicy::Opportunistic),
        &[hello()],
        "
S: 220-mx
S: 220 old
C: EHLO mail.example.jp
S: 502 what?
C: HELO mail.example.jp
S: 250 mx
C: MAIL FROM:<sato@example.jp>
S: 250 sender
C: RCPT TO:<a@example.com>
S: 552 too many
C: RCPT TO:<b@example.com>
S: 451 greylisted
C: RSET
* deferred a@example.com Server: 552 too many
* deferred b@example.com Server: 451 greylisted
S: 250 ok
C: QUIT
",
    );
}

#[test]
fn a_refused_sender_decides_for_everybody() {
    check(
        settings(TlsPolicy::Never),
        &[hello()],
        "
S: 220 mx
C: EHLO mail.example.jp
S: 250-mx
S: 250 PIPELINING
C: MAIL FROM:<sato@example.jp>
C: RCPT TO:<a@example.com>
C: RCPT TO:<b@example.com>
C: DATA
S: 550 5.7.1 not you
S: 503 5.5.1 order
S: 503 5.5.1 order
S: 503 5.5.1 order
C: RSET
* failed a@example.com Server: 550 5.7.1 not you
* failed b@example.com Server: 550 5.7.1 not you
S: 250 ok
C: QUIT
",
    );
}

/// RFC 2920 §3.1: the server waits for a mail that nobody is to get.
#[test]
fn a_lone_dot_ends_what_was_sent_ahead() {
    check(
        settings(TlsPolicy::Never),
        &[hello()],
        "
S: 220 mx
C: EHLO mail.example.jp
S: 250-mx
S: 250 PIPELINING
C: MAIL FROM:<sato@example.jp>
C: RCPT TO:<a@example.com>
C: RCPT TO:<b@example.com>
C: DATA
S: 250 sender
S: 550 no a
S: 450 no b
S: 354 go
C: .
S: 554 no recipients
C: RSET
* failed a@example.com Server: 550 no a
* deferred b@example.com Server: 450 no b
S: 250 ok
C: QUIT
",
    );
}

#[test]
fn a_lost_connection_defers_what_is_unknown() {
    check(
        settings(TlsPolicy::Never),
        &[hello()],
        "
S: 220 mx
C: EHLO mail.example.jp
S: 250-mx
S: 250 PIPELINING
C: MAIL FROM:<sato@example.jp>
C: RCPT TO:<a@example.com>
C: RCPT TO:<b@example.com>
C: DATA
S: 250 sender
S: 250 a
S: 550 no b
S: 354 go
C: Subject: hi
C: 
C: ..dot
C: .
* deferred a@example.com Relay: 451 4.4.2 The connection was lost
* failed b@example.com Server: 550 no b
* closed 451 4.4.2 The connection ended
",
    );
    check(
        settings(TlsPolicy::Never),
        &[hello()],
        "
S: 220 mx
C: EHLO mail.example.jp
S: 250 mx
C: MAIL FROM:<sato@example.jp>
S: 421 going down
* deferred a@example.com Server: 421 going down
* deferred b@example.com Server: 421 going down
* closed 421 going down
",
    );
}

#[test]
fn what_a_server_cannot_take_is_not_sent() {
    let large = mail("sato@example.jp", &["a@example.com"], &"x".repeat(1_001));
    let eight_bit = mail("sato@example.jp", &["a@example.com"], "Subject: hi\r\n\r\n件名\r\n");
    let smuggler = mail("sato@example.jp", &["a@example.com"], "a\n.\nMAIL FROM:<>\n");
    let sender = mail("渡辺@example.jp", &["a@example.com"], "hi\r\n");
    let some = mail("sato@example.jp", &["森@example.com", "a@例え.jp"], "hi\r\n");
    check(
        settings(TlsPolicy::Never),
        &[large, eight_bit, smuggler, sender, some],
        "
S: 220 mx
C: EHLO mail.example.jp
S: 250-mx
S: 250 SIZE 1000
* failed a@example.com Relay: 552 5.3.4 The mail is too large for the server
* failed a@example.com Relay: 554 5.6.3 The server takes no 8-bit mail
* failed a@example.com Relay: 554 5.6.0 The mail has bytes that cannot be sent
* failed a@example.com Relay: 553 5.6.7 The server takes no international mail
C: MAIL FROM:<sato@example.jp> SIZE=4
S: 250 sender
C: RCPT TO:<a@xn--r8jz45g.jp>
S: 250 a
C: DATA
S: 354 go
C: hi
C: .
S: 250 mine
* failed 森@example.com Relay: 553 5.6.7 The server takes no international mail
* delivered a@例え.jp Server: 250 mine
C: QUIT
",
    );
}

#[test]
fn what_a_server_can_take_is_said() {
    let mut international =
        mail("渡辺@example.jp", &["森@例え.jp"], "Subject: 件名\r\n\r\n件名\r\n");
    international.is_international = true;
    let mut needless = mail("sato@example.jp", &["a@example.com"], "hi\r\n");
    needless.is_international = true;
    check(
        settings(TlsPolicy::Never),
        &[international, needless],
        "
S: 220 mx
C: EHLO mail.example.jp
S: 250-mx
S: 250-8BITMIME
S: 250 SMTPUTF8
C: MAIL FROM:<渡辺@example.jp> BODY=8BITMIME SMTPUTF8
S: 250 sender
C: RCPT TO:<森@例え.jp>
S: 250 a
C: DATA
S: 354 go
C: Subject: 件名
C: 
C: 件名
C: .
S: 250 mine
* delivered 森@例え.jp Server: 250 mine
C: MAIL FROM:<sato@example.jp>
S: 450 later
C: RSET
* deferred a@example.com Server: 450 later
",
    );
}

#[test]
fn tls_is_started_and_all_is_asked_again() {
    let account = Account {
        name: "relay".to_owned(),
        password: Password::new("right"),
        may_be_overheard: false,
    };
    let login = ClientSettings { login: Some(account), ..settings(TlsPolicy::Required) };
    check(
        login.clone(),
        &[],
        "
S: 220 mx
C: EHLO mail.example.jp
S: 250-mx
S: 250-STARTTLS
S: 250 AUTH PLAIN
C: STARTTLS
S: 220 go
* tls
C: EHLO mail.example.jp
S: 250-mx
S: 250 AUTH LOGIN PLAIN
C: AUTH PLAIN AHJlbGF5AHJpZ2h0
S: 235 welcome
C: QUIT
",
    );
    check(
        login.clone(),
        &[],
        "
S: 220 mx
C: EHLO mail.example.jp
S: 250-mx
S: 250 STARTTLS
C: STARTTLS
S: 220 go
* tls
C: EHLO mail.example.jp
S: 250-mx
S: 250 AUTH LOGIN
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: cmVsYXk=
S: 334 UGFzc3dvcmQ6
C: cmlnaHQ=
S: 535 5.7.8 no
* closed 535 5.7.8 no
",
    );
    check(
        login,
        &[],
        "
S: 220 mx
C: EHLO mail.example.jp
S: 250-mx
S: 250 AUTH PLAIN
* closed 454 4.7.10 The server has no TLS
",
    );
}

#[test]
fn a_password_is_not_said_in_the_clear() {
    let account = Account {
        name: "relay".to_owned(),
        password: Password::new("right"),
        may_be_overheard: false,
    };
    let clear = ClientSettings { login: Some(account), ..settings(TlsPolicy::Opportunistic) };
    check(
        clear,
        &[],
        "
S: 220 mx
C: EHLO mail.example.jp
S: 250-mx
S: 250 AUTH PLAIN
* closed 454 4.7.0 The server takes no login
",
    );
}

#[test]
fn tls_that_a_server_does_not_start_is_missed_where_it_is_required() {
    check(
        settings(TlsPolicy::Opportunistic),
        &[],
        "
S: 220 mx
C: EHLO mail.example.jp
S: 250-mx
S: 250 STARTTLS
C: STARTTLS
S: 454 4.7.0 not now
C: QUIT
",
    );
    check(
        settings(TlsPolicy::Required),
        &[],
        "
S: 220 mx
C: EHLO mail.example.jp
S: 250-mx
S: 250 STARTTLS
C: STARTTLS
S: 454 4.7.0 not now
* closed 454 4.7.10 The server has no TLS
",
    );
}

/// Somebody between us and the server adds replies, to be believed after the handshake.
#[test]
fn cve_2021_38371_nothing_follows_the_reply_to_starttls() {
    check(
        settings(TlsPolicy::Opportunistic),
        &[hello()],
        "
S: 220 mx
C: EHLO mail.example.jp
S: 250-mx
S: 250 STARTTLS
C: STARTTLS
S: 220 go
S: 250 mx
* closed 454 4.7.5 Somebody speaks between us and the server
",
    );
    // Half a line.
    let pieces: [&[u8]; 3] = [b"220 mx\r\n", b"250-mx\r\n250 STARTTLS\r\n", b"220 go\r\n250 m"];
    let said = converse(settings(TlsPolicy::Required), &[], &pieces).said;
    assert!(said.ends_with("* closed 454 4.7.5 Somebody speaks between us and the server\n"));
}

#[test]
fn a_server_that_does_not_want_or_makes_no_sense_is_left() {
    check(
        settings(TlsPolicy::Never),
        &[],
        "
S: 554 5.7.1 go away
* closed 554 5.7.1 go away
",
    );
    check(
        settings(TlsPolicy::Never),
        &[],
        "
S: HTTP/1.1 400 Bad Request
* closed 451 4.5.0 The server speaks no SMTP
",
    );
    check(
        settings(TlsPolicy::Never),
        &[hello()],
        "
S: 220 mx
C: EHLO mail.example.jp
S: 250 mx
C: MAIL FROM:<sato@example.jp>
S: 250 sender
C: RCPT TO:<a@example.com>
S: 250 a
C: RCPT TO:<b@example.com>
S: 250 b
C: DATA
S: 250 mine already
* deferred a@example.com Relay: 451 4.5.0 The server speaks no SMTP
* deferred b@example.com Relay: 451 4.5.0 The server speaks no SMTP
* closed 451 4.5.0 The server speaks no SMTP
",
    );
    assert!(matches!(
        Closed::Refused(Reply::ours(554, super::super::Enhanced(5, 0, 0), "no")).outcome(),
        Outcome::Deferred { .. }
    ));
}

#[test]
fn a_delivery_that_is_dropped_ends_the_connection() {
    let mut client = Client::new(Arc::new(settings(TlsPolicy::Never)));
    let mut out = Vec::new();
    let mut input: &[u8] = b"220 mx\r\n250 mx\r\n";
    let Step::Ready(ready) = client.handle(&mut input, &mut out) else { panic!("not ready") };
    let hello = hello();
    let mail = Outgoing {
        from: None,
        recipients: &hello.to,
        content: &hello.content,
        behind: Behind::Nothing,
        is_international: false,
        envelope_id: None,
        returned: None,
    };
    let mut delivery = ready.deliver(mail);
    assert!(matches!(delivery.handle(&mut input, &mut out), DeliveryStep::Read));
    assert!(matches!(client.handle(&mut input, &mut out), Step::Closed(Closed::Ended)));
}

#[test]
fn many_recipients_are_told_a_few_at_a_time() {
    let to: Vec<String> = (0..200).map(|n| format!("r{n}@example.com")).collect();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    let many = mail("", &to, "hi\r\n");
    let greeting: [&[u8]; 2] = [b"220 mx\r\n", b"250-mx\r\n250 PIPELINING\r\n"];
    let yes = vec![&b"250 ok\r\n"[..]; 201];
    let end: [&[u8]; 2] = [b"354 go\r\n", b"250 mine\r\n"];
    let record =
        converse(settings(TlsPolicy::Never), &[many], &[&greeting[..], &yes, &end].concat());
    let mut unanswered = 0;
    for line in record.said.lines() {
        match line {
            "S: 250 ok" => unanswered -= 1,
            line if line.starts_with("C: RCPT") || line.starts_with("C: MAIL") => unanswered += 1,
            _ => {}
        }
        assert!(unanswered <= 64, "too much is sent ahead");
    }
    let all = record.reports.iter().flat_map(|report| &report.outcomes);
    assert_eq!(all.filter(|outcome| matches!(outcome, Outcome::Delivered { .. })).count(), 200);
}
