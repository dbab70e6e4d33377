//! Two clones of a project that differ by one commit, made with real git.
//!
//! Git runs without the user's and the system's configuration, so that signing, hooks and templates
//! of theirs play no part.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::workspace::{Workspace, output};

/// The sample as it was, and over it the files of its last commit.
const BEFORE: &str = "xtask/sample/before";
const AFTER: &str = "xtask/sample/after";
const NAME: &str = "harbor";

/// The file that the guide proposes to edit, in the sample.
pub(super) const EDIT_FIRST: &str = "specs/007-waiting-list/README.md";

/// Two clones.
pub(super) struct Clones {
    /// At the last commit.
    pub(super) newer: PathBuf,
    /// At the one before, with the last one a `git pull` away.
    pub(super) older: PathBuf,
}

/// Clones of the sample, from a repository that is made now.
pub(super) fn clone_sample(workspace: &Workspace, folder: &Path) -> Result<Clones> {
    let origin = folder.join("origin").join(NAME);
    copy_folder(&workspace.path(BEFORE), &origin)?;
    git(&origin, &["init", "--quiet", "--initial-branch=main"])?;
    commit(&origin, "Plan the season")?;
    copy_folder(&workspace.path(AFTER), &origin)?;
    commit(&origin, "Finish the tide table, plan the fuel dock")?;
    clone_twice(&origin, folder, NAME)
}

/// Clones of the user's own project, at its commit; uncommitted work stays where it is. A project
/// without git is copied.
pub(super) fn clone_project(project: &Path, folder: &Path) -> Result<Clones> {
    let project = project.canonicalize().with_context(|| format!("{}", project.display()))?;
    let name = project.file_name().and_then(|name| name.to_str()).unwrap_or("project");
    let Ok(top) = git(&project, &["rev-parse", "--show-toplevel"]) else {
        let origin = folder.join("origin").join(name);
        copy_folder(&project, &origin)?;
        git(&origin, &["init", "--quiet", "--initial-branch=main"])?;
        commit(&origin, "The project as it is")?;
        return clone_twice(&origin, folder, name);
    };
    let top = PathBuf::from(top.trim());
    let inside = project.strip_prefix(&top).unwrap_or(Path::new("")).to_owned();
    let clones = clone_twice(&top, folder, name)?;
    let clones = Clones { newer: clones.newer.join(&inside), older: clones.older.join(inside) };
    ensure!(clones.newer.is_dir(), "{} is not committed yet: commit it first", project.display());
    Ok(clones)
}

fn clone_twice(origin: &Path, folder: &Path, name: &str) -> Result<Clones> {
    let clone = |machine: &str| {
        let place = folder.join(machine).join(name);
        fs::create_dir_all(&place)?;
        let (from, to) = (origin.display().to_string(), place.display().to_string());
        git(folder, &["clone", "--quiet", "--no-hardlinks", &from, &to])?;
        anyhow::Ok(place)
    };
    let (newer, older) = (clone("macbook")?, clone("desktop")?);
    // A project with one commit only has nothing older to show: both clones are equal then.
    if git(&older, &["rev-parse", "--verify", "--quiet", "HEAD~1"]).is_ok() {
        git(&older, &["reset", "--quiet", "--hard", "HEAD~1"])?;
    }
    Ok(Clones { newer, older })
}

fn commit(repository: &Path, message: &str) -> Result<()> {
    git(repository, &["add", "--all"])?;
    git(repository, &["commit", "--quiet", "--allow-empty", "--message", message])?;
    Ok(())
}

fn git(folder: &Path, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new("git");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"] {
        command.env_remove(name);
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" })
        .env("GIT_TERMINAL_PROMPT", "0")
        // The user asked for this folder by name; whose it is does not matter for reading it.
        .args(["-c", "safe.directory=*", "-c", "user.name=LeanSpec demo"])
        .args(["-c", "user.email=demo@example.org", "-c", "core.autocrlf=false"])
        .args(arguments)
        .current_dir(folder);
    output(&mut command)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("creating {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() && entry.file_name() != "node_modules" {
            copy_folder(&source, &target)?;
        } else if kind.is_file() {
            fs::copy(&source, &target).with_context(|| format!("copying {}", source.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_clones_of_the_sample_differ_by_one_commit_that_a_pull_brings() {
        let folder = tempfile::tempdir().expect("a folder");
        let workspace = Workspace::here().expect("in a checkout");
        let clones = clone_sample(&workspace, folder.path()).expect("cloned");
        let behind = ["rev-list", "--count", "HEAD..@{upstream}"];
        assert_eq!(git(&clones.newer, &behind).expect("counted").trim(), "0");
        assert_eq!(git(&clones.older, &behind).expect("counted").trim(), "1");
        assert!(clones.newer.join(EDIT_FIRST).is_file(), "the guide names a file that is there");
        git(&clones.older, &["pull", "--quiet"]).expect("pulled");
        assert_eq!(git(&clones.older, &behind).expect("counted").trim(), "0");
    }

    #[test]
    fn a_project_of_ones_own_is_left_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let project = folder.path().join("mine");
        let spec = project.join("specs/001-a/README.md");
        fs::create_dir_all(spec.parent().expect("has one")).expect("made");
        fs::write(&spec, "# A\n").expect("written");
        let clones = clone_project(&project, &folder.path().join("demo")).expect("copied");
        assert_eq!(
            fs::read_to_string(clones.newer.join("specs/001-a/README.md")).expect("read"),
            "# A\n"
        );
        assert!(!project.join(".git").exists());
    }
}
