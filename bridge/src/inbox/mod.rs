//! From the command feed to the file and back: one inbox for each project.
//!
//! ```text
//! feed ─▶ door ─ arrivals ─▶ worker ─ turns ─▶ desk (blocks): receive ─ run ─ settle
//!          │ strays            │ queue (pure)     │ permit (pure), base, rules, spec::edit, apply
//!          ▼                   ▼                  ▼
//!        report ◀─ ended ── report ─▶ relay     journal, commands.log
//! ```
//!
//! What a change does to bytes is `spec::edit`'s, how bytes get into a file without losing an edit is
//! `apply`'s; here is decided whether, when and in which order.

mod conflict;
mod create;
pub mod desk;
pub mod door;
pub mod lane;
pub mod others;
pub mod permit;
pub mod queue;
pub mod record;
pub mod report;
pub mod run;
pub mod taken;
pub mod templates;
pub mod turn;
pub mod untold;
pub mod verdict;
pub mod worker;
