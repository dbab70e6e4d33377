//! The threads that read, each with a connection that cannot write, and one more connection for looks
//! that are too short to hand over. One read sees one snapshot.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use tokio::sync::{mpsc, oneshot};

use super::{Connection, StoreError, StoreOptions, open_both};

/// Enough that one long list does not hold back the short reads.
const THREADS: usize = 3;
/// Reads that wait at most; who comes later waits outside.
const QUEUE_MAX: usize = 256;

type Read = Box<dyn FnOnce(&Connection) + Send>;

/// The handle of the threads.
pub(super) struct Readers {
    queue: Mutex<Option<mpsc::Sender<Read>>>,
    looks: Mutex<Option<Connection>>,
    ended: tokio::sync::Mutex<Vec<oneshot::Receiver<()>>>,
}

impl Readers {
    pub(super) fn start(options: &StoreOptions) -> Result<Self, StoreError> {
        let (queue, waiting) = mpsc::channel::<Read>(QUEUE_MAX);
        let waiting = Arc::new(Mutex::new(waiting));
        let mut ended = Vec::with_capacity(THREADS);
        let looks = Mutex::new(Some(open_to_read(options)?));
        for _ in 0..THREADS {
            let connection = open_to_read(options)?;
            let (end, thread_ended) = oneshot::channel();
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new()
                .name("store-reader".into())
                .spawn(move || {
                    run(&connection, &waiting);
                    let _ = end.send(());
                })
                .map_err(|error| StoreError::Database(error.to_string()))?;
            ended.push(thread_ended);
        }
        Ok(Self { queue: Mutex::new(Some(queue)), looks, ended: tokio::sync::Mutex::new(ended) })
    }

    pub(super) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let read: Read = Box::new(move |connection| {
            let _ = reply.send(in_snapshot(connection, work));
        });
        let queue = self.queue.lock().expect("no holder of this lock panics").clone();
        let queue = queue.ok_or(StoreError::Closed)?;
        queue.send(read).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    pub(super) fn look<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let looks = self.looks.lock().expect("no holder of this lock panics");
        in_snapshot(looks.as_ref().ok_or(StoreError::Closed)?, work)
    }

    pub(super) async fn close(&self) {
        self.queue.lock().expect("no holder of this lock panics").take();
        self.looks.lock().expect("no holder of this lock panics").take();
        for ended in self.ended.lock().await.drain(..) {
            let _ = ended.await;
        }
    }
}

fn open_to_read(options: &StoreOptions) -> Result<Connection, StoreError> {
    let connection = open_both(options)?;
    connection.batch("PRAGMA query_only = ON")?;
    Ok(connection)
}

fn run(connection: &Connection, waiting: &Mutex<mpsc::Receiver<Read>>) {
    loop {
        let read = waiting.lock().expect("no holder of this lock panics").blocking_recv();
        let Some(read) = read else { return };
        read(connection);
    }
}

fn in_snapshot<T, E: From<StoreError>>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    connection.batch("BEGIN")?;
    let result = catch_unwind(AssertUnwindSafe(|| work(connection)))
        .unwrap_or_else(|_| Err(StoreError::Panicked.into()));
    connection.batch("COMMIT")?;
    result
}

#[cfg(test)]
mod tests {
    use crate::store::account;
    use crate::store::{Store, StoreError, StoreOptions};

    #[tokio::test]
    async fn a_look_sees_what_was_committed_and_nothing_after_the_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = StoreOptions { folder: folder.path().to_owned(), mirror_max_bytes: None };
        let store = Store::open(&options, Box::new(|_| {})).expect("opens");
        assert_eq!(store.look(account::only).expect("readable"), None);
        let made = store.write(|writing| account::create(writing, writing.now())).await;
        assert_eq!(store.look(account::only).expect("readable"), made.ok());
        store.close().await;
        assert!(matches!(store.look(account::only), Err(StoreError::Closed)));
    }
}
