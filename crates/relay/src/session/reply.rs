//! What the relay says to a client: RFC 5321 codes with RFC 3463 codes beside them. The texts are
//! the same for everybody, so that they tell nobody what is inside. It does not know when to say it.

/// A reply of one line, without its end.
pub(super) type Reply = &'static str;

pub(super) const OK: Reply = "250 2.0.0 OK";
pub(super) const SENDER_OK: Reply = "250 2.1.0 Sender OK";
pub(super) const RECIPIENT_OK: Reply = "250 2.1.5 Recipient OK";
pub(super) const GO_AHEAD: Reply = "354 End the mail with a line that is a dot";
pub(super) const READY_FOR_TLS: Reply = "220 2.0.0 Ready for TLS";
pub(super) const LOGGED_IN: Reply = "235 2.7.0 Logged in";
pub(super) const NOT_VERIFIED: Reply = "252 2.1.5 Send mail, it will be tried";
pub(super) const HELP: Reply = "214 2.0.0 RFC 5321 says how to talk to me";
pub(super) const BYE: Reply = "221 2.0.0 Bye";

// The client did nothing wrong, but not now.
pub(super) const NOT_NOW: Reply = "451 4.3.0 Not now, try again later";
pub(super) const NO_SPACE: Reply = "452 4.3.1 No space, try again later";
pub(super) const TOO_MANY_RECIPIENTS: Reply = "452 4.5.3 Too many recipients";
pub(super) const LOGIN_UNAVAILABLE: Reply = "454 4.7.0 Logins cannot be checked now";

// The relay hangs up.
pub(super) const WAITED_TOO_LONG: Reply = "421 4.4.2 Waited too long";
pub(super) const SHUTTING_DOWN: Reply = "421 4.3.2 Shutting down, try again later";
pub(super) const TOO_BUSY: Reply = "421 4.3.2 Too many connections, try again later";
pub(super) const SOMETHING_BROKE: Reply = "421 4.3.0 Not now, try again later";
pub(super) const TOO_MANY_ERRORS: Reply = "421 4.7.0 Too many errors";
pub(super) const TOO_MANY_LOGINS: Reply = "421 4.7.0 Too many failed logins";
pub(super) const TOO_MANY_MAILS: Reply = "421 4.7.0 Too many mails, connect again";
pub(super) const NO_MAIL_SPOKEN: Reply = "421 4.7.0 This is no mail client";
pub(super) const BARE_LINE_END: Reply = "521 5.5.2 A line ends with CR LF";
pub(super) const FOLLOWS_STARTTLS: Reply = "501 5.5.1 Nothing may follow STARTTLS";
pub(super) const CHUNK_OF_NO_SIZE: Reply = "521 5.5.4 A chunk without its size";

// The command makes no sense, or not here.
pub(super) const UNKNOWN: Reply = "500 5.5.1 Unknown command";
pub(super) const LINE_TOO_LONG: Reply = "500 5.5.6 Line too long";
pub(super) const SYNTAX: Reply = "501 5.5.4 Syntax error";
pub(super) const NOT_OFFERED: Reply = "502 5.5.1 Not offered";
pub(super) const OUT_OF_ORDER: Reply = "503 5.5.1 Not at this point";
pub(super) const NO_RECIPIENTS: Reply = "554 5.5.1 No valid recipients";
pub(super) const PARAMETER_UNKNOWN: Reply = "555 5.5.4 Unknown parameter";

// Who says it may not.
pub(super) const TLS_FIRST: Reply = "530 5.7.0 STARTTLS first";
pub(super) const LOGIN_FIRST: Reply = "530 5.7.0 Log in first";
pub(super) const NO_RELAYING: Reply = "550 5.7.1 Not taken from here";
pub(super) const NOT_YOUR_ADDRESS: Reply = "553 5.7.1 Not a sender address of yours";
pub(super) const LOGIN_WRONG: Reply = "535 5.7.8 Name or password is wrong";
pub(super) const LOGIN_MALFORMED: Reply = "501 5.5.2 Not as the mechanism says";
pub(super) const LOGIN_CANCELLED: Reply = "501 5.7.0 Cancelled";
pub(super) const MECHANISM_UNKNOWN: Reply = "504 5.5.4 Unknown mechanism";
pub(super) const TLS_BEFORE_PASSWORD: Reply = "538 5.7.11 STARTTLS first";

// An address.
pub(super) const SENDER_BAD: Reply = "501 5.1.7 Not a sender address";
pub(super) const RECIPIENT_BAD: Reply = "501 5.1.3 Not an address";
pub(super) const RECIPIENT_ROUTED: Reply = "553 5.1.3 An address that says a route is not taken";
pub(super) const NEEDS_SMTPUTF8: Reply = "553 5.6.7 This address needs SMTPUTF8";

// The mail.
pub(super) const TOO_LARGE: Reply = "552 5.3.4 Mail too large";
pub(super) const HAS_LONG_LINE: Reply = "554 5.6.0 A line of the mail is too long";
pub(super) const HAS_NUL: Reply = "554 5.6.0 The mail has NUL bytes";
pub(super) const UNREADABLE: Reply = "554 5.6.0 The mail cannot be read";
pub(super) const AGAINST_POLICY: Reply = "550 5.7.1 Not allowed by policy";
pub(super) const GOES_ROUND: Reply = "554 5.4.6 The mail goes round in circles";

/// Writes a reply.
pub(super) fn say(reply: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(reply.as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// What of a text may stand in a reply: printable ASCII.
pub(super) fn printable(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ')
}
