//! The address of a relay: which forms are accepted, and whether a key may travel over it.

use std::fmt;
use std::net::IpAddr;

use http::Uri;
use serde::{Deserialize, Serialize};

/// The address of a relay: `https://host[:port][/path]`, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RelayUrl {
    text: String,
    origin: String,
    host: String,
    port: u16,
    encrypted: bool,
}

/// Why a text is not the address of a relay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRelayUrl {
    /// No scheme, or another than http and https.
    #[error("the relay's address starts with https://, e.g. https://{0}")]
    Scheme(String),
    /// Name and password in the address.
    #[error("leave name and password out of the relay's address; use `leanspec-bridge login`")]
    UserInfo,
    /// Not an address at all.
    #[error("\"{0}\" is not an address; it should look like https://relay.example.org")]
    Malformed(String),
    /// `http://` to another host, which was not allowed.
    #[error(
        "{0} would send specs and key readable by everybody on the way: use https://, \
         or write `allow_cleartext = true` into the config"
    )]
    Cleartext(String),
}

impl RelayUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is none; the message says what it should look like.
    pub fn parse(text: &str) -> Result<Self, InvalidRelayUrl> {
        let text = text.trim();
        let malformed = || InvalidRelayUrl::Malformed(text.to_owned());
        let Some((_, rest)) = text.split_once("://") else {
            return Err(InvalidRelayUrl::Scheme(text.to_owned()));
        };
        if rest.trim_matches('/').is_empty() {
            return Err(malformed());
        }
        let text = text.trim_end_matches('/');
        let uri: Uri = text.parse().map_err(|_| malformed())?;
        let encrypted = match uri.scheme_str().map(str::to_ascii_lowercase).as_deref() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(InvalidRelayUrl::Scheme(uri.host().unwrap_or_default().to_owned())),
        };
        let authority = uri.authority().ok_or_else(malformed)?;
        if authority.as_str().contains('@') {
            return Err(InvalidRelayUrl::UserInfo);
        }
        let host = authority.host().to_ascii_lowercase();
        if host.is_empty() || uri.query().is_some() || text.contains('#') {
            return Err(malformed());
        }
        let (scheme, usual) = if encrypted { ("https", 443) } else { ("http", 80) };
        let port = authority.port_u16().filter(|port| *port != usual);
        let origin = match port {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        };
        let path = uri.path().trim_end_matches('/');
        Ok(Self {
            text: format!("{origin}{path}"),
            origin,
            host,
            port: port.unwrap_or(usual),
            encrypted,
        })
    }

    /// The address as it is written in front of a call's path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port: what a key is bound to.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether it is `https`.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Host and port, for people: `relay.example.org`, `127.0.0.1:4600`.
    #[must_use]
    pub fn label(&self) -> &str {
        self.text.split_once("://").map_or(&self.text, |(_, rest)| rest)
    }

    /// The host: a name, or an address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the host is this computer: `localhost` (RFC 6761 §6.3), 127.0.0.0/8, `::1`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.ends_with(".localhost")
            || self.host().parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Refuses to send a key in the clear to another computer.
    ///
    /// # Errors
    /// When it is `http://`, not this computer, and not allowed by the config.
    pub fn permit(&self, allow_cleartext: bool) -> Result<(), InvalidRelayUrl> {
        if self.encrypted || self.is_loopback() || allow_cleartext {
            return Ok(());
        }
        Err(InvalidRelayUrl::Cleartext(self.text.clone()))
    }
}

impl fmt::Display for RelayUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl TryFrom<String> for RelayUrl {
    type Error = InvalidRelayUrl;
    fn try_from(text: String) -> Result<Self, InvalidRelayUrl> {
        Self::parse(&text)
    }
}

impl From<RelayUrl> for String {
    fn from(url: RelayUrl) -> Self {
        url.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_without_what_does_not_matter() {
        let cases = [
            (
                "https://Relay.Example.org/",
                "https://relay.example.org",
                "https://relay.example.org",
            ),
            ("HTTPS://a:443", "https://a", "https://a"),
            ("http://127.0.0.1:4600", "http://127.0.0.1:4600", "http://127.0.0.1:4600"),
            (" https://a/relay/ ", "https://a/relay", "https://a"),
        ];
        for (text, url, origin) in cases {
            let parsed = RelayUrl::parse(text).expect(text);
            assert_eq!((parsed.as_str(), parsed.origin()), (url, origin), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_cure() {
        for text in ["relay.example.org", "ftp://a", "ws://a", "localhost:4600"] {
            let refused = RelayUrl::parse(text).expect_err(text);
            assert!(matches!(refused, InvalidRelayUrl::Scheme(_)), "{text}");
        }
        assert_eq!(RelayUrl::parse("https://me:pw@a"), Err(InvalidRelayUrl::UserInfo));
        for text in ["https://", "https://a b", "https://a?x=1", "https://a#b"] {
            assert!(matches!(RelayUrl::parse(text), Err(InvalidRelayUrl::Malformed(_))), "{text}");
        }
    }

    #[test]
    fn cleartext_goes_to_this_computer_only_unless_the_config_allows_it() {
        let free = ["http://localhost:1", "http://127.8.9.1", "http://[::1]:80", "https://a.b"];
        for text in free {
            RelayUrl::parse(text).expect(text).permit(false).expect(text);
        }
        for text in
            ["http://192.168.1.4:4600", "http://relay.example.org", "http://localhost.example.org"]
        {
            let url = RelayUrl::parse(text).expect(text);
            assert!(matches!(url.permit(false), Err(InvalidRelayUrl::Cleartext(_))), "{text}");
            url.permit(true).expect(text);
        }
    }
}
