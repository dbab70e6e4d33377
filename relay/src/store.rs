//! What the relay keeps, in two embedded databases: *identity*, which must be backed up, and
//! *mirror*, which may be deleted at any time and is filled again by the bridges.
//!
//! All writes go through one thread, which groups what waits into one transaction; reads go through
//! a few threads of their own. A file for each table says what can be asked of it. The store knows
//! no HTTP and no feeds: what was committed is handed to whoever opened it.

pub(crate) mod access_key;
pub(crate) mod account;
pub(crate) mod activity;
pub(crate) mod command;
pub(crate) mod command_queue;
pub(crate) mod command_text;
pub(crate) mod event;
pub(crate) mod file;
mod flusher;
mod folder;
pub(crate) mod holder;
pub(crate) mod inspect;
pub(crate) mod machine;
mod migrations;
pub(crate) mod project;
mod readers;
pub(crate) mod sign_in_code;
pub(crate) mod spec;
mod sql;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

pub use account::AccountId;
pub use event::StoredEvent;
pub(crate) use sql::Connection;
use writer::Flush;
pub(crate) use writer::WriteTransaction;

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room: nothing was written.
    #[error("no room left for the databases")]
    Full,
    /// The database said no.
    #[error("the database failed: {0}")]
    Database(String),
    /// A row holds what this program cannot read.
    #[error("column {column} of a row is not readable")]
    Row {
        /// Counted from 0.
        column: i32,
    },
    /// The database was written by a newer program.
    #[error(
        "{file} has version {found}, this program knows up to {known}; start the newer leanspec-relay"
    )]
    TooNew {
        /// Which database.
        file: &'static str,
        /// Its version.
        found: u32,
        /// The newest this program knows.
        known: u32,
    },
    /// Another relay uses the folder.
    #[error("another relay runs on this folder; stop it, or choose another with --data")]
    Locked,
    /// The work panicked; it was undone.
    #[error("the work on the databases failed half-way and was undone")]
    Panicked,
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
}

/// How to open the store.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The folder of the databases; made when it does not exist.
    pub folder: PathBuf,
    /// How large the mirror may grow, in bytes; `None` = until the disk is full.
    pub mirror_max_bytes: Option<u64>,
}

/// What is told after each commit, in the order of the commits.
pub type OnCommit = Box<dyn Fn(Vec<StoredEvent>) + Send>;

/// The open store; clones share it.
#[derive(Clone)]
pub struct Store {
    /// Two relays on one history would give the same numbers to different events.
    lock: Arc<Mutex<Option<File>>>,
    writer: Arc<writer::Writer>,
    readers: Arc<readers::Readers>,
}

impl Store {
    /// Opens or makes both databases, brings them up to date and starts the threads.
    ///
    /// # Errors
    /// When a database cannot be opened, or a newer program wrote it.
    pub fn open(options: &StoreOptions, on_commit: OnCommit) -> Result<Self, StoreError> {
        let lock = folder::lock(&options.folder)?;
        let connection = open_both(options)?;
        migrations::mirror(&connection)?;
        let log = options.folder.join("identity.db-wal");
        let writer = writer::Writer::start(connection, log, on_commit)?;
        let readers = readers::Readers::start(options)?;
        let lock = Arc::new(Mutex::new(Some(lock)));
        Ok(Self { lock, writer: Arc::new(writer), readers: Arc::new(readers) })
    }

    /// Runs `work` in a transaction of its own and answers after the commit. When it returns an
    /// error, nothing of it is kept; what is grouped with it is not touched by that.
    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut WriteTransaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer.write(Flush::First, work).await
    }

    /// The same for what its sender keeps on a disk of its own until it is answered: events are told
    /// before the flush, the answer comes after it.
    pub(crate) async fn write_kept_by_sender<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut WriteTransaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer.write(Flush::BeforeAnswer, work).await
    }

    /// Runs `work` on one snapshot of both databases.
    pub(crate) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.readers.read(work).await
    }

    /// Runs a look at a few rows, found by their keys, on one snapshot and on the caller's own thread:
    /// handing it to another and back takes longer than the look itself.
    pub(crate) fn look<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.readers.look(work)
    }

    /// Finishes what waits, moves the logs into the databases and ends the threads.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Opens identity alone, for the command line beside a running relay.
///
/// # Errors
/// When it cannot be opened, or a newer program wrote it.
pub fn open_identity(folder: &Path) -> Result<Identity, StoreError> {
    let connection = connect_identity(folder)?;
    Ok(Identity { connection })
}

/// The identity database alone.
pub struct Identity {
    connection: Connection,
}

impl Identity {
    /// Runs `work` on what is there now.
    ///
    /// # Errors
    /// What `work` returns.
    pub(crate) fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        work(&self.connection)
    }

    /// Runs `work` in a transaction.
    ///
    /// # Errors
    /// What `work` returns, or that the database failed; then nothing of it is kept.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.connection.batch("BEGIN IMMEDIATE")?;
        match work(&self.connection) {
            Ok(done) => {
                self.connection.batch("COMMIT")?;
                Ok(done)
            }
            Err(refused) => {
                self.connection.batch("ROLLBACK")?;
                Err(refused)
            }
        }
    }
}

fn connect_identity(folder: &Path) -> Result<Connection, StoreError> {
    folder::make(folder)?;
    let connection = Connection::open(&folder.join("identity.db"))?;
    // An answer is sent only after the commit, and a commit is on the disk: with group commit the
    // full flush costs nothing in throughput.
    connection.batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")?;
    connection.batch("PRAGMA cache_size = -1024; PRAGMA journal_size_limit = 8388608")?;
    migrations::identity(&connection)?;
    Ok(connection)
}

/// A connection with identity as `main` and the mirror as `mirror`: one transaction spans both, and
/// SQLite commits `main` first.
fn open_both(options: &StoreOptions) -> Result<Connection, StoreError> {
    let connection = connect_identity(&options.folder)?;
    let path = options.folder.join("mirror.db");
    let path = path.to_string_lossy().replace('\'', "''");
    connection.batch(&format!("ATTACH DATABASE '{path}' AS mirror"))?;
    // What a power failure takes from the mirror the bridges send again: it is whole without a flush
    // for each commit, only older, which their `base_rev` finds out.
    connection.batch("PRAGMA mirror.journal_mode = WAL; PRAGMA mirror.synchronous = NORMAL")?;
    connection
        .batch("PRAGMA mirror.cache_size = -1024; PRAGMA mirror.journal_size_limit = 8388608")?;
    if let Some(bytes) = options.mirror_max_bytes {
        connection.batch(&format!("PRAGMA mirror.max_page_count = {}", (bytes / 4096).max(1)))?;
    }
    Ok(connection)
}
