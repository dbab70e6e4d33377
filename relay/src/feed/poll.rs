//! The long-poll form of a feed: the same bytes as one finite answer.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use leanspec_shared::feed::{ByeReason, Cursor, ResetReason};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::hub::{Live, Subscription};
use super::reader::{Past, opening_of_changes};
use super::{Filter, OpenChanges, sse};
use crate::store::{Store, StoreError};

/// A finite answer.
pub(crate) struct Polled {
    pub(crate) body: Bytes,
    /// To resume from, also when nothing of what was passed over was for this reader.
    pub(crate) cursor: Cursor,
}

/// Everything after the cursor, or what comes first within `wait`.
pub(crate) async fn poll(
    mut open: OpenChanges,
    store: Store,
    wait: Duration,
) -> Result<Polled, StoreError> {
    let deadline = Instant::now() + wait;
    let mut body = BytesMut::from(opening_of_changes(&open).as_bytes());
    let mut cursor = open.from.clone();
    if let Some(reason) = open.reset.take() {
        body.extend_from_slice(&sse::reset(reason));
        return Ok(Polled { body: body.freeze(), cursor });
    }
    let past = Past::new(store, open.feed.account.clone());
    let opening_bytes = body.len();
    loop {
        read_past(&past, &open.filter, &mut cursor, &mut body).await?;
        if body.len() > opening_bytes {
            break;
        }
        let waited = tokio::select! {
            biased;
            reason = &mut open.feed.ended => {
                body.extend_from_slice(&sse::bye(reason.unwrap_or(ByeReason::Shutdown)));
                break;
            }
            waited = timeout_at(deadline, next_frame(&mut open.feed.subscription)) => waited,
        };
        if waited.is_err() {
            break;
        }
    }
    Ok(Polled { body: body.freeze(), cursor })
}

/// Adds the next events after the cursor; those for others are passed over.
async fn read_past(
    past: &Past,
    filter: &Filter,
    cursor: &mut Cursor,
    body: &mut BytesMut,
) -> Result<(), StoreError> {
    let before = body.len();
    while body.len() == before {
        let Some(events) = past.after(cursor.seq).await? else {
            body.extend_from_slice(&sse::reset(ResetReason::TooOld));
            return Ok(());
        };
        let Some(last) = events.last() else { return Ok(()) };
        *cursor = Cursor { seq: last.seq, tag: (*last.tag).into() };
        for event in &events {
            if filter.lets_through(&event.machine, event.project.as_ref()) {
                body.extend_from_slice(&sse::event(event));
            }
        }
    }
    Ok(())
}

/// Waits until something has happened; what it was stands in the store.
async fn next_frame(subscription: &mut Subscription) {
    loop {
        match subscription.recv().await {
            Ok(Live::Heartbeat(_)) => {}
            Ok(Live::Frame(_)) | Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
