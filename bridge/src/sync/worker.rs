//! The loop of one project: takes in what the source says, and pushes while there is a difference.
//! One push is in flight at a time; what comes meanwhile is merged into the next.

mod landing;

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use leanspec_shared::path::FilePath;
use leanspec_shared::view::ProjectState;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::daemon::board::Board;
use crate::daemon::end::End;
use crate::daemon::link::{Doubt, LinkState};
use crate::source::{Baseline, Halt, SourceHandle, Update, WatchMode};
use crate::state::atomic::{self, Durability};
use crate::sync::build::Materials;
use crate::sync::plan::Plan;
use crate::sync::push::{Job, Outcome, Prepared, Target, attempt};
use crate::sync::shadow::Shadow;
use crate::sync::step::Step;
use crate::uplink::retry::Backoff;

/// The file of the source's baseline in a project's state folder.
pub const BASELINE_FILE: &str = "baseline.json";
/// How long a push in flight may go on after the program was asked to end.
const LAST_PUSH: Duration = Duration::from_secs(2);

/// What one project's loop works with.
#[derive(Debug)]
pub struct Parts {
    /// Its place on the board.
    pub index: usize,
    /// Where its pushes go.
    pub target: Target,
    /// Its specs folder.
    pub specs: PathBuf,
    /// Its folder in the state folder.
    pub state: PathBuf,
    /// What the relay acknowledged, with contents.
    pub shadow: Arc<Mutex<Shadow>>,
    /// What is on the disk, and what the relay acknowledged.
    pub plan: Plan,
    /// What the source says.
    pub updates: mpsc::Receiver<Update>,
    /// Requests to the source.
    pub source: SourceHandle,
    /// Told whether the project is halted.
    pub halts: watch::Sender<bool>,
    /// Whether the relay is there, and what it holds.
    pub link: watch::Receiver<LinkState>,
    /// To make the link look again.
    pub doubt: Doubt,
    /// What others show.
    pub board: Board,
    /// The end of the program.
    pub end: End,
}

type Flight = Pin<Box<dyn Future<Output = (Outcome, Vec<FilePath>)> + Send>>;

/// Runs until the program ends.
pub async fn run(parts: Parts) {
    let Parts { shadow, updates, link, plan, .. } = parts;
    let materials = Materials { specs: parts.specs, shadow };
    let worker = Worker {
        index: parts.index,
        target: parts.target,
        state: parts.state,
        materials,
        plan,
        source: parts.source,
        halts: parts.halts,
        doubt: parts.doubt,
        board: parts.board,
        end: parts.end,
        pending: None,
        up: false,
        compare_after: false,
        live: false,
        halted: None,
        baseline: None,
        accepted_at: None,
        not_before: None,
        retry: Backoff::default(),
        disputes: Backoff::default(),
        set_aside_until: None,
    };
    worker.run(updates, link).await;
}

struct Worker {
    index: usize,
    target: Target,
    state: PathBuf,
    materials: Materials,
    plan: Plan,
    source: SourceHandle,
    halts: watch::Sender<bool>,
    doubt: Doubt,
    board: Board,
    end: End,
    /// A body whose fate is unknown.
    pending: Option<Prepared>,
    up: bool,
    /// The link came back while a push was in flight: compare if that push fails.
    compare_after: bool,
    /// Relay and disk have been equal in this process.
    live: bool,
    halted: Option<Halt>,
    /// Kept until relay and disk are equal: it belongs to the files that are remembered then.
    baseline: Option<Baseline>,
    accepted_at: Option<Instant>,
    not_before: Option<Instant>,
    retry: Backoff,
    /// Pushes in a row that the relay did not agree to.
    disputes: Backoff,
    set_aside_until: Option<Instant>,
}

impl Worker {
    async fn run(
        mut self,
        mut updates: mpsc::Receiver<Update>,
        mut link: watch::Receiver<LinkState>,
    ) {
        let mut flight: Option<Flight> = None;
        self.on_link(&link.borrow_and_update().clone(), false);
        loop {
            if flight.is_none() && self.may_push() {
                flight = self.take_off();
            }
            self.show(flight.is_some());
            let timer = self.next_timer(flight.is_some());
            tokio::select! {
                () = self.end.come() => break,
                update = updates.recv() => match update {
                    Some(update) => {
                        self.on_update(update);
                        // What waits is taken in before the next push, so that it travels with it.
                        while let Ok(update) = updates.try_recv() {
                            self.on_update(update);
                        }
                    }
                    None => break,
                },
                changed = link.changed() => match changed {
                    Ok(()) => self.on_link(&link.borrow_and_update().clone(), flight.is_some()),
                    Err(_) => break,
                },
                landed = landing(&mut flight) => {
                    flight = None;
                    self.on_landing(landed, &link.borrow().clone());
                }
                () = at(timer) => self.on_timer(),
            }
        }
        if let Some(flight) = flight
            && let Ok(landed) = tokio::time::timeout(LAST_PUSH, flight).await
        {
            self.on_landing(landed, &LinkState::Down);
        }
        self.show(false);
    }

    fn may_push(&self) -> bool {
        self.up && self.not_before.is_none_or(|moment| moment <= Instant::now())
    }

    fn take_off(&mut self) -> Option<Flight> {
        let job = match self.pending.take() {
            Some(prepared) => Job::Again(prepared),
            None => Job::Fresh(self.plan.next()?),
        };
        if matches!(job, Job::Fresh(Step::Manifest(_))) {
            self.remember(|shadow, _| shadow.doubt());
        }
        self.not_before = None;
        Some(Box::pin(attempt(self.target.clone(), job, self.materials.clone())))
    }

    fn next_timer(&self, flying: bool) -> Option<Instant> {
        let retry = self.not_before.filter(|_| self.up && !flying);
        [retry, self.set_aside_until].into_iter().flatten().min()
    }

    fn on_timer(&mut self) {
        let now = Instant::now();
        self.not_before = self.not_before.filter(|moment| *moment > now);
        if self.set_aside_until.is_some_and(|moment| moment <= now) {
            self.set_aside_until = None;
            self.plan.take_back_set_aside();
        }
    }

    fn on_update(&mut self, update: Update) {
        self.plan.fold(&update);
        if let Some((_, halt)) = update.state {
            self.plan.set_halted(halt.is_some());
            self.halts.send_replace(halt.is_some());
            self.halted = halt;
        }
        self.baseline = update.baseline.or(self.baseline.take());
        self.board.project(self.index, |entry| {
            if let Some(git) = update.git {
                entry.facts.git = git;
            }
            if let Some(skipped) = update.skipped {
                entry.facts.skipped = skipped;
            }
            if let Some(mode) = update.watch {
                entry.polled = match mode {
                    WatchMode::Native => None,
                    WatchMode::Poll(why) => Some(why),
                };
            }
        });
    }

    fn on_link(&mut self, link: &LinkState, flying: bool) {
        let LinkState::Up { held, asked_at } = link else {
            self.up = false;
            return;
        };
        self.up = true;
        if self.disputes == Backoff::default() {
            self.not_before = None;
        }
        self.retry.reset();
        // An answer that came after the relay was asked is the newer word.
        let outdated = self.accepted_at.is_some_and(|moment| moment > *asked_at);
        self.compare_after = flying;
        if flying || outdated {
            return;
        }
        let Some(held) = held.iter().find(|held| held.id == self.target.project) else { return };
        if let Some(Prepared::Changes(step, body)) = self.pending.take()
            && held.rev == step.base_rev + 1
            && held.state_hash == body.state_hash
        {
            log::debug!("an answer was lost; the relay took the push");
            self.took_changes(&body, held.rev);
        }
        let before = (self.plan.acked().rev, self.plan.acked().state_hash());
        self.plan.compare_held(held);
        self.plan.take_back_refused();
        // Not while a manifest is due: what is remembered still tells the next process which
        // files there were.
        let after = (self.plan.acked().rev, self.plan.acked().state_hash());
        if self.plan.knows_the_relay() && after != before {
            self.remember(|shadow, plan| shadow.rewrite(plan.acked(), &[]));
        }
    }

    fn show(&mut self, flying: bool) {
        let believed = self.plan.seems_equal();
        let equal = self.up && !flying && self.plan.is_equal();
        self.live |= believed;
        if equal && let Some(baseline) = self.baseline.take() {
            let path = self.state.join(BASELINE_FILE);
            if let Err(error) = atomic::write_json(&path, &baseline, Durability::Whole) {
                log::warn!("{error}");
            }
        }
        let local = self.plan.local();
        self.board.project(self.index, |entry| {
            entry.specs = local.specs().len();
            entry.files = local.files().len();
            entry.state_hash = local.state_hash();
            entry.in_sync = equal && self.halted.is_none();
            entry.settled |= self.plan.is_complete() || self.halted.is_some();
            entry.facts.state = match (&self.halted, self.live) {
                (Some(_), _) => ProjectState::Halted,
                (None, true) => ProjectState::Live,
                (None, false) => ProjectState::Indexing,
            };
            let halt = self.halted.clone();
            (entry.facts.state_code, entry.facts.state_reason) =
                halt.map(|halt| (halt.code, halt.reason)).unzip();
        });
    }
}

async fn landing(flight: &mut Option<Flight>) -> (Outcome, Vec<FilePath>) {
    match flight {
        Some(flight) => flight.await,
        None => std::future::pending().await,
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
