//! How a probing stream arrives: singly, in lumps, one event behind, late, or at its end only.

use std::time::Duration;

use crate::probe::ProbeEvent;

/// One event of a probing stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When it was sent, after the first, by the relay's clock.
    pub sent: Duration,
    /// When it arrived, after the request was sent, by ours.
    pub arrived: Duration,
}

/// What came of a probing stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Streamed {
    /// When the head of the answer was there, after the request was sent.
    pub head: Option<Duration>,
    /// The events, in order.
    pub arrivals: Vec<Arrival>,
    /// Why it ended before its last event.
    pub cut: Option<String>,
}

/// Reads a probing stream.
#[derive(Debug, Default)]
pub struct Reading {
    /// What came so far.
    pub streamed: Streamed,
    buffer: Vec<u8>,
    first_ms: Option<i64>,
}

impl Reading {
    /// Takes what has arrived, so long after the request was sent, in whatever pieces it comes.
    pub fn take(&mut self, bytes: &[u8], arrived: Duration) {
        self.buffer.extend_from_slice(bytes);
        for event in take_events(&mut self.buffer) {
            let sent_ms = event.time.unix_ms();
            let since = sent_ms - *self.first_ms.get_or_insert(sent_ms);
            let sent = Duration::from_millis(u64::try_from(since).unwrap_or(0));
            self.streamed.arrivals.push(Arrival { sent, arrived });
        }
    }
}

/// Takes the whole events out of what has arrived. These events are of one shape.
fn take_events(buffer: &mut Vec<u8>) -> Vec<ProbeEvent> {
    let mut events = Vec::new();
    while let Some(end) = buffer.windows(2).position(|pair| pair == b"\n\n") {
        let block: Vec<u8> = buffer.drain(..end + 2).collect();
        let text = String::from_utf8_lossy(&block);
        let data = text.lines().find_map(|line| line.strip_prefix("data: "));
        events.extend(data.and_then(|data| serde_json::from_str::<ProbeEvent>(data).ok()));
    }
    events
}

/// Events that arrive within this of each other came together.
const TOGETHER: Duration = Duration::from_millis(50);
/// A delay of each event past that of the first that a person may notice.
pub const LATE: Duration = Duration::from_millis(120);

/// What a box does to a stream: the signatures differ, and so does the cure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// Nothing.
    Singly,
    /// Nothing came while it went on.
    HeldToTheEnd,
    /// Several came together.
    Lumps,
    /// Each came when the next was sent.
    OneBehind,
    /// Each came late, by about as much.
    Late,
}

/// Tells what happened from when events were sent and when they came. Both count from the first
/// moment, so that neither clocks nor the distance matter.
#[must_use]
pub fn signature(arrivals: &[Arrival], planned: usize) -> Signature {
    if arrivals.len() < planned.min(2) {
        return Signature::HeldToTheEnd;
    }
    let pairs = || arrivals.windows(2).map(|pair| (&pair[0], &pair[1]));
    let together = pairs().filter(|(one, next)| next.arrived - one.arrived < TOGETHER).count();
    let sent_together = pairs().filter(|(one, next)| next.sent - one.sent < TOGETHER).count();
    if together > sent_together {
        // The last one of a stream comes with its end, also where each is one behind.
        return if together == 1 && arrivals.len() > 3 {
            Signature::OneBehind
        } else {
            Signature::Lumps
        };
    }
    let (Some(first), Some(fastest)) = (arrivals.first(), arrivals.iter().map(lag).min()) else {
        return Signature::Singly;
    };
    let late = lag(first).saturating_sub(fastest) > LATE;
    if late { Signature::Late } else { Signature::Singly }
}

fn lag(arrival: &Arrival) -> Duration {
    arrival.arrived.saturating_sub(arrival.sent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals(pairs: &[(u64, u64)]) -> Vec<Arrival> {
        let at = |&(sent, arrived): &(u64, u64)| Arrival {
            sent: Duration::from_millis(sent),
            arrived: Duration::from_millis(arrived),
        };
        pairs.iter().map(at).collect()
    }

    #[test]
    fn each_way_of_holding_a_stream_back_has_its_own_signature() {
        let cases = [
            (vec![(0, 20), (300, 320), (600, 625), (900, 921), (1200, 1219)], Signature::Singly),
            (vec![], Signature::HeldToTheEnd),
            (vec![(0, 1210)], Signature::HeldToTheEnd),
            (vec![(0, 620), (300, 621), (600, 622), (900, 1220), (1200, 1221)], Signature::Lumps),
            (
                vec![(0, 1220), (300, 1220), (600, 1220), (900, 1221), (1200, 1221)],
                Signature::Lumps,
            ),
            (
                vec![(0, 320), (300, 620), (600, 920), (900, 1220), (1200, 1221)],
                Signature::OneBehind,
            ),
        ];
        for (pairs, wanted) in cases {
            assert_eq!(signature(&arrivals(&pairs), 5), wanted, "{pairs:?}");
        }
    }

    #[test]
    fn whole_events_are_taken_wherever_the_bytes_are_cut() {
        let event = "event: probe\ndata: {\"number\":0,\"time\":\"2026-11-22T16:00:00.123Z\"}\n\n";
        let all = format!(":\n\n{event}{event}");
        for cut in 0..all.len() {
            let mut reading = Reading::default();
            for part in [&all[..cut], &all[cut..]] {
                reading.take(part.as_bytes(), Duration::ZERO);
            }
            assert_eq!(reading.streamed.arrivals.len(), 2, "cut at {cut}");
        }
    }
}
