//! Drives a row through the same steps as every other: all arrives, saves are seen, commands are
//! carried out, the way is cut and comes back, the relay is killed and comes back, nothing happens
//! for a while; and at the end disk and relay are equal and each command was applied once.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use leanspec_shared::command::CommandState;
use leanspec_shared::hash::{ContentHash, StateHash};
use leanspec_shared::id::CommandId;
use leanspec_shared::path::FilePath;
use leanspec_shared::view::{Project, Spec};
use serde_json::Value;

use super::outcome::{Outcome, milliseconds};
use super::rows::Row;
use super::stand::{Stand, first_files};
use crate::bridge::Bridge;
use crate::command::ended_as;
use crate::feed::Feed;
use crate::witness::Witness;
use crate::{disk, edit, wait};

/// How long the bridge may still be busy with what was asked of it last: it looks at a displaced
/// file once more.
const AFTERMATH: Duration = Duration::from_secs(8);

/// How much of each step there is.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Saves on a working way.
    pub saves: usize,
    /// Commands on a working way.
    pub commands: usize,
    /// Cuts of the way.
    pub cuts: usize,
    /// How long nothing happens; nothing is counted where that is no time at all.
    pub idle: Duration,
}

impl Effort {
    /// The same as arguments of the program in `bin/matrix.rs`.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        vec![
            format!("--saves={}", self.saves),
            format!("--commands={}", self.commands),
            format!("--cuts={}", self.cuts),
            format!("--idle={}", self.idle.as_secs()),
        ]
    }
}

/// A command, and what was there before it.
struct Asked {
    id: CommandId,
    path: String,
    before: String,
    at: Instant,
}

struct Drive {
    stand: Stand,
    bridge: Bridge,
    project: Project,
    witness: Witness,
    saved: usize,
    asked: Vec<Asked>,
}

/// Drives a row to its end.
///
/// # Errors
/// What did not hold, with the bridge's own words.
pub async fn drive(row: &Row, effort: Effort) -> Result<Outcome> {
    let stand = Stand::set_up(row).await.context("setting it up")?;
    first_files(row, &stand.machine).context("the first files")?;
    let bridge = stand.machine.ready(&stand.scene).await?;
    let project = stand.scene.project_of(&stand.machine.options.name).await?;
    let witness = Witness::start(&stand.scene.api).await?;
    let mut drive = Drive { stand, bridge, project, witness, saved: 0, asked: Vec::new() };
    let driven = drive.steps(row, effort).await;
    // What did not hold comes first: the table shows one line.
    driven.map_err(|error| anyhow!("{error:#}\nthe bridge said:\n{}", drive.bridge.process.said()))
}

impl Drive {
    async fn steps(&mut self, row: &Row, effort: Effort) -> Result<Outcome> {
        let mut outcome = Outcome { name: row.name.to_owned(), ..Outcome::default() };
        self.stand.scene.equal(&self.stand.machine).await.context("the first files")?;
        (outcome.mode, outcome.http) = self.settles(row).await?;
        outcome.seen_ms = self.saves_are_seen(effort.saves).await?;
        for _ in 0..effort.commands {
            let asked = self.ask().await?;
            outcome.done_ms.push(self.is_done(asked).await.context("a command")?);
        }
        for number in 1..=effort.cuts {
            let again = self.comes_back(row).await;
            outcome.recovered_ms.push(again.with_context(|| format!("after cut {number}"))?);
        }
        outcome.restarted_ms.push(self.comes_back_to_the_relay().await.context("the restart")?);
        if !effort.idle.is_zero() {
            self.settles(row).await.context("before idling")?;
            outcome.idle_bytes = self.idles(effort.idle).await?;
        }
        self.all_is_there().await?;
        self.each_was_applied_once().await?;
        Ok(outcome)
    }

    /// Waits until the bridge has found out what gets through.
    async fn settles(&self, row: &Row) -> Result<(String, String)> {
        let file = self.stand.machine.options.state().join("status.json");
        wait::until(|| async {
            let written: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
            let (mode, http) = (&written["status"]["mode"], &written["http"]);
            ensure!(mode == row.mode && http == row.http, "it is {mode} over {http}");
            Ok((row.mode.to_owned(), row.http.to_owned()))
        })
        .await
        .context("the expected mode")
    }

    /// Writes the next text into the next spec of the first half; gives its path and hash.
    fn save(&mut self) -> Result<(String, ContentHash)> {
        self.saved += 1;
        let path = format!("{:04}-spec/README.md", 1 + self.saved % 15);
        let text = disk::spec(&format!("Saved {} times", self.saved), "planned");
        self.stand.machine.write(&path, &text)?;
        Ok((path, ContentHash::of(text.as_bytes())))
    }

    async fn saves_are_seen(&mut self, count: usize) -> Result<Vec<u64>> {
        let mut feed = Feed::open(&self.stand.scene.api, "").await?;
        feed.until(|event| event.event == "hello").await?;
        let mut times = Vec::new();
        for _ in 0..count {
            let (_, hash) = self.save()?;
            let start = Instant::now();
            let shows = |spec: &Spec| spec.files.iter().any(|file| file.hash == hash);
            feed.until(|event| event.event == "spec" && event.json().is_ok_and(|s| shows(&s)))
                .await?;
            times.push(milliseconds(start.elapsed()));
        }
        Ok(times)
    }

    /// Asks for a tick in the next spec of the second half.
    async fn ask(&mut self) -> Result<usize> {
        let spec = format!("{:04}-spec", 16 + self.asked.len());
        let path = format!("{spec}/README.md");
        let before = self.stand.machine.read(&path)?;
        let wanted = edit::tick(&spec, &before)?;
        let at = Instant::now();
        let id = self.stand.scene.api.command(&self.project, &wanted).await?.id;
        self.asked.push(Asked { id, path, before, at });
        Ok(self.asked.len() - 1)
    }

    /// Waits until a command was applied, and takes it back by hand: a second application would
    /// show. Gives the time since it was asked for.
    async fn is_done(&self, asked: usize) -> Result<u64> {
        let Asked { id, path, before, at } = &self.asked[asked];
        let done = self.stand.scene.api.ended(id).await?;
        let took = milliseconds(at.elapsed());
        ended_as(&done, &CommandState::Applied)?;
        ensure!(self.stand.machine.read(path)? == edit::ticked(before), "{path} is not ticked");
        self.stand.machine.write(path, before)?;
        Ok(took)
    }

    /// Cuts the way, saves and asks meanwhile, and waits for both after the end of the cut.
    async fn comes_back(&mut self, row: &Row) -> Result<u64> {
        self.stand.cut().await?;
        let saved = if row.saves_meanwhile() { Some(self.save()?) } else { None };
        let asked = self.ask().await?;
        self.stand.heal().await?;
        self.catches_up(saved, asked).await
    }

    /// Kills the relay, saves meanwhile, and asks when it is back.
    async fn comes_back_to_the_relay(&mut self) -> Result<u64> {
        self.stand.scene.relay.process.kill().await?;
        let saved = self.save()?;
        self.stand.scene.relay_again().await?;
        let start = Instant::now();
        let asked = self.ask().await?;
        self.catches_up(Some(saved), asked).await?;
        Ok(milliseconds(start.elapsed()))
    }

    async fn catches_up(&self, saved: Option<(String, ContentHash)>, asked: usize) -> Result<u64> {
        let start = Instant::now();
        if let Some((path, hash)) = saved {
            let file: FilePath = path.parse()?;
            wait::until(|| async {
                let there = self.stand.scene.api.file(&self.project, &file).await?;
                ensure!(ContentHash::of(&there) == hash, "{path} is not at the relay");
                Ok(())
            })
            .await?;
        }
        self.is_done(asked).await?;
        Ok(milliseconds(start.elapsed()))
    }

    /// What so much idling costs in a day.
    async fn idles(&self, time: Duration) -> Result<u64> {
        self.stand.calm_down().await?;
        tokio::time::sleep(AFTERMATH).await;
        let before = self.stand.bytes()?;
        let start = Instant::now();
        tokio::time::sleep(time).await;
        let passed = self.stand.bytes()? - before;
        Ok((passed as f64 * 86_400.0 / start.elapsed().as_secs_f64()) as u64)
    }

    /// The relay's sum over its copy is the sum over the disk, and its copy is equal byte by byte.
    async fn all_is_there(&self) -> Result<()> {
        let (scene, machine) = (&self.stand.scene, &self.stand.machine);
        scene.equal(machine).await.context("disk and relay")?;
        let mut sum = StateHash::default();
        for (path, bytes) in disk::read_all(&machine.specs)? {
            sum.insert(&path.parse()?, &ContentHash::of(&bytes));
        }
        let held = scene.project_of(&machine.options.name).await?.state_hash;
        ensure!(held == sum, "the relay's sum is {held}, the disk's is {sum}");
        Ok(())
    }

    async fn each_was_applied_once(&self) -> Result<()> {
        self.witness.saw_one_end_of_each(self.asked.iter().map(|asked| &asked.id)).await?;
        for Asked { id, path, before, .. } in &self.asked {
            ensure!(self.stand.machine.read(path)? == *before, "{id} was applied a second time");
        }
        Ok(())
    }
}
