//! Bytes to characters: byte order marks, labels, detection. It does not know which format the
//! characters are of, beyond how strict it has to be.

use std::borrow::Cow;
use std::string::FromUtf8Error;

use case::MediaType;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};

use crate::FormatError;

/// How many bytes the detector looks at; a charset shows itself long before.
const DETECTED_BYTES: usize = 1 << 20;

/// The encoding of a WHATWG label, or an error naming it.
pub(crate) fn by_label(label: &str) -> Result<&'static Encoding, FormatError> {
    known_label(label.as_bytes()).ok_or_else(|| FormatError::UnknownCharset(label.to_owned()))
}

/// The encoding of a label as files write them: the WHATWG ones, and the names that Japanese
/// mailers give to Microsoft's variants, which WHATWG leaves out.
pub(crate) fn known_label(label: &[u8]) -> Option<&'static Encoding> {
    if let Some(encoding) = Encoding::for_label(label) {
        return Some(encoding);
    }
    let lower = label.trim_ascii().to_ascii_lowercase();
    match lower.as_slice() {
        b"cp932" | b"ms-932" | b"windows-932" | b"shift_jis-2004" | b"x-ms-cp932" => {
            Some(SHIFT_JIS)
        }
        b"cp50220" | b"cp50221" | b"cp50222" | b"iso-2022-jp-ms" | b"iso-2022-jp-1"
        | b"iso-2022-jp-2" | b"iso-2022-jp-3" | b"iso-2022-jp-2004" => Some(ISO_2022_JP),
        b"eucjp" | b"eucjp-ms" | b"cp51932" | b"euc-jp-ms" | b"euc_jp" => Some(EUC_JP),
        _ => None,
    }
}

/// Whether a text of this encoding cannot be read byte by byte as ASCII.
pub(crate) fn is_wide(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// The encoding that the first bytes announce.
pub(crate) fn by_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_bom(bytes).map(|(encoding, _)| encoding)
}

/// How many malformed sequences a text may have and still be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tolerance {
    /// None: plain text that is not what it seems is not read at all.
    Strict,
    /// One in a thousand bytes, as sites and mailers cut lines inside a character. Each becomes
    /// U+FFFD.
    Lenient,
}

/// The bytes as a string without a copy, where they are UTF-8 text and look like nothing else; most
/// inputs are, and this looks at each byte once.
pub(crate) fn utf8(bytes: Vec<u8>) -> Result<String, Vec<u8>> {
    let text = String::from_utf8(bytes).map_err(FromUtf8Error::into_bytes)?;
    // NUL, and the escape of ISO-2022-JP.
    if memchr::memchr2(0, 0x1b, text.as_bytes()).is_some() {
        return Err(text.into_bytes());
    }
    Ok(text)
}

/// Decodes `bytes` as `encoding`, without a byte order mark where there is one.
pub(crate) fn decode_as(
    bytes: Vec<u8>,
    encoding: &'static Encoding,
    kind: MediaType,
    tolerance: Tolerance,
) -> Result<String, FormatError> {
    if encoding == UTF_8 {
        return match String::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let bytes = error.into_bytes();
                tolerated(String::from_utf8_lossy(&bytes).into_owned(), bytes.len(), tolerance)
                    .ok_or(FormatError::Undecodable { kind, charset: "UTF-8", at })
            }
        };
    }
    let body = match Encoding::for_bom(&bytes) {
        Some((marked, length)) if marked == encoding => &bytes[length..],
        _ => &bytes,
    };
    if let Some(text) = strictly(body, encoding) {
        return Ok(text);
    }
    tolerated(leniently(body, encoding), body.len(), tolerance).ok_or_else(|| {
        FormatError::Undecodable {
            kind,
            charset: encoding.name(),
            at: first_malformed(body, encoding) + (bytes.len() - body.len()),
        }
    })
}

fn strictly(bytes: &[u8], encoding: &'static Encoding) -> Option<String> {
    let bytes = without_idle_escapes(bytes, encoding);
    encoding.decode_without_bom_handling_and_without_replacement(&bytes).map(Cow::into_owned)
}

/// Decodes `bytes`; what does not fit becomes U+FFFD.
pub(crate) fn leniently(bytes: &[u8], encoding: &'static Encoding) -> String {
    let bytes = without_idle_escapes(bytes, encoding);
    encoding.decode_without_bom_handling(&bytes).0.into_owned()
}

/// Mailers that join lines leave escape sequences with nothing between them, which the encoding
/// standard calls malformed to stop attacks on browsers. Only the last one of a row means anything.
fn without_idle_escapes<'b>(bytes: &'b [u8], encoding: &'static Encoding) -> Cow<'b, [u8]> {
    let is_idle = |at: usize| bytes.get(at) == Some(&0x1b) && bytes.get(at + 3) == Some(&0x1b);
    if encoding != ISO_2022_JP || !memchr::memchr_iter(0x1b, bytes).any(is_idle) {
        return Cow::Borrowed(bytes);
    }
    let mut kept = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if is_idle(at) {
            at += 3;
        } else {
            kept.push(bytes[at]);
            at += 1;
        }
    }
    Cow::Owned(kept)
}

fn tolerated(text: String, bytes: usize, tolerance: Tolerance) -> Option<String> {
    if tolerance == Tolerance::Strict {
        return None;
    }
    let replaced = text.matches('\u{fffd}').count();
    (replaced <= 1 + bytes / 1000 && bytes > replaced * 8).then_some(text)
}

/// Offset of the first byte that does not fit.
fn first_malformed(bytes: &[u8], encoding: &'static Encoding) -> usize {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut sink = vec![0_u8; 4096];
    let mut read = 0;
    loop {
        let (result, taken, _) =
            decoder.decode_to_utf8_without_replacement(&bytes[read..], &mut sink, true);
        read += taken;
        match result {
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::InputEmpty => return read,
            encoding_rs::DecoderResult::Malformed(length, back) => {
                return read.saturating_sub(usize::from(length) + usize::from(back));
            }
        }
    }
}

/// The encoding of bytes that nothing declares, or where they stop being text.
pub(crate) fn detect(bytes: &[u8], kind: MediaType) -> Result<&'static Encoding, FormatError> {
    if let Some(encoding) = by_mark(bytes) {
        return Ok(encoding);
    }
    if has_escapes(bytes) && is_clean(bytes, ISO_2022_JP) {
        return Ok(ISO_2022_JP);
    }
    let utf8 = std::str::from_utf8(bytes);
    if utf8.is_ok() && memchr::memchr(0, bytes).is_none() {
        return Ok(UTF_8);
    }
    if let Some(encoding) = unmarked_wide(bytes) {
        return Ok(encoding);
    }
    if let Some(at) = memchr::memchr(0, bytes) {
        return Err(FormatError::Binary { byte: 0, at });
    }
    let valid = utf8.map_or_else(|error| error.valid_up_to(), str::len);
    // Characters of three bytes are a structure that no other charset shows by chance for long:
    // this was UTF-8 and is damaged.
    let wide = bytes[..valid].iter().filter(|&&byte| byte >= 0xe0).count();
    if wide >= 4 {
        return Err(FormatError::Undecodable { kind, charset: "UTF-8", at: valid });
    }
    guess(bytes).ok_or(FormatError::NoCharset { kind, at: valid })
}

fn guess(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut head = &bytes[..bytes.len().min(DETECTED_BYTES)];
    if head.len() < bytes.len() {
        // Not inside a character: cut at a line end, which no Japanese charset uses as a trail byte.
        head = &head[..memchr::memrchr(b'\n', head).map_or(head.len(), |at| at + 1)];
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(head, true);
    let guessed = detector.guess(Some(b"jp"), Utf8Detection::Deny);
    [guessed, SHIFT_JIS, EUC_JP].into_iter().find(|&encoding| {
        if encoding == SHIFT_JIS || encoding == EUC_JP || encoding == ISO_2022_JP {
            is_clean(head, encoding)
        } else {
            encoding == WINDOWS_1252 && is_latin(head)
        }
    })
}

fn has_escapes(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"\x1b$").is_some()
        && (bytes.is_ascii()
            || bytes.iter().filter(|&&byte| byte >= 0x80).count() * 100 < bytes.len())
}

/// Whether the bytes decode to what Japanese text is made of.
fn is_clean(bytes: &[u8], encoding: &'static Encoding) -> bool {
    strictly(bytes, encoding).is_some_and(|text| is_japanese(&text))
}

/// Characters that look Japanese, among those outside ASCII. Half-width katakana are what `Shift_JIS`
/// makes of nearly any bytes, so a text full of them is none.
fn is_japanese(text: &str) -> bool {
    let (mut good, mut half, mut bad) = (0_usize, 0_usize, 0_usize);
    for character in text.chars() {
        match character {
            '\t' | '\n' | '\r' | '\x0c' | ' '..='~' => {}
            '\u{ff61}'..='\u{ff9f}' => half += 1,
            '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' => bad += 1,
            '\u{2000}'..='\u{33ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}' => {
                good += 1;
            }
            _ => bad += usize::from(character > '\u{4ff}'),
        }
    }
    bad * 10 <= good + half && half <= good * 2 + 8
}

/// Plain English with a few accented letters or typographic quotes.
fn is_latin(bytes: &[u8]) -> bool {
    let high = bytes.iter().filter(|&&byte| byte >= 0x80).count();
    let control = bytes
        .iter()
        .filter(|&&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
        .count();
    control == 0
        && high * 10 < bytes.len()
        && bytes.iter().filter(|byte| byte.is_ascii_alphabetic()).count() * 2 > bytes.len()
}

/// UTF-16 without a mark: the reading whose characters are all of Japanese or English text.
fn unmarked_wide(bytes: &[u8]) -> Option<&'static Encoding> {
    if bytes.len() < 4 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let head = &bytes[..bytes.len().min(8192)];
    [UTF_16LE, UTF_16BE].into_iter().find(|&encoding| {
        let (text, _) = encoding.decode_without_bom_handling(head);
        let total = text.chars().count();
        let fit = text.chars().filter(|&c| is_common(c)).count();
        let telling = text.chars().any(|c| matches!(c, '\n' | ' ' | '\u{3000}'..='\u{30ff}'));
        telling && fit * 50 >= total * 49
    })
}

fn is_common(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='~' | '\u{2010}'..='\u{2606}' | '\u{3000}'..='\u{30ff}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ffe5}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "お詫びとお知らせ\n弊社サーバーへの不正アクセスにより、約1,200件の個人情報が漏えいしました。";

    fn check(bytes: &[u8], expected: &str) {
        let found = match detect(bytes, MediaType::Text) {
            Ok(encoding) => encoding.name().to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn detects_the_charsets_of_japanese_text() {
        check(TEXT.as_bytes(), "UTF-8");
        for encoding in [SHIFT_JIS, EUC_JP, ISO_2022_JP] {
            check(&encoding.encode(TEXT).0, encoding.name());
            check(&encoding.encode("お詫び").0, encoding.name());
        }
        let units: Vec<u16> = TEXT.encode_utf16().collect();
        check(&units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>(), "UTF-16LE");
        check(&units.iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<u8>>(), "UTF-16BE");
        check(
            b"caf\xe9 and a \x93quoted\x94 word in an otherwise plain English text",
            "windows-1252",
        );
    }

    #[test]
    fn refuses_what_is_no_text() {
        check(b"a\0b", "binary data, not text: byte 0x00 at byte 1");
        check(
            &[TEXT.as_bytes(), b"\xff\xfe\xe3"].concat(),
            "text/plain: not valid UTF-8 at byte 132",
        );
        check(
            b"\xff\x81\xfe\xff\x90\xf5\xc1\xff",
            "text/plain: text in no known charset, first undecodable byte at 0",
        );
    }

    #[test]
    fn labels_of_mailers_are_known() {
        for (label, name) in [
            ("CP932", "Shift_JIS"),
            ("cp50221", "ISO-2022-JP"),
            ("eucJP-ms", "EUC-JP"),
            ("utf8", "UTF-8"),
        ] {
            assert_eq!(by_label(label).map(Encoding::name).ok(), Some(name));
        }
        assert_eq!(by_label("klingon").unwrap_err().to_string(), "unknown charset \"klingon\"");
    }
}
