//! A reader of the feed that shares no code with the bridge's or the UI's.

use anyhow::{Context, Result, bail, ensure};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::api::Api;
use crate::process::DEADLINE;

/// One event as it stood on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// `id:`
    pub id: Option<String>,
    /// `event:`
    pub event: String,
    /// `data:`, lines joined.
    pub data: String,
}

impl Received {
    /// Its data as JSON.
    ///
    /// # Errors
    /// When it is not what was expected.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.data).with_context(|| format!("the data of {self:?}"))
    }
}

/// An open feed.
pub struct Feed {
    answer: reqwest::Response,
    buffer: Vec<u8>,
}

impl Feed {
    /// Opens `/v1/feed` with a query such as `?after=…`, or none.
    ///
    /// # Errors
    /// When the relay does not answer with a stream.
    pub async fn open(api: &Api, query: &str) -> Result<Self> {
        let answer = api.request(&format!("/v1/feed{query}")).send().await?;
        ensure!(answer.status().is_success(), "GET /v1/feed: {}", answer.status());
        Ok(Self { answer, buffer: Vec::new() })
    }

    /// The next event, heartbeats included, comments left out.
    ///
    /// # Errors
    /// When the feed ends or the deadline passes.
    pub async fn next(&mut self) -> Result<Received> {
        loop {
            while let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.buffer.drain(..end + 2).collect();
                let received = parse(&String::from_utf8(block)?);
                if !received.event.is_empty() {
                    return Ok(received);
                }
            }
            match timeout(DEADLINE, self.answer.chunk()).await {
                Ok(Ok(Some(bytes))) => self.buffer.extend_from_slice(&bytes),
                Ok(Ok(None)) => bail!("the feed ended"),
                Ok(Err(error)) => return Err(error).context("reading the feed"),
                Err(_) => bail!("nothing came on the feed"),
            }
        }
    }

    /// Waits for an event that is wanted; others are passed over.
    ///
    /// # Errors
    /// See [`Feed::next`].
    pub async fn until(&mut self, wanted: impl Fn(&Received) -> bool) -> Result<Received> {
        loop {
            let received = self.next().await?;
            if wanted(&received) {
                return Ok(received);
            }
        }
    }
}

/// Reads one block of a stream.
pub(crate) fn parse(block: &str) -> Received {
    let mut received = Received::default();
    for line in block.lines() {
        let (field, value) = line.split_once(": ").or(line.split_once(':')).unwrap_or((line, ""));
        match field {
            "id" => received.id = Some(value.to_owned()),
            "event" => value.clone_into(&mut received.event),
            "data" if received.data.is_empty() => value.clone_into(&mut received.data),
            "data" => {
                received.data.push('\n');
                received.data.push_str(value);
            }
            _ => {}
        }
    }
    received
}
