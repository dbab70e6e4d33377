//! The first sync of a project, and a restart with nothing changed.

use std::fs::File;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use e2e::binaries::Binaries;

use crate::figures::{Report, percentile};
use crate::process;
use crate::specs::Project;
use crate::stand::Stand;

const MEGABYTE: f64 = 1e6;

pub(crate) async fn measure(binaries: Binaries, project: Project, runs: usize) -> Result<Report> {
    let mut report = Report::new("initial", project.name.clone());
    let packed = tar_zstd_bytes(&project)?;
    let mut seconds = Vec::new();
    let mut last = None;
    for _ in 0..runs.max(1) {
        let stand = Stand::new(binaries.clone(), project.folder.path()).await?;
        let (bridge, time) = stand.bridge().await?;
        seconds.push(time.as_secs_f64());
        last = Some((stand, bridge));
    }
    let (stand, mut bridge) = last.context("at least one run")?;
    let first = stand.meter.take();
    seconds.sort_by(f64::total_cmp);
    report.held("first sync, start of the process → ready", percentile(&seconds, 0.5), "s", 1.0);
    report.note("files", project.bytes as f64, "bytes");
    report.note("tar | zstd -3", packed as f64, "bytes");
    report.note("bodies up", first.body_bytes() as f64, "bytes");
    report.held("bodies up / (tar | zstd -3)", first.body_bytes() as f64 / packed as f64, "x", 1.1);
    report.note("everything up, headers and all", first.up as f64, "bytes");
    report.note("everything down", first.down as f64, "bytes");
    let look = process::look(bridge.process.id()?)?;
    report.held("bridge RSS after it", look.rss as f64 / MEGABYTE, "MB", 15.0);
    report.held("bridge VmHWM", look.rss_peak as f64 / MEGABYTE, "MB", 50.0);
    let relay = process::look(stand.relay.process.id()?)?;
    report.note("relay RSS after it", relay.rss as f64 / MEGABYTE, "MB");

    bridge.process.stop().await?;
    let _ = stand.meter.take();
    let (_bridge, time) = stand.bridge().await?;
    let again = stand.meter.take();
    report.note("restart, start of the process → ready", time.as_secs_f64(), "s");
    report.held("bodies up after a restart", again.body_bytes() as f64, "bytes", 1024.0);
    Ok(report)
}

/// What `tar | zstd -3` makes of the specs folder, in bytes.
fn tar_zstd_bytes(project: &Project) -> Result<u64> {
    let mut tar = Command::new("tar")
        .args(["-C", &project.specs().to_string_lossy(), "-cf", "-", "."])
        .stdout(Stdio::piped())
        .spawn()
        .context("starting tar")?;
    let packed = project.folder.path().join("packed");
    let output = tar.stdout.take().context("tar's output is piped")?;
    zstd::stream::copy_encode(output, File::create(&packed)?, 3)?;
    ensure!(tar.wait()?.success(), "tar failed");
    let bytes = packed.metadata()?.len();
    std::fs::remove_file(packed)?;
    Ok(bytes)
}
