//! The trace that every relay leaves (RFC 5321 §4.4): by whom, from where, how and when a mail was
//! taken. It does not know the time: that is passed in.

use std::net::IpAddr;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

use super::fold::Folded;
use crate::Address;

/// How a mail was handed in (RFC 3848, RFC 6531 §4.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Protocol {
    /// With the mail's addresses in UTF-8 (`UTF8SMTP`).
    pub is_international: bool,
    /// Over TLS.
    pub has_tls: bool,
    /// By somebody who proved who it is.
    pub has_login: bool,
}

impl Protocol {
    /// The keyword, as registered for `with`.
    pub fn keyword(self) -> String {
        let mut keyword = String::from(if self.is_international { "UTF8SMTP" } else { "ESMTP" });
        keyword.extend(self.has_tls.then_some('S'));
        keyword.extend(self.has_login.then_some('A'));
        keyword
    }
}

/// What a trace says.
#[derive(Clone, Copy, Debug)]
pub struct Trace<'a> {
    /// The name that the client gave itself.
    pub helo: &'a str,
    /// Where it came from.
    pub client: Option<IpAddr>,
    /// Our own name.
    pub by: &'a str,
    /// How.
    pub protocol: Protocol,
    /// Our number of the mail.
    pub id: &'a str,
    /// To whom, only where that is nobody's secret: the mail has this one recipient.
    pub only_recipient: Option<&'a Address>,
    /// When.
    pub at: Timestamp,
}

/// The `Received` field of a trace.
pub fn received(trace: &Trace<'_>) -> Folded {
    let mut words = vec!["from".to_owned(), token(trace.helo)];
    words.extend(trace.client.map(|ip| match ip {
        IpAddr::V4(ip) => format!("([{ip}])"),
        IpAddr::V6(ip) => format!("([IPv6:{ip}])"),
    }));
    words.extend([format!("by {}", token(trace.by)), format!("with {}", trace.protocol.keyword())]);
    words.push(format!("id {}", token(trace.id)));
    words.extend(trace.only_recipient.map(|address| format!("for <{address}>")));
    if let Some(last) = words.last_mut() {
        last.push(';');
    }
    let printed =
        rfc2822::DateTimePrinter::new().zoned_to_string(&trace.at.to_zoned(TimeZone::UTC));
    words.extend(printed.ok());
    Folded::words("Received", words)
}

/// What a client says of itself, as far as it can stand in a field.
fn token(said: &str) -> String {
    let kept =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    let token: String = said.chars().take(255).map(|c| if kept(c) { c } else { '?' }).collect();
    if token.is_empty() { "unknown".to_owned() } else { token }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(helo: &str, client: Option<&str>, only: Option<&str>, expected: &str) {
        let only = only.map(|address| Address::parse(address).unwrap());
        let trace = Trace {
            helo,
            client: client.map(|ip| ip.parse().unwrap()),
            by: "relay.example.jp",
            protocol: Protocol { has_tls: true, has_login: true, is_international: false },
            id: "0001",
            only_recipient: only.as_ref(),
            at: "2031-04-01T00:30:00Z".parse().unwrap(),
        };
        assert_eq!(String::from_utf8_lossy(&received(&trace).lines(b"\r\n")), expected);
    }

    #[test]
    fn a_trace_is_one_field() {
        check(
            "pc1",
            Some("192.0.2.1"),
            None,
            "Received: from pc1 ([192.0.2.1]) by relay.example.jp with ESMTPSA id 0001;\r\n \
             Tue, 1 Apr 2031 00:30:00 +0000\r\n",
        );
        check(
            "a b\r\nBcc: c",
            Some("2001:db8::1"),
            Some("taro@example.jp"),
            "Received: from a?b??Bcc:?c ([IPv6:2001:db8::1]) by relay.example.jp\r\n with ESMTPSA \
             id 0001 for <taro@example.jp>; Tue, 1 Apr 2031 00:30:00 +0000\r\n",
        );
    }
}
