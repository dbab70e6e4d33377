//! Nobody's work is overwritten: the file must be what the user saw, or nothing is changed.

use std::fs;

use anyhow::{Context, Result, ensure};
use e2e::bridge::Bridge;
use e2e::command::ended_as;
use e2e::disk;
use e2e::edit;
use e2e::scene::{Machine, Scene};
use e2e::witness::Witness;
use leanspec_shared::command::{Command, CommandState, Outcome, Reason};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::view::Project;
use serde_json::json;

const SPEC: &str = "001-lights";
const MAIN: &str = "001-lights/README.md";

async fn harbour() -> Result<(Scene, Machine, Bridge, Project)> {
    let scene = Scene::start().await?;
    let mut machine = scene.machine("one").await?;
    machine.allow(&["frontmatter", "tasks", "content"])?;
    machine.write(MAIN, disk::styled_spec())?;
    machine.write("002-fog/README.md", disk::spec("Fog signal", "planned"))?;
    let bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    Ok((scene, machine, bridge, project))
}

/// What a conflict says.
fn conflict(command: &Command, reason: &Reason) -> Result<Outcome> {
    ended_as(command, &CommandState::Conflict)?;
    let outcome = command.outcome.clone().context("an outcome")?;
    ensure!(outcome.reason.as_ref() == Some(reason), "{outcome:?}");
    Ok(outcome)
}

#[tokio::test]
async fn of_two_users_at_once_one_is_applied_and_the_other_applies_to_the_newer_version()
-> Result<()> {
    let (scene, machine, _bridge, project) = harbour().await?;
    let witness = Witness::start(&scene.api).await?;
    let seen = disk::styled_spec();
    let change = |field: &str, from: serde_json::Value, to: &str| {
        edit::set_seen(SPEC, edit::on(&seen), json!({field: to}), json!({field: from}))
    };
    let (phone, laptop) =
        (change("priority", json!("medium"), "high"), change("assignee", json!(null), "Anna"));
    let (phone, laptop) =
        tokio::try_join!(scene.api.done(&project, &phone), scene.api.done(&project, &laptop))?;
    let (winner, loser) = match phone.state {
        CommandState::Applied => (phone, laptop),
        _ => (laptop, phone),
    };
    ended_as(&winner, &CommandState::Applied)?;
    let outcome = conflict(&loser, &Reason::Changed)?;
    let now = machine.read(MAIN)?;
    ensure!(outcome.current.as_deref() == Some(&now), "the current text: {outcome:?}");
    ensure!(outcome.current_hash == Some(ContentHash::of(now.as_bytes())), "{outcome:?}");
    let diff = outcome.diff.as_deref().context("a diff from what was seen")?;
    ensure!(diff.contains("\n-updated_at: ") && diff.contains("\n+updated_at: "), "{diff}");
    ensure!(outcome.rebasable, "another field changed: {outcome:?}");

    let rebased = scene.api.rebase(&loser.id).await?.command()?;
    let rebased = scene.api.ended(&rebased.id).await?;
    ended_as(&rebased, &CommandState::Applied)?;
    ensure!(scene.api.look(&loser.id).await?.rebased_as == Some(rebased.id.clone()), "no link");
    let text = machine.read(MAIN)?;
    ensure!(text.contains("\npriority: \"high\"\n") && text.contains("assignee: Anna"), "{text}");
    witness.saw_one_end_of_each([&winner.id, &loser.id, &rebased.id]).await
}

#[tokio::test]
async fn a_change_of_what_another_changed_meanwhile_is_not_rebased() -> Result<()> {
    let (scene, machine, _bridge, project) = harbour().await?;
    let seen = disk::styled_spec();
    let theirs = seen.replace("priority: \"medium\"", "priority: \"critical\"");
    machine.write(MAIN, &theirs)?;
    let mine = edit::set_seen(
        SPEC,
        edit::on(&seen),
        json!({"priority": "low"}),
        json!({"priority": "medium"}),
    );
    let done = scene.api.done(&project, &mine).await?;
    let outcome = conflict(&done, &Reason::Changed)?;
    ensure!(!outcome.rebasable, "{outcome:?}");
    let refused = scene.api.rebase(&done.id).await?;
    ensure!(refused.status == 409 && refused.problem()? == "not_rebasable", "{refused:?}");
    ensure!(machine.read(MAIN)? == theirs, "their change is gone");
    Ok(())
}

/// The predecessor compared the body only: a priority changed on disk was overwritten.
#[tokio::test]
async fn a_file_that_differs_in_any_byte_is_a_conflict_and_stays() -> Result<()> {
    let (scene, machine, _bridge, project) = harbour().await?;
    let seen = disk::styled_spec();
    for theirs in [
        seen.replace("medium", "low"),
        seen.replace("since spring", "since winter"),
        seen.replace("think", "think!"),
        format!("{seen}\n"),
        seen.replace("build   ", "build"),
        seen.replace('\n', "\r\n"),
    ] {
        machine.write(MAIN, &theirs)?;
        for wanted in [
            edit::tick(SPEC, &seen)?,
            edit::set(SPEC, edit::on(&seen), json!({"status": "in-progress"})),
            edit::rewrite(SPEC, None, edit::on(&seen), "mine"),
        ] {
            let done = scene.api.done(&project, &wanted).await?;
            let outcome = conflict(&done, &Reason::Changed)?;
            ensure!(outcome.current.as_deref() == Some(&theirs), "{outcome:?}");
            ensure!(wanted.kind != "update_content" || !outcome.rebasable, "{outcome:?}");
            ensure!(machine.read(MAIN)? == theirs, "written: {}", machine.read(MAIN)?);
        }
    }
    Ok(())
}

#[tokio::test]
async fn quick_edits_in_a_row_stand_on_each_other_and_none_conflicts() -> Result<()> {
    let (scene, machine, _bridge, project) = harbour().await?;
    let witness = Witness::start(&scene.api).await?;
    let fields = [
        json!({"status": "in-progress"}),
        json!({"priority": "high"}),
        json!({"tags": ["sea"]}),
        json!({"assignee": "Anna"}),
        json!({"priority": null}),
    ];
    let mut base = edit::on(disk::styled_spec());
    let mut ids = Vec::new();
    for fields in fields {
        // Not waited for: the next one is sent while this one is on its way.
        let command = scene.api.command(&project, &edit::set(SPEC, base, fields)).await?;
        base = edit::after(&command);
        ids.push(command.id);
    }
    for id in &ids {
        ended_as(&scene.api.ended(id).await?, &CommandState::Applied)?;
    }
    let text = machine.read(MAIN)?;
    ensure!(text.contains("status: in-progress #") && text.contains("assignee: Anna"), "{text}");
    ensure!(!text.contains("priority:") && !text.contains("light']"), "{text}");
    witness.saw_one_end_of_each(&ids).await
}

#[tokio::test]
async fn an_edit_that_stands_on_one_that_was_not_applied_changes_nothing() -> Result<()> {
    let (scene, machine, _bridge, project) = harbour().await?;
    let seen = disk::styled_spec();
    let complete = edit::set(SPEC, edit::on(&seen), json!({"status": "complete"}));
    let first = scene.api.command(&project, &complete).await?;
    let next = edit::set(SPEC, edit::after(&first), json!({"priority": "high"}));
    let second = scene.api.command(&project, &next).await?;
    let next = edit::set(SPEC, edit::after(&second), json!({"assignee": "Anna"}));
    let third = scene.api.command(&project, &next).await?;
    ended_as(&scene.api.ended(&first.id).await?, &CommandState::Refused)?;
    for id in [&second.id, &third.id] {
        conflict(&scene.api.ended(id).await?, &Reason::Predecessor)?;
    }
    // Also long after it ended, and when nobody ever heard of it.
    let next = edit::set(SPEC, edit::after(&first), json!({"priority": "high"}));
    conflict(&scene.api.done(&project, &next).await?, &Reason::Predecessor)?;
    ensure!(machine.read(MAIN)? == seen, "something was written");
    Ok(())
}

#[tokio::test]
async fn a_spec_that_moved_is_gone_and_the_answer_says_where_it_went() -> Result<()> {
    let (scene, machine, _bridge, project) = harbour().await?;
    let seen = disk::styled_spec();
    fs::create_dir_all(machine.specs.join("archived"))?;
    fs::rename(machine.specs.join(SPEC), machine.specs.join("archived/001-lights"))?;
    fs::remove_dir_all(machine.specs.join("002-fog"))?;
    scene.equal(&machine).await?;
    let moved = scene.api.done(&project, &edit::tick(SPEC, &seen)?).await?;
    let outcome = conflict(&moved, &Reason::Gone)?;
    let to = outcome.moved_to.as_ref().map(|path| path.as_str());
    ensure!(to.is_some_and(|to| to.starts_with("archived/001-lights")), "{outcome:?}");
    let fog = edit::tick("002-fog", &disk::spec("Fog signal", "planned"))?;
    let outcome = conflict(&scene.api.done(&project, &fog).await?, &Reason::Gone)?;
    ensure!(outcome.moved_to.is_none(), "{outcome:?}");
    let files = disk::read_all(&machine.specs)?;
    ensure!(
        files.len() == 1 && files["archived/001-lights/README.md"] == seen.as_bytes(),
        "{files:?}"
    );
    Ok(())
}
