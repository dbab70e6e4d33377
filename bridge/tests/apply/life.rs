//! The life of a bridge that may end at any step: it opens the journal, receives what the relay
//! delivers again, recovers, carries out what is pending as the inbox does, and reports.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use leanspec_bridge::apply::steps::{Step, Steps};
use leanspec_bridge::apply::{Created, Creation, Journal, Replaced, Shop};
use leanspec_shared::command::{CommandState, Delivery, Report};

use crate::support::{
    BASE, Scene, WANTED, applied, conflict, create_delivery, delivery, id, path, replace_at,
};

/// What the outside world does while the bridge lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Story {
    /// Nothing: the change is applied.
    Undisturbed,
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

pub(crate) const STORIES: [Story; 6] = [
    Story::Undisturbed,
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
            Self::Undisturbed | Self::Created | Self::CreatedBesideAnother => &[],
        }
    }

    fn delivery(self) -> Delivery {
        if self.makes_a_spec() { create_delivery(COMMAND) } else { delivery(COMMAND, BASE, WANTED) }
    }
}

/// Who disturbs, once at each of their moments, over all lives of the bridge.
pub(crate) struct World {
    story: Story,
    specs: std::path::PathBuf,
    done: Mutex<Vec<Step>>,
    /// The editor's open file.
    open: Mutex<std::fs::File>,
}

impl World {
    pub(crate) fn new(scene: &Scene, story: Story) -> Self {
        let open = std::fs::OpenOptions::new().write(true).open(scene.file()).expect("there");
        Self { story, specs: scene.specs.clone(), done: Mutex::default(), open: Mutex::new(open) }
    }

    fn disturb(&self, step: Step) {
        let mut done = self.done.lock().expect("unpoisoned");
        if done.contains(&step) {
            return;
        }
        let file = self.specs.join("001-a/README.md");
        match (self.story, step) {
            (Story::SavedOnce | Story::SavedTwice, Step::Exchange) => {
                crate::support::save_by_rename(&file, self.story.saves()[0]);
            }
            (Story::SavedTwice, Step::PutBack) => {
                crate::support::save_by_rename(&file, self.story.saves()[1]);
            }
            (Story::WrittenAfterwards, Step::PutAway) => self.write_into_the_open_file(),
            (Story::CreatedBesideAnother, Step::FolderName) => {
                std::fs::create_dir(self.specs.join("002-new")).expect("made");
            }
            _ => return,
        }
        done.push(step);
    }

    fn write_into_the_open_file(&self) {
        use std::io::{Seek, Write};
        let mut open = self.open.lock().expect("unpoisoned");
        open.set_len(0).expect("truncated");
        open.rewind().expect("rewound");
        open.write_all(self.story.saves()[0].as_bytes()).expect("written");
    }

    /// Whether the editor has saved the text by now.
    pub(crate) fn saved(&self, number: usize) -> bool {
        self.done.lock().expect("unpoisoned").len() > number
    }
}

/// Where a life ends.
struct Death;

/// One life, which dies in silence before step `last` and runs no clean-up. Says whether it lived
/// to its end.
pub(crate) fn live_until(scene: &Scene, world: &Arc<World>, last: usize, told: &Told) -> bool {
    let hook = move |count: usize| {
        if count == last {
            resume_unwind(Box::new(Death));
        }
    };
    let ended = catch_unwind(AssertUnwindSafe(|| live(scene, world, told, hook)));
    match ended {
        Ok(()) => true,
        Err(death) if death.is::<Death>() => false,
        Err(failure) => resume_unwind(failure),
    }
}

/// The reports that the relay got.
pub(crate) type Told = Mutex<Vec<Report>>;

/// One life; `at_step` hears the number of each step.
pub(crate) fn live(
    scene: &Scene,
    world: &Arc<World>,
    told: &Told,
    at_step: impl Fn(usize) + Send + Sync + 'static,
) {
    let (world, count) = (Arc::clone(world), AtomicUsize::new(0));
    let story = world.story;
    let steps = Steps::with(move |step| {
        world.disturb(step);
        at_step(count.fetch_add(1, Ordering::Relaxed));
        Ok(())
    });
    let (mut journal, shop) = (scene.journal_with(steps.clone()), scene.shop_with(steps));
    shop.recover(&mut journal);
    if journal.outcome(&id(COMMAND)).is_none() {
        journal.receive(&[story.delivery()], SystemTime::now()).expect("journalled");
    }
    for (command, _) in journal.pending() {
        if story.makes_a_spec() {
            make_spec(&shop, &mut journal);
        } else {
            change_spec(&shop, &mut journal, command.id.as_str());
        }
    }
    for (id, report) in journal.unreported() {
        told.lock().expect("unpoisoned").push(report);
        journal.acknowledge(&id).expect("journalled");
    }
}

fn change_spec(shop: &Shop, journal: &mut Journal, command: &str) {
    match replace_at(shop, journal, command, "001-a/README.md", BASE, WANTED) {
        Replaced::Applied(Some(watch)) => {
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

/// What must hold when a life has come to its end.
pub(crate) fn assert_settled(scene: &Scene, world: &World, told: &[Report]) {
    let story = world.story;
    assert_whole(scene, story);
    assert!(scene.temporaries().is_empty(), "{:?}", scene.temporaries());
    let journal = scene.journal();
    let outcome = journal.outcome(&id(COMMAND)).expect("every command ends");
    assert!(journal.pending().is_empty() && !journal.has_intent(&id(COMMAND)));
    // One outcome, however often it was told.
    assert!(!told.is_empty());
    for report in told {
        assert_eq!(report, &told[0]);
        assert_eq!(report.state, outcome.state);
    }
    let applied = outcome.state == CommandState::Applied;
    if story.makes_a_spec() {
        assert!(applied);
        let wanted: &[&str] =
            if story == Story::Created { &["002-new"] } else { &["002-new", "003-new"] };
        assert_eq!(made(&scene.specs), wanted);
        return;
    }
    let kept = scene.preserved();
    let last = (0..story.saves().len()).rfind(|number| world.saved(*number));
    match last {
        // What was saved last stands in the file, whatever became of the command.
        Some(number) => assert_eq!(scene.text(), story.saves()[number]),
        None => assert!(applied && scene.text() == WANTED),
    }
    if matches!(story, Story::SavedOnce | Story::SavedTwice) && last.is_some() {
        assert!(!applied, "applied to what was not its base");
    }
    // Nothing is preserved that nobody saved.
    assert!(kept.iter().all(|text| story.saves().contains(&text.as_str())), "{kept:?}");
}
