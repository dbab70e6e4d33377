//! Taking a request apart: parts of the address, parameters, bodies. What does not fit is answered
//! with a problem document instead of the framework's plain text.

use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::request::Parts;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use leanspec_shared::problem::Code;
use serde::de::DeserializeOwned;

use crate::error::ApiError;
use crate::ingest::body::{self, BodyError, Encoding};
use crate::ingest::{Sound, read_json};
use crate::state::Relay;

/// How long a body may take to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(30);

/// The parts of the address.
pub(crate) struct At<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Relay> for At<T> {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, relay: &Relay) -> Result<Self, ApiError> {
        let Path(address) = Path::from_request_parts(parts, relay)
            .await
            .map_err(|rejection| ApiError::parameter(rejection.body_text()))?;
        Ok(Self(address))
    }
}

/// The parameters behind the `?`.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Relay> for Parameters<T> {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, relay: &Relay) -> Result<Self, ApiError> {
        let Query(parameters) = Query::from_request_parts(parts, relay)
            .await
            .map_err(|rejection| ApiError::parameter(rejection.body_text()))?;
        Ok(Self(parameters))
    }
}

/// A body as it came.
pub(crate) struct Wire {
    pub(crate) bytes: Vec<u8>,
    pub(crate) encoding: Encoding,
}

impl Wire {
    /// Reads a body of at most `limit` bytes, in a bounded time.
    pub(crate) async fn read(
        request: Request,
        relay: &Relay,
        limit: usize,
    ) -> Result<Self, ApiError> {
        let header = request.headers().get(CONTENT_ENCODING);
        let encoding = Encoding::parse(header.and_then(|value| value.to_str().ok()))?;
        let limited = Limited::new(request.into_body(), limit);
        let collected = tokio::time::timeout(BODY_DEADLINE, limited.collect()).await;
        let collected = collected.map_err(|_| BodyError::Cut)?.map_err(|error| {
            let too_large = error.downcast_ref::<LengthLimitError>().is_some();
            if too_large { BodyError::TooLarge { limit } } else { BodyError::Cut }
        })?;
        let bytes: Vec<u8> = collected.to_bytes().into();
        relay.metrics.body_bytes.inc_by(bytes.len() as u64);
        Ok(Self { bytes, encoding })
    }
}

/// A body of JSON that is sound by itself.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned + Sound> FromRequest<Relay> for Json<T> {
    type Rejection = ApiError;
    async fn from_request(request: Request, relay: &Relay) -> Result<Self, ApiError> {
        is_of_type(&request, "application/json")?;
        let Wire { bytes, encoding } = Wire::read(request, relay, T::WIRE_MAX_BYTES).await?;
        if encoding == Encoding::Dcz {
            return Err(BodyError::UnknownEncoding("dcz".into()).into());
        }
        let _room = relay.bodies.acquire().await.map_err(|_| BodyError::Cut)?;
        let body = body::decode(encoding, bytes, &[])?;
        Ok(Self(read_json(&body)?))
    }
}

/// Whether a body is of the type that the call takes; nothing said is taken as said right.
pub(crate) fn is_of_type(request: &Request, wanted: &str) -> Result<(), ApiError> {
    let header = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = header.map(|text| text.split(';').next().unwrap_or_default().trim());
    if essence.is_none_or(|essence| essence.eq_ignore_ascii_case(wanted)) {
        return Ok(());
    }
    let detail = format!("Send the body as 'Content-Type: {wanted}'.");
    Err(ApiError::new(Code::MediaTypeUnsupported, detail))
}
