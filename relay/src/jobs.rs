//! What the relay does by itself: heartbeats, presence, retention, the end of commands whose time is
//! up, and watching for keys that the command line revoked. Each job is one loop that ends with the token; the server owns the tasks.

mod expiry;
mod heartbeat;
mod key_watch;
mod presence;
mod retention;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::state::Relay;
use crate::store::Identity;

/// Starts the jobs.
pub(crate) fn start(
    relay: &Relay,
    identity: Identity,
    stop: &CancellationToken,
    tasks: &mut JoinSet<()>,
) {
    tasks.spawn(heartbeat::run(relay.clone(), stop.clone()));
    tasks.spawn(presence::run(relay.clone(), stop.clone()));
    tasks.spawn(retention::run(relay.clone(), stop.clone()));
    tasks.spawn(expiry::run(relay.clone(), stop.clone()));
    tasks.spawn(key_watch::run(relay.clone(), identity, stop.clone()));
}

/// Waits, unless the relay stops; whether to go on.
async fn pause(duration: std::time::Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(duration) => true,
    }
}
