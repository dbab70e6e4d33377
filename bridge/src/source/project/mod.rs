//! Finds projects as LeanSpec does, and says why. Blocks on the disk; watches nothing.

pub mod key;
pub mod said;

use std::path::{Path, PathBuf};

use super::git::Repository;
use said::Said;

/// How deep projects are searched for below a folder.
const SEARCH_DEPTH: usize = 5;

/// Projects found below one folder at most: more is no search but a whole disk.
const FOUND_MAX: usize = 100;

/// Folders that hold no projects of the user, beside hidden ones.
const NEVER_SEARCHED: [&str; 7] =
    ["node_modules", "target", "dist", "build", "vendor", "__pycache__", ".git"];

/// Where specs are when nothing says otherwise, in this order.
const USUAL_SPECS: [&str; 4] = ["specs", ".lean-spec/specs", "doc/specs", "docs/specs"];

/// A folder that the user named, or the current one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectSetting {
    /// The folder, absolute or relative to the current one.
    pub dir: PathBuf,
    /// Named by flag or config; else it is the current folder.
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
    /// Tells apart two worktrees with one key: the last two names of the root's path.
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

/// Finds the projects of one setting, with LeanSpec's own data in the user's home folder.
///
/// # Errors
/// A sentence that says what was looked for and what to do next.
pub fn discover(setting: &ProjectSetting) -> Result<Discovery, DiscoverError> {
    let home = directories::UserDirs::new().map(|user| user.home_dir().join(".lean-spec"));
    discover_with(setting, home.as_deref())
}

/// Finds the projects of one setting: the folder itself when it holds specs, else the projects
/// below it. `leanspec_data` is where LeanSpec keeps what belongs to the user.
///
/// # Errors
/// A sentence that says what was looked for and what to do next.
pub fn discover_with(
    setting: &ProjectSetting,
    leanspec_data: Option<&Path>,
) -> Result<Discovery, DiscoverError> {
    let dir = setting.dir.canonicalize().map_err(|error| {
        let dir = setting.dir.display();
        DiscoverError::Unreadable(format!(
            "{dir} cannot be read ({error}): name an existing folder"
        ))
    })?;
    let mut discovery = Discovery::default();
    match at(&dir, setting)? {
        Some(project) => discovery.projects.push(project),
        None => search_below(&dir, &mut discovery)?,
    }
    if discovery.projects.is_empty() {
        return Err(not_found(&dir, &discovery.notes));
    }
    let read_only = leanspec_data.and_then(said::user_read_only);
    for project in &mut discovery.projects {
        project.read_only = project.read_only.take().or_else(|| read_only.clone());
        project.read_only =
            project.read_only.take().map(|file| format!("{file} says security.readonly"));
    }
    Ok(discovery)
}

fn not_found(dir: &Path, notes: &[String]) -> DiscoverError {
    let hint = match enclosing(dir) {
        Some(project) => format!("use `--project {}`", project.display()),
        None => "go to a folder that holds `specs/`, or name it with `--project DIR`".to_owned(),
    };
    let notes = notes.iter().map(|note| format!("; {note}")).collect::<String>();
    DiscoverError::NotFound(format!(
        "no LeanSpec project in {} or up to {SEARCH_DEPTH} folders below it: {hint}{notes}",
        dir.display()
    ))
}

/// A project that this folder stands in.
fn enclosing(dir: &Path) -> Option<&Path> {
    dir.ancestors().skip(1).find(|above| said::marker(above).is_some())
}

/// The project whose folder this is, if it is one.
fn at(root: &Path, setting: &ProjectSetting) -> Result<Option<FoundProject>, DiscoverError> {
    let said = said::read(root);
    if let Some((adapter, file)) = &said.elsewhere {
        return Err(DiscoverError::NotLocal(format!(
            "{} keeps its specs in '{adapter}' ({file}), so there is nothing here to send; \
             take it out of the bridge's projects",
            root.display()
        )));
    }
    let mut warnings = said.warnings.clone();
    let Some((specs_dir, why)) = specs_folder(root, setting, &said, &mut warnings)? else {
        return Ok(None);
    };
    let path = root.join(&specs_dir);
    let specs = path.canonicalize().map_err(|error| {
        DiscoverError::Unreadable(format!("{} cannot be read: {error}", path.display()))
    })?;
    if !specs.starts_with(root) {
        warnings.push(format!("{specs_dir} leads out of the project, to {}", specs.display()));
    }
    let name = setting.name.clone().unwrap_or_else(|| said::name(root));
    let key = setting.key.clone().unwrap_or_else(|| key_of(root, &specs));
    let root_label = root_label(root);
    let read_only = said.read_only;
    let root = root.to_owned();
    Ok(Some(FoundProject {
        root,
        specs,
        specs_dir,
        name,
        key,
        root_label,
        why,
        warnings,
        read_only,
    }))
}

/// The specs folder relative to the root, and why it is that one.
fn specs_folder(
    root: &Path,
    setting: &ProjectSetting,
    said: &Said,
    warnings: &mut Vec<String>,
) -> Result<Option<(String, String)>, DiscoverError> {
    if let Some(dir) = &setting.specs_dir {
        if !root.join(dir).is_dir() {
            return Err(DiscoverError::NotFound(format!(
                "the bridge's config names the specs folder '{dir}', which is not in {}: correct `specs_dir`",
                root.display()
            )));
        }
        return Ok(Some((dir.clone(), "the bridge's config names its specs folder".to_owned())));
    }
    let usual = USUAL_SPECS.into_iter().find(|dir| root.join(dir).is_dir());
    if let Some((dir, file)) = &said.specs_dir {
        if root.join(dir).is_dir() {
            if let Some(other) = usual.filter(|usual| !same_folder(root, usual, dir)) {
                warnings
                    .push(format!("{file} names '{dir}'; '{other}' is there too and is left out"));
            }
            return Ok(Some((dir.clone(), format!("{file} names its specs folder"))));
        }
        if let Some(usual) = usual {
            warnings.push(format!("{file} names '{dir}', which is not there; '{usual}' is used"));
        }
    }
    let marker = said::marker(root).map(|marker| format!(" and {marker}/")).unwrap_or_default();
    Ok(usual.map(|dir| (dir.to_owned(), format!("it holds {dir}/{marker}"))))
}

fn same_folder(root: &Path, one: &str, other: &str) -> bool {
    root.join(one).canonicalize().ok() == root.join(other).canonicalize().ok()
}

fn key_of(root: &Path, specs: &Path) -> String {
    let from_git = || {
        let repository = Repository::find(root, specs)?;
        let top = repository.top.canonicalize().ok()?;
        let folder = root.strip_prefix(top).ok()?.to_str()?.replace('\\', "/");
        key::from_remote(&repository.remote_url()?, &folder)
    };
    from_git().unwrap_or_else(|| said::folder_name(root))
}

fn root_label(root: &Path) -> String {
    let names: Vec<_> = root.iter().map(|name| name.to_string_lossy()).collect();
    names[names.len().saturating_sub(2)..].join("/").replace("//", "/")
}

/// Searches for marked projects below a folder; a found one is not searched further.
fn search_below(dir: &Path, discovery: &mut Discovery) -> Result<(), DiscoverError> {
    // A name or key that was given is meant for one project, not for each of these.
    let bare = ProjectSetting::default();
    let mut folders = vec![(dir.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        if depth > 0 && said::marker(&folder).is_some() {
            match at(&folder, &bare) {
                Ok(Some(project)) => discovery.projects.push(project),
                Ok(None) => {
                    let note = format!(
                        "{} is marked as a project but has no specs folder",
                        folder.display()
                    );
                    discovery.notes.push(note);
                }
                Err(error) => discovery.notes.push(error.to_string()),
            }
            if discovery.projects.len() > FOUND_MAX {
                return Err(DiscoverError::NotFound(format!(
                    "more than {FOUND_MAX} projects below {}: name those that you mean with `--project DIR`",
                    dir.display()
                )));
            }
        } else if depth < SEARCH_DEPTH {
            folders.extend(below(&folder).into_iter().map(|below| (below, depth + 1)));
        }
    }
    discovery.projects.sort_by(|one, other| one.root.cmp(&other.root));
    Ok(())
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let is_searched = |entry: &std::fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        !name.starts_with('.')
            && !NEVER_SEARCHED.contains(&&*name)
            && entry.file_type().is_ok_and(|kind| kind.is_dir())
    };
    entries.filter_map(Result::ok).filter(is_searched).map(|entry| entry.path()).collect()
}
