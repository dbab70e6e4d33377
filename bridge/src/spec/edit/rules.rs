//! LeanSpec's own rules on a change of status, as its command line checks them. Pure.
//!
//! `force` passes all but the one that a value must be known.

use leanspec_shared::command::Rule;
use leanspec_shared::limits::{DETAILS_LISTED_MAX, LABEL_MAX_BYTES};
use leanspec_shared::spec::Summary;
use serde_json::{Map, Value};

use super::{Refusal, block, fields, tasks};
use crate::spec::field;

/// A change of status with what stands in its way.
#[derive(Debug, Clone, Copy)]
pub struct StatusChange<'a> {
    /// The status now.
    pub from: Option<&'a str>,
    /// The wanted status.
    pub to: &'a str,
    /// Past every rule but that the word must be known.
    pub force: bool,
    /// See [`open_tasks`].
    pub open_tasks: &'a [(u32, String)],
    /// See [`open_children`].
    pub open_children: &'a [String],
}

/// Checks a change of status.
///
/// # Errors
/// The first rule that it breaks: known value, draft first, open tasks, open children.
pub fn check(change: &StatusChange<'_>) -> Result<(), Refusal> {
    let Some(to) = field::status(change.to) else {
        return Err(Refusal::unknown_word("status", change.to, &field::STATUSES));
    };
    let from = change.from.and_then(field::status);
    if change.force || from == Some(to) {
        return Ok(());
    }
    if from == Some("draft") && matches!(to, "in-progress" | "complete") {
        let message =
            format!("A draft becomes planned before it is {to}: set it to planned first.");
        return Err(Refusal::rule(Rule::DraftFirst, message, Vec::new()));
    }
    if to != "complete" {
        return Ok(());
    }
    if !change.open_tasks.is_empty() {
        let count = change.open_tasks.len();
        let tasks = if count == 1 { "task box is" } else { "task boxes are" };
        let details = change.open_tasks.iter().map(|(line, text)| format!("line {line}: {text}"));
        return Err(Refusal::rule(
            Rule::OpenTasks,
            format!("{count} {tasks} still open: tick what is done, or complete it anyway."),
            details.take(DETAILS_LISTED_MAX).map(shorten).collect(),
        ));
    }
    if !change.open_children.is_empty() {
        let count = change.open_children.len();
        let children = if count == 1 { "child is" } else { "children are" };
        return Err(Refusal::rule(
            Rule::OpenChildren,
            format!(
                "{count} {children} neither complete nor archived: finish them, or complete it anyway."
            ),
            change.open_children.iter().take(DETAILS_LISTED_MAX).cloned().map(shorten).collect(),
        ));
    }
    Ok(())
}

/// The status that a file says now, canonical where LeanSpec knows the word.
#[must_use]
pub fn status_of(bytes: &[u8]) -> Option<String> {
    fields::current_status(&block::Block::find(bytes).ok()?.fields)
}

/// Task boxes of a main file that are not ticked, with their lines in the file.
#[must_use]
pub fn open_tasks(bytes: &[u8]) -> Vec<(u32, String)> {
    let open = tasks::tasks(bytes).filter(tasks::Task::is_open);
    open.map(|task| (task.line, String::from_utf8_lossy(task.text).trim().to_owned())).collect()
}

/// The specs whose `parent` is the named one and whose status is neither complete nor archived.
///
/// A parent is a whole folder name, or a number that only one spec has; part of a name is none.
#[must_use]
pub fn open_children<'a>(name: &str, specs: impl Iterator<Item = &'a Summary>) -> Vec<String> {
    let specs: Vec<_> = specs.collect();
    let name = without_ending(name);
    let own = number(name);
    let is_unique = own.is_some() && specs.iter().filter(|spec| spec.number == own).count() == 1;
    let is_child = |spec: &&&Summary| {
        spec.parent
            .as_deref()
            .is_some_and(|parent| parent == name || (is_unique && parent.parse().ok() == own))
    };
    let is_open = |spec: &&&Summary| {
        !matches!(spec.status.as_deref(), Some("complete" | "archived")) && spec.name != name
    };
    specs.iter().filter(is_child).filter(is_open).map(|spec| spec.name.clone()).collect()
}

/// Refuses a spec that depends on itself or is its own parent.
///
/// # Errors
/// When a given field names the spec itself, by its folder name or its number.
pub fn check_relations(name: &str, fields: &Map<String, Value>) -> Result<(), Refusal> {
    let name = without_ending(name);
    for key in ["parent", "depends_on"] {
        let texts = fields.get(key).and_then(|value| field::list(value).ok()).unwrap_or_default();
        let is_self = |text: &String| {
            text == name || text.parse().is_ok_and(|text: u32| number(name) == Some(text))
        };
        if texts.iter().any(is_self) {
            let what = if key == "parent" { "be its own parent" } else { "depend on itself" };
            return Err(Refusal::invalid(format!("A spec cannot {what}: name another one.")));
        }
    }
    Ok(())
}

/// A flat file is a spec by its name without the ending.
fn without_ending(name: &str) -> &str {
    name.strip_suffix(".md").unwrap_or(name)
}

/// The digits before the first `-` of a folder's name.
fn number(name: &str) -> Option<u32> {
    name.split('-').next()?.parse().ok()
}

/// A long line of a file is told by its beginning.
fn shorten(text: String) -> String {
    if text.len() <= LABEL_MAX_BYTES {
        return text;
    }
    let cut: String = text.chars().take(LABEL_MAX_BYTES / 4).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn broken(
        from: &str,
        to: &str,
        force: bool,
        tasks: &[(u32, String)],
        children: &[String],
    ) -> Option<Rule> {
        let from = Some(from).filter(|from| !from.is_empty());
        let change = StatusChange { from, to, force, open_tasks: tasks, open_children: children };
        check(&change).err().and_then(|refusal| refusal.rule)
    }

    #[test]
    fn each_rule_stands_in_the_way_of_its_own_moves_only() {
        let (task, child) = ([(14, "- [ ] write tests".to_owned())], ["002-b".to_owned()]);
        let (draft, tasks, children) =
            (Some(Rule::DraftFirst), Some(Rule::OpenTasks), Some(Rule::OpenChildren));
        let table = [
            ("draft", "planned", None),
            ("draft", "in-progress", draft.clone()),
            ("draft", "complete", draft),
            ("draft", "archived", None),
            ("planned", "complete", tasks.clone()),
            ("", "complete", tasks.clone()),
            ("superseded", "completed", tasks),
            ("planned", "in_progress", None),
            ("complete", "planned", None),
            ("completed", "complete", None),
            ("planned", "done", Some(Rule::KnownValue)),
        ];
        for (from, to, wanted) in table {
            assert_eq!(broken(from, to, false, &task, &child), wanted, "{from} to {to}");
        }
        assert_eq!(broken("planned", "complete", false, &[], &child), children);
        assert_eq!(broken("planned", "complete", false, &[], &[]), None);
    }

    #[test]
    fn force_passes_every_rule_but_that_the_word_is_known() {
        let task = [(14, "- [ ] write tests".to_owned())];
        assert_eq!(broken("draft", "complete", true, &task, &["002-b".into()]), None);
        assert_eq!(broken("draft", "done", true, &[], &[]), Some(Rule::KnownValue));
    }

    #[test]
    fn what_stands_in_the_way_is_listed_up_to_a_limit() {
        let tasks: Vec<_> =
            (1..=60).map(|line| (line, format!("- [ ] {}", "x".repeat(2000)))).collect();
        let change = StatusChange {
            from: Some("planned"),
            to: "complete",
            force: false,
            open_tasks: &tasks,
            open_children: &[],
        };
        let refusal = check(&change).expect_err("open tasks");
        assert_eq!(refusal.details.len(), DETAILS_LISTED_MAX);
        assert!(refusal.details[0].starts_with("line 1: - [ ] x"), "{}", refusal.details[0]);
        assert!(refusal.details[0].len() <= LABEL_MAX_BYTES);
        assert!(refusal.message.starts_with("60 task boxes are still open"), "{refusal}");
    }

    #[test]
    fn open_tasks_are_those_of_the_body_with_their_lines_in_the_file() {
        let file = b"---\nstatus: planned\n---\n- [x] a\n  - [ ] b\r\n```\n- [ ] c\n```\n";
        assert_eq!(open_tasks(file), [(5, "- [ ] b".to_owned()), (7, "- [ ] c".to_owned())]);
    }

    fn spec(name: &str, parent: &str, status: &str) -> Summary {
        Summary {
            name: name.into(),
            number: number(name),
            parent: Some(parent.to_owned()).filter(|parent| !parent.is_empty()),
            status: Some(status.into()),
            ..Summary::default()
        }
    }

    #[test]
    fn a_child_names_its_parent_wholly_or_by_a_unique_number_and_never_by_a_part() {
        let mut specs = vec![
            spec("001-a", "", "planned"),
            spec("010-x", "001-a", "planned"),
            spec("011-x", "001-a", "complete"),
            spec("012-x", "001-a", "archived"),
            spec("013-x", "001", "in-progress"),
            spec("014-x", "1", "draft"),
            spec("015-x", "001-a-b", "planned"),
            spec("016-x", "a", "planned"),
            spec("017-x", "001-", "planned"),
        ];
        assert_eq!(open_children("001-a", specs.iter()), ["010-x", "013-x", "014-x"]);
        specs.push(spec("001-b", "", "planned"));
        assert_eq!(open_children("001-a", specs.iter()), ["010-x"], "two specs have the number");
    }

    #[test]
    fn a_spec_is_neither_its_own_parent_nor_its_own_dependency() {
        let table = [
            (json!({"parent": "042-login"}), false),
            (json!({"parent": "42"}), false),
            (json!({"depends_on": ["001-a", "042-login"]}), false),
            (json!({"depends_on": "042"}), false),
            (json!({"depends_on": ["042-login-form", "login", "4"]}), true),
            (json!({"parent": null, "tags": ["042-login"]}), true),
        ];
        for (fields, fits) in table {
            let fields = fields.as_object().expect("fields");
            assert_eq!(check_relations("042-login", fields).is_ok(), fits, "{fields:?}");
            assert_eq!(check_relations("042-login.md", fields).is_ok(), fits, "{fields:?}");
        }
    }

    #[test]
    fn the_status_of_a_file_is_its_canonical_word() {
        assert_eq!(status_of(b"---\nstatus: In_Progress\n---\n").as_deref(), Some("in-progress"));
        assert_eq!(status_of(b"---\nstatus: living\n---\n").as_deref(), Some("living"));
        assert_eq!(status_of(b"# T\n"), None);
    }
}
