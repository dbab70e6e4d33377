//! The feed: what changed since a cursor, as Server-Sent Events (WHATWG HTML §9.2).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::id::{MachineId, ProjectId};
use crate::path::FilePath;
use crate::time::Timestamp;
use crate::view::{Machine, Project, Spec};
use crate::word::words;

/// A place in an account's history: `<seq>.<tag>`.
///
/// `seq` grows with every event and is never used twice; `tag` is random per relay process, so that
/// a history that was rolled back is noticed instead of trusted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor {
    /// Number of the event; 0 before the first.
    pub seq: u64,
    /// Tag of the relay process that wrote it.
    pub tag: Box<str>,
}

/// A text that is not a cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a cursor is what an event's id or the header LeanSpec-Cursor said")]
pub struct InvalidCursor;

crate::schema::text_schema!(Cursor);

impl FromStr for Cursor {
    type Err = InvalidCursor;
    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (seq, tag) = text.split_once('.').ok_or(InvalidCursor)?;
        let digits = !seq.is_empty() && seq.bytes().all(|byte| byte.is_ascii_digit());
        let plain = (1..=32).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric());
        if !digits || !plain {
            return Err(InvalidCursor);
        }
        Ok(Self { seq: seq.parse().map_err(|_| InvalidCursor)?, tag: tag.into() })
    }
}

impl TryFrom<String> for Cursor {
    type Error = InvalidCursor;
    fn try_from(text: String) -> Result<Self, InvalidCursor> {
        text.parse()
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.to_string()
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.seq, self.tag)
    }
}

words! {
    /// The form a feed is read in.
    FeedMode {
        /// One long answer.
        Stream = "stream",
        /// Answers that end.
        Poll = "poll",
    }
}

/// Event `hello`: first, at once. Never moves the cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hello {
    /// Everything after the cursor that was given follows; false when none was given.
    pub resumed: bool,
    /// Seconds between two heartbeats.
    pub heartbeat_s: u64,
    /// The relay's name and version.
    pub server: String,
    /// The form of this feed.
    pub mode: FeedMode,
    /// The relay's clock.
    pub time: Timestamp,
}

/// Event `heartbeat`: now and then beside the comments, for readers that cannot see those.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Heartbeat {
    /// The relay's clock.
    pub time: Timestamp,
}

words! {
    /// Why a feed cannot go on from the cursor.
    ResetReason {
        /// The events after it are not kept any more.
        TooOld = "too_old",
        /// The relay never wrote that event, or wrote another in its place.
        UnknownCursor = "unknown_cursor",
    }
}

/// Event `reset`: the gap cannot be filled. Fetch the state and resume from its cursor. The stream
/// ends after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reset {
    /// Why.
    pub reason: ResetReason,
}

words! {
    /// Why the relay ends a feed on purpose.
    ByeReason {
        /// The relay stops, for a deploy most likely: come back.
        Shutdown = "shutdown",
        /// The stream is old enough: come back at once.
        Rotate = "rotate",
        /// The key was revoked.
        Revoked = "revoked",
        /// Another process speaks for this machine now: do not come back.
        Superseded = "superseded",
        /// The reader did not keep up: come back with the cursor.
        TooSlow = "too_slow",
        /// The machine was forgotten by its owner.
        Forgotten = "forgotten",
    }
}

/// Event `bye`: before the relay closes a feed on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bye {
    /// Why.
    pub reason: ByeReason,
}

/// Event `machine_gone`: it was forgotten, with all it pushed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MachineGone {
    /// Which.
    pub id: MachineId,
}

/// Event `project_gone`: it was forgotten, with all it held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProjectGone {
    /// The machine it was on.
    pub machine: MachineId,
    /// Which.
    pub id: ProjectId,
}

/// Event `spec_gone`: it is no longer on that machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpecGone {
    /// The machine it was on.
    pub machine: MachineId,
    /// The project it belonged to.
    pub project: ProjectId,
    /// Which.
    pub path: FilePath,
    /// The project's `rev` that removed it.
    pub rev: u64,
}

/// An event that moves the cursor: something that is stored and replayed.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// `machine`
    Machine(Machine),
    /// `machine_gone`
    MachineGone(MachineGone),
    /// `project`
    Project(Box<Project>),
    /// `project_gone`
    ProjectGone(ProjectGone),
    /// `spec`
    Spec(Spec),
    /// `spec_gone`
    SpecGone(SpecGone),
    /// `command`: a command began, went on or ended; without the texts of files.
    Command(Box<Command>),
}

impl Event {
    /// The word in the line `event:`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Machine(_) => "machine",
            Self::MachineGone(_) => "machine_gone",
            Self::Project(_) => "project",
            Self::ProjectGone(_) => "project_gone",
            Self::Spec(_) => "spec",
            Self::SpecGone(_) => "spec_gone",
            Self::Command(_) => "command",
        }
    }

    /// The JSON in the line `data:`.
    #[must_use]
    pub fn data(&self) -> String {
        let json = match self {
            Self::Machine(data) => serde_json::to_string(data),
            Self::MachineGone(data) => serde_json::to_string(data),
            Self::Project(data) => serde_json::to_string(data),
            Self::ProjectGone(data) => serde_json::to_string(data),
            Self::Spec(data) => serde_json::to_string(data),
            Self::SpecGone(data) => serde_json::to_string(data),
            Self::Command(data) => serde_json::to_string(data),
        };
        json.expect("plain data always becomes JSON")
    }

    /// The machine and, where there is one, the project it is about: what a feed is narrowed by.
    #[must_use]
    pub fn subject(&self) -> (&MachineId, Option<&ProjectId>) {
        match self {
            Self::Machine(data) => (&data.id, None),
            Self::MachineGone(data) => (&data.id, None),
            Self::Project(data) => (&data.machine, Some(&data.id)),
            Self::ProjectGone(data) => (&data.machine, Some(&data.id)),
            Self::Spec(data) => (&data.machine, Some(&data.project)),
            Self::SpecGone(data) => (&data.machine, Some(&data.project)),
            Self::Command(data) => (&data.machine, Some(&data.project)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_short_and_plain_enough_for_last_event_id() {
        let cursor: Cursor = "42.k3jx".parse().expect("valid");
        assert_eq!((cursor.seq, cursor.to_string().as_str()), (42, "42.k3jx"));
        for bad in ["", "42", "42.", ".x", "+4.x", "-1.x", "1.a b", "99999999999999999999.x"] {
            assert_eq!(bad.parse::<Cursor>(), Err(InvalidCursor), "{bad:?}");
        }
    }

    /// Golden: outside readers rely on these names and fields.
    #[test]
    fn an_event_is_named_and_carries_plain_json() {
        let event = Event::SpecGone(SpecGone {
            machine: "m1".parse().expect("valid"),
            project: "p1".parse().expect("valid"),
            path: "001-a".parse().expect("valid"),
            rev: 9,
        });
        assert_eq!(event.name(), "spec_gone");
        assert_eq!(event.data(), r#"{"machine":"m1","project":"p1","path":"001-a","rev":9}"#);
    }
}
