//! The yardstick: a save seen by inotify, read, and sent in one HTTP/1.1 request on an open
//! connection to a server that only answers. Nothing that does the job can be much faster.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// A watched folder and an open connection.
pub(crate) struct RoundTrip {
    file: PathBuf,
    events: mpsc::Receiver<()>,
    connection: TcpStream,
    _watcher: RecommendedWatcher,
    _folder: TempDir,
    _server: JoinSet<Result<()>>,
}

impl RoundTrip {
    pub(crate) async fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("README.md");
        fs::write(&file, "0")?;
        let (send, events) = mpsc::channel(64);
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                if event.is_ok_and(|event| event.kind.is_modify()) {
                    let _ = send.try_send(());
                }
            })?;
        watcher.watch(folder.path(), RecursiveMode::Recursive)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let connection = TcpStream::connect(listener.local_addr()?).await?;
        connection.set_nodelay(true)?;
        let mut server = JoinSet::new();
        server.spawn(async move {
            let (mut stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let mut request = vec![0; 64 * 1024];
            while stream.read(&mut request).await? > 0 {
                stream.write_all(ANSWER).await?;
            }
            Ok(())
        });
        Ok(Self { file, events, connection, _watcher: watcher, _folder: folder, _server: server })
    }

    /// Saves, and gives the time until the request that carries the save was answered.
    pub(crate) async fn save(&mut self, number: usize) -> Result<Duration> {
        while self.events.try_recv().is_ok() {}
        let start = Instant::now();
        fs::write(&self.file, number.to_string())?;
        self.events.recv().await.context("the watcher ended")?;
        let body = fs::read(&self.file)?;
        let mut request =
            format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len())
                .into_bytes();
        request.extend_from_slice(&body);
        self.connection.write_all(&request).await?;
        let mut answer = [0; ANSWER.len()];
        self.connection.read_exact(&mut answer).await?;
        ensure!(answer == ANSWER, "the yardstick's server answered something else");
        Ok(start.elapsed())
    }
}
