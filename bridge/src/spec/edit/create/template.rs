//! The text of a new spec. Pure.

use std::collections::BTreeMap;

use leanspec_shared::command::Reason;
use leanspec_shared::time::Timestamp;
use serde_json::{Map, Value};

use super::super::block::Block;
use super::super::fields::Wishes;
use super::super::{Refusal, check, fields, write};

/// What LeanSpec itself ships, for projects without templates of their own.
pub const FALLBACK_TEMPLATE: &str = "---
status: planned
created: '{date}'
tags: []
priority: medium
---

# {title}

## Overview

<!-- What are we solving? Why now? -->

## Design

<!-- Technical approach, architecture decisions -->

## Plan

<!-- Break down implementation into steps -->

- [ ] Task 1
- [ ] Task 2

## Test

<!-- How will we verify this works? -->

- [ ] Test criteria 1

## Notes

<!-- Optional: research findings, alternatives considered, open questions -->
";

/// What a project's configuration says of new specs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// Names of templates and their files: `templates`.
    pub templates: BTreeMap<String, String>,
    /// The file that is used by default: `template` or `default_template`.
    pub template: Option<String>,
    /// New specs begin as drafts: `draftStatus.enabled`.
    pub begins_as_draft: bool,
    /// Variables of the project's own: `variables`.
    pub variables: BTreeMap<String, String>,
}

/// What stands in for the `{…}` of a template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variables {
    /// `{title}` and `{name}`.
    pub title: String,
    /// Others by their name: `project_name`, `author`, those of the project's configuration, ….
    pub others: BTreeMap<String, String>,
}

/// Where a template may stand, as paths below the project's marker folder, best first.
///
/// # Errors
/// When the wanted name stands for another place.
pub fn template_candidates(
    settings: &Settings,
    wanted: Option<&str>,
) -> Result<Vec<String>, Refusal> {
    let names: Vec<&str> = match wanted {
        Some(name) => vec![settings.templates.get(name).map_or(name, String::as_str)],
        None => {
            let configured = settings.templates.get("default").or(settings.template.as_ref());
            configured
                .map(String::as_str)
                .into_iter()
                .chain(["spec-template.md", "README.md"])
                .collect()
        }
    };
    let mut paths = Vec::new();
    for name in names {
        let is_place = name.split('/').any(|part| matches!(part, "" | "." | ".."))
            || name.contains('\\')
            || name.contains(char::is_control);
        if is_place {
            let name = name.escape_default();
            let message = format!("'{name}' cannot be the name of a template");
            return Err(Refusal::new(Reason::Template, message));
        }
        let forms = if name.ends_with(".md") {
            vec![name.to_owned()]
        } else {
            vec![format!("{name}/README.md"), format!("{name}.md"), name.to_owned()]
        };
        paths.extend(forms.into_iter().map(|form| format!("templates/{form}")));
    }
    let mut seen = std::collections::BTreeSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    Ok(paths)
}

/// Makes the text of a new spec from a template.
///
/// # Errors
/// When the template's frontmatter cannot be read, or a field cannot have its value.
pub fn render(
    template: &str,
    settings: &Settings,
    variables: &Variables,
    given: &Map<String, Value>,
    now: Timestamp,
) -> Result<Vec<u8>, Refusal> {
    let now = now.to_string();
    let mut given = given.clone();
    if settings.begins_as_draft && !given.contains_key("status") {
        given.insert("status".to_owned(), Value::from("draft"));
    }
    let text = |key: &str, default: &str| {
        let given = given.get(key).and_then(Value::as_str);
        given.unwrap_or(default).to_owned()
    };
    let mut known = settings.variables.clone();
    known.extend(variables.others.clone());
    known.extend([
        ("name".to_owned(), variables.title.clone()),
        ("title".to_owned(), variables.title.clone()),
        ("date".to_owned(), now[..10].to_owned()),
        ("status".to_owned(), text("status", "planned")),
        ("priority".to_owned(), text("priority", "medium")),
    ]);
    let made = substitute(template, &known).into_bytes();
    let block = Block::find(&made).map_err(|refusal| unusable(&refusal))?;
    let mut wishes: Wishes = if given.is_empty() { Vec::new() } else { fields::asked(&given)? };
    wishes.retain(|(key, _)| key != "created_at");
    let created_at = Value::String(now);
    wishes.push(("created_at".to_owned(), fields::Wanted::Value(created_at)));
    let written = block.with(&write::write(&block, &wishes).map_err(|refusal| unusable(&refusal))?);
    check::check(&block, &wishes, &written).map_err(|refusal| unusable(&refusal))?;
    Ok(written)
}

fn unusable(refusal: &Refusal) -> Refusal {
    Refusal::new(
        Reason::Template,
        format!("the project's template cannot be used: {}", refusal.message),
    )
}

/// Replaces every `{name}` that is known; others stay as they are.
fn substitute(template: &str, variables: &BTreeMap<String, String>) -> String {
    let mut made = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        made.push_str(&rest[..open]);
        rest = &rest[open..];
        let value = rest.find('}').and_then(|close| Some((close, variables.get(&rest[1..close])?)));
        match value {
            Some((close, value)) => {
                made.push_str(value);
                rest = &rest[close + 1..];
            }
            None => {
                made.push('{');
                rest = &rest[1..];
            }
        }
    }
    made.push_str(rest);
    made
}
