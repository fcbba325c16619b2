//! What a domain says of its mail servers, out of its texts (RFC 8461 §3). It fetches nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// RFC 8461 §3.2: about a year.
const LONGEST: Duration = Duration::from_hours(8_766);

/// What is done about servers that do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::net) enum Mode {
    /// They get no mail.
    Enforce,
    /// They do; whoever watches is told.
    Testing,
    /// Nothing is said any more.
    None,
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::net) struct Policy {
    pub(in crate::net) mode: Mode,
    servers: Vec<String>,
    pub(super) lasts: Duration,
}

impl Policy {
    /// Reads a policy; `None` where it is none of the version that is known.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mut version, mut mode, mut lasts, mut servers) = (None, None, None, Vec::new());
        for line in text.lines() {
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match key.trim() {
                // Of each but the servers, the first counts (§3.2).
                "version" => version = version.or(Some(value)),
                "mode" => mode = mode.or(Some(value)),
                "max_age" => lasts = lasts.or_else(|| value.parse().ok()),
                "mx" => servers.push(value.to_ascii_lowercase()),
                _ => {}
            }
        }
        let mode = match mode? {
            "enforce" => Mode::Enforce,
            "testing" => Mode::Testing,
            "none" => Mode::None,
            _ => return None,
        };
        let is_whole = version == Some("STSv1") && (mode == Mode::None || !servers.is_empty());
        let lasts = Duration::from_secs(lasts?).min(LONGEST);
        is_whole.then_some(Self { mode, servers, lasts })
    }

    /// Whether a server is one of the domain's: `*.` stands for one label (§4.1).
    pub(in crate::net) fn allows(&self, server: &str) -> bool {
        self.servers.iter().any(|pattern| match pattern.strip_prefix("*.") {
            Some(parent) => server
                .split_once('.')
                .is_some_and(|(label, rest)| !label.is_empty() && rest == parent),
            None => pattern == server,
        })
    }
}

/// The name of the policy that is in force, out of the texts at `_mta-sts.` (§3.1). Where several speak,
/// none does.
pub(super) fn id(texts: &[String]) -> Option<&str> {
    let mut records = texts.iter().filter(|text| text.starts_with("v=STSv1;"));
    let (only, None) = (records.next()?, records.next()) else { return None };
    let id = only.split(';').find_map(|field| field.trim().strip_prefix("id="))?.trim();
    let is_sound = (1..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric());
    is_sound.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_read() {
        let text = "version: STSv1\r\nmode: enforce\r\nmx: mx.Shop.example\r\nmx: *.mail.example\nmax_age: 86400\n\
                    mode: none\nnew: thing\n";
        let policy = Policy::parse(text).unwrap();
        assert_eq!((policy.mode, policy.lasts), (Mode::Enforce, Duration::from_hours(24)));
        for (server, is_allowed) in [
            ("mx.shop.example", true),
            ("a.mail.example", true),
            ("mail.example", false),
            ("a.b.mail.example", false),
            (".mail.example", false),
            ("x.shop.example", false),
        ] {
            assert_eq!(policy.allows(server), is_allowed, "{server}");
        }
        for odd in [
            "",
            "version: STSv2\nmode: none\nmax_age: 1",
            "version: STSv1\nmode: enforce\nmax_age: 1",
            "version: STSv1\nmode: some\nmx: a\nmax_age: 1",
            "version: STSv1\nmode: none",
            "<html>",
        ] {
            assert_eq!(Policy::parse(odd), None, "{odd:?}");
        }
        let endless = "version: STSv1\nmode: none\nmax_age: 18446744073709551615";
        assert_eq!(Policy::parse(endless).unwrap().lasts, LONGEST);
    }

    #[test]
    fn one_text_names_the_policy() {
        let texts =
            |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(id(&texts(&["v=spf1 -all", "v=STSv1; id=2031a;"])), Some("2031a"));
        for odd in [
            &["v=STSv1; id=1", "v=STSv1; id=1"][..],
            &["v=STSv1; id="],
            &["v=STSv1; id=a b"],
            &["v=STSv1;"],
            &[],
        ] {
            assert_eq!(id(&texts(odd)), None, "{odd:?}");
        }
    }
}
