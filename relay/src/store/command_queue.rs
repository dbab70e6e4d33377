//! Which commands wait: for their machine, for the end of their time, for their event.

use leanspec_shared::id::{CommandId, MachineId};
use leanspec_shared::time::Timestamp;

use super::account::AccountId;
use super::command::{StoredCommand, read, select};
use super::sql::values;
use super::{Connection, StoreError};

/// The number of a command of this machine, ended or not.
pub(crate) fn number_of(
    connection: &Connection,
    account: &AccountId,
    machine: &MachineId,
    id: &CommandId,
) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT number FROM command WHERE id = ?1 AND account = ?2 AND machine = ?3";
    let values = values![id.to_string(), account.to_string(), machine.to_string()];
    connection.one(sql, values, |row| row.get(0))
}

/// How many commands of a machine have not ended.
pub(crate) fn count_open(
    connection: &Connection,
    account: &AccountId,
    machine: &MachineId,
) -> Result<u64, StoreError> {
    let sql = "SELECT count(*) FROM command
        WHERE account = ?1 AND machine = ?2 AND ended_at IS NULL";
    let values = values![account.to_string(), machine.to_string()];
    Ok(connection.one(sql, values, |row| row.get(0))?.unwrap_or_default())
}

/// The commands of a machine that have not ended, after a number, in order of acceptance, at most
/// `limit`.
pub(crate) fn open_after(
    connection: &Connection,
    account: &AccountId,
    machine: &MachineId,
    number: u64,
    limit: u64,
) -> Result<Vec<StoredCommand>, StoreError> {
    let sql = select!(
        "WHERE account = ?1 AND machine = ?2 AND number > ?3 AND ended_at IS NULL
            ORDER BY number LIMIT ?4"
    );
    let values = values![account.to_string(), machine.to_string(), number, limit];
    connection.rows(sql, values, read)
}

/// The commands of a machine that were handed out and are not wanted any more.
pub(crate) fn unwanted(
    connection: &Connection,
    account: &AccountId,
    machine: &MachineId,
) -> Result<Vec<(u64, CommandId)>, StoreError> {
    let sql = "SELECT number, id FROM command WHERE account = ?1 AND machine = ?2
        AND ended_at IS NULL AND withdraw_requested = 1 ORDER BY number";
    let values = values![account.to_string(), machine.to_string()];
    connection.rows(sql, values, |row| Ok((row.get(0)?, row.parse(1)?)))
}

/// When the next command's time is up.
pub(crate) fn next_due(
    connection: &Connection,
    account: &AccountId,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT expires_at FROM command WHERE account = ?1 AND state = 'queued'
        ORDER BY expires_at LIMIT 1";
    connection.one(sql, values![account.to_string()], |row| row.get(0))
}

/// The commands whose time is up, at most `limit`.
pub(crate) fn due(
    connection: &Connection,
    account: &AccountId,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<StoredCommand>, StoreError> {
    let sql = select!(
        "WHERE account = ?1 AND state = 'queued' AND expires_at <= ?2
            ORDER BY expires_at, number LIMIT ?3"
    );
    connection.rows(sql, values![account.to_string(), now, limit], read)
}

/// The commands that have not ended, or ended after a moment, and whose event is not in the mirror.
pub(crate) fn untold(
    connection: &Connection,
    account: &AccountId,
    ended_after: Timestamp,
) -> Result<Vec<StoredCommand>, StoreError> {
    let sql = select!(
        "WHERE account = ?1 AND (ended_at IS NULL OR ended_at > ?2) AND NOT EXISTS (
            SELECT 1 FROM mirror.event
            WHERE mirror.event.account = ?1 AND mirror.event.seq = event_seq)
        ORDER BY number"
    );
    connection.rows(sql, values![account.to_string(), ended_after], read)
}
