//! Keeps the relay equal to the disk, one project at a time.
//!
//! Three maps from path to hash: what is on the disk ([`local::Local`], told by `source`), what the
//! relay acknowledged ([`acked::Acked`], remembered in the [`shadow`]), and what the relay says it
//! holds (at every connect). [`plan`] compares them and says what to send next ([`step`], cut to size
//! in [`batch`]); [`build`] makes the body; [`push`] is one attempt to send it; [`verdict`] says what a
//! failure asks for; [`worker`] is the loop around them.

pub mod acked;
pub mod batch;
pub mod build;
pub mod difference;
pub mod local;
pub mod plan;
pub mod push;
pub mod shadow;
pub mod shadow_log;
pub mod step;
pub mod verdict;
pub mod worker;
