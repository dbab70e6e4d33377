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

/// Counts failures in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Forgets all failures.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// How often it failed in a row.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Notes that the relay is not reached and says how long to wait: anything between nothing and
    /// the whole delay, so that the bridges of a relay that restarts do not come all at once.
    /// `absent` says that its computer answered that nobody listens.
    pub fn away(&mut self, fraction: f64, absent: bool) -> Duration {
        let tries = self.failures;
        self.failures = self.failures.saturating_add(1);
        let cap = match tries {
            0..TRIES_ABSENT if absent => CAP_ABSENT,
            0..TRIES_SOON => CAP_SOON,
            _ => CAP,
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
            let mut backoff = Backoff { failures: 3 };
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
        let after = |tries, absent| {
            let mut backoff = Backoff { failures: tries };
            backoff.away(1.0, absent).as_millis()
        };
        let cases = [
            (0, true, 500),
            (1, true, 1000),
            (119, true, 1000),
            (120, true, 5000),
            (0, false, 500),
            (3, false, 4000),
            (199, false, 5000),
            (200, false, 30_000),
            (5000, true, 30_000),
        ];
        for (tries, absent, wanted) in cases {
            assert_eq!(after(tries, absent), wanted, "{tries} {absent}");
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
                    now += backoff.away(random.random(), true);
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
