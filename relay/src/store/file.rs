//! Files of a project: what a manifest named, and the content that is held.

use leanspec_shared::hash::ContentHash;
use leanspec_shared::path::FilePath;
use leanspec_shared::time::Timestamp;

use super::sql::{Row, Value, values};
use super::{Connection, StoreError};

/// A file without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredFile {
    pub(crate) path: FilePath,
    /// Of the content that is held; `None` until its first bytes arrive.
    pub(crate) hash: Option<ContentHash>,
    pub(crate) size: u64,
    pub(crate) mtime: Timestamp,
    /// What a manifest named, where it is not what is held.
    pub(crate) promised: Option<ContentHash>,
}

fn read(row: &Row) -> Result<StoredFile, StoreError> {
    Ok(StoredFile {
        path: row.parse(0)?,
        hash: row.get(1)?,
        size: row.get(2)?,
        mtime: row.get(3)?,
        promised: row.get(4)?,
    })
}

/// The bound of a range of paths as SQL compares it: NULL is no bound.
fn bound(path: Option<&FilePath>) -> Value {
    path.map_or(Value::Null, |path| Value::Text(path.as_str().to_owned()))
}

/// One file.
pub(crate) fn find(
    connection: &Connection,
    project: i64,
    path: &FilePath,
) -> Result<Option<StoredFile>, StoreError> {
    let sql = "SELECT path, hash, size, mtime, promised
        FROM mirror.file WHERE project = ?1 AND path = ?2";
    connection.one(sql, values![project, path.to_string()], read)
}

/// The files of a half-open range of paths, in byte order; `None` is no bound.
pub(crate) fn range(
    connection: &Connection,
    project: i64,
    from: Option<&FilePath>,
    to: Option<&FilePath>,
) -> Result<Vec<StoredFile>, StoreError> {
    // A blob sorts behind every text: without an upper bound the empty one is above all paths.
    let sql = "SELECT path, hash, size, mtime, promised FROM mirror.file
        WHERE project = ?1 AND path >= coalesce(?2, '') AND path < coalesce(?3, x'')
        ORDER BY path";
    connection.rows(sql, vec![Value::Integer(project), bound(from), bound(to)], read)
}

/// The files below a folder, in byte order.
pub(crate) fn below(
    connection: &Connection,
    project: i64,
    folder: &FilePath,
) -> Result<Vec<StoredFile>, StoreError> {
    // '0' is the byte after '/': the range holds what starts with the folder's name and a slash.
    let sql = "SELECT path, hash, size, mtime, promised FROM mirror.file
        WHERE project = ?1 AND path > ?2 || '/' AND path < ?2 || '0' ORDER BY path";
    connection.rows(sql, values![project, folder.to_string()], read)
}

/// The hash and the content of one file; `None` without content.
pub(crate) fn content(
    connection: &Connection,
    project: i64,
    path: &FilePath,
) -> Result<Option<(ContentHash, Vec<u8>)>, StoreError> {
    let sql = "SELECT hash, content FROM mirror.file
        WHERE project = ?1 AND path = ?2 AND hash IS NOT NULL";
    connection.one(sql, values![project, path.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Content with this hash anywhere in the project, and nowhere else: knowing a hash gives nobody
/// anything.
pub(crate) fn content_by_hash(
    connection: &Connection,
    project: i64,
    hash: ContentHash,
) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT content FROM mirror.file WHERE project = ?1 AND hash = ?2 LIMIT 1";
    connection.one(sql, values![project, hash], |row| row.get(0))
}

/// Keeps a file with its content in the place of what was there.
pub(crate) fn put(
    connection: &Connection,
    project: i64,
    path: &FilePath,
    mtime: Timestamp,
    hash: ContentHash,
    content: &[u8],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO mirror.file (project, path, hash, size, mtime, promised, content)
        VALUES (?1, ?2, ?3, ?4, ?5, NULL, ?6)
        ON CONFLICT (project, path) DO UPDATE SET hash = excluded.hash, size = excluded.size,
            mtime = excluded.mtime, promised = NULL, content = excluded.content";
    let values =
        values![project, path.to_string(), hash, content.len() as u64, mtime, content.to_vec(),];
    connection.execute(sql, values).map(drop)
}

/// Keeps a name without content, or marks the content that is held as stale, or as current again
/// (`promised: None`).
pub(crate) fn put_name(
    connection: &Connection,
    project: i64,
    file: &StoredFile,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO mirror.file (project, path, hash, size, mtime, promised)
        VALUES (?1, ?2, NULL, ?3, ?4, ?5)
        ON CONFLICT (project, path) DO UPDATE SET size = excluded.size, mtime = excluded.mtime,
            promised = excluded.promised";
    let values = values![project, file.path.to_string(), file.size, file.mtime, file.promised];
    connection.execute(sql, values).map(drop)
}

/// Removes a file.
pub(crate) fn delete(
    connection: &Connection,
    project: i64,
    path: &FilePath,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM mirror.file WHERE project = ?1 AND path = ?2";
    connection.execute(sql, values![project, path.to_string()]).map(drop)
}
