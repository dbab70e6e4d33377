//! Many links in one process: what a bridge does to be in touch with its relay, without projects. It
//! says on standard error whenever one of them is up: `up NUMBER MILLISECONDS`, since 1970; and what the
//! links themselves say of their waits.
//!
//!     links RELAY FOLDER < KEYS        one key a line, one machine a key

use std::collections::HashMap;
use std::io::{self, BufRead};
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow};
use leanspec_bridge::beat::Beat;
use leanspec_bridge::config::Network;
use leanspec_bridge::config::relay_url::RelayUrl;
use leanspec_bridge::config::trust::Trust;
use leanspec_bridge::config::way_out::WayOut;
use leanspec_bridge::daemon::board::Board;
use leanspec_bridge::daemon::end::End;
use leanspec_bridge::daemon::link::{Doubt, Link, LinkState};
use leanspec_bridge::inbox::door::{Door, Safe};
use leanspec_bridge::random;
use leanspec_bridge::state::StateFolder;
use leanspec_bridge::uplink::http::Relay;
use leanspec_shared::hash::ContentHash;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// Passes on what links say.
struct Said;

impl log::Log for Said {
    fn enabled(&self, about: &log::Metadata<'_>) -> bool {
        about.target().starts_with("leanspec_bridge::daemon::link")
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            eprintln!("{}", record.args());
        }
    }

    fn flush(&self) {}
}

#[tokio::main]
async fn main() -> Result<()> {
    log::set_logger(&Said).map_err(|error| anyhow!("{error}"))?;
    log::set_max_level(log::LevelFilter::Debug);
    let mut arguments = std::env::args().skip(1);
    let relay = arguments.next().context("the relay's address")?;
    let folder = arguments.next().context("a folder")?;
    let mut tasks = JoinSet::new();
    for (number, key) in io::stdin().lock().lines().enumerate() {
        let (states, mut heard) = watch::channel(LinkState::Down);
        let link = link(&relay, &Path::new(&folder).join(number.to_string()), key?, states)?;
        tasks.spawn(link.run());
        tasks.spawn(async move {
            while heard.changed().await.is_ok() {
                if heard.borrow_and_update().is_up() {
                    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                    eprintln!("up {number} {}", since.as_millis());
                }
            }
        });
    }
    while tasks.join_next().await.is_some() {}
    Ok(())
}

/// As `run` makes it, for a machine of its own without projects.
fn link(url: &str, state: &Path, key: String, workers: watch::Sender<LinkState>) -> Result<Link> {
    let url = RelayUrl::parse(url).map_err(|error| anyhow!("{error}"))?;
    let network = Network { way: WayOut::Direct, trust: Trust::default() };
    let (stray, _) = mpsc::channel(1);
    Ok(Link {
        relay: Relay::new(url, network, None, random::id(), None)?,
        machine: random::id(),
        name: "a link".into(),
        host_mark: ContentHash::of(state.as_os_str().as_encoded_bytes()),
        take_over: false,
        environment_key: Some(key),
        state: StateFolder::at(state.to_owned()),
        board: Board::new(Vec::new()),
        workers,
        door: Door::new(HashMap::new(), stray, Safe::default()),
        announced: Vec::new(),
        doubt: Doubt::default(),
        once: false,
        beat: Beat::start(Instant::now()),
        end: End::default(),
    })
}
