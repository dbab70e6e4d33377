//! The link to the relay: announces this machine, keeps its command feed open, and tells the
//! projects' workers when the relay is there and what it holds. What comes on the feed goes to the
//! inboxes; what is wrong, and for how long, is in `trouble`.

mod sleep;
mod streams;
mod trouble;
mod way;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use leanspec_shared::change::{Announce, Held};
use leanspec_shared::feed::{ByeReason, FeedMode};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::MachineId;
use leanspec_shared::limits::POLL_WAIT_MAX_SECONDS;
use leanspec_shared::problem::Code;
use leanspec_shared::view::ProjectFacts;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use self::sleep::slept;
use self::streams::{Advice, StreamEnd, Streams};
use crate::beat::Beat;
use crate::daemon::board::Board;
use crate::daemon::end::End;
use crate::exit::{Exit, Failure};
use crate::inbox::door::Door;
use crate::platform::host;
use crate::state::StateFolder;
use crate::state::routes::Obstacle;
use crate::state::status::Mode;
use crate::uplink::auth::{self, Login};
use crate::uplink::calls;
use crate::uplink::feed::Feed;
use crate::uplink::heard::Heard;
use crate::uplink::http::{CallError, Relay};
use crate::uplink::retry::{Backoff, patience};

/// Facts that change in quick succession (a checkout) are announced together.
const FACTS_DEBOUNCE: Duration = Duration::from_millis(250);
/// How long the first announcement waits for the first scans, so that a restart with nothing new
/// needs only one.
const FIRST_SCAN: Duration = Duration::from_secs(2);
/// How often the key file is looked at while the key is refused.
const KEY_TICK: Duration = Duration::from_secs(2);
/// How long saying good-bye may take.
const GOODBYE: Duration = Duration::from_secs(2);

/// What the workers are told.
#[derive(Debug, Clone)]
pub enum LinkState {
    /// The relay is not there, or refuses this machine.
    Down,
    /// The relay is there.
    Up {
        /// What it holds of each project.
        held: Arc<[Held]>,
        /// When it was asked.
        asked_at: Instant,
    },
}

impl LinkState {
    /// Whether the relay is there.
    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(self, Self::Up { .. })
    }
}

/// Lets a worker make the link look whether all is well. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Doubt {
    raised: Arc<Notify>,
}

impl Doubt {
    /// Something answered as if this machine were not welcome.
    pub fn raise(&self) {
        self.raised.notify_one();
    }
}

/// What the link works with.
#[derive(Debug)]
pub struct Link {
    /// The relay.
    pub relay: Relay,
    /// This machine.
    pub machine: MachineId,
    /// Its name.
    pub name: String,
    /// The mark of this computer.
    pub host_mark: ContentHash,
    /// Take the place of the computer that spoke for this machine before.
    pub take_over: bool,
    /// The key of the environment, which stands above the stored one.
    pub environment_key: Option<String>,
    /// Where `login` stores the key.
    pub state: StateFolder,
    /// Facts to announce.
    pub board: Board,
    /// Whom to tell.
    pub workers: watch::Sender<LinkState>,
    /// Where commands go.
    pub door: Door,
    /// What was announced last.
    pub announced: Vec<ProjectFacts>,
    /// Raised by workers.
    pub doubt: Doubt,
    /// Only until relay and disk are equal: a refused key ends it.
    pub once: bool,
    /// The beat of the process.
    pub beat: Beat,
    /// The end of the program.
    pub end: End,
}

/// An announcement on its way.
type Announcing = Pin<Box<dyn Future<Output = Result<Arc<[Held]>, CallError>> + Send>>;

/// Why a session with the relay ended.
enum Ended {
    /// Come back after the back-off.
    Broken(CallError),
    /// Come back at once.
    Renew,
}

impl Link {
    /// Runs until the program ends, then says good-bye.
    pub async fn run(mut self) {
        let end = self.end.clone();
        let first = tokio::time::timeout(FIRST_SCAN, self.board.all_settled());
        tokio::select! {
            _ = first => {}
            () = end.come() => {}
        }
        tokio::select! {
            () = self.keep() => {}
            () = end.come() => {}
        }
        // Whoever was replaced must not announce itself again: that would take the place back.
        if end.cause().is_ok() || self.once {
            self.say_goodbye().await;
        }
    }

    async fn keep(&mut self) {
        let mut backoff = Backoff::default();
        let mut streams = Streams::default();
        // A session may end without a single wait (no key), so that the end must be looked at here.
        while !self.end.has_come() {
            let began = Instant::now();
            let patience = patience(backoff.failures());
            let error = match self.session(&mut streams, patience).await {
                Ended::Renew => continue,
                Ended::Broken(error) => error,
            };
            let was_up = self.workers.send_replace(LinkState::Down).is_up();
            self.explain(&error);
            if matches!(error.code(), Some(Code::MachineTaken | Code::Superseded)) {
                self.end.because(Err(trouble::taken(&error)));
                return;
            }
            if error.is_about_the_key() || error.code() == Some(Code::UpgradeRequired) {
                self.wait_for_another_key(&error).await;
                backoff.reset();
            } else {
                let life = was_up.then(|| began.elapsed());
                self.wait(&error, life, &mut backoff).await;
            }
        }
    }

    /// From one announcement to the end of the feed.
    async fn session(&mut self, streams: &mut Streams, patience: Duration) -> Ended {
        self.take_key();
        let asked_at = Instant::now();
        let late = || CallError::Unreachable("it did not answer in time".into());
        let announced = tokio::time::timeout(patience, self.announcement(false)).await;
        let held = match announced.unwrap_or_else(|_| {
            self.relay.leave_connections();
            Err(late())
        }) {
            Ok(held) => held,
            Err(error) => {
                streams.reset();
                return Ended::Broken(error);
            }
        };
        self.workers.send_replace(LinkState::Up { held, asked_at });
        self.take_over = false;
        // The first poll is answered at once: whether polls get through is known then.
        let mut wait_s = 0;
        loop {
            let (wish, asked) = (self.wish(wait_s), Instant::now());
            let open = Feed::open(&self.relay, &self.machine, &wish);
            let (ended, how) = match open.await {
                Ok(feed) => self.follow(feed, &wish.mode).await,
                Err(CallError::HeldBack) => {
                    (Ended::Broken(CallError::HeldBack), StreamEnd::HeldBack)
                }
                Err(error) => (Ended::Broken(error), StreamEnd::Refused),
            };
            let Ended::Broken(error) = ended else { return ended };
            match wish.mode {
                // The poll form ends every answer; that is how it works.
                FeedMode::Poll if matches!(how, StreamEnd::Lived { .. }) => {
                    if wait_s > 0 {
                        streams.is_cut_for_rest(None);
                    }
                    wait_s = POLL_WAIT_MAX_SECONDS;
                }
                FeedMode::Poll => {
                    let was_held = wait_s > 0 && error.is_about_the_way();
                    if was_held && streams.is_cut_for_rest(Some(asked.elapsed())) {
                        self.liven();
                    }
                    return Ended::Broken(error);
                }
                // It said that it stops: nothing on the way did that.
                _ if matches!(error, CallError::Absent(_)) => {
                    streams.reset();
                    return Ended::Broken(error);
                }
                _ if !error.is_about_the_way() => return Ended::Broken(error),
                _ => match streams.ended(how) {
                    Advice::Poll => {
                        self.relay.route().found(Obstacle::Streams);
                        streams.reset();
                    }
                    Advice::Liven => {
                        self.liven();
                        return Ended::Broken(error);
                    }
                    Advice::AsBefore => return Ended::Broken(error),
                },
            }
        }
    }

    async fn follow(&mut self, mut feed: Feed, mode: &FeedMode) -> (Ended, StreamEnd) {
        self.connected(&feed, mode);
        let began = Instant::now();
        let ended = self.listen(&mut feed).await;
        if matches!(ended, Ended::Broken(CallError::Silent)) {
            self.relay.leave_connections();
        }
        let held_back = matches!(ended, Ended::Broken(CallError::HeldBack));
        let (life, heard) = (began.elapsed(), feed.has_lived());
        if heard && !held_back && *mode == FeedMode::Stream {
            self.relay.route().streams();
        }
        let (silence, heartbeat) = (feed.silence(), feed.heartbeat());
        let lived = StreamEnd::Lived { life, heard, silence, heartbeat };
        (ended, if held_back { StreamEnd::HeldBack } else { lived })
    }

    async fn listen(&mut self, feed: &mut Feed) -> Ended {
        let mut before = (Instant::now(), SystemTime::now());
        let mut announce_at: Option<Instant> = None;
        // On the side: a command must not wait behind the facts of a checkout.
        let mut announcing: Option<Announcing> = None;
        let mut left = self.relay.left();
        loop {
            let beat = self.beat.after(before.0.into());
            tokio::select! {
                heard = feed.next() => match heard {
                    Ok(Heard::Bye(bye)) => return self.on_bye(&bye.reason),
                    Ok(heard) => if let Err(stuck) = self.door.hear(heard).await {
                        log::warn!("{stuck}");
                        return Ended::Renew;
                    },
                    Err(error) => return Ended::Broken(error),
                },
                () = self.board.facts_changed() => {
                    announce_at.get_or_insert(Instant::now() + FACTS_DEBOUNCE);
                }
                () = at(announce_at), if announcing.is_none() => {
                    announce_at = None;
                    if self.board.facts() != self.announced {
                        announcing = Some(self.announcement(false));
                    }
                }
                announced = answer(&mut announcing) => {
                    announcing = None;
                    if let Err(error) = announced {
                        return Ended::Broken(error);
                    }
                }
                () = self.doubt.raised.notified() => return Ended::Renew,
                // A call hung in a dead connection; this feed was in it too, or in one as old.
                _ = left.changed() => return Ended::Renew,
                () = tokio::time::sleep_until(beat.into()) => {
                    if feed.is_overdue() && announcing.is_none() {
                        // Answered, or found to hang: waiting for the silence to be long enough
                        // would be waiting for what nobody can still say.
                        announcing = Some(self.announcement(false));
                    }
                    let now = (Instant::now(), SystemTime::now());
                    let slept = slept(before, now);
                    if slept || self.relay.route().look_around() {
                        let why = if slept { "slept" } else { "is on another network" };
                        log::info!("this computer {why}; connecting again");
                        self.relay.leave_connections();
                        return Ended::Renew;
                    }
                    before = now;
                }
            }
        }
    }

    fn on_bye(&self, reason: &ByeReason) -> Ended {
        log::debug!("the relay closes the feed: {reason}");
        match reason {
            ByeReason::Superseded => {
                self.end.because(Err(Failure::new(
                    Exit::Failed,
                    "a newer leanspec-bridge speaks for this machine; this one stops",
                )));
                Ended::Renew
            }
            ByeReason::Shutdown => Ended::Broken(CallError::Absent("it is stopping".into())),
            _ => Ended::Renew,
        }
    }

    /// Says who this is and what it has; what is said counts as announced from now on.
    fn announcement(&mut self, stopping: bool) -> Announcing {
        let announce = Announce {
            name: self.name.clone(),
            os: host::OS.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            instance: self.relay.instance().clone(),
            host_mark: self.host_mark,
            projects: self.board.facts(),
            stopping,
            take_over: self.take_over,
        };
        self.announced.clone_from(&announce.projects);
        let (relay, machine) = (self.relay.clone(), self.machine.clone());
        Box::pin(async move {
            let announced = calls::announce(&relay, &machine, &announce).await?;
            Ok(announced.projects.into())
        })
    }

    async fn say_goodbye(&mut self) {
        self.workers.send_replace(LinkState::Down);
        let goodbye = tokio::time::timeout(GOODBYE, self.announcement(true));
        if let Ok(Err(error)) = goodbye.await {
            log::debug!("could not say good-bye: {error}");
        }
    }

    fn connected(&self, feed: &Feed, mode: &FeedMode) {
        let mode = if *mode == FeedMode::Poll { Mode::Poll } else { Mode::Stream };
        self.board.link(|link| {
            if !link.connected {
                log::info!("connected to {} over {}", self.relay.url().label(), feed.http());
            }
            link.connected = true;
            link.mode = mode;
            link.http = Some(feed.http().to_owned());
            link.trouble = None;
        });
    }

    fn take_key(&self) {
        let login = Login::read(&self.state).unwrap_or_else(|error| {
            log::warn!("{error}");
            None
        });
        let environment = self.environment_key.as_deref();
        let (key, source) = auth::choose(self.relay.url(), environment, login.as_ref());
        self.relay.set_key(key);
        self.board.link(|link| link.key_store = source.as_str());
    }
}

async fn answer(announcing: &mut Option<Announcing>) -> Result<Arc<[Held]>, CallError> {
    match announcing {
        Some(announcing) => announcing.await,
        None => std::future::pending().await,
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
