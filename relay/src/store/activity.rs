//! What happened, newest first.

use leanspec_shared::command::{ActivityEntry, ActivityKind, By, CommandState};
use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::path::FilePath;
use leanspec_shared::time::Timestamp;

use super::account::AccountId;
use super::sql::{Row, values};
use super::{Connection, StoreError};

fn read(row: &Row) -> Result<ActivityEntry, StoreError> {
    let spec = row.get::<Option<String>>(9)?.map(|path| path.parse());
    Ok(ActivityEntry {
        number: row.get(0)?,
        at: row.get(1)?,
        kind: ActivityKind::from(row.get::<String>(2)?),
        command: row.parse(3)?,
        edit: row.get(4)?,
        by: By { key: row.parse(5)?, name: row.get(6)? },
        machine: row.parse(7)?,
        project: row.parse(8)?,
        spec: spec.transpose().map_err(|_| StoreError::Row { column: 9 })?,
        state: CommandState::from(row.get::<String>(10)?),
        outcome: row.json(11)?,
    })
}

/// Writes an entry down; its number is given here.
pub(crate) fn insert(
    connection: &Connection,
    account: &AccountId,
    entry: &ActivityEntry,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO activity (account, at, kind, command, edit, by_key, by_name, machine,
            project, spec, state, outcome)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let outcome = serde_json::to_string(&entry.outcome).expect("plain data always becomes JSON");
    let values = values![
        account.to_string(),
        entry.at,
        entry.kind.to_string(),
        entry.command.to_string(),
        entry.edit.clone(),
        entry.by.key.to_string(),
        entry.by.name.clone(),
        entry.machine.to_string(),
        entry.project.to_string(),
        entry.spec.as_ref().map(ToString::to_string),
        entry.state.to_string(),
        outcome,
    ];
    connection.execute(sql, values).map(drop)
}

/// Which entries to read. What is `None` does not narrow.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// Only entries with smaller numbers.
    pub(crate) before: Option<u64>,
    pub(crate) machine: Option<MachineId>,
    pub(crate) project: Option<ProjectId>,
    pub(crate) spec: Option<FilePath>,
}

/// The next entries, newest first, at most `limit`.
pub(crate) fn list(
    connection: &Connection,
    account: &AccountId,
    wanted: &Wanted,
    limit: u64,
) -> Result<Vec<ActivityEntry>, StoreError> {
    let sql = "SELECT number, at, kind, command, edit, by_key, by_name, machine, project, spec,
            state, outcome
        FROM activity WHERE account = ?1 AND number < ?2 AND (?3 IS NULL OR machine = ?3)
            AND (?4 IS NULL OR project = ?4) AND (?5 IS NULL OR spec = ?5)
        ORDER BY number DESC LIMIT ?6";
    let values = values![
        account.to_string(),
        wanted.before.unwrap_or(i64::MAX as u64),
        wanted.machine.as_ref().map(ToString::to_string),
        wanted.project.as_ref().map(ToString::to_string),
        wanted.spec.as_ref().map(ToString::to_string),
        limit,
    ];
    connection.rows(sql, values, read)
}

/// Removes the oldest entries that are from before a moment, or beyond the newest `keep`, at most
/// `limit`; how many went.
pub(crate) fn delete_outdated(
    connection: &Connection,
    account: &AccountId,
    before: Timestamp,
    keep: u64,
    limit: u64,
) -> Result<u64, StoreError> {
    let beyond = "SELECT number FROM activity WHERE account = ?1 ORDER BY number DESC
        LIMIT 1 OFFSET ?2";
    let beyond = connection.one(beyond, values![account.to_string(), keep], |row| row.get(0))?;
    // Numbers and times grow together: the first that stays is found without looking further.
    let stays = "SELECT number FROM activity WHERE account = ?1 AND at >= ?2 ORDER BY at, number
        LIMIT 1";
    let stays = connection.one(stays, values![account.to_string(), before], |row| row.get(0))?;
    let below = stays.unwrap_or(i64::MAX as u64).max(beyond.map_or(0, |last: u64| last + 1));
    let sql = "DELETE FROM activity WHERE number IN (
        SELECT number FROM activity WHERE account = ?1 AND number < ?2 ORDER BY number LIMIT ?3)";
    connection.execute(sql, values![account.to_string(), below, limit])
}
