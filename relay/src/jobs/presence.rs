//! Writes changes of presence, and tells the readers.

use std::time::{Duration, Instant};

use leanspec_shared::feed::Event;
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::presence::Change;
use crate::state::Relay;
use crate::store::{StoreError, WriteTransaction, machine};

/// How long to wait when a change could not be written, as with a full disk.
const TRY_AGAIN: Duration = Duration::from_secs(5);
/// With nothing to wait for, the next look is far away: every change wakes the job.
const IDLE: Duration = Duration::from_secs(24 * 3600);

pub(super) async fn run(relay: Relay, stop: CancellationToken) {
    loop {
        let changes = relay.presence().take_changes(Instant::now());
        for change in changes {
            while let Err(error) = write(&relay, change.clone()).await {
                tracing::warn!(%error, machine = %change.who.1, "could not store a change of presence");
                if !pause(TRY_AGAIN, &stop).await {
                    return;
                }
            }
        }
        let due = relay.presence().next_due().unwrap_or_else(|| Instant::now() + IDLE);
        tokio::select! {
            () = stop.cancelled() => return,
            () = relay.presence_changed.notified() => {}
            () = tokio::time::sleep_until(due.into()) => {}
        }
    }
}

async fn write(relay: &Relay, change: Change) -> Result<(), StoreError> {
    relay.store.write(move |transaction| store(transaction, &change)).await
}

fn store(transaction: &mut WriteTransaction<'_>, change: &Change) -> Result<(), StoreError> {
    let (account, id) = &change.who;
    let Some(mut machine) = machine::find(transaction, account, id)? else { return Ok(()) };
    if machine.online == change.online {
        return Ok(());
    }
    machine.online = change.online;
    machine.last_seen = change.at;
    machine::put(transaction, account, &machine)?;
    transaction.emit(account, &Event::Machine(machine))
}
