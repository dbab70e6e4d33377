//! How long a tap takes: a command posted as the UI posts it, until the file on disk holds the new
//! bytes, and until a reader of the feed is told that it was applied. Beside it, in the same run,
//! what one request over the loopback and one flushed write cost.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use e2e::binaries::Binaries;
use e2e::edit;
use e2e::feed::Feed;
use leanspec_shared::command::{Base, Command, CommandState, NewCommand};
use leanspec_shared::view::{Project as Held, Spec};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;

use crate::browser::Browser;
use crate::figures::Report;
use crate::loopback::Loopback;
use crate::specs::Project;
use crate::stand::{Stand, half_a_pause};

/// What is aimed at between the tap and its confirmation, in milliseconds.
const AIM_MS: f64 = 60.0;
/// How much is written and flushed for the yardstick, in bytes: about what an edit writes.
const FLUSHED_BYTES: usize = 4096;

pub(crate) async fn measure(
    binaries: Binaries,
    project: Project,
    taps: usize,
    pause_ms: u64,
    with_browser: bool,
) -> Result<Report> {
    let mut report = Report::new("roundtrip", format!("{}, {taps} taps", project.name));
    let stand = Stand::direct(binaries, project.folder.path()).await?;
    let (_bridge, _) = stand.bridge().await?;
    let held = stand.api.only_project().await?;
    let mut feed = Feed::open(&stand.api, "").await?;
    feed.until(|event| event.event == "hello").await?;
    let mut disk = Disk::watch(&project.specs())?;
    let mut loopback = Loopback::open().await?;
    let mut samples = Samples::default();
    for number in 0..taps {
        let specs = editable(&stand, &held).await?;
        let (spec, command) = tap(&specs[number % specs.len()])?;
        disk.remember(&spec)?;
        // Yardstick and tap each begin on a machine at rest, and on a disk with nothing left to do.
        half_a_pause(pause_ms).await;
        let body = serde_json::to_vec(&command)?;
        samples.loopback.push(milliseconds(timed(loopback.post(&body)).await?));
        samples.flush.push(milliseconds(flush(project.folder.path())?));
        half_a_pause(pause_ms).await;
        let start = Instant::now();
        let (posted, written, confirmed) = tokio::try_join!(
            stand.api.command(&held, &command),
            disk.changes(start),
            told(&mut feed, &spec, start),
        )?;
        ensure!(confirmed.0.id == posted.id, "another command was told of");
        samples.disk.push(milliseconds(written));
        samples.reader.push(milliseconds(confirmed.1));
    }
    if with_browser {
        samples.page = in_a_page(&stand, &held, taps, pause_ms).await?;
    }
    samples.report(&mut report);
    Ok(report)
}

/// One line of `browser/tap.mjs`.
#[derive(Deserialize)]
struct Tapped {
    /// From the tap until the page shows no change under way any more, in milliseconds.
    confirmed_ms: f64,
}

/// The same in a page: a status is chosen in its menu, and chosen back.
async fn in_a_page(stand: &Stand, held: &Held, taps: usize, pause_ms: u64) -> Result<Vec<f64>> {
    let spec = editable(stand, held).await?.swap_remove(0);
    let path = spec.path.to_string();
    let arguments = [&*taps.to_string(), &*pause_ms.to_string()];
    let mut browser = Browser::start(stand, "tap.mjs", held, &path, &arguments).await?;
    let mut samples = Vec::new();
    for _ in 0..taps {
        samples.push(browser.says::<Tapped>().await?.confirmed_ms);
    }
    Ok(samples)
}

#[derive(Default)]
struct Samples {
    loopback: Vec<f64>,
    flush: Vec<f64>,
    disk: Vec<f64>,
    reader: Vec<f64>,
    page: Vec<f64>,
}

impl Samples {
    fn report(mut self, report: &mut Report) {
        let loopback = report.spread("one request over the loopback", &mut self.loopback);
        let flush = report.spread("4 KB written and flushed", &mut self.flush);
        let disk = report.spread("tap → file on disk", &mut self.disk);
        let reader = report.spread("tap → confirmed at a reader", &mut self.reader);
        report.note("tap → file on disk / confirmed, medians", disk / reader, "x");
        let yardstick = loopback + flush;
        report.held("tap → confirmed / (request + flush), medians", reader / yardstick, "x", 10.0);
        let narrow = reader / (10.0 * loopback + flush);
        report.note("tap → confirmed / (10 × request + flush), medians", narrow, "x");
        report.held("tap → confirmed at a reader, median", reader, "ms", AIM_MS);
        if !self.page.is_empty() {
            let page = report.spread("tap → confirmed in a page", &mut self.page);
            report.held("tap → confirmed in a page, median", page, "ms", AIM_MS);
        }
    }
}

/// The specs that a user could tap on: those without a problem.
async fn editable(stand: &Stand, held: &Held) -> Result<Vec<Spec>> {
    let mut specs = stand.api.specs(held).await?;
    specs.retain(|spec| {
        let problems = spec.summary.get("problems").and_then(|problems| problems.as_array());
        spec.summary.get("status").is_some_and(|status| status.is_string())
            && problems.is_none_or(Vec::is_empty)
    });
    ensure!(!specs.is_empty(), "no spec without a problem");
    Ok(specs)
}

/// A change of status, on what the relay showed; with the spec's main file, relative to the specs.
fn tap(spec: &Spec) -> Result<(PathBuf, NewCommand)> {
    let main = spec.files.iter().find(|file| file.path.file_name() == "README.md");
    let main = main.with_context(|| format!("{} has no README.md", spec.path))?;
    let to = if spec.summary["status"] == "in-progress" { "planned" } else { "in-progress" };
    let base = Base::Hash { hash: main.hash };
    let wanted = edit::set(spec.path.as_str(), base, json!({ "status": to }));
    Ok((main.path.as_str().into(), edit::forced(wanted)))
}

/// Watches the specs folder as any program would.
struct Disk {
    specs: PathBuf,
    /// The file that is waited for, and what it held before the tap.
    before: (PathBuf, Vec<u8>),
    events: mpsc::Receiver<()>,
    _watcher: RecommendedWatcher,
}

impl Disk {
    fn watch(specs: &Path) -> Result<Self> {
        let (send, events) = mpsc::channel(1);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // Else each look at the file would call for the next, and a processor be lost to that.
            if !event.is_ok_and(|event| event.kind.is_access()) {
                let _ = send.try_send(());
            }
        })?;
        watcher.watch(specs, RecursiveMode::Recursive)?;
        let before = (PathBuf::new(), Vec::new());
        Ok(Self { specs: specs.to_owned(), before, events, _watcher: watcher })
    }

    /// Takes in what a file holds before a tap.
    fn remember(&mut self, file: &Path) -> Result<()> {
        let file = self.specs.join(file);
        let bytes = fs::read(&file)?;
        self.before = (file, bytes);
        Ok(())
    }

    /// Waits until that file holds other bytes.
    async fn changes(&mut self, start: Instant) -> Result<Duration> {
        let (file, old) = &self.before;
        loop {
            self.events.recv().await.context("the watcher ended")?;
            if fs::read(file)? != *old {
                return Ok(start.elapsed());
            }
        }
    }
}

/// Waits until the feed tells of the command on a spec whose main file this is, and that it was
/// applied.
async fn told(feed: &mut Feed, main: &Path, start: Instant) -> Result<(Command, Duration)> {
    loop {
        let command: Command = feed.until(|event| event.event == "command").await?.json()?;
        let here = command.posted.spec().is_some_and(|spec| main.starts_with(spec.as_str()));
        if here && command.state.is_final() {
            let took = start.elapsed();
            ensure!(command.state == CommandState::Applied, "{command:?}");
            return Ok((command, took));
        }
    }
}

async fn timed(work: impl Future<Output = Result<()>>) -> Result<Duration> {
    let start = Instant::now();
    work.await?;
    Ok(start.elapsed())
}

/// Writes a file in the file system of the project, and flushes it.
fn flush(folder: &Path) -> Result<Duration> {
    let start = Instant::now();
    let mut file = fs::File::create(folder.join("flushed"))?;
    file.write_all(&[b'x'; FLUSHED_BYTES])?;
    file.sync_all()?;
    Ok(start.elapsed())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
