//! The bytes of a feed (WHATWG HTML §9.2) and the headers that bring them through middleboxes.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use leanspec_shared::command::{Delivery, Withdraw};
use leanspec_shared::feed::{Bye, ByeReason, Cursor, Heartbeat, Hello, Reset, ResetReason};
use leanspec_shared::id::CommandId;
use leanspec_shared::probe::ProbeEvent;
use leanspec_shared::time::Timestamp;
use rand::Rng;
use serde::Serialize;

use crate::store::StoredEvent;

/// The media type, bare: filters that compare the whole header value know no `charset`.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";

/// How long a reader waits after an end it was not told of, in milliseconds.
const RETRY_MS: u64 = 1000;

/// The headers of every feed. `identity` keeps edges from compressing, and so from holding back, the
/// stream; `no-transform` and `X-Accel-Buffering` say the same to others.
pub(crate) fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM));
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
    let no_cache = HeaderValue::from_static("no-cache, no-store, no-transform");
    headers.insert(CACHE_CONTROL, no_cache);
    let buffering = HeaderName::from_static("x-accel-buffering");
    headers.insert(buffering, HeaderValue::from_static("no"));
    headers
}

fn block(name: &str, data: &impl Serialize) -> String {
    let data = serde_json::to_string(data).expect("plain data always becomes JSON");
    format!("event: {name}\ndata: {data}\n\n")
}

/// The first bytes of a feed: a comment, since some browsers and proxies open only with the first
/// byte; how long to wait before coming back; and `hello` under the cursor the feed starts from. A
/// command feed has no cursor.
pub(crate) fn opening(from: Option<&Cursor>, hello: &Hello) -> String {
    let id = from.map(|from| format!("id: {from}\n")).unwrap_or_default();
    format!(":\nretry: {RETRY_MS}\n\n{id}{}", block("hello", hello))
}

/// An event of a probing stream.
pub(crate) fn probe(event: &ProbeEvent) -> Bytes {
    block("probe", event).into()
}

/// A command, under its own id.
pub(crate) fn delivery(delivery: &Delivery) -> String {
    format!("id: {}\n{}", delivery.id, block("command", delivery))
}

/// A command that was handed over is not wanted any more.
pub(crate) fn withdraw(id: CommandId) -> String {
    block("withdraw", &Withdraw { id })
}

/// A stored event.
pub(crate) fn event(event: &StoredEvent) -> Bytes {
    let StoredEvent { seq, tag, name, data, .. } = event;
    Bytes::from(format!("id: {seq}.{tag}\nevent: {name}\ndata: {data}\n\n"))
}

/// A heartbeat: a comment, and for readers that cannot see comments an event.
pub(crate) fn heartbeat(named: bool, time: Timestamp) -> Bytes {
    let event = if named { block("heartbeat", &Heartbeat { time }) } else { String::new() };
    Bytes::from(format!(":\n\n{event}"))
}

/// The gap cannot be filled.
pub(crate) fn reset(reason: ResetReason) -> Bytes {
    Bytes::from(block("reset", &Reset { reason }))
}

/// The relay ends the feed on purpose. Readers come back spread over some seconds, so that a
/// restart is not followed by all of them in the same moment.
pub(crate) fn bye(reason: ByeReason) -> Bytes {
    let spread = match reason {
        ByeReason::Shutdown => Duration::from_millis(1000)..Duration::from_millis(5000),
        _ => Duration::ZERO..Duration::from_millis(2000),
    };
    let retry = rand::rng().random_range(spread).as_millis();
    Bytes::from(format!("retry: {retry}\n\n{}", block("bye", &Bye { reason })))
}

#[cfg(test)]
mod tests {
    use leanspec_shared::feed::FeedMode;

    use super::*;

    /// Golden: outside readers rely on these bytes.
    #[test]
    fn a_feed_opens_with_a_comment_a_retry_and_hello() {
        let hello = Hello {
            resumed: true,
            heartbeat_s: 15,
            server: "leanspec-relay/0.1.0".into(),
            mode: FeedMode::Stream,
            time: Timestamp::from_unix_ms(0),
        };
        let wanted = concat!(
            ":\nretry: 1000\n\nid: 7.abc\nevent: hello\n",
            r#"data: {"resumed":true,"heartbeat_s":15,"server":"leanspec-relay/0.1.0","#,
            r#""mode":"stream","time":"1970-01-01T00:00:00.000Z"}"#,
            "\n\n",
        );
        let cursor = "7.abc".parse().expect("cursor");
        assert_eq!(opening(Some(&cursor), &hello), wanted);
        assert_eq!(opening(None, &hello), wanted.replace("id: 7.abc\n", ""));
    }

    #[test]
    fn heartbeats_resets_and_byes_carry_no_id() {
        let texts = [
            heartbeat(true, Timestamp::from_unix_ms(0)),
            reset(ResetReason::TooOld),
            bye(ByeReason::Shutdown),
        ];
        for text in texts {
            let text = String::from_utf8(text.to_vec()).expect("text");
            assert!(!text.contains("id:"), "{text}");
            assert!(text.ends_with("\n\n"), "{text}");
        }
    }
}
