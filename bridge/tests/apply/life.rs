//! The life of a bridge that may end at any step: it opens the journal, receives what the relay
//! delivers again, recovers, carries out what is pending as the inbox does, and reports.

use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use leanspec_bridge::apply::steps::{Step, Steps};
use leanspec_bridge::apply::{Created, Creation, Journal, Lasts, Replaced, Shop};
use leanspec_shared::command::{CommandState, Delivery, Report};

use crate::support::{
    BASE, Scene, WANTED, applied, conflict, create_delivery, delivery, id, path, replace_lasting,
    save_by_rename,
};

/// What the outside world does while the bridge lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Story {
    /// Nothing: the change is applied.
    Undisturbed,
    /// Nothing, and another command follows: the flush of that one serves for the outcome.
    Followed,
    /// An editor saves in the moment of the exchange.
    SavedOnce,
    /// And once more while its save is put back.
    SavedTwice,
    /// An editor that has the file open writes into it after it was displaced.
    WrittenAfterwards,
    /// A spec is made.
    Created,
    /// Its number is taken in the last moment.
    CreatedBesideAnother,
}

pub(crate) const STORIES: [Story; 7] = [
    Story::Undisturbed,
    Story::Followed,
    Story::SavedOnce,
    Story::SavedTwice,
    Story::WrittenAfterwards,
    Story::Created,
    Story::CreatedBesideAnother,
];

pub(crate) const COMMAND: &str = "c1";

impl Story {
    pub(crate) fn makes_a_spec(self) -> bool {
        matches!(self, Self::Created | Self::CreatedBesideAnother)
    }

    /// The texts that somebody saves, in order.
    pub(crate) fn saves(self) -> &'static [&'static str] {
        match self {
            Self::SavedOnce => &["first save\n"],
            Self::SavedTwice => &["first save\n", "second save\n"],
            Self::WrittenAfterwards => &["written into the open file\n"],
            Self::Undisturbed | Self::Followed | Self::Created | Self::CreatedBesideAnother => &[],
        }
    }

    fn delivery(self) -> Delivery {
        if self.makes_a_spec() { create_delivery(COMMAND) } else { delivery(COMMAND, BASE, WANTED) }
    }
}

/// Who disturbs, once at each of their moments, over all lives of the bridge. What was done is
/// marked in a file, since a life may be a process.
pub(crate) struct World {
    pub(crate) story: Story,
    specs: PathBuf,
    file: PathBuf,
    marks: PathBuf,
    /// The editor's open file; none after a power loss, which ends editors as well.
    open: Option<Mutex<File>>,
}

impl World {
    pub(crate) fn new(scene: &Scene, story: Story) -> Self {
        let open = OpenOptions::new().write(true).open(scene.file()).expect("there");
        Self { open: Some(Mutex::new(open)), ..Self::without_power(scene, story) }
    }

    pub(crate) fn without_power(scene: &Scene, story: Story) -> Self {
        let marks = scene.root.join("marks");
        std::fs::create_dir_all(&marks).expect("made");
        Self { story, specs: scene.specs.clone(), file: scene.file(), marks, open: None }
    }

    fn disturb(&self, step: Step) {
        let mark = self.marks.join(format!("{step:?}"));
        let Some(open) = self.open.as_ref().filter(|_| !mark.exists()) else { return };
        match (self.story, step) {
            (Story::SavedOnce | Story::SavedTwice, Step::Exchange) => {
                save_by_rename(&self.file, self.story.saves()[0]);
            }
            (Story::SavedTwice, Step::PutBack) => {
                save_by_rename(&self.file, self.story.saves()[1]);
            }
            (Story::WrittenAfterwards, Step::PutAway) => {
                let mut open = open.lock().expect("unpoisoned");
                open.set_len(0).expect("truncated");
                open.rewind().expect("rewound");
                open.write_all(self.story.saves()[0].as_bytes()).expect("written");
            }
            (Story::CreatedBesideAnother, Step::FolderName) => {
                std::fs::create_dir(self.specs.join("002-new")).expect("made");
            }
            _ => return,
        }
        std::fs::write(mark, "").expect("marked");
    }

    /// The text that somebody saved last.
    fn last_save(&self) -> Option<&'static str> {
        let marks = std::fs::read_dir(&self.marks).expect("readable").count();
        self.story.saves().iter().take(marks).next_back().copied()
    }
}

/// Where a life ends.
struct Death;

/// One life, which dies in silence before step `last` and runs no clean-up. Says whether it lived
/// to its end.
pub(crate) fn live_until(scene: &Scene, world: &Arc<World>, last: usize) -> bool {
    let hook = move |count: usize, _: Step| {
        if count == last {
            resume_unwind(Box::new(Death));
        }
    };
    let ended = catch_unwind(AssertUnwindSafe(|| live(scene, world, hook)));
    match ended {
        Ok(()) => true,
        Err(death) if death.is::<Death>() => false,
        Err(failure) => resume_unwind(failure),
    }
}

/// One life; `at_step` hears each step with its number.
pub(crate) fn live(
    scene: &Scene,
    world: &Arc<World>,
    at_step: impl Fn(usize, Step) + Send + Sync + 'static,
) {
    let (world, count) = (Arc::clone(world), AtomicUsize::new(0));
    let story = world.story;
    let steps = Steps::with(move |step| {
        world.disturb(step);
        at_step(count.fetch_add(1, Ordering::Relaxed), step);
        Ok(())
    });
    let (mut journal, shop) = (scene.journal_with(steps.clone()), scene.shop_with(steps));
    shop.recover(&mut journal);
    if journal.outcome(&id(COMMAND)).is_none() {
        // As for a command that is carried out at once: its line is flushed with those that follow.
        journal.take_in(&[story.delivery()], SystemTime::now()).expect("journalled");
    }
    for (command, _) in journal.pending() {
        if story.makes_a_spec() {
            make_spec(&shop, &mut journal);
        } else {
            change_spec(&shop, &mut journal, command.id.as_str(), story);
        }
    }
    journal.flush().expect("flushed");
    for (id, report) in journal.unreported() {
        tell(scene, &report);
        journal.acknowledge(&id).expect("journalled");
    }
}

/// The relay gets a report.
fn tell(scene: &Scene, report: &Report) {
    let line = serde_json::to_string(report).expect("JSON") + "\n";
    let told = OpenOptions::new().append(true).create(true).open(scene.root.join("told"));
    told.expect("open").write_all(line.as_bytes()).expect("told");
}

fn told(scene: &Scene) -> Vec<Report> {
    let text = std::fs::read_to_string(scene.root.join("told")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).expect("a report")).collect()
}

fn change_spec(shop: &Shop, journal: &mut Journal, command: &str, story: Story) {
    let lasts = if story == Story::Followed { Lasts::Soon } else { Lasts::Now };
    let texts = (BASE, WANTED);
    match replace_lasting(shop, journal, command, "001-a/README.md", texts, lasts) {
        Replaced::Applied(Some(watch)) => {
            journal.flush().expect("flushed");
            watch.settle(shop).expect("settled");
        }
        Replaced::Applied(None) => {}
        Replaced::Conflict { .. } => {
            journal.conclude(&id(command), &conflict()).expect("journalled");
        }
        Replaced::Failed(trouble) => panic!("nothing is wrong with the disk: {trouble:?}"),
    }
}

fn make_spec(shop: &Shop, journal: &mut Journal) {
    for number in 2.. {
        let folder = path(&format!("{number:03}-new"));
        let files = [("README.md".to_owned(), WANTED.as_bytes().to_vec())];
        let command = id(COMMAND);
        let report = applied(WANTED);
        let wanted =
            Creation { command: &command, folder: &folder, files: &files, report: &report };
        match shop.create(journal, &wanted) {
            Created::Applied => return,
            Created::Taken => {}
            Created::Failed(trouble) => panic!("nothing is wrong with the disk: {trouble:?}"),
        }
    }
}

/// What must hold at every moment, also between a death and the next life.
pub(crate) fn assert_whole(scene: &Scene, story: Story) {
    let text = scene.text();
    let known: Vec<_> = [BASE, WANTED].iter().chain(story.saves()).copied().collect();
    assert!(known.contains(&text.as_str()), "neither old nor new: {text:?}");
    for folder in made(&scene.specs) {
        let readme = std::fs::read_to_string(scene.specs.join(&folder).join("README.md"));
        let beside = story == Story::CreatedBesideAnother && folder == "002-new";
        assert!(beside || readme.expect("there") == WANTED, "{folder} is half made");
    }
}

/// Every folder but the first spec's and our own.
pub(crate) fn made(specs: &Path) -> Vec<String> {
    let names = std::fs::read_dir(specs)
        .expect("readable")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8"));
    let mut made: Vec<_> =
        names.filter(|name| name != "001-a" && !name.starts_with(".leanspec-")).collect();
    made.sort();
    made
}

/// What must hold when a life has come to its end. `newest_in_place`: what was saved last stands in
/// the file, and is not only preserved.
pub(crate) fn assert_settled(scene: &Scene, world: &World, newest_in_place: bool) {
    let story = world.story;
    assert_whole(scene, story);
    assert!(scene.temporaries().is_empty(), "{:?}", scene.temporaries());
    let journal = scene.journal();
    let outcome = journal.outcome(&id(COMMAND)).expect("every command ends");
    assert!(journal.pending().is_empty() && !journal.has_intent(&id(COMMAND)));
    // One outcome, however often it was told.
    let told = told(scene);
    assert!(!told.is_empty());
    for report in &told {
        assert_eq!(report, &told[0]);
        assert_eq!(report.state, outcome.state);
    }
    let applied = outcome.state == CommandState::Applied;
    if story.makes_a_spec() {
        assert!(applied);
        let other =
            scene.specs.join("002-new").is_dir() && !scene.specs.join("002-new/README.md").exists();
        let wanted: &[&str] = if other { &["002-new", "003-new"] } else { &["002-new"] };
        assert_eq!(made(&scene.specs), wanted);
        return;
    }
    let (text, kept) = (scene.text(), scene.preserved());
    match world.last_save() {
        Some(save) if newest_in_place => assert_eq!(text, save),
        Some(save) => assert!(text == save || kept.contains(save), "{save:?} is lost"),
        None => assert!(applied && text == WANTED),
    }
    if matches!(story, Story::SavedOnce | Story::SavedTwice) && world.last_save().is_some() {
        assert!(!applied, "applied to what was not its base");
    }
    // Nothing is preserved that nobody saved.
    assert!(kept.iter().all(|text| story.saves().contains(&text.as_str())), "{kept:?}");
    let displaced = std::fs::read_dir(scene.state.join("displaced"));
    assert_eq!(displaced.map_or(0, Iterator::count), 0);
}
