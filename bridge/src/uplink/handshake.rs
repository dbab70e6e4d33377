//! One TLS handshake by hand, to see what the HTTP client does not show: who issued the
//! certificate, what was negotiated, and whether the world at large would trust it.

use std::io;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;

use crate::config::trust::Trust;
use crate::uplink::issuer;
use crate::uplink::tls::{self, Distrust};

/// What a handshake showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// `TLS 1.3`, `TLS 1.2`.
    pub version: String,
    /// What both sides speak above it: `h2`, `http/1.1`; absent when the other side did not say.
    pub alpn: Option<String>,
    /// Who issued the certificate.
    pub issuer: String,
    /// Whether Mozilla's list leads to it. If not, an authority of this machine's own does.
    pub public: bool,
}

/// Why there was none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoHandshake {
    /// The certificate is not accepted.
    #[error("{0}")]
    Distrust(Distrust),
    /// It broke.
    #[error("{0}")]
    Broken(String),
}

/// Shakes hands over a connection that is open.
///
/// # Errors
/// When it fails, and why.
pub async fn shake(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    host: &str,
    trust: &Trust,
) -> Result<Handshake, NoHandshake> {
    let broken = |error: &dyn std::fmt::Display| NoHandshake::Broken(error.to_string());
    let mut config = tls::client_config(true, trust).map_err(|error| broken(&error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from(host.to_owned()).map_err(|error| broken(&error))?;
    let connected = TlsConnector::from(Arc::new(config)).connect(name.clone(), stream).await;
    let stream = connected.map_err(|error| match distrust(&error) {
        Some(distrust) => NoHandshake::Distrust(distrust),
        None => broken(&error),
    })?;
    let (_, session) = stream.get_ref();
    let chain = session.peer_certificates().unwrap_or_default();
    let version = session.protocol_version().map(|version| format!("{version:?}"));
    Ok(Handshake {
        version: version.unwrap_or_default().replace("TLSv1_", "TLS 1."),
        alpn: session.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned()),
        issuer: chain.first().map_or_else(String::new, issuer::name),
        public: tls::is_publicly_trusted(chain, &name),
    })
}

fn distrust(error: &io::Error) -> Option<Distrust> {
    match error.get_ref()?.downcast_ref()? {
        rustls::Error::Other(other) => other.0.downcast_ref::<Distrust>().cloned(),
        _ => None,
    }
}
