//! The log of every command that this machine was given, and of what became of each: one line of
//! JSON for each event, only ever appended to, for `leanspec-bridge log`.
//!
//! It tells what was asked and what happened, never the text of a file. Nothing is decided by it:
//! that is the journal's.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use leanspec_shared::command::{By, Change, CommandState, Reason};
use leanspec_shared::id::{CommandId, ProjectId};
use leanspec_shared::path::FilePath;
use leanspec_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::platform::private;
use crate::state::StateFolder;

const FILE: &str = "commands.log";
const OLDER: &str = "commands.log.1";
/// The size at which the log is put aside, in bytes; one older is kept. About 10,000 commands each.
const FILE_MAX_BYTES: u64 = 4 * 1024 * 1024;

/// What happened to a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It came, and is journalled.
    Received,
    /// It ended.
    Ended,
    /// After it was applied, a program on this machine wrote into the file that was replaced.
    Overtaken,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
    /// The command.
    pub command: CommandId,
    /// The project.
    pub project: ProjectId,
    /// The project's folder.
    pub dir: String,
    /// The command's `type`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The spec it names, or made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<FilePath>,
    /// Who asked.
    pub by: By,
    /// What was asked, in a few words.
    pub asked: String,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<CommandState>,
    /// Why it ended so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What was said to the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The file that was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FilePath>,
    /// The fields that changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// The log, for writing. Cheap to clone; all projects share it.
#[derive(Debug, Clone)]
pub struct Audit {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    folder: StateFolder,
    file: Option<File>,
    len: u64,
    /// The last try failed, which was said.
    failing: bool,
}

impl Audit {
    /// The log in a state folder; opened with the first entry.
    #[must_use]
    pub fn new(folder: StateFolder) -> Self {
        let shared = Shared { folder, file: None, len: 0, failing: false };
        Self { shared: Arc::new(Mutex::new(shared)) }
    }

    /// Reads what is in it: see [`read`].
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn read(&self) -> io::Result<Vec<Entry>> {
        let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        read(&shared.folder)
    }

    /// Appends entries. A log that cannot be written is said once and stops no command: what counts
    /// stands in the journal.
    pub fn note(&self, entries: &[Entry]) {
        let mut text = Vec::new();
        for entry in entries {
            if serde_json::to_writer(&mut text, entry).is_ok() {
                text.push(b'\n');
            }
        }
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let written = if text.is_empty() { Ok(()) } else { shared.append(&text) };
        if let Err(error) = &written
            && !shared.failing
        {
            log::warn!("cannot write {}: {error}", shared.folder.file(FILE).display());
        }
        shared.failing = written.is_err();
    }
}

impl Shared {
    fn append(&mut self, text: &[u8]) -> io::Result<()> {
        if self.len > FILE_MAX_BYTES {
            self.file = None;
            std::fs::rename(self.folder.file(FILE), self.folder.file(OLDER))?;
        }
        if self.file.is_none() {
            let file = private::options().append(true).open(self.folder.file(FILE))?;
            self.len = file.metadata()?.len();
            self.file = Some(file);
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        // One write for each line or batch: whoever reads beside us sees whole lines.
        file.write_all(text)?;
        self.len += text.len() as u64;
        Ok(())
    }
}

/// Reads the log, oldest first. Lines that cannot be read are passed over: the last may be half
/// written, others may be of a newer version.
///
/// # Errors
/// When a file is there and cannot be read.
pub fn read(folder: &StateFolder) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for name in [OLDER, FILE] {
        let path: PathBuf = folder.file(name);
        match std::fs::read(&path) {
            Ok(bytes) => {
                let lines = bytes.split(|byte| *byte == b'\n');
                entries.extend(lines.filter_map(|line| serde_json::from_slice(line).ok()));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: usize) -> Entry {
        Entry {
            at: Timestamp::from_unix_ms(0),
            event: Event::Ended,
            command: format!("c{number}").parse().expect("an id"),
            project: "p1".parse().expect("an id"),
            dir: "/home/me/app".into(),
            kind: "update_frontmatter".into(),
            spec: "001-a".parse().ok(),
            by: By { key: "k1".parse().expect("an id"), name: "phone".into() },
            asked: "status → complete".into(),
            state: Some(CommandState::Applied),
            reason: None,
            message: None,
            file: None,
            changes: Vec::new(),
        }
    }

    fn folder() -> (tempfile::TempDir, StateFolder) {
        let temp = tempfile::tempdir().expect("a folder");
        let folder = StateFolder::create(temp.path().to_owned()).expect("made");
        (temp, folder)
    }

    #[test]
    fn entries_are_appended_and_read_back_in_order_also_by_another_process() {
        let (_temp, folder) = folder();
        Audit::new(folder.clone()).note(&[entry(1), entry(2)]);
        Audit::new(folder.clone()).note(&[entry(3)]);
        assert_eq!(read(&folder).expect("readable"), [entry(1), entry(2), entry(3)]);
    }

    #[test]
    fn a_line_that_was_cut_or_is_newer_hides_no_other() {
        let (_temp, folder) = folder();
        let audit = Audit::new(folder.clone());
        audit.note(&[entry(1)]);
        let path = folder.file(FILE);
        let mut text = std::fs::read_to_string(&path).expect("readable");
        text += "{\"at\":\"in a newer form\"}\n{\"at\":\"1970-01-01T00:0";
        std::fs::write(&path, text).expect("written");
        assert_eq!(read(&folder).expect("readable"), [entry(1)]);
    }

    #[test]
    fn a_log_that_grew_large_is_put_aside_and_still_read() {
        let (_temp, folder) = folder();
        let audit = Audit::new(folder.clone());
        let long = Entry { asked: "x".repeat(1024 * 1024), ..entry(0) };
        for _ in 0..6 {
            audit.note(std::slice::from_ref(&long));
        }
        audit.note(&[entry(7)]);
        assert!(folder.file(OLDER).exists());
        let entries = read(&folder).expect("readable");
        assert_eq!((entries.len(), entries.last()), (7, Some(&entry(7))));
        let size = |name| folder.file(name).metadata().expect("there").len();
        assert!(size(FILE) < FILE_MAX_BYTES && size(OLDER) < FILE_MAX_BYTES + 2 * 1024 * 1024);
    }

    #[test]
    fn no_log_is_an_empty_one() {
        let (_temp, folder) = folder();
        assert_eq!(read(&folder).expect("no error"), []);
    }

    #[cfg(unix)]
    #[test]
    fn the_log_is_its_owners_only() {
        use std::os::unix::fs::PermissionsExt;
        let (_temp, folder) = folder();
        Audit::new(folder.clone()).note(&[entry(1)]);
        let mode = folder.file(FILE).metadata().expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
