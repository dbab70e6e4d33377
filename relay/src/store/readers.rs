//! The threads that read, each with a connection that cannot write. One read sees one snapshot.

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
    ended: tokio::sync::Mutex<Vec<oneshot::Receiver<()>>>,
}

impl Readers {
    pub(super) fn start(options: &StoreOptions) -> Result<Self, StoreError> {
        let (queue, waiting) = mpsc::channel::<Read>(QUEUE_MAX);
        let waiting = Arc::new(Mutex::new(waiting));
        let mut ended = Vec::with_capacity(THREADS);
        for _ in 0..THREADS {
            let connection = open_both(options)?;
            connection.batch("PRAGMA query_only = ON")?;
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
        Ok(Self { queue: Mutex::new(Some(queue)), ended: tokio::sync::Mutex::new(ended) })
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

    pub(super) async fn close(&self) {
        self.queue.lock().expect("no holder of this lock panics").take();
        for ended in self.ended.lock().await.drain(..) {
            let _ = ended.await;
        }
    }
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
