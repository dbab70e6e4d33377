//! What bridge and relay cost while nothing happens, with feeds connected.

use std::time::{Duration, Instant};

use anyhow::Result;
use e2e::binaries::Binaries;
use e2e::feed::Feed;

use crate::figures::Report;
use crate::process::{self, Look, WakeUps};
use crate::specs::Project;
use crate::stand::Stand;

const MEGABYTE: f64 = 1e6;

/// Between two looks at the threads; well below the seconds for which an idle one is kept.
const LOOK_EVERY: Duration = Duration::from_secs(2);

pub(crate) async fn measure(binaries: Binaries, project: Project, minutes: f64) -> Result<Report> {
    let mut report = Report::new("idle", format!("{}, {minutes} minutes", project.name));
    let stand = Stand::new(binaries, project.folder.path()).await?;
    let (bridge, _) = stand.bridge().await?;
    let mut feed = Feed::open(&stand.api, "").await?;
    let pids = (bridge.process.id()?, stand.relay.process.id()?);
    let (before, relay_before) = (process::look(pids.0)?, process::look(pids.1)?);
    let mut wake_ups = (WakeUps::count(pids.0)?, WakeUps::count(pids.1)?);
    let passed = stand.meter.take();
    drop(passed);
    let start = Instant::now();
    let end = tokio::time::sleep(Duration::from_secs_f64(minutes * 60.0));
    tokio::pin!(end);
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            () = &mut end => break,
            _ = look.tick() => {
                wake_ups.0.look()?;
                wake_ups.1.look()?;
            }
            // A feed ends itself after some minutes; a reader comes back, as a browser would.
            event = feed.next() => if event.is_err() {
                feed = Feed::open(&stand.api, "").await?;
            },
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let (after, relay_after) = (process::look(pids.0)?, process::look(pids.1)?);
    let passed = stand.meter.take();
    report.held("bridge RSS", after.rss as f64 / MEGABYTE, "MB", 15.0);
    report.held("bridge VmHWM", after.rss_peak as f64 / MEGABYTE, "MB", 50.0);
    report.held("bridge CPU", cpu_percent(&before, &after, seconds), "%", 0.05);
    report.held("bridge wake-ups a second", wake_ups.0.total() as f64 / seconds, "/s", 1.2);
    report.held("relay RSS", relay_after.rss as f64 / MEGABYTE, "MB", 30.0);
    report.note("relay CPU", cpu_percent(&relay_before, &relay_after, seconds), "%");
    report.note("relay wake-ups a second", wake_ups.1.total() as f64 / seconds, "/s");
    report.note(
        "bytes up and down a day",
        (passed.up + passed.down) as f64 * 86_400.0 / seconds,
        "",
    );
    Ok(report)
}

fn cpu_percent(before: &Look, after: &Look, seconds: f64) -> f64 {
    100.0 * (after.cpu_seconds - before.cpu_seconds) / seconds
}
