//! One tick for all feeds, instead of a timer for each.

use std::time::SystemTime;

use leanspec_shared::time::Timestamp;
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::feed::sse;
use crate::state::Relay;

pub(super) async fn run(relay: Relay, stop: CancellationToken) {
    let mut named = false;
    while pause(relay.config.heartbeat, &stop).await {
        let now = Timestamp::from(SystemTime::now());
        relay.hub.heartbeat(&sse::heartbeat(named, now));
        named = !named;
    }
}
