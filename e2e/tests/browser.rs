//! The whole path to the eye: a page in a real Chromium, open all the while.

use std::fs;

use anyhow::{Result, ensure};
use e2e::disk;
use e2e::page::Page;
use e2e::scene::{Machine, Scene};
use e2e::wait;
use leanspec_shared::command::Commands;

const MAIN: &str = "001-lights/README.md";

#[tokio::test]
async fn a_file_saved_on_disk_shows_in_the_open_page_without_a_reload() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("MacBook").await?;
    let file = machine.write("001-lights/README.md", disk::spec("Harbour lights", "planned"))?;
    machine.write("002-fog/README.md", disk::spec("Fog signal", "planned"))?;
    let _bridge = machine.ready(&scene).await?;
    let steps = [
        "see:MacBook",
        "open:marina",
        "see:Harbour lights",
        "see:Leading lights",
        "open:Leading lights",
        "see:think",
        "see:Lamps of 1,000 candela",
    ];
    let mut page = Page::follow(&scene.relay, &steps).await?;

    page.done("see:Harbour lights").await?;
    disk::save_by_rename(&file, disk::spec("Leading lights", "in-progress"))?;
    page.done("see:think").await?;
    let longer = disk::spec("Leading lights", "in-progress") + "\nLamps of 1,000 candela\n";
    fs::write(&file, longer)?;
    page.ended().await
}

#[tokio::test]
async fn the_open_page_recovers_from_a_restart_of_the_relay_without_a_reload() -> Result<()> {
    let mut scene = Scene::start().await?;
    let machine = scene.machine("MacBook").await?;
    let file = machine.write("001-lights/README.md", disk::spec("Harbour lights", "planned"))?;
    let _bridge = machine.ready(&scene).await?;
    let steps = [
        "see:MacBook",
        "open:marina",
        "open:Harbour lights",
        "see:think",
        "see:Reconnecting",
        "see:After the restart",
    ];
    let mut page = Page::follow(&scene.relay, &steps).await?;

    page.done("see:think").await?;
    scene.relay.process.kill().await?;
    page.done("see:Reconnecting").await?;
    fs::write(&file, disk::spec("After the restart", "planned"))?;
    scene.relay_again().await?;
    page.ended().await
}

/// A machine whose owner allows every kind of edit.
async fn open_machine(scene: &Scene) -> Result<Machine> {
    let mut machine = scene.machine("MacBook").await?;
    machine.allow(&["frontmatter", "tasks", "content", "create"])?;
    machine.write(MAIN, disk::spec("Harbour lights", "planned"))?;
    Ok(machine)
}

/// Waits until the file on the machine's disk holds a text.
async fn on_disk(machine: &Machine, path: &str, text: &str) -> Result<()> {
    wait::until(|| async {
        let there = machine.read(path)?;
        ensure!(there.contains(text), "no {text:?} in {there}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn status_task_text_and_a_new_spec_are_changed_by_hand_and_confirmed() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = open_machine(&scene).await?;
    let _bridge = machine.ready(&scene).await?;
    let steps = [
        "open:marina",
        "open:Harbour lights",
        "press:Status: Planned",
        "press:In progress",
        "see:001 lights on MacBook",
        "see:Undo",
        "press:build",
        "see:2 of 2 tasks done",
        "hold:ticked",
        "press:Edit text",
        "fill:Text of README.md=---\nstatus: planned\ncreated: 2026-01-15\n---\n\n# Leading lights\n",
        "press:Save on MacBook",
        "see:Leading lights",
        "open:marina",
        "press:New spec",
        "fill:Title=Buoys of the fairway",
        "press:Create",
        "see:#002",
        "see:Buoys of the fairway",
    ];
    let mut page = Page::follow(&scene.relay, &steps).await?;
    page.held("ticked").await?;
    on_disk(&machine, MAIN, "status: in-progress").await?;
    on_disk(&machine, MAIN, "- [x] build").await?;
    page.go_on().await?;
    page.ended().await?;
    let text = machine.read(MAIN)?;
    ensure!(text.ends_with("---\n\n# Leading lights\n"), "{text}");
    on_disk(&machine, "002-buoys-of-the-fairway/README.md", "# Buoys of the fairway").await
}

#[tokio::test]
async fn a_change_that_met_a_newer_file_is_shown_and_applied_to_it() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = open_machine(&scene).await?;
    let bridge = machine.ready(&scene).await?;
    let steps = [
        "open:marina",
        "open:Harbour lights",
        "see:build",
        "hold:shown",
        "press:Status: Planned",
        "press:In progress",
        "see:Changed on MacBook since you looked",
        "press:Review",
        "see:What changed on MacBook since you looked",
        "see:think twice",
        "press:Apply to the newer version",
        "see:001 lights on MacBook",
    ];
    let mut page = Page::follow(&scene.relay, &steps).await?;
    page.held("shown").await?;
    // Frozen, so that the page cannot learn of what is saved before the command has been sent.
    bridge.process.signal("STOP").await?;
    page.go_on().await?;
    wait::until(|| async {
        let sent: Commands = scene.api.get(leanspec_shared::http::COMMANDS).await?;
        ensure!(!sent.commands.is_empty(), "nothing was sent yet");
        Ok(())
    })
    .await?;
    let theirs = disk::spec("Harbour lights", "planned").replace("think", "think twice");
    machine.write(MAIN, &theirs)?;
    bridge.process.signal("CONT").await?;
    page.ended().await?;
    on_disk(&machine, MAIN, "think twice").await?;
    on_disk(&machine, MAIN, "status: in-progress").await
}

#[tokio::test]
async fn a_change_for_a_machine_that_is_away_is_listed_taken_back_and_done_on_return() -> Result<()>
{
    let scene = Scene::start().await?;
    let machine = open_machine(&scene).await?;
    let mut bridge = machine.ready(&scene).await?;
    bridge.process.stop().await?;
    let steps = [
        "open:marina",
        "open:Harbour lights",
        "press:Status: Planned",
        "press:In progress",
        "press:Waits for MacBook",
        "see:Changes for MacBook",
        "press:Take back Status",
        "press:Yes, take it back",
        "see:Nothing waits",
        "press:Close",
        "see:Planned",
        "press:Priority: ",
        "press:High",
        "see:Waits for MacBook",
        "hold:waits",
        "see:001 lights on MacBook",
    ];
    let mut page = Page::follow(&scene.relay, &steps).await?;
    page.held("waits").await?;
    ensure!(machine.read(MAIN)? == disk::spec("Harbour lights", "planned"), "it is away");
    let _bridge = machine.ready(&scene).await?;
    page.go_on().await?;
    page.ended().await?;
    on_disk(&machine, MAIN, "priority: high").await?;
    ensure!(machine.read(MAIN)?.contains("status: planned"), "it was taken back");
    Ok(())
}
