//! Addresses of mail: taken apart strictly where it matters for safety, leniently where real
//! addresses are odd. It does not know headers, display names, or who anybody is.

use std::borrow::Cow;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// RFC 5321 says 64, but addresses that carry another one inside (VERP) are longer.
const LONGEST_LOCAL_BYTES: usize = 128;
/// RFC 5321 §4.5.3.1.3: a path is at most 256 bytes, its brackets included.
const LONGEST_BYTES: usize = 254;
/// RFC 1035 §2.3.4.
const LONGEST_LABEL_BYTES: usize = 63;
const LONGEST_DOMAIN_BYTES: usize = 253;

/// Why something is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing is before or after the at sign, or there is none.
    #[error("an address is a name, an at sign and a domain")]
    Incomplete,
    /// A byte that ends a line, or another control character.
    #[error("a control character stands in the address")]
    Control,
    /// A character that needs quotes, or that no address has.
    #[error("{0:?} cannot stand in an address without quotes")]
    Character(char),
    /// A quoted name that does not end at the at sign.
    #[error("the quotes of the name are not closed before the at sign")]
    Quotes,
    /// Longer than any mail system takes.
    #[error(
        "the address is longer than {LONGEST_BYTES} bytes, or its name than {LONGEST_LOCAL_BYTES}"
    )]
    TooLong,
    /// No domain name and no address literal.
    #[error("the domain is no domain name")]
    Domain,
}

/// A domain, as it was written and in the one form by which it is compared: lower case, ASCII.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain {
    written: Box<str>,
    /// `None` where `written` is in that form already.
    key: Option<Box<str>>,
}

impl Domain {
    /// Reads a domain name (IDNA allowed) or an address literal (`[192.0.2.1]`).
    pub fn parse(written: &str) -> Result<Self, AddressError> {
        if written.chars().any(char::is_control) {
            return Err(AddressError::Control);
        }
        if written.starts_with('[') {
            return literal(written).map(|key| Self::new(written, key));
        }
        let written = written.strip_suffix('.').unwrap_or(written);
        let is_plain = written
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.');
        let key = if is_plain && !written.contains("xn--") {
            written.to_owned()
        } else {
            // Underscores are in names that exist; whether one may be registered is not our matter.
            idna::domain_to_ascii_cow(written.as_bytes(), idna::AsciiDenyList::EMPTY)
                .map_err(|_| AddressError::Domain)?
                .into_owned()
        };
        let sound = key.len() <= LONGEST_DOMAIN_BYTES && key.split('.').all(is_label);
        if sound { Ok(Self::new(written, key)) } else { Err(AddressError::Domain) }
    }

    fn new(written: &str, key: String) -> Self {
        let key = (key != written).then(|| key.into_boxed_str());
        Self { written: written.into(), key }
    }

    /// As it was written, without a final dot.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Lower case and ASCII; equal for domains that are the same.
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.written)
    }

    /// Whether it is `other` or a domain below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.key()
            .strip_suffix(other.key())
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    }
}

fn is_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    (1..=LONGEST_LABEL_BYTES).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        && bytes.first() != Some(&b'-')
        && bytes.last() != Some(&b'-')
}

/// RFC 5321 §4.1.3.
fn literal(written: &str) -> Result<String, AddressError> {
    let inner = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let inner = inner.ok_or(AddressError::Domain)?;
    let v6 = inner.get(..5).filter(|tag| tag.eq_ignore_ascii_case("ipv6:")).and(inner.get(5..));
    match v6 {
        Some(v6) => v6.parse::<Ipv6Addr>().map(|ip| format!("[ipv6:{ip}]")),
        None => inner.parse::<Ipv4Addr>().map(|ip| format!("[{ip}]")),
    }
    .map_err(|_| AddressError::Domain)
}

/// An address of mail: a name, and the domain that gives it.
///
/// ```
/// use relay::Address;
///
/// let carrier = Address::parse("da..me@docomo.example").unwrap(); // forbidden by RFC 5321, in use in Japan
/// assert_eq!(carrier.local(), "da..me");
/// assert_eq!(Address::parse("Sato@Example.JP").unwrap(), Address::parse("sato@example.jp").unwrap());
/// assert!(Address::parse("a@example.jp\r\nBcc: b@example.jp").is_err());
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    local: Box<str>,
    domain: Domain,
}

impl Address {
    /// Reads `name@domain`, without angle brackets. Names with dots side by side or at the ends are
    /// taken, because Japanese carriers gave them out; names in other scripts are taken (RFC 6531).
    pub fn parse(written: &str) -> Result<Self, AddressError> {
        if written.chars().any(char::is_control) {
            return Err(AddressError::Control);
        }
        let at = match written.strip_prefix('"') {
            Some(quoted) => closing_quote(quoted).ok_or(AddressError::Quotes)? + 2,
            None => written.rfind('@').ok_or(AddressError::Incomplete)?,
        };
        let (local, domain) = written.split_at(at);
        let domain = domain.strip_prefix('@').ok_or(AddressError::Quotes)?;
        if local.is_empty() || domain.is_empty() {
            return Err(AddressError::Incomplete);
        }
        if local.len() > LONGEST_LOCAL_BYTES || written.len() > LONGEST_BYTES {
            return Err(AddressError::TooLong);
        }
        if !local.starts_with('"')
            && let Some(bad) = local.chars().find(|&c| !is_atom_or_dot(c))
        {
            return Err(AddressError::Character(bad));
        }
        Ok(Self { local: local.into(), domain: Domain::parse(domain)? })
    }

    /// The name, with its quotes if it has any.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The domain.
    pub const fn domain(&self) -> &Domain {
        &self.domain
    }

    /// The form by which addresses are compared. Names are compared without case: RFC 5321 leaves
    /// that to the receiver, and none is known here that tells two people apart by it.
    ///
    /// Quotes and backslashes that a name does not need make no difference (RFC 5321 §4.1.2).
    ///
    /// ```
    /// # use relay::Address;
    /// let quoted = Address::parse("\"sa\\to\"@example.jp").unwrap();
    /// assert_eq!(quoted, Address::parse("sato@example.jp").unwrap());
    /// ```
    pub fn key(&self) -> String {
        let mut key = self.name().to_lowercase();
        key.push('@');
        key.push_str(self.domain.key());
        key
    }

    /// The name with no more quotes and backslashes than it needs.
    fn name(&self) -> Cow<'_, str> {
        let quoted = self.local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let Some(quoted) = quoted else { return Cow::Borrowed(&self.local) };
        let (mut bare, mut escaped) = (String::with_capacity(quoted.len()), false);
        for c in quoted.chars() {
            escaped = c == '\\' && !escaped;
            if !escaped {
                bare.push(c);
            }
        }
        if !bare.is_empty() && bare.chars().all(is_atom_or_dot) {
            return Cow::Owned(bare);
        }
        let needs = |c: char| matches!(c, '"' | '\\').then_some('\\');
        let inner: String = bare.chars().flat_map(|c| needs(c).into_iter().chain([c])).collect();
        Cow::Owned(format!("\"{inner}\""))
    }

    /// Whether it needs SMTPUTF8 (RFC 6531).
    pub fn is_international(&self) -> bool {
        !self.local.is_ascii() || !self.domain.as_str().is_ascii()
    }
}

/// The place of the quote that ends a quoted name, after its opening one.
fn closing_quote(quoted: &str) -> Option<usize> {
    let mut escaped = false;
    quoted.char_indices().find_map(|(at, c)| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes.then_some(at)
    })
}

/// RFC 5322 §3.2.3 atext, the dot, and what is not ASCII.
fn is_atom_or_dot(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || "!#$%&'*+-/=?^_`{|}~.".contains(c)
        || (!c.is_ascii() && !c.is_whitespace())
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.domain.key() == other.domain.key()
            && (self.local == other.local
                || self.name().to_lowercase() == other.name().to_lowercase())
    }
}
impl Eq for Address {}

impl std::hash::Hash for Address {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for Address {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Address {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain.as_str())
    }
}

impl std::str::FromStr for Address {
    type Err = AddressError;
    fn from_str(written: &str) -> Result<Self, AddressError> {
        Self::parse(written)
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;
    fn try_from(written: String) -> Result<Self, AddressError> {
        Self::parse(&written)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

impl PartialEq for Domain {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}
impl Eq for Domain {}

impl std::hash::Hash for Domain {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for Domain {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Domain {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(other.key())
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl std::str::FromStr for Domain {
    type Err = AddressError;
    fn from_str(written: &str) -> Result<Self, AddressError> {
        Self::parse(written)
    }
}

impl TryFrom<String> for Domain {
    type Error = AddressError;
    fn try_from(written: String) -> Result<Self, AddressError> {
        Self::parse(&written)
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.written.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, expected: Result<(&str, &str), AddressError>) {
        let address = Address::parse(written);
        let parts = address.as_ref().map(|a| (a.local(), a.domain().key())).map_err(|e| *e);
        assert_eq!(parts, expected, "{written:?}");
    }

    #[test]
    fn addresses_are_taken_apart() {
        check("sato@example.jp", Ok(("sato", "example.jp")));
        check("Sato@EXAMPLE.jp.", Ok(("Sato", "example.jp")));
        check("da..me.@docomo.example", Ok(("da..me.", "docomo.example")));
        check(".hajime@carrier.example", Ok((".hajime", "carrier.example")));
        check("\"a b@c\"@example.jp", Ok(("\"a b@c\"", "example.jp")));
        check("\"a\\\"b\"@example.jp", Ok(("\"a\\\"b\"", "example.jp")));
        check("渡辺@例え.jp", Ok(("渡辺", "xn--r8jz45g.jp")));
        check("root@[192.0.2.1]", Ok(("root", "[192.0.2.1]")));
        check("root@[IPv6:2001:db8::1]", Ok(("root", "[ipv6:2001:db8::1]")));
        check("dash@my_host.example.jp", Ok(("dash", "my_host.example.jp")));
    }

    #[test]
    fn what_is_no_address_says_why() {
        check("sato", Err(AddressError::Incomplete));
        check("@example.jp", Err(AddressError::Incomplete));
        check("sato@", Err(AddressError::Incomplete));
        check("a b@example.jp", Err(AddressError::Character(' ')));
        check("a@b@example.jp", Err(AddressError::Character('@')));
        check("a%0d\n@example.jp", Err(AddressError::Control));
        check("a\0@example.jp", Err(AddressError::Control));
        check("<a@example.jp>", Err(AddressError::Character('<')));
        check("\"a@example.jp", Err(AddressError::Quotes));
        check("\"a\"b@example.jp", Err(AddressError::Quotes));
        check("a@-example.jp", Err(AddressError::Domain));
        check("a@exam..ple.jp", Err(AddressError::Domain));
        check("a@exam ple.jp", Err(AddressError::Domain));
        check("a@[300.1.1.1]", Err(AddressError::Domain));
        check(&format!("{}@example.jp", "a".repeat(129)), Err(AddressError::TooLong));
    }

    #[test]
    fn quotes_that_are_not_needed_make_no_difference() {
        let key = |written| Address::parse(written).unwrap().key();
        assert_eq!(key("\"sato\"@example.jp"), key("Sato@example.jp"));
        assert_eq!(key("\"da..me\"@carrier.example"), key("da..me@carrier.example"));
        assert_eq!(key("\"a\\ b\"@example.jp"), key("\"a b\"@example.jp"));
        assert_eq!(key("\"a\\\\b\"@example.jp"), "\"a\\\\b\"@example.jp");
        assert_ne!(key("\"a b\"@example.jp"), key("ab@example.jp"));
        assert_ne!(key("\"\"@example.jp"), key("\"\\\"\"@example.jp"));
    }

    #[test]
    fn a_domain_is_within_another() {
        let domain = |written| Domain::parse(written).unwrap();
        assert!(domain("mail.Example.jp").is_within(&domain("example.JP")));
        assert!(domain("example.jp").is_within(&domain("example.jp")));
        assert!(!domain("badexample.jp").is_within(&domain("example.jp")));
        assert!(!domain("example.jp").is_within(&domain("mail.example.jp")));
    }

    proptest::proptest! {
        #[test]
        fn what_was_read_reads_again(written in "\\PC{0,40}@\\PC{0,30}") {
            if let Ok(address) = Address::parse(&written) {
                let again = Address::parse(&address.to_string()).unwrap();
                proptest::prop_assert_eq!(again.key(), address.key());
            }
        }
    }
}
