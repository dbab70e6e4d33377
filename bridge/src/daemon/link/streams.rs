//! Whether streaming is given up for polling. Pure.
//!
//! A stream that breaks says little: networks cut streams. One that breaks in the same odd way
//! again and again, while calls go through, is not let pass.

use std::time::Duration;

/// A stream that ended sooner was not let live.
const EARLY: Duration = Duration::from_secs(1);
/// Odd ends in a row after which streaming is given up.
const ODD_ENDS_MAX: u32 = 3;

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
    },
}

/// Counts odd ends in a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Streams {
    odd_ends: u32,
}

impl Streams {
    /// Takes in an end; says whether to poll from now on.
    pub(super) fn ended(&mut self, end: StreamEnd) -> bool {
        let odd = match end {
            StreamEnd::HeldBack => return true,
            StreamEnd::Refused => true,
            StreamEnd::Lived { life, heard } => life < EARLY || !heard,
        };
        self.odd_ends = if odd { self.odd_ends + 1 } else { 0 };
        self.odd_ends >= ODD_ENDS_MAX
    }

    /// Forgets the odd ends: the relay itself was away, or said why it closed.
    pub(super) fn reset(&mut self) {
        self.odd_ends = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lived(seconds: u64, heard: bool) -> StreamEnd {
        StreamEnd::Lived { life: Duration::from_secs(seconds), heard }
    }

    fn polls_after(ends: &[StreamEnd]) -> Option<usize> {
        let mut streams = Streams::default();
        ends.iter().position(|end| streams.ended(*end))
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
}
