//! Signing in: a one-time code becomes a key.

use axum::extract::State;
use leanspec_shared::view::{Exchange, NewKey};

use super::extract::Json;
use crate::auth::code;
use crate::error::ApiError;
use crate::state::Relay;
use crate::store::WriteTransaction;

/// Trades the one-time code of a sign-in link for a key with the link's scope.
#[utoipa::path(post, path = "/v1/session/exchange", tag = "keys", request_body = Exchange, security(()),
    responses((status = 200, description = "The key.", body = NewKey)))]
pub(crate) async fn exchange_code(
    State(relay): State<Relay>,
    Json(asked): Json<Exchange>,
) -> Result<axum::Json<NewKey>, ApiError> {
    let write = relay.store.write(move |transaction: &mut WriteTransaction<'_>| {
        code::exchange(transaction, &asked.code, transaction.now())
    });
    Ok(axum::Json(write.await?))
}
