//! What holds of every conversation with a server, and of a server of ours. It does not know single
//! replies.

use proptest::prelude::*;

use super::*;
use crate::session::{Admission, Listener, Role, SenderRights, Session};
use crate::{Login, session};

const PIECES: &[&str] = &[
    "220 mx\r\n", "250 ok\r\n", "250-mx\r\n", "250-PIPELINING\r\n", "250 8BITMIME\r\n",
    "250 STARTTLS\r\n", "354 go\r\n", "334 \r\n", "235 in\r\n", "421 down\r\n", "450 later\r\n",
    "550 5.1.1 no\r\n", "\r\n", "\r", "\n", "2", "50", "é", "\0",
];

fn server() -> impl Strategy<Value = Vec<u8>> {
    let start = prop::sample::select(vec![
        "",
        "220 mx\r\n",
        "220 mx\r\n250 mx\r\n",
        "220 mx\r\n250-mx\r\n250 PIPELINING\r\n",
        "220 mx\r\n250-mx\r\n250-8BITMIME\r\n250 PIPELINING\r\n250 ok\r\n250 ok\r\n",
    ]);
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..20);
    (start, pieces).prop_map(|(start, pieces)| [start, &pieces.concat()].concat().into_bytes())
}

/// Delivers through a session of ours, and says what it took.
fn through_a_session(mail: &Mail, cut: usize) -> Option<session::Taken> {
    let listener = Arc::new(Listener {
        starttls: session::StartTls::Absent,
        ..Listener::new("mx.example.com", Role::Relay)
    });
    let known = Admission { login: Login::Network("all".to_owned()), rights: SenderRights::any() };
    let (mut to_client, mut to_server, mut taken) = (Vec::new(), Vec::new(), None);
    let mut session = Session::new(listener, None, Some(known), false, &mut to_client);
    let mut client = Client::new(Arc::new(settings(TlsPolicy::Never)));
    let mut input = to_client.as_slice();
    while let Step::Read = client.handle(&mut input, &mut to_server) {
        let mut server_input = to_server.as_slice();
        let mut replies = Vec::new();
        let _ = session.handle(&mut server_input, &mut replies);
        to_server.clear();
        to_client = replies;
        input = to_client.as_slice();
    }
    let Step::Ready(ready) = client.handle(&mut input, &mut to_server) else { return None };
    let mut delivery = ready.deliver(Outgoing {
        from: mail.from.as_ref(),
        recipients: &mail.to,
        content: &mail.content,
        behind: Behind::Nothing,
        is_international: mail.is_international,
        envelope_id: None,
        returned: None,
    });
    let mut replies = Vec::new();
    loop {
        let mut input = replies.as_slice();
        if let DeliveryStep::Done(_) = delivery.handle(&mut input, &mut to_server) {
            return taken;
        }
        replies = Vec::new();
        let sent = std::mem::take(&mut to_server);
        let (first, second) = sent.split_at(cut.min(sent.len()));
        for mut piece in [first, second] {
            while let session::Step::Mail(mail, question) = session.handle(&mut piece, &mut replies)
            {
                question.accepted("1", &mut replies);
                taken = Some(*mail);
            }
        }
    }
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    let piece =
        prop::sample::select(vec!["a", ".", "\r\n", "\r\n.", "..", "é", "\r\n.\r\n", "QUIT\r\n"]);
    prop::collection::vec(piece, 0..20).prop_map(|pieces| (pieces.concat() + "\r\n").into_bytes())
}

proptest! {
    #[test]
    fn any_server_is_survived_and_every_recipient_has_an_outcome(
        said in server(),
        cut in any::<prop::sample::Index>(),
        tls in prop::sample::select(vec![TlsPolicy::Never, TlsPolicy::Opportunistic, TlsPolicy::Required]),
    ) {
        let mails = || [mail("sato@example.jp", &["a@example.com", "b@example.com"], ".\r\né\r\n")];
        let (first, second) = said.split_at(cut.index(said.len() + 1));
        let Record { reports, .. } = converse(settings(tls), &mails(), &[first, second]);
        for report in &reports {
            prop_assert_eq!(report.outcomes.len(), 2);
        }
    }

    #[test]
    fn the_same_replies_in_other_pieces_are_the_same(
        replies in prop::collection::vec(prop::sample::select(PIECES), 0..12),
        offered in prop::sample::select(vec!["250 mx\r\n", "250-mx\r\n250 PIPELINING\r\n"]),
        cut in any::<prop::sample::Index>(),
    ) {
        let mails = [mail("sato@example.jp", &["a@example.com", "b@example.com"], ".\r\n")];
        let replies = replies.concat().into_bytes();
        let (first, second) = replies.split_at(cut.index(replies.len() + 1));
        let report = |pieces: &[&[u8]]| {
            let greeting: [&[u8]; 2] = [b"220 mx\r\n", offered.as_bytes()];
            converse(settings(TlsPolicy::Never), &mails, &[&greeting, pieces].concat()).reports
        };
        let whole = report(&[&replies]);
        prop_assert_eq!(whole.len(), 1);
        prop_assert_eq!(&report(&[first, second]), &whole);
        prop_assert_eq!(&report(&replies.chunks(1).collect::<Vec<_>>()), &whole);
    }

    #[test]
    fn what_is_sent_is_what_is_taken(content in content(), cut in 0_usize..200) {
        let sent = mail("sato@example.jp", &["a@example.com"], &String::from_utf8(content).unwrap());
        let taken = through_a_session(&sent, cut);
        prop_assert_eq!(taken.map(|taken| taken.content), Some(sent.content));
    }
}
