//! Commands that wait for a machine that is away: how long they take once it is back.

use std::collections::HashSet;
use std::time::Instant;

use anyhow::{Result, ensure};
use e2e::binaries::Binaries;
use e2e::edit;
use e2e::feed::Feed;
use leanspec_shared::command::{Base, Command, CommandState};
use leanspec_shared::id::CommandId;
use serde_json::json;

use crate::figures::Report;
use crate::specs::Project;
use crate::stand::Stand;

/// Files that are changed; the commands on one of them stand on each other.
const FILES: usize = 20;

pub(crate) async fn measure(binaries: Binaries, project: Project, count: usize) -> Result<Report> {
    let mut report = Report::new("queue", project.name.clone());
    let stand = Stand::new(binaries, project.folder.path()).await?;
    let (mut bridge, _) = stand.bridge().await?;
    bridge.process.stop().await?;
    let start = Instant::now();
    let mut waiting = queue(&stand, count).await?;
    report.note("accepting them, one after the other", start.elapsed().as_secs_f64(), "s");
    let mut feed = Feed::open(&stand.api, "").await?;
    feed.until(|event| event.event == "hello").await?;

    let start = Instant::now();
    let (bridge, ready) = stand.bridge().await?;
    while !waiting.is_empty() {
        let command: Command = feed.until(|event| event.event == "command").await?.json()?;
        if command.state.is_final() {
            ensure!(command.state == CommandState::Applied, "{command:?}");
            waiting.remove(&command.id);
        }
    }
    let all = start.elapsed().as_secs_f64();
    report.note("start of the bridge → ready", ready.as_secs_f64(), "s");
    report.held(format!("start of the bridge → {count} commands applied"), all, "s", 5.0);
    report.note("commands a second", count as f64 / all, "/s");
    drop(bridge);
    Ok(report)
}

async fn queue(stand: &Stand, count: usize) -> Result<HashSet<CommandId>> {
    let held = stand.api.only_project().await?;
    let mut chains = Vec::new();
    for spec in stand.api.specs(&held).await? {
        let main = spec.files.iter().find(|file| file.path.file_name() == "README.md");
        let problems = spec.summary.get("problems").and_then(|problems| problems.as_array());
        if let Some(main) = main.filter(|_| problems.is_none_or(Vec::is_empty)) {
            chains.push((spec.path, Base::Hash { hash: main.hash }));
        }
    }
    chains.truncate(FILES);
    ensure!(!chains.is_empty(), "no spec without a problem");
    let mut waiting = HashSet::new();
    for number in 0..count {
        let file = number % chains.len();
        let (spec, base) = &mut chains[file];
        let fields = json!({ "assignee": format!("keeper {number}") });
        let wanted = edit::set(spec.as_str(), base.clone(), fields);
        let command = stand.api.command(&held, &wanted).await?;
        *base = edit::after(&command);
        waiting.insert(command.id);
    }
    Ok(waiting)
}
