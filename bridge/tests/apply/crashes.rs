//! Every step is the last, once: after a restart the file is old or new, an applied command has an
//! outcome, nothing happens twice and no temporary file stays.

use std::fs::OpenOptions;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

use leanspec_bridge::apply::steps::Step;
use leanspec_shared::command::CommandState;

use crate::life::{
    COMMAND, STORIES, Story, World, assert_settled, assert_whole, live, live_until, made,
};
use crate::support::{Scene, WANTED, id, save_by_rename};

/// More steps than any life has.
const NEVER: usize = usize::MAX;

/// Lives that die before these steps, one after the other, and one that does not die.
fn lives(story: Story, deaths: &[usize]) -> bool {
    let scene = Scene::quick();
    let world = Arc::new(World::new(&scene, story));
    let mut died = false;
    for death in deaths {
        died = !live_until(&scene, &world, *death);
        assert_whole(&scene, story);
    }
    live_until(&scene, &world, NEVER);
    assert_settled(&scene, &world, true);
    died
}

#[test]
fn a_life_that_dies_before_any_step_is_made_good_by_the_next() {
    for story in STORIES {
        let deaths = (0..).take_while(|step| lives(story, &[*step])).count();
        assert!(deaths > 10, "{story:?} has only {deaths} steps");
    }
}

#[test]
fn a_life_that_dies_while_it_recovers_is_made_good_by_the_next() {
    for story in STORIES {
        for first in (0..).take_while(|first| lives(story, &[*first])) {
            let deaths = (0..).take_while(|second| lives(story, &[first, *second])).count();
            assert!(deaths > 0, "{story:?} after {first}");
        }
    }
}

/// What was appended to the journal and not flushed may be gone after a power loss, from any byte
/// on.
#[test]
fn a_journal_that_lost_what_was_not_flushed_is_made_good() {
    for story in STORIES {
        for death in 0.. {
            let scene = Scene::quick();
            let world = Arc::new(World::new(&scene, story));
            let (lived, flushed) = die_and_count(&scene, &world, death);
            let journal = scene.state.join("journal.jsonl");
            let length = journal.metadata().map_or(0, |found| found.len());
            for cut in flushed.min(length)..=length {
                let copy = scene.copied();
                if length > 0 {
                    let file = OpenOptions::new()
                        .write(true)
                        .open(copy.state.join("journal.jsonl"))
                        .expect("there");
                    file.set_len(cut).expect("cut");
                }
                let world = Arc::new(World::without_power(&copy, story));
                live_until(&copy, &world, NEVER);
                assert_settled(&copy, &world, false);
            }
            if lived {
                break;
            }
        }
    }
}

/// By then only a name tells that the change was made: somebody saved before the bridge was back.
#[test]
fn a_change_that_is_edited_before_the_restart_counts_as_made() {
    for story in [Story::Undisturbed, Story::Followed] {
        let mut edited = 0;
        for death in 0.. {
            let scene = Scene::quick();
            let world = Arc::new(World::new(&scene, story));
            let (lived, flushed) = die_and_count(&scene, &world, death);
            if lived {
                break;
            }
            if scene.text() != WANTED {
                continue;
            }
            let journal = OpenOptions::new().write(true).open(scene.state.join("journal.jsonl"));
            journal.expect("there").set_len(flushed).expect("cut");
            save_by_rename(&scene.file(), "edited\n");
            live_until(&scene, &Arc::new(World::without_power(&scene, story)), NEVER);
            let state = scene.journal().outcome(&id(COMMAND)).map(|outcome| outcome.state.clone());
            assert_eq!(state, Some(CommandState::Applied), "{story:?}, dead before step {death}");
            assert_eq!(scene.text(), "edited\n");
            edited += 1;
        }
        assert!(edited > 3, "{story:?}");
    }
}

/// A life that dies before a step, and how many bytes of its journal had been flushed by then.
fn die_and_count(scene: &Scene, world: &Arc<World>, death: usize) -> (bool, u64) {
    #[derive(Default)]
    struct Flushes {
        under_way: Option<u64>,
        done: u64,
    }
    let flushes = Arc::new(Mutex::new(Flushes::default()));
    let (counted, journal) = (Arc::clone(&flushes), scene.state.join("journal.jsonl"));
    let hook = move |count: usize, step: Step| {
        let mut flushes = counted.lock().expect("unpoisoned");
        if let Some(length) = flushes.under_way.take() {
            flushes.done = length;
        }
        if step == Step::JournalFlush {
            flushes.under_way = Some(journal.metadata().expect("there").len());
        }
        drop(flushes);
        if count == death {
            std::panic::resume_unwind(Box::new(Ended));
        }
    };
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| live(scene, world, hook)));
    let lived = match ended {
        Ok(()) => true,
        Err(end) if end.is::<Ended>() => false,
        Err(failure) => std::panic::resume_unwind(failure),
    };
    let done = flushes.lock().expect("unpoisoned").done;
    (lived, done)
}

struct Ended;

/// The process that is killed: this program, asked for one test, which is a whole life unless these
/// say where it ends.
const FOLDER: &str = "APPLY_TEST_FOLDER";
const STORY: &str = "APPLY_TEST_STORY";
const DEATH: &str = "APPLY_TEST_DEATH";

#[test]
fn a_life_without_death_settles_everything() {
    let folder = std::env::var_os(FOLDER).map(PathBuf::from);
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let scene = folder.map_or_else(Scene::new, |folder| Scene::at(&folder));
    let story = STORIES[number(STORY).unwrap_or_default()];
    let death = number(DEATH).unwrap_or(NEVER);
    let world = Arc::new(World::new(&scene, story));
    live(&scene, &world, move |count, _| {
        if count == death {
            std::process::abort();
        }
    });
    assert_settled(&scene, &world, true);
}

#[test]
fn a_process_killed_before_any_step_is_made_good_by_the_next() {
    for (number, story) in STORIES.into_iter().enumerate() {
        for death in 0.. {
            let scene = Scene::quick();
            let life = |death: usize| {
                let program = std::env::current_exe().expect("this program");
                let mut command = Command::new(program);
                command.args(["--exact", "crashes::a_life_without_death_settles_everything"]);
                command.env(FOLDER, &scene.root).env(STORY, number.to_string());
                let output = command.env(DEATH, death.to_string()).output().expect("it runs");
                (output.status.success(), output)
            };
            let (lived, _) = life(death);
            assert_whole(&scene, story);
            if lived {
                break;
            }
            let (made_good, output) = life(NEVER);
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(made_good, "{story:?}, killed before step {death}: {text}");
        }
    }
}

/// By then its bytes tell nothing any more.
#[test]
fn a_new_spec_that_is_edited_before_the_restart_is_not_made_twice() {
    let mut edited = 0;
    for death in 0.. {
        let scene = Scene::quick();
        let world = Arc::new(World::new(&scene, Story::Created));
        let lived = live_until(&scene, &world, death);
        let readme = scene.specs.join("002-new/README.md");
        if readme.exists() {
            std::fs::write(&readme, "edited\n").expect("written");
            edited += 1;
        }
        live_until(&scene, &world, NEVER);
        assert_eq!(made(&scene.specs), ["002-new"], "dead before step {death}");
        if lived {
            break;
        }
    }
    assert!(edited > 3);
}
