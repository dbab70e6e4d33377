//! Commands as people see them: post, look, list, withdraw, apply to the newer version.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue, StatusCode};
use leanspec_shared::command::{By, Command, CommandState, Commands, NewCommand};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::http::{self as address, IDEMPOTENCY_HEADER};
use leanspec_shared::id::{CommandId, MachineId, ProjectId};
use leanspec_shared::limits::LABEL_MAX_BYTES;
use serde::Deserialize;

use super::extract::{At, Json, Parameters};
use super::reply::Snapshot;
use crate::auth::key::{Caller, Editor, Viewer};
use crate::commands::{self, Asked, Place, Terms};
use crate::error::ApiError;
use crate::state::Relay;
use crate::store::command::{self, Request, Wanted};
use crate::store::{StoreError, WriteTransaction, event};

/// Commands in a list of those that have ended, too: what a person scrolls through at most.
const LISTED_MAX: u64 = 1000;

/// Asks a machine to change a file of this project.
#[utoipa::path(post, path = "/v1/machines/{machine}/projects/{project}/commands", tag = "edit",
    request_body(content = NewCommand, description = "The members of one `Edit`, with `base` and `force`."),
    params(
        ("machine" = String, Path, description = "The machine."),
        ("project" = String, Path, description = "The project."),
        ("idempotency-key" = Option<String>, Header, description = "Names this request: the same \
            request again is the same command. Kept for 7 days."),
    ),
    responses((status = 202, description = "The command, without the texts of files.", body = Command,
        headers(("Location" = String)))))]
pub(crate) async fn post_command(
    State(relay): State<Relay>,
    Editor(caller): Editor,
    At((machine, project)): At<(MachineId, ProjectId)>,
    headers: HeaderMap,
    Json(posted): Json<NewCommand>,
) -> Result<Response, ApiError> {
    let what = serde_json::to_string(&posted).expect("plain data always becomes JSON");
    let request = request(&headers, &["command", machine.as_str(), project.as_str(), &what])?;
    let terms = terms(&relay, &caller);
    let place = Place { machine, project };
    let asked = Asked { place, by: by(&caller), posted, request };
    let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
        commands::accept(transaction, &caller.account, asked, &terms)
    });
    Ok(accepted(&relay, &write.await?))
}

/// Applies a change that conflicted to the newer version: a new command.
#[utoipa::path(post, path = "/v1/commands/{command}/rebase", tag = "edit",
    params(
        ("command" = String, Path, description = "The command that conflicted."),
        ("idempotency-key" = Option<String>, Header, description = "Names this request."),
    ),
    responses((status = 202, description = "The new command; the same one each time.", body = Command,
        headers(("Location" = String)))))]
pub(crate) async fn rebase_command(
    State(relay): State<Relay>,
    Editor(caller): Editor,
    At(id): At<CommandId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let request = request(&headers, &["rebase", id.as_str()])?;
    let terms = terms(&relay, &caller);
    let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
        commands::rebase(transaction, &caller.account, &id, by(&caller), request, &terms)
    });
    Ok(accepted(&relay, &write.await?))
}

/// Takes a command back: at once while its machine was not told of it, else the machine is asked.
#[utoipa::path(delete, path = "/v1/commands/{command}", tag = "edit",
    params(("command" = String, Path, description = "The command.")),
    responses(
        (status = 200, description = "It is withdrawn.", body = Command),
        (status = 202, description = "The machine is asked; it says whether it was in time.", body = Command),
    ))]
pub(crate) async fn withdraw_command(
    State(relay): State<Relay>,
    Editor(caller): Editor,
    At(id): At<CommandId>,
) -> Result<(StatusCode, axum::Json<Command>), ApiError> {
    let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
        commands::withdraw(transaction, &caller.account, &id)
    });
    let command = write.await?;
    let ended = command.state == CommandState::Withdrawn;
    let status = if ended { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, axum::Json(command)))
}

/// One command, with the texts of files that belong to it.
#[utoipa::path(get, path = "/v1/commands/{command}", tag = "read",
    params(("command" = String, Path, description = "The command.")),
    responses((status = 200, description = "The command.", body = Command,
        headers(("ETag" = String), ("LeanSpec-Cursor" = String)))))]
pub(crate) async fn read_command(
    State(relay): State<Relay>,
    Viewer(caller): Viewer,
    At(id): At<CommandId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let read = relay.store.read(move |connection| -> Result<_, StoreError> {
        let Some(state) = commands::whole(connection, &caller.account, &id)? else {
            return Ok(None);
        };
        Ok(Some(Snapshot { cursor: event::head(connection, &caller.account)?, state }))
    });
    let snapshot = read.await?.ok_or_else(|| ApiError::not_found("command"))?;
    Ok(snapshot.reply(&headers))
}

/// Which commands to list.
#[derive(Debug, Deserialize)]
pub(crate) struct Listed {
    machine: Option<MachineId>,
    project: Option<ProjectId>,
    #[serde(default)]
    open: bool,
}

/// Commands in order of acceptance, without the texts of files.
#[utoipa::path(get, path = "/v1/commands", tag = "read",
    params(
        ("machine" = Option<String>, Query, description = "Only those for this machine."),
        ("project" = Option<String>, Query, description = "Only those for this project."),
        ("open" = Option<bool>, Query, description = "`true`: all that have not ended; else the newest \
            1000, ended or not."),
    ),
    responses((status = 200, description = "The commands.", body = Commands,
        headers(("ETag" = String), ("LeanSpec-Cursor" = String)))))]
pub(crate) async fn list_commands(
    State(relay): State<Relay>,
    Viewer(caller): Viewer,
    Parameters(listed): Parameters<Listed>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Listed { machine, project, open } = listed;
    let wanted = Wanted { machine, project };
    let read = relay.store.read(move |connection| -> Result<_, StoreError> {
        let account = &caller.account;
        let stored = if open {
            command::list_open(connection, account, &wanted)?
        } else {
            command::list_newest(connection, account, &wanted, LISTED_MAX)?
        };
        let commands = stored.iter().map(|stored| commands::told(&stored.command)).collect();
        let cursor = event::head(connection, account)?;
        Ok(Snapshot { cursor, state: Commands { commands } })
    });
    Ok(read.await?.reply(&headers))
}

fn by(caller: &Caller) -> By {
    By { key: caller.key.id.clone(), name: caller.key.name.clone() }
}

fn terms(relay: &Relay, caller: &Caller) -> Terms {
    let (life, relay, account) = (relay.config.command_life, relay.clone(), caller.account.clone());
    let listens =
        move |machine: &MachineId| relay.open_feeds.listens(&(account.clone(), machine.clone()));
    Terms { life, listens: Box::new(listens) }
}

/// The name that the caller gave to this request, with the hash of all that it consists of.
fn request(headers: &HeaderMap, parts: &[&str]) -> Result<Option<Request>, ApiError> {
    let Some(key) = headers.get(IDEMPOTENCY_HEADER) else { return Ok(None) };
    let key = key.to_str().map(str::trim).unwrap_or_default();
    if key.is_empty() || key.len() > LABEL_MAX_BYTES {
        let detail = format!("An Idempotency-Key is 1 to {LABEL_MAX_BYTES} characters of ASCII.");
        return Err(ApiError::parameter(detail));
    }
    let hash = ContentHash::of(parts.join("\0").as_bytes());
    Ok(Some(Request { key: key.to_owned(), hash }))
}

/// The answer to a call that made a command. Whoever ends commands in time is told when it waits.
fn accepted(relay: &Relay, command: &Command) -> Response {
    if command.state == CommandState::Queued {
        relay.command_queued.notify_one();
    }
    let location = HeaderValue::from_str(&address::command(&command.id));
    let location = [(LOCATION, location.expect("an id is ASCII"))];
    (StatusCode::ACCEPTED, location, axum::Json(command)).into_response()
}
