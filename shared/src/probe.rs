//! What a relay answers to a program that looks into the way between the two. Nothing is kept of it.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// What arrived of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Probed {
    /// Bytes on the wire.
    pub wire_bytes: u64,
    /// Bytes after decoding.
    pub bytes: u64,
    /// The version of HTTP in which it arrived, `HTTP/1.1` or `HTTP/2.0`: that of the last box in
    /// between, where there is one.
    pub http: String,
    /// The header `Via`, in which boxes in between name themselves.
    #[serde(default)]
    pub via: Option<String>,
    /// The relay's clock.
    pub time: Timestamp,
}

/// Event `probe` of a probing stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProbeEvent {
    /// From 0 on.
    pub number: u32,
    /// When it was sent, by the relay's clock.
    pub time: Timestamp,
}
