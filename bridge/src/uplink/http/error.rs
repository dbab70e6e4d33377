//! Why a call did not succeed, in the words that a person reads and in the questions that the rest
//! of the program asks.

use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use leanspec_shared::hash::StateHash;
use leanspec_shared::problem::{Code, Problem};

use crate::uplink::tls::Distrust;

/// Why a call did not succeed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CallError {
    /// No connection, no answer in time, or an answer that was cut.
    #[error("the relay is not reached: {0}")]
    Unreachable(String),
    /// The relay's computer says that nobody listens there: it restarts, or is none.
    #[error("the relay is not reached: {0}")]
    Absent(String),
    /// The feed does not come through although calls do.
    #[error("something holds the relay's stream back")]
    HeldBack,
    /// The feed is open, and nothing comes.
    #[error("the relay is not reached: its feed went silent")]
    Silent,
    /// The proxy, and what to do about it.
    #[error("{0}")]
    Proxy(String),
    /// The certificate that was shown is not accepted.
    #[error("{0}")]
    Untrusted(Distrust),
    /// Something that is not a relay answered.
    #[error(
        "something between here and the relay answered in its place (HTTP status {0}); \
         check the relay's address, and whether this network lets it through"
    )]
    Intercepted(u16),
    /// The relay said no.
    #[error("{}", .problem.detail)]
    Refused {
        /// Why.
        problem: Box<Problem>,
        /// When it asks to be asked again.
        retry_after: Option<Duration>,
    },
    /// An answer that is not what it should be.
    #[error("the relay's answer cannot be read ({0}); are bridge and relay of one version?")]
    Malformed(String),
    /// There is no key to send.
    #[error("there is no key for this relay")]
    NoKey,
}

impl CallError {
    /// What is the matter, in a few words without a full stop: for sentences that bring their own
    /// advice.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Refused { problem, .. } => problem.title.trim_end_matches('.').to_owned(),
            other => other.to_string(),
        }
    }

    /// The problem's code, if the relay said no with one that is known here.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused { problem, .. } => Code::parse(&problem.code),
            _ => None,
        }
    }

    /// With `resync`: the relay's revision and the check sum of what it holds.
    #[must_use]
    pub fn held(&self) -> Option<(u64, StateHash)> {
        match self {
            Self::Refused { problem, .. } => problem.rev.zip(problem.state_hash),
            _ => None,
        }
    }

    /// Whether only another key helps.
    #[must_use]
    pub fn is_about_the_key(&self) -> bool {
        match self {
            Self::NoKey => true,
            Self::Refused { problem, .. } => matches!(problem.status, 401 | 403),
            _ => false,
        }
    }

    /// When the relay asks to be asked again.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether no answer of the relay came, for whatever reason.
    #[must_use]
    pub fn is_about_the_way(&self) -> bool {
        match self {
            Self::Unreachable(_)
            | Self::Absent(_)
            | Self::HeldBack
            | Self::Silent
            | Self::Proxy(_)
            | Self::Untrusted(_)
            | Self::Intercepted(_) => true,
            Self::Refused { .. } | Self::Malformed(_) | Self::NoKey => false,
        }
    }

    /// The status with which a body was refused that may pass in another compression: by something
    /// in between, or by the relay because something in between had spoiled it.
    #[must_use]
    pub fn refused_body(&self) -> Option<u16> {
        match self {
            Self::Intercepted(status) => Some(*status),
            _ if self.code() == Some(Code::BodyMalformed) => Some(Code::BodyMalformed.status()),
            _ => None,
        }
    }

    /// Whether something in between answered that it does not reach the relay: as cheap as an answer
    /// of the relay's own computer that nobody listens.
    #[must_use]
    pub fn is_of_a_gateway(&self) -> bool {
        matches!(self, Self::Intercepted(502..=504))
    }

    /// Whether the same call, sent again, may succeed without anybody doing something.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Refused { problem, .. } => problem.retry || problem.status >= 500,
            other => other.is_about_the_way(),
        }
    }
}

/// Turns a status that is no success into an error. A relay's problem without a readable document
/// still has its status.
#[must_use]
pub fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> CallError {
    let problem = serde_json::from_slice(body).unwrap_or_else(|_| Problem {
        kind: "about:blank".into(),
        title: status.canonical_reason().unwrap_or("refused").into(),
        status: status.as_u16(),
        code: String::new(),
        detail: format!("the relay answered with HTTP status {status}"),
        retry: status.is_server_error(),
        rev: None,
        state_hash: None,
        limit: None,
    });
    let seconds =
        headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    CallError::Refused { problem: Box::new(problem), retry_after: seconds.map(Duration::from_secs) }
}
