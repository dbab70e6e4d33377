//! Asks the relay as a bridge or a browser does, through whatever stands in front: the only importer
//! of reqwest. Every answer comes with what it says about the way.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_METHOD, CONTENT_ENCODING,
    CONTENT_TYPE, ORIGIN,
};
use http::{HeaderMap, Method, Version};
use leanspec_shared::doctor::stream::{Reading, Streamed};
use leanspec_shared::http::{self as wire, ENCODING_ZSTD, RELAY_HEADER};
use leanspec_shared::limits::HEARTBEAT_SECONDS;
use leanspec_shared::probe::Probed;
use rand::RngCore;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::Instant;

/// How long a call may take: a megabyte over a slow way.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// How long is waited for an event past its time.
const LATE: Duration = Duration::from_secs(4);
/// Heartbeats that are waited for. Two of them show whether they come singly.
const HEARTBEATS: u32 = 3;

/// Why there is no answer of the relay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoAnswer {
    /// No connection, or one that broke.
    #[error("{0}")]
    Unreached(String),
    /// The certificate is not accepted, or there is no TLS.
    #[error("{0}")]
    Tls(String),
    /// Something else answered: the mark of a relay is missing.
    #[error("HTTP status {0}, not from a relay")]
    Stranger(u16),
    /// The relay said no.
    #[error("HTTP status {0}")]
    Refused(u16),
}

/// An answer of the relay.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) took: Duration,
}

/// What a call may find.
pub(super) type Asked<T> = Result<T, NoAnswer>;

/// A visitor at one address.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    key: Option<String>,
}

impl Client {
    /// For the relay at an address, with a key or without.
    pub(super) fn new(base: &str, key: Option<&str>) -> Asked<Self> {
        let fault = |error: &dyn Error| NoAnswer::Unreached(error.to_string());
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tls_backend_preconfigured(tls().map_err(|error| fault(&error))?)
            .build()
            .map_err(|error| fault(&error))?;
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { http, base, key: key.map(str::to_owned) })
    }

    /// GETs a path.
    pub(super) async fn get(&self, path: &str) -> Asked<Answer> {
        self.finish(self.request(Method::GET, path)).await
    }

    /// Whether a page of this origin may read the relay's answers.
    pub(super) async fn allows(&self, origin: &str) -> Asked<bool> {
        let request = self.request(Method::OPTIONS, wire::MACHINES).header(ORIGIN, origin);
        let answer = self.finish(request.header(ACCESS_CONTROL_REQUEST_METHOD, "GET")).await?;
        Ok(answer.headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN))
    }

    /// POSTs a body of so many bytes; what arrived of it.
    pub(super) async fn body(&self, bytes: usize, compressed: bool) -> Asked<(Probed, Duration)> {
        let mut body = vec![0; bytes];
        rand::rng().fill_bytes(&mut body);
        let mut request = self.request(Method::POST, wire::PROBE);
        request = request.header(CONTENT_TYPE, "application/octet-stream");
        if compressed {
            body = zstd::bulk::compress(&body, 3).map_err(|error| unreadable(&error))?;
            request = request.header(CONTENT_ENCODING, ENCODING_ZSTD);
        }
        let answer = self.finish(request.body(body)).await?;
        let probed = serde_json::from_slice(&answer.body).map_err(|error| unreadable(&error))?;
        Ok((probed, answer.took))
    }

    /// Reads a probing stream with these gaps.
    pub(super) async fn stream(&self, gaps: &[Duration]) -> Asked<Streamed> {
        let list: Vec<_> = gaps.iter().map(|gap| gap.as_millis().to_string()).collect();
        let path = format!("{}?gaps={}", wire::PROBE_STREAM, list.join(","));
        let patience = gaps.iter().sum::<Duration>() + LATE;
        let mut reading = Reading::default();
        let (mut chunks, took) = self.open(&path, patience).await?;
        reading.streamed.head = Some(took);
        while reading.streamed.arrivals.len() < gaps.len() {
            match chunks.next().await {
                Ok(Some((bytes, arrived))) => reading.take(&bytes, arrived),
                Ok(None) => break,
                Err(cut) => {
                    reading.streamed.cut = Some(cut);
                    break;
                }
            }
        }
        Ok(reading.streamed)
    }

    /// Keeps a feed open; when something came, from the hello on, until there were heartbeats enough.
    pub(super) async fn heartbeats(&self) -> Asked<Vec<Duration>> {
        let patience = Duration::from_secs(HEARTBEAT_SECONDS) * (HEARTBEATS + 1);
        let (mut chunks, _) = self.open(wire::FEED, patience).await?;
        let mut came = Vec::new();
        while came.len() <= HEARTBEATS as usize {
            let Ok(Some((_, arrived))) = chunks.next().await else { break };
            came.push(arrived);
        }
        Ok(came)
    }

    async fn open(&self, path: &str, patience: Duration) -> Asked<(Chunks, Duration)> {
        let began = Instant::now();
        let request = self.request(Method::GET, path).header(ACCEPT, "text/event-stream");
        let deadline = began + patience;
        let sent = tokio::time::timeout_at(deadline, request.send()).await;
        let late = |_| NoAnswer::Unreached("nothing came while the stream went on".into());
        let response = sent.map_err(late)?.map_err(|error| explain(&error))?;
        let response = of_the_relay(response)?;
        Ok((Chunks { response, began, deadline }, began.elapsed()))
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    async fn finish(&self, request: reqwest::RequestBuilder) -> Asked<Answer> {
        let began = Instant::now();
        let response = request.timeout(CALL_TIMEOUT).send().await;
        let response = of_the_relay(response.map_err(|error| explain(&error))?)?;
        let (version, headers) = (response.version(), response.headers().clone());
        let body = response.bytes().await.map_err(|error| explain(&error))?;
        Ok(Answer { version, headers, body, took: began.elapsed() })
    }
}

/// The pieces in which a stream arrives.
struct Chunks {
    response: reqwest::Response,
    began: Instant,
    deadline: Instant,
}

impl Chunks {
    /// The next piece and when it came; `None` when its time is over, an error when it was cut.
    async fn next(&mut self) -> Result<Option<(Bytes, Duration)>, String> {
        match tokio::time::timeout_at(self.deadline, self.response.chunk()).await {
            Err(_) => Ok(None),
            Ok(Ok(Some(bytes))) => Ok(Some((bytes, self.began.elapsed()))),
            Ok(Ok(None)) => Err("it ended".to_owned()),
            Ok(Err(_)) => Err("it was cut".to_owned()),
        }
    }
}

fn of_the_relay(response: reqwest::Response) -> Asked<reqwest::Response> {
    let status = response.status();
    match response.headers().contains_key(RELAY_HEADER) {
        true if status.is_success() => Ok(response),
        true => Err(NoAnswer::Refused(status.as_u16())),
        false => Err(NoAnswer::Stranger(status.as_u16())),
    }
}

/// The platform's certificates; Mozilla's list where there are none, as in a bare container.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    let (added, _) =
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if added == 0 {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions()?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn unreadable(error: &impl std::fmt::Display) -> NoAnswer {
    NoAnswer::Unreached(error.to_string())
}

/// The innermost reason, which is the one a person understands.
fn explain(error: &reqwest::Error) -> NoAnswer {
    if error.is_timeout() {
        return NoAnswer::Unreached("it did not answer in time".into());
    }
    let mut innermost: &(dyn Error + 'static) = error;
    while let Some(cause) = innermost.source() {
        if let Some(tls) = tls_error(cause) {
            return NoAnswer::Tls(tls.to_string());
        }
        innermost = cause;
    }
    NoAnswer::Unreached(innermost.to_string())
}

/// An `io::Error` is no link between its own wrapper and what it wraps, and stands in others of its
/// kind.
fn tls_error<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut io = cause.downcast_ref::<io::Error>()?;
    while let Some(inner) = io.get_ref()?.downcast_ref() {
        io = inner;
    }
    io.get_ref()?.downcast_ref()
}
