//! The source over a real file system, with the platform's own watcher and real git.

mod deletions;
mod discovery;
mod git_facts;
mod support;
mod told;
