//! Machines: a bridge announces itself; people list, rename and forget.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use leanspec_shared::change::{Announce, Announced};
use leanspec_shared::feed::ByeReason;
use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::view::{Machine, Machines, RenameMachine};

use super::extract::{At, Json};
use super::reply::Snapshot;
use crate::auth::key::{Admin, Bridge, Editor, Viewer};
use crate::error::ApiError;
use crate::ingest;
use crate::state::Relay;
use crate::store::{AccountId, StoreError, WriteTransaction, event, machine};

/// A bridge says who it is. All its projects stand in it.
#[utoipa::path(put, path = "/v1/machines/{machine}", tag = "bridge", request_body = Announce,
    params(("machine" = String, Path, description = "The machine.")),
    responses((status = 200, description = "What the relay holds of each project.", body = Announced)))]
pub(crate) async fn announce(
    State(relay): State<Relay>,
    bridge: Bridge,
    Json(announce): Json<Announce>,
) -> Result<axum::Json<Announced>, ApiError> {
    let (account, machine) = (bridge.caller.account.clone(), bridge.machine.clone());
    let (instance, stopping) = (announce.instance.clone(), announce.stopping);
    let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
        ingest::announce(transaction, &account, &machine, &announce)
    });
    let announced = write.await?;
    let who = (bridge.caller.account, bridge.machine);
    relay.open_feeds.end(&ByeReason::Superseded, |opening| {
        opening.is_of(&who) && opening.instance.as_ref() != Some(&instance)
    });
    if stopping {
        relay.left(&who);
    }
    Ok(axum::Json(announced))
}

/// All machines of the account.
#[utoipa::path(get, path = "/v1/machines", tag = "read",
    responses((status = 200, description = "The machines.", body = Machines,
        headers(("ETag" = String), ("LeanSpec-Cursor" = String)))))]
pub(crate) async fn list_machines(
    State(relay): State<Relay>,
    Viewer(caller): Viewer,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let read = relay.store.read(move |connection| -> Result<_, StoreError> {
        let machines = machine::list(connection, &caller.account)?;
        let cursor = event::head(connection, &caller.account)?;
        Ok(Snapshot { cursor, state: Machines { machines } })
    });
    Ok(read.await?.reply(&headers))
}

/// Renames a machine. The name stays when its bridge announces itself with another.
#[utoipa::path(patch, path = "/v1/machines/{machine}", tag = "manage", request_body = RenameMachine,
    params(("machine" = String, Path, description = "The machine.")),
    responses((status = 200, description = "The machine with its new name.", body = Machine)))]
pub(crate) async fn rename_machine(
    State(relay): State<Relay>,
    Editor(caller): Editor,
    At(machine): At<MachineId>,
    Json(wanted): Json<RenameMachine>,
) -> Result<axum::Json<Machine>, ApiError> {
    let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
        ingest::rename_machine(transaction, &caller.account, &machine, wanted.name.trim())
    });
    write.await?.map(axum::Json).ok_or_else(|| ApiError::not_found("machine"))
}

/// Forgets a machine, with all it pushed.
#[utoipa::path(delete, path = "/v1/machines/{machine}", tag = "manage",
    params(("machine" = String, Path, description = "The machine.")),
    responses((status = 204, description = "It is forgotten.")))]
pub(crate) async fn forget_machine(
    State(relay): State<Relay>,
    Admin(caller): Admin,
    At(machine): At<MachineId>,
) -> Result<StatusCode, ApiError> {
    let who = (caller.account, machine);
    end_commands(&relay, &who.0, &who.1, None).await?;
    let (account, machine) = who.clone();
    let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
        ingest::forget_machine(transaction, &account, &machine)
    });
    if !write.await? {
        return Err(ApiError::not_found("machine"));
    }
    relay.left(&who);
    relay.open_feeds.end(&ByeReason::Forgotten, |opening| opening.is_of(&who));
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the commands of what is about to be forgotten, some at a time.
pub(super) async fn end_commands(
    relay: &Relay,
    account: &AccountId,
    machine: &MachineId,
    project: Option<&ProjectId>,
) -> Result<(), ApiError> {
    loop {
        let (account, machine, project) = (account.clone(), machine.clone(), project.cloned());
        let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
            ingest::forget_commands(transaction, &account, &machine, project.as_ref())
        });
        if !write.await? {
            return Ok(());
        }
    }
}
