//! What was found out about the ways to relays, kept so that a restart need not find it out again.
//!
//! Findings are about one way: this network, that proxy, that relay. Each holds for a while and is
//! then put to the test, the more rarely the more often it was confirmed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::state::atomic::{self, Durability};
use crate::state::{StateError, StateFolder};

const FILE: &str = "routes.json";
/// How long a finding holds before the better way is tried again, in seconds.
const HOLD_SECONDS: u64 = 30 * 60;
/// A finding that was confirmed often holds this many times longer at most: 16 hours.
const HOLD_DOUBLINGS_MAX: u32 = 5;
/// How long it holds where the better way has worked before: then it was likely an accident.
const HOLD_DOUBTFUL_SECONDS: u64 = 60;
/// Ways that are remembered. A laptop sees a handful; the least recent goes first.
const ROUTES_MAX: usize = 50;

/// What does not get through on a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// HTTP/2.
    Http2,
    /// Answers that go on: only whole ones arrive.
    Streams,
    /// Streams that are silent for some seconds: they are cut.
    Rest,
    /// Bodies compressed with zstd.
    Zstd,
    /// Bodies compressed with gzip.
    Gzip,
    /// Bodies above a size.
    LargeBodies,
}

/// One thing that was found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// When, in seconds since 1970.
    pub found_at: u64,
    /// For how many seconds it holds.
    pub holds: u64,
    /// How often it was found in a row.
    pub times: u32,
    /// With [`Obstacle::LargeBodies`]: what may get through, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

impl Finding {
    /// A finding of now, after an earlier one. `doubtful` when the better way has worked before.
    #[must_use]
    pub fn now(now: u64, before: Option<&Self>, doubtful: bool, bytes: Option<u64>) -> Self {
        let times = before.map_or(1, |before| before.times.saturating_add(1));
        let doublings = (times - 1).min(HOLD_DOUBLINGS_MAX);
        let holds = if doubtful { HOLD_DOUBTFUL_SECONDS } else { HOLD_SECONDS << doublings };
        Self { found_at: now, holds, times, bytes }
    }

    /// Whether it still holds. One from the future does not: the clock was wrong then or is now.
    #[must_use]
    pub fn holds_at(&self, now: u64) -> bool {
        now.checked_sub(self.found_at).is_some_and(|age| age < self.holds)
    }
}

/// What was found out about one way.
pub type Findings = BTreeMap<Obstacle, Finding>;

#[derive(Debug, Default, Serialize, Deserialize)]
struct File {
    routes: BTreeMap<String, Findings>,
}

/// What is remembered of a way; nothing where it cannot be read, which costs finding it out again.
#[must_use]
pub fn read(state: &StateFolder, route: &str) -> Findings {
    file(state).routes.remove(route).unwrap_or_default()
}

fn file(state: &StateFolder) -> File {
    match atomic::read_json(&state.file(FILE)) {
        Ok(file) => file.unwrap_or_default(),
        Err(error) => {
            log::debug!("{error}");
            File::default()
        }
    }
}

/// Remembers what was found out about a way.
///
/// # Errors
/// When it cannot be written.
pub fn write(state: &StateFolder, route: &str, findings: &Findings) -> Result<(), StateError> {
    let mut file = file(state);
    file.routes.insert(route.to_owned(), findings.clone());
    while file.routes.len() > ROUTES_MAX {
        let latest = |findings: &Findings| findings.values().map(|one| one.found_at).max();
        let oldest = file.routes.iter().min_by_key(|(_, findings)| latest(findings));
        let Some(oldest) = oldest.map(|(route, _)| route.clone()) else { break };
        file.routes.remove(&oldest);
    }
    atomic::write_json(&state.file(FILE), &file, Durability::Whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_holds_the_longer_the_more_often_it_is_confirmed() {
        let first = Finding::now(1000, None, false, None);
        assert!(first.holds_at(1000 + HOLD_SECONDS - 1) && !first.holds_at(1000 + HOLD_SECONDS));
        assert!(!first.holds_at(999), "the clock was set back");
        let mut last = first;
        for _ in 0..20 {
            last = Finding::now(1000, Some(&last), false, None);
        }
        assert_eq!(last.holds, HOLD_SECONDS * 32);
        assert_eq!(Finding::now(1000, Some(&last), true, None).holds, HOLD_DOUBTFUL_SECONDS);
    }

    #[test]
    fn ways_are_remembered_apart_and_the_oldest_are_forgotten() {
        let temp = tempfile::tempdir().expect("a folder");
        let state = StateFolder::create(temp.path().to_owned()).expect("made");
        for at in 0..=ROUTES_MAX as u64 {
            let finding = Finding::now(at, None, false, None);
            let findings = Findings::from([(Obstacle::Zstd, finding)]);
            write(&state, &format!("way {at}"), &findings).expect("written");
        }
        assert!(read(&state, "way 0").is_empty());
        assert_eq!(read(&state, "way 7")[&Obstacle::Zstd].found_at, 7);
        std::fs::write(state.file(FILE), "{").expect("written");
        assert!(read(&state, "way 7").is_empty(), "damaged: found out again");
    }
}
