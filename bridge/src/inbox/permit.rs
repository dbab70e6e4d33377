//! Who may change what: decided by the machine's owner, checked here before anything is read. Pure.

use leanspec_shared::command::{Edit, Reason, Report};
use leanspec_shared::view::Permission;

use super::verdict::refused;

/// What remote users may do in one project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights {
    /// The kinds of change.
    pub allow: Vec<Permission>,
    /// A sentence: why nothing may be changed at all, if so.
    pub read_only: Option<String>,
}

/// The permission that a command needs.
#[must_use]
pub fn needed(edit: &Edit) -> Permission {
    match edit {
        Edit::UpdateFrontmatter { .. } => Permission::Frontmatter,
        Edit::ToggleTask { .. } => Permission::Tasks,
        Edit::UpdateContent { .. } => Permission::Content,
        Edit::CreateSpec { .. } => Permission::Create,
    }
}

impl Rights {
    /// Whether any command may go on.
    #[must_use]
    pub fn permits_anything(&self) -> bool {
        self.read_only.is_none() && !self.allow.is_empty()
    }

    /// Whether a command may go on.
    ///
    /// # Errors
    /// The refusal, with what the owner can do about it.
    pub fn permit(&self, edit: &Edit) -> Result<(), Box<Report>> {
        if let Some(reason) = &self.read_only {
            let message = format!("This project is read-only on its machine: {reason}.");
            return Err(refused(Reason::ReadOnly, message));
        }
        let needed = needed(edit);
        if self.allow.contains(&needed) {
            return Ok(());
        }
        let allowed: Vec<_> = self.allow.iter().map(|word| format!("\"{word}\"")).collect();
        let message = format!(
            "The machine's owner does not allow this kind of change. To allow it, add \"{needed}\" to \
             this project's `allow` in the bridge's config (now [{}]) and restart the bridge.",
            allowed.join(", ")
        );
        Err(refused(Reason::NotAllowed, message))
    }
}

#[cfg(test)]
mod tests {
    use leanspec_shared::command::CommandState;

    use super::*;

    fn edits() -> [(Edit, Permission); 4] {
        let spec = || "001-a".parse().expect("a path");
        let none = serde_json::Map::new;
        let task = |spec| Edit::ToggleTask {
            spec,
            file: None,
            line: 1,
            seen_line: String::new(),
            checked: true,
        };
        let create =
            Edit::CreateSpec { name: "x".into(), title: None, template: None, fields: none() };
        [
            (
                Edit::UpdateFrontmatter { spec: spec(), fields: none(), seen: none() },
                Permission::Frontmatter,
            ),
            (task(spec()), Permission::Tasks),
            (
                Edit::UpdateContent { spec: spec(), file: None, content: String::new() },
                Permission::Content,
            ),
            (create, Permission::Create),
        ]
    }

    #[test]
    fn each_kind_of_change_needs_its_own_permission_and_no_other() {
        for (edit, word) in edits() {
            for (_, given) in edits() {
                let rights = Rights { allow: vec![given.clone()], read_only: None };
                let answer = rights.permit(&edit);
                assert_eq!(answer.is_ok(), given == word, "{word} with {given}");
                if let Err(report) = answer {
                    assert_eq!(report.state, CommandState::Refused);
                    assert_eq!(report.outcome.reason, Some(Reason::NotAllowed));
                    let message = report.outcome.message.unwrap_or_default();
                    assert!(message.contains(word.as_str()), "{message}");
                }
            }
        }
    }

    #[test]
    fn a_read_only_project_refuses_everything_with_its_reason() {
        let allow = edits().map(|(_, word)| word).to_vec();
        let rights = Rights { allow, read_only: Some("config.json says security.readonly".into()) };
        for (edit, _) in edits() {
            let report = rights.permit(&edit).expect_err("refused");
            assert_eq!(report.outcome.reason, Some(Reason::ReadOnly));
            assert!(report.outcome.message.expect("said").contains("security.readonly"));
        }
    }

    #[test]
    fn nothing_is_allowed_where_nothing_was_said() {
        for (edit, _) in edits() {
            assert!(Rights::default().permit(&edit).is_err());
        }
    }
}
