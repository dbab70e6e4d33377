//! Projects: list and forget.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::view::{Project, Projects};

use super::extract::At;
use super::machines::end_commands;
use super::reply::Snapshot;
use crate::auth::key::{Admin, Viewer};
use crate::error::ApiError;
use crate::ingest;
use crate::state::Relay;
use crate::store::project::{self, StoredProject};
use crate::store::{StoreError, WriteTransaction, event, machine};

/// All projects of one machine.
#[utoipa::path(get, path = "/v1/machines/{machine}/projects", tag = "read",
    params(("machine" = String, Path, description = "The machine.")),
    responses((status = 200, description = "The projects.", body = Projects,
        headers(("ETag" = String), ("LeanSpec-Cursor" = String)))))]
pub(crate) async fn list_projects(
    State(relay): State<Relay>,
    Viewer(caller): Viewer,
    At(machine): At<MachineId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let read = relay.store.read(move |connection| -> Result<_, StoreError> {
        if machine::find(connection, &caller.account, &machine)?.is_none() {
            return Ok(None);
        }
        let stored = project::list(connection, &caller.account, &machine)?;
        let mut projects: Vec<Project> = stored.iter().map(StoredProject::view).collect();
        projects.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        let cursor = event::head(connection, &caller.account)?;
        Ok(Some(Snapshot { cursor, state: Projects { projects } }))
    });
    let snapshot = read.await?.ok_or_else(|| ApiError::not_found("machine"))?;
    Ok(snapshot.reply(&headers))
}

/// Forgets a project, with all it held.
#[utoipa::path(delete, path = "/v1/machines/{machine}/projects/{project}", tag = "manage",
    params(
        ("machine" = String, Path, description = "The machine."),
        ("project" = String, Path, description = "The project."),
    ),
    responses((status = 204, description = "It is forgotten.")))]
pub(crate) async fn forget_project(
    State(relay): State<Relay>,
    Admin(caller): Admin,
    At((machine, project)): At<(MachineId, ProjectId)>,
) -> Result<StatusCode, ApiError> {
    end_commands(&relay, &caller.account, &machine, Some(&project)).await?;
    let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
        ingest::forget_project(transaction, &caller.account, &machine, &project)
    });
    if write.await? { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::not_found("project")) }
}
