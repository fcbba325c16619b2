//! Certificates and handshakes. It does not know what is said after them.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, ServerConfig, SignatureScheme};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::NetError;

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The server's side, with the certificates of a PEM file and the key of another.
pub(super) fn acceptor(chain: &Path, key: &Path) -> Result<TlsAcceptor, NetError> {
    let wrong = |path: &Path| {
        let path = path.to_path_buf();
        move |because: Box<dyn std::error::Error + Send + Sync>| NetError::Certificate {
            path,
            because,
        }
    };
    let certificates = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(chain)(error.into()))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key)(error.into()))?;
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(certificates, private))
        .map_err(|error| wrong(chain)(error.into()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The client's side. Where TLS is required, the server's certificate must be of its name and lead to
/// an authority that this machine trusts; else any will do, as it would do without one.
pub(super) fn connector(must_be_known: bool) -> TlsConnector {
    static KNOWN: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    static ANY: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    let made = if must_be_known { &KNOWN } else { &ANY };
    TlsConnector::from(Arc::clone(made.get_or_init(|| Arc::new(config(must_be_known)))))
}

fn config(must_be_known: bool) -> ClientConfig {
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("ring has the usual versions");
    if must_be_known {
        let mut roots = RootCertStore::empty();
        // What cannot be read is not trusted; without any, no handshake succeeds.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        config.with_root_certificates(roots).with_no_client_auth()
    } else {
        config
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody(provider())))
            .with_no_client_auth()
    }
}

/// Takes any certificate, but makes the server prove that it has its key (RFC 7435: some protection
/// most of the time).
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

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
        verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
