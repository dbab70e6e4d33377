//! The live present: what was committed, fanned out to the feeds that are open in this process.
//! Knows no SQL. With several relays, another hub behind the same trait would listen to all of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use leanspec_shared::id::{MachineId, ProjectId};
use tokio::sync::broadcast;

use super::sse;
use crate::store::{AccountId, StoredEvent};

/// Frames that a reader may lag behind before it goes back to the store. The ring keeps that many
/// frames of about 2 KB in memory.
const RING: usize = 256;

/// One event, rendered once for all readers.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) seq: u64,
    pub(crate) machine: MachineId,
    pub(crate) project: Option<ProjectId>,
    /// Whether it tells of a command: then the machine's command feed looks what there is to send.
    pub(crate) is_command: bool,
    pub(crate) bytes: Bytes,
}

impl From<&StoredEvent> for Frame {
    fn from(event: &StoredEvent) -> Self {
        Self {
            seq: event.seq,
            machine: event.machine.clone(),
            project: event.project.clone(),
            is_command: event.name == "command",
            bytes: sse::event(event),
        }
    }
}

/// What comes through the hub.
#[derive(Debug, Clone)]
pub(crate) enum Live {
    /// Something happened.
    Frame(Arc<Frame>),
    /// Nothing did, for a while.
    Heartbeat(Bytes),
}

/// The live end of a feed.
pub(crate) type Subscription = broadcast::Receiver<Live>;

/// Fans out what was committed.
pub(crate) trait Hub: Send + Sync {
    /// Passes events on, in the order of their numbers.
    fn publish(&self, events: &[StoredEvent]);
    /// Sends the same bytes to all feeds of all accounts.
    fn heartbeat(&self, bytes: &Bytes);
    /// What comes from now on.
    fn subscribe(&self, account: &AccountId) -> Subscription;
}

/// The hub of one process: a ring for each account that somebody listens to.
#[derive(Default)]
pub(crate) struct LocalHub {
    rings: Mutex<HashMap<AccountId, broadcast::Sender<Live>>>,
}

impl Hub for LocalHub {
    fn publish(&self, events: &[StoredEvent]) {
        let rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            let listened = rings.get(&event.account).filter(|ring| ring.receiver_count() > 0);
            if let Some(ring) = listened {
                // Fails only when the last listener has just gone.
                let _ = ring.send(Live::Frame(Arc::new(Frame::from(event))));
            }
        }
    }

    fn heartbeat(&self, bytes: &Bytes) {
        let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        rings.retain(|_, ring| ring.receiver_count() > 0);
        for ring in rings.values() {
            let _ = ring.send(Live::Heartbeat(bytes.clone()));
        }
    }

    fn subscribe(&self, account: &AccountId) -> Subscription {
        let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        rings.entry(account.clone()).or_insert_with(|| broadcast::channel(RING).0).subscribe()
    }
}
