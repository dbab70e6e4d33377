//! A TCP proxy of ours in which everything takes its time: a delay that no two pieces have alike, in
//! the order in which they came. For a kernel that cannot delay packets.

use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use anyhow::{Context, Result};
use rand::Rng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

/// Pieces that may be on their way at once, each way.
const ON_THEIR_WAY_MAX: usize = 1024;

/// A running one. Ends when dropped.
pub struct Late {
    /// Where the bridge connects to.
    pub address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl Late {
    /// Listens on a free port of the loopback; each way takes so many milliseconds.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(relay: SocketAddr, delay_ms: Range<u64>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("binding")?;
        let address = listener.local_addr()?;
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(carry(client, relay, delay_ms.clone()));
            }
        });
        Ok(Self { address, _tasks: tasks })
    }
}

async fn carry(client: TcpStream, relay: SocketAddr, delay_ms: Range<u64>) {
    // Shaking hands takes a way there and one back.
    sleep(some(&delay_ms) + some(&delay_ms)).await;
    let Ok(server) = TcpStream::connect(relay).await else { return };
    let (_, _) = (client.set_nodelay(true), server.set_nodelay(true));
    let (client_read, client_write) = client.into_split();
    let (server_read, server_write) = server.into_split();
    tokio::join!(
        one_way(client_read, server_write, &delay_ms),
        one_way(server_read, client_write, &delay_ms)
    );
}

async fn one_way(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay_ms: &Range<u64>) {
    let (set_out, mut arrives) = mpsc::channel::<(Instant, Vec<u8>)>(ON_THEIR_WAY_MAX);
    let reads = async move {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            let at = Instant::now() + some(delay_ms);
            if set_out.send((at, buffer[..count].to_vec())).await.is_err() {
                return;
            }
        }
    };
    let writes = async move {
        while let Some((at, bytes)) = arrives.recv().await {
            sleep_until(at).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    };
    tokio::join!(reads, writes);
}

fn some(delay_ms: &Range<u64>) -> Duration {
    Duration::from_millis(rand::rng().random_range(delay_ms.clone()))
}
