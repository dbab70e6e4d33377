//! Notices that a stream arrives in lumps: something on the way collects bytes and passes them on
//! by the thousand. Pure: the times are arguments.
//!
//! A heartbeat says when it was sent. Two that were sent far apart and arrive together were held.
//! After a sleep of this computer one such lump is to be expected, so that it takes two.

use std::time::Duration;

use tokio::time::Instant;

/// Heartbeats that were sent this far apart…
const SENT_APART_MS: i64 = 10_000;
/// …and arrive within this are one lump.
const ARRIVED_WITHIN: Duration = Duration::from_secs(1);
/// This many lumps are no accident.
const LUMPS: u32 = 2;

/// Counts lumps on one stream.
#[derive(Debug, Clone, Default)]
pub struct Lumps {
    last: Option<(i64, Instant)>,
    /// The lump that is arriving is counted already.
    counted: bool,
    lumps: u32,
}

impl Lumps {
    /// Takes in a heartbeat that was sent at `sent_ms`, in milliseconds since 1970 by the relay's
    /// clock. Returns whether the stream is held back.
    pub fn heard(&mut self, sent_ms: i64, at: Instant) -> bool {
        let together = self.last.is_some_and(|(before_ms, before)| {
            sent_ms - before_ms >= SENT_APART_MS && at - before <= ARRIVED_WITHIN
        });
        if together && !self.counted {
            self.lumps += 1;
        }
        self.counted = together;
        self.last = Some((sent_ms, at));
        self.lumps >= LUMPS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Heartbeats as (sent, arrived) in seconds.
    fn held(heartbeats: &[(i64, u64)]) -> bool {
        let (start, mut lumps) = (Instant::now(), Lumps::default());
        let heard = |(sent, arrived): &(i64, u64)| {
            lumps.heard(sent * 1000, start + Duration::from_secs(*arrived))
        };
        heartbeats.iter().any(heard)
    }

    #[test]
    fn two_lumps_are_a_stream_that_is_held_back_and_one_may_be_a_sleep() {
        assert!(!held(&[(0, 0), (30, 30), (60, 60), (90, 90)]), "singly");
        assert!(!held(&[(0, 90), (30, 90), (60, 90), (90, 91), (120, 120)]), "one lump");
        assert!(held(&[(0, 60), (30, 60), (60, 120), (90, 120)]), "two lumps");
        assert!(!held(&[(0, 0), (1, 0), (2, 2), (3, 2)]), "sent close together");
        assert!(!held(&[(0, 3), (30, 33), (60, 64), (90, 92)]), "late, but singly");
    }
}
