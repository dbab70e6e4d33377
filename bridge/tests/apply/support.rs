//! A project of one spec, with its journal.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use leanspec_bridge::apply::steps::{Step, Steps};
use leanspec_bridge::apply::{Journal, Lasts, Replaced, Replacement, Shop, preserved};
use leanspec_bridge::source::filter::Filter;
use leanspec_shared::command::{
    Base, By, CommandState, Delivery, Edit, NewCommand, Outcome, Report,
};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::CommandId;
use leanspec_shared::path::FilePath;

/// The spec's file before anything happens.
pub(crate) const BASE: &str = "---\nstatus: planned\n---\n# Title\n";

/// What commands make of it.
pub(crate) const WANTED: &str = "---\nstatus: complete\n---\n# Title\n";

pub(crate) struct Scene {
    _temp: Option<tempfile::TempDir>,
    pub(crate) root: PathBuf,
    pub(crate) specs: PathBuf,
    pub(crate) state: PathBuf,
}

impl Scene {
    /// Beside what is built, since a folder for temporary files may be one in memory, without
    /// attributes.
    pub(crate) fn new() -> Self {
        Self::below(Path::new(env!("CARGO_TARGET_TMPDIR")))
    }

    /// In memory where that is to be had: for tests that flush thousands of times.
    pub(crate) fn quick() -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::below(memory) } else { Self::new() }
    }

    fn below(folder: &Path) -> Self {
        let temp = tempfile::tempdir_in(folder).expect("a folder");
        let root = temp.path().canonicalize().expect("a path");
        let scene = Self { _temp: Some(temp), ..Self::at(&root) };
        std::fs::create_dir_all(scene.specs.join("001-a")).expect("made");
        std::fs::create_dir_all(&scene.state).expect("made");
        std::fs::write(scene.file(), BASE).expect("written");
        scene
    }

    /// One that is there already, and stays.
    pub(crate) fn at(root: &Path) -> Self {
        let (specs, state) = (root.join("specs"), root.join("state"));
        Self { _temp: None, root: root.to_owned(), specs, state }
    }

    /// The same as a disk would hold it that was copied in this moment.
    pub(crate) fn copied(&self) -> Self {
        let copy = Self::quick();
        copy_folder(&self.root, &copy.root);
        copy
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.specs.join("001-a/README.md")
    }

    pub(crate) fn text(&self) -> String {
        std::fs::read_to_string(self.file()).expect("the file is there")
    }

    pub(crate) fn shop(&self) -> Shop {
        self.shop_with(Steps::default())
    }

    pub(crate) fn shop_with(&self, steps: Steps) -> Shop {
        let filter = Filter::new(&[], 1024 * 1024).expect("no patterns");
        Shop::open_with(&self.specs, &self.state, filter, steps).expect("the specs are there")
    }

    pub(crate) fn journal(&self) -> Journal {
        Journal::open(&self.state).expect("the journal opens")
    }

    pub(crate) fn journal_with(&self, steps: Steps) -> Journal {
        Journal::open_with(&self.state, steps).expect("the journal opens")
    }

    /// The texts that are preserved.
    pub(crate) fn preserved(&self) -> BTreeSet<String> {
        let list = preserved::list(&self.state).expect("readable");
        list.iter().map(|kept| std::fs::read_to_string(&kept.path).expect("readable")).collect()
    }

    /// Names below the specs folder that are ours.
    pub(crate) fn temporaries(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.specs.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("readable") {
                let entry = entry.expect("readable");
                if entry.file_name().to_string_lossy().starts_with(".leanspec-") {
                    found.push(entry.path());
                } else if entry.file_type().expect("known").is_dir() {
                    folders.push(entry.path());
                }
            }
        }
        found
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("known").is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("copied");
        }
    }
}

pub(crate) fn id(text: &str) -> CommandId {
    text.parse().expect("an id")
}

pub(crate) fn path(text: &str) -> FilePath {
    text.parse().expect("a path")
}

pub(crate) fn applied(text: &str) -> Report {
    let outcome = Outcome { hash: Some(ContentHash::of(text.as_bytes())), ..Outcome::default() };
    Report { state: CommandState::Applied, outcome }
}

pub(crate) fn conflict() -> Report {
    Report { state: CommandState::Conflict, outcome: Outcome::default() }
}

/// A command that gives the spec's file another text.
pub(crate) fn delivery(command: &str, base: &str, content: &str) -> Delivery {
    let edit = Edit::UpdateContent { spec: path("001-a"), file: None, content: content.to_owned() };
    let base = Base::Hash { hash: ContentHash::of(base.as_bytes()) };
    Delivery {
        id: id(command),
        project: "p1".parse().expect("an id"),
        posted: NewCommand::new(&edit, Some(base), false),
        base_hash: None,
        expires_in_ms: 60_000,
        by: By { key: "k1".parse().expect("an id"), name: "phone".into() },
        withdraw: false,
    }
}

/// A command that makes a spec.
pub(crate) fn create_delivery(command: &str) -> Delivery {
    let edit = Edit::CreateSpec {
        name: "new".into(),
        title: None,
        template: None,
        fields: serde_json::Map::new(),
    };
    Delivery { posted: NewCommand::new(&edit, None, false), ..delivery(command, "", "") }
}

/// Receives a command and carries it out on the spec's file, as the inbox does.
pub(crate) fn replace(
    shop: &Shop,
    journal: &mut Journal,
    command: &str,
    base: &str,
    new: &str,
) -> Replaced {
    journal.receive(&[delivery(command, base, new)], SystemTime::now()).expect("journalled");
    replace_at(shop, journal, command, "001-a/README.md", base, new)
}

pub(crate) fn replace_at(
    shop: &Shop,
    journal: &mut Journal,
    command: &str,
    file: &str,
    base: &str,
    new: &str,
) -> Replaced {
    replace_lasting(shop, journal, command, file, (base, new), Lasts::Now)
}

pub(crate) fn replace_lasting(
    shop: &Shop,
    journal: &mut Journal,
    command: &str,
    file: &str,
    (base, new): (&str, &str),
    lasts: Lasts,
) -> Replaced {
    let wanted = Replacement {
        command: &id(command),
        path: &path(file),
        base: ContentHash::of(base.as_bytes()),
        bytes: new.as_bytes(),
        report: &applied(new),
        lasts,
    };
    shop.replace(journal, &wanted)
}

/// A hook that does something the first time `step` comes.
pub(crate) fn at_first(step: Step, action: impl FnOnce() + Send + 'static) -> Steps {
    let action = Mutex::new(Some(action));
    Steps::with(move |now| {
        if now == step
            && let Some(action) = action.lock().expect("not poisoned").take()
        {
            action();
        }
        Ok(())
    })
}

/// A hook that fails each `step` with an error of this kind.
pub(crate) fn failing(step: Step, kind: io::ErrorKind) -> Steps {
    Steps::with(move |now| if now == step { Err(kind.into()) } else { Ok(()) })
}

/// A hook that writes down the steps, and what it has written down.
pub(crate) fn recording() -> (Steps, Arc<Mutex<Vec<Step>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&seen);
    let steps = Steps::with(move |step| {
        notes.lock().expect("not poisoned").push(step);
        Ok(())
    });
    (steps, seen)
}

/// Saves as editors do that write to the side and rename.
pub(crate) fn save_by_rename(file: &Path, text: &str) {
    let side = file.with_file_name("editor-side");
    std::fs::write(&side, text).expect("written");
    std::fs::rename(side, file).expect("renamed");
}

/// Runs git, undisturbed by what the caller's repository sets.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = std::process::Command::new("git");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    let output = command.arg("-C").arg(folder).args(arguments).output().expect("git runs");
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A hook that fails `step` the first time, as a full disk would.
pub(crate) fn failing_once(step: Step) -> Steps {
    failing_nth(step, 1)
}

/// A hook that fails `step` at its `nth` time only.
pub(crate) fn failing_nth(step: Step, nth: usize) -> Steps {
    let count = Mutex::new(0);
    Steps::with(move |now| {
        if now != step {
            return Ok(());
        }
        let mut count = count.lock().expect("not poisoned");
        *count += 1;
        if *count == nth { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    })
}
