//! Who may hand mail in without a password, and how much of the machine clients may take. It opens no
//! file and counts nobody.

use data_encoding::HEXLOWER_PERMISSIVE;
use toml::Spanned;

use crate::Domain;
use crate::policy::{Places, PolicyError};

/// Mail servers that prove who they are by a certificate; each counts as one of a listed network does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientCertificates {
    /// A PEM file of authorities; a certificate that leads to one of them counts.
    pub authorities: Option<String>,
    /// Where there are any, such a certificate counts only for one of these names.
    pub names: Vec<Domain>,
    /// Certificates that count by themselves, whoever made them and until when: the SHA-256 of each.
    pub fingerprints: Vec<[u8; 32]>,
}

impl ClientCertificates {
    /// Whether any certificate counts.
    pub const fn are_asked_for(&self) -> bool {
        self.authorities.is_some() || !self.fingerprints.is_empty()
    }
}

/// How much of the machine clients may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientLimits {
    /// Connections at a time; further clients are told to come again.
    pub connections: usize,
    /// Of these, from one address that is in no listed network (of IPv6, from one /64).
    pub connections_per_address: usize,
    /// Bytes of mail that is being taken in, of all clients together; who would need more is told to
    /// come again.
    pub mail_bytes: usize,
}

impl Default for ClientLimits {
    fn default() -> Self {
        Self { connections: 10_000, connections_per_address: 50, mail_bytes: 512 << 20 }
    }
}

pub(super) fn fingerprint(
    places: &Places<'_>,
    written: &Spanned<String>,
) -> Result<[u8; 32], PolicyError> {
    let digits: String = written.get_ref().chars().filter(|c| *c != ':').collect();
    let bytes = HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| {
        let message = format!(
            "{:?} is no SHA-256 of a certificate; `openssl x509 -noout -fingerprint -sha256 -in FILE` \
             prints it",
            written.get_ref()
        );
        places.wrong(written.span().start, message)
    })
}
