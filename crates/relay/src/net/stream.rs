//! A connection that may become encrypted on the way. It does not know what is said on it.

use std::io;
use std::time::Duration;

use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

/// Bytes that are read at once.
const CHUNK_BYTES: usize = 64 << 10;

/// A connection.
pub(super) enum Stream {
    Plain(TcpStream),
    Served(Box<server::TlsStream<TcpStream>>),
    Connected(Box<client::TlsStream<TcpStream>>),
}

impl Stream {
    /// Shakes hands as a server.
    pub(super) async fn accept(self, tls: &TlsAcceptor) -> io::Result<Self> {
        match self {
            Self::Plain(socket) => tls.accept(socket).await.map(Box::new).map(Self::Served),
            encrypted => Ok(encrypted),
        }
    }

    /// Shakes hands as a client.
    pub(super) async fn connect(self, tls: &TlsConnector, name: &str) -> io::Result<Self> {
        let Self::Plain(socket) = self else { return Ok(self) };
        let name = ServerName::try_from(name.to_owned())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        tls.connect(name, socket).await.map(Box::new).map(Self::Connected)
    }

    /// The certificates that a client has shown, its own first.
    pub(super) fn peer_certificates(&self) -> &[CertificateDer<'static>] {
        match self {
            Self::Served(tls) => tls.get_ref().1.peer_certificates().unwrap_or_default(),
            Self::Plain(_) | Self::Connected(_) => &[],
        }
    }

    /// Reads what is there, behind `buffer`; nothing is the end. A connection that is idle has no
    /// buffer of its own.
    pub(super) async fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        if let Self::Plain(socket) = self {
            socket.readable().await?;
        }
        buffer.reserve(CHUNK_BYTES);
        match self {
            Self::Plain(socket) => socket.read_buf(buffer).await,
            Self::Served(tls) => tls.read_buf(buffer).await,
            Self::Connected(tls) => tls.read_buf(buffer).await,
        }
    }

    /// Writes all of it.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.write_all(bytes).await,
            Self::Served(tls) => {
                tls.write_all(bytes).await?;
                tls.flush().await
            }
            Self::Connected(tls) => {
                tls.write_all(bytes).await?;
                tls.flush().await
            }
        }
    }

    /// Says that nothing more comes, and reads on for what was already sent, so that the last reply is
    /// not lost with it.
    pub(super) async fn close(mut self) {
        let ended = match &mut self {
            Self::Plain(socket) => socket.shutdown().await,
            Self::Served(tls) => tls.shutdown().await,
            Self::Connected(tls) => tls.shutdown().await,
        };
        let mut rest = Vec::new();
        while ended.is_ok() && matches!(self.read(&mut rest).await, Ok(count) if count > 0) {
            rest.clear();
        }
    }
}

/// Does it in time, or says that the time is up.
pub(super) async fn within<T>(
    most: Duration,
    work: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    timeout(most, work).await.unwrap_or_else(|_elapsed| Err(io::ErrorKind::TimedOut.into()))
}
