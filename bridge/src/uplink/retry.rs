//! How long to wait before the next try. Pure: the random number is an argument.

use std::time::Duration;

/// The first back-off, before jitter.
const BASE: Duration = Duration::from_millis(500);
/// No back-off is longer, before jitter: a person who repaired the network should not wait.
const CAP: Duration = Duration::from_secs(30);
/// After the relay refused the key: only a person can change that, and a new key is noticed at
/// once, so this is for a key that becomes valid on the relay's side.
pub const REFUSED: Duration = Duration::from_secs(300);
/// What a relay may ask for at most with `Retry-After`; more would strand the bridge.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(300);

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
}
