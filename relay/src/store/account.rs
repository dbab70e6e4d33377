//! Accounts, and the numbers of their events.

use std::fmt;
use std::sync::Arc;

use leanspec_shared::time::Timestamp;

use super::sql::values;
use super::{Connection, StoreError};
use crate::random::random_word;

/// Numbers that are taken from identity at once: one write there for so many events.
const BLOCK: u64 = 1000;

/// Whose rows these are. Every row carries one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountId(Arc<str>);

impl AccountId {
    /// The id as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for AccountId {
    fn from(id: String) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The account of this relay; `None` before the first start.
pub(crate) fn only(connection: &Connection) -> Result<Option<AccountId>, StoreError> {
    let sql = "SELECT id FROM account ORDER BY created_at LIMIT 1";
    connection.one(sql, values![], |row| Ok(AccountId::from(row.get::<String>(0)?)))
}

/// Makes an account with a random id.
pub(crate) fn create(connection: &Connection, now: Timestamp) -> Result<AccountId, StoreError> {
    let id = random_word(16);
    let sql = "INSERT INTO account (id, seq_reserved, created_at) VALUES (?1, 0, ?2)";
    connection.execute(sql, values![id.clone(), now])?;
    Ok(AccountId::from(id))
}

/// Numbers of events: reserved in blocks in identity, so that they are never used twice even when
/// the mirror is deleted or restored from an older copy.
#[derive(Clone)]
pub(super) struct SequenceNumbers {
    tag: Arc<str>,
    // One account for now; a relay of many would keep one pair for each.
    next: u64,
    reserved: u64,
}

impl SequenceNumbers {
    pub(super) fn new() -> Self {
        Self { tag: random_word(8).into(), next: 1, reserved: 0 }
    }

    /// The mark of this process: tells a history that was rolled back from the one that was read.
    pub(super) fn tag(&self) -> &Arc<str> {
        &self.tag
    }

    pub(super) fn next(
        &mut self,
        connection: &Connection,
        account: &AccountId,
    ) -> Result<u64, StoreError> {
        if self.next > self.reserved {
            self.reserve(connection, account)?;
        }
        self.next += 1;
        Ok(self.next - 1)
    }

    fn reserve(&mut self, connection: &Connection, account: &AccountId) -> Result<(), StoreError> {
        // An identity restored from an older copy may lag behind the mirror.
        let sql = "UPDATE account SET seq_reserved = max(seq_reserved, ?2,
                (SELECT coalesce(max(seq), 0) FROM mirror.event WHERE account = ?1),
                (SELECT coalesce(max(seq), 0) FROM mirror.event_floor WHERE account = ?1)) + ?3
            WHERE id = ?1";
        let values = values![account.to_string(), self.reserved, BLOCK];
        connection.execute(sql, values)?;
        let sql = "SELECT seq_reserved FROM account WHERE id = ?1";
        let reserved = connection.one(sql, values![account.to_string()], |row| row.get(0))?;
        self.reserved = reserved.ok_or_else(|| {
            StoreError::Database("the account of this relay is gone from identity.db".into())
        })?;
        self.next = self.reserved - BLOCK + 1;
        Ok(())
    }
}
