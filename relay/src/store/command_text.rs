//! The texts of files that belong to commands: what was posted, what was found, the difference.

use super::sql::values;
use super::{Connection, StoreError};

/// The texts of one command; `None` where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    /// Of the file, as it was posted.
    pub(crate) content: Option<String>,
    /// Of the file, as the machine found it.
    pub(crate) found: Option<String>,
    /// A unified diff.
    pub(crate) diff: Option<String>,
}

/// The texts of a command.
pub(crate) fn find(connection: &Connection, command: u64) -> Result<Texts, StoreError> {
    let sql = "SELECT content, found, diff FROM command_text WHERE command = ?1";
    let found = connection.one(sql, values![command], |row| {
        Ok(Texts { content: row.get(0)?, found: row.get(1)?, diff: row.get(2)? })
    })?;
    Ok(found.unwrap_or_default())
}

/// Adds texts to those that are kept of a command.
pub(crate) fn add(connection: &Connection, command: u64, texts: Texts) -> Result<(), StoreError> {
    if texts == Texts::default() {
        return Ok(());
    }
    let sql = "INSERT INTO command_text (command, content, found, diff) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (command) DO UPDATE SET content = coalesce(excluded.content, content),
            found = coalesce(excluded.found, found), diff = coalesce(excluded.diff, diff)";
    let Texts { content, found, diff } = texts;
    connection.execute(sql, values![command, content, found, diff]).map(drop)
}
