//! How long to wait before the next try. Pure: the random number is an argument.

use std::time::Duration;

/// The first back-off, before jitter.
const BASE: Duration = Duration::from_millis(500);
/// No back-off is longer, before jitter: a person who repaired the network should not wait.
const CAP: Duration = Duration::from_secs(30);
/// In the first minutes without the relay no wait is longer: most outages end in that time, and
/// whoever comes back wants to be seen within seconds.
const CAP_SOON: Duration = Duration::from_secs(5);
/// How many tries that is: about ten minutes.
const TRIES_SOON: u32 = 200;
/// While the relay's computer is there and says that nobody listens: it restarts. Such a try costs
/// two packets.
const CAP_ABSENT: Duration = Duration::from_secs(1);
/// How many tries that is: about a minute.
const TRIES_ABSENT: u32 = 120;
/// A link that lived this long was a good one: the next that breaks is a first one again. Longer than
/// anything needs that lets a link begin and then cuts it, shorter than the shortest cut that is usual.
const GOOD_LIFE: Duration = Duration::from_secs(5);
/// How many links in a row may break sooner and be sought again within a second: a relay that restarts
/// several times does that, and what does it more often costs the relay more than it helps.
const SHORT_LIVES: u32 = 8;
/// After the relay refused the key: only a person can change that, and a new key is noticed at
/// once, so this is for a key that becomes valid on the relay's side.
pub const REFUSED: Duration = Duration::from_secs(300);
/// What a relay may ask for at most with `Retry-After`; more would strand the bridge.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(300);

/// How long a first call may take, its connection included. Short most of the time: whoever waits
/// for an answer that was lost in an outage does not see its end. Long now and then: a path that is
/// so slow is still a path.
#[must_use]
pub fn patience(failures: u32) -> Duration {
    if failures % 4 == 3 { Duration::from_secs(30) } else { Duration::from_secs(5) }
}

/// How the relay was lost, or not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The link was up for this long, and broke: the relay restarts, or something cut it.
    Cut {
        /// From its first call on.
        life: Duration,
    },
    /// The link was up, and the relay said that it stops.
    Stopped,
    /// Its computer answers that nobody listens.
    Absent,
    /// It is not reached.
    Unreached,
}

/// Counts failures in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backoff {
    /// Tries that found no relay.
    failures: u32,
    /// Links that broke soon after they were up.
    short_lives: u32,
}

impl Backoff {
    /// Forgets all failures.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// How often it failed in a row.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Notes that there is no link and says how long to wait: anything between nothing and the whole
    /// delay, so that the bridges of a relay that restarts do not come all at once.
    pub fn away(&mut self, fraction: f64, lost: Lost) -> Duration {
        // Whatever was wrong on the way before has been overcome.
        if matches!(lost, Lost::Cut { .. } | Lost::Stopped) {
            self.failures = 0;
        }
        // It is the relay that ends these links, and nothing on the way.
        if matches!(lost, Lost::Stopped | Lost::Absent) {
            self.short_lives = 0;
        }
        let (tries, cap) = match lost {
            Lost::Cut { life } => {
                self.short_lives =
                    if life < GOOD_LIFE { self.short_lives.saturating_add(1) } else { 0 };
                let lives = self.short_lives;
                (lives, if lives <= SHORT_LIVES { CAP_ABSENT } else { later(lives) })
            }
            Lost::Stopped | Lost::Absent | Lost::Unreached => {
                let tries = self.failures;
                self.failures = self.failures.saturating_add(1);
                let soon = lost != Lost::Unreached && tries < TRIES_ABSENT;
                (tries, if soon { CAP_ABSENT } else { later(tries) })
            }
        };
        let doubled = 1_u32.checked_shl(tries).unwrap_or(u32::MAX).max(1);
        BASE.saturating_mul(doubled).min(cap).mul_f64(fraction.clamp(0.0, 1.0))
    }

    /// Notes one more failure and says how long to wait: full jitter, that is anything between
    /// nothing and the doubled delay, so that many bridges come back spread out. The first try
    /// after a success is at once.
    ///
    /// `fraction` is random in `0..1`; `retry_after` is what the relay asked for, and is a floor.
    pub fn fail(&mut self, fraction: f64, retry_after: Option<Duration>) -> Duration {
        let exponent = self.failures;
        self.failures = self.failures.saturating_add(1);
        let whole = match exponent {
            0 => Duration::ZERO,
            n => BASE.saturating_mul(1_u32.checked_shl(n - 1).unwrap_or(u32::MAX)).min(CAP),
        };
        let jittered = whole.mul_f64(fraction.clamp(0.0, 1.0));
        match retry_after.map(|asked| asked.min(RETRY_AFTER_MAX)) {
            // Asked for by the relay: that long, and a little more, spread out.
            Some(asked) => asked + BASE.mul_f64(fraction.clamp(0.0, 1.0)) + jittered / 2,
            None => jittered,
        }
    }
}

/// The longest wait where nothing says that the relay will soon be there.
fn later(tries: u32) -> Duration {
    if tries < TRIES_SOON { CAP_SOON } else { CAP }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    #[test]
    fn the_first_try_is_at_once_and_later_ones_wait_longer_up_to_the_cap() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..9).map(|_| backoff.fail(1.0, None).as_millis()).collect();
        assert_eq!(waits, [0, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        backoff.reset();
        assert_eq!(backoff.fail(1.0, None), Duration::ZERO);
    }

    #[test]
    fn the_wait_is_spread_over_its_whole_length() {
        let at = |fraction| {
            let mut backoff = Backoff { failures: 3, short_lives: 0 };
            backoff.fail(fraction, None).as_millis()
        };
        assert_eq!((at(0.0), at(0.25), at(1.0)), (0, 500, 2000));
    }

    #[test]
    fn what_the_relay_asks_for_is_a_floor_within_reason() {
        let wait = |asked| Backoff::default().fail(0.5, Some(Duration::from_secs(asked)));
        assert!(wait(7) >= Duration::from_secs(7) && wait(7) < Duration::from_secs(9));
        assert!(wait(86_400) < Duration::from_secs(302));
    }

    #[test]
    fn a_thousand_failures_do_not_overflow() {
        let mut backoff = Backoff::default();
        for _ in 0..1000 {
            assert!(backoff.fail(1.0, None) <= CAP);
        }
    }
    #[test]
    fn a_slow_path_gets_its_time_at_every_fourth_try() {
        let seconds = |failures| patience(failures).as_secs();
        assert_eq!([0, 1, 2, 3, 4, 7].map(seconds), [5, 5, 5, 30, 5, 30]);
    }

    #[test]
    fn a_relay_that_is_away_is_looked_for_often_and_after_minutes_less_often() {
        let after = |tries, lost| {
            let mut backoff = Backoff { failures: tries, short_lives: 0 };
            backoff.away(1.0, lost).as_millis()
        };
        let cases = [
            (0, Lost::Absent, 500),
            (1, Lost::Absent, 1000),
            (119, Lost::Absent, 1000),
            (120, Lost::Absent, 5000),
            (0, Lost::Unreached, 500),
            (3, Lost::Unreached, 4000),
            (199, Lost::Unreached, 5000),
            (200, Lost::Unreached, 30_000),
            (5000, Lost::Absent, 30_000),
        ];
        for (tries, lost, wanted) in cases {
            assert_eq!(after(tries, lost), wanted, "{tries} {lost:?}");
        }
    }

    const TICK: Lost = Lost::Cut { life: Duration::from_millis(100) };

    /// The waits were those of a dead network after a few restarts: up to 3.6 s.
    #[test]
    fn a_relay_that_restarts_several_times_in_a_row_is_sought_within_a_second_each_time() {
        let mut backoff = Backoff::default();
        for restart in 0..100 {
            let life = Duration::from_secs(2);
            let end = if restart % 2 == 0 { Lost::Stopped } else { Lost::Cut { life } };
            let waits = [end, Lost::Absent, Lost::Absent, Lost::Absent];
            for lost in waits {
                assert!(backoff.away(1.0, lost) <= CAP_ABSENT, "restart {restart}, {lost:?}");
            }
        }
    }

    #[test]
    fn links_that_are_cut_as_soon_as_they_are_up_are_begun_less_and_less_often() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..210).map(|_| backoff.away(1.0, TICK).as_millis()).collect();
        assert_eq!((waits[0], waits[7], waits[8], waits[209]), (1000, 1000, 5000, 30_000));
        // One that was let live is a good one, and so is the way to it.
        assert_eq!(backoff.away(1.0, Lost::Cut { life: GOOD_LIFE }).as_millis(), 500);
        assert_eq!((backoff.failures, backoff.short_lives), (0, 0));
    }

    #[test]
    fn streams_that_are_cut_at_fixed_times_are_opened_again_at_once_each_time() {
        let mut backoff = Backoff::default();
        for _ in 0..100 {
            let life = Duration::from_secs(55);
            assert!(backoff.away(1.0, Lost::Cut { life }) <= BASE);
        }
    }

    /// 500 bridges lose their relay in the same moment; it is back after three seconds.
    #[test]
    fn bridges_of_a_relay_that_restarts_come_back_within_a_second_and_not_at_once() {
        let (back, seed) = (Duration::from_secs(3), 7);
        let mut random = StdRng::seed_from_u64(seed);
        let mut returns: Vec<Duration> = (0..500)
            .map(|_| {
                let (mut backoff, mut now) = (Backoff::default(), Duration::ZERO);
                while now < back {
                    now += backoff.away(random.random(), Lost::Absent);
                }
                now - back
            })
            .collect();
        returns.sort_unstable();
        assert!(returns[499] <= CAP_ABSENT, "the last after {:?}", returns[499]);
        let in_window = |start: u64| {
            let window = Duration::from_millis(start)..Duration::from_millis(start + 50);
            returns.iter().filter(|at| window.contains(*at)).count()
        };
        let most = (0..1000).step_by(50).map(in_window).max().unwrap_or_default();
        assert!(most <= 75, "{most} of 500 within 50 ms");
    }
}
