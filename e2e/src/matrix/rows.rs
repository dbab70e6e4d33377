//! The rows: a name, what is in the way, and what the bridge is expected to find out about it.

use crate::middlebox::nginx;
use crate::world::Condition;

/// One row of the matrix.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// How the table names it.
    pub name: &'static str,
    /// What is in the way.
    pub way: Way,
    /// The mode that the bridge settles on: `stream` or `poll`.
    pub mode: &'static str,
    /// The version of HTTP that it settles on.
    pub http: &'static str,
}

impl Row {
    /// Whether something is saved during a cut.
    #[must_use]
    pub fn saves_meanwhile(&self) -> bool {
        !matches!(self.way, Way::Line(_, Cut::ForgottenAtRest))
    }

    /// Whether connections live for seconds only, so that a bridge that idles makes one after the
    /// other.
    #[must_use]
    pub fn cuts_connections(&self) -> bool {
        matches!(self.way, Way::Front(Front::CutsAt20s))
    }
}

/// What is in the way, and where it stands.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    /// Nothing: the relay in the clear, on the same computer.
    Direct,
    /// A proxy that the bridge is told to use; nginx with TLS in front of the relay behind it.
    Proxy(Proxy),
    /// A proxy that the bridge is told to use, and the relay in the clear behind it.
    ClearProxy(Proxy),
    /// A box that takes the relay's place.
    Front(Front),
    /// A line with this condition to nginx with TLS in front of the relay, and what cuts it.
    Line(Condition, Cut),
}

/// The proxies that a bridge can be told to use.
#[derive(Debug, Clone, Copy)]
pub enum Proxy {
    /// squid, opening tunnels for everybody.
    Squid,
    /// squid that wants a name and a password.
    SquidBasic,
    /// squid that wants NTLM, with cntlm on the user's computer.
    SquidNtlm,
    /// squid that opens TLS.
    SquidOpens,
    /// tinyproxy.
    Tinyproxy,
    /// privoxy as it is installed.
    Privoxy,
    /// privoxy that filters all text.
    PrivoxyFilters,
    /// microsocks, with a name and a password.
    Socks,
    /// mitmproxy as it is installed: it opens TLS and holds each answer to its end.
    MitmHolds,
    /// mitmproxy that passes streams on and rewrites what the bridge sends.
    MitmRewrites,
}

/// The boxes that take the relay's place.
#[derive(Debug, Clone, Copy)]
pub enum Front {
    /// nginx with TLS that offers HTTP/2, with these directives.
    Nginx(&'static str),
    /// nginx with TLS that does not.
    NginxHttp1(&'static str),
    /// nginx in the clear, which knows no HTTP/2 there.
    ClearNginx(&'static str),
    /// haproxy with TLS and these lines among its defaults.
    Haproxy(&'static str),
    /// A scanner of ours that reads each answer to its end first.
    Holds,
    /// A scanner of ours that passes each piece on when the next one comes.
    OneBehind,
    /// A line of ours that takes 100 to 300 ms each way, to nginx with TLS.
    Late,
    /// A box of ours where no connection lives longer than 20 s, in front of nginx with TLS.
    CutsAt20s,
    /// A box of ours that opens TLS, agrees on HTTP/2 and hangs up at its first request.
    BreaksHttp2,
    /// The same, and it falls silent instead.
    StallsHttp2,
}

/// What cuts a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Nothing passes for three seconds.
    Blackout,
    /// Nothing passes for fifteen seconds: the waits of TCP have grown long by then.
    LongBlackout,
    /// Connections are forgotten without a word, as by a router that restarts: nothing of them passes
    /// any more, and new ones pass after 20 seconds.
    Forgotten,
    /// The same while nothing is saved: only the relay has something to say.
    ForgottenAtRest,
    /// Every packet is answered with a reset for four seconds.
    Resets,
    /// The computer gets an address in another network, and its old one is gone.
    Moved,
}

const STREAM: &str = "stream";
const POLL: &str = "poll";
const HTTP1: &str = "HTTP/1.1";
const HTTP2: &str = "HTTP/2";

const fn row(name: &'static str, way: Way, mode: &'static str, http: &'static str) -> Row {
    Row { name, way, mode, http }
}

const fn front(name: &'static str, front: Front, mode: &'static str, http: &'static str) -> Row {
    row(name, Way::Front(front), mode, http)
}

/// A proxy that opens a tunnel and looks no further into it.
const fn tunnel(name: &'static str, proxy: Proxy) -> Row {
    row(name, Way::Proxy(proxy), STREAM, HTTP2)
}

/// A line, which changes nothing about what gets through.
const fn line(name: &'static str, condition: Condition, cut: Cut) -> Row {
    row(name, Way::Line(condition, cut), STREAM, HTTP2)
}

/// All rows, in the order of the table.
pub const ROWS: &[Row] = &[
    row("nothing", Way::Direct, STREAM, HTTP2),
    tunnel("squid", Proxy::Squid),
    tunnel("squid, wants a password", Proxy::SquidBasic),
    tunnel("squid, wants NTLM; cntlm", Proxy::SquidNtlm),
    row("squid, opens TLS", Way::Proxy(Proxy::SquidOpens), STREAM, HTTP1),
    row("squid, no TLS", Way::ClearProxy(Proxy::Squid), STREAM, HTTP1),
    tunnel("tinyproxy", Proxy::Tinyproxy),
    tunnel("privoxy", Proxy::Privoxy),
    row("privoxy filters text, no TLS", Way::ClearProxy(Proxy::PrivoxyFilters), POLL, HTTP1),
    tunnel("microsocks (SOCKS5)", Proxy::Socks),
    row(
        "mitmproxy, opens TLS, holds answers to the end",
        Way::Proxy(Proxy::MitmHolds),
        POLL,
        HTTP2,
    ),
    row("mitmproxy, opens TLS, rewrites", Way::Proxy(Proxy::MitmRewrites), STREAM, HTTP2),
    front("nginx, buffering on", Front::Nginx(nginx::STREAMS), STREAM, HTTP2),
    front("nginx, buffering off", Front::Nginx(UNBUFFERED), STREAM, HTTP2),
    front("nginx, HTTP/1.1 only", Front::NginxHttp1(nginx::STREAMS), STREAM, HTTP1),
    front("nginx, no TLS", Front::ClearNginx(nginx::STREAMS), STREAM, HTTP1),
    front("nginx, close-delimited and held", Front::Nginx(nginx::HOLDS), POLL, HTTP2),
    front("nginx, close-delimited and held, no TLS", Front::ClearNginx(nginx::HOLDS), POLL, HTTP1),
    front("nginx, time-outs of 20 s", Front::Nginx(TIMES_OUT_AT_20_S), STREAM, HTTP2),
    front("nginx, time-outs of 5 s", Front::Nginx(TIMES_OUT_AT_5_S), STREAM, HTTP2),
    front("nginx, bodies up to 1 MB", Front::Nginx(BODIES_1_MB), STREAM, HTTP2),
    front("nginx, bodies up to 100 kB", Front::Nginx(BODIES_100_KB), STREAM, HTTP2),
    front("nginx refuses zstd", Front::Nginx(REFUSES_ZSTD), STREAM, HTTP2),
    front("haproxy, idle up to 20 s", Front::Haproxy(IDLE_20_S), STREAM, HTTP2),
    front("haproxy, idle up to 5 s", Front::Haproxy(IDLE_5_S), STREAM, HTTP2),
    front("haproxy, compresses", Front::Haproxy(COMPRESSES), STREAM, HTTP2),
    front("a scanner, holds answers to the end", Front::Holds, POLL, HTTP1),
    front("a scanner, one event behind", Front::OneBehind, POLL, HTTP1),
    front("connections cut after 20 s", Front::CutsAt20s, STREAM, HTTP2),
    front("a box that breaks HTTP/2", Front::BreaksHttp2, STREAM, HTTP1),
    front("a box that falls silent in HTTP/2", Front::StallsHttp2, STREAM, HTTP1),
    front("100 to 300 ms each way", Front::Late, STREAM, HTTP2),
    line("10 % loss, black-outs of 3 s", Condition::Loss, Cut::Blackout),
    line("64 kbit/s, black-outs of 3 s", Condition::Slow, Cut::Blackout),
    line("black-outs of 3 s", Condition::Good, Cut::Blackout),
    line("black-outs of 15 s", Condition::Good, Cut::LongBlackout),
    line("connections forgotten in silence", Condition::Good, Cut::Forgotten),
    line("the same while nothing is saved", Condition::Good, Cut::ForgottenAtRest),
    line("resets", Condition::Good, Cut::Resets),
    line("another network, another address", Condition::Good, Cut::Moved),
];

/// The row of a name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}

const UNBUFFERED: &str = "proxy_http_version 1.1; proxy_buffering off;";
const TIMES_OUT_AT_20_S: &str = "proxy_http_version 1.1; proxy_read_timeout 20s;";
const TIMES_OUT_AT_5_S: &str = "proxy_http_version 1.1; proxy_read_timeout 5s;";
const BODIES_1_MB: &str = "proxy_http_version 1.1; client_max_body_size 1m;";
const BODIES_100_KB: &str = "proxy_http_version 1.1; client_max_body_size 100k;";
const REFUSES_ZSTD: &str = "proxy_http_version 1.1; \
    if ($http_content_encoding ~ \"zstd|dcz\") { return 403 \"Blocked.\"; }";
const IDLE_20_S: &str = " timeout client 20s\n timeout server 20s";
const IDLE_5_S: &str = " timeout client 5s\n timeout server 5s";
const COMPRESSES: &str =
    " compression algo gzip\n compression type text/event-stream application/json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_name_of_its_own() {
        for row in ROWS {
            assert_eq!(ROWS.iter().filter(|other| other.name == row.name).count(), 1, "{row:?}");
            assert!(!row.name.contains('|'), "{row:?} would break the table");
        }
    }
}
