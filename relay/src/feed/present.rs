//! The open command feed of a bridge is its machine's presence.

use std::time::{Instant, SystemTime};

use leanspec_shared::time::Timestamp;

use crate::presence::Who;
use crate::state::Relay;

/// A feed of a machine that is open: the machine is there until it is dropped, and for a while after.
pub(crate) struct PresenceGuard {
    relay: Relay,
    who: Who,
    connection: u64,
}

impl PresenceGuard {
    /// The machine is there.
    pub(crate) fn new(relay: &Relay, who: Who) -> Self {
        let at = Timestamp::from(SystemTime::now());
        let connection = relay.presence().opened(&who, at);
        relay.presence_changed.notify_one();
        Self { relay: relay.clone(), who, connection }
    }
}

impl Drop for PresenceGuard {
    fn drop(&mut self) {
        let at = Timestamp::from(SystemTime::now());
        self.relay.presence().closed(&self.who, self.connection, Instant::now(), at);
        self.relay.presence_changed.notify_one();
    }
}
