//! Lets go of the oldest events, activity and ended commands, in small bites, so that no push waits
//! long for it.

use std::time::Duration;

use leanspec_shared::limits::IDEMPOTENCY_DAYS;
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::config::ago;
use crate::state::Relay;
use crate::store::{StoreError, WriteTransaction, activity, command, event};

/// How often to look.
const EVERY: Duration = Duration::from_secs(600);
/// Rows that one transaction removes.
const BITE: u64 = 2000;
/// Entries of the activity that are kept at most: some hundred a day for as long as they are kept.
const ACTIVITY_MAX: u64 = 100_000;

pub(super) async fn run(relay: Relay, stop: CancellationToken) {
    loop {
        if let Err(error) = clear(&relay).await {
            tracing::warn!(%error, "could not let go of old events; trying again later");
        }
        if let Err(error) = clear_activity(&relay).await {
            tracing::warn!(%error, "could not let go of old activity; trying again later");
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

/// Removes the activity that is outdated, and the commands that ended so long ago. A command is kept
/// for as long as the name of its request may come again.
async fn clear_activity(relay: &Relay) -> Result<(), StoreError> {
    let activity_before = ago(relay.config.activity_keep);
    let repeatable = Duration::from_secs(IDEMPOTENCY_DAYS * 24 * 3600);
    let commands_before = ago(relay.config.activity_keep.max(repeatable));
    loop {
        let account = relay.account.clone();
        let removed = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
            let entries = activity::delete_outdated(
                transaction,
                &account,
                activity_before,
                ACTIVITY_MAX,
                BITE,
            )?;
            let commands = command::delete_ended(transaction, &account, commands_before, BITE)?;
            Ok::<_, StoreError>(entries.max(commands))
        });
        if removed.await? < BITE {
            return Ok(());
        }
    }
}
