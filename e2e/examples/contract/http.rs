//! As much of HTTP/1.1 as the harness speaks: one request a connection, its body of a known length.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// The longest body that is read, in bytes.
const BODY_MAX_BYTES: usize = 1024 * 1024;

/// A request.
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Value,
}

/// An answer.
pub(crate) struct Answer {
    status: u16,
    location: Option<String>,
    body: String,
}

impl Answer {
    pub(crate) fn status(status: u16) -> Self {
        Self { status, location: None, body: String::new() }
    }

    pub(crate) fn made(location: String) -> Self {
        Self { location: Some(location), ..Self::status(201) }
    }

    pub(crate) fn json(body: &Value) -> Self {
        Self { body: body.to_string(), ..Self::status(200) }
    }
}

/// Reads a request; a body that is no JSON is `null`.
pub(crate) async fn read(connection: &mut TcpStream) -> Result<Asked> {
    let mut lines = BufReader::new(connection);
    let mut first = String::new();
    lines.read_line(&mut first).await?;
    let mut words = first.split_whitespace().map(str::to_owned);
    let (method, path) = words.next().zip(words.next()).context("no request")?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).await?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        }
    }
    ensure!(length <= BODY_MAX_BYTES, "too long");
    let mut body = vec![0; length];
    lines.read_exact(&mut body).await?;
    Ok(Asked { method, path, body: serde_json::from_slice(&body).unwrap_or_default() })
}

/// Answers, and ends the connection.
pub(crate) async fn write(connection: &mut TcpStream, answer: &Answer) -> Result<()> {
    let Answer { status, location, body } = answer;
    let location = location.as_ref().map(|place| format!("Location: {place}\r\n"));
    let head = format!(
        "HTTP/1.1 {status} Done\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n{}\r\n",
        body.len(),
        location.unwrap_or_default()
    );
    connection.write_all((head + body).as_bytes()).await?;
    Ok(connection.shutdown().await?)
}
