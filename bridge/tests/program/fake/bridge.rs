//! The real program in an empty home, with a project to watch.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::SystemTime;

use leanspec_shared::hash::{ContentHash, StateHash};
use leanspec_shared::path::FilePath;
use serde_json::Value;
use tempfile::TempDir;

use super::{Fake, KEY};

/// A home, a project and the way to start the program in them.
pub(crate) struct Place {
    temp: TempDir,
}

impl Place {
    /// An empty home, and a project with two specs.
    pub(crate) fn new() -> Self {
        let place = Self { temp: tempfile::tempdir().expect("a folder") };
        std::fs::create_dir_all(place.home()).expect("made");
        place.write("001-first/README.md", "---\nstatus: planned\n---\n\n# First\n\nText.\n");
        place.write("002-second/README.md", "---\nstatus: draft\n---\n\n# Second\n\n- [ ] do it\n");
        place
    }

    /// The home folder.
    pub(crate) fn home(&self) -> PathBuf {
        self.temp.path().join("home")
    }

    /// The project's folder.
    pub(crate) fn project(&self) -> PathBuf {
        self.temp.path().join("project")
    }

    /// The state folder.
    pub(crate) fn state(&self) -> PathBuf {
        self.home().join("state")
    }

    /// A path below the specs folder.
    pub(crate) fn spec(&self, path: &str) -> PathBuf {
        self.project().join("specs").join(path)
    }

    /// Writes a file below the specs folder.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.spec(path);
        std::fs::create_dir_all(path.parent().expect("below specs")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    /// Reads a file below the specs folder.
    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.spec(path)).expect("readable")
    }

    /// A command with nothing of the user's environment in it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leanspec-bridge"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .env("LEANSPEC_BRIDGE_STATE", self.state())
            .current_dir(self.home());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).stdin(Stdio::null()).output().expect("started")
    }

    /// A command against a relay, about the project.
    pub(crate) fn against(&self, fake: &Fake, subcommand: &str) -> Command {
        let mut command = self.command(&[subcommand, "--project"]);
        command
            .arg(self.project())
            .env("LEANSPEC_BRIDGE_RELAY", fake.url())
            .env("LEANSPEC_BRIDGE_KEY", KEY)
            .env("LEANSPEC_BRIDGE_LOG_LEVEL", "debug");
        command
    }

    /// Starts `run`. What it says goes into a file.
    pub(crate) fn run(&self, fake: &Fake) -> Running {
        self.start(self.against(fake, "run"))
    }

    /// Starts a prepared command.
    pub(crate) fn start(&self, mut command: Command) -> Running {
        let said = self.temp.path().join("said");
        let file = std::fs::File::create(&said).expect("made");
        let child = command.stdin(Stdio::null()).stderr(file).spawn().expect("started");
        Running { child, said }
    }

    /// What is on the disk below the specs folder.
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        let mut folders = vec![self.project().join("specs")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("readable").flatten() {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else {
                    let bytes = std::fs::read(entry.path()).expect("readable");
                    files.push((
                        self.name(&entry.path()),
                        String::from_utf8_lossy(&bytes).into_owned(),
                    ));
                }
            }
        }
        files.sort();
        files
    }

    /// Waits until the running program has seen all that is on the disk.
    pub(crate) async fn is_noticed(&self) {
        let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
        loop {
            let files = self.files().into_iter();
            let hashes: Vec<(FilePath, _)> = files
                .map(|(path, text)| {
                    (path.parse().expect("a path"), ContentHash::of(text.as_bytes()))
                })
                .collect();
            let disk: StateHash = hashes.iter().map(|(path, hash)| (path, hash)).collect();
            let status = std::fs::read(self.state().join("status.json")).unwrap_or_default();
            let status: Value = serde_json::from_slice(&status).unwrap_or_default();
            if status["status"]["projects"][0]["state_hash"] == disk.to_string() {
                return;
            }
            assert!(tokio::time::Instant::now() < deadline, "not all edits are noticed: {status}");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Every file and folder of the project, hidden ones too, with the time it was last written.
    pub(crate) fn everything(&self) -> Vec<(PathBuf, SystemTime)> {
        let mut found = Vec::new();
        let mut folders = vec![self.project()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("readable").flatten() {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                }
                let written = entry.metadata().and_then(|found| found.modified());
                found.push((entry.path(), written.expect("a time")));
            }
        }
        found.sort();
        found
    }

    fn name(&self, path: &Path) -> String {
        let specs = self.project().join("specs");
        let names = path.strip_prefix(specs).expect("below specs").components();
        names.map(|name| name.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    }
}

/// A running program; killed when dropped.
pub(crate) struct Running {
    /// The process.
    pub(crate) child: Child,
    said: PathBuf,
}

impl Running {
    /// What it said on standard error so far.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(&self.said).unwrap_or_default()
    }

    /// Waits until it said something.
    pub(crate) async fn says(&self, text: &str) {
        let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
        while !self.said().contains(text) {
            assert!(tokio::time::Instant::now() < deadline, "{text:?} in:\n{}", self.said());
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Waits for its end and returns the exit code.
    pub(crate) async fn ends(&mut self) -> Option<i32> {
        let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
        loop {
            if let Some(status) = self.child.try_wait().expect("asked") {
                return status.code();
            }
            assert!(tokio::time::Instant::now() < deadline, "it goes on:\n{}", self.said());
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
