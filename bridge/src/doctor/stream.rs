//! How a stream fares: does it begin, do its events come singly, in lumps, one behind or late; and
//! how long may it be silent.

use std::time::Duration;

use leanspec_shared::doctor::stream::{LATE, Signature, Streamed, signature};

use crate::doctor::line::Line;

/// Judges a short stream of `planned` events; a call takes `call_took`.
#[must_use]
pub fn judge(streamed: &Streamed, planned: usize, call_took: Duration) -> Line {
    let tried = format!("reading a stream of {planned} events");
    let count = streamed.arrivals.len();
    let first = streamed.arrivals.first().map(|first| first.arrived.as_millis());
    let began = first.map_or_else(String::new, |ms| format!(", the first after {ms} ms"));
    let line = |word: &str| Line::ok("stream", tried.clone(), format!("{word}{began}"));
    let excuse = "a scanner of contents or a proxy on the way";
    if let Some(cut) = streamed.cut.as_ref().filter(|_| count < planned) {
        let result = format!("{cut} after {count} of {planned} events");
        return line(&result).warn(excuse, "nothing: the bridge polls where streams do not live");
    }
    match signature(&streamed.arrivals, planned) {
        Signature::Singly => {
            let slow = streamed.head.is_some_and(|head| head > call_took * 4 + LATE);
            if slow { line("events come singly, after a slow start") } else { line("events come singly") }
        }
        Signature::HeldToTheEnd => line("nothing came while it went on").warn(
            excuse,
            "nothing: the bridge polls. To have streams, ask for text/event-stream from the relay's \
             host to be left out of content scanning",
        ),
        Signature::Lumps => line("events come in lumps").warn(
            "a box on the way collects bytes before it passes them on",
            "nothing: the bridge polls. To have streams, ask for responses of the relay's host not \
             to be buffered",
        ),
        Signature::OneBehind => line("each event comes with the next").warn(
            "a virus scanner or a compressing proxy on the way",
            "ask for responses of the relay's host to be passed on unchanged",
        ),
        Signature::Late => line("events come late").warn(
            "a proxy on the way that waits for more (HAProxy without `option http-no-delay`)",
            "nothing: it works, a little later",
        ),
    }
}

/// Judges how long a stream may be silent: `gaps` were tried in one stream, one after the other.
#[must_use]
pub fn judge_idle(streamed: &Streamed, gaps: &[Duration], heartbeat: Duration) -> Line {
    let seconds = |gap: Duration| format!("{} s", gap.as_secs());
    let all: Vec<String> = gaps.iter().map(|gap| seconds(*gap)).collect();
    let tried = format!("leaving a stream silent for {}", all.join(", "));
    let survived = gaps.iter().take(streamed.arrivals.len()).max().copied().unwrap_or_default();
    if streamed.arrivals.len() == gaps.len() {
        return Line::ok("idle", tried, format!("it lives after {}", seconds(survived)));
    }
    let died = gaps.get(streamed.arrivals.len()).copied().unwrap_or_default();
    let line = Line::ok(
        "idle",
        tried,
        format!("it lives after {}, and not after {}", seconds(survived), seconds(died)),
    );
    let cause = "a box on the way that closes silent connections";
    if died <= heartbeat {
        line.bad(cause, "start the relay with a shorter --heartbeat, or ask for a longer time-out")
    } else {
        let advice = format!("nothing: a heartbeat every {} s keeps it alive", heartbeat.as_secs());
        let mut line = line.note();
        (line.cause, line.advice) = (Some(cause.to_owned()), Some(advice));
        line
    }
}

#[cfg(test)]
mod tests {
    use leanspec_shared::doctor::stream::Arrival;

    use super::*;
    use crate::doctor::line::Verdict;

    /// Arrivals from (sent, arrived) in milliseconds.
    fn streamed(pairs: &[(u64, u64)], cut: Option<&str>) -> Streamed {
        let at = |&(sent, arrived): &(u64, u64)| Arrival {
            sent: Duration::from_millis(sent),
            arrived: Duration::from_millis(arrived),
        };
        let head = Some(Duration::from_millis(10));
        Streamed { head, arrivals: pairs.iter().map(at).collect(), cut: cut.map(str::to_owned) }
    }

    #[test]
    fn what_does_not_come_singly_is_lived_with_and_said() {
        let call = Duration::from_millis(10);
        let singly = streamed(&[(0, 20), (300, 320), (600, 620)], None);
        assert_eq!(judge(&singly, 3, call).verdict, Verdict::Ok);
        let held = judge(&streamed(&[], None), 3, call);
        assert_eq!(held.verdict, Verdict::Warn);
        assert!(held.advice.expect("some").contains("content scanning"));
        let cut = judge(&streamed(&[(0, 20)], Some("it was cut")), 3, call);
        assert!(cut.result.contains("after 1 of 3"), "{cut}");
    }

    #[test]
    fn a_cut_that_heartbeats_prevent_is_worth_knowing_and_a_faster_one_is_bad() {
        let gaps = [5, 20, 70].map(Duration::from_secs);
        let idle = |pairs: &[(u64, u64)], heartbeat| {
            judge_idle(&streamed(pairs, None), &gaps, Duration::from_secs(heartbeat))
        };
        let two = [(0, 0), (20_000, 20_000)];
        assert_eq!(idle(&two, 15).verdict, Verdict::Note);
        assert_eq!(idle(&two, 15).result, "it lives after 20 s, and not after 70 s");
        assert_eq!(idle(&two[..1], 30).verdict, Verdict::Bad);
        let all = [(0, 0), (20_000, 20_000), (90_000, 90_000)];
        assert_eq!(idle(&all, 15).verdict, Verdict::Ok);
    }
}
