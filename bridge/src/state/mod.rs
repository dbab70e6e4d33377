//! The state folder: what the bridge must remember between two runs, and the lock that makes one
//! process its only user.
//!
//! ```text
//! lock                       held for the life of `run` and `sync`
//! machine.json               this machine's id
//! projects.json              the id of each project, by the canonical path of its root
//! key.json                   the relay and its key, 0600 (written by `login`)
//! routes.json                what gets through on which network (see `routes`)
//! status.json                what the running bridge last said about itself
//! projects/<id>/shadow.log   what the relay has acknowledged (see `sync::shadow`)
//! commands.log               what was asked of this machine and what became of it (see `audit`)
//! projects/<id>/journal.jsonl   commands, intents and outcomes (see `apply::journal`)
//! projects/<id>/displaced/   files that changes displaced, for five seconds each
//! projects/<id>/preserved/   versions of files that would have been lost otherwise
//! projects/<id>/accept-deletes   a request of `accept-deletes`, taken by the running bridge
//! ```
//!
//! Every file but the shadow, the journal and the log is written to the side and renamed, so that a
//! kill at any moment leaves the old or the new one. Nothing here is worth a backup but what is
//! preserved: all else can be made anew.

pub mod atomic;
pub mod audit;
pub mod machine;
pub mod projects;
pub mod requests;
pub mod routes;
pub mod status;

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use leanspec_shared::id::ProjectId;

use crate::exit::{Exit, Failure};
use crate::platform::private;

/// The folder.
#[derive(Debug, Clone)]
pub struct StateFolder {
    path: PathBuf,
}

/// Why the state folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A file or folder in it cannot be read or written.
    #[error("cannot use {path}: {error}; choose another state folder with --state DIR")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Another process works with it.
    #[error(
        "another leanspec-bridge is running on the state folder {0}: ask it with \
         `leanspec-bridge status`, or stop it first"
    )]
    Locked(PathBuf),
    /// A file in it is not what it should be.
    #[error("{path} is damaged ({error}); remove it and start again")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        error: String,
    },
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        let exit = match error {
            StateError::Locked(_) => Exit::Locked,
            StateError::Io { .. } | StateError::Damaged { .. } => Exit::Failed,
        };
        Self::new(exit, error.to_string())
    }
}

/// Proof of being the folder's only user; given up when dropped, also by a kill.
#[derive(Debug)]
pub struct StateLock {
    _file: File,
}

impl StateFolder {
    /// The folder, whether it is there or not.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// The folder, made when it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(path: PathBuf) -> Result<Self, StateError> {
        private::create_folder(&path)
            .map_err(|error| StateError::Io { path: path.clone(), error })?;
        Ok(Self { path })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file in it.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder of one project in it, made when it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn project(&self, id: &ProjectId) -> Result<PathBuf, StateError> {
        let path = self.path.join("projects").join(id.as_str());
        private::create_folder(&path)
            .map_err(|error| StateError::Io { path: path.clone(), error })?;
        Ok(path)
    }

    /// Becomes the folder's only user.
    ///
    /// # Errors
    /// [`StateError::Locked`] when another process is.
    pub fn lock(&self) -> Result<StateLock, StateError> {
        let path = self.file("lock");
        let io = |error| StateError::Io { path: path.clone(), error };
        let file = private::options().open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(StateLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StateError::Locked(self.path.clone())),
            Err(TryLockError::Error(error)) => Err(io(error)),
        }
    }

    /// Whether a process is the folder's user now. The lock is the only sure sign: a status file
    /// or a process id outlives a kill.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.path.is_dir() && matches!(self.lock(), Err(StateError::Locked(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_has_one_user_at_a_time() {
        let temp = tempfile::tempdir().expect("a folder");
        let state = StateFolder::create(temp.path().join("a/b")).expect("made");
        let held = state.lock().expect("free");
        assert!(matches!(state.lock(), Err(StateError::Locked(_))));
        assert!(state.is_locked());
        drop(held);
        assert!(!state.is_locked());
        state.lock().expect("free again");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_enter_the_folder() {
        use std::os::unix::fs::PermissionsExt;
        let temp = tempfile::tempdir().expect("a folder");
        let state = StateFolder::create(temp.path().join("state")).expect("made");
        let mode = state.path().metadata().expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
