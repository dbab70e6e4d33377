//! The feed of a person, and what both feeds have in common.

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
use leanspec_shared::limits::POLL_WAIT_MAX_SECONDS;
use serde::Deserialize;

use super::extract::Parameters;
use crate::auth::key::Viewer;
use crate::error::ApiError;
use crate::feed::{self, Filter, PresenceGuard, Reader, Request, What, poll, sse};
use crate::state::Relay;

/// The parameters of a feed.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    machine: Option<MachineId>,
    project: Option<ProjectId>,
    after: Option<String>,
    mode: Option<String>,
    wait: Option<u64>,
}

impl Asked {
    pub(super) fn mode(&self) -> Result<FeedMode, ApiError> {
        match self.mode.as_deref() {
            None | Some("stream") => Ok(FeedMode::Stream),
            Some("poll") => Ok(FeedMode::Poll),
            Some(_) => Err(ApiError::parameter("'mode' is 'stream' or 'poll'.")),
        }
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
        ("last-event-id" = Option<String>, Header, description = "The cursor to resume from."),
    ),
    responses((status = 200, content_type = "text/event-stream", body = String,
        description = "Events `hello`, `heartbeat`, `reset`, `bye`, and with an id: `machine`, \
            `machine_gone`, `project`, `project_gone`, `spec`, `spec_gone`.")),
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
    let filter = Filter { machine: asked.machine, project: asked.project };
    let request = Request {
        account: caller.account,
        key: caller.key.id,
        mode,
        what: What::Changes(filter),
        after: after.or(asked.after),
    };
    serve(relay, request, wait).await
}

/// Opens a feed and answers with its bytes.
pub(super) async fn serve(
    relay: Relay,
    request: Request,
    wait: Duration,
) -> Result<Response, ApiError> {
    let polled = request.mode == FeedMode::Poll;
    let machine = match &request.what {
        What::Commands(machine, _) => Some((request.account.clone(), machine.clone())),
        What::Changes(_) => None,
    };
    let feed = feed::open(&relay, request).await?;
    let present = machine.map(|who| PresenceGuard::new(&relay, who));
    if polled {
        let polled = poll::poll(feed, relay.store.clone(), wait).await?;
        drop(present);
        let cursor = HeaderValue::from_str(&polled.cursor.to_string());
        let mut response = (sse::headers(), Body::from(polled.body)).into_response();
        let name = HeaderName::from_static(CURSOR_HEADER);
        response.headers_mut().insert(name, cursor.expect("a cursor is ASCII"));
        return Ok(response);
    }
    let reader = Reader::new(feed, relay.store.clone());
    let bytes = stream::unfold((reader, present), |(mut reader, present)| async move {
        let bytes = reader.next().await?;
        Some((Ok::<_, Infallible>(bytes), (reader, present)))
    });
    Ok((sse::headers(), Body::from_stream(bytes)).into_response())
}
