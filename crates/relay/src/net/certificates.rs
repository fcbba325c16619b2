//! Whom a client's certificate admits. It does not know the connection that it was shown on.

use std::path::Path;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};
use rustls::client::verify_server_name;
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::{NetError, tls};
use crate::session::{Admission, SenderRights};
use crate::settings::ClientCertificates;
use crate::{Domain, Login};

/// The certificates that count.
pub(super) struct KnownClients {
    authorities: Option<Arc<dyn ClientCertVerifier>>,
    names: Vec<Domain>,
    fingerprints: Vec<[u8; 32]>,
}

impl KnownClients {
    /// Reads the authorities; `None` where no certificate counts.
    pub(super) fn of(settings: &ClientCertificates) -> Result<Option<Self>, NetError> {
        if !settings.are_asked_for() {
            return Ok(None);
        }
        let verifier = |file: &String| {
            let file = Path::new(file);
            let roots = Arc::new(tls::roots_of(file)?);
            WebPkiClientVerifier::builder_with_provider(roots, tls::provider())
                .build()
                .map_err(|error| tls::wrong(file, error.into()))
        };
        Ok(Some(Self {
            authorities: settings.authorities.as_ref().map(verifier).transpose()?,
            names: settings.names.clone(),
            fingerprints: settings.fingerprints.clone(),
        }))
    }

    /// Whom a chain of certificates admits, its own first. That the client has the key was proven by
    /// the handshake.
    pub(super) fn admit(&self, chain: &[CertificateDer<'_>], now: UnixTime) -> Option<Admission> {
        let (own, others) = chain.split_first()?;
        let fingerprint = digest(&SHA256, own);
        let is_listed = self.fingerprints.iter().any(|listed| listed == fingerprint.as_ref());
        let name = if is_listed {
            format!("sha256:{}", HEXLOWER.encode(fingerprint.as_ref()))
        } else {
            let authorities = self.authorities.as_ref()?;
            authorities.verify_client_cert(own, others, now).ok()?;
            self.name_of(own)?
        };
        Some(Admission { login: Login::Certificate(name), rights: SenderRights::any() })
    }

    /// The listed name that a certificate has; where none is listed, any will do.
    fn name_of(&self, certificate: &CertificateDer<'_>) -> Option<String> {
        if self.names.is_empty() {
            let fingerprint = digest(&SHA256, certificate);
            return Some(format!("sha256:{}", HEXLOWER.encode(fingerprint.as_ref())));
        }
        let parsed = ParsedCertificate::try_from(certificate).ok()?;
        let has = |name: &&Domain| {
            let name = ServerName::try_from(name.key());
            name.is_ok_and(|name| verify_server_name(&parsed, &name).is_ok())
        };
        self.names.iter().find(has).map(ToString::to_string)
    }
}
