//! One connection to an embedded database. The only file that touches libsql: what it does to its
//! statements and errors stays in here.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use leanspec_shared::hash::{ContentHash, StateHash};
use leanspec_shared::time::Timestamp;
pub(super) use libsql::Value;

use super::StoreError;

/// How long a statement waits for another process, such as `leanspec-relay key create`.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// SQLite's primary result code for "no room on the disk".
const SQLITE_FULL: i32 = 13;
/// "No room for the shared memory of the write-ahead log", an extended code.
const SQLITE_IOERR_SHMSIZE: i32 = 4874;

/// Calls on an embedded database never suspend: libsql's `async` is for its remote form.
fn at_once<F: Future>(call: F) -> F::Output {
    call.now_or_never().expect("an embedded database answers before it returns")
}

impl From<libsql::Error> for StoreError {
    fn from(error: libsql::Error) -> Self {
        match error {
            libsql::Error::SqliteFailure(code, _)
                if code & 0xff == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE =>
            {
                Self::Full
            }
            other => Self::Database(other.to_string()),
        }
    }
}

/// A connection that keeps the statements it has prepared.
pub(crate) struct Connection {
    inner: libsql::Connection,
    statements: RefCell<HashMap<&'static str, Arc<libsql::Statement>>>,
}

impl Connection {
    /// Opens the database at `path`, which is made when it does not exist.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, libsql::OpenFlags::default())
    }

    /// Opens a database that exists, and never writes to it.
    pub(super) fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, libsql::OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    fn open_with(path: &Path, flags: libsql::OpenFlags) -> Result<Self, StoreError> {
        let database = at_once(libsql::Builder::new_local(path).flags(flags).build())?;
        let inner = database.connect()?;
        inner.busy_timeout(BUSY_TIMEOUT)?;
        Ok(Self { inner, statements: RefCell::default() })
    }

    /// Runs statements without parameters, such as `PRAGMA` and `CREATE`.
    pub(super) fn batch(&self, sql: &str) -> Result<(), StoreError> {
        at_once(self.inner.execute_batch(sql))?;
        Ok(())
    }

    /// Runs a statement that returns no rows; how many rows it changed.
    pub(super) fn execute(&self, sql: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        let statement = self.statement(sql)?;
        let changed = at_once(statement.execute(values));
        statement.reset();
        Ok(u64::try_from(changed?).unwrap_or_default())
    }

    /// All rows of a query.
    pub(super) fn rows<T>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
        read: impl FnMut(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let statement = self.statement(sql)?;
        let found = collect(&statement, values, read);
        // Without this a read stays open, and the log could never be moved into the database.
        statement.reset();
        found
    }

    /// The first row of a query.
    pub(super) fn one<T>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
        read: impl FnMut(&Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, values, read)?.into_iter().next())
    }

    /// Whether no transaction is open: SQLite ends one by itself when the disk is full.
    pub(super) fn is_outside_transaction(&self) -> bool {
        self.inner.is_autocommit()
    }

    /// A prepared statement, reset: libsql would silently bind the parameters of the last run again
    /// (tursodatabase/libsql#2135).
    fn statement(&self, sql: &'static str) -> Result<Arc<libsql::Statement>, StoreError> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            statement.reset();
            return Ok(Arc::clone(statement));
        }
        let statement = Arc::new(at_once(self.inner.prepare(sql))?);
        self.statements.borrow_mut().insert(sql, Arc::clone(&statement));
        Ok(statement)
    }
}

fn collect<T>(
    statement: &libsql::Statement,
    values: Vec<Value>,
    mut read: impl FnMut(&Row) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut rows = at_once(statement.query(values))?;
    let mut found = Vec::new();
    while let Some(row) = at_once(rows.next())? {
        found.push(read(&Row(row))?);
    }
    Ok(found)
}

/// One row of an answer.
pub(super) struct Row(libsql::Row);

impl Row {
    /// A column as the type it was stored as.
    pub(super) fn get<T: Column>(&self, index: i32) -> Result<T, StoreError> {
        T::read(self.0.get_value(index)?).ok_or(StoreError::Row { column: index })
    }

    /// A column of text that holds something with a form of its own.
    pub(super) fn parse<T: FromStr>(&self, index: i32) -> Result<T, StoreError> {
        self.get::<String>(index)?.parse().map_err(|_| StoreError::Row { column: index })
    }

    /// A column of JSON.
    pub(super) fn json<T: serde::de::DeserializeOwned>(&self, index: i32) -> Result<T, StoreError> {
        serde_json::from_str(&self.get::<String>(index)?)
            .map_err(|_| StoreError::Row { column: index })
    }
}

/// Something that stands in a column.
pub(super) trait Column: Sized {
    /// From what the database holds; `None` when it is something else.
    fn read(value: Value) -> Option<Self>;
    /// To what the database holds.
    fn write(self) -> Value;
}

macro_rules! column {
    ($type:ty, $pattern:pat => $read:expr, $self:ident => $write:expr) => {
        impl Column for $type {
            fn read(value: Value) -> Option<Self> {
                match value {
                    $pattern => $read,
                    _ => None,
                }
            }
            fn write(self) -> Value {
                let $self = self;
                $write
            }
        }
    };
}

column!(String, Value::Text(text) => Some(text), this => Value::Text(this));
column!(i64, Value::Integer(number) => Some(number), this => Value::Integer(this));
column!(bool, Value::Integer(number) => Some(number != 0), this => Value::Integer(this.into()));
column!(Vec<u8>, Value::Blob(bytes) => Some(bytes), this => Value::Blob(this));
column!(u64, Value::Integer(number) => u64::try_from(number).ok(),
    this => Value::Integer(i64::try_from(this).unwrap_or(i64::MAX)));
column!(u32, Value::Integer(number) => u32::try_from(number).ok(),
    this => Value::Integer(this.into()));
column!(Timestamp, Value::Integer(ms) => Some(Timestamp::from_unix_ms(ms)),
    this => Value::Integer(this.unix_ms()));
column!(ContentHash, Value::Blob(bytes) =>
    <[u8; 32]>::try_from(bytes).ok().map(ContentHash::from_bytes),
    this => Value::Blob(this.as_bytes().to_vec()));
column!(StateHash, Value::Text(text) => text.parse().ok(), this => Value::Text(this.to_string()));

impl<T: Column> Column for Option<T> {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::read(other).map(Some),
        }
    }
    fn write(self) -> Value {
        self.map_or(Value::Null, Column::write)
    }
}

/// The parameters of a statement, in order.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::sql::Column::write($value)),*] };
}
pub(super) use values;
