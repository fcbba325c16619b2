//! Values with parameters, `text/plain; charset=…` (RFC 2045 §5.1), their continuations and charsets
//! (RFC 2231), and what mailers write instead. It does not know what a parameter means.

use std::collections::BTreeMap;

use super::raw::Raw;

/// A field's value with its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameterised {
    /// What stands before the first semicolon, lower case, without comments and white space.
    pub value: String,
    /// The parameters by name, lower case, decoded; of those given twice the first, and the form with
    /// a charset before the one without.
    parameters: Vec<(String, String)>,
}

impl Parameterised {
    /// The parameter of that name, which is given in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Reads a field's raw value.
    pub(super) fn parse(raw_value: &[u8], raw: Raw) -> Self {
        let mut segments = Segments { bytes: raw_value, raw, at: 0 };
        let (value, _) = segments.next_segment().unwrap_or_default();
        let value = String::from_utf8_lossy(&value).to_ascii_lowercase();
        let mut single: Vec<(String, Vec<u8>)> = Vec::new();
        let mut continued: BTreeMap<String, Continued> = BTreeMap::new();
        while let Some((segment, equals)) = segments.next_segment() {
            let Some(equals) = equals else { continue };
            let name = String::from_utf8_lossy(&segment[..equals]).to_ascii_lowercase();
            let bytes = segment[equals + 1..].to_vec();
            let (base, is_extended) = match name.strip_suffix('*') {
                Some(base) => (base, true),
                None => (name.as_str(), false),
            };
            let (base, number) = match base.split_once('*') {
                Some((base, number)) => (base, number.parse::<u32>().ok()),
                None => (base, None),
            };
            if number.is_none() && !is_extended {
                single.push((name, bytes));
            } else {
                let pieces = continued.entry(base.to_owned()).or_default();
                pieces.entry(number.unwrap_or(0)).or_insert((bytes, is_extended));
            }
        }
        let mut parameters: Vec<(String, String)> =
            continued.into_iter().map(|(name, pieces)| (name, joined(&pieces, raw))).collect();
        parameters.extend(single.into_iter().map(|(name, bytes)| {
            // A boundary is bytes, and may look like an encoded word.
            let text = match name.as_str() {
                "boundary" => String::from_utf8_lossy(&bytes).into_owned(),
                _ => raw.text(&bytes),
            };
            (name, text)
        }));
        Self { value, parameters }
    }
}

/// The pieces of one parameter by their number; each with whether it is percent-encoded.
type Continued = BTreeMap<u32, (Vec<u8>, bool)>;

/// Puts the pieces together before they become characters: mailers cut inside of them.
fn joined(pieces: &Continued, raw: Raw) -> String {
    let mut charset: Option<Vec<u8>> = None;
    let mut bytes = Vec::new();
    for (at, (piece, is_extended)) in pieces.values().enumerate() {
        let mut rest = piece.as_slice();
        if at == 0 && *is_extended {
            let mut parts = rest.splitn(3, |&byte| byte == b'\'');
            if let (Some(label), Some(_), Some(text)) = (parts.next(), parts.next(), parts.next()) {
                charset = Some(label.to_vec());
                rest = text;
            }
        }
        if *is_extended {
            percent_decode(rest, &mut bytes);
        } else {
            bytes.extend_from_slice(rest);
        }
    }
    match charset.filter(|label| !label.is_empty()) {
        Some(label) => formats::characters(&bytes, Some(&label)),
        None => raw.text(&bytes),
    }
}

fn percent_decode(encoded: &[u8], out: &mut Vec<u8>) {
    let mut rest = encoded;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let decoded = digits
            .filter(|two| byte == b'%' && two.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        match decoded {
            Some(decoded) => {
                out.push(decoded);
                rest = &after[2..];
            }
            None => out.push(byte),
        }
    }
}

/// Cuts a value at its semicolons.
struct Segments<'v> {
    bytes: &'v [u8],
    raw: Raw,
    at: usize,
}

impl Segments<'_> {
    /// The next segment with its quotes and comments undone, and where its first equals sign is.
    /// White space is kept only within quotes and within a value.
    fn next_segment(&mut self) -> Option<(Vec<u8>, Option<usize>)> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let mut out: Vec<u8> = Vec::new();
        let (mut equals, mut quoted, mut depth, mut kept) = (None, false, 0_usize, 0);
        while let Some(&byte) = self.bytes.get(self.at) {
            let next = (self.at + self.raw.step(self.bytes, self.at)).min(self.bytes.len());
            let from = self.at;
            self.at = next;
            match byte {
                b'\\' if (quoted || depth > 0) && next < self.bytes.len() => {
                    let end = (next + self.raw.step(self.bytes, next)).min(self.bytes.len());
                    self.at = end;
                    if quoted {
                        out.extend_from_slice(&self.bytes[next..end]);
                    }
                }
                b'"' if depth == 0 => {
                    quoted = !quoted;
                    kept = out.len();
                }
                b'\r' | b'\n' => {}
                _ if quoted => out.extend_from_slice(&self.bytes[from..next]),
                // A name of a file may have brackets without quotes; a comment follows white space.
                b'(' if depth > 0 || equals.is_none_or(|equals| is_apart(&out, equals, kept)) => {
                    depth += 1;
                }
                b')' if depth > 0 => depth -= 1,
                _ if depth > 0 => {}
                b';' => break,
                b'=' if equals.is_none() => {
                    trim_end(&mut out, 0);
                    equals = Some(out.len());
                    out.push(b'=');
                    kept = out.len();
                }
                b' ' | b'\t' if out.len() == kept => {}
                _ => out.extend_from_slice(&self.bytes[from..next]),
            }
        }
        trim_end(&mut out, kept);
        Some((out, equals))
    }
}

/// Whether what comes next is no longer part of the value: after white space or closed quotes.
fn is_apart(out: &[u8], equals: usize, kept: usize) -> bool {
    ends_in_space(out) || (out.len() == kept && kept > equals + 1)
}

fn ends_in_space(out: &[u8]) -> bool {
    matches!(out.last(), Some(b' ' | b'\t'))
}

/// Takes white space off the end, but not what stood in quotes.
fn trim_end(out: &mut Vec<u8>, kept: usize) {
    while out.len() > kept && ends_in_space(out) {
        out.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw_value: impl AsRef<[u8]>, expected: &str, parameters: &[(&str, &str)]) {
        let raw_value = raw_value.as_ref();
        let found = Parameterised::parse(raw_value, Raw::of(std::iter::once(raw_value)));
        assert_eq!(found.value, expected);
        for (name, value) in parameters {
            assert_eq!(found.get(name), Some(*value), "{name}");
        }
        assert_eq!(found.parameters.len(), parameters.len(), "{:?}", found.parameters);
    }

    #[test]
    fn parameters_are_read() {
        check(
            " Text/Plain ; charset = \"ISO-2022-JP\"",
            "text/plain",
            &[("charset", "ISO-2022-JP")],
        );
        check("a/b;x=1;;y=\"a;\\\"b\"; z", "a/b", &[("x", "1"), ("y", "a;\"b")]);
        check("a/b (c; d=e); x=1 (y); z=\"2\" (w)", "a/b", &[("x", "1"), ("z", "2")]);
        check("a/b; boundary=\"=?utf-8?Q?a?=\"", "a/b", &[("boundary", "=?utf-8?Q?a?=")]);
        check("attachment; filename=a b(1).txt", "attachment", &[("filename", "a b(1).txt")]);
        check(
            "attachment;\r\n\tfilename=\"a\r\n b.txt\"",
            "attachment",
            &[("filename", "a b.txt")],
        );
        check("a/b; name=\"not closed; x=1", "a/b", &[("name", "not closed; x=1")]);
        check("", "", &[]);
    }

    #[test]
    fn names_are_decoded_by_any_of_the_rules() {
        let name = [("filename", "名簿.xlsx")];
        check("a; filename*=UTF-8''%E5%90%8D%E7%B0%BF.xlsx", "a", &name);
        check("a; filename*=cp932'ja'%96%BC%95%EB.xlsx", "a", &name);
        check("a; filename*=iso-2022-jp''%1B%24BL%3EJm%1B%28B.xlsx", "a", &name);
        check("a; filename*=EUC-JP''%CC%BE%CA%ED.xlsx", "a", &name);
        check("a; filename=\"=?ISO-2022-JP?B?GyRCTD5KbRsoQi54bHN4?=\"", "a", &name);
        check("a; filename==?UTF-8?B?5ZCN57C/?= =?UTF-8?Q?.xlsx?=", "a", &name);
        check("a; filename=\"名簿.xlsx\"", "a", &name);
        check(b"a; filename=\"\x96\xbc\x95\xeb.xlsx\"", "a", &name);
        check(b"a; filename=\"\x1b$BL>Jm\x1b(B.xlsx\"", "a", &name);
        check("a; filename*='%E5%90%8D%E7%B0%BF.xlsx", "a", &[("filename", "'名簿.xlsx")]);
    }

    #[test]
    fn continuations_are_joined_before_they_are_decoded() {
        let name = [("filename", "名簿.xlsx")];
        check(
            "a; filename*1*=%90%8D%E7%B0; filename*0*=utf-8''%E5; filename*2*=%BF; filename*3=.xlsx",
            "a",
            &name,
        );
        check("a; filename*0*=iso-2022-jp''%1B%24BL; filename*1*=%3EJm%1B%28B.xlsx", "a", &name);
        check(
            "a; filename*0*=Shift_JIS''%96; filename*1*=%BC%95%EB; filename*2=\".xlsx\"",
            "a",
            &name,
        );
        check("a; filename*0=\"=?UTF-8?B?5ZCN57\"; filename*1=\"C/?=.xlsx\"", "a", &name);
        check(
            "a; filename=\"meibo.xlsx\"; filename*=UTF-8''%E5%90%8D%E7%B0%BF.xlsx",
            "a",
            &[("filename", "名簿.xlsx"), ("filename", "名簿.xlsx")],
        );
    }
}
