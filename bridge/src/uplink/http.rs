//! The one HTTP client: the only importer of reqwest.
//!
//! POSTs and the feed share it, and with HTTP/2 one connection. It tells a relay's answer from that
//! of something in between by the header [`RELAY_HEADER`], and turns problem documents into
//! [`CallError`]s. How the client is set up and what its errors mean is in `client`; what is said to
//! the relay in [`crate::uplink::calls`]; which version of HTTP
//! is spoken in `version`; calls that hang are noticed in `stuck`.

mod client;
mod error;
mod stuck;
mod version;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use leanspec_shared::http::{BRIDGE_HEADER, INSTANCE_HEADER, RELAY_HEADER};
use leanspec_shared::id::InstanceId;
use tokio::sync::watch;
use tokio::time::Instant;

pub use self::error::{CallError, refusal};

use self::client::Clients;
use crate::config::Network;
use crate::config::proxy::ProxyKind;
use crate::config::relay_url::RelayUrl;
use crate::config::way_out::WayOut;
use crate::state::StateFolder;
use crate::state::routes::Obstacle;
use crate::uplink::auth::Key;
use crate::uplink::coding::{self, Coding};
use crate::uplink::proxy;
use crate::uplink::route::Route;

/// How long a call may take, its answer included, beside the time that its body is on its way.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest answer that is read, in bytes. The largest sensible one, what is needed of 5,000
/// files, has less than a megabyte.
const ANSWER_MAX_BYTES: usize = 8 * 1024 * 1024;
/// HTTP's "Content Too Large".
const TOO_LARGE: u16 = 413;

/// What a relay answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The answer's body.
    pub body: Bytes,
    /// The version of HTTP that was spoken.
    pub version: Version,
}

/// One request, before address and key are added.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path below the relay's address, with its query.
    pub path: String,
    /// Headers beyond those that every call carries.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<Bytes>,
}

/// A relay, with the key for it. Cheap to clone; all clones share one connection.
#[derive(Debug, Clone)]
pub struct Relay {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    url: RelayUrl,
    network: Network,
    route: Route,
    instance: InstanceId,
    key: RwLock<Option<Key>>,
    clients: RwLock<Clients>,
    /// How often the connections were left behind.
    left: watch::Sender<u64>,
    /// When something was heard from the relay last, on any connection.
    heard: watch::Sender<Instant>,
    /// Calls in a row that were given up since they hung.
    given_up: AtomicU32,
    /// HTTP/2 has worked: without TLS a failure is then not its version's fault.
    http2_works: AtomicBool,
    /// Requests in a row that failed in HTTP/2 and at once succeeded in HTTP/1.1.
    http2_failures: AtomicU32,
}

impl Relay {
    /// A client for a relay; connects with the first call. What is found out about the way there is
    /// remembered in `memory`.
    ///
    /// # Errors
    /// When TLS cannot be set up: a fault of the build.
    pub fn new(
        url: RelayUrl,
        network: Network,
        key: Option<Key>,
        instance: InstanceId,
        memory: Option<StateFolder>,
    ) -> Result<Self, CallError> {
        let clients = client::build(&url, &network)?;
        let shared = Shared {
            route: Route::new(&url, &network.way, memory),
            url,
            network,
            instance,
            key: RwLock::new(key),
            clients: RwLock::new(clients),
            left: watch::Sender::new(0),
            heard: watch::Sender::new(Instant::now()),
            given_up: AtomicU32::new(0),
            http2_works: AtomicBool::new(false),
            http2_failures: AtomicU32::new(0),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The way there.
    #[must_use]
    pub fn route(&self) -> &Route {
        &self.shared.route
    }

    /// Leaves every connection behind: after a sleep, a silence or on another network they are dead,
    /// and nobody says so. Calls that wait for an answer end at once, to be made again.
    pub fn leave_connections(&self) {
        match client::build(&self.shared.url, &self.shared.network) {
            Ok(clients) => {
                *self.shared.clients.write().unwrap_or_else(PoisonError::into_inner) = clients;
            }
            Err(error) => log::debug!("{error}"),
        }
        self.shared.left.send_modify(|times| *times += 1);
    }

    /// Changes when every connection is left behind.
    #[must_use]
    pub fn left(&self) -> watch::Receiver<u64> {
        self.shared.left.subscribe()
    }

    /// Notes that something came from the relay.
    pub fn heard(&self) {
        self.shared.heard.send_replace(Instant::now());
    }

    fn key(&self) -> Option<Key> {
        self.shared.key.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &RelayUrl {
        &self.shared.url
    }

    /// This process, as the relay knows it.
    #[must_use]
    pub fn instance(&self) -> &InstanceId {
        &self.shared.instance
    }

    /// Takes another key from now on.
    pub fn set_key(&self, key: Option<Key>) {
        *self.shared.key.write().unwrap_or_else(PoisonError::into_inner) = key;
    }

    /// Makes a call and reads its answer whole. A body that something in between does not let pass,
    /// or spoils, is sent in another compression.
    ///
    /// # Errors
    /// When there is no answer, not the relay's, or a no.
    pub async fn call(&self, request: Request) -> Result<Answer, CallError> {
        if !coding::can_change(&request.headers) {
            return self.call_as_it_is(request).await;
        }
        let first = self.route().coding();
        let mut coding = first;
        loop {
            let answer = self.call_as_it_is(coded(&request, coding)?).await;
            let refused = answer.as_ref().err().and_then(CallError::refused_body);
            if let Some(next) = refused.and_then(|status| coding::after_refusal(status, coding)) {
                coding = next;
                continue;
            }
            // Only what has helped is remembered: a page that blocks everything blocks these too.
            if coding != first && refused.is_none() {
                self.route().found(Obstacle::Zstd);
                if coding == Coding::Plain {
                    self.route().found(Obstacle::Gzip);
                }
            }
            return answer;
        }
    }

    /// The same without another try in another compression.
    ///
    /// # Errors
    /// When there is no answer, not the relay's, or a no.
    pub async fn call_as_it_is(&self, request: Request) -> Result<Answer, CallError> {
        let bytes = request.body.as_ref().map_or(0, Bytes::len);
        let deadline = CALL_TIMEOUT + stuck::on_its_way(bytes);
        let deadline = tokio::time::timeout(deadline, async {
            let response = self.open(request).await?;
            let version = response.version();
            let (status, headers) = (response.status(), response.headers().clone());
            let body = self.read_whole(response).await?;
            if status.is_success() {
                Ok(Answer { body, version })
            } else {
                Err(refusal(status, &headers, &body))
            }
        });
        let gone = |why: &str| Err(CallError::Unreachable(why.to_owned()));
        let mut left = self.left();
        let given_up = self.shared.given_up.load(Ordering::Relaxed);
        let answer = tokio::select! {
            answer = deadline => answer.unwrap_or_else(|_| gone("it did not answer in time")),
            _ = left.changed() => gone("its connection was dead"),
            () = self.hangs(bytes, given_up) => {
                self.give_up(given_up);
                gone("its connection was dead")
            }
        };
        if let Err(CallError::Intercepted(TOO_LARGE)) = answer {
            self.route().found_too_large(bytes);
        }
        answer
    }

    /// Sends a request and returns when the head of the relay's answer is there, whatever its
    /// status. No deadline: a feed has none.
    ///
    /// # Errors
    /// When there is no answer, or not the relay's.
    pub async fn open(&self, request: Request) -> Result<reqwest::Response, CallError> {
        let key = self.key().ok_or(CallError::NoKey)?;
        let response = match self.send(&request, &key).await {
            Ok(response) => response,
            Err(error) => return Err(self.explain(&error).await),
        };
        if !response.headers().contains_key(RELAY_HEADER) {
            return Err(self.intercepted(&response));
        }
        self.heard();
        self.shared.given_up.store(0, Ordering::Relaxed);
        Ok(response)
    }

    /// Why there is no answer. A proxy is asked what it has against it.
    async fn explain(&self, error: &reqwest::Error) -> CallError {
        let (url, way) = (&self.shared.url, &self.shared.network.way);
        if let Some(distrust) = client::distrust(error) {
            return CallError::Untrusted(distrust);
        }
        let reason = client::reason(error);
        let WayOut::Through(proxy, said) = way else {
            let refused = client::is_refused(error);
            return if refused {
                CallError::Absent(reason)
            } else {
                CallError::Unreachable(reason)
            };
        };
        if error.is_connect() && url.is_encrypted() && proxy.kind() == ProxyKind::Http {
            let says = proxy::ask(proxy, url.host(), url.port()).await;
            let relay = format!("{}:{}", url.host(), url.port());
            if let Some(sentence) = proxy::sentence(proxy, said, &relay, &says) {
                return CallError::Proxy(sentence);
            }
        }
        CallError::Unreachable(format!("{reason}, through the proxy {proxy} (named by {said})"))
    }

    /// Who answered in the relay's place: a proxy that wants to know who we are says so itself.
    fn intercepted(&self, response: &reqwest::Response) -> CallError {
        let status = response.status();
        if let (WayOut::Through(proxy, said), StatusCode::PROXY_AUTHENTICATION_REQUIRED) =
            (&self.shared.network.way, status)
        {
            let says = proxy::read_headers(response.headers());
            let relay = self.shared.url.label();
            if let Some(sentence) = proxy::sentence(proxy, said, relay, &says) {
                return CallError::Proxy(sentence);
            }
        }
        CallError::Intercepted(status.as_u16())
    }

    async fn read_whole(&self, mut response: reqwest::Response) -> Result<Bytes, CallError> {
        let mut body = BytesMut::new();
        let cut = |error: reqwest::Error| CallError::Unreachable(client::reason(&error));
        while let Some(chunk) = response.chunk().await.map_err(cut)? {
            self.heard();
            if body.len() + chunk.len() > ANSWER_MAX_BYTES {
                return Err(CallError::Malformed("it is too long".into()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    async fn send_by(
        &self,
        client: &reqwest::Client,
        request: &Request,
        key: &Key,
    ) -> Result<reqwest::Response, reqwest::Error> {
        let url = format!("{}{}", self.shared.url.as_str(), request.path);
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", key.secret()))
            .expect("a key is visible ASCII, as Key::parse made sure");
        bearer.set_sensitive(true);
        let mut builder = client
            .request(request.method.clone(), url)
            .headers(request.headers.clone())
            .header(AUTHORIZATION, bearer)
            .header(BRIDGE_HEADER, env!("CARGO_PKG_VERSION"))
            .header(INSTANCE_HEADER, self.shared.instance.as_str());
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        builder.send().await
    }
}

fn coded(request: &Request, coding: Coding) -> Result<Request, CallError> {
    let Some(body) = &request.body else { return Ok(request.clone()) };
    let (body, headers) = coding::change(body, &request.headers, coding)
        .map_err(|error| CallError::Malformed(error.to_string()))?;
    Ok(Request { body: Some(body), headers, ..request.clone() })
}

/// A header set from pairs that are known to be valid.
#[must_use]
pub fn headers<const N: usize>(pairs: [(&'static str, &'static str); N]) -> HeaderMap {
    let pair = |(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    pairs.into_iter().map(pair).collect()
}
