//! The tables, version by version. A step is never changed once it was released: a database of an
//! older version takes the steps it lacks, one of a newer version is left alone.

use super::{Connection, StoreError};

/// Identity, version by version.
const IDENTITY: &[&str] = &["
    CREATE TABLE account (
        id TEXT PRIMARY KEY,
        -- Numbers of events up to here are used or given away: never reused, even when the mirror
        -- is deleted.
        seq_reserved INTEGER NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE access_key (
        id TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        scope TEXT NOT NULL,
        name TEXT NOT NULL,
        secret_hash BLOB NOT NULL,
        machine TEXT,
        created_at INTEGER NOT NULL,
        revoked_at INTEGER
    ) STRICT;
    CREATE TABLE sign_in_code (
        code_hash BLOB PRIMARY KEY,
        account TEXT NOT NULL,
        scope TEXT NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE holder (
        account TEXT NOT NULL,
        machine TEXT NOT NULL,
        given_name TEXT,
        announced_name TEXT NOT NULL,
        os TEXT NOT NULL,
        bridge_version TEXT NOT NULL,
        host_mark BLOB NOT NULL,
        instance TEXT NOT NULL,
        former_instances TEXT NOT NULL,
        last_seen INTEGER NOT NULL,
        PRIMARY KEY (account, machine)
    ) STRICT;
"];

/// Mirror, version by version.
const MIRROR: &[&str] = &["
    CREATE TABLE mirror.event_floor (
        account TEXT PRIMARY KEY,
        seq INTEGER NOT NULL,
        tag TEXT NOT NULL
    ) STRICT;
    CREATE TABLE mirror.event (
        account TEXT NOT NULL,
        seq INTEGER NOT NULL,
        tag TEXT NOT NULL,
        at INTEGER NOT NULL,
        machine TEXT NOT NULL,
        project TEXT,
        name TEXT NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (account, seq)
    ) STRICT;
    CREATE TABLE mirror.machine (
        account TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        os TEXT NOT NULL,
        bridge_version TEXT NOT NULL,
        online INTEGER NOT NULL,
        last_seen INTEGER NOT NULL,
        PRIMARY KEY (account, id)
    ) STRICT;
    CREATE TABLE mirror.project (
        number INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        machine TEXT NOT NULL,
        id TEXT NOT NULL,
        facts TEXT NOT NULL,
        rev INTEGER NOT NULL,
        state_hash TEXT NOT NULL,
        summary_version INTEGER NOT NULL,
        -- Files with content, files that were named, specs: counted with every push, so that no
        -- push has to count.
        files INTEGER NOT NULL,
        names INTEGER NOT NULL,
        specs INTEGER NOT NULL,
        last_push TEXT,
        last_answer TEXT,
        UNIQUE (account, machine, id)
    ) STRICT;
    CREATE TABLE mirror.file (
        project INTEGER NOT NULL,
        path TEXT NOT NULL,
        -- Of the content that is held; null until the first bytes arrive.
        hash BLOB,
        size INTEGER NOT NULL,
        mtime INTEGER NOT NULL,
        -- What a manifest named, when it is not the content that is held.
        promised BLOB,
        content BLOB,
        UNIQUE (project, path)
    ) STRICT;
    CREATE INDEX mirror.file_by_hash ON file (project, hash);
    CREATE TABLE mirror.spec (
        project INTEGER NOT NULL,
        path TEXT NOT NULL,
        rev INTEGER NOT NULL,
        summary TEXT NOT NULL,
        UNIQUE (project, path)
    ) STRICT;
"];

/// Brings identity up to date.
pub(super) fn identity(connection: &Connection) -> Result<(), StoreError> {
    migrate(connection, "identity.db", "main", IDENTITY)
}

/// Brings the mirror up to date.
pub(super) fn mirror(connection: &Connection) -> Result<(), StoreError> {
    migrate(connection, "mirror.db", "mirror", MIRROR)
}

fn migrate(
    connection: &Connection,
    file: &'static str,
    schema: &str,
    steps: &[&str],
) -> Result<(), StoreError> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    if version(connection, schema)? == known {
        return Ok(());
    }
    connection.batch("BEGIN IMMEDIATE")?;
    // Read again under the lock: the command line may have done it in between.
    let found = version(connection, schema)?;
    if found > known {
        connection.batch("ROLLBACK")?;
        return Err(StoreError::TooNew { file, found, known });
    }
    for step in steps.iter().skip(found as usize) {
        connection.batch(step)?;
    }
    connection.batch(&format!("PRAGMA {schema}.user_version = {known}"))?;
    connection.batch("COMMIT")
}

fn version(connection: &Connection, schema: &str) -> Result<u32, StoreError> {
    let sql =
        if schema == "main" { "PRAGMA main.user_version" } else { "PRAGMA mirror.user_version" };
    Ok(connection.one(sql, Vec::new(), |row| row.get(0))?.unwrap_or_default())
}
