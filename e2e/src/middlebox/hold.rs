//! A reverse proxy of ours that holds answers back, as scanners of content do: it reads each answer
//! to its end before it passes the first byte on, or passes each piece on when the next one is
//! there. It speaks HTTP/1.1 only.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The longest head of a message, in bytes.
const HEAD_MAX_BYTES: usize = 64 * 1024;

/// What it holds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Everything, until the answer ends.
    ToTheEnd,
    /// The last piece, until the next one or the end.
    OnePiece,
}

/// A running one. Ends when dropped.
pub struct Hold {
    /// Where the bridge connects to.
    pub address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl Hold {
    /// Listens on a free port of the loopback, in front of `relay`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(relay: SocketAddr) -> Result<Self> {
        Self::start_as(relay, Holds::ToTheEnd).await
    }

    /// The same, and holds back only the piece that came last.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start_one_behind(relay: SocketAddr) -> Result<Self> {
        Self::start_as(relay, Holds::OnePiece).await
    }

    async fn start_as(relay: SocketAddr, holds: Holds) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("binding")?;
        let address = listener.local_addr()?;
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(async move {
                    // What breaks here breaks for the client too, which is what it is to see.
                    let _ = exchange(client, relay, holds).await;
                });
            }
        });
        Ok(Self { address, _tasks: tasks })
    }
}

/// One request and its answer on a connection: both sides are told to close it.
async fn exchange(mut client: TcpStream, relay: SocketAddr, holds: Holds) -> Result<()> {
    let (head, rest) = read_head(&mut client).await?;
    let mut server = TcpStream::connect(relay).await?;
    server.write_all(closing(&head).as_bytes()).await?;
    let length = content_length(&head);
    let body = read_up_to(&mut client, rest, length).await?;
    server.write_all(&body).await?;
    let mut held = Vec::new();
    loop {
        let mut piece = Vec::new();
        // A client that gives up must end this, or the relay would count a reader for ever.
        let mut gone = [0; 1];
        let count = tokio::select! {
            read = server.read_buf(&mut piece) => read?,
            _ = client.read(&mut gone) => return Ok(()),
        };
        if count == 0 {
            break;
        }
        if holds == Holds::OnePiece {
            client.write_all(&held).await?;
            held.clear();
        }
        held.extend_from_slice(&piece);
    }
    client.write_all(&held).await?;
    Ok(client.shutdown().await?)
}

async fn read_head(from: &mut TcpStream) -> Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            return Ok((String::from_utf8(bytes)?, rest));
        }
        anyhow::ensure!(bytes.len() < HEAD_MAX_BYTES, "the head is too long");
        anyhow::ensure!(from.read_buf(&mut bytes).await? > 0, "it hung up");
    }
}

async fn read_up_to(
    from: &mut (impl AsyncRead + Unpin),
    mut bytes: Vec<u8>,
    length: usize,
) -> Result<Vec<u8>> {
    while bytes.len() < length {
        anyhow::ensure!(from.read_buf(&mut bytes).await? > 0, "it hung up");
    }
    Ok(bytes)
}

fn content_length(head: &str) -> usize {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    lengths.find_map(|(_, value)| value.trim().parse().ok()).unwrap_or(0)
}

fn closing(head: &str) -> String {
    let kept = head.trim_end().lines().filter(|line| {
        let name = line.split(':').next().unwrap_or_default();
        !name.eq_ignore_ascii_case("connection")
    });
    let kept: String = kept.map(|line| format!("{line}\r\n")).collect();
    format!("{kept}Connection: close\r\n\r\n")
}
