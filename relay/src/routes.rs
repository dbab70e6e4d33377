//! The calls, one file for each resource. A handler takes a request apart, makes one call into the
//! domain and puts the answer together; what is allowed and what happens is decided elsewhere.

pub(crate) mod activity;
pub(crate) mod command_feed;
pub(crate) mod commands;
mod extract;
pub(crate) mod feed;
pub(crate) mod files;
pub(crate) mod health;
pub(crate) mod keys;
pub(crate) mod machines;
pub(crate) mod me;
pub(crate) mod probe;
pub(crate) mod projects;
pub(crate) mod push;
mod reply;
pub(crate) mod results;
pub(crate) mod session;
pub(crate) mod specs;
