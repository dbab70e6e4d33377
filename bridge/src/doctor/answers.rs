//! The relay's own answers: is it one, does it know the key, how far away is it, what time has it.

use std::time::Duration;

use leanspec_shared::probe::Probed;
use leanspec_shared::time::Timestamp;
use leanspec_shared::view::{Me, Scope};

use crate::doctor::line::Line;
use crate::uplink::http::CallError;

/// A difference of the clocks that disturbs nobody, in milliseconds.
const CLOCK_SLACK_MS: u64 = 30_000;
/// Past this a person notices, in milliseconds.
const SLOW_MS: u128 = 1000;

/// Judges who the relay says we are.
#[must_use]
pub fn judge_key(relay: &str, me: &Result<Me, CallError>) -> Line {
    let tried = format!("asking {relay} who this key is");
    match me {
        Ok(me) if me.scope == Scope::Bridge => {
            let name = if me.name.is_empty() { me.key.as_str() } else { &me.name };
            Line::ok("key", tried, format!("key {name}, relay {}", me.relay_version))
        }
        Ok(me) => Line::ok("key", tried, format!("a key of scope {}", me.scope)).bad(
            "it was made for something else",
            "make one with `leanspec-relay key create --scope bridge`, then `leanspec-bridge login`",
        ),
        Err(CallError::NoKey) => Line::ok("key", tried, "there is no key").bad(
            "nobody logged in on this computer",
            "make one with `leanspec-relay key create --scope bridge`, then `leanspec-bridge login`",
        ),
        Err(error) if error.is_about_the_key() => Line::ok("key", tried, error.reason()).bad(
            "the key was revoked, or is one of another relay",
            "make one with `leanspec-relay key create --scope bridge`, then `leanspec-bridge login`",
        ),
        Err(CallError::Intercepted(status)) => {
            let result = format!("HTTP status {status}, not from a relay");
            Line::ok("key", tried, result).bad(
                "a sign-in or block page of this network, or the address of something else",
                "open a web page in a browser and sign in; ask for the relay's host to be allowed; \
                 or check the relay's address",
            )
        }
        Err(error) => Line::ok("key", tried, error.to_string())
            .bad("see above, or the relay is not well", "see the relay's log"),
    }
}

/// Judges how long calls take, from a few of them.
#[must_use]
pub fn judge_latency(took: &[Duration]) -> Option<Line> {
    let mut sorted = took.to_vec();
    sorted.sort_unstable();
    let middle = sorted.get(sorted.len() / 2)?.as_millis();
    let (first, last) = (sorted.first()?.as_millis(), sorted.last()?.as_millis());
    let tried = format!("{} calls", sorted.len());
    let line = Line::ok("latency", tried, format!("{middle} ms ({first} to {last})"));
    Some(if middle > SLOW_MS {
        line.warn("a slow network, a box that scans, or a busy relay", "nothing: it works, slowly")
    } else {
        line
    })
}

/// Judges the clocks: the relay's answer against ours in the middle of the call.
#[must_use]
pub fn judge_clock(probed: &Probed, here: Timestamp, took: Duration) -> Line {
    let half = i64::try_from(took.as_millis() / 2).unwrap_or(0);
    let ahead_ms = here.unix_ms() - half - probed.time.unix_ms();
    let apart = ahead_ms.unsigned_abs();
    let which = if ahead_ms > 0 { "ahead of" } else { "behind" };
    let tried = "comparing the clocks";
    let line = Line::ok("clock", tried, format!("{:.1} s {which} the relay's", apart as f64 / 1e3));
    if apart <= CLOCK_SLACK_MS {
        return line;
    }
    line.warn(
        "one of the two clocks is wrong",
        "set the clock (certificates depend on it; contents do not)",
    )
}

#[cfg(test)]
mod tests {
    use leanspec_shared::problem::{Code, Problem};

    use super::*;
    use crate::doctor::line::Verdict;

    fn me(scope: Scope) -> Result<Me, CallError> {
        let key = "k1".parse().expect("an id");
        let relay_version = "0.1.0".into();
        let (account, name) = ("a".into(), "laptop".into());
        Ok(Me { account, key, name, scope, machine: None, relay_version })
    }

    #[test]
    fn each_answer_about_the_key_has_its_cause() {
        let revoked = Problem::new(Code::KeyRevoked, "no");
        let revoked = CallError::Refused { problem: Box::new(revoked), retry_after: None };
        let cases = [
            (me(Scope::Bridge), Verdict::Ok, ""),
            (me(Scope::View), Verdict::Bad, "made for something else"),
            (Err(CallError::NoKey), Verdict::Bad, "nobody logged in"),
            (Err(revoked), Verdict::Bad, "revoked"),
            (Err(CallError::Intercepted(200)), Verdict::Bad, "block page"),
            (Err(CallError::Unreachable("x".into())), Verdict::Bad, "see above"),
        ];
        for (me, verdict, cause) in cases {
            let line = judge_key("relay", &me);
            assert_eq!(line.verdict, verdict, "{line}");
            assert!(line.cause.unwrap_or_default().contains(cause));
        }
    }

    #[test]
    fn the_middle_of_the_calls_counts_and_a_second_is_slow() {
        let line = |ms: &[u64]| {
            let took: Vec<_> = ms.iter().map(|ms| Duration::from_millis(*ms)).collect();
            judge_latency(&took)
        };
        assert_eq!(line(&[30, 10, 2000]).expect("some").result, "30 ms (10 to 2000)");
        assert_eq!(line(&[1500, 1200, 9]).expect("some").verdict, Verdict::Warn);
        assert_eq!(line(&[]), None);
    }

    #[test]
    fn a_clock_half_a_minute_off_is_named_with_its_direction() {
        let probed = |ms| Probed {
            wire_bytes: 0,
            bytes: 0,
            http: "HTTP/1.1".into(),
            via: None,
            time: Timestamp::from_unix_ms(ms),
        };
        let here = Timestamp::from_unix_ms(1_000_000);
        let line = |there| judge_clock(&probed(there), here, Duration::from_millis(200));
        assert_eq!(line(999_900).result, "0.0 s behind the relay's");
        assert_eq!(line(999_900).verdict, Verdict::Ok);
        assert_eq!(line(900_000).verdict, Verdict::Warn);
        assert!(line(900_000).result.contains("ahead of"));
        assert!(line(2_000_000).result.contains("behind"));
    }
}
