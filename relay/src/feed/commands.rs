//! The command feed of a bridge: state, not history. It sends what waits for its machine, in order of
//! acceptance, and looks again whenever the hub says that something about a command has happened:
//! that is a hint, the store is the truth. A command is marked as delivered before its first byte is
//! sent.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use leanspec_shared::command::Delivery;
use leanspec_shared::feed::ByeReason;
use leanspec_shared::id::{CommandId, MachineId};
use leanspec_shared::time::Timestamp;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::hub::{Live, Subscription};
use super::reader::hello;
use super::{OpenCommands, OpenFeed, sse};
use crate::commands::{self, Addressee, NoDelivery, Ready};
use crate::store::{Store, StoreError, WriteTransaction};

/// How long a poll is held at least when all it has to tell is what is not wanted any more. Polls
/// remember nothing of each other: without this, one after the other would say the same at once.
const REPEATED_WITHDRAW_PAUSE: Duration = Duration::from_secs(1);

/// What waits for a machine, seen by one of its feeds.
struct Queue {
    store: Store,
    to: Addressee,
    /// The number of the last command that was sent.
    sent: u64,
    /// Commands that this feed has said are not wanted any more.
    withdrawn: HashSet<CommandId>,
}

/// What is to be sent next.
#[derive(Default)]
struct Batch {
    commands: String,
    withdraws: String,
}

impl Queue {
    fn new(open: &OpenCommands, store: Store) -> Self {
        Self { store, to: open.to.clone(), sent: open.after, withdrawn: HashSet::new() }
    }

    /// The next commands, marked as delivered, and what is not wanted any more of the earlier ones;
    /// empty when nothing waits.
    async fn take(&mut self) -> Result<Batch, NoDelivery> {
        let mut batch = Batch::default();
        loop {
            let (to, sent) = (self.to.clone(), self.sent);
            let look = move |connection: &_| -> Result<_, NoDelivery> {
                let unwanted = commands::unwanted(connection, &to, sent)?;
                Ok((commands::deliveries(connection, &to, sent)?, unwanted))
            };
            let (ready, unwanted) = self.store.read(look).await?;
            for id in unwanted {
                if self.withdrawn.insert(id.clone()) {
                    batch.withdraws += &sse::withdraw(id);
                }
            }
            let Some(last) = ready.last() else { return Ok(batch) };
            self.sent = last.number;
            for ready in self.hand_over(ready).await? {
                batch.commands += &self.render(ready);
            }
            // All of them may have ended in between: then what comes after them is next.
            if !batch.commands.is_empty() {
                return Ok(batch);
            }
        }
    }

    fn render(&mut self, ready: Ready) -> String {
        if ready.delivery.withdraw {
            self.withdrawn.insert(ready.delivery.id.clone());
        }
        let expires_in_ms = left(ready.expires_at);
        sse::delivery(&Delivery { expires_in_ms, ..ready.delivery })
    }

    /// Marks what is queued as delivered, all of it in one commit; what has ended meanwhile is left
    /// out.
    async fn hand_over(&self, ready: Vec<Ready>) -> Result<Vec<Ready>, NoDelivery> {
        if !ready.iter().any(|ready| ready.is_queued) {
            return Ok(ready);
        }
        let to = self.to.clone();
        let ids: Vec<_> = ready.iter().map(|ready| ready.delivery.id.clone()).collect();
        let write = move |transaction: &mut WriteTransaction<'_>| {
            commands::hand_over(transaction, &to, &ids)
        };
        let open = self.store.write(write).await?;
        let still_open = |mut ready: Ready| {
            let withdraw = *open.get(&ready.delivery.id)?;
            ready.delivery = Delivery { withdraw, ..ready.delivery };
            Some(ready)
        };
        Ok(ready.into_iter().filter_map(still_open).collect())
    }
}

/// How much of a command's time is left, in milliseconds.
fn left(expires_at: Timestamp) -> u64 {
    let now = Timestamp::from(SystemTime::now());
    u64::try_from(expires_at.unix_ms() - now.unix_ms()).unwrap_or_default()
}

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
                    Some(opening(&self.feed, self.queue.sent).into())
                }
                Phase::Sending => self.send().await,
                Phase::Waiting => self.wait().await,
            };
            if bytes.is_some() {
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
        };
        match live {
            Ok(Live::Heartbeat(bytes)) if Instant::now() >= self.feed.rotate_at.into() => {
                Some([bytes, self.bye(ByeReason::Rotate)].concat().into())
            }
            Ok(Live::Heartbeat(bytes)) => Some(bytes),
            Ok(live) if !is_hint(&live, &self.queue.to.machine) => None,
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
