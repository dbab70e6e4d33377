//! How long a save takes to reach a feed reader and a browser's document, beside the least that a
//! watcher and one HTTP round trip on the loopback cost in the same run.

mod bare;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use e2e::binaries::Binaries;
use e2e::feed::Feed;
use leanspec_shared::hash::ContentHash;
use leanspec_shared::view::Spec;
use serde::Deserialize;

use crate::browser::Browser;
use crate::figures::Report;
use crate::specs::Project;
use crate::stand::{Stand, half_a_pause};

/// Two frames at 60 Hz, in milliseconds.
const TWO_FRAMES_MS: f64 = 33.4;
/// Stands before a number in the text that is saved.
const MARKER: &str = "latency-marker-";

pub(crate) async fn measure(
    binaries: Binaries,
    project: Project,
    saves: usize,
    pause_ms: u64,
    with_browser: bool,
) -> Result<Report> {
    let mut report = Report::new("latency", format!("{}, {saves} saves", project.name));
    let file = project.main_files()?.swap_remove(0);
    let text = fs::read_to_string(&file).context("the first spec is text")?;
    save(&file, &marked(&text, 0), false)?;
    let stand = Stand::new(binaries, project.folder.path()).await?;
    let (_bridge, _) = stand.bridge().await?;
    let mut feed = Feed::open(&stand.api, "").await?;
    feed.until(|event| event.event == "hello").await?;
    let mut browser = match with_browser {
        true => Some(open_browser(&stand, &project, &file).await?),
        false => None,
    };
    let mut bare = bare::RoundTrip::start().await?;
    let mut samples = Samples::default();
    for number in 1..=saves {
        half_a_pause(pause_ms).await;
        samples.bare.push(milliseconds(bare.save(number).await?));
        half_a_pause(pause_ms).await;
        let content = marked(&text, number);
        let (start, wall) = (Instant::now(), SystemTime::now());
        save(&file, &content, number % 2 == 0)?;
        seen(&mut feed, &ContentHash::of(content.as_bytes())).await?;
        samples.feed.push(milliseconds(start.elapsed()));
        if let Some(browser) = &mut browser {
            let at_ms = shows(browser, number).await?;
            let saved_ms = milliseconds(wall.duration_since(UNIX_EPOCH)?);
            samples.document.push(at_ms - saved_ms);
        }
    }
    samples.report(&mut report);
    Ok(report)
}

#[derive(Default)]
struct Samples {
    bare: Vec<f64>,
    feed: Vec<f64>,
    document: Vec<f64>,
}

impl Samples {
    fn report(mut self, report: &mut Report) {
        let bare = report.spread("bare inotify + HTTP round trip", &mut self.bare);
        let feed = report.spread("save → feed reader", &mut self.feed);
        report.held("save → feed reader / bare, medians", feed / bare, "x", 10.0);
        if !self.document.is_empty() {
            let document = report.spread("save → text in the browser", &mut self.document);
            report.held("save → browser, median", document, "ms", feed + TWO_FRAMES_MS);
        }
    }
}

async fn open_browser(stand: &Stand, project: &Project, file: &Path) -> Result<Browser> {
    let at = stand.api.only_project().await?;
    let spec = file.parent().context("a main file stands in a folder")?;
    let path = spec.strip_prefix(project.specs())?.to_string_lossy().into_owned();
    let mut browser = Browser::start(stand, "watch.mjs", &at, &path, &[MARKER]).await?;
    ensure!(browser.says::<Said>().await?.ready, "the browser did not say that it is ready");
    Ok(browser)
}

/// One line of `browser/watch.mjs`.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    ready: bool,
    #[serde(default)]
    marker: Option<usize>,
    #[serde(default)]
    at_ms: f64,
}

/// When the marker appeared, in milliseconds since 1970.
async fn shows(browser: &mut Browser, number: usize) -> Result<f64> {
    loop {
        let said: Said = browser.says().await?;
        if said.marker == Some(number) {
            return Ok(said.at_ms);
        }
    }
}

fn marked(text: &str, number: usize) -> String {
    format!("{}\n\n{MARKER}{number}\n", text.trim_end())
}

fn save(file: &Path, content: &str, by_rename: bool) -> Result<()> {
    if by_rename {
        let beside = file.with_extension("md.tmp");
        fs::write(&beside, content)?;
        fs::rename(&beside, file)?;
    } else {
        fs::write(file, content)?;
    }
    Ok(())
}

async fn seen(feed: &mut Feed, hash: &ContentHash) -> Result<()> {
    let shows = |spec: &Spec| spec.files.iter().any(|file| file.hash == *hash);
    feed.until(|event| event.event == "spec" && event.json().is_ok_and(|spec| shows(&spec)))
        .await?;
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
