//! The one HTTP client: the only importer of reqwest.
//!
//! POSTs and the feed share it, and with HTTP/2 one connection. It tells a relay's answer from that
//! of something in between by the header [`RELAY_HEADER`], and turns problem documents into
//! [`CallError`]s. How the client is set up and what its errors mean is in `client`; what is said to
//! the relay in [`crate::uplink::calls`].

mod client;
mod error;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use leanspec_shared::http::{BRIDGE_HEADER, INSTANCE_HEADER, RELAY_HEADER};
use leanspec_shared::id::InstanceId;

pub use self::error::{CallError, refusal};

use self::client::Clients;
use crate::config::Network;
use crate::config::proxy::ProxyKind;
use crate::config::relay_url::RelayUrl;
use crate::config::way_out::WayOut;
use crate::uplink::auth::Key;
use crate::uplink::proxy;

/// How long a call may take, its answer included: half a megabyte over 20 KB/s.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest answer that is read, in bytes. The largest sensible one, what is needed of 5,000
/// files, has less than a megabyte.
const ANSWER_MAX_BYTES: usize = 8 * 1024 * 1024;

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
    instance: InstanceId,
    key: RwLock<Option<Key>>,
    client: RwLock<reqwest::Client>,
    /// For a server that knows no HTTP/2.
    http1_client: reqwest::Client,
    /// HTTP/2 has worked with this relay: a failure is not its version's fault.
    http2_works: AtomicBool,
}

impl Relay {
    /// A client for a relay; connects with the first call.
    ///
    /// # Errors
    /// When TLS cannot be set up: a fault of the build.
    pub fn new(
        url: RelayUrl,
        network: Network,
        key: Option<Key>,
        instance: InstanceId,
    ) -> Result<Self, CallError> {
        let Clients { best, http1 } = client::build(&url, &network)?;
        let shared = Shared {
            url,
            network,
            instance,
            key: RwLock::new(key),
            client: RwLock::new(best),
            http1_client: http1,
            http2_works: AtomicBool::new(false),
        };
        Ok(Self { shared: Arc::new(shared) })
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

    /// Makes a call and reads its answer whole.
    ///
    /// # Errors
    /// When there is no answer, not the relay's, or a no.
    pub async fn call(&self, request: Request) -> Result<Answer, CallError> {
        let deadline = tokio::time::timeout(CALL_TIMEOUT, async {
            let response = self.open(request).await?;
            let version = response.version();
            let (status, headers) = (response.status(), response.headers().clone());
            let body = read_whole(response).await?;
            if status.is_success() {
                Ok(Answer { body, version })
            } else {
                Err(refusal(status, &headers, &body))
            }
        });
        deadline
            .await
            .unwrap_or_else(|_| Err(CallError::Unreachable("it did not answer in time".into())))
    }

    /// Sends a request and returns when the head of the relay's answer is there, whatever its
    /// status. No deadline: a feed has none.
    ///
    /// # Errors
    /// When there is no answer, or not the relay's.
    pub async fn open(&self, request: Request) -> Result<reqwest::Response, CallError> {
        let shared = &self.shared;
        let key = shared.key.read().unwrap_or_else(PoisonError::into_inner).clone();
        let key = key.ok_or(CallError::NoKey)?;
        let client = || shared.client.read().unwrap_or_else(PoisonError::into_inner).clone();
        let first = self.send(&client(), &request, &key).await;
        let response = match first {
            Err(error) if self.may_be_http2s_fault(&error) => {
                self.send_with_http1(&request, &key).await.map_err(|_| error)
            }
            other => other,
        };
        let response = match response {
            Ok(response) => response,
            Err(error) => return Err(self.explain(&error).await),
        };
        if response.version() == Version::HTTP_2 {
            shared.http2_works.store(true, Ordering::Relaxed);
        }
        if !response.headers().contains_key(RELAY_HEADER) {
            return Err(self.intercepted(&response));
        }
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

    /// Without TLS nothing negotiates the version. HTTP/2 is tried first; a server or proxy that
    /// only knows HTTP/1.1 answers its preface with nonsense or by hanging up.
    fn may_be_http2s_fault(&self, error: &reqwest::Error) -> bool {
        !self.shared.url.is_encrypted()
            && !self.shared.http2_works.load(Ordering::Relaxed)
            && !error.is_connect()
            && !error.is_timeout()
    }

    async fn send_with_http1(
        &self,
        request: &Request,
        key: &Key,
    ) -> Result<reqwest::Response, reqwest::Error> {
        let client = &self.shared.http1_client;
        let response = self.send(client, request, key).await?;
        *self.shared.client.write().unwrap_or_else(PoisonError::into_inner) = client.clone();
        Ok(response)
    }

    async fn send(
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

async fn read_whole(mut response: reqwest::Response) -> Result<Bytes, CallError> {
    let mut body = BytesMut::new();
    let cut = |error: reqwest::Error| CallError::Unreachable(client::reason(&error));
    while let Some(chunk) = response.chunk().await.map_err(cut)? {
        if body.len() + chunk.len() > ANSWER_MAX_BYTES {
            return Err(CallError::Malformed("it is too long".into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// A header set from pairs that are known to be valid.
#[must_use]
pub fn headers<const N: usize>(pairs: [(&'static str, &'static str); N]) -> HeaderMap {
    let pair = |(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    pairs.into_iter().map(pair).collect()
}
