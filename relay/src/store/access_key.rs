//! Keys: only the hash of each secret is kept.

use leanspec_shared::id::{KeyId, MachineId};
use leanspec_shared::time::Timestamp;
use leanspec_shared::view::{KeyInfo, Scope};

use super::account::AccountId;
use super::sql::{Row, values};
use super::{Connection, StoreError};

/// A key as it is stored.
pub(crate) struct StoredKey {
    pub(crate) account: AccountId,
    pub(crate) secret_hash: Vec<u8>,
    pub(crate) info: KeyInfo,
}

fn info(row: &Row) -> Result<KeyInfo, StoreError> {
    let machine = row.get::<Option<String>>(3)?;
    Ok(KeyInfo {
        id: row.parse(0)?,
        name: row.get(1)?,
        scope: Scope::from(row.get::<String>(2)?),
        machine: machine
            .map(|id| id.parse())
            .transpose()
            .map_err(|_| StoreError::Row { column: 3 })?,
        created_at: row.get(4)?,
        revoked_at: row.get(5)?,
    })
}

/// The key with this id, revoked or not.
pub(crate) fn find(connection: &Connection, id: &KeyId) -> Result<Option<StoredKey>, StoreError> {
    let sql = "SELECT id, name, scope, machine, created_at, revoked_at, account, secret_hash
        FROM access_key WHERE id = ?1";
    connection.one(sql, values![id.to_string()], |row| {
        let account = AccountId::from(row.get::<String>(6)?);
        Ok(StoredKey { account, secret_hash: row.get(7)?, info: info(row)? })
    })
}

/// All keys of an account, newest first.
pub(crate) fn list(
    connection: &Connection,
    account: &AccountId,
) -> Result<Vec<KeyInfo>, StoreError> {
    let sql = "SELECT id, name, scope, machine, created_at, revoked_at
        FROM access_key WHERE account = ?1 ORDER BY created_at DESC, id";
    connection.rows(sql, values![account.to_string()], info)
}

/// Keeps a new key.
pub(crate) fn insert(connection: &Connection, key: &StoredKey) -> Result<(), StoreError> {
    let sql = "INSERT INTO access_key (id, account, scope, name, secret_hash, machine, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let info = &key.info;
    let machine = info.machine.as_ref().map(ToString::to_string);
    let values = values![
        info.id.to_string(),
        key.account.to_string(),
        info.scope.to_string(),
        info.name.clone(),
        key.secret_hash.clone(),
        machine,
        info.created_at,
    ];
    connection.execute(sql, values).map(drop)
}

/// Binds a bridge's key to the first machine that uses it; false when it was bound before.
pub(crate) fn bind(
    connection: &Connection,
    id: &KeyId,
    machine: &MachineId,
) -> Result<bool, StoreError> {
    let sql = "UPDATE access_key SET machine = ?2 WHERE id = ?1 AND machine IS NULL";
    Ok(connection.execute(sql, values![id.to_string(), machine.to_string()])? > 0)
}

/// Revokes a key; false when the account has no such key. A second time changes nothing.
pub(crate) fn revoke(
    connection: &Connection,
    account: &AccountId,
    id: &KeyId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE access_key SET revoked_at = coalesce(revoked_at, ?3)
        WHERE account = ?1 AND id = ?2";
    Ok(connection.execute(sql, values![account.to_string(), id.to_string(), now])? > 0)
}

/// Lets go of a key as if it had never been.
pub(crate) fn remove(connection: &Connection, id: &KeyId) -> Result<(), StoreError> {
    let sql = "DELETE FROM access_key WHERE id = ?1";
    connection.execute(sql, values![id.to_string()]).map(drop)
}

/// A number that changes when another connection has written to identity: SQLite's own counter,
/// which costs no look into a table.
pub(crate) fn data_version(connection: &Connection) -> Result<u64, StoreError> {
    Ok(connection.one("PRAGMA main.data_version", values![], |row| row.get(0))?.unwrap_or_default())
}
