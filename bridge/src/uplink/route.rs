//! What gets through on the way to the relay, found out by trying: shared by every clone of
//! [`crate::uplink::http::Relay`], and kept in the state folder.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::config::relay_url::RelayUrl;
use crate::config::way_out::WayOut;
use crate::platform::address;
use crate::state::StateFolder;
use crate::state::routes::{self, Finding, Findings, Obstacle};
use crate::uplink::coding::Coding;

/// Below this a body is small for any box that has a limit at all, in bytes.
const BODY_LEAST_BYTES: usize = 32 * 1024;

/// The way to one relay.
#[derive(Debug)]
pub struct Route {
    /// Relay and way out, in words.
    name: String,
    memory: Option<StateFolder>,
    here: Mutex<Here>,
    /// A stream has worked on this network since the start.
    streamed: AtomicBool,
}

#[derive(Debug)]
struct Here {
    network: String,
    findings: Findings,
}

impl Route {
    /// The way to a relay, with what is remembered of it in `memory`.
    #[must_use]
    pub fn new(relay: &RelayUrl, way: &WayOut, memory: Option<StateFolder>) -> Self {
        let way = match way {
            WayOut::Direct => "directly".to_owned(),
            WayOut::Platform => "as the system says".to_owned(),
            WayOut::Through(proxy, _) => format!("through {proxy}"),
        };
        let here = Here { network: String::new(), findings: Findings::new() };
        let route = Self {
            name: format!("{} {way}", relay.origin()),
            memory,
            here: Mutex::new(here),
            streamed: AtomicBool::new(false),
        };
        route.look_around();
        route
    }

    /// Looks whether this computer is on another network than before; what is known is then what is
    /// remembered of that one.
    pub fn look_around(&self) -> bool {
        let network = address::network(address::towards_the_world());
        let mut here = self.here();
        if here.network == network {
            return false;
        }
        let remembered = self.memory.as_ref().map(|state| routes::read(state, &self.key(&network)));
        *here = Here { network, findings: remembered.unwrap_or_default() };
        self.streamed.store(false, Ordering::Relaxed);
        true
    }

    /// Whether something does not get through, as far as is known.
    #[must_use]
    pub fn stops(&self, obstacle: Obstacle) -> bool {
        self.here().findings.get(&obstacle).is_some_and(|finding| finding.holds_at(now()))
    }

    /// How bodies are to be compressed.
    #[must_use]
    pub fn coding(&self) -> Coding {
        match (self.stops(Obstacle::Zstd), self.stops(Obstacle::Gzip)) {
            (false, _) => Coding::Zstd,
            (true, false) => Coding::Gzip,
            (true, true) => Coding::Plain,
        }
    }

    /// The largest body that may get through, in bytes, if that is known to matter.
    #[must_use]
    pub fn body_max_bytes(&self) -> Option<usize> {
        let here = self.here();
        let finding = here.findings.get(&Obstacle::LargeBodies)?;
        usize::try_from(finding.bytes.filter(|_| finding.holds_at(now()))?).ok()
    }

    /// Remembers that something does not get through, and says so.
    pub fn found(&self, obstacle: Obstacle) {
        self.note(obstacle, None);
    }

    /// Remembers that a body of this size did not get through: half of it may.
    pub fn found_too_large(&self, bytes: usize) {
        let half = (bytes / 2).max(BODY_LEAST_BYTES);
        self.note(Obstacle::LargeBodies, Some(half as u64));
    }

    /// A stream works here.
    pub fn streams(&self) {
        self.streamed.store(true, Ordering::Relaxed);
    }

    fn note(&self, obstacle: Obstacle, bytes: Option<u64>) {
        let doubtful = obstacle == Obstacle::Streams && self.streamed.load(Ordering::Relaxed);
        let mut here = self.here();
        let before = here.findings.get(&obstacle);
        let finding = Finding::now(now(), before, doubtful, bytes);
        here.findings.insert(obstacle, finding);
        log::info!("{}; it is tried again in {} s", words(obstacle), finding.holds);
        if let Some(state) = &self.memory
            && let Err(error) = routes::write(state, &self.key(&here.network), &here.findings)
        {
            log::debug!("{error}");
        }
    }

    fn key(&self, network: &str) -> String {
        format!("{} from {network}", self.name)
    }

    fn here(&self) -> MutexGuard<'_, Here> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn words(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Http2 => "HTTP/2 does not get through here; using HTTP/1.1",
        Obstacle::Streams => "streams are held back here; polling instead",
        Obstacle::Rest => "what is silent for seconds is cut here; asking for more heartbeats",
        Obstacle::Zstd => "bodies compressed with zstd do not get through here; using gzip",
        Obstacle::Gzip => "compressed bodies do not get through here; sending them as they are",
        Obstacle::LargeBodies => "large bodies do not get through here; sending smaller ones",
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(memory: &StateFolder, relay: &str) -> Route {
        let relay = RelayUrl::parse(relay).expect("valid");
        Route::new(&relay, &WayOut::Direct, Some(memory.clone()))
    }

    #[test]
    fn what_was_found_out_is_known_after_a_restart_and_about_no_other_relay() {
        let temp = tempfile::tempdir().expect("a folder");
        let state = StateFolder::create(temp.path().to_owned()).expect("made");
        let first = route(&state, "https://a.example");
        assert_eq!((first.coding(), first.body_max_bytes()), (Coding::Zstd, None));
        first.found(Obstacle::Zstd);
        first.found_too_large(1_000_000);
        let again = route(&state, "https://a.example");
        assert_eq!((again.coding(), again.body_max_bytes()), (Coding::Gzip, Some(500_000)));
        again.found(Obstacle::Gzip);
        assert_eq!(again.coding(), Coding::Plain);
        assert_eq!(route(&state, "https://b.example").coding(), Coding::Zstd);
    }

    #[test]
    fn bodies_never_get_smaller_than_any_box_lets_pass() {
        let temp = tempfile::tempdir().expect("a folder");
        let state = StateFolder::create(temp.path().to_owned()).expect("made");
        let route = route(&state, "https://a.example");
        route.found_too_large(100);
        assert_eq!(route.body_max_bytes(), Some(BODY_LEAST_BYTES));
    }
}
