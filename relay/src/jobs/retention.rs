//! Lets go of the oldest events, in small bites, so that no push waits long for it.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::pause;
use crate::state::Relay;
use crate::store::{StoreError, WriteTransaction, event};

/// How often to look.
const EVERY: Duration = Duration::from_secs(600);
/// Events that one transaction removes.
const BITE: u64 = 2000;

pub(super) async fn run(relay: Relay, stop: CancellationToken) {
    loop {
        if let Err(error) = clear(&relay).await {
            tracing::warn!(%error, "could not let go of old events; trying again later");
        }
        if !pause(EVERY, &stop).await {
            return;
        }
    }
}

/// Removes what is outdated.
pub(crate) async fn clear(relay: &Relay) -> Result<(), StoreError> {
    let (account, before) = (relay.account.clone(), relay.config.events_before());
    let keep = relay.config.retention_events;
    let outdated = relay
        .store
        .read(move |connection| event::last_outdated(connection, &account, before, keep))
        .await?;
    let Some(floor) = outdated else { return Ok(()) };
    // The floor moves first: a reader is sent away from events that are about to go.
    let (account, up_to) = (relay.account.clone(), floor.seq);
    relay
        .store
        .write(move |transaction: &mut WriteTransaction<'_>| {
            event::set_floor(transaction, &account, &floor)
        })
        .await?;
    loop {
        let account = relay.account.clone();
        let removed = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
            event::delete_up_to(transaction, &account, up_to, BITE)
        });
        if removed.await? < BITE {
            return Ok(());
        }
    }
}
