//! Ends commands whose machine did not come in time.

use std::time::{Duration, SystemTime};

use leanspec_shared::time::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::commands;
use crate::state::Relay;
use crate::store::{StoreError, WriteTransaction, command_queue};

/// The longest sleep: the clock of the computer may be set, and stands for nobody's timer while the
/// computer sleeps.
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(600);
/// How long to wait when the store failed, as with a full disk.
const TRY_AGAIN: Duration = Duration::from_secs(5);
/// Commands that one transaction ends.
const BITE: u64 = 100;

pub(super) async fn run(relay: Relay, stop: CancellationToken) {
    loop {
        let pause = match expire(&relay).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(%error, "could not end commands whose time is up");
                TRY_AGAIN
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = relay.command_queued.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Ends what is due; how long to wait for what is due next.
async fn expire(relay: &Relay) -> Result<Duration, StoreError> {
    loop {
        let account = relay.account.clone();
        let next =
            relay.store.read(move |connection| command_queue::next_due(connection, &account));
        let Some(next): Option<Timestamp> = next.await? else { return Ok(LOOK_AT_LEAST_EVERY) };
        let left_ms = next.unix_ms() - Timestamp::from(SystemTime::now()).unix_ms();
        if let Ok(left_ms @ 1..) = u64::try_from(left_ms) {
            return Ok(Duration::from_millis(left_ms).min(LOOK_AT_LEAST_EVERY));
        }
        let account = relay.account.clone();
        let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
            commands::expire(transaction, &account, BITE)
        });
        write.await?;
    }
}
