//! Cuts what is to be sent into pieces that fit: ranges of a manifest, batches of differences.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use leanspec_shared::hash::ContentHash;
use leanspec_shared::limits::FILE_MAX_BYTES;
use leanspec_shared::path::FilePath;
use leanspec_shared::view::File;

use crate::source::LocalFile;
use crate::spec::SUMMARY_VERSION;
use crate::sync::acked::Acked;
use crate::sync::difference::{Difference, Touch};
use crate::sync::local::Local;
use crate::sync::step::{ChangesStep, DeleteStep, ManifestStep, PutStep, SpecStep, Touched};

/// Files named by one manifest: about a quarter of a megabyte on the wire, most of it hashes.
const MANIFEST_FILES_MAX: usize = 5000;
/// Bytes of files in one changes body, before compression. Three times as much would travel in 5 %
/// fewer bytes, and leave the allocator with twice the memory for good.
const BATCH_BYTES_MAX: u64 = FILE_MAX_BYTES / 2;
/// Puts, deletes and specs in one changes body: bounds its head.
const BATCH_ROWS_MAX: usize = 2000;

/// How large a batch may be. Halved when one turns out too large or is refused, so that a single
/// bad file is found and does not hold back the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    bytes: u64,
    rows: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { bytes: BATCH_BYTES_MAX, rows: BATCH_ROWS_MAX }
    }
}

impl Budget {
    /// After a batch that was too large; `None` when it cannot get smaller.
    #[must_use]
    pub fn halved(self, step: &ChangesStep) -> Option<Self> {
        let rows = self.rows.min(step.rows()) / 2;
        (step.rows() > 1 && rows > 0).then_some(Self { bytes: self.bytes / 2, rows })
    }

    /// After a batch that was taken.
    #[must_use]
    pub fn grown(self) -> Self {
        Self {
            bytes: self.bytes.saturating_mul(2).clamp(1, BATCH_BYTES_MAX),
            rows: (self.rows * 2).clamp(1, BATCH_ROWS_MAX),
        }
    }
}

/// Files that are left alone for now.
#[derive(Debug, Clone, Default)]
pub struct KeptBack {
    /// They were otherwise when they were read for sending: the source looks again.
    pub set_aside: BTreeSet<FilePath>,
    /// The relay refused them as they are.
    pub refused: BTreeMap<FilePath, ContentHash>,
}

impl KeptBack {
    fn contains(&self, path: &FilePath) -> bool {
        self.set_aside.contains(path) || self.refused.contains_key(path)
    }
}

/// The names from `from` on, as many as fit.
#[must_use]
pub fn manifest(local: &Local, acked: &Acked, from: Option<FilePath>) -> ManifestStep {
    let start = from.as_ref().map_or(Bound::Unbounded, Bound::Included);
    let mut range = local.files().range((start, Bound::Unbounded));
    let file = |(path, file): (&FilePath, &LocalFile)| File {
        path: path.clone(),
        hash: file.hash,
        size: file.size,
        mtime: file.mtime,
    };
    let files = range.by_ref().take(MANIFEST_FILES_MAX).map(file).collect();
    let to = range.next().map(|(path, _)| path.clone());
    let end = to.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
    let specs = local.specs().range((start, end)).map(|(path, _)| path.clone()).collect();
    ManifestStep { base_rev: acked.rev, from, to, files, specs }
}

/// Differences, as many as fit; `None` when there is nothing to send now.
#[must_use]
pub fn changes(
    local: &Local,
    acked: &Acked,
    difference: &Difference,
    kept_back: &KeptBack,
    budget: Budget,
) -> Option<ChangesStep> {
    let step = ChangesStep {
        base_rev: acked.rev,
        base_state: acked.state_hash(),
        ..ChangesStep::default()
    };
    let (going, waiting) = (BTreeSet::new(), false);
    let mut batch =
        Batch { local, acked, difference, kept_back, step, budget, left: budget, going, waiting };
    batch.add_files();
    batch.add_specs();
    let mut step = batch.step;
    step.completes_summaries = !batch.waiting && acked.summary_version != SUMMARY_VERSION;
    (step.rows() > 0 || step.completes_summaries).then_some(step)
}

struct Batch<'a> {
    local: &'a Local,
    acked: &'a Acked,
    difference: &'a Difference,
    kept_back: &'a KeptBack,
    step: ChangesStep,
    budget: Budget,
    left: Budget,
    /// Files whose bytes are in this batch.
    going: BTreeSet<&'a FilePath>,
    /// Something is left for the next batch.
    waiting: bool,
}

impl<'a> Batch<'a> {
    /// Takes room for something with this many bytes. The first thing always fits.
    fn room(&mut self, bytes: u64) -> bool {
        let first = self.left == self.budget;
        if self.left.rows == 0 || (self.left.bytes < bytes && !first) {
            self.waiting = true;
            return false;
        }
        self.left =
            Budget { bytes: self.left.bytes.saturating_sub(bytes), rows: self.left.rows - 1 };
        true
    }

    fn add_files(&mut self) {
        let difference = self.difference;
        for path in difference.files().iter().filter(|path| !self.kept_back.contains(path)) {
            let file = self.local.files().get(path);
            if !self.room(file.map_or(0, |file| file.size)) {
                return;
            }
            let (path, old) = (path, self.acked.content(path).copied());
            match file {
                None => self.step.deletes.push(DeleteStep { path: path.clone(), old }),
                Some(file) => {
                    self.step.puts.push(PutStep { path: path.clone(), file: *file, old });
                    self.going.insert(path);
                }
            }
        }
    }

    fn add_specs(&mut self) {
        let difference = self.difference;
        for (path, touch) in difference.specs() {
            let touched = Touched { path: path.clone(), generation: touch.generation };
            let Some(location) = self.local.specs().get(path) else {
                if self.room(0) {
                    self.step.specs_gone.push(touched);
                }
                continue;
            };
            let main = location.main.as_ref();
            if main.is_some_and(|main| self.kept_back.refused.contains_key(main)) {
                continue;
            }
            let going = main.is_some_and(|main| self.going.contains(main));
            // A summary goes with the bytes it was made from, never before them.
            if !going && main.is_some_and(|main| difference.files().contains(main)) {
                self.waiting = true;
                continue;
            }
            let read = main.filter(|_| !going).and_then(|main| self.local.files().get(main));
            if self.room(read.map_or(0, |file| file.size)) {
                let step = self.spec(touched, main, *touch);
                self.step.specs.push(step);
            }
        }
    }

    fn spec(&self, touched: Touched, main: Option<&FilePath>, touch: Touch) -> SpecStep {
        let hash =
            |main: &FilePath| Some((main.clone(), self.local.files().get(main).map(|f| f.hash)?));
        let known = !touch.whole
            && self.acked.summary_version == SUMMARY_VERSION
            && self.acked.specs.contains(&touched.path);
        let patch_from = main.filter(|_| known).and_then(|main| self.acked.content(main)).copied();
        SpecStep { touched, main: main.and_then(hash), patch_from }
    }
}
