//! RFC 2047 encoded words in header fields. Adjacent words of one charset are joined before they are
//! decoded, because Japanese mailers cut inside a character. It does not know what a field means.

use encoding_rs::{Encoding, ISO_2022_JP};
use mail_parser::decoders::base64::base64_decode;

use crate::charset;

/// The RFC allows 75 bytes; mailers that know no better put a whole subject into one word.
const LONGEST_WORD: usize = 4096;

/// One encoded word, its bytes not yet characters.
struct Word {
    charset: &'static Encoding,
    bytes: Vec<u8>,
}

/// Decodes the raw value of a field; folding is undone.
pub(crate) fn decode(raw: &[u8]) -> String {
    let raw = unfold(raw);
    let mut out = String::new();
    let mut pending: Option<Word> = None;
    let mut rest = raw.as_slice();
    loop {
        let found = memchr::memmem::find_iter(rest, b"=?")
            .find_map(|at| word(&rest[at..]).map(|word| (at, word)));
        let plain_end = match &found {
            Some((at, _)) => *at,
            None => rest.len(),
        };
        let plain = &rest[..plain_end];
        // White space between two encoded words belongs to neither.
        let only_space = plain.iter().all(u8::is_ascii_whitespace);
        let has_next = found.is_some();
        let between_words = only_space && has_next && pending.is_some();
        if !between_words && !plain.is_empty() {
            finish(&mut pending, &mut out);
            out.push_str(&plain_text(plain));
        }
        let Some((at, (next, length))) = found else { break };
        match &mut pending {
            Some(word) if word.charset == next.charset => word.bytes.extend(next.bytes),
            _ => {
                finish(&mut pending, &mut out);
                pending = Some(next);
            }
        }
        rest = &rest[at + length..];
    }
    finish(&mut pending, &mut out);
    out.trim().to_owned()
}

fn finish(pending: &mut Option<Word>, out: &mut String) {
    if let Some(word) = pending.take() {
        out.push_str(&charset::leniently(&word.bytes, word.charset));
    }
}

/// Bytes of a field outside encoded words: ASCII by the RFC, anything in practice.
fn plain_text(bytes: &[u8]) -> String {
    if memchr::memmem::find(bytes, b"\x1b$").is_some() {
        return charset::leniently(bytes, ISO_2022_JP);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => charset::detect(bytes, case::MediaType::Mail).map_or_else(
            |_| String::from_utf8_lossy(bytes).into_owned(),
            |encoding| encoding.decode(bytes).0.into_owned(),
        ),
    }
}

fn unfold(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    for line in raw.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !out.is_empty()
            && !line.starts_with(b" ")
            && !line.starts_with(b"\t")
            && !line.is_empty()
        {
            out.push(b' ');
        }
        out.extend_from_slice(line);
    }
    out
}

/// The encoded word that `raw` starts with, and its length.
fn word(raw: &[u8]) -> Option<(Word, usize)> {
    let raw = &raw[..raw.len().min(LONGEST_WORD)];
    let mut parts = raw.get(2..)?.splitn(3, |&byte| byte == b'?');
    let (label, coding, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let end = memchr::memmem::find(rest, b"?=")?;
    let encoded = &rest[..end];
    if label.len() > 60 || encoded.contains(&b'\n') {
        return None;
    }
    // RFC 2231 lets a language follow the charset.
    let label = label.split(|&byte| byte == b'*').next()?;
    let charset = charset::known_label(label)?;
    let bytes = match coding {
        b"B" | b"b" => base64_decode(encoded)?,
        b"Q" | b"q" => unquote(encoded),
        _ => return None,
    };
    Some((Word { charset, bytes }, 2 + label_length(raw)? + end + 2))
}

/// Length of `charset?coding?` after the opening mark.
fn label_length(raw: &[u8]) -> Option<usize> {
    let first = memchr::memchr(b'?', raw.get(2..)?)?;
    let second = memchr::memchr(b'?', raw.get(2 + first + 1..)?)?;
    Some(first + 1 + second + 1)
}

fn unquote(encoded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'_' => out.push(b' '),
            b'=' => match after {
                [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    out.push(hex(*high) << 4 | hex(*low));
                    rest = after;
                }
                _ => out.push(b'='),
            },
            other => out.push(other),
        }
    }
    out
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        other => (other.to_ascii_lowercase() - b'a') + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expected: &str) {
        assert_eq!(decode(raw.as_bytes()), expected);
    }

    #[test]
    fn words_are_decoded() {
        check("=?ISO-2022-JP?B?GyRCJCpPTSRTGyhC?= 2024", "お詫び 2024");
        check("Re: =?utf-8?Q?=E3=81=8A=E8=A9=AB?=", "Re: お詫");
        check("plain =?not a word", "plain =?not a word");
        check("=?x-unknown?B?AAAA?=", "=?x-unknown?B?AAAA?=");
        check("=?UTF-8*ja?B?44GK?=", "お");
        check("=?x?= =?utf-8?B?44GK?=", "=?x?= お");
    }

    #[test]
    fn a_character_cut_between_words_is_whole() {
        // The three bytes of お are split one and two.
        check("=?UTF-8?B?4w==?=\r\n =?UTF-8?B?gYo=?=", "お");
    }
}
