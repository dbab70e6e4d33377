//! The summary of a spec: what the bridge read out of its main file.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::word::words;

/// What a bridge parsed out of one spec. The relay stores and forwards it without reading it.
///
/// Every field may be absent. Words stand as they are in the file, made canonical where LeanSpec
/// knows an alias (`in_progress` → `in-progress`); words LeanSpec does not know are kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Summary {
    /// The digits before the first `-` of the folder's name; `001-x` and `1-x` are both 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The folder's (or flat file's) own name, without its group: `042-login`.
    #[serde(default)]
    pub name: String,
    /// First `# ` line of the body outside code fences, else the name.
    #[serde(default)]
    pub title: String,
    /// draft, planned, in-progress, complete, archived, or another word found in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// low, medium, high, critical, or another word found in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Tags in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The day it was created, `YYYY-MM-DD` where the file has a readable one, else its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// Due day, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// RFC 3339 moments, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// See `created_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// See `created_at`; falls back to the older day field `completed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<String>,
    /// Names of specs this one waits for, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
    /// Name of the umbrella spec, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// History of status changes, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transitions: Vec<Transition>,
    /// Every other key of the frontmatter, as JSON.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub fields: Map<String, Value>,
    /// Task boxes of the main file.
    #[serde(default, skip_serializing_if = "Tasks::is_empty")]
    pub tasks: Tasks,
    /// What is wrong with it, with the place; empty for a healthy spec.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<SpecProblem>,
}

/// One change of status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Transition {
    /// The new status.
    pub status: String,
    /// When, as written.
    pub at: String,
}

/// Task boxes (`- [ ]`, `- [x]`) counted in a main file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tasks {
    /// Ticked.
    pub done: u32,
    /// All.
    pub total: u32,
}

impl Tasks {
    fn is_empty(&self) -> bool {
        self.total == 0
    }
}

words! {
    /// What is wrong with a spec.
    SpecProblemCode {
        /// Its folder holds no README.md.
        NoReadme = "no_readme",
        /// Its main file is empty.
        Empty = "empty",
        /// No `---` block at its start.
        NoFrontmatter = "no_frontmatter",
        /// The block is never closed.
        UnclosedFrontmatter = "unclosed_frontmatter",
        /// The YAML of the block cannot be read.
        MalformedYaml = "malformed_yaml",
        /// The same key twice.
        DuplicateKey = "duplicate_key",
        /// Bytes that are not UTF-8; shown with replacement characters.
        InvalidUtf8 = "invalid_utf8",
        /// A byte-order mark, which LeanSpec's own tools stumble over.
        ByteOrderMark = "byte_order_mark",
        /// A field that LeanSpec requires is absent.
        MissingField = "missing_field",
        /// A field that LeanSpec cannot read.
        InvalidField = "invalid_field",
    }
}

/// One thing that is wrong with a spec, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpecProblem {
    /// What kind of trouble.
    pub code: SpecProblemCode,
    /// A sentence that names the place and the cure.
    pub message: String,
    /// Line of the main file, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// The difference between two summaries as a JSON merge patch (RFC 7396) of their top-level
/// members; `None` when they are equal.
#[must_use]
pub fn summary_patch(old: &Summary, new: &Summary) -> Option<Map<String, Value>> {
    let members = |summary: &Summary| match serde_json::to_value(summary) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    };
    let (old, new) = (members(old), members(new));
    let mut patch = Map::new();
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        patch.insert(name.clone(), Value::Null);
    }
    for (name, value) in new {
        if old.get(&name) != Some(&value) {
            patch.insert(name, value);
        }
    }
    (!patch.is_empty()).then_some(patch)
}

/// Applies a patch made by [`summary_patch`]: members are replaced whole, `null` removes.
pub fn apply_patch(summary: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, value) in patch {
        if value.is_null() {
            summary.remove(name);
        } else {
            summary.insert(name.clone(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(summary: &Summary) -> Map<String, Value> {
        serde_json::to_value(summary).expect("plain data").as_object().expect("an object").clone()
    }

    #[test]
    fn a_patch_turns_the_old_summary_into_the_new_one() {
        let old = Summary {
            title: "Old".into(),
            status: Some("planned".into()),
            tags: vec!["a".into()],
            ..Summary::default()
        };
        let new = Summary { status: Some("complete".into()), tags: vec![], ..old.clone() };
        let patch = summary_patch(&old, &new).expect("they differ");
        assert_eq!(
            serde_json::to_string(&patch).expect("JSON"),
            r#"{"status":"complete","tags":null}"#
        );
        let mut patched = object(&old);
        apply_patch(&mut patched, &patch);
        assert_eq!(patched, object(&new));
        assert_eq!(summary_patch(&new, &new), None);
    }

    #[test]
    fn a_word_of_a_newer_version_survives() {
        let text = r#"{"code":"haunted","message":"boo"}"#;
        let problem: SpecProblem = serde_json::from_str(text).expect("readable");
        assert_eq!(serde_json::to_string(&problem).expect("JSON"), text);
    }
}
