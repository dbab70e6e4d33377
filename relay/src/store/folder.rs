//! The folder of the databases: private, and used by one relay at a time.

use std::fs::{DirBuilder, File, TryLockError};
use std::path::Path;

use super::StoreError;

/// Makes the folder when it does not exist. What people wrote and the hashes of their keys are
/// nobody else's business, so on Unix a new folder is the user's own; on Windows the usual place for
/// a program's data already is.
pub(super) fn make(folder: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed)
}

/// Takes the folder for this process. The lock goes with the file: also when the process is killed.
pub(super) fn lock(folder: &Path) -> Result<File, StoreError> {
    make(folder)?;
    let file = File::create(folder.join("relay.lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where `map_err` hands the error over")]
fn failed(error: std::io::Error) -> StoreError {
    StoreError::Database(error.to_string())
}
