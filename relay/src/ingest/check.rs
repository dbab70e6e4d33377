//! What can be said of a push without looking at what is held: form, paths, sizes, counts.

use std::collections::HashSet;
use std::fmt::Display;

use leanspec_shared::change::{Announce, ChangesHead, MalformedChanges, Manifest, decode_changes};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::limits::{
    BODY_MAX_WIRE_BYTES, FILE_MAX_BYTES, FILES_PER_PROJECT_MAX, LABEL_MAX_BYTES,
    PROJECTS_PER_MACHINE_MAX, ROWS_PER_PUSH_MAX, SINGLE_FILE_BODY_MAX_WIRE_BYTES,
    SKIPPED_LISTED_MAX, SUMMARY_MAX_BYTES,
};
use leanspec_shared::path::FilePath;
use leanspec_shared::view::{
    CreateKey, Exchange, HaltCode, ProjectFacts, ReadOnlyCode, RenameMachine,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{IngestError, ReceivedChanges};

/// The largest body of a call that a person makes, in bytes: a few names. One of these calls needs no
/// key, so nobody is read a megabyte from for it.
const FORM_MAX_BYTES: usize = 16 * 1024;

/// Takes a changes body apart and checks it. `wire_bytes` is its size as it came.
pub(crate) fn read_changes(body: &[u8], wire_bytes: usize) -> Result<ReceivedChanges, IngestError> {
    let (head, files) = decode_changes(body).map_err(|error| match error {
        MalformedChanges::Head(error) => {
            let line = body.split(|byte| *byte == b'\n').next().unwrap_or_default();
            misfit(line).unwrap_or_else(|| IngestError::Malformed(error.to_string()))
        }
        other => IngestError::Malformed(other.to_string()),
    })?;
    if wire_bytes > BODY_MAX_WIRE_BYTES && head.puts.len() != 1 {
        let what = "a body that carries more than one file".to_owned();
        return Err(IngestError::TooLarge { what, limit: BODY_MAX_WIRE_BYTES as u64 });
    }
    head_is_sound(&head)?;
    let mut contents = Vec::with_capacity(files.len());
    for (put, bytes) in head.puts.iter().zip(files) {
        at_most(put.path.as_str(), put.len, FILE_MAX_BYTES)?;
        let hash = ContentHash::of(bytes);
        if hash.check() != put.check {
            return Err(IngestError::HashMismatch(put.path.to_string()));
        }
        contents.push((hash, bytes.to_vec()));
    }
    Ok(ReceivedChanges { head, contents })
}

/// Reads a body of JSON. A path in it that is none is told apart from JSON that is not readable.
pub(crate) fn read_json<T: DeserializeOwned + Sound>(body: &[u8]) -> Result<T, IngestError> {
    let value: T = serde_json::from_slice(body).map_err(|error| {
        misfit(body).unwrap_or_else(|| IngestError::Malformed(error.to_string()))
    })?;
    value.is_sound()?;
    Ok(value)
}

/// A body that can be checked by itself.
pub(crate) trait Sound {
    /// The largest body on the wire, in bytes.
    const WIRE_MAX_BYTES: usize = SINGLE_FILE_BODY_MAX_WIRE_BYTES;

    /// Whether its sizes, counts and paths are allowed.
    fn is_sound(&self) -> Result<(), IngestError>;
}

impl Sound for Manifest {
    fn is_sound(&self) -> Result<(), IngestError> {
        too_many(
            "files in a manifest",
            self.files.len() + self.specs.len(),
            2 * FILES_PER_PROJECT_MAX,
        )?;
        each_once(self.files.iter().map(|file| &file.path))?;
        each_once(self.specs.iter())?;
        let paths = self.files.iter().map(|file| &file.path).chain(&self.specs);
        for path in paths {
            let before = self.from.as_ref().is_some_and(|from| path < from);
            let behind = self.to.as_ref().is_some_and(|to| path >= to);
            if before || behind {
                let why = "stands outside the range of this manifest";
                return Err(IngestError::PathMisplaced { path: path.to_string(), why });
            }
        }
        let oversized = self.files.iter().find(|file| file.size > FILE_MAX_BYTES);
        oversized.map_or(Ok(()), |file| at_most(file.path.as_str(), file.size, FILE_MAX_BYTES))
    }
}

impl Sound for Announce {
    fn is_sound(&self) -> Result<(), IngestError> {
        too_many("projects of one machine", self.projects.len(), PROJECTS_PER_MACHINE_MAX)?;
        labels_are_short(&[&self.name, &self.os, &self.version])?;
        let mut seen = HashSet::new();
        for facts in &self.projects {
            if !seen.insert(&facts.id) {
                let id = &facts.id;
                return Err(IngestError::Malformed(format!("the project {id} is announced twice")));
            }
            facts_are_sound(facts)?;
        }
        Ok(())
    }
}

impl Sound for CreateKey {
    const WIRE_MAX_BYTES: usize = FORM_MAX_BYTES;

    fn is_sound(&self) -> Result<(), IngestError> {
        labels_are_short(&[&self.name])
    }
}

impl Sound for RenameMachine {
    const WIRE_MAX_BYTES: usize = FORM_MAX_BYTES;

    fn is_sound(&self) -> Result<(), IngestError> {
        if self.name.trim().is_empty() {
            return Err(IngestError::Malformed("a machine's name cannot be empty".into()));
        }
        labels_are_short(&[&self.name])
    }
}

impl Sound for Exchange {
    const WIRE_MAX_BYTES: usize = FORM_MAX_BYTES;

    fn is_sound(&self) -> Result<(), IngestError> {
        labels_are_short(&[&self.code])
    }
}

fn facts_are_sound(facts: &ProjectFacts) -> Result<(), IngestError> {
    let reason = facts.state_reason.as_deref().unwrap_or_default();
    let read_only = facts.read_only.as_deref().unwrap_or_default();
    let state_code = facts.state_code.as_ref().map_or("", HaltCode::as_str);
    let read_only_code = facts.read_only_code.as_ref().map_or("", ReadOnlyCode::as_str);
    let git = facts.git.clone().unwrap_or_default();
    let (branch, commit) = (git.branch.unwrap_or_default(), git.commit.unwrap_or_default());
    labels_are_short(&[&facts.key, &facts.root_label, &facts.name, &facts.specs_dir])?;
    labels_are_short(&[reason, state_code, read_only, read_only_code, &branch, &commit])?;
    too_many("skipped files in a list", facts.skipped.len(), SKIPPED_LISTED_MAX)?;
    too_many("dirty files in a list", git.dirty.len(), leanspec_shared::limits::DIRTY_LISTED_MAX)
}

fn head_is_sound(head: &ChangesHead) -> Result<(), IngestError> {
    let rows = head.puts.len() + head.deletes.len() + head.specs.len() + head.specs_gone.len();
    too_many("puts, deletes and specs in one push", rows, ROWS_PER_PUSH_MAX)?;
    each_once(head.puts.iter().map(|put| &put.path).chain(&head.deletes))?;
    each_once(head.specs.iter().map(|spec| &spec.path).chain(&head.specs_gone))?;
    for spec in &head.specs {
        let members = match (&spec.summary, &spec.patch) {
            (Some(members), None) | (None, Some(members)) => Some(members),
            _ => None,
        };
        let Some(members) = members else {
            let why =
                format!("the spec {:?} needs either a summary or a patch", spec.path.as_str());
            return Err(IngestError::Malformed(why));
        };
        summary_is_short(&spec.path, members)?;
    }
    Ok(())
}

/// Whether a summary is small enough to be kept.
pub(super) fn summary_is_short(
    path: &FilePath,
    summary: &serde_json::Map<String, Value>,
) -> Result<(), IngestError> {
    let bytes = serde_json::to_string(summary).map_or(usize::MAX, |text| text.len());
    at_most(format!("the summary of {path}"), bytes as u64, SUMMARY_MAX_BYTES as u64)
}

fn each_once<'a>(paths: impl Iterator<Item = &'a FilePath>) -> Result<(), IngestError> {
    let mut seen = HashSet::new();
    for path in paths {
        if !seen.insert(path) {
            let why = "is named twice";
            return Err(IngestError::PathMisplaced { path: path.to_string(), why });
        }
    }
    Ok(())
}

fn labels_are_short(labels: &[&str]) -> Result<(), IngestError> {
    let longest = labels.iter().map(|label| label.len()).max().unwrap_or_default();
    at_most("a name", longest as u64, LABEL_MAX_BYTES as u64)
}

fn too_many(what: &'static str, count: usize, limit: usize) -> Result<(), IngestError> {
    if count <= limit { Ok(()) } else { Err(IngestError::TooMany { what, limit: limit as u64 }) }
}

fn at_most(what: impl Display, bytes: u64, limit: u64) -> Result<(), IngestError> {
    if bytes <= limit {
        Ok(())
    } else {
        Err(IngestError::TooLarge { what: what.to_string(), limit })
    }
}

/// The first text in the place of a path that is no path. The decoder of JSON says only that
/// something does not fit; a bridge must know that it was a path.
fn misfit(json: &[u8]) -> Option<IngestError> {
    let value: Value = serde_json::from_slice(json).ok()?;
    let lists = ["puts", "deletes", "specs", "specs_gone", "files"];
    let entries = lists.iter().filter_map(|name| value.get(name)?.as_array()).flatten();
    let ends = ["from", "to"].iter().filter_map(|name| value.get(name));
    entries.chain(ends).find_map(|entry| {
        let text = entry.as_str().or_else(|| entry.get("path")?.as_str())?;
        let why = text.parse::<FilePath>().err()?;
        Some(IngestError::Path { path: text.chars().take(200).collect(), why })
    })
}
