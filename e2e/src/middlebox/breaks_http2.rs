//! A box of ours that opens TLS, agrees on HTTP/2 because the other side offers it, and cannot speak
//! it: it hangs up at the first request, or falls silent. HTTP/1.1 it passes on.

use std::fs::File;
use std::io::BufReader;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::authority::Authority;

/// An empty SETTINGS frame, and one that acknowledges the other side's (RFC 9113 §6.5).
const SETTINGS: [u8; 18] = [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0];

/// What it does with a request in HTTP/2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breaks {
    /// Hangs up.
    HangsUp,
    /// Says nothing more.
    FallsSilent,
}

/// A running one. Ends when dropped.
pub struct BreaksHttp2 {
    /// Where the bridge connects to.
    pub address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl BreaksHttp2 {
    /// Listens on a free port of the loopback, with a certificate of this authority.
    ///
    /// # Errors
    /// When the certificate cannot be read, or no port can be had.
    pub async fn start(relay: SocketAddr, own: &Authority, breaks: Breaks) -> Result<Self> {
        let acceptor = TlsAcceptor::from(Arc::new(config(own)?));
        let listener = TcpListener::bind("127.0.0.1:0").await.context("binding")?;
        let address = listener.local_addr()?;
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                connections.spawn(async move {
                    // What breaks here breaks for the client too, which is what it is to see.
                    let _ = serve(&acceptor, client, relay, breaks).await;
                });
            }
        });
        Ok(Self { address, _tasks: tasks })
    }
}

async fn serve(
    acceptor: &TlsAcceptor,
    client: TcpStream,
    relay: SocketAddr,
    breaks: Breaks,
) -> Result<()> {
    let mut client = acceptor.accept(client).await?;
    if client.get_ref().1.alpn_protocol() != Some(b"h2") {
        let mut server = TcpStream::connect(relay).await?;
        copy_bidirectional(&mut client, &mut server).await?;
        return Ok(());
    }
    client.write_all(&SETTINGS).await?;
    client.flush().await?;
    let mut buffer = vec![0; 4096];
    // The preface and its settings come first; a request comes with them or after them.
    let mut read = 0;
    while read < 200 {
        match client.read(&mut buffer).await? {
            0 => return Ok(()),
            count => read += count,
        }
    }
    while breaks == Breaks::FallsSilent && client.read(&mut buffer).await? > 0 {}
    Ok(())
}

fn config(own: &Authority) -> Result<ServerConfig> {
    let file = |name: &str| File::open(own.folder.join(name)).map(BufReader::new);
    let chain = CertificateDer::pem_reader_iter(file("server.pem")?).collect::<Result<_, _>>()?;
    let key = PrivateKeyDer::from_pem_reader(file("server.key")?)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
