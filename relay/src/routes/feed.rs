//! The feed of a person, and the parameters that both feeds have in common.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue};
use leanspec_shared::feed::FeedMode;
use leanspec_shared::http::CURSOR_HEADER;
use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::limits::{HEARTBEAT_LEAST_SECONDS, POLL_WAIT_MAX_SECONDS};
use serde::Deserialize;

use super::extract::Parameters;
use crate::auth::key::Viewer;
use crate::error::ApiError;
use crate::feed::{self, Filter, Reader, Request, poll, sse};
use crate::state::Relay;

/// The parameters of a feed.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    machine: Option<MachineId>,
    project: Option<ProjectId>,
    pub(super) after: Option<String>,
    mode: Option<String>,
    wait: Option<u64>,
    heartbeat: Option<u64>,
}

impl Asked {
    pub(super) fn mode(&self) -> Result<FeedMode, ApiError> {
        match self.mode.as_deref() {
            None | Some("stream") => Ok(FeedMode::Stream),
            Some("poll") => Ok(FeedMode::Poll),
            Some(_) => Err(ApiError::parameter("'mode' is 'stream' or 'poll'.")),
        }
    }

    /// How long a stream may be silent at most, where its reader asks for that.
    pub(super) fn heartbeat(&self) -> Option<Duration> {
        self.heartbeat.map(|seconds| Duration::from_secs(seconds.max(HEARTBEAT_LEAST_SECONDS)))
    }

    /// Some gateways cut what is held for half a minute.
    pub(super) fn wait(&self) -> Duration {
        let seconds = self.wait.unwrap_or(POLL_WAIT_MAX_SECONDS);
        Duration::from_secs(seconds.min(POLL_WAIT_MAX_SECONDS))
    }
}

/// What changed since a cursor: Server-Sent Events, or one finite answer with `mode=poll`.
#[utoipa::path(
    get, path = "/v1/feed", tag = "read",
    params(
        ("machine" = Option<String>, Query, description = "Only events about this machine."),
        ("project" = Option<String>, Query, description = "Only events about this project of that machine."),
        ("after" = Option<String>, Query, description = "The cursor to resume from, where a header cannot be set."),
        ("mode" = Option<String>, Query, description = "`stream` (default) or `poll`."),
        ("wait" = Option<u64>, Query, description = "Seconds a poll is held at most; 25 by default."),
        ("heartbeat" = Option<u64>, Query, description = "Seconds that a stream may be silent at most, \
            where something on the way cuts what rests; at least 2. Longer than the relay's own has no \
            effect."),
        ("last-event-id" = Option<String>, Header, description = "The cursor to resume from."),
    ),
    responses((status = 200, content_type = "text/event-stream", body = String,
        description = "Events `hello`, `heartbeat`, `reset`, `bye`, and with an id: `machine`, \
            `machine_gone`, `project`, `project_gone`, `spec`, `spec_gone`, `command`.")),
)]
pub(crate) async fn read_feed(
    State(relay): State<Relay>,
    Viewer(caller): Viewer,
    Parameters(asked): Parameters<Asked>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // A reader that comes back by itself knows better than the address it was started with.
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let after = last.filter(|id| !id.is_empty()).map(str::to_owned);
    let (mode, wait) = (asked.mode()?, asked.wait());
    let (polled, heartbeat) = (mode == FeedMode::Poll, asked.heartbeat());
    let filter = Filter { machine: asked.machine, project: asked.project };
    let request = Request { account: caller.account, key: caller.key.id, mode, heartbeat };
    let open = feed::open_changes(&relay, request, filter, after.or(asked.after)).await?;
    if polled {
        let polled = poll::poll(open, relay.store.clone(), wait).await?;
        let cursor = HeaderValue::from_str(&polled.cursor.to_string());
        let mut response = (sse::headers(), Body::from(polled.body)).into_response();
        let name = HeaderName::from_static(CURSOR_HEADER);
        response.headers_mut().insert(name, cursor.expect("a cursor is ASCII"));
        return Ok(response);
    }
    let reader = Reader::new(open, relay.store.clone());
    let bytes = stream::unfold(reader, |mut reader| async move {
        let bytes = reader.next().await?;
        Some((Ok::<_, Infallible>(bytes), reader))
    });
    Ok((sse::headers(), Body::from_stream(bytes)).into_response())
}
