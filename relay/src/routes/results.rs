//! What bridges say of the commands they were handed.

use axum::extract::State;
use leanspec_shared::command::{Command, Overtaken, Report};
use leanspec_shared::id::CommandId;

use super::extract::{At, Json};
use crate::auth::key::BoundBridge;
use crate::commands;
use crate::error::ApiError;
use crate::state::Relay;
use crate::store::WriteTransaction;

/// What came of a command. The same a second time is answered as the first; another is refused.
#[utoipa::path(post, path = "/v1/commands/{command}/result", tag = "bridge", request_body = Report,
    params(("command" = String, Path, description = "The command.")),
    responses((status = 200, description = "The command, without the texts of files.", body = Command)))]
pub(crate) async fn report_result(
    State(relay): State<Relay>,
    BoundBridge { account, machine }: BoundBridge,
    At(id): At<CommandId>,
    Json(report): Json<Report>,
) -> Result<axum::Json<Command>, ApiError> {
    // The bridge's journal holds it until this is answered.
    let write = relay.store.write_kept_by_sender(move |transaction: &mut WriteTransaction<'_>| {
        commands::report(transaction, &account, &machine, &id, report)
    });
    Ok(axum::Json(write.await?))
}

/// After `applied`: another program wrote into the file that was replaced.
#[utoipa::path(post, path = "/v1/commands/{command}/overtaken", tag = "bridge",
    request_body = Overtaken,
    params(("command" = String, Path, description = "The command.")),
    responses((status = 200, description = "The command, without the texts of files.", body = Command)))]
pub(crate) async fn report_overtaken(
    State(relay): State<Relay>,
    BoundBridge { account, machine }: BoundBridge,
    At(id): At<CommandId>,
    Json(overtaken): Json<Overtaken>,
) -> Result<axum::Json<Command>, ApiError> {
    let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
        commands::report_overtaken(transaction, &account, &machine, &id, overtaken)
    });
    Ok(axum::Json(write.await?))
}
