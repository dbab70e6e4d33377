//! The exact bytes of files, served so that a browser never runs them.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{
    CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue};
use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::path::FilePath;

use super::extract::At;
use super::reply::unless_known;
use crate::auth::key::Viewer;
use crate::error::ApiError;
use crate::state::Relay;
use crate::store::{StoreError, event, file, project};

/// The exact bytes of one file. The ETag is the hash.
#[utoipa::path(
    get, path = "/v1/machines/{machine}/projects/{project}/files/{*path}", tag = "read",
    params(
        ("machine" = String, Path, description = "The machine."),
        ("project" = String, Path, description = "The project."),
        ("path" = String, Path, description = "Path below the specs folder, each name percent-encoded."),
    ),
    responses(
        (status = 200, description = "The bytes.", content_type = "application/octet-stream", body = String,
            headers(("ETag" = String), ("LeanSpec-Cursor" = String))),
        (status = 304, description = "What the reader holds is what it is."),
    ),
)]
pub(crate) async fn read_file(
    State(relay): State<Relay>,
    Viewer(caller): Viewer,
    At((machine, id, path)): At<(MachineId, ProjectId, FilePath)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let kind = content_type(&path);
    let read = relay.store.read(move |connection| -> Result<_, StoreError> {
        let Some(project) = project::find(connection, &caller.account, &machine, &id)? else {
            return Ok(None);
        };
        let content = file::content(connection, project.number, &path)?;
        Ok(content.zip(Some(event::head(connection, &caller.account)?)))
    });
    let ((hash, bytes), cursor) = read.await?.ok_or_else(|| ApiError::not_found("file"))?;
    Ok(unless_known(&headers, &format!("\"{hash}\""), &cursor, || {
        let shown = [
            (CONTENT_TYPE, kind),
            (CONTENT_DISPOSITION, "attachment"),
            (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        (shown.map(|(name, value)| (name, HeaderValue::from_static(value))), bytes).into_response()
    }))
}

/// Pictures go as what they are, so that a page can show them; all else as bytes, SVG included: it
/// can carry script.
fn content_type(path: &FilePath) -> &'static str {
    let extension = path.file_name().rsplit_once('.').map(|(_, extension)| extension);
    match extension.unwrap_or_default().to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        _ => "application/octet-stream",
    }
}
