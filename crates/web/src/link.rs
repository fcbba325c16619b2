//! Addresses of pages, built from values: what goes into an address is encoded here and nowhere
//! else. It does not know which addresses there are.

use std::fmt::Write as _;

/// A value as part of a path or query: all but letters, digits and `-._~` percent-encoded.
pub(crate) fn encode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A query string of pairs, without those whose value is empty; with its `?`, or nothing.
pub(crate) fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
        let mark = if out.is_empty() { '?' } else { '&' };
        let _ = write!(out, "{mark}{}={}", encode(name), encode(value));
    }
    out
}

/// A path on this server to go back to, or `/` where it could lead elsewhere: `//host` and
/// `/\host` name other hosts to a browser.
pub(crate) fn local(path: &str) -> &str {
    let plain = path.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
    if plain && path.starts_with('/') && !path.starts_with("//") { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_leave_their_place() {
        assert_eq!(encode("氏名&a=b/.."), "%E6%B0%8F%E5%90%8D%26a%3Db%2F..");
        assert_eq!(query([("q", "a b"), ("page", ""), ("sort", "new")]), "?q=a%20b&sort=new");
        assert_eq!(query([]), "");
    }

    #[test]
    fn only_paths_of_this_server_are_gone_back_to() {
        for (path, kept) in [
            ("/case/2031-001?cite=1-2", true),
            ("//elsewhere.example", false),
            ("/\\elsewhere.example", false),
            ("https://elsewhere.example", false),
            ("/a\r\nset-cookie: b", false),
            ("", false),
        ] {
            assert_eq!(local(path) == path && !path.is_empty(), kept, "{path:?}");
        }
    }
}
