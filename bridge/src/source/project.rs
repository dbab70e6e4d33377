//! Finds projects as LeanSpec does, and says why.

use std::path::PathBuf;

/// A folder that the user named, or the current one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectSetting {
    /// The folder, absolute or relative to the current one.
    pub dir: PathBuf,
    /// Named by flag or config. The current folder is searched for projects below it, a named one
    /// is a project.
    pub explicit: bool,
    /// Overrides the project's name.
    pub name: Option<String>,
    /// Overrides the key by which machines compare projects.
    pub key: Option<String>,
    /// Overrides the specs folder, relative to `dir`.
    pub specs_dir: Option<String>,
}

/// What [`discover`] found and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovery {
    /// At least one.
    pub projects: Vec<FoundProject>,
    /// Sentences: where it looked, what it left out and why.
    pub notes: Vec<String>,
}

/// One project on the disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundProject {
    /// The project's folder, canonical.
    pub root: PathBuf,
    /// Its specs folder, canonical: a link to it is resolved here, once.
    pub specs: PathBuf,
    /// The specs folder relative to `root`, for people.
    pub specs_dir: String,
    /// For people.
    pub name: String,
    /// The same on every machine: see [`leanspec_shared::view::ProjectFacts::key`].
    pub key: String,
    /// Tells apart two worktrees with one key.
    pub root_label: String,
    /// A sentence: why this is a project.
    pub why: String,
    /// Sentences: what the user should know, such as a config that names another folder.
    pub warnings: Vec<String>,
    /// Why nothing may be written here, if so (`security.readonly`).
    pub read_only: Option<String>,
}

/// Why there is no project.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// Nothing found.
    #[error("{0}")]
    NotFound(String),
    /// The specs live elsewhere (GitHub, Jira).
    #[error("{0}")]
    NotLocal(String),
    /// A folder that cannot be read.
    #[error("{0}")]
    Unreadable(String),
}

/// Finds the projects of one setting. Blocks on the disk.
///
/// # Errors
/// A sentence that says what was looked for and what to do next.
pub fn discover(setting: &ProjectSetting) -> Result<Discovery, DiscoverError> {
    Err(DiscoverError::NotFound(format!("no specs folder in {}", setting.dir.display())))
}
