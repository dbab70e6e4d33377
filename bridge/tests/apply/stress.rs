//! An editor saves every few milliseconds while commands arrive: no save is lost.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use leanspec_bridge::apply::{AfterLife, Journal, Lasts, Replaced, Replacement, Settled, Shop};
use leanspec_bridge::platform::exchange::exchange;
use leanspec_bridge::platform::folder::Folder;
use leanspec_shared::hash::ContentHash;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::support::{Scene, applied, id, path};

/// Saves of one run.
const SAVES: usize = 600;

/// What is known of every version that an editor completed.
#[derive(Default)]
struct Known {
    /// Texts that an applied command stood on.
    bases: BTreeSet<String>,
    /// Texts that the editor itself displaced by a later save.
    superseded: BTreeSet<String>,
    applied: usize,
    conflicts: usize,
    settled_late: usize,
}

/// Changes the file again and again, each time based on what was just seen.
struct Commands<'a> {
    scene: &'a Scene,
    shop: Shop,
    journal: Journal,
    known: Known,
    /// Displaced files, with the number of saves at which they may be settled: an editor that had
    /// one open has closed it by then.
    waiting: Vec<(AfterLife, usize)>,
    count: usize,
}

impl Commands<'_> {
    fn one(&mut self, saves: usize) {
        let file = path("001-a/README.md");
        let Ok(found) = self.shop.read(&file) else { return };
        self.count += 1;
        let (seen, command) = (String::from_utf8(found.bytes).expect("UTF-8"), self.count);
        let new = format!("command {command} on {}", found.hash);
        let command = id(&format!("c{command}"));
        let report = applied(&new);
        let wanted = Replacement {
            command: &command,
            path: &file,
            base: found.hash,
            bytes: new.as_bytes(),
            report: &report,
            lasts: Lasts::Now,
        };
        match self.shop.replace(&mut self.journal, &wanted) {
            Replaced::Applied(watch) => {
                self.known.applied += 1;
                self.known.bases.insert(seen);
                self.waiting.extend(watch.map(|watch| (watch, saves.saturating_add(2))));
            }
            Replaced::Conflict { .. } => self.known.conflicts += 1,
            Replaced::Failed(_) => {}
        }
        self.settle(saves);
    }

    fn settle(&mut self, saves: usize) {
        let (due, waiting) = self.waiting.drain(..).partition(|(_, at)| *at <= saves);
        self.waiting = waiting;
        for (watch, _) in Vec::from_iter::<Vec<_>>(due) {
            if watch.settle(&self.shop).expect("settled") != Settled::Quiet {
                self.known.settled_late += 1;
            }
        }
    }

    /// The texts that are somewhere for the user.
    fn reachable(&self) -> BTreeSet<String> {
        let mut texts = self.scene.preserved();
        texts.insert(self.scene.text());
        texts.extend(self.known.bases.iter().cloned());
        texts.extend(self.known.superseded.iter().cloned());
        texts
    }
}

/// Lets `editor` save in a thread while commands are applied in this one.
fn run<'a>(scene: &'a Scene, editor: impl Fn(usize) + Send + Sync) -> Commands<'a> {
    let (saves, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (shop, journal, known) = (scene.shop(), scene.journal(), Known::default());
    let mut commands = Commands { scene, shop, journal, known, waiting: Vec::new(), count: 0 };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 1..=SAVES {
                editor(number);
                saves.store(number, Ordering::SeqCst);
            }
            over.store(true, Ordering::SeqCst);
        });
        while !over.load(Ordering::SeqCst) {
            commands.one(saves.load(Ordering::SeqCst));
        }
    });
    commands.settle(usize::MAX);
    commands
}

/// Waits for a random number of turns of the scheduler, so that saves fall into every moment.
fn pause(random: &Mutex<StdRng>) {
    let turns = random.lock().expect("unpoisoned").random_range(0..2000);
    (0..turns).for_each(|_| std::thread::yield_now());
}

fn seeded() -> Mutex<StdRng> {
    let seed: u64 = rand::rng().random();
    eprintln!("seed {seed}");
    Mutex::new(StdRng::seed_from_u64(seed))
}

fn text(number: usize) -> String {
    format!("save {number} {}", "x".repeat(number % 50 * 100))
}

/// An editor that exchanges names knows what each of its saves displaced, so that the fate of every
/// version is known.
#[test]
fn every_version_of_an_editor_that_renames_is_superseded_by_it_or_a_base_or_preserved() {
    let (scene, random) = (Scene::new(), seeded());
    let displaced = Mutex::new(BTreeSet::new());
    let folder = Folder::open(&scene.specs.join("001-a")).expect("there");
    let side = scene.file().with_file_name("editor-side");
    let save = |number: usize| {
        std::fs::write(&side, text(number)).expect("written");
        exchange(&folder, "editor-side".as_ref(), "README.md".as_ref()).expect("exchanged");
        let old = std::fs::read_to_string(&side).expect("there");
        displaced.lock().expect("unpoisoned").insert(old);
        pause(&random);
    };
    let mut commands = run(&scene, save);
    commands.known.superseded = displaced.into_inner().expect("unpoisoned");
    let reachable = commands.reachable();
    for number in 1..=SAVES {
        assert!(reachable.contains(&text(number)), "save {number} is lost");
    }
    finish(&mut commands);
}

/// One that writes in place and renames in turn supersedes its own saves; its last one counts.
#[test]
fn the_last_save_of_an_editor_that_also_writes_in_place_is_not_lost() {
    let (scene, random) = (Scene::new(), seeded());
    let file = scene.file();
    let save = |number: usize| {
        if number.is_multiple_of(2) {
            write_slowly(&file, &text(number), &random);
        } else {
            crate::support::save_by_rename(&file, &text(number));
        }
        pause(&random);
    };
    let mut commands = run(&scene, save);
    assert!(commands.reachable().contains(&text(SAVES)), "the last save is lost");
    finish(&mut commands);
}

/// Truncates, and writes in two parts.
fn write_slowly(file: &Path, text: &str, random: &Mutex<StdRng>) {
    use std::io::Write;
    let mut open = std::fs::File::create(file).expect("open");
    let (first, second) = text.as_bytes().split_at(text.len() / 2);
    open.write_all(first).expect("written");
    pause(random);
    open.write_all(second).expect("written");
}

/// With the editor at rest the next command is applied.
fn finish(commands: &mut Commands<'_>) {
    let before = commands.known.applied;
    commands.one(usize::MAX);
    assert_eq!(commands.known.applied, before + 1);
    let Known { applied, conflicts, settled_late, .. } = commands.known;
    let preserved = commands.scene.preserved().len();
    eprintln!(
        "{applied} applied, {conflicts} conflicts, {preserved} preserved, {settled_late} late"
    );
    assert!(commands.scene.temporaries().is_empty());
    let text = commands.scene.text();
    let hash = ContentHash::of(text.as_bytes());
    assert_eq!(commands.shop.read(&path("001-a/README.md")).expect("there").hash, hash);
}
