//! One beat for everything that looks around from time to time, so that many looks are one wake-up.
//!
//! A processor that nobody wakes sleeps deeply. Ten projects, the link and the state folder each
//! look for what nobody tells them; with timers of their own they would wake it all the time.

use std::time::{Duration, Instant};

/// From one beat to the next: rare enough to cost nothing, often enough that a night's sleep is
/// noticed within 5 s of waking.
///
/// It is a multiple of 4096 ms for tokio's sake, which keeps timers in slots of 1, 64 and 4096 ms
/// and moves them down when a slot begins: a timer due in the middle of a slot wakes the program
/// up to three times, one that is due with the slot wakes it once.
pub const EVERY: Duration = Duration::from_millis(4096);

/// The beat of the process.
#[derive(Debug, Clone, Copy)]
pub struct Beat {
    first: Instant,
}

impl Beat {
    /// A beat from now on. Right before the runtime is built, its beats are the runtime's slots.
    #[must_use]
    pub fn start(now: Instant) -> Self {
        Self { first: now }
    }

    /// The first beat after `moment`.
    #[must_use]
    pub fn after(&self, moment: Instant) -> Instant {
        self.after_of(moment, 1)
    }

    /// The first after `moment` of the beats that come once in `every`: for looks that cost more.
    #[must_use]
    pub fn after_of(&self, moment: Instant, every: u32) -> Instant {
        let step = EVERY * every.max(1);
        let passed = moment.saturating_duration_since(self.first).as_millis() / step.as_millis();
        // Further than any program runs, the beat stands still.
        let steps = u32::try_from(passed).unwrap_or(u32::MAX).saturating_add(1);
        self.first + step * steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_between_two_beats_is_woken_at_the_same_one() {
        let start = Instant::now();
        let beat = Beat::start(start);
        for (asked, woken) in [
            (Duration::ZERO, EVERY),
            (Duration::from_millis(1), EVERY),
            (EVERY - Duration::from_millis(1), EVERY),
            (EVERY, EVERY * 2),
            (EVERY * 1000 + Duration::from_millis(1), EVERY * 1001),
        ] {
            assert_eq!(beat.after(start + asked), start + woken, "{asked:?}");
        }
    }

    #[test]
    fn a_look_that_costs_more_takes_some_of_the_beats() {
        let start = Instant::now();
        let beat = Beat::start(start);
        for (asked, woken) in [
            (Duration::ZERO, EVERY * 3),
            (EVERY * 2 + Duration::from_millis(1), EVERY * 3),
            (EVERY * 3, EVERY * 6),
        ] {
            assert_eq!(beat.after_of(start + asked, 3), start + woken, "{asked:?}");
        }
    }
}
