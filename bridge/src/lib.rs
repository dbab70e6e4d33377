//! The LeanSpec bridge as a library: the binary is a thin shell around it.
//!
//! ```text
//! source ── what is on the disk ──▶ sync ── manifest, changes ──▶ uplink ──▶ relay
//!   (watch, read, git)               │ (compare, push, remember)     ▲
//! spec ── bytes to summaries ────────┘                               │
//! apply ── a remote change to a file, exchanged, verified and journalled
//! daemon ── owns every task; keeps the link: announce, feed ─────────┘
//! ```
//!
//! `source`, `spec` and `apply` know no HTTP, `uplink` knows no files but the key's, `config` alone
//! reads the environment, `platform` alone knows which operating system this is.

pub mod apply;
pub mod beat;
pub mod cli;
pub mod commands;
pub mod config;
pub mod daemon;
pub mod doctor;
pub mod exit;
pub mod inbox;
pub mod platform;
pub mod random;
pub mod source;
pub mod spec;
pub mod state;
pub mod sync;
pub mod uplink;
