//! Commands: what a person asked for, and what became of it. The texts of files stand apart, in
//! [`super::command_text`].

use leanspec_shared::command::{By, Command, CommandState};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::{CommandId, MachineId, ProjectId};
use leanspec_shared::time::Timestamp;
use serde::Serialize;

use super::account::AccountId;
use super::sql::{Row, values};
use super::{Connection, StoreError};

/// A command without the texts of files, with what the relay alone knows of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredCommand {
    /// Its place in the order of acceptance; 0 until it is stored.
    pub(crate) number: u64,
    pub(crate) command: Command,
    /// The event that last told of it.
    pub(crate) event_seq: u64,
}

/// The name that a caller gave to a request, and what was in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) key: String,
    pub(crate) hash: ContentHash,
}

/// Every query of this table reads the same columns, in the order of [`read`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT number, id, machine, project, state, posted, outcome, by_key, by_name,
                created_at, expires_at, delivered_at, ended_at, withdraw_requested, rebased_as,
                event_seq FROM command ",
            $rest
        )
    };
}
pub(super) use select;

pub(super) fn read(row: &Row) -> Result<StoredCommand, StoreError> {
    let rebased_as = row.get::<Option<String>>(14)?.map(|id| id.parse());
    let command = Command {
        id: row.parse(1)?,
        machine: row.parse(2)?,
        project: row.parse(3)?,
        state: CommandState::from(row.get::<String>(4)?),
        posted: row.json(5)?,
        outcome: row.get::<Option<String>>(6)?.map(|_| row.json(6)).transpose()?,
        by: By { key: row.parse(7)?, name: row.get(8)? },
        created_at: row.get(9)?,
        expires_at: row.get(10)?,
        delivered_at: row.get(11)?,
        ended_at: row.get(12)?,
        withdraw_requested: row.get(13)?,
        rebased_as: rebased_as.transpose().map_err(|_| StoreError::Row { column: 14 })?,
    };
    Ok(StoredCommand { number: row.get(0)?, command, event_seq: row.get(15)? })
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data always becomes JSON")
}

/// Keeps a new command; its number.
pub(crate) fn insert(
    connection: &Connection,
    account: &AccountId,
    stored: &StoredCommand,
    request: Option<Request>,
) -> Result<u64, StoreError> {
    let sql = "INSERT INTO command (id, account, machine, project, state, posted, by_key, by_name,
            created_at, expires_at, delivered_at, withdraw_requested, event_seq, idempotency_key,
            request_hash)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, ?12, ?13, ?14) RETURNING number";
    let command = &stored.command;
    let (key, hash) = request.map(|request| (request.key, request.hash)).unzip();
    let values = values![
        command.id.to_string(),
        account.to_string(),
        command.machine.to_string(),
        command.project.to_string(),
        command.state.to_string(),
        json(&command.posted),
        command.by.key.to_string(),
        command.by.name.clone(),
        command.created_at,
        command.expires_at,
        command.delivered_at,
        stored.event_seq,
        key,
        hash,
    ];
    connection
        .one(sql, values, |row| row.get(0))?
        .ok_or_else(|| StoreError::Database("a command just stored has no number".into()))
}

/// Keeps what has changed of a command.
pub(crate) fn update(connection: &Connection, stored: &StoredCommand) -> Result<(), StoreError> {
    let sql = "UPDATE command SET state = ?2, outcome = ?3, delivered_at = ?4, ended_at = ?5,
            withdraw_requested = ?6, rebased_as = ?7, event_seq = ?8
        WHERE number = ?1";
    let command = &stored.command;
    let values = values![
        stored.number,
        command.state.to_string(),
        command.outcome.as_ref().map(json),
        command.delivered_at,
        command.ended_at,
        command.withdraw_requested,
        command.rebased_as.as_ref().map(ToString::to_string),
        stored.event_seq,
    ];
    connection.execute(sql, values).map(drop)
}

/// One command.
pub(crate) fn find(
    connection: &Connection,
    account: &AccountId,
    id: &CommandId,
) -> Result<Option<StoredCommand>, StoreError> {
    let sql = select!("WHERE id = ?1 AND account = ?2");
    connection.one(sql, values![id.to_string(), account.to_string()], read)
}

/// The command that was made by a request of this name, and what was in the request.
pub(crate) fn of_request(
    connection: &Connection,
    account: &AccountId,
    key: &str,
) -> Result<Option<(StoredCommand, ContentHash)>, StoreError> {
    let of_key = "SELECT request_hash FROM command WHERE account = ?1 AND idempotency_key = ?2";
    let values = || values![account.to_string(), key.to_owned()];
    let hash = connection.one(of_key, values(), |row| row.get(0))?;
    let sql = select!("WHERE account = ?1 AND idempotency_key = ?2");
    Ok(connection.one(sql, values(), read)?.zip(hash))
}

/// Lets go of the name of a request, so that it can be used again.
pub(crate) fn forget_request(connection: &Connection, number: u64) -> Result<(), StoreError> {
    let sql = "UPDATE command SET idempotency_key = NULL, request_hash = NULL WHERE number = ?1";
    connection.execute(sql, values![number]).map(drop)
}

/// Which commands to list. What is `None` does not narrow.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) machine: Option<MachineId>,
    pub(crate) project: Option<ProjectId>,
}

impl Wanted {
    fn values(&self, account: &AccountId) -> Vec<super::sql::Value> {
        let machine = self.machine.as_ref().map(ToString::to_string);
        let project = self.project.as_ref().map(ToString::to_string);
        values![account.to_string(), machine, project]
    }
}

/// The commands that have not ended, in order of acceptance.
pub(crate) fn list_open(
    connection: &Connection,
    account: &AccountId,
    wanted: &Wanted,
) -> Result<Vec<StoredCommand>, StoreError> {
    list_some_open(connection, account, wanted, i64::MAX as u64)
}

/// The same, at most `limit`.
pub(crate) fn list_some_open(
    connection: &Connection,
    account: &AccountId,
    wanted: &Wanted,
    limit: u64,
) -> Result<Vec<StoredCommand>, StoreError> {
    let sql = select!(
        "WHERE account = ?1 AND ended_at IS NULL AND (?2 IS NULL OR machine = ?2)
            AND (?3 IS NULL OR project = ?3) ORDER BY +number LIMIT ?4"
    );
    // The sign keeps SQLite from walking through all that has ended, for the sake of the order.
    let mut values = wanted.values(account);
    values.extend(values![limit]);
    connection.rows(sql, values, read)
}

/// The newest commands, ended or not, in order of acceptance.
pub(crate) fn list_newest(
    connection: &Connection,
    account: &AccountId,
    wanted: &Wanted,
    limit: u64,
) -> Result<Vec<StoredCommand>, StoreError> {
    let sql = select!(
        "WHERE account = ?1 AND (?2 IS NULL OR machine = ?2) AND (?3 IS NULL OR project = ?3)
            ORDER BY number DESC LIMIT ?4"
    );
    let mut values = wanted.values(account);
    values.extend(values![limit]);
    let mut newest = connection.rows(sql, values, read)?;
    newest.reverse();
    Ok(newest)
}

/// How many commands are in each state.
pub(crate) fn count_by_state(
    connection: &Connection,
    account: &AccountId,
) -> Result<Vec<(CommandState, u64)>, StoreError> {
    let sql = "SELECT state, count(*) FROM command WHERE account = ?1 GROUP BY state";
    connection.rows(sql, values![account.to_string()], |row| {
        Ok((CommandState::from(row.get::<String>(0)?), row.get(1)?))
    })
}

/// Removes the commands that ended before a moment, with their texts, at most `limit`; how many went.
pub(crate) fn delete_ended(
    connection: &Connection,
    account: &AccountId,
    before: Timestamp,
    limit: u64,
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM command_text WHERE command IN (
        SELECT number FROM command WHERE account = ?1 AND ended_at < ?2 ORDER BY ended_at, number
            LIMIT ?3)";
    connection.execute(sql, values![account.to_string(), before, limit])?;
    let sql = "DELETE FROM command WHERE number IN (
        SELECT number FROM command WHERE account = ?1 AND ended_at < ?2 ORDER BY ended_at, number
            LIMIT ?3)";
    connection.execute(sql, values![account.to_string(), before, limit])
}
