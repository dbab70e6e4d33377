//! Changing files on a real file system: nothing is lost, whoever saves and whatever dies meanwhile.
//!
//! For systems on which names can be exchanged.
#![cfg(any(target_os = "linux", target_os = "macos"))]

mod crashes;
mod journal;
mod life;
#[cfg(target_os = "linux")]
mod refusals;
mod replacing;
mod stress;
mod support;
