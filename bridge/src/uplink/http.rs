//! The one HTTP client: the only importer of reqwest.
//!
//! POSTs and the feed share it, and with HTTP/2 one connection. It tells a relay's answer from that
//! of something in between by the header [`RELAY_HEADER`], and turns problem documents into
//! [`CallError`]s. What is said to the relay is in [`crate::uplink::calls`].

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use leanspec_shared::hash::StateHash;
use leanspec_shared::http::{BRIDGE_HEADER, INSTANCE_HEADER, RELAY_HEADER};
use leanspec_shared::id::InstanceId;
use leanspec_shared::problem::{Code, Problem};

use crate::config::relay_url::RelayUrl;
use crate::uplink::auth::Key;
use crate::uplink::tls;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a call may take, its answer included: half a megabyte over 20 KB/s.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// A ping on an HTTP/2 connection with open requests: notices a connection that died in silence.
const PING_INTERVAL: Duration = Duration::from_secs(20);
/// How long the answer to a ping may take.
const PING_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes. The largest sensible one, what is needed of 5,000
/// files, has less than a megabyte.
const ANSWER_MAX_BYTES: usize = 8 * 1024 * 1024;

/// Why a call did not succeed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CallError {
    /// No connection, no answer in time, or an answer that was cut.
    #[error("the relay is not reached: {0}")]
    Unreachable(String),
    /// Something that is not a relay answered.
    #[error(
        "something between here and the relay answered in its place (HTTP status {0}); \
         check the relay's address, and whether this network lets it through"
    )]
    Intercepted(u16),
    /// The relay said no.
    #[error("{}", .problem.detail)]
    Refused {
        /// Why.
        problem: Box<Problem>,
        /// When it asks to be asked again.
        retry_after: Option<Duration>,
    },
    /// An answer that is not what it should be.
    #[error("the relay's answer cannot be read ({0}); are bridge and relay of one version?")]
    Malformed(String),
    /// There is no key to send.
    #[error("there is no key for this relay")]
    NoKey,
}

impl CallError {
    /// What is the matter, in a few words without a full stop: for sentences that bring their own
    /// advice.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Refused { problem, .. } => problem.title.trim_end_matches('.').to_owned(),
            other => other.to_string(),
        }
    }

    /// The problem's code, if the relay said no with one that is known here.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused { problem, .. } => Code::parse(&problem.code),
            _ => None,
        }
    }

    /// With `resync`: the relay's revision and the check sum of what it holds.
    #[must_use]
    pub fn held(&self) -> Option<(u64, StateHash)> {
        match self {
            Self::Refused { problem, .. } => problem.rev.zip(problem.state_hash),
            _ => None,
        }
    }

    /// Whether only another key helps.
    #[must_use]
    pub fn is_about_the_key(&self) -> bool {
        match self {
            Self::NoKey => true,
            Self::Refused { problem, .. } => matches!(problem.status, 401 | 403),
            _ => false,
        }
    }

    /// When the relay asks to be asked again.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the same call, sent again, may succeed without anybody doing something.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Intercepted(_) => true,
            Self::Refused { problem, .. } => problem.retry || problem.status >= 500,
            Self::Malformed(_) | Self::NoKey => false,
        }
    }
}

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
    pub fn new(url: RelayUrl, key: Option<Key>, instance: InstanceId) -> Result<Self, CallError> {
        let client = build_client(&url, Http::Best)?;
        let http1_client = build_client(&url, Http::Only1)?;
        let shared = Shared {
            url,
            instance,
            key: RwLock::new(key),
            client: RwLock::new(client),
            http1_client,
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
        let response = response.map_err(|error| CallError::Unreachable(reason(&error)))?;
        if response.version() == Version::HTTP_2 {
            shared.http2_works.store(true, Ordering::Relaxed);
        }
        if !response.headers().contains_key(RELAY_HEADER) {
            return Err(CallError::Intercepted(response.status().as_u16()));
        }
        Ok(response)
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Http {
    /// HTTP/2 where possible: by ALPN with TLS, by prior knowledge (RFC 9113 §3.3) without.
    Best,
    Only1,
}

fn build_client(url: &RelayUrl, http: Http) -> Result<reqwest::Client, CallError> {
    let fault = |error: &dyn Error| CallError::Malformed(error.to_string());
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("leanspec-bridge/", env!("CARGO_PKG_VERSION")))
        // A redirect would carry the key to wherever it points.
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .pool_max_idle_per_host(1)
        .http2_keep_alive_interval(PING_INTERVAL)
        .http2_keep_alive_timeout(PING_TIMEOUT);
    let tls = tls::client_config(url.is_encrypted()).map_err(|error| fault(&error))?;
    builder = builder.tls_backend_preconfigured(tls);
    if url.is_loopback() {
        builder = builder.no_proxy();
    }
    builder = match http {
        Http::Best if !url.is_encrypted() => builder.http2_prior_knowledge(),
        Http::Best => builder,
        Http::Only1 => builder.http1_only(),
    };
    builder.build().map_err(|error| fault(&error))
}

async fn read_whole(mut response: reqwest::Response) -> Result<Bytes, CallError> {
    let mut body = BytesMut::new();
    let cut = |error: reqwest::Error| CallError::Unreachable(reason(&error));
    while let Some(chunk) = response.chunk().await.map_err(cut)? {
        if body.len() + chunk.len() > ANSWER_MAX_BYTES {
            return Err(CallError::Malformed("it is too long".into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Turns a status that is no success into an error. A relay's problem without a readable document
/// still has its status.
#[must_use]
pub fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> CallError {
    let problem = serde_json::from_slice(body).unwrap_or_else(|_| Problem {
        kind: "about:blank".into(),
        title: status.canonical_reason().unwrap_or("refused").into(),
        status: status.as_u16(),
        code: String::new(),
        detail: format!("the relay answered with HTTP status {status}"),
        retry: status.is_server_error(),
        rev: None,
        state_hash: None,
        limit: None,
    });
    let seconds =
        headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    CallError::Refused { problem: Box::new(problem), retry_after: seconds.map(Duration::from_secs) }
}

/// The innermost reason of an error, which is the one a person understands: "Connection refused"
/// and not "error sending request". Addresses stay out, since they may carry secrets.
fn reason(error: &reqwest::Error) -> String {
    let mut inner: &dyn Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    if error.is_timeout() { "it did not answer in time".to_owned() } else { inner.to_string() }
}

/// A header set from pairs that are known to be valid.
#[must_use]
pub fn headers<const N: usize>(pairs: [(&'static str, &'static str); N]) -> HeaderMap {
    let pair = |(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    pairs.into_iter().map(pair).collect()
}
