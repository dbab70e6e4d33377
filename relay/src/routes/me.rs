//! Who a key is.

use leanspec_shared::view::Me;

use crate::auth::key::Anyone;
use crate::state::RELAY_VERSION;

/// Who I am and what I may do.
#[utoipa::path(get, path = "/v1/me", tag = "read",
    responses((status = 200, description = "The key that asked.", body = Me)))]
pub(crate) async fn read_me(Anyone(caller): Anyone) -> axum::Json<Me> {
    axum::Json(Me {
        account: caller.account.to_string(),
        key: caller.key.id,
        name: caller.key.name,
        scope: caller.key.scope,
        machine: caller.key.machine,
        relay_version: RELAY_VERSION.to_owned(),
    })
}
