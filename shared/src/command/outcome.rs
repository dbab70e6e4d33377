//! What came of a command, and what is kept of it for later.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::command::CommandState;
use crate::hash::ContentHash;
use crate::id::{CommandId, KeyId, MachineId, ProjectId};
use crate::path::FilePath;
use crate::time::Timestamp;
use crate::word::words;

words! {
    /// Why a command ended as it did; absent where it was applied.
    Reason {
        /// `conflict`: the file is not what the user saw.
        Changed = "changed",
        /// `conflict`: the file is not there any more; see `moved_to`.
        Gone = "gone",
        /// `conflict`: the command that this one stands on was not applied.
        Predecessor = "predecessor",
        /// `refused`: one of LeanSpec's own rules; see `rule`. `force` passes all but one of them.
        Rule = "rule",
        /// `refused`: the machine's owner does not allow this kind of change.
        NotAllowed = "not_allowed",
        /// `refused`: the project is read-only.
        ReadOnly = "read_only",
        /// `refused`: this bridge does not know the command.
        Unsupported = "unsupported",
        /// `refused`: a member of the command is not what it should be.
        Invalid = "invalid",
        /// `refused`: the frontmatter cannot be edited safely; see `line`.
        NotEditable = "not_editable",
        /// `refused`: there is no such task box.
        NoSuchTask = "no_such_task",
        /// `refused`: the project has no such template, or it cannot be used.
        Template = "template",
        /// `refused`: the name cannot be a spec's, or stands for another place.
        BadName = "bad_name",
        /// `refused`: a link, a file with several names, or no regular file.
        SpecialFile = "special_file",
        /// `refused`: the result would be larger than a file that is sent.
        TooLarge = "too_large",
        /// `refused`: the machine knows no such project.
        UnknownProject = "unknown_project",
        /// `failed`: the project is halted.
        Halted = "halted",
        /// `failed`: another program held or kept rewriting the file.
        Busy = "busy",
        /// `failed`: the disk or its permissions said no.
        Disk = "disk",
        /// `expired`: the machine did not come in time.
        Late = "late",
        /// `expired`: the machine or project was forgotten.
        Forgotten = "forgotten",
    }
}

words! {
    /// LeanSpec's own rules on a change of status.
    Rule {
        /// The value must be one that LeanSpec knows. `force` does not pass it.
        KnownValue = "known_value",
        /// A draft becomes planned before it is in progress or complete.
        DraftFirst = "draft_first",
        /// Complete only without open task boxes; `details` lists them.
        OpenTasks = "open_tasks",
        /// Complete only when every child is complete or archived; `details` lists the others.
        OpenChildren = "open_children",
    }
}

/// One field of the frontmatter before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// Its key.
    pub field: String,
    /// What it was; `null` = absent.
    #[serde(default)]
    pub from: Value,
    /// What it is now; `null` = absent.
    #[serde(default)]
    pub to: Value,
}

/// What came of a command. Members that do not apply are absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outcome {
    /// Why it ended as it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// With reason `rule`: which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// A sentence for people: what happened, and what to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What exactly stands in the way: open tasks, open children, allowed values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// The line in the file, counted from 1, that stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Applied: the file that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FilePath>,
    /// Applied: hash of what stands there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<ContentHash>,
    /// Applied `create_spec`: the new spec.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<FilePath>,
    /// Applied: the fields that changed, with those that LeanSpec keeps itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// Conflict: hash of what is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_hash: Option<ContentHash>,
    /// Conflict: the text that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// Unified diff. Conflict: from what the user saw to what is there, absent where the machine has
    /// no copy of that version. Applied: from what was there to what is there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// Conflict: what the command changes is still what the user saw, so that it can be applied to
    /// the newer version.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub rebasable: bool,
    /// Conflict `gone`: the one path that holds the content the user saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<FilePath>,
    /// Expired after delivery: whether the machine did it is not known.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub outcome_unknown: bool,
    /// Applied: a program on the machine wrote into the old file in that moment, and its write
    /// stands in the file now, or is preserved on the machine.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub overtaken: bool,
}

/// Body of `POST /v1/commands/{id}/result`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Report {
    /// The final state.
    pub state: CommandState,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// Body of `POST /v1/commands/{id}/overtaken`: after `applied`, a program on the machine wrote into
/// the file that was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overtaken {
    /// What became of that write, for people.
    pub message: String,
}

/// Who asked: the key that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct By {
    /// Its id.
    pub key: KeyId,
    /// Its name.
    pub name: String,
}

words! {
    /// What an activity entry tells of.
    ActivityKind {
        /// A command ended.
        Command = "command",
        /// A command that was applied was overtaken by a program on the machine.
        Overtaken = "overtaken",
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActivityEntry {
    /// Its number; newer ones are greater.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// What kind of thing.
    pub kind: ActivityKind,
    /// The command.
    pub command: CommandId,
    /// The command's `type`.
    #[serde(rename = "type")]
    pub edit: String,
    /// Who asked.
    pub by: By,
    /// Where.
    pub machine: MachineId,
    /// Where.
    pub project: ProjectId,
    /// The spec, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<FilePath>,
    /// How it ended.
    pub state: CommandState,
    /// What came of it, with the difference and without the text that was found.
    pub outcome: Outcome,
}

/// Answer to `GET /v1/activity`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActivityPage {
    /// The entries.
    pub entries: Vec<ActivityEntry>,
    /// What to pass as `before` for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}
