//! Ways out of this network: which proxy, said by whom, and when none is asked.
//!
//! Pure, but for [`ProxyVariables::of_this_process`]. Whether a proxy answers and what it wants is
//! found out by [`crate::uplink`].

use std::fmt;

use crate::config::no_proxy;
use crate::config::proxy::{InvalidProxy, ProxyUrl};
use crate::config::relay_url::RelayUrl;
use crate::platform::host;

/// The word for `proxy` and `--proxy` that means: never ask one.
const NONE: &str = "none";

/// Who named the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Flag, `LEANSPEC_BRIDGE_PROXY` or config.
    Here,
    /// A variable that many programs read.
    Variable(&'static str),
}

impl fmt::Display for Said {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here => formatter.write_str("`proxy`"),
            Self::Variable(name) => formatter.write_str(name),
        }
    }
}

/// How the relay is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayOut {
    /// Without a proxy.
    Direct,
    /// As the platform's own settings say.
    Platform,
    /// Through this one.
    Through(ProxyUrl, Said),
}

impl WayOut {
    /// The proxy, if there is one that we know.
    #[must_use]
    pub fn proxy(&self) -> Option<&ProxyUrl> {
        match self {
            Self::Through(proxy, _) => Some(proxy),
            Self::Direct | Self::Platform => None,
        }
    }
}

/// The variables about proxies that many programs read, the first name of each that is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProxyVariables {
    https: Option<(&'static str, String)>,
    http: Option<(&'static str, String)>,
    all: Option<(&'static str, String)>,
    no: String,
}

impl ProxyVariables {
    /// From wherever variables come from. An empty one counts as absent.
    #[must_use]
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: [&'static str; 2]| {
            let mut set = names.into_iter().filter_map(|name| Some((name, variable(name)?)));
            set.find(|(_, value)| !value.trim().is_empty())
        };
        Self {
            https: first(["HTTPS_PROXY", "https_proxy"]),
            http: first(["HTTP_PROXY", "http_proxy"]),
            all: first(["ALL_PROXY", "all_proxy"]),
            no: first(["NO_PROXY", "no_proxy"]).map(|(_, value)| value).unwrap_or_default(),
        }
    }

    /// Those of this process.
    #[must_use]
    pub fn of_this_process() -> Self {
        Self::read(|name| std::env::var(name).ok())
    }

    /// Decides for one relay: what was said here wins, then the variables, then the platform. A
    /// relay on this machine is never looked for behind a proxy that was not named here.
    ///
    /// # Errors
    /// When a variable holds no proxy's address: its name, and why.
    pub fn way_to(
        &self,
        relay: &RelayUrl,
        said: Option<&Proxy>,
    ) -> Result<WayOut, (&'static str, InvalidProxy)> {
        match said {
            Some(Proxy::None) => return Ok(WayOut::Direct),
            Some(Proxy::Through(proxy)) => return Ok(WayOut::Through(proxy.clone(), Said::Here)),
            None if relay.is_loopback() => return Ok(WayOut::Direct),
            None => {}
        }
        let own = if relay.is_encrypted() { &self.https } else { &self.http };
        let Some((name, value)) = own.as_ref().or(self.all.as_ref()) else {
            return Ok(if host::HAS_PROXY_SETTING { WayOut::Platform } else { WayOut::Direct });
        };
        if no_proxy::covers(&self.no, relay.host(), relay.port()) {
            return Ok(WayOut::Direct);
        }
        let proxy = ProxyUrl::parse(value).map_err(|invalid| (*name, invalid))?;
        Ok(WayOut::Through(proxy, Said::Variable(name)))
    }
}

/// What flag or config say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proxy {
    /// `none`: not even where a variable names one.
    None,
    /// This one.
    Through(ProxyUrl),
}

impl Proxy {
    /// Reads the setting.
    ///
    /// # Errors
    /// When it is neither `none` nor an address.
    pub fn parse(text: &str) -> Result<Self, InvalidProxy> {
        if text.trim().eq_ignore_ascii_case(NONE) {
            return Ok(Self::None);
        }
        ProxyUrl::parse(text).map(Self::Through)
    }

    /// Refuses a password that stood on the command line.
    ///
    /// # Errors
    /// When there is one.
    pub fn permit_shown(self) -> Result<Self, InvalidProxy> {
        match &self {
            Self::Through(proxy) if proxy.credentials().is_some() => {
                Err(InvalidProxy::PasswordShown)
            }
            _ => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_on_the_command_line_is_refused() {
        let shown = Proxy::parse("http://ann:secret@proxy").expect("valid").permit_shown();
        assert_eq!(shown, Err(InvalidProxy::PasswordShown));
        assert!(Proxy::parse("proxy").expect("valid").permit_shown().is_ok());
    }

    fn variables(set: &[(&str, &str)]) -> ProxyVariables {
        ProxyVariables::read(|name| {
            set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn way(set: &[(&str, &str)], relay: &str, said: Option<&str>) -> String {
        let said = said.map(|text| Proxy::parse(text).expect("valid"));
        let relay = RelayUrl::parse(relay).expect("valid");
        match variables(set).way_to(&relay, said.as_ref()) {
            Ok(WayOut::Through(proxy, said)) => format!("{said} {}", proxy.host()),
            Ok(_) => "direct".into(),
            Err((name, _)) => format!("{name} is wrong"),
        }
    }

    #[test]
    fn what_is_said_here_wins_over_the_variables_and_the_schemes_own_over_all() {
        let far = "https://relay.example.org";
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, Option<&'a str>, &'a str);
        let cases: &[Case<'_>] = &[
            (&[], far, None, "direct"),
            (&[("HTTPS_PROXY", "a:1")], far, None, "HTTPS_PROXY a"),
            (&[("https_proxy", "a:1")], far, None, "https_proxy a"),
            (&[("HTTPS_PROXY", " "), ("https_proxy", "a:1")], far, None, "https_proxy a"),
            (&[("HTTP_PROXY", "a:1")], far, None, "direct"),
            (&[("HTTP_PROXY", "a:1")], "http://relay.example.org", None, "HTTP_PROXY a"),
            (&[("all_proxy", "socks5://a")], far, None, "all_proxy a"),
            (&[("ALL_PROXY", "a"), ("HTTPS_PROXY", "b")], far, None, "HTTPS_PROXY b"),
            (&[("HTTPS_PROXY", "a")], far, Some("c:1"), "`proxy` c"),
            (&[("HTTPS_PROXY", "a")], far, Some("none"), "direct"),
            (&[("HTTPS_PROXY", "a"), ("NO_PROXY", "x, .example.org")], far, None, "direct"),
            (&[("HTTPS_PROXY", "a"), ("no_proxy", "example.com")], far, None, "HTTPS_PROXY a"),
            (&[("HTTPS_PROXY", "ftp://a")], far, None, "HTTPS_PROXY is wrong"),
            (&[("NO_PROXY", "*")], far, Some("c"), "`proxy` c"),
        ];
        for (set, relay, said, wanted) in cases {
            assert_eq!(way(set, relay, *said), *wanted, "{set:?} {said:?}");
        }
    }

    #[test]
    fn a_relay_on_this_machine_is_behind_a_proxy_only_when_that_is_said_here() {
        let set: &[_] = &[("HTTP_PROXY", "a"), ("ALL_PROXY", "b")];
        for relay in ["http://127.0.0.1:4600", "http://localhost", "https://[::1]:4"] {
            assert_eq!(way(set, relay, None), "direct", "{relay}");
            assert_eq!(way(set, relay, Some("c")), "`proxy` c", "{relay}");
        }
    }
}
