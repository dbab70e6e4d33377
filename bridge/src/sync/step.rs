//! What to send next, as plain data: decided by [`crate::sync::plan`], carried out by
//! [`crate::sync::push`].

use leanspec_shared::hash::{ContentHash, StateHash};
use leanspec_shared::path::FilePath;
use leanspec_shared::view::File;

use crate::source::LocalFile;

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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangesStep {
    /// The revision it is made for.
    pub base_rev: u64,
    /// Check sum of what the relay holds before.
    pub base_state: StateHash,
    /// Files whose bytes to send.
    pub puts: Vec<PutStep>,
    /// Files that are gone.
    pub deletes: Vec<DeleteStep>,
    /// Specs whose summary to send.
    pub specs: Vec<SpecStep>,
    /// Specs that are gone.
    pub specs_gone: Vec<Touched>,
    /// With this batch every summary has been sent.
    pub completes_summaries: bool,
}

impl ChangesStep {
    /// Puts, deletes and specs, added up.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.puts.len() + self.deletes.len() + self.specs.len() + self.specs_gone.len()
    }
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

/// A file that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteStep {
    /// Which.
    pub path: FilePath,
    /// The content the relay holds.
    pub old: Option<ContentHash>,
}

/// A spec whose summary to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecStep {
    /// Which.
    pub touched: Touched,
    /// Its main file.
    pub main: Option<(FilePath, ContentHash)>,
    /// The content of the main file that the relay's summary was made from, when that is known: the
    /// summary can go as a patch.
    pub patch_from: Option<ContentHash>,
}

/// A spec, and the count of its last touch: tells whether it was touched again meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Which.
    pub path: FilePath,
    /// The count.
    pub generation: u64,
}

/// What was in a changes body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// Files with their content.
    pub puts: Vec<(FilePath, ContentHash)>,
    /// Files that are gone.
    pub deletes: Vec<FilePath>,
    /// Specs whose summary it brought, or whose summary the relay had.
    pub specs: Vec<Touched>,
    /// Specs that are gone.
    pub specs_gone: Vec<Touched>,
    /// Every summary has been sent.
    pub completed_summaries: bool,
}
