//! One open feed as it runs: opening bytes, the past from the store, then the present from the hub,
//! and back to the store when the hub was faster than the reader.

use std::time::{Duration, Instant, SystemTime};

use bytes::{Bytes, BytesMut};
use leanspec_shared::feed::{ByeReason, Hello, ResetReason};
use leanspec_shared::time::Timestamp;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::hub::Live;
use super::{OpenChanges, OpenFeed, sse};
use crate::state::SERVER_NAME;
use crate::store::{AccountId, Connection, Store, StoreError, StoredEvent, event};

/// Events that are read from the store at once: with specs of a few KB, well below what a connection
/// may hold.
const PAGE: u64 = 100;
/// Live frames that are put together into one write, in bytes.
const CHUNK_BYTES: usize = 64 * 1024;
/// Where the past comes from.
#[derive(Clone)]
pub(crate) struct Past {
    store: Store,
    account: AccountId,
}

impl Past {
    pub(crate) fn new(store: Store, account: AccountId) -> Self {
        Self { store, account }
    }

    /// The next events after a number; `None` when some of them are not kept any more, since they
    /// were let go while the reader was on its way.
    pub(crate) async fn after(&self, seq: u64) -> Result<Option<Vec<StoredEvent>>, StoreError> {
        let account = self.account.clone();
        let read = move |connection: &Connection| {
            let floor = event::floor(connection, &account)?;
            if floor.is_some_and(|floor| floor.seq > seq) {
                return Ok(None);
            }
            event::after(connection, &account, seq, PAGE).map(Some)
        };
        self.store.read(read).await
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    Opening,
    Replaying,
    Live,
    Over,
}

/// A feed in its long form: each call of [`Reader::next`] gives the next bytes to send.
pub(crate) struct Reader {
    open: OpenChanges,
    past: Past,
    phase: Phase,
    /// The number of the last event that was sent or passed over.
    seq: u64,
    handed_out: Instant,
}

impl Reader {
    pub(crate) fn new(open: OpenChanges, store: Store) -> Self {
        let past = Past::new(store, open.feed.account.clone());
        let seq = open.from.seq;
        Self { open, past, phase: Phase::Opening, seq, handed_out: Instant::now() }
    }

    /// The next bytes; `None` when the feed is over.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        let took = self.handed_out.elapsed();
        let bytes = loop {
            let bytes = match self.phase {
                Phase::Over => return None,
                Phase::Opening => Some(self.begin()),
                Phase::Replaying => self.replay().await,
                Phase::Live => self.live(took).await,
            };
            if let Some(bytes) = bytes {
                break bytes;
            }
        };
        self.handed_out = Instant::now();
        self.open.feed.pulse.rest();
        Some(bytes)
    }

    fn begin(&mut self) -> Bytes {
        let mut bytes = BytesMut::from(opening_of_changes(&self.open).as_bytes());
        self.phase = Phase::Replaying;
        if let Some(reason) = self.open.reset.take() {
            bytes.extend_from_slice(&sse::reset(reason));
            self.phase = Phase::Over;
        }
        bytes.freeze()
    }

    async fn replay(&mut self) -> Option<Bytes> {
        if let Ok(reason) = self.open.feed.ended.try_recv() {
            return Some(self.bye(reason));
        }
        let events = match self.past.after(self.seq).await {
            Ok(Some(events)) => events,
            Ok(None) => {
                self.phase = Phase::Over;
                return Some(sse::reset(ResetReason::TooOld));
            }
            Err(error) => {
                tracing::warn!(%error, "a feed ends since its past cannot be read");
                self.phase = Phase::Over;
                return None;
            }
        };
        let Some(last) = events.last() else {
            self.phase = Phase::Live;
            return None;
        };
        self.seq = last.seq;
        let filter = &self.open.filter;
        let mut bytes = BytesMut::new();
        for event in &events {
            if filter.lets_through(&event.machine, event.project.as_ref()) {
                bytes.extend_from_slice(&sse::event(event));
            }
        }
        (!bytes.is_empty()).then(|| bytes.freeze())
    }

    async fn live(&mut self, took: Duration) -> Option<Bytes> {
        tokio::select! {
            biased;
            reason = &mut self.open.feed.ended => Some(self.bye(reason.unwrap_or(ByeReason::Shutdown))),
            live = self.open.feed.subscription.recv() => match live {
                Ok(live) => self.gather(live),
                Err(RecvError::Lagged(_)) => self.lagged(took),
                Err(RecvError::Closed) => Some(self.bye(ByeReason::Shutdown)),
            },
            beat = self.open.feed.pulse.beat() => Some(beat),
        }
    }

    /// Puts what is there already into one chunk, so that a burst costs few writes.
    fn gather(&mut self, first: Live) -> Option<Bytes> {
        let mut chunk = BytesMut::new();
        let mut live = Some(first);
        while let Some(item) = live {
            match item {
                Live::Frame(frame) => {
                    let filter = &self.open.filter;
                    let shown = filter.lets_through(&frame.machine, frame.project.as_ref());
                    if shown && frame.seq > self.seq {
                        chunk.extend_from_slice(&frame.bytes);
                    }
                    self.seq = self.seq.max(frame.seq);
                }
                Live::Heartbeat(bytes) => {
                    chunk.extend_from_slice(&bytes);
                    if Instant::now() >= self.open.feed.rotate_at {
                        chunk.extend_from_slice(&self.bye(ByeReason::Rotate));
                        break;
                    }
                }
            }
            if chunk.len() >= CHUNK_BYTES {
                break;
            }
            live = match self.open.feed.subscription.try_recv() {
                Ok(item) => Some(item),
                Err(TryRecvError::Lagged(_)) => {
                    self.phase = Phase::Replaying;
                    None
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => None,
            };
        }
        (!chunk.is_empty()).then(|| chunk.freeze())
    }

    fn lagged(&mut self, took: Duration) -> Option<Bytes> {
        if took > self.open.feed.slow_after {
            return Some(self.bye(ByeReason::TooSlow));
        }
        self.phase = Phase::Replaying;
        None
    }

    fn bye(&mut self, reason: ByeReason) -> Bytes {
        self.phase = Phase::Over;
        sse::bye(reason)
    }
}

/// The first bytes of the feed of a person.
pub(super) fn opening_of_changes(open: &OpenChanges) -> String {
    sse::opening(Some(&open.from), &hello(&open.feed, open.resumed))
}

/// What a feed says first.
pub(super) fn hello(feed: &OpenFeed, resumed: bool) -> Hello {
    Hello {
        resumed,
        heartbeat_s: feed.heartbeat.as_secs(),
        server: SERVER_NAME.to_owned(),
        mode: feed.mode.clone(),
        time: Timestamp::from(SystemTime::now()),
    }
}
