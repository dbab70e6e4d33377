//! What can be said of a posted command or a result without looking at what is held.

use leanspec_shared::command::{NewCommand, Overtaken, Report, UnreadableEdit};
use leanspec_shared::limits::{
    COMMAND_MAX_BYTES, DETAILS_LISTED_MAX, DIFF_MAX_BYTES, LABEL_MAX_BYTES, RESULT_MAX_BYTES,
};

use crate::ingest::{IngestError, Sound};

/// What the relay itself says of a command. A member of such a name would stand in its place when a
/// command is told of or handed over, such as a `state` or a `base_hash` of the sender's own making.
const RESERVED: [&str; 15] = [
    "base_hash",
    "by",
    "created_at",
    "delivered_at",
    "ended_at",
    "expires_at",
    "expires_in_ms",
    "id",
    "machine",
    "outcome",
    "project",
    "rebased_as",
    "state",
    "withdraw",
    "withdraw_requested",
];

/// The one type that changes nothing that was there before.
const CREATES: &str = "create_spec";

impl Sound for NewCommand {
    const WIRE_MAX_BYTES: usize = COMMAND_MAX_BYTES;

    /// Types that are not known here pass: the bridge may be newer, and says so when it is not.
    fn is_sound(&self) -> Result<(), IngestError> {
        let malformed = |reason: String| Err(IngestError::Malformed(reason));
        if self.kind.is_empty() || self.kind.len() > LABEL_MAX_BYTES {
            return malformed(format!("'type' is a word of 1 to {LABEL_MAX_BYTES} bytes"));
        }
        if let Some(name) = RESERVED.iter().find(|name| self.members.contains_key(**name)) {
            return malformed(format!("'{name}' is said by the relay, not by who posts a command"));
        }
        match self.edit() {
            Ok(_) if self.base.is_none() && self.kind != CREATES => malformed(format!(
                "this {} has no 'base': send {{\"hash\": …}} of the file as it was seen, or \
                 {{\"after\": …}} with the id of a command",
                self.kind
            )),
            Err(error @ UnreadableEdit::Malformed { .. }) => malformed(error.to_string()),
            Ok(_) | Err(UnreadableEdit::UnknownType(_)) => Ok(()),
        }
    }
}

impl Sound for Report {
    const WIRE_MAX_BYTES: usize = RESULT_MAX_BYTES;

    fn is_sound(&self) -> Result<(), IngestError> {
        if self.state.is_final() && self.state.as_str().len() <= LABEL_MAX_BYTES {
            return Ok(());
        }
        let reason = "'state' is not how a command ends: applied, conflict, refused, failed, \
            expired or withdrawn";
        Err(IngestError::Malformed(reason.to_owned()))
    }
}

impl Sound for Overtaken {
    const WIRE_MAX_BYTES: usize = RESULT_MAX_BYTES;

    fn is_sound(&self) -> Result<(), IngestError> {
        Ok(())
    }
}

/// A report within the limits of what is kept. What is beyond is left out rather than refused: a
/// result that is never taken would hold its command for ever.
pub(super) fn bounded(mut report: Report) -> Report {
    let outcome = &mut report.outcome;
    outcome.details.truncate(DETAILS_LISTED_MAX);
    outcome.diff = outcome.diff.take().filter(|diff| diff.len() <= DIFF_MAX_BYTES);
    report
}

#[cfg(test)]
mod tests {
    use leanspec_shared::hash::ContentHash;
    use serde_json::{Value, json};

    use super::*;

    fn check(posted: Value) -> Result<(), String> {
        let posted: NewCommand = serde_json::from_value(posted).expect("readable");
        posted.is_sound().map_err(|error| error.to_string())
    }

    #[test]
    fn a_known_type_is_whole_and_an_unknown_one_passes() {
        let base = json!({ "hash": ContentHash::of(b"x") });
        let whole = json!({ "type": "toggle_task", "spec": "001-a", "line": 3,
            "seen_line": "- [ ] x", "checked": true, "base": base });
        assert_eq!(check(whole.clone()), Ok(()));
        for name in ["spec", "line", "seen_line", "checked", "base"] {
            let mut lacking = whole.clone();
            lacking.as_object_mut().expect("an object").remove(name);
            let reason = check(lacking).expect_err(name);
            assert!(reason.contains(name), "{name}: {reason}");
        }
        assert_eq!(check(json!({ "type": "create_spec", "name": "login" })), Ok(()));
        assert_eq!(check(json!({ "type": "fly", "height": 3 })), Ok(()));
        assert!(check(json!({ "type": "" })).is_err());
    }

    #[test]
    fn a_member_that_would_stand_for_the_relays_own_words_is_refused() {
        for name in RESERVED {
            let mut posted = json!({ "type": "fly" });
            posted[name] = json!("forged");
            assert!(check(posted).is_err_and(|reason| reason.contains(name)), "{name}");
        }
    }

    #[test]
    fn what_is_too_much_of_a_report_is_left_out() {
        let mut report: Report =
            serde_json::from_value(json!({ "state": "refused" })).expect("a report");
        report.outcome.details = vec!["an open task".to_owned(); DETAILS_LISTED_MAX + 1];
        report.outcome.diff = Some("x".repeat(DIFF_MAX_BYTES + 1));
        let kept = bounded(report).outcome;
        assert_eq!((kept.details.len(), kept.diff), (DETAILS_LISTED_MAX, None));
    }
}
