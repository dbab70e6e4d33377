//! What edits leave behind: a changed file for git and nothing else, entries in the activity, and
//! lines in the machine's own log.

use anyhow::{Context, Result, ensure};
use e2e::command::ended_as;
use e2e::disk;
use e2e::edit;
use e2e::git::{self, git};
use e2e::scene::{Machine, Scene};
use e2e::wait;
use leanspec_shared::command::CommandState;
use serde_json::json;

const SPEC: &str = "001-lights";
const MAIN: &str = "001-lights/README.md";

async fn harbour(scene: &Scene) -> Result<Machine> {
    let machine = scene.machine("one").await?;
    machine.write(MAIN, disk::styled_spec())?;
    machine.write("002-fog/README.md", disk::spec("Fog signal", "planned"))?;
    Ok(machine)
}

#[tokio::test]
async fn git_sees_the_changed_spec_and_nothing_else() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = harbour(&scene).await?;
    git::init(&machine.project)?;
    let head = git(&machine.project, &["rev-parse", "HEAD"])?;
    let _bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    let status = || git(&machine.project, &["--no-optional-locks", "status", "--porcelain"]);
    ensure!(status()?.is_empty(), "before: {}", status()?);
    for number in 0..20 {
        let fields = json!({"assignee": format!("keeper {number}")});
        let wanted = edit::set(SPEC, edit::on(machine.read(MAIN)?), fields);
        let command = scene.api.command(&project, &wanted).await?;
        let done = wait::until(|| async {
            // Looked at all the while: no temporary file may show for a moment.
            let seen = status()?;
            if seen.contains("leanspec-") {
                return Ok(Err(anyhow::anyhow!("git saw {seen}")));
            }
            let command = scene.api.look(&command.id).await?;
            ensure!(command.state.is_final(), "{command:?}");
            Ok(Ok(command))
        });
        ended_as(&done.await??, &CommandState::Applied)?;
    }
    ensure!(status()?.trim() == format!("M specs/{MAIN}"), "{}", status()?);
    // One that a power cut left behind does not show either.
    disk::write(&machine.specs, "001-lights/.leanspec-c1.tmp", "half a file")?;
    ensure!(status()?.trim() == format!("M specs/{MAIN}"), "{}", status()?);
    ensure!(git(&machine.project, &["rev-parse", "HEAD"])? == head, "something was committed");
    let exclude = git(&machine.project, &["rev-parse", "--git-path", "info/exclude"])?;
    let exclude = std::fs::read_to_string(machine.project.join(exclude))?;
    let lines = exclude.lines().filter(|line| line.contains(".leanspec-")).count();
    ensure!(lines == 1, "{exclude}");
    Ok(())
}

#[tokio::test]
async fn activity_and_the_machines_log_tell_who_changed_what_and_how_it_ended() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = harbour(&scene).await?;
    let _bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    let old = disk::styled_spec();
    let mut ids = Vec::new();
    for wanted in [
        edit::set(SPEC, edit::on(&old), json!({"priority": "high"})),
        edit::set(SPEC, edit::on("another text"), json!({"priority": "low"})),
        edit::set(
            "002-fog",
            edit::on(machine.read("002-fog/README.md")?),
            json!({"status": "sunk"}),
        ),
    ] {
        ids.push(scene.api.done(&project, &wanted).await?.id);
    }
    let (mut entries, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = scene.api.activity(&query).await?;
        ensure!(page.entries.len() <= 2, "a page of {}", page.entries.len());
        entries.extend(page.entries);
        match page.next {
            Some(next) => query = format!("?limit=2&before={next}"),
            None => break,
        }
    }
    let told: Vec<_> = entries.iter().rev().map(|entry| entry.command.clone()).collect();
    ensure!(told == ids, "newest first, each once: {entries:?}");
    let states: Vec<_> = entries.iter().rev().map(|entry| entry.state.as_str()).collect();
    ensure!(states == ["applied", "conflict", "refused"], "{states:?}");
    let first = entries.last().context("three entries")?;
    let change = first.outcome.changes.iter().find(|change| change.field == "priority");
    let change = change.context("the change of the priority")?;
    ensure!(change.from == "medium" && change.to == "high", "{change:?}");
    ensure!(first.machine == project.machine && first.project == project.id, "{first:?}");
    ensure!(first.spec.as_ref().is_some_and(|spec| spec.as_str() == SPEC), "{first:?}");
    let me: serde_json::Value = scene.api.get("/v1/me").await?;
    ensure!(me["key"] == first.by.key.as_str(), "{first:?} is not by {me}");

    let log = machine.log(&scene).await?;
    let logged = log["commands"].as_array().context("a list")?;
    ensure!(logged.len() == ids.len(), "{log}");
    for ((id, state), line) in ids.iter().zip(states).zip(logged) {
        ensure!(line["command"] == id.as_str() && line["state"] == state, "{id} {state}: {line}");
        ensure!(line["by"]["name"] == first.by.name.as_str(), "{line}");
    }
    Ok(())
}
