//! Storing what has become of a command, and telling of it, in one transaction: the row of identity,
//! the event, and at its end the entry of the activity.

use leanspec_shared::command::{ActivityEntry, ActivityKind, Command, Outcome};
use leanspec_shared::feed::Event;
use serde_json::Value;

use crate::store::command::{self, StoredCommand};
use crate::store::command_text::Texts;
use crate::store::{AccountId, StoreError, WriteTransaction, activity};

/// Members of a command and of its outcome that an event carries, in bytes of JSON. More is no
/// metadata: a command of an unknown type, or a frontmatter of megabytes.
const TOLD_MAX_BYTES: usize = 32 * 1024;

/// Takes the texts of files out of a command.
pub(super) fn without_texts(mut command: Command) -> (Command, Texts) {
    let content = match command.posted.members.get("content") {
        Some(Value::String(content)) => Some(content.clone()),
        _ => None,
    };
    let outcome = command.outcome.as_mut();
    let (found, diff) = outcome.map(|it| (it.current.take(), it.diff.take())).unwrap_or_default();
    if content.is_some() {
        command.posted.members.remove("content");
    }
    (command, Texts { content, found, diff })
}

/// Puts the texts of files back.
pub(super) fn with_texts(mut command: Command, texts: Texts) -> Command {
    if let Some(content) = texts.content {
        command.posted.members.insert("content".to_owned(), Value::String(content));
    }
    if let Some(outcome) = &mut command.outcome {
        outcome.current = texts.found;
        outcome.diff = texts.diff;
    }
    command
}

/// A command as events and lists show it: small, whatever was posted.
pub(crate) fn told(command: &Command) -> Command {
    let bytes = |value: Option<String>| value.map_or(0, |text| text.len());
    let mut told = command.clone().without_texts();
    if bytes(serde_json::to_string(&told.posted.members).ok()) > TOLD_MAX_BYTES {
        told.posted.members.retain(|name, member| {
            let is_path = ["spec", "file", "name"].contains(&name.as_str());
            is_path && member.as_str().is_some_and(|text| text.len() <= TOLD_MAX_BYTES / 8)
        });
    }
    if let Some(outcome) = &mut told.outcome
        && bytes(serde_json::to_string(outcome).ok()) > TOLD_MAX_BYTES
    {
        outcome.changes.clear();
        outcome.details.clear();
    }
    told
}

/// Tells of a command; the number of the event.
pub(super) fn tell(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    command: &Command,
) -> Result<u64, StoreError> {
    transaction.emit_numbered(account, &Event::Command(Box::new(told(command))))
}

/// Stores what has changed of a command, and tells of it.
pub(super) fn record(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    stored: &mut StoredCommand,
) -> Result<(), StoreError> {
    stored.event_seq = tell(transaction, account, &stored.command)?;
    command::update(transaction, stored)?;
    let Command { id, machine, state, .. } = &stored.command;
    tracing::debug!(command = %id, %machine, %state, "a command went on");
    Ok(())
}

/// Writes into the activity what came of a command: with the difference, without the text that was
/// found.
pub(super) fn note(
    transaction: &WriteTransaction<'_>,
    account: &AccountId,
    kind: ActivityKind,
    command: &Command,
    outcome: Outcome,
) -> Result<(), StoreError> {
    let spec = outcome.spec.clone().or_else(|| command.posted.spec());
    let entry = ActivityEntry {
        number: 0,
        at: transaction.now(),
        kind,
        command: command.id.clone(),
        edit: command.posted.kind.clone(),
        by: command.by.clone(),
        machine: command.machine.clone(),
        project: command.project.clone(),
        spec,
        state: command.state.clone(),
        outcome: Outcome { current: None, ..outcome },
    };
    activity::insert(transaction, account, &entry)
}

#[cfg(test)]
mod tests {
    use leanspec_shared::command::{By, CommandState, NewCommand};
    use leanspec_shared::time::Timestamp;
    use serde_json::json;

    use super::*;

    fn command(posted: Value) -> Command {
        Command {
            id: "c1".parse().expect("valid"),
            machine: "m1".parse().expect("valid"),
            project: "p1".parse().expect("valid"),
            state: CommandState::Conflict,
            posted: serde_json::from_value::<NewCommand>(posted).expect("a command"),
            by: By { key: "k1".parse().expect("valid"), name: "phone".into() },
            created_at: Timestamp::from_unix_ms(0),
            expires_at: Timestamp::from_unix_ms(1),
            delivered_at: None,
            ended_at: None,
            withdraw_requested: false,
            outcome: Some(Outcome { current: Some("now".into()), ..Outcome::default() }),
            rebased_as: None,
        }
    }

    #[test]
    fn texts_taken_out_can_be_put_back() {
        let whole = command(json!({ "type": "update_content", "spec": "001-a", "content": "new" }));
        let (brief, texts) = without_texts(whole.clone());
        assert_eq!(brief, whole.clone().without_texts());
        assert_eq!(with_texts(brief, texts), whole);
        let odd = command(json!({ "type": "fly", "content": { "not": "a text" } }));
        let (brief, texts) = without_texts(odd.clone());
        assert_eq!(with_texts(brief, texts), odd, "what is no text stays where it is");
    }

    #[test]
    fn what_is_told_is_small_whatever_was_posted() {
        let large = "x".repeat(TOLD_MAX_BYTES);
        let odd = command(json!({ "type": "fly", "spec": "001-a", "wings": large }));
        let told = told(&odd);
        assert_eq!(told.posted.spec(), odd.posted.spec());
        assert!(told.posted.members.get("wings").is_none());
    }
}
