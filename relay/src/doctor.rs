//! `leanspec-relay doctor`: looks into the relay's own settings, at its folder and through whatever
//! stands in front of it, and says of each what was tried, what came of it, the likely cause and what
//! to do.
//!
//! One file for each kind of check: what was found out is judged by pure functions there, and
//! gathered here. A relay that runs is not disturbed; nothing is kept, but for the length of the look
//! a key with which it asks.

mod address;
mod client;
mod folder;
mod front;
mod visitor;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use leanspec_shared::doctor::line::{Line, Verdict, worst};
use leanspec_shared::http as wire;

use self::client::Client;
use self::visitor::Visitor;

/// Events of the short stream, and the gap between two of them.
const EVENTS: (usize, Duration) = (6, Duration::from_millis(300));
/// A body to try a compression with, in bytes.
const BODY_BYTES: usize = 4 * 1024;

/// What is to be looked into.
#[derive(Debug)]
pub(crate) struct Order {
    /// The folder of the databases.
    pub(crate) data: PathBuf,
    /// Where the relay listens.
    pub(crate) listen: SocketAddr,
    /// How browsers and bridges reach it, where that was said.
    pub(crate) public_url: Option<String>,
    /// Origins whose pages may call it.
    pub(crate) allow_origins: Vec<String>,
    /// Also wait for heartbeats, which takes a minute and a half.
    pub(crate) long: bool,
}

/// Looks, and tells each line as soon as it is known.
pub(crate) async fn look(order: &Order, mut tell: impl FnMut(&Line)) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut take = |new: Vec<Line>| {
        new.iter().for_each(&mut tell);
        let bad = worst(&new) == Verdict::Bad;
        lines.extend(new);
        !bad
    };
    let ready = take(folder::look(&order.data));
    take(order.allow_origins.iter().map(|origin| address::judge_origin(origin)).collect());
    let sound = take(vec![address::judge_public(order.public_url.as_deref(), order.listen)]);
    let local = format!("http://{}", address::to_connect_to(order.listen));
    if !(take(vec![here(&local).await]) && ready) {
        return lines;
    }
    let visitor = match Visitor::enter(&order.data) {
        Ok(visitor) => visitor,
        Err(error) => {
            let line = Line::ok("key", "making a key to ask with", error.to_string());
            take(vec![line.bad("see the lines above", "see the lines above")]);
            return lines;
        }
    };
    take(vec![others(&local).await]);
    let public = order.public_url.as_deref().filter(|_| sound).unwrap_or(&local);
    through(public, &visitor, order.long, &mut take).await;
    lines
}

/// Whether the relay answers where it listens.
async fn here(local: &str) -> Line {
    let ready = match Client::new(local, None) {
        Ok(client) => client.get("/readyz").await,
        Err(error) => Err(error),
    };
    front::judge_listening(local, &ready)
}

/// Whether the pages of anybody may call the relay.
async fn others(local: &str) -> Line {
    let allowed = match Client::new(local, None) {
        Ok(client) => client.allows("https://page.invalid").await,
        Err(error) => Err(error),
    };
    address::judge_others(&allowed)
}

/// The way that bridges and browsers take. Each step needs the one before.
async fn through(
    public: &str,
    visitor: &Visitor,
    long: bool,
    take: &mut impl FnMut(Vec<Line>) -> bool,
) {
    let client = match Client::new(public, Some(visitor.key())) {
        Ok(client) => client,
        Err(error) => {
            take(vec![front::judge_reaching(public, &Err(error))]);
            return;
        }
    };
    let reached = client.get(wire::ME).await;
    if !take(vec![front::judge_reaching(public, &reached)]) {
        return;
    }
    let Ok(reached) = reached else { return };
    let mut lines = vec![front::judge_clock(&reached)];
    let small = client.body(BODY_BYTES, true).await;
    lines.extend(front::judge_http(public, reached.version, &small));
    lines.push(front::judge_compressed(&small));
    for bytes in front::SIZES {
        lines.push(front::judge_size(bytes, &client.body(bytes, false).await));
    }
    take(lines);
    let (count, gap) = EVENTS;
    let mut gaps = vec![gap; count];
    gaps[0] = Duration::ZERO;
    take(vec![front::judge_stream(&client.stream(&gaps).await, count)]);
    if long {
        take(vec![front::judge_heartbeats(&client.heartbeats().await)]);
    }
}
