//! Flushes the log behind the writer: for work whose sender keeps it until the answer, the flush may
//! come after the events, and one serves many (group commit; PostgreSQL's `commit_delay`).

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::StoreError;
use super::writer::{Work, again};

/// How long the first of a group waits for the others. Nobody but the sender of a report waits for
/// its answer, and it goes on meanwhile.
const GATHER: Duration = Duration::from_millis(10);

/// The thread that flushes.
pub(super) struct Flusher {
    queue: mpsc::Sender<Vec<Box<dyn Work>>>,
    thread: JoinHandle<()>,
}

impl Flusher {
    /// `log` is where commits stand until they are moved into the database.
    pub(super) fn start(log: PathBuf) -> std::io::Result<Self> {
        let (queue, waiting) = mpsc::channel::<Vec<Box<dyn Work>>>();
        let thread = std::thread::Builder::new().name("store-flusher".into()).spawn(move || {
            while let Ok(mut works) = waiting.recv() {
                let until = Instant::now() + GATHER;
                let rest = || until.saturating_duration_since(Instant::now());
                while let Ok(more) = waiting.recv_timeout(rest()) {
                    works.extend(more);
                }
                answer(works, &flush(&log));
            }
        })?;
        Ok(Self { queue, thread })
    }

    /// Answers work that was committed, once that survives a power loss.
    pub(super) fn answer_later(&self, works: Vec<Box<dyn Work>>) {
        if let Err(mpsc::SendError(works)) = self.queue.send(works) {
            answer(works, &Err(StoreError::Closed));
        }
    }

    /// Answers what waits, and ends.
    pub(super) fn end(self) {
        drop(self.queue);
        let _ = self.thread.join();
    }
}

/// What SQLite does at a commit with `synchronous = FULL`.
fn flush(log: &Path) -> Result<(), StoreError> {
    let file = File::options().write(true).open(log);
    let named = |error| StoreError::Database(format!("{}: {error}", log.display()));
    file.and_then(|file| file.sync_data()).map_err(named)
}

fn answer(works: Vec<Box<dyn Work>>, flushed: &Result<(), StoreError>) {
    if let Err(error) = flushed {
        tracing::error!(%error, works = works.len(), "what was committed could not be flushed");
    }
    for work in works {
        work.answer(flushed.as_ref().map(|&()| ()).map_err(again));
    }
}
