//! What a server says: codes and lines, within limits, whatever it sends. It does not know what it
//! was said to.

use std::fmt;
use std::sync::Arc;

use crate::line::LineReader;

/// RFC 5321 §4.5.3.1.5 says 512, and servers write more.
const LONGEST_LINE_BYTES: usize = 4_096;
const MOST_LINES: usize = 128;
/// Of a reply, more is not kept.
const LONGEST_TEXT_BYTES: usize = 8_192;

/// A reply, of the server or, where the relay itself knows the outcome, of the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The code of three digits.
    pub code: u16,
    /// The code of RFC 3463, if there is one.
    pub enhanced: Option<Enhanced>,
    /// The lines, without their codes of three digits and without control characters.
    pub text: String,
    /// Who says so.
    pub by: By,
}

/// Who says something about a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The server.
    Server,
    /// The relay, without having asked the server or without having understood it.
    Relay,
}

/// A code of RFC 3463.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enhanced(pub u8, pub u16, pub u16);

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.text.replace('\n', " "))
    }
}

impl Reply {
    /// The relay's own word.
    pub fn ours(code: u16, enhanced: Enhanced, text: &str) -> Self {
        let text = format!("{enhanced} {text}");
        Self { code, enhanced: Some(enhanced), text, by: By::Relay }
    }

    /// Whether it says yes.
    pub const fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// Whether it says no for ever.
    pub const fn is_permanent(&self) -> bool {
        self.code / 100 == 5
    }
}

/// What became of a recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server has the mail and answers for it.
    Delivered {
        /// What it said, which often names the mail there.
        reply: Arc<Reply>,
    },
    /// It is to be tried again.
    Deferred {
        /// Why.
        reply: Arc<Reply>,
    },
    /// It is not to be tried again.
    Failed {
        /// Why.
        reply: Arc<Reply>,
    },
}

impl Outcome {
    /// What a reply means that is no yes. What makes no sense is tried again.
    pub(super) fn of_refusal(reply: Reply) -> Self {
        let reply = Arc::new(reply);
        if reply.is_permanent() { Self::Failed { reply } } else { Self::Deferred { reply } }
    }

    /// What was said about it.
    pub fn reply(&self) -> &Reply {
        match self {
            Self::Delivered { reply } | Self::Deferred { reply } | Self::Failed { reply } => reply,
        }
    }
}

/// A server says something that is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nonsense;

/// A reply that is not whole yet; holds no memory between replies.
#[derive(Debug, Default)]
pub(super) struct ReplyReader {
    lines: LineReader,
    code: Option<u16>,
    text: String,
    count: usize,
}

impl ReplyReader {
    /// The next reply; `None` where more input is needed.
    pub(super) fn next(&mut self, input: &mut &[u8]) -> Option<Result<Reply, Nonsense>> {
        loop {
            let Ok(line) = self.lines.next(input, LONGEST_LINE_BYTES)? else {
                return Some(Err(Nonsense));
            };
            let Some((code, is_last, text)) = taken_apart(&line) else {
                return Some(Err(Nonsense));
            };
            self.count += 1;
            if self.code.is_some_and(|before| before != code) || self.count > MOST_LINES {
                return Some(Err(Nonsense));
            }
            self.code = Some(code);
            if self.count > 1 {
                self.text.push('\n');
            }
            let room = LONGEST_TEXT_BYTES.saturating_sub(self.text.len());
            let text = String::from_utf8_lossy(text);
            let kept = text.chars().map(|c| if c.is_control() { ' ' } else { c });
            let mut left = room;
            self.text.extend(kept.take_while(|c| {
                let fits = c.len_utf8() <= left;
                left = left.saturating_sub(c.len_utf8());
                fits
            }));
            if is_last {
                let text = std::mem::take(&mut self.text);
                (self.code, self.count) = (None, 0);
                let enhanced = enhanced(code, &text);
                return Some(Ok(Reply { code, enhanced, text, by: By::Server }));
            }
        }
    }

    /// Whether a reply has begun.
    pub(super) const fn is_within_reply(&self) -> bool {
        self.code.is_some() || self.lines.is_within_line()
    }
}

/// Code, whether it is the last line, and text.
fn taken_apart(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let (digits, rest) = line.split_at_checked(3)?;
    let code: u16 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let is_code = digits.iter().all(u8::is_ascii_digit) && (200..600).contains(&code);
    let (is_last, text) = match rest.split_first() {
        None => (true, rest),
        Some((b' ', text)) => (true, text),
        Some((b'-', text)) => (false, text),
        Some(_) => return None,
    };
    is_code.then_some((code, is_last, text))
}

/// RFC 2034 §4: the class is that of the reply.
fn enhanced(code: u16, text: &str) -> Option<Enhanced> {
    let word = text.split([' ', '\n']).next()?;
    let mut parts = word.split('.').map(|part| {
        let is_number = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| part.parse::<u16>().ok()).flatten()
    });
    let (class, subject, detail) = (parts.next()??, parts.next()??, parts.next()??);
    let is_whole = parts.next().is_none() && class == code / 100;
    is_whole.then_some(Enhanced(u8::try_from(class).ok()?, subject, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Code, enhanced code, text.
    type Heard<'a> = Result<(u16, Option<&'a str>, &'a str), Nonsense>;

    #[track_caller]
    fn check(said: &str, expected: &[Heard<'_>]) {
        for cut in (0..=said.len()).filter(|&cut| said.is_char_boundary(cut)) {
            let mut reader = ReplyReader::default();
            let mut replies = Vec::new();
            let (mut first, mut second) = said.as_bytes().split_at(cut);
            for piece in [&mut first, &mut second] {
                while let Some(reply) = reader.next(piece) {
                    let enhanced = |reply: &Reply| reply.enhanced.map(|code| code.to_string());
                    replies.push(reply.map(|reply| (reply.code, enhanced(&reply), reply.text)));
                }
            }
            let expected: Vec<_> = expected
                .iter()
                .map(|reply| reply.map(|(c, e, t)| (c, e.map(str::to_owned), t.to_owned())))
                .collect();
            assert_eq!(replies, expected, "{said:?} cut at {cut}");
        }
    }

    #[test]
    fn replies_are_read() {
        check("250 OK\r\n", &[Ok((250, None, "OK"))]);
        check("250\r\n", &[Ok((250, None, ""))]);
        check("250-a\r\n250 b\r\n354 go\r\n", &[Ok((250, None, "a\nb")), Ok((354, None, "go"))]);
        check("550 5.1.1 who?\r\n", &[Ok((550, Some("5.1.1"), "5.1.1 who?"))]);
        check("550 4.1.1 who?\r\n", &[Ok((550, None, "4.1.1 who?"))]);
        check("550 5.1.1.1 who?\r\n", &[Ok((550, None, "5.1.1.1 who?"))]);
        check("220 1.2\r\n", &[Ok((220, None, "1.2"))]);
        check("250 a\tb\u{1b}[2J\r\n", &[Ok((250, None, "a b [2J"))]);
        check("250-a\r\n", &[]);
    }

    #[test]
    fn what_is_no_reply_is_nonsense() {
        for said in [
            "HTTP/1.1 400\r\n", "25 OK\r\n", "99\r\n", "600 a\r\n", "250_a\r\n", "250 a\n",
            "+50 a\r\n",
        ] {
            check(said, &[Err(Nonsense)]);
        }
        check("250-a\r\n251 b\r\n", &[Err(Nonsense)]);
    }

    #[test]
    fn a_reply_has_limits() {
        let mut reader = ReplyReader::default();
        let endless = "250-a\r\n".repeat(MOST_LINES + 1);
        assert_eq!(reader.next(&mut endless.as_bytes()), Some(Err(Nonsense)));
        let long = format!("250-{}\r\n", "渡".repeat(1_300)).repeat(4) + "250 end\r\n";
        let reply = ReplyReader::default().next(&mut long.as_bytes()).unwrap().unwrap();
        assert!(reply.text.len() <= LONGEST_TEXT_BYTES + 4, "{}", reply.text.len());
    }
}
