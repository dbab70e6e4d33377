//! What to send next: the pure heart of the bridge. No clock, no disk, no network.
//!
//! [`Plan`] holds what is on the disk and what the relay acknowledged, and the set of paths in which
//! they differ. That set is all that grows while the relay is away, and never beyond the number of
//! paths.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use leanspec_shared::change::{Held, Need};
use leanspec_shared::hash::{ContentHash, StateHash};
use leanspec_shared::limits::FILE_MAX_BYTES;
use leanspec_shared::path::FilePath;
use leanspec_shared::view::File;

use crate::source::{LocalFile, SpecLocation, Update};
use crate::spec::SUMMARY_VERSION;
use crate::sync::acked::Acked;

/// Files named by one manifest: about a quarter of a megabyte on the wire, most of it hashes.
const MANIFEST_FILES_MAX: usize = 5000;
/// Bytes of files in one changes body, before compression: text shrinks to a third, so that the
/// body stays below the limit of the wire.
const BATCH_BYTES_MAX: u64 = 3 * FILE_MAX_BYTES / 2;
/// Puts, deletes and specs in one changes body: bounds its head.
const BATCH_ROWS_MAX: usize = 2000;

/// What is on the disk.
#[derive(Debug, Clone, Default)]
pub struct Local {
    /// The files that are sent.
    pub files: BTreeMap<FilePath, LocalFile>,
    /// The specs.
    pub specs: BTreeMap<FilePath, SpecLocation>,
    /// Check sum of the files.
    pub state_hash: StateHash,
}

/// What to send next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The names of a range of files: what the relay holds is not known.
    Manifest(ManifestStep),
    /// Differences.
    Changes(ChangesStep),
}

/// The names of a range of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestStep {
    /// The revision it is made for.
    pub base_rev: u64,
    /// First path; `None` = from the start.
    pub from: Option<FilePath>,
    /// First path after the range; `None` = to the end.
    pub to: Option<FilePath>,
    /// The files.
    pub files: Vec<File>,
    /// The specs.
    pub specs: Vec<FilePath>,
}

/// A batch of differences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesStep {
    /// The revision it is made for.
    pub base_rev: u64,
    /// Check sum of what the relay holds before.
    pub base_state: StateHash,
    /// Files whose bytes to send.
    pub puts: Vec<PutStep>,
    /// Files that are gone.
    pub deletes: Vec<FilePath>,
    /// The contents that the relay holds of those.
    pub deleted_contents: Vec<(FilePath, ContentHash)>,
    /// Specs whose summary to send.
    pub specs: Vec<SpecStep>,
    /// Specs that are gone.
    pub specs_gone: Vec<(FilePath, u64)>,
    /// With this batch every summary has been sent.
    pub completes_summaries: bool,
}

/// A file whose bytes to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutStep {
    /// Which.
    pub path: FilePath,
    /// Its content when it was looked at.
    pub file: LocalFile,
    /// The content the relay holds.
    pub old: Option<ContentHash>,
}

/// A spec whose summary to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecStep {
    /// Which.
    pub path: FilePath,
    /// Its main file.
    pub main: Option<(FilePath, ContentHash)>,
    /// The content of the main file that the relay's summary was made from, when that is known: the
    /// summary can go as a patch.
    pub patch_from: Option<ContentHash>,
    /// Tells whether it was touched again meanwhile.
    pub generation: u64,
}

/// How large a batch may be. Halved when one turns out too large or is refused, so that a single
/// bad file is found and does not hold back the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Budget {
    bytes: u64,
    rows: usize,
}

const FULL: Budget = Budget { bytes: BATCH_BYTES_MAX, rows: BATCH_ROWS_MAX };

#[derive(Debug, Clone, Copy)]
struct Touch {
    generation: u64,
    whole: bool,
}

/// What the plan knows of the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Knowledge {
    /// Nothing: not asked yet.
    None,
    /// [`Acked`] is what it holds.
    Acked,
    /// A manifest is under way and has come to this path.
    Naming(Option<FilePath>),
}

/// Disk, relay, and what lies between.
#[derive(Debug, Clone)]
pub struct Plan {
    local: Local,
    acked: Acked,
    knowledge: Knowledge,
    /// The first scan is all in.
    complete: bool,
    /// The source says that the picture cannot be trusted.
    halted: bool,
    dirty_files: BTreeSet<FilePath>,
    dirty_specs: BTreeMap<FilePath, Touch>,
    /// Files that were otherwise when they were read for sending: the source looks again.
    set_aside: BTreeSet<FilePath>,
    /// Files that the relay refused as they are.
    refused: BTreeMap<FilePath, ContentHash>,
    budget: Budget,
    generation: u64,
}

impl Plan {
    /// A plan that remembers what the relay acknowledged to the last process.
    #[must_use]
    pub fn new(remembered: Acked) -> Self {
        let dirty_files = remembered.files().map(|(path, _)| path.clone()).collect();
        Self {
            local: Local::default(),
            acked: remembered,
            knowledge: Knowledge::None,
            complete: false,
            halted: false,
            dirty_files,
            dirty_specs: BTreeMap::new(),
            set_aside: BTreeSet::new(),
            refused: BTreeMap::new(),
            budget: FULL,
            generation: 0,
        }
    }

    /// What is on the disk.
    #[must_use]
    pub fn local(&self) -> &Local {
        &self.local
    }

    /// What the relay acknowledged.
    #[must_use]
    pub fn acked(&self) -> &Acked {
        &self.acked
    }

    /// Whether what the relay holds is known, so that no manifest is due.
    #[must_use]
    pub fn knows_the_relay(&self) -> bool {
        self.knowledge == Knowledge::Acked
    }

    /// Files that the relay refused.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.refused.len()
    }

    /// Whether the first scan is all in.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Nothing is sent while the source says that the picture cannot be trusted.
    pub fn set_halted(&mut self, halted: bool) {
        self.halted = halted;
    }

    /// Whether the relay is believed to hold exactly what is on the disk. `assume` stands in for
    /// the relay's word before it was asked, so that a restart without changes can say so.
    #[must_use]
    pub fn is_equal(&self, assume: bool) -> bool {
        let known = self.knowledge == Knowledge::Acked || (assume && self.acked.rev > 0);
        known
            && self.complete
            && self.dirty_files.is_empty()
            && self.dirty_specs.is_empty()
            && self.acked.summary_version == SUMMARY_VERSION
    }

    /// Takes in what the source says.
    pub fn fold(&mut self, update: &Update) {
        for (path, file) in &update.files {
            let old = self.local.files.remove(path);
            if let Some(old) = &old {
                self.local.state_hash.remove(path, &old.hash);
            }
            if let Some(file) = file {
                self.local.state_hash.insert(path, &file.hash);
                self.local.files.insert(path.clone(), *file);
            }
            self.set_aside.remove(path);
            self.refused.remove(path);
            self.mark(path);
            if old.map(|old| old.hash) != file.map(|new| new.hash)
                && let Some(spec) = self.spec_of_main(path)
            {
                self.touch(spec, false);
            }
        }
        for (path, location) in &update.specs {
            match location {
                Some(location) => self.local.specs.insert(path.clone(), location.clone()),
                None => self.local.specs.remove(path),
            };
            self.touch(path.clone(), true);
        }
        if update.complete && !self.complete {
            self.complete = true;
            self.settle_specs_after_start();
        }
    }

    /// A restart names every spec again. Those whose main file is what the relay acknowledged, and
    /// which it knows, have not changed.
    fn settle_specs_after_start(&mut self) {
        if self.acked.summary_version != SUMMARY_VERSION {
            return;
        }
        for path in self.acked.specs.iter().filter(|path| !self.local.specs.contains_key(*path)) {
            self.dirty_specs.entry(path.clone()).or_insert(Touch { generation: 0, whole: true });
        }
        let (local, acked, dirty) = (&self.local, &self.acked, &self.dirty_files);
        self.dirty_specs.retain(|path, touch| {
            let Some(location) = local.specs.get(path) else { return acked.specs.contains(path) };
            let main_changed = location.main.as_ref().is_some_and(|main| dirty.contains(main));
            // The relay's summary of it was made from the same main file, or from none.
            touch.whole = !acked.specs.contains(path);
            touch.whole || main_changed
        });
    }

    /// Compares with what the relay says it holds. `summary_version` is missing in a refusal.
    pub fn compare(&mut self, rev: u64, state_hash: StateHash, summary_version: Option<u32>) {
        let remembered = rev == self.acked.rev && state_hash == self.acked.state_hash();
        if remembered {
            self.knowledge = Knowledge::Acked;
            if summary_version.is_some_and(|version| version != SUMMARY_VERSION) {
                self.acked.summary_version = 0;
            }
        } else if self.complete
            && state_hash == self.local.state_hash
            && summary_version == Some(SUMMARY_VERSION)
        {
            self.adopt(rev);
        } else {
            self.acked.rev = rev;
            self.acked.clear();
            self.knowledge = Knowledge::Naming(None);
        }
        if self.acked.summary_version != SUMMARY_VERSION {
            self.touch_all_specs();
        }
    }

    /// See [`Plan::compare`].
    pub fn compare_held(&mut self, held: &Held) {
        self.compare(held.rev, held.state_hash, Some(held.summary_version));
    }

    /// The relay holds what is on the disk, under another revision than remembered: an answer was
    /// lost, or the memory was.
    fn adopt(&mut self, rev: u64) {
        let specs = std::mem::take(&mut self.acked.specs);
        let remembered = self.acked.rev > 0;
        // Summaries that were still due when the memory was made are due still.
        let summaries = if remembered { self.acked.summary_version } else { SUMMARY_VERSION };
        self.acked.clear();
        self.acked.rev = rev;
        self.acked.summary_version = summaries;
        for (path, file) in &self.local.files {
            self.acked.put(path.clone(), Some(file.hash));
        }
        // A folder without files is a spec that the check sum does not cover: what is not known to
        // have arrived is sent again.
        self.acked.specs =
            if remembered { specs } else { self.local.specs.keys().cloned().collect() };
        self.knowledge = Knowledge::Acked;
        self.dirty_files.clear();
        self.dirty_specs.clear();
        for path in self.local.specs.keys().cloned().collect::<Vec<_>>() {
            if !self.acked.specs.contains(&path) {
                self.touch(path, true);
            }
        }
        for path in self.acked.specs.clone() {
            if !self.local.specs.contains_key(&path) {
                self.touch(path, true);
            }
        }
    }

    fn mark(&mut self, path: &FilePath) {
        let differs = match self.local.files.get(path) {
            Some(file) => self.acked.content(path) != Some(&file.hash),
            None => self.acked.names(path),
        };
        if differs {
            self.dirty_files.insert(path.clone());
        } else {
            self.dirty_files.remove(path);
        }
    }

    fn touch(&mut self, spec: FilePath, whole: bool) {
        self.generation += 1;
        let touch = self.dirty_specs.entry(spec).or_insert(Touch { generation: 0, whole: false });
        touch.generation = self.generation;
        touch.whole |= whole;
    }

    fn touch_all_specs(&mut self) {
        let known: Vec<_> = self.local.specs.keys().chain(&self.acked.specs).cloned().collect();
        for spec in known {
            self.touch(spec, true);
        }
    }

    fn spec_of_main(&self, path: &FilePath) -> Option<FilePath> {
        let is_main = |spec: &FilePath| {
            self.local.specs.get(spec).is_some_and(|location| location.main.as_ref() == Some(path))
        };
        let folder = path.parent().filter(&is_main);
        folder.or_else(|| is_main(path).then(|| path.clone()))
    }

    /// What to send next; `None` = nothing, or not now.
    #[must_use]
    pub fn next(&self) -> Option<Step> {
        if !self.complete || self.halted {
            return None;
        }
        match &self.knowledge {
            Knowledge::None => None,
            Knowledge::Naming(from) => Some(Step::Manifest(self.manifest(from.clone()))),
            Knowledge::Acked => self.changes().map(Step::Changes),
        }
    }

    fn manifest(&self, from: Option<FilePath>) -> ManifestStep {
        let start = from.as_ref().map_or(Bound::Unbounded, Bound::Included);
        let mut range = self.local.files.range((start, Bound::Unbounded));
        let file = |(path, file): (&FilePath, &LocalFile)| File {
            path: path.clone(),
            hash: file.hash,
            size: file.size,
            mtime: file.mtime,
        };
        let files = range.by_ref().take(MANIFEST_FILES_MAX).map(file).collect();
        let to = range.next().map(|(path, _)| path.clone());
        let end = to.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let specs = self.local.specs.range((start, end)).map(|(path, _)| path.clone()).collect();
        ManifestStep { base_rev: self.acked.rev, from, to, files, specs }
    }

    fn changes(&self) -> Option<ChangesStep> {
        let mut step = ChangesStep {
            base_rev: self.acked.rev,
            base_state: self.acked.state_hash(),
            puts: Vec::new(),
            deletes: Vec::new(),
            deleted_contents: Vec::new(),
            specs: Vec::new(),
            specs_gone: Vec::new(),
            completes_summaries: false,
        };
        let mut left = self.budget;
        let mut room = |bytes: u64| {
            if left.rows == 0 || (left.bytes < bytes && left != self.budget) {
                return false;
            }
            left = Budget { bytes: left.bytes.saturating_sub(bytes), rows: left.rows - 1 };
            true
        };
        let mut going = BTreeSet::new();
        let mut waiting = false;
        for path in self.dirty_files.iter().filter(|path| !self.is_kept_back(path)) {
            let file = self.local.files.get(path);
            if !room(file.map_or(0, |file| file.size)) {
                waiting = true;
                break;
            }
            match file {
                None => {
                    let old = self.acked.content(path).map(|hash| (path.clone(), *hash));
                    step.deleted_contents.extend(old);
                    step.deletes.push(path.clone());
                }
                Some(file) => {
                    let old = self.acked.content(path).copied();
                    step.puts.push(PutStep { path: path.clone(), file: *file, old });
                    going.insert(path);
                }
            }
        }
        for (path, touch) in &self.dirty_specs {
            let Some(location) = self.local.specs.get(path) else {
                if room(0) {
                    step.specs_gone.push((path.clone(), touch.generation));
                } else {
                    waiting = true;
                }
                continue;
            };
            let main = location.main.as_ref();
            if main.is_some_and(|main| self.refused.contains_key(main)) {
                continue;
            }
            // A summary goes with the bytes it was made from, never before them.
            let behind =
                main.is_some_and(|main| self.dirty_files.contains(main) && !going.contains(main));
            let cost = main
                .filter(|main| !going.contains(main))
                .and_then(|main| self.local.files.get(main));
            if behind || !room(cost.map_or(0, |file| file.size)) {
                waiting = true;
                continue;
            }
            step.specs.push(self.spec_step(path, main, *touch));
        }
        step.completes_summaries = !waiting && self.acked.summary_version != SUMMARY_VERSION;
        let empty = step.puts.is_empty()
            && step.deletes.is_empty()
            && step.specs.is_empty()
            && step.specs_gone.is_empty();
        (!empty || step.completes_summaries).then_some(step)
    }

    fn spec_step(&self, path: &FilePath, main: Option<&FilePath>, touch: Touch) -> SpecStep {
        let hash =
            |main: &FilePath| self.local.files.get(main).map(|file| (main.clone(), file.hash));
        let known = !touch.whole
            && self.acked.summary_version == SUMMARY_VERSION
            && self.acked.specs.contains(path);
        SpecStep {
            path: path.clone(),
            main: main.and_then(hash),
            patch_from: main.filter(|_| known).and_then(|main| self.acked.content(main)).copied(),
            generation: touch.generation,
        }
    }

    fn is_kept_back(&self, path: &FilePath) -> bool {
        self.set_aside.contains(path) || self.refused.contains_key(path)
    }

    /// The relay took a manifest.
    pub fn manifest_accepted(
        &mut self,
        step: &ManifestStep,
        rev: u64,
        state_hash: StateHash,
        need: &[Need],
    ) {
        let have: BTreeMap<_, _> = need.iter().map(|need| (&need.path, need.have)).collect();
        for file in &step.files {
            let held = have.get(&file.path).copied().unwrap_or(Some(file.hash));
            self.acked.put(file.path.clone(), held);
        }
        self.acked.specs.extend(step.specs.iter().cloned());
        self.acked.rev = rev;
        if step.to.is_some() {
            self.knowledge = Knowledge::Naming(step.to.clone());
            return;
        }
        self.knowledge = Knowledge::Acked;
        if self.acked.state_hash() != state_hash {
            // Cannot happen unless one side miscounts; begin again rather than trust it.
            self.knowledge = Knowledge::Naming(None);
            self.acked.clear();
            return;
        }
        self.recompute_dirty();
    }

    fn recompute_dirty(&mut self) {
        let paths: Vec<_> = self.local.files.keys().cloned().collect();
        self.dirty_files = self.acked.files().map(|(path, _)| path.clone()).collect();
        let stale: Vec<_> = self.dirty_files.iter().cloned().collect();
        for path in paths.iter().chain(&stale) {
            self.mark(path);
        }
        self.touch_all_specs();
    }

    /// The relay took a batch, of which these puts and specs were in the body.
    pub fn changes_accepted(&mut self, sent: &Sent, rev: u64) {
        self.acked.rev = rev;
        for (path, hash) in &sent.puts {
            self.acked.put(path.clone(), Some(*hash));
            self.mark(path);
        }
        for path in &sent.deletes {
            self.acked.remove(path);
            self.mark(path);
        }
        for (path, generation) in &sent.specs {
            self.acked.specs.insert(path.clone());
            self.settle(path, *generation);
        }
        for (path, generation) in &sent.specs_gone {
            self.acked.specs.remove(path);
            self.settle(path, *generation);
        }
        if sent.completed_summaries {
            self.acked.summary_version = SUMMARY_VERSION;
        }
        let grown = Budget { bytes: self.budget.bytes * 2, rows: self.budget.rows * 2 };
        self.budget =
            Budget { bytes: grown.bytes.min(FULL.bytes), rows: grown.rows.min(FULL.rows) };
    }

    fn settle(&mut self, spec: &FilePath, generation: u64) {
        if self.dirty_specs.get(spec).is_some_and(|touch| touch.generation == generation) {
            self.dirty_specs.remove(spec);
        }
    }

    /// A batch was too large or was refused: try smaller ones. False when it cannot get smaller.
    pub fn shrink(&mut self, step: &ChangesStep) -> bool {
        let rows = step.puts.len() + step.deletes.len() + step.specs.len() + step.specs_gone.len();
        let halved = Budget { bytes: self.budget.bytes / 2, rows: self.budget.rows.min(rows) / 2 };
        if step.puts.len() <= 1 && step.specs.len() <= 1 || halved.rows == 0 {
            return false;
        }
        self.budget = halved;
        true
    }

    /// The relay refuses this one file as it is: leave it until it changes.
    pub fn refuse(&mut self, path: &FilePath) {
        if let Some(file) = self.local.files.get(path) {
            self.refused.insert(path.clone(), file.hash);
        }
    }

    /// These files were otherwise when they were read: leave them until the source has looked.
    pub fn set_aside(&mut self, paths: &[FilePath]) {
        self.set_aside.extend(paths.iter().cloned());
    }

    /// Whether files wait for the source to look again.
    #[must_use]
    pub fn has_set_aside(&self) -> bool {
        !self.set_aside.is_empty()
    }

    /// Tries again what was set aside.
    pub fn take_back_set_aside(&mut self) {
        self.set_aside.clear();
    }

    /// Tries again what the relay refused: it may be another relay now, or another version.
    pub fn take_back_refused(&mut self) {
        self.refused.clear();
    }
}

/// What was in a changes body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// Files with their content.
    pub puts: Vec<(FilePath, ContentHash)>,
    /// Files that are gone.
    pub deletes: Vec<FilePath>,
    /// Specs, with the generation of their touch.
    pub specs: Vec<(FilePath, u64)>,
    /// Specs that are gone, with the generation of their touch.
    pub specs_gone: Vec<(FilePath, u64)>,
    /// Every summary has been sent.
    pub completed_summaries: bool,
}
