//! Machines as readers see them.

use leanspec_shared::id::MachineId;
use leanspec_shared::view::Machine;

use super::account::AccountId;
use super::sql::{Row, values};
use super::{Connection, StoreError};

fn read(row: &Row) -> Result<Machine, StoreError> {
    Ok(Machine {
        id: row.parse(0)?,
        name: row.get(1)?,
        os: row.get(2)?,
        bridge_version: row.get(3)?,
        online: row.get(4)?,
        last_seen: row.get(5)?,
    })
}

/// One machine.
pub(crate) fn find(
    connection: &Connection,
    account: &AccountId,
    id: &MachineId,
) -> Result<Option<Machine>, StoreError> {
    let sql = "SELECT id, name, os, bridge_version, online, last_seen
        FROM mirror.machine WHERE account = ?1 AND id = ?2";
    connection.one(sql, values![account.to_string(), id.to_string()], read)
}

/// All machines of an account, by name.
pub(crate) fn list(
    connection: &Connection,
    account: &AccountId,
) -> Result<Vec<Machine>, StoreError> {
    let sql = "SELECT id, name, os, bridge_version, online, last_seen
        FROM mirror.machine WHERE account = ?1 ORDER BY name, id";
    connection.rows(sql, values![account.to_string()], read)
}

/// Keeps a machine in the place of its former state.
pub(crate) fn put(
    connection: &Connection,
    account: &AccountId,
    machine: &Machine,
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO mirror.machine
            (account, id, name, os, bridge_version, online, last_seen)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values = values![
        account.to_string(),
        machine.id.to_string(),
        machine.name.clone(),
        machine.os.clone(),
        machine.bridge_version.clone(),
        machine.online,
        machine.last_seen,
    ];
    connection.execute(sql, values).map(drop)
}

/// Removes a machine; its projects are removed one by one before.
pub(crate) fn delete(
    connection: &Connection,
    account: &AccountId,
    id: &MachineId,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM mirror.machine WHERE account = ?1 AND id = ?2";
    Ok(connection.execute(sql, values![account.to_string(), id.to_string()])? > 0)
}
