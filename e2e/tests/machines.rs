//! Several machines of one project, and several processes that claim to be one machine.

use std::fs;

use anyhow::{Context, Result, ensure};
use e2e::disk;
use e2e::git::{self, git};
use e2e::scene::{Machine, Scene};
use e2e::wait;

/// Makes the second machine's project a clone of the first one's.
fn clone(from: &Machine, to: &Machine) -> Result<()> {
    fs::remove_dir_all(&to.project)?;
    let (source, target) = (from.project.display().to_string(), to.project.display().to_string());
    git(&from.project, &["clone", "--quiet", &source, &target]).map(drop)
}

#[tokio::test]
async fn two_machines_of_one_project_are_two_mirrors_with_their_own_git_facts() -> Result<()> {
    let scene = Scene::start().await?;
    let (one, two) = (scene.machine("one").await?, scene.machine("two").await?);
    disk::write_specs(&one.specs, 3)?;
    git::init(&one.project)?;
    clone(&one, &two)?;
    one.write("0001-spec/README.md", disk::spec("Only on one", "in-progress"))?;
    git::commit(&one.project, "second")?;
    let (_first, _second) = (one.ready(&scene).await?, two.ready(&scene).await?);
    scene.equal(&one).await?;
    scene.equal(&two).await?;
    let (here, there) = (scene.project_of("one").await?, scene.project_of("two").await?);
    ensure!(here.machine != there.machine && here.id != there.id, "two mirrors");
    let commit = |machine: &Machine| git(&machine.project, &["rev-parse", "HEAD"]);
    wait::until(|| async {
        for machine in [&one, &two] {
            let known = scene.project_of(&machine.options.name).await?.git.context("git facts")?;
            ensure!(known.commit == Some(commit(machine)?), "{known:?}");
            ensure!(known.branch.as_deref() == Some("main") && known.dirty.is_empty(), "{known:?}");
        }
        Ok(())
    })
    .await?;

    // A pull brings the other machine up to date: a burst of files and a new commit.
    git(&two.project, &["pull", "--quiet"])?;
    scene.equal(&two).await?;
    wait::until(|| async {
        let known = scene.project_of("two").await?.git.context("git facts")?;
        ensure!(known.commit == Some(commit(&one)?), "{known:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_uncommitted_spec_is_named_among_the_dirty_files() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 3)?;
    git::init(&machine.project)?;
    let _bridge = machine.ready(&scene).await?;
    machine.write("0002-spec/README.md", disk::spec("Not committed", "planned"))?;
    wait::until(|| async {
        let known = scene.project_of("one").await?.git.context("git facts")?;
        let dirty: Vec<_> = known.dirty.iter().map(|path| path.as_str()).collect();
        ensure!(dirty == ["0002-spec/README.md"], "{dirty:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_second_process_on_one_state_folder_ends_with_five() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 2)?;
    let _first = machine.ready(&scene).await?;
    let mut second = machine.start(&scene)?;
    let status = second.process.ended().await?;
    ensure!(status.code() == Some(5), "{status}: {}", second.process.said());
    Ok(())
}

#[tokio::test]
async fn a_copied_state_folder_is_told_apart_and_the_first_is_not_disturbed() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 2)?;
    let first = machine.ready(&scene).await?;

    let mut copy = machine.clone();
    copy.options.home = scene.folder().join("copied-home");
    for (path, bytes) in disk::read_all(&machine.options.state())? {
        disk::write(&copy.options.state(), &path, bytes)?;
    }
    let mut second = copy.start(&scene)?;
    let status = second.process.ended().await?;
    let said = second.process.said();
    ensure!(status.code() == Some(4), "{status}: {said}");
    ensure!(said.contains("--new-machine") && said.contains("--take-over"), "no remedy in: {said}");

    let file = "0001-spec/README.md";
    machine.write(file, disk::spec("The first goes on", "planned"))?;
    scene.equal(&machine).await.with_context(|| first.process.said())?;

    // The remedy works: a machine of its own, with a key of its own.
    copy.options.key = scene.relay.create_key("bridge").await?;
    copy.options.name = "copy".to_owned();
    copy.options.arguments.push("--new-machine".to_owned());
    let _own = copy.ready(&scene).await?;
    ensure!(scene.api.machines().await?.len() == 2, "two machines");
    Ok(())
}

#[tokio::test]
async fn a_new_process_of_the_same_machine_takes_over() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 2)?;
    let mut first = machine.ready(&scene).await?;
    first.process.kill().await?;
    // The relay has not noticed the end of the first when the second comes.
    let _second = machine.ready(&scene).await?;
    machine.write("0001-spec/README.md", disk::spec("By the second", "planned"))?;
    scene.equal(&machine).await?;
    ensure!(
        scene.api.machines().await?[0].online,
        "a late end of the first connection ends nothing"
    );
    Ok(())
}

#[tokio::test]
async fn a_bridge_that_stops_on_purpose_is_offline_at_once() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 2)?;
    let mut bridge = machine.ready(&scene).await?;
    ensure!(scene.api.machines().await?[0].online, "online while it runs");
    bridge.process.stop().await?;
    ensure!(!scene.api.machines().await?[0].online, "offline when it has said goodbye");
    Ok(())
}
