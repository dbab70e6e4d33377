//! Applying a change that conflicted to the newer version: a new command that stands on it.

use leanspec_shared::command::{Base, By, Command, CommandState, NewCommand};
use leanspec_shared::id::CommandId;

use super::accept::{Asked, Place, Terms, accept, repeated};
use super::record::{record, told, with_texts};
use super::{CommandError, find};
use crate::store::command::{self, Request};
use crate::store::{AccountId, WriteTransaction, command_text};

/// The same change on what the machine found; `None` when it cannot be made there. `seen` stays:
/// what the user saw of the fields is what the machine found of them, else the change were not
/// rebasable.
fn rebased(command: &Command) -> Option<NewCommand> {
    let outcome = command.outcome.as_ref()?;
    let fits = command.state == CommandState::Conflict && outcome.rebasable;
    let hash = outcome.current_hash.filter(|_| fits)?;
    Some(NewCommand { base: Some(Base::Hash { hash }), ..command.posted.clone() })
}

/// Makes a new command of one that conflicted; a second time the same.
pub(crate) fn rebase(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    id: &CommandId,
    by: By,
    request: Option<Request>,
    terms: &Terms,
) -> Result<Command, CommandError> {
    if let Some(repeated) = repeated(transaction, account, request.as_ref())? {
        return Ok(told(&repeated.command));
    }
    let mut stored = find(transaction, account, id)?;
    if let Some(done) = &stored.command.rebased_as
        && let Some(done) = command::find(transaction, account, done)?
    {
        return Ok(told(&done.command));
    }
    let texts = command_text::find(transaction, stored.number)?;
    let posted = rebased(&with_texts(stored.command.clone(), texts))
        .ok_or_else(|| CommandError::NotRebasable(stored.command.state.clone()))?;
    let Command { machine, project, .. } = stored.command.clone();
    let asked = Asked { place: Place { machine, project }, by, posted, request };
    let command = accept(transaction, account, asked, terms)?;
    stored.command.rebased_as = Some(command.id.clone());
    record(transaction, account, &mut stored)?;
    Ok(command)
}

#[cfg(test)]
mod tests {
    use leanspec_shared::hash::ContentHash;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_conflict_whose_change_fits_is_made_again_on_what_was_found() {
        let found = ContentHash::of(b"found");
        let command = |state: &str, outcome: serde_json::Value| -> Command {
            serde_json::from_value(json!({
                "id": "c1", "machine": "m1", "project": "p1", "state": state,
                "type": "update_frontmatter", "spec": "001-a", "force": true,
                "base": { "hash": ContentHash::of(b"seen") },
                "fields": { "status": "complete" }, "seen": { "status": "planned" },
                "by": { "key": "k1", "name": "phone" }, "outcome": outcome,
                "created_at": "2026-01-01T00:00:00Z", "expires_at": "2026-01-08T00:00:00Z",
            }))
            .expect("a command")
        };
        let fits = json!({ "reason": "changed", "rebasable": true, "current_hash": found });
        let conflict = command("conflict", fits.clone());
        let again = rebased(&conflict).expect("it fits");
        assert_eq!(again.base, Some(Base::Hash { hash: found }));
        assert_eq!((&again.members, again.force), (&conflict.posted.members, true));
        let table = [
            ("applied", fits.clone()),
            ("expired", fits),
            ("conflict", json!({ "reason": "changed", "current_hash": found })),
            ("conflict", json!({ "reason": "gone", "rebasable": true })),
            ("conflict", json!(null)),
        ];
        for (state, outcome) in table {
            assert_eq!(rebased(&command(state, outcome.clone())), None, "{state} {outcome}");
        }
    }
}
