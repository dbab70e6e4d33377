//! One command at a time on real files, with a real journal.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use leanspec_shared::command::{CommandState, Reason};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::limits::FILE_MAX_BYTES;
use leanspec_shared::view::Permission;
use serde_json::{Value, json};

use super::*;
use crate::apply::steps::{Step, Steps};
use crate::state::StateFolder;
use crate::state::audit::{self, Audit};

const TEXT: &str = "---\nstatus: planned\n---\n\n# A\n\n- [ ] do it\n";

#[path = "desk_flush_tests.rs"]
mod flushes;

struct House {
    temp: tempfile::TempDir,
    desk: Option<Desk>,
}

impl House {
    fn new() -> Self {
        let temp = tempfile::tempdir().expect("a folder");
        let mut house = Self { temp, desk: None };
        house.write("001-a/README.md", TEXT);
        house.open();
        house
    }

    fn specs(&self) -> PathBuf {
        self.temp.path().join("app/specs")
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.specs().join(path);
        std::fs::create_dir_all(path.parent().expect("below specs")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.specs().join(path)).expect("readable")
    }

    fn state(&self) -> StateFolder {
        StateFolder::create(self.temp.path().join("state")).expect("made")
    }

    /// Opens the desk, as a new process does.
    fn open(&mut self) -> Opened {
        self.desk = None;
        let state = self.state().project(&"p1".parse().expect("an id")).expect("made");
        let root = self.temp.path().join("app").canonicalize().expect("a path");
        let project = FoundProject { specs: root.join("specs"), root, ..FoundProject::default() };
        let allow = vec![Permission::Frontmatter, Permission::Tasks, Permission::Content];
        let audit = Audit::new(self.state());
        let materials = Materials {
            shadow: Arc::new(Mutex::new(Shadow::open(&state).0)),
            state,
            project,
            filter: Filter::new(&[], FILE_MAX_BYTES).expect("no patterns"),
            rights: Rights { allow, read_only: None },
            git_exclude: false,
            record: record::Writer {
                audit,
                project: "p1".parse().expect("an id"),
                dir: "/app".into(),
            },
        };
        let (desk, opened) = Desk::open(materials).expect("opened");
        self.desk = Some(desk);
        opened
    }

    /// Receives a command and carries it out.
    fn run(&mut self, id: &str, members: &Value) -> Came {
        let delivery = self.receive(id, members);
        self.turn(delivery, Lasts::Now).came.expect("work was done")
    }

    fn turn(&mut self, delivery: Delivery, lasts: Lasts) -> Turned {
        let work = Some(Work::Run(Arc::new(delivery), lasts));
        self.desk.as_mut().expect("open").perform(Turn { work, ..Turn::default() })
    }

    fn receive(&mut self, id: &str, members: &Value) -> Delivery {
        let delivery = delivery(id, members);
        let received = vec![delivery.clone()];
        let turned =
            self.desk.as_mut().expect("open").perform(Turn { received, ..Turn::default() });
        assert!(matches!(turned.received, Received::Kept(_)));
        delivery
    }

    /// Puts another journal on the desk, which tells of its steps.
    fn hook(&mut self, hook: impl Fn(Step) -> std::io::Result<()> + Send + Sync + 'static) {
        let state = self.state().project(&"p1".parse().expect("an id")).expect("made");
        let journal = Journal::open_with(&state, Steps::with(hook)).expect("opened");
        self.desk.as_mut().expect("open").journal = journal;
    }

    fn count(&mut self, flushes: &Arc<Mutex<usize>>) {
        let flushes = Arc::clone(flushes);
        self.hook(move |step| {
            *flushes.lock().expect("unpoisoned") += usize::from(step == Step::JournalFlush);
            Ok(())
        });
    }

    /// From now on the journal takes lines, and the disk is full when they are to last.
    fn fail_to_flush(&mut self) {
        self.hook(|step| match step {
            Step::JournalFlush | Step::JournalRewrite => {
                Err(std::io::ErrorKind::StorageFull.into())
            }
            _ => Ok(()),
        });
    }

    fn end(&mut self, id: &str, members: &Value) -> Report {
        match self.run(id, members) {
            Came::Ended { report, .. } => *report,
            other => panic!("{other:?}"),
        }
    }
}

fn delivery(id: &str, members: &Value) -> Delivery {
    let mut whole = json!({"id": id, "project": "p1", "expires_in_ms": 1000, "force": false,
        "by": {"key": "k1", "name": "phone"}});
    let given = members.as_object().expect("an object").clone();
    whole.as_object_mut().expect("an object").extend(given);
    serde_json::from_value(whole).expect("a delivery")
}

fn base(bytes: impl AsRef<[u8]>) -> Value {
    json!({ "hash": ContentHash::of(bytes.as_ref()) })
}

fn content(spec: &str, seen: &str, content: &str) -> Value {
    json!({"type": "update_content", "spec": spec, "content": content, "base": base(seen)})
}

fn why(report: &Report) -> (CommandState, Option<Reason>) {
    (report.state.clone(), report.outcome.reason.clone())
}

#[test]
fn a_task_is_ticked_and_the_displaced_file_is_looked_at_again() {
    let mut house = House::new();
    let task = json!({"type": "toggle_task", "spec": "001-a", "line": 7, "seen_line": "- [ ] do it",
        "checked": true, "base": base(TEXT)});
    let Came::Ended { delivery, report, displaced, .. } = house.run("c1", &task) else {
        panic!("it ends")
    };
    assert_eq!(why(&report), (CommandState::Applied, None));
    let new = TEXT.replace("[ ]", "[x]");
    assert_eq!(house.read("001-a/README.md"), new);
    assert_eq!(report.outcome.hash, Some(ContentHash::of(new.as_bytes())));
    assert!(report.outcome.diff.expect("a difference").contains("+- [x] do it"));
    let work = Some(Work::Settle(delivery, displaced.expect("a file was displaced")));
    let desk = house.desk.as_mut().expect("open");
    let came = desk.perform(Turn { work, ..Turn::default() }).came;
    assert!(matches!(came, Some(Came::Settled(_, None, _))), "{came:?}");
}

/// An editor that had the file open writes into what it holds, which nobody would ever see.
#[cfg(unix)]
#[test]
fn what_an_editor_writes_into_the_displaced_file_is_saved_and_told() {
    use std::io::Write;
    let mut house = House::new();
    let path = house.specs().join("001-a/README.md");
    let mut editor = std::fs::OpenOptions::new().append(true).open(path).expect("opened");
    let Came::Ended { delivery, displaced, .. } =
        house.run("c1", &content("001-a", TEXT, "# From elsewhere\n"))
    else {
        panic!("it ends")
    };
    editor.write_all(b"typed meanwhile\n").expect("written");
    let work = Some(Work::Settle(delivery, displaced.expect("a file was displaced")));
    let desk = house.desk.as_mut().expect("open");
    let came = desk.perform(Turn { work, ..Turn::default() }).came;
    let Some(Came::Settled(_, Some(message), _)) = came else { panic!("{came:?}") };
    assert!(message.contains("stands in the file now"), "{message}");
    assert!(house.read("001-a/README.md").ends_with("typed meanwhile\n"));
    let noted = audit::read(&house.state()).expect("readable");
    assert_eq!(noted.last().map(|entry| entry.event), Some(Event::Overtaken));
}

#[test]
fn a_flat_spec_and_another_file_of_a_spec_are_found_by_their_names() {
    let mut house = House::new();
    house.write("002-flat.md", "# Flat\n");
    house.write("001-a/DESIGN.md", "old");
    let report = house.end("c1", &content("002-flat.md", "# Flat\n", "# New\n"));
    assert_eq!(report.outcome.file.expect("written").as_str(), "002-flat.md");
    let mut command = content("001-a", "old", "new");
    command["file"] = json!("DESIGN.md");
    let report = house.end("c2", &command);
    assert_eq!(report.outcome.file.expect("written").as_str(), "001-a/DESIGN.md");
    assert_eq!(
        (house.read("002-flat.md"), house.read("001-a/DESIGN.md")),
        ("# New\n".into(), "new".into())
    );
}

#[cfg(unix)]
#[test]
fn a_change_that_changes_nothing_is_applied_without_writing() {
    use std::os::unix::fs::MetadataExt;
    let mut house = House::new();
    let stat = |house: &House| {
        let found = house.specs().join("001-a/README.md").metadata().expect("there");
        (found.ino(), found.modified().expect("a time"))
    };
    let before = stat(&house);
    let report = house.end("c1", &content("001-a", TEXT, TEXT));
    assert_eq!(why(&report), (CommandState::Applied, None));
    assert_eq!(report.outcome.hash, Some(ContentHash::of(TEXT.as_bytes())));
    assert_eq!(stat(&house), before);
}

#[test]
fn a_change_needs_a_base_and_a_result_that_can_be_sent() {
    let mut house = House::new();
    let mut without = content("001-a", TEXT, "x");
    without["base"] = Value::Null;
    assert_eq!(why(&house.end("c1", &without)), (CommandState::Refused, Some(Reason::Invalid)));
    let large = "x".repeat(FILE_MAX_BYTES as usize + 1);
    let report = house.end("c2", &content("001-a", TEXT, &large));
    assert_eq!(why(&report), (CommandState::Refused, Some(Reason::TooLarge)));
    assert_eq!(house.read("001-a/README.md"), TEXT);
}

#[cfg(unix)]
#[test]
fn links_and_files_with_several_names_are_refused() {
    let mut house = House::new();
    let outside = house.temp.path().join("outside.md");
    std::fs::write(&outside, "outside").expect("written");
    std::os::unix::fs::symlink(&outside, house.specs().join("002-link.md")).expect("linked");
    std::fs::hard_link(&outside, house.specs().join("003-hard.md")).expect("linked");
    for (id, spec) in [("c1", "002-link.md"), ("c2", "003-hard.md")] {
        let report = house.end(id, &content(spec, "outside", "evil"));
        assert_eq!(why(&report), (CommandState::Refused, Some(Reason::SpecialFile)), "{spec}");
    }
    let hidden = house.end("c3", &content(".git/config.md", "x", "evil"));
    assert_eq!(why(&hidden), (CommandState::Refused, Some(Reason::BadName)));
    assert_eq!(std::fs::read_to_string(outside).expect("readable"), "outside");
}

#[test]
fn a_conflict_with_bytes_that_are_no_text_says_so_by_their_hash() {
    let mut house = House::new();
    house.write("001-a/README.md", b"\xff\xfe");
    let report = house.end("c1", &content("001-a", TEXT, "x"));
    assert_eq!(why(&report), (CommandState::Conflict, Some(Reason::Changed)));
    assert_eq!(report.outcome.current, None);
    assert_eq!(report.outcome.current_hash, Some(ContentHash::of(b"\xff\xfe")));
    assert!(!report.outcome.rebasable && report.outcome.diff.is_none());
}

#[test]
fn a_command_stands_on_what_the_journal_says_its_predecessor_left_else_on_what_the_relay_says() {
    let mut house = House::new();
    assert_eq!(house.end("c1", &content("001-a", TEXT, "one")).state, CommandState::Applied);
    let after = |after: &str, text: &str| {
        let mut command = content("001-a", "", text);
        command["base"] = json!({ "after": after });
        command
    };
    assert_eq!(house.end("c2", &after("c1", "two")).state, CommandState::Applied);
    let unknown = house.end("c3", &after("c0", "three"));
    assert_eq!(why(&unknown), (CommandState::Conflict, Some(Reason::Predecessor)));
    let mut told = after("c0", "three");
    told["base_hash"] = json!(ContentHash::of(b"two"));
    assert_eq!(house.end("c4", &told).state, CommandState::Applied);
    house.receive("c5", &content("001-a", TEXT, "x"));
    let waits = house.run("c6", &after("c5", "y"));
    assert!(matches!(waits, Came::Busy(_)), "its predecessor may still be applied: {waits:?}");
}

/// A folder that is not there for a moment says nothing about its files.
#[test]
fn a_specs_folder_that_is_gone_holds_commands_back_and_ends_none() {
    let mut house = House::new();
    std::fs::rename(house.specs(), house.temp.path().join("away")).expect("moved");
    let came = house.run("c1", &content("001-a", TEXT, "x"));
    assert!(matches!(came, Came::Busy(_)), "{came:?}");
}

#[test]
fn a_command_that_ended_is_told_again_and_not_run_again_also_by_the_next_process() {
    let mut house = House::new();
    let first = house.end("c1", &content("001-a", TEXT, "one"));
    house.write("001-a/README.md", TEXT);
    assert_eq!(house.end("c1", &content("001-a", TEXT, "one")), first);
    assert_eq!(house.read("001-a/README.md"), TEXT, "not run again");
    let waiting = house.receive("c2", &content("001-a", TEXT, "x"));
    let opened = house.open();
    assert_eq!(opened.unreported, [("c1".parse().expect("an id"), first)]);
    assert_eq!(opened.pending.len(), 1);
    assert_eq!(opened.pending[0].0, waiting);
}

#[test]
fn withdrawn_and_expired_commands_end_in_the_journal_and_in_the_log() {
    let mut house = House::new();
    for (id, ending, state) in [
        ("c1", Ending::Withdrawn, CommandState::Withdrawn),
        ("c2", Ending::Expired, CommandState::Expired),
        ("c3", Ending::Halted, CommandState::Failed),
        ("c4", Ending::Busy("it is open".into()), CommandState::Failed),
    ] {
        let delivery = Arc::new(house.receive(id, &content("001-a", TEXT, "x")));
        let work = Some(Work::End(delivery, ending));
        let came =
            house.desk.as_mut().expect("open").perform(Turn { work, ..Turn::default() }).came;
        assert!(matches!(came, Some(Came::Ended { report, .. }) if report.state == state));
    }
    let opened = house.open();
    assert_eq!((opened.pending.len(), opened.unreported.len()), (0, 4));
    let noted = audit::read(&house.state()).expect("readable");
    let events: Vec<_> = noted.iter().map(|entry| entry.event).collect();
    assert_eq!(events, [Event::Received, Event::Ended].repeat(4));
}

#[test]
fn an_end_that_a_kill_kept_out_of_the_log_is_written_into_it_at_the_next_start() {
    let mut house = House::new();
    house.end("c1", &content("001-a", TEXT, "one"));
    let log = house.state().file("commands.log");
    let text = std::fs::read_to_string(&log).expect("readable");
    let received = text.lines().next().expect("a line");
    std::fs::write(&log, format!("{received}\n")).expect("written");
    for _ in 0..2 {
        house.open();
        let noted = audit::read(&house.state()).expect("readable");
        let states: Vec<_> = noted.iter().map(|entry| entry.state.clone()).collect();
        assert_eq!(states, [None, Some(CommandState::Applied)]);
    }
}
