//! What is measured on: a copy of a specs folder, or generated specs.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use tempfile::TempDir;

use crate::Data;

/// A project in a temporary folder, free to be changed.
pub(crate) struct Project {
    /// The project's folder; its specs stand in `specs`.
    pub(crate) folder: TempDir,
    /// In words, for the report.
    pub(crate) name: String,
    /// Bytes of all files.
    pub(crate) bytes: u64,
}

impl Project {
    /// The specs folder.
    pub(crate) fn specs(&self) -> PathBuf {
        self.folder.path().join("specs")
    }

    /// Main files of the specs directly below the specs folder, by path.
    pub(crate) fn main_files(&self) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.specs())? {
            let file = entry?.path().join("README.md");
            if file.is_file() {
                files.push(file);
            }
        }
        files.sort();
        ensure!(!files.is_empty(), "no spec with a README.md in {}", self.specs().display());
        Ok(files)
    }
}

/// Lays the project out.
pub(crate) fn project(data: &Data) -> Result<Project> {
    let folder = tempfile::tempdir()?;
    let target = folder.path().join("specs");
    fs::create_dir(&target)?;
    let name = match &data.specs {
        Some(source) => {
            copy(source, &target).with_context(|| format!("copying {}", source.display()))?;
            format!("{} specs of {}", fs::read_dir(&target)?.count(), source.display())
        }
        None => {
            generate(&target, data.generated)?;
            format!("{} generated specs", data.generated)
        }
    };
    let bytes = size(&target)?;
    Ok(Project { folder, name, bytes })
}

fn copy(source: &Path, target: &Path) -> Result<()> {
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        let target = target.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir(&target)?;
            copy(&entry.path(), &target)?;
        } else if entry.file_type()?.is_file() {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        bytes += if kind.is_dir() { size(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}

/// Words with about the spread of those in a plan: enough for zstd to find what it finds in prose.
const WORDS: &str = "the a of to and in is for with on that this we it as be by not from when file \
    relay bridge spec user status project machine change should must after before list search sync \
    token model parser render cache index query schema error test build deploy update migrate";

fn generate(folder: &Path, count: usize) -> Result<()> {
    let mut random = StdRng::seed_from_u64(1);
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    for number in 1..=count {
        let spec = folder.join(format!("{number:05}-generated-{number}"));
        fs::create_dir(&spec)?;
        let mut text = format!(
            "---\nstatus: planned\ncreated: '2026-01-01'\npriority: medium\ntags:\n  - generated\n---\n\n# Generated {number}\n"
        );
        for _ in 0..random.random_range(10..60) {
            let line: Vec<_> = (0..12).filter_map(|_| words.choose(&mut random)).copied().collect();
            writeln!(text, "{}", line.join(" "))?;
        }
        fs::write(spec.join("README.md"), text)?;
    }
    Ok(())
}
