//! The least that a request can cost: one HTTP/1.1 request on an open connection over the loopback,
//! to a server that only answers.

use anyhow::{Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// An open connection.
pub(crate) struct Loopback {
    connection: TcpStream,
    _server: JoinSet<Result<()>>,
}

impl Loopback {
    pub(crate) async fn open() -> Result<Self> {
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
        Ok(Self { connection, _server: server })
    }

    /// Posts a body and waits for the answer.
    pub(crate) async fn post(&mut self, body: &[u8]) -> Result<()> {
        let head = format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
        self.connection.write_all(&[head.as_bytes(), body].concat()).await?;
        let mut answer = [0; ANSWER.len()];
        self.connection.read_exact(&mut answer).await?;
        ensure!(answer == ANSWER, "the yardstick's server answered something else");
        Ok(())
    }
}
