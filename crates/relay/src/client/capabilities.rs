//! What a server offers, as its reply to `EHLO` says it. It does not know what is made of it.

/// What a server offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one keyword of a protocol, said or not")]
pub struct Capabilities {
    /// Several commands may be sent at once (RFC 2920).
    pub pipelining: bool,
    /// Mail may have any bytes in its lines (RFC 6152).
    pub eight_bit: bool,
    /// Addresses and headers may be international (RFC 6531).
    pub international: bool,
    /// Wishes about reports are passed on (RFC 3461).
    pub dsn: bool,
    /// TLS can be started (RFC 3207).
    pub starttls: bool,
    /// A password can be said in one message.
    pub auth_plain: bool,
    /// A password can be said in two.
    pub auth_login: bool,
    /// `SIZE` may be said; some say how large a mail may be (RFC 1870).
    pub size: Option<u64>,
}

impl Capabilities {
    /// Reads the lines after the first.
    pub(super) fn parse(text: &str) -> Self {
        let mut offered = Self::default();
        for line in text.lines().skip(1) {
            let line = line.trim().to_ascii_uppercase();
            // Old servers write `AUTH=LOGIN`.
            let (keyword, rest) = line.split_once([' ', '=']).unwrap_or((&line, ""));
            match keyword {
                "PIPELINING" => offered.pipelining = true,
                "8BITMIME" => offered.eight_bit = true,
                "SMTPUTF8" => offered.international = true,
                "DSN" => offered.dsn = true,
                "STARTTLS" => offered.starttls = true,
                "SIZE" => offered.size = Some(rest.trim().parse().unwrap_or(0)),
                "AUTH" => {
                    offered.auth_plain |= rest.split(' ').any(|word| word == "PLAIN");
                    offered.auth_login |= rest.split(' ').any(|word| word == "LOGIN");
                }
                _ => {}
            }
        }
        offered
    }

    /// Whether the server said that a mail of that size is too large; zero says nothing.
    pub(super) fn is_too_large(&self, bytes: usize) -> bool {
        self.size.is_some_and(|most| most > 0 && bytes as u64 > most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_read() {
        let text = "mx.example.com hello STARTTLS\npipelining\nSIZE 1000\n8BITMIME\nX-ODD\nDSN\n\
                    AUTH PLAIN CRAM-MD5\nAUTH=LOGIN";
        let expected = Capabilities {
            pipelining: true,
            eight_bit: true,
            dsn: true,
            auth_plain: true,
            auth_login: true,
            size: Some(1_000),
            ..Capabilities::default()
        };
        let offered = Capabilities::parse(text);
        assert_eq!(offered, expected);
        assert!(offered.is_too_large(1_001) && !offered.is_too_large(1_000));
        assert!(!Capabilities::parse("mx\nSIZE").is_too_large(usize::MAX));
    }
}
