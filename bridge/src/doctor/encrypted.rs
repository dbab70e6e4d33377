//! TLS: versions, who issued the certificate, who opens it on the way, what is spoken above it.

use crate::doctor::line::Line;
use crate::uplink::handshake::{Handshake, NoHandshake};
use crate::uplink::tls::Distrust;

/// Judges a handshake; one line for TLS, one for what is spoken above it.
#[must_use]
pub fn judge(host: &str, shaken: &Result<Handshake, NoHandshake>) -> Vec<Line> {
    let tried = format!("shaking hands with {host}");
    let shaken = match shaken {
        Ok(shaken) => shaken,
        Err(error) => return vec![refused(tried, error)],
    };
    let result = format!("{}, certificate issued by \"{}\"", shaken.version, shaken.issuer);
    let line = Line::ok("tls", tried, result);
    let line = if shaken.public {
        line
    } else {
        // Accepted, by an authority that only this computer knows.
        let mut line = line.note();
        line.cause = Some(
            "an authority of this computer's own store or of ca_file: something on this network \
             opens TLS and reads what passes, or the relay has an authority of its own"
                .to_owned(),
        );
        line
    };
    vec![line, above(shaken.alpn.as_deref())]
}

fn above(alpn: Option<&str>) -> Line {
    let line = |result: &str| Line::ok("http", "negotiating HTTP/2 (ALPN)", result);
    match alpn {
        Some("h2") => line("HTTP/2"),
        other => {
            let result = match other {
                Some("http/1.1") => "HTTP/1.1",
                Some(_) => "something else",
                None => "no answer; HTTP/1.1",
            };
            let mut line = line(result).note();
            line.cause = Some("a box on the way, or a server in front of the relay".to_owned());
            line.advice = Some("nothing: two connections are used instead of one".to_owned());
            line
        }
    }
}

fn refused(tried: String, error: &NoHandshake) -> Line {
    match error {
        NoHandshake::Distrust(Distrust::Issuer { issuer, .. }) => {
            let result = format!("the certificate was issued by \"{issuer}\", who is not trusted");
            Line::ok("tls", tried, result).bad(
                "something on this network opens TLS, or the relay has an authority of its own",
                "get that authority's certificate as a PEM file (your administrator has it), and \
                 write it into the config as ca_file = \"FILE\"",
            )
        }
        NoHandshake::Distrust(Distrust::Time { reason, .. }) => {
            let result = format!("the certificate is not valid at this time: {reason}");
            let line = Line::ok("tls", tried, result);
            line.bad(
                "this computer's clock, or a certificate that was not renewed",
                "set the clock",
            )
        }
        NoHandshake::Distrust(Distrust::Name { issuer, .. }) => {
            let result = format!("the certificate (by \"{issuer}\") is for another name");
            Line::ok("tls", tried, result).bad(
                "a sign-in page of this network, or a wrong address",
                "open a web page in a browser and sign in, or check the relay's address",
            )
        }
        NoHandshake::Broken(reason) => Line::ok("tls", tried, reason.clone()).bad(
            "what answers there speaks no TLS, or a box on the way breaks it",
            "check scheme and port of the relay's address; try from another network",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::line::{Verdict, worst};

    fn shaken(alpn: Option<&str>, public: bool) -> Result<Handshake, NoHandshake> {
        Ok(Handshake {
            version: "TLS 1.3".into(),
            alpn: alpn.map(str::to_owned),
            issuer: "Example CA".into(),
            public,
        })
    }

    #[test]
    fn a_box_that_opens_tls_and_a_missing_http_2_are_worth_knowing_and_no_fault() {
        let cases = [
            (shaken(Some("h2"), true), Verdict::Ok),
            (shaken(Some("h2"), false), Verdict::Note),
            (shaken(None, true), Verdict::Note),
            (shaken(Some("http/1.1"), true), Verdict::Note),
        ];
        for (shaken, verdict) in cases {
            assert_eq!(worst(&judge("relay", &shaken)), verdict, "{shaken:?}");
        }
    }

    #[test]
    fn a_certificate_that_is_not_accepted_is_bad_with_the_setting_that_helps() {
        let (server, issuer) = ("relay".to_owned(), "Example Box CA".to_owned());
        let cases = [
            (Distrust::Issuer { server: server.clone(), issuer: issuer.clone() }, "ca_file ="),
            (Distrust::Time { server: server.clone(), reason: "it has ended" }, "set the clock"),
            (Distrust::Name { server, issuer }, "sign in"),
        ];
        for (distrust, advice) in cases {
            let line = &judge("relay", &Err(NoHandshake::Distrust(distrust)))[0];
            assert_eq!(line.verdict, Verdict::Bad);
            assert!(line.advice.as_deref().expect("some").contains(advice), "{line}");
        }
    }
}
