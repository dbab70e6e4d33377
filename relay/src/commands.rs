//! Commands on their way: accepted from a person, handed to their machine, ended once and for all.
//!
//! ```text
//! POST ─▶ check ─▶ accept ─▶ queued ─▶ deliver ─▶ the command feed ─▶ … ─▶ report ─▶ end
//!                               └─▶ withdraw, expire, forget ─▶ end ─▶ activity
//! ```
//!
//! What may happen to a command in which state is decided in [`life`] alone. Each change of state is
//! one row of identity and one event, in one transaction. HTTP is left to the routes, sending to the
//! feed; what a command means is the bridge's business.

mod accept;
mod check;
mod deliver;
mod end;
mod life;
mod rebase;
mod record;
mod repair;
mod report;

use leanspec_shared::command::{Command, CommandState};
use leanspec_shared::id::CommandId;

pub(crate) use accept::{Asked, Place, Terms, accept};
pub(crate) use deliver::{Addressee, NoDelivery, Ready, deliveries, hand_over, unwanted};
pub(crate) use end::{expire, forget, withdraw};
pub(crate) use rebase::rebase;
pub(crate) use record::told;
pub(crate) use repair::tell_untold;
pub(crate) use report::{report, report_overtaken};

use crate::store::command::{self, StoredCommand};
use crate::store::{AccountId, Connection, StoreError, command_text};

/// Why nothing became of a call about a command. Nothing is changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// There is no such machine or project.
    #[error("there is no such project on this machine")]
    PlaceUnknown,
    /// There is no such command.
    #[error("there is no such command")]
    Unknown,
    /// It stands on a command that is none of this project.
    #[error("'base.after' names no command of this project")]
    BaseUnknown,
    /// The name of the request stands for another one.
    #[error("the Idempotency-Key was used for another request")]
    IdempotencyMismatch,
    /// Too many have not ended.
    #[error("{limit} commands of this machine have not ended")]
    QueueFull {
        /// How many there may be.
        limit: u64,
    },
    /// It has ended.
    #[error("the command is {0}")]
    Ended(CommandState),
    /// A result of a command that its machine was never handed.
    #[error("the command was never handed to its machine")]
    NotDelivered,
    /// A result that is none.
    #[error("'{0}' is no end of a command")]
    NoEnd(CommandState),
    /// Another result than the one that stands.
    #[error("the command is {0}, with another result")]
    ResultDiffers(CommandState),
    /// No conflict, or one whose change does not fit.
    #[error("the command is {0}, and cannot be applied to a newer version")]
    NotRebasable(CommandState),
    /// A command of another machine.
    #[error("the command is another machine's")]
    OtherMachine,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn find(
    connection: &Connection,
    account: &AccountId,
    id: &CommandId,
) -> Result<StoredCommand, CommandError> {
    command::find(connection, account, id)?.ok_or(CommandError::Unknown)
}

/// One command with all its texts; `None` when there is none of this id.
pub(crate) fn whole(
    connection: &Connection,
    account: &AccountId,
    id: &CommandId,
) -> Result<Option<Command>, StoreError> {
    let Some(stored) = command::find(connection, account, id)? else { return Ok(None) };
    let texts = command_text::find(connection, stored.number)?;
    Ok(Some(record::with_texts(stored.command, texts)))
}
