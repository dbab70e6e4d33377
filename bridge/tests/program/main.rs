//! The real program in an empty home: alone, and against a relay in small.

mod cli;
mod commands;
mod fake;
mod feed;
mod push;
