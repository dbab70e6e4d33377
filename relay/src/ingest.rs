//! The only way in for what bridges push: decode (bounded) → check → apply in one transaction, with
//! the events that readers are told. HTTP is left to the routes, fan-out to the feed.

mod announce;
pub(crate) mod body;
mod changes;
mod check;
mod forget;
mod ledger;
mod manifest;
mod touched;

use leanspec_shared::change::ChangesAccepted;
use leanspec_shared::hash::StateHash;
use leanspec_shared::id::{InstanceId, MachineId, ProjectId, PushId};
use leanspec_shared::path::InvalidPath;

pub(crate) use announce::announce;
pub(crate) use changes::{ReceivedChanges, apply as apply_changes};
pub(crate) use check::{Sound, read_changes, read_json};
pub(crate) use forget::{forget_commands, forget_machine, forget_project, rename_machine};
pub(crate) use manifest::apply as apply_manifest;
pub(crate) use touched::{files_by_spec, files_of};

use crate::store::project::{self, StoredProject};
use crate::store::{AccountId, StoreError, WriteTransaction, holder};

/// Why a push is not taken. Nothing of it is applied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IngestError {
    /// It was made for another state of the project.
    #[error("the relay holds revision {rev}")]
    Resync {
        /// The relay's.
        rev: u64,
        /// The relay's.
        state_hash: StateHash,
    },
    /// Another computer speaks for this machine.
    #[error("another computer speaks for this machine")]
    MachineTaken,
    /// A newer process of the same computer speaks for this machine.
    #[error("a newer process speaks for this machine")]
    Superseded,
    /// The machine never announced itself, or was forgotten.
    #[error("the machine is not announced")]
    MachineUnknown,
    /// The machine never announced the project, or it was forgotten.
    #[error("the project is not announced")]
    ProjectUnknown,
    /// The body is not what it should be.
    #[error("{0}")]
    Malformed(String),
    /// A path that could leave the specs folder.
    #[error("{path:?}: {why}")]
    Path {
        /// As it came.
        path: String,
        /// What is wrong with it.
        why: InvalidPath,
    },
    /// A path that stands where it must not.
    #[error("{path:?} {why}")]
    PathMisplaced {
        /// Which.
        path: String,
        /// Why not.
        why: &'static str,
    },
    /// Bytes that do not have the promised hash.
    #[error("the bytes of {0:?} do not have the hash that was promised")]
    HashMismatch(String),
    /// Something is larger than it may be, in bytes.
    #[error("{what} is larger than {limit} bytes")]
    TooLarge {
        /// What.
        what: String,
        /// In bytes.
        limit: u64,
    },
    /// More pieces than are kept.
    #[error("more than {limit} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        limit: u64,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who pushes, and where to.
#[derive(Debug, Clone)]
pub(crate) struct Pusher {
    pub(crate) account: AccountId,
    pub(crate) machine: MachineId,
    pub(crate) instance: Option<InstanceId>,
    pub(crate) project: ProjectId,
}

/// A push that may go on, or one that was accepted before.
enum Opened {
    /// Apply it to this.
    Fresh(Box<StoredProject>),
    /// The answer that was given then, as JSON.
    Repeated(String),
}

/// Looks whether a push comes from the holder of the machine and fits to what is held.
fn open(
    transaction: &WriteTransaction<'_>,
    pusher: &Pusher,
    base_rev: u64,
    push: &PushId,
) -> Result<Opened, IngestError> {
    let (account, machine) = (&pusher.account, &pusher.machine);
    let holder = holder::find(transaction, account, machine)?.ok_or(IngestError::MachineUnknown)?;
    if pusher.instance.as_ref().is_some_and(|instance| *instance != holder.instance) {
        return Err(IngestError::Superseded);
    }
    let project = project::find(transaction, account, machine, &pusher.project)?
        .ok_or(IngestError::ProjectUnknown)?;
    if let Some((last, answer)) = &project.last_push
        && last == push
    {
        return Ok(Opened::Repeated(answer.clone()));
    }
    if project.rev != base_rev {
        return Err(IngestError::Resync { rev: project.rev, state_hash: project.state_hash });
    }
    Ok(Opened::Fresh(Box::new(project)))
}

/// The answer to a repeated push, as it was stored.
fn repeat<T: serde::de::DeserializeOwned>(answer: &str) -> Result<T, IngestError> {
    serde_json::from_str(answer).map_err(|_| {
        IngestError::Malformed("the push_id was used by a call of another kind".into())
    })
}

fn accepted(project: &StoredProject) -> ChangesAccepted {
    ChangesAccepted { rev: project.rev, state_hash: project.state_hash }
}
