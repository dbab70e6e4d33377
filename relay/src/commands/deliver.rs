//! Handing commands to their machine: state, not history. Everything that has not ended, in order of
//! acceptance, and marked as delivered before the first byte of it is sent.

use std::collections::HashMap;

use leanspec_shared::command::{Base, CommandState, Delivery};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::{CommandId, InstanceId, MachineId};
use leanspec_shared::time::Timestamp;

use super::life::{Happening, Verdict, judge};
use super::record::{record, with_texts};
use crate::store::command::{self, StoredCommand};
use crate::store::{
    AccountId, Connection, StoreError, WriteTransaction, command_queue, command_text, holder,
};

/// Commands that are handed over together: bounds one commit.
const BATCH_MAX: u64 = 100;
/// Texts of files that are handed over together, in bytes: bounds what a feed holds in memory. A
/// single larger one goes alone.
const BATCH_MAX_BYTES: usize = 1024 * 1024;

/// Who is handed commands: the holder of a machine, and nobody else.
#[derive(Debug, Clone)]
pub(crate) struct Addressee {
    pub(crate) account: AccountId,
    pub(crate) machine: MachineId,
    /// The process, where it says so.
    pub(crate) instance: Option<InstanceId>,
}

/// Why somebody is handed nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoDelivery {
    /// The machine never announced itself, or was forgotten.
    #[error("the machine is not announced")]
    MachineUnknown,
    /// A newer process speaks for the machine.
    #[error("a newer process speaks for this machine")]
    Superseded,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Addressee {
    /// Whether it speaks for the machine.
    pub(crate) fn is_holder(&self, connection: &Connection) -> Result<(), NoDelivery> {
        let holder = holder::find(connection, &self.account, &self.machine)?;
        let holder = holder.ok_or(NoDelivery::MachineUnknown)?;
        if self.instance.as_ref().is_some_and(|instance| *instance != holder.instance) {
            return Err(NoDelivery::Superseded);
        }
        Ok(())
    }
}

/// A command that is to be handed over.
pub(crate) struct Ready {
    pub(crate) number: u64,
    pub(crate) expires_at: Timestamp,
    pub(crate) is_queued: bool,
    /// As it is sent, but for the time that is left then.
    pub(crate) delivery: Delivery,
}

/// The next commands after a number that have not ended.
pub(crate) fn deliveries(
    connection: &Connection,
    to: &Addressee,
    after: u64,
) -> Result<Vec<Ready>, NoDelivery> {
    to.is_holder(connection)?;
    let open = command_queue::open_after(connection, &to.account, &to.machine, after, BATCH_MAX)?;
    let (mut ready, mut bytes) = (Vec::with_capacity(open.len()), 0);
    for stored in open {
        let texts = command_text::find(connection, stored.number)?;
        bytes += texts.content.as_ref().map_or(0, String::len);
        if bytes > BATCH_MAX_BYTES && !ready.is_empty() {
            break;
        }
        let base_hash = base_hash(connection, &to.account, &stored)?;
        let StoredCommand { number, command, .. } = stored;
        let (expires_at, is_queued) = (command.expires_at, command.state == CommandState::Queued);
        let command = with_texts(command, texts);
        let delivery = Delivery {
            id: command.id,
            project: command.project,
            posted: command.posted,
            base_hash,
            expires_in_ms: 0,
            by: command.by,
            withdraw: command.withdraw_requested,
        };
        ready.push(Ready { number, expires_at, is_queued, delivery });
    }
    Ok(ready)
}

/// The hash that the command which this one stands on has left, where that is known by now.
fn base_hash(
    connection: &Connection,
    account: &AccountId,
    stored: &StoredCommand,
) -> Result<Option<ContentHash>, StoreError> {
    let Some(Base::After { after }) = &stored.command.posted.base else { return Ok(None) };
    let base = command::find(connection, account, after)?.map(|base| base.command);
    let applied = base.filter(|base| base.state == CommandState::Applied);
    Ok(applied.and_then(|base| base.outcome?.hash))
}

/// Marks commands as handed over; which of them are still to be sent, and whether somebody wants
/// them back.
pub(crate) fn hand_over(
    transaction: &mut WriteTransaction<'_>,
    to: &Addressee,
    ids: &[CommandId],
) -> Result<HashMap<CommandId, bool>, NoDelivery> {
    to.is_holder(transaction)?;
    let mut open = HashMap::with_capacity(ids.len());
    for id in ids {
        let Some(mut stored) = command::find(transaction, &to.account, id)? else { continue };
        match judge(&stored.command.state, Happening::HandedOver) {
            Verdict::Becomes(state) => {
                stored.command.state = state;
                stored.command.delivered_at = Some(transaction.now());
                record(transaction, &to.account, &mut stored)?;
            }
            _ if stored.command.state.is_final() => continue,
            _ => {}
        }
        open.insert(id.clone(), stored.command.withdraw_requested);
    }
    Ok(open)
}

/// What was handed over up to a number and is not wanted any more.
pub(crate) fn unwanted(
    connection: &Connection,
    to: &Addressee,
    up_to: u64,
) -> Result<Vec<CommandId>, StoreError> {
    let unwanted = command_queue::unwanted(connection, &to.account, &to.machine)?;
    let told_of = unwanted.into_iter().filter(|(number, _)| *number <= up_to);
    Ok(told_of.map(|(_, id)| id).collect())
}
