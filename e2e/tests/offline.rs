//! A machine that is away: what waits for it, until when, and what happens when it comes back.

use std::collections::HashMap;
use std::fs;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use e2e::command::ended_as;
use e2e::disk;
use e2e::edit;
use e2e::scene::{Machine, Scene};
use e2e::witness::Witness;
use leanspec_shared::command::{ActivityEntry, CommandState, Reason};
use leanspec_shared::http as paths;
use leanspec_shared::id::CommandId;
use leanspec_shared::limits::COMMAND_LIFE_SECONDS;
use leanspec_shared::view::Project;
use serde_json::json;

const SPEC: &str = "0001-spec";
const MAIN: &str = "0001-spec/README.md";

/// A machine that was there once, and is away now.
async fn away(scene: &Scene, specs: usize) -> Result<(Machine, Project)> {
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, specs)?;
    let mut bridge = machine.ready(scene).await?;
    bridge.process.stop().await?;
    let project = scene.project_of("one").await?;
    Ok((machine, project))
}

#[tokio::test]
async fn edits_wait_with_their_deadline_and_are_applied_in_order_on_return() -> Result<()> {
    let scene = Scene::start().await?;
    let (machine, project) = away(&scene, 3).await?;
    let witness = Witness::start(&scene.api).await?;
    let text = machine.read(MAIN)?;
    let mut ids = Vec::new();
    let mut base = edit::on(&text);
    for number in 1..=20 {
        let wanted = edit::set(SPEC, base, json!({"assignee": format!("keeper {number}")}));
        let command = scene.api.command(&project, &wanted).await?;
        ended_as(&command, &CommandState::Queued)?;
        let life = command.expires_at.unix_ms() - command.created_at.unix_ms();
        ensure!(life == i64::try_from(COMMAND_LIFE_SECONDS)? * 1000, "{command:?}");
        base = edit::after(&command);
        ids.push(command.id);
    }
    // One whose file changes while the machine is away, and one whose file does not.
    let (theirs, quiet) =
        (machine.read("0002-spec/README.md")?, machine.read("0003-spec/README.md")?);
    let late = scene.api.command(&project, &edit::tick("0002-spec", &theirs)?).await?;
    let sound = scene.api.command(&project, &edit::tick("0003-spec", &quiet)?).await?;
    machine.write("0002-spec/README.md", disk::spec("Saved while away", "planned"))?;
    ensure!(machine.read(MAIN)? == text, "nothing happens while it is away");

    let _bridge = machine.ready(&scene).await?;
    for id in &ids {
        ended_as(&scene.api.ended(id).await?, &CommandState::Applied)?;
    }
    let text = machine.read(MAIN)?;
    ensure!(text.contains("assignee: keeper 20\n"), "{text}");
    ended_as(&scene.api.ended(&late.id).await?, &CommandState::Conflict)?;
    ended_as(&scene.api.ended(&sound.id).await?, &CommandState::Applied)?;
    ensure!(machine.read("0002-spec/README.md")? == disk::spec("Saved while away", "planned"));
    ids.extend([late.id, sound.id]);
    witness.saw_one_end_of_each(&ids).await
}

#[tokio::test]
async fn a_command_whose_time_ran_out_is_expired_and_never_applied() -> Result<()> {
    let scene = Scene::start_with(&["--command-life", "1"]).await?;
    let (machine, project) = away(&scene, 1).await?;
    let witness = Witness::start(&scene.api).await?;
    let text = machine.read(MAIN)?;
    let command = scene.api.command(&project, &edit::tick(SPEC, &text)?).await?;
    let done = scene.api.ended(&command.id).await?;
    ended_as(&done, &CommandState::Expired)?;
    ensure!(done.outcome.and_then(|outcome| outcome.reason) == Some(Reason::Late));
    let _bridge = machine.ready(&scene).await?;
    machine.write("0002-spec/README.md", disk::spec("A sign of life", "planned"))?;
    scene.equal(&machine).await?;
    ensure!(machine.read(MAIN)? == text, "applied after its end");
    witness.saw_one_end_of_each([&command.id]).await
}

#[tokio::test]
async fn a_waiting_command_can_be_taken_back() -> Result<()> {
    let scene = Scene::start().await?;
    let (machine, project) = away(&scene, 1).await?;
    let witness = Witness::start(&scene.api).await?;
    let text = machine.read(MAIN)?;
    let command = scene.api.command(&project, &edit::tick(SPEC, &text)?).await?;
    let back = scene.api.withdraw(&command.id).await?.command()?;
    ended_as(&back, &CommandState::Withdrawn)?;
    let again = scene.api.withdraw(&command.id).await?;
    ensure!(again.status < 300 || again.problem()? == "command_ended", "{again:?}");
    // The next one on that file finds it as it was.
    let next = edit::set(SPEC, edit::on(&text), json!({"priority": "high"}));
    let next = scene.api.command(&project, &next).await?;
    let _bridge = machine.ready(&scene).await?;
    ended_as(&scene.api.ended(&next.id).await?, &CommandState::Applied)?;
    ensure!(machine.read(MAIN)?.contains("- [ ] build"), "the box was ticked");
    witness.saw_one_end_of_each([&command.id, &next.id]).await
}

#[tokio::test]
async fn a_command_that_was_handed_over_is_taken_back_if_nothing_was_done() -> Result<()> {
    let scene = Scene::start().await?;
    let (machine, project) = away(&scene, 1).await?;
    let witness = Witness::start(&scene.api).await?;
    let text = machine.read(MAIN)?;
    let mut bridge = machine.ready(&scene).await?;
    bridge.process.signal("STOP").await?;
    let command = scene.api.command(&project, &edit::tick(SPEC, &text)?).await?;
    scene.api.reaches(&command.id, CommandState::Delivered).await?;
    let asked = scene.api.withdraw(&command.id).await?;
    ensure!(asked.status == 202, "{asked:?}");
    ensure!(asked.command()?.withdraw_requested, "the wish is not shown");
    bridge.process.kill().await?;
    let _bridge = machine.ready(&scene).await?;
    ended_as(&scene.api.ended(&command.id).await?, &CommandState::Withdrawn)?;
    ensure!(machine.read(MAIN)? == text, "withdrawn, and yet applied");
    witness.saw_one_end_of_each([&command.id]).await
}

#[tokio::test]
async fn taking_back_a_command_that_runs_ends_with_what_really_happened() -> Result<()> {
    let scene = Scene::start().await?;
    let (machine, project) = away(&scene, 8).await?;
    let bridge = machine.ready(&scene).await?;
    for round in 1..=8 {
        let path = format!("{round:04}-spec");
        let text = machine.read(&format!("{path}/README.md"))?;
        bridge.process.signal("STOP").await?;
        let command = scene.api.command(&project, &edit::tick(&path, &text)?).await?;
        scene.api.reaches(&command.id, CommandState::Delivered).await?;
        scene.api.withdraw(&command.id).await?.command()?;
        bridge.process.signal("CONT").await?;
        let done = scene.api.ended(&command.id).await?;
        let wanted = match done.state {
            CommandState::Withdrawn => text,
            CommandState::Applied => edit::ticked(&text),
            _ => anyhow::bail!("{done:?}"),
        };
        ensure!(machine.read(&format!("{path}/README.md"))? == wanted, "{done:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_deleted_mirror_loses_no_command_that_waits() -> Result<()> {
    let mut scene = Scene::start().await?;
    let (machine, project) = away(&scene, 2).await?;
    let text = machine.read(MAIN)?;
    let command = scene.api.command(&project, &edit::tick(SPEC, &text)?).await?;
    let next = edit::set(SPEC, edit::after(&command), json!({"priority": "high"}));
    let next = scene.api.command(&project, &next).await?;
    scene.relay.process.stop().await?;
    for name in ["mirror.db", "mirror.db-wal", "mirror.db-shm"] {
        drop(fs::remove_file(scene.data().join(name)));
    }
    scene.relay_again().await?;
    ended_as(&scene.api.look(&command.id).await?, &CommandState::Queued)?;
    let witness = Witness::start(&scene.api).await?;
    let _bridge = machine.ready(&scene).await?;
    ended_as(&scene.api.ended(&command.id).await?, &CommandState::Applied)?;
    ended_as(&scene.api.ended(&next.id).await?, &CommandState::Applied)?;
    ensure!(machine.read(MAIN)?.contains("- [x] build"), "not ticked");
    witness.saw_one_end_of_each([&command.id, &next.id]).await
}

#[tokio::test]
async fn a_machine_that_is_forgotten_ends_its_commands() -> Result<()> {
    let scene = Scene::start().await?;
    let (machine, project) = away(&scene, 2).await?;
    let witness = Witness::start(&scene.api).await?;
    let waiting = edit::tick(SPEC, &machine.read(MAIN)?)?;
    let waiting = scene.api.command(&project, &waiting).await?;
    let machine_address = paths::machine(&project.machine);
    let gone = scene.api.delete(&machine_address).send().await?;
    ensure!(gone.status().is_success(), "{gone:?}");
    let done = scene.api.ended(&waiting.id).await?;
    ended_as(&done, &CommandState::Expired)?;
    let outcome = done.outcome.context("an outcome")?;
    ensure!(outcome.reason == Some(Reason::Forgotten) && !outcome.outcome_unknown, "{outcome:?}");
    witness.saw_one_end_of_each([&waiting.id]).await
}

const FILES: usize = 20;
const EDITS_PER_FILE: usize = 50;

/// The predecessor needed 155 s for 304 edits of a day offline.
#[tokio::test]
async fn a_thousand_waiting_commands_are_applied_in_order() -> Result<()> {
    let scene = Scene::start().await?;
    let (machine, project) = away(&scene, FILES).await?;
    let mut bases: Vec<_> = (1..=FILES)
        .map(|file| Ok(edit::on(machine.read(&format!("{file:04}-spec/README.md"))?)))
        .collect::<Result<_>>()?;
    let mut accepted: Vec<CommandId> = Vec::new();
    for number in 1..=EDITS_PER_FILE {
        for (file, base) in bases.iter_mut().enumerate() {
            let fields = json!({"assignee": format!("keeper {number}")});
            let wanted = edit::set(&format!("{:04}-spec", file + 1), base.clone(), fields);
            let command = scene.api.command(&project, &wanted).await?;
            *base = edit::after(&command);
            accepted.push(command.id);
        }
    }
    let start = Instant::now();
    let _bridge = machine.ready(&scene).await?;
    for id in accepted.iter().rev().take(FILES) {
        ended_as(&scene.api.ended(id).await?, &CommandState::Applied)?;
    }
    eprintln!("{} commands in {:?}", accepted.len(), start.elapsed());
    let told = told_in_order(&scene, accepted.len()).await?;
    let position: HashMap<_, _> = accepted.iter().zip(0..).collect();
    let mut last: HashMap<String, (usize, serde_json::Value)> = HashMap::new();
    for entry in &told {
        ensure!(entry.state == CommandState::Applied, "{entry:?}");
        let change = entry.outcome.changes.iter().find(|change| change.field == "assignee");
        let change = change.context("the change of the assignee")?;
        let at = *position.get(&entry.command).context("one of ours")?;
        let spec = entry.spec.as_ref().context("its spec")?.to_string();
        if let Some((before, to)) = last.insert(spec, (at, change.to.clone())) {
            ensure!(before < at && to == change.from, "out of order: {entry:?}");
        }
    }
    for file in 1..=FILES {
        let text = machine.read(&format!("{file:04}-spec/README.md"))?;
        ensure!(text.contains(&format!("assignee: keeper {EDITS_PER_FILE}\n")), "{text}");
    }
    Ok(())
}

/// What the activity tells, oldest first.
async fn told_in_order(scene: &Scene, count: usize) -> Result<Vec<ActivityEntry>> {
    let (mut entries, mut query) = (Vec::new(), "?limit=100".to_owned());
    loop {
        let page = scene.api.activity(&query).await?;
        entries.extend(page.entries);
        match page.next {
            Some(next) => query = format!("?limit=100&before={next}"),
            None => break,
        }
    }
    entries.reverse();
    ensure!(entries.len() == count, "{} of {count} are told", entries.len());
    Ok(entries)
}
