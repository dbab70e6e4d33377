//! Tells the relay what came of commands, until it says that it knows.
//!
//! A report goes out at once while the relay is there; what fails goes out again with the next try
//! or the next connection. Order does not matter: the relay takes each by its command's id. What is
//! still to be told is remembered by the journal, not here.

use std::collections::{HashSet, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use leanspec_shared::command::{Overtaken, Report};
use leanspec_shared::id::CommandId;
use leanspec_shared::problem::Code;
use tokio::time::Instant;

use crate::daemon::link::Doubt;
use crate::random;
use crate::uplink::calls;
use crate::uplink::http::{CallError, Relay};
use crate::uplink::retry::Backoff;

/// Reports on their way at the same time: enough to hide a slow network behind itself.
const IN_FLIGHT_MAX: usize = 16;

/// Something to tell.
#[derive(Debug, Clone)]
enum Post {
    /// What came of a command.
    Result(CommandId, Arc<Report>),
    /// A command that was applied was overtaken.
    Overtaken(CommandId, Arc<Overtaken>),
}

type Flight = Pin<Box<dyn Future<Output = (Post, Result<(), CallError>)> + Send>>;

/// Tells the relay. Whoever owns it polls [`Reporter::told`].
pub struct Reporter {
    relay: Relay,
    doubt: Doubt,
    up: bool,
    due: VecDeque<Post>,
    flying: FuturesUnordered<Flight>,
    /// Commands whose result is due or on its way.
    open: HashSet<CommandId>,
    not_before: Option<Instant>,
    backoff: Backoff,
}

impl std::fmt::Debug for Reporter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Reporter").field("open", &self.open).finish_non_exhaustive()
    }
}

/// What follows from the relay's answer to a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Try again after the back-off.
    Again,
    /// Nothing gets through before the link has found out what is wrong.
    WaitForTheLink,
    /// The relay will never take it: there is nobody left to tell.
    Settled,
}

fn fate(error: &CallError) -> Fate {
    match error.code() {
        Some(Code::Superseded | Code::MachineTaken | Code::UpgradeRequired) => Fate::WaitForTheLink,
        _ if error.is_about_the_key() => Fate::WaitForTheLink,
        _ => match error {
            CallError::Refused { problem, .. } if !problem.retry && problem.status < 500 => {
                Fate::Settled
            }
            _ => Fate::Again,
        },
    }
}

impl Reporter {
    /// One with nothing to tell.
    #[must_use]
    pub fn new(relay: Relay, doubt: Doubt) -> Self {
        Self {
            relay,
            doubt,
            up: false,
            due: VecDeque::new(),
            flying: FuturesUnordered::new(),
            open: HashSet::new(),
            not_before: None,
            backoff: Backoff::default(),
        }
    }

    /// Takes in what came of a command; again, where the relay seems not to know.
    pub fn result(&mut self, id: CommandId, report: Arc<Report>) {
        if self.open.insert(id.clone()) {
            self.due.push_back(Post::Result(id, report));
        }
    }

    /// Takes in that a command was overtaken. Told after its result.
    pub fn overtaken(&mut self, id: CommandId, message: String) {
        self.due.push_back(Post::Overtaken(id, Arc::new(Overtaken { message })));
    }

    /// The relay came or went. When it comes, nothing waits any longer.
    pub fn link(&mut self, up: bool) {
        self.up = up;
        if up {
            self.not_before = None;
            self.backoff.reset();
        }
    }

    /// Whether everything is told.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.due.is_empty() && self.flying.is_empty()
    }

    /// Sends what is due and waits for an answer that settles a result; answers whose. May be
    /// dropped at any moment: what is on its way stays on its way.
    pub async fn told(&mut self) -> CommandId {
        loop {
            self.take_off();
            let retry = self.not_before.filter(|_| self.up && !self.due.is_empty());
            tokio::select! {
                Some((post, answer)) = self.flying.next(), if !self.flying.is_empty() => {
                    if let Some(id) = self.landed(post, answer) {
                        return id;
                    }
                }
                () = at(retry) => self.not_before = None,
            }
        }
    }

    fn take_off(&mut self) {
        while self.up && self.not_before.is_none() && self.flying.len() < IN_FLIGHT_MAX {
            let is_free = |post: &Post| match post {
                Post::Result(..) => true,
                Post::Overtaken(id, _) => !self.open.contains(id),
            };
            let Some(place) = self.due.iter().position(is_free) else { return };
            let Some(post) = self.due.remove(place) else { return };
            let relay = self.relay.clone();
            self.flying.push(Box::pin(async move {
                let answer = match &post {
                    Post::Result(id, report) => calls::result(&relay, id, report).await,
                    Post::Overtaken(id, body) => calls::overtaken(&relay, id, body).await,
                };
                (post, answer)
            }));
        }
    }

    fn landed(&mut self, post: Post, answer: Result<(), CallError>) -> Option<CommandId> {
        match answer {
            Ok(()) => self.backoff.reset(),
            Err(error) => match fate(&error) {
                Fate::Settled => {
                    let (Post::Result(id, _) | Post::Overtaken(id, _)) = &post;
                    log::warn!("command {id}: the relay does not take what came of it: {error}");
                }
                again => {
                    self.due.push_front(post);
                    self.later(again, &error);
                    return None;
                }
            },
        }
        let Post::Result(id, _) = post else { return None };
        self.open.remove(&id);
        Some(id)
    }

    fn later(&mut self, fate: Fate, error: &CallError) {
        if fate == Fate::WaitForTheLink {
            self.up = false;
            self.doubt.raise();
            return;
        }
        // Many reports fail together; they are one failure.
        if self.not_before.is_none() {
            let wait = self.backoff.fail(random::fraction(), error.retry_after());
            log::debug!("a report failed ({error}); again in {} ms", wait.as_millis());
            self.not_before = Some(Instant::now() + wait);
        }
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use leanspec_shared::problem::Problem;

    use super::*;

    fn refused(code: Code) -> CallError {
        CallError::Refused { problem: Box::new(Problem::new(code, "x")), retry_after: None }
    }

    #[test]
    fn a_report_is_told_until_the_relay_knows_or_never_will() {
        let table = [
            (CallError::Unreachable("x".into()), Fate::Again),
            (CallError::Intercepted(502), Fate::Again),
            (CallError::Malformed("x".into()), Fate::Again),
            (refused(Code::Internal), Fate::Again),
            (refused(Code::StorageFull), Fate::Again),
            (refused(Code::TooManyRequests), Fate::Again),
            (refused(Code::ResultDiffers), Fate::Settled),
            (refused(Code::NotFound), Fate::Settled),
            (refused(Code::TooLarge), Fate::Settled),
            (refused(Code::KeyRevoked), Fate::WaitForTheLink),
            (refused(Code::MachineMismatch), Fate::WaitForTheLink),
            (refused(Code::Superseded), Fate::WaitForTheLink),
            (refused(Code::UpgradeRequired), Fate::WaitForTheLink),
            (CallError::NoKey, Fate::WaitForTheLink),
        ];
        for (error, wanted) in table {
            assert_eq!(fate(&error), wanted, "{error:?}");
        }
    }
}
