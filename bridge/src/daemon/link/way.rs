//! How the feed is read, by what is known of the way; and what is learnt of it.

use leanspec_shared::feed::FeedMode;

use super::Link;
use super::streams::{LIVELY_HEARTBEAT_S, LIVELY_WAIT_S};
use crate::state::routes::Obstacle;
use crate::uplink::feed::Wish;

impl Link {
    /// How the feed is to be read. A poll that is to be held is held as long as the way lets it.
    pub(super) fn wish(&self, wait_s: u64) -> Wish {
        let route = self.relay.route();
        let lively = route.stops(Obstacle::Rest);
        Wish {
            mode: if route.stops(Obstacle::Streams) { FeedMode::Poll } else { FeedMode::Stream },
            wait_s: if lively { wait_s.min(LIVELY_WAIT_S) } else { wait_s },
            heartbeat_s: lively.then_some(LIVELY_HEARTBEAT_S),
            after: self.door.after(),
        }
    }

    /// What rests is cut here: nothing shall rest for long.
    pub(super) fn liven(&self) {
        if !self.relay.route().stops(Obstacle::Rest) {
            self.relay.route().found(Obstacle::Rest);
        }
    }
}
