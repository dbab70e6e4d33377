//! Calls that look into the way to the relay: `/v1/probe` of `docs/PROTOCOL.md`. They change nothing,
//! and disturb no bridge that runs.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use leanspec_shared::doctor::stream::{Reading, Streamed};
use leanspec_shared::http::{self as wire, ENCODING_GZIP, ENCODING_ZSTD};
use leanspec_shared::probe::Probed;
use rand::RngCore;
use tokio::time::Instant;

use crate::uplink::coding::Coding;
use crate::uplink::encode;
use crate::uplink::http::{CallError, Relay, Request, headers};

/// Sends a body of this many bytes, which compress or do not; returns what arrived and how long it
/// took.
///
/// # Errors
/// See [`CallError`].
pub async fn body(
    relay: &Relay,
    bytes: usize,
    coding: Coding,
) -> Result<(Probed, Duration), CallError> {
    let mut plain = vec![0; bytes];
    rand::rng().fill_bytes(&mut plain);
    let fault = |error: std::io::Error| CallError::Malformed(error.to_string());
    let mut with = headers([("content-type", "application/octet-stream")]);
    let body = match coding {
        Coding::Plain => plain,
        Coding::Zstd => {
            with.insert(header::CONTENT_ENCODING, HeaderValue::from_static(ENCODING_ZSTD));
            encode::zstd_body(&plain).map_err(fault)?
        }
        Coding::Gzip => {
            with.insert(header::CONTENT_ENCODING, HeaderValue::from_static(ENCODING_GZIP));
            encode::gzip_body(&plain).map_err(fault)?
        }
    };
    let request = Request {
        method: Method::POST,
        path: wire::PROBE.into(),
        headers: with,
        body: Some(Bytes::from(body)),
    };
    let began = Instant::now();
    let answer = relay.call_as_it_is(request).await?;
    let probed = serde_json::from_slice(&answer.body)
        .map_err(|error| CallError::Malformed(error.to_string()))?;
    Ok((probed, began.elapsed()))
}

/// Asks for this many bytes; returns how many came and how long it took.
///
/// # Errors
/// See [`CallError`].
pub async fn bytes(relay: &Relay, bytes: usize) -> Result<(usize, Duration), CallError> {
    let began = Instant::now();
    let answer = relay.call_as_it_is(get(format!("{}?bytes={bytes}", wire::PROBE))).await?;
    Ok((answer.body.len(), began.elapsed()))
}

/// Reads a probing stream with these gaps, and gives up `patience` after the last event was due.
///
/// # Errors
/// When it is not answered with a stream. One that breaks is no error but what was to be found out.
pub async fn stream(
    relay: &Relay,
    gaps: &[Duration],
    patience: Duration,
) -> Result<Streamed, CallError> {
    let list: Vec<String> = gaps.iter().map(|gap| gap.as_millis().to_string()).collect();
    let mut request = get(format!("{}?gaps={}", wire::PROBE_STREAM, list.join(",")));
    request.headers.insert(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
    let began = Instant::now();
    let deadline = began + gaps.iter().sum::<Duration>() + patience;
    let mut reading = Reading::default();
    let Ok(opened) = tokio::time::timeout_at(deadline, relay.open(request)).await else {
        return Ok(reading.streamed);
    };
    let mut response = opened?;
    if !response.status().is_success() {
        let status = response.status();
        return Err(crate::uplink::http::refusal(status, response.headers(), b""));
    }
    reading.streamed.head = Some(began.elapsed());
    while reading.streamed.arrivals.len() < gaps.len() {
        match tokio::time::timeout_at(deadline, response.chunk()).await {
            Err(_) => break,
            Ok(Ok(Some(chunk))) => reading.take(&chunk, began.elapsed()),
            Ok(Ok(None)) => {
                reading.streamed.cut = Some("it ended".into());
                break;
            }
            Ok(Err(_)) => {
                reading.streamed.cut = Some("it was cut".into());
                break;
            }
        }
    }
    Ok(reading.streamed)
}

fn get(path: String) -> Request {
    Request { method: Method::GET, path, headers: HeaderMap::new(), body: None }
}
