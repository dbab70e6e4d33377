//! The one thread that writes. It takes what waits, up to a limit, runs it in one transaction with a
//! savepoint for each piece of work, commits, publishes the events in order, and only then answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::SystemTime;

use leanspec_shared::feed::{Cursor, Event};
use leanspec_shared::time::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::account::{AccountId, SequenceNumbers};
use super::event::{self, StoredEvent};
use super::flusher::Flusher;
use super::{Connection, OnCommit, StoreError};

/// Pieces of work that wait at most; who comes later waits outside.
const QUEUE_MAX: usize = 256;
/// Pieces of work in one commit: bounds how long the first of them waits for the last.
const GROUP_MAX: usize = 100;

/// When what was committed is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flush {
    /// Before anybody is told of it.
    First,
    /// Before whoever asked is answered, and after the events were published: who asked keeps it on a
    /// disk of their own until then, and asks again. That spares the readers of a feed one flush.
    BeforeAnswer,
}

/// What a piece of work writes with.
pub(crate) struct WriteTransaction<'a> {
    connection: &'a Connection,
    numbers: &'a mut SequenceNumbers,
    events: &'a mut Vec<StoredEvent>,
    now: Timestamp,
}

impl WriteTransaction<'_> {
    /// The time at which this group of work began.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Stores an event under the next number; it is published after the commit.
    pub(crate) fn emit(&mut self, account: &AccountId, event: &Event) -> Result<(), StoreError> {
        self.emit_numbered(account, event).map(drop)
    }

    /// The same, for who remembers the event by its number.
    pub(crate) fn emit_numbered(
        &mut self,
        account: &AccountId,
        event: &Event,
    ) -> Result<u64, StoreError> {
        let seq = self.numbers.next(self.connection, account)?;
        let stored = StoredEvent::new(account, seq, self.numbers.tag(), event);
        event::insert(self.connection, &stored, self.now)?;
        self.events.push(stored);
        Ok(seq)
    }

    /// A place in the history that no event takes: where a new history starts.
    pub(crate) fn unused_cursor(&mut self, account: &AccountId) -> Result<Cursor, StoreError> {
        let seq = self.numbers.next(self.connection, account)?;
        Ok(Cursor { seq, tag: (**self.numbers.tag()).into() })
    }
}

impl std::ops::Deref for WriteTransaction<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        self.connection
    }
}

/// A piece of work, of whatever type its answer is.
pub(super) trait Work: Send {
    fn flush(&self) -> Flush;
    /// Runs it; whether what it wrote is kept.
    fn run(&mut self, transaction: &mut WriteTransaction<'_>) -> bool;
    /// Answers, after the commit.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

struct Piece<T, E, F> {
    flush: Flush,
    work: Option<F>,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Work for Piece<T, E, F>
where
    F: FnOnce(&mut WriteTransaction<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn flush(&self) -> Flush {
        self.flush
    }

    fn run(&mut self, transaction: &mut WriteTransaction<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        let result = catch_unwind(AssertUnwindSafe(|| work(transaction)))
            .unwrap_or_else(|_| Err(StoreError::Panicked.into()));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let result = match (outcome, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(StoreError::Closed.into()),
            // A refusal stands whatever became of the commit: nothing of it was to be kept.
            (Err(_), Some(Err(refused))) => Err(refused),
            (Err(failed), _) => Err(failed.into()),
        };
        // Whoever asked may be gone; what was committed stands all the same.
        let _ = self.reply.send(result);
    }
}

/// The handle of the thread.
pub(super) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Work>>>>,
    ended: tokio::sync::Mutex<Option<oneshot::Receiver<()>>>,
}

impl Writer {
    /// `log` is where the connection's commits stand until they are moved into the database.
    pub(super) fn start(
        connection: Connection,
        log: PathBuf,
        on_commit: OnCommit,
    ) -> Result<Self, StoreError> {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let (end, ended) = oneshot::channel();
        let numbers = SequenceNumbers::new();
        let failed = |error: std::io::Error| StoreError::Database(error.to_string());
        let flusher = Flusher::start(log).map_err(failed)?;
        let thread = Thread { connection, flusher, numbers, on_commit };
        std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || {
                thread.run(waiting);
                let _ = end.send(());
            })
            .map_err(failed)?;
        Ok(Self { queue: Mutex::new(Some(queue)), ended: tokio::sync::Mutex::new(Some(ended)) })
    }

    pub(super) async fn write<T, E, F>(&self, flush: Flush, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut WriteTransaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let piece = Piece { flush, work: Some(work), result: None, reply };
        let queue = self.queue.lock().expect("no holder of this lock panics").clone();
        let queue = queue.ok_or(StoreError::Closed)?;
        queue.send(Box::new(piece)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    pub(super) async fn close(&self) {
        self.queue.lock().expect("no holder of this lock panics").take();
        if let Some(ended) = self.ended.lock().await.take() {
            let _ = ended.await;
        }
    }
}

struct Thread {
    connection: Connection,
    flusher: Flusher,
    numbers: SequenceNumbers,
    on_commit: OnCommit,
}

impl Thread {
    fn run(mut self, mut waiting: mpsc::Receiver<Box<dyn Work>>) {
        let mut group = Vec::with_capacity(GROUP_MAX);
        while waiting.blocking_recv_many(&mut group, GROUP_MAX) > 0 {
            let numbers_before = self.numbers.clone();
            let flush_first = group.iter().any(|work| work.flush() == Flush::First);
            let committed = if flush_first {
                self.commit(&mut group)
            } else {
                self.commit_unflushed(&mut group)
            };
            match committed {
                Ok(events) => {
                    if !events.is_empty() {
                        (self.on_commit)(events);
                    }
                    if flush_first {
                        group.drain(..).for_each(|work| work.answer(Ok(())));
                    } else {
                        self.flusher.answer_later(std::mem::take(&mut group));
                    }
                }
                Err(error) => {
                    tracing::error!(%error, works = group.len(), "a group of writes was not committed");
                    self.numbers = numbers_before;
                    let full = matches!(error, StoreError::Full);
                    for work in group.drain(..) {
                        let told = if full { StoreError::Full } else { again(&error) };
                        work.answer(Err(told));
                    }
                }
            }
        }
        self.flusher.end();
        let _ = self.connection.batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// Commits to the log and leaves its flush to the flusher; a later commit flushes it as well.
    fn commit_unflushed(
        &mut self,
        group: &mut [Box<dyn Work>],
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.connection.batch("PRAGMA main.synchronous = NORMAL")?;
        let committed = self.commit(group);
        self.connection.batch("PRAGMA main.synchronous = FULL")?;
        committed
    }

    fn commit(&mut self, group: &mut [Box<dyn Work>]) -> Result<Vec<StoredEvent>, StoreError> {
        self.connection.batch("BEGIN IMMEDIATE")?;
        let mut events = Vec::new();
        let now = Timestamp::from(SystemTime::now());
        let done = self.run_all(group, &mut events, now);
        let done = done.and_then(|()| self.connection.batch("COMMIT"));
        if done.is_err() && !self.connection.is_outside_transaction() {
            self.connection.batch("ROLLBACK")?;
        }
        done.map(|()| events)
    }

    fn run_all(
        &mut self,
        group: &mut [Box<dyn Work>],
        events: &mut Vec<StoredEvent>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for work in group {
            let (events_before, numbers_before) = (events.len(), self.numbers.clone());
            self.connection.batch("SAVEPOINT work")?;
            let (connection, numbers) = (&self.connection, &mut self.numbers);
            let mut transaction = WriteTransaction { connection, numbers, events, now };
            if work.run(&mut transaction) {
                self.connection.batch("RELEASE work")?;
                continue;
            }
            events.truncate(events_before);
            self.numbers = numbers_before;
            if self.connection.is_outside_transaction() {
                // A full disk ended the whole transaction: nothing of this group was kept.
                return Err(StoreError::Full);
            }
            self.connection.batch("ROLLBACK TO work; RELEASE work")?;
        }
        Ok(())
    }
}

pub(super) fn again(error: &StoreError) -> StoreError {
    StoreError::Database(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use leanspec_shared::feed::MachineGone;

    use super::super::{StoreOptions, account, migrations, open_both};
    use super::*;

    /// A writer whose log is said to be at `log`, its account, and the numbers of what it told.
    async fn writer(folder: &Path, log: PathBuf) -> (Writer, AccountId, Arc<Mutex<Vec<u64>>>) {
        let options = StoreOptions { folder: folder.to_owned(), mirror_max_bytes: None };
        let connection = open_both(&options).expect("opens");
        migrations::mirror(&connection).expect("made");
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = Arc::clone(&told);
        let on_commit: OnCommit = Box::new(move |events| {
            tell.lock().expect("whole").extend(events.iter().map(|event| event.seq));
        });
        let writer = Writer::start(connection, log, on_commit).expect("starts");
        let made = writer.write(Flush::First, |writing| account::create(writing, writing.now()));
        let account = made.await.expect("made");
        (writer, account, told)
    }

    async fn emit(writer: &Writer, account: &AccountId, flush: Flush) -> Result<u64, StoreError> {
        let (account, id) = (account.clone(), "m1".parse().expect("valid"));
        let event = Event::MachineGone(MachineGone { id });
        writer.write(flush, move |writing| writing.emit_numbered(&account, &event)).await
    }

    #[tokio::test]
    async fn what_its_sender_keeps_is_told_before_the_flush_and_answered_after_it() {
        let folder = tempfile::tempdir().expect("a folder");
        // Nothing is there: its flush fails, after everything that is done before it.
        let log = folder.path().join("no-log");
        let (writer, account, told) = writer(folder.path(), log.clone()).await;
        let failed = emit(&writer, &account, Flush::BeforeAnswer).await.expect_err("no flush");
        assert!(failed.to_string().contains("no-log"), "{failed}");
        assert_eq!(told.lock().expect("whole").len(), 1, "told all the same");
        let first =
            emit(&writer, &account, Flush::First).await.expect("SQLite flushes that itself");
        assert_eq!(told.lock().expect("whole").last(), Some(&first));
        writer.close().await;
    }

    #[tokio::test]
    async fn what_its_sender_keeps_is_answered_when_it_is_on_the_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("identity.db-wal");
        let (writer, account, told) = writer(folder.path(), log).await;
        let number = emit(&writer, &account, Flush::BeforeAnswer).await.expect("flushed");
        assert_eq!(*told.lock().expect("whole"), [number]);
        writer.close().await;
    }
}
