//! What differs between the disk and the relay: the set of paths that is all that grows while the
//! relay is away, and never beyond the number of paths.

use std::collections::{BTreeMap, BTreeSet};

use leanspec_shared::path::FilePath;

use crate::spec::SUMMARY_VERSION;
use crate::sync::acked::Acked;
use crate::sync::local::Local;

/// That a spec's summary may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// Counts all touches.
    pub generation: u64,
    /// The relay may not have a summary that a patch could apply to.
    pub whole: bool,
}

/// Files and specs that differ.
#[derive(Debug, Clone, Default)]
pub struct Difference {
    files: BTreeSet<FilePath>,
    specs: BTreeMap<FilePath, Touch>,
    generation: u64,
}

impl Difference {
    /// Before the first scan everything that the relay holds may be gone.
    #[must_use]
    pub fn before_the_scan(acked: &Acked) -> Self {
        let files = acked.files().map(|(path, _)| path.clone()).collect();
        Self { files, ..Self::default() }
    }

    /// The files, by path.
    #[must_use]
    pub fn files(&self) -> &BTreeSet<FilePath> {
        &self.files
    }

    /// The specs, by path.
    #[must_use]
    pub fn specs(&self) -> &BTreeMap<FilePath, Touch> {
        &self.specs
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.specs.is_empty()
    }

    /// Compares one file.
    pub fn mark(&mut self, path: &FilePath, local: &Local, acked: &Acked) {
        let differs = match local.files().get(path) {
            Some(file) => acked.content(path) != Some(&file.hash),
            None => acked.names(path),
        };
        if differs {
            self.files.insert(path.clone());
        } else {
            self.files.remove(path);
        }
    }

    /// Notes that a spec's summary may have changed.
    pub fn touch(&mut self, spec: &FilePath, whole: bool) {
        self.generation += 1;
        let before = self.specs.get(spec).is_some_and(|touch| touch.whole);
        let touch = Touch { generation: self.generation, whole: whole || before };
        self.specs.insert(spec.clone(), touch);
    }

    /// Every summary is to be sent whole.
    pub fn touch_all(&mut self, local: &Local, acked: &Acked) {
        for spec in local.specs().keys().chain(&acked.specs) {
            self.touch(spec, true);
        }
    }

    /// Only specs that one side does not know: the others are equal.
    pub fn touch_unknown(&mut self, local: &Local, acked: &Acked) {
        self.specs.clear();
        for spec in local.specs().keys().filter(|spec| !acked.specs.contains(*spec)) {
            self.touch(spec, true);
        }
        for spec in acked.specs.iter().filter(|spec| !local.specs().contains_key(*spec)) {
            self.touch(spec, true);
        }
    }

    /// A spec's summary arrived; a touch that came after it was made stays.
    pub fn settle(&mut self, spec: &FilePath, generation: u64) {
        if self.specs.get(spec).is_some_and(|touch| touch.generation == generation) {
            self.specs.remove(spec);
        }
    }

    /// Compares all files.
    pub fn recompute_files(&mut self, local: &Local, acked: &Acked) {
        let differs = |path: &&FilePath| {
            acked.content(path) != local.files().get(*path).map(|file| &file.hash)
        };
        self.files = local.files().keys().filter(differs).cloned().collect();
        let gone = acked.files().map(|(path, _)| path);
        self.files.extend(gone.filter(|path| !local.files().contains_key(*path)).cloned());
    }

    /// A restart names every spec again. Those that the relay knows and whose main file is what it
    /// acknowledged have not changed; of those whose main file differs it has the older summary.
    pub fn settle_after_start(&mut self, local: &Local, acked: &Acked) {
        if acked.summary_version != SUMMARY_VERSION {
            return;
        }
        let named = std::mem::take(&mut self.specs);
        self.touch_unknown(local, acked);
        for (spec, location) in local.specs().iter().filter(|(spec, _)| named.contains_key(*spec)) {
            let main = location.main.as_ref();
            let changed = match main {
                Some(main) => self.files.contains(main),
                // Its main file may have gone while nobody looked.
                None => self.files.iter().any(|path| path.is_within(spec)),
            };
            if changed && acked.specs.contains(spec) {
                self.touch(spec, main.is_none_or(|main| !acked.names(main)));
            }
        }
    }
}
