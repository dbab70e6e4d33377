//! What the machine refuses: LeanSpec's rules, its owner's word, what cannot be edited safely, and
//! what it does not understand.

use std::fs;

use anyhow::{Context, Result, ensure};
use e2e::command::{ended_as, new_key};
use e2e::disk;
use e2e::edit;
use e2e::scene::{Machine, Scene};
use e2e::wait;
use leanspec_shared::command::{Command, CommandState, NewCommand, Outcome, Reason, Rule};
use leanspec_shared::view::Permission;
use serde_json::json;

fn refused(command: &Command, reason: &Reason) -> Result<Outcome> {
    ended_as(command, &CommandState::Refused)?;
    let outcome = command.outcome.clone().context("an outcome")?;
    ensure!(outcome.reason.as_ref() == Some(reason), "{reason} was expected: {outcome:?}");
    ensure!(outcome.message.is_some(), "no sentence for people: {outcome:?}");
    Ok(outcome)
}

fn status(machine: &Machine, spec: &str, status: &str) -> Result<NewCommand> {
    let base = edit::on(machine.read(&format!("{spec}/README.md"))?);
    Ok(edit::set(spec, base, json!({"status": status})))
}

#[tokio::test]
async fn leanspecs_own_rules_are_kept_with_details_and_force_passes_all_but_one() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    machine.write("001-draft/README.md", disk::spec("Draft", "draft").replace("[ ]", "[x]"))?;
    machine.write("002-open/README.md", disk::spec("Open", "in-progress"))?;
    machine.write("003-parent/README.md", disk::spec("P", "planned").replace("[ ]", "[x]"))?;
    let child = disk::spec("C", "planned").replacen("\n---", "\nparent: 003-parent\n---", 1);
    machine.write("004-child/README.md", child)?;
    let _bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    let before = disk::listing(&machine.specs)?;
    let cases = [
        ("001-draft", "sunk", Rule::KnownValue, "planned"),
        ("001-draft", "in-progress", Rule::DraftFirst, ""),
        ("001-draft", "complete", Rule::DraftFirst, ""),
        ("002-open", "complete", Rule::OpenTasks, "build"),
        ("003-parent", "complete", Rule::OpenChildren, "004-child"),
    ];
    for (spec, word, rule, detail) in &cases {
        let done = scene.api.done(&project, &status(&machine, spec, word)?).await?;
        let outcome = refused(&done, &Reason::Rule)?;
        ensure!(outcome.rule.as_ref() == Some(rule), "{outcome:?}");
        let told = outcome.details.iter().any(|line| line.contains(detail));
        ensure!(detail.is_empty() || told, "no {detail} in {outcome:?}");
    }
    ensure!(disk::listing(&machine.specs)? == before, "a refused command wrote something");

    let unknown = edit::forced(status(&machine, "001-draft", "sunk")?);
    refused(&scene.api.done(&project, &unknown).await?, &Reason::Rule)?;
    for spec in ["001-draft", "002-open", "003-parent"] {
        let forced = edit::forced(status(&machine, spec, "complete")?);
        ended_as(&scene.api.done(&project, &forced).await?, &CommandState::Applied)?;
        let text = machine.read(&format!("{spec}/README.md"))?;
        ensure!(text.contains("status: complete") && text.contains("completed_at:"), "{text}");
    }
    Ok(())
}

#[tokio::test]
async fn the_owners_default_allows_metadata_and_tasks_and_refuses_texts_and_new_specs() -> Result<()>
{
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 1)?;
    let _bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    ensure!(project.allow == [Permission::Frontmatter, Permission::Tasks], "{:?}", project.allow);
    let before = disk::listing(&machine.specs)?;
    let text = machine.read("0001-spec/README.md")?;
    let content = edit::rewrite("0001-spec", None, edit::on(&text), "mine");
    refused(&scene.api.done(&project, &content).await?, &Reason::NotAllowed)?;
    let create = edit::create("buoy", None, json!({}));
    refused(&scene.api.done(&project, &create).await?, &Reason::NotAllowed)?;
    ensure!(disk::listing(&machine.specs)? == before, "a refused command wrote something");
    let tick = scene.api.done(&project, &edit::tick("0001-spec", &text)?).await?;
    ended_as(&tick, &CommandState::Applied)
}

#[tokio::test]
async fn what_cannot_be_edited_safely_is_refused_with_its_line_while_others_go_on() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    let malformed =
        "---\nstatus: planned\ncreated: 2026-01-01\ntitle: a: b: c\n---\n\n# Malformed\n";
    let twice = "---\nstatus: planned\ncreated: 2026-01-01\nstatus: complete\n---\n\n# Twice\n";
    machine.write("001-malformed/README.md", malformed)?;
    machine.write("002-twice/README.md", twice)?;
    machine.write("003-sound/README.md", disk::spec("Sound", "planned"))?;
    let _bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    for (spec, text) in [("001-malformed", malformed), ("002-twice", twice)] {
        let broken = scene.api.command(&project, &status(&machine, spec, "in-progress")?).await?;
        let sound = status(&machine, "003-sound", "planned")?;
        ended_as(&scene.api.done(&project, &sound).await?, &CommandState::Applied)?;
        let outcome = refused(&scene.api.ended(&broken.id).await?, &Reason::NotEditable)?;
        ensure!(outcome.line == Some(4), "{spec}: {outcome:?}");
        ensure!(machine.read(&format!("{spec}/README.md"))? == text, "{spec} was written");
    }
    Ok(())
}

/// One command that could not be read blocked all later ones of the predecessor for ever, and cost a
/// descriptor with each reconnect.
#[tokio::test]
async fn a_command_that_nobody_understands_is_refused_and_blocks_no_other() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 2)?;
    let mut bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    bridge.process.kill().await?;
    let base = json!({"hash": leanspec_shared::hash::ContentHash::of(b"x")});
    let poison = [
        (
            json!({"type": "fly", "spec": "0001-spec", "base": base, "height": 3}),
            Reason::Unsupported,
        ),
        (json!({"type": "", "spec": "0001-spec", "base": base}), Reason::Unsupported),
        (
            json!({"type": "toggle_task", "spec": "0001-spec", "base": base, "line": "x"}),
            Reason::Invalid,
        ),
        (
            json!({"type": "update_frontmatter", "spec": 7, "base": base, "fields": []}),
            Reason::Invalid,
        ),
        (json!({"type": "update_content", "base": base}), Reason::Invalid),
        (json!({"type": "create_spec", "base": null, "name": {"a": [1, 2]}}), Reason::Invalid),
    ];
    let mut accepted = Vec::new();
    for (body, reason) in &poison {
        let answer = scene.api.post_command(&project, &new_key(), body).await?;
        // What the relay itself sees to be wrong it may refuse at once; the rest is the bridge's.
        match answer.status {
            202 => accepted.push((answer.command()?.id, reason)),
            400 | 422 => {}
            status => anyhow::bail!("{body}: {status} {}", answer.body),
        }
    }
    ensure!(!accepted.is_empty(), "a type of a newer version is for the bridge to answer");
    let text = machine.read("0001-spec/README.md")?;
    let sound = scene.api.command(&project, &edit::tick("0001-spec", &text)?).await?;
    let _bridge = machine.ready(&scene).await?;
    ended_as(&scene.api.ended(&sound.id).await?, &CommandState::Applied)?;
    for (id, reason) in accepted {
        refused(&scene.api.ended(&id).await?, reason)?;
    }
    Ok(())
}

/// `create_spec` of LeanSpec's own tools leaves a numbered folder behind when the template is missing.
#[tokio::test]
async fn a_spec_that_cannot_be_made_leaves_no_folder_behind() -> Result<()> {
    let scene = Scene::start().await?;
    let mut machine = scene.machine("one").await?;
    machine.allow(&["create"])?;
    disk::write_specs(&machine.specs, 2)?;
    let template = "---\nstatus: planned\ncreated: '{date}'\ntags: []\npriority: medium\n---\n\n# {name}\n\n## Harbour's own\n";
    disk::write(&machine.project, ".lean-spec/templates/spec-template.md", template)?;
    disk::write(&machine.project, ".lean-spec/config.json", "{\"template\":\"spec-template.md\"}")?;
    let _bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    let mut missing = edit::create("buoy", None, json!({}));
    missing.members.insert("template".into(), json!("no-such-template"));
    refused(&scene.api.done(&project, &missing).await?, &Reason::Template)?;
    let unknown = edit::create("buoy", None, json!({"status": "sunk"}));
    refused(&scene.api.done(&project, &unknown).await?, &Reason::Rule)?;
    ensure!(fs::read_dir(&machine.specs)?.count() == 2, "a folder was left behind");

    // Two at once take two numbers; a leading number in the name is not doubled.
    let two = [edit::create("buoy", None, json!({})), edit::create("007-cable", None, json!({}))];
    let (buoy, cable) =
        tokio::try_join!(scene.api.done(&project, &two[0]), scene.api.done(&project, &two[1]))?;
    let mut made = Vec::new();
    for done in [&buoy, &cable] {
        ended_as(done, &CommandState::Applied)?;
        let spec = done.outcome.as_ref().and_then(|outcome| outcome.spec.clone());
        made.push(spec.context("the new spec is named")?.to_string());
    }
    made.sort();
    let orders = [["003-buoy", "004-cable"], ["003-cable", "004-buoy"]];
    ensure!(orders.iter().any(|order| made == order), "{made:?}");
    let text = machine.read(&format!("{}/README.md", made[0]))?;
    ensure!(text.contains("## Harbour's own") && !text.contains('{'), "{text}");
    ensure!(text.contains("# Buoy") || text.contains("# Cable"), "{text}");
    wait::until(|| async {
        let specs = scene.api.specs(&project).await?;
        ensure!(specs.len() == 4, "{} specs at the relay", specs.len());
        Ok(())
    })
    .await
}
