//! A look at the databases, beside a running relay or without one, that changes nothing.

use std::path::Path;

use leanspec_shared::time::Timestamp;
use leanspec_shared::view::KeyInfo;

use super::sql::values;
use super::{Connection, StoreError, access_key, account, folder, migrations};

/// The database that must be backed up.
pub(crate) const IDENTITY: &str = "identity.db";
/// The database that the bridges fill again.
pub(crate) const MIRROR: &str = "mirror.db";

/// An opened database.
pub(crate) struct Inspected {
    connection: Connection,
    /// Its version.
    pub(crate) version: u32,
    /// The newest version that this program knows.
    pub(crate) known: u32,
}

/// Opens one of the two; `None` when it is not there.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn open(folder: &Path, file: &str) -> Result<Option<Inspected>, StoreError> {
    let path = folder.join(file);
    if !path.exists() {
        return Ok(None);
    }
    let connection = Connection::open_to_read(&path)?;
    let (version, known) = migrations::versions(&connection, file)?;
    Ok(Some(Inspected { connection, version, known }))
}

/// Whether a relay runs on this folder.
///
/// # Errors
/// When the folder cannot be written to.
pub(crate) fn is_in_use(folder: &Path) -> Result<bool, StoreError> {
    match folder::lock(folder) {
        Ok(_) => Ok(false),
        Err(StoreError::Locked) => Ok(true),
        Err(error) => Err(error),
    }
}

impl Inspected {
    /// What SQLite finds wrong with its pages; `None` when nothing is. Reads all of it.
    pub(crate) fn damage(&self) -> Result<Option<String>, StoreError> {
        let found = self.connection.one("PRAGMA quick_check(1)", values![], |row| row.get(0))?;
        Ok(found.filter(|said: &String| said != "ok"))
    }

    /// The keys in identity.
    pub(crate) fn keys(&self) -> Result<Vec<KeyInfo>, StoreError> {
        match account::only(&self.connection)? {
            Some(account) => access_key::list(&self.connection, &account),
            None => Ok(Vec::new()),
        }
    }

    /// The latest moment that identity speaks of.
    pub(crate) fn latest(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT max(at) FROM (SELECT max(created_at) AS at FROM access_key
            UNION ALL SELECT max(last_seen) FROM holder)";
        Ok(self.connection.one(sql, values![], |row| row.get::<Option<Timestamp>>(0))?.flatten())
    }
}
