//! Heartbeats of one feed alone, where its reader asked for more of them than the shared tick brings:
//! something on its way cuts what rests.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// A comment: nothing that a reader would have to understand.
const BEAT: &[u8] = b":\n\n";

/// Beats after each silence of a given length, or never.
pub(crate) struct Pulse(Option<Interval>);

impl Pulse {
    pub(super) fn new(silence: Option<Duration>) -> Self {
        Self(silence.map(|silence| {
            let mut interval = interval_at(Instant::now() + silence, silence);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            interval
        }))
    }

    /// Something else was sent: the silence begins anew.
    pub(super) fn rest(&mut self) {
        if let Some(interval) = &mut self.0 {
            interval.reset();
        }
    }

    /// What is to be sent when there was nothing else for so long. May be dropped at any moment.
    pub(super) async fn beat(&mut self) -> Bytes {
        match &mut self.0 {
            Some(interval) => interval.tick().await,
            None => std::future::pending().await,
        };
        Bytes::from_static(BEAT)
    }
}
