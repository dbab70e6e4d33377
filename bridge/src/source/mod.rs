//! From the disk to "what is on the disk now": finds projects, watches and reads their specs
//! folders, and says in order what changed.
//!
//! ```text
//! watch ─ hints ─▶ coalesce ─ due paths ─▶ look (read, hash) ─▶ picture ─ Update ─▶ sync
//! list (start, doubt, every 10–15 minutes) ─┘                     │
//!                                                    vanish: is what is missing really gone?
//! ```
//!
//! Events are hints; bytes decide. This folder knows no relay and no HTTP: whoever receives the
//! [`Update`]s folds them into a map of its own and makes the relay equal to it.

pub mod canary;
pub mod coalesce;
pub mod coverage;
pub mod doubt;
pub mod filter;
pub mod git;
pub mod git_report;
pub mod git_watch;
pub mod heads;
pub mod hint;
pub mod home;
pub mod list;
pub mod look;
pub mod perform;
pub mod picture;
pub mod project;
pub mod read;
#[cfg(test)]
mod scans;
pub mod schedule;
#[cfg(test)]
mod simulation;
pub mod skips;
pub mod survey;
pub mod tick;
pub mod vanish;
pub mod watch;
pub mod worker;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use leanspec_shared::hash::ContentHash;
use leanspec_shared::path::FilePath;
use leanspec_shared::time::Timestamp;
use leanspec_shared::view::{Git, HaltCode, ProjectState, Skipped};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::beat::Beat;

pub use project::{DiscoverError, Discovery, FoundProject, ProjectSetting, discover};
pub use read::read_file;
pub use worker::run;

/// Everything one project's source needs to know.
#[derive(Debug, Clone)]
pub struct SourceSettings {
    /// What [`discover`] found.
    pub project: FoundProject,
    /// Globs of names that are not sent, from the config.
    pub ignore: Vec<String>,
    /// The largest file that is sent, in bytes.
    pub file_max_bytes: u64,
    /// Whether a short-lived canary file may be written into the specs folder. False for a
    /// project in which nobody may change anything remotely (`allow = []`).
    pub may_write: bool,
    /// The files that were on the disk when the last process looked, from its state; empty at the
    /// first start. Those that are missing now go through the same doubt as a deletion that is
    /// seen while running.
    pub known: BTreeSet<FilePath>,
    /// The last [`Update::baseline`] of an earlier process.
    pub baseline: Option<Baseline>,
    /// The one file watcher of the process.
    pub watcher: watch::Watcher,
    /// The one beat of the process, at which the folder is looked at from outside.
    pub beat: Beat,
}

/// What the specs folder was when everything in it was accounted for. Kept by the receiver beside
/// the files it knows, and given back as [`SourceSettings::baseline`] at the next start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Baseline {
    /// Number of the device the folder is on; 0 where the platform has none.
    pub device: u64,
    /// Number of the folder itself; 0 where the platform has none.
    pub inode: u64,
    /// The commit that git had checked out.
    pub commit: Option<String>,
    /// The branch that git had checked out.
    pub branch: Option<String>,
}

/// One file as it is on the disk now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalFile {
    /// Hash of its exact bytes.
    pub hash: ContentHash,
    /// In bytes.
    pub size: u64,
    /// When the file system says it was last written.
    pub mtime: Timestamp,
}

/// Where a spec's main file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecLocation {
    /// `NNN-name/README.md`, or the flat file itself; absent for a folder without README.md.
    pub main: Option<FilePath>,
}

/// Whether the platform reports changes, or the folder is read again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchMode {
    /// The platform's own events.
    Native,
    /// Read again and again, with the sentence that says why.
    Poll(String),
}

/// What is on the disk now that was not, or was otherwise, before. Updates come in order; a file
/// stands in at most one place of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Update {
    /// Files with new bytes; `None` = not among the files that are sent any more: confirmed gone,
    /// or skipped now with a reason. A file of which only the time changed is not named.
    pub files: Vec<(FilePath, Option<LocalFile>)>,
    /// Specs that appeared or changed the path of their main file; `None` = gone. New bytes of a
    /// main file stand under `files` alone.
    pub specs: Vec<(FilePath, Option<SpecLocation>)>,
    /// The whole list of what is not sent, when it changed.
    pub skipped: Option<Vec<Skipped>>,
    /// Git facts, when they changed; `Some(None)` = there is no git here.
    pub git: Option<Option<Git>>,
    /// Live or halted, and why, when it changed.
    pub state: Option<(ProjectState, Option<Halt>)>,
    /// Native or polling, when it changed.
    pub watch: Option<WatchMode>,
    /// What to give to the next process, when it changed.
    pub baseline: Option<Baseline>,
    /// The first full scan is all in: every file on the disk was named, and every known one that
    /// is missing was confirmed gone. Sent once; not while the project is halted.
    pub complete: bool,
}

/// Why a project is halted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halt {
    /// As a word.
    pub code: HaltCode,
    /// As a sentence, with what to do.
    pub reason: String,
}

/// A source that cannot go on. Everything else is reported as state and heals by itself.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A glob of the config.
    #[error("'{pattern}' in `ignore` is no pattern ({reason}); correct it in the config")]
    Pattern {
        /// As written.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Why a file could not be read for sending.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Its bytes are not (any more) those that were expected: ask for a recheck.
    #[error("the file changed since it was looked at")]
    Changed,
    /// It is gone, a link, or not readable.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
}

/// Requests to a running source. Cheap to clone; never blocks.
#[derive(Debug, Clone)]
pub struct SourceHandle {
    requests: mpsc::Sender<Request>,
    overflowed: Arc<AtomicBool>,
}

/// What a [`SourceHandle`] asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// See [`SourceHandle::recheck`].
    Recheck(FilePath),
    /// See [`SourceHandle::rescan`].
    Rescan,
    /// See [`SourceHandle::accept_deletes`].
    AcceptDeletes,
    /// See [`SourceHandle::refresh_git`].
    RefreshGit,
}

/// The other end of a [`SourceHandle`], for [`run`].
#[derive(Debug)]
pub struct Requests {
    receiver: mpsc::Receiver<Request>,
    overflowed: Arc<AtomicBool>,
}

/// Requests that may wait. More than this many rechecks are served by one rescan.
const REQUESTS_MAX: usize = 256;

/// A handle and its other end.
#[must_use]
pub fn requests() -> (SourceHandle, Requests) {
    let (requests, receiver) = mpsc::channel(REQUESTS_MAX);
    let overflowed = Arc::new(AtomicBool::new(false));
    (
        SourceHandle { requests, overflowed: Arc::clone(&overflowed) },
        Requests { receiver, overflowed },
    )
}

impl SourceHandle {
    /// Look at one file again, since what was said of it did not hold when it was read.
    pub fn recheck(&self, path: FilePath) {
        self.send(Request::Recheck(path));
    }

    /// Compare the whole folder again: after sleep, on reconnecting, or when in doubt. Files whose
    /// stat proves that they rested are not read again; the routine scan does that.
    pub fn rescan(&self) {
        self.send(Request::Rescan);
    }

    /// The user says that what is missing was deleted on purpose.
    pub fn accept_deletes(&self) {
        self.send(Request::AcceptDeletes);
    }

    /// Ask git again now.
    pub fn refresh_git(&self) {
        self.send(Request::RefreshGit);
    }

    fn send(&self, request: Request) {
        // A full queue means that the source is far behind: one rescan covers every recheck. The
        // bit is looked at after each request, of which a full queue has plenty.
        if self.requests.try_send(request).is_err() {
            self.overflowed.store(true, Ordering::Release);
        }
    }
}
