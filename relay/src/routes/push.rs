//! What bridges send: the names of files, and changes.

use axum::extract::{Request, State};
use leanspec_shared::change::{ChangesAccepted, Manifest, ManifestAccepted};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::http::CHANGES_MEDIA_TYPE;
use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::limits::SINGLE_FILE_BODY_MAX_WIRE_BYTES;

use super::extract::{At, Json, Wire, is_of_type};
use crate::auth::key::Bridge;
use crate::error::ApiError;
use crate::ingest::body::{self, BodyError, Encoding};
use crate::ingest::{self, Pusher, ReceivedChanges, read_changes};
use crate::state::Relay;
use crate::store::{StoreError, WriteTransaction, file, project};

/// The names of the files in a range of paths. Unnamed files of the range are dropped.
#[utoipa::path(post, path = "/v1/machines/{machine}/projects/{project}/manifest", tag = "bridge",
    request_body = Manifest,
    params(
        ("machine" = String, Path, description = "The machine."),
        ("project" = String, Path, description = "The project."),
        ("leanspec-instance" = Option<String>, Header, description = "The process that sends it."),
    ),
    responses((status = 200, description = "What the relay lacks.", body = ManifestAccepted)))]
pub(crate) async fn push_manifest(
    State(relay): State<Relay>,
    bridge: Bridge,
    At((_, project)): At<(MachineId, ProjectId)>,
    Json(manifest): Json<Manifest>,
) -> Result<axum::Json<ManifestAccepted>, ApiError> {
    let pusher = pusher(bridge, project);
    let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
        ingest::apply_manifest(transaction, &pusher, &manifest)
    });
    Ok(axum::Json(write.await?))
}

/// A batch of puts, deletes and summaries; all of it is applied, or none.
#[utoipa::path(post, path = "/v1/machines/{machine}/projects/{project}/changes", tag = "bridge",
    request_body(content = String, content_type = "application/vnd.leanspec.changes",
        description = "`ChangesHead` as one line of JSON ended by LF, then the bytes of the puts, raw."),
    params(
        ("machine" = String, Path, description = "The machine."),
        ("project" = String, Path, description = "The project."),
        ("leanspec-instance" = Option<String>, Header, description = "The process that sends it."),
        ("content-encoding" = Option<String>, Header, description = "`zstd`, `dcz`, `gzip`, or absent."),
    ),
    responses((status = 200, description = "The new revision.", body = ChangesAccepted)))]
pub(crate) async fn push_changes(
    State(relay): State<Relay>,
    bridge: Bridge,
    At((_, project)): At<(MachineId, ProjectId)>,
    request: Request,
) -> Result<axum::Json<ChangesAccepted>, ApiError> {
    is_of_type(&request, CHANGES_MEDIA_TYPE)?;
    let pusher = pusher(bridge, project);
    let wire = Wire::read(request, &relay, SINGLE_FILE_BODY_MAX_WIRE_BYTES).await?;
    let changes = receive(&relay, &pusher, wire).await?;
    let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
        ingest::apply_changes(transaction, &pusher, &changes)
    });
    Ok(axum::Json(write.await?))
}

fn pusher(bridge: Bridge, project: ProjectId) -> Pusher {
    let Bridge { caller, machine, instance } = bridge;
    Pusher { account: caller.account, machine, instance, project }
}

/// Decodes a changes body and checks it. Few at a time: each may take some megabytes.
async fn receive(relay: &Relay, pusher: &Pusher, wire: Wire) -> Result<ReceivedChanges, ApiError> {
    let wire_bytes = wire.bytes.len();
    let dictionary = match wire.encoding {
        Encoding::Dcz => dictionary(relay, pusher, body::dictionary_of(&wire.bytes)?).await?,
        _ => Vec::new(),
    };
    let _room = relay.bodies.acquire().await.map_err(|_| BodyError::Cut)?;
    let body = body::decode(wire.encoding, wire.bytes, &dictionary)?;
    Ok(read_changes(&body, wire_bytes)?)
}

/// The content that a `dcz` body was made with, looked up inside its own project only.
async fn dictionary(
    relay: &Relay,
    pusher: &Pusher,
    hash: ContentHash,
) -> Result<Vec<u8>, ApiError> {
    let Pusher { account, machine, project, .. } = pusher.clone();
    let read = relay.store.read(move |connection| -> Result<_, StoreError> {
        let Some(project) = project::find(connection, &account, &machine, &project)? else {
            return Ok(None);
        };
        file::content_by_hash(connection, project.number, hash)
    });
    Ok(read.await?.ok_or(BodyError::DictionaryUnknown(hash))?)
}
