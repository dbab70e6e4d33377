//! The relay as its callers see it. `support` starts a relay in this process on a folder of its own
//! and speaks for bridges and readers; a file for each subject asks what is promised.

#![expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]

mod activity;
mod announce;
mod auth;
mod changes;
mod command_feed;
mod command_line;
mod command_storage;
mod commands;
mod connection;
mod doctor;
mod encodings;
mod feed;
mod idempotency;
mod limits;
mod manifest;
mod openapi;
mod poll;
mod predecessor;
mod presence;
mod probe;
mod reads;
mod storage;
mod support;
