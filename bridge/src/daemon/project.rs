//! What runs for one project: its source, its worker and its inbox, and what is said of it first.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::view::{ProjectFacts, ProjectState, ReadOnlyCode};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::beat::Beat;
use crate::config::ProjectEntry as Configured;
use crate::daemon::board::{Board, ProjectEntry};
use crate::daemon::end::End;
use crate::daemon::link::{Doubt, LinkState};
use crate::exit::{Exit, Failure};
use crate::inbox::desk::Materials;
use crate::inbox::door::{ARRIVALS_MAX, Arrival, Safe};
use crate::inbox::permit::Rights;
use crate::inbox::record;
use crate::inbox::report::Reporter;
use crate::inbox::worker as inbox;
use crate::source::filter::Filter;
use crate::source::watch::Watcher;
use crate::source::{self, FoundProject, SourceHandle, SourceSettings};
use crate::state::atomic;
use crate::state::audit::Audit;
use crate::sync::plan::Plan;
use crate::sync::push::Target;
use crate::sync::shadow::Shadow;
use crate::sync::worker::{self, BASELINE_FILE};
use crate::uplink::http::Relay;

/// Updates that wait between a source and its worker. Few: each may hold a whole scan, and the
/// source keeps what it could not say yet as a set of paths.
const UPDATES_MAX: usize = 4;

/// What all projects share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) relay: Relay,
    pub(super) machine: MachineId,
    pub(super) file_max_bytes: u64,
    pub(super) git_exclude: bool,
    pub(super) watcher: Watcher,
    pub(super) beat: Beat,
    pub(super) audit: Audit,
    pub(super) link: watch::Receiver<LinkState>,
    pub(super) doubt: Doubt,
    pub(super) board: Board,
    pub(super) safe: Safe,
    pub(super) end: End,
}

/// One project.
#[derive(Debug)]
pub(super) struct Given<'a> {
    /// Its place on the board.
    pub(super) index: usize,
    pub(super) id: &'a ProjectId,
    /// Its folder in the state folder.
    pub(super) folder: PathBuf,
    pub(super) found: &'a FoundProject,
    pub(super) said: &'a Configured,
}

/// The ways to what was started.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) source: SourceHandle,
    pub(super) inbox: mpsc::Sender<Arrival>,
}

/// Starts what runs for one project.
pub(super) fn start(
    given: Given<'_>,
    shared: &Shared,
    tasks: &mut JoinSet<()>,
) -> Result<Started, Failure> {
    let Given { index, id, folder, found, said } = given;
    let usage = |error: source::SourceError| Failure::new(Exit::Usage, error.to_string());
    let filter = Filter::new(&said.ignore, shared.file_max_bytes).map_err(usage)?;
    let rights = rights(found, said);
    let (shadow, acked) = Shadow::open(&folder);
    let shadow = Arc::new(Mutex::new(shadow));
    let settings = SourceSettings {
        project: found.clone(),
        ignore: said.ignore.clone(),
        file_max_bytes: shared.file_max_bytes,
        may_write: rights.permits_anything(),
        known: acked.files().map(|(path, _)| path.clone()).collect(),
        baseline: atomic::read_json(&folder.join(BASELINE_FILE)).unwrap_or_default(),
        watcher: shared.watcher.clone(),
        beat: shared.beat,
    };
    let (source, requests) = source::requests();
    let (updates, told) = mpsc::channel(UPDATES_MAX);
    let ended = shared.end.clone();
    tasks.spawn(async move {
        let token = ended.token();
        if let Err(error) = source::run(settings, updates, requests, token).await {
            ended.because(Err(Failure::new(Exit::Usage, error.to_string())));
        }
    });
    let (halts, halted) = watch::channel(false);
    let (relay, machine) = (shared.relay.clone(), shared.machine.clone());
    tasks.spawn(worker::run(worker::Parts {
        index,
        target: Target { relay, machine, project: id.clone() },
        specs: found.specs.clone(),
        state: folder.clone(),
        shadow: Arc::clone(&shadow),
        plan: Plan::new(acked),
        updates: told,
        source: source.clone(),
        halts,
        link: shared.link.clone(),
        doubt: shared.doubt.clone(),
        board: shared.board.clone(),
        end: shared.end.clone(),
    }));
    let dir = found.root.to_string_lossy().into_owned();
    let record = record::Writer { audit: shared.audit.clone(), project: id.clone(), dir };
    let (inbox, arrivals) = mpsc::channel(ARRIVALS_MAX);
    tasks.spawn(inbox::run(inbox::Parts {
        index,
        materials: Materials {
            state: folder,
            project: found.clone(),
            filter,
            rights,
            git_exclude: shared.git_exclude,
            shadow,
            record,
        },
        arrivals,
        halted,
        link: shared.link.clone(),
        reporter: Reporter::new(shared.relay.clone(), shared.doubt.clone()),
        source: source.clone(),
        safe: shared.safe.clone(),
        board: shared.board.clone(),
        end: shared.end.clone(),
    }));
    Ok(Started { source, inbox })
}

/// What remote users may do in a project. LeanSpec's own switch stands above the config.
fn rights(found: &FoundProject, said: &Configured) -> Rights {
    let allow = if found.read_only.is_some() { Vec::new() } else { said.allow.clone() };
    let read_only = found.read_only.clone().or_else(|| {
        said.allow.is_empty().then(|| {
            "the machine's owner allows no remote changes (`allow = []` in the bridge's config)"
                .to_owned()
        })
    });
    Rights { allow, read_only }
}

/// What is said of a project before anything of it was read.
pub(super) fn entry(found: &FoundProject, said: &Configured, id: &ProjectId) -> ProjectEntry {
    let Rights { allow, read_only } = rights(found, said);
    let read_only_code = match found.read_only {
        Some(_) => Some(ReadOnlyCode::Leanspec),
        None => read_only.as_ref().map(|_| ReadOnlyCode::AllowsNothing),
    };
    let warnings = found.warnings.iter().chain(&found.read_only).cloned().collect();
    ProjectEntry {
        facts: ProjectFacts {
            id: id.clone(),
            key: found.key.clone(),
            root_label: found.root_label.clone(),
            name: found.name.clone(),
            specs_dir: found.specs_dir.clone(),
            git: None,
            state: ProjectState::Indexing,
            state_reason: None,
            state_code: None,
            allow,
            read_only,
            read_only_code,
            skipped: Vec::new(),
            sealed: false,
        },
        dir: found.root.to_string_lossy().into_owned(),
        specs: 0,
        files: 0,
        state_hash: Default::default(),
        settled: false,
        in_sync: false,
        polled: None,
        warnings,
        trouble: None,
    }
}
