//! What another command asks of the running bridge: a small file that it finds within seconds.

use std::io;
use std::path::{Path, PathBuf};

use crate::state::StateError;
use crate::state::atomic::{self, Durability};

const ACCEPT_DELETES: &str = "accept-deletes";

fn place(project: &Path) -> PathBuf {
    project.join(ACCEPT_DELETES)
}

/// Asks the running bridge to believe that missing files were deleted. `project` is the project's
/// folder in the state folder.
///
/// # Errors
/// When the request cannot be written.
pub fn ask_accept_deletes(project: &Path) -> Result<(), StateError> {
    atomic::write(&place(project), b"", Durability::Whole)
}

/// Takes the request, if there is one. A request is taken once.
#[must_use]
pub fn take_accept_deletes(project: &Path) -> bool {
    match std::fs::remove_file(place(project)) {
        Ok(()) => true,
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                log::warn!("cannot take the request {}: {error}", place(project).display());
            }
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_taken_once() {
        let temp = tempfile::tempdir().expect("a folder");
        assert!(!take_accept_deletes(temp.path()));
        ask_accept_deletes(temp.path()).expect("written");
        assert!(take_accept_deletes(temp.path()));
        assert!(!take_accept_deletes(temp.path()));
    }
}
