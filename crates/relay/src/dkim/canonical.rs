//! The relaxed forms of header and body (RFC 6376 §3.4.2, §3.4.4), in which servers may fold lines and
//! change spaces without breaking a signature. It does not know what is signed.

/// A header field in its relaxed form, with the end of its line.
pub(super) fn field(name: &[u8], value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len() + value.len() + 3);
    out.extend(name.iter().filter(|byte| !is_space(**byte)).map(u8::to_ascii_lowercase));
    out.push(b':');
    let start = out.len();
    let words = value.split(|byte| is_space(*byte) || matches!(byte, b'\r' | b'\n'));
    for word in words.filter(|word| !word.is_empty()) {
        if out.len() > start {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
    out.extend_from_slice(b"\r\n");
    out
}

/// Hands out a body in its relaxed form, piece by piece. Empty lines at the end are left out, and so
/// is the whole of an empty body.
pub(super) fn body(body: &[u8], mut take: impl FnMut(&[u8])) {
    let mut empty_lines = 0_usize;
    let mut line = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let end = memchr::memmem::find(rest, b"\r\n");
        let (written, after) = match end {
            Some(end) => (&rest[..end], &rest[end + 2..]),
            None => (rest, &b""[..]),
        };
        rest = after;
        line.clear();
        relax(written, &mut line);
        if line.is_empty() {
            empty_lines += 1;
            continue;
        }
        for _ in 0..std::mem::take(&mut empty_lines) {
            take(b"\r\n");
        }
        line.extend_from_slice(b"\r\n");
        take(&line);
    }
}

/// Spaces inside become one, those at the end none.
fn relax(line: &[u8], out: &mut Vec<u8>) {
    let mut has_space = false;
    for &byte in line {
        if is_space(byte) {
            has_space = true;
            continue;
        }
        if std::mem::take(&mut has_space) {
            out.push(b' ');
        }
        out.push(byte);
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_body(written: &str, expected: &str) {
        let mut out = Vec::new();
        body(written.as_bytes(), |piece| out.extend_from_slice(piece));
        assert_eq!(String::from_utf8_lossy(&out), expected, "{written:?}");
    }

    #[test]
    fn a_body_is_relaxed() {
        check_body("", "");
        check_body("\r\n\r\n", "");
        check_body(" \t\r\n", "");
        check_body("a", "a\r\n");
        check_body(" a \t b\t\r\n\r\n \r\nc \r\n\r\n\r\n", " a b\r\n\r\n\r\nc\r\n");
    }

    #[test]
    fn a_field_is_relaxed() {
        let relaxed = |name: &str, value: &str| {
            String::from_utf8(field(name.as_bytes(), value.as_bytes())).unwrap()
        };
        assert_eq!(relaxed("SUBJECT ", "  a \t b\r\n\tc \r\n"), "subject:a b c\r\n");
        assert_eq!(relaxed("X", "\r\n"), "x:\r\n");
    }
}
