//! For whoever runs the relay: is it alive, may it be sent traffic, how is it doing.

use axum::extract::State;
use leanspec_shared::problem::Code;

use crate::error::ApiError;
use crate::metrics::Now;
use crate::state::Relay;
use crate::store::{StoreError, account, command};

/// The process runs.
#[utoipa::path(get, path = "/healthz", tag = "operations", security(()),
    responses((status = 200, description = "It runs.", content_type = "text/plain", body = String)))]
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// Requests may be sent here; 503 while it stops, or when its store does not answer.
#[utoipa::path(get, path = "/readyz", tag = "operations", security(()),
    responses((status = 200, description = "It takes requests.", content_type = "text/plain", body = String)))]
pub(crate) async fn readyz(State(relay): State<Relay>) -> Result<&'static str, ApiError> {
    if relay.is_draining() {
        return Err(ApiError::new(Code::Unavailable, "The relay is stopping. Try again."));
    }
    relay.store.read::<_, StoreError, _>(account::only).await?;
    Ok("ready\n")
}

/// Figures for Prometheus (OpenMetrics text), without anything of a user in them.
#[utoipa::path(get, path = "/metrics", tag = "operations", security(()),
    responses((status = 200, description = "The figures.",
        content_type = "application/openmetrics-text", body = String)))]
pub(crate) async fn metrics(
    State(relay): State<Relay>,
) -> Result<([(http::HeaderName, &'static str); 1], String), ApiError> {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let account = relay.account.clone();
    let count = relay.store.read(move |connection| command::count_by_state(connection, &account));
    let commands = count.await.map_err(ApiError::from)?;
    let now = Now { feeds: relay.open_feeds.count(), commands };
    Ok(([(http::header::CONTENT_TYPE, kind)], relay.metrics.text(&now)))
}
