//! Whether this computer slept. Pure: both clocks are arguments.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::beat;

/// A difference between the clocks that is no sleep. They are compared at every beat.
const CLOCK_SLACK: Duration = Duration::from_secs(20);

/// Whether the wall clock went on much further than the monotonic one, which stands still while the
/// computer sleeps; or a beat came much too late, since this program or the machine it runs in was
/// stopped. Connections may be gone by then without anybody having said so.
pub(super) fn slept(before: (Instant, SystemTime), now: (Instant, SystemTime)) -> bool {
    let awake = now.0.duration_since(before.0);
    if awake > beat::EVERY + CLOCK_SLACK {
        return true;
    }
    now.1.duration_since(before.1).is_ok_and(|wall| wall > awake + CLOCK_SLACK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_far_ahead_of_the_monotonic_one_means_sleep() {
        let (instant, wall) = (Instant::now(), SystemTime::now());
        let later = |awake, on_the_wall| {
            (instant + Duration::from_secs(awake), wall + Duration::from_secs(on_the_wall))
        };
        assert!(!slept((instant, wall), later(5, 5)));
        assert!(!slept((instant, wall), later(5, 20)));
        assert!(slept((instant, wall), later(5, 3600)));
        assert!(!slept((instant, wall), later(20, 20)));
        assert!(!slept((instant, wall), (instant, wall - Duration::from_secs(3600))));
    }

    #[test]
    fn a_beat_that_comes_much_too_late_means_that_the_program_was_stopped() {
        let (instant, wall) = (Instant::now(), SystemTime::now());
        let stopped = Duration::from_secs(30);
        assert!(slept((instant, wall), (instant + stopped, wall + stopped)));
        // Also where somebody set the wall clock back meanwhile.
        assert!(slept((instant, wall), (instant + stopped, wall - stopped)));
    }
}
