//! A TCP proxy of ours that turns into a black hole and back: while it is dark it keeps every
//! connection open and passes nothing, as a dead radio link or a table of addresses that forgot
//! does. It can also hang up on everybody, as a program does that is restarted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What it lets pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Light {
    /// Everything.
    On,
    /// Nothing, without a word.
    Dark,
    /// Nothing: it hangs up.
    HangsUp,
}

/// A running one. Ends when dropped.
pub struct Hole {
    /// Where the bridge connects to.
    pub address: SocketAddr,
    light: watch::Sender<Light>,
    passed: Arc<AtomicU64>,
    _tasks: JoinSet<()>,
}

impl Hole {
    /// Listens on a free port of the loopback and passes everything to `relay`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(relay: SocketAddr) -> Result<Self> {
        Self::start_with_life(relay, Duration::MAX).await
    }

    /// The same, and no connection lives longer than `life`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start_with_life(relay: SocketAddr, life: Duration) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("binding")?;
        let address = listener.local_addr()?;
        let (light, seen) = watch::channel(Light::On);
        let passed = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&passed);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let (seen, counter) = (seen.clone(), Arc::clone(&counter));
                let passed = async move { pass_both(client, relay, seen, &counter).await };
                connections.spawn(tokio::time::timeout(life, passed));
            }
        });
        Ok(Self { address, light, passed, _tasks: tasks })
    }

    /// Passes nothing from now on. What was begun before stays silent for ever, as connections do
    /// whose path is gone.
    pub fn darken(&self) {
        self.light.send_replace(Light::Dark);
    }

    /// Hangs up on everybody from now on.
    pub fn hang_up(&self) {
        self.light.send_replace(Light::HangsUp);
    }

    /// Passes everything again, on new connections.
    pub fn lighten(&self) {
        self.light.send_replace(Light::On);
    }

    /// Bytes that passed, both ways together.
    #[must_use]
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }
}

async fn pass_both(
    client: TcpStream,
    relay: SocketAddr,
    mut light: watch::Receiver<Light>,
    passed: &AtomicU64,
) {
    let now = *light.borrow();
    match now {
        Light::On => {}
        // Accepted by the kernel before anybody could refuse: silent, and kept open.
        Light::Dark => return hold(client).await,
        Light::HangsUp => return,
    }
    let Ok(server) = TcpStream::connect(relay).await else { return };
    let (_, _) = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut client_read, mut client_write) = client.into_split();
    let (mut server_read, mut server_write) = server.into_split();
    let up = pass(&mut client_read, &mut server_write, passed);
    let down = pass(&mut server_read, &mut client_write, passed);
    tokio::select! {
        () = up => return,
        () = down => return,
        now = light.wait_for(|light| *light != Light::On) => {
            if now.is_ok_and(|now| *now == Light::HangsUp) {
                return;
            }
        }
    }
    // The relay's side hangs too: neither end learns of the other.
    let _kept = (client_write, server_read, server_write);
    let mut ignored = vec![0; 4096];
    while client_read.read(&mut ignored).await.is_ok_and(|count| count > 0) {}
}

async fn pass(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, passed: &AtomicU64) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = from.read(&mut buffer).await.unwrap_or(0);
        if count == 0 || to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
        passed.fetch_add(count as u64, Ordering::Relaxed);
    }
}

async fn hold(mut client: TcpStream) {
    let mut ignored = vec![0; 4096];
    while client.read(&mut ignored).await.is_ok_and(|count| count > 0) {}
}
