//! What is written into the machine's own log of a command: who asked for what, in a few words, and
//! what became of it. Never the text of a file.

use std::time::SystemTime;

use leanspec_shared::command::{Delivery, Edit, Report};
use leanspec_shared::id::{CommandId, ProjectId};
use leanspec_shared::time::Timestamp;
use serde_json::Value;

use crate::state::audit::{Audit, Entry, Event};

/// How long a description may get, in characters: it is one column of one line.
const ASKED_MAX_CHARS: usize = 160;

/// Writes the entries of one project.
#[derive(Debug, Clone)]
pub struct Writer {
    /// The log.
    pub audit: Audit,
    /// The project.
    pub project: ProjectId,
    /// Its folder.
    pub dir: String,
}

impl Writer {
    /// Notes that something happened to a command.
    pub fn note(
        &self,
        delivery: &Delivery,
        event: Event,
        report: Option<&Report>,
        message: Option<&String>,
    ) {
        let edit = delivery.posted.edit().ok();
        let entry = Entry {
            at: Timestamp::from(SystemTime::now()),
            event,
            command: delivery.id.clone(),
            project: self.project.clone(),
            dir: self.dir.clone(),
            kind: delivery.posted.kind.clone(),
            spec: delivery.posted.spec(),
            by: delivery.by.clone(),
            asked: edit.as_ref().map(asked).unwrap_or_default(),
            state: None,
            reason: None,
            message: message.cloned(),
            file: None,
            changes: Vec::new(),
        };
        self.audit.note(&[match report {
            Some(report) => ended(entry, report),
            None => entry,
        }]);
    }

    /// Writes the lines that a kill between journal and log left out: of ends that the relay does
    /// not know yet either.
    pub fn catch_up(&self, unreported: &[(CommandId, Report)]) {
        if unreported.is_empty() {
            return;
        }
        let Ok(noted) = self.audit.read() else { return };
        let is_noted = |id: &CommandId| {
            noted.iter().any(|entry| entry.command == *id && entry.event == Event::Ended)
        };
        for (id, report) in unreported.iter().filter(|(id, _)| !is_noted(id)) {
            if let Some(received) = noted.iter().find(|entry| entry.command == *id) {
                let at = Timestamp::from(SystemTime::now());
                let entry = Entry { at, event: Event::Ended, ..received.clone() };
                self.audit.note(&[ended(entry, report)]);
            }
        }
    }
}

fn ended(entry: Entry, report: &Report) -> Entry {
    let outcome = &report.outcome;
    Entry {
        spec: outcome.spec.clone().or(entry.spec),
        state: Some(report.state.clone()),
        reason: outcome.reason.clone(),
        message: outcome.message.clone(),
        file: outcome.file.clone(),
        changes: outcome.changes.clone(),
        ..entry
    }
}

/// What a command asks for, in a few words.
#[must_use]
pub fn asked(edit: &Edit) -> String {
    let text = match edit {
        Edit::UpdateFrontmatter { fields, .. } => {
            let field = |(key, value): (&String, &Value)| format!("{key} → {}", plain(value));
            fields.iter().map(field).collect::<Vec<_>>().join(", ")
        }
        Edit::ToggleTask { line, checked, .. } => {
            let verb = if *checked { "tick" } else { "clear" };
            format!("{verb} the task in line {line}")
        }
        Edit::UpdateContent { content, .. } => format!("new text of {} bytes", content.len()),
        Edit::CreateSpec { name, .. } => format!("new spec {name}"),
    };
    cut(&text)
}

/// A value as a person would write it on one line.
#[must_use]
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => "(none)".into(),
        Value::String(text) => cut(text),
        Value::Array(items) => cut(&items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        other => cut(&other.to_string()),
    }
}

fn cut(text: &str) -> String {
    let one_line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut cut: String = one_line.take(ASKED_MAX_CHARS).collect();
    if text.chars().nth(ASKED_MAX_CHARS).is_some() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn described(edit: Value) -> String {
        asked(&serde_json::from_value(edit).expect("an edit"))
    }

    #[test]
    fn what_was_asked_is_said_in_a_few_words_without_the_text() {
        let fields = json!({"status": "complete", "tags": ["a", "b"], "assignee": null});
        let frontmatter = json!({"type": "update_frontmatter", "spec": "001-a", "fields": fields});
        assert_eq!(described(frontmatter), "assignee → (none), status → complete, tags → a, b");
        let task = json!({"type": "toggle_task", "spec": "001-a", "line": 12,
            "seen_line": "- [ ] x", "checked": true});
        assert_eq!(described(task), "tick the task in line 12");
        let content = json!({"type": "update_content", "spec": "001-a", "content": "secret"});
        assert_eq!(described(content), "new text of 6 bytes");
        let create = json!({"type": "create_spec", "name": "login"});
        assert_eq!(described(create), "new spec login");
    }

    #[test]
    fn no_value_breaks_the_line_or_fills_the_log() {
        let fields = json!({"note": "x\ny".repeat(1000)});
        let text = described(json!({"type": "update_frontmatter", "spec": "a", "fields": fields}));
        assert!(text.chars().count() < 200 && !text.contains('\n'), "{text}");
    }
}
