//! Looks into everything between this computer's folders and the relay, and says of each step what
//! was tried, what came of it, the likely cause and what to do.
//!
//! One file for each kind of check: what was found out is judged by pure functions there, and
//! gathered here. Nothing is changed, at the relay or here; a bridge that runs is not disturbed.

pub mod answers;
pub mod bodies;
pub mod bundle;
mod contents;
pub mod encrypted;
pub mod folder;
pub mod reach;
pub mod stream;
pub mod way;

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

pub use leanspec_shared::doctor::line;
use leanspec_shared::limits::HEARTBEAT_SECONDS;
use tokio::time::Instant;

use crate::config::Network;
use crate::config::relay_url::RelayUrl;
use crate::doctor::line::{Line, Verdict, worst};
use crate::platform::proxy_script;
use crate::random;
use crate::uplink::auth::Key;
use crate::uplink::coding::Coding;
use crate::uplink::http::{CallError, Relay};
use crate::uplink::{calls, handshake, probe};

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Calls from which the latency is told.
const CALLS: usize = 5;
/// A body to try a compression with, in bytes.
const BODY_BYTES: usize = 4 * 1024;
/// Sizes that are tried, in bytes: what the bridge cannot do without, its batches, its largest file.
const SIZES: [(usize, bool); 3] = [(32 * 1024, true), (512 * 1024, false), (1024 * 1024, false)];
/// What is fetched to tell the speed, in bytes.
const DOWNLOAD_BYTES: usize = 256 * 1024;
/// Events of the short stream, and the gap between two of them.
const EVENTS: (usize, Duration) = (6, Duration::from_millis(300));
/// How long is waited for an event past its time.
const LATE: Duration = Duration::from_secs(4);
/// Silences that are tried with `--long`, in seconds: below and past the time-outs that are usual.
const SILENCES: [u64; 6] = [10, 25, 50, 70, 110, 130];

/// A project's folder to look into.
#[derive(Debug, Clone)]
pub struct Folder {
    /// The project's name.
    pub name: String,
    /// Its specs folder.
    pub specs: PathBuf,
    /// Whether anything may be written there.
    pub may_write: bool,
}

/// What is to be looked into.
#[derive(Debug)]
pub struct Order {
    /// The relay.
    pub relay: RelayUrl,
    /// What is set about the network.
    pub network: Network,
    /// The key.
    pub key: Option<Key>,
    /// The projects.
    pub folders: Vec<Folder>,
    /// Take minutes to find out how long a stream may be silent.
    pub long: bool,
}

/// Looks, and tells each line as soon as it is known.
pub async fn look(order: &Order, mut tell: impl FnMut(&Line)) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut take = |new: Vec<Line>| {
        new.iter().for_each(&mut tell);
        let bad = worst(&new) == Verdict::Bad;
        lines.extend(new);
        !bad
    };
    network(order, &mut take).await;
    for Folder { name, specs, may_write } in &order.folders {
        take(folder::look(name, specs, *may_write).await);
    }
    lines
}

/// Each step needs the one before: after one that does not work, the next would only repeat it.
async fn network(order: &Order, take: &mut impl FnMut(Vec<Line>) -> bool) {
    let Order { relay, network, .. } = order;
    let script = tokio::task::spawn_blocking(proxy_script::address).await.ok().flatten();
    take(vec![way::judge(&network.way, relay.is_loopback(), script.as_deref())]);
    let reached = reach::look(relay, &network.way).await;
    if !(take(reached.lines) && reached.through) {
        return;
    }
    if let Some(stream) = reached.stream.filter(|_| relay.is_encrypted()) {
        let shaken = handshake::shake(stream, relay.host(), &network.trust);
        let late = || Err(handshake::NoHandshake::Broken("no answer in time".into()));
        let shaken = tokio::time::timeout(HANDSHAKE, shaken).await.unwrap_or_else(|_| late());
        if !take(encrypted::judge(relay.host(), &shaken)) {
            return;
        }
    }
    let client = Relay::new(relay.clone(), network.clone(), order.key.clone(), random::id(), None);
    let client = match client {
        Ok(client) => client,
        Err(error) => {
            let line = Line::ok("key", "making a client", error.to_string());
            take(vec![line.bad("a fault of this program", "report it")]);
            return;
        }
    };
    if take(calls_of(&client, relay.label()).await) && take(bodies_of(&client).await) {
        take(streams_of(&client, order.long).await);
    }
}

async fn calls_of(relay: &Relay, label: &str) -> Vec<Line> {
    let me = calls::me(relay).await;
    let mut lines = vec![answers::judge_key(label, &me)];
    if me.is_err() {
        return lines;
    }
    let mut took = Vec::new();
    for _ in 0..CALLS {
        let began = Instant::now();
        if calls::me(relay).await.is_ok() {
            took.push(began.elapsed());
        }
    }
    lines.extend(answers::judge_latency(&took));
    lines
}

async fn bodies_of(relay: &Relay) -> Vec<Line> {
    let mut lines = Vec::new();
    for coding in [Coding::Zstd, Coding::Gzip, Coding::Plain] {
        let sent = probe::body(relay, BODY_BYTES, coding).await;
        if let (Coding::Plain, Ok((probed, took))) = (coding, &sent) {
            lines.push(answers::judge_clock(probed, SystemTime::now().into(), *took));
        }
        lines.push(bodies::judge_coding(coding, BODY_BYTES, &sent));
    }
    for (bytes, needed) in SIZES {
        let sent = probe::body(relay, bytes, Coding::Plain).await;
        lines.push(bodies::judge_size(bytes, needed, &sent));
    }
    let got = probe::bytes(relay, DOWNLOAD_BYTES).await;
    lines.push(bodies::judge_download(DOWNLOAD_BYTES, &got));
    lines
}

async fn streams_of(relay: &Relay, long: bool) -> Vec<Line> {
    let began = Instant::now();
    let _ = calls::me(relay).await;
    let call_took = began.elapsed();
    let (count, gap) = EVENTS;
    let mut gaps = vec![gap; count];
    gaps[0] = Duration::ZERO;
    let refused = |check, error: CallError| {
        let line = Line::ok(check, "reading a stream", error.to_string());
        line.warn("a box on the way", "nothing: the bridge polls where streams do not live")
    };
    let streamed = probe::stream(relay, &gaps, LATE).await;
    let mut lines = vec![match streamed {
        Ok(streamed) => stream::judge(&streamed, count, call_took),
        Err(error) => refused("stream", error),
    }];
    if long {
        let gaps = SILENCES.map(Duration::from_secs);
        let heartbeat = Duration::from_secs(HEARTBEAT_SECONDS);
        let streamed = probe::stream(relay, &gaps, LATE).await;
        lines.push(match streamed {
            Ok(streamed) => stream::judge_idle(&streamed, &gaps, heartbeat),
            Err(error) => refused("idle", error),
        });
    }
    lines
}
