//! Certificates and handshakes. It does not know what is said after them, nor whom a certificate
//! admits.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::server::NoClientAuth;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    ClientConfig, DigitallySignedStruct, DistinguishedName, RootCertStore, ServerConfig,
    SignatureScheme,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::NetError;

pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Whether clients are asked who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    Nobody,
    /// Whoever has a certificate shows it; what it is worth is decided later, for a server that shows
    /// one of its own to everybody is no stranger for it.
    Anybody,
}

/// The server's side, with the certificates of a PEM file and the key of another.
pub(super) fn acceptor(chain: &Path, key: &Path, asks: Asks) -> Result<TlsAcceptor, NetError> {
    let certificates = certificates(chain)?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, error.into()))?;
    let verifier: Arc<dyn ClientCertVerifier> = match asks {
        Asks::Nobody => Arc::new(NoClientAuth),
        Asks::Anybody => Arc::new(Anybody(provider())),
    };
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .and_then(|config| {
            config.with_client_cert_verifier(verifier).with_single_cert(certificates, private)
        })
        .map_err(|error| wrong(chain, error.into()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The client's side for servers whose certificate does not matter, as they might have none.
pub(super) fn connector_to_anybody() -> TlsConnector {
    let config = client()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody(provider())))
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// The client's side for servers whose certificate must be of their name and lead to an authority: of
/// a PEM file, or of those that this machine trusts.
pub(super) fn connector_to_known(authorities: Option<&Path>) -> Result<TlsConnector, NetError> {
    let roots = authorities.map_or_else(|| Ok(roots_of_machine()), roots_of)?;
    let config = client().with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn client() -> rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier> {
    ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("ring has the usual versions")
}

/// What cannot be read is not trusted; without any, no handshake succeeds.
fn roots_of_machine() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// The authorities of a PEM file.
pub(super) fn roots_of(file: &Path) -> Result<RootCertStore, NetError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots.add(certificate).map_err(|error| wrong(file, error.into()))?;
    }
    Ok(roots)
}

/// The certificates of a PEM file; there is one at least.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, NetError> {
    let read = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(file, error.into()))?;
    if read.is_empty() { Err(wrong(file, "it has no certificate".into())) } else { Ok(read) }
}

pub(super) fn wrong(path: &Path, because: Box<dyn std::error::Error + Send + Sync>) -> NetError {
    NetError::Certificate { path: path.to_path_buf(), because }
}

/// Takes any certificate, but makes the other side prove that it has its key (RFC 7435: some protection
/// most of the time).
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl Anybody {
    fn tls12(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn tls13(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.tls12(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.tls13(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }
}

impl ClientCertVerifier for Anybody {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.tls12(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.tls13(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }
}
