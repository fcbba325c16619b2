//! Plain text in the charsets of Japanese files. It does not know mark-up.

use encoding_rs::{EUC_JP, ISO_2022_JP, SHIFT_JIS};

/// A charset of Japanese files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// `Shift_JIS` as Windows writes it.
    Cp932,
    /// EUC-JP.
    EucJp,
    /// ISO-2022-JP, seven bits.
    Iso2022Jp,
    /// UTF-16, little end first, with a byte order mark.
    Utf16Le,
    /// UTF-16, big end first, with a byte order mark.
    Utf16Be,
}

impl Charset {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Utf8, Self::Cp932, Self::EucJp, Self::Iso2022Jp, Self::Utf16Le, Self::Utf16Be];

    /// The bytes of `text`.
    ///
    /// # Panics
    /// Where a character of `text` is not in the charset: a driver must not lose words.
    pub fn encode(self, text: &str) -> Vec<u8> {
        let encoding = match self {
            Self::Utf8 => return text.as_bytes().to_vec(),
            Self::Utf16Le => {
                let units = text.encode_utf16().flat_map(u16::to_le_bytes);
                return [0xff, 0xfe].into_iter().chain(units).collect();
            }
            Self::Utf16Be => {
                let units = text.encode_utf16().flat_map(u16::to_be_bytes);
                return [0xfe, 0xff].into_iter().chain(units).collect();
            }
            Self::Cp932 => SHIFT_JIS,
            Self::EucJp => EUC_JP,
            Self::Iso2022Jp => ISO_2022_JP,
        };
        let (bytes, _, lossy) = encoding.encode(text);
        assert!(!lossy, "a character is not in {}: {text}", encoding.name());
        bytes.into_owned()
    }

    /// The label that files declare.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Cp932 => "Shift_JIS",
            Self::EucJp => "EUC-JP",
            Self::Iso2022Jp => "ISO-2022-JP",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
        }
    }
}
