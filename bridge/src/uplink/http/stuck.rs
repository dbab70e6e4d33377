//! Notices that a call hangs in a connection that died: a path that was dark for a while, a router
//! that forgot. TCP waits longer and longer between its tries, and would find out minutes later.
//!
//! A call that is not answered while nothing else is heard from the relay is suspicious. A new
//! connection is then tried beside it, in HTTP/1.1 since the version may be what hangs: only when that
//! one is answered is the call given up. A relay that is merely slow is slow there too.

use std::sync::atomic::Ordering;
use std::time::Duration;

use http::{HeaderMap, Method};
use leanspec_shared::http::{PROBE, RELAY_HEADER};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::{Relay, Request, client};
use crate::state::routes::Obstacle;

/// A small call that is not answered for so long is suspicious.
const PATIENCE: Duration = Duration::from_secs(3);
/// Twice as long after every two calls in a row that were given up, and so many times: whoever is
/// wrong about a relay must not become a burden to it.
const DOUBLINGS_MAX: u32 = 5;
/// The slowest path that bodies are expected to travel, in bytes a second: half of 64 kbit/s.
const SLOWEST: u64 = 4 * 1024;
/// How long a new connection may take with its answer…
const TRIAL: Duration = Duration::from_millis(2500);
/// …and how long after one that had none the next is tried.
const TRIAL_EVERY: Duration = Duration::from_millis(500);

/// Calls that hang in HTTP/2 before its version is to blame.
const HTTP2_HANGS_MAX: u32 = 2;

/// How long a body of so many bytes may be on its way, beside the answer to it.
pub(super) fn on_its_way(bytes: usize) -> Duration {
    Duration::from_millis(bytes as u64 * 1000 / SLOWEST)
}

/// How long a call with a body of so many bytes is not suspicious, after so many calls in a row that
/// were given up.
fn patience(bytes: usize, given_up: u32) -> Duration {
    PATIENCE * (1 << (given_up / 2).min(DOUBLINGS_MAX)) + on_its_way(bytes)
}

impl Relay {
    /// Ends when a call that begins now, with a body of so many bytes, is found to hang.
    pub(super) async fn hangs(&self, bytes: usize, given_up: u32) {
        let patience = patience(bytes, given_up);
        let mut quiet_since = Instant::now();
        loop {
            sleep_until(quiet_since + patience).await;
            let heard = *self.shared.heard.borrow();
            if heard > quiet_since {
                quiet_since = heard;
                continue;
            }
            if self.is_answered_anew().await && *self.shared.heard.borrow() == heard {
                return;
            }
            sleep(TRIAL_EVERY).await;
        }
    }

    /// Leaves the connections in which a call hung. Where HTTP/2 hangs again and again and a trial in
    /// HTTP/1.1 is answered, it is the version's fault.
    pub(super) fn give_up(&self, before: u32) {
        self.shared.given_up.store(before + 1, Ordering::Relaxed);
        if !self.route().stops(Obstacle::Http2) {
            let failures = self.shared.http2_failures.fetch_add(1, Ordering::Relaxed) + 1;
            if failures >= HTTP2_HANGS_MAX {
                self.route().found(Obstacle::Http2);
            }
        }
        log::info!("a call hung in a dead connection; connecting again");
        self.leave_connections();
    }

    /// Whether the relay answers on a connection that has nothing to do with those that are open.
    async fn is_answered_anew(&self) -> bool {
        let Some(key) = self.key() else { return false };
        let Ok(clients) = client::build(&self.shared.url, &self.shared.network) else {
            return false;
        };
        let request = Request {
            method: Method::GET,
            path: format!("{PROBE}?bytes=0"),
            headers: HeaderMap::new(),
            body: None,
        };
        let answer = timeout(TRIAL, self.send_by(&clients.http1, &request, &key)).await;
        answer.is_ok_and(|sent| sent.is_ok_and(|head| head.headers().contains_key(RELAY_HEADER)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_body_and_a_relay_that_was_wrongly_suspected_get_more_time() {
        let seconds = |bytes, given_up| patience(bytes, given_up).as_secs();
        assert_eq!([0, 1, 2, 3, 4, 1000].map(|times| seconds(0, times)), [3, 3, 6, 6, 12, 96]);
        assert_eq!(seconds(64 * 1024, 0), 3 + 16);
        assert_eq!(seconds(512 * 1024, 0), 3 + 128);
    }
}
