//! Bytes to specs: which files are specs, and what the summary of one says. Pure: no files, no
//! clock, no network. Edits of a spec's bytes stand in [`edit`].

pub mod bounds;
pub mod diff;
pub mod edit;
pub mod field;
pub mod frontmatter;
pub mod locate;
pub mod summary;
pub mod text;
#[cfg(test)]
mod traps;

pub use summary::summarize;

/// Raised when the parser changes, so that every summary is sent again.
pub const SUMMARY_VERSION: u32 = 1;
