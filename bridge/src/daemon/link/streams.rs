//! What follows from how streams end: whether streaming is given up for polling, or livened by more
//! heartbeats. Pure.
//!
//! A stream that breaks says little: networks cut streams. One that breaks in the same odd way
//! again and again, while calls go through, is not let pass, or not let rest.

use std::time::Duration;

/// A stream that ended sooner was not let live.
const EARLY: Duration = Duration::from_secs(1);
/// Odd ends in a row after which streaming is given up.
const ODD_ENDS_MAX: u32 = 3;
/// What is cut for its rest ends after the same silence each time, as far as this.
const SAME_SILENCE: Duration = Duration::from_secs(1);

/// How often a stream that must not rest is kept awake, in seconds: boxes that cut what rests for
/// five seconds are the worst that are known.
pub(super) const LIVELY_HEARTBEAT_S: u64 = 3;
/// How long a poll is held where what rests is cut, in seconds.
pub(super) const LIVELY_WAIT_S: u64 = 8;

/// How an attempt to stream ended. Before each the relay has just answered a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StreamEnd {
    /// Nothing came, or in lumps.
    HeldBack,
    /// It was not opened, whatever the reason.
    Refused,
    /// It was opened, and ended after this time; with whether anything came after its hello.
    Lived {
        /// From its hello on.
        life: Duration,
        /// A heartbeat, or more.
        heard: bool,
        /// How long nothing had come when it ended.
        silence: Duration,
        /// How far apart the heartbeats were to be.
        heartbeat: Duration,
    },
}

/// What follows from an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advice {
    /// Stream again.
    AsBefore,
    /// Stream again, and let nothing rest for long.
    Liven,
    /// Poll from now on.
    Poll,
}

/// Counts odd ends in a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Streams {
    odd_ends: u32,
    /// The silence after which the last of them was cut, if it may have been for that.
    silence: Option<Duration>,
}

impl Streams {
    /// Takes in the end of a stream.
    pub(super) fn ended(&mut self, end: StreamEnd) -> Advice {
        let odd = match end {
            StreamEnd::HeldBack => return Advice::Poll,
            StreamEnd::Refused => true,
            StreamEnd::Lived { life, heard, .. } => life < EARLY || !heard,
        };
        self.odd_ends = if odd { self.odd_ends + 1 } else { 0 };
        let liven = self.is_cut_for_rest(rest_of(end));
        match self.odd_ends >= ODD_ENDS_MAX {
            true => Advice::Poll,
            false if liven => Advice::Liven,
            false => Advice::AsBefore,
        }
    }

    /// Takes in after how long a silence a stream or a held poll was cut; `None` when it was not, or
    /// not for that. A box that cuts what rests does so after the same silence each time; one that
    /// cuts at an age, in whatever silence there is then. Says whether it is the same again.
    pub(super) fn is_cut_for_rest(&mut self, silence: Option<Duration>) -> bool {
        let before = std::mem::replace(&mut self.silence, silence);
        let both = before.zip(silence);
        both.is_some_and(|(before, silence)| before.abs_diff(silence) <= SAME_SILENCE)
    }

    /// Forgets the odd ends: the relay itself was away, or said why it closed.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }
}

/// The silence for which a stream may have been cut. What lives for two heartbeats was not cut for
/// resting between them.
fn rest_of(end: StreamEnd) -> Option<Duration> {
    match end {
        StreamEnd::Lived { life, silence, heartbeat, .. }
            if silence >= EARLY && silence < heartbeat && life < 2 * heartbeat =>
        {
            Some(silence)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With heartbeats every 15 s, and the silence of a stream that heard none or all of them.
    fn lived(seconds: u64, heard: bool) -> StreamEnd {
        ended(seconds, heard, if heard { seconds % 15 } else { seconds })
    }

    fn ended(life: u64, heard: bool, silence: u64) -> StreamEnd {
        let [life, silence, heartbeat] = [life, silence, 15].map(Duration::from_secs);
        StreamEnd::Lived { life, heard, silence, heartbeat }
    }

    fn first(advice: Advice, ends: &[StreamEnd]) -> Option<usize> {
        let mut streams = Streams::default();
        ends.iter().position(|end| streams.ended(*end) == advice)
    }

    fn polls_after(ends: &[StreamEnd]) -> Option<usize> {
        first(Advice::Poll, ends)
    }

    #[test]
    fn streams_that_are_cut_at_fixed_times_are_expected() {
        assert_eq!(polls_after(&[lived(55, true); 50]), None);
        assert_eq!(polls_after(&[lived(600, true); 50]), None);
    }

    #[test]
    fn a_stream_that_never_lives_becomes_a_poll() {
        assert_eq!(polls_after(&[StreamEnd::HeldBack]), Some(0));
        assert_eq!(polls_after(&[StreamEnd::Refused; 3]), Some(2));
        assert_eq!(polls_after(&[lived(0, true); 3]), Some(2));
        // A hello, then silence until the watchdog: a box that collects bytes.
        assert_eq!(polls_after(&[lived(37, false); 3]), Some(2));
        let mixed = [StreamEnd::Refused, lived(0, false), lived(55, true), StreamEnd::Refused];
        assert_eq!(polls_after(&mixed), None);
    }

    #[test]
    fn streams_that_are_cut_after_the_same_silence_are_livened() {
        assert_eq!(first(Advice::Liven, &[lived(5, false); 2]), Some(1));
        // The heartbeats of all feeds are one: some streams hear one and live a little longer.
        let cut_after_five = [ended(14, true, 5), ended(5, false, 5)];
        assert_eq!(first(Advice::Liven, &cut_after_five), Some(1));
        // Cut at a fixed age, in whatever silence: more heartbeats would not help.
        let cut_at_twenty = [ended(20, true, 5), ended(20, true, 10), ended(20, true, 1)];
        assert_eq!(first(Advice::Liven, &cut_at_twenty), None);
        assert_eq!(first(Advice::Liven, &[lived(55, true); 50]), None);
        // Silent until the watchdog: nothing cut it.
        assert_eq!(first(Advice::Liven, &[lived(37, false); 2]), None);
        // Heartbeats that were asked for do not come either: then it is no rest that is cut.
        let [life, silence] = [Duration::from_secs(5); 2];
        let heartbeat = Duration::from_secs(LIVELY_HEARTBEAT_S);
        let beating = StreamEnd::Lived { life, heard: false, silence, heartbeat };
        assert_eq!(polls_after(&[lived(5, false), lived(5, false), beating]), Some(2));
    }
}
