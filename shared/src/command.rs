//! Commands: what a person asks a machine to change, the life of that, and what came of it.
//!
//! ```text
//! queued ──▶ delivered ──▶ applied | conflict | refused | failed | expired | withdrawn
//!    └─ expired, withdrawn (by the relay)          (by the bridge, and final)
//! ```

mod outcome;

pub use outcome::{
    ActivityEntry, ActivityKind, ActivityPage, By, Change, Outcome, Overtaken, Reason, Report, Rule,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::hash::ContentHash;
use crate::id::{CommandId, MachineId, ProjectId};
use crate::path::FilePath;
use crate::time::Timestamp;
use crate::word::words;

/// What a change stands on: the file must be exactly that when it is applied. The hash decides,
/// never a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Base {
    /// The whole file as the user saw it.
    Hash {
        /// Hash of its exact bytes.
        hash: ContentHash,
    },
    /// The file as another command leaves it, so that quick edits in a row do not conflict with
    /// each other.
    After {
        /// That command.
        after: CommandId,
    },
}

/// What is to be changed.
///
/// `file` is a path relative to the specs folder, like every path; a path that is not below `spec`
/// is taken relative to it. Without it the spec's main file is meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Edit {
    /// Sets fields of the frontmatter; `null` removes one. Archiving is a status.
    UpdateFrontmatter {
        /// The spec's path.
        spec: FilePath,
        /// What to set.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        fields: Map<String, Value>,
        /// What the user saw of these fields (`null` = absent): decides whether a change that
        /// conflicts can be applied to the newer version.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        seen: Map<String, Value>,
    },
    /// Replaces the whole text of a file.
    UpdateContent {
        /// The spec's path.
        spec: FilePath,
        /// Which file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<FilePath>,
        /// Its new text.
        content: String,
    },
    /// Ticks a task box, or clears it.
    ToggleTask {
        /// The spec's path.
        spec: FilePath,
        /// Which file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<FilePath>,
        /// The line of the box in the file, counted from 1.
        line: u32,
        /// That line as the user saw it, without its line ending.
        seen_line: String,
        /// Whether the box is to be ticked.
        checked: bool,
    },
    /// Makes a new spec with the next free number.
    CreateSpec {
        /// The name after the number, e.g. `login-by-link`.
        name: String,
        /// Its title; from the name when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// The name of one of the project's templates; the project's default when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<String>,
        /// Fields to set in what the template gives.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        fields: Map<String, Value>,
    },
}

impl Edit {
    /// The spec it changes; `None` where it makes one.
    #[must_use]
    pub fn spec(&self) -> Option<&FilePath> {
        match self {
            Self::UpdateFrontmatter { spec, .. }
            | Self::UpdateContent { spec, .. }
            | Self::ToggleTask { spec, .. } => Some(spec),
            Self::CreateSpec { .. } => None,
        }
    }
}

/// The words in `type` that this version knows.
pub const EDIT_TYPES: [&str; 4] =
    ["update_frontmatter", "update_content", "toggle_task", "create_spec"];

/// What is posted, whole. A relay keeps and forwards members and types that it does not know: the
/// bridge may be newer, and answers `refused: unsupported` where it is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewCommand {
    /// See [`Edit`]: one of [`EDIT_TYPES`], or a word of a newer version.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it stands on; absent only where nothing is changed that was there before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
    /// Past LeanSpec's own rules, all but the one that a value must be known.
    #[serde(default)]
    pub force: bool,
    /// The members that the type brings.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub members: Map<String, Value>,
}

/// A command that this version cannot carry out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableEdit {
    /// A type of a newer version.
    #[error("commands of type '{0}' are not known here")]
    UnknownType(String),
    /// A member that is missing, or is not what it should be.
    #[error("this {kind} cannot be read: {reason}")]
    Malformed {
        /// Its type.
        kind: String,
        /// What is wrong.
        reason: String,
    },
}

impl NewCommand {
    /// A command of this version.
    #[must_use]
    pub fn new(edit: &Edit, base: Option<Base>, force: bool) -> Self {
        let mut members = match serde_json::to_value(edit) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        let kind = members.remove("type");
        let kind = kind.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { kind, base, force, members }
    }

    /// What is to be changed.
    ///
    /// # Errors
    /// When this version does not know the type, or cannot read its members.
    pub fn edit(&self) -> Result<Edit, UnreadableEdit> {
        if !EDIT_TYPES.contains(&self.kind.as_str()) {
            return Err(UnreadableEdit::UnknownType(self.kind.clone()));
        }
        let mut members = self.members.clone();
        members.insert("type".into(), Value::String(self.kind.clone()));
        serde_json::from_value(Value::Object(members)).map_err(|error| UnreadableEdit::Malformed {
            kind: self.kind.clone(),
            reason: error.to_string(),
        })
    }

    /// The spec it names, also where its type is not known.
    #[must_use]
    pub fn spec(&self) -> Option<FilePath> {
        self.members.get("spec")?.as_str()?.parse().ok()
    }
}

words! {
    /// Where a command is in its life.
    CommandState {
        /// The machine has not been told of it.
        Queued = "queued",
        /// It was handed to the machine; only the machine ends it now.
        Delivered = "delivered",
        /// The file is changed.
        Applied = "applied",
        /// The file was not what the user saw; nothing was changed.
        Conflict = "conflict",
        /// The machine's owner, LeanSpec's rules or the file itself forbid it; nothing was changed.
        Refused = "refused",
        /// It could not be done; nothing was changed.
        Failed = "failed",
        /// Its time ran out.
        Expired = "expired",
        /// The user took it back in time.
        Withdrawn = "withdrawn",
    }
}

impl CommandState {
    /// Whether it never changes again. A word of a newer version counts as final: nobody here
    /// could move it on.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Queued | Self::Delivered)
    }
}

/// A command as its relay holds it: what `GET /v1/commands/{id}` answers, and, without the texts of
/// files, what the event `command` carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Command {
    /// Its id.
    pub id: CommandId,
    /// The machine that is to do it.
    pub machine: MachineId,
    /// The project on that machine.
    pub project: ProjectId,
    /// Where it is in its life.
    pub state: CommandState,
    /// What was posted: `type`, `base`, `force` and the members of the type.
    #[serde(flatten)]
    pub posted: NewCommand,
    /// Who asked.
    pub by: By,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it ends by itself unless the machine has done it.
    pub expires_at: Timestamp,
    /// When it was handed to the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The user wants it back; the machine decides whether it was in time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdraw_requested: bool,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The command that applies this conflicted change to the newer version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebased_as: Option<CommandId>,
}

impl Command {
    /// The same without the texts of files, which never travel in events: the content that was
    /// posted, the content that was found, and the difference.
    #[must_use]
    pub fn without_texts(mut self) -> Self {
        self.posted.members.remove("content");
        if let Some(outcome) = &mut self.outcome {
            outcome.current = None;
            outcome.diff = None;
        }
        self
    }
}

/// Answer to `GET /v1/commands`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Commands {
    /// Commands in order of acceptance, without the texts of files.
    pub commands: Vec<Command>,
}

/// Event `command` on a machine's command feed: one command, to be journalled before anything is
/// done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Its id.
    pub id: CommandId,
    /// The project.
    pub project: ProjectId,
    /// What was posted.
    #[serde(flatten)]
    pub posted: NewCommand,
    /// With `base: {after}`: the hash that command left, where the relay knows it by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_hash: Option<ContentHash>,
    /// How long it may still wait, in milliseconds from its receipt, on the monotonic clock.
    pub expires_in_ms: u64,
    /// Who asked, for the machine's own log.
    pub by: By,
    /// The user wants it back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdraw: bool,
}

/// Event `withdraw` on a machine's command feed: a delivered command is not wanted any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Withdraw {
    /// Which.
    pub id: CommandId,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden: what a UI or curl posts.
    #[test]
    fn a_posted_command_is_flat_json() {
        let text = concat!(
            r#"{"type":"update_frontmatter","base":{"after":"c1"},"force":false,"#,
            r#""fields":{"status":"complete","tags":null},"seen":{"status":"planned"},"spec":"042-login"}"#,
        );
        let posted: NewCommand = serde_json::from_str(text).expect("readable");
        assert_eq!(serde_json::to_string(&posted).expect("JSON"), text);
        let edit = posted.edit().expect("known");
        assert_eq!(edit.spec(), posted.spec().as_ref());
        assert_eq!(NewCommand::new(&edit, posted.base.clone(), false), posted);
        let hash = ContentHash::of(b"x");
        let base: Base = serde_json::from_str(&format!(r#"{{"hash":"{hash}"}}"#)).expect("a base");
        assert_eq!(base, Base::Hash { hash });
    }

    #[test]
    fn a_command_of_a_newer_version_travels_whole_and_is_named() {
        let text = r#"{"type":"fly","base":null,"height":3,"spec":"001-a"}"#;
        let posted: NewCommand = serde_json::from_str(text).expect("readable");
        assert_eq!(posted.edit(), Err(UnreadableEdit::UnknownType("fly".into())));
        assert_eq!(posted.members["height"], 3);
        let path = r#"{"type":"update_content","spec":"../../etc","content":""}"#;
        let posted: NewCommand = serde_json::from_str(path).expect("readable");
        assert!(matches!(posted.edit(), Err(UnreadableEdit::Malformed { .. })));
    }

    /// Golden: what the event and `GET /v1/commands/{id}` look like.
    #[test]
    fn an_event_carries_no_text_of_a_file() {
        let edit = Edit::UpdateContent {
            spec: "001-a".parse().expect("valid"),
            file: None,
            content: "secret".into(),
        };
        let hash = ContentHash::of(b"old");
        let outcome = Outcome {
            current: Some("newer".into()),
            diff: Some("-old\n+newer\n".into()),
            reason: Some(Reason::Changed),
            ..Outcome::default()
        };
        let command = Command {
            id: "c1".parse().expect("valid"),
            machine: "m1".parse().expect("valid"),
            project: "p1".parse().expect("valid"),
            state: CommandState::Conflict,
            posted: NewCommand::new(&edit, Some(Base::Hash { hash }), false),
            by: By { key: "k1".parse().expect("valid"), name: "phone".into() },
            created_at: Timestamp::from_unix_ms(0),
            expires_at: Timestamp::from_unix_ms(1),
            delivered_at: None,
            ended_at: None,
            withdraw_requested: false,
            outcome: Some(outcome),
            rebased_as: None,
        };
        let text = serde_json::to_string(&command.clone().without_texts()).expect("JSON");
        let wanted = format!(
            concat!(
                r#"{{"id":"c1","machine":"m1","project":"p1","state":"conflict","#,
                r#""type":"update_content","base":{{"hash":"{hash}"}},"force":false,"spec":"001-a","#,
                r#""by":{{"key":"k1","name":"phone"}},"created_at":"1970-01-01T00:00:00.000Z","#,
                r#""expires_at":"1970-01-01T00:00:00.001Z","outcome":{{"reason":"changed"}}}}"#,
            ),
            hash = hash
        );
        assert_eq!(text, wanted);
        let whole: Command =
            serde_json::from_str(&serde_json::to_string(&command).expect("JSON")).expect("back");
        assert_eq!(whole, command);
    }
}
