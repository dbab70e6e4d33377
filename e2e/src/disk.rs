//! The disk as tests see and change it: an independent walk, and the ways in which editors save.
//!
//! No code of the bridge has a part in this: whoever checks does not share the faults of what is
//! checked.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Every regular file below `folder`, by its path with slashes, with its bytes.
///
/// # Errors
/// When something cannot be read.
pub fn read_all(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push((entry.path(), format!("{name}/")));
            } else if kind.is_file() {
                let bytes = fs::read(entry.path()).with_context(|| name.clone())?;
                files.insert(name, bytes);
            }
        }
    }
    Ok(files)
}

/// Writes a file whole, its folders made as needed.
///
/// # Errors
/// When it cannot be written.
pub fn write(folder: &Path, path: &str, bytes: impl AsRef<[u8]>) -> Result<PathBuf> {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().context("a file stands in a folder")?)?;
    fs::write(&file, bytes).with_context(|| file.display().to_string())?;
    Ok(file)
}

/// Saves as most editors do: into a file beside it, which then takes the name.
///
/// # Errors
/// When one of the steps fails.
pub fn save_by_rename(file: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    let beside = file.with_extension("md.tmp");
    fs::write(&beside, bytes)?;
    fs::rename(&beside, file).with_context(|| file.display().to_string())
}

/// Saves as vim does with a backup: a swap file, a probe `4913`, the old file moved away, the new one
/// written, the backup and the swap file removed.
///
/// # Errors
/// When one of the steps fails.
pub fn save_like_vim(file: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    let folder = file.parent().context("a file stands in a folder")?;
    let name = file.file_name().context("a file has a name")?.to_string_lossy().into_owned();
    let (swap, probe) = (folder.join(format!(".{name}.swp")), folder.join("4913"));
    let backup = folder.join(format!("{name}~"));
    fs::write(&swap, b"b0VIM")?;
    fs::write(&probe, b"")?;
    fs::remove_file(&probe)?;
    fs::rename(file, &backup)?;
    let mut new = fs::File::create(file)?;
    new.write_all(bytes.as_ref())?;
    new.sync_all()?;
    fs::remove_file(&backup)?;
    fs::remove_file(&swap).context("the swap file")
}

/// A small healthy spec.
#[must_use]
pub fn spec(title: &str, status: &str) -> String {
    format!(
        "---\nstatus: {status}\ncreated: 2026-01-15\npriority: medium\ntags:\n- test\n---\n\n# {title}\n\n## Plan\n\n- [x] think\n- [ ] build\n"
    )
}

/// Writes `count` specs, `0001-spec` and so on.
///
/// # Errors
/// When one cannot be written.
pub fn write_specs(specs: &Path, count: usize) -> Result<()> {
    for number in 1..=count {
        let body = spec(&format!("Spec number {number}"), "planned");
        write(specs, &format!("{number:04}-spec/README.md"), body)?;
    }
    Ok(())
}

/// When the styled spec was last changed.
pub const STYLED_UPDATED_AT: &str = "2026-01-15T08:00:00.000Z";

/// A spec that somebody wrote in a style of their own: comments, quotes, an order of keys, a list in
/// one line. An edit may change none of that.
#[must_use]
pub fn styled_spec() -> String {
    format!(
        "---\n# The harbour master's own order\ntitle: 'Harbour lights'\nstatus: planned # since spring\n\n\
         priority: \"medium\"\ntags: [sea, 'light']\ncreated: '2026-01-15'\nupdated_at: '{STYLED_UPDATED_AT}'\n\
         transitions:\n  - status: planned\n    at: '{STYLED_UPDATED_AT}'\n---\n\n# Harbour lights\n\n\
         ## Plan\n\n- [x] think\n- [ ] build   \n\n---\n\nNo newline at the end"
    )
}

/// Everything below a folder as a watchful owner sees it: names, kinds, sizes, times and, where
/// there are such, inodes. Two listings are equal when nothing was written, not even for a moment
/// that left another time behind.
///
/// # Errors
/// When something cannot be read.
pub fn listing(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut entries = BTreeMap::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        entries.insert(format!("{prefix}."), facts(&fs::symlink_metadata(&folder)?)?);
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let metadata = fs::symlink_metadata(entry.path())?;
            if metadata.is_dir() {
                folders.push((entry.path(), format!("{name}/")));
            } else {
                entries.insert(name, facts(&metadata)?);
            }
        }
    }
    Ok(entries)
}

fn facts(metadata: &fs::Metadata) -> Result<String> {
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(metadata);
    #[cfg(not(unix))]
    let inode = 0;
    let (kind, modified) = (metadata.file_type(), metadata.modified()?);
    Ok(format!("{kind:?} {} bytes, inode {inode}, {modified:?}", metadata.len()))
}
