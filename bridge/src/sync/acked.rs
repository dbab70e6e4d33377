//! What the relay acknowledged of one project: names, contents, specs.

use std::collections::{BTreeMap, BTreeSet};

use leanspec_shared::hash::{ContentHash, StateHash};
use leanspec_shared::path::FilePath;

/// What the relay holds, as far as its answers said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acked {
    /// The relay's revision.
    pub rev: u64,
    /// Its files; `None` = it knows the name and has no content.
    files: BTreeMap<FilePath, Option<ContentHash>>,
    /// Its specs.
    pub specs: BTreeSet<FilePath>,
    /// Version of the parser whose summaries it holds; 0 = not all of them.
    pub summary_version: u32,
    state_hash: StateHash,
}

impl Acked {
    /// Check sum of the contents it holds.
    #[must_use]
    pub fn state_hash(&self) -> StateHash {
        self.state_hash
    }

    /// Its files, by path.
    pub fn files(&self) -> impl Iterator<Item = (&FilePath, Option<&ContentHash>)> {
        self.files.iter().map(|(path, hash)| (path, hash.as_ref()))
    }

    /// Whether it knows the name of a file.
    #[must_use]
    pub fn names(&self, path: &FilePath) -> bool {
        self.files.contains_key(path)
    }

    /// The content it holds of a file.
    #[must_use]
    pub fn content(&self, path: &FilePath) -> Option<&ContentHash> {
        self.files.get(path).and_then(Option::as_ref)
    }

    /// Notes that it holds a file, with or without content.
    pub fn put(&mut self, path: FilePath, hash: Option<ContentHash>) {
        self.remove(&path);
        if let Some(hash) = &hash {
            self.state_hash.insert(&path, hash);
        }
        self.files.insert(path, hash);
    }

    /// Notes that it dropped a file.
    pub fn remove(&mut self, path: &FilePath) {
        if let Some(Some(hash)) = self.files.remove(path) {
            self.state_hash.remove(path, &hash);
        }
    }
}
