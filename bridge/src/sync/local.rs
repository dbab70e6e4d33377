//! What is on the disk, as the source said it.

use std::collections::BTreeMap;

use leanspec_shared::hash::StateHash;
use leanspec_shared::path::FilePath;

use crate::source::{LocalFile, SpecLocation};

/// What is on the disk.
#[derive(Debug, Clone, Default)]
pub struct Local {
    files: BTreeMap<FilePath, LocalFile>,
    specs: BTreeMap<FilePath, SpecLocation>,
    state_hash: StateHash,
}

impl Local {
    /// The files that are sent.
    #[must_use]
    pub fn files(&self) -> &BTreeMap<FilePath, LocalFile> {
        &self.files
    }

    /// The specs.
    #[must_use]
    pub fn specs(&self) -> &BTreeMap<FilePath, SpecLocation> {
        &self.specs
    }

    /// Check sum of the files.
    #[must_use]
    pub fn state_hash(&self) -> StateHash {
        self.state_hash
    }

    /// Takes in one file; says whether its content is another one now.
    pub fn set_file(&mut self, path: &FilePath, file: Option<LocalFile>) -> bool {
        let old = match file {
            Some(file) => {
                self.state_hash.insert(path, &file.hash);
                self.files.insert(path.clone(), file)
            }
            None => self.files.remove(path),
        };
        if let Some(old) = &old {
            self.state_hash.remove(path, &old.hash);
        }
        old.map(|old| old.hash) != file.map(|new| new.hash)
    }

    /// Takes in one spec.
    pub fn set_spec(&mut self, path: &FilePath, location: Option<SpecLocation>) {
        match location {
            Some(location) => self.specs.insert(path.clone(), location),
            None => self.specs.remove(path),
        };
    }

    /// The spec whose main file this is.
    #[must_use]
    pub fn spec_of_main(&self, path: &FilePath) -> Option<FilePath> {
        let is_main = |spec: &FilePath| {
            self.specs.get(spec).is_some_and(|location| location.main.as_ref() == Some(path))
        };
        let folder = path.parent().filter(&is_main);
        folder.or_else(|| is_main(path).then(|| path.clone()))
    }
}
