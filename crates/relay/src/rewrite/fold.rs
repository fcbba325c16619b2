//! Header fields as we write them: lines of at most 78 columns where that can be (RFC 5322 §2.1.1),
//! and everything that is not plain ASCII in encoded words (RFC 2047), so that no character of a name
//! can end a line or a string. It does not know what a field means.

use crate::Address;

/// Columns of a line, where that can be.
const COLUMNS: usize = 78;
/// Bytes of text in one encoded word: 56 digits, so that it fits beside the name of a field.
const WORD_BYTES: usize = 42;

/// A field, its words apart, so that lines can be cut between any two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    name: &'static str,
    words: Vec<String>,
}

impl Folded {
    /// A field of plain text.
    pub fn text(name: &'static str, text: &str) -> Self {
        Self { name, words: text_words(text) }
    }

    /// A field with one mailbox.
    pub fn mailbox(name: &'static str, shown: Option<&str>, address: &Address) -> Self {
        let mut words = shown.map(phrase).unwrap_or_default();
        words.push(if words.is_empty() { address.to_string() } else { format!("<{address}>") });
        Self { name, words }
    }

    /// A field of words that are ASCII already.
    pub(super) const fn words(name: &'static str, words: Vec<String>) -> Self {
        Self { name, words }
    }

    /// The lines of the field, each with its end.
    pub fn lines(&self, line_end: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(self.name.as_bytes());
        out.push(b':');
        let mut column = self.name.len() + 1;
        for word in &self.words {
            // The first word stays: a line of nothing but a name is valid and misread.
            if column + 1 + word.len() > COLUMNS && column > self.name.len() + 1 {
                out.extend_from_slice(line_end);
                column = 0;
            }
            out.push(b' ');
            out.extend_from_slice(word.as_bytes());
            column += 1 + word.len();
        }
        out.extend_from_slice(line_end);
        out
    }
}

/// Whether it can stand as it is: printable ASCII that is no encoded word, in words that fit a line.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && !text.contains("=?")
        && text.split(' ').all(|word| !word.is_empty() && word.len() < COLUMNS - 2)
}

fn text_words(text: &str) -> Vec<String> {
    if is_plain(text) { text.split(' ').map(str::to_owned).collect() } else { encoded_words(text) }
}

/// A name that is shown, by the gentlest means: as it is, in quotes, or encoded.
fn phrase(name: &str) -> Vec<String> {
    let is_atom = |c: char| c.is_ascii_alphanumeric() || " !#$%&'*+-/=?^_`{|}~".contains(c);
    if name.is_empty() {
        Vec::new()
    } else if !is_plain(name) || name.len() > COLUMNS / 2 && !name.chars().all(is_atom) {
        encoded_words(name)
    } else if name.chars().all(is_atom) {
        text_words(name)
    } else {
        vec![format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))]
    }
}

/// Encoded words that each hold whole characters (RFC 2047 §5).
fn encoded_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.floor_char_boundary(WORD_BYTES));
        words.push(format!("=?UTF-8?B?{}?=", base64(now.as_bytes())));
        rest = later;
    }
    words
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(super) fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_usize, |bits, &byte| bits << 8 | usize::from(byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 63;
            out.push(if digit <= chunk.len() { char::from(ALPHABET[value]) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Mail, MailLimits};

    /// Checks the lines, and that they read as what was written.
    #[track_caller]
    fn check(name: &str, expected: &str) {
        let address = Address::parse("taro@example.jp").unwrap();
        let lines = Folded::mailbox("To", Some(name), &address).lines(b"\r\n");
        assert_eq!(String::from_utf8_lossy(&lines), expected);
        let mail = Mail::parse(&lines, &MailLimits::default()).unwrap();
        let read = &mail.mailboxes().read[0];
        assert_eq!(read.name.as_deref().unwrap_or_default(), name);
        assert_eq!(read.address, address);
    }

    #[test]
    fn names_are_written_by_the_gentlest_means() {
        check("", "To: taro@example.jp\r\n");
        check("Taro Watanabe", "To: Taro Watanabe <taro@example.jp>\r\n");
        check("Watanabe, T. \"T\\W\"", "To: \"Watanabe, T. \\\"T\\\\W\\\"\" <taro@example.jp>\r\n");
        check("渡辺 太郎", "To: =?UTF-8?B?5rih6L66IOWkqumDjg==?= <taro@example.jp>\r\n");
        check(
            "株式会社あおば商事 総務部 個人情報保護管理者 渡辺太郎",
            "To: =?UTF-8?B?5qCq5byP5Lya56S+44GC44GK44Gw5ZWG5LqLIOe3j+WLmemDqCDlgIs=?=\r\n \
             =?UTF-8?B?5Lq65oOF5aCx5L+d6K23566h55CG6ICFIOa4oei+uuWkqumDjg==?=\r\n <taro@example.jp>\r\n",
        );
    }

    proptest::proptest! {
        #[test]
        fn any_name_reads_as_it_was_written(name in "\\PC{0,120}") {
            let address = Address::parse("taro@example.jp").unwrap();
            let lines = Folded::mailbox("To", Some(&name), &address).lines(b"\r\n");
            let mail = Mail::parse(&lines, &MailLimits::default()).unwrap();
            proptest::prop_assert_eq!(mail.header().fields.len(), 1);
            let read = &mail.mailboxes().read[0];
            proptest::prop_assert_eq!(read.name.as_deref().unwrap_or_default(), name.trim());
            for line in lines.split(|&byte| byte == b'\n') {
                proptest::prop_assert!(line.len() <= COLUMNS + 1 && line.is_ascii());
            }
        }

        #[test]
        fn a_text_cannot_end_its_field(text in proptest::collection::vec(proptest::char::any(), 0..200)) {
            let text: String = text.into_iter().collect();
            let lines = Folded::text("Subject", &text).lines(b"\r\n");
            let mail = Mail::parse(&lines, &MailLimits::default()).unwrap();
            proptest::prop_assert_eq!(mail.header().fields.len(), 1);
            proptest::prop_assert_eq!(mail.header().end, lines.len());
        }
    }
}
