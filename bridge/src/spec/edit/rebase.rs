//! Whether a change that was made from an older version still says what its user meant. Pure.

use leanspec_shared::command::Edit;
use leanspec_shared::time::Timestamp;
use serde_json::Value;

use super::block::Block;
use super::{tasks, update_frontmatter};
use crate::spec::field;

/// Whether an edit can be applied to a newer version of its file: what it changes is still what
/// the user saw. The text of a whole file never is, nor is a new spec.
#[must_use]
pub fn rebasable(edit: &Edit, current: &[u8]) -> bool {
    match edit {
        Edit::UpdateFrontmatter { fields, seen, .. } => {
            let Ok(block) = Block::find(current) else { return false };
            let is_seen = |key: &String| {
                seen.get(key).is_some_and(|seen| is_same(key, seen, block.fields.get(key)))
            };
            fields.keys().all(is_seen)
                && seen.keys().all(is_seen)
                && update_frontmatter(current, fields, Timestamp::from_unix_ms(0)).is_ok()
        }
        Edit::ToggleTask { seen_line, .. } => {
            tasks::tasks(current).filter(|task| task.is(seen_line)).count() == 1
        }
        Edit::UpdateContent { .. } | Edit::CreateSpec { .. } => false,
    }
}

/// Compares what a user saw with what stands there now, both as a summary shows it: the canonical
/// word, the day, the list of texts; `null` is an absent field, an empty text and an empty list.
fn is_same(key: &str, seen: &Value, current: Option<&Value>) -> bool {
    let current = current.unwrap_or(&Value::Null);
    seen == current || shown(key, seen) == shown(key, current)
}

fn shown(key: &str, value: &Value) -> Value {
    let text = || field::text(value).ok().map(|text| text.map_or(Value::Null, Value::from));
    let word = |canonical: fn(&str) -> Option<&'static str>| {
        text().map(|word| word.as_str().and_then(canonical).map_or(word.clone(), Value::from))
    };
    let shown = match key {
        "status" => word(field::status),
        "priority" => word(field::priority),
        "created" => {
            text().map(|text| text.as_str().and_then(field::day).map_or(text.clone(), Value::from))
        }
        "tags" | "depends_on" => field::list(value)
            .ok()
            .map(|texts| if texts.is_empty() { Value::Null } else { Value::from(texts) }),
        "parent" | "assignee" | "due" | "created_at" | "updated_at" | "completed_at" => text(),
        _ => None,
    };
    shown.unwrap_or_else(|| value.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FILE: &[u8] = b"---\nstatus: in_progress\ncreated: '2025-07-21T00:00:00.000Z'\ntags: a, b\nversion: 2\n---\n- [ ] one\n- [ ] two\n- [ ] two\n";

    fn update(fields: &Value, seen: &Value) -> Edit {
        Edit::UpdateFrontmatter {
            spec: "001-a".parse().expect("valid"),
            fields: fields.as_object().expect("fields").clone(),
            seen: seen.as_object().expect("fields").clone(),
        }
    }

    #[test]
    fn a_change_of_fields_is_rebasable_while_they_are_what_the_user_saw() {
        let table = [
            (json!({"status": "complete"}), json!({"status": "in-progress"}), true),
            (json!({"status": "complete"}), json!({"status": "planned"}), false),
            (json!({"status": "complete"}), json!({}), false),
            (json!({"status": "complete"}), json!({"status": "in-progress", "version": 1}), false),
            (json!({"tags": ["c"]}), json!({"tags": ["a", "b"]}), true),
            (json!({"tags": ["c"]}), json!({"tags": ["a"]}), false),
            (json!({"assignee": "kim"}), json!({"assignee": null}), true),
            (json!({"depends_on": ["x"]}), json!({"depends_on": []}), true),
            (json!({"created": "2025-07-22"}), json!({"created": "2025-07-21"}), true),
            (json!({"version": 3}), json!({"version": 2}), true),
            (json!({"version": 3}), json!({"version": "2"}), false),
            (json!({"status": "nonsense"}), json!({"status": "in-progress"}), false),
        ];
        for (fields, seen, wanted) in table {
            assert_eq!(rebasable(&update(&fields, &seen), FILE), wanted, "{fields} {seen}");
        }
    }

    #[test]
    fn nothing_is_rebasable_onto_a_file_that_cannot_be_edited() {
        let edit = update(&json!({"status": "complete"}), &json!({"status": null}));
        assert!(!rebasable(&edit, b"# no block\n"));
    }

    #[test]
    fn a_tick_is_rebasable_while_its_line_stands_in_the_file_exactly_once() {
        let tick = |seen: &str| Edit::ToggleTask {
            spec: "001-a".parse().expect("valid"),
            file: None,
            line: 99,
            seen_line: seen.to_owned(),
            checked: true,
        };
        assert!(rebasable(&tick("- [ ] one"), FILE));
        assert!(!rebasable(&tick("- [ ] two"), FILE));
        assert!(!rebasable(&tick("- [x] one"), FILE));
    }

    #[test]
    fn whole_texts_and_new_specs_are_never_rebasable() {
        let content = Edit::UpdateContent {
            spec: "001-a".parse().expect("valid"),
            file: None,
            content: String::new(),
        };
        assert!(!rebasable(&content, FILE));
    }
}
