//! Either side is killed, restarted or set back, and the two are equal afterwards without help.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::disk;
use e2e::meter::Meter;
use e2e::relay::Relay;
use e2e::scene::{Machine, Scene};
use e2e::seed::seeded;
use e2e::wait;
use rand::Rng;
use rand::rngs::StdRng;

/// Rewrites, adds and removes files at random.
fn scramble(machine: &Machine, random: &mut StdRng, changes: usize) -> Result<()> {
    for _ in 0..changes {
        let path = format!("{:04}-spec/README.md", random.random_range(1..=60));
        match random.random_range(0..10) {
            0 => drop(fs::remove_file(machine.specs.join(path))),
            1 => drop(machine.write(&path, vec![b'x'; random.random_range(0..200_000)])?),
            _ => {
                let title = format!("Version {}", random.random::<u32>());
                machine.write(&path, disk::spec(&title, "planned"))?;
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_relay_killed_while_the_bridge_pushes_is_equal_after_its_restart() -> Result<()> {
    let mut random = seeded();
    let mut scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 60)?;
    let _bridge = machine.ready(&scene).await?;
    for _ in 0..5 {
        scramble(&machine, &mut random, 40)?;
        wait::random_moment(&mut random).await;
        scene.relay.process.kill().await?;
        scramble(&machine, &mut random, 10)?;
        scene.relay_again().await?;
    }
    scene.equal(&machine).await
}

#[tokio::test]
async fn a_bridge_killed_at_any_moment_is_equal_after_its_restart() -> Result<()> {
    let mut random = seeded();
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 60)?;
    let mut bridge = machine.start(&scene)?;
    for _ in 0..12 {
        wait::random_moment(&mut random).await;
        scramble(&machine, &mut random, 20)?;
        wait::random_moment(&mut random).await;
        bridge.process.kill().await?;
        scramble(&machine, &mut random, 5)?;
        bridge = machine.start(&scene)?;
    }
    bridge.process.says("ready:").await?;
    scene.equal(&machine).await
}

/// The predecessor sent all of it again: 3.2 MB.
#[tokio::test]
async fn a_restart_with_nothing_changed_sends_at_most_a_kilobyte_of_bodies() -> Result<()> {
    let scene = Scene::start().await?;
    let mut machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 300)?;
    let meter = Meter::start(scene.relay.address).await?;
    machine.options.relay = format!("http://{}", meter.address);
    let mut first = machine.ready(&scene).await?;
    first.process.stop().await?;
    let sent = meter.take().body_bytes();
    ensure!(sent > 1000, "the meter saw the first sync: {sent} bytes");

    let _second = machine.ready(&scene).await?;
    let passed = meter.take();
    ensure!(passed.body_bytes() <= 1024, "{:?}", passed.bodies);
    Ok(())
}

/// The predecessor flushed nothing on reconnect, only on the next edit; and lost what was queued
/// when a flush failed half-way.
#[tokio::test]
async fn edits_made_while_the_relay_is_away_arrive_on_its_return_without_another_edit() -> Result<()>
{
    let mut scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 60)?;
    let _bridge = machine.ready(&scene).await?;
    scene.relay.process.kill().await?;
    for round in 0..3 {
        for number in 1..=60 {
            let text = disk::spec(&format!("Offline {round}"), "planned");
            machine.write(&format!("{number:04}-spec/README.md"), text)?;
        }
    }
    fs::remove_dir_all(machine.specs.join("0007-spec"))?;
    scene.relay_again().await?;
    scene.equal(&machine).await
}

/// The predecessor sent queued old events after a fresh snapshot: old text came back, and deleted
/// specs rose again.
#[tokio::test]
async fn old_text_and_deleted_specs_do_not_come_back_after_an_outage() -> Result<()> {
    let mut scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 20)?;
    let mut bridge = machine.ready(&scene).await?;
    scene.relay.process.kill().await?;
    machine.write("0001-spec/README.md", disk::spec("Middle", "planned"))?;
    bridge.process.kill().await?;
    machine.write("0001-spec/README.md", disk::spec("Last", "complete"))?;
    fs::remove_dir_all(machine.specs.join("0002-spec"))?;
    scene.relay_again().await?;
    let _bridge = machine.ready(&scene).await?;
    scene.equal(&machine).await?;
    wait::holds_for(Duration::from_secs(1), || scene.check_equal_except(&machine, &[])).await
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for (path, bytes) in disk::read_all(from)? {
        disk::write(to, &path, bytes)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_relay_set_back_to_an_older_copy_is_equal_again() -> Result<()> {
    let mut scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 30)?;
    let bridge = machine.ready(&scene).await?;
    scene.relay.process.stop().await?;
    let copy = scene.folder().join("copy");
    copy_folder(&scene.data(), &copy)?;
    scene.relay_again().await?;
    machine.write("0001-spec/README.md", disk::spec("Newer than the copy", "planned"))?;
    machine.write("0031-spec/README.md", disk::spec("Unknown to the copy", "planned"))?;
    scene.equal(&machine).await?;

    scene.relay.process.stop().await?;
    fs::remove_dir_all(scene.data())?;
    fs::rename(&copy, scene.data())?;
    scene.relay_again().await?;
    scene.equal(&machine).await.with_context(|| bridge.process.said())
}

/// The predecessor waited for a restart of the bridge when the relay had lost its state.
#[tokio::test]
async fn a_deleted_mirror_database_is_filled_again_without_help() -> Result<()> {
    let mut scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 30)?;
    let bridge = machine.ready(&scene).await?;
    scene.relay.process.stop().await?;
    for name in ["mirror.db", "mirror.db-wal", "mirror.db-shm"] {
        drop(fs::remove_file(scene.data().join(name)));
    }
    scene.relay_again().await?;
    scene.equal(&machine).await.with_context(|| bridge.process.said())
}

/// The predecessor slept 5 s before each try; its median was 2.9 s.
#[tokio::test]
async fn a_restarted_relay_is_found_again() -> Result<()> {
    let mut scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 3)?;
    let _bridge = machine.ready(&scene).await?;
    let again = scene.relay.again();
    scene.relay.process.stop().await?;
    machine.write("0001-spec/README.md", disk::spec("While it was away", "planned"))?;
    scene.relay = Relay::start(&scene.binaries, &again).await?;
    scene.equal(&machine).await
}

/// The predecessor had no time-outs: after a black hole of 45 s, edits were lost in silence while the
/// machine showed online.
#[tokio::test]
async fn edits_during_a_silent_outage_are_not_lost_and_the_outage_is_noticed() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 5)?;
    let bridge = machine.ready(&scene).await?;
    // A stopped process keeps its connections open and answers nothing.
    scene.relay.process.signal("STOP").await?;
    machine.write("0001-spec/README.md", disk::spec("Said into the dark", "planned"))?;
    wait::until(|| async {
        let status = machine.status(&scene).await?;
        ensure!(status["connected"] == false, "{status}");
        Ok(())
    })
    .await?;
    machine.write("0002-spec/README.md", disk::spec("Once more", "planned"))?;
    scene.relay.process.signal("CONT").await?;
    scene.equal(&machine).await.with_context(|| bridge.process.said())
}

/// The predecessor wrote 24.8 GB of queue after 304 edits offline.
#[tokio::test]
async fn the_state_folder_does_not_grow_while_the_relay_is_away() -> Result<()> {
    let mut scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 50)?;
    let _bridge = machine.ready(&scene).await?;
    let bytes = || -> Result<usize> {
        Ok(disk::read_all(&machine.options.state())?.values().map(Vec::len).sum())
    };
    let before = bytes()?;
    scene.relay.process.kill().await?;
    for round in 0..40 {
        for number in 1..=50 {
            let text = disk::spec(&format!("Offline {round}"), "planned");
            machine.write(&format!("{number:04}-spec/README.md"), text)?;
        }
        wait::holds_for(Duration::from_millis(50), || async { Ok(()) }).await?;
    }
    let after = bytes()?;
    ensure!(after < before + 20_000, "{before} bytes before, {after} after");
    scene.relay_again().await?;
    scene.equal(&machine).await
}
