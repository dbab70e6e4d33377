//! Files that are old or new, never half: written to the side, flushed, renamed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::platform::private;
use crate::state::StateError;

/// Whether a file must survive a power loss, or is only a convenience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Flushed to the disk before this returns.
    Flushed,
    /// Whole after a kill; may be lost by a power loss.
    Whole,
}

/// Replaces `path` by a file of its owner only with these bytes.
///
/// # Errors
/// When it cannot be written; the old file is then still there.
pub fn write(path: &Path, bytes: &[u8], durability: Durability) -> Result<(), StateError> {
    let failed = |error| StateError::Io { path: path.to_owned(), error };
    let folder = path.parent().unwrap_or(Path::new("."));
    let side = side_name(path);
    let written = write_aside(&side, bytes, durability).and_then(|()| std::fs::rename(&side, path));
    if let Err(error) = written {
        let _ = std::fs::remove_file(&side);
        return Err(failed(error));
    }
    if durability == Durability::Flushed {
        private::flush_folder(folder).map_err(failed)?;
    }
    Ok(())
}

fn side_name(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // The process id keeps two programs apart that write one file without the lock, as `login`
    // beside a running bridge does.
    name.push(format!(".{}.new", std::process::id()));
    path.with_file_name(name)
}

fn write_aside(side: &Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    let mut file = private::options().truncate(true).open(side)?;
    // A leftover of a killed process keeps the mode it was made with.
    private::restrict(&file)?;
    file.write_all(bytes)?;
    if durability == Durability::Flushed {
        file.sync_all()?;
    }
    Ok(())
}

/// Writes a value as JSON.
///
/// # Errors
/// See [`write`].
pub fn write_json(
    path: &Path,
    value: &impl Serialize,
    durability: Durability,
) -> Result<(), StateError> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|error| StateError::Damaged { path: path.to_owned(), error: error.to_string() })?;
    bytes.push(b'\n');
    write(path, &bytes, durability)
}

/// Reads a value from JSON; `None` when there is no such file.
///
/// # Errors
/// When it cannot be read or is not that value.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, StateError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StateError::Io { path: path.to_owned(), error }),
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| StateError::Damaged { path: path.to_owned(), error: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let temp = tempfile::tempdir().expect("a folder");
        let path = temp.path().join("value.json");
        for value in [1, 2] {
            write_json(&path, &value, Durability::Flushed).expect("written");
            assert_eq!(read_json(&path).expect("readable"), Some(value));
        }
        assert_eq!(std::fs::read_dir(temp.path()).expect("readable").count(), 1);
        assert_eq!(read_json::<u8>(&temp.path().join("none")).expect("no error"), None);
    }

    /// The predecessor kept its keys in a file that everybody could read.
    #[cfg(unix)]
    #[test]
    fn a_file_is_its_owners_only_also_over_a_leftover_that_was_not() {
        use std::os::unix::fs::PermissionsExt;
        let temp = tempfile::tempdir().expect("a folder");
        let path = temp.path().join("key.json");
        let leftover = side_name(&path);
        std::fs::write(&leftover, "x").expect("written");
        std::fs::set_permissions(&leftover, std::fs::Permissions::from_mode(0o644)).expect("set");
        write(&path, b"secret", Durability::Whole).expect("written");
        assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o600);
    }
}
