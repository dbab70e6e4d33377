//! Edits of a spec's bytes: fields of the frontmatter, task boxes, new specs. Pure: bytes in, bytes
//! out; files, journals and permissions are others' work.
//!
//! ```text
//! bytes ─▶ block ─▶ outline ─┐
//!                            ├─▶ write (splices in the style of the file) ─▶ check ─▶ bytes
//! fields ─▶ wishes ──────────┘                       read again by the other parser
//! ```
//!
//! Only the bytes that must change do: key order, comments, quoting, list style, indentation, blank
//! lines, line endings, byte-order mark and final newline stay. What cannot be edited safely is
//! refused with its line.

mod block;
mod check;
pub mod create;
mod fields;
mod lists;
mod outline;
mod place;
mod rebase;
mod refusal;
mod render;
pub mod rules;
mod scalar;
mod splice;
mod style;
mod tasks;
mod write;

#[cfg(test)]
mod tests;

pub use rebase::rebasable;
pub use refusal::Refusal;
pub use tasks::toggle_task;

use leanspec_shared::command::Change;
use leanspec_shared::time::Timestamp;
use serde_json::{Map, Value};

use block::Block;

/// A file after an edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Edited {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// The fields that changed, also those that LeanSpec keeps itself; empty for edits of the text.
    pub changes: Vec<Change>,
}

/// Sets fields of the frontmatter; `null` removes one.
///
/// As LeanSpec does it, `updated_at` becomes `now`; a change of status is appended to `transitions`
/// and sets `completed_at` when it is complete for the first time. `created_at` is not invented. The
/// day field `updated` of older files follows where it stands.
///
/// # Errors
/// When a value cannot be that field's, or the frontmatter cannot be edited safely.
pub fn update_frontmatter(
    bytes: &[u8],
    fields: &Map<String, Value>,
    now: Timestamp,
) -> Result<Edited, Refusal> {
    let block = Block::find(bytes)?;
    let wishes = fields::with_consequences(fields, &block, now)?;
    let edited = block.with(&write::write(&block, &wishes)?);
    let new = check::check(&block, &wishes, &edited)?;
    Ok(Edited { changes: write::changes(&block.fields, &new, &wishes), bytes: edited })
}
