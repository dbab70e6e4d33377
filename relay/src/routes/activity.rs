//! Activity: who changed what where, and what came of it.

use axum::extract::State;
use leanspec_shared::command::ActivityPage;
use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::path::FilePath;
use serde::Deserialize;

use super::extract::Parameters;
use crate::auth::key::Viewer;
use crate::error::ApiError;
use crate::state::Relay;
use crate::store::activity::{self, Wanted};

/// Entries of a page, when nothing is said.
const PAGE: u64 = 50;
/// Entries of a page at most.
const PAGE_MAX: u64 = 200;

/// Which entries to show.
#[derive(Debug, Deserialize)]
pub(crate) struct Shown {
    before: Option<u64>,
    limit: Option<u64>,
    machine: Option<MachineId>,
    project: Option<ProjectId>,
    spec: Option<FilePath>,
}

/// What happened, newest first, page by page.
#[utoipa::path(get, path = "/v1/activity", tag = "read",
    params(
        ("before" = Option<u64>, Query, description = "`next` of the page before."),
        ("limit" = Option<u64>, Query, description = "Entries of the page: 50, at most 200."),
        ("machine" = Option<String>, Query, description = "Only what happened on this machine."),
        ("project" = Option<String>, Query, description = "Only what happened in this project."),
        ("spec" = Option<String>, Query, description = "Only what happened to the spec of this path."),
    ),
    responses((status = 200, description = "A page of entries.", body = ActivityPage)))]
pub(crate) async fn list_activity(
    State(relay): State<Relay>,
    Viewer(caller): Viewer,
    Parameters(shown): Parameters<Shown>,
) -> Result<axum::Json<ActivityPage>, ApiError> {
    let Shown { before, limit, machine, project, spec } = shown;
    let limit = limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let wanted = Wanted { before, machine, project, spec };
    let read = relay.store.read(move |connection| {
        // One more than the page holds says whether there is another.
        activity::list(connection, &caller.account, &wanted, limit + 1)
    });
    let mut entries = read.await.map_err(ApiError::from)?;
    let more = entries.len() as u64 > limit;
    entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = entries.last().filter(|_| more).map(|entry| entry.number);
    Ok(axum::Json(ActivityPage { entries, next }))
}
