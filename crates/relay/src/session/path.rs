//! The addresses of `MAIL FROM` and `RCPT TO`, between their angle brackets. It does not know who
//! may use which.

use crate::Address;

/// Why something is no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathFault {
    /// No brackets, or no address between them.
    Malformed,
    /// The address says a way to go, which would take the mail past the rules for the domain that
    /// it ends with: `<@a:b@c>`, `<b%c@a>`, `<c!b@a>`, `<"b@c"@a>`; or it names a machine by its
    /// number, which no rule about domains fits.
    Routed,
}

/// Takes `<…>` off the start; the rest is what follows it.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('<')?;
    let (mut is_quoted, mut is_escaped) = (false, false);
    let end = inner.find(|c| {
        let ends = c == '>' && !is_quoted;
        if c == '"' && !is_escaped {
            is_quoted = !is_quoted;
        }
        is_escaped = c == '\\' && is_quoted && !is_escaped;
        ends
    })?;
    let (path, rest) = (inner.get(..end)?, inner.get(end + 1..)?);
    (rest.is_empty() || rest.starts_with(' ')).then_some((path, rest))
}

/// The address that mail comes from; none for a report of failure.
pub(super) fn sender(path: &str) -> Result<Option<Address>, PathFault> {
    if path.is_empty() { Ok(None) } else { parse(path).map(Some) }
}

/// The address that mail goes to.
pub(super) fn recipient(path: &str, postmaster: Option<&Address>) -> Result<Address, PathFault> {
    if path.eq_ignore_ascii_case("postmaster") {
        return postmaster.cloned().ok_or(PathFault::Malformed);
    }
    let address = parse(path)?;
    let says_route = address.local().contains(['%', '!', '@', ':']);
    if says_route || address.domain().as_str().starts_with('[') {
        return Err(PathFault::Routed);
    }
    Ok(address)
}

fn parse(path: &str) -> Result<Address, PathFault> {
    // RFC 5321 appendix C: nobody needs source routes any more.
    if path.starts_with('@') {
        return Err(PathFault::Routed);
    }
    Address::parse(path).map_err(|_| PathFault::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, expected: Result<(&str, &str), PathFault>) {
        let outcome = split(written)
            .ok_or(PathFault::Malformed)
            .and_then(|(path, rest)| recipient(path, None).map(|address| (address, rest)));
        let outcome = outcome.map(|(address, rest)| (address.to_string(), rest));
        assert_eq!(
            outcome.as_ref().map(|(address, rest)| (address.as_str(), *rest)).map_err(|e| *e),
            expected,
            "{written:?}"
        );
    }

    #[test]
    fn paths_are_taken_apart() {
        check("<sato@example.jp>", Ok(("sato@example.jp", "")));
        check("<sato@example.jp> NOTIFY=NEVER", Ok(("sato@example.jp", " NOTIFY=NEVER")));
        check("<\"a> b\"@example.jp> X", Ok(("\"a> b\"@example.jp", " X")));
        check("<\"a\\\"> b\"@example.jp>", Ok(("\"a\\\"> b\"@example.jp", "")));
        check("<da..me.@docomo.example>", Ok(("da..me.@docomo.example", "")));
        check("<sato@example.jp.>", Ok(("sato@example.jp", "")));
        check("sato@example.jp", Err(PathFault::Malformed));
        check("<sato@example.jp", Err(PathFault::Malformed));
        check("<sato@example.jp>NOTIFY=NEVER", Err(PathFault::Malformed));
        check("<>", Err(PathFault::Malformed));
        check("<<sato@example.jp>>", Err(PathFault::Malformed));
        check("<postmaster>", Err(PathFault::Malformed));
    }

    #[test]
    fn an_address_that_says_a_route_is_refused() {
        for routed in [
            "<@own.example:a@b.example>", "<a%b.example@own.example>", "<b.example!a@own.example>",
            "<\"a@b.example\"@own.example>", "<\"b.example!a\"@own.example>", "<a@[192.0.2.1]>",
            "<a@[IPv6:2001:db8::1]>",
        ] {
            check(routed, Err(PathFault::Routed));
        }
        check("<a@b.example@own.example>", Err(PathFault::Malformed));
    }

    #[test]
    fn postmaster_needs_no_domain() {
        let postmaster = Address::parse("mori@example.jp").unwrap();
        assert_eq!(recipient("PostMaster", Some(&postmaster)), Ok(postmaster.clone()));
        assert_eq!(sender(""), Ok(None));
        assert_eq!(sender("postmaster"), Err(PathFault::Malformed));
    }
}
