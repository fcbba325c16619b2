//! Transfer encodings undone (RFC 2045 §6), leniently: what other programs step over is stepped over,
//! so that nothing is hidden by a stray byte. It does not know what the bytes are.

use std::borrow::Cow;

/// How the bytes of a part are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transfer {
    /// As they are.
    #[default]
    Identity,
    /// Base64.
    Base64,
    /// Quoted-printable.
    QuotedPrintable,
}

impl Transfer {
    /// By the value of `Content-Transfer-Encoding`; `None` for one that nobody here knows.
    pub(super) fn named(value: &str) -> Option<Self> {
        match value {
            "base64" => Some(Self::Base64),
            "quoted-printable" => Some(Self::QuotedPrintable),
            "" | "7bit" | "8bit" | "binary" => Some(Self::Identity),
            _ => None,
        }
    }

    /// The bytes as they were before.
    pub(super) fn undone(self, body: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Identity => Cow::Borrowed(body),
            Self::Base64 => {
                let mut out = Vec::with_capacity(body.len() / 4 * 3);
                base64(body, |bytes| out.extend_from_slice(bytes));
                Cow::Owned(out)
            }
            Self::QuotedPrintable => {
                let mut out = Vec::with_capacity(body.len());
                quoted_printable(body, |bytes| out.extend_from_slice(bytes));
                Cow::Owned(out)
            }
        }
    }

    /// How many bytes it would be, without keeping them.
    pub(super) fn undone_len(self, body: &[u8]) -> usize {
        let mut length = 0;
        match self {
            Self::Identity => length = body.len(),
            Self::Base64 => base64(body, |bytes| length += bytes.len()),
            Self::QuotedPrintable => quoted_printable(body, |bytes| length += bytes.len()),
        }
        length
    }
}

/// No digit of base64.
const NONE: u8 = 0xff;

const DIGITS: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut digits = [NONE; 256];
    let mut value: u8 = 0;
    while value < 64 {
        digits[alphabet[value as usize] as usize] = value;
        value += 1;
    }
    digits
};

/// Other bytes than digits are stepped over; after padding another stretch may begin, for programs
/// put encoded pieces side by side.
fn base64(body: &[u8], mut out: impl FnMut(&[u8])) {
    let (mut bits, mut digits) = (0_u32, 0_u8);
    let mut rest = body;
    loop {
        if digits == 0 {
            rest = groups(rest, &mut out);
        }
        let Some((&byte, after)) = rest.split_first() else { break };
        rest = after;
        let digit = DIGITS[usize::from(byte)];
        if digit != NONE {
            bits = bits << 6 | u32::from(digit);
            digits += 1;
            if digits == 4 {
                out(&bits.to_be_bytes()[1..]);
                (bits, digits) = (0, 0);
            }
        } else if byte == b'=' {
            tail(bits, digits, &mut out);
            (bits, digits) = (0, 0);
        }
    }
    tail(bits, digits, &mut out);
}

/// Whole groups of four digits with nothing between them, which is most of any body; gives what follows.
fn groups<'b>(body: &'b [u8], out: &mut impl FnMut(&[u8])) -> &'b [u8] {
    let mut bytes = [0; 3 * 64];
    let mut rest = body;
    loop {
        let mut filled = 0;
        for group in bytes.as_chunks_mut::<3>().0 {
            let Some((&[a, b, c, d], after)) = rest.split_first_chunk() else { break };
            let digit = |byte: u8| DIGITS[usize::from(byte)];
            let (a, b, c, d) = (digit(a), digit(b), digit(c), digit(d));
            // Every digit is below 64: together they show whether one of them is none.
            if (a | b | c | d) & 0xC0 != 0 {
                break;
            }
            *group = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
            rest = after;
            filled += 3;
        }
        out(&bytes[..filled]);
        if filled < bytes.len() {
            return rest;
        }
    }
}

fn tail(bits: u32, digits: u8, out: &mut impl FnMut(&[u8])) {
    match digits {
        2 => out(&(bits << 12).to_be_bytes()[1..2]),
        3 => out(&(bits << 6).to_be_bytes()[1..3]),
        _ => {}
    }
}

fn quoted_printable(body: &[u8], mut out: impl FnMut(&[u8])) {
    for line in body.split_inclusive(|&byte| byte == b'\n') {
        let content = super::header::content(line);
        let end = &line[content.len()..];
        // White space before the end of a line was put there on the way (RFC 2045 §6.7 rule 3).
        let content = content.trim_ascii_end();
        let (content, end) = match content.strip_suffix(b"=") {
            Some(continued) => (continued, &b""[..]),
            None => (content, end),
        };
        let mut rest = content;
        while let Some(equals) = memchr::memchr(b'=', rest) {
            out(&rest[..equals]);
            let code = rest.get(equals + 1..equals + 3);
            let code = code.and_then(|code| Some(hex(code[0])? << 4 | hex(code[1])?));
            if let Some(byte) = code {
                out(&[byte]);
                rest = &rest[equals + 3..];
            } else {
                out(b"=");
                rest = &rest[equals + 1..];
            }
        }
        out(rest);
        out(end);
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(transfer: Transfer, body: &str, expected: &str) {
        assert_eq!(String::from_utf8_lossy(&transfer.undone(body.as_bytes())), expected);
        assert_eq!(transfer.undone_len(body.as_bytes()), expected.len());
    }

    #[test]
    fn encodings_are_undone_leniently() {
        check(Transfer::Base64, "44GK6Kmr\r\n44Gz", "お詫び");
        check(Transfer::Base64, "YQ==", "a");
        check(Transfer::Base64, "YWI=YQ==", "aba");
        check(Transfer::Base64, "Y!W I", "ab");
        check(Transfer::Base64, "YWI", "ab");
        let long = "44GK6Kmr".repeat(100);
        check(Transfer::Base64, &long, &"お詫".repeat(100));
        let folded = long.as_bytes().chunks(77).map(|line| String::from_utf8_lossy(line));
        let folded: Vec<_> = folded.collect();
        check(Transfer::Base64, &folded.join("\r\n"), &"お詫".repeat(100));
        check(
            Transfer::Base64,
            &format!("{long}Y!Q={long}"),
            &format!("{0}a{0}", "お詫".repeat(100)),
        );
        check(Transfer::QuotedPrintable, "=E3=81=8A =\r\nx=3d \r\n=ZZ=", "お x=\r\n=ZZ");
        check(Transfer::QuotedPrintable, "a=E3=81=8a\nb", "aお\nb");
        check(Transfer::Identity, "a=3D", "a=3D");
    }
}
