//! What the fake relay does with commands: hands them out until they have ended, keeps what came of
//! each.

use std::collections::VecDeque;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use leanspec_shared::problem::{Code, Problem};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{Fake, Fault, Inner, Shared, answer, bad, check, good};

/// What wakes an open feed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wakes {
    /// Raised to end every feed.
    pub(crate) cuts: u64,
    /// Raised with every event.
    pub(crate) events: u64,
}

/// A command, or another event of the command feed.
#[derive(Debug, Clone)]
pub(crate) struct FakeCommand {
    /// Its id; empty for an event that is no command.
    pub(crate) id: String,
    /// The event.
    pub(crate) event: &'static str,
    /// Its data.
    pub(crate) data: String,
    /// Every report that came, in order.
    pub(crate) reports: Vec<Value>,
    /// Every word that it was overtaken.
    pub(crate) overtaken: Vec<Value>,
    /// How often it was handed out.
    pub(crate) delivered: usize,
}

impl FakeCommand {
    /// What came of it first.
    pub(crate) fn report(&self) -> &Value {
        self.reports.first().unwrap_or(&Value::Null)
    }

    /// How it ended: state and reason.
    pub(crate) fn end(&self) -> (&str, &str) {
        let word = |key: &str| self.report()[key].as_str().unwrap_or("");
        (word("state"), word("reason"))
    }
}

impl Inner {
    /// A command by its id.
    pub(crate) fn command(&self, id: &str) -> &FakeCommand {
        self.commands.iter().find(|command| command.id == id).expect("it was posted")
    }

    /// The one project's id.
    pub(crate) fn project_id(&self) -> String {
        self.projects.keys().next().expect("announced").clone()
    }
}

impl Fake {
    /// Hands out a command for the one project. `members` are those of its type, with `base`.
    pub(crate) fn command(&self, id: &str, mut members: Value) {
        let given = members.as_object_mut().expect("an object");
        let project = self.inner().project_id();
        for (key, value) in [
            ("id", json!(id)),
            ("project", json!(project)),
            ("force", json!(false)),
            ("expires_in_ms", json!(600_000)),
            ("by", json!({"key": "k1", "name": "phone"})),
        ] {
            given.entry(key).or_insert(value);
        }
        self.event("command", id, members.to_string());
    }

    /// Takes a command back.
    pub(crate) fn withdraw(&self, id: &str) {
        self.event("withdraw", "", json!({ "id": id }).to_string());
    }

    /// Sends any event on the command feed.
    pub(crate) fn event(&self, event: &'static str, id: &str, data: String) {
        let (reports, overtaken) = (Vec::new(), Vec::new());
        let id = id.to_owned();
        let command = FakeCommand { id, event, data, reports, overtaken, delivered: 0 };
        self.inner().commands.push(command);
        self.feeds.send_modify(|wakes| wakes.events += 1);
    }

    /// Waits until a command ended, and says how: state and reason.
    pub(crate) async fn ended(&self, id: &str) -> (String, String) {
        let what = format!("command {id} ends");
        self.until(&what, |inner| !inner.command(id).reports.is_empty()).await;
        let inner = self.inner();
        let (state, reason) = inner.command(id).end();
        (state.to_owned(), reason.to_owned())
    }
}

/// How long a poll is held at most: longer than a stream's hello may take, and no longer than a
/// test can wait.
const HELD_MAX: Duration = Duration::from_secs(6);

/// How long a stream rests before it is cut: longer than one that was never let live.
const REST: Duration = Duration::from_millis(1200);

/// An open feed.
struct Open {
    shared: Shared,
    wakes: watch::Receiver<Wakes>,
    cuts: u64,
    /// The next of the relay's commands to be looked at.
    next: usize,
    due: VecDeque<String>,
}

pub(super) async fn feed(
    State(shared): State<Shared>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Response {
    if let Some(refused) = check(&shared, &headers) {
        return refused;
    }
    let parameter = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, v)| v.clone());
    let after = parameter("after");
    let polled = parameter("mode").as_deref() == Some("poll");
    let wait_s = parameter("wait").and_then(|wait| wait.parse().ok()).unwrap_or(0);
    let asked_heartbeat = parameter("heartbeat").and_then(|seconds| seconds.parse::<u64>().ok());
    let (next, heartbeat_s, holds_back, cuts) = {
        let mut inner = shared.inner.lock().expect("free");
        inner.opened_after.push(after.clone());
        let known = |command: &FakeCommand| Some(&command.id) == after.as_ref();
        let next = inner.commands.iter().position(known).map_or(0, |at| at + 1);
        inner.asked_heartbeats.extend(asked_heartbeat);
        let cuts = inner.cuts_at_rest && asked_heartbeat.is_none();
        (next, inner.heartbeat_s.unwrap_or(15), inner.holds_back, cuts)
    };
    let said = serde_json::json!({
        "resumed": false, "heartbeat_s": heartbeat_s, "server": "fake", "mode": if polled { "poll" } else { "stream" },
        "time": "2026-01-01T00:00:00Z"
    });
    let hello = format!(": hi\nretry: 100\n\nid: 1.t\nevent: hello\ndata: {said}\n\n");
    if holds_back {
        if !polled {
            return std::future::pending().await;
        }
        tokio::time::sleep(HELD_MAX.min(Duration::from_secs(wait_s))).await;
        return answer(axum::http::StatusCode::OK, "text/event-stream", hello);
    }
    if cuts {
        let hello = stream::iter([Ok::<_, std::io::Error>(Bytes::from(hello))]);
        let rest = stream::once(async {
            tokio::time::sleep(REST).await;
            Err(std::io::ErrorKind::ConnectionReset.into())
        });
        let events = Body::from_stream(hello.chain(rest));
        return answer(axum::http::StatusCode::OK, "text/event-stream", events);
    }
    let mut wakes = shared.feeds.clone();
    let cuts = wakes.borrow_and_update().cuts;
    let open = Open { shared, wakes, cuts, next, due: VecDeque::from([hello]) };
    let events = stream::unfold(open, |mut open| async move {
        let text = open.next().await?;
        Some((Ok::<_, std::io::Error>(Bytes::from(text)), open))
    });
    answer(axum::http::StatusCode::OK, "text/event-stream", Body::from_stream(events))
}

impl Open {
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some(text) = self.due.pop_front() {
                return Some(text);
            }
            self.look();
            if self.due.is_empty() {
                self.wakes.changed().await.ok()?;
                if self.wakes.borrow_and_update().cuts != self.cuts {
                    return None;
                }
            }
        }
    }

    fn look(&mut self) {
        let mut inner = self.shared.inner.lock().expect("free");
        for command in inner.commands.iter_mut().skip(self.next) {
            self.next += 1;
            let once = command.id.is_empty() && command.delivered > 0;
            if command.reports.is_empty() && !once {
                command.delivered += 1;
                self.due.push_back(format!("event: {}\ndata: {}\n\n", command.event, command.data));
            }
        }
    }
}

pub(super) async fn result(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(refused) = check(&shared, &headers) {
        return refused;
    }
    let report: Value = serde_json::from_slice(&body).expect("a report");
    let mut inner = shared.inner.lock().expect("free");
    let fault = inner.report_faults.pop_front();
    if let Some(Fault::Refuse(code)) = fault {
        return bad(&Problem::new(code, code.title()));
    }
    if matches!(fault, Some(Fault::BlockPage)) {
        return block_page();
    }
    let Some(command) = inner.commands.iter_mut().find(|command| command.id == id) else {
        return bad(&Problem::new(Code::NotFound, Code::NotFound.title()));
    };
    let differs = command.reports.first().is_some_and(|first| *first != report);
    command.reports.push(report);
    match fault {
        Some(_) => block_page(),
        None if differs => bad(&Problem::new(Code::ResultDiffers, Code::ResultDiffers.title())),
        None => good(&json!({})),
    }
}

pub(super) async fn overtaken(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(refused) = check(&shared, &headers) {
        return refused;
    }
    let told: Value = serde_json::from_slice(&body).expect("a message");
    let mut inner = shared.inner.lock().expect("free");
    if let Some(command) = inner.commands.iter_mut().find(|command| command.id == id) {
        command.overtaken.push(told);
    }
    good(&json!({}))
}

fn block_page() -> Response {
    (axum::http::StatusCode::BAD_GATEWAY, "<html>not a relay</html>").into_response()
}
