//! From what went wrong inside to the problem document (RFC 9457) outside: the one table.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use leanspec_shared::problem::{Code, PROBLEM_MEDIA_TYPE, Problem};
use rand::Rng;

use crate::auth::code::ExchangeError;
use crate::auth::key::AuthError;
use crate::commands::CommandError;
use crate::feed::OpenError;
use crate::ingest::IngestError;
use crate::ingest::body::BodyError;
use crate::state::RELAY_VERSION;
use crate::store::StoreError;

/// A call that is answered with a problem document.
#[derive(Debug)]
pub(crate) struct ApiError(Box<Problem>);

impl ApiError {
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Problem::new(code, detail)))
    }

    fn over_limit(code: Code, limit: u64, detail: impl Into<String>) -> Self {
        Self(Box::new(Problem::over_limit(code, limit, detail)))
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("This account has no such {what}. List what there is."))
    }

    pub(crate) fn parameter(detail: impl Into<String>) -> Self {
        Self::new(Code::ParameterInvalid, detail)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&*self.0).expect("plain data always becomes JSON");
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_MEDIA_TYPE));
        if self.0.retry {
            // Spread, so that those who were sent away together do not come back together.
            let seconds = rand::rng().random_range(2..=10_u32);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::new(
                Code::StorageFull,
                "The relay has no room to store this. Reading goes on; try again later.",
            ),
            StoreError::Closed => Self::new(Code::Unavailable, "The relay is stopping. Try again."),
            other => {
                tracing::error!(error = %other, "a call failed in the store");
                Self::new(
                    Code::Internal,
                    "The relay made a mistake; its log says which. Try again.",
                )
            }
        }
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        let detail = match &error {
            AuthError::Missing => "Send the key as 'Authorization: Bearer lsr_…'.".to_owned(),
            AuthError::Unknown => {
                "Make a key with 'leanspec-relay key create', or check that this is the relay the \
                 key was made for."
                    .to_owned()
            }
            AuthError::Revoked => "Ask whoever runs the relay for a new key.".to_owned(),
            AuthError::Scope { has, needed } => {
                format!("This key has scope '{has}', the call needs '{needed}'.")
            }
            AuthError::OtherMachine => {
                "A bridge's key speaks for the first machine that used it. Make one for this \
                 machine: 'leanspec-relay key create --scope bridge'."
                    .to_owned()
            }
            AuthError::Version(bridge) => format!(
                "This relay has version {RELAY_VERSION}, the bridge {bridge}. Update the older of \
                 the two: 'cargo install --git https://github.com/codervisor/leanspec-sync-bridge \
                 leanspec-bridge'."
            ),
            AuthError::Address => "The address names no machine.".to_owned(),
            AuthError::Store(_) => String::new(),
        };
        let code = match error {
            AuthError::Missing => Code::KeyMissing,
            AuthError::Unknown => Code::KeyUnknown,
            AuthError::Revoked => Code::KeyRevoked,
            AuthError::Scope { .. } => Code::ScopeInsufficient,
            AuthError::OtherMachine => Code::MachineMismatch,
            AuthError::Version(_) => Code::UpgradeRequired,
            AuthError::Address => Code::ParameterInvalid,
            AuthError::Store(error) => return error.into(),
        };
        Self::new(code, detail)
    }
}

impl From<ExchangeError> for ApiError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Invalid => {
                Self::new(Code::CodeInvalid, "Make a new link with 'leanspec-relay link'.")
            }
            ExchangeError::Store(error) => error.into(),
        }
    }
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        let detail = format!("{error}.");
        match error {
            BodyError::TooLarge { limit } => {
                let detail = format!("{detail} Send it in parts.");
                Self::over_limit(Code::TooLarge, limit as u64, detail)
            }
            BodyError::NotEncoded(_) | BodyError::Cut => Self::new(Code::BodyMalformed, detail),
            BodyError::UnknownEncoding(_) => {
                let detail = format!("{detail} Use zstd, dcz, gzip or none.");
                Self::new(Code::EncodingUnsupported, detail)
            }
            BodyError::DictionaryUnknown(_) => {
                Self::new(Code::DictionaryUnknown, format!("{detail} Send the body as zstd."))
            }
        }
    }
}

impl From<IngestError> for ApiError {
    fn from(error: IngestError) -> Self {
        let detail = format!("{error}.");
        match error {
            IngestError::Resync { rev, state_hash } => {
                Self(Box::new(Problem::resync(rev, state_hash)))
            }
            IngestError::MachineTaken => Self::new(Code::MachineTaken, TAKEN),
            IngestError::Superseded => Self::new(Code::Superseded, SUPERSEDED),
            IngestError::MachineUnknown | IngestError::ProjectUnknown => {
                Self::new(Code::NotFound, format!("{detail} Send 'PUT /v1/machines/…' first."))
            }
            IngestError::Malformed(_) => Self::new(Code::BodyMalformed, detail),
            IngestError::Path { .. } | IngestError::PathMisplaced { .. } => {
                Self::new(Code::PathInvalid, detail)
            }
            IngestError::HashMismatch(_) => {
                Self::new(Code::HashMismatch, format!("{detail} Read the file again and send it."))
            }
            IngestError::TooLarge { limit, .. } => Self::over_limit(Code::TooLarge, limit, detail),
            IngestError::TooMany { limit, .. } => {
                Self::over_limit(Code::QuotaExceeded, limit, detail)
            }
            IngestError::Store(error) => error.into(),
        }
    }
}

const TAKEN: &str = "This machine id belongs to another computer; a disk or the bridge's state was \
    copied most likely. Run 'leanspec-bridge run --new-machine' to make this a machine of its own, \
    or with '--take-over' when the other one is gone for good.";
const SUPERSEDED: &str =
    "A newer bridge process of this machine has taken over. This one has to stop.";

impl From<CommandError> for ApiError {
    fn from(error: CommandError) -> Self {
        let detail = format!("{error}.");
        match error {
            CommandError::PlaceUnknown => Self::not_found("project on this machine"),
            CommandError::Unknown => Self::not_found("command"),
            CommandError::BaseUnknown => {
                let detail = format!("{detail} Send the hash of the file as it was seen.");
                Self::new(Code::BodyMalformed, detail)
            }
            CommandError::IdempotencyMismatch => {
                let detail = format!("{detail} Use a new one for each change.");
                Self::new(Code::IdempotencyMismatch, detail)
            }
            CommandError::QueueFull { limit } => {
                let detail = format!("{detail} Withdraw some, or wait until the machine is back.");
                Self::over_limit(Code::QuotaExceeded, limit, detail)
            }
            CommandError::Ended(_) => Self::new(Code::CommandEnded, detail),
            CommandError::NotDelivered => {
                let detail = format!("{detail} It is on the command feed; then report again.");
                Self::new(Code::NotDelivered, detail)
            }
            CommandError::NoEnd(_) => Self::new(Code::BodyMalformed, detail),
            CommandError::ResultDiffers(_) => {
                let detail = format!("{detail} The first one stands.");
                Self::new(Code::ResultDiffers, detail)
            }
            CommandError::NotRebasable(_) => {
                let detail = format!("{detail} Open the newer version and change that.");
                Self::new(Code::NotRebasable, detail)
            }
            CommandError::OtherMachine => AuthError::OtherMachine.into(),
            CommandError::Store(error) => error.into(),
        }
    }
}

impl From<OpenError> for ApiError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::TooMany(limit) => {
                let detail = format!("{limit} feeds are open already. Close some.");
                Self::over_limit(Code::TooManyRequests, limit, detail)
            }
            OpenError::Revoked => AuthError::Revoked.into(),
            OpenError::Superseded => IngestError::Superseded.into(),
            OpenError::MachineUnknown => IngestError::MachineUnknown.into(),
            OpenError::Store(error) => error.into(),
        }
    }
}
