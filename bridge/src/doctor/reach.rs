//! Whether there is a connection at all: the name, the port, the proxy's tunnel.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::config::proxy::{ProxyKind, ProxyUrl};
use crate::config::relay_url::RelayUrl;
use crate::config::way_out::{Said, WayOut};
use crate::doctor::line::Line;
use crate::uplink::proxy::{self, Says};

/// How long each of these may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is known of the way after this, and the connection to the relay where one by hand is
/// possible.
pub struct Reached {
    /// What was found out.
    pub lines: Vec<Line>,
    /// Whether to go on.
    pub through: bool,
    /// A connection on which TLS can begin.
    pub stream: Option<TcpStream>,
}

/// Tries name, port and tunnel.
pub async fn look(relay: &RelayUrl, way: &WayOut) -> Reached {
    let (host, port) = match way.proxy() {
        Some(proxy) => (proxy.host(), proxy.port()),
        None => (relay.host(), relay.port()),
    };
    let began = Instant::now();
    let found = within(tokio::net::lookup_host((host, port))).await;
    let found = found.map(Iterator::collect::<Vec<SocketAddr>>);
    let mut lines = vec![judge_name(host, &found, began.elapsed(), way.proxy().is_some())];
    let Ok(addresses) = found.filter_empty() else {
        return Reached { lines, through: false, stream: None };
    };
    let began = Instant::now();
    let connected = within(TcpStream::connect(&addresses[..])).await;
    lines.push(judge_port(&format!("{host}:{port}"), &connected, began.elapsed()));
    let Ok(stream) = connected else { return Reached { lines, through: false, stream: None } };
    match way {
        WayOut::Through(proxy, said) if relay.is_encrypted() && is_http(proxy) => {
            let asked = proxy::tunnel(proxy, relay.host(), relay.port()).await;
            let (says, stream) = match asked {
                Ok(stream) => (Says::Open, Some(stream)),
                Err(says) => (says, None),
            };
            lines.push(judge_tunnel(proxy, said, relay, &says));
            Reached { lines, through: stream.is_some(), stream }
        }
        WayOut::Through(..) => Reached { lines, through: true, stream: None },
        WayOut::Direct | WayOut::Platform => Reached { lines, through: true, stream: Some(stream) },
    }
}

fn is_http(proxy: &ProxyUrl) -> bool {
    proxy.kind() == ProxyKind::Http
}

async fn within<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let late = || Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time"));
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| late())
}

trait FilterEmpty {
    fn filter_empty(self) -> io::Result<Vec<SocketAddr>>;
}

impl FilterEmpty for io::Result<Vec<SocketAddr>> {
    fn filter_empty(self) -> io::Result<Vec<SocketAddr>> {
        let none = || io::Error::new(io::ErrorKind::NotFound, "no address");
        self.and_then(|found| if found.is_empty() { Err(none()) } else { Ok(found) })
    }
}

fn judge_name(
    host: &str,
    found: &io::Result<Vec<SocketAddr>>,
    took: Duration,
    is_proxy: bool,
) -> Line {
    let whose = if is_proxy { "the proxy" } else { "the relay" };
    let tried = format!("looking up {host} ({whose})");
    match found {
        Ok(found) if !found.is_empty() => {
            let first = found[0].ip();
            let more = found.len() - 1;
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            Line::ok("dns", tried, format!("{first}{more}, {} ms", took.as_millis()))
        }
        other => {
            let reason = match other {
                Ok(_) => "no address".to_owned(),
                Err(error) => error.to_string(),
            };
            Line::ok("dns", tried, reason).bad(
                "the name is misspelt, this computer is offline, or names of the world resolve \
                 only at a proxy here",
                "check the address; where a proxy is needed, write it into the config as \
                 proxy = \"http://host:port\"",
            )
        }
    }
}

fn judge_port(place: &str, connected: &io::Result<TcpStream>, took: Duration) -> Line {
    let tried = format!("connecting to {place}");
    match connected {
        Ok(_) => Line::ok("tcp", tried, format!("open, {} ms", took.as_millis())),
        Err(error) => {
            let line = Line::ok("tcp", tried, error.to_string());
            if error.kind() == io::ErrorKind::ConnectionRefused {
                line.bad(
                    "nobody listens at that port",
                    "check the port, and start what belongs there",
                )
            } else {
                line.bad(
                    "a firewall lets nothing pass, or the host is off",
                    "try from another network; where a proxy is needed, write it into the config \
                     as proxy = \"http://host:port\"",
                )
            }
        }
    }
}

fn judge_tunnel(proxy: &ProxyUrl, said: &Said, relay: &RelayUrl, says: &Says) -> Line {
    let place = format!("{}:{}", relay.host(), relay.port());
    let tried = format!("asking {proxy} for a tunnel to {place}");
    match proxy::sentence(proxy, said, &place, says) {
        None => Line::ok("tunnel", tried, "open"),
        Some(sentence) => {
            let (cause, advice) = sentence.split_once(": ").unwrap_or((&sentence, "see the cause"));
            Line::ok("tunnel", tried, short(says)).bad(cause, advice)
        }
    }
}

fn short(says: &Says) -> String {
    match says {
        Says::Open => "open".into(),
        Says::WhoAreYou(schemes) if schemes.is_empty() => "407".into(),
        Says::WhoAreYou(schemes) => format!("407, {}", schemes.join(", ")),
        Says::No(status) => format!("HTTP status {status}"),
        Says::Nonsense => "no HTTP".into(),
        Says::Nothing(reason) => reason.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::line::Verdict;

    #[test]
    fn a_name_without_an_address_is_bad_and_says_that_a_proxy_may_be_needed() {
        let took = Duration::from_millis(3);
        let address: SocketAddr = "192.0.2.1:443".parse().expect("valid");
        let well = judge_name("relay", &Ok(vec![address, address]), took, false);
        assert_eq!(
            (well.verdict, well.result.as_str()),
            (Verdict::Ok, "192.0.2.1 and 1 more, 3 ms")
        );
        for none in [Ok(vec![]), Err(io::Error::other("no such name"))] {
            let line = judge_name("relay", &none, took, false);
            assert_eq!(line.verdict, Verdict::Bad);
            assert!(line.advice.expect("some").contains("proxy ="));
        }
    }

    #[test]
    fn what_a_proxy_wants_stands_in_result_cause_and_advice() {
        let proxy = ProxyUrl::parse("http://proxy:3128").expect("valid");
        let relay = RelayUrl::parse("https://relay.example.org").expect("valid");
        let says = Says::WhoAreYou(vec!["NTLM", "Negotiate"]);
        let line = judge_tunnel(&proxy, &Said::Here, &relay, &says);
        assert_eq!(line.result, "407, NTLM, Negotiate");
        assert!(line.advice.expect("some").contains("cntlm or px"));
        assert_eq!(judge_tunnel(&proxy, &Said::Here, &relay, &Says::Open).verdict, Verdict::Ok);
    }
}
