//! Real relays and bridges as processes, for tests and benchmarks: started on free ports in empty
//! homes, ended when dropped, and watched from outside over HTTP like any reader would.
//!
//! Nothing here waits for a fixed time: every wait is for something that can be observed, with a
//! deadline that turns a hang into a failure with the process's own words in it.

pub mod api;
pub mod binaries;
pub mod bridge;
pub mod command;
pub mod disk;
pub mod edit;
pub mod feed;
pub mod git;
pub mod matrix;
pub mod meter;
pub mod middlebox;
pub mod page;
pub mod process;
pub mod reader;
pub mod relay;
pub mod scene;
pub mod seed;
pub mod wait;
pub mod witness;
pub mod world;
