//! What can be set, with its defaults. The command line and the environment are read in `cli`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use leanspec_shared::limits::{COMMAND_LIFE_SECONDS, HEARTBEAT_SECONDS, OFFLINE_AFTER_SECONDS};
use leanspec_shared::time::Timestamp;

/// Everything that can be set of a relay.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// The folder of the databases.
    pub data: PathBuf,
    /// How browsers reach the relay; `None` = `http://<the address it listens on>`.
    pub public_url: Option<String>,
    /// Other origins whose pages may call the relay; `*` = all.
    pub allow_origins: Vec<String>,
    /// Serve the UI from this folder instead of the embedded one.
    pub ui_dir: Option<PathBuf>,
    /// Between two heartbeats of a feed.
    pub heartbeat: Duration,
    /// From a machine's last feed to its being offline.
    pub offline_after: Duration,
    /// Nobody goes offline this long after the relay's start.
    pub start_grace: Duration,
    /// A feed ends itself after 0.8 to 1 of this.
    pub feed_life: Duration,
    /// A reader that takes longer than this for what it was handed, and has fallen behind meanwhile,
    /// is told to come back.
    pub slow_reader_after: Duration,
    /// Events older than this are let go.
    pub retention: Duration,
    /// Events beyond this number are let go, the oldest first.
    pub retention_events: u64,
    /// How long a command waits for its machine.
    pub command_life: Duration,
    /// Commands that have ended, and what is told of them, are let go when they are older than this.
    pub activity_keep: Duration,
    /// Feeds that may be open.
    pub feeds_max: usize,
    /// Feeds that may be open with one key.
    pub feeds_per_key_max: usize,
    /// How large the mirror may grow, in bytes; `None` = until the disk is full.
    pub mirror_max_bytes: Option<u64>,
    /// How long a shutdown waits for what is under way.
    pub shutdown_grace: Duration,
}

impl Config {
    /// The defaults, with the databases in `data`.
    #[must_use]
    pub fn new(data: PathBuf) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 4600)),
            data,
            public_url: None,
            allow_origins: Vec::new(),
            ui_dir: None,
            heartbeat: Duration::from_secs(HEARTBEAT_SECONDS),
            offline_after: Duration::from_secs(OFFLINE_AFTER_SECONDS),
            start_grace: Duration::from_secs(60),
            feed_life: Duration::from_secs(600),
            slow_reader_after: Duration::from_secs(10),
            retention: Duration::from_secs(7 * 24 * 3600),
            retention_events: 100_000,
            command_life: Duration::from_secs(COMMAND_LIFE_SECONDS),
            activity_keep: Duration::from_secs(90 * 24 * 3600),
            feeds_max: 5000,
            feeds_per_key_max: 100,
            mirror_max_bytes: None,
            shutdown_grace: Duration::from_secs(4),
        }
    }

    /// The moment before which events are outdated.
    pub(crate) fn events_before(&self) -> Timestamp {
        ago(self.retention)
    }
}

/// The moment that is so long ago.
pub(crate) fn ago(duration: Duration) -> Timestamp {
    let then = SystemTime::now().checked_sub(duration);
    Timestamp::from(then.unwrap_or(SystemTime::UNIX_EPOCH))
}
