//! What every task knows that others show: facts for the relay, status for people. Tasks write
//! here; [`super::link`] announces the facts and [`super::report`] writes the status.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use leanspec_shared::hash::StateHash;
use leanspec_shared::limits::SKIPPED_LISTED_MAX;
use leanspec_shared::view::{Permission, ProjectFacts, ProjectState};
use tokio::sync::Notify;

use crate::state::status::{Mode, ProjectStatus, Status, StatusFile, Watch};

/// One project on the board.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectEntry {
    /// What is announced.
    pub facts: ProjectFacts,
    /// Its folder.
    pub dir: String,
    /// How many specs it has.
    pub specs: usize,
    /// How many files of it are sent.
    pub files: usize,
    /// Check sum of what is on the disk.
    pub state_hash: StateHash,
    /// Its first scan is all in, or it is halted and has nothing to add.
    pub settled: bool,
    /// The relay holds exactly what is on the disk.
    pub in_sync: bool,
    /// Why it is read again and again, if so.
    pub polled: Option<String>,
    /// Sentences: what was found at its start that a person should know.
    pub warnings: Vec<String>,
    /// A sentence: what the relay would not take.
    pub trouble: Option<String>,
}

/// How the link is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkEntry {
    /// The relay hears this machine.
    pub connected: bool,
    /// How this machine hears the relay.
    pub mode: Mode,
    /// The version of HTTP.
    pub http: Option<String>,
    /// A sentence: why not, and what to do.
    pub trouble: Option<String>,
    /// Where the key is kept.
    pub key_store: &'static str,
}

/// The board. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Board {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    entries: Mutex<Entries>,
    facts_changed: Notify,
    changed: Notify,
    settled: Notify,
}

#[derive(Debug)]
struct Entries {
    projects: Vec<ProjectEntry>,
    link: LinkEntry,
}

impl Board {
    /// A board with these projects.
    #[must_use]
    pub fn new(projects: Vec<ProjectEntry>) -> Self {
        let entries = Mutex::new(Entries { projects, link: LinkEntry::default() });
        let shared = Shared {
            entries,
            facts_changed: Notify::new(),
            changed: Notify::new(),
            settled: Notify::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.shared.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a project's entry; whoever shows it is told when it is another one now.
    pub fn project(&self, index: usize, change: impl FnOnce(&mut ProjectEntry)) {
        let mut entries = self.entries();
        let Some(entry) = entries.projects.get_mut(index) else { return };
        let before = entry.clone();
        change(entry);
        entry.facts.skipped.truncate(SKIPPED_LISTED_MAX);
        if entry.facts != before.facts {
            self.shared.facts_changed.notify_one();
        }
        if entry.settled != before.settled {
            self.shared.settled.notify_one();
        }
        if *entry != before {
            self.shared.changed.notify_one();
        }
    }

    /// Changes the link's entry.
    pub fn link(&self, change: impl FnOnce(&mut LinkEntry)) {
        let mut entries = self.entries();
        let before = entries.link.clone();
        change(&mut entries.link);
        if entries.link != before {
            self.shared.changed.notify_one();
        }
    }

    /// The facts of all projects.
    #[must_use]
    pub fn facts(&self) -> Vec<ProjectFacts> {
        self.entries().projects.iter().map(|project| project.facts.clone()).collect()
    }

    /// Returns when facts changed since the last time.
    pub async fn facts_changed(&self) {
        self.shared.facts_changed.notified().await;
    }

    /// Returns when anything changed since the last time.
    pub async fn changed(&self) {
        self.shared.changed.notified().await;
    }

    /// Returns when every project's first scan is in.
    pub async fn all_settled(&self) {
        while !self.entries().projects.iter().all(|project| project.settled) {
            self.shared.settled.notified().await;
        }
    }

    /// Whether the relay is connected and holds everything.
    #[must_use]
    pub fn is_in_sync(&self) -> bool {
        let entries = self.entries();
        entries.link.connected && entries.projects.iter().all(|project| project.in_sync)
    }

    /// The first halted project's name and reason.
    #[must_use]
    pub fn halted(&self) -> Option<String> {
        let entries = self.entries();
        let halted = entries.projects.iter().find(|p| p.facts.state == ProjectState::Halted)?;
        let reason = halted.facts.state_reason.clone().unwrap_or_default();
        Some(format!("{}: {reason}", halted.facts.name))
    }

    /// The link's trouble.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.entries().link.trouble.clone()
    }

    /// How many projects and specs there are.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let entries = self.entries();
        (entries.projects.len(), entries.projects.iter().map(|project| project.specs).sum())
    }

    /// All of it, for the status file.
    #[must_use]
    pub fn status(&self, head: &StatusHead) -> StatusFile {
        let entries = self.entries();
        let link = &entries.link;
        StatusFile {
            status: Status {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                machine_id: Some(head.machine_id.clone()),
                relay: Some(head.relay.clone()),
                connected: link.connected,
                mode: link.mode,
                key_store: link.key_store.to_owned(),
                projects: entries.projects.iter().map(project_status).collect(),
            },
            http: link.http.clone(),
            trouble: link.trouble.clone(),
        }
    }
}

/// What of the status never changes.
#[derive(Debug, Clone)]
pub struct StatusHead {
    /// This machine.
    pub machine_id: leanspec_shared::id::MachineId,
    /// The relay's address.
    pub relay: String,
}

fn project_status(entry: &ProjectEntry) -> ProjectStatus {
    let facts = &entry.facts;
    let halted = (facts.state == ProjectState::Halted)
        .then(|| format!("halted: {}", facts.state_reason.as_deref().unwrap_or("see the log")));
    let polled = entry.polled.clone();
    let problems = halted.into_iter().chain(polled.clone()).chain(entry.trouble.clone());
    let allow: Vec<Permission> = facts.allow.clone();
    ProjectStatus {
        id: facts.id.clone(),
        key: facts.key.clone(),
        dir: entry.dir.clone(),
        specs_dir: facts.specs_dir.clone(),
        specs: entry.specs,
        files: entry.files,
        in_sync: entry.in_sync,
        state_hash: entry.state_hash,
        watch: if polled.is_some() { Watch::Poll } else { Watch::Native },
        allow,
        skipped: facts.skipped.clone(),
        problems: problems.chain(entry.warnings.iter().cloned()).collect(),
    }
}
