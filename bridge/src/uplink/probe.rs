//! Calls that look into the way to the relay: `/v1/probe` of `docs/PROTOCOL.md`. They change nothing,
//! and disturb no bridge that runs.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use leanspec_shared::http::{self as wire, ENCODING_GZIP, ENCODING_ZSTD};
use leanspec_shared::probe::{ProbeEvent, Probed};
use rand::RngCore;
use tokio::time::Instant;

use crate::uplink::coding::Coding;
use crate::uplink::encode;
use crate::uplink::http::{CallError, Relay, Request, headers};

/// One event of a probing stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When it was sent, after the first, by the relay's clock.
    pub sent: Duration,
    /// When it arrived, after the request was sent, by ours.
    pub arrived: Duration,
}

/// What came of a probing stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Streamed {
    /// When the head of the answer was there, after the request was sent.
    pub head: Option<Duration>,
    /// The events, in order.
    pub arrivals: Vec<Arrival>,
    /// Why it ended before its last event.
    pub cut: Option<String>,
}

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
    let mut streamed = Streamed::default();
    let Ok(opened) = tokio::time::timeout_at(deadline, relay.open(request)).await else {
        return Ok(streamed);
    };
    let mut response = opened?;
    if !response.status().is_success() {
        let status = response.status();
        return Err(crate::uplink::http::refusal(status, response.headers(), b""));
    }
    streamed.head = Some(began.elapsed());
    let (mut buffer, mut first) = (Vec::new(), None);
    while streamed.arrivals.len() < gaps.len() {
        match tokio::time::timeout_at(deadline, response.chunk()).await {
            Err(_) => break,
            Ok(Ok(Some(chunk))) => buffer.extend_from_slice(&chunk),
            Ok(Ok(None)) => {
                streamed.cut = Some("it ended".into());
                break;
            }
            Ok(Err(_)) => {
                streamed.cut = Some("it was cut".into());
                break;
            }
        }
        for event in take_events(&mut buffer) {
            let sent_ms = event.time.unix_ms();
            let since = sent_ms - *first.get_or_insert(sent_ms);
            let sent = Duration::from_millis(u64::try_from(since).unwrap_or(0));
            streamed.arrivals.push(Arrival { sent, arrived: began.elapsed() });
        }
    }
    Ok(streamed)
}

fn get(path: String) -> Request {
    Request { method: Method::GET, path, headers: HeaderMap::new(), body: None }
}

/// Takes the whole events out of what has arrived. These events are of one shape.
fn take_events(buffer: &mut Vec<u8>) -> Vec<ProbeEvent> {
    let mut events = Vec::new();
    while let Some(end) = buffer.windows(2).position(|pair| pair == b"\n\n") {
        let block: Vec<u8> = buffer.drain(..end + 2).collect();
        let text = String::from_utf8_lossy(&block);
        let data = text.lines().find_map(|line| line.strip_prefix("data: "));
        events.extend(data.and_then(|data| serde_json::from_str::<ProbeEvent>(data).ok()));
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_events_are_taken_wherever_the_bytes_are_cut() {
        let event = "event: probe\ndata: {\"number\":0,\"time\":\"2026-11-22T16:00:00.123Z\"}\n\n";
        let all = format!(":\n\n{event}{event}");
        for cut in 0..all.len() {
            let mut buffer = all.as_bytes()[..cut].to_vec();
            let before = take_events(&mut buffer).len();
            buffer.extend_from_slice(&all.as_bytes()[cut..]);
            assert_eq!(before + take_events(&mut buffer).len(), 2, "cut at {cut}");
        }
    }
}
