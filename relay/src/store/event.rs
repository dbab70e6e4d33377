//! The stored tail of the feed: each event with its number and the tag of the process that wrote it.

use std::sync::Arc;

use leanspec_shared::feed::{Cursor, Event};
use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::time::Timestamp;

use super::account::AccountId;
use super::sql::{Row, values};
use super::{Connection, StoreError};

/// An event as it is stored, replayed and published.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Whose.
    pub account: AccountId,
    /// Its number in the account's history.
    pub seq: u64,
    /// Of the process that wrote it.
    pub tag: Arc<str>,
    /// The machine it is about.
    pub machine: MachineId,
    /// The project it is about.
    pub project: Option<ProjectId>,
    /// The word in the line `event:`.
    pub name: String,
    /// The JSON in the line `data:`.
    pub data: String,
}

impl StoredEvent {
    pub(super) fn new(account: &AccountId, seq: u64, tag: &Arc<str>, event: &Event) -> Self {
        let (machine, project) = event.subject();
        Self {
            account: account.clone(),
            seq,
            tag: Arc::clone(tag),
            machine: machine.clone(),
            project: project.cloned(),
            name: event.name().to_owned(),
            data: event.data(),
        }
    }
}

fn cursor(row: &Row) -> Result<Cursor, StoreError> {
    Ok(Cursor { seq: row.get(0)?, tag: row.get::<String>(1)?.into() })
}

/// Stores an event.
pub(super) fn insert(
    connection: &Connection,
    event: &StoredEvent,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO mirror.event (account, seq, tag, at, machine, project, name, data)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let values = values![
        event.account.to_string(),
        event.seq,
        event.tag.to_string(),
        at,
        event.machine.to_string(),
        event.project.as_ref().map(ToString::to_string),
        event.name.clone(),
        event.data.clone(),
    ];
    connection.execute(sql, values).map(drop)
}

/// Where the account's history starts: what came before is not kept. `None` in a new mirror.
pub(crate) fn floor(
    connection: &Connection,
    account: &AccountId,
) -> Result<Option<Cursor>, StoreError> {
    let sql = "SELECT seq, tag FROM mirror.event_floor WHERE account = ?1";
    connection.one(sql, values![account.to_string()], cursor)
}

/// Moves the floor.
pub(crate) fn set_floor(
    connection: &Connection,
    account: &AccountId,
    floor: &Cursor,
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO mirror.event_floor (account, seq, tag) VALUES (?1, ?2, ?3)";
    let values = values![account.to_string(), floor.seq, floor.tag.to_string()];
    connection.execute(sql, values).map(drop)
}

/// The last event, or the floor when there is none.
pub(crate) fn head(connection: &Connection, account: &AccountId) -> Result<Cursor, StoreError> {
    let sql = "SELECT seq, tag FROM mirror.event WHERE account = ?1 ORDER BY seq DESC LIMIT 1";
    if let Some(last) = connection.one(sql, values![account.to_string()], cursor)? {
        return Ok(last);
    }
    floor(connection, account)?
        .ok_or_else(|| StoreError::Database("the history of this account has no floor".into()))
}

/// The tag that stands in the store for this number.
pub(crate) fn tag_of(
    connection: &Connection,
    account: &AccountId,
    seq: u64,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT tag FROM mirror.event WHERE account = ?1 AND seq = ?2";
    connection.one(sql, values![account.to_string(), seq], |row| row.get(0))
}

/// The next events after a number, in order, at most `limit`.
pub(crate) fn after(
    connection: &Connection,
    account: &AccountId,
    seq: u64,
    limit: u64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let sql = "SELECT seq, tag, machine, project, name, data FROM mirror.event
        WHERE account = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    connection.rows(sql, values![account.to_string(), seq, limit], |row| {
        let project = row.get::<Option<String>>(3)?.map(|id| id.parse());
        Ok(StoredEvent {
            account: account.clone(),
            seq: row.get(0)?,
            tag: row.get::<String>(1)?.into(),
            machine: row.parse(2)?,
            project: project.transpose().map_err(|_| StoreError::Row { column: 3 })?,
            name: row.get(4)?,
            data: row.get(5)?,
        })
    })
}

/// The last event that is older than `before`, or beyond the newest `keep`: up to it the history may
/// go. `None` when all of it stays.
pub(crate) fn last_outdated(
    connection: &Connection,
    account: &AccountId,
    before: Timestamp,
    keep: u64,
) -> Result<Option<Cursor>, StoreError> {
    // Numbers and times grow together: the first that stays is found without looking further.
    let stays = "SELECT seq FROM mirror.event WHERE account = ?1 AND at >= ?2 ORDER BY seq LIMIT 1";
    let stays = connection.one(stays, values![account.to_string(), before], |row| row.get(0))?;
    let by_age = "SELECT seq, tag FROM mirror.event WHERE account = ?1 AND seq < ?2
        ORDER BY seq DESC LIMIT 1";
    let below = stays.unwrap_or(i64::MAX as u64);
    let by_age = connection.one(by_age, values![account.to_string(), below], cursor)?;
    let by_count = "SELECT seq, tag FROM mirror.event WHERE account = ?1
        ORDER BY seq DESC LIMIT 1 OFFSET ?2";
    let by_count = connection.one(by_count, values![account.to_string(), keep], cursor)?;
    Ok(by_age.into_iter().chain(by_count).max_by_key(|cursor| cursor.seq))
}

/// Removes the oldest events up to and including a number, at most `limit`; how many went.
pub(crate) fn delete_up_to(
    connection: &Connection,
    account: &AccountId,
    seq: u64,
    limit: u64,
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM mirror.event WHERE account = ?1 AND seq IN (
        SELECT seq FROM mirror.event WHERE account = ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3)";
    connection.execute(sql, values![account.to_string(), seq, limit])
}
