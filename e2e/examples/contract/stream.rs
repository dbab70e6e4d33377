//! One stream: opened, read with the bridge's reader, told of to the harness, opened again.

use std::collections::BTreeMap;
use std::io;
use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use leanspec_bridge::uplink::feed::raw::{Read, read_bytes};
use reqwest::{Client, Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

/// What the harness wants read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    stream_url: String,
    callback_url: String,
    #[serde(default = "usual_delay")]
    initial_delay_ms: u64,
    last_event_id: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    method: Option<String>,
    #[serde(default)]
    body: String,
}

fn usual_delay() -> u64 {
    1000
}

/// Reads until the task is aborted, or the server says that there is nothing more.
pub(crate) async fn read(order: Order) {
    let mut last = order.last_event_id.clone();
    let mut harness = Harness { url: order.callback_url.clone(), told: 0, client: Client::new() };
    loop {
        match open(&order, last.as_deref()).await {
            Ok(response) if response.status() == StatusCode::NO_CONTENT => return,
            Ok(response) if response.status().is_success() => {
                let bytes = response.bytes_stream().map(|piece| piece.map_err(io::Error::other));
                let mut events = pin!(read_bytes(bytes));
                while let Some(read) = events.next().await {
                    if let Read::Event { id: Some(id), .. } = &read {
                        last = Some(id.clone());
                    }
                    harness.tell(said(&read)).await;
                }
            }
            Ok(response) => harness.error(&response.status().to_string()).await,
            Err(error) => harness.error(&error.to_string()).await,
        }
        tokio::time::sleep(Duration::from_millis(order.initial_delay_ms)).await;
    }
}

async fn open(order: &Order, last: Option<&str>) -> reqwest::Result<Response> {
    let method = order.method.as_deref().and_then(|name| Method::from_bytes(name.as_bytes()).ok());
    let mut request = Client::new().request(method.unwrap_or(Method::GET), &order.stream_url);
    request = request.header("accept", "text/event-stream").header("cache-control", "no-cache");
    for (name, value) in &order.headers {
        request = request.header(name, value);
    }
    if let Some(last) = last.filter(|last| !last.is_empty()) {
        request = request.header("last-event-id", last);
    }
    if order.method.is_some() {
        request = request.body(order.body.clone());
    }
    request.send().await
}

fn said(read: &Read) -> Value {
    match read {
        Read::Event { kind, data, id } => {
            json!({ "kind": "event", "event": { "type": kind, "data": data, "id": id } })
        }
        Read::Comment(text) => json!({ "kind": "comment", "comment": text }),
    }
}

/// Whoever is told; the number in the address keeps the order.
struct Harness {
    url: String,
    told: u64,
    client: Client,
}

impl Harness {
    async fn tell(&mut self, what: Value) {
        self.told += 1;
        let address = format!("{}/{}", self.url, self.told);
        // The harness judges by what arrives; there is nobody else to tell.
        drop(self.client.post(address).json(&what).send().await);
    }

    async fn error(&mut self, why: &str) {
        self.tell(json!({ "kind": "error", "comment": why })).await;
    }
}
