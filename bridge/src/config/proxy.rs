//! The address of a proxy, and its secrets. Which one is asked is decided in
//! [`crate::config::way_out`].

use std::fmt;

use http::uri::Authority;

/// What a proxy understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    /// HTTP, and CONNECT for what is encrypted.
    Http,
    /// The same, itself reached over TLS.
    Https,
    /// SOCKS version 4 or 5.
    Socks,
}

/// The address of a proxy, which may hold a name and a password: neither its `Debug` form nor its
/// `Display` form shows them.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl {
    secret: String,
    scheme: &'static str,
    host: String,
    port: u16,
    credentials: Option<(String, String)>,
}

/// Why a text is no address of a proxy. Holds no part of the text, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProxy {
    /// No host, a port that is none, a space in it.
    #[error("is not the address of a proxy; it should look like http://proxy.example.org:8080")]
    Malformed,
    /// A scheme that is not known.
    #[error(
        "starts with \"{0}://\"; a proxy's address starts with http://, https:// or socks5h://"
    )]
    Scheme(String),
    /// The address of a script that chooses proxies.
    #[error(
        "names a PAC file, a script that this program does not run: open it, and write the \
         host and port that stand behind the word PROXY into the config as \
         proxy = \"http://host:port\""
    )]
    Pac,
    /// A password on the command line.
    #[error(
        "holds a password, which every user of this machine can read in the list of processes: \
         write it as `proxy` into the config, or set LEANSPEC_BRIDGE_PROXY"
    )]
    PasswordShown,
}

const SCHEMES: &[(&str, u16, ProxyKind)] = &[
    ("http", 80, ProxyKind::Http),
    ("https", 443, ProxyKind::Https),
    ("socks4", 1080, ProxyKind::Socks),
    ("socks4a", 1080, ProxyKind::Socks),
    ("socks5", 1080, ProxyKind::Socks),
    ("socks5h", 1080, ProxyKind::Socks),
];

impl ProxyUrl {
    /// Reads an address: `http://proxy:8080`, `proxy:8080`, `http://name:password@proxy:8080`,
    /// `socks5h://proxy`. Name and password are percent-encoded.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, InvalidProxy> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let scheme = scheme.to_ascii_lowercase();
        if scheme.starts_with("pac") {
            return Err(InvalidProxy::Pac);
        }
        let known = SCHEMES.iter().find(|(name, ..)| *name == scheme);
        let Some((scheme, usual_port, _)) = known else {
            return Err(InvalidProxy::Scheme(scheme));
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if !path.is_empty() {
            return Err(if is_script(path) { InvalidProxy::Pac } else { InvalidProxy::Malformed });
        }
        let (credentials, place) = match authority.rsplit_once('@') {
            Some((credentials, place)) => (Some(credentials), place),
            None => (None, authority),
        };
        let place: Authority = place.parse().map_err(|_| InvalidProxy::Malformed)?;
        let host = place.host().to_ascii_lowercase();
        // Not `Authority::port`, which has none where the number is too large.
        let port = match place.as_str()[place.host().len()..].trim_start_matches(':') {
            "" => *usual_port,
            digits => digits.parse().map_err(|_| InvalidProxy::Malformed)?,
        };
        if host.is_empty() || port == 0 {
            return Err(InvalidProxy::Malformed);
        }
        let inside = credentials.map(|text| format!("{text}@")).unwrap_or_default();
        Ok(Self {
            secret: format!("{scheme}://{inside}{host}:{port}"),
            scheme,
            host,
            port,
            credentials: credentials.map(decode),
        })
    }

    /// The whole address, with name and password: for the HTTP client only.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Name and password, decoded.
    #[must_use]
    pub fn credentials(&self) -> Option<(&str, &str)> {
        self.credentials.as_ref().map(|(name, password)| (name.as_str(), password.as_str()))
    }

    /// What it understands.
    #[must_use]
    pub fn kind(&self) -> ProxyKind {
        let known = SCHEMES.iter().find(|(name, ..)| *name == self.scheme);
        known.map_or(ProxyKind::Http, |(.., kind)| *kind)
    }

    /// Its host, without the brackets of an IPv6 address.
    #[must_use]
    pub fn host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ProxyUrl({self})")
    }
}

fn is_script(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or(path).to_ascii_lowercase();
    path.ends_with(".pac") || path.ends_with(".dat") || path.ends_with(".js")
}

fn decode(text: &str) -> (String, String) {
    let (name, password) = text.split_once(':').unwrap_or((text, ""));
    let plain =
        |part: &str| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned();
    (plain(name), plain(password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_proxy_may_leave_out_what_is_usual() {
        let cases = [
            ("http://proxy:8080", "http://proxy:8080", ProxyKind::Http),
            ("Proxy.Example.org:3128/", "http://proxy.example.org:3128", ProxyKind::Http),
            ("proxy", "http://proxy:80", ProxyKind::Http),
            ("https://proxy", "https://proxy:443", ProxyKind::Https),
            ("SOCKS5h://127.0.0.1", "socks5h://127.0.0.1:1080", ProxyKind::Socks),
            ("http://[::1]:3128", "http://[::1]:3128", ProxyKind::Http),
        ];
        for (text, shown, kind) in cases {
            let proxy = ProxyUrl::parse(text).expect(text);
            assert_eq!((proxy.to_string().as_str(), proxy.kind()), (shown, kind), "{text}");
        }
    }

    #[test]
    fn name_and_password_are_decoded_and_never_shown() {
        let proxy = ProxyUrl::parse("http://ann:p%40ss@proxy:8080").expect("valid");
        assert_eq!(proxy.credentials(), Some(("ann", "p@ss")));
        assert_eq!(proxy.secret(), "http://ann:p%40ss@proxy:8080");
        for shown in [format!("{proxy}"), format!("{proxy:?}")] {
            assert!(!shown.contains("ss") && !shown.contains("ann"), "{shown}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_refused_without_repeating_it() {
        let cases = [
            ("", InvalidProxy::Malformed),
            ("http://", InvalidProxy::Malformed),
            ("http://proxy:99999", InvalidProxy::Malformed),
            ("http://ann:secret@pro xy:1", InvalidProxy::Malformed),
            ("ftp://proxy", InvalidProxy::Scheme("ftp".into())),
            ("http://wpad/wpad.dat", InvalidProxy::Pac),
            ("http://intranet/proxy.pac?x=1", InvalidProxy::Pac),
            ("pac+http://intranet/x", InvalidProxy::Pac),
        ];
        for (text, wanted) in cases {
            let refused = ProxyUrl::parse(text).expect_err(text);
            assert!(!refused.to_string().contains("secret"));
            assert_eq!(refused, wanted, "{text}");
        }
    }
}
