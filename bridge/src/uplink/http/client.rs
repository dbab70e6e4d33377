//! How the HTTP client is set up, and what its errors mean.

use std::error::Error;
use std::io;
use std::time::Duration;

use crate::config::Network;
use crate::config::relay_url::RelayUrl;
use crate::config::way_out::WayOut;
use crate::uplink::http::CallError;
use crate::uplink::tls::{self, Distrust};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A ping on an HTTP/2 connection with open requests: notices a connection that died in silence.
const PING_INTERVAL: Duration = Duration::from_secs(20);
/// How long the answer to a ping may take.
const PING_TIMEOUT: Duration = Duration::from_secs(10);
/// The same below HTTP, for HTTP/1.1: the kernel asks an idle connection this often, and on Linux
/// gives up what is unacknowledged for 30 s (the client's default).
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The two clients of one relay. Cheap to clone. Both trust the same, and share the memory for it.
#[derive(Debug, Clone)]
pub(super) struct Clients {
    /// HTTP/2 where possible: by ALPN with TLS, by prior knowledge (RFC 9113 §3.3) without.
    pub(super) best: reqwest::Client,
    /// For a server or a proxy that knows no HTTP/2.
    pub(super) http1: reqwest::Client,
}

pub(super) fn build(url: &RelayUrl, network: &Network) -> Result<Clients, CallError> {
    let fault = |error: &dyn Error| CallError::Malformed(error.to_string());
    let tls = tls::client_config(url.is_encrypted(), &network.trust);
    let mut tls = tls.map_err(|error| fault(&error))?;
    let http1 = {
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        common(network)?.tls_backend_preconfigured(tls.clone()).http1_only()
    };
    // The client negotiates nothing by itself where the settings of TLS are not its own.
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let best = common(network)?.tls_backend_preconfigured(tls);
    let best = match (&network.way, url.is_encrypted()) {
        (_, true) => best,
        (WayOut::Direct, false) => best.http2_prior_knowledge(),
        // What is not encrypted is not tunnelled, and no HTTP proxy understands the preface.
        (WayOut::Through(..) | WayOut::Platform, false) => best.http1_only(),
    };
    Ok(Clients {
        best: best.build().map_err(|error| fault(&error))?,
        http1: http1.build().map_err(|error| fault(&error))?,
    })
}

fn common(network: &Network) -> Result<reqwest::ClientBuilder, CallError> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("leanspec-bridge/", env!("CARGO_PKG_VERSION")))
        // A redirect would carry the key to wherever it points.
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .tcp_keepalive(KEEP_ALIVE)
        .pool_max_idle_per_host(1)
        .http2_keep_alive_interval(PING_INTERVAL)
        .http2_keep_alive_timeout(PING_TIMEOUT);
    // The variables about proxies are read in `config`: the client must not read them again.
    Ok(match &network.way {
        WayOut::Direct => builder.no_proxy(),
        WayOut::Platform => builder,
        WayOut::Through(proxy, said) => {
            let through = reqwest::Proxy::all(proxy.secret()).map_err(|_| {
                CallError::Proxy(format!("the address of the proxy in {said} cannot be used"))
            })?;
            builder.proxy(through)
        }
    })
}

/// The innermost reason of an error, which is the one a person understands: "Connection refused"
/// and not "error sending request". Addresses stay out, since they may carry secrets.
pub(super) fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it did not answer in time".to_owned();
    }
    causes(error).last().map_or_else(|| error.to_string(), |cause| cause.to_string())
}

/// Why a certificate was not accepted, if that was it.
pub(super) fn distrust(error: &reqwest::Error) -> Option<Distrust> {
    let tls = causes(error).find_map(|cause| {
        // An `io::Error` is no link between its own wrapper and what it wraps, and stands in others
        // of its kind.
        let mut io = cause.downcast_ref::<io::Error>()?;
        while let Some(inner) = io.get_ref()?.downcast_ref() {
            io = inner;
        }
        io.get_ref()?.downcast_ref::<rustls::Error>()
    })?;
    match tls {
        rustls::Error::Other(other) => other.0.downcast_ref::<Distrust>().cloned(),
        _ => None,
    }
}

/// Whether a computer answered that nobody listens there.
pub(super) fn is_refused(error: &reqwest::Error) -> bool {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|io| io.kind() == io::ErrorKind::ConnectionRefused)
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let first: &(dyn Error + 'static) = error;
    std::iter::successors(first.source(), |cause: &&(dyn Error + 'static)| (*cause).source())
}
