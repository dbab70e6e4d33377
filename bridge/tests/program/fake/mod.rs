//! A relay in small, inside the test: keeps what is pushed, answers as `docs/PROTOCOL.md` says, and
//! misbehaves when asked to.

pub(crate) mod bridge;
pub(crate) mod commands;
pub(crate) mod project;

use std::collections::{HashMap, VecDeque};
use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use leanspec_shared::change::{Announce, Announced, Held, Manifest};
use leanspec_shared::http::RELAY_HEADER;
use leanspec_shared::problem::{Code, PROBLEM_MEDIA_TYPE, Problem};
use serde::Serialize;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use commands::{FakeCommand, Wakes};
use project::{FakeProject, Pushed};

/// The key that the fake knows.
pub(crate) const KEY: &str = "lsr_bridge_good";

/// How the fake misbehaves at a push.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// Does what was asked, and the answer is lost on the way.
    LoseAnswer,
    /// Refuses with a problem, and does nothing.
    Refuse(Code),
    /// Something in between answers with a page of its own.
    BlockPage,
}

/// One push as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// `manifest` or `changes`.
    pub(crate) call: &'static str,
    /// Its Content-Encoding.
    pub(crate) encoding: String,
    /// Bytes on the wire.
    pub(crate) wire_bytes: usize,
    /// Its push id; empty when it could not be read.
    pub(crate) push_id: String,
}

/// What the fake holds and saw.
#[derive(Debug, Default)]
pub(crate) struct Inner {
    /// Projects by id.
    pub(crate) projects: HashMap<String, FakeProject>,
    /// Every announcement.
    pub(crate) announced: Vec<Announce>,
    /// Every push.
    pub(crate) seen: Vec<Seen>,
    /// Commands and what came of them.
    pub(crate) commands: Vec<FakeCommand>,
    /// What goes wrong next, one for each report.
    pub(crate) report_faults: VecDeque<Fault>,
    /// What `after` each feed was opened with.
    pub(crate) opened_after: Vec<Option<String>>,
    /// What goes wrong next, one for each push.
    pub(crate) faults: VecDeque<Fault>,
    /// Answers 401 to everything.
    pub(crate) key_revoked: bool,
    /// Answers 409 to announcements.
    pub(crate) machine_taken: bool,
    /// What its feeds promise: a heartbeat every so many seconds. 15 unless set; none ever comes.
    pub(crate) heartbeat_s: Option<u64>,
    /// Cuts each stream after a second, but for those that asked for heartbeats.
    pub(crate) cuts_at_rest: bool,
    /// The seconds between heartbeats that its feeds were asked for.
    pub(crate) asked_heartbeats: Vec<u64>,
    /// Something in between keeps every answer back until it has ended.
    pub(crate) holds_back: bool,
}

/// A running fake, on a thread of its own, so that a test may block. Ends when dropped.
pub(crate) struct Fake {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
    feeds: watch::Sender<Wakes>,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

#[derive(Clone)]
struct Shared {
    inner: Arc<Mutex<Inner>>,
    feeds: watch::Receiver<Wakes>,
}

impl Fake {
    /// Starts one on a free port.
    pub(crate) fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().expect("an address"), Inner::default())
    }

    /// Starts one at an address, with what an earlier one held.
    pub(crate) fn start_at(address: SocketAddr, inner: Inner) -> Self {
        let listener = std::net::TcpListener::bind(address).expect("a free port");
        listener.set_nonblocking(true).expect("set");
        let address = listener.local_addr().expect("bound");
        let inner = Arc::new(Mutex::new(inner));
        let (feeds, heard) = watch::channel(Wakes::default());
        let router = router(Shared { inner: Arc::clone(&inner), feeds: heard });
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                tokio::select! {
                    ended = axum::serve(listener, router).into_future() => ended.expect("serves"),
                    () = stopped.cancelled() => {}
                }
            });
        });
        Self { address, inner, feeds, stop, thread: Some(thread) }
    }

    /// Its address for `--relay`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it holds and saw.
    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no test panics while it holds this")
    }

    /// Ends every open feed.
    pub(crate) fn cut_feeds(&self) {
        self.feeds.send_modify(|wakes| wakes.cuts += 1);
    }

    /// Waits until something holds; fails with `what` after a while.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Inner) -> bool) {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
        while !holds(&self.inner()) {
            assert!(tokio::time::Instant::now() < deadline, "{what}: {:#?}", self.inner());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.stop.cancel();
        // The port is free again only when the thread has ended.
        self.thread.take().map(JoinHandle::join);
    }
}

fn router(shared: Shared) -> Router {
    Router::new()
        .route("/v1/me", get(me))
        .route("/v1/machines/{machine}", put(announce))
        .route("/v1/machines/{machine}/commands", get(commands::feed))
        .route("/v1/commands/{id}/result", post(commands::result))
        .route("/v1/commands/{id}/overtaken", post(commands::overtaken))
        .route("/v1/machines/{machine}/projects/{project}/manifest", post(manifest))
        .route("/v1/machines/{machine}/projects/{project}/changes", post(changes))
        .with_state(shared)
}

fn answer(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Response {
    let headers = [("content-type", kind), (RELAY_HEADER, "0.1.0")];
    (status, headers, body.into()).into_response()
}

fn good(value: &impl Serialize) -> Response {
    answer(StatusCode::OK, "application/json", serde_json::to_vec(value).expect("plain data"))
}

fn bad(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).expect("a status");
    answer(status, PROBLEM_MEDIA_TYPE, serde_json::to_vec(problem).expect("plain data"))
}

fn check(shared: &Shared, headers: &HeaderMap) -> Option<Response> {
    let key = headers.get("authorization").and_then(|value| value.to_str().ok());
    let code = match key {
        _ if shared.inner.lock().expect("free").key_revoked => Code::KeyRevoked,
        Some(key) if key == format!("Bearer {KEY}") => return None,
        Some(_) => Code::KeyUnknown,
        None => Code::KeyMissing,
    };
    Some(bad(&Problem::new(code, code.title())))
}

async fn me(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    if let Some(refused) = check(&shared, &headers) {
        return refused;
    }
    good(&serde_json::json!({
        "account": "a", "key": "k1", "name": "test", "scope": "bridge", "relay_version": "0.1.0"
    }))
}

async fn announce(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refused) = check(&shared, &headers) {
        return refused;
    }
    let announce: Announce = serde_json::from_slice(&body).expect("an announcement");
    let mut inner = shared.inner.lock().expect("free");
    if inner.machine_taken {
        return bad(&Problem::new(Code::MachineTaken, Code::MachineTaken.title()));
    }
    let held = announce.projects.iter().map(|facts| {
        let project = inner.projects.entry(facts.id.to_string()).or_default();
        Held {
            id: facts.id.clone(),
            rev: project.rev,
            state_hash: project.state_hash(),
            summary_version: project.summary_version,
        }
    });
    let projects = held.collect();
    inner.announced.push(announce);
    good(&Announced { projects })
}

async fn manifest(
    State(shared): State<Shared>,
    Path((_, project)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let plain = project::decode(&headers, &body, |_| None).expect("readable");
    let manifest: Manifest = serde_json::from_slice(&plain).expect("a manifest");
    let push_id = manifest.push_id.to_string();
    take(&shared, &headers, "manifest", &body, &push_id, |inner| {
        inner.projects.entry(project).or_default().name(&manifest)
    })
}

async fn changes(
    State(shared): State<Shared>,
    Path((_, project)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let push_id = {
        let inner = shared.inner.lock().expect("free");
        let known = inner.projects.get(&project).cloned().unwrap_or_default();
        known.read(&headers, &body).map(|(head, _)| head.push_id.to_string()).unwrap_or_default()
    };
    take(&shared, &headers, "changes", &body, &push_id, |inner| {
        inner.projects.entry(project).or_default().change(&headers, &body)
    })
}

fn take(
    shared: &Shared,
    headers: &HeaderMap,
    call: &'static str,
    body: &Bytes,
    push_id: &str,
    push: impl FnOnce(&mut Inner) -> Pushed,
) -> Response {
    if let Some(refused) = check(shared, headers) {
        return refused;
    }
    let mut inner = shared.inner.lock().expect("free");
    let encoding = headers.get("content-encoding").and_then(|value| value.to_str().ok());
    inner.seen.push(Seen {
        call,
        encoding: encoding.unwrap_or("").to_owned(),
        wire_bytes: body.len(),
        push_id: push_id.to_owned(),
    });
    let block_page = || (StatusCode::BAD_GATEWAY, "<html>not a relay</html>").into_response();
    match inner.faults.pop_front() {
        Some(Fault::Refuse(code)) => return bad(&Problem::new(code, code.title())),
        Some(Fault::BlockPage) => return block_page(),
        Some(Fault::LoseAnswer) => {
            push(&mut inner).expect("a push whose answer is lost is a good one");
            return block_page();
        }
        None => {}
    }
    match push(&mut inner) {
        Ok(accepted) => good(&accepted),
        Err(problem) => bad(&problem),
    }
}
