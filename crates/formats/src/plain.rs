//! Plain text: the bytes themselves where they are UTF-8, decoded where they are not. It does not
//! know any mark-up.

use case::MediaType;
use encoding_rs::Encoding;

use crate::charset::{self, Tolerance};
use crate::{Document, FormatError};

/// Bytes of the beginning that are looked at for control characters.
const LOOKED_AT_BYTES: usize = 64 << 10;

/// Reads plain text; UTF-8 is moved, not copied, its byte order mark included.
pub(crate) fn decode(
    bytes: Vec<u8>,
    forced: Option<&'static Encoding>,
) -> Result<Document, FormatError> {
    let kind = MediaType::Text;
    let bytes = match forced {
        Some(_) => Err(bytes),
        None => charset::utf8(bytes),
    };
    let text = match bytes {
        Ok(text) => text,
        Err(bytes) => {
            let encoding = match forced {
                Some(encoding) => encoding,
                None => charset::detect(&bytes, kind)?,
            };
            charset::decode_as(bytes, encoding, kind, Tolerance::Strict)?
        }
    };
    refuse_binary(text.as_bytes())?;
    if text.trim().is_empty() {
        return Err(FormatError::Empty);
    }
    Ok(Document { media_type: kind, text, parts: Vec::new() })
}

/// ASCII bytes can still be no text: a NUL anywhere, or many control characters.
fn refuse_binary(bytes: &[u8]) -> Result<(), FormatError> {
    if let Some(at) = memchr::memchr(0, bytes) {
        return Err(FormatError::Binary { byte: 0, at });
    }
    let head = &bytes[..bytes.len().min(LOOKED_AT_BYTES)];
    let is_control =
        |byte: u8| (byte < 0x20 && !matches!(byte, 0x09..=0x0d | 0x1b)) || byte == 0x7f;
    let controls = head.iter().filter(|&&byte| is_control(byte)).count();
    if controls * 50 > head.len() {
        let at = head.iter().position(|&byte| is_control(byte)).unwrap_or(0);
        return Err(FormatError::Binary { byte: head[at], at });
    }
    Ok(())
}
