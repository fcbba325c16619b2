//! `--format ndjson`: one case a line, its source embedded, so that each line stands alone. It does
//! not know what is in a case.
//!
//! A line is a case of the record in which `source` is not the id but the source object.

use std::io::{self, Write};

use case::{Case, Source};

/// Renders a case.
pub(crate) fn case(source: &Source, case: &Case, out: &mut impl Write) -> io::Result<()> {
    // `source` is the first field of a case: swapping its bytes spares a second model of the case.
    let json = serde_json::to_vec(case)?;
    let id = format!("{{\"source\":\"{}\"", case.source);
    let rest = json
        .strip_prefix(id.as_bytes())
        .ok_or_else(|| io::Error::other("the case record does not begin with its source"))?;
    out.write_all(b"{\"source\":")?;
    serde_json::to_writer(&mut *out, source)?;
    out.write_all(rest)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::sample;

    #[test]
    fn a_line_is_the_case_with_its_source_embedded() {
        let mut out = Vec::new();
        case(&sample::source(1), &sample::case(), &mut out).unwrap();
        assert_eq!(memchr::memchr(b'\n', &out), Some(out.len() - 1), "one line");
        let mut line: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let source: Source = serde_json::from_value(line["source"].take()).unwrap();
        assert_eq!(source, sample::source(1));
        line["source"] = "s1".into();
        assert_eq!(serde_json::from_value::<Case>(line).unwrap(), sample::case());
    }
}
