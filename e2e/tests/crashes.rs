//! Either side is killed at each step of a command's life: one application, one outcome.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use e2e::bridge::Bridge;
use e2e::command::ended_as;
use e2e::disk;
use e2e::edit;
use e2e::scene::{Machine, Scene};
use e2e::seed::seeded;
use e2e::wait;
use e2e::witness::Witness;
use leanspec_shared::command::{Command, CommandState};
use leanspec_shared::id::CommandId;
use leanspec_shared::view::Project;
use rand::Rng;

const SPEC: &str = "0001-spec";
const MAIN: &str = "0001-spec/README.md";

/// A machine with a running bridge, and somebody who reads the feed.
struct Harbour {
    scene: Scene,
    machine: Machine,
    bridge: Bridge,
    project: Project,
    witness: Witness,
}

impl Harbour {
    async fn open(specs: usize) -> Result<Self> {
        let scene = Scene::start().await?;
        let machine = scene.machine("one").await?;
        disk::write_specs(&machine.specs, specs)?;
        let bridge = machine.ready(&scene).await?;
        let project = scene.project_of("one").await?;
        let witness = Witness::start(&scene.api).await?;
        Ok(Self { scene, machine, bridge, project, witness })
    }

    /// Hands a tick over to a bridge that is frozen, so that it knows nothing of it yet.
    async fn hand_over(&self) -> Result<Command> {
        self.bridge.process.signal("STOP").await?;
        let wanted = edit::tick(SPEC, &self.machine.read(MAIN)?)?;
        let command = self.scene.api.command(&self.project, &wanted).await?;
        self.scene.api.reaches(&command.id, CommandState::Delivered).await
    }

    async fn bridge_crashes(&mut self) -> Result<()> {
        self.bridge.process.kill().await?;
        self.bridge = self.machine.start(&self.scene)?;
        Ok(())
    }

    /// Waits until the box is ticked on disk.
    async fn ticked(&self) -> Result<()> {
        wait::until(|| async {
            ensure!(self.machine.read(MAIN)?.contains("- [x] build"), "not ticked yet");
            Ok(())
        })
        .await
    }

    /// Waits for the end of a command, which was applied, and was told once.
    async fn applied_once(&self, id: &CommandId) -> Result<()> {
        let done = self.scene.api.ended(id).await.with_context(|| self.bridge.process.said())?;
        ended_as(&done, &CommandState::Applied)?;
        self.witness.saw_one_end_of_each([id]).await?;
        no_temporary_is_left(&self.machine.specs).await
    }
}

async fn no_temporary_is_left(specs: &Path) -> Result<()> {
    wait::until(|| async {
        let files = disk::read_all(specs)?;
        let left: Vec<_> = files.keys().filter(|path| path.contains(".leanspec-")).collect();
        ensure!(left.is_empty(), "left behind: {left:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_waiting_command_survives_the_loss_of_the_relay() -> Result<()> {
    let mut harbour = Harbour::open(1).await?;
    harbour.bridge.process.stop().await?;
    let wanted = edit::tick(SPEC, &harbour.machine.read(MAIN)?)?;
    let command = harbour.scene.api.command(&harbour.project, &wanted).await?;
    harbour.scene.relay_crashes().await?;
    ended_as(&harbour.scene.api.look(&command.id).await?, &CommandState::Queued)?;
    harbour.bridge = harbour.machine.start(&harbour.scene)?;
    harbour.ticked().await?;
    harbour.applied_once(&command.id).await
}

#[tokio::test]
async fn a_command_that_was_handed_over_survives_the_loss_of_the_bridge() -> Result<()> {
    let mut harbour = Harbour::open(1).await?;
    let command = harbour.hand_over().await?;
    harbour.bridge_crashes().await?;
    harbour.ticked().await?;
    harbour.applied_once(&command.id).await
}

#[tokio::test]
async fn a_command_that_was_handed_over_survives_the_loss_of_the_relay() -> Result<()> {
    let mut harbour = Harbour::open(1).await?;
    let command = harbour.hand_over().await?;
    harbour.scene.relay_crashes().await?;
    ended_as(&harbour.scene.api.look(&command.id).await?, &CommandState::Delivered)?;
    harbour.bridge.process.signal("CONT").await?;
    harbour.ticked().await?;
    harbour.applied_once(&command.id).await
}

#[tokio::test]
async fn a_result_that_was_not_heard_is_told_again_and_the_file_not_changed_again() -> Result<()> {
    for the_bridge_dies_too in [false, true] {
        let mut harbour = Harbour::open(1).await?;
        let before = harbour.machine.read(MAIN)?;
        let command = harbour.hand_over().await?;
        // The relay answers nobody any more: the result cannot be heard.
        harbour.scene.relay.process.signal("STOP").await?;
        harbour.bridge.process.signal("CONT").await?;
        harbour.ticked().await?;
        if the_bridge_dies_too {
            harbour.bridge.process.kill().await?;
        }
        // Somebody takes the change back: a second application would show.
        harbour.machine.write(MAIN, &before)?;
        harbour.scene.relay_crashes().await?;
        if the_bridge_dies_too {
            harbour.bridge = harbour.machine.start(&harbour.scene)?;
        }
        harbour.applied_once(&command.id).await?;
        ensure!(harbour.machine.read(MAIN)? == before, "applied a second time");
    }
    Ok(())
}

#[tokio::test]
async fn a_command_that_has_ended_stays_ended_when_either_side_is_lost() -> Result<()> {
    let mut harbour = Harbour::open(2).await?;
    let before = harbour.machine.read(MAIN)?;
    let wanted = edit::tick(SPEC, &before)?;
    let command = harbour.scene.api.command(&harbour.project, &wanted).await?;
    harbour.applied_once(&command.id).await?;
    harbour.machine.write(MAIN, &before)?;
    harbour.bridge_crashes().await?;
    harbour.scene.relay_crashes().await?;
    // The next command is done: whatever came again would have come before it.
    let next = edit::tick("0002-spec", &harbour.machine.read("0002-spec/README.md")?)?;
    let next = harbour.scene.api.command(&harbour.project, &next).await?;
    harbour.applied_once(&next.id).await?;
    harbour.applied_once(&command.id).await?;
    ensure!(harbour.machine.read(MAIN)? == before, "applied a second time");
    Ok(())
}

const ROUNDS: usize = 10;
const EDITS_PER_ROUND: usize = 5;

/// One of the commands of a round.
struct InFlight {
    id: CommandId,
    path: String,
    before: String,
    /// It was on disk when its bridge or relay had died, and somebody took it back.
    taken_back: bool,
}

#[tokio::test]
async fn killed_at_any_moment_each_command_is_applied_once_and_ends_once() -> Result<()> {
    let mut random = seeded();
    let mut harbour = Harbour::open(ROUNDS * EDITS_PER_ROUND).await?;
    let mut all = Vec::new();
    for round in 0..ROUNDS {
        let mut flying = Vec::new();
        for number in 1..=EDITS_PER_ROUND {
            let spec = format!("{:04}-spec", round * EDITS_PER_ROUND + number);
            let path = format!("{spec}/README.md");
            let before = harbour.machine.read(&path)?;
            let wanted = edit::tick(&spec, &before)?;
            let id = harbour.scene.api.command(&harbour.project, &wanted).await?.id;
            flying.push(InFlight { id, path, before, taken_back: false });
        }
        wait::random_moment_within(&mut random, 80).await;
        let victims = random.random_range(0..3);
        if victims != 1 {
            harbour.bridge.process.kill().await?;
        }
        if victims != 0 {
            harbour.scene.relay_crashes().await?;
        }
        for flying in &mut flying {
            flying.taken_back = looks_whole(&harbour.machine, flying)? && random.random();
            if flying.taken_back {
                fs::write(harbour.machine.specs.join(&flying.path), &flying.before)?;
            }
        }
        if victims != 1 {
            harbour.bridge = harbour.machine.start(&harbour.scene)?;
        }
        for flying in flying {
            let said =
                || format!("{} of round {round}:\n{}", flying.path, harbour.bridge.process.said());
            let done = harbour.scene.api.ended(&flying.id).await.with_context(said)?;
            ended_as(&done, &CommandState::Applied).with_context(said)?;
            let text = harbour.machine.read(&flying.path)?;
            let wanted =
                if flying.taken_back { flying.before } else { edit::ticked(&flying.before) };
            ensure!(text == wanted, "{}", said());
            all.push(flying.id);
        }
    }
    harbour.witness.saw_one_end_of_each(&all).await?;
    no_temporary_is_left(&harbour.machine.specs).await?;
    harbour.scene.equal(&harbour.machine).await
}

/// Checks that a file holds its old or its new bytes; says whether it is the new ones.
fn looks_whole(machine: &Machine, flying: &InFlight) -> Result<bool> {
    let text = machine.read(&flying.path)?;
    let new = text == edit::ticked(&flying.before);
    ensure!(new || text == flying.before, "{} is a mixture:\n{text}", flying.path);
    Ok(new)
}
