//! The test service of the public contract tests, asked as their harness asks.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use e2e::process::Process;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

/// The program of `examples/contract`, beside this one.
fn service() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.ancestors().nth(2).context("a target folder")?;
    Ok(folder.join("examples/contract").with_extension(std::env::consts::EXE_EXTENSION))
}

/// The head and the body of one request.
async fn heard(connection: &mut TcpStream) -> Result<(String, String)> {
    let mut read = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return Ok((head.to_owned(), body.to_owned()));
            }
        }
        ensure!(connection.read_buf(&mut read).await? > 0, "it hung up: {text}");
    }
}

async fn call(service: SocketAddr, method: &str, path: &str, body: &Value) -> Result<String> {
    let mut connection = TcpStream::connect(service).await?;
    let body = body.to_string();
    let head = format!("{method} {path} HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
    connection.write_all((head + &body).as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn the_contract_tests_are_told_what_a_stream_says_and_where_it_is_opened_again() -> Result<()>
{
    let mut command = Command::new(service()?);
    let process = Process::start("the test service", command.arg("127.0.0.1:0"))?;
    let line = process.says("listening on http://").await?;
    let service: SocketAddr = line.rsplit("http://").next().context("an address")?.parse()?;
    let capable = call(service, "GET", "/", &Value::Null).await?;
    ensure!(capable.contains("\"comments\""), "{capable}");

    let harness = TcpListener::bind("127.0.0.1:0").await?;
    let here = harness.local_addr()?;
    let order = json!({ "streamUrl": format!("http://{here}/stream"), "initialDelayMs": 0,
        "callbackUrl": format!("http://{here}/told") });
    let made = call(service, "POST", "/", &order).await?;
    ensure!(made.contains("201") && made.contains("Location: /streams/1"), "{made}");

    let (mut told, mut resumed) = (Vec::new(), None);
    while resumed.is_none() {
        let (mut connection, _) = harness.accept().await?;
        let (head, body) = heard(&mut connection).await?;
        if head.starts_with("GET /stream") {
            resumed = head
                .lines()
                .find_map(|line| line.strip_prefix("last-event-id: "))
                .map(str::to_owned);
            let stream = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
                Connection: close\r\n\r\n: hi\nid: 7\nevent: put\ndata: a\n\n";
            connection.write_all(stream.as_bytes()).await?;
        } else {
            let number = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
            told.push((number, serde_json::from_str::<Value>(&body)?));
            // It is not kept: what is told next would be lost on a connection that is just ending.
            let taken = b"HTTP/1.1 202 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            connection.write_all(taken).await?;
        }
    }
    let event = json!({ "type": "put", "data": "a", "id": "7" });
    let wanted = [
        ("/told/1".to_owned(), json!({ "kind": "comment", "comment": " hi" })),
        ("/told/2".to_owned(), json!({ "kind": "event", "event": event })),
    ];
    ensure!(told == wanted, "{told:?}");
    ensure!(resumed.as_deref() == Some("7"), "{resumed:?}");
    let ended = call(service, "DELETE", "/streams/1", &Value::Null).await?;
    ensure!(ended.contains("204"), "{ended}");
    Ok(())
}
