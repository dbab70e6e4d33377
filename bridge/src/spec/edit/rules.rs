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
        let known = field::STATUSES;
        return Err(Refusal::rule(
            Rule::KnownValue,
            format!(
                "'{}' is no status that LeanSpec knows: use one of {}",
                change.to,
                known.join(", ")
            ),
            known.iter().map(|&word| word.to_owned()).collect(),
        ));
    };
    let from = change.from.and_then(field::status);
    if change.force || from == Some(to) {
        return Ok(());
    }
    if from == Some("draft") && matches!(to, "in-progress" | "complete") {
        let message = format!("a draft becomes planned before it is {to}: set it to planned first");
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
            format!("{count} {tasks} still open: tick what is done, or complete it anyway"),
            details.take(DETAILS_LISTED_MAX).map(shorten).collect(),
        ));
    }
    if !change.open_children.is_empty() {
        let count = change.open_children.len();
        let children = if count == 1 { "child is" } else { "children are" };
        return Err(Refusal::rule(
            Rule::OpenChildren,
            format!(
                "{count} {children} neither complete nor archived: finish them, or complete it anyway"
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
    for key in ["parent", "depends_on"] {
        let texts = fields.get(key).and_then(|value| field::list(value).ok()).unwrap_or_default();
        let is_self = |text: &String| {
            text == name || text.parse().is_ok_and(|text: u32| number(name) == Some(text))
        };
        if texts.iter().any(is_self) {
            let what = if key == "parent" { "be its own parent" } else { "depend on itself" };
            return Err(Refusal::invalid(format!("a spec cannot {what}: name another one")));
        }
    }
    Ok(())
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
