//! Specs of a project: the summaries that the bridge parsed, kept without reading them.

use leanspec_shared::path::FilePath;
use serde_json::{Map, Value as Json};

use super::sql::{Row, Value, values};
use super::{Connection, StoreError};

/// A spec without its files.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredSpec {
    pub(crate) path: FilePath,
    /// The project's `rev` that last touched it.
    pub(crate) rev: u64,
    pub(crate) summary: Map<String, Json>,
}

fn read(row: &Row) -> Result<StoredSpec, StoreError> {
    Ok(StoredSpec { path: row.parse(0)?, rev: row.get(1)?, summary: row.json(2)? })
}

/// One spec.
pub(crate) fn find(
    connection: &Connection,
    project: i64,
    path: &FilePath,
) -> Result<Option<StoredSpec>, StoreError> {
    let sql = "SELECT path, rev, summary FROM mirror.spec WHERE project = ?1 AND path = ?2";
    connection.one(sql, values![project, path.to_string()], read)
}

/// Whether there is such a spec.
pub(crate) fn exists(
    connection: &Connection,
    project: i64,
    path: &FilePath,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM mirror.spec WHERE project = ?1 AND path = ?2";
    Ok(connection.one(sql, values![project, path.to_string()], |_| Ok(()))?.is_some())
}

/// All specs of a project, in byte order of their paths.
pub(crate) fn list(connection: &Connection, project: i64) -> Result<Vec<StoredSpec>, StoreError> {
    let sql = "SELECT path, rev, summary FROM mirror.spec WHERE project = ?1 ORDER BY path";
    connection.rows(sql, values![project], read)
}

/// The paths of the specs of a half-open range, in byte order; `None` is no bound.
pub(crate) fn paths(
    connection: &Connection,
    project: i64,
    from: Option<&FilePath>,
    to: Option<&FilePath>,
) -> Result<Vec<FilePath>, StoreError> {
    let bound = |path: Option<&FilePath>| {
        path.map_or(Value::Null, |path| Value::Text(path.as_str().to_owned()))
    };
    // A blob sorts behind every text: without an upper bound the empty one is above all paths.
    let sql = "SELECT path FROM mirror.spec
        WHERE project = ?1 AND path >= coalesce(?2, '') AND path < coalesce(?3, x'')
        ORDER BY path";
    let values = vec![Value::Integer(project), bound(from), bound(to)];
    connection.rows(sql, values, |row| row.parse(0))
}

/// The paths of the specs below a folder, in byte order.
pub(crate) fn paths_below(
    connection: &Connection,
    project: i64,
    folder: &FilePath,
) -> Result<Vec<FilePath>, StoreError> {
    let sql = "SELECT path FROM mirror.spec
        WHERE project = ?1 AND path > ?2 || '/' AND path < ?2 || '0' ORDER BY path";
    connection.rows(sql, values![project, folder.to_string()], |row| row.parse(0))
}

/// Keeps a spec in the place of its former state.
pub(crate) fn put(
    connection: &Connection,
    project: i64,
    spec: &StoredSpec,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO mirror.spec (project, path, rev, summary) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (project, path) DO UPDATE SET rev = excluded.rev, summary = excluded.summary";
    let summary = serde_json::to_string(&spec.summary).expect("JSON becomes text");
    let values = values![project, spec.path.to_string(), spec.rev, summary];
    connection.execute(sql, values).map(drop)
}

/// Marks a spec as touched by a push.
pub(crate) fn touch(
    connection: &Connection,
    project: i64,
    path: &FilePath,
    rev: u64,
) -> Result<(), StoreError> {
    let sql = "UPDATE mirror.spec SET rev = ?3 WHERE project = ?1 AND path = ?2";
    connection.execute(sql, values![project, path.to_string(), rev]).map(drop)
}

/// Removes a spec; false when there was none.
pub(crate) fn delete(
    connection: &Connection,
    project: i64,
    path: &FilePath,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM mirror.spec WHERE project = ?1 AND path = ?2";
    Ok(connection.execute(sql, values![project, path.to_string()])? > 0)
}
