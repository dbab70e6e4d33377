//! A file written for a moment to see whether the platform reports changes in this folder.
//!
//! Network file systems, mounts from another operating system and some containers accept watches
//! and never report anything; no list of file systems knows them all.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

/// How the name of every canary begins.
pub const CANARY_PREFIX: &str = ".leanspec-canary-";

/// How long the platform may take to report it, in milliseconds. Natively it is one or two.
pub const CANARY_WAIT_MS: u64 = 1500;

/// Writes the canary and removes it at once.
///
/// # Errors
/// When nothing can be written there; then nothing is known about events either.
pub fn sing(specs: &Path, name: &str) -> io::Result<()> {
    let path = specs.join(name);
    OpenOptions::new().write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)
}

/// Removes canaries of a process that was killed between writing and removing.
pub fn sweep(specs: &Path) {
    let Ok(entries) = std::fs::read_dir(specs) else { return };
    for entry in entries.filter_map(Result::ok) {
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(CANARY_PREFIX)) {
            // Another process may be faster; then it is gone as well.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_leaves_nothing_behind_and_old_ones_are_swept() {
        let dir = tempfile::tempdir().expect("a folder");
        sing(dir.path(), ".leanspec-canary-1").expect("written");
        std::fs::write(dir.path().join(".leanspec-canary-old"), "").expect("written");
        std::fs::write(dir.path().join(".leanspec-other"), "").expect("written");
        sweep(dir.path());
        let left: Vec<_> = std::fs::read_dir(dir.path()).expect("there").collect();
        assert_eq!(left.len(), 1);
    }
}
