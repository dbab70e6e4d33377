//! Whether the platform's events cover a specs folder, or it has to be polled. Pure.

use std::time::{Duration, Instant};

use super::WatchMode;
use super::canary::{CANARY_PREFIX, CANARY_WAIT_MS};

/// How long a watcher that ran into a limit rests before it is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(600);

/// What is believed of the watcher in one folder.
#[derive(Debug)]
pub struct Coverage {
    mode: WatchMode,
    told: Option<WatchMode>,
    canary: Canary,
    /// Canaries are allowed.
    may_write: bool,
    /// Makes their names differ from those of other processes.
    salt: u64,
    sung: u64,
    retry_at: Option<Instant>,
}

#[derive(Debug, PartialEq, Eq)]
enum Canary {
    Silent,
    Wanted,
    Heard { name: String, until: Instant },
}

impl Coverage {
    /// Before anything is known. `salt` is random per process.
    #[must_use]
    pub fn new(may_write: bool, salt: u64) -> Self {
        Self {
            mode: WatchMode::Native,
            told: None,
            canary: Canary::Silent,
            may_write,
            salt,
            sung: 0,
            retry_at: None,
        }
    }

    /// The watches were set, or could not be.
    pub fn armed(&mut self, watch: &Result<(), String>, now: Instant) {
        match watch {
            Ok(()) => {
                self.mode = WatchMode::Native;
                self.doubt();
            }
            Err(why) => self.trouble(why, now),
        }
    }

    /// The watcher says that it does not cover everything.
    pub fn trouble(&mut self, why: &str, now: Instant) {
        self.mode = WatchMode::Poll(why.to_owned());
        self.canary = Canary::Silent;
        self.retry_at = Some(now + RETRY_AFTER);
    }

    /// Something changed without an event: a canary has to tell whether there are any.
    pub fn doubt(&mut self) {
        if self.may_write && self.mode == WatchMode::Native && self.canary == Canary::Silent {
            self.canary = Canary::Wanted;
        }
    }

    /// The name of the canary that is to be written now, if any.
    pub fn take_canary(&mut self, now: Instant) -> Option<String> {
        if self.canary != Canary::Wanted {
            return None;
        }
        self.sung += 1;
        let name = format!("{CANARY_PREFIX}{:016x}-{}", self.salt, self.sung);
        let until = now + Duration::from_millis(CANARY_WAIT_MS);
        self.canary = Canary::Heard { name: name.clone(), until };
        Some(name)
    }

    /// The canary could not be written, so that it tells nothing.
    pub fn could_not_sing(&mut self) {
        self.canary = Canary::Silent;
    }

    /// An event named one of our own files.
    pub fn saw_own(&mut self, seen: &str) {
        if matches!(&self.canary, Canary::Heard { name, .. } if name == seen) {
            self.canary = Canary::Silent;
        }
    }

    /// Lets time pass. Answers whether the watches are to be set anew.
    pub fn pass(&mut self, now: Instant) -> bool {
        if matches!(self.canary, Canary::Heard { until, .. } if until <= now) {
            self.canary = Canary::Silent;
            self.mode = WatchMode::Poll(
                "the system reports no changes in this folder (a network or foreign file system?)"
                    .to_owned(),
            );
        }
        let retry = self.retry_at.is_some_and(|at| at <= now);
        if retry {
            self.retry_at = None;
        }
        retry
    }

    /// When time matters next.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        let canary = match self.canary {
            Canary::Heard { until, .. } => Some(until),
            Canary::Silent | Canary::Wanted => None,
        };
        canary.into_iter().chain(self.retry_at).min()
    }

    /// Whether the folder has to be read again and again.
    #[must_use]
    pub fn is_polling(&self) -> bool {
        matches!(self.mode, WatchMode::Poll(_))
    }

    /// Takes out the mode if it was not told yet.
    pub fn take_told(&mut self) -> Option<WatchMode> {
        (self.told.as_ref() != Some(&self.mode)).then(|| {
            self.told = Some(self.mode.clone());
            self.mode.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_that_nobody_reports_leads_to_polling_and_one_that_is_seen_does_not() {
        let now = Instant::now();
        let later = now + Duration::from_millis(CANARY_WAIT_MS);
        for seen in [true, false] {
            let mut coverage = Coverage::new(true, 7);
            coverage.armed(&Ok(()), now);
            let name = coverage.take_canary(now).expect("in doubt at the start");
            assert_eq!(coverage.take_canary(now), None, "one at a time");
            if seen {
                coverage.saw_own(&name);
            } else {
                coverage.saw_own(".leanspec-canary-another");
            }
            coverage.pass(later);
            assert_eq!(coverage.is_polling(), !seen);
        }
    }

    #[test]
    fn nothing_is_written_where_nothing_may_be() {
        let now = Instant::now();
        let mut coverage = Coverage::new(false, 7);
        coverage.armed(&Ok(()), now);
        coverage.doubt();
        assert_eq!(coverage.take_canary(now), None);
        assert!(!coverage.is_polling());
    }

    #[test]
    fn a_reached_limit_is_told_once_with_its_reason_and_tried_again_later() {
        let now = Instant::now();
        let mut coverage = Coverage::new(true, 7);
        coverage.armed(&Err("no more watches".into()), now);
        assert_eq!(coverage.take_told(), Some(WatchMode::Poll("no more watches".into())));
        assert_eq!(coverage.take_told(), None);
        assert!(!coverage.pass(now));
        assert!(coverage.pass(now + RETRY_AFTER));
        coverage.armed(&Ok(()), now);
        assert_eq!(coverage.take_told(), Some(WatchMode::Native));
    }
}
