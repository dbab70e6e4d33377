//! The ids of projects: random, kept per canonical path of the root, so that a folder keeps its id
//! over restarts and a second worktree of the same repository gets one of its own.

use std::collections::BTreeMap;
use std::path::Path;

use leanspec_shared::id::ProjectId;
use serde::{Deserialize, Serialize};

use crate::random;
use crate::state::atomic::{self, Durability};
use crate::state::{StateError, StateFolder};

const FILE: &str = "projects.json";

#[derive(Debug, Default, Serialize, Deserialize)]
struct File {
    #[serde(default)]
    ids: BTreeMap<String, ProjectId>,
}

/// The ids of these roots, in their order; new ones are made and kept.
///
/// # Errors
/// When the file cannot be read or written.
pub fn ids(state: &StateFolder, roots: &[&Path]) -> Result<Vec<ProjectId>, StateError> {
    let path = state.file(FILE);
    let mut file: File = atomic::read_json(&path)?.unwrap_or_default();
    let before = file.ids.len();
    let mut of = |root: &Path| {
        file.ids.entry(root.to_string_lossy().into_owned()).or_insert_with(random::id).clone()
    };
    let ids = roots.iter().map(|root| of(root)).collect();
    if file.ids.len() != before {
        atomic::write_json(&path, &file, Durability::Flushed)?;
    }
    Ok(ids)
}

/// The ids that are known, by root. For commands that only look.
///
/// # Errors
/// When the file cannot be read.
pub fn known(state: &StateFolder) -> Result<BTreeMap<String, ProjectId>, StateError> {
    let file: Option<File> = atomic::read_json(&state.file(FILE))?;
    Ok(file.unwrap_or_default().ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_keeps_its_id_and_another_root_gets_another() {
        let temp = tempfile::tempdir().expect("a folder");
        let state = StateFolder::create(temp.path().to_owned()).expect("made");
        let first = ids(&state, &[Path::new("/a"), Path::new("/b")]).expect("made");
        assert_ne!(first[0], first[1]);
        assert_eq!(first[0].as_str().len(), 16);
        let again = ids(&state, &[Path::new("/c"), Path::new("/a")]).expect("made");
        assert_eq!(again[1], first[0]);
        assert_eq!(known(&state).expect("readable").len(), 3);
    }
}
