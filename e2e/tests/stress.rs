//! An editor that saves every few milliseconds while commands arrive: no save is lost.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use e2e::disk;
use e2e::edit;
use e2e::scene::{Machine, Scene};
use e2e::seed::seeded;
use e2e::wait;
use leanspec_shared::command::CommandState;
use leanspec_shared::hash::ContentHash;
use leanspec_shared::view::Project;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;
use tokio::task::JoinSet;

/// Files that are edited at the same time.
const LANES: usize = 4;
const SAVES_PER_LANE: usize = 150;
/// Commands in whose moment an editor saves.
const MOMENTS: usize = 60;
/// Longer than a bridge watches the file that it has replaced.
const AFTERWARDS: Duration = Duration::from_secs(6);

/// A save that the editor had completed.
struct Save {
    hash: ContentHash,
    /// What stood there right before the next save.
    then: ContentHash,
}

/// What came of the commands on one file.
#[derive(Default)]
struct Commands {
    /// The applied ones: from the hash that they left to the one that they stood on.
    applied: HashMap<ContentHash, ContentHash>,
    others: usize,
}

impl Commands {
    /// The save that a text on disk comes from, by way of applied commands.
    fn origin(&self, mut hash: ContentHash) -> ContentHash {
        while let Some(base) = self.applied.get(&hash) {
            hash = *base;
        }
        hash
    }
}

/// What the editor writes: never the same twice, and long enough that it takes two writes.
fn text(lane: usize, number: usize) -> String {
    let line = format!("Save {number} of lane {lane}.\n");
    disk::spec(&format!("Save {number}"), "planned") + &line.repeat(100)
}

/// Saves in one of the ways of editors, in turn.
async fn save(file: &Path, text: &str, number: usize, random: &mut StdRng) -> Result<()> {
    let (first, second) = text.as_bytes().split_at(text.len() / 2);
    match number % 4 {
        0 => disk::save_by_rename(file, text),
        1 => disk::save_like_vim(file, text),
        2 => {
            let mut file = fs::File::create(file)?;
            file.write_all(first)?;
            Ok(file.write_all(second)?)
        }
        _ => {
            // Open for a while: by then the file may have lost its name to a newer one.
            let mut file = fs::OpenOptions::new().write(true).open(file)?;
            wait::random_moment_within(random, 10).await;
            file.write_all(first)?;
            file.write_all(second)?;
            Ok(file.set_len(text.len() as u64)?)
        }
    }
}

fn on_disk(file: &Path) -> Result<ContentHash> {
    Ok(ContentHash::of(&fs::read(file).with_context(|| file.display().to_string())?))
}

/// Saves in bursts, a few milliseconds apart, with pauses that let a command through.
async fn edit_all_the_while(
    file: &Path,
    lane: usize,
    mut random: StdRng,
    running: &Cell<bool>,
) -> Result<Vec<Save>> {
    let mut saves: Vec<Save> = Vec::new();
    for number in 1..=SAVES_PER_LANE {
        let pause = if number % 6 == 0 { 120 } else { 12 };
        wait::random_moment_within(&mut random, pause).await;
        if let Some(last) = saves.last_mut() {
            last.then = on_disk(file)?;
        }
        let text = text(lane, number);
        save(file, &text, number, &mut random).await?;
        let hash = ContentHash::of(text.as_bytes());
        saves.push(Save { hash, then: hash });
    }
    running.set(false);
    Ok(saves)
}

/// Sends one command after the other, each on what is on disk at that moment.
async fn command_all_the_while(
    scene: &Scene,
    project: &Project,
    file: &Path,
    spec: &str,
    running: &Cell<bool>,
) -> Result<Commands> {
    let mut commands = Commands::default();
    for number in 0.. {
        if !running.get() {
            break;
        }
        // Not there for a moment: an editor that moves the old file away first.
        let Ok(base) = on_disk(file) else {
            tokio::task::yield_now().await;
            continue;
        };
        let fields = json!({"assignee": format!("keeper {number}")});
        let wanted = edit::set(spec, leanspec_shared::command::Base::Hash { hash: base }, fields);
        let done = scene.api.done(project, &wanted).await?;
        match done.state {
            CommandState::Applied => {
                let left = done.outcome.and_then(|outcome| outcome.hash).context("its hash")?;
                commands.applied.insert(left, base);
            }
            _ => commands.others += 1,
        }
    }
    Ok(commands)
}

/// The hashes of what the user is told to be preserved, as it stands there.
async fn preserved(scene: &Scene, machine: &Machine) -> Result<BTreeSet<ContentHash>> {
    let log = machine.log(scene).await?;
    let kept = log["preserved"].as_array().context("a list")?.iter();
    kept.map(|kept| on_disk(Path::new(kept["path"].as_str().context("a path")?))).collect()
}

struct Lane {
    file: PathBuf,
    spec: String,
    saves: Vec<Save>,
    commands: Commands,
}

impl Lane {
    /// The saves that are neither on disk, nor what a later save or an applied command replaced.
    fn displaced(&self) -> Result<Vec<(usize, ContentHash)>> {
        let last = self.saves.len() - 1;
        let mut displaced = Vec::new();
        for (number, save) in self.saves.iter().enumerate() {
            let then = if number == last { on_disk(&self.file)? } else { save.then };
            let origin = self.commands.origin(then);
            // What nobody knows stood there for a moment only, and was taken back.
            let known = self.saves.iter().any(|save| save.hash == origin);
            if origin != save.hash && (known || number == last) {
                displaced.push((number + 1, save.hash));
            }
        }
        Ok(displaced)
    }
}

#[tokio::test]
async fn no_save_is_lost_while_commands_change_the_same_file() -> Result<()> {
    let mut random = seeded();
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    for lane in 1..=LANES {
        machine.write(&format!("{lane:03}-lane/README.md"), text(lane, 0))?;
    }
    let bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    let mut run = |lane| {
        let random = StdRng::seed_from_u64(random.random());
        one_lane(&scene, &project, &machine, lane, random)
    };
    let lanes = tokio::try_join!(run(1), run(2), run(3), run(4));
    let lanes = <[Lane; LANES]>::from(lanes.with_context(|| bridge.process.said())?);
    let applied: usize = lanes.iter().map(|lane| lane.commands.applied.len()).sum();
    let others: usize = lanes.iter().map(|lane| lane.commands.others).sum();
    eprintln!("{applied} commands applied, {others} not");
    ensure!(applied > 0 && others > 0, "{applied} applied, {others} not: no race at all");

    let nothing_is_lost = || async {
        let kept = preserved(&scene, &machine).await?;
        for lane in &lanes {
            let mut lost = lane.displaced()?;
            lost.retain(|(_, hash)| !kept.contains(hash));
            ensure!(lost.is_empty(), "{} lost saves {lost:?}", lane.spec);
        }
        Ok(())
    };
    wait::within(AFTERWARDS, nothing_is_lost).await?;
    wait::holds_for(AFTERWARDS, nothing_is_lost).await?;
    scene.equal(&machine).await
}

async fn one_lane(
    scene: &Scene,
    project: &Project,
    machine: &Machine,
    lane: usize,
    random: StdRng,
) -> Result<Lane> {
    let spec = format!("{lane:03}-lane");
    let file = machine.specs.join(&spec).join("README.md");
    let running = Cell::new(true);
    let (saves, commands) = tokio::try_join!(
        edit_all_the_while(&file, lane, random, &running),
        command_all_the_while(scene, project, &file, &spec, &running),
    )?;
    Ok(Lane { file, spec, saves, commands })
}

/// Waits until the bridge's complete temporary file stands beside the target, or until it is over,
/// and then for `more`; spinning, since it stands there for microseconds.
fn until_the_exchange(folder: &Path, more: Duration, over: &AtomicBool) -> Result<()> {
    let complete = |name: &str| name.starts_with(".leanspec-") && name.ends_with(".tmp");
    while !over.load(Ordering::Relaxed) {
        for entry in fs::read_dir(folder)? {
            if complete(&entry?.file_name().to_string_lossy()) {
                let seen = Instant::now();
                while seen.elapsed() < more {
                    std::hint::spin_loop();
                }
                return Ok(());
            }
        }
    }
    Ok(())
}

/// An editor that saves by rename in the moment in which the bridge exchanges the files.
#[tokio::test]
async fn a_save_in_the_very_moment_of_the_exchange_is_on_disk_afterwards() -> Result<()> {
    let mut random = seeded();
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    let mut there = disk::spec("Save 0", "planned");
    let file = machine.write("001-a/README.md", &there)?;
    let bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    let folder = machine.specs.join("001-a");
    let (mut applied, mut conflicts) = (0, 0);
    for number in 1..=MOMENTS {
        let (wanted, saved) =
            (edit::tick("001-a", &there)?, disk::spec(&format!("Save {number}"), "planned"));
        let beside = disk::write(&folder, ".beside", &saved)?;
        let (target, folder) = (file.clone(), folder.clone());
        let more = Duration::from_micros(random.random_range(0..400));
        let over = Arc::new(AtomicBool::new(false));
        let mut editor = JoinSet::new();
        let is_over = Arc::clone(&over);
        editor.spawn_blocking(move || {
            until_the_exchange(&folder, more, &is_over)?;
            fs::rename(beside, target).context("saving")
        });
        let done = scene.api.done(&project, &wanted).await;
        over.store(true, Ordering::Relaxed);
        let done = done?;
        editor.join_next().await.context("the editor")???;
        match done.state {
            CommandState::Applied => applied += 1,
            CommandState::Conflict => conflicts += 1,
            _ => bail!("{done:?}"),
        }
        there = machine.read("001-a/README.md")?;
        ensure!(there == saved, "{number}, {}:\n{}", done.state, bridge.process.said());
    }
    eprintln!("{applied} saved after the exchange, {conflicts} before it");
    Ok(())
}
