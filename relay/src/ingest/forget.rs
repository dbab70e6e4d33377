//! What people do to machines and projects: rename, forget.

use leanspec_shared::feed::{Event, MachineGone, ProjectGone};
use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::view::Machine;

use crate::commands;
use crate::store::{AccountId, StoreError, WriteTransaction, holder, machine, project};

/// Commands that end in one transaction before their machine is forgotten.
const COMMANDS_AT_ONCE: u64 = 200;
/// No limit: what is left of the commands, and came in between.
const ALL: u64 = i64::MAX as u64;

/// Gives a machine a name that its announcements do not change; `None` when there is no such machine.
pub(crate) fn rename_machine(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    id: &MachineId,
    name: &str,
) -> Result<Option<Machine>, StoreError> {
    let Some(mut holder) = holder::find(transaction, account, id)? else { return Ok(None) };
    let Some(mut machine) = machine::find(transaction, account, id)? else { return Ok(None) };
    holder.given_name = Some(name.to_owned());
    holder::put(transaction, account, &holder)?;
    name.clone_into(&mut machine.name);
    machine::put(transaction, account, &machine)?;
    transaction.emit(account, &Event::Machine(machine.clone()))?;
    Ok(Some(machine))
}

/// Ends some of the commands of a machine or a project that is about to be forgotten; whether there
/// may be more. Called again and again before, each time in a transaction of its own: thousands at
/// once would hold up what everybody else writes.
pub(crate) fn forget_commands(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    machine: &MachineId,
    project: Option<&ProjectId>,
) -> Result<bool, StoreError> {
    let is_there = match project {
        Some(id) => project::find(transaction, account, machine, id)?.is_some(),
        None => holder::find(transaction, account, machine)?.is_some(),
    };
    let limit = if is_there { COMMANDS_AT_ONCE } else { 0 };
    let ended = commands::forget(transaction, account, machine, project, limit)?;
    Ok(is_there && ended == COMMANDS_AT_ONCE)
}

/// Forgets a machine with all it pushed, and ends its commands; false when there is none. Its key stays
/// bound to it: when its bridge still runs, the machine announces itself again.
pub(crate) fn forget_machine(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    id: &MachineId,
) -> Result<bool, StoreError> {
    for project in project::list(transaction, account, id)? {
        remove_project(transaction, account, id, project.number, &project.facts.id)?;
    }
    // Also those of projects that a deleted mirror does not know any more.
    commands::forget(transaction, account, id, None, ALL)?;
    let held = holder::delete(transaction, account, id)?;
    if machine::delete(transaction, account, id)? {
        let gone = MachineGone { id: id.clone() };
        transaction.emit(account, &Event::MachineGone(gone))?;
        return Ok(true);
    }
    Ok(held)
}

/// Forgets a project with all it held, and ends its commands; false when there is none.
pub(crate) fn forget_project(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    machine: &MachineId,
    id: &ProjectId,
) -> Result<bool, StoreError> {
    let Some(project) = project::find(transaction, account, machine, id)? else { return Ok(false) };
    remove_project(transaction, account, machine, project.number, id)?;
    Ok(true)
}

fn remove_project(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    machine: &MachineId,
    number: i64,
    id: &ProjectId,
) -> Result<(), StoreError> {
    commands::forget(transaction, account, machine, Some(id), ALL)?;
    project::delete(transaction, number)?;
    let gone = ProjectGone { machine: machine.clone(), id: id.clone() };
    transaction.emit(account, &Event::ProjectGone(gone))
}
