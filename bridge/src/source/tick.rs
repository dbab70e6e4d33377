//! A look around at some of the beats: has this computer slept, is the folder still there, has git moved?

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::git::{Facts, Mark, Repository};
use super::perform::{Ground, blocking};
use crate::beat::{self, Beat};
use crate::platform::file_stat::FolderId;

/// Once in so many beats: a look wakes a thread for file work and this one again. Events tell most of
/// what it sees at once; what they do not, such as a folder that was mounted again, shows this late.
const BEATS: u32 = 3;
/// From one look to the next.
pub const EVERY: Duration = beat::EVERY.saturating_mul(BEATS);

/// How much more time than expected must have passed for the computer to have slept.
const SLEPT: Duration = Duration::from_secs(15);

/// What a tick saw.
#[derive(Debug)]
pub struct Tick {
    /// Which folder stands at the path of the specs folder.
    pub root: io::Result<FolderId>,
    /// HEAD, index and refs, where there is git.
    pub mark: Option<Mark>,
}

/// When the next tick is due.
#[derive(Debug)]
pub struct TickClock {
    beat: Beat,
    last: Instant,
    last_wall: SystemTime,
}

impl TickClock {
    /// The first tick is due at the next beat.
    #[must_use]
    pub fn new(beat: Beat, now: Instant, wall: SystemTime) -> Self {
        Self { beat, last: now, last_wall: wall }
    }

    /// `Some` when a tick is due: whether the computer slept since the last one.
    pub fn take_due(&mut self, now: Instant, wall: SystemTime) -> Option<bool> {
        if now < self.next_due() {
            return None;
        }
        let passed = now.duration_since(self.last);
        // A clock that was set back passes for no time at all.
        let wall_passed = wall.duration_since(self.last_wall).unwrap_or_default();
        (self.last, self.last_wall) = (now, wall);
        Some(has_slept(passed, wall_passed))
    }

    /// When the next tick is due.
    #[must_use]
    pub fn next_due(&self) -> Instant {
        self.beat.after_of(self.last, BEATS)
    }
}

/// Where the monotonic clock stands still during sleep (Linux, macOS), the wall clock runs ahead of
/// it; where it does not (Windows), the tick is late by both.
fn has_slept(passed: Duration, wall_passed: Duration) -> bool {
    wall_passed > passed + SLEPT || passed > EVERY + SLEPT
}

/// Looks at the folder from outside, and at the files in which git's news show.
pub async fn look_around(
    ground: Arc<Ground>,
    repository: Option<Repository>,
    facts: Facts,
    thorough: bool,
) -> Tick {
    blocking(move || Tick {
        root: ground.probe(thorough),
        mark: repository.map(|repository| repository.mark(&facts)),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_is_told_from_ordinary_time_and_from_a_clock_that_was_set() {
        let seconds = Duration::from_secs;
        let table = [
            (seconds(5), seconds(5), false),
            (seconds(13), seconds(13), false),
            (seconds(5), seconds(65), true),
            (seconds(60), seconds(60), true),
            (seconds(5), seconds(0), false),
        ];
        for (passed, wall, slept) in table {
            assert_eq!(has_slept(passed, wall), slept, "{passed:?} {wall:?}");
        }
    }

    #[test]
    fn a_tick_is_due_once_in_so_many_beats() {
        let (now, wall) = (Instant::now(), SystemTime::now());
        let mut clock = TickClock::new(Beat::start(now), now, wall);
        let every = EVERY;
        assert_eq!(clock.take_due(now, wall), None);
        assert_eq!(clock.take_due(now + every, wall + every), Some(false));
        assert_eq!(clock.take_due(now + every, wall + every), None);
    }
}
