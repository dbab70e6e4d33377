//! A spec saved on a machine appears at a reader: every way of saving, and bursts.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::disk;
use e2e::feed::Feed;
use e2e::scene::Scene;
use e2e::wait;
use leanspec_shared::feed::SpecGone;
use leanspec_shared::view::Spec;

/// Waits on the feed until the spec has a title.
async fn title(feed: &mut Feed, path: &str, title: &str) -> Result<Spec> {
    loop {
        let event = feed.until(|event| event.event == "spec").await?;
        let spec: Spec = event.json()?;
        if spec.path.as_str() == path && spec.summary["title"] == title {
            return Ok(spec);
        }
    }
}

#[tokio::test]
async fn a_saved_file_is_an_event_and_its_exact_bytes_can_be_read() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    machine.write("001-a/README.md", disk::spec("Before", "planned"))?;
    let _bridge = machine.ready(&scene).await?;
    let mut feed = Feed::open(&scene.api, "").await?;
    feed.until(|event| event.event == "hello").await?;

    let new = disk::spec("After", "in-progress");
    machine.write("001-a/README.md", &new)?;
    let spec = title(&mut feed, "001-a", "After").await?;
    ensure!(spec.summary["status"] == "in-progress", "{:?}", spec.summary);
    let project = scene.project_of("one").await?;
    let bytes = scene.api.file(&project, &"001-a/README.md".parse()?).await?;
    ensure!(bytes == new.as_bytes(), "the bytes differ");
    Ok(())
}

#[tokio::test]
async fn every_way_of_saving_arrives() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    let file = machine.write("001-a/README.md", disk::spec("Start", "planned"))?;
    let _bridge = machine.ready(&scene).await?;
    let mut feed = Feed::open(&scene.api, "").await?;
    feed.until(|event| event.event == "hello").await?;
    for round in 0..5 {
        for (way, save) in [
            ("in place", (|file, text| Ok(fs::write(file, text)?)) as fn(&_, String) -> Result<()>),
            ("by rename", |file, text| disk::save_by_rename(file, text)),
            ("like vim", |file, text| disk::save_like_vim(file, text)),
        ] {
            let wanted = format!("{way} {round}");
            save(file.as_path(), disk::spec(&wanted, "planned"))?;
            title(&mut feed, "001-a", &wanted).await?;
        }
    }
    scene.equal(&machine).await
}

/// The predecessor deleted a spec in the cloud when vim opened its file and quit.
#[tokio::test]
async fn opening_a_file_in_vim_and_saving_it_never_deletes_the_spec() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    let file = machine.write("001-a/README.md", disk::spec("Vim", "planned"))?;
    let swap = machine.specs.join("001-a/.README.md.swp");
    let _bridge = machine.ready(&scene).await?;
    let mut feed = Feed::open(&scene.api, "").await?;
    feed.until(|event| event.event == "hello").await?;

    fs::write(&swap, b"b0VIM 9.0")?;
    fs::remove_file(&swap)?;
    disk::save_like_vim(&file, disk::spec("Vim saved", "planned"))?;
    machine.write("002-b/README.md", disk::spec("The end", "planned"))?;
    loop {
        let event = feed.until(|event| event.event.starts_with("spec")).await?;
        ensure!(event.event != "spec_gone", "deleted: {}", event.data);
        if event.json::<Spec>()?.path.as_str() == "002-b" {
            break;
        }
    }
    scene.equal(&machine).await
}

#[tokio::test]
async fn a_deleted_file_is_gone_at_a_reader() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 5)?;
    let _bridge = machine.ready(&scene).await?;
    let mut feed = Feed::open(&scene.api, "").await?;
    feed.until(|event| event.event == "hello").await?;

    fs::remove_dir_all(machine.specs.join("0003-spec"))?;
    let gone = feed.until(|event| event.event == "spec_gone").await?.json::<SpecGone>()?;
    ensure!(gone.path.as_str() == "0003-spec", "{gone:?}");
    scene.equal(&machine).await
}

/// The predecessor needed 15 to 49 s for as many.
#[tokio::test]
async fn three_hundred_files_rewritten_at_once_are_all_at_a_reader() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 300)?;
    let _bridge = machine.ready(&scene).await?;
    let mut feed = Feed::open(&scene.api, "").await?;
    feed.until(|event| event.event == "hello").await?;

    for number in 1..=300 {
        let text = disk::spec("Rewritten", "complete");
        machine.write(&format!("{number:04}-spec/README.md"), text)?;
    }
    let mut arrived = BTreeSet::new();
    while arrived.len() < 300 {
        let spec: Spec = feed.until(|event| event.event == "spec").await?.json()?;
        if spec.summary["title"] == "Rewritten" {
            arrived.insert(spec.path);
        }
    }
    scene.equal(&machine).await
}

/// File watchers lose what is created in a new folder before they watch it.
#[tokio::test]
async fn nothing_is_missed_in_new_nested_folders() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    machine.write("001-a/README.md", disk::spec("First", "planned"))?;
    let _bridge = machine.ready(&scene).await?;
    for folder in 0..40 {
        for (file, text) in
            [("README.md", disk::spec("New", "planned")), ("DESIGN.md", "# D\n".into())]
        {
            machine.write(&format!("group-{}/{folder:03}-new/{file}", folder % 4), text)?;
        }
        machine.write(&format!("{folder:03}-deep/fixtures/a/b/c.txt"), "deep")?;
    }
    scene.equal(&machine).await
}

/// The predecessor left ghosts of moved specs behind.
#[tokio::test]
async fn a_moved_folder_leaves_no_ghost() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 6)?;
    let _bridge = machine.ready(&scene).await?;
    fs::create_dir_all(machine.specs.join("archived"))?;
    fs::rename(machine.specs.join("0002-spec"), machine.specs.join("archived/0002-spec"))?;
    fs::rename(machine.specs.join("0004-spec"), machine.specs.join("0004-renamed"))?;
    scene.equal(&machine).await?;
    wait::until(|| async {
        let project = scene.project_of("one").await?;
        let specs = scene.api.specs(&project).await?;
        let paths: Vec<_> = specs.iter().map(|spec| spec.path.as_str()).collect();
        let wanted = [
            "0001-spec",
            "0003-spec",
            "0004-renamed",
            "0005-spec",
            "0006-spec",
            "archived/0002-spec",
        ];
        ensure!(paths == wanted, "{paths:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_file_that_is_written_slowly_is_equal_in_the_end() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    let file = machine.write("001-a/README.md", disk::spec("Slow", "planned"))?;
    let _bridge = machine.ready(&scene).await?;
    let mut writer = fs::OpenOptions::new().append(true).open(&file)?;
    wait::holds_for(Duration::from_secs(2), || {
        let written = std::io::Write::write_all(&mut writer, b"one more line\n");
        async { Ok(written?) }
    })
    .await?;
    scene.equal(&machine).await
}
