//! The wire between a bridge, a relay and a UI, on one page.
//!
//! ```text
//! bridge ──PUT  /v1/machines/{m}──────────────▶ relay   who I am, my projects   → per project rev + state_hash
//!        ──POST …/projects/{p}/manifest───────▶         the names of a range    → what the relay lacks
//!        ──POST …/projects/{p}/changes────────▶         bytes, deletes, specs   → the new rev
//!        ◀─GET  /v1/machines/{m}/commands──────         commands, as SSE
//!        ──POST /v1/commands/{c}/result────────▶         what came of one
//! UI     ──POST /v1/session/exchange──────────▶         one-time code           → a key
//!        ──GET  /v1/machines, …/projects, …/specs, …/files/{path}               → state + LeanSpec-Cursor
//!        ──POST …/projects/{p}/commands────────▶         change this file, on that machine
//!        ◀─GET  /v1/feed────────────────────────        what changed since the cursor, as SSE
//! ```
//!
//! This crate is plain data: it knows no runtime, no server, no file, no clock and no environment.
//! Unknown JSON fields are ignored, unknown words survive a round trip, and no decoder panics.

pub mod change;
pub mod command;
pub mod doctor;
pub mod feed;
pub mod hash;
pub mod http;
pub mod id;
pub mod limits;
pub mod path;
pub mod probe;
pub mod problem;
mod schema;
pub mod spec;
pub mod time;
pub mod view;
mod word;
