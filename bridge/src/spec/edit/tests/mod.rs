//! Edits in place against whole files, byte by byte.

mod any_document;
mod fixtures;
mod semantics;
mod styles;

use leanspec_shared::time::Timestamp;
use serde_json::{Map, Value};

use super::{Refusal, update_frontmatter};

/// The moment of every edit here.
const NOW: &str = "2026-11-22T16:00:00.123Z";

fn now() -> Timestamp {
    NOW.parse().expect("a moment")
}

fn fields(value: &Value) -> Map<String, Value> {
    value.as_object().expect("fields").clone()
}

/// The file after an edit.
fn edit(file: &str, wanted: &Value) -> Result<String, Refusal> {
    let edited = update_frontmatter(file.as_bytes(), &fields(wanted), now())?;
    Ok(String::from_utf8(edited.bytes).expect("text"))
}

/// Checks an edit of a block, without `updated_at` when that is not in the table.
#[track_caller]
fn check(block: &str, wanted: &Value, after: &str) {
    let file = |block: &str| format!("---\n{block}---\n\n# T\n");
    let edited = edit(&file(block), wanted).expect("editable");
    assert_eq!(edited, file(after), "{wanted} in\n{block}");
}
