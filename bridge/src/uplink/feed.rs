//! This machine's command feed: the only importer of eventsource-client.
//!
//! The crate parses; everything around it is done here, because version 0.18 misbehaves:
//!
//! * it forgets the last event id at the first event without one, and then reconnects without it:
//!   it is told to never reconnect, and whoever reads this feed opens a new one;
//! * with its retry on, connection errors are only logged and `next` hangs: same cure;
//! * it follows redirects with every header, the key included, also to another host:
//!   `redirect_limit(0)`, and the HTTP client follows none either;
//! * it takes a 204 and any content type for a feed: both are checked in the transport;
//! * it buffers a line without limit: the transport ends a stream whose event is too long;
//! * it ends the stream at a block of nothing but unknown fields: no relay sends one, and whoever
//!   reads this feed opens a new one (the cases it was tried with are in `conformance`);
//! * it has no notion of silence: every wait here has a deadline.

pub mod raw;

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use eventsource_client::{BoxStream, Client, ClientBuilder, Error, ReconnectOptions, SSE};
use futures_util::{Stream, StreamExt};
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode, Version};
use launchdarkly_sdk_transport::{ByteStream, HttpTransport, ResponseFuture, TransportError};
use leanspec_shared::feed::{FeedMode, Heartbeat, Hello};
use leanspec_shared::http as wire;
use leanspec_shared::id::{CommandId, MachineId};
use leanspec_shared::limits::{COMMAND_MAX_BYTES, FEED_DEAD_AFTER_MS, HELLO_DEADLINE_MS};
use tokio::time::Instant;

use crate::uplink::heard::{self, Heard};
use crate::uplink::http::{CallError, Relay, Request, refusal};
use crate::uplink::lumps::Lumps;

/// The longest event that is read, in bytes: the largest command, and what the relay adds to it.
const EVENT_MAX_BYTES: usize = COMMAND_MAX_BYTES + 64 * 1024;
/// The longest problem document that is read from a refused feed, in bytes.
const PROBLEM_MAX_BYTES: usize = 64 * 1024;

/// How a feed is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// As a stream, or by polls.
    pub mode: FeedMode,
    /// For how many seconds a poll is held while there is nothing to say; only then it says hello.
    pub wait_s: u64,
    /// Seconds between two heartbeats of a stream, where the relay's own are too rare for what is in
    /// the way.
    pub heartbeat_s: Option<u64>,
    /// Only commands that were accepted later than this one; without it every command that has not
    /// ended comes.
    pub after: Option<CommandId>,
}

/// An open feed that has said hello.
pub struct Feed {
    events: BoxStream<Result<SSE, Error>>,
    trouble: Arc<OnceLock<CallError>>,
    version: Version,
    hello: Hello,
    /// When something was heard last.
    heard: Instant,
    /// Something was heard after the hello.
    lived: bool,
    lumps: Lumps,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Feed").field("hello", &self.hello).finish_non_exhaustive()
    }
}

impl Feed {
    /// Opens the feed and waits for its `hello`.
    ///
    /// # Errors
    /// [`CallError::HeldBack`] when the hello of a stream does not come in time: the poll form may
    /// get through.
    pub async fn open(relay: &Relay, machine: &MachineId, wish: &Wish) -> Result<Self, CallError> {
        let poll_s = (wish.mode == FeedMode::Poll).then_some(wish.wait_s);
        let path = path(machine, wish);
        let (trouble, version) = (Arc::new(OnceLock::new()), Arc::new(OnceLock::new()));
        let transport = Transport {
            relay: relay.clone(),
            path,
            trouble: Arc::clone(&trouble),
            version: Arc::clone(&version),
        };
        let mut events = open(relay.url().as_str(), transport)
            .map_err(|error| CallError::Malformed(error.to_string()))?;
        let deadline = HELLO_DEADLINE_MS + poll_s.unwrap_or(0) * 1000;
        let hello = tokio::time::timeout(Duration::from_millis(deadline), async {
            loop {
                let event = next(&mut events, &trouble).await?;
                if let Some(hello) = as_hello(&event) {
                    return Ok(hello);
                }
            }
        });
        let hello = hello.await.unwrap_or(Err(CallError::HeldBack))?;
        let version = version.get().copied().unwrap_or(Version::HTTP_11);
        Ok(Self {
            events,
            trouble,
            version,
            hello,
            heard: Instant::now(),
            lived: false,
            lumps: Lumps::default(),
        })
    }

    /// The version of HTTP it comes over, for people.
    #[must_use]
    pub fn http(&self) -> &'static str {
        if self.version == Version::HTTP_2 { "HTTP/2" } else { "HTTP/1.1" }
    }

    /// Whether anything came after its hello.
    #[must_use]
    pub fn has_lived(&self) -> bool {
        self.lived
    }

    /// How long nothing has come.
    #[must_use]
    pub fn silence(&self) -> Duration {
        self.heard.elapsed()
    }

    /// How far apart the relay's heartbeats are, as it says itself.
    #[must_use]
    pub fn heartbeat(&self) -> Duration {
        Duration::from_secs(self.hello.heartbeat_s)
    }

    /// Whether a heartbeat should have come by now.
    #[must_use]
    pub fn is_overdue(&self) -> bool {
        let seconds = self.hello.heartbeat_s;
        seconds > 0 && self.heard.elapsed() > Duration::from_millis(seconds.saturating_mul(1200))
    }

    /// What comes next. Cancel safe: the silence is counted from what was heard last, not from the
    /// last time somebody asked.
    ///
    /// # Errors
    /// When the feed ended, broke, or was silent for two and a half heartbeats.
    pub async fn next(&mut self) -> Result<Heard, CallError> {
        let silence = match self.hello.heartbeat_s {
            // A relay without heartbeats would be a dead one every time.
            0 => FEED_DEAD_AFTER_MS,
            seconds => seconds.saturating_mul(2500).clamp(1000, 10 * FEED_DEAD_AFTER_MS),
        };
        let event = tokio::time::timeout_at(
            self.heard + Duration::from_millis(silence),
            next(&mut self.events, &self.trouble),
        );
        let event = event.await.map_err(|_| CallError::Silent)??;
        self.heard = Instant::now();
        self.lived = true;
        if let Some(sent_ms) = as_heartbeat(&event)
            && self.lumps.heard(sent_ms, self.heard)
        {
            return Err(CallError::HeldBack);
        }
        Ok(match &event {
            SSE::Event(event) => heard::read(&event.event_type, &event.data),
            _ => Heard::Other,
        })
    }
}

/// Lets the crate read what a transport brings, and nothing more.
fn open(url: &str, transport: impl HttpTransport) -> Result<BoxStream<Result<SSE, Error>>, Error> {
    let client = ClientBuilder::for_url(url)?
        .reconnect(ReconnectOptions::reconnect(false).retry_initial(false).build())
        .redirect_limit(0)
        .build_with_transport(transport);
    Ok(client.stream())
}

/// An id needs no escape: see [`CommandId`].
fn path(machine: &MachineId, wish: &Wish) -> String {
    let form = match wish.mode {
        FeedMode::Poll => Some(format!("mode=poll&wait={}", wish.wait_s)),
        _ => wish.heartbeat_s.map(|seconds| format!("heartbeat={seconds}")),
    };
    let after = wish.after.as_ref().map(|id| format!("after={id}"));
    let query: Vec<_> = form.into_iter().chain(after).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{mark}{}", wire::commands(machine), query.join("&"))
}

async fn next(
    events: &mut BoxStream<Result<SSE, Error>>,
    trouble: &OnceLock<CallError>,
) -> Result<SSE, CallError> {
    let ended = || CallError::Unreachable("its feed ended".into());
    match events.next().await {
        Some(Ok(event)) => Ok(event),
        None | Some(Err(Error::Eof)) => Err(trouble.get().cloned().unwrap_or_else(ended)),
        Some(Err(error)) => {
            let cut = || CallError::Unreachable(format!("its feed was cut: {error}"));
            Err(trouble.get().cloned().unwrap_or_else(cut))
        }
    }
}

/// When a heartbeat was sent, in milliseconds since 1970.
fn as_heartbeat(event: &SSE) -> Option<i64> {
    let SSE::Event(event) = event else { return None };
    let heartbeat = (event.event_type == "heartbeat").then_some(&event.data)?;
    let heartbeat: Heartbeat = serde_json::from_str(heartbeat).ok()?;
    Some(heartbeat.time.unix_ms())
}

fn as_hello(event: &SSE) -> Option<Hello> {
    match event {
        SSE::Event(event) if event.event_type == "hello" => serde_json::from_str(&event.data).ok(),
        _ => None,
    }
}

/// Carries the crate's request over the one HTTP client. Errors keep their meaning beside the
/// stream, since the crate's own error type would flatten them to a text.
#[derive(Clone)]
struct Transport {
    relay: Relay,
    path: String,
    trouble: Arc<OnceLock<CallError>>,
    version: Arc<OnceLock<Version>>,
}

impl HttpTransport for Transport {
    fn request(&self, request: http::Request<Option<Bytes>>) -> ResponseFuture {
        let this = self.clone();
        Box::pin(async move {
            let request = Request {
                method: Method::GET,
                path: this.path.clone(),
                headers: request.headers().clone(),
                body: None,
            };
            this.open(request).await.map_err(|error| {
                let told = TransportError::new(error.clone());
                let _ = this.trouble.set(error);
                told
            })
        })
    }
}

impl Transport {
    async fn open(&self, request: Request) -> Result<http::Response<ByteStream>, CallError> {
        let response = self.relay.open(request).await?;
        let _ = self.version.set(response.version());
        let (status, headers) = (response.status(), response.headers().clone());
        let relay = self.relay.clone();
        let bytes = response.bytes_stream().map(move |chunk| {
            relay.heard();
            chunk.map_err(TransportError::new)
        });
        if !status.is_success() {
            return Err(refusal(status, &headers, &read_problem(Box::pin(bytes)).await));
        }
        let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        if status == StatusCode::NO_CONTENT || !kind.starts_with("text/event-stream") {
            return Err(CallError::Intercepted(status.as_u16()));
        }
        let bounded: ByteStream = Box::pin(bound_events(bytes, EVENT_MAX_BYTES));
        let mut answer = http::Response::new(bounded);
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

async fn read_problem(
    mut bytes: Pin<Box<impl Stream<Item = Result<Bytes, TransportError>>>>,
) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(Ok(chunk)) = bytes.next().await {
        body.extend_from_slice(&chunk);
        if body.len() > PROBLEM_MAX_BYTES {
            break;
        }
    }
    body
}

/// Ends a stream in which no event ends for `limit` bytes.
fn bound_events(
    bytes: impl Stream<Item = Result<Bytes, TransportError>> + Send + Sync,
    limit: usize,
) -> impl Stream<Item = Result<Bytes, TransportError>> + Send + Sync {
    let mut open_event = 0_usize;
    bytes.map(move |chunk| {
        let chunk = chunk?;
        open_event = match end_of_last_event(&chunk) {
            Some(end) => chunk.len() - end,
            None => open_event + chunk.len(),
        };
        if open_event > limit {
            let refused = std::io::Error::other("an event of the feed is too long");
            return Err(TransportError::new(refused));
        }
        Ok(chunk)
    })
}

/// Where the last event or comment that ends in this chunk ends. A blank line that is cut by the
/// chunk's end is missed, which only makes the bound a little stricter.
fn end_of_last_event(chunk: &[u8]) -> Option<usize> {
    let blank = |pair: &[u8]| matches!(pair, b"\n\n" | b"\r\r");
    let plain = chunk.windows(2).rposition(blank).map(|at| at + 2);
    let crlf = chunk.windows(4).rposition(|four| four == b"\r\n\r\n").map(|at| at + 4);
    plain.max(crlf)
}

#[cfg(test)]
mod conformance;

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    async fn bounded(chunks: &[&'static [u8]], limit: usize) -> usize {
        let chunks: Vec<_> = chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk))).collect();
        let out = bound_events(stream::iter(chunks), limit);
        out.take_while(|chunk| std::future::ready(chunk.is_ok())).count().await
    }

    #[test]
    fn a_wish_stands_in_the_address() {
        let of = |mode, heartbeat_s, after: Option<&str>| {
            let after = after.map(|id| id.parse().expect("an id"));
            path(&"m1".parse().expect("an id"), &Wish { mode, wait_s: 25, heartbeat_s, after })
        };
        let (stream, poll) = (FeedMode::Stream, FeedMode::Poll);
        let table = [
            (of(stream.clone(), None, None), ""),
            (of(stream.clone(), None, Some("c9")), "?after=c9"),
            (of(stream, Some(3), Some("c9")), "?heartbeat=3&after=c9"),
            (of(poll, Some(3), Some("c9")), "?mode=poll&wait=25&after=c9"),
        ];
        for (seen, query) in table {
            assert_eq!(seen, format!("/v1/machines/m1/commands{query}"));
        }
    }

    #[tokio::test]
    async fn an_event_without_an_end_ends_the_stream() {
        assert_eq!(bounded(&[b"data: 12345678", b"12345678", b"x"], 20).await, 1);
        assert_eq!(bounded(&[b"data: 1\n\n", b"data: 2\n\n", b"data: 3\r\n\r\n"], 12).await, 3);
        assert_eq!(bounded(&[b"data: 1\n\ndata: 22222222"], 12).await, 0);
    }
}
