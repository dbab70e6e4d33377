//! The relay: keeps, for each machine, what is on that machine's disk, and fans every change out over
//! Server-Sent Events.
//!
//! ```text
//! bridge ──▶ routes ──▶ auth ──▶ ingest ──▶ store ──commit──▶ feed::hub ──▶ feed ──▶ UI
//!                                             └──────────── the past ────────┘
//! ```
//!
//! The relay never needs to understand a spec: bridges parse, the relay stores, orders and fans out.

mod auth;
pub mod cli;
mod commands;
pub mod config;
mod doctor;
mod error;
mod feed;
mod ingest;
mod jobs;
mod metrics;
pub mod openapi;
mod presence;
mod random;
pub mod router;
mod routes;
pub mod server;
pub mod state;
pub mod store;
mod ui;
