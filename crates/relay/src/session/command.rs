//! The commands of SMTP, out of lines. It does not know when which makes sense.

use super::parameters::size;
use super::path;

/// A command, as far as it can be told without knowing the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command<'a> {
    Ehlo(&'a str),
    Helo(&'a str),
    /// What stands between the brackets, and what follows them.
    MailFrom(&'a str, &'a str),
    RcptTo(&'a str, &'a str),
    Data,
    Bdat {
        bytes: u64,
        is_last: bool,
    },
    StartTls,
    /// The mechanism, and what was sent along with it.
    Auth(&'a str, Option<&'a str>),
    Reset,
    Noop,
    Verify,
    Help,
    Quit,
}

/// Why a line is no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CommandFault {
    Unknown,
    /// Known, and not offered by anybody any more.
    NotOffered,
    Malformed,
    /// No address between brackets.
    BadSender,
    BadRecipient,
    /// Where the next command begins cannot be told.
    ChunkOfNoSize,
    /// A browser was made to send this (CVE-2021-3618 and its kin).
    AnotherProtocol,
}

/// Reads a line, which has no CR and no LF in it.
pub(super) fn parse(line: &[u8]) -> Result<Command<'_>, CommandFault> {
    let Ok(line) = std::str::from_utf8(line) else { return Err(fault_of_bytes(line)) };
    if line.chars().any(char::is_control) {
        return Err(fault_of_bytes(line.as_bytes()));
    }
    // RFC 5321 §4.1.1: white space before the end is borne.
    let line = line.trim_end_matches(' ');
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let alone = |command| if rest.is_empty() { Ok(command) } else { Err(CommandFault::Malformed) };
    match verb.to_ascii_uppercase().as_str() {
        "EHLO" => name(rest).map(Command::Ehlo),
        "HELO" => name(rest).map(Command::Helo),
        "MAIL" => addressed(rest, "FROM:")
            .map(|(path, rest)| Command::MailFrom(path, rest))
            .ok_or(CommandFault::BadSender),
        "RCPT" => addressed(rest, "TO:")
            .map(|(path, rest)| Command::RcptTo(path, rest))
            .ok_or(CommandFault::BadRecipient),
        "DATA" => alone(Command::Data),
        "BDAT" => chunk(rest).ok_or(CommandFault::ChunkOfNoSize),
        "STARTTLS" => alone(Command::StartTls),
        "AUTH" => mechanism(rest).ok_or(CommandFault::Malformed),
        "RSET" => alone(Command::Reset),
        "NOOP" => Ok(Command::Noop),
        "VRFY" if !rest.is_empty() => Ok(Command::Verify),
        "VRFY" => Err(CommandFault::Malformed),
        "HELP" => Ok(Command::Help),
        "QUIT" => alone(Command::Quit),
        "EXPN" | "TURN" | "ETRN" | "ATRN" | "SEND" | "SOML" | "SAML" | "BURL" => {
            Err(CommandFault::NotOffered)
        }
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "CONNECT" | "TRACE"
        | "HOST:" => Err(CommandFault::AnotherProtocol),
        _ => Err(CommandFault::Unknown),
    }
}

/// What a line with odd bytes would have been: it matters where chunks follow.
fn fault_of_bytes(line: &[u8]) -> CommandFault {
    match line.get(..4) {
        Some(verb) if verb.eq_ignore_ascii_case(b"BDAT") => CommandFault::ChunkOfNoSize,
        Some(verb) if verb.eq_ignore_ascii_case(b"MAIL") => CommandFault::BadSender,
        Some(verb) if verb.eq_ignore_ascii_case(b"RCPT") => CommandFault::BadRecipient,
        _ => CommandFault::Malformed,
    }
}

/// What a client calls itself. Names that are none are common; it is only written down.
fn name(rest: &str) -> Result<&str, CommandFault> {
    const LONGEST_BYTES: usize = 255;
    let is_name = !rest.is_empty()
        && rest.len() <= LONGEST_BYTES
        && rest.bytes().all(|b| b.is_ascii_graphic() && !b"()<>@,;\\\"".contains(&b));
    if is_name { Ok(rest) } else { Err(CommandFault::Malformed) }
}

/// Spaces after the colon are against RFC 5321 §3.3, and clients have them.
fn addressed<'a>(rest: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let (said, rest) = rest.split_at_checked(keyword.len())?;
    if said.eq_ignore_ascii_case(keyword) {
        path::split(rest.trim_start_matches(' '))
    } else {
        None
    }
}

/// RFC 3030 §2.
fn chunk(rest: &str) -> Option<Command<'_>> {
    let (bytes, last) = rest.split_once(' ').unwrap_or((rest, ""));
    let is_last = last.eq_ignore_ascii_case("LAST");
    let bytes = size(bytes).filter(|_| is_last || last.is_empty())?;
    Some(Command::Bdat { bytes, is_last })
}

fn mechanism(rest: &str) -> Option<Command<'_>> {
    let (mechanism, initial) = match rest.split_once(' ') {
        Some((mechanism, initial)) => (mechanism, Some(initial)),
        None => (rest, None),
    };
    (!mechanism.is_empty()).then_some(Command::Auth(mechanism, initial))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Result<Command<'_>, CommandFault>) {
        assert_eq!(parse(line.as_bytes()), expected, "{line:?}");
    }

    #[test]
    fn commands_are_read() {
        check("EHLO pc.example.jp", Ok(Command::Ehlo("pc.example.jp")));
        check("helo [192.0.2.1]", Ok(Command::Helo("[192.0.2.1]")));
        check("MAIL FROM:<>", Ok(Command::MailFrom("", "")));
        check("mail from: <a@example.jp> SIZE=1", Ok(Command::MailFrom("a@example.jp", " SIZE=1")));
        check("RCPT TO:<a@example.jp>  ", Ok(Command::RcptTo("a@example.jp", "")));
        check("DATA", Ok(Command::Data));
        check("BDAT 10", Ok(Command::Bdat { bytes: 10, is_last: false }));
        check("bdat 0 last", Ok(Command::Bdat { bytes: 0, is_last: true }));
        check("AUTH PLAIN", Ok(Command::Auth("PLAIN", None)));
        check("AUTH PLAIN =", Ok(Command::Auth("PLAIN", Some("="))));
        check("NOOP anything", Ok(Command::Noop));
        check("VRFY sato", Ok(Command::Verify));
        check("Quit", Ok(Command::Quit));
    }

    #[test]
    fn what_is_no_command_says_why() {
        check("", Err(CommandFault::Unknown));
        check("EHLO", Err(CommandFault::Malformed));
        check("EHLO a b", Err(CommandFault::Malformed));
        check("EHLO <script>", Err(CommandFault::Malformed));
        check("DATA now", Err(CommandFault::Malformed));
        check("MAIL FROM:a@example.jp", Err(CommandFault::BadSender));
        check("MAIL TO:<a@example.jp>", Err(CommandFault::BadSender));
        check("RCPT TO:<a\0@example.jp>", Err(CommandFault::BadRecipient));
        check("RCPT\tTO:<a@example.jp>", Err(CommandFault::BadRecipient));
        check("NOOP \u{85}", Err(CommandFault::Malformed));
        check("VRFY", Err(CommandFault::Malformed));
        check("EXPN staff", Err(CommandFault::NotOffered));
        check("POST / HTTP/1.1", Err(CommandFault::AnotherProtocol));
        check("MAILFROM:<a@example.jp>", Err(CommandFault::Unknown));
        for odd in ["BDAT", "BDAT x", "BDAT -1", "BDAT 1 FIRST", "BDAT 1 LAST LAST", "BDAT 0x10"] {
            check(odd, Err(CommandFault::ChunkOfNoSize));
        }
    }
}
