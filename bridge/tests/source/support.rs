//! A project in a temporary folder and the source that watches it, as the tests see them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use leanspec_bridge::beat::Beat;
use leanspec_bridge::source::watch::Watcher;
use leanspec_bridge::source::{
    Baseline, FoundProject, Halt, SourceHandle, SourceSettings, SpecLocation, Update, WatchMode,
    requests, run,
};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::path::FilePath;
use leanspec_shared::view::{Git, ProjectState, SkipReason, Skipped};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long anything may take before the test gives up: far more than it should.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// The hash of a text.
pub(crate) fn hash_of(text: &str) -> ContentHash {
    ContentHash::of(text.as_bytes())
}

/// A path below the specs folder.
pub(crate) fn path(text: &str) -> FilePath {
    text.parse().expect("a valid path")
}

/// A project on the disk, its source, and what the source has told so far.
pub(crate) struct Scene {
    /// The project's folder.
    pub(crate) root: PathBuf,
    /// What the next source is started with.
    pub(crate) settings: Settings,
    /// Keeps the folder alive.
    _folder: tempfile::TempDir,
    running: Option<Running>,
    /// What was told, folded together.
    pub(crate) files: BTreeMap<FilePath, ContentHash>,
    pub(crate) specs: BTreeMap<FilePath, SpecLocation>,
    /// How often a spec was located.
    pub(crate) located: usize,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) state: Option<(ProjectState, Option<Halt>)>,
    pub(crate) watch: Option<WatchMode>,
    pub(crate) git: Option<Option<Git>>,
    pub(crate) baseline: Option<Baseline>,
    pub(crate) complete: bool,
    /// Every change of a file in the order told; `None` = gone.
    pub(crate) told: Vec<(FilePath, Option<ContentHash>)>,
}

/// The part of [`SourceSettings`] that tests vary.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) ignore: Vec<String>,
    pub(crate) file_max_bytes: u64,
    pub(crate) may_write: bool,
}

struct Running {
    updates: mpsc::Receiver<Update>,
    handle: SourceHandle,
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

impl Scene {
    /// A project with these files below `specs/`, not watched yet.
    pub(crate) fn prepare(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().canonicalize().expect("a canonical path").join("project");
        std::fs::create_dir_all(root.join("specs")).expect("a specs folder");
        let scene = Self {
            root,
            settings: Settings { ignore: vec![], file_max_bytes: 1 << 20, may_write: true },
            _folder: folder,
            running: None,
            files: BTreeMap::new(),
            specs: BTreeMap::new(),
            located: 0,
            skipped: vec![],
            state: None,
            watch: None,
            git: None,
            baseline: None,
            complete: false,
            told: vec![],
        };
        for (name, text) in files {
            scene.write(name, text);
        }
        scene
    }

    /// The same, watched, with everything told.
    pub(crate) async fn with(files: &[(&str, &str)]) -> Self {
        let mut scene = Self::prepare(files);
        scene.start().await;
        scene
    }

    /// Where the specs are.
    pub(crate) fn dir(&self) -> PathBuf {
        self.root.join("specs")
    }

    /// The place of one file on the disk.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    /// Writes a file in place, with the folders it needs.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.at(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("written");
    }

    /// Writes a file beside it and renames that over it.
    pub(crate) fn replace(&self, name: &str, text: &str) {
        let temporary = self.at(name).with_file_name("sedA1b2C3");
        std::fs::write(&temporary, text).expect("written");
        std::fs::rename(temporary, self.at(name)).expect("renamed");
    }

    /// Starts the source over what an earlier one told, and waits until all is told.
    pub(crate) async fn start(&mut self) {
        self.launch();
        self.until("everything is told", |scene| scene.complete).await;
    }

    /// Starts the source without waiting.
    pub(crate) fn launch(&mut self) {
        let project = FoundProject {
            root: self.root.clone(),
            specs: self.dir(),
            specs_dir: "specs".into(),
            name: "demo".into(),
            ..FoundProject::default()
        };
        let settings = SourceSettings {
            project,
            ignore: self.settings.ignore.clone(),
            file_max_bytes: self.settings.file_max_bytes,
            may_write: self.settings.may_write,
            known: self.files.keys().cloned().collect::<BTreeSet<_>>(),
            baseline: self.baseline.clone(),
            watcher: Watcher::start(),
            beat: Beat::start(Instant::now()),
        };
        self.complete = false;
        let (updates_in, updates) = mpsc::channel(16);
        let (handle, requests) = requests();
        let cancel = CancellationToken::new();
        let stop = cancel.clone();
        #[expect(clippy::disallowed_methods, reason = "`stop` awaits it")]
        let task = tokio::spawn(async move {
            run(settings, updates_in, requests, stop).await.expect("a healthy source");
        });
        self.running = Some(Running { updates, handle, cancel, task });
    }

    /// Stops the source and waits for it.
    pub(crate) async fn stop(&mut self) {
        let Some(running) = self.running.take() else { return };
        running.cancel.cancel();
        tokio::time::timeout(DEADLINE, running.task)
            .await
            .expect("stops in time")
            .expect("no panic");
    }

    /// Requests to the running source.
    pub(crate) fn handle(&self) -> &SourceHandle {
        &self.running.as_ref().expect("a running source").handle
    }

    /// Takes updates until something holds.
    pub(crate) async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let waiting = async {
            while !holds(self) {
                let running = self.running.as_mut().expect("a running source");
                let update = running.updates.recv().await.expect("the source goes on");
                self.fold(update);
            }
        };
        let in_time = tokio::time::timeout(DEADLINE, waiting).await.is_ok();
        assert!(
            in_time,
            "not in time: {what}; state {:?}, files {:?}",
            self.state,
            self.files.keys()
        );
    }

    /// Takes updates for a while in which something must not happen.
    pub(crate) async fn during(
        &mut self,
        time: Duration,
        what: &str,
        holds: impl Fn(&Self) -> bool,
    ) {
        let end = tokio::time::Instant::now() + time;
        loop {
            assert!(holds(self), "broken: {what}; told {:?}", self.told);
            let running = self.running.as_mut().expect("a running source");
            match tokio::time::timeout_at(end, running.updates.recv()).await {
                Ok(update) => self.fold(update.expect("the source goes on")),
                Err(_) => return,
            }
        }
    }

    fn fold(&mut self, update: Update) {
        for (path, file) in update.files {
            self.told.push((path.clone(), file.map(|file| file.hash)));
            match file {
                Some(file) => self.files.insert(path, file.hash),
                None => self.files.remove(&path),
            };
        }
        for (path, location) in update.specs {
            self.located += 1;
            match location {
                Some(location) => self.specs.insert(path, location),
                None => self.specs.remove(&path),
            };
        }
        self.skipped = update.skipped.unwrap_or(std::mem::take(&mut self.skipped));
        self.state = update.state.or(self.state.take());
        self.watch = update.watch.or(self.watch.take());
        self.git = update.git.or(self.git.take());
        self.baseline = update.baseline.or(self.baseline.take());
        self.complete |= update.complete;
    }

    /// The hash that was told of a file.
    pub(crate) fn file(&self, name: &str) -> Option<ContentHash> {
        self.files.get(&path(name)).copied()
    }

    /// The specs that were told, by path.
    pub(crate) fn specs(&self) -> Vec<String> {
        self.specs.keys().map(FilePath::to_string).collect()
    }

    /// Whether the project is halted, with this in the reason.
    pub(crate) fn is_halted_with(&self, words: &str) -> bool {
        matches!(&self.state, Some((ProjectState::Halted, Some(halt))) if halt.reason.contains(words))
    }

    /// Whether the project is live.
    pub(crate) fn is_live(&self) -> bool {
        self.state == Some((ProjectState::Live, None))
    }

    /// The reason for which a path is listed as not sent.
    pub(crate) fn skip_reason(&self, name: &str) -> Option<SkipReason> {
        self.skipped
            .iter()
            .find(|skipped| skipped.path == name)
            .map(|skipped| skipped.reason.clone())
    }

    /// Runs git in the project.
    pub(crate) fn git(&self, arguments: &[&str]) {
        git(&self.root, arguments);
    }

    /// What is on the disk, read without the code under test: regular files whose names do not
    /// begin with a dot.
    pub(crate) fn on_disk(&self) -> BTreeMap<FilePath, ContentHash> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.dir()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder") {
                let entry = entry.expect("an entry");
                let kind = entry.file_type().expect("a type");
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() && !entry.file_name().to_string_lossy().starts_with('.') {
                    let whole = entry.path();
                    let name = whole.strip_prefix(self.dir()).expect("below").to_string_lossy();
                    let bytes = std::fs::read(&whole).expect("read");
                    files.insert(path(&name), ContentHash::of(&bytes));
                }
            }
        }
        files
    }
}

/// Runs git with a fixed author.
pub(crate) fn git(folder: &Path, arguments: &[&str]) {
    let output = std::process::Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.org"])
        .args(["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"])
        .args(arguments)
        .output()
        .expect("git runs");
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
