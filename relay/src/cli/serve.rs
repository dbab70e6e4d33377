//! `leanspec-relay serve`.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use leanspec_shared::limits::COMMAND_LIFE_SECONDS;
use tracing_subscriber::EnvFilter;

use super::{Place, recalled};
use crate::auth::sign_in_link;
use crate::config::Config;
use crate::server::{Server, StopSignals};

/// Where it listens when nobody says otherwise.
pub(super) const LISTEN: &str = "127.0.0.1:4600";

/// The settings of `serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Where to listen; port 0 takes any that is free
    #[arg(
        long,
        value_name = "ADDR",
        env = "LEANSPEC_RELAY_LISTEN",
        default_value = LISTEN
    )]
    listen: SocketAddr,
    /// Another origin whose pages may call the relay, or '*' (repeatable)
    #[arg(
        long = "allow-origin",
        value_name = "ORIGIN",
        env = "LEANSPEC_RELAY_ALLOW_ORIGIN",
        value_delimiter = ','
    )]
    allow_origins: Vec<String>,
    /// Serve the UI from this folder instead of the embedded one
    #[arg(long, value_name = "DIR", env = "LEANSPEC_RELAY_UI_DIR")]
    ui_dir: Option<PathBuf>,
    /// Keep events of the feed for so many days
    #[arg(long, value_name = "DAYS", env = "LEANSPEC_RELAY_RETENTION_DAYS", default_value_t = 7)]
    retention_days: u64,
    /// Keep at most so many events of the feed
    #[arg(
        long,
        value_name = "N",
        env = "LEANSPEC_RELAY_RETENTION_EVENTS",
        default_value_t = 100_000
    )]
    retention_events: u64,
    /// Seconds that a command waits for its machine before it expires [default: 7 days]
    #[arg(
        long,
        value_name = "SECONDS",
        env = "LEANSPEC_RELAY_COMMAND_LIFE",
        default_value_t = COMMAND_LIFE_SECONDS,
        hide_default_value = true
    )]
    command_life: u64,
    /// Keep ended commands and the activity for so many days
    #[arg(long, value_name = "DAYS", env = "LEANSPEC_RELAY_ACTIVITY_KEEP", default_value_t = 90)]
    activity_keep: u64,
    /// Seconds between two heartbeats of a feed
    #[arg(long, value_name = "SECONDS", env = "LEANSPEC_RELAY_HEARTBEAT", default_value_t = 15)]
    heartbeat: u64,
    /// Seconds from a machine's last feed to its being offline
    #[arg(
        long,
        value_name = "SECONDS",
        env = "LEANSPEC_RELAY_OFFLINE_AFTER",
        default_value_t = 45
    )]
    offline_after: u64,
    /// Feeds that may be open
    #[arg(long, value_name = "N", env = "LEANSPEC_RELAY_FEEDS_MAX", default_value_t = 5000)]
    feeds_max: usize,
    /// Feeds that may be open with one key
    #[arg(long, value_name = "N", env = "LEANSPEC_RELAY_FEEDS_PER_KEY_MAX", default_value_t = 100)]
    feeds_per_key_max: usize,
    /// How large the mirror database may grow, in MiB [default: until the disk is full]
    #[arg(long, value_name = "MIB", env = "LEANSPEC_RELAY_MIRROR_MAX_MIB")]
    mirror_max_mib: Option<u64>,
    /// Seconds that a shutdown waits for what is under way
    #[arg(
        long,
        value_name = "SECONDS",
        env = "LEANSPEC_RELAY_SHUTDOWN_GRACE",
        default_value_t = 4
    )]
    shutdown_grace: u64,
    /// What is logged to standard error, e.g. 'info' or 'leanspec_relay=debug'
    #[arg(long, value_name = "FILTER", env = "LEANSPEC_RELAY_LOG", default_value = "info")]
    log: String,
}

impl ServeArgs {
    fn config(&self, place: &Place) -> anyhow::Result<Config> {
        Ok(Config {
            listen: self.listen,
            public_url: place.public_url.clone(),
            allow_origins: self.allow_origins.clone(),
            ui_dir: self.ui_dir.clone(),
            heartbeat: Duration::from_secs(self.heartbeat.max(1)),
            offline_after: Duration::from_secs(self.offline_after),
            retention: Duration::from_secs(self.retention_days * 24 * 3600),
            retention_events: self.retention_events,
            command_life: Duration::from_secs(self.command_life.max(1)),
            activity_keep: Duration::from_secs(self.activity_keep * 24 * 3600),
            feeds_max: self.feeds_max,
            feeds_per_key_max: self.feeds_per_key_max,
            mirror_max_bytes: self.mirror_max_mib.map(|mib| mib * 1024 * 1024),
            shutdown_grace: Duration::from_secs(self.shutdown_grace),
            ..Config::new(place.folder()?)
        })
    }
}

/// Serves until the system says stop.
pub(super) fn run(place: &Place, args: &ServeArgs) -> anyhow::Result<()> {
    let filter = EnvFilter::builder().parse_lossy(&args.log);
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours);
    log.with_writer(std::io::stderr).init();
    let config = args.config(place)?;
    // Two threads are plenty: the databases have threads of their own.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).enable_all().build()?.block_on(serve(config))
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let mut stop = StopSignals::listen()?;
    let (grace, folder) = (config.shutdown_grace, config.data.clone());
    let server = Server::bind(config).await?;
    recalled::remember(&folder, &server.public_url(), server.local_addr())?;
    if let Some(code) = server.relay().first_code() {
        eprintln!("sign in: {}", sign_in_link(&server.public_url(), code));
    }
    eprintln!("listening on http://{}", server.local_addr());
    stop.requested().await;
    tracing::info!("stopping");
    server.shutdown(grace).await;
    Ok(())
}
