//! Ends the feeds of keys that another process has revoked, such as `leanspec-relay key revoke`.

use std::time::Duration;

use leanspec_shared::feed::ByeReason;
use leanspec_shared::id::KeyId;
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::auth::key::is_revoked;
use crate::feed::open_feeds::Opening;
use crate::state::Relay;
use crate::store::{Identity, StoreError, access_key};

/// Feeds of a revoked key end within a second; the look costs no read of a table.
const TICK: Duration = Duration::from_millis(500);

pub(super) async fn run(relay: Relay, identity: Identity, stop: CancellationToken) {
    let mut seen = None;
    while pause(TICK, &stop).await {
        let keys = relay.open_feeds.keys();
        if keys.is_empty() {
            // Whoever opens a feed from now on is looked up then.
            seen = None;
            continue;
        }
        match revoked(&identity, &keys, &mut seen) {
            Ok(revoked) => {
                let concerned = |opening: &Opening| revoked.contains(&opening.key);
                relay.open_feeds.end(&ByeReason::Revoked, concerned);
            }
            Err(error) => {
                tracing::warn!(%error, "could not look for revoked keys");
                seen = None;
            }
        }
    }
}

/// Which of these keys do not stand any more, looked up only when identity was written to.
fn revoked(
    identity: &Identity,
    keys: &[KeyId],
    seen: &mut Option<u64>,
) -> Result<Vec<KeyId>, StoreError> {
    let version = identity.read(access_key::data_version)?;
    if seen.replace(version) == Some(version) {
        return Ok(Vec::new());
    }
    let mut revoked = Vec::new();
    for key in keys {
        if identity.read(|connection| is_revoked(connection, key))? {
            revoked.push(key.clone());
        }
    }
    Ok(revoked)
}
