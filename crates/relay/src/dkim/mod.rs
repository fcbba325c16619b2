//! Mail signed for the domain that it comes from (RFC 6376, RFC 8463): relaxed header and body, RSA or
//! Ed25519 with SHA-256. A mail is signed as it goes out, after every change of ours; each individual
//! copy by itself. It does not know where keys lie, nor what time it is.

mod canonical;
#[cfg(test)]
mod tests;

use std::fmt;

use data_encoding::BASE64;
use jiff::Timestamp;
use ring::digest::{Context, SHA256};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;

use crate::Domain;

/// What a reader sees or a program acts on. Each is signed once more than it is there, so that nobody
/// adds another one later (RFC 6376 §8.15).
const SEALED: &[&str] = &[
    "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding",
];
/// Signed as far as they are there; lists add some of them.
const SIGNED: &[&str] = &[
    "Message-ID", "In-Reply-To", "References", "List-Id", "List-Unsubscribe",
    "List-Unsubscribe-Post", "List-Post", "List-Help", "Auto-Submitted",
];
/// Base64 of a signature in one line.
const LINE_CHARS: usize = 72;

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No key stands in the file.
    #[error("no secret key in PEM")]
    Pem(#[source] rustls_pki_types::pem::Error),
    /// It is of another kind, too short, or damaged.
    #[error("the key is neither Ed25519 nor RSA of 2048 bits or more ({0})")]
    Rejected(ring::error::KeyRejected),
}

enum Secret {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

/// A key, and what it signs.
pub struct Signer {
    domain: Domain,
    selector: Domain,
    secret: Secret,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({}._domainkey.{})", self.selector, self.domain)
    }
}

impl Signer {
    /// A key in PEM, as `openssl genpkey` writes it.
    pub fn new(domain: Domain, selector: Domain, pem: &[u8]) -> Result<Self, KeyError> {
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(KeyError::Pem)?;
        let secret = match &key {
            PrivateKeyDer::Pkcs1(key) => {
                RsaKeyPair::from_der(key.secret_pkcs1_der()).map(|pair| Secret::Rsa(Box::new(pair)))
            }
            other => Ed25519KeyPair::from_pkcs8_maybe_unchecked(other.secret_der())
                .map(|pair| Secret::Ed25519(Box::new(pair)))
                .or_else(|_| {
                    RsaKeyPair::from_pkcs8(other.secret_der())
                        .map(|pair| Secret::Rsa(Box::new(pair)))
                }),
        };
        Ok(Self { domain, selector, secret: secret.map_err(KeyError::Rejected)? })
    }

    const fn algorithm(&self) -> &'static str {
        match self.secret {
            Secret::Rsa(_) => "rsa-sha256",
            Secret::Ed25519(_) => "ed25519-sha256",
        }
    }

    fn sign(&self, hash_input: &[u8]) -> Option<Vec<u8>> {
        match &self.secret {
            Secret::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let random = SystemRandom::new();
                pair.sign(&RSA_PKCS1_SHA256, &random, hash_input, &mut signature).ok()?;
                Some(signature)
            }
            // RFC 8463 §3: of the hash, not of what was hashed.
            Secret::Ed25519(pair) => {
                let hash = ring::digest::digest(&SHA256, hash_input);
                Some(pair.sign(hash.as_ref()).as_ref().to_vec())
            }
        }
    }

    /// The field that signs a header and the hash of its body; `None` where the key fails.
    fn field(&self, header: &[Field<'_>], body_hash: &str, now: Timestamp) -> Option<Vec<u8>> {
        let (mut names, mut hashed) = (Vec::new(), Vec::new());
        let wanted = SEALED.iter().map(|name| (name, true));
        for (name, is_sealed) in wanted.chain(SIGNED.iter().map(|name| (name, false))) {
            // From the last one up, as whoever verifies takes them (RFC 6376 §5.4.2).
            for field in header.iter().rev().filter(|field| field.is(name)) {
                names.push(*name);
                hashed.extend(canonical::field(field.name, field.value));
            }
            if is_sealed {
                names.push(*name);
            }
        }
        let (algorithm, selector, domain) =
            (self.algorithm(), self.selector.key(), self.domain.key());
        let names = names.chunks(6).map(|some| some.join(":")).collect::<Vec<_>>().join(":\r\n\t ");
        let value = format!(
            " v=1; a={algorithm}; c=relaxed/relaxed; d={domain};\r\n\ts={selector}; t={}; h={names};\
             \r\n\tbh={body_hash};\r\n\tb=",
            now.as_second()
        );
        let own = canonical::field(NAME, value.as_bytes());
        // Without the end of its line: it is the last one (RFC 6376 §3.7).
        hashed.extend_from_slice(own.strip_suffix(b"\r\n").unwrap_or(&own));
        let signature = BASE64.encode(&self.sign(&hashed)?);
        let mut out = [NAME, b":", value.as_bytes()].concat();
        for (at, line) in signature.as_bytes().chunks(LINE_CHARS).enumerate() {
            out.extend_from_slice(if at == 0 { b"" } else { b"\r\n\t " });
            out.extend_from_slice(line);
        }
        out.extend_from_slice(b"\r\n");
        Some(out)
    }
}

const NAME: &[u8] = b"DKIM-Signature";

/// A header field as it is signed.
struct Field<'a> {
    name: &'a [u8],
    value: &'a [u8],
}

impl Field<'_> {
    fn is(&self, name: &str) -> bool {
        self.name.trim_ascii_end().eq_ignore_ascii_case(name.as_bytes())
    }
}

/// The keys with which mail of one author is signed.
#[derive(Debug)]
pub struct Signers<'k>(Vec<&'k Signer>);

impl<'k> Signers<'k> {
    /// Of all keys, those of the author's own domain, or of the nearest one above it: a receiver asks
    /// whether a signature is by the domain that the reader sees (RFC 7489 §3.1).
    pub fn of(keys: &'k [Signer], author: Option<&Domain>) -> Self {
        let above = |key: &&Signer| author.is_some_and(|author| author.is_within(&key.domain));
        let nearest = keys.iter().filter(above).map(|key| key.domain.key().len()).max();
        let keys = keys.iter().filter(above);
        Self(keys.filter(|key| Some(key.domain.key().len()) == nearest).collect())
    }

    /// The signature fields of a mail whose lines end with CRLF, to be put before it.
    pub fn sign(&self, mail: &[u8], body_hash: &BodyHash, now: Timestamp) -> Vec<u8> {
        let header = header_of(mail);
        let fields = self.0.iter().filter_map(|key| key.field(&header, &body_hash.0, now));
        fields.collect::<Vec<_>>().concat()
    }

    /// Whether there is anything to sign with.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The hash of a body, which is the same for copies that differ in their header alone.
#[derive(Clone, Debug)]
pub struct BodyHash(String);

impl BodyHash {
    /// Of a mail whose lines end with CRLF.
    pub fn of(mail: &[u8]) -> Self {
        let body = memchr::memmem::find(mail, b"\r\n\r\n").map_or(mail.len(), |end| end + 4);
        // A mail without a header begins with its empty line.
        let body = if mail.starts_with(b"\r\n") { 2 } else { body };
        let mut hash = Context::new(&SHA256);
        canonical::body(mail.get(body..).unwrap_or_default(), |piece| hash.update(piece));
        Self(BASE64.encode(hash.finish().as_ref()))
    }
}

/// The fields of a mail. A line that is none, and what follows it, is nothing that we sign.
fn header_of(mail: &[u8]) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    let mut rest = mail;
    while let Some(end) = end_of_field(rest) {
        let (whole, after) = rest.split_at(end);
        rest = after;
        let Some(colon) = memchr::memchr(b':', whole) else { break };
        fields.push(Field { name: &whole[..colon], value: &whole[colon + 1..] });
    }
    fields
}

/// Where a field ends: at a line end that no space or tab follows. `None` at the end of the header.
fn end_of_field(bytes: &[u8]) -> Option<usize> {
    if bytes.is_empty() || bytes.starts_with(b"\r\n") {
        return None;
    }
    let mut ends = memchr::memmem::find_iter(bytes, b"\r\n").map(|at| at + 2);
    let is_folded = |end: usize| matches!(bytes.get(end), Some(b' ' | b'\t'));
    Some(ends.find(|&end| !is_folded(end)).unwrap_or(bytes.len()))
}
