//! What holds of every conversation. It does not know single replies.

use proptest::prelude::*;

use super::*;

/// Pieces that conversations are made of, sound and unsound.
const PIECES: &[&str] = &[
    "EHLO pc\r\n",
    "HELO pc\r\n",
    "MAIL FROM:<sato@example.jp>\r\n",
    "MAIL FROM:<> SIZE=9\r\n",
    "RCPT TO:<a@example.com>\r\n",
    "RCPT TO:<b@example.com> NOTIFY=NEVER\r\n",
    "RCPT TO:<\r\n",
    "DATA\r\n",
    ".\r\n",
    "..\r\n",
    "\r\n.\r\n",
    "Subject: hi\r\n",
    "BDAT 4\r\n",
    "BDAT 4 LAST\r\n",
    "BDAT 0 LAST\r\n",
    "BDAT\r\n",
    "QUIT\r\n",
    "RSET\r\n",
    "NOOP\r\n",
    "STARTTLS\r\n",
    "AUTH LOGIN\r\n",
    "AUTH PLAIN AHNhdG8AcmlnaHQ=\r\n",
    "c2F0bw==\r\n",
    "cmlnaHQ=\r\n",
    "*\r\n",
    "\r",
    "\n",
    ".",
    "\0",
    "é",
    "\r\n",
    "x",
];

fn conversation() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    let start = prop::sample::select(vec![
        "",
        "EHLO pc\r\n",
        "HELO pc\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.com>\r\n",
        "HELO pc\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.com>\r\nDATA\r\n",
    ]);
    (start, prop::collection::vec(piece, 0..24))
        .prop_map(|(start, pieces)| [start.as_bytes(), &pieces.concat()].concat())
}

/// What was said, up to where the driver would have shaken hands: from there on it depends on what
/// came along with the command.
fn said(pieces: &[&[u8]], listener: &Listener, known: Option<&Admission>) -> (String, Vec<Taken>) {
    let mut conversation = Conversation::new(&Arc::new(listener.clone()), known.cloned());
    for piece in pieces {
        conversation.hear(piece);
    }
    let Conversation { mut said, mails, .. } = conversation;
    for end in ["S: 220 2.0.0 Ready for TLS", "S: 501 5.5.1 Nothing may follow STARTTLS"] {
        if let Some(at) = said.find(end) {
            said.truncate(at);
            return (said, Vec::new());
        }
    }
    (said, mails)
}

fn kinds() -> impl Strategy<Value = (Listener, Option<Admission>)> {
    prop::sample::select(vec![
        (relay(), Some(branch())),
        (relay(), None),
        (submission(), None),
        (Listener { starttls: StartTls::Offered, ..relay() }, Some(branch())),
    ])
}

proptest! {
    #[test]
    fn the_same_bytes_in_other_pieces_are_the_same(
        bytes in conversation(),
        (listener, known) in kinds(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let (mut rest, mut before) = (bytes.as_slice(), 0);
        for cut in cuts {
            let (piece, after) = rest.split_at(cut - before);
            pieces.push(piece);
            (rest, before) = (after, cut);
        }
        pieces.push(rest);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        let (whole, _) = said(&[&bytes], &listener, known.as_ref());
        prop_assert_eq!(&said(&pieces, &listener, known.as_ref()).0, &whole);
        prop_assert_eq!(&said(&single, &listener, known.as_ref()).0, &whole);
    }

    #[test]
    fn a_mail_that_is_taken_is_lines_and_has_an_owner(
        bytes in conversation(),
        (listener, known) in kinds(),
    ) {
        for taken in said(&[&bytes], &listener, known.as_ref()).1 {
            let text = String::from_utf8_lossy(&taken.content).replace("\r\n", "");
            prop_assert!(!text.contains(['\r', '\n', '\0']), "{:?}", taken.content);
            prop_assert!(!taken.envelope.to.is_empty());
            let is_network = matches!(taken.envelope.login, Login::Network(_));
            prop_assert_eq!(is_network, known.is_some());
        }
    }
}
