//! What a machine says of a command that it was handed.

use leanspec_shared::command::{ActivityKind, Command, Outcome, Overtaken, Report};
use leanspec_shared::id::{CommandId, MachineId};

use super::check::bounded;
use super::end::end;
use super::life::{Happening, Verdict, judge};
use super::record::{note, record, told};
use super::{CommandError, find};
use crate::store::command::StoredCommand;
use crate::store::{AccountId, StoreError, WriteTransaction, command_text};

fn of_machine(
    transaction: &WriteTransaction<'_>,
    account: &AccountId,
    machine: &MachineId,
    id: &CommandId,
) -> Result<StoredCommand, CommandError> {
    let stored = find(transaction, account, id)?;
    if stored.command.machine == *machine { Ok(stored) } else { Err(CommandError::OtherMachine) }
}

/// Takes the result of a command; the same a second time changes nothing.
pub(crate) fn report(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    machine: &MachineId,
    id: &CommandId,
    report: Report,
) -> Result<Command, CommandError> {
    let mut stored = of_machine(transaction, account, machine, id)?;
    let report = bounded(report);
    match judge(&stored.command.state, Happening::Reported(report.state.clone())) {
        Verdict::Becomes(state) => end(transaction, account, &mut stored, state, report.outcome)?,
        Verdict::Ended if is_same(transaction, &stored, report.clone())? => {}
        Verdict::Ended => {
            let (stands, came) = (&stored.command.state, &report.state);
            tracing::warn!(command = %id, %machine, %stands, %came, "a second result differs");
            return Err(CommandError::ResultDiffers(stored.command.state));
        }
        Verdict::NotDelivered => return Err(CommandError::NotDelivered),
        _ => return Err(CommandError::NoEnd(report.state)),
    }
    Ok(told(&stored.command))
}

/// Whether a report is the one that stands. What was noted afterwards is no difference.
fn is_same(
    transaction: &WriteTransaction<'_>,
    stored: &StoredCommand,
    report: Report,
) -> Result<bool, StoreError> {
    let texts = command_text::find(transaction, stored.number)?;
    let standing = stored.command.outcome.clone().unwrap_or_default();
    let standing = Outcome { current: texts.found, diff: texts.diff, ..standing };
    let mut came = report.outcome;
    if standing.overtaken {
        came.overtaken = true;
        came.message.clone_from(&standing.message);
    }
    Ok(report.state == stored.command.state && came == standing)
}

/// Takes the news that another program wrote into a file after a command was applied to it. The
/// command stays `applied`.
pub(crate) fn report_overtaken(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    machine: &MachineId,
    id: &CommandId,
    overtaken: Overtaken,
) -> Result<Command, CommandError> {
    let mut stored = of_machine(transaction, account, machine, id)?;
    match judge(&stored.command.state, Happening::Overtaken) {
        Verdict::Remark => {}
        Verdict::Ended => return Err(CommandError::ResultDiffers(stored.command.state)),
        _ => return Err(CommandError::NotDelivered),
    }
    let mut outcome = stored.command.outcome.take().unwrap_or_default();
    let known = outcome.overtaken && outcome.message.as_ref() == Some(&overtaken.message);
    outcome.overtaken = true;
    outcome.message = Some(overtaken.message);
    stored.command.outcome = Some(outcome.clone());
    if !known {
        tracing::info!(command = %id, %machine, "a command was overtaken");
        record(transaction, account, &mut stored)?;
        note(transaction, account, ActivityKind::Overtaken, &stored.command, outcome)?;
    }
    Ok(told(&stored.command))
}
