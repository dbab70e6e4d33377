//! The command feed of a bridge. Its open connection is the machine's presence.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use leanspec_shared::feed::FeedMode;

use super::extract::Parameters;
use super::feed::Asked;
use crate::auth::key::Bridge;
use crate::commands::Addressee;
use crate::error::ApiError;
use crate::feed::{self, CommandReader, PresenceGuard, Request, sse};
use crate::state::Relay;

/// The commands for one machine: Server-Sent Events, or one finite answer with `mode=poll`. Without
/// `after` every command that has not ended.
#[utoipa::path(
    get, path = "/v1/machines/{machine}/commands", tag = "bridge",
    params(
        ("machine" = String, Path, description = "The machine."),
        ("after" = Option<String>, Query, description = "The last command that this process holds for \
            good: later ones only. All of them when the relay does not know it."),
        ("mode" = Option<String>, Query, description = "`stream` (default) or `poll`."),
        ("wait" = Option<u64>, Query, description = "Seconds a poll is held at most; 25 by default."),
        ("heartbeat" = Option<u64>, Query, description = "Seconds that a stream may be silent at most, \
            where something on the way cuts what rests; at least 2. Longer than the relay's own has no \
            effect."),
        ("leanspec-instance" = Option<String>, Header, description = "The process that reads it."),
    ),
    responses((status = 200, content_type = "text/event-stream", body = String,
        description = "Events `hello`, `heartbeat`, `bye`, `command` (its id is the command's, its data \
            a `Delivery`) and `withdraw`.")),
)]
pub(crate) async fn read_command_feed(
    State(relay): State<Relay>,
    bridge: Bridge,
    Parameters(asked): Parameters<Asked>,
) -> Result<Response, ApiError> {
    let Bridge { caller, machine, instance } = bridge;
    let (mode, wait) = (asked.mode()?, asked.wait());
    let (polled, heartbeat) = (mode == FeedMode::Poll, asked.heartbeat());
    let request = Request { account: caller.account.clone(), key: caller.key.id, mode, heartbeat };
    let who = (caller.account.clone(), machine.clone());
    let to = Addressee { account: caller.account, machine, instance };
    // A text that is no id names no command that the relay knows.
    let after = asked.after.and_then(|after| after.parse().ok());
    let open = feed::open_commands(&relay, request, to, after).await?;
    let present = PresenceGuard::new(&relay, who);
    if polled {
        let bytes = feed::commands::poll(open, relay.store.clone(), wait).await?;
        drop(present);
        return Ok((sse::headers(), Body::from(bytes)).into_response());
    }
    let reader = CommandReader::new(open, relay.store.clone());
    let bytes = stream::unfold((reader, present), |(mut reader, present)| async move {
        let bytes = reader.next().await?;
        Some((Ok::<_, Infallible>(bytes), (reader, present)))
    });
    Ok((sse::headers(), Body::from_stream(bytes)).into_response())
}
