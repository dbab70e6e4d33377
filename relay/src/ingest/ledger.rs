//! The counts and the check sum of a project, carried along with each change of a file, so that an
//! edit costs the same with ten files or ten thousand.

use leanspec_shared::hash::ContentHash;
use leanspec_shared::limits::FILES_PER_PROJECT_MAX;
use leanspec_shared::path::FilePath;
use leanspec_shared::time::Timestamp;

use super::IngestError;
use crate::store::file::{self, StoredFile};
use crate::store::project::StoredProject;
use crate::store::{Connection, StoreError};

/// Keeps content for a file, in the place of what was there.
pub(super) fn put(
    connection: &Connection,
    project: &mut StoredProject,
    path: &FilePath,
    mtime: Timestamp,
    hash: ContentHash,
    content: &[u8],
) -> Result<(), IngestError> {
    let old = file::find(connection, project.number, path)?;
    match &old {
        None => name_one_more(project)?,
        Some(StoredFile { hash: Some(old), .. }) => count_out(project, path, old),
        Some(_) => {}
    }
    project.files += 1;
    project.state_hash.insert(path, &hash);
    Ok(file::put(connection, project.number, path, mtime, hash, content)?)
}

/// Keeps the name of a file whose content is still to come.
pub(super) fn put_name(
    connection: &Connection,
    project: &mut StoredProject,
    file: &StoredFile,
) -> Result<(), IngestError> {
    name_one_more(project)?;
    Ok(file::put_name(connection, project.number, file)?)
}

/// Removes a file.
pub(super) fn remove(
    connection: &Connection,
    project: &mut StoredProject,
    file: &StoredFile,
) -> Result<(), StoreError> {
    if let Some(hash) = &file.hash {
        count_out(project, &file.path, hash);
    }
    project.names -= 1;
    file::delete(connection, project.number, &file.path)
}

fn count_out(project: &mut StoredProject, path: &FilePath, hash: &ContentHash) {
    project.files -= 1;
    project.state_hash.remove(path, hash);
}

fn name_one_more(project: &mut StoredProject) -> Result<(), IngestError> {
    if project.names >= FILES_PER_PROJECT_MAX as u64 {
        let limit = FILES_PER_PROJECT_MAX as u64;
        return Err(IngestError::TooMany { what: "files in one project", limit });
    }
    project.names += 1;
    Ok(())
}
