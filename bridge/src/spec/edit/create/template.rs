//! The text of a new spec. Pure.

use std::collections::BTreeMap;

use leanspec_shared::command::Reason;
use leanspec_shared::time::Timestamp;
use serde_json::{Map, Value};

use super::super::block::Block;
use super::super::fields::{Wanted, Wishes};
use super::super::{Refusal, check, fields, write};
use super::settings::Settings;
use super::variables::substitute;

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
            let message = format!("'{name}' cannot be the name of a template.");
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

/// Makes the text of a new spec from a template: its variables, the fields that are given, and
/// `created_at`. A template without `status` or `created` gets them, since LeanSpec requires both.
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
    if variables.title.trim().is_empty() || variables.title.contains(char::is_control) {
        return Err(Refusal::invalid("The title is one line of text."));
    }
    let now = now.to_string();
    let mut given = given.clone();
    if settings.begins_as_draft && !given.contains_key("status") {
        given.insert("status".to_owned(), Value::from("draft"));
    }
    let mut wishes = if given.is_empty() { Wishes::new() } else { fields::asked(&given)? };
    let known = known_variables(settings, variables, &wishes, &now[..10]);
    let made = substitute(template, &known).into_bytes();
    let block = Block::find(&made).map_err(|refusal| unusable(&refusal))?;
    for (key, value) in [("status", "planned"), ("created", &now[..10])] {
        let has = block.fields.get(key).is_some_and(|value| !value.is_null());
        if !has && !given.contains_key(key) {
            wishes.push((key.to_owned(), Wanted::Value(Value::from(value))));
        }
    }
    wishes.push(("created_at".to_owned(), Wanted::Value(Value::from(now))));
    let written = write::write(&block, &wishes).map_err(|refusal| unusable(&refusal))?;
    let written = block.with(&written);
    check::check(&block, &wishes, &written).map_err(|refusal| unusable(&refusal))?;
    Ok(written)
}

/// Those of the command count before those of the project.
fn known_variables(
    settings: &Settings,
    variables: &Variables,
    wishes: &Wishes,
    today: &str,
) -> BTreeMap<String, String> {
    let given = |key: &str, usual: &str| {
        let wish = wishes.iter().find(|(wished, _)| wished == key);
        let value = wish.and_then(|(_, wanted)| wanted.value());
        value.as_ref().and_then(Value::as_str).unwrap_or(usual).to_owned()
    };
    let mut known = settings.variables.clone();
    known.extend(variables.others.clone());
    known.extend([
        ("name".to_owned(), variables.title.clone()),
        ("title".to_owned(), variables.title.clone()),
        ("date".to_owned(), today.to_owned()),
        ("status".to_owned(), given("status", "planned")),
        ("priority".to_owned(), given("priority", "medium")),
    ]);
    known
}

fn unusable(refusal: &Refusal) -> Refusal {
    let message = format!("The project's template cannot be used. {}", refusal.message);
    Refusal::new(Reason::Template, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: &str = "2026-11-22T16:00:00.123Z";

    fn made(template: &str, settings: &Settings, given: &Value) -> Result<String, Refusal> {
        let variables = Variables { title: "Login: by link".into(), ..Variables::default() };
        let given = given.as_object().expect("fields").clone();
        let now = NOW.parse().expect("a moment");
        render(template, settings, &variables, &given, now)
            .map(|bytes| String::from_utf8(bytes).expect("text"))
    }

    #[test]
    fn a_new_spec_of_the_shipped_template() {
        let text = made(FALLBACK_TEMPLATE, &Settings::default(), &json!({})).expect("made");
        let head = "---\nstatus: planned\ncreated: '2026-11-22'\ntags: []\npriority: medium\n\
                    created_at: '2026-11-22T16:00:00.123Z'\n---\n\n# Login: by link\n\n## Overview\n";
        assert!(text.starts_with(head), "{text}");
    }

    #[test]
    fn given_fields_stand_in_the_text_of_the_template_and_in_its_frontmatter() {
        let template = "---\nstatus: {status}\ncreated: {date}\ntags: []\n---\n# {name}\n> {status}, {priority}, {team}\n";
        let settings = Settings {
            variables: [("team".to_owned(), "Core".to_owned())].into(),
            ..Settings::default()
        };
        let given = json!({"status": "in_progress", "priority": "urgent", "tags": ["a", "b"]});
        let wanted = "---\nstatus: in-progress\ncreated: 2026-11-22\npriority: critical\ntags:\n- a\n- b\n\
                      created_at: 2026-11-22T16:00:00.123Z\n---\n# Login: by link\n> in-progress, critical, Core\n";
        assert_eq!(made(template, &settings, &given).as_deref(), Ok(wanted));
    }

    #[test]
    fn a_project_that_begins_with_drafts_gets_a_draft() {
        let settings = Settings { begins_as_draft: true, ..Settings::default() };
        let text = made(FALLBACK_TEMPLATE, &settings, &json!({})).expect("made");
        assert!(text.contains("status: draft\n"), "{text}");
        let text = made(FALLBACK_TEMPLATE, &settings, &json!({"status": "planned"})).expect("made");
        assert!(text.contains("status: planned\n"), "{text}");
    }

    #[test]
    fn required_fields_that_a_template_lacks_are_added() {
        let text = made("---\npriority: low\n---\n\n# {title}\n", &Settings::default(), &json!({}));
        let wanted = "---\nstatus: planned\ncreated: 2026-11-22\npriority: low\n\
                      created_at: 2026-11-22T16:00:00.123Z\n---\n\n# Login: by link\n";
        assert_eq!(text.as_deref(), Ok(wanted));
    }

    #[test]
    fn a_template_that_cannot_be_used_and_a_wrong_field_are_told_apart() {
        let reason = |template: &str, given: &Value| {
            made(template, &Settings::default(), given).expect_err("refused").reason
        };
        assert_eq!(reason("# no block\n", &json!({})), Reason::Template);
        assert_eq!(reason("---\na: b: c\n---\n", &json!({})), Reason::Template);
        assert_eq!(reason(FALLBACK_TEMPLATE, &json!({"status": "done"})), Reason::Rule);
        assert_eq!(reason(FALLBACK_TEMPLATE, &json!({"created_at": NOW})), Reason::Invalid);
    }

    #[test]
    fn templates_are_looked_for_in_order() {
        let paths =
            |settings: &Settings, wanted: Option<&str>| template_candidates(settings, wanted);
        let plain = Settings::default();
        let usual = ["templates/spec-template.md", "templates/README.md"].map(str::to_owned);
        assert_eq!(paths(&plain, None), Ok(usual.to_vec()));
        let settings = Settings {
            templates: [("bug".to_owned(), "bugs".to_owned())].into(),
            template: Some("spec-template.md".into()),
            ..Settings::default()
        };
        assert_eq!(paths(&settings, None), Ok(usual.to_vec()));
        let bug = ["templates/bugs/README.md", "templates/bugs.md", "templates/bugs"];
        assert_eq!(paths(&settings, Some("bug")), Ok(bug.map(str::to_owned).to_vec()));
        for name in ["../x", "/etc/passwd", "a\\b", "a\0", ""] {
            let refusal = paths(&plain, Some(name)).expect_err("another place");
            assert_eq!(refusal.reason, Reason::Template);
        }
    }
}
