//! Whether this computer slept. Pure: both clocks are arguments.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// A difference between the clocks that is no sleep. They are compared at every beat.
const CLOCK_SLACK: Duration = Duration::from_secs(20);

/// Whether the wall clock went on much further than the monotonic one, which stands still while
/// the computer sleeps.
pub(super) fn slept(before: (Instant, SystemTime), now: (Instant, SystemTime)) -> bool {
    let awake = now.0.duration_since(before.0);
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
        assert!(!slept((instant, wall), (instant, wall - Duration::from_secs(3600))));
    }
}
