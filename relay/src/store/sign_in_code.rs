//! One-time codes of sign-in links: only the hash of each is kept, and only until it is used.

use leanspec_shared::time::Timestamp;
use leanspec_shared::view::Scope;

use super::account::AccountId;
use super::sql::values;
use super::{Connection, StoreError};

/// Keeps a new code, and clears away those that nobody used in time.
pub(crate) fn insert(
    connection: &Connection,
    account: &AccountId,
    code_hash: &[u8],
    scope: &Scope,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    connection.execute("DELETE FROM sign_in_code WHERE expires_at <= ?1", values![now])?;
    let sql = "INSERT INTO sign_in_code (code_hash, account, scope, expires_at)
        VALUES (?1, ?2, ?3, ?4)";
    let values = values![code_hash.to_vec(), account.to_string(), scope.to_string(), expires_at];
    connection.execute(sql, values).map(drop)
}

/// Uses a code up: whose it is and what it gives; `None` when it is unknown, used or too old.
pub(crate) fn take(
    connection: &Connection,
    code_hash: &[u8],
    now: Timestamp,
) -> Result<Option<(AccountId, Scope)>, StoreError> {
    let sql = "SELECT account, scope FROM sign_in_code WHERE code_hash = ?1 AND expires_at > ?2";
    let found = connection.one(sql, values![code_hash.to_vec(), now], |row| {
        Ok((AccountId::from(row.get::<String>(0)?), Scope::from(row.get::<String>(1)?)))
    })?;
    let sql = "DELETE FROM sign_in_code WHERE code_hash = ?1";
    connection.execute(sql, values![code_hash.to_vec()])?;
    Ok(found)
}
