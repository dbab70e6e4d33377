//! Owns every task of `run` and `sync`, and ends them in order.
//!
//! For each project a source, a worker and an inbox; for all of them one link, one report and one
//! look-out for requests of other commands.

pub mod board;
pub mod end;
pub mod link;
pub mod project;
pub mod report;

use std::collections::HashMap;
use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::beat::Beat;
use crate::config::relay_url::RelayUrl;
use crate::config::{Network, ProjectEntry as Configured};
use crate::daemon::board::{Board, StatusHead};
use crate::daemon::end::End;
use crate::daemon::link::{Doubt, Link, LinkState};
use crate::daemon::project::{Given, Started};
use crate::exit::{Exit, Failure};
use crate::inbox::door::{ARRIVALS_MAX, Door, Safe, answer_strays};
use crate::inbox::report::Reporter;
use crate::platform::{host, stop};
use crate::random;
use crate::source::tick;
use crate::source::watch::Watcher;
use crate::source::{FoundProject, SourceHandle};
use crate::state::audit::Audit;
use crate::state::{StateFolder, StateLock, machine, projects, requests};
use crate::uplink::http::Relay;

/// After this the end is no longer waited for.
const SHUTDOWN: Duration = Duration::from_secs(5);
/// Threads for file work. More would only make more arenas for the allocator to keep.
const BLOCKING_THREADS: usize = 3;
/// How long such a thread waits for more work: longer than from one look around to the next, so that
/// the one that looks is not made anew each time, and shorter than two, so that the others end.
const THREAD_KEEP_ALIVE: Duration = tick::EVERY.saturating_add(Duration::from_secs(4));

/// What `run` and `sync` are to do.
#[derive(Debug)]
pub struct Order {
    /// The relay.
    pub relay: RelayUrl,
    /// What stands between here and there.
    pub network: Network,
    /// The projects and what the user said of them.
    pub projects: Vec<(FoundProject, Configured)>,
    /// This machine's name.
    pub name: String,
    /// The key of the environment.
    pub key: Option<String>,
    /// Files larger than this are not sent, in bytes.
    pub file_max_bytes: u64,
    /// Whether temporary names are kept out of `git status`.
    pub git_exclude: bool,
    /// Become a machine of its own.
    pub new_machine: bool,
    /// Take the place of the computer that spoke for this machine before.
    pub take_over: bool,
    /// End when relay and disk are equal; after this time without that, give up.
    pub once: Option<Duration>,
}

/// The runtime of the program: one thread that waits, a few for files.
///
/// # Errors
/// When the system gives no threads or descriptors.
pub fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_keep_alive(THREAD_KEEP_ALIVE)
        .build()
        .map_err(Failure::other)
}

/// Does the order. Blocks until the program is asked to end, or until it cannot go on.
///
/// # Errors
/// With exit code and a sentence that says what to do next.
pub fn run(order: Order, state: StateFolder) -> Result<(), Failure> {
    let lock = state.lock()?;
    let beat = Beat::start(Instant::now());
    let runtime = runtime()?;
    let done = runtime.block_on(serve(order, state, lock, beat));
    // A thread that hangs in a dead network file system must not keep the program alive.
    runtime.shutdown_timeout(Duration::from_secs(1));
    done
}

async fn serve(
    order: Order,
    state: StateFolder,
    _lock: StateLock,
    beat: Beat,
) -> Result<(), Failure> {
    let end = End::default();
    let machine = machine::load_or_create(&state, order.new_machine)?;
    let memory = Some(state.clone());
    let relay = Relay::new(order.relay.clone(), order.network, None, random::id(), memory);
    let relay = relay.map_err(Failure::other)?;
    let roots: Vec<_> = order.projects.iter().map(|(found, _)| found.root.as_path()).collect();
    let ids = projects::ids(&state, &roots)?;
    let entries = order.projects.iter().zip(&ids);
    let entries = entries.map(|((found, said), id)| project::entry(found, said, id));
    let board = Board::new(entries.collect());
    let (workers, heard) = watch::channel(LinkState::Down);
    let doubt = Doubt::default();

    let mut tasks = JoinSet::new();
    let shared = project::Shared {
        relay: relay.clone(),
        machine: machine.clone(),
        file_max_bytes: order.file_max_bytes,
        git_exclude: order.git_exclude,
        watcher: Watcher::start(),
        beat,
        audit: Audit::new(state.clone()),
        link: heard.clone(),
        doubt: doubt.clone(),
        board: board.clone(),
        safe: Safe::default(),
        end: end.clone(),
    };
    let (mut asked, mut inboxes) = (Vec::new(), HashMap::new());
    for (index, ((found, said), id)) in order.projects.iter().zip(&ids).enumerate() {
        let folder = state.project(id)?;
        let given = Given { index, id, folder: folder.clone(), found, said };
        let Started { source, inbox } = project::start(given, &shared, &mut tasks)?;
        asked.push((folder, source));
        inboxes.insert(id.clone(), inbox);
    }
    let (stray, strays) = mpsc::channel(ARRIVALS_MAX);
    let reporter = Reporter::new(relay.clone(), doubt.clone());
    tasks.spawn(answer_strays(strays, heard, reporter, shared.safe.clone(), end.clone()));
    let head = StatusHead { machine_id: machine.clone(), relay: String::from(order.relay.clone()) };
    tasks.spawn(report::run(board.clone(), head, state.clone(), order.once.is_some(), end.clone()));
    tasks.spawn(until_end(end.clone(), look_for_requests(asked, beat)));
    tasks.spawn(until_end(end.clone(), watch_signals(end.clone())));
    if let Some(patience) = order.once {
        tasks.spawn(until_end(end.clone(), give_up(patience, board.clone(), end.clone())));
    }
    let link = Link {
        relay,
        machine,
        name: order.name,
        host_mark: host::mark(state.path()),
        take_over: order.take_over,
        environment_key: order.key,
        state,
        board,
        workers,
        door: Door::new(inboxes, stray, shared.safe.clone()),
        announced: Vec::new(),
        doubt,
        once: order.once.is_some(),
        beat,
        end: end.clone(),
    };
    tasks.spawn(link.run());
    wait(tasks, &end).await;
    end.cause()
}

async fn until_end(end: End, work: impl Future<Output = ()>) {
    tokio::select! {
        () = end.come() => {}
        () = work => {}
    }
}

async fn watch_signals(end: End) {
    stop::requested().await;
    log::info!("stopping");
    end.because(Ok(()));
}

async fn look_for_requests(projects: Vec<(PathBuf, SourceHandle)>, beat: Beat) {
    loop {
        for (folder, source) in &projects {
            if requests::take_accept_deletes(folder) {
                log::info!(
                    "accept-deletes: the missing files of this project were deleted on purpose"
                );
                source.accept_deletes();
            }
        }
        tokio::time::sleep_until(beat.after(Instant::now()).into()).await;
    }
}

/// Ends `sync` when it does not come to an end by itself.
async fn give_up(patience: Duration, board: Board, end: End) {
    tokio::time::sleep(patience).await;
    let failure = match (board.halted(), board.trouble()) {
        (Some(halted), _) => Failure::new(Exit::Failed, halted),
        (None, Some(trouble)) => Failure::new(
            Exit::Unreachable,
            format!("{trouble}; gave up after {} s, try again", patience.as_secs()),
        ),
        (None, None) => Failure::new(
            Exit::Failed,
            format!("not equal after {} s; see `leanspec-bridge status`", patience.as_secs()),
        ),
    };
    end.because(Err(failure));
}

/// Waits for the end, then a bounded time for every task to finish in its own way. A task that
/// ends by a panic ends the program: the other tasks would wait for it for ever.
async fn wait(mut tasks: JoinSet<()>, end: &End) {
    let drain = async {
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended
                && error.is_panic()
            {
                end.because(Err(Failure::other("a part of the program failed; start it again")));
            }
        }
    };
    tokio::select! {
        () = drain => return,
        () = end.come() => {}
    }
    let drain = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(SHUTDOWN, drain).await.is_err() {
        log::warn!("not everything ended in time");
    }
}
