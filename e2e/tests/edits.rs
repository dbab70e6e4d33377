//! A spec changed from afar: exactly that on disk, on that machine only, told once.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use e2e::command::{ended_as, new_key};
use e2e::disk;
use e2e::edit;
use e2e::scene::{Machine, Scene};
use e2e::witness::Witness;
use leanspec_shared::command::{Command, CommandState, Reason};
use leanspec_shared::hash::ContentHash;
use serde_json::json;

const SPEC: &str = "001-lights";
const MAIN: &str = "001-lights/README.md";

/// A machine whose owner allows every kind of edit.
async fn open_machine(scene: &Scene, name: &str) -> Result<Machine> {
    let mut machine = scene.machine(name).await?;
    machine.allow(&["frontmatter", "tasks", "content", "create"])?;
    machine.write(MAIN, disk::styled_spec())?;
    machine.write("001-lights/DESIGN.md", "# Design\n\nLamps.\n")?;
    machine.write("002-fog/README.md", disk::spec("Fog signal", "planned"))?;
    Ok(machine)
}

type Files = BTreeMap<String, Vec<u8>>;

/// Checks that a command was applied, that its file is the only one that differs from `before`, and
/// that its bytes are what the outcome says; gives its text.
fn changed_only(machine: &Machine, before: &Files, done: &Command, path: &str) -> Result<String> {
    ended_as(done, &CommandState::Applied)?;
    let mut now = disk::read_all(&machine.specs)?;
    let bytes = now.remove(path).with_context(|| format!("{path} is not there"))?;
    let mut others = before.clone();
    others.remove(path);
    ensure!(now == others, "other files changed: {:?}", now.keys());
    let outcome = done.outcome.as_ref().context("an outcome")?;
    ensure!(outcome.hash == Some(ContentHash::of(&bytes)), "{outcome:?}");
    ensure!(outcome.file.as_ref().is_some_and(|file| file.as_str() == path), "{outcome:?}");
    Ok(String::from_utf8(bytes)?)
}

#[tokio::test]
async fn each_kind_of_edit_changes_exactly_that_on_disk_and_is_told_once() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = open_machine(&scene, "one").await?;
    let _bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    let witness = Witness::start(&scene.api).await?;

    let before = disk::read_all(&machine.specs)?;
    let old = disk::styled_spec();
    let wanted = edit::set(SPEC, edit::on(&old), json!({"status": "in-progress"}));
    let status = scene.api.done(&project, &wanted).await?;
    let text = changed_only(&machine, &before, &status, MAIN)?;
    let changes = &status.outcome.as_ref().context("an outcome")?.changes;
    let change = |field: &str| {
        let found = changes.iter().find(|change| change.field == field);
        found.with_context(|| format!("{field} is not among {changes:?}"))
    };
    ensure!(change("status")?.from == "planned" && change("status")?.to == "in-progress");
    let now = change("updated_at")?.to.as_str().context("a text")?.to_owned();
    let expected = old
        .replace("status: planned #", "status: in-progress #")
        .replace(
            &format!("updated_at: '{}'", disk::STYLED_UPDATED_AT),
            &format!("updated_at: '{now}'"),
        )
        .replace(
            "\n---\n\n# Harbour",
            &format!("\n  - status: in-progress\n    at: '{now}'\n---\n\n# Harbour"),
        );
    ensure!(text == expected, "on disk:\n{text}\nexpected:\n{expected}");

    let before = disk::read_all(&machine.specs)?;
    let tick = scene.api.done(&project, &edit::tick(SPEC, &text)?).await?;
    ensure!(changed_only(&machine, &before, &tick, MAIN)? == edit::ticked(&text));

    let before = disk::read_all(&machine.specs)?;
    let design = machine.read("001-lights/DESIGN.md")?;
    let wanted = "# Design\r\n\r\nLamps of 1,000 candela. Größe: 3 m";
    let rewrite = edit::rewrite(SPEC, Some("DESIGN.md"), edit::on(design), wanted);
    let content = scene.api.done(&project, &rewrite).await?;
    ensure!(changed_only(&machine, &before, &content, "001-lights/DESIGN.md")? == wanted);

    let before = disk::read_all(&machine.specs)?;
    let create = edit::create("buoy", Some("Buoys of the fairway"), json!({"priority": "high"}));
    let created = scene.api.done(&project, &create).await?;
    let text = changed_only(&machine, &before, &created, "003-buoy/README.md")?;
    ensure!(text.contains("# Buoys of the fairway") && text.contains("priority: high"), "{text}");
    let spec = created.outcome.as_ref().and_then(|outcome| outcome.spec.clone());
    ensure!(spec.is_some_and(|spec| spec.as_str() == "003-buoy"), "{created:?}");

    witness.saw_one_end_of_each([&status.id, &tick.id, &content.id, &created.id]).await?;
    scene.equal(&machine).await
}

#[tokio::test]
async fn only_the_chosen_machine_changes() -> Result<()> {
    let scene = Scene::start().await?;
    let (one, two) = (open_machine(&scene, "one").await?, open_machine(&scene, "two").await?);
    let (_first, _second) = (one.ready(&scene).await?, two.ready(&scene).await?);
    let (before, there) = (disk::read_all(&one.specs)?, disk::listing(&two.project)?);
    let project = scene.project_of("one").await?;
    let done = scene.api.done(&project, &edit::tick(SPEC, &disk::styled_spec())?).await?;
    changed_only(&one, &before, &done, MAIN)?;
    scene.equal(&one).await?;
    scene.equal(&two).await?;
    ensure!(disk::listing(&two.project)? == there, "the other machine was touched");
    Ok(())
}

#[tokio::test]
async fn a_repeated_post_is_the_same_command_and_another_body_is_refused() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = open_machine(&scene, "one").await?;
    let _bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    let (key, old) = (new_key(), disk::styled_spec());
    let body = serde_json::to_value(edit::tick(SPEC, &old)?)?;
    let first = scene.api.post_command(&project, &key, &body).await?.command()?;
    let again = scene.api.post_command(&project, &key, &body).await?.command()?;
    ensure!(first.id == again.id, "two commands: {first:?} {again:?}");
    ended_as(&scene.api.ended(&first.id).await?, &CommandState::Applied)?;
    let late = scene.api.post_command(&project, &key, &body).await?.command()?;
    ensure!(late.id == first.id, "another command after the end: {late:?}");
    let other = serde_json::to_value(edit::set(SPEC, edit::on(&old), json!({"priority": "low"})))?;
    let refused = scene.api.post_command(&project, &key, &other).await?;
    ensure!(refused.status == 422 && refused.problem()? == "idempotency_mismatch", "{refused:?}");
    ensure!(machine.read(MAIN)? == edit::ticked(&old), "applied once, and nothing else");
    Ok(())
}

/// The predecessor applied a command for a spec that does not exist to one whose name contains it.
#[tokio::test]
async fn a_name_that_is_only_part_of_a_specs_name_changes_nothing() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = open_machine(&scene, "one").await?;
    let _bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    let before = disk::listing(&machine.specs)?;
    for spec in ["001", "1", "lights", "001-light", "001-lights-and-more", "01-lights"] {
        let mut wanted = edit::tick(SPEC, &disk::styled_spec())?;
        wanted.members["spec"] = json!(spec);
        let done = scene.api.done(&project, &wanted).await?;
        ensure!(done.state != CommandState::Applied, "{spec} was found: {done:?}");
    }
    ensure!(disk::listing(&machine.specs)? == before, "something was written");
    Ok(())
}

/// The predecessor turned 0600 into 0644, mixed line endings and replaced links by files.
#[cfg(unix)]
#[tokio::test]
async fn the_files_mode_and_line_endings_stay_and_links_are_left_alone() -> Result<()> {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    let scene = Scene::start().await?;
    let machine = open_machine(&scene, "one").await?;
    let windows = format!("\u{feff}{}", disk::spec("Private", "planned").replace('\n', "\r\n"));
    let private = machine.write("004-private/README.md", &windows)?;
    fs::set_permissions(&private, Permissions::from_mode(0o600))?;
    let outside = disk::write(&machine.project, "outside.md", disk::spec("Outside", "planned"))?;
    fs::create_dir_all(machine.specs.join("005-link"))?;
    symlink(&outside, machine.specs.join("005-link/README.md"))?;
    let twin = machine.write("006-twin/README.md", disk::spec("Twin", "planned"))?;
    fs::hard_link(&twin, machine.project.join("twin.md"))?;
    let _bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;

    let done = scene.api.done(&project, &edit::tick("004-private", &windows)?).await?;
    ended_as(&done, &CommandState::Applied)?;
    ensure!(fs::read_to_string(&private)? == edit::ticked(&windows), "the bytes differ");
    ensure!(private.metadata()?.permissions().mode() & 0o777 == 0o600, "the mode changed");
    for (spec, title) in [("005-link", "Outside"), ("006-twin", "Twin")] {
        let text = disk::spec(title, "planned");
        let done = scene.api.done(&project, &edit::tick(spec, &text)?).await?;
        ended_as(&done, &CommandState::Refused)?;
        let reason = done.outcome.and_then(|outcome| outcome.reason);
        ensure!(reason == Some(Reason::SpecialFile), "{spec}: {reason:?}");
        ensure!(machine.read(&format!("{spec}/README.md"))? == text, "{spec} was written");
    }
    ensure!(machine.specs.join("005-link/README.md").is_symlink(), "the link is a file now");
    Ok(())
}
