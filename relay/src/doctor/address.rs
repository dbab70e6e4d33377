//! Addresses that were set: where it listens, how others reach it, whose pages may call it. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use http::Uri;
use leanspec_shared::doctor::line::Line;

use super::client::NoAnswer;

/// Where to knock at a relay that listens there: nobody connects to "every address".
pub(super) fn to_connect_to(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// Judges `--public-url`.
pub(super) fn judge_public(public: Option<&str>, listen: SocketAddr) -> Line {
    let tried = "reading --public-url";
    let Some(public) = public else {
        let line = Line::ok("public", tried, "not set: links name the address it listens on");
        return if listen.ip().is_loopback() {
            let mut line = line.note();
            line.advice = Some(
                "nothing while only this computer is to reach the relay; else put a server with \
                 TLS in front and say --public-url https://…"
                    .to_owned(),
            );
            line
        } else {
            line.warn(
                "it listens for other computers, in the clear",
                "put a server with TLS in front, and say --public-url https://…",
            )
        };
    };
    let line = |result: &str| Line::ok("public", tried, format!("{public}: {result}"));
    let Ok(url) = public.parse::<Uri>() else {
        return line("no address").bad("a typo", "write it as https://relay.example.org");
    };
    let (Some(scheme), Some(host)) = (url.scheme_str(), url.host()) else {
        return line("no address").bad("no https:// in front", "write https://relay.example.org");
    };
    if !url.path().trim_matches('/').is_empty() || url.query().is_some() {
        return line("more than a host and a port").bad(
            "the relay's pages and calls stand at the root of a host",
            "give it a name of its own, such as https://relay.example.org",
        );
    }
    match scheme {
        "https" => line("encrypted"),
        "http" if is_here(host) => line("not encrypted, and on this computer"),
        "http" => line("not encrypted").warn(
            "nothing with TLS stands in front, or --public-url names the wrong one of the two",
            "keys and specs can be read on the way: put a server with TLS in front (Caddy, nginx), \
             and say --public-url https://…",
        ),
        _ => line("neither https nor http").bad("a typo", "write it as https://relay.example.org"),
    }
}

fn is_here(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Judges one `--allow-origin`.
pub(super) fn judge_origin(origin: &str) -> Line {
    let line =
        |result: &str| Line::ok("origins", format!("reading --allow-origin {origin}"), result);
    if origin == "*" {
        return line("the pages of anybody may call; a key is still needed").note();
    }
    let url: Option<Uri> = origin.parse().ok();
    let parts = url.as_ref().and_then(|url| Some((url.scheme_str()?, url.authority()?)));
    let Some((scheme, authority)) = parts else {
        return line("no origin").bad("a typo", "write it as https://page.example.org");
    };
    // What a browser sends: small letters, no path, and no port that is the usual one.
    let usual = if scheme == "https" { ":443" } else { ":80" };
    let host = authority.as_str().trim_end_matches(usual).to_lowercase();
    let sent = format!("{scheme}://{host}");
    if origin.trim_end_matches('/') == sent {
        line("an origin")
    } else {
        line("no browser sends that").bad(
            "an origin is a scheme, a host and a port, and nothing more",
            format!("write it as {sent}"),
        )
    }
}

/// Judges whether a page of a stranger is let in.
pub(super) fn judge_others(allowed: &Result<bool, NoAnswer>) -> Line {
    let line = |result: String| {
        Line::ok("origins", "asking as the page of a stranger, without a key", result)
    };
    match allowed {
        Ok(false) => line("refused".into()),
        Ok(true) => {
            let mut line = line("let in".into()).note();
            line.cause = Some("the relay runs with --allow-origin '*'".to_owned());
            line.advice = Some("nothing, if that is meant: a key is still needed".to_owned());
            line
        }
        Err(error) => line(error.to_string()).note(),
    }
}

#[cfg(test)]
mod tests {
    use leanspec_shared::doctor::line::Verdict;

    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn an_address_for_everybody_is_knocked_at_from_here() {
        for (listen, wanted) in [
            ("0.0.0.0:80", "127.0.0.1:80"),
            ("[::]:80", "[::1]:80"),
            ("192.0.2.1:80", "192.0.2.1:80"),
        ] {
            assert_eq!(to_connect_to(address(listen)), address(wanted));
        }
    }

    #[test]
    fn a_public_address_in_the_clear_is_warned_of_unless_it_is_this_computer() {
        let (here, open) = ("127.0.0.1:4600", "0.0.0.0:4600");
        let cases = [
            (Some("https://relay.example.org"), open, Verdict::Ok),
            (Some("https://relay.example.org/"), open, Verdict::Ok),
            (Some("http://localhost:4600"), here, Verdict::Ok),
            (Some("http://[::1]:4600"), here, Verdict::Ok),
            (Some("http://relay.example.org"), here, Verdict::Warn),
            (Some("https://relay.example.org/specs"), here, Verdict::Bad),
            (Some("relay.example.org"), here, Verdict::Bad),
            (Some("ftp://relay.example.org"), here, Verdict::Bad),
            (Some("https://a b"), here, Verdict::Bad),
            (None, here, Verdict::Note),
            (None, open, Verdict::Warn),
        ];
        for (public, listen, verdict) in cases {
            let line = judge_public(public, address(listen));
            assert_eq!(line.verdict, verdict, "{line}");
        }
    }

    #[test]
    fn an_origin_is_what_a_browser_sends_and_nothing_else() {
        let cases = [
            ("https://page.example.org", Verdict::Ok),
            ("https://page.example.org/", Verdict::Ok),
            ("http://localhost:5173", Verdict::Ok),
            ("*", Verdict::Note),
            ("https://page.example.org/app", Verdict::Bad),
            ("https://Page.example.org", Verdict::Bad),
            ("https://page.example.org:443", Verdict::Bad),
            ("page.example.org", Verdict::Bad),
        ];
        for (origin, verdict) in cases {
            let line = judge_origin(origin);
            assert_eq!(line.verdict, verdict, "{line}");
        }
        assert!(
            judge_origin("https://Page.org:443/x")
                .advice
                .is_some_and(|advice| { advice.ends_with("https://page.org") })
        );
    }
}
