//! Reads the bytes of any stream of events as those of the feed are read, for whoever tries the
//! reader: the cases in `conformance`, and the public contract tests by hand.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use eventsource_client::SSE;
use futures_util::{Stream, StreamExt, future};
use launchdarkly_sdk_transport::{ByteStream, HttpTransport, ResponseFuture, TransportError};

use super::{EVENT_MAX_BYTES, bound_events, open};

/// What stands in a stream, before anybody asks what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// An event.
    Event {
        /// Its type; `message` where it has none.
        kind: String,
        /// Its lines, joined.
        data: String,
        /// The last id, whichever event brought it.
        id: Option<String>,
    },
    /// A comment, without its colon.
    Comment(String),
}

/// Reads bytes, in whatever pieces they come; ends where the reader does.
pub fn read_bytes(
    bytes: impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static,
) -> impl Stream<Item = Read> + Send {
    let bytes = bytes.map(|piece| piece.map_err(TransportError::new));
    let bytes: ByteStream = Box::pin(bound_events(bytes, EVENT_MAX_BYTES));
    let once = Once(Arc::new(Mutex::new(Some(bytes))));
    let events = open("http://127.0.0.1", once).expect("that is an address");
    events.take_while(|read| future::ready(read.is_ok())).filter_map(|read| {
        future::ready(match read {
            Ok(SSE::Event(event)) => {
                Some(Read::Event { kind: event.event_type, data: event.data, id: event.id })
            }
            Ok(SSE::Comment(text)) => Some(Read::Comment(text)),
            Ok(SSE::Connected(_)) | Err(_) => None,
        })
    })
}

/// Answers the one request there is with these bytes.
#[derive(Clone)]
struct Once(Arc<Mutex<Option<ByteStream>>>);

impl HttpTransport for Once {
    fn request(&self, _: http::Request<Option<Bytes>>) -> ResponseFuture {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let none = || TransportError::new(io::Error::other("these bytes were read"));
        Box::pin(future::ready(bytes.map(http::Response::new).ok_or_else(none)))
    }
}
