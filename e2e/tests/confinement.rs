//! Where nothing may be written: projects that are read-only, and every place outside of the specs.

use anyhow::{Context, Result, ensure};
use e2e::command::{ended_as, new_key};
use e2e::disk;
use e2e::edit;
use e2e::git;
use e2e::scene::{Machine, Scene};
use leanspec_shared::command::{CommandState, NewCommand, Reason};
use leanspec_shared::view::{Project, ReadOnlyCode};
use serde_json::{Value, json};

/// Every kind of edit on `0001-spec`.
fn every_kind(text: &str) -> Result<[NewCommand; 4]> {
    Ok([
        edit::set("0001-spec", edit::on(text), json!({"status": "in-progress"})),
        edit::tick("0001-spec", text)?,
        edit::rewrite("0001-spec", None, edit::on(text), "mine"),
        edit::create("buoy", None, json!({})),
    ])
}

/// Tries every kind of edit on a machine that nothing may be written on, across a restart of its
/// bridge; gives the project as it is shown.
async fn nothing_is_written(scene: &Scene, machine: &Machine) -> Result<Project> {
    disk::write_specs(&machine.specs, 3)?;
    disk::write(&machine.project, ".lean-spec/templates/spec-template.md", "# {name}\n")?;
    git::init(&machine.project)?;
    let before = disk::listing(&machine.project)?;
    for _ in 0..2 {
        let mut bridge = machine.ready(scene).await?;
        let project = scene.project_of("one").await?;
        for wanted in every_kind(&machine.read("0001-spec/README.md")?)? {
            let done = scene.api.done(&project, &wanted).await?;
            ended_as(&done, &CommandState::Refused)?;
            let reason = done.outcome.and_then(|outcome| outcome.reason);
            ensure!(reason == Some(Reason::ReadOnly), "{reason:?}");
        }
        bridge.process.stop().await?;
        let after = disk::listing(&machine.project)?;
        for (path, facts) in &after {
            ensure!(before.get(path) == Some(facts), "{path}: {facts} now, {:?}", before.get(path));
        }
        ensure!(after.len() == before.len(), "something is gone");
    }
    scene.project_of("one").await
}

#[tokio::test]
async fn in_a_project_where_nothing_is_allowed_not_even_a_canary_is_written() -> Result<()> {
    let scene = Scene::start().await?;
    let mut machine = scene.machine("one").await?;
    machine.allow(&[])?;
    let project = nothing_is_written(&scene, &machine).await?;
    ensure!(project.allow.is_empty() && project.read_only.is_some(), "{project:?}");
    ensure!(project.read_only_code == Some(ReadOnlyCode::AllowsNothing), "{project:?}");
    Ok(())
}

#[tokio::test]
async fn leanspecs_own_switch_for_read_only_is_obeyed_and_shown() -> Result<()> {
    let scene = Scene::start().await?;
    let mut machine = scene.machine("one").await?;
    machine.allow(&["frontmatter", "tasks", "content", "create"])?;
    let switch = json!({"security": {"readonly": true}}).to_string();
    disk::write(&machine.options.home, ".lean-spec/config.json", switch)?;
    let project = nothing_is_written(&scene, &machine).await?;
    ensure!(project.read_only_code == Some(ReadOnlyCode::Leanspec), "{project:?}");
    let reason = project.read_only.context("a reason is shown")?;
    ensure!(reason.contains("readonly"), "{reason}");
    Ok(())
}

/// Ways out of the specs folder, or to a name that stands for another place, as posted.
fn ways_out(machine: &Machine) -> Vec<Value> {
    let long = "x".repeat(300);
    let deep = "a/".repeat(600);
    let absolute = machine.project.join("outside").display().to_string();
    let specs = [
        "../outside",
        "001-a/../../outside",
        "..",
        ".",
        "/etc",
        &absolute,
        "002-link",
        "002-link/inner",
        "001-A",
        "001-a/",
        "001-a//",
        "./001-a",
        "C:\\outside",
        "001-a\\..\\..\\outside",
        "001-a\0",
        "CON",
        "001-a:stream",
        "001-a.",
        "001-a ",
        &long,
        &deep,
        ".git",
        "",
    ];
    let files =
        ["../../outside/README.md", "/etc/passwd", "link.md", "../002-link/README.md", "\0", &long];
    let base = json!({"hash": leanspec_shared::hash::ContentHash::of(b"outside")});
    let write = |spec: &str, file: Value| json!({"type": "update_content", "spec": spec, "file": file, "base": base, "content": "mine"});
    let mut posts: Vec<Value> = specs.iter().map(|spec| write(spec, Value::Null)).collect();
    posts.extend(specs.iter().map(|spec| write(spec, json!("README.md"))));
    posts.extend(files.iter().map(|file| write("001-a", json!(file))));
    let names = ["../outside", "a/b", "..", "a\0b", "/abs", &long, "", ".hidden", "a\\b", " "];
    posts.extend(
        names.iter().map(|name| json!({"type": "create_spec", "name": name, "base": null})),
    );
    let templates = ["../../outside/README.md", "/etc/passwd", "..", "link.md"];
    posts.extend(templates.iter().map(|template| {
        json!({"type": "create_spec", "name": "by-template", "template": template, "base": null})
    }));
    posts
}

/// A crafted event made the predecessor's bridge rewrite a file outside of the project.
#[cfg(unix)]
#[tokio::test]
async fn no_command_reaches_a_place_outside_of_the_projects_specs() -> Result<()> {
    use std::os::unix::fs::symlink;

    let scene = Scene::start().await?;
    let mut machine = scene.machine("one").await?;
    machine.allow(&["frontmatter", "tasks", "content", "create"])?;
    machine.write("001-a/README.md", "outside")?;
    disk::write(&machine.project, "outside/README.md", "outside")?;
    disk::write(&machine.project, "outside/inner/README.md", "outside")?;
    disk::write(&machine.project, ".lean-spec/templates/spec-template.md", "# {name}\n")?;
    symlink(machine.project.join("outside"), machine.specs.join("002-link"))?;
    symlink(machine.project.join("outside/README.md"), machine.specs.join("001-a/link.md"))?;
    let templates = machine.project.join(".lean-spec/templates");
    symlink(machine.project.join("outside/README.md"), templates.join("link.md"))?;
    let bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    let before = disk::listing(&machine.project)?;
    let mut accepted = Vec::new();
    for body in ways_out(&machine) {
        let answer = scene.api.post_command(&project, &new_key(), &body).await?;
        match answer.status {
            202 => accepted.push((answer.command()?.id, body)),
            400 | 422 => {}
            status => anyhow::bail!("{body}: {status} {}", answer.body),
        }
    }
    for (id, body) in accepted {
        let done = scene.api.ended(&id).await?;
        ensure!(done.state != CommandState::Applied, "{body} was applied: {done:?}");
    }
    let now = disk::listing(&machine.project)?;
    for (path, facts) in &before {
        ensure!(now.get(path) == Some(facts), "{path}: {facts} before, {:?} now", now.get(path));
    }
    ensure!(
        now.len() == before.len(),
        "new: {:?}",
        now.keys().filter(|path| !before.contains_key(*path))
    );
    ensure!(bridge.process.id().is_ok(), "{}", bridge.process.said());
    Ok(())
}
