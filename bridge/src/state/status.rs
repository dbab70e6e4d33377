//! What the running bridge says about itself, for `leanspec-bridge status`.
//!
//! The daemon writes it into the state folder when it changes; `status` reads it and asks the lock
//! whether that daemon still lives.

use leanspec_shared::hash::StateHash;
use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::view::{Permission, Skipped};
use serde::{Deserialize, Serialize};

use crate::state::atomic::{self, Durability};
use crate::state::{StateError, StateFolder};

const FILE: &str = "status.json";

/// How the bridge hears from the relay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// One long answer.
    Stream,
    /// Answers that end.
    Poll,
    /// Not at all.
    #[default]
    Offline,
}

/// How a folder is watched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Watch {
    /// The platform's own events.
    #[default]
    Native,
    /// Read again and again.
    Poll,
}

/// What `status --json` prints: these fields and no others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The program's version.
    pub version: String,
    /// This machine, once it has an id.
    pub machine_id: Option<MachineId>,
    /// The relay's address.
    pub relay: Option<String>,
    /// Whether the relay hears this machine now.
    pub connected: bool,
    /// How this machine hears the relay.
    pub mode: Mode,
    /// Where the key is kept: `file`, `environment` or `none`.
    pub key_store: String,
    /// The projects.
    pub projects: Vec<ProjectStatus>,
}

/// One project in a [`Status`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectStatus {
    /// Its id.
    pub id: ProjectId,
    /// What makes it the same on every machine.
    pub key: String,
    /// Its folder.
    pub dir: String,
    /// Its specs folder, relative to `dir`.
    pub specs_dir: String,
    /// How many specs it has.
    pub specs: usize,
    /// How many files of it are sent.
    pub files: usize,
    /// Whether the relay holds exactly what is on the disk.
    pub in_sync: bool,
    /// Check sum of what is on the disk.
    pub state_hash: StateHash,
    /// How it is watched.
    pub watch: Watch,
    /// What a remote user may do.
    pub allow: Vec<Permission>,
    /// What is not sent, with reasons.
    pub skipped: Vec<Skipped>,
    /// Sentences: what needs a person.
    pub problems: Vec<String>,
}

/// What stands in the file: the status, and what the sentence for people says beyond it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatusFile {
    /// What `--json` prints.
    pub status: Status,
    /// `HTTP/2`, `HTTP/1.1`; absent while offline.
    pub http: Option<String>,
    /// A sentence: why the relay is not reached, and what to do.
    pub trouble: Option<String>,
}

impl StatusFile {
    /// Reads what the last bridge on this state folder said.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn read(state: &StateFolder) -> Result<Option<Self>, StateError> {
        atomic::read_json(&state.file(FILE))
    }

    /// Replaces what the last bridge said.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, state: &StateFolder) -> Result<(), StateError> {
        atomic::write_json(&state.file(FILE), self, Durability::Whole)
    }
}

impl Status {
    /// The one sentence that answers "is all well?".
    #[must_use]
    pub fn sentence(&self, http: Option<&str>) -> String {
        let specs: usize = self.projects.iter().map(|project| project.specs).sum();
        let projects = self.projects.len();
        let counts = format!("{}, {}", count(projects, "project"), count(specs, "spec"));
        let relay = self.relay.as_deref().unwrap_or("no relay");
        let relay = relay.split_once("://").map_or(relay, |(_, rest)| rest);
        if !self.connected {
            return format!("Offline: {counts}, {relay} is not reached");
        }
        let way = match (self.mode, http) {
            (Mode::Stream, Some(http)) => format!("streaming over {http}"),
            (Mode::Stream, None) => "streaming".to_owned(),
            (Mode::Poll, Some(http)) => format!("polling over {http}"),
            (Mode::Poll | Mode::Offline, _) => "polling".to_owned(),
        };
        let behind = self.projects.iter().filter(|project| !project.in_sync).count();
        if behind == 0 {
            format!("In sync: {counts}, {relay}, {way}")
        } else {
            format!("Syncing: {behind} of {counts}, {relay}, {way}")
        }
    }
}

/// `1 spec`, `2 specs`.
#[must_use]
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;

    fn project(specs: usize, in_sync: bool) -> ProjectStatus {
        ProjectStatus {
            id: random::id(),
            key: "example.org/a".into(),
            dir: "/a".into(),
            specs_dir: "specs".into(),
            specs,
            files: specs,
            in_sync,
            state_hash: StateHash::default(),
            watch: Watch::Native,
            allow: vec![Permission::Frontmatter],
            skipped: vec![],
            problems: vec![],
        }
    }

    fn status(projects: Vec<ProjectStatus>) -> Status {
        Status {
            version: "0.1.0".into(),
            machine_id: Some("m1".parse().expect("valid")),
            relay: Some("https://relay.example.org".into()),
            connected: true,
            mode: Mode::Stream,
            key_store: "file".into(),
            projects,
        }
    }

    #[test]
    fn one_sentence_says_whether_all_is_well() {
        let well = status(vec![project(400, true), project(11, true), project(1, true)]);
        assert_eq!(
            well.sentence(Some("HTTP/2")),
            "In sync: 3 projects, 412 specs, relay.example.org, streaming over HTTP/2"
        );
        let behind = status(vec![project(400, true), project(1, false)]);
        assert!(behind.sentence(None).starts_with("Syncing: 1 of 2 projects, 401 specs"));
        let offline =
            Status { connected: false, mode: Mode::Offline, ..status(vec![project(1, true)]) };
        assert_eq!(
            offline.sentence(None),
            "Offline: 1 project, 1 spec, relay.example.org is not reached"
        );
    }

    /// Golden: programs rely on these names.
    #[test]
    fn the_json_has_exactly_the_promised_fields() {
        let json = serde_json::to_value(status(vec![project(1, true)])).expect("plain data");
        let names = |value: &serde_json::Value| {
            let object = value.as_object().expect("an object");
            object.keys().cloned().collect::<std::collections::BTreeSet<_>>()
        };
        let set = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
        let wanted: std::collections::BTreeSet<String> =
            set(&["version", "machine_id", "relay", "connected", "mode", "key_store", "projects"]);
        assert_eq!(names(&json), wanted);
        let wanted: std::collections::BTreeSet<String> = set(&[
            "id",
            "key",
            "dir",
            "specs_dir",
            "specs",
            "files",
            "in_sync",
            "state_hash",
            "watch",
            "allow",
            "skipped",
            "problems",
        ]);
        assert_eq!(names(&json["projects"][0]), wanted);
        assert_eq!(
            (&json["mode"], &json["projects"][0]["watch"]),
            (&"stream".into(), &"native".into())
        );
    }
}
