//! Builds the UI, and only when its sources have changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result};

use crate::workspace::{Workspace, run};

/// Holds the hash of the sources that `dist` was built from. Beside the modules, so that a fresh
/// install builds afresh, and outside `dist`, so that it is not shipped.
const STAMP: &str = "ui-static/node_modules/.dist-built-from";

/// Folders of the package from which nothing is built.
const NOT_SOURCES: [&str; 5] = ["node_modules", "dist", "coverage", "gates", "screenshots"];

/// Makes sure that `ui-static/dist` holds what the sources say.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    install(workspace)?;
    let mut hasher = DefaultHasher::new();
    hash_folder(&workspace.path("ui-static"), &mut hasher)?;
    let sources = format!("{:016x}", hasher.finish());
    let stamp = workspace.path(STAMP);
    let built = workspace.path("ui-static/dist/index.html").is_file();
    if built && fs::read_to_string(&stamp).is_ok_and(|text| text == sources) {
        return Ok(());
    }
    run(&mut workspace.npm(&["run", "--silent", "build"]))?;
    fs::write(&stamp, sources).with_context(|| format!("writing {}", stamp.display()))
}

/// Installs the packages when the lock file is newer than what is installed.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    let written = |path: &str| fs::metadata(workspace.path(path)).and_then(|meta| meta.modified());
    // npm leaves this file behind when an install was complete.
    let installed = written("ui-static/node_modules/.package-lock.json").ok();
    let locked = written("ui-static/package-lock.json").context("ui-static/package-lock.json")?;
    if installed.is_some_and(|installed| installed >= locked) {
        return Ok(());
    }
    run(&mut workspace.npm(&["ci", "--no-audit", "--no-fund"]))
}

fn hash_folder(folder: &Path, hasher: &mut impl Hasher) -> Result<()> {
    let listing = || format!("reading {}", folder.display());
    let mut entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(listing)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (name, path) = (entry.file_name(), entry.path());
        if path.is_dir() {
            if !NOT_SOURCES.iter().any(|other| name == *other) {
                name.hash(hasher);
                hash_folder(&path, hasher)?;
            }
        } else {
            name.hash(hasher);
            fs::read(&path).with_context(|| path.display().to_string())?.hash(hasher);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(folder: &Path) -> u64 {
        let mut hasher = DefaultHasher::new();
        hash_folder(folder, &mut hasher).expect("readable");
        hasher.finish()
    }

    #[test]
    fn a_changed_source_changes_the_stamp_and_what_was_built_does_not() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("src")).expect("made");
        fs::create_dir_all(folder.path().join("dist")).expect("made");
        fs::write(folder.path().join("src/app.ts"), "1").expect("written");
        let before = hash(folder.path());
        fs::write(folder.path().join("dist/app.js"), "1").expect("written");
        assert_eq!(hash(folder.path()), before);
        fs::write(folder.path().join("src/app.ts"), "2").expect("written");
        assert_ne!(hash(folder.path()), before);
    }
}
