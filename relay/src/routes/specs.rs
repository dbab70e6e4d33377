//! Specs: all of a project, or one.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::path::FilePath;
use leanspec_shared::view::{Spec, SpecFile, Specs};

use super::extract::At;
use super::reply::Snapshot;
use crate::auth::key::Viewer;
use crate::error::ApiError;
use crate::ingest::{files_by_spec, files_of};
use crate::state::Relay;
use crate::store::spec::{self, StoredSpec};
use crate::store::{StoreError, event, file, project};

/// All specs of one project.
#[utoipa::path(get, path = "/v1/machines/{machine}/projects/{project}/specs", tag = "read",
    params(
        ("machine" = String, Path, description = "The machine."),
        ("project" = String, Path, description = "The project."),
    ),
    responses((status = 200, description = "The specs.", body = Specs,
        headers(("ETag" = String), ("LeanSpec-Cursor" = String)))))]
pub(crate) async fn list_specs(
    State(relay): State<Relay>,
    Viewer(caller): Viewer,
    At((machine, id)): At<(MachineId, ProjectId)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let read = relay.store.read(move |connection| -> Result<_, StoreError> {
        let Some(project) = project::find(connection, &caller.account, &machine, &id)? else {
            return Ok(None);
        };
        let specs = spec::list(connection, project.number)?;
        let files = file::range(connection, project.number, None, None)?;
        let mut files = files_by_spec(&specs, files);
        let view = |spec: StoredSpec| {
            let files = files.remove(&spec.path).unwrap_or_default();
            view(&machine, &id, spec, files)
        };
        let specs = specs.into_iter().map(view).collect();
        let cursor = event::head(connection, &caller.account)?;
        Ok(Some(Snapshot { cursor, state: Specs { specs } }))
    });
    let snapshot = read.await?.ok_or_else(|| ApiError::not_found("project"))?;
    Ok(snapshot.reply(&headers))
}

/// One spec.
#[utoipa::path(get, path = "/v1/machines/{machine}/projects/{project}/specs/{*path}", tag = "read",
    params(
        ("machine" = String, Path, description = "The machine."),
        ("project" = String, Path, description = "The project."),
        ("path" = String, Path, description = "Path of the spec, each name percent-encoded."),
    ),
    responses((status = 200, description = "The spec.", body = Spec,
        headers(("ETag" = String), ("LeanSpec-Cursor" = String)))))]
pub(crate) async fn read_spec(
    State(relay): State<Relay>,
    Viewer(caller): Viewer,
    At((machine, id, path)): At<(MachineId, ProjectId, FilePath)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let read = relay.store.read(move |connection| -> Result<_, StoreError> {
        let Some(project) = project::find(connection, &caller.account, &machine, &id)? else {
            return Ok(None);
        };
        let Some(spec) = spec::find(connection, project.number, &path)? else { return Ok(None) };
        let files = files_of(connection, project.number, &path)?;
        let cursor = event::head(connection, &caller.account)?;
        Ok(Some(Snapshot { cursor, state: view(&machine, &id, spec, files) }))
    });
    let snapshot = read.await?.ok_or_else(|| ApiError::not_found("spec"))?;
    Ok(snapshot.reply(&headers))
}

fn view(machine: &MachineId, project: &ProjectId, spec: StoredSpec, files: Vec<SpecFile>) -> Spec {
    let StoredSpec { path, rev, summary } = spec;
    Spec { machine: machine.clone(), project: project.clone(), path, rev, summary, files }
}
