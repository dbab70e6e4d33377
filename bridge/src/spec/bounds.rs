//! Keeps a summary within what the wire takes. Pure.

use leanspec_shared::limits::{LABEL_MAX_BYTES, SUMMARY_MAX_BYTES};
use leanspec_shared::spec::{SpecProblem, SpecProblemCode, Summary};

/// Items of one list that are told: no person reads more.
const ITEMS_MAX: usize = 50;

/// Problems that are told.
const PROBLEMS_MAX: usize = 20;

/// A field of the user's own that is told, in bytes of its JSON.
const FIELD_MAX_BYTES: usize = 4 * 1024;

/// All of them together, in bytes of their JSON: leaves room for everything else.
const FIELDS_MAX_BYTES: usize = 16 * 1024;

/// A text in a list, in bytes: a list of the longest stays within the whole.
const ITEM_MAX_BYTES: usize = LABEL_MAX_BYTES / 4;

/// Cuts what is too long and says so, so that one odd file never keeps its project from syncing.
#[must_use]
pub fn fit(mut summary: Summary) -> Summary {
    let mut cut = Vec::new();
    let texts = [
        ("status", &mut summary.status),
        ("priority", &mut summary.priority),
        ("created", &mut summary.created),
        ("due", &mut summary.due),
        ("created_at", &mut summary.created_at),
        ("updated_at", &mut summary.updated_at),
        ("completed_at", &mut summary.completed_at),
        ("parent", &mut summary.parent),
        ("assignee", &mut summary.assignee),
    ];
    for (name, text) in texts {
        if text.as_mut().is_some_and(|text| shorten(text, LABEL_MAX_BYTES)) {
            cut.push(name.to_owned());
        }
    }
    shorten(&mut summary.title, LABEL_MAX_BYTES * 2);
    for (name, list) in [("tags", &mut summary.tags), ("depends_on", &mut summary.depends_on)] {
        let too_many = list.len() > ITEMS_MAX;
        list.truncate(ITEMS_MAX);
        let too_long =
            list.iter_mut().filter_map(|item| shorten(item, ITEM_MAX_BYTES).then_some(())).count();
        if too_many || too_long > 0 {
            cut.push(name.to_owned());
        }
    }
    fit_transitions(&mut summary, &mut cut);
    fit_fields(&mut summary, &mut cut);
    for name in cut {
        let name = name.chars().take(ITEM_MAX_BYTES / 4).collect::<String>();
        let message = format!("`{name}` is longer than what is sent and was cut");
        summary.problems.push(SpecProblem {
            code: SpecProblemCode::InvalidField,
            message,
            line: None,
        });
    }
    summary.problems.truncate(PROBLEMS_MAX);
    for problem in &mut summary.problems {
        shorten(&mut problem.message, LABEL_MAX_BYTES);
    }
    shed(&mut summary);
    summary
}

/// Escaping can make JSON six times as long as its text (control characters do). What matters
/// least goes first; what remains in the end is far below the limit even then.
fn shed(summary: &mut Summary) {
    let sheds: [fn(&mut Summary); 4] = [
        |summary| summary.fields.clear(),
        |summary| summary.transitions.clear(),
        |summary| summary.problems.truncate(1),
        |summary| (summary.tags, summary.depends_on) = (Vec::new(), Vec::new()),
    ];
    for shed in sheds {
        if serde_json::to_vec(&*summary).is_ok_and(|json| json.len() <= SUMMARY_MAX_BYTES) {
            return;
        }
        shed(summary);
    }
}

/// The newest are kept: they say where the spec is now.
fn fit_transitions(summary: &mut Summary, cut: &mut Vec<String>) {
    let transitions = &mut summary.transitions;
    let too_many = transitions.len().saturating_sub(ITEMS_MAX);
    transitions.drain(..too_many);
    let mut too_long = false;
    for transition in transitions {
        too_long |= shorten(&mut transition.status, ITEM_MAX_BYTES);
        too_long |= shorten(&mut transition.at, ITEM_MAX_BYTES);
    }
    if too_many > 0 || too_long {
        cut.push("transitions".to_owned());
    }
}

fn fit_fields(summary: &mut Summary, cut: &mut Vec<String>) {
    let mut total = 0;
    summary.fields.retain(|key, value| {
        let size =
            key.len() + serde_json::to_string(value).map_or(usize::MAX / 2, |json| json.len());
        let kept = size <= FIELD_MAX_BYTES && total + size <= FIELDS_MAX_BYTES;
        if kept {
            total += size;
        } else {
            cut.push(key.clone());
        }
        kept
    });
}

/// Cuts a text between two characters. Answers whether it was too long.
fn shorten(text: &mut String, max_bytes: usize) -> bool {
    if text.len() <= max_bytes {
        return false;
    }
    let end = (0..=max_bytes - '…'.len_utf8()).rev().find(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or(0));
    text.push('…');
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn size(summary: &Summary) -> usize {
        serde_json::to_vec(summary).expect("JSON").len()
    }

    #[test]
    fn an_ordinary_summary_stays_as_it_is() {
        let mut summary = Summary { name: "001-a".into(), title: "A".into(), ..Summary::default() };
        summary.tags = vec!["x".into()];
        summary.fields.insert("version".into(), json!("1.0"));
        assert_eq!(fit(summary.clone()), summary);
    }

    #[test]
    fn a_huge_field_is_left_out_and_reported_and_the_others_stay() {
        let mut summary = Summary::default();
        summary.fields.insert("essay".into(), json!("x".repeat(FIELD_MAX_BYTES)));
        summary.fields.insert("version".into(), json!(2));
        let fitted = fit(summary);
        assert_eq!(fitted.fields.keys().collect::<Vec<_>>(), ["version"]);
        assert!(fitted.problems[0].message.contains("essay"));
    }

    #[test]
    fn the_worst_summary_is_within_the_limit_of_the_wire() {
        for long in ["ü".repeat(5000), "\u{1}".repeat(5000), "\"".repeat(5000)] {
            let mut summary = Summary {
                name: long[..200].to_owned(),
                title: long.clone(),
                status: Some(long.clone()),
                created: Some(long.clone()),
                parent: Some(long.clone()),
                assignee: Some(long.clone()),
                tags: vec![long.clone(); 1000],
                depends_on: vec![long.clone(); 1000],
                ..Summary::default()
            };
            for at in 0..1000 {
                summary.fields.insert(format!("{at}{long}"), json!(long));
            }
            assert!(size(&fit(summary)) <= SUMMARY_MAX_BYTES);
        }
    }
}
