//! The command feed of a bridge: state, not history. It sends what [`super::waiting`] holds for
//! its machine, and looks again whenever the hub says that something about a command has happened:
//! that is a hint, the store is the truth.

use std::time::Duration;

use bytes::Bytes;
use leanspec_shared::feed::ByeReason;
use leanspec_shared::id::MachineId;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::hub::{Live, Subscription};
use super::reader::hello;
use super::waiting::{Batch, Queue};
use super::{OpenCommands, OpenFeed, sse};
use crate::commands::NoDelivery;
use crate::store::{Store, StoreError};

/// How long a poll is held when all it has to tell is what is not wanted any more. Polls
/// remember nothing of each other: without this, one after the other would say the same at once.
const REPEATED_WITHDRAW_PAUSE: Duration = Duration::from_secs(1);

/// Why a feed that is handed nothing ends; `None` when it ends without a word, and its reader comes
/// back.
fn ending(refused: &NoDelivery) -> Option<ByeReason> {
    match refused {
        NoDelivery::MachineUnknown => Some(ByeReason::Forgotten),
        NoDelivery::Superseded => Some(ByeReason::Superseded),
        NoDelivery::Store(error) => {
            tracing::warn!(%error, "a command feed ends since its commands cannot be read");
            None
        }
    }
}

/// The first bytes of a command feed.
fn opening(feed: &OpenFeed, after: u64) -> String {
    sse::opening(None, &hello(feed, after > 0))
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    Opening,
    Sending,
    Waiting,
    Over,
}

/// A command feed in its long form: each call of [`CommandReader::next`] gives the next bytes to
/// send.
pub(crate) struct CommandReader {
    feed: OpenFeed,
    queue: Queue,
    phase: Phase,
}

impl CommandReader {
    pub(crate) fn new(open: OpenCommands, store: Store) -> Self {
        let queue = Queue::new(&open, store);
        Self { feed: open.feed, queue, phase: Phase::Opening }
    }

    /// The next bytes; `None` when the feed is over.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        loop {
            let bytes = match self.phase {
                Phase::Over => return None,
                Phase::Opening => {
                    self.phase = Phase::Sending;
                    Some(opening(&self.feed, self.queue.sent()).into())
                }
                Phase::Sending => self.send().await,
                Phase::Waiting => self.wait().await,
            };
            if bytes.is_some() {
                self.feed.pulse.rest();
                return bytes;
            }
        }
    }

    async fn send(&mut self) -> Option<Bytes> {
        if let Ok(reason) = self.feed.ended.try_recv() {
            return Some(self.bye(reason));
        }
        match self.queue.take().await {
            Ok(Batch { commands, withdraws }) => {
                let bytes = commands + &withdraws;
                if bytes.is_empty() {
                    self.phase = Phase::Waiting;
                }
                (!bytes.is_empty()).then(|| bytes.into())
            }
            Err(refused) => {
                self.phase = Phase::Over;
                ending(&refused).map(sse::bye)
            }
        }
    }

    async fn wait(&mut self) -> Option<Bytes> {
        let live = tokio::select! {
            biased;
            reason = &mut self.feed.ended => {
                return Some(self.bye(reason.unwrap_or(ByeReason::Shutdown)));
            }
            live = self.feed.subscription.recv() => live,
            beat = self.feed.pulse.beat() => return Some(beat),
        };
        match live {
            Ok(Live::Heartbeat(bytes)) if Instant::now() >= self.feed.rotate_at.into() => {
                Some([bytes, self.bye(ByeReason::Rotate)].concat().into())
            }
            Ok(Live::Heartbeat(bytes)) => Some(bytes),
            Ok(live) if !is_hint(&live, self.queue.machine()) => None,
            Ok(Live::Frame(_)) | Err(RecvError::Lagged(_)) => {
                self.phase = Phase::Sending;
                None
            }
            Err(RecvError::Closed) => Some(self.bye(ByeReason::Shutdown)),
        }
    }

    fn bye(&mut self, reason: ByeReason) -> Bytes {
        self.phase = Phase::Over;
        sse::bye(reason)
    }
}

/// Whether it tells of a command of this machine.
fn is_hint(live: &Live, machine: &MachineId) -> bool {
    matches!(live, Live::Frame(frame) if frame.is_command && frame.machine == *machine)
}

/// The long-poll form: `hello`, then everything that waits, or what comes first within `wait`.
pub(crate) async fn poll(
    mut open: OpenCommands,
    store: Store,
    wait: Duration,
) -> Result<Bytes, StoreError> {
    let mut deadline = Instant::now() + wait;
    let mut queue = Queue::new(&open, store);
    let mut body = opening(&open.feed, open.after);
    loop {
        match queue.take().await {
            Ok(Batch { commands, withdraws }) => {
                body += &commands;
                body += &withdraws;
                if !commands.is_empty() {
                    break;
                }
                if !withdraws.is_empty() {
                    deadline = deadline.min(Instant::now() + REPEATED_WITHDRAW_PAUSE);
                }
            }
            Err(NoDelivery::Store(error)) => return Err(error),
            Err(refused) => {
                let bye = ending(&refused).map(sse::bye).unwrap_or_default();
                return Ok([Bytes::from(body), bye].concat().into());
            }
        }
        let waited = tokio::select! {
            biased;
            reason = &mut open.feed.ended => {
                let bye = sse::bye(reason.unwrap_or(ByeReason::Shutdown));
                return Ok([Bytes::from(body), bye].concat().into());
            }
            waited = timeout_at(deadline, hint(&mut open.feed.subscription, &open.to.machine)) => {
                waited
            }
        };
        if waited.is_err() {
            break;
        }
    }
    Ok(body.into())
}

/// Waits until something about a command of this machine has happened.
async fn hint(subscription: &mut Subscription, machine: &MachineId) {
    loop {
        match subscription.recv().await {
            Ok(live) if is_hint(&live, machine) => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
