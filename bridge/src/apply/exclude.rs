//! Keeps temporary names out of `git status`: one line in the repository's own list of exclusions,
//! which is never committed. `.gitignore` belongs to the user.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use crate::source::git::Repository;

/// Matches every name that this product makes beside specs.
const LINE: &str = ".leanspec-*";

/// Writes the line where it is missing, for the repository that holds `specs`. Nothing happens
/// where there is no git. Blocks for some milliseconds.
///
/// # Errors
/// When the list cannot be read or written: changes work all the same, and a temporary name may
/// show in `git status` for some milliseconds.
pub fn ensure(root: &Path, specs: &Path) -> io::Result<()> {
    let Some(repository) = Repository::find(root, specs) else { return Ok(()) };
    let folder = repository.common_dir().join("info");
    let path = folder.join("exclude");
    let text = match std::fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        text => text?,
    };
    if text.split(|byte| *byte == b'\n').any(|line| line.trim_ascii() == LINE.as_bytes()) {
        return Ok(());
    }
    std::fs::create_dir_all(&folder)?;
    let line_end = if text.last().is_none_or(|last| *last == b'\n') { "" } else { "\n" };
    let added = format!("{line_end}# Temporary files of leanspec-bridge\n{LINE}\n");
    OpenOptions::new().append(true).create(true).open(&path)?.write_all(added.as_bytes())
}
