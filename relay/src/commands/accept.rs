//! Taking a command in: once for each named request, and only for a project that is there.

use std::time::Duration;

use leanspec_shared::command::{Base, By, Command, CommandState, NewCommand};
use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::limits::{COMMANDS_OPEN_MAX, IDEMPOTENCY_DAYS};
use leanspec_shared::time::Timestamp;

use super::CommandError;
use super::record::{tell, told, without_texts};
use crate::random::random_word;
use crate::store::command::{self, Request, StoredCommand};
use crate::store::{AccountId, WriteTransaction, command_queue, command_text, holder, project};

/// Letters of a command's id: none is ever guessed.
const ID_LETTERS: usize = 16;

/// Where something is to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) machine: MachineId,
    pub(crate) project: ProjectId,
}

/// What a person asks for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) place: Place,
    pub(crate) by: By,
    pub(crate) posted: NewCommand,
    /// The name of the request, where it has one.
    pub(crate) request: Option<Request>,
}

/// What holds for a command from its acceptance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// How long it waits for its machine.
    pub(crate) life: Duration,
    /// The machine's command feed is open: the command counts as handed over with its acceptance,
    /// which spares a second commit before its first byte is sent.
    pub(crate) machine_listens: bool,
}

fn later(now: Timestamp, duration: Duration) -> Timestamp {
    let ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_unix_ms(now.unix_ms().saturating_add(ms))
}

/// Takes a command in; a request of the same name and content gets the first command again.
pub(crate) fn accept(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    asked: Asked,
    terms: &Terms,
) -> Result<Command, CommandError> {
    if let Some(repeated) = repeated(transaction, account, asked.request.as_ref())? {
        return Ok(told(&repeated.command));
    }
    may_be_asked(transaction, account, &asked)?;
    let (now, listens) = (transaction.now(), terms.machine_listens);
    let command = Command {
        id: random_word(ID_LETTERS).parse().expect("a random word is an id"),
        machine: asked.place.machine,
        project: asked.place.project,
        state: if listens { CommandState::Delivered } else { CommandState::Queued },
        posted: asked.posted,
        by: asked.by,
        created_at: now,
        expires_at: later(now, terms.life),
        delivered_at: listens.then_some(now),
        ended_at: None,
        withdraw_requested: false,
        outcome: None,
        rebased_as: None,
    };
    let (command, texts) = without_texts(command);
    let event_seq = tell(transaction, account, &command)?;
    let stored = StoredCommand { number: 0, command, event_seq };
    let number = command::insert(transaction, account, &stored, asked.request)?;
    command_text::add(transaction, number, texts)?;
    Ok(told(&stored.command))
}

/// The command that a request of this name made before.
pub(super) fn repeated(
    transaction: &WriteTransaction<'_>,
    account: &AccountId,
    request: Option<&Request>,
) -> Result<Option<StoredCommand>, CommandError> {
    let Some(request) = request else { return Ok(None) };
    let Some((stored, hash)) = command::of_request(transaction, account, &request.key)? else {
        return Ok(None);
    };
    let kept = Duration::from_secs(IDEMPOTENCY_DAYS * 24 * 3600);
    if later(stored.command.created_at, kept) < transaction.now() {
        command::forget_request(transaction, stored.number)?;
        return Ok(None);
    }
    if hash == request.hash { Ok(Some(stored)) } else { Err(CommandError::IdempotencyMismatch) }
}

fn may_be_asked(
    transaction: &WriteTransaction<'_>,
    account: &AccountId,
    asked: &Asked,
) -> Result<(), CommandError> {
    let Place { machine, project } = &asked.place;
    if holder::find(transaction, account, machine)?.is_none()
        || project::find(transaction, account, machine, project)?.is_none()
    {
        return Err(CommandError::PlaceUnknown);
    }
    if let Some(Base::After { after }) = &asked.posted.base {
        let base = command::find(transaction, account, after)?.map(|stored| stored.command);
        let here = |base: &Command| base.machine == *machine && base.project == *project;
        if !base.as_ref().is_some_and(here) {
            return Err(CommandError::BaseUnknown);
        }
    }
    if command_queue::count_open(transaction, account, machine)? >= COMMANDS_OPEN_MAX as u64 {
        return Err(CommandError::QueueFull { limit: COMMANDS_OPEN_MAX as u64 });
    }
    Ok(())
}
