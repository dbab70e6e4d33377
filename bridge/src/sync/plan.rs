//! What to send next: the pure heart of the bridge. No clock, no disk, no network.
//!
//! [`Plan`] holds what is on the disk and what the relay acknowledged, and the difference. It is
//! told what happens, and asked for the next step.

use std::collections::BTreeMap;

use leanspec_shared::change::{Held, Need};
use leanspec_shared::hash::StateHash;
use leanspec_shared::path::FilePath;

use crate::source::Update;
use crate::spec::SUMMARY_VERSION;
use crate::sync::acked::Acked;
use crate::sync::batch::{self, Budget, KeptBack};
use crate::sync::difference::Difference;
use crate::sync::local::Local;
use crate::sync::step::{ChangesStep, ManifestStep, Sent, Step};

/// What is known of the relay.
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
    difference: Difference,
    knowledge: Knowledge,
    /// The first scan is all in.
    complete: bool,
    /// The source says that the picture cannot be trusted.
    halted: bool,
    kept_back: KeptBack,
    budget: Budget,
}

impl Plan {
    /// A plan that remembers what the relay acknowledged to the last process.
    #[must_use]
    pub fn new(remembered: Acked) -> Self {
        Self {
            local: Local::default(),
            difference: Difference::before_the_scan(&remembered),
            acked: remembered,
            knowledge: Knowledge::None,
            complete: false,
            halted: false,
            kept_back: KeptBack::default(),
            budget: Budget::default(),
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

    /// Whether the first scan is all in.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether the relay holds exactly what is on the disk.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.knows_the_relay() && self.seems_equal()
    }

    /// The same by memory alone, before the relay was asked: what a restart without changes
    /// announces.
    #[must_use]
    pub fn seems_equal(&self) -> bool {
        self.complete
            && self.acked.rev > 0
            && self.difference.is_empty()
            && self.acked.summary_version == SUMMARY_VERSION
    }

    /// Nothing is sent while the source says that the picture cannot be trusted.
    pub fn set_halted(&mut self, halted: bool) {
        self.halted = halted;
    }

    /// Takes in what the source says.
    pub fn fold(&mut self, update: &Update) {
        for (path, file) in &update.files {
            let changed = self.local.set_file(path, *file);
            self.kept_back.set_aside.remove(path);
            self.kept_back.refused.remove(path);
            self.difference.mark(path, &self.local, &self.acked);
            if changed && let Some(spec) = self.local.spec_of_main(path) {
                self.difference.touch(&spec, false);
            }
        }
        for (path, location) in &update.specs {
            self.local.set_spec(path, location.clone());
            self.difference.touch(path, true);
        }
        if update.complete && !self.complete {
            self.complete = true;
            self.difference.settle_after_start(&self.local, &self.acked);
        }
    }

    /// Compares with what the relay says it holds. `summary_version` is missing in a refusal.
    pub fn compare(&mut self, rev: u64, state_hash: StateHash, summary_version: Option<u32>) {
        let naming = matches!(self.knowledge, Knowledge::Naming(_));
        if !naming && rev == self.acked.rev && state_hash == self.acked.state_hash() {
            self.knowledge = Knowledge::Acked;
            if summary_version.is_some_and(|version| version != SUMMARY_VERSION) {
                self.acked.summary_version = 0;
            }
        } else if !naming
            && self.complete
            && self.acked.summary_version == SUMMARY_VERSION
            && summary_version == Some(SUMMARY_VERSION)
            && state_hash == self.local.state_hash()
        {
            self.adopt(rev);
        } else {
            self.begin_anew(rev);
        }
        if self.acked.summary_version != SUMMARY_VERSION {
            self.difference.touch_all(&self.local, &self.acked);
        }
    }

    /// See [`Plan::compare`].
    pub fn compare_held(&mut self, held: &Held) {
        self.compare(held.rev, held.state_hash, Some(held.summary_version));
    }

    /// The relay holds what is on the disk, under another revision than remembered: an answer was
    /// lost. Only with a memory that no manifest has put in doubt: a name that came without its
    /// content is in no check sum.
    fn adopt(&mut self, rev: u64) {
        let before = std::mem::take(&mut self.acked);
        for (path, file) in self.local.files() {
            self.acked.put(path.clone(), Some(file.hash));
        }
        self.acked.rev = rev;
        self.acked.summary_version = before.summary_version;
        // A summary came with its main file. A folder without one is a spec that the check sum does
        // not cover: if it is not known to have arrived, it is sent again.
        let with_main = self.local.specs().iter().filter(|(_, location)| location.main.is_some());
        self.acked.specs = with_main.map(|(spec, _)| spec.clone()).chain(before.specs).collect();
        self.knowledge = Knowledge::Acked;
        self.difference.recompute_files(&self.local, &self.acked);
        self.difference.touch_unknown(&self.local, &self.acked);
    }

    /// What to send next; `None` = nothing, or not now.
    #[must_use]
    pub fn next(&self) -> Option<Step> {
        if !self.complete || self.halted {
            return None;
        }
        match &self.knowledge {
            Knowledge::None => None,
            Knowledge::Naming(from) => {
                Some(Step::Manifest(batch::manifest(&self.local, &self.acked, from.clone())))
            }
            Knowledge::Acked => batch::changes(
                &self.local,
                &self.acked,
                &self.difference,
                &self.kept_back,
                self.budget,
            )
            .map(Step::Changes),
        }
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
        } else if self.acked.state_hash() == state_hash {
            self.knowledge = Knowledge::Acked;
            self.difference.recompute_files(&self.local, &self.acked);
            self.difference.touch_all(&self.local, &self.acked);
        } else {
            // One side miscounts: begin again rather than trust the picture.
            self.begin_anew(rev);
        }
    }

    /// The relay holds something unknown, which a manifest settles; at revision 0 it holds nothing.
    fn begin_anew(&mut self, rev: u64) {
        self.acked = Acked::default();
        self.acked.rev = rev;
        self.knowledge = if rev == 0 { Knowledge::Acked } else { Knowledge::Naming(None) };
        self.difference.recompute_files(&self.local, &self.acked);
    }

    /// The relay took a batch with this in it.
    pub fn changes_accepted(&mut self, sent: &Sent, rev: u64) {
        self.acked.rev = rev;
        for (path, hash) in &sent.puts {
            self.acked.put(path.clone(), Some(*hash));
            self.difference.mark(path, &self.local, &self.acked);
        }
        for path in &sent.deletes {
            self.acked.remove(path);
            self.difference.mark(path, &self.local, &self.acked);
        }
        for spec in &sent.specs {
            self.acked.specs.insert(spec.path.clone());
            self.difference.settle(&spec.path, spec.generation);
        }
        for spec in &sent.specs_gone {
            self.acked.specs.remove(&spec.path);
            self.difference.settle(&spec.path, spec.generation);
        }
        if sent.completed_summaries {
            self.acked.summary_version = SUMMARY_VERSION;
        }
        self.budget = self.budget.grown();
    }

    /// A batch was too large or was refused: try smaller ones. False when it cannot get smaller.
    pub fn shrink(&mut self, step: &ChangesStep) -> bool {
        let halved = self.budget.halved(step);
        self.budget = halved.unwrap_or(self.budget);
        halved.is_some()
    }

    /// The relay refuses this one file as it is: leave it until it changes.
    pub fn refuse(&mut self, path: &FilePath) {
        if let Some(file) = self.local.files().get(path) {
            self.kept_back.refused.insert(path.clone(), file.hash);
        }
    }

    /// Tries again what the relay refused: it may be another relay now, or another version.
    pub fn take_back_refused(&mut self) {
        self.kept_back.refused.clear();
    }

    /// These files were otherwise when they were read: leave them until the source has looked.
    pub fn set_aside(&mut self, paths: &[FilePath]) {
        self.kept_back.set_aside.extend(paths.iter().cloned());
    }

    /// Tries again what was set aside.
    pub fn take_back_set_aside(&mut self) {
        self.kept_back.set_aside.clear();
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
