//! What waits for a machine, as one of its feeds takes it: in order of acceptance, each command marked
//! as delivered before its first byte is sent, and each withdrawal told once.

use std::collections::HashSet;
use std::time::SystemTime;

use leanspec_shared::command::Delivery;
use leanspec_shared::id::{CommandId, MachineId};
use leanspec_shared::time::Timestamp;

use super::{OpenCommands, sse};
use crate::commands::{self, Addressee, NoDelivery, Ready};
use crate::store::{Connection, Store, WriteTransaction};

/// What waits for a machine, seen by one of its feeds.
pub(super) struct Queue {
    store: Store,
    to: Addressee,
    /// The number of the last command that was sent.
    sent: u64,
    /// All that waited was sent: what comes now is a command or two.
    caught_up: bool,
    /// Commands that this feed has said are not wanted any more.
    withdrawn: HashSet<CommandId>,
}

/// What is to be sent next.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) commands: String,
    pub(super) withdraws: String,
}

impl Queue {
    pub(super) fn new(open: &OpenCommands, store: Store) -> Self {
        Self {
            store,
            to: open.to.clone(),
            sent: open.after,
            caught_up: false,
            withdrawn: HashSet::new(),
        }
    }

    pub(super) fn machine(&self) -> &MachineId {
        &self.to.machine
    }

    /// The number of the last command that was sent; 0 before the first.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// The next commands, marked as delivered, and what is not wanted any more of the earlier ones;
    /// empty when nothing waits.
    pub(super) async fn take(&mut self) -> Result<Batch, NoDelivery> {
        let mut batch = Batch::default();
        loop {
            let (to, sent) = (self.to.clone(), self.sent);
            let look = move |connection: &Connection| -> Result<_, NoDelivery> {
                let unwanted = commands::unwanted(connection, &to, sent)?;
                Ok((commands::deliveries(connection, &to, sent)?, unwanted))
            };
            // The first after a quiet time is what somebody has just tapped, and waits for.
            let found = match self.caught_up {
                true => self.store.look(look),
                false => self.store.read(look).await,
            };
            let (ready, unwanted) = found?;
            self.caught_up = ready.is_empty();
            for id in unwanted {
                if self.withdrawn.insert(id.clone()) {
                    batch.withdraws += &sse::withdraw(id);
                }
            }
            let Some(last) = ready.last() else { return Ok(batch) };
            self.sent = last.number;
            for ready in self.hand_over(ready).await? {
                batch.commands += &self.render(ready);
            }
            // All of them may have ended in between: then what comes after them is next.
            if !batch.commands.is_empty() {
                return Ok(batch);
            }
        }
    }

    fn render(&mut self, ready: Ready) -> String {
        if ready.delivery.withdraw {
            self.withdrawn.insert(ready.delivery.id.clone());
        }
        let expires_in_ms = left(ready.expires_at);
        sse::delivery(&Delivery { expires_in_ms, ..ready.delivery })
    }

    /// Marks what is queued as delivered, all of it in one commit; what has ended meanwhile is left
    /// out.
    async fn hand_over(&self, ready: Vec<Ready>) -> Result<Vec<Ready>, NoDelivery> {
        if !ready.iter().any(|ready| ready.is_queued) {
            return Ok(ready);
        }
        let to = self.to.clone();
        let ids: Vec<_> = ready.iter().map(|ready| ready.delivery.id.clone()).collect();
        let write = move |transaction: &mut WriteTransaction<'_>| {
            commands::hand_over(transaction, &to, &ids)
        };
        let open = self.store.write(write).await?;
        let still_open = |mut ready: Ready| {
            let withdraw = *open.get(&ready.delivery.id)?;
            ready.delivery = Delivery { withdraw, ..ready.delivery };
            Some(ready)
        };
        Ok(ready.into_iter().filter_map(still_open).collect())
    }
}

/// How much of a command's time is left, in milliseconds.
fn left(expires_at: Timestamp) -> u64 {
    let now = Timestamp::from(SystemTime::now());
    u64::try_from(expires_at.unix_ms() - now.unix_ms()).unwrap_or_default()
}
