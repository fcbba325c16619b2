//! Logging in with SASL PLAIN (RFC 4616) and LOGIN, both sides of it. It does not know who may log
//! in, nor what stands around it on the wire.

use std::fmt;

use data_encoding::BASE64;

/// A way of saying name and password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// Both in one message (RFC 4616).
    Plain,
    /// One after the other; never standardised, still the only one of some devices.
    Login,
}

impl Mechanism {
    /// The mechanism of that name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            name if name.eq_ignore_ascii_case("PLAIN") => Some(Self::Plain),
            name if name.eq_ignore_ascii_case("LOGIN") => Some(Self::Login),
            _ => None,
        }
    }

    /// As it stands on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
        }
    }
}

/// A password, which nothing prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Box<str>);

impl Password {
    /// Keeps a password.
    pub fn new(password: impl Into<Box<str>>) -> Self {
        Self(password.into())
    }

    /// For whoever verifies it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What somebody claims who logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// How it was said.
    pub mechanism: Mechanism,
    /// Whose account.
    pub name: String,
    /// With what.
    pub password: Password,
}

/// Where an exchange stands on the server's side.
#[derive(Debug)]
pub(crate) enum Exchange {
    /// PLAIN was asked for, its message is to come.
    Plain,
    /// LOGIN was asked for, the name is to come.
    Name,
    /// The name came, the password is to come.
    PasswordOf(String),
}

/// What comes of a message of the client.
#[derive(Debug)]
pub(crate) enum Progress {
    /// This is asked, in base64, and the exchange goes on.
    Challenge(&'static str, Exchange),
    /// All was said.
    Claimed(Credentials),
    /// The client gave up (`*`).
    Cancelled,
    /// The message is none of the mechanism.
    Malformed,
}

impl Exchange {
    /// Begins with what the client may have sent at once; a single `=` is an empty message
    /// (RFC 4954 §4).
    pub(crate) fn begin(mechanism: Mechanism, initial: Option<&str>) -> Progress {
        let exchange = match mechanism {
            Mechanism::Plain => Self::Plain,
            Mechanism::Login => Self::Name,
        };
        match (initial, exchange) {
            (None, Self::Plain) => Progress::Challenge("", Self::Plain),
            // "Username:"
            (None, exchange) => Progress::Challenge("VXNlcm5hbWU6", exchange),
            (Some("="), exchange) => exchange.answered(b""),
            (Some(initial), exchange) => exchange.answered(initial.as_bytes()),
        }
    }

    /// Goes on with a line of the client.
    pub(crate) fn answered(self, line: &[u8]) -> Progress {
        if line == b"*" {
            return Progress::Cancelled;
        }
        let Some(said) = BASE64.decode(line).ok().and_then(|said| String::from_utf8(said).ok())
        else {
            return Progress::Malformed;
        };
        match self {
            Self::Plain => plain(&said).map_or(Progress::Malformed, Progress::Claimed),
            Self::Name | Self::PasswordOf(_) if said.is_empty() || said.contains('\0') => {
                Progress::Malformed
            }
            // "Password:"
            Self::Name => Progress::Challenge("UGFzc3dvcmQ6", Self::PasswordOf(said)),
            Self::PasswordOf(name) => Progress::Claimed(Credentials {
                mechanism: Mechanism::Login,
                name,
                password: Password::new(said),
            }),
        }
    }
}

/// RFC 4616 §2. Nobody acts for somebody else here: the name to act as is absent or the same.
fn plain(said: &str) -> Option<Credentials> {
    let mut parts = said.split('\0');
    let (acts_as, name, password) = (parts.next()?, parts.next()?, parts.next()?);
    let is_sound = parts.next().is_none()
        && !name.is_empty()
        && !password.is_empty()
        && (acts_as.is_empty() || acts_as == name);
    is_sound.then(|| Credentials {
        mechanism: Mechanism::Plain,
        name: name.to_owned(),
        password: Password::new(password),
    })
}

/// The one message of PLAIN, in base64.
pub(crate) fn plain_message(name: &str, password: &Password) -> String {
    BASE64.encode(format!("\0{name}\0{}", password.reveal()).as_bytes())
}

/// A message of LOGIN, in base64.
pub(crate) fn login_message(part: &str) -> String {
    BASE64.encode(part.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mechanism: Mechanism, messages: &[&str], expected: &str) {
        let mut messages = messages.iter();
        let mut progress = Exchange::begin(mechanism, messages.next().copied());
        let outcome = loop {
            progress = match progress {
                Progress::Challenge(asked, exchange) => match messages.next() {
                    Some(message) => exchange.answered(message.as_bytes()),
                    None => break format!("asks {asked:?}"),
                },
                Progress::Claimed(said) => {
                    break format!("{} {}", said.name, said.password.reveal());
                }
                Progress::Cancelled => break "cancelled".to_owned(),
                Progress::Malformed => break "malformed".to_owned(),
            };
        };
        assert_eq!(outcome, expected, "{messages:?}");
    }

    #[test]
    fn plain_is_one_message() {
        let message = plain_message("sato", &Password::new("雪 国"));
        check(Mechanism::Plain, &[&message], "sato 雪 国");
        check(Mechanism::Plain, &[], "asks \"\"");
        check(Mechanism::Plain, &["="], "malformed");
        check(Mechanism::Plain, &["*"], "cancelled");
        check(Mechanism::Plain, &["AHNhdG8"], "malformed"); // without its padding
        check(Mechanism::Plain, &[&login_message("\0sato\0")], "malformed");
        check(Mechanism::Plain, &[&login_message("\0sato\0a\0b")], "malformed");
        check(Mechanism::Plain, &[&BASE64.encode(b"\0sato\0\xff")], "malformed");
        check(Mechanism::Plain, &[&login_message("sato\0sato\0right")], "sato right");
    }

    #[test]
    fn login_is_two_messages() {
        let (name, password) = (login_message("sato"), login_message("right"));
        check(Mechanism::Login, &[&name, &password], "sato right");
        check(Mechanism::Login, &[&name], "asks \"UGFzc3dvcmQ6\"");
        check(Mechanism::Login, &[&name, "*"], "cancelled");
        check(Mechanism::Login, &[&name, "="], "malformed");
        check(Mechanism::Login, &[&login_message("a\0b"), &password], "malformed");
    }

    /// A server that took the first name of PLAIN for the one that was proven let anybody in.
    #[test]
    fn cve_2023_27582_nobody_acts_for_somebody_else() {
        check(Mechanism::Plain, &[&login_message("director\0sato\0right")], "malformed");
    }

    #[test]
    fn a_password_is_not_printed() {
        assert_eq!(format!("{:?}", Password::new("secret")), "Password(…)");
    }
}
