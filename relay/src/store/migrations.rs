//! The tables, version by version. A step is never changed once it was released: a database of an
//! older version takes the steps it lacks, one of a newer version is left alone.

use super::{Connection, StoreError};

/// Identity, version by version.
const IDENTITY: &[&str] = &[
    "
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
",
    "
    CREATE TABLE command (
        -- The order of acceptance; never used twice.
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        account TEXT NOT NULL,
        machine TEXT NOT NULL,
        project TEXT NOT NULL,
        state TEXT NOT NULL,
        -- What was posted and what came of it, without the texts of files.
        posted TEXT NOT NULL,
        outcome TEXT,
        by_key TEXT NOT NULL,
        by_name TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        delivered_at INTEGER,
        ended_at INTEGER,
        withdraw_requested INTEGER NOT NULL,
        rebased_as TEXT,
        -- The event that last told of it: looked for at the start, since the mirror may be cut off
        -- or gone.
        event_seq INTEGER NOT NULL,
        idempotency_key TEXT,
        request_hash BLOB
    ) STRICT;
    CREATE INDEX command_by_account ON command (account, number);
    CREATE INDEX command_open ON command (account, machine, number) WHERE ended_at IS NULL;
    CREATE INDEX command_due ON command (account, expires_at) WHERE state = 'queued';
    CREATE INDEX command_unwanted ON command (account, machine)
        WHERE ended_at IS NULL AND withdraw_requested = 1;
    CREATE INDEX command_ended ON command (account, ended_at) WHERE ended_at IS NOT NULL;
    CREATE INDEX command_by_state ON command (account, state);
    CREATE UNIQUE INDEX command_by_request ON command (account, idempotency_key)
        WHERE idempotency_key IS NOT NULL;
    -- The texts of files that a command brought, found and differed by: apart, so that what is
    -- read often stays small.
    CREATE TABLE command_text (
        command INTEGER PRIMARY KEY,
        content TEXT,
        found TEXT,
        diff TEXT
    ) STRICT;
    CREATE TABLE activity (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        command TEXT NOT NULL,
        edit TEXT NOT NULL,
        by_key TEXT NOT NULL,
        by_name TEXT NOT NULL,
        machine TEXT NOT NULL,
        project TEXT NOT NULL,
        spec TEXT,
        state TEXT NOT NULL,
        outcome TEXT NOT NULL
    ) STRICT;
    CREATE INDEX activity_by_account ON activity (account, number);
    CREATE INDEX activity_by_time ON activity (account, at);
",
];

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

/// The version of a database that is open alone, and the newest that this program knows.
pub(super) fn versions(connection: &Connection, file: &str) -> Result<(u32, u32), StoreError> {
    let steps = if file == super::inspect::MIRROR { MIRROR } else { IDENTITY };
    Ok((version(connection, "main")?, u32::try_from(steps.len()).unwrap_or(u32::MAX)))
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
    let done = steps
        .iter()
        .skip(found as usize)
        .try_for_each(|step| connection.batch(step))
        .and_then(|()| connection.batch(&format!("PRAGMA {schema}.user_version = {known}")))
        .and_then(|()| connection.batch("COMMIT"));
    if done.is_err() {
        connection.batch("ROLLBACK")?;
    }
    done
}

fn version(connection: &Connection, schema: &str) -> Result<u32, StoreError> {
    let sql =
        if schema == "main" { "PRAGMA main.user_version" } else { "PRAGMA mirror.user_version" };
    Ok(connection.one(sql, Vec::new(), |row| row.get(0))?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql::values;

    /// A database as the first released program left it. These lines are never changed: when a
    /// version is added, the test shows that the old one still opens.
    const IDENTITY_VERSION_1: &str = "
        CREATE TABLE account (id TEXT PRIMARY KEY, seq_reserved INTEGER NOT NULL,
            created_at INTEGER NOT NULL) STRICT;
        CREATE TABLE access_key (id TEXT PRIMARY KEY, account TEXT NOT NULL, scope TEXT NOT NULL,
            name TEXT NOT NULL, secret_hash BLOB NOT NULL, machine TEXT,
            created_at INTEGER NOT NULL, revoked_at INTEGER) STRICT;
        CREATE TABLE sign_in_code (code_hash BLOB PRIMARY KEY, account TEXT NOT NULL,
            scope TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;
        CREATE TABLE holder (account TEXT NOT NULL, machine TEXT NOT NULL, given_name TEXT,
            announced_name TEXT NOT NULL, os TEXT NOT NULL, bridge_version TEXT NOT NULL,
            host_mark BLOB NOT NULL, instance TEXT NOT NULL, former_instances TEXT NOT NULL,
            last_seen INTEGER NOT NULL, PRIMARY KEY (account, machine)) STRICT;
        INSERT INTO account VALUES ('old-account', 3000, 0);
        INSERT INTO access_key VALUES ('k1', 'old-account', 'view', 'wall', x'00', NULL, 0, NULL);
        PRAGMA user_version = 1;
    ";

    fn database() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().expect("a folder");
        let connection = Connection::open(&folder.path().join("identity.db")).expect("opens");
        (folder, connection)
    }

    #[test]
    fn an_identity_of_the_first_version_opens_with_all_that_is_in_it() {
        let (_folder, connection) = database();
        connection.batch(IDENTITY_VERSION_1).expect("SQL");
        identity(&connection).expect("migrates");
        let account = crate::store::account::only(&connection).expect("readable").expect("there");
        let keys = crate::store::access_key::list(&connection, &account).expect("readable");
        assert_eq!((account.as_str(), keys.len()), ("old-account", 1));
        assert_eq!(version(&connection, "main").ok(), u32::try_from(IDENTITY.len()).ok());
        let states = crate::store::command::count_by_state(&connection, &account);
        assert_eq!(states.expect("the table of commands is there"), []);
    }

    #[test]
    fn an_older_database_takes_the_steps_it_lacks_and_keeps_its_rows() {
        let (_folder, connection) = database();
        let steps = [
            "CREATE TABLE thing (name TEXT); INSERT INTO thing VALUES ('kept')",
            "ALTER TABLE thing ADD COLUMN size INTEGER NOT NULL DEFAULT 7",
        ];
        migrate(&connection, "identity.db", "main", &steps[..1]).expect("first version");
        migrate(&connection, "identity.db", "main", &steps).expect("second version");
        migrate(&connection, "identity.db", "main", &steps).expect("nothing to do");
        let read = |row: &crate::store::sql::Row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?));
        let rows = connection.rows("SELECT name, size FROM thing", values![], read);
        assert_eq!(rows.expect("readable"), [("kept".to_owned(), 7)]);
    }

    #[test]
    fn a_database_of_a_newer_program_is_left_alone() {
        let (_folder, connection) = database();
        connection.batch("PRAGMA user_version = 99").expect("SQL");
        let refused = identity(&connection).expect_err("too new");
        assert!(matches!(refused, StoreError::TooNew { found: 99, .. }), "{refused}");
        assert_eq!(version(&connection, "main").ok(), Some(99));
    }

    #[test]
    fn a_step_that_fails_leaves_the_version_it_found() {
        let (_folder, connection) = database();
        let steps = ["CREATE TABLE thing (name TEXT)", "CREATE TABLE thing (name TEXT)"];
        assert!(migrate(&connection, "identity.db", "main", &steps).is_err());
        assert_eq!(version(&connection, "main").ok(), Some(0));
        migrate(&connection, "identity.db", "main", &steps[..1]).expect("nothing was kept");
    }
}
