//! The command feed of a bridge. Commands themselves come with remote editing; today the feed
//! carries `hello`, heartbeats and `bye`, and its open connection is the machine's presence.

use axum::extract::State;
use axum::response::Response;

use super::extract::Parameters;
use super::feed::{Asked, serve};
use crate::auth::key::Bridge;
use crate::error::ApiError;
use crate::feed::{Request, What};
use crate::state::Relay;

/// The command feed of one machine: Server-Sent Events, or one finite answer with `mode=poll`.
#[utoipa::path(
    get, path = "/v1/machines/{machine}/commands", tag = "bridge",
    params(
        ("machine" = String, Path, description = "The machine."),
        ("mode" = Option<String>, Query, description = "`stream` (default) or `poll`."),
        ("wait" = Option<u64>, Query, description = "Seconds a poll is held at most; 25 by default."),
        ("leanspec-instance" = Option<String>, Header, description = "The process that reads it."),
    ),
    responses((status = 200, description = "Events `hello`, `heartbeat`, `bye`.",
        content_type = "text/event-stream", body = String)),
)]
pub(crate) async fn read_commands(
    State(relay): State<Relay>,
    bridge: Bridge,
    Parameters(asked): Parameters<Asked>,
) -> Result<Response, ApiError> {
    let request = Request {
        account: bridge.caller.account,
        key: bridge.caller.key.id,
        mode: asked.mode()?,
        what: What::Commands(bridge.machine, bridge.instance),
        after: None,
    };
    serve(relay, request, asked.wait()).await
}
