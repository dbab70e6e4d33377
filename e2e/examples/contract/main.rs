//! The test service of the public contract tests for readers of Server-Sent Events, over the bridge's
//! reader: `docs/service_spec.md` of launchdarkly/sse-contract-tests.
//!
//!     cargo run -p e2e --example contract -- 127.0.0.1:8000
//!     sse-contract-tests --url http://127.0.0.1:8000
//!
//! What is tried is how bytes are read. Opening a stream again is done here as the suite wants it: the
//! bridge does that by its own rules (`daemon/link.rs`), and follows no redirects on purpose.

mod http;
mod stream;

use std::collections::HashMap;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};

use crate::http::{Answer, Asked};
use crate::stream::Order;

/// What the suite may ask for beyond the standard.
const CAPABILITIES: [&str; 5] = ["comments", "headers", "last-event-id", "post", "report"];

#[tokio::main]
async fn main() -> Result<()> {
    // The client asks for one although it never speaks TLS here.
    drop(rustls::crypto::ring::default_provider().install_default());
    let address = std::env::args().nth(1).context("an address to listen on")?;
    let listener = TcpListener::bind(address).await?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    let mut service = Service::default();
    loop {
        let (mut connection, _) = listener.accept().await?;
        let Ok(asked) = http::read(&mut connection).await else { continue };
        let answer = service.answer(&asked);
        // A harness that has gone does not wait for it.
        drop(http::write(&mut connection, &answer).await);
        if (asked.method.as_str(), asked.path.as_str()) == ("DELETE", "/") {
            return Ok(());
        }
    }
}

/// The streams that are read at the moment.
#[derive(Default)]
struct Service {
    tasks: JoinSet<()>,
    streams: HashMap<String, AbortHandle>,
    made: u64,
}

impl Service {
    fn answer(&mut self, asked: &Asked) -> Answer {
        match (asked.method.as_str(), asked.path.as_str()) {
            ("GET", "/") => Answer::json(&json!({ "capabilities": CAPABILITIES })),
            ("DELETE", "/") => Answer::status(204),
            ("POST", "/") => self.create(&asked.body),
            ("DELETE", path) => match self.streams.remove(path) {
                Some(stream) => {
                    stream.abort();
                    Answer::status(204)
                }
                None => Answer::status(404),
            },
            ("POST", path) if !self.streams.contains_key(path) => Answer::status(404),
            _ => Answer::status(400),
        }
    }

    fn create(&mut self, body: &Value) -> Answer {
        let Ok(order) = serde_json::from_value::<Order>(body.clone()) else {
            return Answer::status(400);
        };
        self.made += 1;
        let path = format!("/streams/{}", self.made);
        self.streams.insert(path.clone(), self.tasks.spawn(stream::read(order)));
        Answer::made(path)
    }
}
