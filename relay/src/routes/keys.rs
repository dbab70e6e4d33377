//! Keys: list, create, revoke.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use leanspec_shared::feed::ByeReason;
use leanspec_shared::id::KeyId;
use leanspec_shared::view::{CreateKey, Keys, NewKey, Scope};

use super::extract::{At, Json};
use super::reply::Snapshot;
use crate::auth::key::{self, Admin};
use crate::error::ApiError;
use crate::state::Relay;
use crate::store::{StoreError, WriteTransaction, access_key, event};

/// All keys of the account, without their secrets.
#[utoipa::path(get, path = "/v1/keys", tag = "keys",
    responses((status = 200, description = "The keys.", body = Keys)))]
pub(crate) async fn list_keys(
    State(relay): State<Relay>,
    Admin(caller): Admin,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let read = relay.store.read(move |connection| -> Result<_, StoreError> {
        let keys = access_key::list(connection, &caller.account)?;
        Ok(Snapshot { cursor: event::head(connection, &caller.account)?, state: Keys { keys } })
    });
    Ok(read.await?.reply(&headers))
}

/// A new key. Its secret is shown this once.
#[utoipa::path(post, path = "/v1/keys", tag = "keys", request_body = CreateKey,
    responses((status = 201, description = "The key.", body = NewKey)))]
pub(crate) async fn create_key(
    State(relay): State<Relay>,
    Admin(caller): Admin,
    Json(wanted): Json<CreateKey>,
) -> Result<(StatusCode, axum::Json<NewKey>), ApiError> {
    if let Scope::Other(word) = &wanted.scope {
        let detail = format!("'{word}' is no scope. Use bridge, view, edit or admin.");
        return Err(ApiError::parameter(detail));
    }
    let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
        let now = transaction.now();
        key::create(transaction, &caller.account, wanted.scope, wanted.name, now)
    });
    Ok((StatusCode::CREATED, axum::Json(write.await?)))
}

/// Revokes a key. Its open feeds end within a second.
#[utoipa::path(delete, path = "/v1/keys/{key}", tag = "keys",
    params(("key" = String, Path, description = "The key's id.")),
    responses((status = 204, description = "It is revoked.")))]
pub(crate) async fn revoke_key(
    State(relay): State<Relay>,
    Admin(caller): Admin,
    At(key): At<KeyId>,
) -> Result<StatusCode, ApiError> {
    let id = key.clone();
    let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
        access_key::revoke(transaction, &caller.account, &id, transaction.now())
    });
    if !write.await? {
        return Err(ApiError::not_found("key"));
    }
    relay.open_feeds.end(&ByeReason::Revoked, |opening| opening.key == key);
    Ok(StatusCode::NO_CONTENT)
}
