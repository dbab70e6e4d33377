//! A TCP proxy between bridge and relay that counts what passes: all bytes, and the bytes of
//! request bodies, which it reads from the headers of HTTP/2 frames (RFC 9113 §4.1).
//!
//! It looks, it changes nothing. It knows no HTTP/1.1: the bridge talks HTTP/2 to a relay on the
//! loopback, and a figure that quietly left half of the traffic out would be worse than none.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What has passed since the last [`Meter::take`], in bytes.
#[derive(Debug, Clone, Default)]
pub struct Passed {
    /// From the bridge to the relay, all of it.
    pub up: u64,
    /// From the relay to the bridge, all of it.
    pub down: u64,
    /// Bodies of finished requests, in the order in which they ended; empty bodies are left out.
    pub bodies: Vec<u64>,
}

impl Passed {
    /// The bodies added up.
    #[must_use]
    pub fn body_bytes(&self) -> u64 {
        self.bodies.iter().sum()
    }
}

/// A running proxy. Ends with the runtime's task set it was given to.
pub struct Meter {
    /// Where the bridge connects to.
    pub address: SocketAddr,
    passed: Arc<Mutex<Passed>>,
    _tasks: JoinSet<()>,
}

impl Meter {
    /// Listens on a free port of the loopback and forwards to `relay`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(relay: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("binding the meter")?;
        let address = listener.local_addr()?;
        let passed = Arc::new(Mutex::new(Passed::default()));
        let mut tasks = JoinSet::new();
        let counter = Arc::clone(&passed);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let counter = Arc::clone(&counter);
                connections.spawn(async move {
                    if let Err(error) = forward(client, relay, &counter).await {
                        eprintln!("meter: {error:#}");
                    }
                });
            }
        });
        Ok(Self { address, passed, _tasks: tasks })
    }

    /// Hands over what has passed since the last call, and starts again from nothing.
    #[must_use]
    pub fn take(&self) -> Passed {
        std::mem::take(&mut *self.passed.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn forward(client: TcpStream, relay: SocketAddr, passed: &Mutex<Passed>) -> Result<()> {
    let Ok(server) = TcpStream::connect(relay).await else {
        return Ok(()); // The relay is down: the bridge sees a closed connection, as it would.
    };
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut client_read, mut client_write) = client.into_split();
    let (mut server_read, mut server_write) = server.into_split();
    let up = async {
        let mut frames = Frames::default();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = client_read.read(&mut buffer).await.unwrap_or(0);
            if count == 0 {
                break server_write.shutdown().await.map_err(anyhow::Error::from);
            }
            {
                let mut passed = passed.lock().unwrap_or_else(PoisonError::into_inner);
                passed.up += count as u64;
                frames.read(&buffer[..count], &mut passed.bodies)?;
            }
            if server_write.write_all(&buffer[..count]).await.is_err() {
                break Ok(());
            }
        }
    };
    let down = async {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = server_read.read(&mut buffer).await.unwrap_or(0);
            if count == 0 || client_write.write_all(&buffer[..count]).await.is_err() {
                break client_write.shutdown().await.map_err(anyhow::Error::from);
            }
            passed.lock().unwrap_or_else(PoisonError::into_inner).down += count as u64;
        }
    };
    tokio::select! { ended = up => ended, ended = down => ended }
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const FRAME_HEADER_BYTES: usize = 9;
const DATA: u8 = 0;
const END_STREAM: u8 = 1;

/// Follows the frames of one direction and adds up the DATA of each stream.
#[derive(Default)]
struct Frames {
    preface: usize,
    header: Vec<u8>,
    payload_left: usize,
    streams: HashMap<u32, u64>,
}

impl Frames {
    fn read(&mut self, mut bytes: &[u8], bodies: &mut Vec<u64>) -> Result<()> {
        while self.preface < PREFACE.len() && !bytes.is_empty() {
            let wanted = PREFACE[self.preface];
            ensure!(
                bytes[0] == wanted,
                "the connection is not HTTP/2: its bodies cannot be counted"
            );
            self.preface += 1;
            bytes = &bytes[1..];
        }
        while !bytes.is_empty() {
            if self.payload_left > 0 {
                let count = self.payload_left.min(bytes.len());
                self.payload_left -= count;
                bytes = &bytes[count..];
                continue;
            }
            let count = (FRAME_HEADER_BYTES - self.header.len()).min(bytes.len());
            self.header.extend_from_slice(&bytes[..count]);
            bytes = &bytes[count..];
            if self.header.len() == FRAME_HEADER_BYTES {
                self.frame(bodies);
                self.header.clear();
            }
        }
        Ok(())
    }

    fn frame(&mut self, bodies: &mut Vec<u64>) {
        let header = &self.header;
        let length = u32::from_be_bytes([0, header[0], header[1], header[2]]);
        let stream = u32::from_be_bytes([header[5] & 0x7f, header[6], header[7], header[8]]);
        self.payload_left = length as usize;
        if header[3] != DATA {
            return;
        }
        *self.streams.entry(stream).or_default() += u64::from(length);
        if header[4] & END_STREAM != 0 {
            let body = self.streams.remove(&stream).unwrap_or_default();
            if body > 0 {
                bodies.push(body);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
        let mut frame = vec![length[1], length[2], length[3], kind, flags];
        frame.extend_from_slice(&stream.to_be_bytes());
        frame.extend_from_slice(payload);
        frame
    }

    #[test]
    fn bodies_are_added_up_per_stream_wherever_the_bytes_are_cut() {
        let mut wire = PREFACE.to_vec();
        wire.extend(frame(4, 0, 0, b""));
        wire.extend(frame(1, 4, 1, b"headers"));
        wire.extend(frame(DATA, 0, 1, b"abc"));
        wire.extend(frame(DATA, 0, 3, b"xx"));
        wire.extend(frame(DATA, END_STREAM, 1, b"de"));
        wire.extend(frame(DATA, END_STREAM, 3, b""));
        for cut in 0..wire.len() {
            let (mut frames, mut bodies) = (Frames::default(), Vec::new());
            for part in [&wire[..cut], &wire[cut..]] {
                frames.read(part, &mut bodies).expect("HTTP/2");
            }
            assert_eq!(bodies, [5, 2], "cut at {cut}");
        }
    }

    #[test]
    fn a_connection_that_is_not_http_2_is_an_error_and_not_a_zero() {
        let refused = Frames::default().read(b"GET / HTTP/1.1\r\n", &mut Vec::new());
        assert!(refused.is_err());
    }
}
