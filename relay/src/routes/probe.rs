//! For a program that looks into the way between itself and the relay: what arrives of a body, how
//! fast bytes come back, and how a stream does. Keeps nothing and changes nothing.

use std::convert::Infallible;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, VIA};
use leanspec_shared::feed::ByeReason;
use leanspec_shared::limits::{
    PROBE_BYTES_MAX, PROBE_EVENTS_MAX, PROBE_GAP_MAX_MS, SINGLE_FILE_BODY_MAX_WIRE_BYTES,
};
use leanspec_shared::probe::{ProbeEvent, Probed};
use rand::RngCore;
use serde::Deserialize;
use tokio::sync::oneshot;

use super::extract::{Parameters, Wire};
use crate::auth::key::Anyone;
use crate::error::ApiError;
use crate::feed::open_feeds::{FeedGuard, Opening};
use crate::feed::{OpenError, sse};
use crate::ingest::body::{self, BodyError};
use crate::state::Relay;

/// What arrived of a body in any encoding but `dcz`; nothing is kept.
#[utoipa::path(post, path = "/v1/probe", tag = "operations",
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 200, description = "What arrived.", body = Probed)))]
pub(crate) async fn probe_body(
    State(relay): State<Relay>,
    _: Anyone,
    request: Request,
) -> Result<axum::Json<Probed>, ApiError> {
    let http = format!("{:?}", request.version());
    let via = request.headers().get(VIA).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let Wire { bytes, encoding } =
        Wire::read(request, &relay, SINGLE_FILE_BODY_MAX_WIRE_BYTES).await?;
    let wire_bytes = bytes.len() as u64;
    let _room = relay.bodies.acquire().await.map_err(|_| BodyError::Cut)?;
    let bytes = body::decode(encoding, bytes, &[])?.len() as u64;
    Ok(axum::Json(Probed { wire_bytes, bytes, http, via, time: SystemTime::now().into() }))
}

/// How many bytes to answer with.
#[derive(Debug, Deserialize)]
pub(crate) struct HowMany {
    bytes: usize,
}

/// So many random bytes, which nothing in between can make fewer.
#[utoipa::path(get, path = "/v1/probe", tag = "operations",
    params(("bytes" = usize, Query, description = "How many; 1 MiB at most.")),
    responses((status = 200, description = "The bytes.",
        content_type = "application/octet-stream", body = String)))]
pub(crate) async fn probe_bytes(
    _: Anyone,
    Parameters(HowMany { bytes }): Parameters<HowMany>,
) -> Response {
    let mut body = vec![0; bytes.min(PROBE_BYTES_MAX)];
    rand::rng().fill_bytes(&mut body);
    let headers = [(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, "no-store")];
    (headers, body).into_response()
}

/// The gaps of a probing stream.
#[derive(Debug, Deserialize)]
pub(crate) struct Gaps {
    gaps: String,
}

/// Events `probe`, each after its gap, without heartbeats between them; then the end.
#[utoipa::path(get, path = "/v1/probe/stream", tag = "operations",
    params(("gaps" = String, Query,
        description = "Milliseconds before each event, separated by commas; 20 at most.")),
    responses((status = 200, content_type = "text/event-stream", body = String,
        description = "Events `probe` (a `ProbeEvent`).")))]
pub(crate) async fn probe_stream(
    State(relay): State<Relay>,
    Anyone(caller): Anyone,
    Parameters(Gaps { gaps }): Parameters<Gaps>,
) -> Result<Response, ApiError> {
    let gap = |text: &str| text.trim().parse::<u64>().ok().filter(|gap| *gap <= PROBE_GAP_MAX_MS);
    let gaps: Option<Vec<u64>> = gaps.split(',').take(PROBE_EVENTS_MAX + 1).map(gap).collect();
    let Some(gaps) = gaps.filter(|gaps| gaps.len() <= PROBE_EVENTS_MAX) else {
        let wanted = format!("at most {PROBE_EVENTS_MAX} gaps of at most {PROBE_GAP_MAX_MS} ms");
        return Err(ApiError::parameter(format!("'gaps' takes {wanted}, separated by commas.")));
    };
    let opening =
        Opening { key: caller.key.id, account: caller.account, machine: None, instance: None };
    let (guard, ended) = relay.open_feeds.register(opening).map_err(OpenError::from)?;
    let state = Probing { gaps: gaps.into_iter(), number: 0, opened: false, ended, _guard: guard };
    let bytes = stream::unfold(state, |mut state| async move {
        let bytes = state.next().await?;
        Some((Ok::<_, Infallible>(bytes), state))
    });
    Ok((sse::headers(), Body::from_stream(bytes)).into_response())
}

struct Probing {
    gaps: std::vec::IntoIter<u64>,
    number: u32,
    opened: bool,
    ended: oneshot::Receiver<ByeReason>,
    _guard: FeedGuard,
}

impl Probing {
    async fn next(&mut self) -> Option<Bytes> {
        if !std::mem::replace(&mut self.opened, true) {
            return Some(Bytes::from_static(b":\n\n"));
        }
        let gap = Duration::from_millis(self.gaps.next()?);
        // A relay that stops, or a key that is revoked, ends this like any feed.
        tokio::select! {
            () = tokio::time::sleep(gap) => {}
            _ = &mut self.ended => return None,
        }
        let event = ProbeEvent { number: self.number, time: SystemTime::now().into() };
        self.number += 1;
        Some(sse::probe(&event))
    }
}
