//! What the relay's answers say about the way to it: is it one, is it ours, which HTTP, what bodies
//! and streams get through what stands in front. Pure.

use std::time::{Duration, SystemTime};

use http::Version;
use http::header::DATE;
use leanspec_shared::doctor::line::Line;
use leanspec_shared::doctor::stream::{Signature, Streamed, signature};
use leanspec_shared::limits::{
    BODY_MAX_WIRE_BYTES, HEARTBEAT_SECONDS, SINGLE_FILE_BODY_MAX_WIRE_BYTES,
};
use leanspec_shared::probe::Probed;

use super::client::{Answer, Asked, NoAnswer};

/// Sizes that are tried, in bytes: what a bridge cannot do without, its batches, its largest file.
pub(super) const SIZES: [usize; 3] =
    [32 * 1024, BODY_MAX_WIRE_BYTES, SINGLE_FILE_BODY_MAX_WIRE_BYTES];
/// A difference of the clocks that disturbs nobody, in seconds.
const CLOCK_SLACK_S: u64 = 30;

/// Judges whether a relay listens where it is to listen.
pub(super) fn judge_listening(local: &str, ready: &Asked<Answer>) -> Line {
    let tried = format!("asking {local} whether it is ready");
    match ready {
        Ok(answer) => Line::ok("listen", tried, format!("ready, {} ms", answer.took.as_millis())),
        Err(error @ NoAnswer::Stranger(_)) => Line::ok("listen", tried, error.to_string()).bad(
            "another program has that port",
            "choose another with --listen, and say the same --listen here",
        ),
        Err(error @ NoAnswer::Refused(_)) => Line::ok("listen", tried, error.to_string())
            .bad("it stops, or its databases do not answer", "see its log"),
        Err(error) => Line::ok("listen", tried, error.to_string()).bad(
            "no relay runs, or it listens elsewhere",
            "start it: leanspec-relay serve; or say the same --listen here",
        ),
    }
}

/// Judges whether this very relay answers at its public address.
pub(super) fn judge_reaching(public: &str, me: &Asked<Answer>) -> Line {
    let tried = format!("asking {public} who a key of this relay is");
    match me {
        Ok(answer) => Line::ok("reach", tried, format!("it knows, {} ms", answer.took.as_millis())),
        Err(error @ NoAnswer::Refused(401)) => Line::ok("reach", tried, error.to_string()).bad(
            "another relay answers there, or what stands in front takes the header Authorization \
             away",
            "let the name lead to this relay; pass Authorization on unchanged",
        ),
        Err(error @ NoAnswer::Refused(_)) => Line::ok("reach", tried, error.to_string())
            .bad("the relay is not well", "see its log"),
        Err(error @ NoAnswer::Stranger(502..=504)) => {
            Line::ok("reach", tried, error.to_string()).bad(
                "what stands in front does not reach the relay",
                "let it pass requests on to the address that --listen names",
            )
        }
        Err(error @ NoAnswer::Stranger(_)) => Line::ok("reach", tried, error.to_string()).bad(
            "a sign-in page, another site, or a server in front that does not pass this on",
            "pass every path on to the relay, the header LeanSpec-Relay of its answers included",
        ),
        Err(error @ NoAnswer::Tls(_)) => Line::ok("reach", tried, error.to_string()).bad(
            "the certificate has run out, is for another name or of an authority that this computer \
             does not know, or there is no TLS",
            "renew it; for an authority of your own, SSL_CERT_FILE=FILE shows it to this program",
        ),
        Err(error) => Line::ok("reach", tried, error.to_string()).bad(
            "the name does not lead here, a firewall is closed, or this computer cannot reach \
             itself by that name",
            "check the name and the port from another computer: leanspec-bridge doctor",
        ),
    }
}

/// Judges the clock against that of whoever dated the answer.
pub(super) fn judge_clock(answer: &Answer) -> Line {
    let dated = answer.headers.get(DATE).and_then(|date| date.to_str().ok()).and_then(read_date);
    judge_dates(dated, SystemTime::now())
}

fn judge_dates(dated: Option<SystemTime>, now: SystemTime) -> Line {
    let line =
        |result: String| Line::ok("clock", "comparing the clock with the answer's date", result);
    let Some(dated) = dated else { return line("it has none".into()).note() };
    let apart = now.duration_since(dated).unwrap_or_else(|behind| behind.duration());
    let line = line(format!("{} s apart", apart.as_secs()));
    if apart.as_secs() <= CLOCK_SLACK_S {
        return line;
    }
    line.warn(
        "this computer's clock or that of the server in front is wrong",
        "set the clock: sign-in codes and waiting commands run out by it",
    )
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
fn read_date(text: &str) -> Option<SystemTime> {
    let form = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let date = time::PrimitiveDateTime::parse(text, form).ok()?;
    Some(date.assume_utc().into())
}

/// Judges which HTTP is spoken outside and which reaches the relay.
pub(super) fn judge_http(
    public: &str,
    outside: Version,
    small: &Asked<(Probed, Duration)>,
) -> Option<Line> {
    let (probed, _) = small.as_ref().ok()?;
    let via = probed.via.as_ref().map(|via| format!(", via {via}")).unwrap_or_default();
    let result = format!("{outside:?} outside, {} at the relay{via}", probed.http);
    let line = Line::ok("http", "asking which HTTP is spoken", result);
    if outside == Version::HTTP_2 || !public.starts_with("https://") {
        return Some(line);
    }
    let mut line = line.note();
    line.cause = Some("what stands in front does not offer HTTP/2".to_owned());
    line.advice = Some(
        "nothing has to be done: two connections are used instead of one. To have it: nginx `http2 \
         on`, Caddy and HAProxy (`alpn h2,http/1.1`) offer it"
            .to_owned(),
    );
    Some(line)
}

/// Judges a compressed body.
pub(super) fn judge_compressed(sent: &Asked<(Probed, Duration)>) -> Line {
    let tried = "sending a body with zstd";
    match sent {
        Ok((probed, _)) => Line::ok("body", tried, format!("{} bytes arrived", probed.bytes)),
        Err(error @ NoAnswer::Stranger(_)) => Line::ok("body", tried, error.to_string()).warn(
            "a filter in front that wants to read what passes",
            "let the relay's host pass unread; until then bridges use gzip or no compression",
        ),
        Err(error) => Line::ok("body", tried, error.to_string())
            .bad("the connection breaks while a body travels", "see the log of what is in front"),
    }
}

/// Judges one size of [`SIZES`].
pub(super) fn judge_size(bytes: usize, sent: &Asked<(Probed, Duration)>) -> Line {
    let tried = format!("sending {} KiB", bytes / 1024);
    match sent {
        Ok((probed, took)) if probed.bytes == bytes as u64 => {
            Line::ok("size", tried, format!("arrived, {} ms", took.as_millis()))
        }
        Ok((probed, _)) => Line::ok("size", tried, format!("{} bytes arrived", probed.bytes))
            .bad("what stands in front changes bodies", "let it pass them on unchanged"),
        Err(error) => {
            let line = Line::ok("size", tried, error.to_string());
            let (cause, advice) = (
                "a limit of what stands in front",
                "allow 2 MB: nginx `client_max_body_size 2m`, Caddy `max_size 2MB`",
            );
            if bytes > SIZES[0] { line.warn(cause, advice) } else { line.bad(cause, advice) }
        }
    }
}

/// Judges a short stream of `planned` events.
pub(super) fn judge_stream(streamed: &Asked<Streamed>, planned: usize) -> Line {
    let line = |result: String| {
        Line::ok("stream", format!("reading a stream of {planned} events"), result)
    };
    const UNBUFFERED: &str = "switch buffering of answers off: nginx `proxy_buffering off` or, which \
        the relay asks for by itself, no `proxy_ignore_headers X-Accel-Buffering`; Apache \
        `flushpackets=on`; until then bridges and browsers poll";
    let streamed = match streamed {
        Ok(streamed) => streamed,
        Err(error) => return line(error.to_string()).warn("what stands in front", UNBUFFERED),
    };
    let first = streamed.arrivals.first().map(|first| first.arrived.as_millis());
    let began = first.map_or_else(String::new, |ms| format!(", the first after {ms} ms"));
    let count = streamed.arrivals.len();
    if let Some(cut) = streamed.cut.as_ref().filter(|_| count < planned) {
        return line(format!("{cut} after {count} events"))
            .warn("a short time-out in front", "allow streams: nginx `proxy_read_timeout 1h`");
    }
    let cause = "what stands in front collects bytes before it passes them on";
    match signature(&streamed.arrivals, planned) {
        Signature::Singly => line(format!("events come singly{began}")),
        Signature::HeldToTheEnd => {
            line("nothing came while it went on".into()).warn(cause, UNBUFFERED)
        }
        Signature::Lumps => line(format!("events come in lumps{began}")).warn(cause, UNBUFFERED),
        Signature::OneBehind => line(format!("each event comes with the next{began}"))
            .warn("compression of streams in front", "do not compress text/event-stream"),
        Signature::Late => line(format!("events come late{began}")).warn(
            "what stands in front waits for more",
            "HAProxy: `option http-no-delay`; nginx: `tcp_nodelay on`",
        ),
    }
}

/// Judges when the pieces of a feed came that has nothing to say but heartbeats.
pub(super) fn judge_heartbeats(came: &Asked<Vec<Duration>>) -> Line {
    let line = |result: String| Line::ok("heartbeat", "waiting for heartbeats of a feed", result);
    let came = match came {
        Ok(came) => came,
        Err(error) => {
            return line(error.to_string()).warn("what stands in front", "see the line `stream`");
        }
    };
    let gaps: Vec<_> = came.windows(2).map(|two| (two[1] - two[0]).as_secs_f64()).collect();
    let told: Vec<_> = gaps.iter().map(|gap| format!("{gap:.0} s")).collect();
    let longest = gaps.iter().copied().fold(0.0, f64::max);
    if gaps.len() >= 2 && longest < 1.5 * HEARTBEAT_SECONDS as f64 {
        return line(format!("they come {} apart", told.join(", ")));
    }
    let result = match gaps.len() {
        0 => "none came".to_owned(),
        _ => format!("they came {} apart", told.join(", ")),
    };
    line(result).warn(
        "the stream is cut or held back in front, or the relay runs with a longer --heartbeat",
        "allow silent streams for longer: nginx `proxy_read_timeout 1h`, HAProxy `timeout tunnel`; \
         or run the relay with a shorter --heartbeat",
    )
}

#[cfg(test)]
mod tests;
