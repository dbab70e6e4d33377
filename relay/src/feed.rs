//! What changed since a cursor: the stored past and the live present, joined without a gap or a
//! repeat.
//!
//! A feed subscribes to the hub first, replays the store until nothing is left, then passes on live
//! frames above the last number it sent. One writer allocates the numbers and publishes in the order
//! of its commits, so what the store did not hold at the last look comes through the hub.

pub(crate) mod hub;
pub(crate) mod open_feeds;
pub(crate) mod poll;
mod present;
mod reader;
pub(crate) mod resume;
pub(crate) mod sse;

use std::time::{Duration, Instant};

use leanspec_shared::feed::{ByeReason, Cursor, FeedMode, ResetReason};
use leanspec_shared::id::{InstanceId, KeyId, MachineId, ProjectId};
use rand::Rng;
use tokio::sync::oneshot;

pub(crate) use present::PresenceGuard;
pub(crate) use reader::Reader;

use crate::auth;
use crate::state::Relay;
use crate::store::{AccountId, StoreError, event, holder};
use hub::Subscription;
use open_feeds::{FeedGuard, Limit, Opening};
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

/// What somebody asks to read.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) account: AccountId,
    pub(crate) key: KeyId,
    pub(crate) mode: FeedMode,
    pub(crate) what: What,
    /// The cursor, as it came.
    pub(crate) after: Option<String>,
}

/// Which of the two feeds.
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// What changed, for people.
    Changes(Filter),
    /// The commands for a machine, read by this process. Commands themselves come with remote
    /// editing; they will be state that the store is asked for, not events of the history.
    Commands(MachineId, Option<InstanceId>),
}

/// A feed that may begin.
pub(crate) struct OpenFeed {
    /// Takes the feed out of the list of open ones when it is dropped.
    pub(crate) _guard: FeedGuard,
    pub(crate) ended: oneshot::Receiver<ByeReason>,
    pub(crate) subscription: Subscription,
    pub(crate) account: AccountId,
    /// `None` for a feed without history.
    pub(crate) filter: Option<Filter>,
    pub(crate) from: Cursor,
    pub(crate) resumed: bool,
    pub(crate) reset: Option<ResetReason>,
    pub(crate) mode: FeedMode,
    pub(crate) heartbeat: Duration,
    /// See [`crate::config::Config::slow_reader_after`].
    pub(crate) slow_after: Duration,
    /// When it ends itself.
    pub(crate) rotate_at: Instant,
}

/// Opens a feed. It is registered before it is checked: a key that is revoked, or a process that is
/// superseded, in between finds it and ends it.
pub(crate) async fn open(relay: &Relay, request: Request) -> Result<OpenFeed, OpenError> {
    let (machine, instance, filter) = match request.what {
        What::Changes(filter) => (None, None, Some(filter)),
        What::Commands(machine, instance) => (Some(machine), instance, None),
    };
    let opening = Opening {
        key: request.key.clone(),
        account: request.account.clone(),
        machine: machine.clone(),
        instance: instance.clone(),
    };
    let (guard, ended) = relay.open_feeds.register(opening)?;
    let subscription = relay.hub.subscribe(&request.account);
    let (account, key, after) = (request.account.clone(), request.key, request.after);
    let resume = relay.store.read(move |connection| -> Result<Resume, OpenError> {
        if auth::key::is_revoked(connection, &key)? {
            return Err(OpenError::Revoked);
        }
        if let Some(machine) = machine {
            let holder = holder::find(connection, &account, &machine)?;
            let holder = holder.ok_or(OpenError::MachineUnknown)?;
            if instance.is_some_and(|instance| instance != holder.instance) {
                return Err(OpenError::Superseded);
            }
            return Ok(Resume::Fresh(event::head(connection, &account)?));
        }
        Ok(resume::resume(connection, &account, after.as_deref())?)
    });
    let (from, resumed, reset) = match resume.await? {
        Resume::From(cursor) => (cursor, true, None),
        Resume::Fresh(head) => (head, false, None),
        Resume::Reset(head, reason) => (head, false, Some(reason)),
    };
    let life = relay.config.feed_life.mul_f64(rand::rng().random_range(0.8..=1.0));
    Ok(OpenFeed {
        _guard: guard,
        ended,
        subscription,
        account: request.account,
        filter,
        from,
        resumed,
        reset,
        mode: request.mode,
        heartbeat: relay.config.heartbeat,
        slow_after: relay.config.slow_reader_after,
        rotate_at: Instant::now() + life,
    })
}
