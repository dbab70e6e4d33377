//! How commands end: by their time, by whoever asked, by whoever forgets their machine, and, in
//! [`super::report`], by their machine.

use leanspec_shared::command::{ActivityKind, Command, CommandState, Outcome, Reason};
use leanspec_shared::id::{CommandId, MachineId, ProjectId};

use super::life::{Happening, Verdict, judge};
use super::record::{note, record, told};
use super::{CommandError, find};
use crate::store::command::{self, StoredCommand, Wanted};
use crate::store::command_text::{self, Texts};
use crate::store::{AccountId, StoreError, WriteTransaction, command_queue};

/// Ends a command: its state, its outcome, the event, the entry of the activity.
pub(super) fn end(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    stored: &mut StoredCommand,
    state: CommandState,
    outcome: Outcome,
) -> Result<(), StoreError> {
    let texts = Texts { content: None, found: outcome.current.clone(), diff: outcome.diff.clone() };
    command_text::add(transaction, stored.number, texts)?;
    let command = &mut stored.command;
    command.state = state;
    command.ended_at = Some(transaction.now());
    command.outcome = Some(Outcome { current: None, diff: None, ..outcome.clone() });
    let (id, machine, state) = (command.id.clone(), command.machine.clone(), command.state.clone());
    tracing::info!(command = %id, %machine, %state, "a command ended");
    record(transaction, account, stored)?;
    note(transaction, account, ActivityKind::Command, &stored.command, outcome)
}

/// A person wants a command back: at once when its machine was not told of it, else the machine is
/// asked.
pub(crate) fn withdraw(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    id: &CommandId,
) -> Result<Command, CommandError> {
    let mut stored = find(transaction, account, id)?;
    match judge(&stored.command.state, Happening::Withdrawn) {
        Verdict::Becomes(state) => {
            end(transaction, account, &mut stored, state, Outcome::default())?;
        }
        Verdict::AskMachine if !stored.command.withdraw_requested => {
            stored.command.withdraw_requested = true;
            record(transaction, account, &mut stored)?;
        }
        Verdict::AskMachine => {}
        _ => return Err(CommandError::Ended(stored.command.state)),
    }
    Ok(told(&stored.command))
}

/// Ends the commands whose time is up before their machine came, at most `limit`; how many ended.
pub(crate) fn expire(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    limit: u64,
) -> Result<u64, StoreError> {
    let due = command_queue::due(transaction, account, transaction.now(), limit)?;
    let count = due.len() as u64;
    for mut stored in due {
        let verdict = judge(&stored.command.state, Happening::TimeIsUp);
        let Verdict::Becomes(state) = verdict else { continue };
        let message = "The machine did not come in time; nothing was changed. Send it again when \
            the machine is online.";
        let outcome = Outcome {
            reason: Some(Reason::Late),
            message: Some(message.to_owned()),
            ..Outcome::default()
        };
        end(transaction, account, &mut stored, state, outcome)?;
    }
    Ok(count)
}

/// Ends the commands of a machine, or of one of its projects, that is being forgotten, at most
/// `limit`; how many ended.
pub(crate) fn forget(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    machine: &MachineId,
    project: Option<&ProjectId>,
    limit: u64,
) -> Result<u64, StoreError> {
    let wanted = Wanted { machine: Some(machine.clone()), project: project.cloned() };
    let open = command::list_some_open(transaction, account, &wanted, limit)?;
    let count = open.len() as u64;
    for mut stored in open {
        let verdict = judge(&stored.command.state, Happening::Forgotten);
        let Verdict::Becomes(state) = verdict else { continue };
        let outcome_unknown = stored.command.state == CommandState::Delivered;
        let message = if outcome_unknown {
            "The machine or project was forgotten; whether the machine still did this is not known."
        } else {
            "The machine or project was forgotten; nothing was changed."
        };
        let outcome = Outcome {
            reason: Some(Reason::Forgotten),
            message: Some(message.to_owned()),
            outcome_unknown,
            ..Outcome::default()
        };
        end(transaction, account, &mut stored, state, outcome)?;
    }
    Ok(count)
}
