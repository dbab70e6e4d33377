//! A relay of its own for each test, and typed callers.

mod bridge;
mod commands;
mod events;

use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use leanspec_relay::config::Config;
use leanspec_relay::router::router;
use leanspec_relay::server::Server;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) use bridge::{Bridge, Push};
pub(crate) use commands::{ids, sent_ids, set_status};
pub(crate) use events::{Feed, SseEvent, parse};

/// How long anything is waited for.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

/// A relay in this process, called without a network.
pub(crate) struct TestRelay {
    pub(crate) folder: TempDir,
    pub(crate) server: Server,
    pub(crate) admin: String,
    router: Router,
}

/// An answer that has arrived.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The code of a problem document; empty for any other answer.
    pub(crate) fn code(&self) -> String {
        let code = self.json()["code"].as_str().unwrap_or_default().to_owned();
        assert!(code.is_empty() || self.json()["status"] == self.status.as_u16(), "{code}");
        code
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The answer, which has to be this.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{text}");
        self
    }

    /// The problem, which has to be this.
    #[track_caller]
    pub(crate) fn expect_problem(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.code(), code);
        answer
    }
}

/// The settings of a test: nothing that is waited for takes long.
fn config(folder: &Path) -> Config {
    Config {
        listen: ([127, 0, 0, 1], 0).into(),
        start_grace: Duration::ZERO,
        ..Config::new(folder.to_owned())
    }
}

impl TestRelay {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path());
        change(&mut config);
        let server = Server::bind(config).await.unwrap();
        let router = router(server.relay());
        let code = server.relay().first_code().expect("the first start gives a code").to_owned();
        let mut relay = Self { folder, server, router, admin: String::new() };
        let exchanged = relay.post("/v1/session/exchange", "", &json!({ "code": code })).await;
        relay.admin = exchanged.expect(200).json()["key"].as_str().unwrap().to_owned();
        relay
    }

    /// Stops it, does something to its folder, and starts it again.
    pub(crate) async fn restart(self, between: impl FnOnce(&Path)) -> Self {
        self.restart_with(between, |_| {}).await
    }

    pub(crate) async fn restart_with(
        self,
        between: impl FnOnce(&Path),
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let Self { folder, server, admin, router: before } = self;
        drop(before);
        server.shutdown(DEADLINE).await;
        between(folder.path());
        let mut config = config(folder.path());
        change(&mut config);
        let server = Server::bind(config).await.unwrap();
        let router = router(server.relay());
        Self { folder, server, admin, router }
    }

    /// A new key of this scope.
    pub(crate) async fn key(&self, scope: &str) -> String {
        let wanted = json!({ "scope": scope, "name": "test" });
        let created = self.post("/v1/keys", &self.admin, &wanted).await.expect(201);
        created.json()["key"].as_str().unwrap().to_owned()
    }

    /// A bridge that has announced itself with one project, `p1`.
    pub(crate) async fn bridge(&self, machine: &str) -> Bridge {
        let bridge = Bridge::new(self, machine, self.key("bridge").await);
        bridge.announce().await.expect(200);
        bridge
    }

    pub(crate) async fn call(&self, request: Request<Body>) -> Answer {
        call(&self.router, request).await
    }

    pub(crate) async fn get(&self, path: &str, key: &str) -> Answer {
        self.call(request("GET", path, key).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn delete(&self, path: &str, key: &str) -> Answer {
        self.call(request("DELETE", path, key).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.send("POST", path, key, body).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, key: &str, body: &Value) -> Answer {
        let request = request(method, path, key).header("content-type", "application/json");
        self.call(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Opens the feed of a person.
    pub(crate) async fn feed(&self, query: &str) -> Feed {
        Feed::open(&self.router, &format!("/v1/feed{query}"), &self.admin, &[]).await
    }

    pub(crate) fn router(&self) -> &Router {
        &self.router
    }
}

pub(crate) fn request(method: &str, path: &str, key: &str) -> http::request::Builder {
    let builder = Request::builder().method(method).uri(path);
    if key.is_empty() { builder } else { builder.header("authorization", format!("Bearer {key}")) }
}

pub(crate) async fn call(router: &Router, request: Request<Body>) -> Answer {
    let answered = async {
        let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    };
    tokio::time::timeout(DEADLINE, answered).await.expect("answered in time")
}
