//! Every route and every layer, on one screen.

use std::any::Any;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, RETRY_AFTER,
};
use http::{HeaderName, HeaderValue, Method};
use leanspec_shared::http::{
    BRIDGE_HEADER, CURSOR_HEADER, IDEMPOTENCY_HEADER, INSTANCE_HEADER, RELAY_HEADER,
};
use leanspec_shared::problem::Code;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::cors::{AllowOrigin, CorsLayer};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::metrics::Call;
use crate::routes::{
    activity, command_feed, commands, feed, files, health, keys, machines, me, probe, projects,
    push, results, session, specs,
};
use crate::state::{RELAY_VERSION, Relay};
use crate::{openapi, ui};

/// How long a browser may remember what it was told about other origins.
const CORS_MAX_AGE: Duration = Duration::from_secs(2 * 3600);

/// All calls, with their description.
fn calls() -> OpenApiRouter<Relay> {
    OpenApiRouter::with_openapi(openapi::skeleton())
        .routes(routes!(machines::list_machines))
        .routes(routes!(machines::announce, machines::rename_machine, machines::forget_machine))
        .routes(routes!(command_feed::read_command_feed))
        .routes(routes!(commands::post_command))
        .routes(routes!(commands::list_commands))
        .routes(routes!(commands::read_command, commands::withdraw_command))
        .routes(routes!(commands::rebase_command))
        .routes(routes!(results::report_result))
        .routes(routes!(results::report_overtaken))
        .routes(routes!(activity::list_activity))
        .routes(routes!(projects::list_projects))
        .routes(routes!(projects::forget_project))
        .routes(routes!(push::push_manifest))
        .routes(routes!(push::push_changes))
        .routes(routes!(specs::list_specs))
        .routes(routes!(specs::read_spec))
        .routes(routes!(files::read_file))
        .routes(routes!(feed::read_feed))
        .routes(routes!(session::exchange_code))
        .routes(routes!(me::read_me))
        .routes(routes!(probe::probe_body, probe::probe_bytes))
        .routes(routes!(probe::probe_stream))
        .routes(routes!(keys::list_keys, keys::create_key))
        .routes(routes!(keys::revoke_key))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
}

/// The OpenAPI document of these calls.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    openapi::finish(calls().into_openapi())
}

/// The whole service. The last layer is the outermost.
pub fn router(relay: &Relay) -> Router {
    let document = document();
    let (router, _) = calls().split_for_parts();
    let compressed =
        DefaultPredicate::new().and(NotForContentType::const_new("application/octet-stream"));
    router
        .route("/openapi.json", get(|| async move { Json(document) }))
        .fallback(ui::serve)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(CompressionLayer::new().compress_when(compressed))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(relay.clone(), count))
        .layer(cors(&relay.config.allow_origins))
        .layer(middleware::map_response(sign))
        .with_state(relay.clone())
}

async fn method_not_allowed() -> ApiError {
    let detail = "This address takes another method. '/openapi.json' lists all calls.";
    ApiError::new(Code::MethodNotAllowed, detail)
}

/// One bad call answers 500 and ends nothing else.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over like this")]
fn panicked(payload: Box<dyn Any + Send + 'static>) -> Response {
    let text = payload.downcast_ref::<&str>().copied().map(str::to_owned);
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(panic = text, "a handler panicked");
    ApiError::new(Code::Internal, "The relay made a mistake; its log says which.").into_response()
}

/// Marks every answer as one of a relay: a block page of something in between lacks it.
async fn sign(mut response: Response) -> Response {
    let version = HeaderValue::from_static(RELAY_VERSION);
    response.headers_mut().insert(HeaderName::from_static(RELAY_HEADER), version);
    response
}

async fn count(State(relay): State<Relay>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    // Anybody can invent a method; the figures keep to those that are served.
    let method = match *request.method() {
        Method::GET | Method::HEAD | Method::OPTIONS => "read",
        Method::POST | Method::PUT | Method::PATCH | Method::DELETE => "write",
        _ => "other",
    };
    let response = next.run(request).await;
    let route = route.unwrap_or_else(|| "other".into());
    let call = Call { route, method, status: response.status().as_u16() };
    relay.metrics.calls.get_or_create(&call).inc();
    response
}

/// Without origins, pages of the relay's own origin only: no header is sent.
fn cors(origins: &[String]) -> CorsLayer {
    let own = |name| HeaderName::from_static(name);
    let allowed = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        let origins = origins.iter().map(|origin| origin.trim_end_matches('/').parse());
        AllowOrigin::list(origins.filter_map(Result::ok))
    };
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            CONTENT_ENCODING,
            IF_NONE_MATCH,
            own("last-event-id"),
            own(BRIDGE_HEADER),
            own(INSTANCE_HEADER),
            own(IDEMPOTENCY_HEADER),
        ])
        .expose_headers([own(CURSOR_HEADER), own(RELAY_HEADER), ETAG, LOCATION, RETRY_AFTER])
        .max_age(CORS_MAX_AGE)
}
