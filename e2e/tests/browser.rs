//! The whole path to the eye: a page in a real Chromium, open all the while.

use std::fs;

use anyhow::Result;
use e2e::disk;
use e2e::page::Page;
use e2e::scene::Scene;

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
