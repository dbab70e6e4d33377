//! What of bodies gets through: each compression, several sizes, and how fast.

use std::time::Duration;

use leanspec_shared::probe::Probed;

use crate::doctor::line::Line;
use crate::uplink::coding::Coding;
use crate::uplink::http::CallError;

/// What came of sending one body.
pub type Sent = Result<(Probed, Duration), CallError>;

/// Judges one compression; `bytes` were to arrive.
#[must_use]
pub fn judge_coding(coding: Coding, bytes: usize, sent: &Sent) -> Line {
    let (word, next) = match coding {
        Coding::Zstd => ("zstd", "gzip"),
        Coding::Gzip => ("gzip", "no compression"),
        Coding::Plain => ("no compression", "nothing else"),
    };
    let tried = format!("sending a body with {word}");
    match sent {
        Ok((probed, _)) if probed.bytes == bytes as u64 => {
            let via = probed.via.as_ref().map(|via| format!(", via {via}")).unwrap_or_default();
            Line::ok("body", tried, format!("arrived whole{via}"))
        }
        Ok((probed, _)) => Line::ok("body", tried, format!("{} of {bytes} bytes", probed.bytes))
            .bad(
                "a box on the way changes what passes",
                "ask for the relay's host to be left alone",
            ),
        Err(CallError::Intercepted(status)) => {
            let line = Line::ok("body", tried, format!("HTTP status {status}, not from the relay"));
            let cause = "a box on the way that wants to read what passes";
            if coding == Coding::Plain {
                let advice = "ask for the relay's host to be allowed, or try another network";
                return line.bad(cause, advice);
            }
            line.warn(cause, format!("nothing: {next} is used by itself"))
        }
        Err(error) => Line::ok("body", tried, error.to_string())
            .bad("the connection breaks while a body travels", "try again; try another network"),
    }
}

/// Judges one size. `needed` says whether the bridge cannot do with less.
#[must_use]
pub fn judge_size(bytes: usize, needed: bool, sent: &Sent) -> Line {
    let tried = format!("sending {}", size(bytes));
    match sent {
        Ok((_, took)) => Line::ok("size", tried, format!("arrived, {}", speed(bytes, *took))),
        Err(CallError::Intercepted(status)) => {
            let line = Line::ok("size", tried, format!("HTTP status {status}, not from the relay"));
            let cause = "a box on the way that limits bodies";
            if needed {
                return line.bad(cause, "ask for bodies of that size to be allowed");
            }
            line.warn(
                cause,
                "nothing for texts: smaller bodies are used by themselves; single files of that \
                 size do not pass",
            )
        }
        Err(error) => Line::ok("size", tried, error.to_string()).warn(
            "a slow or breaking connection",
            "nothing: smaller bodies are used by themselves",
        ),
    }
}

/// Judges the way back.
#[must_use]
pub fn judge_download(wanted: usize, got: &Result<(usize, Duration), CallError>) -> Line {
    let tried = format!("fetching {}", size(wanted));
    match got {
        Ok((bytes, took)) if *bytes == wanted => Line::ok("download", tried, speed(*bytes, *took)),
        Ok((bytes, _)) => Line::ok("download", tried, format!("{bytes} bytes came"))
            .bad("a box on the way cuts answers", "ask for the relay's host to be left alone"),
        Err(error) => Line::ok("download", tried, error.to_string())
            .bad("a box on the way, or a breaking connection", "try another network"),
    }
}

fn size(bytes: usize) -> String {
    if bytes >= 1024 * 1024 {
        format!("{} MiB", bytes / 1024 / 1024)
    } else {
        format!("{} KiB", bytes / 1024)
    }
}

fn speed(bytes: usize, took: Duration) -> String {
    let per_second = bytes as f64 / 1024.0 / took.as_secs_f64().max(0.001);
    format!("{} ms, {per_second:.0} KiB/s", took.as_millis())
}

#[cfg(test)]
mod tests {
    use leanspec_shared::time::Timestamp;

    use super::*;
    use crate::doctor::line::Verdict;

    fn arrived(bytes: u64) -> Sent {
        let http = "HTTP/1.1".into();
        let time = Timestamp::from_unix_ms(0);
        let probed = Probed { wire_bytes: 1, bytes, http, via: Some("1.1 box".into()), time };
        Ok((probed, Duration::from_millis(500)))
    }

    #[test]
    fn a_refused_compression_costs_little_and_a_refused_plain_body_all() {
        let refused: Sent = Err(CallError::Intercepted(403));
        let cases = [
            (Coding::Zstd, arrived(10), Verdict::Ok, ""),
            (Coding::Zstd, arrived(9), Verdict::Bad, "changes what passes"),
            (Coding::Zstd, refused.clone(), Verdict::Warn, "wants to read"),
            (Coding::Gzip, refused.clone(), Verdict::Warn, "wants to read"),
            (Coding::Plain, refused, Verdict::Bad, "wants to read"),
            (Coding::Zstd, Err(CallError::Unreachable("cut".into())), Verdict::Bad, "breaks"),
        ];
        for (coding, sent, verdict, cause) in cases {
            let line = judge_coding(coding, 10, &sent);
            assert_eq!(line.verdict, verdict, "{line}");
            assert!(line.cause.unwrap_or_default().contains(cause));
        }
        assert!(judge_coding(Coding::Zstd, 10, &arrived(10)).result.contains("via 1.1 box"));
    }

    #[test]
    fn a_limit_that_hits_small_bodies_is_bad_and_one_for_large_ones_is_lived_with() {
        let refused: Sent = Err(CallError::Intercepted(413));
        assert_eq!(judge_size(1 << 20, false, &refused).verdict, Verdict::Warn);
        assert_eq!(judge_size(1 << 16, true, &refused).verdict, Verdict::Bad);
        assert_eq!(judge_size(1 << 16, true, &arrived(1)).result, "arrived, 500 ms, 128 KiB/s");
        assert_eq!(judge_download(100, &Ok((50, Duration::ZERO))).verdict, Verdict::Bad);
    }
}
