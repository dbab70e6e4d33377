//! What a bridge says to a relay: one function per call of `docs/PROTOCOL.md`.

use bytes::Bytes;
use http::{HeaderMap, Method};
use leanspec_shared::change::{Announce, Announced, ChangesAccepted, Manifest, ManifestAccepted};
use leanspec_shared::command::{Overtaken, Report};
use leanspec_shared::http::{self as wire, CHANGES_MEDIA_TYPE, ENCODING_DCZ, ENCODING_ZSTD};
use leanspec_shared::id::{CommandId, MachineId, ProjectId};
use leanspec_shared::view::Me;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::uplink::encode;
use crate::uplink::http::{CallError, Relay, Request, headers};

/// Below this size a JSON body gains nothing from zstd, in bytes.
const WORTH_COMPRESSING_BYTES: usize = 1024;

/// How a changes body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// By itself.
    Zstd,
    /// With a file's previous content as dictionary.
    Dcz,
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, CallError> {
    serde_json::from_slice(body).map_err(|error| CallError::Malformed(error.to_string()))
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, CallError> {
    serde_json::to_vec(value).map_err(|error| CallError::Malformed(error.to_string()))
}

/// `GET /v1/me`
///
/// # Errors
/// See [`CallError`].
pub async fn me(relay: &Relay) -> Result<Me, CallError> {
    let request = Request {
        method: Method::GET,
        path: wire::ME.into(),
        headers: HeaderMap::new(),
        body: None,
    };
    read(&relay.call(request).await?.body)
}

/// `PUT /v1/machines/{machine}`
///
/// # Errors
/// See [`CallError`].
pub async fn announce(
    relay: &Relay,
    machine: &MachineId,
    announce: &Announce,
) -> Result<Announced, CallError> {
    let request = Request {
        method: Method::PUT,
        path: wire::machine(machine),
        headers: headers([("content-type", "application/json")]),
        body: Some(json(announce)?.into()),
    };
    read(&relay.call(request).await?.body)
}

/// A manifest as it travels: made once, so that it can be sent again as it was.
///
/// # Errors
/// When memory is short.
pub fn manifest_body(manifest: &Manifest) -> Result<(Bytes, HeaderMap), CallError> {
    let plain = json(manifest)?;
    if plain.len() < WORTH_COMPRESSING_BYTES {
        return Ok((plain.into(), headers([("content-type", "application/json")])));
    }
    let packed = encode::zstd_body(&plain).map_err(|e| CallError::Malformed(e.to_string()))?;
    let headers =
        headers([("content-type", "application/json"), ("content-encoding", ENCODING_ZSTD)]);
    Ok((packed.into(), headers))
}

/// `POST …/manifest`
///
/// # Errors
/// See [`CallError`].
pub async fn manifest(
    relay: &Relay,
    machine: &MachineId,
    project: &ProjectId,
    (body, headers): (Bytes, HeaderMap),
) -> Result<ManifestAccepted, CallError> {
    let path = wire::manifest(machine, project);
    let request = Request { method: Method::POST, path, headers, body: Some(body) };
    read(&relay.call(request).await?.body)
}

/// `POST …/changes`
///
/// # Errors
/// See [`CallError`].
pub async fn changes(
    relay: &Relay,
    machine: &MachineId,
    project: &ProjectId,
    encoding: Encoding,
    body: Bytes,
) -> Result<ChangesAccepted, CallError> {
    let encoding = match encoding {
        Encoding::Zstd => ENCODING_ZSTD,
        Encoding::Dcz => ENCODING_DCZ,
    };
    let request = Request {
        method: Method::POST,
        path: wire::changes(machine, project),
        headers: headers([("content-type", CHANGES_MEDIA_TYPE), ("content-encoding", encoding)]),
        body: Some(body),
    };
    read(&relay.call(request).await?.body)
}

/// `POST /v1/commands/{id}/result`. Idempotent by the id: the same report again is taken again.
///
/// # Errors
/// See [`CallError`].
pub async fn result(relay: &Relay, id: &CommandId, report: &Report) -> Result<(), CallError> {
    post(relay, wire::result(id), json(report)?).await
}

/// `POST /v1/commands/{id}/overtaken`
///
/// # Errors
/// See [`CallError`].
pub async fn overtaken(
    relay: &Relay,
    id: &CommandId,
    overtaken: &Overtaken,
) -> Result<(), CallError> {
    post(relay, wire::overtaken(id), json(overtaken)?).await
}

async fn post(relay: &Relay, path: String, body: Vec<u8>) -> Result<(), CallError> {
    let headers = headers([("content-type", "application/json")]);
    let request = Request { method: Method::POST, path, headers, body: Some(body.into()) };
    relay.call(request).await.map(drop)
}
