//! What changed since a cursor: the stored past and the live present, joined without a gap or a
//! repeat.
//!
//! A feed subscribes to the hub first, replays the store until nothing is left, then passes on live
//! frames above the last number it sent. One writer allocates the numbers and publishes in the order
//! of its commits, so what the store did not hold at the last look comes through the hub.
//!
//! The command feed of a bridge ([`commands`]) is state instead of history: what comes through the hub
//! only says when to look again.

pub(crate) mod commands;
pub(crate) mod hub;
pub(crate) mod open_feeds;
pub(crate) mod poll;
mod present;
mod pulse;
mod reader;
pub(crate) mod resume;
pub(crate) mod sse;
mod waiting;

use std::time::{Duration, Instant};

use leanspec_shared::feed::{ByeReason, Cursor, FeedMode, ResetReason};
use leanspec_shared::id::{CommandId, InstanceId, KeyId, MachineId, ProjectId};
use rand::Rng;
use tokio::sync::oneshot;

pub(crate) use commands::CommandReader;
pub(crate) use present::PresenceGuard;
pub(crate) use reader::Reader;

use crate::auth;
use crate::commands::{Addressee, NoDelivery};
use crate::state::Relay;
use crate::store::{AccountId, Connection, StoreError, command_queue};
use hub::Subscription;
use open_feeds::{FeedGuard, Limit, Opening};
use pulse::Pulse;
use resume::Resume;

/// Why a feed cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// Too many are open.
    #[error("{0} feeds are open already")]
    TooMany(u64),
    /// The key was revoked in between.
    #[error("the key was revoked")]
    Revoked,
    /// A newer process reads this machine's commands.
    #[error("a newer process speaks for this machine")]
    Superseded,
    /// The machine never announced itself, or was forgotten.
    #[error("the machine is not announced")]
    MachineUnknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NoDelivery> for OpenError {
    fn from(refused: NoDelivery) -> Self {
        match refused {
            NoDelivery::MachineUnknown => Self::MachineUnknown,
            NoDelivery::Superseded => Self::Superseded,
            NoDelivery::Store(error) => Self::Store(error),
        }
    }
}

impl From<Limit> for OpenError {
    fn from(Limit(limit): Limit) -> Self {
        Self::TooMany(limit)
    }
}

/// What a feed shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) machine: Option<MachineId>,
    pub(crate) project: Option<ProjectId>,
}

impl Filter {
    pub(crate) fn lets_through(&self, machine: &MachineId, project: Option<&ProjectId>) -> bool {
        let same_machine = self.machine.as_ref().is_none_or(|wanted| wanted == machine);
        // What concerns a whole machine concerns each of its projects.
        let same_project =
            self.project.as_ref().is_none_or(|wanted| project.is_none_or(|id| id == wanted));
        same_machine && same_project
    }
}

/// Who asks to read, and in which form.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) account: AccountId,
    pub(crate) key: KeyId,
    pub(crate) mode: FeedMode,
    /// How long a stream may be silent at most, where that matters to the reader.
    pub(crate) heartbeat: Option<Duration>,
}

/// A feed that may begin: what both kinds have in common.
pub(crate) struct OpenFeed {
    /// Takes the feed out of the list of open ones when it is dropped.
    pub(crate) _guard: FeedGuard,
    pub(crate) ended: oneshot::Receiver<ByeReason>,
    pub(crate) subscription: Subscription,
    pub(crate) account: AccountId,
    pub(crate) mode: FeedMode,
    pub(crate) heartbeat: Duration,
    /// Beats where the reader wants heartbeats more often than all get them.
    pub(crate) pulse: Pulse,
    /// See [`crate::config::Config::slow_reader_after`].
    pub(crate) slow_after: Duration,
    /// When it ends itself.
    pub(crate) rotate_at: Instant,
}

/// The feed of a person that may begin: what changed.
pub(crate) struct OpenChanges {
    pub(crate) feed: OpenFeed,
    pub(crate) filter: Filter,
    pub(crate) from: Cursor,
    pub(crate) resumed: bool,
    pub(crate) reset: Option<ResetReason>,
}

/// The feed of a bridge that may begin: its machine's commands.
pub(crate) struct OpenCommands {
    pub(crate) feed: OpenFeed,
    pub(crate) to: Addressee,
    /// The number of the last command that is not to be sent again.
    pub(crate) after: u64,
}

/// Opens the feed of a person. `after` is the cursor, as it came.
pub(crate) async fn open_changes(
    relay: &Relay,
    request: Request,
    filter: Filter,
    after: Option<String>,
) -> Result<OpenChanges, OpenError> {
    let (account, key) = (request.account.clone(), request.key.clone());
    let feed = register(relay, request, None, None)?;
    let resume = relay.store.read(move |connection| -> Result<Resume, OpenError> {
        still_stands(connection, &key)?;
        Ok(resume::resume(connection, &account, after.as_deref())?)
    });
    let (from, resumed, reset) = match resume.await? {
        Resume::From(cursor) => (cursor, true, None),
        Resume::Fresh(head) => (head, false, None),
        Resume::Reset(head, reason) => (head, false, Some(reason)),
    };
    Ok(OpenChanges { feed, filter, from, resumed, reset })
}

/// Opens the command feed of a machine. A command that the relay does not know is one that it lost:
/// then everything is sent.
pub(crate) async fn open_commands(
    relay: &Relay,
    request: Request,
    to: Addressee,
    after: Option<CommandId>,
) -> Result<OpenCommands, OpenError> {
    let key = request.key.clone();
    let feed = register(relay, request, Some(to.machine.clone()), to.instance.clone())?;
    let asked = to.clone();
    let after = relay.store.read(move |connection| -> Result<u64, OpenError> {
        still_stands(connection, &key)?;
        asked.is_holder(connection)?;
        let Some(after) = after else { return Ok(0) };
        let Addressee { account, machine, .. } = &asked;
        Ok(command_queue::number_of(connection, account, machine, &after)?.unwrap_or_default())
    });
    Ok(OpenCommands { after: after.await?, feed, to })
}

/// Lists a feed and subscribes it. This comes before all checks: a key that is revoked, or a process
/// that is superseded, in between finds the feed and ends it.
fn register(
    relay: &Relay,
    request: Request,
    machine: Option<MachineId>,
    instance: Option<InstanceId>,
) -> Result<OpenFeed, OpenError> {
    let Request { account, key, mode, heartbeat } = request;
    let opening = Opening { key, account: account.clone(), machine, instance };
    let (guard, ended) = relay.open_feeds.register(opening)?;
    let common = relay.config.heartbeat;
    let sooner = heartbeat.filter(|asked| *asked < common);
    let life = relay.config.feed_life.mul_f64(rand::rng().random_range(0.8..=1.0));
    Ok(OpenFeed {
        _guard: guard,
        ended,
        subscription: relay.hub.subscribe(&account),
        account,
        mode,
        heartbeat: sooner.unwrap_or(common),
        pulse: Pulse::new(sooner),
        slow_after: relay.config.slow_reader_after,
        rotate_at: Instant::now() + life,
    })
}

fn still_stands(connection: &Connection, key: &KeyId) -> Result<(), OpenError> {
    if auth::key::is_revoked(connection, key)? { Err(OpenError::Revoked) } else { Ok(()) }
}
